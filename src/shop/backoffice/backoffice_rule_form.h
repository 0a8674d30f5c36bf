/* backoffice_rule_form.h - a rule as people type it: in collections, tags by rule and what happens without
 * stock. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/rule/rule.h"

/* Products that a look before saving shows. */
#define RULE_SHOWN 12

/* Forms that carry a rule begin with it. */
struct rule_form {
    int match; /* index in rule_matches: all, any */
    struct field_rows conditions;
};

struct rule_row {
    const char *field; /* a name of rule_field_names; attribute.ID */
    int test;
    const char *value;
};

extern const char *const rule_matches[];
extern const struct field rule_row_fields[];

#define RULE_FORM_FIELDS                                                                                     \
    {.name = "match",                                                                                        \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct rule_form, match),                                                            \
     .choices = rule_matches,                                                                                \
     .help = "Whether all conditions must hold, or any"},                                                    \
    {                                                                                                        \
        .name = "conditions", .kind = FIELD_ROWS, .offset = offsetof(struct rule_form, conditions),          \
        .maximum = RULE_CONDITION_LIMIT, .rows = rule_row_fields, .row_size = sizeof(struct rule_row),       \
        .help = "The conditions; rows without a value are left out"                                          \
    }

/* Its words are not settled yet (rule_settle_words). ERR_INVALID for a field that is none. */
CHECKED err rule_of_form(struct ctx *ctx, const struct rule_form *form, struct rule *rule);
/* docs/views.md: `rule: {match, conditions: [{field, test, value}]}`. */
CHECKED err rule_set_view(struct ctx *ctx, struct value *view, const struct rule *rule);
/* What a rule form can choose from: `rule_attributes: [{id, name}]`, `rule_words: {categories, tags,
 * brands}`. */
CHECKED err rule_set_choices(struct ctx *ctx, struct value *view);
/* `preview: {matched, looked, is_whole, products: [{id, title, status, price_min, picture, url}]}` of a
 * settled rule. */
CHECKED err rule_set_preview(struct ctx *ctx, struct value *view, const struct rule *rule);
/* `name: [{id, title, status, price_min, picture, url}]` */
CHECKED err rule_set_products(struct ctx *ctx, struct value *view, const char *name, const int64_t *ids,
                              size_t count);
