/* order_find.c - orders by people: keys behind the sale, and a look into what is too new for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_find.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/order/order_write.h"

/* Orders, and accounts, that get their keys in one transaction, and transactions of one run of the job. */
#define BATCH 200
#define BATCHES 10
/* The receiver's words, and the end of the phone that was left for questions. */
#define WORDS_OF_ORDER (CUSTOMER_WORDS + 1)

struct words {
    const char *list[WORDS_OF_ORDER];
};

static struct words words_of(struct ctx *ctx, const struct order *order)
{
    struct customer_words receiver = customer_words_of(ctx, order->address.name, order->address.phone);
    struct customer_words contact = customer_words_of(ctx, "", order->contact.phone);
    return (struct words){{receiver.of[WORD_PLAIN], receiver.of[WORD_PINYIN], receiver.of[WORD_INITIALS],
                           receiver.of[WORD_TAIL], contact.of[WORD_TAIL]}};
}

static bool has_word(struct ctx *ctx, const struct order *order, const char *word)
{
    struct words words = words_of(ctx, order);
    for (int i = 0; i < WORDS_OF_ORDER; i++)
        if (text_is(words.list[i], word))
            return true;
    return false;
}

static err load_mark(struct ctx *ctx, int64_t *mark)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT order_id FROM order_key_marks WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    *mark = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static int64_t settled_until(const struct ctx *ctx)
{
    return id_floor(ctx->now - ORDER_SETTLES_MS);
}

/* ---- finding ---- */

struct found {
    int64_t ids[DB_IDS_LIMIT];
    size_t count;
    size_t limit;
};

static err look_into_fresh(struct ctx *ctx, const char *word, struct found *found, bool *is_behind)
{
    struct db_rows *rows;
    int64_t mark;
    TRY(load_mark(ctx, &mark));
    TRY(db_query(ctx, &rows,
                 "SELECT id, contact FROM orders WHERE shop_id = $1 AND id > $2 ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(mark), db_int(ORDER_FRESH_LIMIT + 1)));
    *is_behind = db_row_count(rows) > ORDER_FRESH_LIMIT;
    for (int i = 0; i < ORDER_FRESH_LIMIT && found->count < found->limit && db_next(rows); i++) {
        struct order order = {.id = db_get_int(rows, 0)};
        TRY(order_open_contact(ctx, rows, 1, &order));
        if (has_word(ctx, &order, word))
            found->ids[found->count++] = order.id;
    }
    return NULL;
}

static err look_into_keys(struct ctx *ctx, const char *word, struct found *found)
{
    unsigned char key[CRYPTO_INDEX_BYTES];
    struct db_rows *rows;
    customer_word_key(ctx, word, key);
    TRY(db_query(ctx, &rows,
                 "SELECT order_id FROM order_keys WHERE shop_id = $1 AND key = $2"
                 " AND order_id <= (SELECT order_id FROM order_key_marks WHERE shop_id = $1)"
                 " ORDER BY order_id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_bytes(key, sizeof key), db_int((int64_t)found->limit)));
    while (found->count < found->limit && db_next(rows))
        found->ids[found->count++] = db_get_int(rows, 0);
    return NULL;
}

err order_list_by_person(struct ctx *ctx, const char *word, int limit, struct order **orders, size_t *count,
                         bool *is_behind)
{
    struct found found = {.limit = (size_t)(limit < DB_IDS_LIMIT ? limit : DB_IDS_LIMIT)};
    TRY(look_into_fresh(ctx, word, &found, is_behind));
    TRY(look_into_keys(ctx, word, &found));
    return order_list_many(ctx, found.ids, found.count, orders, count);
}

err order_list_by_tracking(struct ctx *ctx, const char *number, int limit, struct order **orders,
                           size_t *count)
{
    struct found found = {.limit = (size_t)(limit < DB_IDS_LIMIT ? limit : DB_IDS_LIMIT)};
    struct db_rows *rows;
    char *upper = arena_copy_text(ctx->arena, number);
    for (char *c = upper; *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    TRY(db_query(ctx, &rows,
                 "SELECT order_id FROM shipments WHERE shop_id = $1 AND tracking_number IN ($2, $3) LIMIT $4",
                 db_int(ctx->shop->id), db_text(number), db_text(upper), db_int((int64_t)found.limit)));
    while (found.count < found.limit && db_next(rows))
        found.ids[found.count++] = db_get_int(rows, 0);
    return order_list_many(ctx, found.ids, found.count, orders, count);
}

/* ---- keys ---- */

struct filling {
    struct order *orders; /* id, contact, address */
    size_t count;
};

static err write_keys(struct ctx *ctx, void *arg)
{
    const struct filling *filling = arg;
    struct db_value shop_id = db_int(ctx->shop->id);
    for (size_t i = 0; i < filling->count; i++) {
        struct words words = words_of(ctx, &filling->orders[i]);
        for (int j = 0; j < WORDS_OF_ORDER; j++) {
            unsigned char *key = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
            customer_word_key(ctx, words.list[j], key);
            if (words.list[j][0])
                TRY(db_execute(ctx,
                               "INSERT INTO order_keys (shop_id, key, order_id) VALUES ($1, $2, $3)"
                               " ON CONFLICT DO NOTHING",
                               shop_id, db_bytes(key, CRYPTO_INDEX_BYTES), db_int(filling->orders[i].id)));
        }
    }
    return db_execute(ctx,
                      "INSERT INTO order_key_marks (shop_id, order_id) VALUES ($1, $2)"
                      " ON CONFLICT (shop_id) DO UPDATE SET order_id = excluded.order_id"
                      " WHERE order_key_marks.order_id < excluded.order_id",
                      shop_id, db_int(filling->orders[filling->count - 1].id));
}

static err fill(struct ctx *ctx, bool *lack)
{
    struct filling filling = {0};
    struct db_rows *rows;
    int64_t mark;
    TRY(load_mark(ctx, &mark));
    TRY(db_query(ctx, &rows,
                 "SELECT id, contact FROM orders WHERE shop_id = $1 AND id > $2 AND id < $3"
                 " ORDER BY id LIMIT $4",
                 db_int(ctx->shop->id), db_int(mark), db_int(settled_until(ctx)), db_int(BATCH)));
    filling.orders = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *filling.orders);
    while (db_next(rows)) {
        struct order *order = &filling.orders[filling.count++];
        order->id = db_get_int(rows, 0);
        TRY(order_open_contact(ctx, rows, 1, order));
    }
    *lack = filling.count == BATCH;
    return filling.count ? db_transact(ctx, write_keys, &filling) : NULL;
}

static err schedule(struct ctx *ctx, void *arg)
{
    (void)arg;
    return job_schedule(ctx, ORDER_KEYS_JOB, 0, ctx->now, NULL);
}

err order_run_keys(struct ctx *ctx, const struct job *job, void *owner)
{
    bool orders_lack = true, accounts_lack = true;
    (void)job;
    (void)owner;
    for (int i = 0; i < BATCHES && (orders_lack || accounts_lack); i++) {
        TRY(customer_keys_fill(ctx, BATCH, &accounts_lack));
        TRY(fill(ctx, &orders_lack));
    }
    return orders_lack || accounts_lack ? db_transact(ctx, schedule, NULL) : NULL;
}

err order_keys_wake(struct ctx *ctx)
{
    struct db_rows *rows;
    int64_t mark, due_at;
    bool lack;
    TRY(load_mark(ctx, &mark));
    TRY(db_query(ctx, &rows, "SELECT id FROM orders WHERE shop_id = $1 AND id > $2 AND id < $3 LIMIT 1",
                 db_int(ctx->shop->id), db_int(mark), db_int(settled_until(ctx))));
    lack = db_next(rows);
    if (!lack)
        TRY(customer_keys_lack(ctx, &lack));
    if (!lack)
        return NULL;
    TRY(job_find_due(ctx, ORDER_KEYS_JOB, 0, &due_at));
    return due_at ? NULL : db_transact(ctx, schedule, NULL);
}
