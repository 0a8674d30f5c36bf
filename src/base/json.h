/* json.h - JSON in (by jansson, bounded) and JSON out, both as the value tree. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"

/* The deepest nesting that is read; deeper input is ERR_BAD_JSON. */
#define JSON_DEPTH_LIMIT 64

/* Reads a whole document (RFC 8259; duplicate names, NUL and trailing bytes are refused) into ctx's arena. */
CHECKED err json_read(struct ctx *ctx, const char *bytes, size_t length, struct value **result);
/* Writes compact JSON; `<`, `>` and `&` are written as \u escapes, so that it may stand inside HTML. */
void json_write(struct text_buf *out, const struct value *value);
/* json_write into a new text of at most `limit` bytes; a larger one is ERR_LIMIT. */
CHECKED err json_text(struct ctx *ctx, const struct value *value, size_t limit, const char **text);
