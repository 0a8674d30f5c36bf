/* filters_code.c - HTML, URL and base64 forms of text, and `raw`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/lexer.h"
#include "liquid/values.h"

/* Text that shows as itself: not escaped again by an environment that escapes. */
static err as_html(struct liquid_call *call, struct text_buf *buf, struct value *output)
{
    TRY(filter_text(call, buf, output));
    if (call->env->options.escape)
        output->kind = KIND_HTML;
    return NULL;
}

static err raw(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    *output = *input;
    if (call->env->options.escape && input->kind != VALUE_NULL)
        *output = text_value(value_text_of(call, input), true);
    return NULL;
}

static err escape(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    if (input->kind == VALUE_NULL)
        return NULL;
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    text_add_html(&buf, text.ptr, text.len);
    return as_html(call, &buf, output);
}

/* The length of an entity that begins with this &, else 0. */
static size_t entity_at(struct slice text, size_t at)
{
    size_t i = at + 1;
    if (i < text.len && text.ptr[i] == '#')
        for (i++; i < text.len && is_digit(text.ptr[i]); i++)
            continue;
    else
        while (i < text.len && is_word(text.ptr[i]) && !is_digit(text.ptr[i]) && text.ptr[i] != '_')
            i++;
    bool has_name = i > at + 1 && text.ptr[i - 1] != '#';
    return has_name && i < text.len && text.ptr[i] == ';' ? i + 1 - at : 0;
}

static err escape_once(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    for (size_t at = 0; at < text.len;) {
        size_t entity = text.ptr[at] == '&' ? entity_at(text, at) : 0;
        if (entity)
            text_add_bytes(&buf, text.ptr + at, entity);
        else
            text_add_html(&buf, text.ptr + at, 1);
        at += entity ? entity : 1;
    }
    return as_html(call, &buf, output);
}

static err newline_to_br(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct slice text = value_text_of(call, input);
    bool escapes = call->env->options.escape && input->kind != KIND_HTML;
    struct text_buf buf;
    filter_buffer(call, &buf);
    while (text.len > 0) {
        const char *newline = memchr(text.ptr, '\n', text.len);
        size_t length = newline ? (size_t)(newline - text.ptr) : text.len;
        size_t shown = newline && length > 0 && newline[-1] == '\r' ? length - 1 : length;
        if (escapes)
            text_add_html(&buf, text.ptr, shown);
        else
            text_add_bytes(&buf, text.ptr, shown);
        if (newline)
            text_add(&buf, "<br />\n");
        length += newline != NULL;
        text.ptr += length;
        text.len -= length;
    }
    return as_html(call, &buf, output);
}

static const char *find_text(const char *at, const char *end, const char *text)
{
    return memmem(at, (size_t)(end - at), text, strlen(text));
}

/* What one pass of strip_html removes at a `<`: the end of a script, comment or style. */
static const char *block_end(const char *at, const char *end)
{
    static const struct {
        const char *open;
        const char *close;
    } blocks[] = {{"<script", "</script>"}, {"<!--", "-->"}, {"<style", "</style>"}};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        size_t length = strlen(blocks[i].open);
        if ((size_t)(end - at) < length || memcmp(at, blocks[i].open, length) != 0)
            continue;
        const char *close = find_text(at + length, end, blocks[i].close);
        return close ? close + strlen(blocks[i].close) : NULL;
    }
    return NULL;
}

static const char *tag_end(const char *at, const char *end)
{
    const char *close = memchr(at, '>', (size_t)(end - at));
    return close ? close + 1 : NULL;
}

/* Removes what `part_end` finds at each `<`. A text in which nothing more can end is not searched again. */
static err remove_parts(struct liquid_call *call, struct slice text,
                        const char *(*part_end)(const char *, const char *), struct slice *result)
{
    struct text_buf buf;
    filter_buffer(call, &buf);
    const char *end = text.ptr + text.len;
    const char *from = text.ptr;
    for (const char *at = from; (at = memchr(at, '<', (size_t)(end - at)));) {
        const char *close = part_end(at, end);
        TRY(tick(call, close ? (size_t)(close - at) / 64 : (size_t)(end - at) / 64));
        text_add_bytes(&buf, from, (size_t)(at - from));
        from = close ? close : at;
        at = close ? close : at + 1;
    }
    text_add_bytes(&buf, from, (size_t)(end - from));
    struct value value;
    TRY(filter_text(call, &buf, &value));
    *result = value_slice(&value);
    return NULL;
}

static err strip_html(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct slice text = value_text_of(call, input);
    TRY(remove_parts(call, text, block_end, &text));
    TRY(remove_parts(call, text, tag_end, &text));
    *output = text_value(text, false);
    return NULL;
}

static err url_encode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    if (input->kind == VALUE_NULL)
        return NULL;
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ' ')
            text_add_char(&buf, '+');
        else
            text_add_url(&buf, text.ptr + i, 1);
    }
    return filter_text(call, &buf, output);
}

static int hex_of(char c)
{
    if (is_digit(c))
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static err url_decode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    if (input->kind == VALUE_NULL)
        return NULL;
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    for (size_t i = 0; i < text.len; i++) {
        int high = text.ptr[i] == '%' && i + 2 < text.len ? hex_of(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? hex_of(text.ptr[i + 2]) : -1;
        if (low >= 0)
            text_add_char(&buf, (char)(high << 4 | low));
        else
            text_add_char(&buf, (char)(text.ptr[i] == '+' ? ' ' : text.ptr[i]));
        i += low >= 0 ? 2 : 0;
    }
    if (!utf8_is_valid(text_of(&buf), buf.len))
        return liquid_fail(call, "invalid byte sequence in UTF-8");
    return filter_text(call, &buf, output);
}

static const char plain_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static err encode(struct liquid_call *call, const struct value *input, const char *digits,
                  struct value *output)
{
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    for (size_t i = 0; i < text.len; i += 3) {
        size_t bytes = text.len - i < 3 ? text.len - i : 3;
        uint32_t group = 0;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < bytes ? (unsigned char)text.ptr[i + k] : 0);
        char four[4];
        for (size_t k = 0; k < 4; k++)
            four[k] = (char)(k <= bytes ? digits[group >> (18 - 6 * k) & 63] : '=');
        text_add_bytes(&buf, four, 4);
    }
    return filter_text(call, &buf, output);
}

/* One group of four digits; false when a digit is none, or `=` stands where it may not. */
static bool add_group(struct text_buf *out, struct slice four, const char *digits)
{
    uint32_t group = 0;
    size_t padding = 0;
    for (size_t k = 0; k < 4; k++) {
        char c = (char)(k < four.len ? four.ptr[k] : '=');
        const char *digit = c ? strchr(digits, c) : NULL;
        if (c == '=' && k >= 2)
            padding++;
        else if (!digit || padding)
            return false;
        group = group << 6 | (digit ? (uint32_t)(digit - digits) : 0);
    }
    for (size_t k = 0; k < 3 - padding; k++)
        text_add_char(out, (char)(group >> (16 - 8 * k) & 255));
    return true;
}

static err decode(struct liquid_call *call, const struct value *input, const char *digits, bool needs_padding,
                  struct value *output)
{
    struct slice text = value_text_of(call, input);
    struct text_buf buf;
    filter_buffer(call, &buf);
    bool is_valid = !needs_padding || text.len % 4 == 0;
    for (size_t i = 0; is_valid && i < text.len; i += 4) {
        struct slice four = {text.ptr + i, text.len - i < 4 ? text.len - i : 4};
        is_valid = add_group(&buf, four, digits) && (i + 4 >= text.len || four.ptr[3] != '=');
    }
    if (!is_valid || !utf8_is_valid(text_of(&buf), buf.len))
        return liquid_fail(call, "invalid base64");
    return filter_text(call, &buf, output);
}

static err base64_encode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return encode(call, input, plain_digits, output);
}

static err base64_decode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return decode(call, input, plain_digits, true, output);
}

static err base64_url_safe_encode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return encode(call, input, url_digits, output);
}

static err base64_url_safe_decode(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    return decode(call, input, url_digits, false, output);
}

const struct filter_entry code_filters[] = {
    {"raw", raw, 0, 0, false, false},
    {"escape", escape, 0, 0, false, false},
    {"h", escape, 0, 0, false, false},
    {"escape_once", escape_once, 0, 0, false, false},
    {"newline_to_br", newline_to_br, 0, 0, false, false},
    {"strip_html", strip_html, 0, 0, false, false},
    {"url_encode", url_encode, 0, 0, false, false},
    {"url_decode", url_decode, 0, 0, false, false},
    {"base64_encode", base64_encode, 0, 0, false, false},
    {"base64_decode", base64_decode, 0, 0, false, false},
    {"base64_url_safe_encode", base64_url_safe_encode, 0, 0, false, false},
    {"base64_url_safe_decode", base64_url_safe_decode, 0, 0, false, false},
    {0},
};
