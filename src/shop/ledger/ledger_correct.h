/* ledger_correct.h - entries that staff post by hand, because something happened outside of the shop or a
 * mistake must be made good (docs/decisions/0046): a transfer like any other, with a reason and a reference.
 * It is never changed; what was wrong is posted back the other way. Part of ledger.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/ledger/ledger.h"

/* In code points. */
#define CORRECTION_REASON_LIMIT 200
#define CORRECTION_REFERENCE_LIMIT 60
#define CORRECTION_REQUEST_LIMIT 64

struct ledger_correction {
    enum ledger_account debit;
    enum ledger_account credit;
    int64_t amount;
    const char *gateway; /* "" = of none */
    int64_t order_id;    /* 0 = none */
    const char *order_number;
    const char *reason;
    const char *reference;
    const char *request; /* the same word twice is one correction */
};
/* ERR_INVALID with the fields debit, credit, amount, reason, reference. */
CHECKED err ledger_correct(struct ctx *ctx, const struct ledger_correction *correction, int64_t *entry_id);

struct ledger_note {
    const char *reason; /* NULL: no correction */
    const char *reference;
};
/* What was said for those of up to LEDGER_ROWS_LIMIT rows that are corrections; `notes[i]` belongs to
 * `rows[i]`. */
CHECKED err ledger_note_load_many(struct ctx *ctx, const struct ledger_row *rows, size_t count,
                                  struct ledger_note *notes);
/* Each correction has its entry, of its amount. */
CHECKED err ledger_check_corrections(struct ctx *ctx, ledger_report report, void *arg);
