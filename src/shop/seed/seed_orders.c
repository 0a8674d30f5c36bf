/* seed_orders.c - orders for measuring: placed now, most of them paid, with everything that belongs to them.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_bulk.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/inventory/inventory.h"
#include "shop/ledger/ledger.h"
#include "shop/order/order.h"
#include "shop/payment/payment.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define LINES 3
#define PIECES 2
/* Variants that are bought, and how many of each stay in stock at least. */
#define POOL_PHYSICAL 2000
#define POOL_DIGITAL 2000
#define PIECES_LEFT 100
#define CODES_LEFT (STOCK_LOW_LEVEL + 1)
/* Tries to find something of which there is enough. */
#define TRIES 1000
#define BUYERS 64
#define CONTACT_LIMIT 4096
#define TOKEN_LENGTH 26
/* Digits behind the time in the numbers of orders and attempts; ids of one second differ in so many. */
#define NUMBER_STEPS 100000
#define ATTEMPT_STEPS INT64_C(10000000000)

enum plan { PLAN_TO_SHIP, PLAN_SHIPPED, PLAN_DELIVERED, PLAN_EXPIRED };

struct step {
    const char *event;
    struct order_state state; /* after it */
};

#define STATE(order, payment, fulfillment)                                                                   \
    {                                                                                                        \
        ORDER_##order, PAYMENT_##payment, FULFILLMENT_##fulfillment, AFTERSALE_NONE, REVIEWS_NONE            \
    }
/* The events of each plan; the table of transitions allows them. */
static const struct step plans[][4] = {
    [PLAN_TO_SHIP] = {{"placed", STATE(PENDING_PAYMENT, UNPAID, NONE)}, {"paid", STATE(OPEN, PAID, NONE)}},
    [PLAN_SHIPPED] = {{"placed", STATE(PENDING_PAYMENT, UNPAID, NONE)},
                      {"paid", STATE(OPEN, PAID, NONE)},
                      {"shipped", STATE(OPEN, PAID, SHIPPED)}},
    [PLAN_DELIVERED] = {{"placed", STATE(PENDING_PAYMENT, UNPAID, NONE)},
                        {"paid", STATE(OPEN, PAID, NONE)},
                        {"delivered", STATE(COMPLETED, PAID, DELIVERED)}},
    [PLAN_EXPIRED] = {{"placed", STATE(PENDING_PAYMENT, UNPAID, NONE)},
                      {"expired", STATE(CLOSED, UNPAID, NONE)}},
};

/* Something that is bought; `reserved`, `sold` and `is_touched` are of the batch at hand. */
struct ware {
    int64_t variant_id;
    int64_t product_id;
    const char *sku;
    const char *variant_title;
    const char *product_title;
    const char *handle;
    int64_t price;
    int64_t left; /* that may be bought yet */
    int64_t next_code;
    int64_t reserved;
    int64_t sold;
    bool is_touched;
};

struct pool {
    struct ware *wares;
    int64_t count;
};

struct bulk_line {
    struct ware *ware;
    int64_t quantity;
    int64_t first_code;
};

struct bulk_order {
    int64_t id;
    enum plan plan;
    const char *number;
    const char *token;
    const char *attempt_number;
    const char *provider_number;
    int64_t attempt_id;
    int64_t fact_id;
    int64_t at;
    int64_t total;
    int64_t pieces;
    int buyer;
    int line_count;
    struct bulk_line lines[LINES];
};

struct buyer {
    struct sealed contact;
    const unsigned char *phone;
};

struct mill {
    struct dice dice;
    struct pool physical;
    struct pool digital;
    int64_t digital_open; /* the first digital ware of which there are codes to deal */
    struct buyer buyers[BUYERS];
    struct ware **touched;
    int64_t touched_count;
    struct bulk_order *orders;
    int64_t count;
    int64_t made; /* counts orders, for their numbers */
};

/* ---- what can be bought, and who buys ---- */

static err load_pool(struct ctx *ctx, struct pool *pool, enum product_kind kind, int64_t kept, int64_t limit)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT v.id, v.product_id, v.sku, v.title, p.title, p.handle, v.price, s.on_hand - s.reserved,"
        " COALESCE(k.dealt, 0) + 1 FROM stock s JOIN variants v ON v.shop_id = s.shop_id AND v.id = "
        "s.variant_id"
        " JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id LEFT JOIN code_decks k"
        " ON k.shop_id = s.shop_id AND k.variant_id = s.variant_id WHERE s.shop_id = $1 AND p.kind = $2"
        " AND p.status = 2 AND s.on_hand - s.reserved > $3 ORDER BY s.variant_id LIMIT $4",
        db_int(ctx->shop->id), db_int(kind), db_int(kept), db_int(limit)));
    pool->wares = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *pool->wares);
    while (db_next(rows))
        pool->wares[pool->count++] = (struct ware){.variant_id = db_get_int(rows, 0),
                                                   .product_id = db_get_int(rows, 1),
                                                   .sku = db_get_text(rows, 2),
                                                   .variant_title = db_get_text(rows, 3),
                                                   .product_title = db_get_text(rows, 4),
                                                   .handle = db_get_text(rows, 5),
                                                   .price = db_get_int(rows, 6),
                                                   .left = db_get_int(rows, 7) - kept,
                                                   .next_code = db_get_int(rows, 8)};
    return NULL;
}

/* Sealing is most of the work of a contact, so there are a few buyers who buy again and again. */
static err make_buyer(struct ctx *ctx, struct buyer *buyer, int index)
{
    const char *phone = arena_format(ctx->arena, "100000%05d", index + 1);
    struct value *tree = value_object(ctx->arena);
    value_set_text(ctx->arena, tree, "phone", phone);
    value_set_text(ctx->arena, tree, "email", "");
    value_set_text(ctx->arena, tree, "name", arena_format(ctx->arena, "买家 %d", index + 1));
    value_set_text(ctx->arena, tree, "address_phone", phone);
    value_set_text(ctx->arena, tree, "region", "浙江省 杭州市 西湖区");
    value_set_text(ctx->arena, tree, "line", "文三路 100 号");
    const char *json;
    TRY(json_text(ctx, tree, CONTACT_LIMIT, &json));
    buyer->contact = crypto_seal(ctx, SEED_CONTACT_PURPOSE, json, strlen(json));
    unsigned char *index_bytes = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    crypto_blind_index(ctx, SEED_PHONE_PURPOSE, phone, index_bytes);
    buyer->phone = index_bytes;
    return NULL;
}

/* ---- one order ---- */

static enum plan choose_plan(struct mill *mill)
{
    int64_t dice = dice_below(&mill->dice, 100);
    if (dice < 5) {
        while (mill->digital_open < mill->digital.count && mill->digital.wares[mill->digital_open].left == 0)
            mill->digital_open++;
        return mill->digital_open < mill->digital.count ? PLAN_DELIVERED : PLAN_TO_SHIP;
    }
    if (dice < 10)
        return PLAN_EXPIRED;
    return dice < 30 ? PLAN_SHIPPED : PLAN_TO_SHIP;
}

static void touch(struct mill *mill, struct ware *ware)
{
    if (ware->is_touched)
        return;
    ware->is_touched = true;
    mill->touched[mill->touched_count++] = ware;
}

static void add_line(struct mill *mill, struct bulk_order *order, struct ware *ware, int64_t quantity)
{
    order->lines[order->line_count++] =
        (struct bulk_line){.ware = ware, .quantity = quantity, .first_code = ware->next_code};
    order->total += ware->price * quantity;
    order->pieces += quantity;
    if (order->plan == PLAN_EXPIRED)
        return;
    touch(mill, ware);
    ware->left -= quantity;
    if (order->plan == PLAN_TO_SHIP) {
        ware->reserved += quantity;
        return;
    }
    ware->sold += quantity;
    ware->next_code += quantity;
}

static bool has_line(const struct bulk_order *order, const struct ware *ware)
{
    for (int i = 0; i < order->line_count; i++)
        if (order->lines[i].ware == ware)
            return true;
    return false;
}

static err fill_lines(struct ctx *ctx, struct mill *mill, struct bulk_order *order)
{
    if (order->plan == PLAN_DELIVERED) {
        add_line(mill, order, &mill->digital.wares[mill->digital_open], 1);
        return NULL;
    }
    int64_t dice = dice_below(&mill->dice, 10);
    int wanted = dice < 6 ? 1 : dice < 9 ? 2 : LINES;
    for (int tries = 0; tries < TRIES && order->line_count < wanted; tries++) {
        struct ware *ware = &mill->physical.wares[dice_favour(&mill->dice, mill->physical.count)];
        int64_t quantity = 1 + dice_favour(&mill->dice, PIECES);
        if (ware->left >= quantity && !has_line(order, ware))
            add_line(mill, order, ware, quantity);
    }
    if (order->line_count > 0)
        return NULL;
    return fail_with(ctx, ERR_OUT_OF_STOCK, "shop %s is sold out; it needs more products", ctx->shop->handle);
}

static const char *make_token(struct ctx *ctx, struct dice *dice)
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
    char token[TOKEN_LENGTH];
    uint64_t bits = 0;
    for (int i = 0; i < TOKEN_LENGTH; i++) {
        if (i % 12 == 0)
            bits = dice_next(dice);
        token[i] = letters[bits & 31];
        bits >>= 5;
    }
    return arena_copy(ctx->arena, token, TOKEN_LENGTH);
}

static err make_order(struct ctx *ctx, struct mill *mill, struct bulk_order *order, const char *local_second,
                      const char *second)
{
    order->id = id_new(ctx);
    order->at = ctx->now;
    order->plan = choose_plan(mill);
    order->buyer = (int)dice_below(&mill->dice, BUYERS);
    order->token = make_token(ctx, &mill->dice);
    mill->made++;
    order->number = arena_format(ctx->arena, "%s%03d%05d", local_second, (int)(ctx->now % 1000),
                                 (int)(mill->made % NUMBER_STEPS));
    order->attempt_number = arena_format(ctx->arena, "P%s%010" PRId64, second, order->id % ATTEMPT_STEPS);
    order->provider_number = arena_format(ctx->arena, "SB%s%012" PRId64, second, order->id % ATTEMPT_STEPS);
    order->attempt_id = id_new(ctx);
    order->fact_id = id_new(ctx);
    return fill_lines(ctx, mill, order);
}

/* ---- rows: table by table, so that one statement runs over and over ---- */

static bool is_paid(const struct bulk_order *order)
{
    return order->plan != PLAN_EXPIRED;
}

static int step_count(const struct bulk_order *order)
{
    return plans[order->plan][2].event ? 3 : 2;
}

static err write_head(struct ctx *ctx, const struct mill *mill, const struct bulk_order *order)
{
    int steps = step_count(order);
    struct order_state state = plans[order->plan][steps - 1].state;
    const struct buyer *buyer = &mill->buyers[order->buyer];
    return db_execute(ctx,
                      "INSERT INTO orders (shop_id, id, number, token, stage, order_status, payment_status, "
                      "fulfillment_status,"
                      " version, currency, total, paid, item_count, contact, phone_index, note, cart_id, "
                      "placed_at, closes_at,"
                      " paid_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
                      "$14, $15, '', $16, $17,"
                      " $18, $19, $20)",
                      db_int(ctx->shop->id), db_int(order->id), db_text(order->number), db_text(order->token),
                      db_int(order_stage_of(state)), db_int(state.order), db_int(state.payment),
                      db_int(state.fulfillment), db_int(steps), db_text(ctx->shop->currency),
                      db_int(order->total), db_int(is_paid(order) ? order->total : 0), db_int(order->pieces),
                      db_bytes(buyer->contact.ptr, buyer->contact.len),
                      db_bytes(buyer->phone, CRYPTO_INDEX_BYTES), db_int(order->id), db_int(order->at),
                      db_int(order->at + ctx->config->unpaid_seconds * SECOND_MS),
                      db_id(is_paid(order) ? order->at : 0), db_id(is_paid(order) ? 0 : order->at));
}

static err write_line(struct ctx *ctx, const struct bulk_order *order, int index)
{
    const struct bulk_line *line = &order->lines[index];
    const struct ware *ware = line->ware;
    bool is_gone = order->plan == PLAN_SHIPPED || order->plan == PLAN_DELIVERED;
    return db_execute(
        ctx,
        "INSERT INTO order_lines (shop_id, order_id, line_no, variant_id, product_id, product_title,"
        " variant_title, handle, sku, kind, unit_price, quantity, total, fulfilled)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        db_int(ctx->shop->id), db_int(order->id), db_int(index + 1), db_int(ware->variant_id),
        db_int(ware->product_id), db_text(ware->product_title), db_text(ware->variant_title),
        db_text(ware->handle), db_text(ware->sku),
        db_int(order->plan == PLAN_DELIVERED ? PRODUCT_DIGITAL : PRODUCT_PHYSICAL), db_int(ware->price),
        db_int(line->quantity), db_int(ware->price * line->quantity), db_int(is_gone ? line->quantity : 0));
}

/* One row a statement, here as everywhere in seed: on SQLite a statement of many rows keeps a journal of its
 * own, and in a long transaction that costs more than it saves. */
static err write_movement(struct ctx *ctx, const struct bulk_order *order, const struct bulk_line *line,
                          enum movement_kind kind, int64_t on_hand, int64_t reserved)
{
    return db_execute(
        ctx,
        "INSERT INTO stock_movements (shop_id, id, variant_id, kind, on_hand, reserved, order_id, actor,"
        " at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(line->ware->variant_id), db_int(kind),
        db_int(on_hand), db_int(reserved), db_int(order->id), db_int(ACTOR_SYSTEM), db_int(order->at));
}

static err write_movements(struct ctx *ctx, const struct bulk_order *order, const struct bulk_line *line)
{
    TRY(write_movement(ctx, order, line, MOVEMENT_RESERVE, 0, line->quantity));
    if (order->plan == PLAN_TO_SHIP)
        return NULL;
    if (order->plan == PLAN_EXPIRED)
        return write_movement(ctx, order, line, MOVEMENT_RELEASE, 0, -line->quantity);
    return write_movement(ctx, order, line, MOVEMENT_SALE, -line->quantity, -line->quantity);
}

static err write_event(struct ctx *ctx, const struct bulk_order *order, int index)
{
    const struct step *step = &plans[order->plan][index];
    return db_execute(
        ctx,
        "INSERT INTO order_events (shop_id, order_id, event_no, kind, order_status, payment_status,"
        " fulfillment_status, actor, at, states_before) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        db_int(ctx->shop->id), db_int(order->id), db_int(index + 1), db_text(step->event),
        db_int(step->state.order), db_int(step->state.payment), db_int(step->state.fulfillment),
        db_int(ACTOR_SYSTEM), db_int(order->at),
        db_int(index > 0 ? order_state_digits(plans[order->plan][index - 1].state) : 0));
}

static err write_attempt(struct ctx *ctx, const struct bulk_order *order)
{
    if (!is_paid(order))
        return NULL;
    return db_execute(
        ctx,
        "INSERT INTO payment_attempts (shop_id, id, number, order_id, gateway, currency, amount, status,"
        " created_at, expires_at, paid_at, fact_id) VALUES ($1, $2, $3, $4, 'sandbox', $5, $6, $7, $8, $9,"
        " $8, $10)",
        db_int(ctx->shop->id), db_int(order->attempt_id), db_text(order->attempt_number), db_int(order->id),
        db_text(ctx->shop->currency), db_int(order->total), db_int(ATTEMPT_PAID), db_int(order->at),
        db_int(order->at + ATTEMPT_AGE_MS), db_int(order->fact_id));
}

static err write_fact(struct ctx *ctx, const struct bulk_order *order)
{
    if (!is_paid(order))
        return NULL;
    return db_execute(
        ctx,
        "INSERT INTO payment_facts (shop_id, id, gateway, provider_number, kind, attempt_number, currency,"
        " amount, at, received_at, verdict, raw) VALUES ($1, $2, 'sandbox', $3, $4, $5, $6, $7, $8, $8,"
        " 'applied', 'seed')",
        db_int(ctx->shop->id), db_int(order->fact_id), db_text(order->provider_number), db_int(FACT_PAYMENT),
        db_text(order->attempt_number), db_text(ctx->shop->currency), db_int(order->total),
        db_int(order->at));
}

static err write_entry(struct ctx *ctx, const struct bulk_order *order)
{
    if (!is_paid(order))
        return NULL;
    struct ledger_transfer transfer = {
        .debit = LEDGER_CLEARING, .credit = LEDGER_SALES, .amount = order->total};
    return ledger_post(ctx, &(struct ledger_entry){.id = order->fact_id,
                                                   .kind = LEDGER_SALE,
                                                   .currency = ctx->shop->currency,
                                                   .gateway = "sandbox",
                                                   .reference_id = order->attempt_id,
                                                   .order_id = order->id,
                                                   .transfers = &transfer,
                                                   .count = 1});
}

static err write_hand_out(struct ctx *ctx, const struct bulk_order *order)
{
    if (order->plan == PLAN_SHIPPED)
        return db_execute(
            ctx,
            "INSERT INTO shipments (shop_id, order_id, shipment_no, carrier, tracking_number, shipped_at)"
            " VALUES ($1, $2, 1, 'sf', $3, $4)",
            db_int(ctx->shop->id), db_int(order->id), db_text(order->number), db_int(order->at));
    for (int i = 0; order->plan == PLAN_DELIVERED && i < order->line_count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO deliveries (shop_id, order_id, line_no, variant_id, first_seq, quantity,"
                       " delivered_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       db_int(ctx->shop->id), db_int(order->id), db_int(i + 1),
                       db_int(order->lines[i].ware->variant_id), db_int(order->lines[i].first_code),
                       db_int(order->lines[i].quantity), db_int(order->at)));
    return NULL;
}

static err write_lines(struct ctx *ctx, const struct bulk_order *order)
{
    for (int i = 0; i < order->line_count; i++)
        TRY(write_line(ctx, order, i));
    return NULL;
}

static err write_all_movements(struct ctx *ctx, const struct bulk_order *order)
{
    for (int i = 0; i < order->line_count; i++)
        TRY(write_movements(ctx, order, &order->lines[i]));
    return NULL;
}

static err write_deals(struct ctx *ctx, const struct bulk_order *order)
{
    for (int i = 0; is_paid(order) && i < order->line_count; i++) {
        const struct bulk_line *line = &order->lines[i];
        TRY(deal_add(ctx, &(struct deal){.variant_id = line->ware->variant_id,
                                         .product_id = line->ware->product_id,
                                         .at = order->at,
                                         .order_id = order->id,
                                         .price = line->ware->price,
                                         .quantity = line->quantity,
                                         .revenue = line->ware->price * line->quantity}));
    }
    return NULL;
}

static err write_events(struct ctx *ctx, const struct bulk_order *order)
{
    for (int i = 0; i < step_count(order); i++)
        TRY(write_event(ctx, order, i));
    return NULL;
}

static err write_ware(struct ctx *ctx, const struct mill *mill, const struct ware *ware)
{
    bool is_digital = ware >= mill->digital.wares && ware < mill->digital.wares + mill->digital.count;
    if (is_digital)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else deals the same codes",
                      "UPDATE code_decks SET dealt = dealt + $3 WHERE shop_id = $1 AND variant_id = $2"
                      " AND dealt + $3 = $4",
                      db_int(ctx->shop->id), db_int(ware->variant_id), db_int(ware->sold),
                      db_int(ware->next_code - 1)));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else sells the same goods",
                     "UPDATE stock SET on_hand = on_hand - $3, reserved = reserved + $4 WHERE shop_id = $1"
                     " AND variant_id = $2 AND on_hand - $3 >= reserved + $4",
                     db_int(ctx->shop->id), db_int(ware->variant_id), db_int(ware->sold),
                     db_int(ware->reserved));
}

static err write_orders(struct ctx *ctx, void *arg)
{
    const struct mill *mill = arg;
    static err (*const writers[])(struct ctx * ctx, const struct bulk_order *order) = {
        write_lines,   write_all_movements, write_deals, write_events,
        write_attempt, write_fact,          write_entry, write_hand_out};
    for (int64_t i = 0; i < mill->count; i++)
        TRY(write_head(ctx, mill, &mill->orders[i]));
    for (size_t j = 0; j < sizeof writers / sizeof *writers; j++)
        for (int64_t i = 0; i < mill->count; i++)
            TRY(writers[j](ctx, &mill->orders[i]));
    for (int64_t i = 0; i < mill->touched_count; i++)
        TRY(write_ware(ctx, mill, mill->touched[i]));
    return NULL;
}

/* ---- a shop ---- */

static void forget_touched(struct mill *mill)
{
    for (int64_t i = 0; i < mill->touched_count; i++) {
        struct ware *ware = mill->touched[i];
        ware->reserved = ware->sold = 0;
        ware->is_touched = false;
    }
    mill->touched_count = 0;
}

/* Ids and times of a batch are of now, so that they stand in one order with everything placed later. */
static err add_batch(struct ctx *ctx, struct mill *mill)
{
    ctx->now = clock_now();
    mill->orders = arena_alloc_many(ctx->arena, (size_t)mill->count, sizeof *mill->orders);
    const char *local_second = clock_format(ctx->arena, ctx->now, ctx->shop->zone, "%y%m%d%H%M%S");
    const char *second = clock_format(ctx->arena, ctx->now, zone_fixed(0), "%Y%m%d%H%M%S");
    for (int64_t i = 0; i < mill->count; i++)
        TRY(make_order(ctx, mill, &mill->orders[i], local_second, second));
    TRY(db_transact(ctx, write_orders, mill));
    forget_touched(mill);
    return NULL;
}

static err add_orders(struct ctx *ctx, struct mill *mill, int64_t count, struct seed_result *result)
{
    for (int64_t done = 0; done < count; done += mill->count) {
        mill->count = count - done < SEED_ORDER_BATCH ? count - done : SEED_ORDER_BATCH;
        TRY(add_batch(ctx, mill));
        arena_reset(ctx->arena);
        result->orders += mill->count;
        log_debug(ctx, "seeded orders", "shop=%s orders=%" PRId64, ctx->shop->handle, done + mill->count);
    }
    return NULL;
}

static err open_mill(struct ctx *ctx, struct mill *mill)
{
    TRY(load_pool(ctx, &mill->physical, PRODUCT_PHYSICAL, PIECES_LEFT, POOL_PHYSICAL));
    TRY(load_pool(ctx, &mill->digital, PRODUCT_DIGITAL, CODES_LEFT, POOL_DIGITAL));
    if (mill->physical.count == 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "shop %s has nothing to sell; give it products too",
                         ctx->shop->handle);
    mill->touched = arena_alloc_many(ctx->arena, (size_t)(mill->physical.count + mill->digital.count),
                                     sizeof(struct ware *));
    for (int i = 0; i < BUYERS; i++)
        TRY(make_buyer(ctx, &mill->buyers[i], i));
    return NULL;
}

err seed_orders(struct ctx *ctx, int64_t number, int64_t count, struct seed_result *result)
{
    if (count == 0)
        return NULL;
    struct mill *mill = arena_alloc(ctx->arena, sizeof *mill);
    mill->dice.state = (uint64_t)number << 40;
    mill->made = id_new(ctx) % NUMBER_STEPS;
    TRY(open_mill(ctx, mill));
    struct ctx work = *ctx;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = add_orders(&work, mill, count, result);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}
