/* storefront_card.h - the picture of a product that people send to each other (分享海报): its own picture,
 * what it is and costs, and a QR code that leads to its page. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/media/media.h"

/* In pixels. */
#define CARD_WIDTH 1080
#define CARD_HEIGHT 1560

struct share_card {
    const char *picture_id; /* NULL = none: the shop's first character stands there */
    const char *title;
    const char *price;      /* as people read it */
    const char *list_price; /* struck out beside it; "" = none */
    const char *shop_name;
    const char *scan;    /* what to do with the code, below it */
    const char *note;    /* what the price is worth later */
    const char *address; /* into the code */
};

/* The drawing, and where its picture goes. ERR_LIMIT when the address is longer than QR_TEXT_LIMIT. */
CHECKED err share_card_draw(struct ctx *ctx, const struct share_card *card, struct picture_card *drawn);

/* A text in at most `most` lines of `width` hundredths of an em, broken between words or Chinese characters;
 * the last one ends with … when not all of it fits. `lines` has room for `most`. Returns their number. */
size_t share_card_lines(struct arena *arena, const char *text, int64_t width, size_t most,
                        const char **lines);
