/* backoffice_digital_view.h - decks of key codes as the back office shows them (docs/views.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/catalog/catalog.h"
#include "shop/digital/digital.h"

/* What of a deck's page is asked for. */
struct deck_page {
    int64_t batch_no;  /* only codes of this batch; 0 = all */
    int64_t after;     /* codes behind this number */
    int64_t before;    /* batches before this one; 0 = the newest */
    int64_t loaded;    /* the batch that was just loaded, to be told; 0 = none */
    int64_t shown_seq; /* the code that is shown whole; 0 = none */
    const char *shown; /* that code */
};

/* Index 0 is unused: modes count from 1. */
extern const char *const deck_mode_names[];
/* Rows of a list; decks whose variant is gone are left out. */
CHECKED err deck_row_views(struct ctx *ctx, struct value *list, const struct code_deck *decks, size_t count);
CHECKED err deck_page_view(struct ctx *ctx, const struct variant *variant, const struct deck_page *page,
                           struct value **view);
void code_view_views(struct ctx *ctx, struct value *list, const struct code_view *views, size_t count);
void code_batch_view(struct ctx *ctx, struct value *view, const struct code_deck *deck,
                     const struct code_batch *batch);
