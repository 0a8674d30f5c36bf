/* facet_holds.h - what a product holds: the bits that shall be set for it. Private to facet. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/facet/facet.h"

struct hold {
    int64_t facet_id;
    const char *value;
};

struct holds {
    struct hold *items; /* sorted */
    size_t count;
};

/* The values that are offered, sorted. */
struct dictionary {
    struct hold *items;
    size_t count;
    struct hold *fresh; /* of them those that are not stored yet */
    size_t fresh_count;
    size_t capacity;
    bool is_fixed; /* nothing is added: for the check */
};

/* A product with what is known of it, here and stored. */
struct held_product {
    int64_t product_id;
    bool is_active;
    int64_t price_min;
    struct holds holds;
    int64_t spot; /* -1 = none yet */
    int64_t stored_price;
    const char *stored; /* text of holds; "" when none */
};

int hold_compare(const struct hold *a, const struct hold *b);
CHECKED err dictionary_load(struct ctx *ctx, struct dictionary *dictionary);
/* Up to PRODUCT_CHUNK products, sorted by id; found[i] belongs to product_ids[i]. Adds to the dictionary. */
CHECKED err held_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                      struct dictionary *dictionary, struct held_product *found);
const char *holds_text(struct ctx *ctx, const struct holds *holds);
/* Of a text that holds_text wrote. */
struct holds holds_of(struct ctx *ctx, const char *text);
