/* storefront_filter.h - what a list is narrowed by: read from its address, and shown. Private to storefront.
 *
 * In an address: filter=季节:夏,春;brand:素日;price:5000-10000 (prices in minor units, the upper end not in
 * it); of a number attribute 屏幕尺寸:6.1..6.7 (from 6.1 on, below 6.7) and 6.7.. are ranges. The groups
 * stand in the order of the page and the values in the order of their group, so that one choice has one
 * address; tags of a group stand behind "tag." and its name; a backslash stands before a : , ; or \ that is
 * part of a word. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/facet/facet.h"

#define FILTER_TEXT_LIMIT 400 /* characters of the whole filter */
#define FILTER_VALUE_LIMIT 24 /* chosen values */
#define FILTER_URL_LIMIT 1800 /* bytes of an address; choices that would make it longer have none */
#define FILTER_GROUP_LIMIT (FACET_ATTRIBUTE_LIMIT + TAG_FACET_LIMIT + 5)

enum filter_kind { FILTER_TAG, FILTER_ATTRIBUTE, FILTER_BRAND, FILTER_PRICE, FILTER_STOCK, FILTER_FREIGHT };

struct filter_group {
    enum filter_kind kind;
    const char *key; /* in the address */
    const struct attribute *attribute;
    const char *tags; /* of FILTER_TAG: the name of the group of tags, "" = those in none */
};

struct filter_pick {
    size_t group;
    const char *value; /* as in the address, without its backslashes */
};

struct filter {
    struct filter_group groups[FILTER_GROUP_LIMIT];
    size_t group_count;
    struct tag *tags;
    size_t tag_count;
    struct facet_column columns[FACET_COLUMN_LIMIT];
    size_t column_count;
    struct filter_pick picks[FILTER_VALUE_LIMIT]; /* those that mean something, each once */
    size_t pick_count;
    bool is_category;
};

/* The groups that a list may be narrowed by, and what a text chooses of them: what it names that is not there
 * is left out. `category_id` is 0 for a list that is no category. */
CHECKED err filter_read(struct ctx *ctx, int64_t category_id, const char *text, struct filter *filter);
/* The same for the search, which also knows what is carried for nothing: freight:free. */
CHECKED err filter_read_search(struct ctx *ctx, const char *text, struct filter *filter);
/* What is chosen, as questions are asked. */
struct filter_choices {
    struct facet_choice choices[FILTER_VALUE_LIMIT];
    struct facet_range ranges[FILTER_VALUE_LIMIT];
    struct facet_band bands[FILTER_VALUE_LIMIT];
    size_t choice_count, range_count, band_count;
};
void filter_question(const struct filter *filter, struct filter_choices *into);
/* Asks for a shelf; limit 0 = only counts. */
CHECKED err filter_ask(struct ctx *ctx, const struct filter *filter, const struct product_query *of,
                       int64_t shelf_id, struct facet_answer *answer);
/* Puts the picks in the order of the address. */
void filter_sort(struct filter *filter);
/* Reads "5000-10000" and "5000-". */
bool filter_band(const char *text, struct facet_band *band);

/* Reads "6.1..6.7" and "6.7..". */
bool filter_range(const char *text, struct facet_range *range);
/* A group whose answers are numbers. */
bool filter_is_number(const struct filter_group *group);

/* docs/views.md: `filter`. `base` is the address of the list, `sort` its order ("" = the usual one). */
void filter_view(struct ctx *ctx, struct value *view, const struct filter *filter,
                 const struct facet_answer *answer, const char *base, const char *sort);
