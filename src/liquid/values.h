/* values.h - what the values of the language mean: truth, text, order, members, iteration. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/internal.h"

bool value_is_text(const struct value *value); /* HTML too */
bool value_is_truthy(const struct value *value);
struct slice value_slice(const struct value *value); /* of a text */
const struct range *value_range(const struct value *value);
struct value range_value(struct liquid_call *call, int64_t first, int64_t last);
int64_t range_count(const struct range *range);
/* A text as a value; HTML when `is_html`. */
struct value text_value(struct slice text, bool is_html);

/* Equal as `==` says. */
bool values_equal(const struct value *a, const struct value *b);
/* -1, 0, 1; false when the two have no order. */
bool values_order(const struct value *a, const struct value *b, int *order);
bool value_contains(struct liquid_call *call, const struct value *where, const struct value *what);

/* What {{ value }} shows, escaped when the environment does. */
void value_print(struct liquid_call *call, struct text_buf *out, const struct value *value);
/* What a filter sees of a value that it wants as text: lists and objects are written as Ruby does. */
struct slice value_text_of(struct liquid_call *call, const struct value *value);
/* The shortest decimal that reads back as the number, "1.0" for whole ones. */
#define REAL_BYTES 40
size_t real_write(double real, char out[REAL_BYTES]);

/* The member of a value by a dotted name or an index; null when there is none. */
struct value value_member(struct liquid_call *call, const struct value *value, struct step *step,
                          const struct value *index);
/* .size, .first and .last of a value; null when it has none. */
struct value value_size(const struct value *value);
struct value value_end(struct liquid_call *call, const struct value *value, bool is_first);
/* item[property] as filters do it: false when `item` knows no members at all; *wrong when it cannot be
 * asked for this property. */
bool value_property(struct liquid_call *call, const struct value *item, const struct value *property,
                    struct value *result, bool *wrong);

/* Charges memory that a render is about to use; a failure when there is too little left. */
CHECKED err charge(struct liquid_call *call, size_t bytes);
/* Counts work, and reads the clock now and then. */
CHECKED err tick(struct liquid_call *call, size_t work);
/* `count` fresh values. */
CHECKED err values_alloc(struct liquid_call *call, size_t count, struct value **items);
/* A list value over `count` items that are ready. */
struct value list_of(struct liquid_call *call, struct value *items, size_t count);

/* What `for` goes over. */
struct sequence {
    const struct value *items; /* NULL: a range, pairs of an object, or one value */
    const struct value *whole;
    size_t count;
};
struct sequence sequence_of(const struct value *value);
struct value sequence_at(struct liquid_call *call, const struct sequence *sequence, size_t index);
