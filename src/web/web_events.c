/* web_events.c - listeners of the page cache and of event streams, and the platform's recurring work. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web_events.h"

#include "base/clock.h"
#include "base/json.h"
#include "shop/cart/cart.h"
#include "shop/catalog/catalog.h"
#include "shop/checkout/checkout.h"
#include "shop/customer/customer.h"
#include "shop/digital/digital.h"
#include "shop/digital/digital_jobs.h"
#include "shop/facet/facet_jobs.h"
#include "shop/gift/gift.h"
#include "shop/inventory/inventory_watch.h"
#include "shop/notify/notify.h"
#include "shop/notify/notify_jobs.h"
#include "shop/payment/payment_jobs.h"
#include "shop/review/review.h"
#include "shop/rule/rule_jobs.h"
#include "shop/search/search.h"
#include "shop/staff/staff.h"
#include "shop/transfer/import_jobs.h"
#include "shop/trash/trash.h"
#include "shop/work/work.h"
#include "web/web.h"
#include <inttypes.h>

#define NEWS_LIMIT 1024
#define SHOPS_AT_ONCE 100
#define JOB_THREADS 8 /* six of them may be waiting for somebody outside (shop/outbound.h) */

static void drop(const struct site_events *events, struct ctx *ctx, const char *kind, int64_t id)
{
    if (events->server)
        http_cache_drop(events->server, arena_format(ctx->arena, "%s:%" PRId64, kind, id));
}

static err hear_product(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    drop(owner, ctx, "product", event->aggregate_id);
    drop(owner, ctx, "list", ctx->shop->id);
    return NULL;
}

/* Lists of a collection, and what its pages and the navigation say of it. */
static err hear_collection(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)event;
    drop(owner, ctx, "list", ctx->shop->id);
    return NULL;
}

static err hear_category(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)event;
    drop(owner, ctx, "shop", ctx->shop->id);
    return NULL;
}

/* An import may make hundreds of them: pages that do not show them stay. */
static err hear_new_category(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    bool is_below = value_find_text(event->payload, "parent_id") != NULL;
    drop(owner, ctx, is_below ? "list" : "shop", ctx->shop->id);
    return NULL;
}

/* Names, notices and the gate stand on every page of the shop, and its hosts lead to it. */
static err hear_shop(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const struct site_events *events = owner;
    (void)event;
    if (events->shops)
        shop_cache_clear(events->shops);
    drop(owner, ctx, "shop", ctx->shop->id);
    return NULL;
}

static err hear_order(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const struct site_events *events = owner;
    const char *news;
    if (!events->server)
        return NULL;
    TRY(json_text(ctx, event->payload, NEWS_LIMIT, &news));
    stream_publish(events->server, arena_format(ctx->arena, "order:%" PRId64, event->aggregate_id), "order",
                   news);
    return NULL;
}

/* Before the pages are dropped: whoever asks for one again finds the change. */
static err hear_words(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const struct site_events *events = owner;
    return events->finder ? finder_hear(ctx, events->finder, event->topic, event->aggregate_id) : NULL;
}

static const struct listener word_listeners[] = {{"product.", hear_words},
                                                 {"review.", hear_words},
                                                 {"category.changed", hear_words},
                                                 {"tag.", hear_words},
                                                 {"search.", hear_words},
                                                 {"freight.", hear_words},
                                                 {0}};

static const struct listener page_listeners[] = {
    {"product.", hear_product},
    {"category.changed", hear_category},
    {"category.added", hear_new_category},
    {"collection.", hear_collection},
    {"facet.", hear_collection},
    {"shop.", hear_shop},
    {"order.", hear_order},
    {"review.", hear_product},
    {"search.", hear_collection},
    {"freight.", hear_collection},
    {0},
};

static const struct listener *const everywhere[] = {word_listeners, page_listeners, NULL};
static const struct listener *const listeners[] = {payment_listeners,
                                                   digital_listeners,
                                                   inventory_listeners,
                                                   order_listeners,
                                                   order_customer_listeners,
                                                   order_points_listeners,
                                                   rule_listeners,
                                                   facet_listeners,
                                                   notify_listeners,
                                                   review_listeners,
                                                   NULL};

static void forget_all(void *owner)
{
    const struct site_events *events = owner;
    if (events->finder)
        finder_missed(events->finder);
    if (events->shops)
        shop_cache_clear(events->shops);
    if (events->server)
        http_cache_clear(events->server);
}

/* Runs `work` for every shop of the platform. */
static err for_each_shop(struct ctx *ctx, err (*work)(struct ctx *ctx))
{
    int64_t after = 0, *ids;
    size_t count;
    do {
        TRY(shop_list_ids(ctx, after, SHOPS_AT_ONCE, &ids, &count));
        for (size_t i = 0; i < count; i++) {
            TRY(shop_load(ctx, ids[i], &ctx->shop));
            TRY(work(ctx));
            after = ids[i];
        }
    } while (count == SHOPS_AT_ONCE);
    return NULL;
}

static err sweep_shop(struct ctx *ctx)
{
    TRY(cart_sweep(ctx));
    TRY(code_view_sweep(ctx));
    TRY(audit_sweep(ctx));
    TRY(gift_card_sweep(ctx));
    TRY(facet_sweep(ctx));
    TRY(message_sweep(ctx));
    TRY(customer_sweep(ctx));
    TRY(customer_wait_sweep(ctx));
    TRY(points_sweep(ctx));
    TRY(work_sweep(ctx));
    TRY(trash_sweep(ctx));
    TRY(search_sweep(ctx));
    TRY(payment_watch_ledger(ctx));
    TRY(stock_watch_books(ctx));
    return checkout_sweep_keys(ctx);
}

static err sweep(struct ctx *ctx, void *owner)
{
    (void)owner;
    return for_each_shop(ctx, sweep_shop);
}

static const struct job_recurring sweepers[] = {
    {"sweep", 10 * MINUTE_MS, sweep}, {"echoes", MINUTE_MS, job_forget_echoes}, {0}};
static const struct job_recurring *const recurring[] = {sweepers, NULL};

static const char *const gentle_jobs[] = {IMPORT_CHECK_JOB,
                                          IMPORT_APPLY_JOB,
                                          IMPORT_UNDO_JOB,
                                          RULE_SETTLE_JOB,
                                          FACET_SETTLE_JOB,
                                          CATEGORY_SETTLE_JOB,
                                          NULL};

static err load_shop(struct ctx *ctx, int64_t shop_id)
{
    return shop_load(ctx, shop_id, &ctx->shop);
}

struct job_runner_options site_events_jobs(struct site_events *events, struct db *db, const struct ctx *model)
{
    return (struct job_runner_options){.db = db,
                                       .model = model,
                                       .listeners = listeners,
                                       .everywhere = everywhere,
                                       .missed = forget_all,
                                       .kinds = site_jobs,
                                       .recurring = recurring,
                                       .load_shop = load_shop,
                                       .owner = events,
                                       .threads = JOB_THREADS,
                                       .gentle = gentle_jobs};
}

void site_events_metrics(const struct site_events *events, struct text_buf *out)
{
    if (events->finder) {
        struct search_figures figures = finder_figures(events->finder);
        text_add(
            out,
            "# HELP yundian_search_bytes Memory of the search index.\n# TYPE yundian_search_bytes gauge\n");
        text_add_format(out, "yundian_search_bytes %zu\n", figures.bytes);
        text_add(out,
                 "# HELP yundian_search_documents Products in it.\n# TYPE yundian_search_documents gauge\n");
        text_add_format(out, "yundian_search_documents %zu\n", figures.documents);
    }
    text_add(out, "# HELP yundian_info The program's version.\n# TYPE yundian_info gauge\n");
    text_add(out, "yundian_info{version=\"" YUNDIAN_VERSION "\"} 1\n");
}
