/* text.c - the buffer that stops at its ceiling, and UTF-8 by RFC 3629. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include <stdio.h>
#include <string.h>

#define FIRST_CAPACITY 128

void text_open(struct text_buf *buf, struct arena *arena, size_t limit)
{
    *buf = (struct text_buf){.arena = arena, .limit = limit < SIZE_MAX / 4 ? limit : SIZE_MAX / 4};
}

/* Makes room for `length` more bytes, or for as many as the ceiling allows; returns how many fit. */
static __attribute__((noinline)) size_t make_room(struct text_buf *buf, size_t length)
{
    size_t left = buf->is_full ? 0 : buf->limit - buf->len;
    if (length > left) {
        buf->is_full = true;
        length = left;
    }
    size_t needed = buf->len + length + 1;
    if (length == 0 || needed <= buf->capacity)
        return length;
    size_t capacity = buf->capacity ? 2 * buf->capacity : FIRST_CAPACITY;
    if (capacity > buf->limit + 1)
        capacity = buf->limit + 1;
    if (capacity < needed)
        capacity = needed;
    buf->ptr = arena_grow(buf->arena, buf->ptr, buf->ptr ? buf->len + 1 : 0, capacity);
    buf->capacity = capacity;
    return length;
}

void text_add_bytes(struct text_buf *buf, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (buf->is_full || length >= buf->capacity - buf->len)
        length = make_room(buf, length);
    if (length == 0)
        return;
    memcpy(buf->ptr + buf->len, bytes, length);
    buf->len += length;
    buf->ptr[buf->len] = '\0';
}

void text_add(struct text_buf *buf, const char *text)
{
    text_add_bytes(buf, text, strlen(text));
}

void text_add_char(struct text_buf *buf, char c)
{
    text_add_bytes(buf, &c, 1);
}

size_t text_write_int(int64_t number, char out[TEXT_INT_BYTES])
{
    char digits[TEXT_INT_BYTES];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        digits[--at] = '-';
    size_t length = sizeof digits - at;
    memcpy(out, digits + at, length);
    out[length] = '\0';
    return length;
}

void text_add_int(struct text_buf *buf, int64_t number)
{
    char digits[TEXT_INT_BYTES];
    text_add_bytes(buf, digits, text_write_int(number, digits));
}

void text_add_format(struct text_buf *buf, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_add(buf, arena_format_list(buf->arena, format, list));
    va_end(list);
}

static const char *html_escape_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void text_add_html(struct text_buf *buf, const char *bytes, size_t length)
{
    static const bool is_special[256] = {
        ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    size_t start = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_special[(unsigned char)bytes[i]])
            continue;
        text_add_bytes(buf, bytes + start, i - start);
        text_add(buf, html_escape_of(bytes[i]));
        start = i + 1;
    }
    text_add_bytes(buf, bytes + start, length - start);
}

/* Bytes of a character that XML cannot hold, 0 = it can. */
static size_t no_xml(const char *at, size_t left)
{
    unsigned char first = (unsigned char)at[0];
    if (first < 0x20)
        return first == '\t' || first == '\n' || first == '\r' ? 0 : 1;
    bool is_none = left >= 3 && first == 0xEF && (unsigned char)at[1] == 0xBF && (unsigned char)at[2] >= 0xBE;
    return is_none ? 3 : 0;
}

void text_add_xml(struct text_buf *buf, const char *bytes, size_t length)
{
    size_t start = 0;
    for (size_t i = 0; i < length; i++) {
        size_t skipped = no_xml(bytes + i, length - i);
        if (skipped == 0)
            continue;
        text_add_html(buf, bytes + start, i - start);
        i += skipped - 1;
        start = i + 1;
    }
    text_add_html(buf, bytes + start, length - start);
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void text_add_url(struct text_buf *buf, const char *bytes, size_t length)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t start = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_unreserved(bytes[i]))
            continue;
        unsigned char byte = (unsigned char)bytes[i];
        text_add_bytes(buf, bytes + start, i - start);
        text_add_bytes(buf, (const char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
        start = i + 1;
    }
    text_add_bytes(buf, bytes + start, length - start);
}

const char *text_of(const struct text_buf *buf)
{
    return buf->ptr ? buf->ptr : "";
}

bool text_is(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t suffix_length = strlen(suffix);
    return length >= suffix_length && memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

/* The bytes of the white space that `text` begins with: one character of ASCII or U+3000; 0 when none. */
static size_t space_at(const char *text)
{
    if (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        return 1;
    return strncmp(text, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

static const char *skip_space(const char *text)
{
    for (size_t length = space_at(text); length; length = space_at(text))
        text += length;
    return text;
}

bool text_is_blank(const char *text)
{
    return !text || *skip_space(text) == '\0';
}

char *text_lower(struct arena *arena, const char *text)
{
    char *copy = arena_copy_text(arena, text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return copy;
}

char *text_trim(struct arena *arena, const char *text)
{
    const char *start = skip_space(text);
    const char *end = start; /* behind the last byte that is no white space */
    for (const char *at = start; *at;) {
        size_t space = space_at(at);
        at += space ? space : 1;
        if (!space)
            end = at;
    }
    return arena_copy(arena, start, (size_t)(end - start));
}

bool slice_is(struct slice slice, const char *text)
{
    return strlen(text) == slice.len && (slice.len == 0 || memcmp(slice.ptr, text, slice.len) == 0);
}

/* The bytes of the valid UTF-8 character at `at`, or 0 (RFC 3629, section 4). */
static size_t utf8_character(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0];
    if (lead < 0x80)
        return 1;
    size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || left < length)
        return 0;
    unsigned char lowest = 0x80;
    unsigned char highest = 0xbf;
    if (lead == 0xe0)
        lowest = 0xa0; /* no overlong forms */
    else if (lead == 0xed)
        highest = 0x9f; /* no surrogates */
    else if (lead == 0xf0)
        lowest = 0x90;
    else if (lead == 0xf4)
        highest = 0x8f; /* nothing above U+10FFFF */
    if (at[1] < lowest || at[1] > highest)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t left = length;
    while (left) {
        uint64_t word;
        if (left >= sizeof word) {
            memcpy(&word, at, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                at += sizeof word;
                left -= sizeof word;
                continue;
            }
        }
        size_t step = utf8_character(at, left);
        if (step == 0)
            return false;
        at += step;
        left -= step;
    }
    return true;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

size_t utf8_length(const char *bytes, size_t length)
{
    size_t points = 0;
    for (size_t i = 0; i < length; i++)
        points += !is_continuation(bytes[i]);
    return points;
}

size_t utf8_prefix(const char *bytes, size_t length, size_t points)
{
    for (size_t i = 0; i < length; i++) {
        if (is_continuation(bytes[i]))
            continue;
        if (points == 0)
            return i;
        points--;
    }
    return length;
}

bool text_has_control(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
            return true;
        if (byte == 0x7f || (byte == 0xc2 && i + 1 < length && (unsigned char)bytes[i + 1] < 0xa0))
            return true;
    }
    return false;
}

bool text_to_int(const char *text, int64_t *number)
{
    bool is_negative = *text == '-';
    text += is_negative;
    if (*text == '\0')
        return false;
    int64_t result = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int digit = is_negative ? '0' - *text : *text - '0';
        if (__builtin_mul_overflow(result, 10, &result) || __builtin_add_overflow(result, digit, &result))
            return false;
    }
    *number = result;
    return true;
}
