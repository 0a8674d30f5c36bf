/* zone_file.c - what stands in a zone file (RFC 8536): only the block of 64-bit times, and the line after it.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone_parts.h"
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES 44
#define TYPE_BYTES ((size_t)6)
#define RULE_LIMIT 100
#define OFFSET_MOST 93600 /* seconds: -25 to 26 hours */

struct head {
    size_t universal, standard, leaps, times, types, letters;
};

static uint32_t read_32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t read_64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read_32(at) << 32 | read_32(at + 4));
}

/* False when it is none, or names more than any zone has. */
static bool read_head(const unsigned char *bytes, size_t size, struct head *head)
{
    if (size < HEAD_BYTES || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
        return false;
    *head = (struct head){read_32(bytes + 20), read_32(bytes + 24), read_32(bytes + 28),
                          read_32(bytes + 32), read_32(bytes + 36), read_32(bytes + 40)};
    return head->universal <= 256 && head->standard <= 256 && head->leaps <= 1000 &&
           head->times <= ZONE_CHANGE_LIMIT && head->types >= 1 && head->types <= 256 &&
           head->letters <= 2000;
}

static size_t block_bytes(const struct head *head, size_t time_bytes)
{
    return head->times * (time_bytes + 1) + head->types * TYPE_BYTES + head->letters +
           head->leaps * (time_bytes + 4) + head->standard + head->universal;
}

/* The line between two line ends at the end of the file. */
static bool read_rule(const unsigned char *at, size_t size, struct zone_rule *rule)
{
    char text[RULE_LIMIT + 1];
    if (size < 2 || at[0] != '\n')
        return false;
    const unsigned char *end = memchr(at + 1, '\n', size - 1);
    if (!end || end - at - 1 > RULE_LIMIT)
        return false;
    size_t length = (size_t)(end - at - 1);
    memcpy(text, at + 1, length);
    text[length] = 0;
    *rule = (struct zone_rule){0};
    return length == 0 || zone_rule_read(text, rule);
}

static bool read_changes(const unsigned char *block, const struct head *head, struct zone_table *table)
{
    const unsigned char *kinds = block + head->times * 8, *types = kinds + head->times;
    for (size_t i = 0; i < head->types; i++) {
        int32_t offset = (int32_t)read_32(types + i * TYPE_BYTES);
        if (offset < -OFFSET_MOST || offset > OFFSET_MOST)
            return false;
    }
    table->before = (int32_t)read_32(types);
    for (size_t i = 0; i < head->times; i++) {
        int64_t second = read_64(block + i * 8);
        if (kinds[i] >= head->types || (i > 0 && second <= table->changes[i - 1].second))
            return false;
        table->changes[i] = (struct zone_change){second, (int32_t)read_32(types + kinds[i] * TYPE_BYTES)};
    }
    return true;
}

struct zone_table *zone_table_read(const char *name, const unsigned char *bytes, size_t size)
{
    struct head head;
    if (strlen(name) > ZONE_NAME_LIMIT || !read_head(bytes, size, &head))
        return NULL;
    size_t skipped = HEAD_BYTES + block_bytes(&head, 4);
    if (skipped >= size || !read_head(bytes + skipped, size - skipped, &head))
        return NULL;
    const unsigned char *block = bytes + skipped + HEAD_BYTES;
    size_t left = size - skipped - HEAD_BYTES, length = block_bytes(&head, 8);
    if (length >= left)
        return NULL;
    struct zone_table *table = calloc(1, sizeof *table + head.times * sizeof *table->changes);
    if (!table)
        return NULL;
    memcpy(table->name, name, strlen(name) + 1);
    table->count = head.times;
    if (read_changes(block, &head, table) && read_rule(block + length, left - length, &table->rule))
        return table;
    free(table);
    return NULL;
}
