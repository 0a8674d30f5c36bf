/* freight_view.c - templates in words and as pages see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/freight/freight.h"

#include "base/money.h"
#include "base/text.h"
#include "shop/wording.h"
#include <inttypes.h>
#include <string.h>

#define REGIONS_TEXT_LIMIT 1024

/* "¥6", "¥6.50": sentences do without the zeros of a round sum. */
static const char *sum_text(struct ctx *ctx, int64_t minor)
{
    char *text = money_display(ctx->arena, money_of(minor, ctx->shop->currency));
    char *point = strrchr(text, '.');
    if (point && strspn(point + 1, "0") == strlen(point + 1))
        *point = 0;
    return text;
}

/* 1000 → "1 kg", 500 → "500 g"; pieces are a number. */
static const char *units_text(struct ctx *ctx, enum freight_way way, int64_t units)
{
    if (way != FREIGHT_WEIGHT)
        return arena_format(ctx->arena, "%" PRId64, units);
    return units % 1000 == 0 ? arena_format(ctx->arena, "%" PRId64 " kg", units / 1000)
                             : arena_format(ctx->arena, "%" PRId64 " g", units);
}

const char *freight_rate_text(struct ctx *ctx, const struct freight_template *template,
                              const struct freight_rate *rate)
{
    const char *const pairs[] = {
        "first", units_text(ctx, template->way, rate->first), "first_price", sum_text(ctx, rate->first_price),
        "next",  units_text(ctx, template->way, rate->next),  "next_price",  sum_text(ctx, rate->next_price),
        NULL};
    bool has_next = template->way != FREIGHT_FIXED && rate->next > 0 && rate->next_price > 0;
    if (rate->first_price == 0 && !has_next)
        return wording_say(ctx, ctx->locale, "freight.says.free", NULL);
    return wording_say(
        ctx, ctx->locale,
        arena_format(ctx->arena, "freight.says.%s", has_next ? freight_way_names[template->way] : "fixed"),
        pairs);
}

const char *freight_regions_text(struct ctx *ctx, uint64_t regions)
{
    struct text_buf text;
    bool is_any = false;
    text_open(&text, ctx->arena, REGIONS_TEXT_LIMIT);
    for (int i = 0; i < FREIGHT_REGIONS; i++) {
        if (!(regions & (UINT64_C(1) << i)))
            continue;
        if (is_any)
            text_add(&text, wording_say(ctx, ctx->locale, "freight.says.between", NULL));
        text_add(&text, freight_region_name(ctx, freight_regions[i].code));
        is_any = true;
    }
    return text_of(&text);
}

const char *freight_free_text(struct ctx *ctx, const struct freight_template *template)
{
    bool has_sum = template->free_sum > 0, has_pieces = template->free_pieces > 0;
    const char *const pairs[] = {"sum",     sum_text(ctx, template->free_sum),
                                 "pieces",  arena_format(ctx->arena, "%" PRId64, template->free_pieces),
                                 "regions", freight_regions_text(ctx, template->unfree),
                                 NULL};
    if (!has_sum && !has_pieces)
        return "";
    const char *text = wording_say(ctx, ctx->locale,
                                   has_sum && has_pieces ? "freight.says.free_either"
                                   : has_sum             ? "freight.says.free_sum"
                                                         : "freight.says.free_pieces",
                                   pairs);
    return template->unfree == 0 ? text
                                 : arena_format(ctx->arena, "%s%s", text,
                                                wording_say(ctx, ctx->locale, "freight.says.except", pairs));
}

/* ---- views ---- */

void freight_regions_view(struct ctx *ctx, struct value *list)
{
    for (int i = 0; i < FREIGHT_REGIONS; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, row, "code", freight_regions[i].code);
        value_set_text(ctx->arena, row, "name", freight_region_name(ctx, freight_regions[i].code));
    }
}

static void set_regions(struct ctx *ctx, struct value *view, const char *name, uint64_t regions)
{
    struct value *list = value_set_list(ctx->arena, view, name);
    for (int i = 0; i < FREIGHT_REGIONS; i++)
        if (regions & (UINT64_C(1) << i))
            value_add(ctx->arena, list, value_int(freight_regions[i].code));
}

static void set_sum(struct ctx *ctx, struct value *view, const char *name, int64_t minor)
{
    value_set_money(ctx->arena, view, name, money_of(minor, ctx->shop->currency));
}

struct value *freight_template_view(struct ctx *ctx, const struct freight_template *template)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_object(arena);
    value_set_id(arena, view, "id", template->id);
    value_set_int(arena, view, "version", template->version);
    value_set_text(arena, view, "name", template->name);
    value_set_text(arena, view, "way", freight_way_names[template->way]);
    value_set_bool(arena, view, "is_default", template->is_default);
    struct value *rates = value_set_list(arena, view, "rates");
    for (size_t i = 0; i < template->rate_count; i++) {
        const struct freight_rate *rate = &template->rates[i];
        struct value *row = value_add(arena, rates, *value_object(arena));
        set_regions(ctx, row, "regions", rate->regions);
        value_set_text(arena, row, "where", i > 0 ? freight_regions_text(ctx, rate->regions) : NULL);
        value_set_int(arena, row, "first", rate->first);
        set_sum(ctx, row, "first_price", rate->first_price);
        value_set_int(arena, row, "next", rate->next);
        set_sum(ctx, row, "next_price", rate->next_price);
        value_set_text(arena, row, "text", freight_rate_text(ctx, template, rate));
    }
    set_regions(ctx, view, "refused", template->refused);
    value_set_text(arena, view, "refused_text", freight_regions_text(ctx, template->refused));
    set_sum(ctx, view, "free_sum", template->free_sum);
    value_set_int(arena, view, "free_pieces", template->free_pieces);
    set_regions(ctx, view, "unfree", template->unfree);
    value_set_text(arena, view, "free_text", freight_free_text(ctx, template));
    value_set_time(arena, view, "updated_at", template->updated_at);
    return view;
}
