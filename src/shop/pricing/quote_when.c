/* quote_when.c - hours of the week and provinces of a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_when.h"

#include "base/clock.h"
#include "shop/freight/freight.h"

/* 1970-01-01 was a Thursday. */
#define FIRST_DAY 3
/* Every window opens and closes within a week; clocks are put by an hour or so. */
#define LOOK_AHEAD (8 * DAY_MS)

int64_t week_minute(int64_t at, int64_t offset)
{
    int64_t local = at + offset * SECOND_MS;
    int64_t minute = local / MINUTE_MS - (local % MINUTE_MS < 0) + FIRST_DAY * DAY_MINUTES;
    return (minute % WEEK_MINUTES + WEEK_MINUTES) % WEEK_MINUTES;
}

bool window_takes(const struct week_window *window, int64_t minute)
{
    int64_t length = window->until - window->from + (window->until > window->from ? 0 : DAY_MINUTES);
    for (int day = 0; day < WEEK_DAYS; day++) {
        int64_t since = (minute - day * DAY_MINUTES - window->from + WEEK_MINUTES) % WEEK_MINUTES;
        if ((window->days & (1u << day)) != 0 && since < length)
            return true;
    }
    return false;
}

bool rule_is_open(const struct discount_rule *rule, int64_t minute)
{
    for (size_t i = 0; i < rule->window_count; i++)
        if (window_takes(&rule->windows[i], minute))
            return true;
    return rule->window_count == 0;
}

bool rule_reaches(const struct discount_rule *rule, int64_t region)
{
    int place = freight_region_place(region);
    return rule->regions == 0 || (place >= 0 && (rule->regions & (UINT64_C(1) << place)) != 0);
}

static bool is_open_at(const struct discount_rule *rule, struct zone zone, int64_t at)
{
    return rule_is_open(rule, week_minute(at, zone_offset(zone, at)));
}

/* Clocks turn at full minutes, so nothing changes between two of them. */
static bool find(const struct discount_rule *rule, struct zone zone, int64_t at, int64_t until, bool is_open,
                 int64_t *found)
{
    int64_t end = until - at < LOOK_AHEAD ? until : at + LOOK_AHEAD;
    for (int64_t moment = at; moment < end; moment += MINUTE_MS - moment % MINUTE_MS)
        if (is_open_at(rule, zone, moment) == is_open) {
            *found = moment;
            return true;
        }
    return false;
}

bool rule_find_open(const struct discount_rule *rule, struct zone zone, int64_t at, int64_t until,
                    int64_t *found)
{
    return find(rule, zone, at, until, true, found);
}

bool rule_find_closed(const struct discount_rule *rule, struct zone zone, int64_t at, int64_t until,
                      int64_t *found)
{
    return find(rule, zone, at, until, false, found);
}
