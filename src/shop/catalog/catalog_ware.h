/* catalog_ware.h - variants by their SKUs, for forms in which people name what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* SKUs that one question can ask for. */
#define WARE_MANY_LIMIT 32
#define WARE_LIST_LIMIT 200

/* The variant of each SKU, 0 = none; up to WARE_MANY_LIMIT. */
CHECKED err variant_find_by_sku_many(struct ctx *ctx, const char *const *skus, size_t count,
                                     int64_t *variant_ids);

/* A variant to choose from. */
struct ware_choice {
    const char *sku;
    const char *product_title;
    const char *variant_title;
    int64_t price;
};
/* Of products that are not in the bin, the newest first, at most WARE_LIST_LIMIT. */
CHECKED err ware_list(struct ctx *ctx, struct ware_choice **wares, size_t *count);
