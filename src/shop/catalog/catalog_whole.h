/* catalog_whole.h - many products with all their parts, asked for and taken in two steps (db_ask): who writes
 * a table of the whole shop writes one batch while the database looks for the next. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_rows;
struct product_whole;

/* What was asked, until it is taken; the ids must live as long. */
struct whole_question {
    const int64_t *ids;
    size_t count;
    struct db_rows *products;
    struct db_rows *variants;
    struct db_rows *details;
    struct db_rows *tags;
    struct db_rows *pictures;
    struct db_rows *attributes;
    struct db_rows *schedules;
    struct db_rows *collections; /* NULL when nobody asked */
};

/* Asks for up to PRODUCT_WHOLE_LIMIT products. `is_range`: the ids are all that the shop has between the
 * least and the greatest of them, which is much less to look for. */
CHECKED err product_ask_whole_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool is_range,
                                   struct whole_question *question);
/* After db_answer, or another question: `found[i]` belongs to `product_ids[i]`. */
CHECKED err product_take_whole_many(struct ctx *ctx, const struct whole_question *question,
                                    struct product_whole *found);

struct product_size {
    int64_t product_id;
    int64_t variant_count;
};
/* All products of the shop, newest first: the next up to `limit` below an id. */
CHECKED err product_list_sizes(struct ctx *ctx, int64_t before_id, int limit, struct product_size **sizes,
                               size_t *count);
