/* backoffice_entry_form.h - what the forms of flash sales, presales and group buys share: rows of variants
 * that take part, more of them by SKU or handle, times, and what is wrong by the names of the form's fields.
 * Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/inventory/inventory.h"

/* ---- what is wrong ---- */

struct form_problems {
    struct ctx *ctx;
    const struct field_problem *first;
    const struct field_problem **end;
};
void form_problems_open(struct form_problems *problems, struct ctx *ctx);
void form_complain(struct form_problems *problems, const char *field, const char *code, const char *message);
bool form_is_said(const struct form_problems *problems, const char *field);
/* ERR_INVALID with all of them, NULL without any. */
CHECKED err form_problems_failure(const struct form_problems *problems);
/* A local time of the shop; 0 for "" and for what is none, which is said. */
void form_read_time(struct form_problems *problems, const char *field, const char *text, int64_t *at);

/* ---- entries ---- */

/* More than any of the three may have. */
#define ENTRY_FORM_MOST 50

/* One variant as it was typed; each form has the fields of it that it asks for. */
struct entry_row {
    int64_t variant_id; /* or */
    const char *sku;
    int64_t price; /* minor units, as the next two */
    int64_t deposit;
    int64_t worth;
    int64_t stock;
    int64_t person_most;
    bool is_left_out;
};

struct entry_form {
    const struct field_rows *rows; /* struct entry_row */
    const char *goods;             /* SKUs or handles, one a line: their variants are added */
    const char *too_many;          /* the code when they are more than ENTRY_FORM_MOST */
};

/* A variant that takes part; of those named among the goods the row is empty. */
struct entry_read {
    int64_t variant_id;
    int64_t product_id;
    struct entry_row row;
};

/* Fills up to ENTRY_FORM_MOST. What names nothing is said at "goods". */
CHECKED err entries_read(struct form_problems *problems, const struct entry_form *form,
                         struct entry_read *entries, size_t *count);
/* Problems of a saved thing ("entries.1.price") by the rows of the form, unless the field has one already. */
void entries_take_over(struct form_problems *problems, const struct field_rows *rows, err failure);
/* The same as a failure of its own; what is no ERR_INVALID stays as it is. */
CHECKED err entries_failure(struct ctx *ctx, const struct field_rows *rows, err failure);

/* ---- pieces ---- */

struct entry_offer {
    int64_t variant_id;
    int64_t pieces;
};
struct entry_offers {
    const struct entry_offer *wanted;
    size_t count;
    const struct entry_offer *sold; /* by it already */
    size_t sold_count;
    int64_t (*there)(const struct stock *stock);
    const char *code;
};
/* ERR_INVALID at each entry that offers more pieces than are there besides those that were sold. */
CHECKED err entries_check_stock(struct ctx *ctx, const struct entry_offers *offers);
