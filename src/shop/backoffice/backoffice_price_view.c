/* backoffice_price_view.c - prices in the editor, and how they went. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_view.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

/* The drawing, in its own units. */
#define WIDTH 720
#define HEIGHT 280
#define LEFT 72
#define RIGHT 16
#define TOP 14
#define BOTTOM 30
#define TICKS 4
#define PATH_LIMIT 65536

const struct variant_terms *product_form_terms(struct ctx *ctx, const struct variant_row *row)
{
    bool is_silent = row->compare_kind < 0 && row->compare_price == 0 && row->content_amount == 0;
    if (is_silent)
        return NULL;
    struct variant_terms *terms = arena_alloc(ctx->arena, sizeof *terms);
    *terms = (struct variant_terms){
        .compare_price = row->compare_price,
        .compare_kind = row->compare_kind < 0 ? COMPARE_OWN : (enum compare_kind)(row->compare_kind + 1),
        .compare_note = row->compare_note ? row->compare_note : "",
        .content_amount = row->content_amount,
        .content_unit = (enum content_unit)row->content_unit,
        .content_base = (enum content_base)row->content_base};
    return terms;
}

/* ---- in the editor ---- */

static void set_money(struct ctx *ctx, struct value *view, const char *name, int64_t amount)
{
    if (amount > 0)
        value_set_money(ctx->arena, view, name, money_of(amount, ctx->shop->currency));
    else
        value_set(ctx->arena, view, name, value_null());
}

static void set_struck(struct ctx *ctx, struct value *view, const struct struck_price *struck)
{
    struct value *tree = value_set_object(ctx->arena, view, "struck");
    value_set_text(ctx->arena, tree, "state", struck_state_names[struck->state]);
    value_set_text(ctx->arena, tree, "basis", ceiling_basis_names[struck->ceiling.basis]);
    set_money(ctx, tree, "max", struck->ceiling.price);
    value_set_time(ctx->arena, tree, "at", struck->ceiling.at);
}

/* 第十七条: a price that went up shortly before it is compared with something. */
static void set_raise(struct ctx *ctx, struct value *view, const struct variant *variant,
                      const struct price_raise *raises, size_t count)
{
    value_set(ctx->arena, view, "raise", value_null());
    for (size_t i = 0; i < count; i++) {
        bool matters = variant->terms.compare_price > 0 || variant->price < raises[i].to;
        if (raises[i].variant_id != variant->id || !matters)
            continue;
        struct value *tree = value_set_object(ctx->arena, view, "raise");
        value_set_money(ctx->arena, tree, "from", money_of(raises[i].from, ctx->shop->currency));
        value_set_money(ctx->arena, tree, "to", money_of(raises[i].to, ctx->shop->currency));
        value_set_time(ctx->arena, tree, "at", raises[i].at);
    }
}

err variant_terms_views(struct ctx *ctx, struct value *list, int64_t product_id,
                        const struct variant *variants, size_t count)
{
    struct price_raise *raises;
    size_t raise_count;
    const struct variant **asked = arena_alloc_many(ctx->arena, count + 1, sizeof *asked);
    struct struck_price *struck = arena_alloc_many(ctx->arena, count + 1, sizeof *struck);
    for (size_t i = 0; i < count; i++)
        asked[i] = &variants[i];
    TRY(struck_prices(ctx, asked, count, struck));
    TRY(price_raise_list(ctx, product_id, ctx->now - DEAL_WINDOW_MS, &raises, &raise_count));
    for (size_t i = 0; i < count; i++) {
        struct value *view = &list->list->items[i];
        const struct variant_terms *terms = &variants[i].terms;
        set_money(ctx, view, "compare_price", terms->compare_price);
        value_set_text(ctx->arena, view, "compare_kind", compare_kind_names[terms->compare_kind - 1]);
        value_set_text(ctx->arena, view, "compare_note", terms->compare_note);
        value_set_int(ctx->arena, view, "content_amount", terms->content_amount);
        value_set_text(ctx->arena, view, "content_unit", content_unit_names[terms->content_unit]);
        value_set_text(ctx->arena, view, "content_base", content_base_names[terms->content_base]);
        set_struck(ctx, view, &struck[i]);
        set_raise(ctx, view, &variants[i], raises, raise_count);
    }
    return NULL;
}

/* ---- the drawing ---- */

struct chart {
    int64_t since;
    int64_t until;
    int64_t low; /* prices at the lower and upper edge */
    int64_t high;
    int64_t step;
    const struct price_change *changes;
    size_t change_count;
    const struct deal_day *days;
    size_t day_count;
};

static int64_t x_of(const struct chart *chart, int64_t at)
{
    int64_t kept = at < chart->since ? chart->since : at > chart->until ? chart->until : at;
    return LEFT + (kept - chart->since) * (WIDTH - LEFT - RIGHT) / (chart->until - chart->since);
}

static int64_t y_of(const struct chart *chart, int64_t price)
{
    __int128 part = (__int128)(price - chart->low) * (HEIGHT - TOP - BOTTOM);
    return HEIGHT - BOTTOM - (int64_t)(part / (chart->high - chart->low));
}

/* 1, 2 or 5 times a power of ten, at least `least`. */
static int64_t round_step(int64_t least)
{
    int64_t power = 1;
    while (power * 10 <= least)
        power *= 10;
    static const int64_t factors[] = {1, 2, 5, 10};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (power * factors[i] >= least)
            return power * factors[i];
    return power * 10;
}

static void widen(int64_t *low, int64_t *high, int64_t price)
{
    *low = price < *low ? price : *low;
    *high = price > *high ? price : *high;
}

static void fit_prices(struct chart *chart)
{
    int64_t low = INT64_MAX, high = 0;
    for (size_t i = 0; i < chart->change_count; i++) {
        widen(&low, &high, chart->changes[i].price);
        if (chart->changes[i].compare_price > 0)
            widen(&low, &high, chart->changes[i].compare_price);
    }
    for (size_t i = 0; i < chart->day_count; i++)
        widen(&low, &high, chart->days[i].lowest);
    int64_t margin = (high - low) / 6 + high / 20 + 1;
    chart->step = round_step((high - low + 2 * margin + TICKS - 1) / TICKS);
    chart->low = (low > margin ? low - margin : 0) / chart->step * chart->step;
    chart->high = chart->low + chart->step;
    while (chart->high < high + margin)
        chart->high += chart->step;
}

static int64_t price_in(const struct price_change *change, bool is_struck)
{
    return is_struck ? change->compare_price : change->price;
}

/* A line that goes in steps; it has gaps where there is no such price. */
static const char *step_path(struct ctx *ctx, const struct chart *chart, bool is_struck)
{
    struct text_buf path;
    bool is_open = false;
    text_open(&path, ctx->arena, PATH_LIMIT);
    for (size_t i = 0; i < chart->change_count; i++) {
        int64_t price = price_in(&chart->changes[i], is_struck);
        int64_t end = i + 1 < chart->change_count ? chart->changes[i + 1].at : chart->until;
        if (price == 0 && is_struck) {
            is_open = false;
            continue;
        }
        int64_t y = y_of(chart, price);
        if (is_open)
            text_add_format(&path, "V%" PRId64, y);
        else
            text_add_format(&path, "M%" PRId64 " %" PRId64, x_of(chart, chart->changes[i].at), y);
        text_add_format(&path, "H%" PRId64, x_of(chart, end));
        is_open = true;
    }
    return text_of(&path);
}

static void add_ticks(struct ctx *ctx, struct value *view, const struct chart *chart)
{
    struct arena *arena = ctx->arena;
    struct value *rows = value_set_list(arena, view, "prices");
    for (int64_t price = chart->low; price <= chart->high; price += chart->step) {
        struct value *tick = value_add(arena, rows, *value_object(arena));
        value_set_int(arena, tick, "y", y_of(chart, price));
        value_set_money(arena, tick, "price", money_of(price, ctx->shop->currency));
    }
    struct value *columns = value_set_list(arena, view, "times");
    for (int i = 0; i <= TICKS; i++) {
        int64_t at = chart->since + (chart->until - chart->since) * i / TICKS;
        struct value *tick = value_add(arena, columns, *value_object(arena));
        value_set_int(arena, tick, "x", x_of(chart, at));
        value_set_time(arena, tick, "at", at);
        value_set_text(arena, tick, "anchor", i == 0 ? "start" : i == TICKS ? "end" : "middle");
    }
}

static void add_drawing(struct ctx *ctx, struct value *view, const struct chart *chart)
{
    struct arena *arena = ctx->arena;
    struct value *tree = value_set_object(arena, view, "chart");
    value_set_int(arena, tree, "width", WIDTH);
    value_set_int(arena, tree, "height", HEIGHT);
    value_set_int(arena, tree, "left", LEFT);
    value_set_int(arena, tree, "right", WIDTH - RIGHT);
    value_set_text(arena, tree, "list_path", step_path(ctx, chart, false));
    value_set_text(arena, tree, "struck_path", step_path(ctx, chart, true));
    add_ticks(ctx, tree, chart);
    struct value *dots = value_set_list(arena, tree, "deals");
    for (size_t i = 0; i < chart->day_count; i++) {
        struct value *dot = value_add(arena, dots, *value_object(arena));
        value_set_int(arena, dot, "x", x_of(chart, chart->days[i].at + DAY_MS / 2));
        value_set_int(arena, dot, "y", y_of(chart, chart->days[i].lowest));
    }
}

/* ---- as tables ---- */

err price_changes_view(struct ctx *ctx, struct value *view, const struct price_change *changes, size_t count)
{
    struct arena *arena = ctx->arena;
    int64_t *ids = arena_alloc_many(arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = changes[i].actor == ACTOR_STAFF ? changes[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    struct value *list = value_set_list(arena, view, "changes");
    for (size_t i = 0; i < count; i++) {
        const struct price_change *change = &changes[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_time(arena, row, "at", change->at);
        value_set_int(arena, row, "version", change->version);
        value_set_money(arena, row, "price", money_of(change->price, ctx->shop->currency));
        set_money(ctx, row, "compare_price", change->compare_price);
        value_set_text(arena, row, "compare_kind", compare_kind_names[change->compare_kind - 1]);
        value_set_text(arena, row, "actor", actor_name(change->actor));
        value_set_text(arena, row, "name", names[i]);
    }
    return NULL;
}

static void add_days(struct ctx *ctx, struct value *view, const struct chart *chart)
{
    struct value *list = value_set_list(ctx->arena, view, "deals");
    for (size_t i = chart->day_count; i > 0; i--) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_time(ctx->arena, row, "day", chart->days[i - 1].at);
        value_set_money(ctx->arena, row, "lowest", money_of(chart->days[i - 1].lowest, ctx->shop->currency));
        value_set_int(ctx->arena, row, "count", chart->days[i - 1].count);
    }
}

err price_chart_view(struct ctx *ctx, struct value *view, const struct variant *variant, int64_t days)
{
    struct chart chart = {.since = ctx->now - days * DAY_MS, .until = ctx->now};
    struct price_change *changes;
    struct deal_day *dealt;
    TRY(price_change_list(ctx, variant->product_id, variant->id, chart.since, &changes, &chart.change_count));
    TRY(deal_day_list(ctx, variant->id, chart.since, &dealt, &chart.day_count));
    /* Goods that were written by no form have no history: what they cost now is all that is known. */
    const struct price_change now = {.variant_id = variant->id,
                                     .at = chart.since,
                                     .price = variant->price,
                                     .compare_price = variant->terms.compare_price,
                                     .compare_kind = variant->terms.compare_kind,
                                     .actor = ACTOR_SYSTEM};
    chart.changes = chart.change_count ? changes : &now;
    chart.change_count = chart.change_count ? chart.change_count : 1;
    chart.days = dealt;
    struct price_ceiling ceiling;
    TRY(deal_ceilings(ctx, &variant->id, 1, &ceiling));
    struct value *tree = value_set_object(ctx->arena, view, "ceiling");
    value_set_text(ctx->arena, tree, "basis", ceiling_basis_names[ceiling.basis]);
    set_money(ctx, tree, "max", ceiling.price);
    value_set_time(ctx->arena, tree, "at", ceiling.at);
    fit_prices(&chart);
    add_drawing(ctx, view, &chart);
    add_days(ctx, view, &chart);
    return NULL;
}
