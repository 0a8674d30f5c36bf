/* filters_text.c - case, white space, cutting and joining of text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/letter_case.h"
#include "liquid/lexer.h"
#include "liquid/values.h"

typedef void (*text_writer)(struct text_buf *out, struct slice text);

static err rewrite(struct liquid_call *call, const struct value *input, text_writer writer,
                   struct value *output)
{
    struct text_buf buf;
    filter_buffer(call, &buf);
    writer(&buf, value_text_of(call, input));
    return filter_text(call, &buf, output);
}

static err upcase(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return rewrite(call, input, add_upper, output);
}

static err downcase(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return rewrite(call, input, add_lower, output);
}

static err capitalize(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return rewrite(call, input, add_capitalized, output);
}

static struct slice strip_left(struct slice text)
{
    while (text.len > 0 && (is_space(*text.ptr) || *text.ptr == '\0')) {
        text.ptr++;
        text.len--;
    }
    return text;
}

static struct slice strip_right(struct slice text)
{
    while (text.len > 0 && (is_space(text.ptr[text.len - 1]) || text.ptr[text.len - 1] == '\0'))
        text.len--;
    return text;
}

static err strip(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = text_value(strip_left(strip_right(value_text_of(call, input))), input->kind == KIND_HTML);
    return NULL;
}

static err lstrip(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = text_value(strip_left(value_text_of(call, input)), input->kind == KIND_HTML);
    return NULL;
}

static err rstrip(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = text_value(strip_right(value_text_of(call, input)), input->kind == KIND_HTML);
    return NULL;
}

static void add_without_newlines(struct text_buf *out, struct slice text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool is_pair = text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n';
        if (text.ptr[i] != '\n' && !is_pair)
            continue;
        text_add_bytes(out, text.ptr + from, i - from);
        i += is_pair;
        from = i + 1;
    }
    text_add_bytes(out, text.ptr + from, text.len - from);
}

static err strip_newlines(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return rewrite(call, input, add_without_newlines, output);
}

/* Joining HTML to HTML gives HTML; everything else is plain. */
static err join_two(struct liquid_call *call, const struct value *left, const struct value *right,
                    struct value *output)
{
    struct slice first = value_text_of(call, left);
    struct slice second = value_text_of(call, right);
    size_t length = first.len + second.len;
    if (length > UINT32_MAX)
        return liquid_fail(call, "too much memory used");
    TRY(charge(call, length + 1));
    TRY(tick(call, length / 64));
    char *text = arena_alloc(call->ctx->arena, length + 1);
    memcpy(text, first.ptr, first.len);
    memcpy(text + first.len, second.ptr, second.len);
    *output = text_value((struct slice){text, length}, left->kind == KIND_HTML && right->kind == KIND_HTML);
    return NULL;
}

static err append(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    return join_two(call, input, arguments, output);
}

static err prepend(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    return join_two(call, arguments, input, output);
}

static err truncate_filter(FILTER_PARAMETERS)
{
    (void)named;
    int64_t wanted = 50;
    if (count > 0)
        TRY(filter_integer(call, arguments, &wanted));
    if (input->kind == VALUE_NULL)
        return NULL;
    struct slice text = value_text_of(call, input);
    struct slice tail = count > 1 ? value_text_of(call, &arguments[1]) : (struct slice){"...", 3};
    if (wanted >= 0 && utf8_length(text.ptr, text.len) <= (uint64_t)wanted) {
        *output = text_value(text, false);
        return NULL;
    }
    size_t tail_points = utf8_length(tail.ptr, tail.len);
    size_t kept = wanted > 0 && (uint64_t)wanted > tail_points ? (size_t)wanted - tail_points : 0;
    struct text_buf buf;
    filter_buffer(call, &buf);
    text_add_bytes(&buf, text.ptr, utf8_prefix(text.ptr, text.len, kept));
    text_add_bytes(&buf, tail.ptr, tail.len);
    return filter_text(call, &buf, output);
}

static struct slice next_word(struct slice *rest)
{
    *rest = strip_left(*rest);
    struct slice word = {rest->ptr, 0};
    while (word.len < rest->len && !is_space(rest->ptr[word.len]))
        word.len++;
    rest->ptr += word.len;
    rest->len -= word.len;
    return word;
}

static err truncatewords(FILTER_PARAMETERS)
{
    (void)named;
    int64_t wanted = 15;
    if (count > 0)
        TRY(filter_integer(call, arguments, &wanted));
    if (input->kind == VALUE_NULL)
        return NULL;
    wanted = wanted < 1 ? 1 : wanted;
    struct slice text = value_text_of(call, input);
    struct slice rest = text;
    struct text_buf buf;
    filter_buffer(call, &buf);
    for (int64_t i = 0; i < wanted; i++) {
        struct slice word = next_word(&rest);
        if (word.len == 0)
            break;
        if (i > 0)
            text_add_char(&buf, ' ');
        text_add_bytes(&buf, word.ptr, word.len);
    }
    if (strip_left(rest).len == 0) {
        *output = text_value(text, false);
        return NULL;
    }
    struct slice tail = count > 1 ? value_text_of(call, &arguments[1]) : (struct slice){"...", 3};
    text_add_bytes(&buf, tail.ptr, tail.len);
    return filter_text(call, &buf, output);
}

/* Bounds "from `offset`, `length` long" to `total`; false when the offset lies outside. */
static bool slice_bounds(int64_t offset, int64_t length, size_t total, size_t *from, size_t *size)
{
    if (offset < 0)
        offset += (int64_t)total;
    if (offset < 0 || (uint64_t)offset > total || length < 0)
        return false;
    *from = (size_t)offset;
    *size = (uint64_t)length < total - *from ? (size_t)length : total - *from;
    return true;
}

static struct value slice_of_text(struct slice text, int64_t offset, int64_t length)
{
    size_t from;
    size_t size;
    if (!slice_bounds(offset, length, utf8_length(text.ptr, text.len), &from, &size))
        return value_text("");
    from = utf8_prefix(text.ptr, text.len, from);
    return text_value((struct slice){text.ptr + from, utf8_prefix(text.ptr + from, text.len - from, size)},
                      false);
}

static err slice_filter(FILTER_PARAMETERS)
{
    (void)named;
    int64_t offset;
    int64_t length = 1;
    TRY(filter_integer(call, arguments, &offset));
    if (count > 1 && value_is_truthy(&arguments[1]))
        TRY(filter_integer(call, &arguments[1], &length));
    size_t from = 0;
    size_t size = 0;
    if (input->kind != VALUE_LIST) {
        *output = slice_of_text(value_text_of(call, input), offset, length);
        return NULL;
    }
    (void)slice_bounds(offset, length, value_count(input), &from, &size);
    *output = list_of(call, input->list->items + from, size);
    return NULL;
}

const struct filter_entry text_filters[] = {
    {"upcase", upcase, 0, 0, false, false},
    {"downcase", downcase, 0, 0, false, false},
    {"capitalize", capitalize, 0, 0, false, false},
    {"strip", strip, 0, 0, false, false},
    {"lstrip", lstrip, 0, 0, false, false},
    {"rstrip", rstrip, 0, 0, false, false},
    {"strip_newlines", strip_newlines, 0, 0, false, false},
    {"append", append, 1, 1, false, false},
    {"prepend", prepend, 1, 1, false, false},
    {"truncate", truncate_filter, 0, 2, false, false},
    {"truncatewords", truncatewords, 0, 2, false, false},
    {"slice", slice_filter, 1, 2, false, false},
    {0},
};
