/* backoffice_refund_view.h - money back for an order, as staff choose it (docs/views.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/payment/payment.h"

/* The page: what can go back, what was chosen, and, unless `quote` is NULL, what that comes to. */
CHECKED err refund_page_view(struct ctx *ctx, const struct order *order, const struct refund_wish *wish,
                             const struct refund_quote *quote, struct value **view);
