/* backoffice_product_form.h - the product editor: from its form to a draft, and from a product to its view.
 * Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/catalog/catalog.h"

struct option_row {
    const char *name;
    const char *values; /* separated by commas, Chinese or Latin */
};

struct variant_row {
    int64_t variant_id;  /* 0 = new */
    const char *options; /* values in the order of the options, separated likewise */
    const char *sku;
    int64_t price;
    int64_t weight;
    bool is_active;
    int64_t stock; /* only of a new variant */
};

struct product_form {
    int64_t product_id;
    const char *title;
    const char *subtitle;
    const char *description;
    const char *brand;
    const char *handle;
    int kind;   /* index in product_kinds */
    int status; /* index in product_statuses */
    int64_t category_id;
    int64_t version;
    struct field_rows options;
    struct field_rows variants;
};

extern const char *const product_kinds[];
extern const char *const product_statuses[];
extern const struct field product_create_fields[];
extern const struct field product_change_fields[];

/* Creates or changes the product of a form, with stock rows for new variants, in one transaction. */
CHECKED err product_form_save(struct ctx *ctx, const struct product_form *form, int64_t *product_id);
/* docs/views.md: the view of the editor; product NULL = a new one. */
CHECKED err product_edit_view(struct ctx *ctx, const struct product *product, struct value **view);
