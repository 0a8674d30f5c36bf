/* backoffice_use_view.h - the orders that an offer, a flash sale or a presale was used by, on its page.
 * Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

/* Orders on one page. */
#define USE_ROWS 20

struct use_row {
    int64_t order_id;
    int64_t pieces;  /* 0 = not said */
    int64_t amount;  /* minor units that came off; said with: */
    int64_t version; /* of the offer; 0 = it has none */
    bool is_live;
};
struct use_page {
    const struct use_row *rows;
    size_t count;      /* USE_ROWS + 1 when there are more */
    int64_t before_id; /* the page begins behind this order; 0 = the first one */
    const char *at;    /* path of the page */
};
/* Sets uses, next_url and first_url (docs/views.md). */
CHECKED err uses_set_view(struct ctx *ctx, struct value *view, const struct use_page *page);
