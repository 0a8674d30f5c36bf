/* backoffice_flash_form.h - a flash sale as people type it, and its pages. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/backoffice/backoffice_entry_form.h"
#include "shop/pricing/pricing.h"

struct flash_form {
    int64_t flash_id;
    int64_t version;
    const char *name;
    const char *starts_at; /* local times */
    const char *ends_at;
    int64_t unpaid_minutes;
    bool is_beside;
    struct field_rows entries; /* struct entry_row */
    const char *goods;         /* SKUs or handles, one a line: their variants are added */
};

extern const struct field flash_create_fields[];
extern const struct field flash_change_fields[];
extern const struct field flash_preview_fields[];

/* The sale of a form. `is_whole`: everything that is wrong is said, by the names of the form's fields, and
 * pieces that are not there too; else only what cannot be read. */
CHECKED err flash_of_form(struct ctx *ctx, const struct flash_form *form, bool is_whole,
                          struct flash_sale *sale);
/* ERR_INVALID at "goods" when a word of it names nothing. */
CHECKED err flash_check_goods(struct ctx *ctx, const struct flash_form *form);
/* A failure of flash_save by the names of the form's fields. */
CHECKED err flash_form_failure(struct ctx *ctx, const struct flash_form *form, err failure);
/* ERR_INVALID at each entry that offers more pieces than are there besides those that it sold. */
CHECKED err flash_check_stock(struct ctx *ctx, const struct flash_sale *sale);

/* docs/views.md: `fields` and `goods` of the form, from a sale, or as they were typed. */
void flash_form_view(struct ctx *ctx, struct value *view, const struct flash_sale *sale);
void flash_typed_view(struct req *req, struct value *view, const struct flash_sale *typed);
/* Title, picture, list price and stock of each entry, into the rows of `list` that belong to them. */
CHECKED err flash_goods_view(struct ctx *ctx, const struct value *list, const struct flash_sale *sale);
