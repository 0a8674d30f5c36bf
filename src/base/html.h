/* html.h - HTML that strangers may be shown: from what people typed or pasted to the few tags that a page may
 * hold.
 *
 * The text is parsed as browsers parse it (HTML Living Standard 13.4, by gumbo), and only what the lists in
 * html.c allow is written anew, so that no trick of spelling gets through. Kept are paragraphs, headings,
 * lists, quotes, tables, links, the shop's own pictures and plain emphasis; styles, classes, scripts and
 * every other attribute go. The result is its own fixed point: html_safe(html_safe(x)) equals html_safe(x).
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdbool.h>

/* The longest result, in bytes, besides a few closing tags; what comes after is left out. */
#define HTML_SAFE_LIMIT ((size_t)400000)
/* Text with twice as many "<" as this, or that needs more memory to be parsed, is taken as plain text. */
#define HTML_TAG_LIMIT 10000
#define HTML_PARSE_LIMIT ((size_t)64 << 20)

/* Whether people meant tags: the text holds one that makes a block, a line break or a picture. */
bool html_is_markup(const char *text);
/* Safe HTML. Text that is no markup becomes a paragraph a line. Pictures stay when their address is
 * `pictures`, a word, '/' and a file name; NULL = no pictures. Other sites are linked with rel="nofollow
 * noopener". */
const char *html_safe(struct arena *arena, const char *html, const char *pictures);
/* The address of the first picture at or after `html`, a text made by html_safe, in *start and *length; NULL
 * when there is none, else where to look on. */
const char *html_next_picture(const char *html, const char **start, size_t *length);
