/* cart_sync_routes.c - devices tell what they did to the cart without network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_routes.h"
#include "shop/cart/cart_sync.h"

struct sync_form {
    const char *cart;
    struct field_rows ops;
};

struct op_row {
    const char *op_id;
    const char *device_id;
    int64_t lamport;
    int64_t told_at;
    int kind;
    int64_t variant_id;
    int64_t quantity;
    int64_t seen_price;
};

static const struct field op_fields[] = {
    {.name = "op_id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct op_row, op_id),
     .is_required = true,
     .maximum = CART_OP_NAME_LIMIT,
     .help = "Made by the device, a UUID: an op counts once however often it is sent"},
    {.name = "device_id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct op_row, device_id),
     .is_required = true,
     .maximum = CART_OP_NAME_LIMIT,
     .help = "Which device, a UUID that it made"},
    {.name = "lamport",
     .kind = FIELD_INT,
     .offset = offsetof(struct op_row, lamport),
     .is_required = true,
     .minimum = 1,
     .maximum = CART_CLOCK_LIMIT,
     .help = "The device's counter: above all that it counted or heard before"},
    {.name = "ts",
     .kind = FIELD_INT,
     .offset = offsetof(struct op_row, told_at),
     .help = "When, by the device's clock, in ms; nothing depends on it"},
    {.name = "type",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct op_row, kind),
     .is_required = true,
     .choices = cart_op_names,
     .help = "add adds pieces, set gives the line so many, remove takes it out"},
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct op_row, variant_id),
     .is_required = true,
     .help = "Of what"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct op_row, quantity),
     .minimum = 0,
     .maximum = CART_QUANTITY_LIMIT,
     .help = "Pieces"},
    {.name = "price",
     .kind = FIELD_INT,
     .offset = offsetof(struct op_row, seen_price),
     .minimum = 0,
     .maximum = CART_CLOCK_LIMIT,
     .help = "What the buyer saw for one, in minor units: only to be told when it is another sum"},
    {0},
};

static const struct field sync_fields[] = {
    {.name = "cart",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct sync_form, cart),
     .maximum = 64,
     .help = "Token of the cart; without it the browser's own cart, or a new one"},
    {.name = "ops",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct sync_form, ops),
     .maximum = CART_OPS_MOST,
     .rows = op_fields,
     .row_size = sizeof(struct op_row),
     .help = "What was done, in any order"},
    {0},
};

static const struct cart_op *ops_of(struct req *req, const struct field_rows *rows)
{
    const struct op_row *row = rows->items;
    struct cart_op *ops = arena_alloc_many(req->ctx.arena, rows->count + 1, sizeof *ops);
    for (size_t i = 0; i < rows->count; i++)
        ops[i] = (struct cart_op){.op_id = row[i].op_id,
                                  .device_id = row[i].device_id,
                                  .lamport = row[i].lamport,
                                  .kind = (enum cart_op_kind)row[i].kind,
                                  .variant_id = row[i].variant_id,
                                  .quantity = row[i].quantity,
                                  .seen_price = row[i].seen_price};
    return ops;
}

static void add_adjustments(struct ctx *ctx, struct value *view, const struct cart_synced *synced)
{
    struct value *list = value_set_list(ctx->arena, view, "adjusted");
    for (size_t i = 0; i < synced->count; i++) {
        const struct cart_adjustment *adjustment = &synced->adjustments[i];
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "code", cart_adjustment_names[adjustment->code]);
        if (adjustment->code == ADJUSTED_COUPON)
            continue;
        value_set_id(ctx->arena, entry, "variant_id", adjustment->variant_id);
        value_set_text(ctx->arena, entry, "title", adjustment->title);
        if (adjustment->code == ADJUSTED_QUANTITY)
            value_set_int(ctx->arena, entry, "most", adjustment->most);
        if (adjustment->code != ADJUSTED_PRICE)
            continue;
        value_set_money(ctx->arena, entry, "old", money_of(adjustment->old, ctx->shop->currency));
        value_set_money(ctx->arena, entry, "new", money_of(adjustment->now, ctx->shop->currency));
    }
}

static err tell(struct req *req)
{
    const struct sync_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct cart_synced synced;
    const char *token = form->cart[0] ? form->cart : req_cookie(req, CART_COOKIE);
    TRY(cart_sync(ctx, token, ops_of(req, &form->ops), form->ops.count, &synced));
    struct value *view = value_object(ctx->arena), *tree = cart_view(ctx, synced.cart);
    TRY(cart_points_view(ctx, synced.cart, tree));
    value_set(ctx->arena, view, "cart", *tree);
    add_adjustments(ctx, view, &synced);
    value_set_int(ctx->arena, view, "lamport", synced.lamport);
    if (!text_is(req_cookie(req, CART_COOKIE), synced.cart->token))
        reply_cookie(req, CART_COOKIE, synced.cart->token, CART_COOKIE_SECONDS);
    return reply_view(req, "cart", view);
}

const struct route cart_sync_routes[] = {
    {.method = POST,
     .path = "/cart/sync",
     .handler = tell,
     .guard = ANYONE,
     .faces = FACE_JSON,
     .fields = sync_fields,
     .form_size = sizeof(struct sync_form),
     .summary = "Take in what a device did to the cart without network; sending it again changes nothing",
     .answer = "cart"},
    {0},
};
