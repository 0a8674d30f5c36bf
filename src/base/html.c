/* html.c - see html.h. A walk over the tree that gumbo makes of the text; the writer knows where it stands,
 * and each place takes only what a browser would leave there, which is why the result parses to itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"

#include "base/html_tags.h"
#include "base/text.h"
#include <setjmp.h>
#include <string.h>
#include <strings.h>

/* Elements in each other: of what was typed, and of what is written. A tag that is written is at most two
 * elements when it is read again, so the second never meets the first. */
#define DEPTH_LIMIT 200
#define OPEN_LIMIT 40
#define CLOSING_LIMIT 4096 /* closing tags of DEPTH_LIMIT elements, and the attributes of one */
#define SPAN_LIMIT 100     /* columns or rows of a cell */
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

struct writer {
    struct text_buf out;
    const char *pictures;
    bool is_in_paragraph;
    bool wants_paragraphs; /* text that stands here begins a <p> */
    unsigned int open_tags;
    unsigned int inlines; /* bits of the emphasis that is open: it does not nest in itself */
    bool has_content;     /* something that is seen was written in the element that is open */
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
static bool is_over(const struct writer *writer)
{
    return writer->out.len >= HTML_SAFE_LIMIT;
}

static void end_paragraph(struct writer *writer)
{
    if (writer->is_in_paragraph)
        text_add(&writer->out, "</p>");
    writer->is_in_paragraph = false;
}

static void begin_text(struct writer *writer)
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

static void write_text(struct writer *writer, const char *text)
{
    bool is_first = writer->wants_paragraphs && !writer->is_in_paragraph;
    if (is_over(writer) || (is_first && is_space(text)))
        return;
    begin_text(writer);
    writer->has_content = writer->has_content || !is_space(text);
    add_escaped(&writer->out, is_first ? skip_space(text) : text, HTML_SAFE_LIMIT);
}

static void add_attribute(struct writer *writer, const char *name, const char *value)
{
    text_add_format(&writer->out, " %s=\"", name);
    text_add_html(&writer->out, value, strlen(value));
    text_add_char(&writer->out, '"');
}

static void add_number(struct writer *writer, const GumboNode *node, const char *name, int64_t most)
{
    int64_t number;
    if (text_to_int(attribute_of(node, name), &number) && number > 1 && number <= most)
        text_add_format(&writer->out, " %s=\"%lld\"", name, (long long)number);
}

/* At most `limit` bytes of a text without control characters. */
static const char *tame_text(struct writer *writer, const char *text, size_t limit)
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

static void write_picture(struct writer *writer, const GumboNode *node)
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

static void open_link(struct writer *writer, const GumboNode *node, struct frame *frame)
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
static void open_inline(struct writer *writer, const GumboNode *node, struct frame *frame)
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
static bool open_block(struct writer *writer, const GumboNode *node, struct frame *frame)
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
static bool open_item(struct writer *writer, const GumboNode *node, struct frame *frame)
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

/* Tables hold what the parser leaves in them, and of that only sections, rows, cells and a caption. */
static bool open_table_part(struct writer *writer, const GumboNode *node, struct frame *frame)
{
    GumboTag tag = node->v.element.tag;
    enum html_place place = frame->place;
    const char *name = NULL;
    frame->is_block = true;
    writer->wants_paragraphs = false;
    if (place == PLACE_TABLE && tag == GUMBO_TAG_CAPTION)
        name = "caption", frame->place = PLACE_LINE, frame->close = "</caption>";
    else if (place == PLACE_TABLE && tag == GUMBO_TAG_THEAD)
        name = "thead", frame->place = PLACE_SECTION, frame->close = "</thead>";
    else if (place == PLACE_TABLE && (tag == GUMBO_TAG_TBODY || tag == GUMBO_TAG_TFOOT))
        name = "tbody", frame->place = PLACE_SECTION, frame->close = "</tbody>";
    else if (place == PLACE_SECTION && tag == GUMBO_TAG_TR)
        name = "tr", frame->place = PLACE_ROW, frame->close = "</tr>";
    else if (place == PLACE_ROW && tag == GUMBO_TAG_TH)
        name = "th", frame->place = PLACE_BLOCKS, frame->close = "</th>";
    else if (place == PLACE_ROW && tag == GUMBO_TAG_TD)
        name = "td", frame->place = PLACE_BLOCKS, frame->close = "</td>";
    if (!name)
        return false;
    text_add_format(&writer->out, "<%s", name);
    if (place == PLACE_ROW) {
        writer->has_content = true;
        add_number(writer, node, "colspan", SPAN_LIMIT);
        add_number(writer, node, "rowspan", SPAN_LIMIT);
    }
    text_add_char(&writer->out, '>');
    return true;
}

static void write_text_at(struct writer *writer, enum html_place place, const char *text)
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
static bool enter(struct writer *writer, enum html_place place, const GumboNode *node, struct frame *frame)
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
static void leave(struct writer *writer, const struct frame *frame)
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
static bool enter_fresh(struct writer *writer, enum html_place place, const GumboNode *node,
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

static void write_tree(struct writer *writer, const GumboNode *root)
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

/* ---- parsing ---- */

/* What the parser takes comes from an arena of its own and goes with it: no walk over a deep tree to free it,
 * and a text that asks for too much is given up by a jump out of the allocator, the only way that gumbo
 * leaves. */
struct parsing {
    struct arena *arena;
    size_t used;
    jmp_buf too_much;
};

static void *take(void *arg, size_t size)
{
    struct parsing *parsing = arg;
    parsing->used += size + 16;
    if (parsing->used > HTML_PARSE_LIMIT)
        longjmp(parsing->too_much, 1);
    return arena_alloc(parsing->arena, size);
}

static void give(void *arg, void *ptr)
{
    (void)arg;
    (void)ptr;
}

static bool write_parsed(struct writer *writer, const char *html)
{
    struct parsing parsing = {.arena = arena_open(HTML_PARSE_LIMIT * 2)};
    GumboOptions options = kGumboDefaultOptions;
    bool is_done = false;
    options.allocator = take;
    options.deallocator = give;
    options.userdata = &parsing;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_DIV;
    if (setjmp(parsing.too_much) == 0) {
        GumboOutput *output = gumbo_parse_with_options(&options, html, strlen(html));
        write_tree(writer, output->root);
        is_done = true;
    }
    arena_close(parsing.arena);
    return is_done;
}

static void write_lines(struct writer *writer, const char *text)
{
    while (*text && !is_over(writer)) {
        size_t length = strcspn(text, "\r\n");
        writer->wants_paragraphs = true;
        write_text(writer, arena_copy(writer->out.arena, text, length));
        end_paragraph(writer);
        text += length + (text[length] != 0);
    }
}

static bool has_few_tags(const char *html)
{
    size_t count = 0;
    for (const char *c = strchr(html, '<'); c; c = strchr(c + 1, '<'))
        count++;
    return count <= (size_t)HTML_TAG_LIMIT * 2;
}

bool html_is_markup(const char *text)
{
    static const char *const names[] = {"p",  "br", "ul", "ol", "h1",  "h2",  "h3",         "h4",   "h5",
                                        "h6", "hr", "li", "a",  "div", "img", "blockquote", "table"};
    for (const char *c = strchr(text, '<'); c; c = strchr(c + 1, '<'))
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            size_t length = strlen(names[i]);
            if (strncasecmp(c + 1, names[i], length) == 0 && c[length + 1] &&
                strchr("> \t\r\n/", c[length + 1]) && strchr(c, '>'))
                return true;
        }
    return false;
}

/* What is no UTF-8 was never typed; ASCII is what is left of it. */
static const char *only_ascii(struct arena *arena, const char *text)
{
    char *ascii = arena_copy(arena, text, strlen(text));
    for (char *c = ascii; *c; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return ascii;
}

const char *html_safe(struct arena *arena, const char *html, const char *pictures)
{
    struct writer writer = {.pictures = pictures, .wants_paragraphs = true};
    text_open(&writer.out, arena, HTML_SAFE_LIMIT + CLOSING_LIMIT + HTML_ADDRESS_LIMIT * 6);
    if (!utf8_is_valid(html, strlen(html)))
        html = only_ascii(arena, html);
    if (html_is_markup(html) && has_few_tags(html) && write_parsed(&writer, html))
        return text_of(&writer.out);
    write_lines(&writer, html);
    return text_of(&writer.out);
}

const char *html_next_picture(const char *html, const char **start, size_t *length)
{
    static const char open[] = "<img src=\"";
    const char *at = strstr(html, open);
    if (!at)
        return NULL;
    *start = at + sizeof open - 1;
    *length = strcspn(*start, "\"");
    return *start + *length;
}
