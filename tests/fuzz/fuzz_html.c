/* fuzz_html.c - any bytes as rich text: what comes out holds no tag that is not allowed, and is its own fixed
 * point. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/html.h"
#include "base/text.h"
#include <stdint.h>
#include <string.h>

static void check_tags(const char *html)
{
    static const char *const names[] = {
        "p",  "h2", "h3", "h4", "ul", "ol",    "li",      "strong",     "em",    "u",     "s",  "sub", "sup",
        "br", "hr", "a",  "td", "th", "table", "caption", "blockquote", "thead", "tbody", "tr", "img"};
    for (const char *c = strchr(html, '<'); c; c = strchr(c + 1, '<')) {
        const char *name = c + 1 + (c[1] == '/');
        size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
        bool is_known = false;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            is_known = is_known || (length == strlen(names[i]) && strncmp(name, names[i], length) == 0);
        if (!is_known || (name[length] != '>' && name[length] != ' '))
            bug("a tag came through: %.80s", c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size > 20000)
        return 0;
    struct arena *arena = arena_open(ARENA_LIMIT);
    const char *once = html_safe(arena, arena_copy(arena, (const char *)bytes, size), "/media/");
    check_tags(once);
    const char *twice = html_safe(arena, once, "/media/");
    if (strcmp(once, twice) != 0)
        bug("not its own fixed point: %s => %s", once, twice);
    arena_close(arena);
    return 0;
}
