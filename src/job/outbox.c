/* outbox.c - what happened, written with the change itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "job/internal.h"

err outbox_emit(struct ctx *ctx, const char *topic, int64_t aggregate_id, const struct value *payload)
{
    const char *text;
    TRY(job_payload_text(ctx, payload, &text));
    TRY(db_execute(ctx,
                   "INSERT INTO outbox (shop_id, id, topic, aggregate_id, payload, at)"
                   " VALUES ($1, $2, $3, $4, $5, $6)",
                   db_int(ctx->shop->id), db_int(id_new(ctx)), db_text(topic), db_int(aggregate_id),
                   db_text(text), db_int(ctx->now)));
    return db_wake(ctx);
}

err outbox_waits(struct ctx *ctx, int64_t aggregate_id, bool *waits)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM outbox WHERE shop_id = $1 AND aggregate_id = $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(aggregate_id)));
    *waits = db_next(rows);
    return NULL;
}
