/* html_write.h - rich text written anew from a parsed text. Private to html.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"
#include <gumbo.h>

/* Bytes that may come behind HTML_SAFE_LIMIT: closing tags of all that is open, and the attributes of one
 * element. */
#define HTML_CLOSING_LIMIT 16384

struct html_writer {
    struct text_buf out;
    const char *pictures;
    bool is_in_paragraph;
    bool wants_paragraphs; /* text that stands here begins a <p> */
    unsigned int open_tags;
    unsigned int inlines; /* bits of the emphasis that is open: it does not nest in itself */
    bool has_content;     /* something that is seen was written in the element that is open */
};

void html_write_tree(struct html_writer *writer, const GumboNode *root);
/* Plain text: a paragraph a line. */
void html_write_lines(struct html_writer *writer, const char *text);
