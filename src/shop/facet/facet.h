/* facet.h - narrowing a list: 季节 夏, 品牌 素日, 价格 50–100.
 *
 * Each product that is on the shelf has a spot, and each value one bit for each spot, kept in blocks. A page
 * reads the bits of the values that it may show, and everything else is AND, OR and counting: it costs the
 * same for any choice, and grows with the shop by a bit for each product and value. The tables say again what
 * the catalogue and the stock say; a job brings them up to date within a second of a change, and `yundian
 * check` compares them. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"

/* Spots of a block, and blocks of a shop: a shop that ever had more products on the shelf shows its lists
 * without facets. */
#define FACET_BLOCK_SPOTS 16384
#define FACET_BLOCK_LIMIT 16
/* Values of one facet: the first that came. */
#define FACET_VALUE_LIMIT 80
/* The same of values that are numbers, which are shown in ranges. */
#define FACET_NUMBER_LIMIT 160
/* Attributes that narrow one list. */
#define FACET_ATTRIBUTE_LIMIT 12
/* Of them, those that are asked only at categories below the list's. */
#define FACET_BELOW_LIMIT 6
/* Columns of one question; with the shelf they are the ids of one statement. */
#define FACET_COLUMN_LIMIT (DB_IDS_LIMIT - 1)
#define FACET_BAND_LIMIT 5
#define FACET_PAGE_LIMIT 32

/* What is no attribute. Ids made by the program are larger. */
enum facet_own { FACET_BRAND = 1, FACET_STOCK = 2 };

/* Something with values: an attribute, a tag (whose one value is ""), or one of enum facet_own. Columns of
 * one group widen each other, those of different groups narrow. */
struct facet_column {
    int64_t facet_id;
    size_t group; /* below FACET_COLUMN_LIMIT */
};

struct facet_choice {
    int64_t facet_id; /* of a column */
    const char *value;
};

/* Answers to a number attribute from low on, up to high, which is not in it; thousandths, INT64_MAX = without
 * an upper end. Chosen as its values are. */
struct facet_range {
    int64_t facet_id; /* of a column */
    int64_t low;
    int64_t high;
};

/* Minor units: low is in it, high is not; INT64_MAX = without an upper end. */
struct facet_band {
    int64_t low;
    int64_t high;
    int64_t count; /* out */
};

struct facet_query {
    int64_t shelf_id; /* 0 = the whole shop */
    enum product_sort sort;
    const char *cursor; /* of an earlier page, or NULL / "" */
    int limit;          /* 0 = only counts; at most FACET_PAGE_LIMIT */
    const struct facet_column *columns;
    size_t column_count;
    const struct facet_choice *choices; /* of columns */
    size_t choice_count;
    const struct facet_range *ranges; /* of columns */
    size_t range_count;
    const struct facet_band *bands; /* chosen prices */
    size_t band_count;
};

struct facet_value {
    int64_t facet_id;
    const char *value;
    size_t group;
    int64_t count; /* products under what is chosen in the other groups */
    int64_t whole; /* of the shelf, whatever is chosen */
};

struct facet_answer {
    bool is_known;              /* false: the shop has too many products, and the rest is empty */
    struct facet_value *values; /* those that the shelf has, with what others choose or without, by column */
    size_t value_count;
    struct facet_band bands[FACET_BAND_LIMIT]; /* of the shelf, whatever is chosen */
    size_t band_count;
    int64_t total; /* products under all that is chosen */
    int64_t *product_ids;
    size_t product_count;
    const char *next_cursor; /* NULL on the last page */
};

/* "6.1" as 6100, the thousandths of an ATTRIBUTE_NUMBER; false for what is no number with at most 12 digits
 * and 3 decimals. */
bool facet_number(const char *text, int64_t *number);
/* ERR_BAD_REQUEST for a cursor that is not ours. */
CHECKED err facet_ask(struct ctx *ctx, const struct facet_query *query, struct facet_answer *answer);

/* Brings the shop up to date at once, outside any transaction: for seeding and tests. */
CHECKED err facet_settle_now(struct ctx *ctx);
/* Bits and prices are those of the products. Products that wait to be settled are left out. */
CHECKED err facet_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
