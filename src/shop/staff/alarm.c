/* alarm.c - what a person must look at. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff.h"

#include "base/log.h"
#include "job/job.h"
#include "shop/tenant/tenant.h"

/* Some alarms have an occasion of their own. */
static bool is_wanted(const struct shop *shop)
{
    return shop_has_occasion(shop, OCCASION_ALARM) || shop_has_occasion(shop, OCCASION_CODES_LOW) ||
           shop_has_occasion(shop, OCCASION_HOOK_FAILED);
}

/* Only for shops in which somebody wants to hear of it. */
static err tell(struct ctx *ctx, int64_t alarm_id, const char *kind, const char *subject)
{
    if (!is_wanted(ctx->shop))
        return NULL;
    struct value *news = value_object(ctx->arena);
    value_set_text(ctx->arena, news, "kind", kind);
    value_set_text(ctx->arena, news, "subject", subject);
    return outbox_emit(ctx, "alarm.raised", alarm_id, news);
}

err alarm_raise(struct ctx *ctx, const char *kind, const char *subject, const char *detail)
{
    log_warning(ctx, "alarm", "kind=%s subject=%s", kind, log_quote(ctx->arena, subject));
    int64_t alarm_id = id_new(ctx);
    TRY(db_execute(
        ctx, "INSERT INTO alarms (shop_id, id, kind, subject, detail, at) VALUES ($1, $2, $3, $4, $5, $6)",
        db_int(ctx->shop->id), db_int(alarm_id), db_text(kind), db_text(subject), db_text(detail),
        db_int(ctx->now)));
    return tell(ctx, alarm_id, kind, subject);
}

err alarm_raise_once(struct ctx *ctx, const char *kind, const char *subject, const char *detail)
{
    int64_t alarm_id = id_new(ctx), added;
    TRY(db_change(
        ctx, &added,
        "INSERT INTO alarms (shop_id, id, kind, subject, detail, at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT DO NOTHING",
        db_int(ctx->shop->id), db_int(alarm_id), db_text(kind), db_text(subject), db_text(detail),
        db_int(ctx->now)));
    if (added == 0)
        return NULL;
    log_warning(ctx, "alarm", "kind=%s subject=%s", kind, log_quote(ctx->arena, subject));
    return tell(ctx, alarm_id, kind, subject);
}

const char *const alarm_kinds[] = {"payment-amount-mismatch",
                                   "late-payment",
                                   "paid-twice",
                                   "balance-late",
                                   "settled-before",
                                   "unknown-attempt",
                                   "delivery-short",
                                   "refund-failed",
                                   "codes-low",
                                   "stock-low",
                                   "codes-expiring",
                                   "hook-failed",
                                   "job-dead",
                                   "message-refused",
                                   "ledger-break",
                                   "stock-mismatch",
                                   "theme-broken",
                                   "payer-limit",
                                   NULL};

/* $1 shop, $2 how many, $3 the place, $4 the kind. */
#define ALARMS(state, kind, place, order)                                                                    \
    "SELECT id, kind, subject, detail, at, resolved_at FROM alarms WHERE shop_id = $1 AND resolved_at"       \
    " IS " state kind place " ORDER BY id" order " LIMIT $2"
#define BOTH_WAYS(state, kind)                                                                               \
    {                                                                                                        \
        ALARMS(state, kind, " AND id < $3", " DESC"), ALARMS(state, kind, " AND id > $3", "")                \
    }
#define OF_KIND " AND kind = $4"

static void take_alarms(struct ctx *ctx, struct db_rows *rows, struct alarm **alarms, size_t *count)
{
    struct alarm *list = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *list);
    *count = 0;
    while (db_next(rows))
        list[(*count)++] = (struct alarm){.id = db_get_int(rows, 0),
                                          .kind = db_get_text(rows, 1),
                                          .subject = db_get_text(rows, 2),
                                          .detail = db_get_text(rows, 3),
                                          .at = db_get_int(rows, 4),
                                          .resolved_at = db_get_int(rows, 5)};
    *alarms = list;
}

err alarm_list(struct ctx *ctx, const struct alarm_query *query, struct alarm **alarms, size_t *count)
{
    static const char *const statements[2][2][2] = {
        {BOTH_WAYS("NULL", ""), BOTH_WAYS("NULL", OF_KIND)},
        {BOTH_WAYS("NOT NULL", ""), BOTH_WAYS("NOT NULL", OF_KIND)}};
    int64_t first = query->is_up ? 0 : INT64_MAX;
    int limit = query->limit > ALARM_ROWS_LIMIT ? ALARM_ROWS_LIMIT : query->limit;
    struct db_value values[] = {db_int(ctx->shop->id), db_int(limit),
                                db_int(query->behind_id ? query->behind_id : first), db_text(query->kind)};
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows, statements[query->is_settled][query->kind != NULL][query->is_up], values,
                        query->kind ? 4 : 3));
    take_alarms(ctx, rows, alarms, count);
    return NULL;
}

err alarm_list_about(struct ctx *ctx, const char *subject, struct alarm **alarms, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, kind, subject, detail, at, resolved_at FROM alarms WHERE shop_id = $1"
                 " AND subject = $2 AND resolved_at IS NULL ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_text(subject), db_int(ALARMS_ABOUT)));
    take_alarms(ctx, rows, alarms, count);
    return NULL;
}

static err count_open(struct ctx *ctx, int64_t *total)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT 1 FROM alarms WHERE shop_id = $1 AND resolved_at IS NULL LIMIT"
                 " $2) a",
                 db_int(ctx->shop->id), db_int(ALARM_COUNTED)));
    *total = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err alarm_list_open(struct ctx *ctx, int limit, struct alarm **alarms, size_t *count, int64_t *total)
{
    TRY(alarm_list(ctx, &(struct alarm_query){.limit = limit}, alarms, count));
    return total ? count_open(ctx, total) : NULL;
}

static err resolve_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *alarm_id = arg;
    return db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such open alarm",
        "UPDATE alarms SET resolved_at = $3 WHERE shop_id = $1 AND id = $2 AND resolved_at IS NULL",
        db_int(ctx->shop->id), db_int(*alarm_id), db_int(ctx->now));
}

err alarm_resolve(struct ctx *ctx, int64_t alarm_id)
{
    return db_transact(ctx, resolve_in_transaction, &alarm_id);
}

struct resolving {
    const int64_t *ids;
    size_t count;
    const char *kind;
    int64_t before_id;
    int64_t settled;
};

static err resolve_some(struct ctx *ctx, const int64_t *ids, size_t count, int64_t *settled)
{
    struct db_value values[DB_IDS_VALUES + 1];
    db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(ctx->now);
    return db_change_values(ctx, settled,
                            "UPDATE alarms SET resolved_at = $34 WHERE shop_id = $1 AND resolved_at IS NULL"
                            " AND id IN " DB_IDS,
                            values, DB_IDS_VALUES + 1);
}

static err resolve_many(struct ctx *ctx, void *arg)
{
    struct resolving *resolving = arg;
    int64_t settled;
    resolving->settled = 0; /* the body may run again */
    for (size_t start = 0; start < resolving->count; start += DB_IDS_LIMIT) {
        TRY(resolve_some(ctx, resolving->ids + start, resolving->count - start, &settled));
        resolving->settled += settled;
    }
    return NULL;
}

err alarm_resolve_many(struct ctx *ctx, const int64_t *alarm_ids, size_t count, int64_t *settled)
{
    struct resolving resolving = {.ids = alarm_ids, .count = count};
    if (count > ALARM_BULK_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d alarms at once", ALARM_BULK_LIMIT);
    TRY(db_transact(ctx, resolve_many, &resolving));
    *settled = resolving.settled;
    return NULL;
}

#define RESOLVE_OLDEST(kind)                                                                                 \
    "UPDATE alarms SET resolved_at = $2 WHERE shop_id = $1 AND resolved_at IS NULL AND id IN (SELECT a.id"   \
    " FROM alarms a WHERE a.shop_id = $1 AND a.resolved_at IS NULL" kind                                     \
    " AND a.id < $3 ORDER BY a.id LIMIT $4)"

static err resolve_found(struct ctx *ctx, void *arg)
{
    struct resolving *resolving = arg;
    struct db_value values[] = {db_int(ctx->shop->id), db_int(ctx->now), db_int(resolving->before_id),
                                db_int(ALARM_BULK_LIMIT), db_text(resolving->kind)};
    if (resolving->kind)
        return db_change_values(ctx, &resolving->settled, RESOLVE_OLDEST(" AND a.kind = $5"), values, 5);
    return db_change_values(ctx, &resolving->settled, RESOLVE_OLDEST(""), values, 4);
}

err alarm_resolve_found(struct ctx *ctx, const char *kind, int64_t before_id, int64_t *settled)
{
    struct resolving resolving = {.kind = kind, .before_id = before_id};
    TRY(db_transact(ctx, resolve_found, &resolving));
    *settled = resolving.settled;
    return NULL;
}

static err reopen_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *alarm_id = arg;
    return db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such settled alarm",
        "UPDATE alarms SET resolved_at = NULL WHERE shop_id = $1 AND id = $2 AND resolved_at IS NOT NULL",
        db_int(ctx->shop->id), db_int(*alarm_id));
}

err alarm_reopen(struct ctx *ctx, int64_t alarm_id)
{
    return db_transact(ctx, reopen_in_transaction, &alarm_id);
}

err alarm_settle(struct ctx *ctx, const char *kind, const char *subject)
{
    return db_execute(ctx,
                      "UPDATE alarms SET resolved_at = $4 WHERE shop_id = $1 AND kind = $2 AND subject = $3"
                      " AND resolved_at IS NULL",
                      db_int(ctx->shop->id), db_text(kind), db_text(subject), db_int(ctx->now));
}

err alarm_settle_all(struct ctx *ctx, const char *kind, const char *subject_prefix)
{
    return db_execute(ctx,
                      "UPDATE alarms SET resolved_at = $4 WHERE shop_id = $1 AND kind = $2"
                      " AND substr(subject, 1, length($3)) = $3 AND resolved_at IS NULL",
                      db_int(ctx->shop->id), db_text(kind), db_text(subject_prefix), db_int(ctx->now));
}

void alarm_views(struct ctx *ctx, struct value *list, const struct alarm *alarms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, view, "id", alarms[i].id);
        value_set_text(ctx->arena, view, "kind", alarms[i].kind);
        value_set_text(ctx->arena, view, "subject", alarms[i].subject);
        value_set_text(ctx->arena, view, "detail", alarms[i].detail);
        value_set_time(ctx->arena, view, "at", alarms[i].at);
        value_set_time(ctx->arena, view, "resolved_at", alarms[i].resolved_at);
    }
}
