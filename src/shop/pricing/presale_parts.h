/* presale_parts.h - what the files of presales share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/presale.h"

/* An entry with its presale; the columns are those of presale_place_take. */
#define PRESALE_PLACES                                                                                       \
    "SELECT e.presale_id, s.swell_id, s.version, s.kind, s.name, s.starts_at, s.ends_at, s.balance_from,"    \
    " s.balance_until, s.ships_by, s.ahead_days, e.variant_id, e.product_id, e.price, e.deposit, e.worth,"   \
    " e.stock, e.person_most, e.sold"                                                                        \
    " FROM presale_entries e JOIN presales s ON s.shop_id = e.shop_id AND s.id = e.presale_id "
struct presale_place presale_place_take(const struct db_rows *rows);
/* Fills the entries of presales, in their order. */
CHECKED err presale_entries_load(struct ctx *ctx, struct presale *presales, size_t count);
