/* catalog_look.h - the words of pictures, and the pictures of variants, one by one. Part of catalog.h, which
 * others include.
 *
 * Neither is in the history of a product. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

/* The words of one picture of a product. */
struct picture_words {
    int64_t product_id;
    const char *picture_id;
    const char *alt;
};

/* Of all pictures of these products, by product and place. */
CHECKED err picture_words_list(struct ctx *ctx, const int64_t *product_ids, size_t count,
                               struct picture_words **words, size_t *word_count);
/* In a transaction: new words, if they are still `expected` (NULL = whatever they are). */
CHECKED err picture_words_put(struct ctx *ctx, const struct picture_words *words, const char *expected);

struct variant_look {
    int64_t product_id;
    int64_t variant_id;
    const char *picture_id; /* "" = none: the variant is shown by those of the product */
};
/* In a transaction: another picture, if it has still the `expected` one ("" = none, NULL = whatever). */
CHECKED err variant_look_put(struct ctx *ctx, const struct variant_look *look, const char *expected);
/* In a transaction, when the address is ordered for the product: the variant gets its picture, at once when
 * it is there, else with it. */
CHECKED err variant_look_fetch(struct ctx *ctx, int64_t product_id, int64_t variant_id, const char *address);
