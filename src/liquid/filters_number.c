/* filters_number.c - arithmetic: plus, minus, times, divided_by, modulo, rounding and bounds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/filters.h"
#include "liquid/number.h"
#include "liquid/values.h"

static err too_large(struct liquid_call *call)
{
    return liquid_fail(call, "a number is too large");
}

static err finish(struct liquid_call *call, struct number number, struct value *output)
{
    *output = number_value(call, &number);
    return NULL;
}

static err plus(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number a = number_of(input);
    struct number b = number_of(arguments);
    struct number sum = {.is_decimal = a.is_decimal || b.is_decimal};
    if (sum.is_decimal)
        sum.decimal = number_decimal(&a) + number_decimal(&b);
    else if (__builtin_add_overflow(a.whole, b.whole, &sum.whole))
        return too_large(call);
    return finish(call, sum, output);
}

static err minus(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number a = number_of(input);
    struct number b = number_of(arguments);
    struct number difference = {.is_decimal = a.is_decimal || b.is_decimal};
    if (difference.is_decimal)
        difference.decimal = number_decimal(&a) - number_decimal(&b);
    else if (__builtin_sub_overflow(a.whole, b.whole, &difference.whole))
        return too_large(call);
    return finish(call, difference, output);
}

static err times(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number a = number_of(input);
    struct number b = number_of(arguments);
    struct number product = {.is_decimal = a.is_decimal || b.is_decimal};
    if (product.is_decimal)
        product.decimal = number_decimal(&a) * number_decimal(&b);
    else if (__builtin_mul_overflow(a.whole, b.whole, &product.whole))
        return too_large(call);
    return finish(call, product, output);
}

/* Division towards minus infinity; b is not 0. */
static wide floor_divide(wide a, wide b)
{
    wide quotient = a / b;
    return quotient * b != a && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

static err divided_by(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number a = number_of(input);
    struct number b = number_of(arguments);
    if (number_decimal(&b) == 0)
        return liquid_fail(call, "divided by 0");
    struct number quotient = {.is_decimal = a.is_decimal || b.is_decimal};
    if (quotient.is_decimal)
        quotient.decimal = number_decimal(&a) / number_decimal(&b);
    else
        quotient.whole = floor_divide(a.whole, b.whole);
    return finish(call, quotient, output);
}

static err modulo(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number a = number_of(input);
    struct number b = number_of(arguments);
    if (number_decimal(&b) == 0)
        return liquid_fail(call, "divided by 0");
    struct number rest = {.is_decimal = a.is_decimal || b.is_decimal};
    if (rest.is_decimal) {
        wide quotient;
        if (!decimal_floor(number_decimal(&a) / number_decimal(&b), &quotient))
            return too_large(call);
        rest.decimal = number_decimal(&a) - number_decimal(&b) * (quad)quotient;
    } else {
        rest.whole = a.whole - floor_divide(a.whole, b.whole) * b.whole;
    }
    return finish(call, rest, output);
}

static err absolute(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct number number = number_of(input);
    if (number.is_decimal && number.decimal < 0)
        number.decimal = -number.decimal;
    else if (!number.is_decimal && number.whole < 0)
        number.whole = -number.whole;
    return finish(call, number, output);
}

static err floor_filter(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct number number = number_of(input);
    if (number.is_decimal && !decimal_floor(number.decimal, &number.whole))
        return too_large(call);
    number.is_decimal = false;
    return finish(call, number, output);
}

static err ceil_filter(FILTER_PARAMETERS)
{
    (void)arguments, (void)count, (void)named;
    struct number number = number_of(input);
    if (number.is_decimal) {
        if (!decimal_floor(-number.decimal, &number.whole))
            return too_large(call);
        number.whole = -number.whole;
    }
    number.is_decimal = false;
    return finish(call, number, output);
}

static bool half_away(quad decimal, wide *whole)
{
    bool is_negative = decimal < 0;
    if (!decimal_floor((is_negative ? -decimal : decimal) + (quad)0.5, whole))
        return false;
    if (is_negative)
        *whole = -*whole;
    return true;
}

/* To 10^places; `number` stays whole when it is. */
static bool round_up_to(struct number *number, int places)
{
    quad power = 1;
    for (int i = 0; i < places; i++)
        power *= 10;
    wide whole;
    if (!half_away(number_decimal(number) / power, &whole) || !half_away((quad)whole * power, &number->whole))
        return false;
    number->is_decimal = false;
    return true;
}

static bool round_to(struct number *number, int places)
{
    if (places <= 0)
        return (!number->is_decimal && places == 0) || round_up_to(number, -places);
    if (!number->is_decimal)
        return true;
    quad power = 1;
    for (int i = 0; i < places; i++)
        power *= 10;
    wide whole;
    if (half_away(number->decimal * power, &whole))
        number->decimal = (quad)whole / power;
    return true;
}

static err round_filter(FILTER_PARAMETERS)
{
    (void)named;
    struct number number = number_of(input);
    struct number wanted = count > 0 ? number_of(arguments) : (struct number){0};
    quad places = number_decimal(&wanted);
    places = places > 40 ? 40 : places < -40 ? -40 : places;
    if (!round_to(&number, (int)places))
        return too_large(call);
    return finish(call, number, output);
}

static err at_least(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number number = number_of(input);
    struct number bound = number_of(arguments);
    return finish(call, number_compare(&number, &bound) < 0 ? bound : number, output);
}

static err at_most(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct number number = number_of(input);
    struct number bound = number_of(arguments);
    return finish(call, number_compare(&number, &bound) > 0 ? bound : number, output);
}

const struct filter_entry number_filters[] = {
    {"plus", plus, 1, 1, false, false},          {"minus", minus, 1, 1, false, false},
    {"times", times, 1, 1, false, false},        {"divided_by", divided_by, 1, 1, false, false},
    {"modulo", modulo, 1, 1, false, false},      {"abs", absolute, 0, 0, false, false},
    {"floor", floor_filter, 0, 0, false, false}, {"ceil", ceil_filter, 0, 0, false, false},
    {"round", round_filter, 0, 1, false, false}, {"at_least", at_least, 1, 1, false, false},
    {"at_most", at_most, 1, 1, false, false},    {0},
};
