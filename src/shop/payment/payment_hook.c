/* payment_hook.c - paid orders whose goods come from the merchant's own program.
 *
 * What the program answers is kept as a person's typing is (one text for a line, ever), and only then
 * delivered: whoever is killed between the two finds the text, asks nobody again, and delivers it. Killed
 * before, it asks again with the same key. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"

#include "base/text.h"
#include "shop/outbound.h"
#include "shop/payment/payment_jobs.h"
#include "shop/staff/staff.h"

#define HOOK_ATTEMPTS 12 /* with pauses of 30 s that double up to an hour: some five hours */
#define HOOK_PAUSE_MS (30 * SECOND_MS)
#define BUSY_PAUSE_MS (3 * SECOND_MS)
/* Staff hear of it when the second attempt failed. */
#define ALARM_ATTEMPT 2
#define LINES_LIMIT 200

struct answer {
    const struct order *order;
    const struct order_line *line;
    const char *text;
};

static err keep_answer(struct ctx *ctx, void *arg)
{
    const struct answer *answer = arg;
    return code_type(ctx, answer->order->id, answer->line->line_no, answer->line->variant_id, answer->text,
                     "hook");
}

static bool is_typed(const int64_t *line_nos, size_t count, int64_t line_no)
{
    for (size_t i = 0; i < count; i++)
        if (line_nos[i] == line_no)
            return true;
    return false;
}

/* *reason is why the line still waits; NULL when its text is there. */
static err ask_for_line(struct ctx *ctx, const struct order *order, const struct order_line *line,
                        const char **reason)
{
    struct code_hook hook;
    struct hook_result result;
    struct hook_call call = {.order_no = order->number,
                             .line_no = line->line_no,
                             .sku = line->sku,
                             .title = line->product_title,
                             .quantity = line->quantity,
                             .answers = line->answers};
    *reason = NULL;
    TRY(code_hook_load(ctx, line->variant_id, &hook));
    if (!hook.url)
        return NULL;
    TRY(code_hook_call(ctx, &hook, &call, &result));
    if (!result.text) {
        *reason = result.outcome;
        return NULL;
    }
    struct answer answer = {order, line, result.text};
    err failure = db_transact(ctx, keep_answer, &answer);
    /* Somebody typed it meanwhile, or it is delivered otherwise now. */
    bool is_late = failure && (failure->code == ERR_DUPLICATE || failure->code == ERR_INVALID_TRANSITION);
    return is_late ? NULL : failure;
}

static err ask_for_lines(struct ctx *ctx, const struct order *order, const char **reason)
{
    int64_t typed[LINES_LIMIT];
    size_t typed_count;
    *reason = NULL;
    TRY(code_typed_lines(ctx, order->id, typed, LINES_LIMIT, &typed_count));
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        const char *problem = NULL;
        if (line->kind == PRODUCT_DIGITAL && order_line_left(line) > 0 &&
            !is_typed(typed, typed_count, line->line_no))
            TRY(ask_for_line(ctx, order, line, &problem));
        *reason = problem ? problem : *reason;
    }
    return NULL;
}

struct complaint {
    const struct order *order;
    const char *reason;
};

static err complain(struct ctx *ctx, void *arg)
{
    const struct complaint *complaint = arg;
    TRY(alarm_settle(ctx, PAYMENT_HOOK_ALARM, complaint->order->number));
    return alarm_raise(ctx, PAYMENT_HOOK_ALARM, complaint->order->number, complaint->reason);
}

static err wait_for_lane(struct ctx *ctx, void *arg)
{
    const struct job *job = arg;
    return job_schedule(ctx, PAYMENT_HOOK_JOB, job->subject_id, ctx->now + BUSY_PAUSE_MS, NULL);
}

static err deliver_order(struct ctx *ctx, const struct job *job, const struct order *order)
{
    const char *reason;
    TRY(ask_for_lines(ctx, order, &reason));
    if (!reason) {
        err failure = payment_deliver_owed(ctx, order->id);
        bool waits_for_more =
            failure && (failure->code == ERR_OUT_OF_STOCK || failure->code == ERR_INVALID_TRANSITION);
        return waits_for_more ? NULL : failure;
    }
    bool is_last = job->attempt >= HOOK_ATTEMPTS;
    if (is_last || (job->attempt == ALARM_ATTEMPT && !text_is(reason, "pending")))
        TRY(db_transact(ctx, complain, &(struct complaint){order, reason}));
    /* After the last attempt the alarm stands, and staff can try again or deliver by hand. */
    return is_last ? NULL : fail_with(ctx, ERR_UNAVAILABLE, "order %s: %s", order->number, reason);
}

static err run_hook(struct ctx *ctx, const struct job *job, void *owner)
{
    struct order *order;
    (void)owner;
    TRY(order_load(ctx, job->subject_id, &order));
    if (!payment_owes_codes(order))
        return NULL;
    if (!outbound_lane_enter(OUTBOUND_HOOKS)) {
        struct job copy = *job;
        return db_transact(ctx, wait_for_lane, &copy);
    }
    err failure = deliver_order(ctx, job, order);
    outbound_lane_leave(OUTBOUND_HOOKS);
    return failure;
}

static err schedule_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *order_id = arg;
    return job_schedule(ctx, PAYMENT_HOOK_JOB, *order_id, ctx->now, NULL);
}

err payment_hook_again(struct ctx *ctx, const struct order *order)
{
    int64_t order_id = order->id;
    if (!payment_owes_codes(order))
        return fail_with(ctx, ERR_INVALID_TRANSITION, "order %s waits for nothing", order->number);
    return db_transact(ctx, schedule_in_transaction, &order_id);
}

const struct job_kind payment_hook_job_kinds[] = {
    {PAYMENT_HOOK_JOB, run_hook, HOOK_ATTEMPTS, HOOK_PAUSE_MS},
    {0},
};
