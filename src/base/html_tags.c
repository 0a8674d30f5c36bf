/* html_tags.c - see html_tags.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/html_tags.h"

#include "base/text.h"
#include <string.h>
#include <strings.h>

static const struct html_inline inline_tags[] = {
    {GUMBO_TAG_STRONG, "<strong>", "</strong>", 1},
    {GUMBO_TAG_B, "<strong>", "</strong>", 1},
    {GUMBO_TAG_EM, "<em>", "</em>", 2},
    {GUMBO_TAG_I, "<em>", "</em>", 2},
    {GUMBO_TAG_U, "<u>", "</u>", 4},
    {GUMBO_TAG_S, "<s>", "</s>", 8},
    {GUMBO_TAG_STRIKE, "<s>", "</s>", 8},
    {GUMBO_TAG_DEL, "<s>", "</s>", 8},
    {GUMBO_TAG_SUB, "<sub>", "</sub>", 16},
    {GUMBO_TAG_SUP, "<sup>", "</sup>", 32},
};

static const struct html_block block_tags[] = {
    {GUMBO_TAG_P, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_DIV, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_SECTION, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_ARTICLE, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_HEADER, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_FOOTER, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_MAIN, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_ASIDE, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_NAV, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_FIGURE, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_FIGCAPTION, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_ADDRESS, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_CENTER, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_FORM, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_FIELDSET, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_DETAILS, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_SUMMARY, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_PRE, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_DL, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_DT, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_DD, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_H1, "<h2>", "</h2>", PLACE_LINE},
    {GUMBO_TAG_H2, "<h2>", "</h2>", PLACE_LINE},
    {GUMBO_TAG_H3, "<h3>", "</h3>", PLACE_LINE},
    {GUMBO_TAG_H4, "<h4>", "</h4>", PLACE_LINE},
    {GUMBO_TAG_H5, "<h4>", "</h4>", PLACE_LINE},
    {GUMBO_TAG_H6, "<h4>", "</h4>", PLACE_LINE},
    {GUMBO_TAG_UL, "<ul>", "</ul>", PLACE_LIST},
    {GUMBO_TAG_OL, "<ol>", "</ol>", PLACE_LIST},
    {GUMBO_TAG_BLOCKQUOTE, "<blockquote>", "</blockquote>", PLACE_BLOCKS},
    {GUMBO_TAG_TABLE, "<table>", "</table>", PLACE_TABLE},
    {GUMBO_TAG_LI, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_TR, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_TD, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_TH, "", "", PLACE_BLOCKS},
    {GUMBO_TAG_HR, "<hr>", "", PLACE_BLOCKS},
};

/* Gone with everything in them. */
static const GumboTag dropped_tags[] = {
    GUMBO_TAG_SCRIPT,    GUMBO_TAG_STYLE,  GUMBO_TAG_IFRAME,   GUMBO_TAG_OBJECT,   GUMBO_TAG_EMBED,
    GUMBO_TAG_NOSCRIPT,  GUMBO_TAG_TITLE,  GUMBO_TAG_TEMPLATE, GUMBO_TAG_TEXTAREA, GUMBO_TAG_SELECT,
    GUMBO_TAG_NOEMBED,   GUMBO_TAG_XMP,    GUMBO_TAG_NOFRAMES, GUMBO_TAG_AUDIO,    GUMBO_TAG_VIDEO,
    GUMBO_TAG_PLAINTEXT, GUMBO_TAG_CANVAS, GUMBO_TAG_APPLET,   GUMBO_TAG_HEAD,     GUMBO_TAG_MATH,
};

const struct html_block *html_find_block(GumboTag tag)
{
    for (size_t i = 0; i < sizeof block_tags / sizeof *block_tags; i++)
        if (block_tags[i].from == tag)
            return &block_tags[i];
    return NULL;
}

const struct html_inline *html_find_inline(GumboTag tag)
{
    for (size_t i = 0; i < sizeof inline_tags / sizeof *inline_tags; i++)
        if (inline_tags[i].from == tag)
            return &inline_tags[i];
    return NULL;
}

bool html_tag_is_dropped(GumboTag tag)
{
    for (size_t i = 0; i < sizeof dropped_tags / sizeof *dropped_tags; i++)
        if (dropped_tags[i] == tag)
            return true;
    return false;
}

bool html_address_is_fine(const char *address, bool *is_elsewhere)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:", "tel:"};
    *is_elsewhere = false;
    if (address[0] == 0 || strlen(address) > HTML_ADDRESS_LIMIT)
        return false;
    for (const unsigned char *c = (const unsigned char *)address; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '\\' || *c == '"' || *c == '<' || *c == '>')
            return false;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(address, schemes[i], strlen(schemes[i])) == 0) {
            *is_elsewhere = i < 2;
            return address[strlen(schemes[i])] != 0;
        }
    return address[0] == '#' || (address[0] == '/' && address[1] != '/');
}

bool html_picture_is_own(const char *pictures, const char *address)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    if (!pictures || !text_starts(address, pictures) || strlen(address) > HTML_ADDRESS_LIMIT)
        return false;
    const char *rest = address + strlen(pictures);
    size_t length = strspn(rest, word);
    if (length == 0 || rest[length] != '/')
        return false;
    rest += length + 1;
    length = strspn(rest, word);
    if (length == 0 || rest[length] != '.')
        return false;
    rest += length + 1;
    return rest[0] != 0 && strspn(rest, word) == strlen(rest);
}
