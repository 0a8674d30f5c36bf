/* backoffice_proof_routes.c - from what the sum of an order was made, as a table, and made once more. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

struct proof_form {
    const char *number;
};

static const struct field proof_fields[] = {
    {.name = "number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct proof_form, number),
     .is_required = true,
     .maximum = 20,
     .help = "Order number"},
    {0},
};

static void set_sum(struct ctx *ctx, struct value *view, const char *name, int64_t minor)
{
    value_set_money(ctx->arena, view, name, money_of(minor, ctx->shop->currency));
}

/* The line of an order at this place of the proof, which has them in the same order. */
static const struct order_line *line_at(const struct order *order, size_t place, int64_t variant_id)
{
    if (place < order->line_count && order->lines[place].variant_id == variant_id)
        return &order->lines[place];
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].variant_id == variant_id)
            return &order->lines[i];
    return NULL;
}

/* Which price list made its list price, and of what. */
static void add_source(struct ctx *ctx, struct value *row, const struct quote_line *line)
{
    value_set(ctx->arena, row, "price_list", value_null());
    if (line->source.price_list_id == 0)
        return;
    struct value *list = value_set_object(ctx->arena, row, "price_list");
    value_set_id(ctx->arena, list, "id", line->source.price_list_id);
    value_set_int(ctx->arena, list, "version", line->source.version);
    set_sum(ctx, list, "shelf_price", line->source.shelf_price);
    value_set_text(ctx->arena, list, "url",
                   arena_format(ctx->arena, "/admin/price-lists/%" PRId64, line->source.price_list_id));
}

static void add_line(struct ctx *ctx, struct value *list, const struct order_line *bought,
                     const struct quote_line *line)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_text(ctx->arena, row, "product_title", bought ? bought->product_title : NULL);
    value_set_text(ctx->arena, row, "variant_title", bought ? bought->variant_title : NULL);
    value_set_text(ctx->arena, row, "sku", bought ? bought->sku : NULL);
    value_set_int(ctx->arena, row, "quantity", line->quantity);
    set_sum(ctx, row, "list_price", line->list_price);
    set_sum(ctx, row, "unit_price", line->unit_price);
    add_source(ctx, row, line);
    value_set_bool(ctx->arena, row, "is_bulk", line->unit_price < line->list_price);
    set_sum(ctx, row, "full", line->full);
    set_sum(ctx, row, "discount", line->discount);
    set_sum(ctx, row, "total", line->full - line->discount);
}

static const struct order_offer *offer_of(const struct order_offer *offers, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (offers[i].promotion_id == id)
            return &offers[i];
    return NULL;
}

static void add_rule(struct ctx *ctx, struct value *list, const struct proof_rule *rule,
                     const struct order_offer *offer, size_t line_count)
{
    const struct promotion *promotion = &rule->promotion;
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "id", promotion->id);
    value_set_int(ctx->arena, row, "version", promotion->version);
    value_set_text(ctx->arena, row, "kind", discount_kind_names[promotion->rule.kind]);
    value_set_text(ctx->arena, row, "name", offer ? offer->name : NULL);
    value_set_text(ctx->arena, row, "code", offer && offer->code[0] ? offer->code : NULL);
    value_set_text(ctx->arena, row, "text", promotion_text(ctx, promotion));
    value_set_text(ctx->arena, row, "url",
                   arena_format(ctx->arena, "/admin/promotions/%" PRId64, promotion->id));
    set_sum(ctx, row, "base", rule->base);
    set_sum(ctx, row, "amount", rule->amount);
    struct value *shares = value_set_list(ctx->arena, row, "by_line");
    for (size_t i = 0; rule->by_line && i < line_count; i++) {
        struct value *share = value_add(ctx->arena, shares, *value_object(ctx->arena));
        value_set_int(ctx->arena, share, "line_no", (int64_t)i + 1);
        value_set_bool(ctx->arena, share, "is_none", rule->by_line[i] == 0);
        set_sum(ctx, share, "amount", rule->by_line[i]);
    }
}

/* Made once more from lines and rules alone. */
static err add_replay(struct ctx *ctx, struct value *view, const char *json, const struct order *order)
{
    struct replay replay;
    TRY(proof_replay(ctx, json, &replay));
    struct value *tree = value_set_object(ctx->arena, view, "replay");
    set_sum(ctx, tree, "full", replay.full);
    set_sum(ctx, tree, "discount", replay.discount);
    int64_t total = replay.full - replay.discount + replay.freight - replay.freight_discount;
    set_sum(ctx, tree, "total", total);
    value_set_bool(ctx->arena, tree, "is_same", replay.is_same && total == order->total);
    return NULL;
}

/* What went along for nothing is in the proof by its rule and its pieces, and costs what the line says. */
static void add_gifts(struct ctx *ctx, struct value *view, const struct order *order)
{
    struct value *list = value_set_list(ctx->arena, view, "gifts");
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        if (line->role != LINE_GIFT)
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "product_title", line->product_title);
        value_set_text(ctx->arena, row, "variant_title", line->variant_title);
        value_set_int(ctx->arena, row, "quantity", line->quantity);
        set_sum(ctx, row, "list_price", line->list_price);
        value_set_text(ctx->arena, row, "url",
                       arena_format(ctx->arena, "/admin/promotions/%" PRId64, line->promotion_id));
    }
}

static void add_points(struct ctx *ctx, struct value *view, const struct proof *proof)
{
    const struct quote_points *used = &proof->points;
    if (used->used == 0)
        return;
    struct value *points = value_set_object(ctx->arena, view, "points");
    value_set_int(ctx->arena, points, "used", used->used);
    set_sum(ctx, points, "off", used->off);
    value_set_int(ctx->arena, points, "rate", used->terms.rate);
    value_set_int(ctx->arena, points, "percent", used->terms.percent);
    value_set_int(ctx->arena, points, "least", used->terms.least);
    struct value *list = value_set_list(ctx->arena, points, "by_line");
    for (size_t i = 0; i < proof->line_count; i++)
        value_add(ctx->arena, list, value_int(used->by_line[i]));
}

static err add_proof(struct ctx *ctx, struct value *view, const char *json, const struct order *order)
{
    struct proof proof;
    struct order_offer *offers;
    size_t count;
    TRY(proof_read(ctx, json, &proof));
    TRY(order_offer_list(ctx, order->id, &offers, &count));
    struct value *list = value_set_list(ctx->arena, view, "lines");
    for (size_t i = 0; i < proof.line_count; i++)
        add_line(ctx, list, line_at(order, i, proof.lines[i].variant_id), &proof.lines[i]);
    list = value_set_list(ctx->arena, view, "rules");
    for (size_t i = 0; i < proof.rule_count; i++)
        add_rule(ctx, list, &proof.rules[i], offer_of(offers, count, proof.rules[i].promotion.id),
                 proof.line_count);
    struct value *freight = value_set_object(ctx->arena, view, "freight");
    set_sum(ctx, freight, "amount", proof.freight);
    set_sum(ctx, freight, "discount", proof.freight_discount);
    set_sum(ctx, freight, "total", proof.freight - proof.freight_discount);
    value_set_text(ctx->arena, freight, "region_name", freight_region_name(ctx, proof.region));
    add_points(ctx, view, &proof);
    return add_replay(ctx, view, json, order);
}

/* An order without a proof costs what its lines say. */
static void add_lines(struct ctx *ctx, struct value *view, const struct order *order)
{
    struct value *list = value_set_list(ctx->arena, view, "lines");
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        struct quote_line plain = {.variant_id = line->variant_id,
                                   .list_price = line->unit_price,
                                   .unit_price = line->unit_price,
                                   .quantity = line->quantity,
                                   .full = line->unit_price * line->quantity,
                                   .discount = line->discount};
        add_line(ctx, list, line, &plain);
    }
    value_set_list(ctx->arena, view, "rules");
    value_set(ctx->arena, view, "freight", value_null());
    value_set(ctx->arena, view, "replay", value_null());
}

static err show(struct req *req)
{
    const struct proof_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct order *order;
    const char *json;
    TRY(order_load_by_number(ctx, form->number, &order));
    TRY(proof_load(ctx, order->id, &json));
    struct value *view = value_object(ctx->arena);
    struct value *proof = value_set_object(ctx->arena, view, "proof");
    value_set_text(ctx->arena, proof, "number", order->number);
    value_set_bool(ctx->arena, proof, "has_rules", json != NULL);
    set_sum(ctx, proof, "full", order_goods_total(order) + order->discount);
    set_sum(ctx, proof, "discount", order->discount);
    set_sum(ctx, proof, "rounding", order->rounding);
    set_sum(ctx, proof, "goods", order_goods_total(order));
    set_sum(ctx, proof, "total", order->total);
    value_set(ctx->arena, proof, "points", value_null());
    add_gifts(ctx, proof, order);
    if (json)
        TRY(add_proof(ctx, proof, json, order));
    else
        add_lines(ctx, proof, order);
    return reply_view(req, "admin/order_proof", view);
}

const struct route backoffice_proof_routes[] = {
    {.method = GET,
     .path = "/admin/orders/:number/price-proof",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = proof_fields,
     .form_size = sizeof(struct proof_form),
     .summary = "From what the sum of an order was made, and whether it comes out again",
     .answer = "proof"},
    {0},
};
