/* gift_card_write.h - what the files that change cards share. Private to gift. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "shop/gift/gift.h"

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
