/* order_presale.h - orders of presales: two payments of one sum, and a promised day.
 *
 * Such an order waits for its deposit as others wait for all of their money. When the deposit is there it
 * waits for the balance, the rest of the total, which can be paid in a window of its own; nobody pays it
 * until the end, and the order is closed and the deposit stays with the shop (民法典 第五百八十七条). What is
 * paid when follows from the order alone: it was written down when it was placed. Part of order.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "job/job.h"

struct order;
struct value;

/* Says that the balance can be paid now, and a day before it cannot any more. */
#define ORDER_BALANCE_OPEN_JOB "order.balance_open"
#define ORDER_BALANCE_ENDS_JOB "order.balance_ends"
#define ORDER_BALANCE_WARNING_MS DAY_MS

/* Numbers stand in the database. */
enum order_part { PART_WHOLE = 1, PART_DEPOSIT = 2, PART_BALANCE = 3 };

/* What the order waits for next, or would. */
enum order_part order_part_due(const struct order *order);
int64_t order_part_amount(const struct order *order, enum order_part part);
/* Whether it can be paid at this moment: it waits for money, in time, and not for a balance before its
 * window.
 */
bool order_is_payable(const struct order *order, int64_t now);
/* Whether money of it is in the shop's keeping as a deposit: it neither paid the order nor went to the shop.
 */
bool order_holds_deposit(const struct order *order);
/* In a transaction, after the deposit: the order stays open until the end of the window of the balance. */
CHECKED err order_await_balance(struct ctx *ctx, struct order *order);
/* In a transaction: which entry of the ledger made the deposit the shop's own. */
CHECKED err order_keep_deposit(struct ctx *ctx, const struct order *order, int64_t entry_id);

/* docs/views.md: `presale` of an order, nil of ordinary ones. */
void order_presale_view(struct ctx *ctx, struct value *view, const struct order *order);
/* What is counted of presales for an order is what its lines say, and nothing for one that is closed; deposit
 * and balance are the total; what was paid is what its state says; a kept deposit is known to the ledger. */
CHECKED err order_check_presales(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

extern const struct job_kind order_presale_job_kinds[];
