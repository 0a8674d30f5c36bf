/* payer_count.c - pieces counted by who paid for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/payer_count.h"

#include "base/crypto.h"
#include "db/db.h"

static err count_use(struct ctx *ctx, const struct payer_statements *statements, int64_t order_id,
                     const struct db_rows *use, struct db_value payer, int64_t *kept)
{
    struct db_value shop = db_int(ctx->shop->id), activity = db_int(db_get_int(use, 0)),
                    variant = db_int(db_get_int(use, 1));
    TRY(db_change(ctx, kept, statements->keep, shop, db_int(order_id), activity, variant, payer));
    if (*kept == 0)
        return NULL;
    return db_execute(ctx, statements->count, shop, payer, activity, variant, db_int(db_get_int(use, 2)));
}

/* The rows are locked by the counting, so of two payments at once the second sees both. */
static err find_over(struct ctx *ctx, const char *statement, int64_t order_id, struct db_value payer,
                     const char **over)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, statement, db_int(ctx->shop->id), payer, db_int(order_id)));
    if (db_next(rows))
        *over = db_get_text(rows, 0);
    return NULL;
}

err payer_count(struct ctx *ctx, const struct payer_statements *statements, int64_t order_id,
                const unsigned char *payer, const char **over)
{
    struct db_rows *rows;
    struct db_value key = db_bytes(payer, CRYPTO_INDEX_BYTES);
    int64_t kept, all = 0;
    TRY(db_query(ctx, &rows, statements->uses, db_int(ctx->shop->id), db_int(order_id)));
    while (db_next(rows)) {
        TRY(count_use(ctx, statements, order_id, rows, key, &kept));
        all += kept;
    }
    return all > 0 ? find_over(ctx, statements->over, order_id, key, over) : NULL;
}
