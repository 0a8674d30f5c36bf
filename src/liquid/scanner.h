/* scanner.h - cuts a template into text, {{ outputs }} and {% tags %}; in a `liquid` tag into lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"

enum piece_kind {
    PIECE_END,
    PIECE_TEXT,
    PIECE_OUTPUT,
    PIECE_TAG,
    PIECE_OPEN,  /* {{ or {% without its end */
    PIECE_EMPTY, /* a tag without a name */
};

struct piece {
    enum piece_kind kind;
    struct slice markup; /* the text, or what stands inside, without the name of a tag */
    struct slice name;   /* of a tag */
    const char *at;
    bool trims_before;
    bool trims_after;
};

struct scanner {
    const char *at;
    const char *end;
    bool by_line; /* inside a `liquid` tag */
};

void scanner_next(struct scanner *scanner, struct piece *piece);
/* Finds {% word … %} from where the scanner stands and moves behind it; `before` is what stood in front.
 * Stops at {% nested … %} too, when it is given. False when there is neither. */
bool scanner_skip_to(struct scanner *scanner, const char *word, const char *nested, struct slice *before,
                     struct piece *piece);
