/* overlap.c - which activities have a variant at the same time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/overlap.h"

#include "base/ctx.h"

#define WITHIN                                                                                               \
    " WHERE e.shop_id = $1 AND s.id <> $2 AND s.status IN (2, 3) AND s.starts_at < $4 AND s.ends_at > $3"

err overlap_ask(struct ctx *ctx, int64_t own_id, int64_t starts_at, int64_t ends_at, struct db_rows **rows)
{
    return db_query(ctx, rows,
                    "SELECT e.variant_id, s.name FROM flash_entries e JOIN flash_sales s"
                    " ON s.shop_id = e.shop_id AND s.id = e.flash_id" WITHIN
                    " UNION ALL SELECT e.variant_id, s.name FROM presale_entries e JOIN presales s"
                    " ON s.shop_id = e.shop_id AND s.id = e.presale_id" WITHIN
                    " UNION ALL SELECT e.variant_id, s.name FROM group_buy_entries e JOIN group_buys s"
                    " ON s.shop_id = e.shop_id AND s.id = e.group_buy_id" WITHIN,
                    db_int(ctx->shop->id), db_int(own_id), db_int(starts_at), db_int(ends_at));
}
