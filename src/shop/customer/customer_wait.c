/* customer_wait.c - requests to hear that a variant is back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define WAIT_TOKEN_PURPOSE "customer.wait"
#define SWEPT_AT_ONCE 10000
#define WAITING " told_at IS NULL AND expires_at > "

/* ---- asking ---- */

struct asking {
    int64_t product_id;
    int64_t variant_id;
    const char *email;
    struct db_value index;
};

static err not_an_address(struct ctx *ctx)
{
    return fail_field(ctx, "email", "bad-email", "an address such as hello@example.com");
}

/* The job looks again after this is written: what came in between is not missed. */
static err write_wait(struct ctx *ctx, void *arg)
{
    const struct asking *asking = arg;
    TRY(db_execute(
        ctx,
        "INSERT INTO stock_waits (shop_id, id, variant_id, product_id, email_index, email, locale,"
        " asked_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (shop_id, variant_id, email_index) DO UPDATE SET id = $2, email = $6,"
        " locale = $7, asked_at = $8, expires_at = $9, told_at = NULL"
        " WHERE stock_waits.told_at IS NOT NULL OR stock_waits.expires_at <= $8",
        db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(asking->variant_id), db_int(asking->product_id),
        asking->index, customer_sealed(ctx, EMAIL_PURPOSE, asking->email),
        db_text(ctx->locale ? ctx->locale : ""), db_int(ctx->now), db_int(ctx->now + CUSTOMER_WAIT_MS)));
    if (!ctx->shop->has_stock_waits)
        TRY(shop_note_stock_waits(ctx));
    return job_schedule(ctx, CUSTOMER_WAIT_JOB, asking->variant_id, ctx->now, NULL);
}

/* Of this address and of this variant, leaving out the request that is asked for. */
static err count_others(struct ctx *ctx, const struct asking *asking, int64_t *of_person, int64_t *of_variant)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT (SELECT COUNT(*) FROM stock_waits WHERE shop_id = $1 AND email_index = $2"
                 " AND variant_id <> $3 AND" WAITING "$4),"
                 " (SELECT COUNT(*) FROM stock_waits WHERE shop_id = $1 AND variant_id = $3"
                 " AND email_index <> $2 AND" WAITING "$4)",
                 db_int(ctx->shop->id), asking->index, db_int(asking->variant_id), db_int(ctx->now)));
    db_next(rows);
    *of_person = db_get_int(rows, 0);
    *of_variant = db_get_int(rows, 1);
    return NULL;
}

err customer_wait_ask(struct ctx *ctx, int64_t product_id, int64_t variant_id, const char *email)
{
    struct asking asking = {product_id, variant_id, customer_plain_email(ctx, email), {0}};
    int64_t of_person, of_variant;
    if (!asking.email)
        return not_an_address(ctx);
    asking.index = customer_index(ctx, EMAIL_PURPOSE, asking.email);
    TRY(count_others(ctx, &asking, &of_person, &of_variant));
    if (of_person >= CUSTOMER_WAITS_OF_PERSON)
        return fail_field(ctx, "email", "too-many", "this address waits for enough already");
    if (of_variant >= CUSTOMER_WAITS_OF_VARIANT)
        return fail_with(ctx, ERR_LIMIT, "enough people wait for this");
    return db_transact(ctx, write_wait, &asking);
}

err customer_wait_find(struct ctx *ctx, int64_t variant_id, const char *email, bool *is_waiting)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT 1 FROM stock_waits WHERE shop_id = $1 AND variant_id = $2 AND email_index = $3 AND" WAITING
        "$4",
        db_int(ctx->shop->id), db_int(variant_id), customer_index(ctx, EMAIL_PURPOSE, email),
        db_int(ctx->now)));
    *is_waiting = db_next(rows);
    return NULL;
}

static err leave_one(struct ctx *ctx, void *arg)
{
    const struct asking *asking = arg;
    return db_execute(ctx,
                      "DELETE FROM stock_waits WHERE shop_id = $1 AND variant_id = $2 AND email_index = $3",
                      db_int(ctx->shop->id), db_int(asking->variant_id), asking->index);
}

err customer_wait_leave(struct ctx *ctx, int64_t variant_id, const char *email)
{
    struct asking asking = {.variant_id = variant_id, .index = customer_index(ctx, EMAIL_PURPOSE, email)};
    return db_transact(ctx, leave_one, &asking);
}

/* ---- the link ---- */

const char *customer_wait_token(struct ctx *ctx, int64_t wait_id)
{
    unsigned char index[CRYPTO_INDEX_BYTES];
    crypto_blind_index(ctx, WAIT_TOKEN_PURPOSE,
                       arena_format(ctx->arena, "%" PRId64 ":%" PRId64, ctx->shop->id, wait_id), index);
    return crypto_hex(ctx->arena, index, sizeof index);
}

err customer_wait_open(struct ctx *ctx, int64_t wait_id, const char *token, struct customer_wait *wait)
{
    bool found = false;
    if (crypto_text_equal(customer_wait_token(ctx, wait_id), token))
        TRY(customer_wait_load(ctx, wait_id, wait, &found));
    return found ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such request");
}

static err stop_all(struct ctx *ctx, void *arg)
{
    const struct db_value *index = arg;
    return db_execute(ctx, "DELETE FROM stock_waits WHERE shop_id = $1 AND email_index = $2",
                      db_int(ctx->shop->id), *index);
}

err customer_wait_stop(struct ctx *ctx, const char *email)
{
    struct db_value index = customer_index(ctx, EMAIL_PURPOSE, email);
    return db_transact(ctx, stop_all, &index);
}

/* ---- telling ---- */

static void take_ids(struct db_rows *rows, int64_t *ids, size_t *count)
{
    for (*count = 0; db_next(rows);)
        ids[(*count)++] = db_get_int(rows, 0);
}

err customer_wait_variants(struct ctx *ctx, int64_t product_id, int64_t *variant_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT DISTINCT variant_id FROM stock_waits WHERE shop_id = $1 AND product_id = $2 AND" WAITING
        "$3 ORDER BY variant_id LIMIT $4",
        db_int(ctx->shop->id), db_int(product_id), db_int(ctx->now), db_int(CUSTOMER_WAIT_VARIANTS)));
    take_ids(rows, variant_ids, count);
    return NULL;
}

err customer_wait_list(struct ctx *ctx, int64_t variant_id, int64_t *wait_ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id FROM stock_waits WHERE shop_id = $1 AND variant_id = $2 AND" WAITING
                 "$3 ORDER BY id LIMIT $4",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(ctx->now), db_int(CUSTOMER_WAIT_CHUNK)));
    take_ids(rows, wait_ids, count);
    return NULL;
}

err customer_wait_told(struct ctx *ctx, int64_t wait_id)
{
    return db_execute(
        ctx, "UPDATE stock_waits SET told_at = $3 WHERE shop_id = $1 AND id = $2 AND told_at IS NULL",
        db_int(ctx->shop->id), db_int(wait_id), db_int(ctx->now));
}

err customer_wait_load(struct ctx *ctx, int64_t wait_id, struct customer_wait *wait, bool *found)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id, locale, asked_at, email FROM stock_waits WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(wait_id)));
    *found = db_next(rows);
    if (!*found)
        return NULL;
    *wait = (struct customer_wait){.id = wait_id,
                                   .variant_id = db_get_int(rows, 0),
                                   .locale = db_get_text(rows, 1),
                                   .asked_at = db_get_int(rows, 2)};
    return customer_opened(ctx, rows, 3, EMAIL_PURPOSE, &wait->email);
}

/* ---- staff ---- */

static void take_counts(struct ctx *ctx, struct db_rows *rows, struct customer_wait_count **counts,
                        size_t *count)
{
    *counts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **counts);
    for (*count = 0; db_next(rows);)
        (*counts)[(*count)++] = (struct customer_wait_count){.variant_id = db_get_int(rows, 0),
                                                             .product_id = db_get_int(rows, 1),
                                                             .count = db_get_int(rows, 2),
                                                             .since = db_get_int(rows, 3)};
}

#define COUNTS                                                                                               \
    "SELECT variant_id, product_id, COUNT(*), CAST(MIN(asked_at) AS BIGINT) FROM stock_waits"                \
    " WHERE shop_id = $1 AND" WAITING "$2"

err customer_wait_top(struct ctx *ctx, int limit, struct customer_wait_count **counts, size_t *count)
{
    struct db_rows *rows;
    int most = limit > CUSTOMER_WAIT_ROWS_LIMIT ? CUSTOMER_WAIT_ROWS_LIMIT : limit;
    TRY(db_query(ctx, &rows,
                 COUNTS " GROUP BY variant_id, product_id ORDER BY COUNT(*) DESC, variant_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(most)));
    take_counts(ctx, rows, counts, count);
    return NULL;
}

err customer_wait_of_product(struct ctx *ctx, int64_t product_id, struct customer_wait_count **counts,
                             size_t *count)
{
    struct db_rows *rows;
    *counts = NULL;
    *count = 0;
    if (!ctx->shop->has_stock_waits)
        return NULL;
    TRY(db_query(ctx, &rows,
                 COUNTS " AND product_id = $3 GROUP BY variant_id, product_id ORDER BY variant_id LIMIT $4",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(product_id),
                 db_int(CUSTOMER_WAIT_VARIANTS)));
    take_counts(ctx, rows, counts, count);
    return NULL;
}

int64_t customer_wait_among(const struct customer_wait_count *counts, size_t count, int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (counts[i].variant_id == variant_id)
            return counts[i].count;
    return 0;
}

/* ---- forgetting ---- */

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx,
                      "DELETE FROM stock_waits WHERE shop_id = $1 AND id IN (SELECT w.id FROM stock_waits w"
                      " WHERE w.shop_id = $1 AND w.expires_at <= $2 ORDER BY w.expires_at LIMIT $3)",
                      db_int(ctx->shop->id), db_int(ctx->now), db_int(SWEPT_AT_ONCE));
}

err customer_wait_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    if (!ctx->shop->has_stock_waits)
        return NULL;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM stock_waits WHERE shop_id = $1 AND expires_at <= $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}
