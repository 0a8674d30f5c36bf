/* clock.c - the proleptic Gregorian calendar in whole numbers, without the C library's time zone lock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include <string.h>
#include <time.h>

#define EARLIEST INT64_C(-62167219200000) /* 0000-01-01T00:00:00.000Z */
#define LATEST INT64_C(253402300799999)   /* 9999-12-31T23:59:59.999Z */
#define LONGEST_TEXT 4096

static int64_t read_clock(clockid_t id, int64_t per_second)
{
    struct timespec now;
    clock_gettime(id, &now);
    return now.tv_sec * per_second + now.tv_nsec / (1000000000 / per_second);
}

int64_t clock_now(void)
{
    return read_clock(CLOCK_REALTIME, 1000);
}

int64_t clock_steady(void)
{
    return read_clock(CLOCK_MONOTONIC, 1000000);
}

void clock_pause(int64_t microseconds)
{
    struct timespec left = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&left, NULL);
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970 of a date; a year here begins in March, so that the leap day is its last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

/* The nearest time that the calendar has. */
static int64_t bounded(int64_t at)
{
    return at < EARLIEST ? EARLIEST : at > LATEST ? LATEST : at;
}

/* The calendar's view of a bounded time. */
static struct tm calendar_of(int64_t at)
{
    int64_t days = floor_divide(at, DAY_MS);
    int seconds = (int)((at - days * DAY_MS) / SECOND_MS);
    int64_t since = days + 719468; /* days since 0000-03-01 */
    int64_t era = floor_divide(since, 146097);
    int64_t day_of_era = since - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * day_of_year + 2) / 153;
    int64_t month = from_march < 10 ? from_march + 3 : from_march - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    return (struct tm){
        .tm_sec = seconds % 60,
        .tm_min = seconds / 60 % 60,
        .tm_hour = seconds / 3600,
        .tm_mday = (int)(day_of_year - (153 * from_march + 2) / 5 + 1),
        .tm_mon = (int)(month - 1),
        .tm_year = (int)(year - 1900),
        .tm_wday = (int)(((days + 4) % 7 + 7) % 7), /* 1970-01-01 was a Thursday */
        .tm_yday = (int)(days - days_of(year, 1, 1)),
    };
}

static char *put_digits(char *out, int64_t number, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return out + width;
}

void clock_write_rfc3339(int64_t at, char out[CLOCK_RFC3339_BYTES])
{
    at = bounded(at);
    struct tm tm = calendar_of(at);
    out = put_digits(out, tm.tm_year + 1900, 4);
    *out++ = '-';
    out = put_digits(out, tm.tm_mon + 1, 2);
    *out++ = '-';
    out = put_digits(out, tm.tm_mday, 2);
    *out++ = 'T';
    out = put_digits(out, tm.tm_hour, 2);
    *out++ = ':';
    out = put_digits(out, tm.tm_min, 2);
    *out++ = ':';
    out = put_digits(out, tm.tm_sec, 2);
    *out++ = '.';
    out = put_digits(out, at - floor_divide(at, SECOND_MS) * SECOND_MS, 3);
    *out++ = 'Z';
    *out = '\0';
}

char *clock_rfc3339(struct arena *arena, int64_t at)
{
    char *text = arena_alloc(arena, CLOCK_RFC3339_BYTES);
    clock_write_rfc3339(at, text);
    return text;
}

/* Reads exactly `width` digits and moves on; false when there are fewer. */
static bool take_digits(const char **text, int width, int *number)
{
    *number = 0;
    for (int i = 0; i < width; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return false;
        *number = 10 * *number + (**text - '0');
    }
    return true;
}

/* Moves over one character; a letter counts in either case. */
static bool take_char(const char **text, char wanted)
{
    if (**text != wanted && (wanted < 'A' || **text != wanted + ('a' - 'A')))
        return false;
    (*text)++;
    return true;
}

static bool take_date(const char **text, int64_t *days)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year;
    int month;
    int day;
    if (!take_digits(text, 4, &year) || !take_char(text, '-') || !take_digits(text, 2, &month) ||
        !take_char(text, '-') || !take_digits(text, 2, &day))
        return false;
    if (month < 1 || month > 12)
        return false;
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day < 1 || day > lengths[month - 1] + (month == 2 && is_leap))
        return false;
    *days = days_of(year, month, day);
    return true;
}

/* ".123456" as 123 ms; no fraction is 0. */
static bool take_fraction(const char **text, int *ms)
{
    *ms = 0;
    if (**text != '.')
        return true;
    const char *first = ++*text;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        static const int worth[] = {100, 10, 1};
        if (*text - first < 3)
            *ms += worth[*text - first] * (**text - '0');
    }
    return *text > first && *text - first <= 9;
}

/* "Z" or "+08:00" as minutes east. */
static bool take_offset(const char **text, int *minutes)
{
    *minutes = 0;
    if (take_char(text, 'Z'))
        return true;
    if (**text != '+' && **text != '-')
        return false;
    int sign = *(*text)++ == '-' ? -1 : 1;
    int hour;
    int minute;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute))
        return false;
    *minutes = sign * (60 * hour + minute);
    return hour < 24 && minute < 60;
}

bool clock_parse_rfc3339(const char *text, int64_t *at)
{
    int64_t days;
    int hour;
    int minute;
    int second;
    int ms;
    int offset;
    if (!take_date(&text, &days) || !take_char(&text, 'T') || !take_digits(&text, 2, &hour) ||
        !take_char(&text, ':') || !take_digits(&text, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &second) || !take_fraction(&text, &ms) || !take_offset(&text, &offset) ||
        *text)
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t minute_start = days * DAY_MS + hour * HOUR_MS + (minute - offset) * MINUTE_MS;
    /* A leap second is the last of its day in UTC; it counts as the second after it. */
    if (second == 60 && floor_divide(minute_start + MINUTE_MS, DAY_MS) * DAY_MS != minute_start + MINUTE_MS)
        return false;
    *at = minute_start + second * SECOND_MS + ms;
    return true;
}

/* The instant at which clocks there show, or jump over, a local time. */
static int64_t resolved(int64_t local, struct zone zone)
{
    int64_t at;
    (void)zone_resolve(zone, local, &at);
    return at;
}

/* What the clocks show, counted as if it were UTC. */
static int64_t local_of(int64_t at, struct zone zone)
{
    at = bounded(at);
    return bounded(at + zone_offset(zone, at) * SECOND_MS);
}

bool clock_parse_day(const char *text, struct zone zone, int64_t *at)
{
    char whole[] = "0000-00-00T00:00:00Z";
    if (strlen(text) != strlen("0000-00-00"))
        return false;
    memcpy(whole, text, strlen("0000-00-00"));
    if (!clock_parse_rfc3339(whole, at))
        return false;
    *at = resolved(*at, zone);
    return true;
}

enum clock_reading clock_parse_local(const char *text, struct zone zone, int64_t *at)
{
    static const enum clock_reading readings[] = {
        [ZONE_SKIPPED] = CLOCK_SKIPPED, [ZONE_ONCE] = CLOCK_ONCE, [ZONE_TWICE] = CLOCK_TWICE};
    char whole[] = "0000-00-00T00:00:00Z";
    if (strlen(text) != strlen("0000-00-00T00:00"))
        return CLOCK_NO_TIME;
    memcpy(whole, text, strlen("0000-00-00T00:00"));
    if (!clock_parse_rfc3339(whole, at))
        return CLOCK_NO_TIME;
    return readings[zone_resolve(zone, *at, at)];
}

int64_t clock_day_number(int64_t at, struct zone zone)
{
    return floor_divide(local_of(at, zone), DAY_MS);
}

int clock_hour(int64_t at, struct zone zone)
{
    int64_t local = local_of(at, zone);
    return (int)((local - floor_divide(local, DAY_MS) * DAY_MS) / HOUR_MS);
}

int64_t clock_day_start(int64_t at, struct zone zone)
{
    return resolved(clock_day_number(at, zone) * DAY_MS, zone);
}

int64_t clock_day_shift(int64_t at, int64_t days, struct zone zone)
{
    return resolved((clock_day_number(at, zone) + days) * DAY_MS, zone);
}

char *clock_format(struct arena *arena, int64_t at, struct zone zone, const char *format)
{
    struct tm tm = calendar_of(local_of(at, zone));
    tm.tm_gmtoff = zone_offset(zone, bounded(at));
    tm.tm_zone = "";
    /* strftime answers 0 both for an empty result and for a buffer that is too small, hence the mark. */
    const char *marked = arena_format(arena, "%s.", format);
    char text[LONGEST_TEXT + 2];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    size_t length = strftime(text, sizeof text, marked, &tm);
#pragma GCC diagnostic pop
    return arena_copy(arena, text, length ? length - 1 : 0);
}
