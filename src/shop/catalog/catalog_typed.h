/* catalog_typed.h - variants by what people type for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define WORDS_MOST 32
#define WORD_VARIANTS_MOST 200

struct word_variant {
    int64_t variant_id;
    int64_t product_id;
    const char *sku;
    const char *handle; /* of the product */
};
/* The active variants that have one of up to WORDS_MOST words as their SKU, and all of products that have it
 * as their handle; in the order of products and their variants. */
CHECKED err variant_find_words(struct ctx *ctx, const char *const *words, size_t count,
                               struct word_variant **variants, size_t *found);
