/* backoffice_price_view.h - how the prices of a variant went, as a drawing and as tables. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/catalog/catalog.h"

/* docs/views.md: the rows of `changes`. */
CHECKED err price_changes_view(struct ctx *ctx, struct value *view, const struct price_change *changes,
                               size_t count);
/* docs/views.md: chart, ceiling and deals of the last `days` days into the view. */
CHECKED err price_chart_view(struct ctx *ctx, struct value *view, const struct variant *variant,
                             int64_t days);
