/* backoffice_price_plan_view.h - planned prices as the back office shows them. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/pricing/pricing.h"

/* Variants on one page of the form. */
#define PLAN_ROWS 100

/* docs/views.md: a plan. At most `most` of its lines; `variants` are those of the product. */
CHECKED err price_plan_view(struct ctx *ctx, const struct price_plan *plan, const struct variant *variants,
                            size_t count, size_t most, struct value **view);
/* docs/views.md: fields of the form: rows of the page of variants, filled from a plan (NULL = empty). */
void price_plan_fields_view(struct ctx *ctx, struct value *view, const struct price_plan *plan,
                            const struct variant *variants, size_t count, int64_t page);
/* docs/views.md: `price_plans` of the editor: those to come and running, each with some of its lines. */
CHECKED err price_plan_open_view(struct ctx *ctx, struct value *view, int64_t product_id,
                                 const struct variant *variants, size_t count);
