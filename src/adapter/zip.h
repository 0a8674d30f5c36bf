/* zip.h - ZIP files by libarchive. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/media/media.h"

extern const struct zip_reader archive_zips;
