/* notify_send.c - sending one message: by a job, outside any transaction, at least once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/customer/customer.h"
#include "shop/notify/notify_jobs.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define FIRST_PAUSE_MS MINUTE_MS
/* A burst comes back spread over some seconds. */
#define BUSY_PAUSE_MS SECOND_MS
#define BUSY_SPREAD_MS (4 * SECOND_MS)
#define WAIT_ATTEMPTS 20

/* One message on its way. */
struct sending {
    struct message *message;
    struct order *order;        /* NULL when it is about none */
    struct channel *channel;    /* NULL = the buyer */
    struct wait_notice *notice; /* who waited for what; NULL when it is about none */
    const char *recipient;      /* masked */
    struct delivery_result result;
};

static void give_up(struct delivery_result *result, const char *problem)
{
    *result = (struct delivery_result){.problem = problem, .detail = ""};
}

/* ---- mail ---- */

/* Servers like to repeat addresses; those are nobody's business here. */
static const char *without_addresses(struct ctx *ctx, const char *reply)
{
    char *copy = arena_copy_text(ctx->arena, reply);
    for (char *at = strchr(copy, '@'); at; at = strchr(at, '@')) {
        char *start = at, *end = at;
        while (start > copy && !strchr(" <(:", start[-1]))
            start--;
        while (*end && !strchr(" >):", *end))
            end++;
        memset(start, '*', (size_t)(end - start));
        at = end;
    }
    return copy;
}

static void take_result(struct ctx *ctx, const struct mail_result *outcome, struct delivery_result *result)
{
    bool is_fine = outcome->problem == MAIL_FINE;
    *result = (struct delivery_result){.problem = is_fine ? NULL : mail_problem_names[outcome->problem],
                                       .detail = is_fine ? "" : without_addresses(ctx, outcome->reply),
                                       .is_passing = mail_is_passing(outcome->problem)};
}

err mail_letter(struct ctx *ctx, const struct letter *letter, int64_t message_id, const char *const *to,
                size_t to_count, struct delivery_result *result)
{
    struct mail_setting setting;
    struct mail mail = {.to_count = to_count};
    struct mail_result outcome;
    TRY(mail_setting_load(ctx, &setting));
    if (!setting.is_own && !setting.has_platform) {
        give_up(result, "mail-not-set-up");
        return NULL;
    }
    mail.from = setting.is_own ? setting.from_address : ctx->config->mail_from;
    if (!mail_address_is_valid(mail.from)) {
        give_up(result, "mail-bad-sender");
        return NULL;
    }
    for (size_t i = 0; i < to_count; i++)
        mail.to[i] = to[i];
    const char *reply_to = ctx->shop->profile ? ctx->shop->profile->email : "";
    struct envelope envelope = {.from_name = setting.from_name[0] ? setting.from_name : letter->shop_name,
                                .from_address = mail.from,
                                .to = to,
                                .to_count = to_count,
                                .reply_to = mail_address_is_valid(reply_to) ? reply_to : "",
                                .message_id =
                                    arena_format(ctx->arena, "yundian-%" PRIx64 ".%" PRIx64 "@%s",
                                                 ctx->shop->id, message_id, strchr(mail.from, '@') + 1),
                                .at = id_time(message_id)};
    mail.text = mime_write(ctx, &envelope, letter, &mail.length);
    struct mail_server server = {.url = setting.is_own ? NULL : ctx->config->smtp_url,
                                 .host = setting.host,
                                 .port = setting.port,
                                 .tls = setting.tls,
                                 .login = setting.login,
                                 .password = setting.password};
    TRY(ctx->services->mailer->send(ctx, &server, &mail, NOTIFY_TIMEOUT_MS, &outcome));
    take_result(ctx, &outcome, result);
    return NULL;
}

/* ---- one message ---- */

static err send_by_channel(struct ctx *ctx, const struct channel *channel, const struct letter *letter,
                           int64_t message_id, const char *occasion, struct delivery_result *result)
{
    const char *to[MAIL_RECIPIENT_LIMIT];
    size_t count;
    const char *key = arena_format(ctx->arena, "%" PRId64, message_id);
    if (channel->kind != CHANNEL_MAIL)
        return robot_send(ctx, channel, letter, key, occasion, result);
    if (mail_addresses_split(ctx, channel->to, to, &count))
        return mail_letter(ctx, letter, message_id, to, count, result);
    give_up(result, "mail-no-address");
    return NULL;
}

/* A paid order whose codes were delivered in the same moment is told once: with what was delivered. */
static bool is_told_otherwise(const struct ctx *ctx, const struct sending *sending)
{
    const struct order *order = sending->order;
    return !sending->channel && sending->message->occasion == OCCASION_BUYER_PAID && order &&
           order->state.fulfillment == FULFILLMENT_DELIVERED && !order_has_kind(order, PRODUCT_PHYSICAL) &&
           !shop_has_occasion(ctx->shop, OCCASION_BUYER_DELIVERED) && text_is(sending->message->facts, "{}");
}

/* Who stopped waiting, or waited for what is offered no more, is told nothing. */
static bool is_needless(const struct sending *sending)
{
    return sending->message->occasion == OCCASION_BUYER_RESTOCK && !sending->notice;
}

static err send_now(struct ctx *ctx, struct sending *sending)
{
    struct letter letter;
    const struct message *message = sending->message;
    if (sending->notice)
        TRY(letter_of_wait(ctx, sending->notice, &letter));
    else
        TRY(letter_write(ctx, message, sending->order, &letter));
    if (sending->channel) {
        sending->recipient = sending->channel->shown;
        return send_by_channel(ctx, sending->channel, &letter, message->id, occasion_name(message->occasion),
                               &sending->result);
    }
    const char *address = sending->order    ? sending->order->contact.email
                          : sending->notice ? sending->notice->wait.email
                                            : "";
    sending->recipient = log_hide(ctx->arena, address);
    if (mail_address_is_valid(address))
        return mail_letter(ctx, &letter, message->id, &address, 1, &sending->result);
    give_up(&sending->result, "mail-no-address");
    return NULL;
}

/* ---- how it went ---- */

/* What its alarms are called; the cause follows. The buyers' is a word that the list of alarms translates. */
static const char *alarm_subject(struct ctx *ctx, const struct sending *sending, const char *problem)
{
    return arena_format(ctx->arena, "%s · %s", sending->channel ? sending->channel->name : REFUSED_BUYERS,
                        problem);
}

/* One alarm for each channel and cause, until something arrives there. Who stopped a channel, and who left no
 * address, knows. */
static err raise_or_settle(struct ctx *ctx, const struct sending *sending, bool is_over)
{
    const struct delivery_result *result = &sending->result;
    if (!result->problem)
        return alarm_settle_all(ctx, REFUSED_ALARM, alarm_subject(ctx, sending, ""));
    if (!is_over || text_is(result->problem, "channel-off") || text_is(result->problem, "mail-no-address"))
        return NULL;
    return alarm_raise_once(
        ctx, REFUSED_ALARM, alarm_subject(ctx, sending, result->problem),
        arena_format(ctx->arena, "%s %s", sending->message->subject, result->detail ? result->detail : ""));
}

static err record(struct ctx *ctx, void *arg)
{
    const struct sending *sending = arg;
    const struct delivery_result *result = &sending->result;
    bool is_over = !result->is_passing || sending->message->attempts + 1 >= MESSAGE_ATTEMPTS;
    enum message_state state = !result->problem ? MESSAGE_SENT : is_over ? MESSAGE_GIVEN_UP : MESSAGE_FAILED;
    TRY(db_execute(ctx,
                   "UPDATE messages SET state = $3, attempts = attempts + 1, problem = $4, detail = $5,"
                   " recipient = $6, tried_at = $7 WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(sending->message->id), db_int(state),
                   db_text(result->problem ? result->problem : ""), db_text(result->detail),
                   db_text(sending->recipient), db_int(ctx->now)));
    TRY(raise_or_settle(ctx, sending, is_over));
    return sending->channel ? channel_note(ctx, sending->channel->id, result) : NULL;
}

static err forget(struct ctx *ctx, void *arg)
{
    const struct message *message = arg;
    return db_execute(ctx, "DELETE FROM messages WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                      db_int(message->id));
}

static err load_all(struct ctx *ctx, int64_t message_id, struct sending *sending)
{
    TRY(message_load(ctx, message_id, &sending->message));
    const struct message *message = sending->message;
    sending->recipient = message->recipient;
    if (message->order_id)
        TRY(order_load(ctx, message->order_id, &sending->order));
    if (message->occasion == OCCASION_BUYER_RESTOCK)
        TRY(wait_notice_load(ctx, message, &sending->notice));
    return message->channel_id ? channel_load(ctx, message->channel_id, &sending->channel) : NULL;
}

static err wait_for_lane(struct ctx *ctx, void *arg)
{
    const struct job *job = arg;
    int64_t pause = BUSY_PAUSE_MS + (job->subject_id >> 2) % BUSY_SPREAD_MS;
    return job_schedule(ctx, NOTIFY_SEND_JOB, job->subject_id, ctx->now + pause, NULL);
}

static err send_in_lane(struct ctx *ctx, const struct job *job, struct sending *sending)
{
    if (sending->message->channel_id && (!sending->channel || !sending->channel->is_on))
        give_up(&sending->result, "channel-off");
    else
        TRY(send_now(ctx, sending));
    ctx->now = clock_now();
    TRY(db_transact(ctx, record, sending));
    bool is_over = sending->message->attempts + 1 >= MESSAGE_ATTEMPTS && job->attempt < MESSAGE_ATTEMPTS;
    if (!sending->result.problem || !sending->result.is_passing || is_over)
        return NULL;
    /* The job's pauses, and its dead letter after the last attempt. */
    return fail_with(ctx, ERR_UNAVAILABLE, "message about %s: %s %s", sending->message->subject,
                     sending->result.problem, sending->result.detail);
}

static err run_send(struct ctx *ctx, const struct job *job, void *owner)
{
    struct sending sending = {.result.detail = ""};
    struct job copy = *job;
    (void)owner;
    err failure = load_all(ctx, job->subject_id, &sending);
    if (failure && failure->code != ERR_NOT_FOUND)
        return failure;
    if (!sending.message || sending.message->state == MESSAGE_SENT)
        return NULL;
    if (is_told_otherwise(ctx, &sending) || is_needless(&sending))
        return db_transact(ctx, forget, sending.message);
    if (!outbound_lane_enter(OUTBOUND_MESSAGES))
        return db_transact(ctx, wait_for_lane, &copy);
    failure = send_in_lane(ctx, job, &sending);
    outbound_lane_leave(OUTBOUND_MESSAGES);
    return failure;
}

const struct job_kind notify_job_kinds[] = {
    {NOTIFY_SEND_JOB, run_send, MESSAGE_ATTEMPTS, FIRST_PAUSE_MS},
    {CUSTOMER_CODE_JOB, notify_run_code, CODE_ATTEMPTS, CODE_PAUSE_MS},
    {CUSTOMER_WAIT_JOB, notify_run_waits, WAIT_ATTEMPTS, SECOND_MS},
    {0},
};

/* ---- trying ---- */

static err note_in_transaction(struct ctx *ctx, void *arg)
{
    const struct sending *sending = arg;
    return channel_note(ctx, sending->channel->id, &sending->result);
}

err channel_test(struct ctx *ctx, int64_t channel_id, struct delivery_result *result)
{
    struct sending sending = {.result.detail = ""};
    struct letter letter;
    TRY(channel_load(ctx, channel_id, &sending.channel));
    letter_sample(ctx, sending.channel->name, &letter);
    TRY(send_by_channel(ctx, sending.channel, &letter, id_new(ctx), "test", &sending.result));
    *result = sending.result;
    return db_transact(ctx, note_in_transaction, &sending);
}

err mail_setting_test(struct ctx *ctx, const char *address, struct delivery_result *result)
{
    struct letter letter;
    if (!mail_address_is_valid(address))
        return fail_field(ctx, "address", "bad-email", "an address such as hello@example.com");
    letter_sample(ctx, address, &letter);
    return mail_letter(ctx, &letter, id_new(ctx), &address, 1, result);
}
