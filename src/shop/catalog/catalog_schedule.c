/* catalog_schedule.c - products that go on and off the shelf by themselves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_jobs.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_tree.h"
#include "shop/staff/staff.h"

#include "base/clock.h"
#include "base/text.h"

#define PUBLISH_JOB "product.publish"
#define UNPUBLISH_JOB "product.unpublish"
#define ATTEMPTS 20

err product_schedule_load(struct ctx *ctx, int64_t product_id, struct product_schedule *schedule)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT publish_at, unpublish_at FROM product_schedules WHERE shop_id = $1 AND product_id = $2",
        db_int(ctx->shop->id), db_int(product_id)));
    *schedule = (struct product_schedule){0, 0};
    if (db_next(rows))
        *schedule = (struct product_schedule){db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}

err product_schedule_check(struct ctx *ctx, const struct product_schedule *schedule)
{
    if (schedule->publish_at && schedule->publish_at <= ctx->now)
        return fail_field(ctx, "publish_at", "past", "this time is over");
    if (schedule->unpublish_at && schedule->unpublish_at <= ctx->now)
        return fail_field(ctx, "unpublish_at", "past", "this time is over");
    if (schedule->publish_at && schedule->unpublish_at && schedule->unpublish_at <= schedule->publish_at)
        return fail_field(ctx, "unpublish_at", "before-start", "it ends before it begins");
    return NULL;
}

const struct product_schedule *product_schedule_today(struct ctx *ctx,
                                                      const struct product_schedule *schedule)
{
    if (!schedule)
        return NULL;
    struct product_schedule *left = arena_alloc(ctx->arena, sizeof *left);
    *left = (struct product_schedule){schedule->publish_at > ctx->now ? schedule->publish_at : 0,
                                      schedule->unpublish_at > ctx->now ? schedule->unpublish_at : 0};
    return left;
}

static err keep_job(struct ctx *ctx, const char *kind, int64_t product_id, int64_t at)
{
    if (at == 0)
        return job_cancel(ctx, kind, product_id);
    return job_schedule(ctx, kind, product_id, at, value_object(ctx->arena));
}

err product_schedule_write(struct ctx *ctx, int64_t product_id, const struct product_schedule *schedule)
{
    TRY(db_execute(ctx,
                   "INSERT INTO product_schedules (shop_id, product_id, publish_at, unpublish_at)"
                   " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, product_id)"
                   " DO UPDATE SET publish_at = excluded.publish_at, unpublish_at = excluded.unpublish_at",
                   db_int(ctx->shop->id), db_int(product_id), db_id(schedule->publish_at),
                   db_id(schedule->unpublish_at)));
    TRY(keep_job(ctx, PUBLISH_JOB, product_id, schedule->publish_at));
    return keep_job(ctx, UNPUBLISH_JOB, product_id, schedule->unpublish_at);
}

/* The time that came is over; another one may have been set meanwhile. */
static err forget_time(struct ctx *ctx, void *arg)
{
    const int64_t *product_id = arg;
    return db_execute(ctx,
                      "UPDATE product_schedules SET publish_at = CASE WHEN publish_at <= $3 THEN NULL"
                      " ELSE publish_at END, unpublish_at = CASE WHEN unpublish_at <= $3 THEN NULL"
                      " ELSE unpublish_at END WHERE shop_id = $1 AND product_id = $2",
                      db_int(ctx->shop->id), db_int(*product_id), db_int(ctx->now));
}

static err note_kept_off(struct ctx *ctx, void *arg)
{
    const struct product *product = arg;
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "product.kept-off",
                               .subject = arena_format(ctx->arena, "products/%lld", (long long)product->id),
                               .title = product->title});
}

/* What may not go on the shelf when its time comes stays off it; the audit list says so. */
static err publish(struct ctx *ctx, int64_t product_id)
{
    const struct product *product;
    struct shelf_refusal refusal;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_gate_find(ctx, product_id, &refusal));
    if (!refusal.code || product->status == PRODUCT_ACTIVE)
        return product_change_status(ctx, product_id, PRODUCT_ACTIVE);
    struct product copy = *product;
    return db_transact(ctx, note_kept_off, &copy);
}

static err run_publish(struct ctx *ctx, const struct job *job, void *owner)
{
    struct product_schedule schedule;
    (void)owner;
    TRY(product_schedule_load(ctx, job->subject_id, &schedule));
    if (schedule.publish_at && schedule.publish_at <= ctx->now)
        TRY(publish(ctx, job->subject_id));
    return db_transact(ctx, forget_time, &(int64_t){job->subject_id});
}

static err run_unpublish(struct ctx *ctx, const struct job *job, void *owner)
{
    struct product_schedule schedule;
    (void)owner;
    TRY(product_schedule_load(ctx, job->subject_id, &schedule));
    if (schedule.unpublish_at && schedule.unpublish_at <= ctx->now)
        TRY(product_change_status(ctx, job->subject_id, PRODUCT_DRAFT));
    return db_transact(ctx, forget_time, &(int64_t){job->subject_id});
}

const struct job_kind catalog_job_kinds[] = {
    {PUBLISH_JOB, run_publish, ATTEMPTS, SECOND_MS},
    {UNPUBLISH_JOB, run_unpublish, ATTEMPTS, SECOND_MS},
    {CATEGORY_SETTLE_JOB, category_run_settle, ATTEMPTS, SECOND_MS},
    {0},
};
