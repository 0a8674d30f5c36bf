/* backoffice_fetch_view.h - pictures of the library as pages show them, and addresses that they come from. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

struct picture;

/* Adds `picture_addresses`: those of a product (0 = the library) that wait or were given up. */
CHECKED err picture_addresses_view(struct ctx *ctx, struct value *view, int64_t product_id);
void picture_fill_view(struct ctx *ctx, struct value *row, const struct picture *picture);
