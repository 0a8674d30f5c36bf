/* catalog_map.h - the products on the shelf in the order of their ids, for lists of addresses (sitemaps.org).
 * Part of catalog.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/* Products of one part of such a list, and parts of a shop: a protocol of 50,000 addresses a file and 50,000
 * files, of which this is what memory is spent for. */
#define PRODUCT_MAP_PART 5000
#define PRODUCT_MAP_PARTS 1000

/* The first product of each part, oldest first. One walk over the ids of all that is on the shelf. */
CHECKED err product_map_parts(struct ctx *ctx, int64_t first_ids[PRODUCT_MAP_PARTS], size_t *count);

struct product_place {
    const char *handle;
    int64_t updated_at;     /* ms */
    const char *picture_id; /* NULL when there is none */
};

/* The part that begins with the product `first_id`: at most PRODUCT_MAP_PART in the context's arena. */
CHECKED err product_map_part(struct ctx *ctx, int64_t first_id, struct product_place **places, size_t *count);
