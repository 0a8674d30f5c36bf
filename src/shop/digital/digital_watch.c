/* digital_watch.c - what happens to a deck by itself: codes expire, and staff hear of it before; a deck that
 * runs low raises an alarm. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital_jobs.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/digital/digital_deck.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define EXPIRY_ATTEMPTS 20
/* Batches of one deck that are warned of at once; the rest follow with the next run. */
#define WARNED_AT_ONCE 50

static const char low_alarm[] = "codes-low";
static const char expiry_alarm[] = "codes-expiring";

/* ---- low decks ---- */

static err set_low_alarm(struct ctx *ctx, int64_t variant_id, const char *subject)
{
    return db_execute(ctx, "UPDATE code_decks SET low_alarm = $3 WHERE shop_id = $1 AND variant_id = $2",
                      db_int(ctx->shop->id), db_int(variant_id), db_text(subject));
}

static err raise_low(struct ctx *ctx, const struct code_deck *deck)
{
    const struct variant *variant;
    TRY(variant_load(ctx, deck->variant_id, &variant));
    const char *detail =
        arena_format(ctx->arena, "%s%s%s · %" PRId64 " ≤ %" PRId64, variant->product_title,
                     variant->title[0] ? " " : "", variant->title, deck->loaded - deck->dealt, deck->low_at);
    TRY(set_low_alarm(ctx, deck->variant_id, variant->sku));
    return alarm_raise(ctx, low_alarm, variant->sku, detail);
}

err code_deck_tell_low(struct ctx *ctx, int64_t variant_id)
{
    struct code_deck deck;
    TRY(code_deck_lock(ctx, variant_id, &deck));
    bool is_low = deck.low_at > 0 && deck.loaded - deck.dealt <= deck.low_at;
    if (is_low == (deck.low_alarm != NULL))
        return NULL;
    if (is_low)
        return raise_low(ctx, &deck);
    TRY(alarm_settle(ctx, low_alarm, deck.low_alarm));
    return set_low_alarm(ctx, variant_id, NULL);
}

/* Looks after the sale, not in it: what an order got names the decks that it came from. */
static err hear_delivered(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT DISTINCT k.variant_id FROM deliveries d JOIN code_decks k ON k.shop_id = d.shop_id"
                 " AND k.variant_id = d.variant_id WHERE d.shop_id = $1 AND d.order_id = $2 AND k.low_at > 0"
                 " AND k.low_alarm IS NULL AND k.loaded - k.dealt <= k.low_at ORDER BY k.variant_id",
                 db_int(ctx->shop->id), db_int(event->aggregate_id)));
    while (db_next(rows))
        TRY(code_deck_tell_low(ctx, db_get_int(rows, 0)));
    return NULL;
}

/* ---- expiry ---- */

/* When something happens next: the deck may not deal after the first expiry, and the job runs at it, or at
 * the warning before it. */
static err plan(struct ctx *ctx, int64_t variant_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT MIN(b.expires_at), MIN(CASE WHEN b.is_warned = 1 THEN b.expires_at"
                 " ELSE b.expires_at - $3 END) FROM code_batches b JOIN code_decks k"
                 " ON k.shop_id = b.shop_id AND k.variant_id = b.variant_id AND k.mode = 1"
                 " WHERE b.shop_id = $1 AND b.variant_id = $2 AND b.expires_at IS NOT NULL"
                 " AND b.withdrawn_at IS NULL AND b.expired_at IS NULL",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(CODE_EXPIRY_NOTICE_MS)));
    bool is_planned = db_next(rows) && !db_is_null(rows, 0);
    int64_t expires_at = is_planned ? db_get_int(rows, 0) : 0;
    TRY(db_execute(ctx, "UPDATE code_decks SET expires_at = $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(variant_id), db_id(expires_at)));
    if (!is_planned)
        return job_cancel(ctx, DIGITAL_EXPIRY_JOB, variant_id);
    return job_schedule(ctx, DIGITAL_EXPIRY_JOB, variant_id, db_get_int(rows, 1), value_object(ctx->arena));
}

err code_deck_follow(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason)
{
    TRY(code_fit_stock(ctx, variant_id, product_id, reason));
    TRY(code_deck_tell_low(ctx, variant_id));
    return plan(ctx, variant_id);
}

err code_deck_tell_loaded(struct ctx *ctx, int64_t variant_id, int64_t added)
{
    struct value *news = value_object(ctx->arena);
    value_set_int(ctx->arena, news, "added", added);
    return outbox_emit(ctx, "digital.loaded", variant_id, news);
}

static err settle_batches(struct ctx *ctx, int64_t variant_id, struct db_rows *rows, int64_t *batch_nos)
{
    while (db_next(rows)) {
        *batch_nos++ = db_get_int(rows, 0);
        if (!db_is_null(rows, 1)) {
            TRY(alarm_settle(ctx, expiry_alarm, db_get_text(rows, 1)));
            TRY(db_execute(ctx,
                           "UPDATE code_batches SET expiry_alarm = NULL WHERE shop_id = $1"
                           " AND variant_id = $2 AND batch_no = $3",
                           db_int(ctx->shop->id), db_int(variant_id), db_int(db_get_int(rows, 0))));
        }
    }
    return NULL;
}

err code_batch_settle(struct ctx *ctx, int64_t variant_id, int64_t batch_no)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT batch_no, expiry_alarm FROM code_batches WHERE shop_id = $1 AND variant_id = $2"
                 " AND batch_no = $3",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(batch_no)));
    return settle_batches(ctx, variant_id, rows, &batch_no);
}

/* Batches whose time is over; their codes leave the deck. */
static err expire(struct ctx *ctx, struct code_deck *deck)
{
    struct db_rows *rows;
    int64_t moved;
    TRY(db_query(ctx, &rows,
                 "UPDATE code_batches SET expired_at = $3 WHERE shop_id = $1 AND variant_id = $2"
                 " AND expires_at <= $3 AND withdrawn_at IS NULL AND expired_at IS NULL"
                 " RETURNING batch_no, expiry_alarm",
                 db_int(ctx->shop->id), db_int(deck->variant_id), db_int(ctx->now)));
    size_t count = db_row_count(rows);
    if (count == 0)
        return NULL;
    int64_t *batch_nos = arena_alloc_many(ctx->arena, count, sizeof *batch_nos);
    TRY(settle_batches(ctx, deck->variant_id, rows, batch_nos));
    TRY(code_put_aside(ctx, deck, batch_nos, count, &moved));
    TRY(db_execute(ctx, "UPDATE code_decks SET expired = expired + $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(deck->variant_id), db_int(moved)));
    /* Those who wait because the deck stood still can be served now. */
    return code_deck_tell_loaded(ctx, deck->variant_id, 0);
}

static err warn_of(struct ctx *ctx, const struct variant *variant, int64_t batch_no, int64_t expires_at,
                   int64_t left)
{
    const char *subject = NULL;
    if (left > 0) {
        subject = arena_format(ctx->arena, "%s #%" PRId64, variant->sku, batch_no);
        /* The last day on which they can be sold. */
        const char *day = clock_format(ctx->arena, expires_at - 1, ctx->shop->zone, "%Y-%m-%d");
        TRY(alarm_raise(ctx, expiry_alarm, subject,
                        arena_format(ctx->arena, "%s%s%s · %" PRId64 " · %s", variant->product_title,
                                     variant->title[0] ? " " : "", variant->title, left, day)));
    }
    return db_execute(ctx,
                      "UPDATE code_batches SET is_warned = 1, expiry_alarm = $4 WHERE shop_id = $1"
                      " AND variant_id = $2 AND batch_no = $3",
                      db_int(ctx->shop->id), db_int(variant->id), db_int(batch_no), db_text(subject));
}

static err warn(struct ctx *ctx, const struct code_deck *deck)
{
    struct db_rows *rows;
    const struct variant *variant;
    TRY(db_query(
        ctx, &rows,
        "SELECT b.batch_no, b.expires_at, (SELECT COUNT(*) FROM codes c WHERE c.shop_id = b.shop_id"
        " AND c.variant_id = b.variant_id AND c.batch_no = b.batch_no AND c.seq > $4 AND c.seq <= $5)"
        " FROM code_batches b WHERE b.shop_id = $1 AND b.variant_id = $2 AND b.expires_at <= $3"
        " AND b.is_warned = 0 AND b.withdrawn_at IS NULL AND b.expired_at IS NULL"
        " ORDER BY b.batch_no LIMIT $6",
        db_int(ctx->shop->id), db_int(deck->variant_id), db_int(ctx->now + CODE_EXPIRY_NOTICE_MS),
        db_int(deck->dealt), db_int(deck->loaded), db_int(WARNED_AT_ONCE)));
    if (db_row_count(rows) == 0)
        return NULL;
    TRY(variant_load(ctx, deck->variant_id, &variant));
    while (db_next(rows))
        TRY(warn_of(ctx, variant, db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

static err watch_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *variant_id = arg;
    struct code_deck deck;
    TRY(code_deck_lock(ctx, *variant_id, &deck));
    if (deck.mode == DECK_CODES) {
        TRY(expire(ctx, &deck));
        TRY(warn(ctx, &deck));
    }
    return code_deck_follow(ctx, deck.variant_id, deck.product_id, "expired");
}

static err run_expiry(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    int64_t variant_id = job->subject_id;
    return db_transact(ctx, watch_in_transaction, &variant_id);
}

const struct job_kind digital_job_kinds[] = {
    {DIGITAL_EXPIRY_JOB, run_expiry, EXPIRY_ATTEMPTS, 5 * SECOND_MS},
    {0},
};

const struct listener digital_listeners[] = {
    {"order.delivered", hear_delivered},
    {"order.partly_delivered", hear_delivered},
    {"order.rest_delivered", hear_delivered},
    {0},
};
