/* form.c - names with values, and application/x-www-form-urlencoded text that becomes them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/hash.h"
#include "http/parse.h"
#include <string.h>

/* Fewer pairs than this are looked through one by one. */
#define PAIRS_INDEX_FROM 12

void pairs_add(struct arena *arena, struct pairs *pairs, const char *name, const char *value)
{
    if (pairs->count == pairs->capacity) {
        size_t capacity = pairs->capacity ? pairs->capacity * 2 : 8;
        pairs->items = arena_grow(arena, pairs->items, pairs->capacity * sizeof(struct pair),
                                  capacity * sizeof(struct pair));
        pairs->capacity = capacity;
    }
    pairs->items[pairs->count++] = (struct pair){name, value};
}

/* Where this program lies in memory is a secret of each run. */
static uint64_t index_seed(const struct pairs *pairs)
{
    return (uint64_t)(uintptr_t)pairs->items ^ ((uint64_t)(uintptr_t)&pairs_find << 16);
}

void pairs_index(struct arena *arena, struct pairs *pairs)
{
    if (pairs->count < PAIRS_INDEX_FROM)
        return;
    size_t slots = 32;
    while (slots < pairs->count * 2)
        slots *= 2;
    pairs->slots = arena_alloc_many(arena, slots, sizeof(uint32_t));
    pairs->slot_count = slots;
    for (size_t i = pairs->count; i-- > 0;) { /* from the end, so that the last of a name is met first */
        const char *name = pairs->items[i].name;
        size_t at = hash_bytes(name, strlen(name), index_seed(pairs)) & (slots - 1);
        while (pairs->slots[at] && strcmp(pairs->items[pairs->slots[at] - 1].name, name) != 0)
            at = (at + 1) & (slots - 1);
        if (pairs->slots[at] == 0)
            pairs->slots[at] = (uint32_t)i + 1;
    }
}

const char *pairs_find(const struct pairs *pairs, const char *name)
{
    if (pairs->slots == NULL) {
        for (size_t i = pairs->count; i-- > 0;)
            if (strcmp(pairs->items[i].name, name) == 0)
                return pairs->items[i].value;
        return NULL;
    }
    size_t mask = pairs->slot_count - 1;
    size_t at = hash_bytes(name, strlen(name), index_seed(pairs)) & mask;
    for (; pairs->slots[at]; at = (at + 1) & mask)
        if (strcmp(pairs->items[pairs->slots[at] - 1].name, name) == 0)
            return pairs->items[pairs->slots[at] - 1].value;
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

ptrdiff_t percent_decode(const char *raw, size_t length, bool plus, char *out)
{
    size_t written = 0;
    for (size_t i = 0; i < length; i++) {
        char c = raw[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_digit(raw[i + 1]) : -1;
            int low = i + 2 < length ? hex_digit(raw[i + 2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        out[written++] = c;
    }
    out[written] = '\0';
    return (ptrdiff_t)written;
}

static err decode_part(struct ctx *ctx, const char *raw, size_t length, const char **text)
{
    char *out = arena_alloc(ctx->arena, length + 1);
    ptrdiff_t written = percent_decode(raw, length, true, out);
    if (written < 0)
        return fail_with(ctx, ERR_BAD_REQUEST, "a percent sequence in the form or query is broken");
    if (memchr(out, '\0', (size_t)written))
        return fail_with(ctx, ERR_BAD_REQUEST, "a form field holds a NUL");
    if (!utf8_is_valid(out, (size_t)written))
        return fail_with(ctx, ERR_BAD_REQUEST, "a form field is not valid UTF-8");
    *text = out;
    return NULL;
}

err form_parse(struct ctx *ctx, struct slice text, struct pairs *pairs)
{
    const char *at = text.ptr;
    const char *end = text.ptr + text.len;
    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at));
        if (stop == NULL)
            stop = end;
        if (stop > at) {
            const char *name;
            const char *value = "";
            const char *equals = memchr(at, '=', (size_t)(stop - at));
            TRY(decode_part(ctx, at, (size_t)((equals ? equals : stop) - at), &name));
            if (equals)
                TRY(decode_part(ctx, equals + 1, (size_t)(stop - equals - 1), &value));
            if (pairs->count >= HTTP_FIELD_COUNT_LIMIT)
                return fail_with(ctx, ERR_BAD_REQUEST, "more than %d fields", HTTP_FIELD_COUNT_LIMIT);
            pairs_add(ctx->arena, pairs, name, value);
        }
        at = stop + 1;
    }
    return NULL;
}
