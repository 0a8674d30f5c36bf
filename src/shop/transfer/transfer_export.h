/* transfer_export.h - lists of the shop as tables, a batch of rows at a time. Private to transfer, and for
 * the command line.
 *
 * Products come one row a variant, also of those that are switched off; what belongs to the product stands in
 * its first row, and handle, name, category, kind and status in each. The names of the columns are those that
 * the import reads, in the reader's language: so a table of products that comes back changes nothing. Specs
 * are one a line, "name: value"; tags and the choices of an attribute are parted by commas; a category is its
 * path, "衣着 › 夏装"; pictures are their ids, parted by blanks. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sheet/sheet.h"
#include "shop/catalog/catalog.h"
#include "shop/digital/digital.h"
#include "shop/freight/freight.h"
#include "shop/inventory/inventory.h"
#include "shop/ledger/ledger.h"
#include "shop/media/media.h"
#include "shop/notify/notify.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"
#include "shop/staff/staff.h"
#include "shop/transfer/transfer.h"

enum export_kind {
    EXPORT_PRODUCTS = 1,
    EXPORT_ORDERS,
    EXPORT_CATEGORIES,
    EXPORT_TAGS,
    EXPORT_MEDIA,
    EXPORT_DECKS,
    EXPORT_IMPORTS,
    EXPORT_AUDIT,
    EXPORT_REVIEWS,
    EXPORT_MESSAGES,
    EXPORT_ALARMS,
    EXPORT_JOBS,
    EXPORT_PRICES,
    EXPORT_PROMOTIONS,
    EXPORT_LEDGER,
    EXPORT_MOVEMENTS,
    EXPORT_REDIRECTS
};

/* What narrows a list, as its page does. */
struct export_filter {
    const char *tag_group; /* of tags; NULL or "" = any */
    struct product_query products;
    enum stock_level stock; /* of products, with status only */
    const char *q; /* of products: a SKU or the beginning of a title; of orders: as order_search; "" = all */
    enum order_stage stage;
    int64_t since; /* orders placed then or later, and before `until`; 0 = any */
    int64_t until;
    enum payment_status payment; /* of orders; 0 = any */
    enum product_kind kind;      /* orders that hold it; 0 = any */
    int64_t total_min;
    int64_t total_max;   /* 0 = any */
    bool sees_accounts;  /* orders: a word finds those of accounts too */
    bool shows_personal; /* orders: names, phones and addresses unmasked */
    struct picture_query media;
    enum deck_filter decks;
    struct audit_query audit;
    struct review_shop_query reviews;
    struct message_query messages;
    struct import_query imports;
    struct alarm_query alarms;
    struct price_change_query prices;
    struct promotion_phase_query promotions;
    struct ledger_query ledger;
    struct movement_query movements;
    const char *gateway; /* of orders: how they were paid; NULL or "" = any */
};

#define EXPORT_CURSOR_BYTES PRODUCT_CURSOR_LIMIT

struct export
{
    enum export_kind kind;
    struct export_filter filter;
    struct sheet_writer *writer;
    bool is_begun;
    bool is_listed; /* all rows are written */
    bool is_english;
    int digits; /* of the currency */
    char cursor[EXPORT_CURSOR_BYTES + 1];
    int64_t before_id;           /* decks, imports, reviews, messages, alarms, offers */
    int64_t only_id;             /* the one product whose SKU is asked for */
    struct product_batch *ahead; /* products that were asked for already */
    struct arena *arenas[2];     /* of the batch that is written and of the one after it, in turn */
    int turn;
    const struct category *categories;
    size_t category_count;
    bool has_hand; /* collections by hand that have products */
    struct freight_template *freights;
    size_t freight_count;
    const char *freight; /* the template of the product that is written */
    const struct attribute *attributes;
    size_t attribute_count;
};

/* Everything that the export holds on to lives in ctx->arena, except the writer: close it. */
CHECKED err export_open(struct ctx *ctx, enum export_kind kind, const struct export_filter *filter,
                        enum sheet_format format, struct export **made);
/* The next piece of the file. */
CHECKED err export_next(struct ctx *ctx, struct export *export, struct text_buf *out, bool *more);
void export_close(struct ctx *ctx, struct export *export);

/* ---- of the files of transfer ---- */

CHECKED err export_products_begin(struct ctx *ctx, struct export *export);
/* transfer_export_products.c */
CHECKED err export_products_rows(struct ctx *ctx, struct export *export);
void export_products_end(struct ctx *ctx, struct export *export);
/* The rows of one product; `stocks` as stock_take_products gives them. */
CHECKED err export_put_product(struct ctx *ctx, const struct export *export,
                               const struct product_whole *whole, const struct stock *stocks,
                               size_t stock_count);
CHECKED err export_orders_rows(struct ctx *ctx, struct export *export);
CHECKED err export_categories_rows(struct ctx *ctx, struct export *export);
CHECKED err export_tags_rows(struct ctx *ctx, struct export *export);
CHECKED err export_media_rows(struct ctx *ctx, struct export *export);
CHECKED err export_redirects_rows(struct ctx *ctx, struct export *export);
CHECKED err export_decks_rows(struct ctx *ctx, struct export *export);
CHECKED err export_imports_rows(struct ctx *ctx, struct export *export);
CHECKED err export_audit_rows(struct ctx *ctx, struct export *export);
CHECKED err export_reviews_rows(struct ctx *ctx, struct export *export);
CHECKED err export_messages_rows(struct ctx *ctx, struct export *export);
CHECKED err export_alarms_rows(struct ctx *ctx, struct export *export);
CHECKED err export_jobs_rows(struct ctx *ctx, struct export *export);
CHECKED err export_prices_rows(struct ctx *ctx, struct export *export);
CHECKED err export_promotions_rows(struct ctx *ctx, struct export *export);
CHECKED err export_ledger_rows(struct ctx *ctx, struct export *export);
/* transfer_export_stock.c */
CHECKED err export_movements_rows(struct ctx *ctx, struct export *export);
/* Remembers where to go on; NULL = this was the last. */
void export_keep_cursor(struct export *export, const char *cursor);
