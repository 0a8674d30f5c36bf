/* storefront_card.c - draws the picture of a product that people send to each other. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_card.h"

#include "base/qr.h"
#include "base/text.h"
#include <inttypes.h>

#define SVG_LIMIT ((size_t)256 << 10)
/* Colours and faces of theme.css, by day: whoever gets the picture sees it on white. */
#define INK "#23262a"
#define INK_SOFT "#6b6d70"
#define CINNABAR "#b5352a"
#define SUNK "#f2efe8"
#define FACES "Noto Sans CJK SC, Noto Sans SC, WenQuanYi Micro Hei, PingFang SC, sans-serif"

#define MARGIN 64
#define TITLE_SIZE 44
#define TITLE_STEP 62
#define TITLE_LINES 3
#define TITLE_TOP 1290
#define CODE_SIDE 264
#define CODE_LEFT (CARD_WIDTH - MARGIN - CODE_SIDE)
#define CODE_TOP 1116
/* What stands left of the code, in hundredths of an em of the title. */
#define TITLE_WIDTH ((CODE_LEFT - 2 * MARGIN + 24) * 100 / TITLE_SIZE)
/* A price of more bytes is set smaller. */
#define PRICE_BYTES 11

/* About how wide a character is set, in hundredths of an em. */
static int64_t width_of(const char *character, size_t bytes)
{
    char c = character[0];
    if (bytes > 2)
        return 100;
    if (bytes == 2 || c == 'm' || c == 'w')
        return 85;
    if (c >= 'A' && c <= 'Z')
        return 70;
    return c == ' ' ? 28 : 58;
}

static bool is_word(const char *character, size_t bytes)
{
    return bytes < 3 && character[0] != ' ';
}

/* The bytes that fit into a line: up to the last place where it may be broken, or all that fits of one word.
 */
static size_t fitting(const char *text, int64_t width)
{
    size_t at = 0, breakable = 0, left = strlen(text);
    while (at < left) {
        size_t bytes = utf8_prefix(text + at, left - at, 1);
        bool was_word = at > 0 && text[at - 1] != ' ' && (unsigned char)text[at - 1] < 0x80;
        if (at > 0 && !(was_word && is_word(text + at, bytes)))
            breakable = at;
        width -= width_of(text + at, bytes);
        if (width < 0)
            return breakable ? breakable : at ? at : bytes;
        at += bytes;
    }
    return at;
}

static const char *with_dots(struct arena *arena, const char *text, int64_t width)
{
    return arena_format(arena, "%.*s…", (int)fitting(text, width - 100), text);
}

size_t share_card_lines(struct arena *arena, const char *text, int64_t width, size_t most, const char **lines)
{
    size_t count = 0;
    const char *rest = text_trim(arena, text);
    while (*rest && count < most) {
        size_t bytes = fitting(rest, width);
        bool is_cut = count + 1 == most && rest[bytes];
        lines[count++] =
            is_cut ? with_dots(arena, rest, width) : text_trim(arena, arena_copy(arena, rest, bytes));
        for (rest += bytes; *rest == ' '; rest++)
            continue;
    }
    return count;
}

static void add_text(struct text_buf *out, const char *where, const char *text)
{
    text_add_format(out, "<text %s>", where);
    text_add_xml(out, text, strlen(text));
    text_add(out, "</text>");
}

static void add_price(struct text_buf *out, const struct share_card *card)
{
    int size = strlen(card->price) > PRICE_BYTES ? 60 : 84;
    text_add_format(out,
                    "<text x=\"%d\" y=\"1204\" font-size=\"%d\" font-weight=\"700\" fill=\"" CINNABAR "\">",
                    MARGIN - 4, size);
    text_add_xml(out, card->price, strlen(card->price));
    if (card->list_price[0]) {
        text_add(out, "<tspan dx=\"18\" font-size=\"34\" font-weight=\"400\" fill=\"" INK_SOFT
                      "\" text-decoration=\"line-through\">");
        text_add_xml(out, card->list_price, strlen(card->list_price));
        text_add(out, "</tspan>");
    }
    text_add(out, "</text>");
}

static void add_title(struct ctx *ctx, struct text_buf *out, const char *title)
{
    const char *lines[TITLE_LINES];
    size_t count = share_card_lines(ctx->arena, title, TITLE_WIDTH, TITLE_LINES, lines);
    for (size_t i = 0; i < count; i++)
        add_text(out,
                 arena_format(ctx->arena, "x=\"%d\" y=\"%d\" font-size=\"%d\" fill=\"" INK "\"", MARGIN,
                              TITLE_TOP + (int)i * TITLE_STEP, TITLE_SIZE),
                 lines[i]);
}

static err add_code(struct ctx *ctx, struct text_buf *out, const struct share_card *card)
{
    const char *code;
    TRY(qr_svg(ctx, card->address, &code));
    text_add_format(out, "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\">%s</svg>", CODE_LEFT, CODE_TOP,
                    CODE_SIDE, CODE_SIDE, code);
    add_text(out,
             arena_format(ctx->arena,
                          "x=\"%d\" y=\"%d\" font-size=\"26\" text-anchor=\"middle\" fill=\"" INK_SOFT "\"",
                          CODE_LEFT + CODE_SIDE / 2, CODE_TOP + CODE_SIDE + 34),
             card->scan);
    return NULL;
}

/* Where no picture lies. */
static void add_initial(struct ctx *ctx, struct text_buf *out, const char *name)
{
    size_t bytes = utf8_prefix(name, strlen(name), 1);
    add_text(out,
             arena_format(ctx->arena,
                          "x=\"%d\" y=\"690\" font-size=\"400\" text-anchor=\"middle\" fill=\"#d9d3c6\"",
                          CARD_WIDTH / 2),
             arena_copy(ctx->arena, name, bytes));
}

static void add_foot(struct ctx *ctx, struct text_buf *out, const struct share_card *card)
{
    const char *name;
    text_add_format(out, "<path d=\"M%d 1464h%d\" stroke=\"#e5e1d7\" stroke-width=\"2\"/>", MARGIN,
                    CARD_WIDTH - 2 * MARGIN);
    if (share_card_lines(ctx->arena, card->shop_name, 1500, 1, &name) > 0)
        add_text(out, "x=\"64\" y=\"1522\" font-size=\"32\" font-weight=\"700\" fill=\"" INK "\"", name);
    add_text(out, "x=\"1016\" y=\"1521\" font-size=\"24\" text-anchor=\"end\" fill=\"" INK_SOFT "\"",
             card->note);
}

err share_card_draw(struct ctx *ctx, const struct share_card *card, struct picture_card *drawn)
{
    struct text_buf out;
    text_open(&out, ctx->arena, SVG_LIMIT);
    text_add_format(
        &out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"" FACES
        "\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"" SUNK "\" d=\"M0 0h%dv%dH0z\"/>",
        CARD_WIDTH, CARD_HEIGHT, CARD_WIDTH, CARD_HEIGHT, CARD_WIDTH, CARD_WIDTH);
    if (!card->picture_id)
        add_initial(ctx, &out, card->shop_name);
    add_price(&out, card);
    add_title(ctx, &out, card->title);
    TRY(add_code(ctx, &out, card));
    add_foot(ctx, &out, card);
    text_add(&out, "</svg>");
    if (out.is_full)
        return fail_with(ctx, ERR_LIMIT, "the card became too large");
    *drawn = (struct picture_card){.svg = text_of(&out), .picture_id = card->picture_id, .side = CARD_WIDTH};
    return NULL;
}
