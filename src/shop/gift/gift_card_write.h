/* gift_card_write.h - what the files that change cards share. Private to gift. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "shop/gift/gift.h"
#include "shop/ledger/ledger.h"

/* Of sealed codes and of their keyed hash. */
#define GIFT_CARD_PURPOSE "gift_card.code"

struct gift_card_act {
    enum gift_card_move kind;
    int64_t amount; /* signed */
    int64_t order_id;
    int64_t entry_id;
};
/* In a transaction, after the row of the card got its new balance and number of movements. */
CHECKED err gift_card_note(struct ctx *ctx, int64_t card_id, const struct gift_card_act *act);
/* What a code is looked up by. */
void gift_card_blind(struct ctx *ctx, const char *typed, unsigned char blind[CRYPTO_INDEX_BYTES]);

/* A card that was made and is not written yet. */
struct fresh_card {
    int64_t id;
    const char *last4;
    struct sealed sealed;
    unsigned char blind[CRYPTO_INDEX_BYTES];
};
struct gift_card_issuing {
    const struct gift_card_batch *batch;
    int64_t valid_until;
    const struct fresh_card *cards; /* batch->count */
    enum ledger_account debit;      /* where what is owed from now on comes from */
};
/* Makes the codes of a batch, whose id is set; writes nothing. */
struct gift_card_issuing gift_card_prepare(struct ctx *ctx, const struct gift_card_batch *batch,
                                           enum ledger_account debit);
/* In a transaction: batch, cards, movements and the entry of the ledger. ERR_DUPLICATE when its request was
 * carried out before. */
CHECKED err gift_card_write_batch(struct ctx *ctx, const struct gift_card_issuing *issuing);
/* A code as people read it. */
CHECKED err gift_card_open(struct ctx *ctx, struct sealed sealed, const char **shown);
