/* letter_case.h - upper and lower case of the scripts that have it, and code points one by one. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"

/* The code point at `at` and the bytes it takes (1 for a byte that is no UTF-8). */
uint32_t point_read(struct slice text, size_t at, size_t *bytes);
void point_add(struct text_buf *out, uint32_t point);
void add_upper(struct text_buf *out, struct slice text);
void add_lower(struct text_buf *out, struct slice text);
/* The first letter in upper case, the others in lower. */
void add_capitalized(struct text_buf *out, struct slice text);
