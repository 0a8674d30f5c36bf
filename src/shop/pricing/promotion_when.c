/* promotion_when.c - the hours of the week and the provinces of offers: kept, checked, proved and said. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"

#include "base/text.h"
#include "shop/pricing/quote_when.h"
#include "shop/wording.h"
#include <inttypes.h>

#define WORDS_LIMIT 2048

bool rule_is_regional(const struct discount_rule *rule)
{
    return rule->regions != 0 && rule->kind != DISCOUNT_SHIPPING;
}

/* ---- JSON ---- */

void windows_write(struct arena *arena, struct value *object, const struct discount_rule *rule)
{
    if (rule->window_count == 0)
        return;
    struct value *list = value_set_list(arena, object, "windows");
    for (size_t i = 0; i < rule->window_count; i++) {
        struct value *window = value_add(arena, list, *value_object(arena));
        value_set_int(arena, window, "days", rule->windows[i].days);
        value_set_int(arena, window, "from", rule->windows[i].from);
        value_set_int(arena, window, "until", rule->windows[i].until);
    }
}

void windows_read(const struct value *object, struct discount_rule *rule)
{
    const struct value *list = value_find(object, "windows");
    rule->window_count =
        value_count(list) < DISCOUNT_WINDOWS_MOST ? value_count(list) : DISCOUNT_WINDOWS_MOST;
    for (size_t i = 0; i < rule->window_count; i++) {
        const struct value *window = value_at(list, i);
        rule->windows[i] =
            (struct week_window){.days = (unsigned)value_find_int(window, "days", 0) & EVERY_DAY,
                                 .from = value_find_int(window, "from", 0),
                                 .until = value_find_int(window, "until", 0)};
    }
}

/* ---- what is wrong ---- */

static bool is_minute(int64_t minute)
{
    return minute >= 0 && minute < DAY_MINUTES;
}

/* Between the moment from which the offer may still count and its end. */
static bool opens_in_time(struct ctx *ctx, const struct promotion *promotion,
                          const struct week_window *window)
{
    const struct discount_rule rule = {.windows = {*window}, .window_count = 1};
    int64_t from = promotion->starts_at > ctx->now ? promotion->starts_at : ctx->now, found;
    return promotion->ends_at <= from ||
           rule_find_open(&rule, ctx->shop->zone, from, promotion->ends_at, &found);
}

static void check_window(struct findings *findings, const struct promotion *promotion, size_t place)
{
    const struct week_window *window = &promotion->rule.windows[place];
    const char *at = arena_format(findings->ctx->arena, "windows.%zu", place);
    if ((window->days & EVERY_DAY) == 0)
        findings_add(findings, arena_format(findings->ctx->arena, "%s.on", at), "no-day",
                     "on which days of the week?");
    if (!is_minute(window->from))
        findings_add(findings, arena_format(findings->ctx->arena, "%s.opens", at), "bad-hour",
                     "from which time of the day on?");
    if (!is_minute(window->until))
        findings_add(findings, arena_format(findings->ctx->arena, "%s.closes", at), "bad-hour",
                     "until which time of the day?");
    if ((window->days & EVERY_DAY) != 0 && is_minute(window->from) && is_minute(window->until) &&
        !opens_in_time(findings->ctx, promotion, window))
        findings_add(findings, arena_format(findings->ctx->arena, "%s.on", at), "never-open",
                     "between the start and the end of the offer it is never this time");
}

void windows_check(struct findings *findings, const struct promotion *promotion)
{
    for (size_t i = 0; i < promotion->rule.window_count; i++)
        check_window(findings, promotion, i);
}

/* ---- proofs ---- */

static bool asks_when(const struct discount_rule *rule)
{
    return rule->window_count > 0 || rule_is_regional(rule);
}

void when_write(struct ctx *ctx, struct value *tree, const struct priced *priced)
{
    bool is_asked = false;
    for (size_t i = 0; i < priced->count; i++)
        is_asked = is_asked || asks_when(&priced->rules[i]);
    if (!is_asked)
        return;
    struct value *when = value_set_object(ctx->arena, tree, "when");
    value_set_int(ctx->arena, when, "at", ctx->now);
    value_set_int(ctx->arena, when, "offset", zone_offset(ctx->shop->zone, ctx->now));
    value_set_int(ctx->arena, when, "region", priced->region);
}

bool when_holds(const struct value *tree, const struct discount_rule *rules, size_t count)
{
    const struct value *when = value_find(tree, "when");
    int64_t minute = week_minute(value_find_int(when, "at", 0), value_find_int(when, "offset", 0));
    int64_t region = value_find_int(when, "region", 0);
    for (size_t i = 0; i < count; i++)
        if (asks_when(&rules[i]) && (!when || !rule_is_open(&rules[i], minute) ||
                                     (rule_is_regional(&rules[i]) && !rule_reaches(&rules[i], region))))
            return false;
    return true;
}

/* ---- words ---- */

static const char *say(struct ctx *ctx, const char *key)
{
    return wording_say(ctx, ctx->locale, key, NULL);
}

static bool is_day(unsigned days, unsigned day)
{
    return (days & (1u << day)) != 0;
}

/* Days that follow each other are said as one piece: the last of them. */
static unsigned run_end(unsigned days, unsigned day)
{
    while (day + 1 < WEEK_DAYS && is_day(days, day + 1))
        day++;
    return day;
}

/* "周三、周六", "周一至周五". */
static void add_days(struct ctx *ctx, struct text_buf *text, unsigned days)
{
    bool is_first = true;
    for (unsigned day = 0; day < WEEK_DAYS; day++) {
        if (!is_day(days, day))
            continue;
        unsigned last = run_end(days, day);
        text_add(text, is_first ? "" : say(ctx, "offer.goods.and"));
        text_add(text, say(ctx, arena_format(ctx->arena, "offer.day.%u", day)));
        if (last > day + 1) {
            text_add(text, say(ctx, "offer.day.to"));
            text_add(text, say(ctx, arena_format(ctx->arena, "offer.day.%u", last)));
            day = last;
        }
        is_first = false;
    }
}

/* "10:00–14:00", "20:00–次日 02:00"; nothing for a whole day. */
static const char *hours_text(struct ctx *ctx, const struct week_window *window)
{
    if (window->from == 0 && window->until == 0)
        return "";
    const char *next = window->until <= window->from ? say(ctx, "offer.day.next") : "";
    return arena_format(ctx->arena, " %02" PRId64 ":%02" PRId64 "–%s%02" PRId64 ":%02" PRId64,
                        window->from / 60, window->from % 60, next, window->until / 60, window->until % 60);
}

static const char *window_text(struct ctx *ctx, const struct week_window *window)
{
    struct text_buf text;
    text_open(&text, ctx->arena, WORDS_LIMIT);
    if (window->days == EVERY_DAY)
        text_add(&text, say(ctx, "offer.day.every"));
    else {
        text_add(&text, say(ctx, "offer.day.each"));
        add_days(ctx, &text, window->days);
    }
    text_add(&text, hours_text(ctx, window));
    return text_of(&text);
}

static void add_bound(struct ctx *ctx, struct text_buf *text, const char *most)
{
    const char *const pairs[] = {"most", most, NULL};
    text_add(text, wording_say(ctx, ctx->locale, "offer.regions", pairs));
}

const char *when_text(struct ctx *ctx, const struct discount_rule *rule)
{
    struct text_buf text, windows;
    text_open(&text, ctx->arena, WORDS_LIMIT);
    text_open(&windows, ctx->arena, WORDS_LIMIT);
    if (rule->regions != 0)
        add_bound(ctx, &text, freight_regions_text(ctx, rule->regions));
    for (size_t i = 0; i < rule->window_count; i++) {
        text_add(&windows, i > 0 ? say(ctx, "offer.goods.and") : "");
        text_add(&windows, window_text(ctx, &rule->windows[i]));
    }
    if (rule->window_count > 0)
        add_bound(ctx, &text, text_of(&windows));
    return text_of(&text);
}

void windows_view(struct ctx *ctx, struct value *view, const struct discount_rule *rule)
{
    struct value *list = value_set_list(ctx->arena, view, "windows");
    for (size_t i = 0; i < rule->window_count; i++) {
        const struct week_window *window = &rule->windows[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        struct value *days = value_set_list(ctx->arena, row, "days");
        for (unsigned day = 0; day < WEEK_DAYS; day++)
            if (is_day(window->days, day))
                value_add(ctx->arena, days, value_int((int64_t)day + 1));
        value_set_int(ctx->arena, row, "from", window->from);
        value_set_int(ctx->arena, row, "until", window->until);
    }
}
