/* rule.h - rules that choose products: of smart collections, for tagging many at once, and for what happens
 * without stock.
 *
 * A rule is a list of conditions, all or any of which must hold. Collections are kept by events: whenever a
 * product, its stock or its sales change, or a day passes that a rule waits for, that product is compared
 * with every rule of the shop. A new rule is compared with all products by a job, some hundred in a
 * transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"

#define RULE_CONDITION_LIMIT 20
#define RULE_TEXT_LIMIT 60 /* characters of a word */
/* Above it pages and rules are not told of every sale (inventory.h). */
#define RULE_STOCK_LIMIT STOCK_NEWS_LEVEL
#define RULE_DAY_LIMIT 3650
#define RULE_JSON_LIMIT 16384
#define STOCK_RULE_LIMIT 20
/* Products that a look before saving goes through. */
#define RULE_LOOK_LIMIT 20000

enum rule_field {
    RULE_TITLE,
    RULE_BRAND,
    RULE_CATEGORY, /* with all below it */
    RULE_TAG,
    RULE_ATTRIBUTE,
    RULE_KIND,
    RULE_PRICE, /* the lowest of its variants */
    RULE_STOCK,
    RULE_SOLD,     /* pieces ever */
    RULE_AGE,      /* whole days since it was created */
    RULE_CHANGED,  /* whole days since it was saved */
    RULE_STRUCK,   /* "yes": a variant that is offered shows a struck price, which is lawful (pricing.h) */
    RULE_DISCOUNT, /* whole percent below it, of the variant where they are most; 0 without one */
    RULE_FIELDS,
};

enum rule_test { RULE_IS, RULE_IS_NOT, RULE_HAS, RULE_HAS_NOT, RULE_AT_MOST, RULE_AT_LEAST, RULE_TESTS };

struct rule_condition {
    enum rule_field field;
    enum rule_test test;
    int64_t id;       /* of the category or attribute */
    int64_t number;   /* minor units, pieces, days; thousandths of an attribute; enum product_kind */
    const char *text; /* as it was typed */
};

struct rule {
    bool is_any;
    struct rule_condition conditions[RULE_CONDITION_LIMIT];
    size_t count; /* 0 = fits every product */
};

/* What a rule looks at. */
struct rule_facts {
    const struct product_facts *product;
    int64_t stock;
    int64_t sold;
    int64_t struck;      /* the struck price that is shown where it says most; 0 = none, or nobody asks */
    int64_t price;       /* beside it */
    int64_t struck_next; /* when time alone may make one lawful; 0 = never */
};
/* A bit for each rule_field that the rule asks for. */
unsigned rule_asks(const struct rule *rule);

extern const char *const rule_field_names[RULE_FIELDS + 1];
extern const char *const rule_test_names[RULE_TESTS + 1];
/* Whether this question can be asked of this field. */
bool rule_may_test(enum rule_field field, enum rule_test test);

/* From the JSON of a column; "" gives a rule without conditions. */
CHECKED err rule_read(struct ctx *ctx, const char *json, struct rule *rule);
CHECKED err rule_write(struct ctx *ctx, const struct rule *rule, const char **json);
/* Reads `text` of each condition into `id` and `number`. ERR_INVALID with `conditions.N.value` or `.test`. */
CHECKED err rule_settle_words(struct ctx *ctx, struct rule *rule);
/* Tags that were renamed since the rule was saved go by their present name. */
CHECKED err rule_rename_tags(struct ctx *ctx, struct rule *rule, int64_t since);
bool rule_fits(const struct rule *rule, const struct rule_facts *facts, int64_t now);
/* When time alone may change the answer next; INT64_MAX = never. */
int64_t rule_next_change(const struct rule *rule, const struct rule_facts *facts, int64_t now);

/* ---- finding products ---- */

/* Products that fit, in the order of their ids: at most `most`; `*looked` tells how many were looked at, and
 * stops at `look_limit` (`*is_whole` false then). */
struct rule_search {
    const struct rule *rule;
    size_t most;
    int64_t look_limit;
    int64_t *ids;    /* out: `most` places, filled by the caller with room */
    size_t count;    /* out */
    int64_t matched; /* out: also those beyond `most` */
    int64_t looked;  /* out */
    bool is_whole;   /* out */
};
CHECKED err rule_find(struct ctx *ctx, struct rule_search *search);

/* ---- smart collections ---- */

/* Creates (id 0) or changes a smart collection; the job that fills it is due at once when the rule is new. */
CHECKED err rule_save_collection(struct ctx *ctx, struct collection *collection, const struct rule *rule);
/* In a transaction: compares up to PRODUCT_CHUNK products with every rule of the shop. */
CHECKED err rule_settle(struct ctx *ctx, const int64_t *product_ids, size_t count);
/* In a transaction: a collection that came back is filled anew by its rule. */
CHECKED err rule_fill_later(struct ctx *ctx, int64_t collection_id);
/* What its job does, at once. */
CHECKED err rule_fill_now(struct ctx *ctx, int64_t collection_id);
/* Every smart collection that is not being filled has the products that fit, and no others; while events wait
 * to be heard, nothing is said. Rules about time are left out: their job may be late. */
CHECKED err rule_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- without stock ---- */

enum stock_action {
    STOCK_OFF = 1,  /* off the shelf */
    STOCK_SHOW = 2, /* stays, shown as sold out */
};

/* The first that fits a product decides. */
struct stock_rule {
    int64_t id;
    const char *name;
    const char *rule; /* JSON; "" = all products */
    enum stock_action action;
    bool is_back; /* on the shelf again when there is stock again */
    int64_t rule_at;
};
CHECKED err stock_rule_list(struct ctx *ctx, struct stock_rule **rules, size_t *count);
/* Products without stock follow at once, by a job. */
CHECKED err stock_rule_create(struct ctx *ctx, struct stock_rule *stock_rule, const struct rule *rule);
CHECKED err stock_rule_remove(struct ctx *ctx, int64_t stock_rule_id);
