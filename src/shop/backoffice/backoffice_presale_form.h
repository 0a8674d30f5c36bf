/* backoffice_presale_form.h - a presale as people type it, and its pages. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/backoffice/backoffice_entry_form.h"
#include "shop/pricing/pricing.h"

struct presale_form {
    int64_t presale_id;
    int64_t version;
    const char *name;
    int kind;              /* enum presale_kind */
    const char *starts_at; /* local times */
    const char *ends_at;
    const char *balance_from;
    const char *balance_until;
    const char *ships_on; /* a day */
    int64_t ahead_days;
    struct field_rows entries; /* struct entry_row */
    const char *goods;         /* SKUs or handles, one a line: their variants are added */
};

extern const struct field presale_create_fields[];
extern const struct field presale_change_fields[];
extern const struct field presale_preview_fields[];

/* The sale of a form. `is_whole`: everything that is wrong is said, by the names of the form's fields, and
 * pieces that are not there too; else only what cannot be read. */
CHECKED err presale_of_form(struct ctx *ctx, const struct presale_form *form, bool is_whole,
                            struct presale *sale);
/* ERR_INVALID at "goods" when a word of it names nothing. */
CHECKED err presale_check_goods(struct ctx *ctx, const struct presale_form *form);
/* A failure of presale_save by the names of the form's fields. */
CHECKED err presale_form_failure(struct ctx *ctx, const struct presale_form *form, err failure);
/* ERR_INVALID at each entry that offers more pieces than are there besides those that it sold. */
CHECKED err presale_check_stock(struct ctx *ctx, const struct presale *sale);

/* docs/views.md: `fields` and `goods` of the form, from a sale, or as they were typed. */
void presale_form_view(struct ctx *ctx, struct value *view, const struct presale *sale);
void presale_typed_view(struct req *req, struct value *view, const struct presale *typed);
/* Title, picture, list price and stock of each entry, into the rows of `list` that belong to them. */
CHECKED err presale_goods_view(struct ctx *ctx, const struct value *list, const struct presale *sale);
