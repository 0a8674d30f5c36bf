/* values_text.c - how values are written: on the page, and as text for filters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/values.h"
#include <math.h>

/* Places the decimal point of "digits × 10^exponent" without an exponent. */
static size_t write_plain(const char *digits, int count, int point, char *out)
{
    size_t at = 0;
    if (point <= 0) {
        out[at++] = '0';
        out[at++] = '.';
        for (int i = point; i < 0; i++)
            out[at++] = '0';
        for (int i = 0; i < count; i++)
            out[at++] = digits[i];
        return at;
    }
    for (int i = 0; i < point; i++)
        out[at++] = (char)(i < count ? digits[i] : '0');
    out[at++] = '.';
    if (point >= count)
        out[at++] = '0';
    for (int i = point; i < count; i++)
        out[at++] = digits[i];
    return at;
}

static size_t write_scientific(const char *digits, int count, int exponent, char *out)
{
    size_t at = 0;
    out[at++] = digits[0];
    out[at++] = '.';
    if (count == 1)
        out[at++] = '0';
    for (int i = 1; i < count; i++)
        out[at++] = digits[i];
    int written = snprintf(out + at, REAL_BYTES - at, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
    return at + (size_t)written;
}

/* The shortest digits that read back as the same number, as "d.ddde±x". */
static void shortest(double real, char text[32])
{
    for (int precision = 14; precision < 17; precision++) {
        (void)snprintf(text, 32, "%.*e", precision, real);
        if (strtod(text, NULL) == real)
            return;
    }
}

size_t real_write(double real, char out[REAL_BYTES])
{
    if (isnan(real) || isinf(real)) {
        const char *name = isnan(real) ? "NaN" : real < 0 ? "-Infinity" : "Infinity";
        return (size_t)snprintf(out, REAL_BYTES, "%s", name);
    }
    char text[32];
    char digits[20] = {0};
    int count = 0;
    size_t sign = 0;
    shortest(fabs(real), text);
    if (signbit(real))
        out[sign++] = '-';
    for (const char *at = text; *at != 'e'; at++)
        if (*at != '.')
            digits[count++] = *at;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    if (exponent < -4 || exponent >= 16)
        return sign + write_scientific(digits, count, exponent, out + sign);
    return sign + write_plain(digits, count, exponent + 1, out + sign);
}

static void add_real(struct text_buf *out, double real)
{
    char text[REAL_BYTES];
    text_add_bytes(out, text, real_write(real, text));
}

static void add_range(struct text_buf *out, const struct range *range)
{
    text_add_int(out, range->first);
    text_add(out, "..");
    text_add_int(out, range->last);
}

/* A text as Ruby writes it inside a list or object. */
static void add_quoted(struct text_buf *out, struct slice text)
{
    static const char plain[] = "\n\t\r\"\\\x1b\a\b\v\f";
    static const char escaped[] = "ntr\"\\eabvf";
    text_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        const char *special = text.ptr[i] ? strchr(plain, text.ptr[i]) : NULL;
        if (special) {
            text_add_char(out, '\\');
            text_add_char(out, escaped[special - plain]);
        } else {
            text_add_char(out, text.ptr[i]);
        }
    }
    text_add_char(out, '"');
}

/* As Ruby's inspect. Recursion is bounded by the depth of the data. */
static void add_inspected(struct text_buf *out, const struct value *value);

static void add_object(struct text_buf *out, const struct value *value)
{
    text_add_char(out, '{');
    for (uint32_t i = 0; i < value->object->count; i++) {
        const struct member *member = &value->object->members[i];
        if (i > 0)
            text_add(out, ", ");
        add_quoted(out, (struct slice){member->name, member->name_length});
        text_add(out, "=>");
        add_inspected(out, &member->value);
    }
    text_add_char(out, '}');
}

static void add_list(struct text_buf *out, const struct value *value)
{
    text_add_char(out, '[');
    for (size_t i = 0; i < value_count(value); i++) {
        if (i > 0)
            text_add(out, ", ");
        add_inspected(out, value_at(value, i));
    }
    text_add_char(out, ']');
}

/* Everything that is neither text nor list. */
static void add_scalar(struct text_buf *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_BOOL:
        text_add(out, value->boolean ? "true" : "false");
        break;
    case VALUE_INT:
        text_add_int(out, value->integer);
        break;
    case VALUE_REAL:
        add_real(out, value->real);
        break;
    case VALUE_OBJECT:
        add_object(out, value);
        break;
    case KIND_RANGE:
        add_range(out, value_range(value));
        break;
    case KIND_LOOP:
        text_add(out, "Liquid::ForloopDrop");
        break;
    case KIND_TABLE:
        text_add(out, "Liquid::TablerowloopDrop");
        break;
    default:
        break;
    }
}

static void add_inspected(struct text_buf *out, const struct value *value)
{
    if (value->kind == VALUE_NULL)
        text_add(out, "nil");
    else if (value_is_text(value))
        add_quoted(out, value_slice(value));
    else if (value->kind == VALUE_LIST)
        add_list(out, value);
    else
        add_scalar(out, value);
}

static void add_escaped(struct liquid_call *call, struct text_buf *out, const struct value *value)
{
    struct text_buf text;
    text_open(&text, call->ctx->arena, out->limit);
    add_scalar(&text, value);
    text_add_html(out, text_of(&text), text.len);
    out->is_full = out->is_full || text.is_full;
}

void value_print(struct liquid_call *call, struct text_buf *out, const struct value *value)
{
    if (value->kind == VALUE_TEXT && call->env->options.escape)
        text_add_html(out, value->text, value->count);
    else if (value_is_text(value))
        text_add_bytes(out, value->text, value->count);
    else if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value_count(value) && !out->is_full; i++)
            value_print(call, out, value_at(value, i));
    else if (value->kind == VALUE_OBJECT && call->env->options.escape)
        add_escaped(call, out, value);
    else
        add_scalar(out, value);
}

static struct slice text_of_int(struct liquid_call *call, int64_t integer)
{
    char digits[TEXT_INT_BYTES];
    size_t length = text_write_int(integer, digits);
    if (call->memory_left < sizeof digits)
        return (struct slice){"", 0};
    call->memory_left -= sizeof digits;
    return (struct slice){arena_copy(call->ctx->arena, digits, length), length};
}

struct slice value_text_of(struct liquid_call *call, const struct value *value)
{
    if (value->kind == VALUE_INT)
        return text_of_int(call, value->integer);
    if (value_is_text(value))
        return value_slice(value);
    if (value->kind == VALUE_NULL)
        return (struct slice){"", 0};
    struct text_buf text;
    text_open(&text, call->ctx->arena, call->memory_left / 2);
    if (value->kind == VALUE_LIST)
        add_list(&text, value);
    else
        add_scalar(&text, value);
    call->memory_left -= text.capacity < call->memory_left ? text.capacity : call->memory_left;
    return (struct slice){text_of(&text), text.len};
}
