/* clock.h - the time of day and a steady clock; RFC 3339 both ways. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
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
/* "2026-11-23T07:37:28.000Z"; times outside the years 0000..9999 are written as their nearest end. */
char *clock_rfc3339(struct arena *arena, int64_t at);
/* The same into a buffer, for callers without an arena. */
#define CLOCK_RFC3339_BYTES 25
void clock_write_rfc3339(int64_t at, char out[CLOCK_RFC3339_BYTES]);
/* Reads a whole RFC 3339 time, any offset, up to nine decimals of which three count. */
bool clock_parse_rfc3339(const char *text, int64_t *at);
/* The start of a day written as 2026-05-01, `utc_offset` minutes east of UTC; false when there is no such
 * day. */
bool clock_parse_day(const char *text, int32_t utc_offset, int64_t *at);
/* The start of the day that `at` falls in, `utc_offset` minutes east of UTC. */
int64_t clock_day_start(int64_t at, int32_t utc_offset);
/* strftime of the time in that offset: for what people read. The format may come from a template: an unknown
 * conversion is only ugly, and a result over 4096 bytes is empty. */
char *clock_format(struct arena *arena, int64_t at, int32_t utc_offset, const char *format);
