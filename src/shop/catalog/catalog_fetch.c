/* catalog_fetch.c - pictures that a product gets from addresses.
 *
 * The rows are the work; one job for the shop goes through those that are due, one after the other, and sets
 * its next time by the rows. So a slow address holds up no other shop, and no row of an import. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_jobs.h"
#include "shop/catalog/catalog_parts.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "shop/outbound.h"
#include <stdlib.h>

#define FETCH_JOB "catalog.pictures"
#define JOB_ATTEMPTS 8
#define ADDRESS_KEY_BYTES 16
/* A run ends after so long, so that other jobs have their turn. */
#define RUN_US INT64_C(4000000)
#define BUSY_PAUSE_MS (2 * SECOND_MS)
#define FIRST_PAUSE_MS (30 * SECOND_MS)
#define PAUSE_FACTOR 4 /* 30 s, 2 min, 8 min, 32 min */

/* ---- asking for them ---- */

const char *picture_address_key(struct ctx *ctx, const char *address)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(address, strlen(address), hash);
    return crypto_hex(ctx->arena, hash, ADDRESS_KEY_BYTES);
}

static err write_address(struct ctx *ctx, int64_t product_id, const char *address, const char *alt)
{
    return db_execute(
        ctx,
        "INSERT INTO picture_addresses (shop_id, product_id, address_key, seq, address, state, attempts,"
        " next_at, reason, status, changed_at, alt)"
        " SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT),"
        " CAST($5 AS TEXT), 1, 0, CAST($6 AS BIGINT), '', 0, CAST($6 AS BIGINT), CAST($8 AS TEXT)"
        " WHERE (SELECT COUNT(*) FROM picture_addresses WHERE shop_id = $1 AND product_id = $2) < $7"
        " OR EXISTS (SELECT 1 FROM picture_addresses WHERE shop_id = $1 AND product_id = $2"
        " AND address_key = $3)"
        " ON CONFLICT (shop_id, product_id, address_key) DO UPDATE SET state = 1, attempts = 0,"
        " next_at = excluded.next_at, changed_at = excluded.changed_at,"
        " alt = COALESCE(excluded.alt, picture_addresses.alt) WHERE picture_addresses.state = 3",
        db_int(ctx->shop->id), db_int(product_id), db_text(picture_address_key(ctx, address)),
        db_int(id_new(ctx)), db_text(address), db_int(ctx->now), db_int(PICTURE_ADDRESS_LIMIT), db_text(alt));
}

static err write_order(struct ctx *ctx, const struct picture_order *order)
{
    size_t count = order->count < PRODUCT_PICTURE_LIMIT ? order->count : PRODUCT_PICTURE_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const char *address = text_trim(ctx->arena, order->addresses[i]);
        if (address[0] && strlen(address) <= OUTBOUND_URL_LIMIT)
            TRY(write_address(ctx, order->product_id, address, order->alts ? order->alts[i] : NULL));
    }
    return NULL;
}

struct orders {
    const struct picture_order *items;
    size_t count;
};

static err write_orders(struct ctx *ctx, void *arg)
{
    const struct orders *orders = arg;
    for (size_t i = 0; i < orders->count; i++)
        TRY(write_order(ctx, &orders->items[i]));
    return job_schedule(ctx, FETCH_JOB, ctx->shop->id, ctx->now, NULL);
}

err product_pictures_fetch_later_many(struct ctx *ctx, const struct picture_order *orders, size_t count)
{
    return count ? db_transact(ctx, write_orders, &(struct orders){orders, count}) : NULL;
}

err product_pictures_fetch_later(struct ctx *ctx, int64_t product_id, const char *const *addresses,
                                 size_t count)
{
    return product_pictures_fetch_later_many(ctx, &(struct picture_order){product_id, addresses, count, NULL},
                                             count > 0);
}

/* ---- which are known ---- */

struct known {
    int64_t product_id;
    const char *key;
    const char *picture_id;
};

static int by_product_and_key(const void *left, const void *right)
{
    const struct known *a = left, *b = right;
    if (a->product_id != b->product_id)
        return a->product_id < b->product_id ? -1 : 1;
    return strcmp(a->key, b->key);
}

static err load_known(struct ctx *ctx, const int64_t *product_ids, size_t count, struct known **known,
                      size_t *known_count)
{
    struct db_rows *rows;
    TRY(catalog_query_many(
        ctx, &rows,
        "SELECT product_id, address_key, picture_id FROM picture_addresses WHERE shop_id = $1"
        " AND state <> 3 AND product_id IN " WHOLE_IDS,
        product_ids, count));
    *known_count = 0;
    *known = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **known);
    while (db_next(rows))
        (*known)[(*known_count)++] =
            (struct known){db_get_int(rows, 0), db_get_text(rows, 1), db_get_text(rows, 2)};
    qsort(*known, *known_count, sizeof **known, by_product_and_key);
    return NULL;
}

/* How many wishes from the first on concern the first `most` products; their ids. */
static size_t gather_products(const struct picture_wish *wishes, size_t count, int64_t *ids, size_t most,
                              size_t *id_count)
{
    size_t taken = 0;
    *id_count = 0;
    for (; taken < count; taken++) {
        bool is_same = *id_count > 0 && ids[*id_count - 1] == wishes[taken].product_id;
        if (!is_same && *id_count == most)
            break;
        if (!is_same)
            ids[(*id_count)++] = wishes[taken].product_id;
    }
    return taken;
}

err picture_wishes_look_up(struct ctx *ctx, struct picture_wish *wishes, size_t count)
{
    int64_t ids[PRODUCT_WHOLE_LIMIT];
    while (count > 0) {
        struct known *known;
        size_t known_count, id_count;
        size_t taken = gather_products(wishes, count, ids, PRODUCT_WHOLE_LIMIT, &id_count);
        TRY(load_known(ctx, ids, id_count, &known, &known_count));
        for (size_t i = 0; i < taken; i++) {
            struct known one = {wishes[i].product_id, picture_address_key(ctx, wishes[i].address), NULL};
            const struct known *found =
                known_count > 0 ? bsearch(&one, known, known_count, sizeof one, by_product_and_key) : NULL;
            wishes[i].is_known = found != NULL;
            wishes[i].picture_id = found ? found->picture_id : NULL;
        }
        wishes += taken;
        count -= taken;
    }
    return NULL;
}

/* ---- what staff see and do ---- */

err picture_address_list(struct ctx *ctx, int64_t product_id, struct picture_address **addresses,
                         size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT address_key, address, state, attempts, next_at, reason, status FROM picture_addresses"
        " WHERE shop_id = $1 AND product_id = $2 AND state <> 2 ORDER BY seq LIMIT $3",
        db_int(ctx->shop->id), db_int(product_id), db_int(PICTURE_ADDRESS_LIMIT)));
    *addresses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **addresses);
    *count = 0;
    while (db_next(rows))
        (*addresses)[(*count)++] =
            (struct picture_address){.key = db_get_text(rows, 0),
                                     .address = db_get_text(rows, 1),
                                     .state = (enum picture_address_state)db_get_int(rows, 2),
                                     .attempts = db_get_int(rows, 3),
                                     .next_at = db_get_int(rows, 4),
                                     .reason = db_get_text(rows, 5),
                                     .status = db_get_int(rows, 6)};
    return NULL;
}

struct address_name {
    int64_t product_id;
    const char *key;
};

static err retry_in_transaction(struct ctx *ctx, void *arg)
{
    const struct address_name *name = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such address",
                  "UPDATE picture_addresses SET state = 1, attempts = 0, next_at = $4, changed_at = $4"
                  " WHERE shop_id = $1 AND product_id = $2 AND address_key = $3 AND state <> 2",
                  db_int(ctx->shop->id), db_int(name->product_id), db_text(name->key), db_int(ctx->now)));
    return job_schedule(ctx, FETCH_JOB, ctx->shop->id, ctx->now, NULL);
}

err picture_address_retry(struct ctx *ctx, int64_t product_id, const char *key)
{
    return db_transact(ctx, retry_in_transaction, &(struct address_name){product_id, key});
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const struct address_name *name = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such address",
                     "DELETE FROM picture_addresses"
                     " WHERE shop_id = $1 AND product_id = $2 AND address_key = $3 AND state <> 2",
                     db_int(ctx->shop->id), db_int(name->product_id), db_text(name->key));
}

err picture_address_remove(struct ctx *ctx, int64_t product_id, const char *key)
{
    return db_transact(ctx, remove_in_transaction, &(struct address_name){product_id, key});
}

/* ---- the job ---- */

/* The row that is worked at, and what became of it. */
struct errand {
    int64_t product_id;
    const char *key;
    const char *address;
    int64_t seq;
    int64_t attempts;
    const char *alt; /* NULL = not said */
    struct picture_fetched fetched;
    const char *title; /* of the product */
};

static err find_due(struct ctx *ctx, struct errand *errand, bool *is_there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, address_key, address, seq, attempts, alt FROM picture_addresses"
                 " WHERE shop_id = $1 AND state = 1 AND next_at <= $2 ORDER BY next_at, seq LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    *is_there = db_next(rows);
    if (*is_there)
        *errand = (struct errand){.product_id = db_get_int(rows, 0),
                                  .key = db_get_text(rows, 1),
                                  .address = db_get_text(rows, 2),
                                  .seq = db_get_int(rows, 3),
                                  .attempts = db_get_int(rows, 4) + 1,
                                  .alt = db_get_text(rows, 5)};
    return NULL;
}

/* Pictures whose addresses were given after this one, and which came first. */
static err list_later(struct ctx *ctx, const struct errand *errand, const char ***later, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT picture_id FROM picture_addresses WHERE shop_id = $1 AND product_id = $2"
                 " AND seq > $3 AND picture_id IS NOT NULL ORDER BY seq LIMIT $4",
                 db_int(ctx->shop->id), db_int(errand->product_id), db_int(errand->seq),
                 db_int(PICTURE_ADDRESS_LIMIT)));
    *later = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **later);
    *count = 0;
    while (db_next(rows))
        (*later)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

/* Whether staff have not taken the address away meanwhile. */
static err is_wanted(struct ctx *ctx, const struct errand *errand, bool *is)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM picture_addresses WHERE shop_id = $1 AND product_id = $2 AND address_key = $3"
                 " AND state = 1",
                 db_int(ctx->shop->id), db_int(errand->product_id), db_text(errand->key)));
    *is = db_row_count(rows) > 0;
    return NULL;
}

static err put_picture(struct ctx *ctx, void *arg)
{
    const struct errand *errand = arg;
    const struct picture *picture = errand->fetched.picture;
    const char **later;
    size_t count;
    bool is;
    TRY(is_wanted(ctx, errand, &is));
    TRY(list_later(ctx, errand, &later, &count));
    if (!is)
        return NULL;
    struct product_picture placed = {.picture_id = picture->id,
                                     .alt = errand->alt       ? errand->alt
                                            : picture->alt[0] ? picture->alt
                                                              : errand->title,
                                     .focus_x = 50,
                                     .focus_y = 50};
    if (errand->product_id)
        TRY(product_picture_put(ctx, errand->product_id, &placed, later, count));
    TRY(variant_looks_fetched(ctx, errand->product_id, errand->key, picture->id));
    return db_execute(ctx,
                      "UPDATE picture_addresses SET state = 2, picture_id = $4, attempts = $5, reason = '',"
                      " status = 200, changed_at = $6"
                      " WHERE shop_id = $1 AND product_id = $2 AND address_key = $3 AND state = 1",
                      db_int(ctx->shop->id), db_int(errand->product_id), db_text(errand->key),
                      db_text(picture->id), db_int(errand->attempts), db_int(ctx->now));
}

static int64_t pause_after(int64_t attempts)
{
    int64_t pause = FIRST_PAUSE_MS;
    for (int64_t i = 1; i < attempts; i++)
        pause *= PAUSE_FACTOR;
    return pause;
}

static err note_failure(struct ctx *ctx, void *arg)
{
    const struct errand *errand = arg;
    const struct picture_fetched *fetched = &errand->fetched;
    bool is_over = !fetched->may_retry || errand->attempts >= PICTURE_ADDRESS_ATTEMPTS;
    return db_execute(ctx,
                      "UPDATE picture_addresses SET state = $4, attempts = $5, next_at = $6, reason = $7,"
                      " status = $8, changed_at = $9"
                      " WHERE shop_id = $1 AND product_id = $2 AND address_key = $3 AND state = 1",
                      db_int(ctx->shop->id), db_int(errand->product_id), db_text(errand->key),
                      db_int(is_over ? ADDRESS_FAILED : ADDRESS_WAITING), db_int(errand->attempts),
                      db_int(ctx->now + pause_after(errand->attempts)), db_text(fetched->reason),
                      db_int(fetched->status), db_int(ctx->now));
}

static err give_up(struct ctx *ctx, struct errand *errand, const char *reason)
{
    errand->fetched = (struct picture_fetched){.reason = reason};
    return db_transact(ctx, note_failure, errand);
}

static err do_errand(struct ctx *ctx, struct errand *errand)
{
    const struct product *product;
    errand->title = "";
    if (errand->product_id) {
        err missing = product_load(ctx, errand->product_id, &product);
        if (missing)
            return missing->code == ERR_NOT_FOUND ? give_up(ctx, errand, "no-product") : missing;
        errand->title = product->title;
    }
    TRY(picture_fetch(ctx, errand->address, &errand->fetched));
    if (!errand->fetched.picture)
        return db_transact(ctx, note_failure, errand);
    err failure = db_transact(ctx, put_picture, errand);
    return failure && failure->code == ERR_LIMIT ? give_up(ctx, errand, "too-many-pictures") : failure;
}

struct resumption {
    int64_t soonest; /* no run before */
};

static err resume_later(struct ctx *ctx, void *arg)
{
    const struct resumption *resumption = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT next_at FROM picture_addresses WHERE shop_id = $1 AND state = 1"
                 " ORDER BY next_at, seq LIMIT 1",
                 db_int(ctx->shop->id)));
    if (!db_next(rows))
        return NULL;
    int64_t at = db_get_int(rows, 0);
    return job_schedule(ctx, FETCH_JOB, ctx->shop->id, at > resumption->soonest ? at : resumption->soonest,
                        NULL);
}

static err run_errands(struct ctx *ctx)
{
    int64_t until = clock_steady() + RUN_US;
    struct errand errand;
    bool is_there;
    do {
        TRY(find_due(ctx, &errand, &is_there));
        if (is_there)
            TRY(do_errand(ctx, &errand));
    } while (is_there && clock_steady() < until);
    return NULL;
}

static err run_fetch(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)job;
    (void)owner;
    if (!outbound_lane_enter(OUTBOUND_PICTURES))
        return db_transact(ctx, resume_later, &(struct resumption){ctx->now + BUSY_PAUSE_MS});
    err failure = run_errands(ctx);
    outbound_lane_leave(OUTBOUND_PICTURES);
    return failure ? failure : db_transact(ctx, resume_later, &(struct resumption){ctx->now});
}

const struct job_kind catalog_fetch_job_kinds[] = {
    {FETCH_JOB, run_fetch, JOB_ATTEMPTS, FIRST_PAUSE_MS},
    {0},
};
