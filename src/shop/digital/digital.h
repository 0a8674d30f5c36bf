/* digital.h - goods that deliver themselves: key codes, sealed at rest, dealt once each.
 *
 * Codes of a variant are numbered from 1 in the order in which they were loaded; its deck remembers how many
 * were dealt. Dealing q codes moves that counter by q under a guard, so two orders can never get the same
 * code, and one order line can never be dealt twice (its delivery row is its key). Stock on hand of the
 * variant equals loaded - dealt + owed; owed is what was promised although the deck did not hold it, and is
 * 0 but for a deck that was found short when somebody had paid. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "db/db.h"

#define CODE_LENGTH_LIMIT 2000
#define CODE_LOAD_LIMIT 10000 /* codes in one load */

struct code_deck {
    int64_t variant_id;
    int64_t loaded;
    int64_t dealt;
    int64_t owed;
};

struct delivered_code {
    int64_t line_no;
    int64_t variant_id;
    int64_t delivered_at;
    const char *code; /* opened */
};

/* Loads codes (trimmed, empty ones skipped, those that the deck has or that stand twice are counted as
 * duplicates), brings the stock to what the deck holds then, and emits digital.loaded (of the variant). A
 * transaction of its own. */
CHECKED err code_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *const *codes,
                      size_t count, int64_t *added, int64_t *duplicates);
/* Zeros when the variant has no deck. */
CHECKED err code_deck_load(struct ctx *ctx, int64_t variant_id, struct code_deck *deck);
/* In a transaction: deals `quantity` codes to an order line. ERR_OUT_OF_STOCK when the deck has too few,
 * ERR_DUPLICATE when the line has its codes already. */
CHECKED err code_deal(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id,
                      int64_t quantity);
/* In a transaction: brings the stock of a variant to what its deck holds, but never below what is promised;
 * the rest is owed. */
CHECKED err code_fit_stock(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason);
/* Whether any deck of the shop owes codes. */
CHECKED err code_is_owed(struct ctx *ctx, bool *is_owed);
/* What an order got, by line. */
CHECKED err code_list_delivered(struct ctx *ctx, int64_t order_id, struct delivered_code **codes,
                                size_t *count);
/* Compares decks, codes and deliveries; calls `report` for each difference. */
CHECKED err code_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Compares decks with stock, and finds code variants whose deck is lost; calls `report` for each difference.
 */
CHECKED err code_check_stock(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
