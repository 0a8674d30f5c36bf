/* backoffice_stock_view.h - what the pages about stock show. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"

struct req;
/* The page of one variant's stock, also behind a refused form of it. */
CHECKED err backoffice_stock_show(struct req *req);
/* `parts` of it, `part_rows` as they were typed, `uses`: what is made of it, and `wares` to choose from. */
CHECKED err assembly_set_view(struct req *req, struct value *view, const struct variant *variant);

/* The names of locations, as a list `locations` and the flag `has_locations`. */
void locations_view(struct ctx *ctx, struct value *view, const struct stock_location *locations,
                    size_t count);
/* `variant` and `product` of a page about one variant. ERR_NOT_FOUND. */
CHECKED err stock_subject_view(struct ctx *ctx, struct value *view, const struct variant *variant);
/* `total` and `levels` of a variant, each with the parts of its bar. */
CHECKED err stock_levels_view(struct ctx *ctx, struct value *view, int64_t variant_id);
/* `movements` with who did them and of which order. */
CHECKED err movements_view(struct ctx *ctx, struct value *view, const struct stock_movement *movements,
                           size_t count);
