/* cart_routes.h - the buyer's cart. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

extern const struct route cart_routes[];
extern const struct route cart_group_routes[];
extern const struct route cart_sync_routes[];
