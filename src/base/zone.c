/* zone.c - zones by name, each read once, and what their clocks show. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "base/zone_parts.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_DIRECTORY "/usr/share/zoneinfo"
#define FILE_LIMIT 65536
#define TABLES_LIMIT 700 /* more than there are names */
#define LIST_LIMIT 600

/* Everything shared stands here, behind one lock; tables are never changed and never freed. */
static struct {
    pthread_mutex_t lock;
    struct zone_table *tables;
    size_t table_count;
    bool is_listed;
    struct zone_entry *entries;
    size_t entry_count;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- files ---- */

/* The caller frees. */
static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return NULL;
    unsigned char *bytes = malloc(FILE_LIMIT + 1);
    *size = bytes ? fread(bytes, 1, FILE_LIMIT, file) : 0;
    (void)fclose(file);
    if (bytes)
        bytes[*size] = 0;
    return bytes;
}

/* A name leads to no other folder: no dots, and it begins with a letter. */
static bool is_name(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    size_t length = strlen(name);
    return length > 0 && length <= ZONE_NAME_LIMIT && name[0] >= 'A' && name[0] <= 'Z' &&
           strspn(name, allowed) == length && !strstr(name, "//") && name[length - 1] != '/';
}

static struct zone_table *read_table(const char *name)
{
    char path[sizeof ZONE_DIRECTORY + ZONE_NAME_LIMIT + 2];
    size_t size;
    (void)snprintf(path, sizeof path, "%s/%s", ZONE_DIRECTORY, name);
    unsigned char *bytes = read_file(path, &size);
    struct zone_table *table = bytes ? zone_table_read(name, bytes, size) : NULL;
    free(bytes);
    return table;
}

static const struct zone_table *table_of(const char *name)
{
    struct zone_table *table;
    pthread_mutex_lock(&kept.lock);
    for (table = kept.tables; table && !text_is(table->name, name); table = table->next)
        ;
    if (!table && kept.table_count < TABLES_LIMIT && (table = read_table(name))) {
        table->next = kept.tables;
        kept.tables = table;
        kept.table_count++;
    }
    pthread_mutex_unlock(&kept.lock);
    return table;
}

/* ---- names ---- */

/* "UTC", "UTC+05:45" */
static bool read_fixed(const char *name, struct zone *zone)
{
    int digits[4];
    if (!text_starts(name, "UTC"))
        return false;
    *zone = zone_fixed(0);
    if (!name[3])
        return true;
    if (strlen(name) != strlen("UTC+00:00") || (name[3] != '+' && name[3] != '-') || name[6] != ':')
        return false;
    for (int i = 0; i < 4; i++) {
        digits[i] = name[4 + i + (i > 1)] - '0';
        if (digits[i] < 0 || digits[i] > 9)
            return false;
    }
    int minutes = (digits[0] * 10 + digits[1]) * 60 + digits[2] * 10 + digits[3];
    zone->minutes = name[3] == '-' ? -minutes : minutes;
    return digits[2] < 6 && minutes <= ZONE_MINUTES_MOST;
}

bool zone_find(const char *name, struct zone *zone)
{
    if (read_fixed(name, zone))
        return true;
    *zone = (struct zone){.table = is_name(name) ? table_of(name) : NULL};
    return zone->table != NULL;
}

const char *zone_name(struct arena *arena, struct zone zone)
{
    int minutes = zone.minutes < 0 ? -zone.minutes : zone.minutes;
    if (zone.table)
        return arena_copy_text(arena, zone.table->name);
    return minutes == 0 ? "UTC"
                        : arena_format(arena, "UTC%c%02d:%02d", zone.minutes < 0 ? '-' : '+', minutes / 60,
                                       minutes % 60);
}

/* ---- what the clocks show ---- */

static int64_t whole_second(int64_t at)
{
    return at / SECOND_MS - (at % SECOND_MS < 0);
}

/* How many changes were up to then. */
static size_t changes_until(const struct zone_table *table, int64_t second)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->changes[middle].second <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t table_offset(const struct zone_table *table, int64_t second)
{
    bool is_after = table->count == 0 || second >= table->changes[table->count - 1].second;
    if (is_after && table->rule.is_there)
        return zone_rule_offset(&table->rule, second);
    size_t past = changes_until(table, second);
    return past ? table->changes[past - 1].offset : table->before;
}

int32_t zone_offset(struct zone zone, int64_t at)
{
    return zone.table ? table_offset(zone.table, whole_second(at)) : zone.minutes * 60;
}

bool zone_next_change(struct zone zone, int64_t at, int64_t *change)
{
    const struct zone_table *table = zone.table;
    int64_t second = whole_second(at);
    if (!table)
        return false;
    for (size_t i = changes_until(table, second); i < table->count; i++) {
        int64_t then = table->changes[i].second;
        if (table_offset(table, then) != table_offset(table, then - 1)) {
            *change = then * SECOND_MS;
            return true;
        }
        second = then;
    }
    if (!table->rule.is_there || !zone_rule_next(&table->rule, second, change))
        return false;
    *change *= SECOND_MS;
    return true;
}

enum zone_fit zone_resolve(struct zone zone, int64_t local, int64_t *at)
{
    /* No place is further than a day from UTC, and none changes twice within two days. */
    int32_t before = zone_offset(zone, local - DAY_MS), after = zone_offset(zone, local + DAY_MS);
    int64_t first = local - before * SECOND_MS, second = local - after * SECOND_MS;
    bool is_first = zone_offset(zone, first) == before, is_second = zone_offset(zone, second) == after;
    *at = is_first ? first : second;
    if (is_first || is_second)
        return is_first && is_second && before != after ? ZONE_TWICE : ZONE_ONCE;
    /* Both were reckoned by the offset of the other side: the change lies between them. */
    if (!zone_next_change(zone, second, at))
        *at = first;
    return ZONE_SKIPPED;
}

/* ---- the list ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct zone_entry *)a)->name, ((const struct zone_entry *)b)->name);
}

/* Its two offsets within a year from now; the table is not kept, because hardly any is ever wanted. */
static bool describe(const char *name, struct zone_entry *entry)
{
    int64_t now = clock_now(), change;
    struct zone_table *table = read_table(name);
    struct zone zone = {.table = table};
    if (!table)
        return false;
    int32_t here = zone_offset(zone, now), there = here;
    if (zone_next_change(zone, now, &change) && change < now + 366 * DAY_MS)
        there = zone_offset(zone, change);
    free(table);
    *entry = (struct zone_entry){strdup(name), (here < there ? here : there) / 60,
                                 (here > there ? here : there) / 60};
    return entry->name != NULL;
}

/* The third column of each line is a name. */
static void add_line(const char *line, size_t length)
{
    char name[ZONE_NAME_LIMIT + 1];
    const char *end = line + length, *at = line;
    for (int column = 0; column < 2 && at; column++) {
        at = memchr(at, '\t', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    if (!at || line[0] == '#' || kept.entry_count == LIST_LIMIT)
        return;
    const char *stop = memchr(at, '\t', (size_t)(end - at));
    size_t size = (size_t)((stop ? stop : end) - at);
    if (size >= sizeof name)
        return;
    memcpy(name, at, size);
    name[size] = 0;
    if (is_name(name) && describe(name, &kept.entries[kept.entry_count]))
        kept.entry_count++;
}

static void read_list(void)
{
    size_t size;
    unsigned char *bytes = read_file(ZONE_DIRECTORY "/zone.tab", &size);
    kept.is_listed = true;
    kept.entries = calloc(LIST_LIMIT + 1, sizeof *kept.entries);
    if (!kept.entries)
        abort();
    for (const char *line = (const char *)bytes; line && *line;) {
        size_t length = strcspn(line, "\n");
        add_line(line, length);
        line += length + (line[length] == '\n');
    }
    free(bytes);
    if (kept.entry_count > 0)
        kept.entries[kept.entry_count++] = (struct zone_entry){.name = "UTC"};
    qsort(kept.entries, kept.entry_count, sizeof *kept.entries, by_name);
}

const struct zone_entry *zone_list(size_t *count)
{
    pthread_mutex_lock(&kept.lock);
    if (!kept.is_listed)
        read_list();
    pthread_mutex_unlock(&kept.lock);
    *count = kept.entry_count;
    return kept.entries;
}
