/* backoffice_promotion_view.c - an offer in its form, in lists, and tried on carts of the past. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_promotion_form.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_rule_form.h"
#include "shop/catalog/catalog.h"
#include "shop/order/order.h"
#include <inttypes.h>

#define TAGS_OFFERED 200
#define PERCENT 100

/* ---- the form ---- */

static const char *decimal(struct ctx *ctx, int64_t number, int64_t unit)
{
    int64_t behind = number % unit;
    int digits = unit == 1000 ? 3 : 2;
    if (behind == 0)
        return arena_format(ctx->arena, "%" PRId64, number / unit);
    while (behind % 10 == 0) {
        behind /= 10;
        digits--;
    }
    return arena_format(ctx->arena, "%" PRId64 ".%0*" PRId64, number / unit, digits, behind);
}

static void set_sum(struct ctx *ctx, struct value *view, const char *name, int64_t minor)
{
    value_set_text(ctx->arena, view, name,
                   minor ? money_decimal(ctx->arena, money_of(minor, ctx->shop->currency)) : "");
}

static void set_number(struct ctx *ctx, struct value *view, const char *name, int64_t number)
{
    value_set_text(ctx->arena, view, name, number ? arena_format(ctx->arena, "%" PRId64, number) : "");
}

static void set_time(struct ctx *ctx, struct value *view, const char *name, int64_t at)
{
    const char *local = at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%dT%H:%M") : "";
    int64_t first;
    bool is_twice = at && clock_parse_local(local, ctx->shop->zone, &first) == CLOCK_TWICE;
    value_set_text(ctx->arena, view, name, local);
    value_set_text(ctx->arena, view, arena_format(ctx->arena, "%s_twice", name),
                   is_twice ? clock_format(ctx->arena, at, ctx->shop->zone, "UTC%z") : "");
}

static void add_steps(struct ctx *ctx, struct value *form, const struct discount_rule *rule)
{
    struct value *list = value_set_list(ctx->arena, form, "steps");
    for (size_t i = 0; i < DISCOUNT_STEPS_MOST; i++) {
        struct discount_step step = i < rule->step_count ? rule->steps[i] : (struct discount_step){0};
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        bool has_part = step.percent > 0 && step.percent < BASIS_POINTS;
        set_sum(ctx, row, "from", step.from);
        set_number(ctx, row, "pieces", step.from);
        set_sum(ctx, row, "off", step.off);
        set_sum(ctx, row, "price", step.price);
        set_number(ctx, row, "gives", step.gives);
        value_set_text(ctx->arena, row, "fold",
                       has_part ? decimal(ctx, BASIS_POINTS - step.percent, 1000) : "");
        value_set_text(ctx->arena, row, "part", has_part ? decimal(ctx, step.percent, 100) : "");
        value_set_text(ctx->arena, row, "free", step.percent == BASIS_POINTS ? "1" : "");
    }
}

static const char *hour_text(struct ctx *ctx, int64_t minute)
{
    return arena_format(ctx->arena, "%02" PRId64 ":%02" PRId64, minute / 60, minute % 60);
}

static void add_windows(struct ctx *ctx, struct value *form, const struct discount_rule *rule)
{
    struct value *list = value_set_list(ctx->arena, form, "windows");
    for (size_t i = 0; i < DISCOUNT_WINDOWS_MOST; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        bool is_there = i < rule->window_count;
        const struct week_window *window = &rule->windows[i];
        for (int day = 0; day < WEEK_DAYS; day++)
            value_set_text(ctx->arena, row, week_day_names[day],
                           is_there && (window->days & (1u << day)) ? "1" : "");
        value_set_text(ctx->arena, row, "opens", is_there ? hour_text(ctx, window->from) : "");
        value_set_text(ctx->arena, row, "closes", is_there ? hour_text(ctx, window->until) : "");
    }
}

static void add_typed_windows(struct req *req, struct value *form)
{
    struct arena *arena = req->ctx.arena;
    struct value *list = value_set_list(arena, form, "windows");
    for (size_t i = 0; i < DISCOUNT_WINDOWS_MOST; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        for (int day = 0; day < WEEK_DAYS; day++)
            value_set_text(arena, row, week_day_names[day],
                           req_typed(req, arena_format(arena, "windows.%zu.%s", i, week_day_names[day])));
        value_set_text(arena, row, "opens", req_typed(req, arena_format(arena, "windows.%zu.opens", i)));
        value_set_text(arena, row, "closes", req_typed(req, arena_format(arena, "windows.%zu.closes", i)));
    }
}

static void set_flag(struct ctx *ctx, struct value *form, const char *name, unsigned bits,
                     enum discount_class class)
{
    value_set_text(ctx->arena, form, name, bits & (1u << class) ? "1" : "");
}

void promotion_form_view(struct ctx *ctx, struct value *view, const struct promotion *promotion)
{
    struct value *form = value_set_object(ctx->arena, view, "fields");
    const struct discount_rule *rule = &promotion->rule;
    value_set_text(ctx->arena, form, "kind", discount_kind_names[rule->kind]);
    value_set_text(ctx->arena, form, "name", promotion->name);
    set_time(ctx, form, "starts_at", promotion->starts_at);
    set_time(ctx, form, "ends_at", promotion->ends_at);
    add_steps(ctx, form, rule);
    add_windows(ctx, form, rule);
    value_set_text(ctx->arena, form, "reach", rule->regions ? "some" : "all");
    set_number(ctx, form, "times", rule->times);
    set_sum(ctx, form, "most", rule->most);
    value_set_text(ctx->arena, form, "scope", promotion->is_for_all ? "all" : "some");
    value_set_text(ctx->arena, form, "tags", "");
    value_set_text(ctx->arena, form, "goods", "");
    set_flag(ctx, form, "beside_sale", rule->beside, CLASS_SALE);
    set_flag(ctx, form, "beside_goods", rule->beside, CLASS_GOODS);
    set_flag(ctx, form, "beside_sum", rule->beside, CLASS_SUM);
    set_flag(ctx, form, "beside_coupon", rule->beside, CLASS_COUPON);
    set_flag(ctx, form, "beside_gift", rule->beside, CLASS_GIFT);
    set_flag(ctx, form, "beside_addon", rule->beside, CLASS_ADDON);
    value_set_text(ctx->arena, form, "by", rule->is_by_pieces ? "pieces" : "sum");
    value_set_text(ctx->arena, form, "code", promotion->code);
    set_number(ctx, form, "uses_most", promotion->uses_most);
    set_number(ctx, form, "person_most", promotion->person_most);
    set_sum(ctx, form, "money_most", promotion->money_most);
}

void promotion_typed_view(struct req *req, struct value *view)
{
    static const char *const names[] = {
        "kind",         "name",  "starts_at",   "ends_at",      "times",       "most",          "scope",
        "tags",         "goods", "beside_sale", "beside_goods", "beside_sum",  "beside_coupon", "beside_gift",
        "beside_addon", "by",    "code",        "uses_most",    "person_most", "money_most",    "reach"};
    static const char *const step_names[] = {"from", "pieces", "off",  "price",
                                             "fold", "part",   "free", "gives"};
    struct arena *arena = req->ctx.arena;
    struct value *form = value_set_object(arena, view, "fields");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        value_set_text(arena, form, names[i], req_typed(req, names[i]));
    add_typed_windows(req, form);
    struct value *list = value_set_list(arena, form, "steps");
    for (size_t i = 0; i < DISCOUNT_STEPS_MOST; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        for (size_t j = 0; j < sizeof step_names / sizeof *step_names; j++)
            value_set_text(arena, row, step_names[j],
                           req_typed(req, arena_format(arena, "steps.%zu.%s", i, step_names[j])));
    }
}

/* ---- the goods to choose from ---- */

static bool has_shelf(const struct promotion *promotion, int64_t shelf_id)
{
    for (size_t i = 0; i < promotion->shelf_count; i++)
        if (promotion->shelf_ids[i] == shelf_id)
            return true;
    return false;
}

static void add_choice(struct ctx *ctx, struct value *list, int64_t id, const char *name, bool is_chosen)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "id", id);
    value_set_text(ctx->arena, row, "name", name);
    value_set_bool(ctx->arena, row, "is_chosen", is_chosen);
}

static err add_tags(struct ctx *ctx, struct value *choices, const struct promotion *promotion)
{
    struct tag_name *names;
    struct tag *tags;
    size_t count;
    TRY(tag_name_list(ctx, promotion->shelf_ids, promotion->shelf_count, &names, &count));
    struct value *list = value_set_list(ctx->arena, choices, "tags");
    for (size_t i = 0; i < count; i++)
        add_choice(ctx, list, names[i].tag_id, names[i].name, true);
    TRY(tag_list(ctx, NULL, NULL, TAGS_OFFERED, &tags, &count));
    list = value_set_list(ctx->arena, choices, "tag_words");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(tags[i].name));
    return NULL;
}

err promotion_choices_view(struct ctx *ctx, struct value *view, const struct promotion *promotion)
{
    struct category *categories;
    struct collection *collections;
    size_t count;
    struct value *choices = value_set_object(ctx->arena, view, "choices");
    struct value *list = value_set_list(ctx->arena, choices, "categories");
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < count; i++)
        add_choice(ctx, list, categories[i].id, category_path(ctx, categories, count, categories[i].id),
                   has_shelf(promotion, categories[i].id));
    list = value_set_list(ctx->arena, choices, "collections");
    TRY(collection_list(ctx, &collections, &count));
    for (size_t i = 0; i < count; i++)
        add_choice(ctx, list, collections[i].id, collection_name(ctx, &collections[i]),
                   has_shelf(promotion, collections[i].id));
    list = value_set_list(ctx->arena, choices, "regions");
    for (int i = 0; i < FREIGHT_REGIONS; i++)
        add_choice(ctx, list, freight_regions[i].code, freight_region_name(ctx, freight_regions[i].code),
                   (promotion->rule.regions & (UINT64_C(1) << i)) != 0);
    TRY(add_tags(ctx, choices, promotion));
    size_t most = promotion->product_count < PRODUCT_CHUNK ? promotion->product_count : PRODUCT_CHUNK;
    if (most == 0) {
        value_set_list(ctx->arena, choices, "products");
        return NULL;
    }
    return rule_set_products(ctx, choices, "products", promotion->product_ids, most);
}

/* ---- in lists ---- */

/* How much of a bound is used, in hundredths. */
static int64_t share_of(int64_t part, int64_t whole)
{
    if (whole <= 0)
        return 0;
    return part >= whole ? PERCENT : part * PERCENT / whole;
}

struct value *promotion_row_view(struct ctx *ctx, const struct promotion *promotion,
                                 const struct promotion_figure *figure)
{
    struct value *view = promotion_view(ctx, promotion);
    bool is_counted = promotion->uses_most > 0 || promotion->money_most > 0;
    int64_t by_uses = share_of(promotion->uses, promotion->uses_most);
    int64_t by_money = share_of(promotion->money, promotion->money_most);
    struct value *figures = value_set_object(ctx->arena, view, "figures");
    value_set_int(ctx->arena, figures, "uses", is_counted ? promotion->uses : figure->uses);
    value_set_money(ctx->arena, figures, "money",
                    money_of(is_counted ? promotion->money : figure->money, ctx->shop->currency));
    value_set_bool(ctx->arena, figures, "is_partial", !is_counted && figure->is_partial);
    value_set_int(ctx->arena, figures, "share", by_uses > by_money ? by_uses : by_money);
    value_set_bool(ctx->arena, figures, "is_bound", is_counted);
    value_set_text(ctx->arena, view, "url",
                   arena_format(ctx->arena, "/admin/promotions/%" PRId64, promotion->id));
    value_set_bool(ctx->arena, view, "can_start",
                   promotion->status == PROMOTION_DRAFT || promotion->status == PROMOTION_PAUSED);
    value_set_bool(ctx->arena, view, "can_pause", promotion->status == PROMOTION_ACTIVE);
    value_set_bool(ctx->arena, view, "can_end", promotion->status != PROMOTION_ENDED);
    return view;
}

/* ---- tried on the past ---- */

static struct trial_cart *carts_of(struct ctx *ctx, const struct basket *baskets, size_t count)
{
    struct trial_cart *carts = arena_alloc_many(ctx->arena, count + 1, sizeof *carts);
    for (size_t i = 0; i < count; i++) {
        struct quote_line *lines = arena_alloc_many(ctx->arena, baskets[i].count + 1, sizeof *lines);
        int64_t *product_ids = arena_alloc_many(ctx->arena, baskets[i].count + 1, sizeof *product_ids);
        for (size_t j = 0; j < baskets[i].count; j++) {
            lines[j] = (struct quote_line){.variant_id = baskets[i].lines[j].variant_id,
                                           .list_price = baskets[i].lines[j].unit_price,
                                           .quantity = baskets[i].lines[j].quantity};
            product_ids[j] = baskets[i].lines[j].product_id;
        }
        carts[i] = (struct trial_cart){.lines = lines,
                                       .product_ids = product_ids,
                                       .count = baskets[i].count,
                                       .freight = baskets[i].freight,
                                       .placed_at = baskets[i].placed_at,
                                       .region = baskets[i].region};
    }
    return carts;
}

/* The place of the largest that was not shown yet; count when there is none. */
static size_t next_largest(const struct trial_cart *carts, size_t count, const bool *is_shown)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (!is_shown[i] && carts[i].amount > 0 && (best == count || carts[i].amount > carts[best].amount))
            best = i;
    return best;
}

static void add_largest(struct ctx *ctx, struct value *trial, const struct basket *baskets,
                        const struct trial_cart *carts, size_t count)
{
    bool *is_shown = arena_alloc_many(ctx->arena, count + 1, sizeof *is_shown);
    struct value *list = value_set_list(ctx->arena, trial, "largest");
    int64_t top = 0;
    for (size_t shown = 0; shown < TRIAL_SHOWN; shown++) {
        size_t at = next_largest(carts, count, is_shown);
        if (at == count)
            return;
        is_shown[at] = true;
        top = top ? top : carts[at].amount;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "number", baskets[at].number);
        value_set_text(ctx->arena, row, "url",
                       arena_format(ctx->arena, "/admin/orders/%s", baskets[at].number));
        value_set_time(ctx->arena, row, "placed_at", baskets[at].placed_at);
        value_set_money(ctx->arena, row, "full", money_of(carts[at].full, ctx->shop->currency));
        value_set_money(ctx->arena, row, "amount", money_of(carts[at].amount, ctx->shop->currency));
        value_set_money(ctx->arena, row, "total",
                        money_of(carts[at].full - carts[at].amount, ctx->shop->currency));
        value_set_int(ctx->arena, row, "share", share_of(carts[at].amount, top));
    }
}

err promotion_trial_view(struct ctx *ctx, struct value *view, const struct promotion *promotion)
{
    struct basket *baskets;
    size_t count, reached = 0;
    int64_t full = 0, given = 0, pieces = 0;
    TRY(basket_list(ctx, TRIAL_ORDERS, &baskets, &count));
    if (promotion->rule.regions != 0)
        TRY(basket_load_regions(ctx, baskets, count));
    struct trial_cart *carts = carts_of(ctx, baskets, count);
    TRY(promotion_try(ctx, promotion, carts, count));
    for (size_t i = 0; i < count; i++) {
        reached += carts[i].amount > 0 || carts[i].gifts > 0;
        pieces += carts[i].gifts;
        full += carts[i].full;
        given += carts[i].amount;
    }
    const char *currency = ctx->shop->currency;
    struct value *trial = value_set_object(ctx->arena, view, "trial");
    value_set_int(ctx->arena, trial, "orders", (int64_t)count);
    value_set_int(ctx->arena, trial, "reached", (int64_t)reached);
    value_set_int(ctx->arena, trial, "gifts", pieces);
    value_set_int(ctx->arena, trial, "reached_share", share_of((int64_t)reached, (int64_t)count));
    value_set_money(ctx->arena, trial, "full", money_of(full, currency));
    value_set_money(ctx->arena, trial, "given", money_of(given, currency));
    value_set_int(ctx->arena, trial, "given_share", share_of(given, full));
    value_set_money(ctx->arena, trial, "average", money_of(count ? full / (int64_t)count : 0, currency));
    value_set_money(ctx->arena, trial, "average_after",
                    money_of(count ? (full - given) / (int64_t)count : 0, currency));
    value_set_time(ctx->arena, trial, "since", count ? baskets[count - 1].placed_at : 0);
    add_largest(ctx, trial, baskets, carts, count);
    return NULL;
}
