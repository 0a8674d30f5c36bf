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

static err count_open(struct ctx *ctx, int64_t *total)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM alarms WHERE shop_id = $1 AND resolved_at IS NULL",
                 db_int(ctx->shop->id)));
    *total = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err alarm_list_open(struct ctx *ctx, int limit, struct alarm **alarms, size_t *count, int64_t *total)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, kind, subject, detail, at FROM alarms WHERE shop_id = $1 AND resolved_at IS NULL"
                 " ORDER BY id DESC LIMIT $2",
                 db_int(ctx->shop->id), db_int(limit)));
    struct alarm *list = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *list);
    *count = 0;
    while (db_next(rows))
        list[(*count)++] = (struct alarm){.id = db_get_int(rows, 0),
                                          .kind = db_get_text(rows, 1),
                                          .subject = db_get_text(rows, 2),
                                          .detail = db_get_text(rows, 3),
                                          .at = db_get_int(rows, 4)};
    *alarms = list;
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

err alarm_settle(struct ctx *ctx, const char *kind, const char *subject)
{
    return db_execute(ctx,
                      "UPDATE alarms SET resolved_at = $4 WHERE shop_id = $1 AND kind = $2 AND subject = $3"
                      " AND resolved_at IS NULL",
                      db_int(ctx->shop->id), db_text(kind), db_text(subject), db_int(ctx->now));
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
    }
}
