/* html.c - see html.h: parsing, within limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html.h"

#include "base/html_write.h"
#include "base/text.h"
#include <setjmp.h>
#include <string.h>
#include <strings.h>

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

static bool write_parsed(struct html_writer *writer, const char *html)
{
    struct parsing parsing = {.arena = arena_open(HTML_PARSE_LIMIT * 2)};
    GumboOptions options = kGumboDefaultOptions;
    volatile bool is_done = false; /* survives the jump */
    options.allocator = take;
    options.deallocator = give;
    options.userdata = &parsing;
    options.max_errors = 0;
    options.fragment_context = GUMBO_TAG_DIV;
    if (setjmp(parsing.too_much) == 0) {
        GumboOutput *output = gumbo_parse_with_options(&options, html, strlen(html));
        html_write_tree(writer, output->root);
        is_done = true;
    }
    arena_close(parsing.arena);
    return is_done;
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
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    return ascii;
}

const char *html_safe(struct arena *arena, const char *html, const char *pictures)
{
    struct html_writer writer = {.pictures = pictures, .wants_paragraphs = true};
    text_open(&writer.out, arena, HTML_SAFE_LIMIT + HTML_CLOSING_LIMIT);
    if (!utf8_is_valid(html, strlen(html)))
        html = only_ascii(arena, html);
    if (html_is_markup(html) && has_few_tags(html) && write_parsed(&writer, html))
        return text_of(&writer.out);
    html_write_lines(&writer, html);
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
