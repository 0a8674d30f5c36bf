/* zone_parts.h - what the files of zones share. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/zone.h"

/* A day of the year on which clocks change, as POSIX writes it: M3.5.0/2, J60 or 59. */
struct zone_day {
    char form; /* 'M', 'J' (1..365, never counts the leap day) or 'n' (0..365) */
    int month, week, weekday;
    int day;
    int32_t seconds; /* after midnight; -167 to 167 hours (RFC 8536, 3.3.1) */
};

/* What holds for ever after the table ends. */
struct zone_rule {
    bool is_there;
    bool has_summer;
    int32_t standard, summer; /* seconds east */
    struct zone_day begins, ends;
};
/* Reads a POSIX TZ string such as "CET-1CEST,M3.5.0,M10.5.0/3"; false when it is none. */
bool zone_rule_read(const char *text, struct zone_rule *rule);
/* Both take and give seconds since 1970. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t second);
bool zone_rule_next(const struct zone_rule *rule, int64_t second, int64_t *change);

#define ZONE_CHANGE_LIMIT 2000 /* the longest table has some 240 */

/* Offsets hold from their change to the next. */
struct zone_table {
    struct zone_table *next;
    char name[ZONE_NAME_LIMIT + 1];
    struct zone_rule rule;
    int32_t before; /* the first change */
    size_t count;
    struct zone_change {
        int64_t second;
        int32_t offset;
    } changes[];
};
/* Reads what a zone file holds (RFC 8536, versions 2 to 4); NULL when it is none. The caller frees. */
struct zone_table *zone_table_read(const char *name, const unsigned char *bytes, size_t size);
