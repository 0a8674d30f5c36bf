/* tenant_closing.c - a shop that ends says so 30 days ahead (电商法 16). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant_write.h"

#define CLOSING_JOB "shop.close"
#define CLOSING_ATTEMPTS 10
/* Nobody plans further; and a year with five digits is a slip of the finger. */
#define CLOSING_MOST_MS (INT64_C(1830) * DAY_MS)

static int64_t first_day(const struct ctx *ctx)
{
    int64_t nearest = ctx->now + SHOP_NOTICE_MS;
    int64_t start = clock_day_start(nearest, ctx->shop->zone);
    return start < nearest ? clock_day_shift(nearest, 1, ctx->shop->zone) : start;
}

const char *shop_first_closing_day(struct ctx *ctx)
{
    return clock_format(ctx->arena, first_day(ctx), ctx->shop->zone, "%Y-%m-%d");
}

struct announcement {
    int64_t at;
    int64_t changed;
};

/* The guard knows the date as it is now: a near date may only be a later one than what stands announced. */
static err announce(struct ctx *ctx, void *arg)
{
    struct announcement *announcement = arg;
    TRY(db_change(ctx, &announcement->changed,
                  "UPDATE shops SET closes_at = $2 WHERE shop_id = $1 AND ($2 >= CAST($3 AS BIGINT)"
                  " OR (closes_at > CAST($4 AS BIGINT) AND closes_at <= $2))",
                  db_int(ctx->shop->id), db_int(announcement->at), db_int(ctx->now + SHOP_NOTICE_MS),
                  db_int(ctx->now)));
    if (announcement->changed == 0)
        return NULL;
    TRY(job_schedule(ctx, CLOSING_JOB, ctx->shop->id, announcement->at, value_object(ctx->arena)));
    return shop_emit_changed(ctx);
}

err shop_announce_closing(struct ctx *ctx, const char *day)
{
    struct announcement announcement = {0};
    if (!clock_parse_day(day, ctx->shop->zone, &announcement.at) ||
        announcement.at > ctx->now + CLOSING_MOST_MS)
        return fail_field(ctx, "day", "bad-day", "a day such as 2027-03-01, at most five years ahead");
    TRY(db_transact(ctx, announce, &announcement));
    if (announcement.changed)
        return NULL;
    return fail_field(ctx, "day", "too-soon", "the law wants an announcement 30 days ahead");
}

static err withdraw(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute(ctx, "UPDATE shops SET closes_at = NULL WHERE shop_id = $1", db_int(ctx->shop->id)));
    TRY(job_cancel(ctx, CLOSING_JOB, ctx->shop->id));
    return shop_emit_changed(ctx);
}

err shop_withdraw_closing(struct ctx *ctx)
{
    return db_transact(ctx, withdraw, NULL);
}

bool shop_has_closed(const struct ctx *ctx)
{
    return ctx->shop->closes_at != 0 && ctx->now >= ctx->shop->closes_at;
}

static err tell(struct ctx *ctx, void *arg)
{
    (void)arg;
    return shop_emit_changed(ctx);
}

static err close_shop(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)job, (void)owner;
    return db_transact(ctx, tell, NULL);
}

const struct job_kind shop_job_kinds[] = {
    {.kind = CLOSING_JOB, .run = close_shop, .attempts = CLOSING_ATTEMPTS, .first_pause = MINUTE_MS}, {0}};
