/* html_tags.h - which tags, addresses and pictures rich text may hold. Private to html.c. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <gumbo.h>
#include <stdbool.h>

/* The longest address of a link or picture, in bytes. */
#define HTML_ADDRESS_LIMIT 2000

enum html_place {
    PLACE_BLOCKS, /* paragraphs, lists, tables, text */
    PLACE_LINE,   /* text and emphasis only */
    PLACE_LIST,
    PLACE_TABLE,
    PLACE_SECTION,
    PLACE_ROW,
};

struct html_inline {
    GumboTag from;
    const char *open;
    const char *close;
    unsigned int bit;
};

/* The bit of a link. */
#define LINK_BIT 64u

struct html_block {
    GumboTag from;
    const char *open; /* "" = a border between paragraphs, without a tag of its own */
    const char *close;
    enum html_place place;
};

/* NULL when the tag makes no block. */
const struct html_block *html_find_block(GumboTag tag);
/* NULL when the tag is no emphasis. */
const struct html_inline *html_find_inline(GumboTag tag);
/* Gone with everything in it. */
bool html_tag_is_dropped(GumboTag tag);
/* http, https, mailto and tel by name; places of this site; nothing that a browser could read otherwise. */
bool html_address_is_fine(const char *address, bool *is_elsewhere);
/* `pictures`, a word, '/' and the name of a file. */
bool html_picture_is_own(const char *pictures, const char *address);
