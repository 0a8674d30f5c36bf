/* dates.c - the proleptic Gregorian calendar, and reading dates as people write them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/dates.h"
#include "liquid/lexer.h"

#define DAY_SECONDS 86400

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Days since 1970-01-01. Years begin in March here, so that the leap day is the last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct date date_of(int64_t seconds, int32_t offset)
{
    int64_t local = seconds + offset;
    int64_t days = floor_div(local, DAY_SECONDS);
    int rest = (int)(local - days * DAY_SECONDS);
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = (int)(day_of_era - (365 * year + year / 4 - year / 100));
    int month = (5 * day_of_year + 2) / 153;
    struct date date = {.hour = rest / 3600, .minute = rest / 60 % 60, .second = rest % 60, .offset = offset};
    date.day = day_of_year - (153 * month + 2) / 5 + 1;
    date.month = month < 10 ? month + 3 : month - 9;
    date.year = year + era * 400 + (date.month <= 2);
    date.is_utc = offset == 0;
    return date;
}

int64_t date_seconds(const struct date *date)
{
    return days_of(date->year, date->month, date->day) * DAY_SECONDS + date->hour * INT64_C(3600) +
           date->minute * INT64_C(60) + date->second - date->offset;
}

int date_weekday(const struct date *date)
{
    int64_t days = days_of(date->year, date->month, date->day) + 4;
    return (int)(days - floor_div(days, 7) * 7);
}

int date_year_day(const struct date *date)
{
    return (int)(days_of(date->year, date->month, date->day) - days_of(date->year, 1, 1)) + 1;
}

/* ---- reading ---- */

struct reader {
    const char *at;
    const char *end;
    int64_t year;
    bool has_year;
    int month; /* 0: none yet */
    int day;
    bool has_time;
    bool has_zone;
    struct date date;
};

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Digits at `at`: their value and number, at most nine. */
static int read_digits(const char **at, const char *end, int *count)
{
    int value = 0;
    for (*count = 0; *at < end && is_digit(**at) && *count < 9; ++*at, ++*count)
        value = value * 10 + (**at - '0');
    return value;
}

/* Takes `sign` and the digits after it. */
static bool take_part(struct reader *reader, const char *signs, int *value, int *count)
{
    const char *at = reader->at + 1;
    if (reader->at >= reader->end || !*reader->at || !strchr(signs, *reader->at) || at >= reader->end ||
        !is_digit(*at))
        return false;
    *value = read_digits(&at, reader->end, count);
    reader->at = at;
    return true;
}

static bool word_is(struct slice word, const char *name, size_t least)
{
    if (word.len < least || word.len > strlen(name))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (lower(word.ptr[i]) != name[i])
            return false;
    }
    return true;
}

static int month_of(struct slice word)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++) {
        if (word_is(word, months[i], 3))
            return i + 1;
    }
    return 0;
}

static void set_zone(struct reader *reader, int32_t offset, bool is_utc)
{
    reader->has_zone = true;
    reader->date.offset = offset;
    reader->date.is_utc = is_utc;
}

static bool read_zone_name(struct reader *reader, struct slice word)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"z", 0},    {"utc", 0},  {"gmt", 0},  {"est", -5}, {"edt", -4}, {"cst", -6},
                 {"cdt", -5}, {"mst", -7}, {"mdt", -6}, {"pst", -8}, {"pdt", -7}, {"jst", 9}};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (!word_is(word, zones[i].name, strlen(zones[i].name)))
            continue;
        set_zone(reader, zones[i].hours * 3600, zones[i].hours == 0);
        return true;
    }
    return false;
}

static void read_word(struct reader *reader)
{
    struct slice word = {reader->at, 0};
    while (reader->at < reader->end && is_letter(*reader->at))
        reader->at++;
    word.len = (size_t)(reader->at - word.ptr);
    if (month_of(word) && !reader->month)
        reader->month = month_of(word);
    else if (reader->has_time && (word_is(word, "pm", 2) || word_is(word, "p", 1)) && reader->date.hour < 12)
        reader->date.hour += 12;
    else if (reader->has_time && word_is(word, "am", 2) && reader->date.hour == 12)
        reader->date.hour = 0;
    else
        (void)read_zone_name(reader, word);
}

static void read_fraction(struct reader *reader)
{
    int nanoseconds = 0;
    int count = 0;
    if (reader->end - reader->at < 2 || *reader->at != '.' || !is_digit(reader->at[1]))
        return;
    for (reader->at++; reader->at < reader->end && is_digit(*reader->at); reader->at++) {
        if (count++ < 9)
            nanoseconds = nanoseconds * 10 + (*reader->at - '0');
    }
    for (; count < 9; count++)
        nanoseconds *= 10;
    reader->date.nanosecond = nanoseconds;
}

static void read_time(struct reader *reader, int hour)
{
    int count;
    reader->has_time = true;
    reader->date.hour = hour;
    (void)take_part(reader, ":", &reader->date.minute, &count);
    if (take_part(reader, ":", &reader->date.second, &count))
        read_fraction(reader);
}

static void read_offset(struct reader *reader)
{
    int sign = *reader->at++ == '-' ? -1 : 1;
    int count;
    int hours = read_digits(&reader->at, reader->end, &count);
    int minutes = 0;
    if (count > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else {
        (void)take_part(reader, ":", &minutes, &count);
    }
    if (hours <= 14 && minutes < 60)
        set_zone(reader, sign * (hours * 3600 + minutes * 60), false);
}

static void set_year(struct reader *reader, int year, int digits)
{
    reader->has_year = true;
    reader->year = digits > 2 ? year : year + (year < 69 ? 2000 : 1900);
}

/* Numbers joined by - or /: year first, or day, month, year, or with / and no year: month, day. */
static void read_joined(struct reader *reader, int first, int first_digits, int second)
{
    int third;
    int digits;
    char joint[2] = {reader->at[-1], '\0'};
    for (const char *at = reader->at; is_digit(joint[0]); at--)
        joint[0] = at[-1];
    bool has_third = take_part(reader, joint, &third, &digits);
    if (first_digits > 2) {
        set_year(reader, first, first_digits);
        reader->month = second;
        reader->day = has_third ? third : 0;
    } else if (has_third) {
        bool is_year_first = joint[0] == '-' && digits <= 2;
        set_year(reader, is_year_first ? first : third, is_year_first ? first_digits : digits);
        reader->month = second;
        reader->day = is_year_first ? third : first;
    } else {
        reader->month = first;
        reader->day = second;
    }
}

static bool is_ordinal(const char *at, const char *end)
{
    if (end - at < 2)
        return false;
    struct slice two = {at, 2};
    return word_is(two, "st", 2) || word_is(two, "nd", 2) || word_is(two, "rd", 2) || word_is(two, "th", 2);
}

static bool has_meridian(const char *at, const char *end)
{
    while (at < end && *at == ' ')
        at++;
    if (end - at < 2)
        return false;
    struct slice two = {at, 2};
    return word_is(two, "am", 2) || word_is(two, "pm", 2);
}

static void read_number(struct reader *reader)
{
    int count;
    int second;
    int second_digits;
    int number = read_digits(&reader->at, reader->end, &count);
    bool is_clock = reader->at < reader->end && *reader->at == ':';
    if (!reader->has_time && (is_clock || (count <= 2 && has_meridian(reader->at, reader->end)))) {
        read_time(reader, number);
    } else if (!reader->month && take_part(reader, "-/", &second, &second_digits)) {
        read_joined(reader, number, count, second);
    } else if (count == 8 && !reader->has_year) { /* 20200615 */
        set_year(reader, number / 10000, 4);
        reader->month = number / 100 % 100;
        reader->day = number % 100;
    } else if (count == 6 && !reader->has_time) { /* 143000 */
        reader->has_time = true;
        reader->date.hour = number / 10000;
        reader->date.minute = number / 100 % 100;
        reader->date.second = number % 100;
    } else if (!reader->day && count <= 2) {
        reader->day = number;
        reader->at += is_ordinal(reader->at, reader->end) ? 2 : 0;
    } else if (!reader->has_year) {
        set_year(reader, number, count);
    }
}

static void read_all(struct reader *reader)
{
    while (reader->at < reader->end) {
        bool has_digit = reader->end - reader->at >= 2 && is_digit(reader->at[1]);
        if (is_digit(*reader->at))
            read_number(reader);
        else if (is_letter(*reader->at))
            read_word(reader);
        else if ((*reader->at == '+' || *reader->at == '-') && has_digit && reader->has_time &&
                 !reader->has_zone)
            read_offset(reader);
        else
            reader->at++;
    }
}

static int days_in(int64_t year, int month)
{
    return (int)(days_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                 days_of(year, month, 1));
}

static bool is_possible(const struct date *date)
{
    return date->year <= 9999 && date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days_in(date->year, date->month) && date->hour <= 24 && date->minute <= 59 &&
           date->second <= 60 && !(date->hour == 24 && (date->minute > 0 || date->second > 0));
}

bool date_parse(struct slice text, const struct date *now, struct date *date)
{
    struct reader reader = {.at = text.ptr, .end = text.ptr + text.len};
    read_all(&reader);
    bool has_date = reader.month || (reader.has_year && reader.day) || (reader.day && text.len <= 4);
    if (!has_date && !reader.has_time)
        return false;
    *date = reader.date;
    date->is_local = !reader.has_zone;
    if (!reader.has_zone) {
        date->offset = now->offset;
        date->is_utc = now->is_utc;
    }
    date->year = reader.has_year ? reader.year : now->year;
    date->month = reader.month ? reader.month : has_date && reader.has_year ? 1 : now->month;
    date->day = reader.day ? reader.day : has_date ? 1 : now->day;
    if (!is_possible(date))
        return false;
    if (date->hour == 24) {
        bool is_utc = date->is_utc, is_local = date->is_local;
        *date = date_of(date_seconds(date), date->offset);
        date->is_utc = is_utc;
        date->is_local = is_local;
    }
    return true;
}
