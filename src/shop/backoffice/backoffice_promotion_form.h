/* backoffice_promotion_form.h - an offer as people type it, and its pages. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/pricing/pricing.h"

/* Paid orders that a trial looks at, and those that it shows. */
#define TRIAL_ORDERS 200
#define TRIAL_SHOWN 5
/* Entries of lists that one form can carry. */
#define SCOPE_ROWS 800

struct step_row {
    int64_t from;     /* minor units */
    int64_t pieces;   /* of kinds that count pieces */
    int64_t off;      /* minor units */
    int64_t price;    /* minor units */
    int64_t percent;  /* basis points that come off */
    const char *fold; /* the same as people type it: 8.5 = 15 % off */
    const char *part; /* or 15 */
    bool is_free;     /* shipping: carried for nothing */
    int64_t gives;    /* of gifts: pieces */
};

/* Goods that a bundle is made of, or that are given. */
struct given_row {
    const char *sku;
    int64_t pieces; /* 0 = one */
    int64_t price;  /* minor units */
};

struct id_row {
    int64_t id;
};

struct region_row {
    int64_t code;
};

/* Some hours of some days of the week. */
struct window_row {
    bool is_on[WEEK_DAYS]; /* as week_day_names */
    const char *opens;     /* "10:00", of the shop's clocks */
    const char *closes;
};
extern const char *const week_day_names[WEEK_DAYS]; /* "mon" … "sun" */

struct promotion_form {
    int64_t promotion_id;
    int64_t version;
    int kind; /* index in promotion_form_kinds: enum discount_kind - 1 */
    const char *name;
    const char *starts_at; /* local times */
    const char *ends_at;
    struct field_rows steps; /* struct step_row */
    int64_t times;
    int64_t most;
    int scope;                  /* 0 = all goods, 1 = some */
    struct field_rows shelves;  /* struct id_row */
    struct field_rows products; /* struct id_row */
    struct field_rows regions;  /* struct region_row */
    int reach;                  /* index in reaches: regions as they are named, all, or some */
    struct field_rows windows;  /* struct window_row */
    const char *tags;           /* names between commas */
    const char *goods;          /* SKUs or handles, one a line */
    bool is_beside_sale;
    bool is_beside_goods;
    bool is_beside_sum;
    bool is_beside_coupon;
    bool is_beside_gift;
    bool is_beside_addon;
    int by;                  /* gifts, add-ons: 0 = steps begin at a sum, 1 = at pieces */
    struct field_rows given; /* struct given_row */
    const char *code;
    int64_t uses_most;
    int64_t person_most;
    int64_t money_most;
    bool has_trial;
    bool makes_code;
};

/* A price list is typed like an offer of the kind sale, with whom it is for. */
struct price_list_form {
    struct promotion_form offer;
    int audience;             /* index: enum price_audience - 1 */
    struct field_rows groups; /* struct id_row */
    bool is_shown;
    int status;
    const char *notice;
};
extern const struct field price_list_create_fields[];
extern const struct field price_list_change_fields[];

extern const char *const promotion_form_kinds[];
extern const struct field promotion_new_fields[];
extern const struct field promotion_create_fields[];
extern const struct field promotion_change_fields[];
extern const struct field promotion_preview_fields[];

/* The offer of a form. `is_whole`: everything that is wrong is said, by the names of the form's fields; else
 * what cannot be read is left out. A coupon without a code gets one. */
CHECKED err promotion_of_form(struct ctx *ctx, const struct promotion_form *form, bool is_whole,
                              struct promotion *promotion);
/* The windows and regions of a form, into its rule, and what cannot be read of them; windows that are none
 * are left out unless `is_whole` (backoffice_promotion_when.c). */
void promotion_read_when(struct ctx *ctx, const struct promotion_form *form, bool is_whole,
                         struct discount_rule *rule, const struct field_problem **problems);
/* windows.1.opens of the rule is the second row that was filled. */
const char *promotion_window_field(struct ctx *ctx, const struct promotion_form *form, const char *field);
extern const char *const promotion_reaches[]; /* "named", "all", "some" */
extern const struct field promotion_window_fields[];
/* What promotion_save refused, by the names of the form's fields. */
err promotion_form_failure(struct ctx *ctx, const struct promotion_form *form, err failure);

/* ---- goods that an offer names (backoffice_promotion_goods.c) ---- */

/* Those of a form, into its rule, and what cannot be read of them. */
CHECKED err goods_of_form(struct ctx *ctx, const struct promotion_form *form, struct discount_rule *rule,
                          const struct field_problem **problems);
/* given.1.sku of the rule is the second row that was filled. */
const char *goods_form_field(struct ctx *ctx, const struct promotion_form *form, const char *field);
/* `fields.given` of an offer, or as it was typed, and the variants to choose from: `choices.wares`. */
CHECKED err promotion_given_view(struct req *req, struct value *view, const struct promotion *promotion,
                                 bool is_typed);

/* ---- views (docs/views.md) ---- */

/* `fields`: every field as text, of an offer, or as it was typed. */
void promotion_form_view(struct ctx *ctx, struct value *view, const struct promotion *promotion);
void promotion_typed_view(struct req *req, struct value *view);
/* `choices: {categories, collections, tags, products, tag_words}`; what the offer has of them is_chosen. */
CHECKED err promotion_choices_view(struct ctx *ctx, struct value *view, const struct promotion *promotion);
/* promotion_view with `figures` in it. */
struct value *promotion_row_view(struct ctx *ctx, const struct promotion *promotion,
                                 const struct promotion_figure *figure);
/* `trial`: what it would have done to the newest paid orders. */
CHECKED err promotion_trial_view(struct ctx *ctx, struct value *view, const struct promotion *promotion);
