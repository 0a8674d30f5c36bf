/* backoffice_order_view.h - an order as staff see it (docs/views.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/order/order.h"

CHECKED err order_admin_view(struct ctx *ctx, const struct order *order, struct value **view);
