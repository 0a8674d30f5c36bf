/* text.h - UTF-8 text: building it under a ceiling, checking it, comparing it.
 *
 * Domain data is NUL-terminated `const char *` in an arena; `struct slice` is for parsers. A text_buf is
 * created with a ceiling: growing past it sets `is_full` and is an ordinary error that the owner asks for
 * once at the end; the content is then the first `limit` bytes and nothing more is added. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *ptr;
    size_t len;
};

struct text_buf {
    struct arena *arena;
    char *ptr; /* always NUL-terminated once something was added; NULL while empty */
    size_t len;
    size_t capacity;
    size_t limit;
    bool is_full;
};

/* An empty buffer that grows inside `arena` up to `limit` bytes. */
void text_open(struct text_buf *buf, struct arena *arena, size_t limit);
void text_add(struct text_buf *buf, const char *text);
void text_add_bytes(struct text_buf *buf, const char *bytes, size_t length);
void text_add_char(struct text_buf *buf, char c);
void text_add_int(struct text_buf *buf, int64_t number);
void text_add_format(struct text_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same bytes with & < > " ' escaped for HTML text and attributes. */
void text_add_html(struct text_buf *buf, const char *bytes, size_t length);
/* The same for XML 1.0 (section 2.2), which has no place for control characters, U+FFFE and U+FFFF: they are
 * left out. The bytes are valid UTF-8. */
void text_add_xml(struct text_buf *buf, const char *bytes, size_t length);
/* Percent-encodes everything but RFC 3986 unreserved characters. */
void text_add_url(struct text_buf *buf, const char *bytes, size_t length);
/* The content, "" when empty. Valid until the arena is reset. */
const char *text_of(const struct text_buf *buf);

bool text_is(const char *a, const char *b); /* equal; NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_is_blank(const char *text); /* NULL, empty or white space (as text_trim) only */
bool slice_is(struct slice slice, const char *text);
/* Valid UTF-8 by RFC 3629: no overlong forms, surrogates or code points above U+10FFFF. */
bool utf8_is_valid(const char *bytes, size_t length);
/* Code points in valid UTF-8. */
size_t utf8_length(const char *bytes, size_t length);
/* The byte length of the first `points` code points (all of them when there are fewer). */
size_t utf8_prefix(const char *bytes, size_t length, size_t points);
/* True when the text holds a control character (U+0000..1F, U+007F..9F) other than tab, line feed and
 * carriage return. */
bool text_has_control(const char *bytes, size_t length);
/* A copy without leading and trailing white space (ASCII and U+3000). */
char *text_trim(struct arena *arena, const char *text);
/* A copy in which A to Z are small; all other bytes stay. */
char *text_lower(struct arena *arena, const char *text);
/* Reads a whole decimal int64 with optional minus; false on anything else or overflow. */
bool text_to_int(const char *text, int64_t *number);
/* Writes a number in decimal and a NUL; returns the length. */
#define TEXT_INT_BYTES 21
size_t text_write_int(int64_t number, char out[TEXT_INT_BYTES]);
