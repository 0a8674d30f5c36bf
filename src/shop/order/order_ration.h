/* order_ration.h - 每人限购: how many pieces of a product one person may have over several orders.
 *
 * A person is a phone number or an e-mail address; who gives both is counted under each. Pieces count from
 * the moment an order is placed, for ever or in a period of days that begins with the first of them, and are
 * given back when the order comes to nothing. Orders of other products never look here (orders.is_rationed).
 * Part of order.h.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/inventory/inventory.h"

struct contact;
struct order;
struct variant;

struct ration {
    int64_t product_id;
    const char *title;
    int64_t most; /* pieces of one person */
    int64_t days; /* of the period, 0 = for ever */
    int64_t wanted;
    int64_t left; /* out */
};

/* Who buys, by phone and by e-mail, as keyed hashes: the same person writes a number in many ways. The keys
 * are in ctx's arena. Returns how many, 0 to 2. */
size_t order_buyer_keys(struct ctx *ctx, const struct contact *contact, const unsigned char *keys[2]);
/* Adds pieces of a variant to what is wanted of its product; nothing where a person may have any number. The
 * list has room for one more. */
void order_rations_add(struct ration *rations, size_t *count, const struct variant *variant,
                       int64_t quantity);
/* How many of each this person may still have, in one question. */
CHECKED err order_rations_load(struct ctx *ctx, const struct contact *contact, struct ration *rations,
                               size_t count);
/* In a transaction: `wanted` of each are taken. ERR_DUPLICATE when another order was faster and too few are
 * left: load them again. */
CHECKED err order_rations_take(struct ctx *ctx, int64_t order_id, const struct contact *contact,
                               struct ration *rations, size_t count);
/* In a transaction: those of an order that closed and is paid after all. ERR_OUT_OF_STOCK when the person had
 * others meanwhile. */
CHECKED err order_rations_take_again(struct ctx *ctx, const struct order *order);
/* In a transaction: what did not leave is given back; harmless to repeat. */
CHECKED err order_rations_give_back(struct ctx *ctx, int64_t order_id, const struct demand *demands,
                                    size_t count);
/* What is counted of flash sales for an order is what its lines say, and nothing for one that is closed. */
CHECKED err order_check_flash(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Seats of groups are what the lines of their orders say; nothing waits for a group that is over. */
CHECKED err order_check_groups(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Re-adds what every person has from what orders hold. */
CHECKED err order_check_rations(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
