/* tenant_proof.c - the job that looks whether a claimed name is the shop's.
 *
 * Names take minutes to hours until everybody knows of a change: a claim is looked at often at first, then
 * every hour, for SHOP_CLAIM_MS. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include "shop/tenant/tenant_write.h"

#define CLAIM_ATTEMPTS 5
#define BUSY_PAUSE_MS (2 * SECOND_MS)
#define FETCH_TIMEOUT_MS (10 * SECOND_MS)
#define FETCH_BYTES 4096
#define RECORD_BEGIN "yundian-domain="

struct look {
    struct shop_claim *claim;
    const char *problem;
    bool has_file;
    bool has_record;
};

static int64_t pause_after(int64_t looks)
{
    static const int64_t pauses[] = {MINUTE_MS,      2 * MINUTE_MS,  3 * MINUTE_MS, 5 * MINUTE_MS,
                                     10 * MINUTE_MS, 20 * MINUTE_MS, 30 * MINUTE_MS};
    size_t count = sizeof pauses / sizeof *pauses;
    return (size_t)looks < count ? pauses[looks] : HOUR_MS;
}

static err look_at_file(struct ctx *ctx, struct look *look)
{
    struct outbound_answer answer;
    const struct shop_claim *claim = look->claim;
    const char *url = arena_format(ctx->arena, "http://%s" SHOP_PROOF_PATH "%s", claim->host, claim->token);
    const struct outbound_request request = {
        .url = url, .byte_limit = FETCH_BYTES, .timeout = FETCH_TIMEOUT_MS};
    TRY(ctx->services->outbound->send(ctx, &request, &answer));
    if (answer.problem == OUTBOUND_TOO_BIG) /* somebody's whole page */
        look->problem = CLAIM_STATUS;
    else if (answer.problem != OUTBOUND_FINE)
        look->problem = outbound_problem_names[answer.problem];
    else if (answer.status != 200)
        look->problem = CLAIM_STATUS;
    else if (!text_is(text_trim(ctx->arena, answer.body), claim_text(ctx, claim->token, claim->host)))
        look->problem = CLAIM_CONTENT;
    else
        look->has_file = true;
    return NULL;
}

static void look_at_records(struct ctx *ctx, struct look *look)
{
    struct name_texts found = {.count = 0};
    const char *wanted = arena_format(ctx->arena, RECORD_BEGIN "%s", look->claim->token);
    ctx->services->names->texts(ctx, arena_format(ctx->arena, "_yundian.%s", look->claim->host), &found);
    for (size_t i = 0; i < found.count; i++)
        look->has_record = look->has_record || text_is(text_trim(ctx->arena, found.texts[i]), wanted);
}

static err note_failure(struct ctx *ctx, const struct look *look)
{
    const struct shop_claim *claim = look->claim;
    int64_t next = ctx->now + pause_after(claim->looks);
    bool is_last = next >= claim->expires_at;
    TRY(db_execute(ctx,
                   "UPDATE shop_host_claims SET state = $3, problem = $4, looks = looks + 1, looked_at = $5,"
                   " next_look_at = $6 WHERE shop_id = $1 AND claim_id = $2 AND state <> $7",
                   db_int(ctx->shop->id), db_int(claim->claim_id), db_int(CLAIM_FAILED),
                   db_text(look->problem), db_int(ctx->now), db_id(is_last ? 0 : next), db_int(CLAIM_KEPT)));
    return is_last ? NULL : job_schedule(ctx, CLAIM_JOB, claim->claim_id, next, value_object(ctx->arena));
}

static err settle(struct ctx *ctx, void *arg)
{
    struct look *look = arg;
    int64_t is_proved = 0;
    bool is_taken;
    if (look->has_file || look->has_record)
        TRY(claim_prove(ctx, look->claim, look->has_record, &is_proved));
    if (is_proved)
        return NULL;
    TRY(claim_is_taken(ctx, look->claim->host, &is_taken));
    if (is_taken)
        look->problem = CLAIM_TAKEN;
    else if (look->has_file)
        look->problem = CLAIM_CONTESTED;
    return note_failure(ctx, look);
}

static err wait_for_lane(struct ctx *ctx, void *arg)
{
    const int64_t *claim_id = arg;
    return job_schedule(ctx, CLAIM_JOB, *claim_id, ctx->now + BUSY_PAUSE_MS, value_object(ctx->arena));
}

static err run_claim(struct ctx *ctx, const struct job *job, void *owner)
{
    struct look look = {.problem = ""};
    int64_t claim_id = job->subject_id;
    (void)owner;
    TRY(claim_find(ctx, claim_id, &look.claim));
    if (!look.claim)
        return NULL;
    if (!outbound_lane_enter(OUTBOUND_PROOFS))
        return db_transact(ctx, wait_for_lane, &claim_id);
    err failure = look_at_file(ctx, &look);
    if (!failure)
        look_at_records(ctx, &look);
    outbound_lane_leave(OUTBOUND_PROOFS);
    return failure ? failure : db_transact(ctx, settle, &look);
}

const struct job_kind shop_claim_job_kinds[] = {
    {.kind = CLAIM_JOB, .run = run_claim, .attempts = CLAIM_ATTEMPTS, .first_pause = MINUTE_MS}, {0}};
