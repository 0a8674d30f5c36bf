/* price_plan_parts.h - what the files of price plans share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/price_plan.h"

#define PRICE_PLAN_TURN_JOB "price.turn"

/* In a transaction: everything of the product that is due at ctx->now, and the job for what is next. */
CHECKED err price_plan_turn(struct ctx *ctx, int64_t product_id);
/* ERR_INVALID with the field; reads the product. Of a plan as it would be written, but the times against
 * others. */
CHECKED err price_plan_validate(struct ctx *ctx, const struct price_plan *plan);
/* Whether the plan meets one of the others, itself and the one it replaces left out. */
bool price_plan_meets(const struct price_plan *plan, const struct price_plan *others, size_t count);
