/* content_html.c - from what people type to the few tags that a page may hold. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/content/content.h"

/* Every character escaped, and tags around every line. */
#define HTML_LIMIT ((size_t)POLICY_TEXT_LIMIT * 32)

enum block { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_LIST };

struct writer {
    struct text_buf out;
    enum block open;
};

static void close_block(struct writer *writer)
{
    if (writer->open == BLOCK_PARAGRAPH)
        text_add(&writer->out, "</p>");
    else if (writer->open == BLOCK_LIST)
        text_add(&writer->out, "</ul>");
    writer->open = BLOCK_NONE;
}

static void open_block(struct writer *writer, enum block block)
{
    if (writer->open == block) {
        text_add(&writer->out, block == BLOCK_PARAGRAPH ? "<br>" : "");
        return;
    }
    close_block(writer);
    text_add(&writer->out, block == BLOCK_PARAGRAPH ? "<p>" : "<ul>");
    writer->open = block;
}

static void write_line(struct writer *writer, const char *line, size_t length)
{
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r'))
        length--;
    if (length == 0) {
        close_block(writer);
    } else if (length > 2 && line[0] == '#' && line[1] == ' ') {
        close_block(writer);
        text_add(&writer->out, "<h3>");
        text_add_html(&writer->out, line + 2, length - 2);
        text_add(&writer->out, "</h3>");
    } else if (length > 2 && line[0] == '-' && line[1] == ' ') {
        open_block(writer, BLOCK_LIST);
        text_add(&writer->out, "<li>");
        text_add_html(&writer->out, line + 2, length - 2);
        text_add(&writer->out, "</li>");
    } else {
        open_block(writer, BLOCK_PARAGRAPH);
        text_add_html(&writer->out, line, length);
    }
}

const char *policy_html(struct ctx *ctx, const char *typed)
{
    struct writer writer = {.open = BLOCK_NONE};
    if (html_is_markup(typed))
        return product_safe_html(ctx, typed);
    text_open(&writer.out, ctx->arena, HTML_LIMIT);
    while (*typed) {
        size_t length = strcspn(typed, "\n");
        write_line(&writer, typed, length);
        typed += length + (typed[length] == '\n');
    }
    close_block(&writer);
    return text_of(&writer.out);
}
