/* promotion_payer.c - who paid, counted as one more key of a person when the money is there. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"
#include "shop/pricing/promotion.h"

#include "base/crypto.h"

/* No guard: the money is there, and whether it was one too often is asked afterwards. */
static err count_payer(struct ctx *ctx, int64_t order_id, int64_t promotion_id, struct db_value payer)
{
    TRY(db_execute(ctx,
                   "INSERT INTO promotion_use_buyers (shop_id, order_id, promotion_id, buyer)"
                   " VALUES ($1, $2, $3, $4)",
                   db_int(ctx->shop->id), db_int(order_id), db_int(promotion_id), payer));
    return db_execute(ctx,
                      "INSERT INTO promotion_buyers (shop_id, promotion_id, buyer, uses)"
                      " VALUES ($1, $2, $3, 1) ON CONFLICT (shop_id, buyer, promotion_id)"
                      " DO UPDATE SET uses = promotion_buyers.uses + 1",
                      db_int(ctx->shop->id), db_int(promotion_id), payer);
}

/* The rows are locked by the counting, so of two payments at once the second sees both. */
static err find_over(struct ctx *ctx, int64_t order_id, struct db_value payer, const char **over)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT u.name FROM promotion_buyers b JOIN promotion_uses u ON u.shop_id = b.shop_id"
                 " AND u.promotion_id = b.promotion_id JOIN promotions p ON p.shop_id = b.shop_id"
                 " AND p.id = b.promotion_id WHERE b.shop_id = $1 AND b.buyer = $2 AND u.order_id = $3"
                 " AND u.is_live = 1 AND p.person_most > 0 AND b.uses > p.person_most"
                 " ORDER BY b.promotion_id LIMIT 1",
                 db_int(ctx->shop->id), payer, db_int(order_id)));
    if (db_next(rows))
        *over = db_get_text(rows, 0);
    return NULL;
}

err promotion_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer, const char **over)
{
    struct db_rows *rows;
    struct db_value key = db_bytes(payer, CRYPTO_INDEX_BYTES);
    TRY(db_query(ctx, &rows,
                 "SELECT u.promotion_id FROM promotion_uses u JOIN promotions p ON p.shop_id = u.shop_id"
                 " AND p.id = u.promotion_id WHERE u.shop_id = $1 AND u.order_id = $2 AND u.is_live = 1"
                 " AND p.person_most > 0 ORDER BY u.promotion_id",
                 db_int(ctx->shop->id), db_int(order_id)));
    while (db_next(rows))
        TRY(count_payer(ctx, order_id, db_get_int(rows, 0), key));
    return db_row_count(rows) > 0 ? find_over(ctx, order_id, key, over) : NULL;
}
