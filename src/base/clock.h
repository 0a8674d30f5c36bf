/* clock.h - the time of day and a steady clock; RFC 3339 both ways. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/zone.h"
#include <stdbool.h>
#include <stdint.h>

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

/* Milliseconds since 1970, UTC. */
int64_t clock_now(void);
/* Microseconds of a clock that never steps back; only differences mean something. */
int64_t clock_steady(void);
/* Sleeps for as many microseconds. */
void clock_pause(int64_t microseconds);
/* "2026-11-23T07:37:28.000Z"; times outside the years 0000..9999 are written as their nearest end. */
char *clock_rfc3339(struct arena *arena, int64_t at);
/* The same into a buffer, for callers without an arena. */
#define CLOCK_RFC3339_BYTES 25
void clock_write_rfc3339(int64_t at, char out[CLOCK_RFC3339_BYTES]);
/* Reads a whole RFC 3339 time, any offset, up to nine decimals of which three count. */
bool clock_parse_rfc3339(const char *text, int64_t *at);
/* ---- days and dates that people read, in the zone where they read them ---- */

/* The start of a day written as 2026-05-01; false when there is no such day. Where clocks jump over midnight
 * a day starts at the first time that they show. */
bool clock_parse_day(const char *text, struct zone zone, int64_t *at);
/* A time as browsers write it, 2026-05-01T10:00. */
enum clock_reading {
    CLOCK_NO_TIME = 1,
    CLOCK_SKIPPED, /* clocks are put forward over it; `at` is when */
    CLOCK_ONCE,
    CLOCK_TWICE, /* clocks are put back and show it twice; `at` is the first */
};
enum clock_reading clock_parse_local(const char *text, struct zone zone, int64_t *at);
/* The start of the day that `at` falls in. */
int64_t clock_day_start(int64_t at, struct zone zone);
/* The start of the day so many days after that in which `at` falls: days have 23 to 25 hours. */
int64_t clock_day_shift(int64_t at, int64_t days, struct zone zone);
/* Days on the calendar there from 1970-01-01, and the hour that clocks show, 0 to 23. */
int64_t clock_day_number(int64_t at, struct zone zone);
int clock_hour(int64_t at, struct zone zone);
/* strftime of the time there. The format may come from a template: an unknown conversion is only ugly, and a
 * result over 4096 bytes is empty. */
char *clock_format(struct arena *arena, int64_t at, struct zone zone, const char *format);
