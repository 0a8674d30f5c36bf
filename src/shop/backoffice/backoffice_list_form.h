/* backoffice_list_form.h - the list of products: what narrows it, and acts over what it finds. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/catalog/catalog.h"

/* What narrows the list of products. Forms that carry it begin with it, so that a refused one can show the
 * list again. */
struct product_filter {
    int status; /* index in product_list_statuses */
    int stock;  /* index in product_list_stocks: enum stock_level */
    int64_t category_id;
    const char *q;
};

extern const char *const product_list_statuses[];
extern const char *const product_list_stocks[];

#define PRODUCT_FILTER_FIELDS                                                                                \
    {.name = "status",                                                                                       \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct product_filter, status),                                                      \
     .choices = product_list_statuses,                                                                       \
     .help = "Only products of this status"},                                                                \
        {.name = "stock",                                                                                    \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_filter, stock),                                                   \
         .choices = product_list_stocks,                                                                     \
         .help = "in, low (1 to 5) or out of stock, of all categories; left out while there is a q"},        \
        {.name = "category",                                                                                 \
         .kind = FIELD_ID,                                                                                   \
         .offset = offsetof(struct product_filter, category_id),                                             \
         .help = "Only products of this category"},                                                          \
    {                                                                                                        \
        .name = "q", .kind = FIELD_TEXT, .offset = offsetof(struct product_filter, q), .maximum = 120,       \
        .help = "A SKU, or the beginning of a title"                                                         \
    }

/* All that the filter finds: at most PRODUCT_BULK_LIMIT + 1. */
CHECKED err product_filter_ids(struct ctx *ctx, const struct product_filter *filter, int64_t **ids,
                               size_t *count);
/* The list again, for a refused form that begins with a struct product_filter. */
CHECKED err show_products_again(struct req *req);
/* "status" …: product_act_kinds[kind]; that of 0 is "all"; ends with NULL. */
extern const char *const product_act_kinds[];
/* docs/views.md: {id, at, actor, name, kind, value, count, undone_at}. `name` may be NULL. */
struct value *product_act_view(struct ctx *ctx, const struct product_act *act, const char *name);
