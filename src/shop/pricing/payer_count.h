/* payer_count.h - who paid, as one more key of a person for pieces that are few. Private to pricing; decision
 * 0102. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/error.h"

/* The statements of one kind of activity; $1 is the shop. */
struct payer_statements {
    const char *uses;  /* ($2 order) its activities with a bound for each person: activity, variant, pieces */
    const char *keep;  /* ($2 order, $3 activity, $4 variant, $5 payer) keeps that this payer paid, once */
    const char *count; /* ($2 payer, $3 activity, $4 variant, $5 pieces) adds to what the payer has */
    const char *over;  /* ($2 payer, $3 order) the name of an activity of which the payer has too much */
};

/* In the transaction that takes the money: counts it, without a guard, for the money is there. `payer` is a
 * keyed hash of CRYPTO_INDEX_BYTES. *over is set to the name of an activity of which this was too much. */
CHECKED err payer_count(struct ctx *ctx, const struct payer_statements *statements, int64_t order_id,
                        const unsigned char *payer, const char **over);
