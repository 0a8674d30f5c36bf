/* backoffice_list.h - what the lists of the back office have in common: filters, orders, columns, pages.
 *
 * A list is declared: the filters that its address may carry, the orders it can be read in, its columns. Its
 * handler fills a place (which filters hold, in which order, behind which cursor) from its form, asks its
 * module for the rows, and list_view makes the rest: chips that show and take off what narrows the list,
 * addresses for orders and pages, columns as this person chose them, saved views. An order that has no index
 * together with a filter is not offered while the filter holds. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

#define LIST_FILTER_LIMIT 10
#define LIST_SORT_LIMIT 8
#define LIST_COLUMN_LIMIT 12
#define LIST_URL_LIMIT 2000
/* Views that one list of a shop can keep, and characters of a name. */
#define LIST_VIEW_LIMIT 60
#define LIST_VIEW_NAME_LIMIT 30
/* How long a view that was removed can be brought back. */
#define LIST_VIEW_KEPT_MS INT64_C(604800000) /* a week */

struct list_sort {
    const char *name;
    unsigned without; /* bit i: not while filter i holds */
};

struct list_column {
    const char *name;
    const char *sort;    /* the order that a click on its head asks for; NULL = none */
    const char *reverse; /* and the next click; NULL = the same */
    bool is_shown;       /* unless somebody chose otherwise */
};

struct list {
    const char *name;
    const char *path;
    const char *filters[LIST_FILTER_LIMIT + 1]; /* names of fields; ends with NULL */
    struct list_sort sorts[LIST_SORT_LIMIT + 1];
    struct list_column columns[LIST_COLUMN_LIMIT + 1];
    bool is_of_one; /* it belongs to one thing, whose place says its path: no views of it are kept */
};

struct list_place {
    const struct list *list;
    const char *path;                      /* of a list of one thing; else NULL */
    const char *values[LIST_FILTER_LIMIT]; /* "" or NULL: does not narrow */
    const char *labels[LIST_FILTER_LIMIT]; /* what people call an id; NULL = the value itself */
    const char *sort;                      /* asked for; list_settle makes it one that goes */
    const char *cursor;
};

/* Places of the filters in list_place. */
enum product_filters { PRODUCTS_STATUS, PRODUCTS_STOCK, PRODUCTS_CATEGORY, PRODUCTS_Q };
enum order_filters {
    ORDERS_STAGE,
    ORDERS_PAYMENT,
    ORDERS_KIND,
    ORDERS_MIN,
    ORDERS_MAX,
    ORDERS_FROM,
    ORDERS_TO,
    ORDERS_Q,
    ORDERS_GATEWAY
};

enum audit_filters { AUDITS_KIND, AUDITS_WHO, AUDITS_ABOUT, AUDITS_FROM, AUDITS_TO };
enum deck_filters { DECKS_STATE, DECKS_Q };
enum tag_filters { TAGS_GROUP, TAGS_Q };
enum media_filters { MEDIA_SHOW, MEDIA_Q, MEDIA_FOR };
enum alarm_filters { ALARMS_STATE, ALARMS_KIND };
enum message_filters { MESSAGES_STATE, MESSAGES_FROM, MESSAGES_TO, MESSAGES_Q };
enum import_filters { IMPORTS_STATE, IMPORTS_FROM, IMPORTS_TO };
enum price_filters { PRICES_VARIANT, PRICES_DAYS };
enum work_filters { WORKS_STATE };
enum trash_filters { TRASH_KIND };
enum redirect_filters { REDIRECTS_Q };
enum act_filters { ACTS_KIND };
enum promotion_filters { OFFERS_PHASE, OFFERS_KIND };
enum ledger_filters { LEDGERS_ACCOUNT, LEDGERS_KIND, LEDGERS_GATEWAY, LEDGERS_FROM, LEDGERS_TO };
enum gift_card_filters { CARDS_STATUS, CARDS_LAST4, CARDS_BATCH };
enum movement_filters { MOVEMENTS_KIND, MOVEMENTS_FROM, MOVEMENTS_TO };

/* Of forms that show a list whose saved views can be removed: the view that just was. */
#define REMOVED_VIEW_FIELD(form)                                                                             \
    {                                                                                                        \
        .name = "removed", .kind = FIELD_ID, .offset = offsetof(form, removed_id),                           \
        .help = "For pages: the saved view that was just removed"                                            \
    }

extern const struct list tag_list_pages;
extern const struct list deck_list_pages;
extern const struct list media_list_pages;
extern const struct list product_list_pages;
extern const struct list order_list_pages;
extern const struct list audit_list_pages;
extern const struct list review_list_pages;
extern const struct list alarm_list_pages;
extern const struct list message_list_pages;
extern const struct list import_list_pages;
extern const struct list price_list_pages;
extern const struct list work_list_pages;
extern const struct list trash_list_pages;
extern const struct list redirect_list_pages;
extern const struct list act_list_pages;
extern const struct list promotion_list_pages;
extern const struct list ledger_list_pages;
extern const struct list movement_list_pages;
extern const struct list gift_card_list_pages;
/* "products" …; ends with NULL. */
extern const char *const list_names[];
const struct list *list_of_name(const char *name);

/* The first order that goes with what narrows the list, when the one asked for does not. */
void list_settle(struct list_place *place);
/* The query of its address in a fixed order of names, without cursor: "" when nothing narrows it. */
const char *list_query(struct ctx *ctx, const struct list_place *place);
/* Path and query; with a cursor when that is not NULL. */
const char *list_url(struct ctx *ctx, const struct list_place *place, const char *cursor);
/* What two fields of days, "from" and "to", narrow a list to: [since, until), 0 = not. ERR_INVALID. */
CHECKED err list_read_days(struct ctx *ctx, const char *from, const char *to, int64_t *since, int64_t *until);
/* Puts `list` (docs/views.md), next_url, first_url and list_url into a view. */
CHECKED err list_view(struct ctx *ctx, const struct list_place *place, const char *next_cursor,
                      struct value *view);

/* ---- what staff keep of lists ---- */

struct saved_view {
    int64_t id;
    const char *name;
    const char *query;
    const char *columns;
    int64_t staff_id;
    bool is_shared;
};

/* The person's own and the shared ones, oldest first. */
CHECKED err saved_view_list(struct ctx *ctx, const struct list *list, struct saved_view **views,
                            size_t *count);
/* Fills view->id. ERR_LIMIT, ERR_INVALID (name, query). */
CHECKED err saved_view_create(struct ctx *ctx, const struct list *list, struct saved_view *view);
/* Of one's own, or, for who may manage (`is_manager`), of anybody. ERR_NOT_FOUND. `list` gets its list. */
CHECKED err saved_view_rename(struct ctx *ctx, int64_t view_id, bool is_manager, const char *name,
                              const struct list **list);
CHECKED err saved_view_remove(struct ctx *ctx, int64_t view_id, bool is_manager, bool is_removed,
                              const struct list **list);
/* Names between commas; NULL when this person chose none. */
CHECKED err list_columns_find(struct ctx *ctx, const struct list *list, const char **columns);
/* NULL goes back to what everybody sees. */
CHECKED err list_columns_set(struct ctx *ctx, const struct list *list, const char *columns);
