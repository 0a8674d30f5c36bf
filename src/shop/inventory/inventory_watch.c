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

struct watch {
    int64_t product_id;
    int64_t variant_id;
    int64_t low_at;
    int64_t available;
    const char *alarm; /* its subject while it stands; NULL = none */
    bool is_out;       /* nothing was left, and it is not back yet */
    bool is_over;      /* more was promised than there was, and still is */
};

/* It ends clearly above where it began, so that one order more or less does not raise it again. */
static bool is_enough(const struct watch *watch)
{
    return watch->available > watch->low_at + watch->low_at / 2;
}

static bool has_turned_low(const struct watch *watch)
{
    return watch->alarm ? is_enough(watch) : watch->available <= watch->low_at;
}

/* Back only when more is there than the first buyers take at once. */
static bool is_out_now(const struct watch *watch)
{
    return watch->available <= (watch->is_out ? watch->low_at / 2 : 0);
}

/* Only what may be ordered ahead gets below nothing. */
static bool is_over_now(const struct watch *watch)
{
    return watch->is_over ? watch->available <= 0 : watch->available < 0;
}

static bool has_turned_out(const struct watch *watch)
{
    return is_out_now(watch) != watch->is_out || is_over_now(watch) != watch->is_over;
}

static err tell(struct ctx *ctx, const char *topic, const struct watch *watch)
{
    struct value *news = value_object(ctx->arena);
    value_set_id(ctx->arena, news, "product_id", watch->product_id);
    value_set_int(ctx->arena, news, "available", watch->available);
    value_set_int(ctx->arena, news, "low_at", watch->low_at);
    return outbox_emit(ctx, topic, watch->variant_id, news);
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
    if (watch->is_out && !is_out)
        TRY(tell(ctx, "stock.back_in_stock", watch));
    return is_over && !watch->is_over ? tell(ctx, "stock.oversold", watch) : NULL;
}

/* Of a product's watches, those that should say something else than they do. */
static err list_turned(struct ctx *ctx, int64_t product_id, struct watch *watches, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT w.variant_id, w.low_at, w.alarm, CAST(SUM(" STOCK_FREE
                 ") AS BIGINT), w.is_out, w.is_over"
                 " FROM stock_watches w JOIN stock s ON s.shop_id = w.shop_id AND s.variant_id = w.variant_id"
                 " WHERE w.shop_id = $1 AND w.product_id = $2 AND s.product_id = $2 GROUP BY w.variant_id, "
                 "w.low_at, w.alarm, w.is_out, w.is_over"
                 " ORDER BY w.variant_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(product_id), db_int(WATCH_LIMIT)));
    for (*count = 0; db_next(rows);) {
        struct watch watch = {.product_id = product_id,
                              .variant_id = db_get_int(rows, 0),
                              .low_at = db_get_int(rows, 1),
                              .alarm = db_get_text(rows, 2),
                              .available = db_get_int(rows, 3),
                              .is_out = db_get_int(rows, 4) == 1,
                              .is_over = db_get_int(rows, 5) == 1};
        if (has_turned_low(&watch) || has_turned_out(&watch))
            watches[(*count)++] = watch;
    }
    return NULL;
}

static err look_at(struct ctx *ctx, int64_t product_id)
{
    size_t count;
    struct watch *watches = arena_alloc_many(ctx->arena, WATCH_LIMIT, sizeof *watches);
    TRY(list_turned(ctx, product_id, watches, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    for (size_t i = 0; i < count; i++)
        ids[i] = watches[i].variant_id;
    if (count > 0)
        TRY(variant_load_many(ctx, ids, count, variants));
    for (size_t i = 0; i < count; i++) {
        TRY(turn_out(ctx, &watches[i]));
        if (!has_turned_low(&watches[i]))
            continue;
        if (watches[i].alarm)
            TRY(settle_low(ctx, &watches[i]));
        else if (variants[i])
            TRY(raise_low(ctx, &watches[i], variants[i]));
    }
    return NULL;
}

static err hear_changed(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return ctx->shop && ctx->shop->watches_stock ? look_at(ctx, event->aggregate_id) : NULL;
}

/* ---- what is watched ---- */

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
    TRY(db_execute(ctx,
                   "DELETE FROM stock_watches WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3",
                   db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id)));
    if (watch->low_at > 0)
        TRY(db_execute(ctx,
                       "INSERT INTO stock_watches (shop_id, product_id, variant_id, low_at)"
                       " VALUES ($1, $2, $3, $4)",
                       db_int(ctx->shop->id), db_int(watch->product_id), db_int(watch->variant_id),
                       db_int(watch->low_at)));
    if (watch->low_at > 0 && !ctx->shop->watches_stock)
        TRY(shop_note_watches(ctx));
    return look_at(ctx, watch->product_id);
}

err stock_watch(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t low_at)
{
    struct watch watch = {.product_id = product_id, .variant_id = variant_id, .low_at = low_at};
    return db_transact(ctx, watch_in_transaction, &watch);
}

err stock_watch_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t *low_at)
{
    struct db_rows *rows;
    *low_at = 0;
    TRY(db_query(
        ctx, &rows,
        "SELECT low_at FROM stock_watches WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3",
        db_int(ctx->shop->id), db_int(product_id), db_int(variant_id)));
    if (db_next(rows))
        *low_at = db_get_int(rows, 0);
    return NULL;
}

const struct listener inventory_listeners[] = {
    {"product.changed", hear_changed},
    {0},
};
