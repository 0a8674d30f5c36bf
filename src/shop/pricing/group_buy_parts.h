/* group_buy_parts.h - what the files of group buying share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/group_buy.h"

/* An entry with its activity; the columns are those of group_place_take. */
#define GROUP_PLACES                                                                                         \
    "SELECT e.group_buy_id, b.version, b.status, b.name, b.starts_at, b.ends_at, b.size, b.hours,"           \
    " b.is_listed, e.variant_id, e.product_id, e.price, e.stock, e.person_most, e.sold"                      \
    " FROM group_buy_entries e JOIN group_buys b ON b.shop_id = e.shop_id AND b.id = e.group_buy_id "
struct group_place group_place_take(const struct db_rows *rows);

#define BUY_GROUPS                                                                                           \
    "SELECT g.id, g.token, g.group_buy_id, g.variant_id, g.product_id, g.state, g.size, g.price, g.taken,"   \
    " g.paid, g.opened_at, g.ends_at, g.ended_at, (SELECT MIN(s.mask) FROM group_seats s"                    \
    " WHERE s.shop_id = g.shop_id AND s.group_id = g.id AND s.state <> 3 AND s.order_id ="                   \
    " (SELECT MIN(f.order_id) FROM group_seats f WHERE f.shop_id = g.shop_id AND f.group_id = g.id"          \
    " AND f.state <> 3)) FROM buy_groups g "
struct buy_group buy_group_take(const struct db_rows *rows);
/* In a transaction: every order that has a seat in the group is looked at now. */
CHECKED err group_schedule_orders(struct ctx *ctx, int64_t group_id);
