/* zone_rule.c - POSIX TZ strings: what holds after a zone's table ends (RFC 8536, 3.3). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone_parts.h"

#define DAY_SECONDS 86400
#define HOURS_MOST 167

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Days from 1970-01-01 to the first of January. */
static int64_t days_to_year(int64_t year)
{
    int64_t before = year - 1;
    return 365 * (year - 1970) +
           (floor_divide(before, 4) - floor_divide(before, 100) + floor_divide(before, 400)) -
           477; /* leap days before 1970 */
}

static int64_t year_of(int64_t second)
{
    int64_t days = floor_divide(second, DAY_SECONDS);
    int64_t year = 1970 + floor_divide(days * 400, 146097);
    while (days < days_to_year(year))
        year--;
    while (days >= days_to_year(year + 1))
        year++;
    return year;
}

/* ---- reading ---- */

static bool take_number(const char **text, int least, int most, int *number)
{
    *number = 0;
    if (**text < '0' || **text > '9')
        return false;
    for (; **text >= '0' && **text <= '9' && *number <= most; (*text)++)
        *number = 10 * *number + (**text - '0');
    return *number >= least && *number <= most;
}

static bool take_char(const char **text, char wanted)
{
    if (**text != wanted)
        return false;
    (*text)++;
    return true;
}

/* "CEST", or anything between angle brackets. */
static bool take_word(const char **text)
{
    const char *start = *text;
    if (take_char(text, '<')) {
        while (**text && **text != '>')
            (*text)++;
        return take_char(text, '>');
    }
    while ((**text >= 'A' && **text <= 'Z') || (**text >= 'a' && **text <= 'z'))
        (*text)++;
    return *text - start >= 3;
}

/* "-1", "5:45", "+167:30:59" in seconds. */
static bool take_duration(const char **text, int32_t *seconds)
{
    int sign = **text == '-' ? -1 : 1, hours, minutes = 0, rest = 0;
    if (**text == '-' || **text == '+')
        (*text)++;
    if (!take_number(text, 0, HOURS_MOST, &hours))
        return false;
    if (take_char(text, ':') && !take_number(text, 0, 59, &minutes))
        return false;
    if (take_char(text, ':') && !take_number(text, 0, 59, &rest))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60 + rest);
    return true;
}

static bool take_day(const char **text, struct zone_day *day)
{
    *day = (struct zone_day){.form = 'n', .seconds = 2 * 3600};
    if (take_char(text, 'M')) {
        day->form = 'M';
        if (!take_number(text, 1, 12, &day->month) || !take_char(text, '.') ||
            !take_number(text, 1, 5, &day->week) || !take_char(text, '.') ||
            !take_number(text, 0, 6, &day->weekday))
            return false;
    } else if (take_char(text, 'J')) {
        day->form = 'J';
        if (!take_number(text, 1, 365, &day->day))
            return false;
    } else if (!take_number(text, 0, 365, &day->day)) {
        return false;
    }
    return !take_char(text, '/') || take_duration(text, &day->seconds);
}

/* POSIX counts west of Greenwich. */
static bool take_offset(const char **text, int32_t *east)
{
    if (!take_duration(text, east))
        return false;
    *east = -*east;
    return true;
}

bool zone_rule_read(const char *text, struct zone_rule *rule)
{
    *rule = (struct zone_rule){.is_there = true};
    if (!take_word(&text) || !take_offset(&text, &rule->standard))
        return false;
    rule->summer = rule->standard + 3600;
    if (!*text)
        return true;
    rule->has_summer = true;
    if (!take_word(&text) || (*text && *text != ',' && !take_offset(&text, &rule->summer)))
        return false;
    return take_char(&text, ',') && take_day(&text, &rule->begins) && take_char(&text, ',') &&
           take_day(&text, &rule->ends) && !*text;
}

/* ---- reckoning ---- */

static int64_t day_in_month(int64_t year, const struct zone_day *day)
{
    static const int starts[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    int leap = is_leap(year);
    int64_t first = days_to_year(year) + starts[day->month - 1] + (day->month > 2 ? leap : 0);
    int length = starts[day->month] - starts[day->month - 1] + (day->month == 2 ? leap : 0);
    int first_weekday = (int)(((first + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
    int offset = (day->weekday - first_weekday + 7) % 7 + (day->week - 1) * 7;
    return first + (offset >= length ? offset - 7 : offset);
}

/* When clocks that run `offset` ahead come to it in a year. */
static int64_t change_in(int64_t year, const struct zone_day *day, int32_t offset)
{
    int64_t days = day->form == 'M'   ? day_in_month(year, day)
                   : day->form == 'J' ? days_to_year(year) + day->day - 1 + (is_leap(year) && day->day > 59)
                                      : days_to_year(year) + day->day;
    return days * DAY_SECONDS + day->seconds - offset;
}

int32_t zone_rule_offset(const struct zone_rule *rule, int64_t second)
{
    if (!rule->has_summer)
        return rule->standard;
    int64_t year = year_of(second + rule->standard);
    int64_t begins = change_in(year, &rule->begins, rule->standard);
    int64_t ends = change_in(year, &rule->ends, rule->summer);
    bool is_summer = begins < ends ? second >= begins && second < ends : !(second >= ends && second < begins);
    return is_summer ? rule->summer : rule->standard;
}

bool zone_rule_next(const struct zone_rule *rule, int64_t second, int64_t *change)
{
    bool is_found = false;
    if (!rule->has_summer)
        return false;
    int64_t year = year_of(second);
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t both[] = {change_in(y, &rule->begins, rule->standard),
                          change_in(y, &rule->ends, rule->summer)};
        for (int i = 0; i < 2; i++)
            if (both[i] > second && (!is_found || both[i] < *change)) {
                *change = both[i];
                is_found = true;
            }
    }
    return is_found;
}
