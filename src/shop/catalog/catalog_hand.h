/* catalog_hand.h - of catalog.h: collections by hand, many products at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "shop/catalog/catalog_whole.h"

struct collection_place;

/* In which collections by hand up to PRODUCT_CHUNK products are. */
CHECKED err collection_hand_places(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                   struct collection_place **places, size_t *have);
/* In a transaction, up to PRODUCT_CHUNK products: those that are not there yet, at the end, in their order.
 * ERR_NOT_FOUND for a smart one, ERR_LIMIT. */
CHECKED err collection_add_many(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids,
                                size_t count);
/* In a transaction, harmless for those that are not there and for a collection that is gone. */
CHECKED err collection_remove_many(struct ctx *ctx, int64_t collection_id, const int64_t *product_ids,
                                   size_t count);
/* Beside product_ask_whole_many, for the same products: product_whole.collections. */
CHECKED err product_ask_collections(struct ctx *ctx, bool is_range, struct whole_question *question);
