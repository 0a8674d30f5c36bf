/* number.c - reading, writing and comparing the numbers of filters. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/number.h"
#include "liquid/lexer.h"
#include "liquid/values.h"
#include <math.h>

#define WIDE_MAX ((wide)(~(unsigned __int128)0 >> 1))
/* Digits of a decimal that count; the rest is beyond the precision. */
#define DIGITS_MAX 34

static quad power_of_ten(int exponent)
{
    quad power = 1;
    quad base = 10;
    for (unsigned rest = (unsigned)abs(exponent); rest; rest >>= 1) {
        if (rest & 1)
            power *= base;
        base *= base;
    }
    return power;
}

static quad scaled(wide digits, int exponent)
{
    quad number = (quad)digits;
    if (exponent == 0 || digits == 0)
        return number;
    return exponent < 0 ? number / power_of_ten(exponent) : number * power_of_ten(exponent);
}

/* "-12.5", "1.25e-07": what real_write and /-?\d+\.\d+/ give. */
static quad read_decimal(struct slice text)
{
    wide digits = 0;
    int count = 0;
    int exponent = 0;
    bool is_fraction = false;
    size_t at = text.len > 0 && text.ptr[0] == '-';
    bool is_negative = at == 1;
    for (; at < text.len && (is_digit(text.ptr[at]) || text.ptr[at] == '.'); at++) {
        if (text.ptr[at] == '.') {
            is_fraction = true;
            continue;
        }
        bool counts = count < DIGITS_MAX;
        if (counts)
            digits = digits * 10 + (text.ptr[at] - '0');
        count += counts && digits != 0;
        if (is_fraction && counts)
            exponent--;
        else if (!is_fraction && !counts && exponent < 5000)
            exponent++;
    }
    if (at < text.len && text.ptr[at] == 'e') {
        int64_t written = (int64_t)number_read_whole((struct slice){text.ptr + at + 1, text.len - at - 1});
        exponent += written > 5000 ? 5000 : written < -5000 ? -5000 : (int)written;
    }
    quad number = scaled(digits, exponent);
    return is_negative ? -number : number;
}

wide number_read_whole(struct slice text)
{
    wide number = 0;
    size_t at = 0;
    while (at < text.len && is_space(text.ptr[at]))
        at++;
    bool is_negative = at < text.len && text.ptr[at] == '-';
    at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
    for (bool was_digit = false; at < text.len; at++) {
        if (text.ptr[at] == '_' && was_digit) {
            was_digit = false;
            continue;
        }
        if (!is_digit(text.ptr[at]))
            break;
        was_digit = true;
        number = number > WIDE_MAX / 10 - 10 ? WIDE_MAX / 2 : number * 10 + (text.ptr[at] - '0');
    }
    return is_negative ? -number : number;
}

static bool is_decimal_text(struct slice text)
{
    size_t at = text.len > 0 && text.ptr[0] == '-';
    size_t from = at;
    while (at < text.len && is_digit(text.ptr[at]))
        at++;
    if (at == from || at + 1 >= text.len || text.ptr[at] != '.')
        return false;
    for (at++; at < text.len; at++) {
        if (!is_digit(text.ptr[at]))
            return false;
    }
    return true;
}

struct number number_of(const struct value *value)
{
    if (value->kind == VALUE_INT)
        return (struct number){.whole = value->integer};
    if (value->kind == VALUE_REAL) {
        char text[REAL_BYTES];
        size_t length = real_write(value->real, text);
        return (struct number){.is_decimal = true, .decimal = read_decimal((struct slice){text, length})};
    }
    if (!value_is_text(value))
        return (struct number){0};
    struct slice text = slice_trim(value_slice(value));
    if (is_decimal_text(text))
        return (struct number){.is_decimal = true, .decimal = read_decimal(text)};
    return (struct number){.whole = number_read_whole(text)};
}

quad number_decimal(const struct number *number)
{
    return number->is_decimal ? number->decimal : (quad)number->whole;
}

static struct value digits_value(struct liquid_call *call, wide whole)
{
    char digits[48];
    size_t at = sizeof digits;
    unsigned __int128 rest =
        whole < 0 ? (unsigned __int128)0 - (unsigned __int128)whole : (unsigned __int128)whole;
    for (; rest; rest /= 10)
        digits[--at] = (char)('0' + (int)(rest % 10));
    if (whole < 0)
        digits[--at] = '-';
    size_t length = sizeof digits - at;
    return value_text_bytes(arena_copy(call->ctx->arena, digits + at, length), length);
}

struct value number_value(struct liquid_call *call, const struct number *number)
{
    if (number->is_decimal)
        return value_real((double)number->decimal);
    if (number->whole >= INT64_MIN && number->whole <= INT64_MAX)
        return value_int((int64_t)number->whole);
    return digits_value(call, number->whole);
}

int number_compare(const struct number *a, const struct number *b)
{
    if (!a->is_decimal && !b->is_decimal)
        return (a->whole > b->whole) - (a->whole < b->whole);
    quad x = number_decimal(a);
    quad y = number_decimal(b);
    return (x > y) - (x < y);
}

bool value_to_integer(const struct value *value, int64_t *integer)
{
    if (value->kind == VALUE_INT) {
        *integer = value->integer;
        return true;
    }
    if (!value_is_text(value))
        return false;
    struct slice text = slice_trim(value_slice(value));
    size_t at = text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+');
    if (at == text.len)
        return false;
    for (size_t i = at; i < text.len; i++) {
        if (!is_digit(text.ptr[i]) &&
            !(text.ptr[i] == '_' && i > at && i + 1 < text.len && text.ptr[i - 1] != '_'))
            return false;
    }
    wide whole = number_read_whole(text);
    *integer = whole > INT64_MAX ? INT64_MAX : whole < INT64_MIN ? INT64_MIN : (int64_t)whole;
    return true;
}

bool decimal_floor(quad decimal, wide *whole)
{
    if (!(decimal > -1e36 && decimal < 1e36))
        return false;
    *whole = (wide)decimal;
    if ((quad)*whole > decimal)
        *whole -= 1;
    return true;
}
