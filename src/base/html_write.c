/* html_write.c - a walk over the tree that gumbo makes of a text; the writer knows where it stands, and each
 * place takes only what a browser would leave there, which is why the result parses to itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html_write.h"

#include "base/html.h"
#include "base/html_tags.h"
#include <string.h>

/* Elements in each other: of what was typed, and of what is written. A tag that is written is at most two
 * elements when it is read again, so the second never meets the first. */
#define DEPTH_LIMIT 200
#define OPEN_LIMIT 40
#define SPAN_LIMIT 100 /* columns or rows of a cell */
#define PIXEL_LIMIT 10000

/* One element that is open: its children are being written. */
struct frame {
    const GumboVector *children;
    unsigned int next;
    enum html_place place;
    const char *close;       /* "" when it has no tag of its own */
    bool is_block;           /* a paragraph inside ends with it */
    bool wanted_paragraphs;  /* what to go back to */
    unsigned int was_inline; /* likewise */
    bool was_in_paragraph;   /* likewise */
    bool had_content;        /* of the element around it, so far */
    size_t start;            /* of its tag in what is written */
    unsigned int tags;       /* that it has there */
};

static bool is_element(const GumboNode *node)
{
    return node->type == GUMBO_NODE_ELEMENT;
}

static bool is_dropped(const GumboNode *node)
{
    if (!is_element(node))
        return node->type == GUMBO_NODE_TEMPLATE || node->type == GUMBO_NODE_COMMENT;
    if (node->v.element.tag_namespace != GUMBO_NAMESPACE_HTML)
        return true;
    return html_tag_is_dropped(node->v.element.tag);
}

static const char *attribute_of(const GumboNode *node, const char *name)
{
    const GumboAttribute *attribute = gumbo_get_attribute(&node->v.element.attributes, name);
    return attribute ? attribute->value : "";
}

/* ---- looking ahead ---- */

/* White space, and control characters, which are not written. */
static const char *skip_space(const char *text)
{
    while (*text && ((unsigned char)*text <= ' ' || *text == 0x7f))
        text++;
    return text;
}

static bool is_space(const char *text)
{
    return *skip_space(text) == 0;
}

static bool is_block_node(const GumboNode *node)
{
    return is_element(node) && html_find_block(node->v.element.tag) != NULL;
}

/* Something that is seen. */
static bool is_content(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_TEXT)
        return !is_space(node->v.text.text);
    if (!is_element(node))
        return false;
    GumboTag tag = node->v.element.tag;
    return tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_HR || tag == GUMBO_TAG_TABLE;
}

static bool holds(const GumboNode *node, bool (*is_wanted)(const GumboNode *node), int depth)
{
    if (is_dropped(node))
        return false;
    if (is_wanted(node))
        return true;
    if (!is_element(node) || depth > DEPTH_LIMIT)
        return false;
    const GumboVector *children = &node->v.element.children;
    for (unsigned int i = 0; i < children->length; i++)
        if (holds(children->data[i], is_wanted, depth + 1))
            return true;
    return false;
}

static bool has_block_inside(const GumboNode *node)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned int i = 0; i < children->length; i++)
        if (holds(children->data[i], is_block_node, 0))
            return true;
    return false;
}

/* ---- writing ---- */

/* What is over the limit is left out; what is open can still be closed. */
static bool is_over(const struct html_writer *writer)
{
    return writer->out.len >= HTML_SAFE_LIMIT;
}

static void end_paragraph(struct html_writer *writer)
{
    if (writer->is_in_paragraph)
        text_add(&writer->out, "</p>");
    writer->is_in_paragraph = false;
}

static void begin_text(struct html_writer *writer)
{
    if (!writer->wants_paragraphs || writer->is_in_paragraph)
        return;
    text_add(&writer->out, "<p>");
    writer->is_in_paragraph = true;
}

/* The length of a character that HTML does not know (13.2.3.5): U+0080..9F, U+FDD0..FDEF and those that end
 * in FFFE or FFFF; else 0. */
static size_t unknown_character(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] == 0xC2 && c[1] < 0xA0)
        return 2;
    if (c[0] == 0xEF && ((c[1] == 0xB7 && c[2] >= 0x90 && c[2] <= 0xAF) || (c[1] == 0xBF && c[2] >= 0xBE)))
        return 3;
    if (c[0] >= 0xF0 && (c[1] & 0x0F) == 0x0F && c[2] == 0xBF && c[3] >= 0xBE)
        return 4;
    return 0;
}

static void add_escaped(struct text_buf *out, const char *text, size_t limit)
{
    for (const char *c = text; *c; c++) {
        size_t unknown = unknown_character(c);
        if (unknown > 0) {
            text_add(out, "\xef\xbf\xbd");
            c += unknown - 1;
            continue;
        }
        bool is_start = ((unsigned char)*c & 0xC0) != 0x80;
        if (is_start && out->len >= limit)
            return;
        if (*c == '&')
            text_add(out, "&amp;");
        else if (*c == '<')
            text_add(out, "&lt;");
        else if (*c == '>')
            text_add(out, "&gt;");
        else if ((unsigned char)*c >= ' ' ? *c != 0x7f : *c == '\n' || *c == '\t')
            text_add_char(out, *c);
    }
}

static void write_text(struct html_writer *writer, const char *text)
{
    bool is_first = writer->wants_paragraphs && !writer->is_in_paragraph;
    if (is_over(writer) || (is_first && is_space(text)))
        return;
    begin_text(writer);
    writer->has_content = writer->has_content || !is_space(text);
    add_escaped(&writer->out, is_first ? skip_space(text) : text, HTML_SAFE_LIMIT);
}

static void add_attribute(struct html_writer *writer, const char *name, const char *value)
{
    text_add_format(&writer->out, " %s=\"", name);
    text_add_html(&writer->out, value, strlen(value));
    text_add_char(&writer->out, '"');
}

static void add_number(struct html_writer *writer, const GumboNode *node, const char *name, int64_t most)
{
    int64_t number;
    if (text_to_int(attribute_of(node, name), &number) && number > 1 && number <= most)
        text_add_format(&writer->out, " %s=\"%lld\"", name, (long long)number);
}

/* At most `limit` bytes of a text without control characters. */
static const char *tame_text(struct html_writer *writer, const char *text, size_t limit)
{
    struct text_buf tame;
    text_open(&tame, writer->out.arena, limit + 8);
    for (const char *c = text; *c; c++) {
        if (((unsigned char)*c & 0xC0) != 0x80 && tame.len >= limit)
            break;
        if ((unsigned char)*c >= ' ' && *c != 0x7f)
            text_add_char(&tame, *c);
    }
    return text_of(&tame);
}

static void write_picture(struct html_writer *writer, const GumboNode *node)
{
    const char *address = attribute_of(node, "src");
    if (!html_picture_is_own(writer->pictures, address))
        return;
    begin_text(writer);
    writer->has_content = true;
    text_add(&writer->out, "<img");
    add_attribute(writer, "src", address);
    add_attribute(writer, "alt", tame_text(writer, attribute_of(node, "alt"), 400));
    add_number(writer, node, "width", PIXEL_LIMIT);
    add_number(writer, node, "height", PIXEL_LIMIT);
    text_add(&writer->out, " loading=\"lazy\">");
}

static void open_link(struct html_writer *writer, const GumboNode *node, struct frame *frame)
{
    const char *address = attribute_of(node, "href");
    bool is_elsewhere;
    if ((writer->inlines & LINK_BIT) || !html_address_is_fine(address, &is_elsewhere))
        return;
    begin_text(writer);
    text_add(&writer->out, "<a");
    add_attribute(writer, "href", address);
    text_add(&writer->out, is_elsewhere ? " rel=\"nofollow noopener\">" : ">");
    writer->inlines |= LINK_BIT;
    frame->close = "</a>";
    frame->place = PLACE_LINE;
}

/* Emphasis around blocks, as word processors write it, goes; its blocks stay. */
static void open_inline(struct html_writer *writer, const GumboNode *node, struct frame *frame)
{
    const struct html_inline *tag = html_find_inline(node->v.element.tag);
    bool is_link = node->v.element.tag == GUMBO_TAG_A;
    if ((!tag && !is_link) || !holds(node, is_content, 0) || has_block_inside(node))
        return;
    if (is_link) {
        open_link(writer, node, frame);
        return;
    }
    if (writer->inlines & tag->bit)
        return;
    begin_text(writer);
    text_add(&writer->out, tag->open);
    writer->inlines |= tag->bit;
    frame->close = tag->close;
    frame->place = PLACE_LINE;
}

/* False when nothing of it is written. */
static bool open_block(struct html_writer *writer, const GumboNode *node, struct frame *frame)
{
    const struct html_block *tag = html_find_block(node->v.element.tag);
    if (frame->place == PLACE_LINE)
        return true;
    end_paragraph(writer);
    frame->is_block = true;
    if (tag->open[0] == 0) {
        writer->wants_paragraphs = true;
        return true;
    }
    text_add(&writer->out, tag->open);
    if (tag->from == GUMBO_TAG_HR)
        writer->has_content = true;
    frame->close = tag->close;
    frame->place = tag->place;
    writer->wants_paragraphs = tag->from == GUMBO_TAG_BLOCKQUOTE;
    return tag->from != GUMBO_TAG_HR;
}

/* Anything that stands in a list without being one of its items becomes one. */
static bool open_item(struct html_writer *writer, const GumboNode *node, struct frame *frame)
{
    GumboTag tag = node->v.element.tag;
    frame->is_block = true;
    frame->place = PLACE_BLOCKS;
    frame->close = "</li>";
    writer->wants_paragraphs = false;
    text_add(&writer->out, "<li>");
    if (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL) {
        frame->place = PLACE_LIST;
        frame->close = tag == GUMBO_TAG_UL ? "</ul></li>" : "</ol></li>";
        text_add(&writer->out, tag == GUMBO_TAG_UL ? "<ul>" : "<ol>");
    }
    return true;
}

struct table_tag {
    enum html_place in;
    GumboTag from;
    const char *open; /* its '>' comes behind the attributes */
    const char *close;
    enum html_place place;
};

static const struct table_tag table_tags[] = {
    {PLACE_TABLE, GUMBO_TAG_CAPTION, "<caption", "</caption>", PLACE_LINE},
    {PLACE_TABLE, GUMBO_TAG_THEAD, "<thead", "</thead>", PLACE_SECTION},
    {PLACE_TABLE, GUMBO_TAG_TBODY, "<tbody", "</tbody>", PLACE_SECTION},
    {PLACE_TABLE, GUMBO_TAG_TFOOT, "<tbody", "</tbody>", PLACE_SECTION},
    {PLACE_SECTION, GUMBO_TAG_TR, "<tr", "</tr>", PLACE_ROW},
    {PLACE_ROW, GUMBO_TAG_TH, "<th", "</th>", PLACE_BLOCKS},
    {PLACE_ROW, GUMBO_TAG_TD, "<td", "</td>", PLACE_BLOCKS},
};

/* Tables hold what the parser leaves in them, and of that only sections, rows, cells and a caption. */
static bool open_table_part(struct html_writer *writer, const GumboNode *node, struct frame *frame)
{
    GumboTag tag = node->v.element.tag;
    enum html_place place = frame->place;
    const struct table_tag *part = NULL;
    frame->is_block = true;
    writer->wants_paragraphs = false;
    for (size_t i = 0; i < sizeof table_tags / sizeof *table_tags && !part; i++)
        if (table_tags[i].in == place && table_tags[i].from == tag)
            part = &table_tags[i];
    if (!part)
        return false;
    frame->place = part->place;
    frame->close = part->close;
    text_add(&writer->out, part->open);
    if (place == PLACE_ROW) {
        writer->has_content = true;
        add_number(writer, node, "colspan", SPAN_LIMIT);
        add_number(writer, node, "rowspan", SPAN_LIMIT);
    }
    text_add_char(&writer->out, '>');
    return true;
}

static void write_text_at(struct html_writer *writer, enum html_place place, const char *text)
{
    if (place == PLACE_BLOCKS || place == PLACE_LINE) {
        write_text(writer, text);
    } else if (place == PLACE_LIST && !is_space(text)) {
        text_add(&writer->out, "<li>");
        write_text(writer, text);
        text_add(&writer->out, "</li>");
    }
}

/* Writes what begins a node; true when its children are to be written too, in `frame`. */
static bool enter(struct html_writer *writer, enum html_place place, const GumboNode *node,
                  struct frame *frame)
{
    if (is_dropped(node) || is_over(writer))
        return false;
    if (!is_element(node)) {
        write_text_at(writer, place, node->v.text.text);
        return false;
    }
    *frame = (struct frame){.children = &node->v.element.children,
                            .place = place,
                            .close = "",
                            .wanted_paragraphs = writer->wants_paragraphs,
                            .was_inline = writer->inlines};
    GumboTag tag = node->v.element.tag;
    if (place == PLACE_LIST)
        return open_item(writer, node, frame);
    if (place != PLACE_BLOCKS && place != PLACE_LINE)
        return open_table_part(writer, node, frame);
    if (tag == GUMBO_TAG_IMG) {
        write_picture(writer, node);
        return false;
    }
    if (tag == GUMBO_TAG_BR) {
        if (writer->is_in_paragraph || !writer->wants_paragraphs)
            text_add(&writer->out, "<br>");
        return false;
    }
    if (html_find_block(tag))
        return open_block(writer, node, frame);
    open_inline(writer, node, frame);
    return true;
}

/* An element in which nothing is seen goes again. */
static void leave(struct html_writer *writer, const struct frame *frame)
{
    if (frame->is_block)
        end_paragraph(writer);
    if (writer->has_content || frame->close[0] == 0) {
        text_add(&writer->out, frame->close);
    } else {
        writer->out.len = frame->start;
        writer->out.ptr[frame->start] = 0;
        writer->is_in_paragraph = frame->was_in_paragraph;
    }
    writer->open_tags -= frame->tags;
    writer->has_content = writer->has_content || frame->had_content;
    writer->wants_paragraphs = frame->wanted_paragraphs;
    writer->inlines = frame->was_inline;
}

/* Enters a node and makes `inner` ready for leave(). */
static bool enter_fresh(struct html_writer *writer, enum html_place place, const GumboNode *node,
                        struct frame *inner)
{
    bool was_wanted = writer->wants_paragraphs, was_in_paragraph = writer->is_in_paragraph;
    bool had_content = writer->has_content;
    size_t start = writer->out.len;
    writer->has_content = false;
    if (!enter(writer, place, node, inner)) {
        writer->wants_paragraphs = was_wanted;
        writer->has_content = writer->has_content || had_content;
        return false;
    }
    inner->had_content = had_content;
    inner->start = start;
    inner->was_in_paragraph = was_in_paragraph;
    inner->tags = inner->close[0] == 0 ? 0 : strchr(inner->close + 1, '<') ? 2 : 1;
    writer->open_tags += inner->tags;
    if (inner->tags == 0 || writer->open_tags <= OPEN_LIMIT)
        return true;
    writer->has_content = false;
    leave(writer, inner);
    return false;
}

void html_write_tree(struct html_writer *writer, const GumboNode *root)
{
    struct frame stack[DEPTH_LIMIT];
    size_t depth = 1;
    stack[0] = (struct frame){.children = &root->v.element.children, .close = "", .is_block = true};
    while (depth > 0) {
        struct frame *top = &stack[depth - 1], inner;
        if (top->next == top->children->length) {
            leave(writer, top);
            depth--;
            continue;
        }
        const GumboNode *node = top->children->data[top->next++];
        if (!enter_fresh(writer, top->place, node, &inner))
            continue;
        if (depth == DEPTH_LIMIT)
            leave(writer, &inner);
        else
            stack[depth++] = inner;
    }
}

void html_write_lines(struct html_writer *writer, const char *text)
{
    while (*text && !is_over(writer)) {
        size_t length = strcspn(text, "\r\n");
        writer->wants_paragraphs = true;
        write_text(writer, arena_copy(writer->out.arena, text, length));
        end_paragraph(writer);
        text += length + (text[length] != 0);
    }
}
