/* backoffice_group_form.h - a group buy as people type it, and its pages. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/backoffice/backoffice_entry_form.h"
#include "shop/pricing/pricing.h"

struct group_form {
    int64_t group_buy_id;
    int64_t version;
    const char *name;
    const char *starts_at; /* local times */
    const char *ends_at;
    int64_t size;
    int64_t hours;
    bool is_listed;
    struct field_rows entries; /* struct entry_row */
    const char *goods;         /* SKUs or handles, one a line: their variants are added */
};

extern const struct field group_create_fields[];
extern const struct field group_change_fields[];
extern const struct field group_preview_fields[];

/* The group buy of a form. `is_whole`: everything that is wrong is said, by the names of the form's fields,
 * and pieces that are not there too; else only what cannot be read. */
CHECKED err group_of_form(struct ctx *ctx, const struct group_form *form, bool is_whole,
                          struct group_buy *buy);
/* ERR_INVALID at "goods" when a word of it names nothing. */
CHECKED err group_check_goods(struct ctx *ctx, const struct group_form *form);
/* A failure of group_buy_save by the names of the form's fields. */
CHECKED err group_form_failure(struct ctx *ctx, const struct group_form *form, err failure);
/* ERR_INVALID at each entry that offers more pieces than are there besides those that it sold. */
CHECKED err group_check_stock(struct ctx *ctx, const struct group_buy *buy);

/* docs/views.md: `fields` and `goods` of the form, from a group buy, or as they were typed. */
void group_form_view(struct ctx *ctx, struct value *view, const struct group_buy *buy);
void group_typed_view(struct req *req, struct value *view, const struct group_buy *typed);
/* Title, picture, list price and stock of each entry, into the rows of `list` that belong to them. */
CHECKED err group_goods_view(struct ctx *ctx, const struct value *list, const struct group_buy *buy);
