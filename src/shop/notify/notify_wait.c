/* notify_wait.c - those who wait for something sold out are told when it can be bought again.
 *
 * Heard is every change of a product (product.changed), and not only stock.back_in_stock: that one is raised
 * for variants with a watch, and people wait for others too (docs/decisions/0071). A shop where nobody ever
 * waited pays no statement; a sale never does. A job for each variant writes the messages, some at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include "shop/notify/notify_jobs.h"
#include <inttypes.h>

bool notify_tells_waits(const struct ctx *ctx)
{
    return mail_is_possible(ctx) && !shop_has_occasion(ctx->shop, OCCASION_BUYER_RESTOCK);
}

static err schedule_variants(struct ctx *ctx, const int64_t *variant_ids, size_t count)
{
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    TRY(stock_load_many(ctx, variant_ids, count, stocks));
    for (size_t i = 0; i < count; i++)
        if (stock_orderable(&stocks[i]) > 0)
            TRY(job_schedule(ctx, CUSTOMER_WAIT_JOB, variant_ids[i], ctx->now, NULL));
    return NULL;
}

err notify_hear_restock(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    size_t count;
    (void)owner;
    if (!ctx->shop || !ctx->shop->has_stock_waits || !notify_tells_waits(ctx))
        return NULL;
    int64_t *variant_ids = arena_alloc_many(ctx->arena, CUSTOMER_WAIT_VARIANTS, sizeof *variant_ids);
    TRY(customer_wait_variants(ctx, event->aggregate_id, variant_ids, &count));
    return count > 0 ? schedule_variants(ctx, variant_ids, count) : NULL;
}

/* ---- some at a time ---- */

struct telling {
    const struct variant *variant;
    int64_t wait_ids[CUSTOMER_WAIT_CHUNK];
    size_t count;
};

static err tell_one(struct ctx *ctx, const struct variant *variant, int64_t wait_id)
{
    struct message message = {.occasion = OCCASION_BUYER_RESTOCK,
                              .subject = variant->sku,
                              .facts = arena_format(ctx->arena, "{\"wait\":\"%" PRId64 "\"}", wait_id)};
    TRY(customer_wait_told(ctx, wait_id));
    return message_queue(ctx, &message, arena_format(ctx->arena, "wait:%" PRId64, wait_id));
}

static err tell_some(struct ctx *ctx, void *arg)
{
    const struct telling *telling = arg;
    for (size_t i = 0; i < telling->count; i++)
        TRY(tell_one(ctx, telling->variant, telling->wait_ids[i]));
    if (telling->count < CUSTOMER_WAIT_CHUNK)
        return NULL;
    return job_schedule(ctx, CUSTOMER_WAIT_JOB, telling->variant->id, ctx->now, NULL);
}

err notify_run_waits(struct ctx *ctx, const struct job *job, void *owner)
{
    struct telling *telling = arena_alloc(ctx->arena, sizeof *telling);
    struct stock stock;
    int64_t variant_id = job->subject_id;
    (void)owner;
    if (!notify_tells_waits(ctx))
        return NULL;
    TRY(variant_load_many(ctx, &variant_id, 1, &telling->variant));
    TRY(stock_load_many(ctx, &variant_id, 1, &stock));
    if (!telling->variant || !telling->variant->is_on_shelf || stock_orderable(&stock) <= 0)
        return NULL;
    TRY(customer_wait_list(ctx, variant_id, telling->wait_ids, &telling->count));
    return telling->count > 0 ? db_transact(ctx, tell_some, telling) : NULL;
}

/* ---- one message ---- */

err wait_notice_load(struct ctx *ctx, const struct message *message, struct wait_notice **notice)
{
    struct value *facts;
    struct wait_notice *found = arena_alloc(ctx->arena, sizeof *found);
    int64_t wait_id = 0;
    bool is_there = false;
    *notice = NULL;
    TRY(json_read(ctx, message->facts, strlen(message->facts), &facts));
    const char *text = value_find_text(facts, "wait");
    if (text && text_to_int(text, &wait_id))
        TRY(customer_wait_load(ctx, wait_id, &found->wait, &is_there));
    if (!is_there)
        return NULL;
    TRY(variant_load_many(ctx, &found->wait.variant_id, 1, &found->variant));
    if (found->variant && found->variant->is_on_shelf)
        *notice = found;
    return NULL;
}
