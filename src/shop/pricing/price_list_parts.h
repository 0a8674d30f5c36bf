/* price_list_parts.h - what the files of price lists share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/pricing/price_list.h"
#include "shop/pricing/promotion_parts.h"

#define PRICE_LIST_TURN_JOB "price-list.turn"
CHECKED err price_list_run_turn(struct ctx *ctx, const struct job *job, void *owner);

/* What the step of a price list says: "9 折". */
const char *list_step_text(struct ctx *ctx, const struct discount_rule *rule);
/* Of a line of a proof. */
struct list_source list_source_read(const struct value *line);

#define PRICE_LIST_COLUMNS                                                                                   \
    "SELECT id, version, status, name, audience, is_shown, starts_at, ends_at, terms, group_ids,"            \
    " updated_at FROM price_lists "
CHECKED err price_lists_take(struct ctx *ctx, struct db_rows *rows, struct price_list **lists, size_t *count);
