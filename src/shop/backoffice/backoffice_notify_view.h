/* backoffice_notify_view.h - channels and messages as staff see them (docs/views.md). Private to backoffice.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/notify/notify.h"

/* The whole page of settings; `test` is what a test brought, or NULL. */
CHECKED err notify_page_view(struct ctx *ctx, const struct delivery_result *test, const char *tested,
                             struct value **view);
/* Messages as rows; names channels by what the shop calls them. */
CHECKED err message_views(struct ctx *ctx, struct value *list, const struct message *messages, size_t count);
/* What an order's page says of its messages, and what the buyer may be told (again). */
CHECKED err order_messages_view(struct ctx *ctx, const struct order *order, struct value *tree);
