/* promotion_goods_view.c - bundles, gifts, add-ons and vouchers in words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"

#include "base/text.h"
#include "shop/wording.h"
#include <inttypes.h>

#define NAMES_LIMIT 16384

static const char *say(struct ctx *ctx, const char *key, const char *const *pairs)
{
    return wording_say(ctx, ctx->locale, key, pairs);
}

static const char *number_text(struct ctx *ctx, int64_t number)
{
    return arena_format(ctx->arena, "%" PRId64, number);
}

/* One of the goods as its rule says it: "帆布袋", "茶杯 ×2", "茶杯 ¥9.90". */
static const char *good_text(struct ctx *ctx, const struct discount_rule *rule,
                             const struct discount_good *good)
{
    const char *text = good->name ? good->name : "";
    if (rule->kind != DISCOUNT_GIFT && good->pieces > 1)
        text = arena_format(ctx->arena, "%s ×%" PRId64, text, good->pieces);
    if (good->price > 0 && (rule->kind == DISCOUNT_ADDON || rule->kind == DISCOUNT_VOUCHER))
        text = arena_format(ctx->arena, "%s %s", text, sum_text(ctx, good->price));
    return text;
}

static const char *names_of(struct ctx *ctx, const struct discount_rule *rule)
{
    const char *between = rule->kind == DISCOUNT_BUNDLE ? " + "
                          : rule->kind == DISCOUNT_GIFT ? say(ctx, "offer.goods.or", NULL)
                                                        : say(ctx, "offer.goods.and", NULL);
    struct text_buf text;
    text_open(&text, ctx->arena, NAMES_LIMIT);
    for (size_t i = 0; i < rule->good_count; i++) {
        text_add(&text, i > 0 ? between : "");
        text_add(&text, good_text(ctx, rule, &rule->goods[i]));
    }
    return text_of(&text);
}

static const char *key_of(struct ctx *ctx, const struct discount_rule *rule, const struct discount_step *step)
{
    const char *by = rule->is_by_pieces ? "pieces" : "sum";
    if (rule->kind == DISCOUNT_BUNDLE)
        return step->percent > 0 ? "offer.bundle.percent"
               : step->off > 0   ? "offer.bundle.off"
                                 : "offer.bundle.price";
    if (rule->kind == DISCOUNT_VOUCHER)
        return step->from > 0 ? "offer.voucher.from" : "offer.voucher.all";
    if (rule->kind == DISCOUNT_ADDON)
        return arena_format(ctx->arena, "offer.addon.%s", by);
    return arena_format(ctx->arena, rule->times > 0 ? "offer.gift.repeat.%s" : "offer.gift.%s", by);
}

const char *goods_step_text(struct ctx *ctx, const struct discount_rule *rule,
                            const struct discount_step *step)
{
    const char *const pairs[] = {
        "goods",   names_of(ctx, rule),
        "from",    rule_is_by_sum(rule) ? sum_text(ctx, step->from) : number_text(ctx, step->from),
        "gives",   number_text(ctx, step->gives),
        "off",     sum_text(ctx, step->off),
        "price",   sum_text(ctx, step->price),
        "percent", percent_text(ctx, step->percent),
        "fold",    fold_text(ctx, step->percent),
        NULL};
    return say(ctx, key_of(ctx, rule, step), pairs);
}

const char *goods_text(struct ctx *ctx, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    struct text_buf text;
    text_open(&text, ctx->arena, (size_t)NAMES_LIMIT * 2);
    for (size_t i = 0; i == 0 || i < rule->step_count; i++) {
        text_add(&text, i > 0 ? say(ctx, "offer.and", NULL) : "");
        text_add(&text, goods_step_text(ctx, rule, &rule->steps[i]));
    }
    const char *const times[] = {"most", number_text(ctx, rule->times), NULL};
    if (rule->times > 0)
        text_add(&text,
                 say(ctx, rule->kind == DISCOUNT_BUNDLE ? "offer.bundle.times" : "offer.gift.times", times));
    return text_of(&text);
}
