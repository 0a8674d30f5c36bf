/* seed_offers.c - the offers of the demo shop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_facts.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/pricing/pricing.h"

#define OFFER_DAYS 60
#define GOODS_MOST 20
#define EVERY_CLASS                                                                                          \
    (1u << CLASS_SALE | 1u << CLASS_GOODS | 1u << CLASS_SUM | 1u << CLASS_COUPON | 1u << CLASS_GIFT |        \
     1u << CLASS_ADDON)

static enum discount_kind kind_named(const char *name)
{
    int kind = DISCOUNT_SALE;
    while (kind < DISCOUNT_KIND_LAST && !text_is(discount_kind_names[kind], name))
        kind++;
    return (enum discount_kind)kind;
}

static void read_steps(const struct value *list, struct discount_rule *rule)
{
    for (size_t i = 0; i < value_count(list) && i < DISCOUNT_STEPS_MOST; i++)
        rule->steps[rule->step_count++] =
            (struct discount_step){.from = value_find_int(value_at(list, i), "from", 0),
                                   .off = value_find_int(value_at(list, i), "off", 0),
                                   .percent = value_find_int(value_at(list, i), "percent", 0),
                                   .price = value_find_int(value_at(list, i), "price", 0),
                                   .gives = value_find_int(value_at(list, i), "gives", 0)};
}

/* Days count from 1 (Monday), hours in minutes of the day. */
static void read_windows(const struct value *list, struct discount_rule *rule)
{
    for (size_t i = 0; i < value_count(list) && i < DISCOUNT_WINDOWS_MOST; i++) {
        const struct value *item = value_at(list, i), *days = value_find(item, "days");
        struct week_window *window = &rule->windows[rule->window_count++];
        *window = (struct week_window){.from = value_find_int(item, "from", 0),
                                       .until = value_find_int(item, "until", 0)};
        for (size_t j = 0; j < value_count(days); j++)
            window->days |= 1u << (value_at(days, j)->integer - 1);
    }
}

/* The goods that it names, by SKU. */
static err read_goods(struct ctx *ctx, const struct value *list, struct discount_rule *rule)
{
    const char *skus[DISCOUNT_GOODS_MOST];
    int64_t ids[DISCOUNT_GOODS_MOST];
    size_t count = value_count(list) < DISCOUNT_GOODS_MOST ? value_count(list) : DISCOUNT_GOODS_MOST;
    for (size_t i = 0; i < count; i++)
        skus[i] = value_find_text(value_at(list, i), "sku");
    TRY(variant_find_by_sku_many(ctx, skus, count, ids));
    for (size_t i = 0; i < count; i++)
        rule->goods[rule->good_count++] =
            (struct discount_good){.variant_id = ids[i],
                                   .pieces = value_find_int(value_at(list, i), "pieces", 1),
                                   .price = value_find_int(value_at(list, i), "price", 0)};
    return NULL;
}

static err read_products(struct ctx *ctx, const struct value *handles, struct promotion *promotion)
{
    int64_t *ids = arena_alloc_many(ctx->arena, GOODS_MOST, sizeof *ids);
    for (size_t i = 0; i < value_count(handles) && i < GOODS_MOST; i++) {
        const struct product *product;
        TRY(product_find_by_handle(ctx, value_at(handles, i)->text, &product));
        ids[promotion->product_count++] = product->id;
    }
    promotion->product_ids = ids;
    return NULL;
}

static err read_shelves(struct ctx *ctx, const char *handle, struct promotion *promotion)
{
    struct category *categories;
    size_t count;
    int64_t *id = arena_alloc(ctx->arena, sizeof *id);
    TRY(category_list(ctx, &categories, &count));
    promotion->shelf_ids = id;
    for (size_t i = 0; i < count; i++)
        if (text_is(categories[i].handle, handle)) {
            *id = categories[i].id;
            promotion->shelf_count = 1;
        }
    return NULL;
}

static err create_offer(struct ctx *ctx, const struct value *item)
{
    const char *code = value_find_text(item, "code"), *category = value_find_text(item, "category");
    struct promotion promotion = {.name = value_find_text(item, "name"),
                                  .code = code ? code : "",
                                  .starts_at = ctx->now,
                                  .ends_at = ctx->now + OFFER_DAYS * DAY_MS,
                                  .person_most = value_find_int(item, "person_most", 0)};
    promotion.rule =
        (struct discount_rule){.kind = kind_named(value_find_text(item, "kind")), .beside = EVERY_CLASS};
    read_steps(value_find(item, "steps"), &promotion.rule);
    read_windows(value_find(item, "windows"), &promotion.rule);
    TRY(read_goods(ctx, value_find(item, "goods"), &promotion.rule));
    TRY(read_products(ctx, value_find(item, "products"), &promotion));
    if (category)
        TRY(read_shelves(ctx, category, &promotion));
    promotion.is_for_all = promotion.product_count + promotion.shelf_count == 0;
    TRY(promotion_save(ctx, &promotion));
    return promotion_change_status(ctx, promotion.id, PROMOTION_ACTIVE);
}

err seed_offers(struct ctx *ctx, const struct value *catalog)
{
    const struct value *list = value_find(catalog, "offers");
    for (size_t i = 0; i < value_count(list); i++)
        TRY(create_offer(ctx, value_at(list, i)));
    return NULL;
}
