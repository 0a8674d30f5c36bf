/* filters_replace.c - replacing and removing parts of text, and splitting it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/letter_case.h"
#include "liquid/lexer.h"
#include "liquid/values.h"

enum which { ALL, FIRST, LAST };

static const char *find(struct slice text, size_t from, struct slice part)
{
    return from <= text.len ? memmem(text.ptr + from, text.len - from, part.ptr, part.len) : NULL;
}

/* An empty part stands before every code point and at the end. */
static void replace_between(struct text_buf *out, struct slice text, struct slice by)
{
    size_t bytes;
    for (size_t at = 0; at < text.len; at += bytes) {
        (void)point_read(text, at, &bytes);
        text_add_bytes(out, by.ptr, by.len);
        text_add_bytes(out, text.ptr + at, bytes);
    }
    text_add_bytes(out, by.ptr, by.len);
}

static void replace_all(struct text_buf *out, struct slice text, struct slice part, struct slice by)
{
    size_t from = 0;
    if (part.len == 0) {
        replace_between(out, text, by);
        return;
    }
    for (const char *at; (at = find(text, from, part)); from = (size_t)(at - text.ptr) + part.len) {
        text_add_bytes(out, text.ptr + from, (size_t)(at - text.ptr) - from);
        text_add_bytes(out, by.ptr, by.len);
    }
    text_add_bytes(out, text.ptr + from, text.len - from);
}

static struct slice reversed(struct liquid_call *call, struct slice text)
{
    char *bytes = arena_alloc(call->ctx->arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        bytes[i] = text.ptr[text.len - 1 - i];
    return (struct slice){bytes, text.len};
}

/* The last place of the part: the first one when both are read backwards, which keeps it linear. */
static err find_last(struct liquid_call *call, struct slice text, struct slice part, const char **place)
{
    *place = NULL;
    if (part.len > text.len)
        return NULL;
    TRY(charge(call, text.len + part.len));
    struct slice backwards = reversed(call, text);
    const char *at = find(backwards, 0, reversed(call, part));
    if (at)
        *place = text.ptr + (text.len - (size_t)(at - backwards.ptr) - part.len);
    return NULL;
}

static void replace_one(struct text_buf *out, struct slice text, struct slice part, struct slice by,
                        const char *at)
{
    size_t before = (size_t)(at - text.ptr);
    text_add_bytes(out, text.ptr, before);
    text_add_bytes(out, by.ptr, by.len);
    text_add_bytes(out, at + part.len, text.len - before - part.len);
}

static err change(struct liquid_call *call, enum which which, const struct value *input,
                  const struct value *part, const struct value *by, struct value *output)
{
    struct slice text = value_text_of(call, input);
    struct slice old = value_text_of(call, part);
    struct slice new = by ? value_text_of(call, by) : (struct slice){"", 0};
    struct text_buf buf;
    filter_buffer(call, &buf);
    const char *at = find(text, 0, old);
    if (at && which == LAST)
        TRY(find_last(call, text, old, &at));
    if (!at) {
        *output = text_value(text, false);
        return NULL;
    }
    if (which == ALL)
        replace_all(&buf, text, old, new);
    else
        replace_one(&buf, text, old, new, at);
    return filter_text(call, &buf, output);
}

static err replace(FILTER_PARAMETERS)
{
    (void)named;
    return change(call, ALL, input, arguments, count > 1 ? &arguments[1] : NULL, output);
}

static err replace_first(FILTER_PARAMETERS)
{
    (void)named;
    return change(call, FIRST, input, arguments, count > 1 ? &arguments[1] : NULL, output);
}

static err replace_last(FILTER_PARAMETERS)
{
    (void)named;
    return change(call, LAST, input, arguments, count > 1 ? &arguments[1] : NULL, output);
}

static err remove_filter(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    return change(call, ALL, input, arguments, NULL, output);
}

static err remove_first(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    return change(call, FIRST, input, arguments, NULL, output);
}

static err remove_last(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    return change(call, LAST, input, arguments, NULL, output);
}

static bool next_point(struct slice text, size_t *from, struct slice *part)
{
    size_t bytes;
    if (*from >= text.len)
        return false;
    (void)point_read(text, *from, &bytes);
    *part = (struct slice){text.ptr + *from, bytes};
    *from += bytes;
    return true;
}

static bool next_word(struct slice text, size_t *from, struct slice *part)
{
    while (*from < text.len && is_space(text.ptr[*from]))
        ++*from;
    if (*from == text.len)
        return false;
    size_t start = *from;
    while (*from < text.len && !is_space(text.ptr[*from]))
        ++*from;
    *part = (struct slice){text.ptr + start, *from - start};
    return true;
}

/* The next part of a text that is split at `glue`; moves `from` behind it. */
static bool next_part(struct slice text, struct slice glue, size_t *from, struct slice *part)
{
    if (glue.len == 0)
        return next_point(text, from, part);
    if (glue.len == 1 && *glue.ptr == ' ')
        return next_word(text, from, part);
    if (*from > text.len)
        return false;
    const char *at = find(text, *from, glue);
    size_t to = at ? (size_t)(at - text.ptr) : text.len;
    *part = (struct slice){text.ptr + *from, to - *from};
    *from = at ? to + glue.len : text.len + 1;
    return true;
}

static err split(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct slice text = value_text_of(call, input);
    struct slice glue = value_text_of(call, arguments);
    struct slice part;
    size_t parts = 0;
    size_t kept = 0; /* empty parts at the end do not count */
    for (size_t from = 0; next_part(text, glue, &from, &part);) {
        parts++;
        kept = part.len > 0 ? parts : kept;
    }
    struct value *items;
    TRY(values_alloc(call, kept, &items));
    size_t from = 0;
    for (size_t i = 0; i < kept && next_part(text, glue, &from, &part); i++)
        items[i] = text_value(part, false);
    *output = list_of(call, items, kept);
    return NULL;
}

const struct filter_entry replace_filters[] = {
    {"replace", replace, 1, 2, false, false},
    {"replace_first", replace_first, 1, 2, false, false},
    {"replace_last", replace_last, 2, 2, false, false},
    {"remove", remove_filter, 1, 1, false, false},
    {"remove_first", remove_first, 1, 1, false, false},
    {"remove_last", remove_last, 1, 1, false, false},
    {"split", split, 1, 1, false, false},
    {0},
};
