/* rule_find.h - the facts that rules look at. Private to rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/rule/rule.h"

/* What the facts of a chunk of products take. */
#define RULE_ARENA_LIMIT (64 << 20)

#define RULE_STRUCK_FIELDS (1u << RULE_STRUCK | 1u << RULE_DISCOUNT)

/* Of those that exist of up to PRODUCT_CHUNK products. `fields` (rule_asks) says what is asked for: struck
 * prices are looked at only then. */
CHECKED err rule_facts_load(struct ctx *ctx, unsigned fields, const int64_t *product_ids, size_t count,
                            struct rule_facts *facts, size_t *have);
/* For a shelf that has all products that can fit: a category or tag that must hold, or the whole shop. */
CHECKED err rule_scope(struct ctx *ctx, const struct rule *rule, int64_t *shelf_id);
