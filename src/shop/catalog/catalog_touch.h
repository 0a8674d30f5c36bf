/* catalog_touch.h - which products changed since others saw to them, and where they stand. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* Products whose place, price or words changed, until somebody has seen to them (src/shop/facet). */
struct product_touch {
    int64_t product_id;
    int64_t stamp; /* grows with each change */
};
/* In a transaction. */
CHECKED err product_touch_many(struct ctx *ctx, const int64_t *product_ids, size_t count);
/* Up to PRODUCT_CHUNK of them, by product. */
CHECKED err product_touch_list(struct ctx *ctx, struct product_touch *touches, size_t *count);
/* In a transaction: they were seen to, except those that changed since they were listed. */
CHECKED err product_touch_forget(struct ctx *ctx, const struct product_touch *touches, size_t count);
/* Whether each of up to PRODUCT_CHUNK products waits. */
CHECKED err product_touch_find(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_touched);

struct shelf_place {
    int64_t product_id;
    int64_t shelf_id;
};
/* On which shelves of any kind up to PRODUCT_CHUNK products stand, by product. */
CHECKED err shelf_places_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                              struct shelf_place **places, size_t *have);
