/* notify_code.c - the code by which a buyer logs in goes out by mail, while it counts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/log.h"
#include "job/job.h"
#include "shop/customer/customer.h"
#include "shop/outbound.h"

#define BUSY_PAUSE_MS SECOND_MS

static err wait_for_lane(struct ctx *ctx, void *arg)
{
    const int64_t *code_id = arg;
    return job_schedule(ctx, CUSTOMER_CODE_JOB, *code_id, ctx->now + BUSY_PAUSE_MS, NULL);
}

static err send_code(struct ctx *ctx, int64_t code_id, const struct customer_code *code)
{
    struct letter letter;
    struct delivery_result result = {.detail = ""};
    letter_of_code(ctx, code->locale, code->code, &letter);
    if (!mail_address_is_valid(code->email))
        return NULL;
    TRY(mail_letter(ctx, &letter, code_id, &code->email, 1, &result));
    if (result.problem && result.is_passing)
        return fail_with(ctx, ERR_UNAVAILABLE, "a code for logging in: %s", result.problem);
    if (result.problem)
        log_warning(ctx, "a code for logging in was not sent", "problem=%s", result.problem);
    return NULL;
}

err notify_run_code(struct ctx *ctx, const struct job *job, void *owner)
{
    struct customer_code code;
    int64_t code_id = job->subject_id;
    (void)owner;
    TRY(customer_code_open(ctx, code_id, &code));
    if (!code.code)
        return NULL;
    if (!outbound_lane_enter(OUTBOUND_MESSAGES))
        return db_transact(ctx, wait_for_lane, &code_id);
    err failure = send_code(ctx, code_id, &code);
    outbound_lane_leave(OUTBOUND_MESSAGES);
    return failure;
}
