/* filters.h - the tables of standard filters; each family stands in a file of its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "liquid/internal.h"

/* Each ends with a NULL name. */
extern const struct filter_entry text_filters[];
extern const struct filter_entry replace_filters[];
extern const struct filter_entry code_filters[];
extern const struct filter_entry number_filters[];
extern const struct filter_entry list_filters[];
extern const struct filter_entry select_filters[];
extern const struct filter_entry sort_filters[];
extern const struct filter_entry date_filters[];

/* The parameters of every filter. */
#define FILTER_PARAMETERS                                                                                    \
    struct liquid_call *call, const struct value *input, const struct value *arguments, size_t count,        \
        const struct value *named, struct value *output

/* The items that a list filter works on: lists flattened, an object as one item, nothing for null. */
CHECKED err filter_items(struct liquid_call *call, const struct value *input, struct value **items,
                         size_t *count);
/* A whole number that an argument must be. */
CHECKED err filter_integer(struct liquid_call *call, const struct value *argument, int64_t *integer);
/* A buffer for the result of a filter, charged when it is closed. */
void filter_buffer(struct liquid_call *call, struct text_buf *buf);
CHECKED err filter_text(struct liquid_call *call, struct text_buf *buf, struct value *output);
