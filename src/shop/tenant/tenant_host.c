/* tenant_host.c - the names under which a shop is found. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant_write.h"

err shop_list_hosts(struct ctx *ctx, struct shop_host **hosts, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT h.host, s.main_host FROM shop_hosts h"
                 " JOIN shops s ON s.shop_id = h.shop_id WHERE h.shop_id = $1 ORDER BY h.host LIMIT $2",
                 db_int(ctx->shop->id), db_int(SHOP_HOST_LIMIT)));
    *count = 0;
    *hosts = arena_alloc_many(ctx->arena, SHOP_HOST_LIMIT, sizeof **hosts);
    while (db_next(rows))
        (*hosts)[(*count)++] =
            (struct shop_host){db_get_text(rows, 0), text_is(db_get_text(rows, 0), db_get_text(rows, 1))};
    return NULL;
}

static err delete_host(struct ctx *ctx, void *arg)
{
    const char *const *host = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such domain",
                  "DELETE FROM shop_hosts WHERE host = $1 AND shop_id = $2", db_text(*host),
                  db_int(ctx->shop->id)));
    TRY(db_execute(ctx, "UPDATE shops SET main_host = '' WHERE shop_id = $1 AND main_host = $2",
                   db_int(ctx->shop->id), db_text(*host)));
    TRY(claim_keep(ctx, *host));
    return shop_emit_changed(ctx);
}

err shop_remove_host(struct ctx *ctx, const char *host)
{
    return db_transact(ctx, delete_host, &host);
}

static err write_main_host(struct ctx *ctx, void *arg)
{
    const char *const *host = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such domain",
                  "UPDATE shops SET main_host = $2 WHERE shop_id = $1 AND ($2 = '' OR EXISTS"
                  " (SELECT 1 FROM shop_hosts h WHERE h.host = $2 AND h.shop_id = $1))",
                  db_int(ctx->shop->id), db_text(*host)));
    return shop_emit_changed(ctx);
}

err shop_choose_main_host(struct ctx *ctx, const char *host)
{
    return db_transact(ctx, write_main_host, &host);
}
