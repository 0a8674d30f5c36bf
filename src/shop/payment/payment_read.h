/* payment_read.h - look-ups that the files of this module share. Private to payment. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/gift/gift.h"
#include "shop/payment/payment_ledger.h"

/* NULL when there is none. */
CHECKED err payment_attempt_find(struct ctx *ctx, const char *number, struct payment_attempt **attempt);
CHECKED err payment_attempt_find_by_id(struct ctx *ctx, int64_t attempt_id, struct payment_attempt **attempt);
/* In a transaction: keeps an attempt that can be paid, and asks for it later. */
CHECKED err payment_attempt_insert(struct ctx *ctx, const struct payment_attempt *attempt);
/* In a transaction: the same of one that is paid already, by this fact. */
CHECKED err payment_attempt_insert_paid(struct ctx *ctx, const struct payment_attempt *attempt,
                                        int64_t fact_id);
/* In a transaction: keeps a fact that applies; ERR_DUPLICATE when it is known. */
CHECKED err payment_fact_keep(struct ctx *ctx, const struct payment_fact *fact, int64_t *fact_id);
/* A new attempt by which a gift card pays; written by nobody yet. */
void payment_attempt_of_card(struct ctx *ctx, const struct order *order, int64_t amount,
                             struct payment_attempt *attempt);
CHECKED err refund_find(struct ctx *ctx, int64_t refund_id, const struct refund **refund);
/* A part of a refund that one payment bears. */
struct refund_piece {
    const struct payment_attempt *attempt;
    int64_t amount;
    int64_t freight; /* of it, for carrying */
};
/* An order is paid by so many attempts at most: gift cards and one other, or the deposit and the balance. */
#define REFUND_PIECES (GIFT_CARDS_OF_ORDER + 1)
/* An amount over the attempts that paid an order, those that paid last first, and gift cards after all
 * others: 0 when none did. What all of them together cannot bear is left with the last, whose guard refuses
 * it. Goods go back first: what is promised above their sum is freight, however it is divided. */
size_t refund_divide(const struct order *order, const struct payment_attempt *attempts, size_t count,
                     int64_t amount, struct refund_piece pieces[REFUND_PIECES]);
/* What a payment of `amount` bears of the freight: all of it, as far as it goes. */
static inline int64_t payment_freight_of(int64_t amount, int64_t freight)
{
    return amount < freight ? amount : freight;
}
/* In a transaction: promises `amount` of one attempt back, `freight` of it for carrying. */
CHECKED err refund_promise(struct ctx *ctx, const struct payment_attempt *attempt, int64_t amount,
                           int64_t freight, enum money_origin origin, const char *reason, int64_t *refund_id);
/* In a transaction: pieces go back that no money paid; a refund of nothing, done already, says which. */
CHECKED err refund_note_nothing(struct ctx *ctx, const struct order *order, const char *reason,
                                int64_t *refund_id);
/* In a transaction: promises all pieces; gives the refund of the first, beside which the others stand. */
CHECKED err refund_promise_pieces(struct ctx *ctx, const struct order *order,
                                  const struct refund_piece *pieces, size_t count, const char *reason,
                                  int64_t *refund_id);
/* ERR_INVALID_TRANSITION while a deposit is all that was paid of an order: it goes back by cancelling, or
 * stays. */
CHECKED err refund_check_deposit(struct ctx *ctx, const struct order *order);
/* ---- gift cards (payment_card.c) ---- */

/* Whether cards hold all of an order, and the fact that pays it. */
bool payment_card_fact(const struct ctx *ctx, const struct payment_attempt *attempt,
                       const struct order *order, struct payment_fact *fact);
/* In a transaction: cards pay `spent` of the order, and the rest of what they hold is free; the attempt of
 * the completing fact may be one of theirs. `freight` of it is for carrying. */
CHECKED err payment_spend_cards(struct ctx *ctx, const struct order *order, int64_t spent, int64_t freight,
                                int64_t completing_id);
/* In a transaction: money for the rest of an order came after it had closed: cards hold `amount` again, or
 * ERR_OUT_OF_STOCK. */
CHECKED err payment_hold_cards_again(struct ctx *ctx, const struct order *order, int64_t amount);

/* In a transaction: deals the codes of every digital line and hands them out of stock. `before`, unless NULL,
 * is what happens to the order in the same moment, such as its payment. */
CHECKED err payment_deliver(struct ctx *ctx, struct order *order, const struct order_change *before);
/* In a transaction: codes of pieces that were withdrawn are owed no longer. */
CHECKED err payment_forget_withdrawn(struct ctx *ctx, const struct order *order);
/* In a transaction: a paid order whose codes are not there waits for them, and staff are told. */
CHECKED err payment_owe(struct ctx *ctx, const struct order *order);
