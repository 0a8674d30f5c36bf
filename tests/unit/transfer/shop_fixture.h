/* shop_fixture.h - a database with all tables and one shop, for what works over the whole chain of a sale. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fixture.h"

struct shop_fixture {
    struct fixture base;
    struct ctx ctx;
};

/* Without a shop; seeding makes its own. */
void shop_fixture_open_empty(struct shop_fixture *fixture);
/* With the shop `test` in ctx->shop. */
void shop_fixture_open(struct shop_fixture *fixture);
void shop_fixture_close(struct shop_fixture *fixture);
/* The test fails when this did. */
void shop_must(err failure);
/* Every check of the modules, for each shop; the test fails with the first problem that one of them reports.
 */
void shop_must_be_in_order(struct shop_fixture *fixture);
