/* vips.h - pictures by libvips. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/media/media.h"

extern const struct picture_maker vips_pictures;
