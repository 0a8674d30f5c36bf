/* dates.h - reading dates as people write them, and writing them as strftime does. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"

struct date {
    int64_t year;
    int month; /* from 1 */
    int day;   /* from 1 */
    int hour;
    int minute;
    int second;
    int nanosecond;
    int32_t offset; /* seconds east of UTC */
    bool is_utc;    /* %Z is "UTC", else empty */
    bool is_local;  /* read from a text that named no zone */
};

/* The time in an offset of seconds. */
struct date date_of(int64_t seconds, int32_t offset);
int64_t date_seconds(const struct date *date); /* since 1970 UTC */
int date_weekday(const struct date *date);     /* 0 is Sunday */
int date_year_day(const struct date *date);    /* from 1 */
/* Reads a date, a time or both; what is missing comes from `now`, and 0 below. False when there is none. */
bool date_parse(struct slice text, const struct date *now, struct date *date);
/* Writes with the conversions, flags and widths of Ruby's strftime. */
void date_write(struct text_buf *out, const struct date *date, struct slice format);
