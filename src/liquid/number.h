/* number.h - the arithmetic of filters: whole numbers of 128 bits and decimals as people write them.
 *
 * Decimals are computed with 34 digits and shown with those of a double, so that 10.1 plus 2.2 is 12.3. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/internal.h"

__extension__ typedef __int128 wide;
#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 quad;
#else
typedef long double quad;
#endif

struct number {
    bool is_decimal;
    wide whole;
    quad decimal;
};

/* The number that a filter sees: texts are read, everything else is 0. */
struct number number_of(const struct value *value);
quad number_decimal(const struct number *number);
/* Reads leading digits with a sign; 0 when there are none. */
wide number_read_whole(struct slice text);
/* As a value; whole numbers beyond 64 bits become a text of their digits. */
struct value number_value(struct liquid_call *call, const struct number *number);
int number_compare(const struct number *a, const struct number *b);

/* An integer as Ruby's Integer() takes it: false on anything else. */
bool value_to_integer(const struct value *value, int64_t *integer);
/* The next whole number towards minus infinity; false when it is too large to say. */
bool decimal_floor(quad decimal, wide *whole);
