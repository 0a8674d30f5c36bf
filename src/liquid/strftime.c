/* strftime.c - writing a date with the conversions, flags and widths of Ruby's strftime. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/dates.h"
#include "liquid/lexer.h"

#define WIDTH_MAX 1024

struct conversion {
    char pad; /* '\0': the conversion's own; '-': none */
    bool is_upper;
    bool is_swapped;
    int colons;
    int width; /* -1: the conversion's own */
    char letter;
};

static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};

static void add_pad(struct text_buf *out, char pad, int width, size_t length)
{
    for (size_t i = length; pad != '-' && width > 0 && i < (size_t)width; i++)
        text_add_char(out, pad);
}

static void add_number(struct text_buf *out, const struct conversion *how, int64_t number, int width,
                       char pad)
{
    char digits[TEXT_INT_BYTES];
    bool is_negative = number < 0;
    size_t length = text_write_int(is_negative ? -number : number, digits);
    pad = (char)(how->pad ? how->pad : pad);
    width = how->width >= 0 ? how->width : width;
    if (is_negative && pad != ' ')
        text_add_char(out, '-');
    add_pad(out, pad, width, length + is_negative);
    if (is_negative && pad == ' ')
        text_add_char(out, '-');
    text_add_bytes(out, digits, length);
}

static char changed(char c, const struct conversion *how)
{
    bool swaps_down = how->is_swapped && (how->letter == 'p' || how->letter == 'Z');
    bool goes_up = how->is_upper || (how->is_swapped && !swaps_down);
    if (goes_up && c >= 'a' && c <= 'z')
        return (char)(c - 32);
    return (char)(swaps_down && c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static void add_words(struct text_buf *out, const struct conversion *how, struct slice text)
{
    add_pad(out, (char)(how->pad ? how->pad : ' '), how->width, text.len);
    for (size_t i = 0; i < text.len; i++)
        text_add_char(out, changed(text.ptr[i], how));
}

static void add_name(struct text_buf *out, const struct conversion *how, const char *name, size_t length)
{
    add_words(out, how, (struct slice){name, length});
}

/* %N and %L: the width is the number of digits. */
static void add_fraction(struct text_buf *out, const struct conversion *how, int nanosecond, int digits)
{
    int width = how->width > 0 ? how->width : digits;
    int power = 100000000;
    for (int i = 0; i < width; i++, power /= 10)
        text_add_char(out, (char)('0' + (power ? nanosecond / power % 10 : 0)));
}

static void add_offset(struct text_buf *out, const struct conversion *how, int32_t offset)
{
    char text[32];
    int seconds = offset < 0 ? -offset : offset;
    char sign = offset < 0 ? '-' : '+';
    int length;
    if (how->colons == 0)
        length = snprintf(text, sizeof text, "%02d%02d", seconds / 3600, seconds / 60 % 60);
    else if (how->colons == 1)
        length = snprintf(text, sizeof text, "%02d:%02d", seconds / 3600, seconds / 60 % 60);
    else
        length =
            snprintf(text, sizeof text, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    const char *shown = text;
    bool is_short = (how->pad == '-' || how->pad == ' ') && text[0] == '0';
    shown += is_short;
    length -= is_short;
    if (how->pad == ' ')
        add_pad(out, ' ', how->width > 0 ? how->width : 5, (size_t)length + 1);
    text_add_char(out, sign);
    if (how->pad != ' ')
        add_pad(out, (char)(how->pad ? how->pad : '0'), how->width, (size_t)length + 1);
    text_add_bytes(out, shown, (size_t)length);
}

/* The week of the year when weeks begin on `first_day`. */
static int week_from(const struct date *date, int first_day)
{
    int weekday = (date_weekday(date) + 7 - first_day) % 7;
    return (date_year_day(date) + 6 - weekday) / 7;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The ISO 8601 week: the one that has the year's first Thursday is 1. */
static int iso_week(const struct date *date, int64_t *year)
{
    int weekday = (date_weekday(date) + 6) % 7;
    int thursday = date_year_day(date) - weekday + 3;
    *year = date->year;
    int days = is_leap(date->year) ? 366 : 365;
    if (thursday > days) {
        ++*year;
        thursday -= days;
    } else if (thursday < 1) {
        --*year;
        thursday += is_leap(*year) ? 366 : 365;
    }
    return (thursday - 1) / 7 + 1;
}

static int64_t modulo(int64_t a, int64_t b)
{
    return (a % b + b) % b;
}

static int twelve(int hour)
{
    return hour % 12 == 0 ? 12 : hour % 12;
}

static bool write_day_part(struct text_buf *out, const struct conversion *how, const struct date *date)
{
    switch (how->letter) {
    case 'd':
        add_number(out, how, date->day, 2, '0');
        return true;
    case 'e':
        add_number(out, how, date->day, 2, ' ');
        return true;
    case 'm':
        add_number(out, how, date->month, 2, '0');
        return true;
    case 'j':
        add_number(out, how, date_year_day(date), 3, '0');
        return true;
    case 'Y':
        add_number(out, how, date->year, date->year < 0 ? 5 : 4, '0');
        return true;
    case 'C':
        add_number(out, how, (date->year - modulo(date->year, 100)) / 100, 2, '0');
        return true;
    case 'y':
        add_number(out, how, modulo(date->year, 100), 2, '0');
        return true;
    case 'A':
        add_name(out, how, day_names[date_weekday(date)], strlen(day_names[date_weekday(date)]));
        return true;
    case 'a':
        add_name(out, how, day_names[date_weekday(date)], 3);
        return true;
    case 'B':
        add_name(out, how, month_names[date->month - 1], strlen(month_names[date->month - 1]));
        return true;
    case 'b':
    case 'h':
        add_name(out, how, month_names[date->month - 1], 3);
        return true;
    default:
        return false;
    }
}

static bool write_week_part(struct text_buf *out, const struct conversion *how, const struct date *date)
{
    int64_t year;
    int week = iso_week(date, &year);
    switch (how->letter) {
    case 'u':
        add_number(out, how, date_weekday(date) == 0 ? 7 : date_weekday(date), 1, '0');
        return true;
    case 'w':
        add_number(out, how, date_weekday(date), 1, '0');
        return true;
    case 'U':
        add_number(out, how, week_from(date, 0), 2, '0');
        return true;
    case 'W':
        add_number(out, how, week_from(date, 1), 2, '0');
        return true;
    case 'V':
        add_number(out, how, week, 2, '0');
        return true;
    case 'G':
        add_number(out, how, year, 4, '0');
        return true;
    case 'g':
        add_number(out, how, modulo(year, 100), 2, '0');
        return true;
    default:
        return false;
    }
}

static bool write_time_part(struct text_buf *out, const struct conversion *how, const struct date *date)
{
    switch (how->letter) {
    case 'H':
        add_number(out, how, date->hour, 2, '0');
        return true;
    case 'k':
        add_number(out, how, date->hour, 2, ' ');
        return true;
    case 'I':
        add_number(out, how, twelve(date->hour), 2, '0');
        return true;
    case 'l':
        add_number(out, how, twelve(date->hour), 2, ' ');
        return true;
    case 'M':
        add_number(out, how, date->minute, 2, '0');
        return true;
    case 'S':
        add_number(out, how, date->second, 2, '0');
        return true;
    case 'L':
        add_fraction(out, how, date->nanosecond, 3);
        return true;
    case 'N':
        add_fraction(out, how, date->nanosecond, 9);
        return true;
    case 's':
        add_number(out, how, date_seconds(date), 1, '0');
        return true;
    case 'p':
        add_name(out, how, date->hour < 12 ? "AM" : "PM", 2);
        return true;
    case 'P':
        add_name(out, how, date->hour < 12 ? "am" : "pm", 2);
        return true;
    case 'z':
        add_offset(out, how, date->offset);
        return true;
    case 'Z':
        add_name(out, how, "UTC", date->is_utc ? 3 : 0);
        return true;
    default:
        return false;
    }
}

/* Conversions that stand for others, and those for single characters; NULL when it is none. */
static const char *compound(char letter)
{
    switch (letter) {
    case 'c':
        return "%a %b %e %H:%M:%S %Y";
    case 'D':
    case 'x':
        return "%m/%d/%y";
    case 'F':
        return "%Y-%m-%d";
    case 'T':
    case 'X':
        return "%H:%M:%S";
    case 'R':
        return "%H:%M";
    case 'r':
        return "%I:%M:%S %p";
    case 'v':
        return "%e-%^b-%Y";
    case '+':
        return "%a %b %e %H:%M:%S %Z %Y";
    case 'n':
        return "\n";
    case 't':
        return "\t";
    case '%':
        return "%%";
    default:
        return NULL;
    }
}

/* Reads flags and width behind a %; false when the format ends first. */
static bool read_conversion(const char **at, const char *end, struct conversion *how)
{
    *how = (struct conversion){.width = -1};
    for (; *at < end && **at && strchr("-_0^#:", **at); ++*at) {
        if (**at == '_')
            how->pad = ' ';
        else if (**at == '-' || **at == '0')
            how->pad = **at;
        how->is_upper = how->is_upper || **at == '^';
        how->is_swapped = how->is_swapped || **at == '#';
        how->colons += **at == ':';
    }
    for (; *at < end && is_digit(**at); ++*at) {
        how->width = (how->width < 0 ? 0 : how->width) * 10 + (**at - '0');
        how->width = how->width > WIDTH_MAX ? WIDTH_MAX : how->width;
    }
    for (; *at < end && **at == ':'; ++*at)
        how->colons++;
    *at += *at + 1 < end && (**at == 'E' || **at == 'O');
    if (*at >= end)
        return false;
    how->letter = *(*at)++;
    return true;
}

static void write_simple(struct text_buf *out, const struct date *date, const struct conversion *how,
                         struct slice written)
{
    if (!write_day_part(out, how, date) && !write_week_part(out, how, date) &&
        !write_time_part(out, how, date))
        text_add_bytes(out, written.ptr, written.len);
}

/* Moves what was just written to the right and pads it in front. */
static void pad_written(struct text_buf *out, size_t from, const struct conversion *how)
{
    size_t length = out->len - from;
    if (how->width < 0 || (size_t)how->width <= length || how->pad == '-')
        return;
    size_t missing = (size_t)how->width - length;
    add_pad(out, ' ', (int)missing, 0);
    if (out->is_full)
        return;
    memmove(out->ptr + from + missing, out->ptr + from, length);
    memset(out->ptr + from, how->pad ? how->pad : ' ', missing);
}

/* A compound conversion, which holds only simple ones. */
static void write_compound(struct text_buf *out, const struct date *date, const struct conversion *how,
                           const char *format)
{
    struct conversion part;
    size_t from = out->len;
    const char *end = format + strlen(format);
    for (const char *at = format; at < end;) {
        if (*at != '%') {
            text_add_char(out, *at++);
        } else {
            at++;
            (void)read_conversion(&at, end, &part);
            write_simple(out, date, &part, (struct slice){"%", 1});
        }
    }
    for (size_t i = from; i < out->len; i++)
        out->ptr[i] = changed(out->ptr[i], how);
    pad_written(out, from, how);
}

void date_write(struct text_buf *out, const struct date *date, struct slice format)
{
    const char *end = format.ptr + format.len;
    for (const char *at = format.ptr; at < end && !out->is_full;) {
        struct conversion how;
        const char *start = at++;
        if (*start != '%') {
            text_add_char(out, *start);
            continue;
        }
        if (!read_conversion(&at, end, &how)) {
            text_add_bytes(out, start, (size_t)(end - start));
            return;
        }
        const char *parts = compound(how.letter);
        if (parts)
            write_compound(out, date, &how, parts);
        else
            write_simple(out, date, &how, (struct slice){start, (size_t)(at - start)});
    }
}
