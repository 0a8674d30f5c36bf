/* order_place.c - writing a new order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/customer/customer.h"
#include "shop/order/order_write.h"

#define CONTACT_LIMIT 4096

/* Twenty digits: the time to the millisecond and five that cannot be guessed, so a number tells neither the
 * next one nor how many there were. In time order, so that its index grows at the end. */
static const char *new_number(struct ctx *ctx)
{
    const char *second = clock_format(ctx->arena, ctx->now, ctx->shop->zone, "%y%m%d%H%M%S");
    return arena_format(ctx->arena, "%s%03d%s", second, (int)(ctx->now % 1000), random_digits(ctx->arena, 5));
}

static err seal_contact(struct ctx *ctx, const struct order *order, struct sealed *sealed)
{
    struct value *tree = value_object(ctx->arena);
    value_set_text(ctx->arena, tree, "phone", order->contact.phone);
    value_set_text(ctx->arena, tree, "email", order->contact.email);
    value_set_text(ctx->arena, tree, "name", order->address.name);
    value_set_text(ctx->arena, tree, "address_phone", order->address.phone);
    value_set_text(ctx->arena, tree, "region", order->address.region);
    value_set_text(ctx->arena, tree, "line", order->address.line);
    const char *json;
    TRY(json_text(ctx, tree, CONTACT_LIMIT, &json));
    *sealed = crypto_seal(ctx, "order.contact", json, strlen(json));
    return NULL;
}

static struct db_value passcode_value(struct ctx *ctx, const struct order *order)
{
    if (!order->passcode || !order->passcode[0])
        return db_null();
    unsigned char *index = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    order_passcode_index(ctx, order->number, order->passcode, index);
    return db_bytes(index, CRYPTO_INDEX_BYTES);
}

static struct db_value answers_value(struct ctx *ctx, const struct order_line *line)
{
    if (!line->answers)
        return db_null();
    struct sealed sealed = crypto_seal(ctx, ORDER_ANSWERS_PURPOSE, line->answers, strlen(line->answers));
    return db_bytes(sealed.ptr, sealed.len);
}

static err insert_order(struct ctx *ctx, const struct order *order)
{
    struct sealed contact;
    TRY(seal_contact(ctx, order, &contact));
    return db_execute(
        ctx,
        "INSERT INTO orders (shop_id, id, number, token, stage, order_status, payment_status,"
        " fulfillment_status, version, currency, total, item_count, contact, phone_index, email_index,"
        " note, cart_id, placed_at, closes_at, passcode, has_answers, locale, is_rationed, discount,"
        " freight, freight_discount, customer_id, deposit, balance_from, balance_until, ships_by, packs_from,"
        " waits_for_group, rounding, points, points_off) VALUES ($1,"
        " $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,"
        " $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36)",
        db_int(ctx->shop->id), db_int(order->id), db_text(order->number), db_text(order->token),
        db_int(order_stage_shown(order->state, order->waits_for_group)), db_int(order->state.order),
        db_int(order->state.payment), db_int(order->state.fulfillment), db_int(order->version),
        db_text(order->currency), db_int(order->total), db_int(order->item_count),
        db_bytes(contact.ptr, contact.len), customer_index(ctx, "order.phone", order->contact.phone),
        customer_index(ctx, "order.email", order_plain_email(ctx, order->contact.email)),
        db_text(order->note), db_int(order->cart_id), db_int(order->placed_at), db_int(order->closes_at),
        passcode_value(ctx, order), db_int(order->has_answers), db_text(ctx->locale ? ctx->locale : ""),
        db_int(order->is_rationed), db_int(order->discount), db_int(order->freight),
        db_int(order->freight_discount), db_id(customer_here(ctx)), db_int(order->deposit),
        db_int(order->balance_from), db_int(order->balance_until), db_int(order->ships_by),
        db_int(order->packs_from), db_int(order->waits_for_group), db_int(order->rounding),
        db_int(order->points), db_int(order->points_off));
}

static err insert_line(struct ctx *ctx, const struct order *order, const struct order_line *line)
{
    return db_execute(
        ctx,
        "INSERT INTO order_lines (shop_id, order_id, line_no, variant_id, product_id, product_title,"
        " variant_title, handle, sku, picture_id, kind, unit_price, quantity, total, answers,"
        " discount, role, promotion_id, list_price, points, made_of, card_value) VALUES ($1, $2, $3, $4, $5,"
        " $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
        db_int(ctx->shop->id), db_int(order->id), db_int(line->line_no), db_int(line->variant_id),
        db_int(line->product_id), db_text(line->product_title), db_text(line->variant_title),
        db_text(line->handle), db_text(line->sku), db_text(line->picture_id), db_int(line->kind),
        db_int(line->unit_price), db_int(line->quantity), db_int(line->total), answers_value(ctx, line),
        db_int(line->discount), db_int(line->role), db_int(line->promotion_id), db_int(line->list_price),
        db_int(line->points), db_int((int64_t)line->part_count), db_int(line->card_value));
}

static err insert_parts(struct ctx *ctx, const struct order *order, const struct order_line *line)
{
    for (size_t i = 0; i < line->part_count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO order_line_parts (shop_id, order_id, line_no, part_no, variant_id,"
                       " product_id, pieces, title, sku) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       db_int(ctx->shop->id), db_int(order->id), db_int(line->line_no),
                       db_int((int64_t)i + 1), db_int(line->parts[i].variant_id),
                       db_int(line->parts[i].product_id), db_int(line->parts[i].pieces),
                       db_text(line->parts[i].title), db_text(line->parts[i].sku)));
    return NULL;
}

static bool has_answers(const struct order *order)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].answers)
            return true;
    return false;
}

err order_place(struct ctx *ctx, struct order *order)
{
    order->number = new_number(ctx);
    order->token = random_token(ctx->arena);
    order->state = (struct order_state){
        .order = ORDER_PENDING_PAYMENT, .payment = PAYMENT_UNPAID, .fulfillment = FULFILLMENT_NONE};
    order->version = 1;
    order->placed_at = ctx->now;
    int64_t usual = order_unpaid_ms(ctx);
    bool is_hasty = order->unpaid_ms > 0 && order->unpaid_ms < usual;
    order->closes_at = ctx->now + (is_hasty ? order->unpaid_ms : usual);
    struct demand *demands;
    size_t count = order_demands(ctx, order, 0, &demands);
    TRY(stock_reserve(ctx, order->id, demands, count));
    order->has_answers = has_answers(order);
    TRY(insert_order(ctx, order));
    for (size_t i = 0; i < order->line_count; i++)
        TRY(insert_line(ctx, order, &order->lines[i]));
    for (size_t i = 0; i < order->line_count; i++)
        TRY(insert_parts(ctx, order, &order->lines[i]));
    TRY(job_schedule(ctx, ORDER_CLOSE_JOB, order->id, order->closes_at, value_object(ctx->arena)));
    return order_write_event(
        ctx, NULL, order,
        &(struct order_change){.event = "placed", .note = order->has_consent ? "no-return-accepted" : ""});
}

err order_fulfil_lines(struct ctx *ctx, const struct order *order, enum product_kind kind)
{
    return db_execute(
        ctx,
        "UPDATE order_lines SET fulfilled = quantity - withdrawn WHERE shop_id = $1 AND order_id = $2"
        " AND kind = $3",
        db_int(ctx->shop->id), db_int(order->id), db_int(kind));
}

int64_t order_line_left(const struct order_line *line)
{
    return line->quantity - line->fulfilled - line->withdrawn;
}

static size_t gather(struct ctx *ctx, const struct order *order, enum product_kind kind, bool only_left,
                     struct demand **demands)
{
    struct demand *list = arena_alloc_many(ctx->arena, order->line_count + 1, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        int64_t quantity = only_left ? order_line_left(line) : line->quantity;
        if ((kind == 0 || line->kind == kind) && quantity > 0)
            list[count++] = (struct demand){.variant_id = line->variant_id,
                                            .product_id = line->product_id,
                                            .quantity = quantity,
                                            .available = line->available,
                                            .parts = line->parts,
                                            .part_count = line->part_count};
    }
    *demands = list;
    return demand_gather(list, count);
}

size_t order_demands(struct ctx *ctx, const struct order *order, enum product_kind kind,
                     struct demand **demands)
{
    return gather(ctx, order, kind, false, demands);
}

size_t order_demands_left(struct ctx *ctx, const struct order *order, enum product_kind kind,
                          struct demand **demands)
{
    return gather(ctx, order, kind, true, demands);
}

bool order_has_left(const struct order *order, enum product_kind kind)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == kind && order_line_left(&order->lines[i]) > 0)
            return true;
    return false;
}

bool order_has_offers(const struct order *order)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].role == LINE_GIFT)
            return true;
    return order->discount > 0 || order->freight_discount > 0;
}

bool order_sells_cards(const struct order *order)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].card_value > 0)
            return true;
    return false;
}

bool order_has_kind(const struct order *order, enum product_kind kind)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].kind == kind)
            return true;
    return false;
}
