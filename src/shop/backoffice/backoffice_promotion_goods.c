/* backoffice_promotion_goods.c - the goods that bundles, gifts, add-ons and vouchers name, as people type
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_promotion_form.h"

#include "base/text.h"
#include <inttypes.h>

/* ---- reading ---- */

static size_t filled_rows(struct ctx *ctx, const struct promotion_form *form, size_t *rows, const char **skus)
{
    const struct given_row *typed = form->given.items;
    size_t count = 0;
    for (size_t i = 0; i < form->given.count && count < DISCOUNT_GOODS_MOST; i++) {
        const char *sku = typed[i].sku ? text_trim(ctx->arena, typed[i].sku) : "";
        if (!sku[0])
            continue;
        skus[count] = sku;
        rows[count++] = i;
    }
    return count;
}

static const char *name_of(struct ctx *ctx, const struct variant *variant)
{
    return variant->title[0] ? arena_format(ctx->arena, "%s（%s）", variant->product_title, variant->title)
                             : variant->product_title;
}

static struct discount_good good_of(struct ctx *ctx, const struct promotion_form *form,
                                    const struct given_row *typed, const struct variant *variant)
{
    enum discount_kind kind = (enum discount_kind)(form->kind + 1);
    bool has_price = kind == DISCOUNT_ADDON || kind == DISCOUNT_VOUCHER;
    return (struct discount_good){.variant_id = variant->id,
                                  .product_id = variant->product_id,
                                  .pieces = kind == DISCOUNT_GIFT || typed->pieces == 0 ? 1 : typed->pieces,
                                  .price = has_price ? typed->price : 0,
                                  .name = name_of(ctx, variant)};
}

static const struct field_problem *unknown(struct ctx *ctx, size_t row, const char *sku,
                                           const struct field_problem *next)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = arena_format(ctx->arena, "given.%zu.sku", row),
                                      .code = "no-such-sku",
                                      .message = arena_format(ctx->arena, "%s: no variant has this SKU", sku),
                                      .next = next};
    return problem;
}

err goods_of_form(struct ctx *ctx, const struct promotion_form *form, struct discount_rule *rule,
                  const struct field_problem **problems)
{
    size_t rows[DISCOUNT_GOODS_MOST];
    const char *skus[DISCOUNT_GOODS_MOST];
    int64_t ids[DISCOUNT_GOODS_MOST];
    const struct variant *found[DISCOUNT_GOODS_MOST];
    size_t count = filled_rows(ctx, form, rows, skus);
    const struct given_row *typed = form->given.items;
    *problems = NULL;
    rule->is_by_pieces = form->by == 1 && (rule->kind == DISCOUNT_GIFT || rule->kind == DISCOUNT_ADDON);
    if (rule->step_count == 0 && rule->kind != DISCOUNT_GIFT)
        rule->step_count = 1;
    if (count == 0)
        return NULL;
    TRY(variant_find_by_sku_many(ctx, skus, count, ids));
    TRY(variant_load_many(ctx, ids, count, found));
    for (size_t i = 0; i < count; i++)
        if (ids[i] && found[i])
            rule->goods[rule->good_count++] = good_of(ctx, form, &typed[rows[i]], found[i]);
        else
            *problems = unknown(ctx, rows[i], skus[i], *problems);
    return NULL;
}

const char *goods_form_field(struct ctx *ctx, const struct promotion_form *form, const char *field)
{
    size_t rows[DISCOUNT_GOODS_MOST];
    const char *skus[DISCOUNT_GOODS_MOST];
    size_t count = filled_rows(ctx, form, rows, skus), wanted = (size_t)(field[6] - '0');
    return arena_format(ctx->arena, "given.%zu.%s", wanted < count ? rows[wanted] : wanted,
                        strrchr(field, '.') + 1);
}

/* ---- showing ---- */

static void add_typed(struct req *req, struct value *list, size_t row)
{
    static const char *const names[] = {"sku", "pieces", "price"};
    struct arena *arena = req->ctx.arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_set_text(arena, view, names[i],
                       req_typed(req, arena_format(arena, "given.%zu.%s", row, names[i])));
}

static void add_kept(struct ctx *ctx, struct value *list, const struct discount_good *good,
                     const struct variant *variant)
{
    struct value *view = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_text(ctx->arena, view, "sku", variant ? variant->sku : "");
    value_set_text(ctx->arena, view, "pieces", arena_format(ctx->arena, "%" PRId64, good->pieces));
    value_set_text(ctx->arena, view, "price",
                   good->price ? money_decimal(ctx->arena, money_of(good->price, ctx->shop->currency)) : "");
}

static err add_wares(struct ctx *ctx, struct value *choices)
{
    struct ware_choice *wares;
    size_t count;
    TRY(ware_list(ctx, &wares, &count));
    struct value *list = value_set_list(ctx->arena, choices, "wares");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "sku", wares[i].sku);
        value_set_text(ctx->arena, row, "title", wares[i].product_title);
        value_set_text(ctx->arena, row, "variant", wares[i].variant_title);
        value_set_money(ctx->arena, row, "price", money_of(wares[i].price, ctx->shop->currency));
    }
    return NULL;
}

static err add_given(struct req *req, struct value *list, const struct discount_rule *rule, bool is_typed)
{
    struct ctx *ctx = &req->ctx;
    int64_t ids[DISCOUNT_GOODS_MOST];
    const struct variant *found[DISCOUNT_GOODS_MOST];
    for (size_t i = 0; i < rule->good_count; i++)
        ids[i] = rule->goods[i].variant_id;
    if (!is_typed)
        TRY(variant_load_many(ctx, ids, rule->good_count, found));
    for (size_t i = 0; i < DISCOUNT_GOODS_MOST; i++)
        if (is_typed)
            add_typed(req, list, i);
        else if (i < rule->good_count)
            add_kept(ctx, list, &rule->goods[i], found[i]);
    return NULL;
}

err promotion_given_view(struct req *req, struct value *view, const struct promotion *promotion,
                         bool is_typed)
{
    struct arena *arena = req->ctx.arena;
    if (!discount_has_goods(promotion->rule.kind))
        return NULL;
    struct value *fields = (struct value *)value_find(view, "fields");
    struct value *choices = (struct value *)value_find(view, "choices");
    TRY(add_given(req, value_set_list(arena, fields, "given"), &promotion->rule, is_typed));
    return add_wares(&req->ctx, choices);
}
