/* flash_parts.h - what the files of flash sales share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/flash.h"

/* An entry with its sale; the columns are those of flash_place_take. */
#define FLASH_PLACES                                                                                         \
    "SELECT e.flash_id, s.version, s.name, s.starts_at, s.ends_at, s.unpaid_minutes, s.is_beside,"           \
    " e.variant_id, e.product_id, e.price, e.stock, e.person_most, e.sold, e.sold_out_at, e.refused"         \
    " FROM flash_entries e JOIN flash_sales s ON s.shop_id = e.shop_id AND s.id = e.flash_id "
struct flash_place flash_place_take(const struct db_rows *rows);
/* Fills the entries of sales, in their order. */
CHECKED err flash_entries_load(struct ctx *ctx, struct flash_sale *sales, size_t count);
