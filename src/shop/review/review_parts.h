/* review_parts.h - shared by the files of the module. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/review/review.h"

/* Columns of one review with the reply that counts; a WHERE of reviews v follows. */
#define REVIEW_COLUMNS                                                                                       \
    "SELECT v.id, v.product_id, v.order_id, v.line_no, v.variant_title, v.stars, v.body, v.author,"          \
    " v.created_at, v.follow_body, v.followed_at, v.weight, v.reply_no, r.body, r.at, v.reported_at,"        \
    " v.hidden_reason, v.pictures, v.votes FROM reviews v LEFT JOIN review_replies r ON r.shop_id = "        \
    "v.shop_id"                                                                                              \
    " AND r.review_id = v.id AND r.reply_no = v.reply_no WHERE v.shop_id = $1"

/* All rows of such a statement. */
void review_take(struct ctx *ctx, struct db_rows *rows, struct review **reviews, size_t *count);

/* What one change adds to the figures of a product. */
struct review_change {
    int64_t product_id;
    int64_t stars; /* the row that counts more or fewer */
    int64_t count; /* of it: 1, 0, -1 */
    int64_t worded;
    int64_t hidden;
};
/* In a transaction: for a product that has reviews; tells the pages that show them. */
CHECKED err review_figures_change(struct ctx *ctx, const struct review_change *change);
/* In a transaction: tells the pages of the product. */
CHECKED err review_emit(struct ctx *ctx, const char *topic, int64_t product_id, int64_t review_id);
