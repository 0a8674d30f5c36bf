/* backoffice_ledger_view.h - the ledger as its page shows it. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/ledger/ledger.h"

/* Bars of the picture at most, and when nobody chose days. */
#define LEDGER_BARS_LIMIT 31
#define LEDGER_BARS 14

/* `entries`: rows with the number of their order. */
CHECKED err ledger_row_views(struct ctx *ctx, struct value *view, const struct ledger_row *rows,
                             size_t count);
/* `trials`: for each currency the accounts, what moved in them, and whether both sides are one sum; `money`
 * says what stands where of the shop's own currency. */
void ledger_trial_views(struct ctx *ctx, struct value *view, const struct ledger_sums *sums);
/* `days` from `first` on: what came in and went out at gateways. */
void ledger_day_views(struct ctx *ctx, struct value *view, const struct ledger_sums *sums, int64_t first,
                      int count);
