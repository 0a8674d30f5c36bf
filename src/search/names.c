/* names.c - names with numbers: gathered by hash, then sorted. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/segment.h"

#include "base/error.h"

void *must_have(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        bug("out of memory for %zu elements of %zu bytes", count, size);
    return memory;
}

static uint64_t hash_of(int64_t number, const char *text)
{
    uint64_t hash = (uint64_t)number * 0x9E3779B97F4A7C15U;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3U;
    return hash ^ hash >> 31;
}

static uint32_t *slot_of(const struct name_table *table, int64_t number, const char *text)
{
    size_t at = hash_of(number, text) & (table->slot_count - 1);
    for (;; at = (at + 1) & (table->slot_count - 1)) {
        uint32_t id = table->slots[at];
        if (id == 0 ||
            (table->names.numbers[id - 1] == number && strcmp(name_at(&table->names, id - 1), text) == 0))
            return &table->slots[at];
    }
}

static void widen(struct name_table *table)
{
    free(table->slots);
    table->slot_count = table->slot_count ? table->slot_count * 2 : 32;
    table->slots = must_have(table->slot_count, sizeof *table->slots);
    for (uint32_t id = 0; id < table->names.count; id++)
        *slot_of(table, table->names.numbers[id], name_at(&table->names, id)) = id + 1;
}

uint32_t name_add(struct name_table *table, int64_t number, const char *text)
{
    struct names *names = &table->names;
    if (names->count * 2 + 2 > table->slot_count)
        widen(table);
    uint32_t *slot = slot_of(table, number, text);
    if (*slot)
        return *slot - 1;
    size_t length = strlen(text) + 1;
    names->numbers =
        room_for(names->numbers, names->count, 1, &table->number_capacity, sizeof *names->numbers);
    names->offsets =
        room_for(names->offsets, names->count, 1, &table->offset_capacity, sizeof *names->offsets);
    names->chars = room_for(names->chars, names->char_count, length, &table->char_capacity, 1);
    memcpy(names->chars + names->char_count, text, length);
    names->numbers[names->count] = number;
    names->offsets[names->count] = (uint32_t)names->char_count;
    names->char_count += length;
    *slot = ++names->count;
    return names->count - 1;
}

void names_close(struct names *names)
{
    free(names->numbers);
    free(names->offsets);
    free(names->chars);
    *names = (struct names){0};
}

void name_table_close(struct name_table *table)
{
    names_close(&table->names);
    free(table->slots);
    *table = (struct name_table){0};
}

static int compare_names(const void *a, const void *b, void *arg)
{
    const struct names *names = arg;
    const uint32_t *x = a, *y = b;
    int64_t i = names->numbers[*x], j = names->numbers[*y];
    return i != j ? (i > j) - (i < j) : strcmp(name_at(names, *x), name_at(names, *y));
}

struct names names_sort(const struct name_table *table, uint32_t **order)
{
    const struct names *from = &table->names;
    struct names sorted = {.count = from->count,
                           .numbers = must_have(from->count, sizeof *sorted.numbers),
                           .offsets = must_have(from->count, sizeof *sorted.offsets),
                           .chars = must_have(from->char_count, 1),
                           .char_count = from->char_count};
    uint32_t *ids = must_have(from->count, sizeof *ids);
    *order = must_have(from->count, sizeof **order);
    for (uint32_t i = 0; i < from->count; i++)
        ids[i] = i;
    qsort_r(ids, from->count, sizeof *ids, compare_names, (void *)from);
    for (uint32_t i = 0, at = 0; i < from->count; i++) {
        size_t length = strlen(name_at(from, ids[i])) + 1;
        sorted.numbers[i] = from->numbers[ids[i]];
        sorted.offsets[i] = at;
        memcpy(sorted.chars + at, name_at(from, ids[i]), length);
        at += (uint32_t)length;
        (*order)[ids[i]] = i;
    }
    free(ids);
    return sorted;
}
