/* seed_bulk.h - many rows at once, for measuring. Private to seed.
 *
 * The tables of other modules are written here directly, which nobody else may do: the functions of the
 * modules are made for one buyer at a time and would need hours for what a measurement has to start with.
 * What is written is what they would have written, row by row, but for the events: the page cache and the
 * search index of a program that is not running yet need none. tests/unit/transfer/seed_test.c asks all
 * checks of the modules whether it fits. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/seed/seed.h"
#include "shop/seed/seed_dice.h"

/* Products and orders that share a transaction. */
#define SEED_PRODUCT_BATCH 4000
#define SEED_ORDER_BATCH 4000
/* Key codes of a digital variant; orders leave enough of them that it does not count as low. */
#define SEED_CODES 12

/* What the blind indexes and seals of the modules are made for. */
#define SEED_CODE_PURPOSE "digital.code"
#define SEED_CONTACT_PURPOSE "order.contact"
#define SEED_PHONE_PURPOSE "order.phone"

/* Adds `count` products to ctx->shop. Shop `number` decides which. */
CHECKED err seed_goods(struct ctx *ctx, int64_t number, int64_t count, struct seed_result *result);
/* Adds `count` orders to ctx->shop for what it has. */
CHECKED err seed_orders(struct ctx *ctx, int64_t number, int64_t count, struct seed_result *result);
