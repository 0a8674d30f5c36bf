/* zone.h - the clocks of a place: a fixed difference from UTC, or a zone of the tz database by its name.
 *
 * A zone is a small value; all zero is UTC. The table behind a name is read once from the system's zone files
 * (package tzdata, RFC 8536) and kept as long as the process: there are no more than there are names, and
 * nobody changes one, so every thread may read. The C library's own zones are not used: it knows one at a
 * time, for the whole process. A newer tzdata is read at the next start.
 *
 * Times are milliseconds since 1970 UTC. "Local" is what the clocks there show, counted the same way. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

#define ZONE_NAME_LIMIT 40 /* bytes; the longest name there is has 32 */
#define ZONE_MINUTES_MOST 840

struct zone_table;
struct zone {
    int32_t minutes;                /* east of UTC, when there is no table */
    const struct zone_table *table; /* NULL = fixed */
};

static inline struct zone zone_fixed(int32_t minutes)
{
    return (struct zone){.minutes = minutes};
}
/* "Europe/Berlin" by the tz database, or "UTC" or "UTC+05:45" for a fixed difference; false when there is no
 * such zone, or its file cannot be read. */
bool zone_find(const char *name, struct zone *zone);
/* As zone_find reads it. */
const char *zone_name(struct arena *arena, struct zone zone);

/* Seconds east of UTC at an instant. */
int32_t zone_offset(struct zone zone, int64_t at);
/* The first instant after `at` at which the offset changes; false when it never does. */
bool zone_next_change(struct zone zone, int64_t at, int64_t *change);

/* How often the clocks show a time: put forward they leave some out, put back they show some twice. */
enum zone_fit { ZONE_ONCE = 1, ZONE_SKIPPED, ZONE_TWICE };
/* The instant at which clocks show `local`: of two the first; for one that is left out, that at which they
 * jump over it. */
enum zone_fit zone_resolve(struct zone zone, int64_t local, int64_t *at);

/* The zones of inhabited places (zone.tab), and UTC, in the order of their names. Read once; empty when the
 * system has none. */
struct zone_entry {
    const char *name;
    int32_t standard; /* minutes east of UTC in the year of reading */
    int32_t summer;   /* the same when clocks are not put forward */
};
const struct zone_entry *zone_list(size_t *count);
