/* backoffice_promotion_when.c - hours of the week and provinces of an offer, as people type them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_promotion_form.h"

#include "shop/backoffice/backoffice_entry_form.h"
#include <string.h>

/* A time that is none; promotion_examine says it at its field. */
#define NO_HOUR (-1)
#define REACH_ALL 1
#define REACH_SOME 2

const char *const week_day_names[WEEK_DAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
const char *const promotion_reaches[] = {"named", "all", "some", NULL};

#define DAY_FIELD(place, title)                                                                              \
    {                                                                                                        \
        .name = (title), .kind = FIELD_FLAG,                                                                 \
        .offset = offsetof(struct window_row, is_on) + (place) * sizeof(bool),                               \
        .help = "Whether it begins on this day"                                                              \
    }
#define HOUR_FIELD(member, words)                                                                            \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct window_row, member), .maximum = 8,    \
        .help = (words)                                                                                      \
    }

const struct field promotion_window_fields[] = {
    DAY_FIELD(0, "mon"),
    DAY_FIELD(1, "tue"),
    DAY_FIELD(2, "wed"),
    DAY_FIELD(3, "thu"),
    DAY_FIELD(4, "fri"),
    DAY_FIELD(5, "sat"),
    DAY_FIELD(6, "sun"),
    HOUR_FIELD(opens, "From 10:00 on, by the clocks of the shop"),
    HOUR_FIELD(closes, "Until 14:00, not counted itself; not behind `opens` = on the next day"),
    {0},
};

static unsigned days_of(const struct window_row *row)
{
    unsigned days = 0;
    for (unsigned day = 0; day < WEEK_DAYS; day++)
        days |= row->is_on[day] ? 1u << day : 0;
    return days;
}

static bool is_filled(const struct window_row *row)
{
    return days_of(row) != 0 || row->opens[0] || row->closes[0];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "10:00", and "9:30" as some write it. */
static int64_t minute_of(const char *text)
{
    const char *at = text;
    int64_t hour = 0, minute;
    for (; is_digit(*at) && at < text + 2; at++)
        hour = hour * 10 + (*at - '0');
    if (at == text || at[0] != ':' || !is_digit(at[1]) || !is_digit(at[2]) || at[3])
        return NO_HOUR;
    minute = (at[1] - '0') * 10 + (at[2] - '0');
    return hour < 24 && minute < 60 ? hour * 60 + minute : NO_HOUR;
}

static void read_windows(const struct promotion_form *form, bool is_whole, struct discount_rule *rule)
{
    const struct window_row *rows = form->windows.items;
    for (size_t i = 0; i < form->windows.count && i < DISCOUNT_WINDOWS_MOST; i++) {
        const struct week_window window = {days_of(&rows[i]), minute_of(rows[i].opens),
                                           minute_of(rows[i].closes)};
        bool is_one = window.days != 0 && window.from != NO_HOUR && window.until != NO_HOUR;
        if (is_filled(&rows[i]) && (is_one || is_whole))
            rule->windows[rule->window_count++] = window;
    }
}

void promotion_read_when(struct ctx *ctx, const struct promotion_form *form, bool is_whole,
                         struct discount_rule *rule, const struct field_problem **problems)
{
    struct form_problems said;
    const struct region_row *rows = form->regions.items;
    form_problems_open(&said, ctx);
    for (size_t i = 0; form->reach != REACH_ALL && i < form->regions.count; i++) {
        int place = freight_region_place(rows[i].code);
        rule->regions |= place < 0 ? 0 : UINT64_C(1) << place;
    }
    if (form->reach == REACH_SOME && rule->regions == 0)
        form_complain(&said, "regions", "regions-required", "tick the provinces that it is for");
    read_windows(form, is_whole, rule);
    *problems = said.first;
}

const char *promotion_window_field(struct ctx *ctx, const struct promotion_form *form, const char *field)
{
    const struct window_row *rows = form->windows.items;
    size_t wanted = (size_t)(field[strlen("windows.")] - '0'), seen = 0;
    for (size_t i = 0; i < form->windows.count; i++)
        if (is_filled(&rows[i]) && seen++ == wanted)
            return arena_format(ctx->arena, "windows.%zu.%s", i, strrchr(field, '.') + 1);
    return field;
}
