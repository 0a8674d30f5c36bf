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
    const char *barcode;
    const char *external_id; /* NULL = not sent */
    const char *cost;        /* as typed; "" = not known */
    int64_t volume;
    int64_t compare_price; /* 0 = none */
    int compare_kind;      /* index in compare_kind_names; -1 = not sent */
    const char *compare_note;
    int64_t content_amount; /* 0 = not said */
    int content_unit;       /* index in content_unit_names */
    int content_base;       /* index in content_base_names */
    bool is_active;
    int64_t stock; /* only of a new variant */
};

struct spec_row {
    const char *name;
    const char *value;
};

struct attribute_row {
    int64_t attribute_id;
    const char *value;
};

struct detail_form {
    const char *model;
    const char *origin;
    const char *tax_code;
    const char *unit;
    const char *base_unit;
    int64_t base_count;
    int64_t shelf_life_days;
    const char *seo_title;
    const char *seo_description;
    const char *tags;         /* separated by commas */
    const char *publish_at;   /* 2026-05-01T10:00 in the shop's zone, or "" */
    const char *unpublish_at; /* likewise */
    int return_rule;          /* enum return_rule */
    int64_t return_days;
    int64_t exchange_days;
    int64_t warranty_months;
    int64_t fake_multiple;
    struct field_rows specs;
    struct field_rows attributes;
};

struct merge_row {
    const char *key;
    int take; /* 0 = mine, 1 = theirs */
};

enum variants_mode { VARIANTS_WHOLE, VARIANTS_PART };

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
    struct detail_form details;
    int variants_mode;  /* enum variants_mode */
    int64_t merge_with; /* 0 = nothing to merge */
    struct field_rows merge;
    int64_t variants_page; /* that was shown */
};

extern const char *const product_kinds[];
extern const char *const product_statuses[];
extern const struct field spec_row_fields[];
extern const struct field attribute_row_fields[];
extern const struct field product_create_fields[];
extern const struct field product_change_fields[];

/* Splits at ',', '，' and '、'; blank parts are left out. Returns how many were written, at most `most`. */
size_t form_split_values(struct ctx *ctx, const char *text, const char **values, size_t most);
/* What a form says of details, tags and attributes, into the draft. */
CHECKED err product_form_details(struct ctx *ctx, const struct detail_form *form,
                                 struct product_draft *draft);
/* What a row of the form says of cost, barcode and volume; `index` is for the complaint. */
CHECKED err product_form_trade(struct ctx *ctx, const struct variant_row *row, size_t index,
                               const struct variant_trade **trade);
/* What a row says beside the price; NULL when it was not sent: then it stays as it is. */
const struct variant_terms *product_form_terms(struct ctx *ctx, const struct variant_row *row);
/* docs/views.md: what is said beside the prices of variants, what may be shown of it and why not, into the
 * views of the list; a raise of the last days as warning. */
CHECKED err variant_terms_views(struct ctx *ctx, struct value *list, int64_t product_id,
                                const struct variant *variants, size_t count);
/* docs/views.md: details, tags, attribute values, schedule and warnings of a product into its view. */
CHECKED err product_details_view(struct ctx *ctx, struct value *view, const struct product *product);
/* docs/views.md: all attributes of the shop, with their categories. */
CHECKED err attribute_views(struct ctx *ctx, struct value *view);

/* Creates or changes the product of a form, with stock rows for new variants, in one transaction. */
CHECKED err product_form_save(struct ctx *ctx, const struct product_form *form, int64_t *product_id);
/* What the form would be merged with: for a form whose version is old. */
CHECKED err product_form_merge(struct ctx *ctx, const struct product_form *form, struct product_merge *merge);
/* Variants on one page of the editor. */
#define VARIANT_PAGE 100
/* docs/views.md: the view of the editor; product NULL = a new one. `page` is that of its variants, from 1; 0
 * = all. */
CHECKED err product_edit_view(struct ctx *ctx, const struct product *product, int64_t page,
                              struct value **view);
/* The page on which a form that met a conflict is merged. */
CHECKED err product_merge_page(struct req *req, const struct product_form *form);
/* The conflict of a form with what both sides say, for programs. */
err product_merge_failure(struct ctx *ctx, const struct product_form *form, err failure);
