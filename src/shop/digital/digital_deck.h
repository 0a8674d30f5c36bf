/* digital_deck.h - what the files of this module share: the locked deck, and what follows a change of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/digital/digital.h"

/* Codes in the deck are numbered below this; those put aside above it, so that they leave the deck but not
 * the table, where they still find their duplicates. */
#define CODE_ASIDE_BASE (INT64_C(1) << 32)

#define DECK_COLUMNS                                                                                         \
    "SELECT variant_id, product_id, mode, loaded, dealt, owed, text_no, rounds, expired, expires_at, "       \
    "low_at,"                                                                                                \
    " low_alarm, has_hook FROM code_decks "

/* What seals and blinds codes, shared texts and what a person typed. */
const char *code_purpose(enum deck_mode mode);
void code_deck_read(const struct db_rows *rows, struct code_deck *deck);
/* In a transaction: takes the deck's row, so that whoever changes the deck queues. ERR_NOT_FOUND. */
CHECKED err code_deck_lock(struct ctx *ctx, int64_t variant_id, struct code_deck *deck);
/* In a transaction, with the deck locked: what is left of these batches leaves the deck, and the codes at its
 * end take the numbers that became free. `moved` says how many left. */
CHECKED err code_put_aside(struct ctx *ctx, struct code_deck *deck, const int64_t *batch_nos, size_t count,
                           int64_t *moved);
/* The same way back: codes of a batch that were put aside come to the end of the deck. */
CHECKED err code_put_back(struct ctx *ctx, struct code_deck *deck, int64_t batch_no, int64_t *moved);
/* In a transaction, after the deck changed: its stock, its alarm and its expiry follow. */
CHECKED err code_deck_follow(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason);
/* In a transaction: raises or settles the alarm of a low deck. */
CHECKED err code_deck_tell_low(struct ctx *ctx, int64_t variant_id);
/* In a transaction: tells those who wait that the deck can deal. */
CHECKED err code_deck_tell_loaded(struct ctx *ctx, int64_t variant_id, int64_t added);
/* In a transaction: settles the alarm about the expiry of a batch. */
CHECKED err code_batch_settle(struct ctx *ctx, int64_t variant_id, int64_t batch_no);
