/* seed_history.c - the past of the demo shop: orders at every stage, made by the functions that buyers and
 * staff use, with the clock set back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_demo.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/id.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/checkout/checkout.h"
#include "shop/payment/payment.h"
#include "shop/seed/seed_dice.h"
#include "shop/shipping/shipping.h"
#include <inttypes.h>

#define GATEWAY "sandbox"
#define ORIGIN "http://demo.localhost:8080"
/* Orders of each of the six days before today, and of today. */
#define PAST_DAYS 6
#define PAST_DAY_ORDERS 2
#define TODAY_ORDERS 28
#define ORDER_COUNT ((int64_t)PAST_DAYS * PAST_DAY_ORDERS + TODAY_ORDERS)
/* How long a pending order of the demo waits, so that there are some to see. */
#define DEMO_UNPAID_SECONDS (3 * DAY_MS / SECOND_MS)
/* Variants with fewer pieces are left for the visitors. */
#define PIECES_LEFT 12

enum past_kind {
    PAST_TO_SHIP,
    PAST_SHIPPED,
    PAST_DIGITAL,
    PAST_MIXED, /* codes delivered, parcel open */
    PAST_PENDING,
    PAST_CANCELLED, /* by the buyer, unpaid */
    PAST_EXPIRED,
    PAST_REFUNDED, /* paid, cancelled by staff */
    PAST_PARTLY_REFUNDED,
};

/* Older orders have left the shop; the last ones are still to be paid. */
static const enum past_kind old_days[] = {PAST_SHIPPED, PAST_DIGITAL,  PAST_SHIPPED,         PAST_EXPIRED,
                                          PAST_SHIPPED, PAST_SHIPPED,  PAST_PARTLY_REFUNDED, PAST_DIGITAL,
                                          PAST_SHIPPED, PAST_REFUNDED, PAST_SHIPPED,         PAST_SHIPPED};
static const enum past_kind today[] = {
    PAST_SHIPPED, PAST_DIGITAL, PAST_SHIPPED, PAST_TO_SHIP, PAST_EXPIRED, PAST_SHIPPED,   PAST_DIGITAL,
    PAST_TO_SHIP, PAST_SHIPPED, PAST_TO_SHIP, PAST_DIGITAL, PAST_TO_SHIP, PAST_REFUNDED,  PAST_TO_SHIP,
    PAST_MIXED,   PAST_SHIPPED, PAST_TO_SHIP, PAST_DIGITAL, PAST_TO_SHIP, PAST_CANCELLED, PAST_TO_SHIP,
    PAST_DIGITAL, PAST_TO_SHIP, PAST_TO_SHIP, PAST_MIXED,   PAST_TO_SHIP, PAST_PENDING,   PAST_PENDING};
_Static_assert(sizeof old_days / sizeof *old_days == (int64_t)PAST_DAYS * PAST_DAY_ORDERS,
               "one kind for each old order");
_Static_assert(sizeof today / sizeof *today == TODAY_ORDERS, "one kind for each order of today");

struct buyer {
    const char *name;
    const char *phone;
    const char *region;
    const char *line;
};

/* Nobody: the numbers are of no operator's range in use. None has a mail address, so that a demo served with
 * a mail server writes to nobody, whatever becomes of these orders. */
static const struct buyer buyers[] = {
    {"林知远", "10000000101", "浙江省 杭州市 西湖区", "文三路 100 号 3 幢 502"},
    {"陈一鸣", "10000000102", "上海市 徐汇区", "天平路 28 弄 6 号 301"},
    {"周若溪", "10000000103", "江苏省 苏州市 姑苏区", "平江路 77 号"},
    {"王思齐", "10000000104", "北京市 东城区", "五道营胡同 12 号"},
    {"黄嘉树", "10000000105", "广东省 广州市 越秀区", "东山口 45 号 1104"},
    {"许望舒", "10000000106", "福建省 厦门市 思明区", "曾厝垵 203 号"},
    {"沈念安", "10000000107", "四川省 成都市 锦江区", "镗钯街 9 号"},
    {"何予安", "10000000108", "湖北省 武汉市 武昌区", "昙华林 60 号"},
    {"吴桐", "10000000109", "陕西省 西安市 碑林区", "书院门 18 号"},
    {"赵小满", "10000000110", "云南省 大理白族自治州 大理市", "人民路 301 号"},
};
#define BUYER_COUNT ((int64_t)(sizeof buyers / sizeof *buyers))

static const char *const wishes[] = {
    "", "", "", "请帮忙包成礼物，谢谢。", "", "工作日送到公司即可。", "", "轻拿轻放。"};
#define WISH_COUNT ((int64_t)(sizeof wishes / sizeof *wishes))

struct shelf {
    int64_t *variant_ids;
    int64_t count;
};

struct history {
    struct dice dice;
    struct shelf physical;
    struct shelf digital;
    const struct gateway *gateway;
    int64_t staff_id;
    int64_t today;         /* start of the day in the shop's time */
    int64_t end;           /* nothing happened later */
    struct id_source *ids; /* of the moments at which things happened */
    int64_t review_count;
    int64_t count;
};

/* ---- what can be bought ---- */

static err add_to_shelf(struct ctx *ctx, struct history *history, const struct product *product)
{
    struct shelf *shelf = product->kind == PRODUCT_DIGITAL ? &history->digital : &history->physical;
    struct variant *variants;
    size_t count;
    TRY(variant_list(ctx, product->id, &variants, &count));
    for (size_t i = 0; i < count; i++) {
        struct stock stock;
        TRY(stock_load_many(ctx, &variants[i].id, 1, &stock));
        if (variants[i].is_on_shelf && stock_available(&stock) >= PIECES_LEFT)
            shelf->variant_ids[shelf->count++] = variants[i].id;
    }
    return NULL;
}

/* The first hundred products are enough to choose from. */
static err fill_shelves(struct ctx *ctx, struct history *history)
{
    struct product_query query = {.status = PRODUCT_ACTIVE, .sort = SORT_NEWEST, .limit = 100};
    struct product_page page;
    TRY(product_list(ctx, &query, &page));
    size_t room = 1;
    for (size_t i = 0; i < page.count; i++)
        room += (size_t)page.items[i].variant_count;
    history->physical.variant_ids = arena_alloc_many(ctx->arena, room, sizeof(int64_t));
    history->digital.variant_ids = arena_alloc_many(ctx->arena, room, sizeof(int64_t));
    for (size_t i = 0; i < page.count; i++)
        TRY(add_to_shelf(ctx, history, &page.items[i]));
    return NULL;
}

/* ---- one order ---- */

/* The ctx of somebody who did something then. */
static struct ctx moment(const struct ctx *ctx, const struct history *history, enum actor_kind actor,
                         int64_t at)
{
    struct ctx then = *ctx;
    then.now = at < history->end ? at : history->end;
    id_source_turn(history->ids, then.now);
    then.ids = history->ids;
    then.actor = actor;
    then.actor_id = actor == ACTOR_STAFF ? history->staff_id : 0;
    return then;
}

static err fill_cart(struct ctx *ctx, struct history *history, const struct shelf *shelf, int64_t lines,
                     const char **token)
{
    const struct cart *cart;
    for (int64_t i = 0; i < lines; i++) {
        int64_t variant_id = shelf->variant_ids[dice_favour(&history->dice, shelf->count)];
        int64_t quantity = shelf == &history->digital || dice_below(&history->dice, 4) > 0 ? 1 : 2;
        TRY(cart_add_line(ctx, *token, &(struct cart_wish){.variant_id = variant_id, .quantity = quantity},
                          &cart));
        *token = cart->token;
    }
    return NULL;
}

static err place(struct ctx *ctx, struct history *history, enum past_kind kind, struct order **order)
{
    const struct buyer *buyer = &buyers[dice_below(&history->dice, BUYER_COUNT)];
    bool has_parcel = kind != PAST_DIGITAL;
    const char *token = NULL;
    if (has_parcel)
        TRY(fill_cart(ctx, history, &history->physical, 1 + dice_favour(&history->dice, 3), &token));
    if (!has_parcel || kind == PAST_MIXED)
        TRY(fill_cart(ctx, history, &history->digital, 1, &token));
    struct checkout checkout = {
        .cart_token = token,
        .idempotency_key = "",
        .contact = {.phone = buyer->phone, .email = ""},
        .address = {.name = buyer->name, .phone = buyer->phone, .region = buyer->region, .line = buyer->line},
        .note = has_parcel ? wishes[dice_below(&history->dice, WISH_COUNT)] : ""};
    return checkout_place(ctx, &checkout, order);
}

/* What the buyer did at the sandbox's cashier. It stands in the sandbox's own table, which plays another
 * company and is written here directly, because that company has no other door than its web page; the shop
 * then learns of the money as it always may, by asking. So a refund of a demo order works like any other. */
static err pay_at_sandbox(struct ctx *ctx, const struct payment_attempt *attempt)
{
    const char *number =
        arena_format(ctx->arena, "SB%s%s", clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S"),
                     random_digits(ctx->arena, 12));
    return db_execute(
        ctx,
        "INSERT INTO sandbox_trades (shop_id, attempt_number, provider_number, currency, amount, state, at)"
        " VALUES ($1, $2, $3, $4, $5, 1, $6)",
        db_int(ctx->shop->id), db_text(attempt->number), db_text(number), db_text(attempt->currency),
        db_int(attempt->amount), db_int(ctx->now));
}

static err pay(struct ctx *ctx, const struct history *history, const struct order *order)
{
    const struct payment_attempt *attempt;
    int64_t placed_at = order->placed_at;
    struct ctx buyer = moment(ctx, history, ACTOR_BUYER, placed_at + 40 * SECOND_MS);
    TRY(payment_start(&buyer, order, history->gateway->id, ORIGIN, &attempt));
    struct ctx gateway = moment(ctx, history, ACTOR_GATEWAY, placed_at + 75 * SECOND_MS);
    TRY(pay_at_sandbox(&gateway, attempt));
    return payment_query_order(&gateway, order->id);
}

static err ship(struct ctx *ctx, struct history *history, const struct order *order)
{
    static const char *const by[] = {"sf", "zto", "jd", "yto"};
    struct ctx staff = moment(ctx, history, ACTOR_STAFF, order->placed_at + 3 * HOUR_MS);
    const char *carrier = by[dice_below(&history->dice, 4)];
    return order_ship(
        &staff, order, carrier,
        arena_format(ctx->arena, "7%012" PRId64, dice_below(&history->dice, INT64_C(1000000000000))));
}

static err refund_part_in_transaction(struct ctx *ctx, void *arg)
{
    const struct order *order = arg;
    int64_t refund_id;
    int64_t amount = order->lines[0].unit_price / 10;
    TRY(payment_refund(ctx, order, amount > 0 ? amount : 1, "外箱压痕，补偿一部分", &refund_id));
    return payment_send_refund(ctx, refund_id);
}

static err go_on(struct ctx *ctx, struct history *history, enum past_kind kind, int64_t order_id)
{
    struct order *order;
    TRY(order_load(ctx, order_id, &order));
    if (kind == PAST_SHIPPED || kind == PAST_PARTLY_REFUNDED) {
        TRY(ship(ctx, history, order));
        TRY(order_load(ctx, order_id, &order));
    }
    struct ctx staff = moment(ctx, history, ACTOR_STAFF, order->placed_at + 26 * HOUR_MS);
    if (kind == PAST_PARTLY_REFUNDED)
        return db_transact(&staff, refund_part_in_transaction, order);
    staff.now = moment(ctx, history, ACTOR_STAFF, order->placed_at + 50 * MINUTE_MS).now;
    return kind == PAST_REFUNDED ? order_cancel(&staff, order, CANCEL_BUYER_ASKED, "买家改了主意") : NULL;
}

/* What its buyer said on the next day, once the parcel was there, and some days later. */
static err review(struct ctx *ctx, struct history *history, int64_t order_id)
{
    struct order *order;
    TRY(order_load(ctx, order_id, &order));
    struct ctx buyer = moment(ctx, history, ACTOR_BUYER, order->placed_at + 20 * HOUR_MS);
    struct ctx staff = moment(ctx, history, ACTOR_STAFF, order->placed_at + 23 * HOUR_MS);
    struct ctx later = moment(ctx, history, ACTOR_BUYER, order->placed_at + 3 * DAY_MS);
    if (order_may_receive(order)) {
        TRY(order_receive(&buyer, order));
        TRY(order_load(ctx, order_id, &order));
    }
    return seed_reviews(&buyer, &staff, &later, order, &history->review_count);
}

static err make_order(struct ctx *ctx, struct history *history, enum past_kind kind, int64_t at)
{
    struct order *order;
    struct ctx buyer = moment(ctx, history, ACTOR_BUYER, at);
    struct config patient = *ctx->config;
    if (kind == PAST_PENDING) {
        patient.unpaid_seconds = DEMO_UNPAID_SECONDS;
        buyer.config = &patient;
    }
    TRY(place(&buyer, history, kind, &order));
    history->count++;
    struct ctx later = moment(ctx, history, ACTOR_BUYER, at + 9 * MINUTE_MS);
    if (kind == PAST_PENDING)
        return NULL;
    if (kind == PAST_CANCELLED)
        return order_close_unpaid(&later, order->id, "cancelled", "重新下单");
    later = moment(ctx, history, ACTOR_SYSTEM, order->closes_at);
    if (kind == PAST_EXPIRED)
        return order_close_unpaid(&later, order->id, "expired", "");
    TRY(pay(ctx, history, order));
    TRY(go_on(ctx, history, kind, order->id));
    bool is_out = kind == PAST_SHIPPED || kind == PAST_DIGITAL;
    return is_out && at < history->today ? review(ctx, history, order->id) : NULL;
}

/* ---- seven days ---- */

static err make_days(struct ctx *ctx, struct history *history)
{
    for (int64_t i = 0; i < (int64_t)PAST_DAYS * PAST_DAY_ORDERS; i++) {
        int64_t day = history->today - (PAST_DAYS - i / PAST_DAY_ORDERS) * DAY_MS;
        int64_t hour = 10 + 8 * (i % PAST_DAY_ORDERS);
        TRY(make_order(ctx, history, old_days[i],
                       day + hour * HOUR_MS + dice_below(&history->dice, HOUR_MS)));
    }
    int64_t gone = history->end - history->today;
    for (int64_t i = 0; i < TODAY_ORDERS; i++)
        TRY(make_order(ctx, history, today[i], history->today + gone * (i + 1) / (TODAY_ORDERS + 1)));
    return NULL;
}

err seed_history(struct ctx *ctx, int64_t staff_id, int64_t *orders)
{
    struct history history = {.dice = {2024},
                              .gateway = gateway_find(ctx, GATEWAY),
                              .staff_id = staff_id,
                              .today = clock_day_start(ctx->now, ctx->shop->zone),
                              .end = ctx->now};
    *orders = 0;
    TRY(fill_shelves(ctx, &history));
    if (!history.gateway || history.physical.count == 0 || history.digital.count == 0)
        return NULL;
    history.ids = id_source_open(0);
    err failure = make_days(ctx, &history);
    id_source_close(history.ids);
    *orders = history.count;
    return failure;
}
