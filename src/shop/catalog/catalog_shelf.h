/* catalog_shelf.h - which products stand on which shelf. Private to catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"

enum shelf_kind { SHELF_SHOP = 0, SHELF_CATEGORY = 1, SHELF_TAG = 2, SHELF_COLLECTION = 3 };

#define WHOLE_SHOP 0
/* Products of one call, and of one transaction that settles many. */
#define SHELF_CHUNK PRODUCT_CHUNK

/* In the transaction of the change, when everything else is written: puts up to SHELF_CHUNK products where
 * category and tags say, with their status and price, and counts. Collections keep those they have. The rows
 * of the products must be locked by an earlier write of the transaction, so that two of them settle one after
 * the other. */
CHECKED err shelf_settle(struct ctx *ctx, const int64_t *product_ids, size_t count);
/* In a transaction: all products of a shelf are touched. */
CHECKED err product_touch_shelf(struct ctx *ctx, int64_t shelf_id);
/* In a transaction: locks the products, then settles them. */
CHECKED err shelf_settle_locked(struct ctx *ctx, const int64_t *product_ids, size_t count);
/* In a transaction: all products of one shelf move to another one, which may have some of them. */
CHECKED err shelf_merge(struct ctx *ctx, int64_t from_id, int64_t into_id);
/* In a transaction: nothing stands on it any more. */
CHECKED err shelf_clear(struct ctx *ctx, int64_t shelf_id);
/* In a transaction that holds the rows of the products: up to SHELF_CHUNK come onto a collection, or leave
 * it. Those that are there already, or not, stay as they are. */
CHECKED err shelf_put(struct ctx *ctx, int64_t shelf_id, const int64_t *product_ids, size_t count);
CHECKED err shelf_take(struct ctx *ctx, int64_t shelf_id, const int64_t *product_ids, size_t count);
