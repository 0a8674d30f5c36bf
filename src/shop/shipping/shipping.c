/* shipping.c - parcels. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/shipping/shipping.h"

#include "base/text.h"
#include "shop/payment/payment.h"

const struct carrier carriers[] = {
    {"sf", "顺丰速运"},
    {"zto", "中通快递"},
    {"yto", "圆通速递"},
    {"sto", "申通快递"},
    {"yunda", "韵达快递"},
    {"jd", "京东物流"},
    {"ems", "邮政 EMS"},
    {"jt", "极兔速递"},
    {"deppon", "德邦快递"},
    {"other", "其他"},
    {0},
};

static const struct carrier *find_carrier(const char *id)
{
    for (const struct carrier *carrier = carriers; carrier->id; carrier++)
        if (text_is(carrier->id, id))
            return carrier;
    return NULL;
}

struct dispatch {
    const struct order *order;
    const char *carrier;
    const char *tracking_number;
};

static err ship_in_transaction(struct ctx *ctx, void *arg)
{
    const struct dispatch *dispatch = arg;
    struct order order = *dispatch->order;
    struct demand *demands;
    size_t count = order_demands_left(ctx, &order, PRODUCT_PHYSICAL, &demands);
    bool is_rest = !order_has_left(&order, PRODUCT_DIGITAL);
    struct order_change change = {.event = is_rest ? "shipped" : "partly_shipped",
                                  .note =
                                      arena_format(ctx->arena, "%s %s", find_carrier(dispatch->carrier)->name,
                                                   dispatch->tracking_number)};
    TRY(payment_keep_money(ctx, &order, order.paid));
    TRY(order_apply(ctx, &order, &change));
    TRY(stock_sell(ctx, order.id, demands, count));
    TRY(order_fulfil_lines(ctx, &order, PRODUCT_PHYSICAL));
    TRY(order_schedule_confirm(ctx, order.id));
    return db_execute(
        ctx,
        "INSERT INTO shipments (shop_id, order_id, shipment_no, carrier, tracking_number, shipped_at,"
        " actor_id) VALUES ($1, $2, 1, $3, $4, $5, $6)",
        db_int(ctx->shop->id), db_int(order.id), db_text(dispatch->carrier),
        db_text(dispatch->tracking_number), db_int(ctx->now), db_int(ctx->actor_id));
}

err order_ship(struct ctx *ctx, const struct order *order, const char *carrier, const char *tracking_number)
{
    if (!find_carrier(carrier))
        return fail_field(ctx, "carrier", "unknown-carrier", "choose a carrier from the list");
    if (!order_has_left(order, PRODUCT_PHYSICAL))
        return order_refuse(ctx, order, "shipped");
    struct dispatch dispatch = {order, carrier, tracking_number};
    err failure = db_transact(ctx, ship_in_transaction, &dispatch);
    if (!failure)
        return NULL;
    struct demand *demands;
    size_t count = order_demands_left(ctx, order, PRODUCT_PHYSICAL, &demands);
    return stock_explain_short(ctx, failure, demands, count);
}

err shipment_list(struct ctx *ctx, int64_t order_id, struct shipment **shipments, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT carrier, tracking_number, shipped_at FROM shipments WHERE shop_id = $1 AND order_id = $2"
        " ORDER BY shipment_no",
        db_int(ctx->shop->id), db_int(order_id)));
    *shipments = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **shipments);
    *count = 0;
    while (db_next(rows))
        (*shipments)[(*count)++] = (struct shipment){.carrier = db_get_text(rows, 0),
                                                     .tracking_number = db_get_text(rows, 1),
                                                     .shipped_at = db_get_int(rows, 2)};
    return NULL;
}

void shipment_views(struct ctx *ctx, struct value *list, const struct shipment *shipments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct carrier *carrier = find_carrier(shipments[i].carrier);
        struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, view, "carrier", shipments[i].carrier);
        value_set_text(ctx->arena, view, "carrier_name", carrier ? carrier->name : shipments[i].carrier);
        value_set_text(ctx->arena, view, "tracking_number", shipments[i].tracking_number);
        value_set_time(ctx->arena, view, "shipped_at", shipments[i].shipped_at);
    }
}
