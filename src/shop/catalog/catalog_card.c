/* catalog_card.c - variants that are gift cards. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_card.h"

#include "db/db.h"

err variant_set_card(struct ctx *ctx, int64_t variant_id, int64_t value, int64_t years)
{
    return db_execute(ctx,
                      "UPDATE variants SET card_value = $3, card_years = $4 WHERE shop_id = $1 AND id = $2"
                      " AND (card_value <> $3 OR card_years <> $4)",
                      db_int(ctx->shop->id), db_int(variant_id), db_int(value), db_int(years));
}

err product_cards_among(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *found,
                        size_t *found_count)
{
    *found_count = 0;
    for (size_t start = 0; ctx->shop->has_gift_cards && start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, product_ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT DISTINCT product_id FROM variants WHERE shop_id = $1 AND card_value > 0"
                            " AND product_id IN " DB_IDS,
                            values, DB_IDS_VALUES));
        while (db_next(rows))
            found[(*found_count)++] = db_get_int(rows, 0);
    }
    return NULL;
}
