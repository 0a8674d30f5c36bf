/* freight.h - what carrying goods costs: from templates, lines and a destination to an amount and a sentence.
 *
 * A template charges by weight (grams), by pieces, or one amount for all; other rates may hold for some
 * provinces, some may be left out of what it delivers to, and from a sum or a number of pieces on it carries
 * for nothing. A product has one template; without one that of the shop, and in a shop without a default
 * carrying is free.
 *
 * A cart of several templates: the lines of each template are put together, which pay its first units once
 * and then its following units, begun ones as full ones; the freight of the cart is the sum over the
 * templates. The sum that makes it free is what the buyer pays for these goods, after every discount on goods
 * and the coupon (消费者权益保护法 第二十条: what is promised is what holds). Digital goods cost none. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

/* Templates of a shop, rates of one. */
#define FREIGHT_TEMPLATE_LIMIT 30
#define FREIGHT_RATE_LIMIT 8
#define FREIGHT_NAME_LIMIT 40
/* Minor units that one price of a rate can say: 10,000.00. */
#define FREIGHT_PRICE_LIMIT INT64_C(1000000)
#define FREIGHT_WEIGHT_LIMIT INT64_C(1000000) /* grams of one rate's steps */
#define FREIGHT_PIECES_LIMIT 999

/* ---- regions: the provinces of China, by GB/T 2260 ---- */

#define FREIGHT_REGIONS 34
struct freight_region {
    int64_t code; /* 11 … 82 */
    const char *name;
    const char *name_en;
};
extern const struct freight_region freight_regions[FREIGHT_REGIONS];
/* Place in the list of a code, -1 when there is none. */
int freight_region_place(int64_t code);
/* The code of the province with which an address as people write it begins ("浙江省 杭州市", "广西南宁",
 * "内蒙古自治区…", "Zhejiang, Hangzhou"); 0 when it begins with none. */
int64_t freight_region_of(const char *address);
/* The name of a code in the reader's language, "" for none. */
const char *freight_region_name(const struct ctx *ctx, int64_t code);

/* ---- templates ---- */

enum freight_way { FREIGHT_WEIGHT = 1, FREIGHT_PIECES = 2, FREIGHT_FIXED = 3 };
extern const char *const freight_way_names[]; /* [FREIGHT_WEIGHT] = "weight" …, the first one is "" */

/* Units are grams or pieces; with FREIGHT_FIXED only `first_price` counts. */
struct freight_rate {
    uint64_t regions; /* bits by place; of the first rate nothing: it holds everywhere else */
    int64_t first;    /* units, at least 1 */
    int64_t first_price;
    int64_t next; /* units; 0 = what is above the first ones costs no more */
    int64_t next_price;
};
struct freight_template {
    int64_t id;
    int64_t version;
    const char *name;
    enum freight_way way;
    bool is_default;
    struct freight_rate rates[FREIGHT_RATE_LIMIT];
    size_t rate_count;
    uint64_t refused;    /* provinces that it does not deliver to */
    int64_t free_sum;    /* minor units from which it is free; 0 = never */
    int64_t free_pieces; /* the same in pieces */
    uint64_t unfree;     /* provinces where it is never free */
    int64_t updated_at;
};

/* ---- the pure function ---- */

#define FREIGHT_NO_TEMPLATE (-1)
struct freight_line {
    int place;      /* in the templates, or FREIGHT_NO_TEMPLATE: carried for nothing */
    int64_t weight; /* grams of all its pieces */
    int64_t pieces;
    int64_t paid; /* minor units, after discounts */
};
enum freight_state {
    FREIGHT_NONE,    /* nothing that a template charges for */
    FREIGHT_KNOWN,   /* `amount` */
    FREIGHT_OPEN,    /* it depends on where it goes */
    FREIGHT_REFUSED, /* `refused` is not delivered there */
};
/* What the lines of one template cost. */
struct freight_part {
    int place;
    int64_t units;
    int64_t pieces;
    int64_t paid;
    int64_t amount;
    bool is_free;      /* from a sum or a number of pieces on */
    int64_t short_sum; /* minor units that are missing until it is free; 0 = it is, or never will be */
};
struct freight {
    enum freight_state state;
    int64_t region; /* code, 0 = not known */
    int64_t amount;
    struct freight_part parts[FREIGHT_TEMPLATE_LIMIT];
    size_t part_count;
    int refused; /* place of a template */
};
/* False when the sum leaves the range of money. Where it is known, `amount` is the
 * sum of the parts, and else nothing. */
bool freight_compute(const struct freight_template *templates, size_t template_count,
                     const struct freight_line *lines, size_t line_count, int64_t region,
                     struct freight *freight);

/* ---- a shop's templates ---- */

/* Default first, then by name. */
CHECKED err freight_template_list(struct ctx *ctx, struct freight_template **templates, size_t *count);
CHECKED err freight_template_load(struct ctx *ctx, int64_t template_id, struct freight_template **template);
/* Writes a new template (id 0) or the next version of one, when `version` is what was read: ERR_CONFLICT when
 * somebody was faster. ERR_INVALID with every field that is wrong, ERR_LIMIT above FREIGHT_TEMPLATE_LIMIT.
 * The first template of a shop, and one that is made the default, takes that from the others. */
CHECKED err freight_template_save(struct ctx *ctx, struct freight_template *template);
/* Products that had it have the default one. ERR_NOT_FOUND. */
CHECKED err freight_template_remove(struct ctx *ctx, int64_t template_id);
/* The template that a product chose, 0 = the default one. */
CHECKED err freight_product_load(struct ctx *ctx, int64_t product_id, int64_t *template_id);
/* The same of many. */
CHECKED err freight_product_load_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                      int64_t *template_ids);
CHECKED err freight_product_choose(struct ctx *ctx, int64_t product_id, int64_t template_id);
/* In a transaction: a template that is known to be there, or 0. */
CHECKED err freight_product_put(struct ctx *ctx, int64_t product_id, int64_t template_id);
/* How many products chose each of the templates. */
CHECKED err freight_product_count_many(struct ctx *ctx, const struct freight_template *templates,
                                       size_t count, int64_t *counts);
/* The templates of a shop, and the place of each product's among them (FREIGHT_NO_TEMPLATE = none). */
CHECKED err freight_template_many(struct ctx *ctx, const int64_t *product_ids, size_t product_count,
                                  struct freight_template **templates, size_t *count, int *places);

/* Rates and regions as they are kept in templates and price proofs. */
void freight_terms_write(struct ctx *ctx, struct value *object, const struct freight_template *template);
void freight_terms_read(const struct value *object, struct freight_template *template);

/* ---- words and views (docs/views.md) ---- */

/* "首重 1 kg ¥6，续重每 1 kg ¥2" */
const char *freight_rate_text(struct ctx *ctx, const struct freight_template *template,
                              const struct freight_rate *rate);
/* "满 ¥99 包邮（西藏、新疆除外）", "" when it is never free. */
const char *freight_free_text(struct ctx *ctx, const struct freight_template *template);
/* Names of the provinces of a set, with the sign of the language between. */
const char *freight_regions_text(struct ctx *ctx, uint64_t regions);
/* A list of {code, name}. */
void freight_regions_view(struct ctx *ctx, struct value *list);
struct value *freight_template_view(struct ctx *ctx, const struct freight_template *template);
