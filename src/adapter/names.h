/* names.h - records of the DNS by c-ares. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/outbound.h"

extern const struct name_lookup ares_names;
