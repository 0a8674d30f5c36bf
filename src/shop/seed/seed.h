/* seed.h - shops that fill themselves: the demo platform, and platforms of any size for measuring. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdio.h>

struct seed_result {
    bool was_there; /* the demo shop existed already: nothing was done */
    int64_t shops;
    int64_t products;
    int64_t orders;
    const char *staff_login; /* of the demo shop, NULL for sizes */
    const char *staff_password;
};

/* Writes the shop "demo" with its staff, products, pictures, codes and a small history from
 * DIRECTORY/catalog.json. Does nothing when the shop is there. */
CHECKED err seed_demo(struct ctx *ctx, const char *directory, struct seed_result *result);
/* Writes shops s1 … sS with N products and M orders in all, the same ones for the same numbers. */
CHECKED err seed_sizes(struct ctx *ctx, int64_t shops, int64_t products, int64_t orders,
                       struct seed_result *result);
/* Tells people what was written, and how to log in. */
void seed_result_print(const struct seed_result *result, FILE *out);
