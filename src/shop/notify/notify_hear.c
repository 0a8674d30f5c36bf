/* notify_hear.c - what happened, and who is told of it.
 *
 * Runs in the dispatch transaction of every order event of every shop, so the first thing is a look at what
 * was read with the shop: who wants nothing costs no statement. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/digital/digital.h"
#include "shop/notify/notify_jobs.h"
#include <inttypes.h>

#define NOBODY ((enum shop_occasion) - 1)
/* What comes to light later than this (a copy that was restored, a history that was written in) is no news.
 */
#define NEWS_AGE_MS (3 * DAY_MS)

static const struct happening {
    const char *topic;
    enum shop_occasion shop;
    enum shop_occasion buyer;
} happenings[] = {
    {"order.paid", OCCASION_PAID, OCCASION_BUYER_PAID},
    {"order.reopened", OCCASION_PAID, OCCASION_BUYER_PAID},
    {"order.shipped", NOBODY, OCCASION_BUYER_SHIPPED},
    {"order.partly_shipped", NOBODY, OCCASION_BUYER_SHIPPED},
    {"order.delivered", NOBODY, OCCASION_BUYER_DELIVERED},
    {"order.partly_delivered", NOBODY, OCCASION_BUYER_DELIVERED},
    {"order.rest_delivered", NOBODY, OCCASION_BUYER_DELIVERED},
    {"order.refunded", OCCASION_REFUNDED, OCCASION_BUYER_REFUNDED},
    {"order.partly_refunded", OCCASION_REFUNDED, OCCASION_BUYER_REFUNDED},
    {"order.refunded_unshipped", OCCASION_REFUNDED, OCCASION_BUYER_REFUNDED},
    {"order.cancelled", NOBODY, OCCASION_BUYER_CANCELLED},
    {"order.cancelled_paid", NOBODY, OCCASION_BUYER_CANCELLED},
    {"order.deposit_cancelled", NOBODY, OCCASION_BUYER_CANCELLED},
    {"order.deposit_paid", NOBODY, OCCASION_BUYER_PRESALE},
    {ORDER_BALANCE_OPEN_JOB, NOBODY, OCCASION_BUYER_PRESALE},
    {ORDER_BALANCE_ENDS_JOB, NOBODY, OCCASION_BUYER_PRESALE},
    {"order.balance_expired", NOBODY, OCCASION_BUYER_PRESALE},
    {"order.group_filled", NOBODY, OCCASION_BUYER_GROUP},
    {"order.group_failed", NOBODY, OCCASION_BUYER_CANCELLED},
    {"order.group_left", NOBODY, OCCASION_BUYER_CANCELLED},
};

/* What is told of one event. */
struct news {
    struct message message;
    int64_t event_id;
    enum shop_occasion more; /* a channel that hears this too is told this instead; NOBODY = none */
};

static uint64_t bit(enum shop_occasion occasion)
{
    return occasion == NOBODY ? 0 : UINT64_C(1) << occasion;
}

/* Each channel once, with what concerns it most. */
static err tell_channels(struct ctx *ctx, const struct news *news)
{
    struct db_rows *rows;
    uint64_t wanted = bit(news->message.occasion) | bit(news->more);
    TRY(db_query(ctx, &rows,
                 "SELECT id, occasions FROM channels WHERE shop_id = $1 AND is_on = 1 ORDER BY id LIMIT $2",
                 db_int(ctx->shop->id), db_int(CHANNEL_LIMIT)));
    while (db_next(rows)) {
        struct message message = news->message;
        uint64_t heard = (uint64_t)db_get_int(rows, 1);
        message.channel_id = db_get_int(rows, 0);
        if (heard & bit(news->more))
            message.occasion = news->more;
        if (heard & wanted)
            TRY(message_queue(
                ctx, &message,
                arena_format(ctx->arena, "%" PRId64 ":%" PRId64, news->event_id, message.channel_id)));
    }
    return NULL;
}

/* Whether a person has to type what the order waits for; a hook asks nobody. */
static err waits_for_person(struct ctx *ctx, int64_t order_id, bool *waits)
{
    struct order_line *lines;
    size_t count, digital = 0;
    *waits = false;
    TRY(order_line_list(ctx, order_id, &lines, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct code_deck *decks = arena_alloc_many(ctx->arena, count + 1, sizeof *decks);
    for (size_t i = 0; i < count; i++)
        if (lines[i].kind == PRODUCT_DIGITAL && order_line_left(&lines[i]) > 0)
            ids[digital++] = lines[i].variant_id;
    if (digital == 0)
        return NULL;
    TRY(code_deck_load_many(ctx, ids, digital, decks));
    for (size_t i = 0; i < digital; i++)
        *waits = *waits || (decks[i].mode == DECK_BY_HAND && !decks[i].has_hook);
    return NULL;
}

static err tell_shop(struct ctx *ctx, const struct outbox_event *event, const struct happening *happening,
                     struct news *news)
{
    bool is_sale = happening->shop == OCCASION_PAID, waits = false;
    if (is_sale && shop_has_occasion(ctx->shop, OCCASION_BY_HAND))
        TRY(waits_for_person(ctx, event->aggregate_id, &waits));
    news->message.occasion = happening->shop;
    news->more = waits ? OCCASION_BY_HAND : NOBODY;
    return tell_channels(ctx, news);
}

static bool wants(const struct ctx *ctx, enum shop_occasion occasion)
{
    return occasion != NOBODY && shop_has_occasion(ctx->shop, occasion);
}

static bool buyer_wants(const struct ctx *ctx, const struct outbox_event *event, enum shop_occasion occasion)
{
    const struct value *has_email = value_find(event->payload, "has_email");
    return occasion != NOBODY && has_email && has_email->boolean && mail_is_possible(ctx) &&
           !shop_has_occasion(ctx->shop, occasion);
}

static err hear_order(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const struct happening *found = NULL;
    (void)owner;
    for (size_t i = 0; !found && i < sizeof happenings / sizeof *happenings; i++)
        if (text_is(happenings[i].topic, event->topic))
            found = &happenings[i];
    if (!found || ctx->now - event->at > NEWS_AGE_MS)
        return NULL;
    bool is_sale = found->shop == OCCASION_PAID;
    bool for_shop = wants(ctx, found->shop) || (is_sale && wants(ctx, OCCASION_BY_HAND));
    bool for_buyer = buyer_wants(ctx, event, found->buyer);
    if (!for_shop && !for_buyer)
        return NULL;
    struct news news = {.event_id = event->id,
                        .more = NOBODY,
                        .message = {.order_id = event->aggregate_id,
                                    .subject = value_find_text(event->payload, "number"),
                                    .facts = "{}"}};
    if (for_buyer) {
        news.message.occasion = found->buyer;
        TRY(message_queue(ctx, &news.message, arena_format(ctx->arena, "%" PRId64 ":0", event->id)));
    }
    return for_shop ? tell_shop(ctx, event, found, &news) : NULL;
}

static err tell_event(struct ctx *ctx, const struct outbox_event *event, enum shop_occasion occasion,
                      const char *subject)
{
    struct news news = {
        .event_id = event->id, .more = NOBODY, .message = {.occasion = occasion, .subject = subject}};
    if (!shop_has_occasion(ctx->shop, occasion))
        return NULL;
    TRY(json_text(ctx, event->payload, FACTS_LIMIT, &news.message.facts));
    return tell_channels(ctx, &news);
}

static err hear_alarm(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    const char *kind = value_find_text(event->payload, "kind");
    enum shop_occasion occasion = text_is(kind, "codes-low")     ? OCCASION_CODES_LOW
                                  : text_is(kind, "hook-failed") ? OCCASION_HOOK_FAILED
                                                                 : OCCASION_ALARM;
    (void)owner;
    return tell_event(ctx, event, occasion, value_find_text(event->payload, "subject"));
}

static err hear_import(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return tell_event(ctx, event, OCCASION_IMPORTED,
                      arena_format(ctx->arena, "%" PRId64, event->aggregate_id));
}

const struct listener notify_listeners[] = {
    {"order.", hear_order},
    {"alarm.raised", hear_alarm},
    {"import.ended", hear_import},
    {"product.changed", notify_hear_restock},
    {0},
};
