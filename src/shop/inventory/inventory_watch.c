/* inventory_watch.c - variants that somebody watches: one alarm when little is left, settled when there is
 * enough.
 *
 * It looks after the sale, not in it: near the end of a stock, and at every act, pages are told
 * (product.changed), and whoever dispatches that looks. Shops that watch nothing cost no statement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_parts.h"

#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory_watch.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

static const char low_alarm[] = "stock-low";

#define LOOK_TOPIC "watch.look"
#define WALK_JOB "stock.watch-walk"
#define WALK_CHUNK CATALOG_MANY_LIMIT
#define ATTEMPTS 20

struct watch {
    int64_t product_id;
    int64_t variant_id;
    enum watch_source source;
    int64_t low_at; /* 0 = it is not watched now */
    int64_t available;
    const char *alarm; /* its subject while it stands; NULL = none */
    bool is_out;       /* nothing was left, and it is not back yet */
    bool is_over;      /* more was promised than there was, and still is */
};

/* It ends clearly above where it began, so that one order more or less does not raise it again. */
static bool is_enough(const struct watch *watch)
{
    return watch->low_at == 0 || watch->available > watch->low_at + watch->low_at / 2;
}

static bool has_turned_low(const struct watch *watch)
{
    return watch->alarm ? is_enough(watch) : watch->low_at > 0 && watch->available <= watch->low_at;
}

/* Back only when more is there than the first buyers take at once. */
static bool is_out_now(const struct watch *watch)
{
    return watch->low_at > 0 && watch->available <= (watch->is_out ? watch->low_at / 2 : 0);
}

/* Only what may be ordered ahead gets below nothing. */
static bool is_over_now(const struct watch *watch)
{
    return watch->low_at > 0 && (watch->is_over ? watch->available <= 0 : watch->available < 0);
}

static bool has_turned_out(const struct watch *watch)
{
    return is_out_now(watch) != watch->is_out || is_over_now(watch) != watch->is_over;
}

static bool has_turned(const struct watch *watch)
{
    return has_turned_low(watch) || has_turned_out(watch);
}

static err tell(struct ctx *ctx, const char *topic, const struct watch *watch)
{
    struct value *news = value_object(ctx->arena);
    value_set_id(ctx->arena, news, "product_id", watch->product_id);
    value_set_int(ctx->arena, news, "available", watch->available);
    value_set_int(ctx->arena, news, "low_at", watch->low_at);
    return outbox_emit(ctx, topic, watch->variant_id, news);
}

/* A variant that goes by the shop gets its row with the first thing that it keeps. */
static err keep_row(struct ctx *ctx, const struct watch *watch)
{
    if (watch->source != WATCH_SHOP)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO stock_watches (shop_id, product_id, variant_id, low_at, source)"
                      " VALUES ($1, $2, $3, 1, 2) ON CONFLICT (shop_id, product_id, variant_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id));
}

static err set_alarm(struct ctx *ctx, const struct watch *watch, const char *subject)
{
    return db_execute(ctx,
                      "UPDATE stock_watches SET alarm = $4 WHERE shop_id = $1 AND product_id = $2"
                      " AND variant_id = $3",
                      db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id),
                      db_text(subject));
}

static err raise_low(struct ctx *ctx, const struct watch *watch, const struct variant *variant)
{
    const char *detail =
        arena_format(ctx->arena, "%s%s%s · %" PRId64 " ≤ %" PRId64, variant->product_title,
                     variant->title[0] ? " " : "", variant->title, watch->available, watch->low_at);
    TRY(set_alarm(ctx, watch, variant->sku));
    TRY(tell(ctx, "stock.low", watch));
    return alarm_raise(ctx, low_alarm, variant->sku, detail);
}

static err settle_low(struct ctx *ctx, const struct watch *watch)
{
    TRY(set_alarm(ctx, watch, NULL));
    TRY(tell(ctx, "stock.enough", watch));
    return alarm_settle(ctx, low_alarm, watch->alarm);
}

static err turn_out(struct ctx *ctx, const struct watch *watch)
{
    bool is_out = is_out_now(watch), is_over = is_over_now(watch);
    if (!has_turned_out(watch))
        return NULL;
    TRY(db_execute(ctx,
                   "UPDATE stock_watches SET is_out = $4, is_over = $5 WHERE shop_id = $1 AND product_id = $2"
                   " AND variant_id = $3",
                   db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id),
                   db_int(is_out), db_int(is_over)));
    if (watch->is_out && !is_out && watch->low_at > 0)
        TRY(tell(ctx, "stock.back_in_stock", watch));
    return is_over && !watch->is_over ? tell(ctx, "stock.oversold", watch) : NULL;
}

/* $1 the shop, $2 what it says of variants without a watch of their own. */
#define WATCHES                                                                                              \
    "SELECT s.product_id, s.variant_id, CAST(COALESCE(w.source, 2) AS BIGINT),"                              \
    " CASE COALESCE(w.source, 2) WHEN 1 THEN w.low_at WHEN 2 THEN CAST($2 AS BIGINT) ELSE 0 END, w.alarm,"   \
    " CAST(SUM(" STOCK_FREE ") AS BIGINT), CAST(COALESCE(w.is_out, 0) AS BIGINT),"                           \
    " CAST(COALESCE(w.is_over, 0) AS BIGINT) FROM stock s LEFT JOIN stock_watches w"                         \
    " ON w.shop_id = s.shop_id AND w.product_id = s.product_id AND w.variant_id = s.variant_id"              \
    " WHERE s.shop_id = $1 AND (w.variant_id IS NOT NULL OR CAST($2 AS BIGINT) > 0)"
#define GROUPED                                                                                              \
    " GROUP BY s.product_id, s.variant_id, w.source, w.low_at, w.alarm, w.is_out, w.is_over"                 \
    " ORDER BY s.product_id, s.variant_id"

static struct watch read_watch(const struct db_rows *rows)
{
    return (struct watch){.product_id = db_get_int(rows, 0),
                          .variant_id = db_get_int(rows, 1),
                          .source = (enum watch_source)db_get_int(rows, 2),
                          .low_at = db_get_int(rows, 3),
                          .alarm = db_get_text(rows, 4),
                          .available = db_get_int(rows, 5),
                          .is_out = db_get_int(rows, 6) == 1,
                          .is_over = db_get_int(rows, 7) == 1};
}

/* Of a product's variants, those that should say something else than they do, or would be if they were
 * offered no more. */
static err list_watches(struct ctx *ctx, int64_t product_id, struct watch *watches, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, WATCHES " AND s.product_id = $3" GROUPED " LIMIT $4", db_int(ctx->shop->id),
                 db_int(ctx->shop->watch_low_at), db_int(product_id), db_int(WATCH_LIMIT)));
    for (*count = 0; db_next(rows);) {
        struct watch watch = read_watch(rows);
        bool keeps = watch.alarm || watch.is_out || watch.is_over;
        if (has_turned(&watch) || (watch.source == WATCH_SHOP && keeps))
            watches[(*count)++] = watch;
    }
    return NULL;
}

/* The number of the shop is meant for what is offered, and codes have a number of their own. */
static bool is_meant(const struct watch *watch, const struct variant *variant)
{
    return watch->source != WATCH_SHOP ||
           (variant && variant->is_on_shelf && variant->kind == PRODUCT_PHYSICAL);
}

static err turn_one(struct ctx *ctx, struct watch *watch, const struct variant *variant)
{
    if (!is_meant(watch, variant))
        watch->low_at = 0;
    if (!has_turned(watch))
        return NULL;
    TRY(keep_row(ctx, watch));
    TRY(turn_out(ctx, watch));
    if (!has_turned_low(watch))
        return NULL;
    if (watch->alarm)
        return settle_low(ctx, watch);
    return variant ? raise_low(ctx, watch, variant) : NULL;
}

static err load_variants(struct ctx *ctx, const struct watch *watches, size_t count,
                         const struct variant **variants)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = watches[i].variant_id;
    for (size_t start = 0; start < count; start += CATALOG_MANY_LIMIT) {
        size_t chunk = count - start < CATALOG_MANY_LIMIT ? count - start : CATALOG_MANY_LIMIT;
        TRY(variant_load_many(ctx, ids + start, chunk, variants + start));
    }
    return NULL;
}

static err look_at(struct ctx *ctx, int64_t product_id)
{
    size_t count;
    struct watch *watches = arena_alloc_many(ctx->arena, WATCH_LIMIT, sizeof *watches);
    TRY(list_watches(ctx, product_id, watches, &count));
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    TRY(load_variants(ctx, watches, count, variants));
    for (size_t i = 0; i < count; i++)
        TRY(turn_one(ctx, &watches[i], variants[i]));
    return NULL;
}

static err hear_changed(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return ctx->shop && ctx->shop->watches_stock ? look_at(ctx, event->aggregate_id) : NULL;
}

/* ---- what is watched ---- */

static err write_watch(struct ctx *ctx, const struct watch *watch)
{
    TRY(db_execute(ctx,
                   "DELETE FROM stock_watches WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3",
                   db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id)));
    if (watch->source == WATCH_SHOP)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO stock_watches (shop_id, product_id, variant_id, low_at, source)"
                      " VALUES ($1, $2, $3, $4, $5)",
                      db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id),
                      db_int(watch->source == WATCH_OWN ? watch->low_at : 1), db_int(watch->source));
}

static err watch_in_transaction(struct ctx *ctx, void *arg)
{
    const struct watch *watch = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT alarm FROM stock_watches WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3",
                 db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id)));
    const char *alarm = db_next(rows) ? db_get_text(rows, 0) : NULL;
    if (alarm)
        TRY(alarm_settle(ctx, low_alarm, alarm));
    TRY(write_watch(ctx, watch));
    if (watch->source == WATCH_OWN && !ctx->shop->watches_stock)
        TRY(shop_note_watches(ctx));
    return look_at(ctx, watch->product_id);
}

err stock_watch(struct ctx *ctx, int64_t variant_id, int64_t product_id, struct stock_watch wanted)
{
    struct watch watch = {
        .product_id = product_id, .variant_id = variant_id, .source = wanted.source, .low_at = wanted.low_at};
    if (watch.source == WATCH_OWN && watch.low_at == 0)
        watch.source = WATCH_SHOP;
    return db_transact(ctx, watch_in_transaction, &watch);
}

err stock_watch_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, struct stock_watch *watch)
{
    struct db_rows *rows;
    *watch = (struct stock_watch){.source = WATCH_SHOP};
    TRY(db_query(ctx, &rows,
                 "SELECT source, low_at FROM stock_watches WHERE shop_id = $1 AND product_id = $2"
                 " AND variant_id = $3",
                 db_int(ctx->shop->id), db_int(product_id), db_int(variant_id)));
    if (!db_next(rows))
        return NULL;
    watch->source = (enum watch_source)db_get_int(rows, 0);
    watch->low_at = watch->source == WATCH_OWN ? db_get_int(rows, 1) : 0;
    return NULL;
}

/* ---- all of a shop ---- */

/* The walk only says which products are to be looked at: whoever dispatches events looks, one after the
 * other. Each number has a walk of its own, so that one that is old never goes on in the place of a new one;
 * what it finds is compared with what the shop says by then. */
static err start_walk(struct ctx *ctx, int64_t low_at, const struct watch *behind)
{
    struct value *place = value_object(ctx->arena);
    value_set_int(ctx->arena, place, "product", behind ? behind->product_id : 0);
    value_set_int(ctx->arena, place, "variant", behind ? behind->variant_id : 0);
    return job_schedule(ctx, WALK_JOB, low_at + 1, ctx->now, place);
}

static err change_default(struct ctx *ctx, void *arg)
{
    int64_t low_at = *(int64_t *)arg;
    TRY(shop_change_watch_default(ctx, low_at));
    return start_walk(ctx, low_at, NULL);
}

err stock_watch_default(struct ctx *ctx, int64_t low_at)
{
    if (low_at < 0 || low_at > WATCH_MOST)
        return fail_field(ctx, "low_at", "out-of-range", "0 to 20");
    return db_transact(ctx, change_default, &low_at);
}

struct walk {
    int64_t low_at;
    struct watch behind; /* its product and variant */
};

static err walk_on(struct ctx *ctx, void *arg)
{
    const struct walk *walk = arg;
    struct watch watch = {0};
    struct db_rows *rows;
    int64_t told = 0;
    TRY(db_query(ctx, &rows,
                 WATCHES " AND s.product_id >= $3 AND (s.product_id > $3 OR s.variant_id > $4)" GROUPED
                         " LIMIT $5",
                 db_int(ctx->shop->id), db_int(walk->low_at), db_int(walk->behind.product_id),
                 db_int(walk->behind.variant_id), db_int(WALK_CHUNK)));
    bool has_more = db_row_count(rows) == WALK_CHUNK;
    while (db_next(rows)) {
        watch = read_watch(rows);
        if (watch.source != WATCH_SHOP || !has_turned(&watch) || watch.product_id == told)
            continue;
        told = watch.product_id;
        TRY(outbox_emit(ctx, LOOK_TOPIC, told, value_object(ctx->arena)));
    }
    return has_more ? start_walk(ctx, walk->low_at, &watch) : NULL;
}

static err run_walk(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    struct walk walk = {.low_at = job->subject_id - 1,
                        .behind = {.product_id = value_find_int(job->payload, "product", 0),
                                   .variant_id = value_find_int(job->payload, "variant", 0)}};
    return db_transact(ctx, walk_on, &walk);
}

const struct job_kind inventory_job_kinds[] = {{WALK_JOB, run_walk, ATTEMPTS, SECOND_MS}, {0}};

const struct listener inventory_listeners[] = {
    {"product.changed", hear_changed},
    {LOOK_TOPIC, hear_changed},
    {0},
};
