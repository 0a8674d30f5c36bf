/* seed.h - shops to look at and shops to measure.
 *
 * The demo is a shop with the goods of the demo folder and a short past, and a small shop in each other
 * theme. The sizes are any number of shops, products and orders, the same ones for the same numbers: what is
 * random about them comes from a fixed seed, but for ids, times and the sealing of personal data. Both leave
 * books that `yundian check` finds in order.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdio.h>

#define SEED_DEMO_HANDLE "demo"
#define SEED_DEMO_LOGIN "owner@demo.yundian"
#define SEED_SIZES_LOGIN "owner@s1.yundian"
#define SEED_PASSWORD "yundian-demo"

struct seed_result {
    bool was_there; /* the demo shop existed already: nothing was done */
    int64_t shops;
    int64_t categories;
    int64_t products;
    int64_t variants;
    int64_t pictures;
    int64_t codes;
    int64_t orders; /* of the demo, 0 when the sandbox is switched off: nobody could have paid */
    const char *staff_login;
    const char *staff_password;
};

/* Writes the shop "demo" with its staff, products, pictures, codes and a small past from
 * DIRECTORY/catalog.json and DIRECTORY/pictures, and the shops of the folders below that its catalogue names,
 * with the design of each when ctx->services knows the theme. Does nothing when the shop "demo" is there. All
 * in one transaction: a demo is there as a whole or not at all. Its orders were placed over the last seven
 * days, most of them today; as ids tell the time at which they were made, figures that go by ids count them
 * all as today's. */
CHECKED err seed_demo(struct ctx *ctx, const char *directory, struct seed_result *result);
/* Adds N products and M orders in all to the shops s1 … sS (created when they are not there; the first has a
 * staff login), spread evenly; the first shop gets what does not divide. */
CHECKED err seed_sizes(struct ctx *ctx, int64_t shops, int64_t products, int64_t orders,
                       struct seed_result *result);
/* Tells people what was written, and how to log in. */
void seed_result_print(const struct seed_result *result, FILE *out);
