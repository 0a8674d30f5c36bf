/* order_find.c - orders by people and by goods: keys behind the sale, and a look into what is too new for
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_find.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/order/order_write.h"

/* Orders, and accounts, that get their keys in one transaction, and transactions of one run of the job. */
#define BATCH 200
#define BATCHES 10
/* The receiver's words and parts of the name, and the end of the phone that was left for questions. */
#define WORDS_OF_ORDER (CUSTOMER_WORDS + 1 + CUSTOMER_PARTS)

struct words {
    const char *list[WORDS_OF_ORDER];
    size_t count;
};

static void add_word(struct words *words, const char *word)
{
    if (word[0])
        words->list[words->count++] = word;
}

static struct words words_of(struct ctx *ctx, const struct order *order)
{
    struct customer_words receiver = customer_words_of(ctx, order->address.name, order->address.phone);
    struct customer_words contact = customer_words_of(ctx, "", order->contact.phone);
    struct customer_parts parts = customer_parts_of(ctx, order->address.name);
    struct words words = {.count = 0};
    for (int i = 0; i < CUSTOMER_WORDS; i++)
        add_word(&words, receiver.of[i]);
    add_word(&words, contact.of[WORD_TAIL]);
    for (size_t i = 0; i < parts.count; i++)
        add_word(&words, parts.list[i]);
    return words;
}

static bool has_word(struct ctx *ctx, const struct order *order, const char *word)
{
    struct words words = words_of(ctx, order);
    for (size_t i = 0; i < words.count; i++)
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

static void add_found(struct found *found, int64_t order_id)
{
    if (found->count < found->limit && !id_in(found->ids, found->count, order_id))
        found->ids[found->count++] = order_id;
}

static void add_all(struct found *found, struct db_rows *rows)
{
    while (db_next(rows))
        add_found(found, db_get_int(rows, 0));
}

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
            add_found(found, order.id);
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
                 " ORDER BY order_id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_bytes(key, sizeof key), db_int((int64_t)found->limit)));
    add_all(found, rows);
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
    add_all(&found, rows);
    return order_list_many(ctx, found.ids, found.count, orders, count);
}

/* ---- finding by goods, and by accounts ---- */

/* Limits as texts: PostgreSQL takes a limit that it does not know for a tenth of the table. */
#define SOME "8"
#define FRESH "500"
_Static_assert(ORDER_SOME == 8 && ORDER_FRESH_LIMIT == 500, "as SOME and FRESH say");

#define NEWEST(table, column, value)                                                                         \
    "SELECT id FROM (SELECT " table " WHERE shop_id = $1 AND " column " = " value                            \
    " ORDER BY id DESC LIMIT " SOME ") x"
#define MORE(table, column, value) " UNION " NEWEST(table, column, value)
#define EACH(table, column)                                                                                  \
    NEWEST(table, column, "$2")                                                                              \
    MORE(table, column, "$3")                                                                                \
    MORE(table, column, "$4")                                                                                \
    MORE(table, column, "$5")                                                                                \
    MORE(table, column, "$6")                                                                                \
    MORE(table, column, "$7") MORE(table, column, "$8") MORE(table, column, "$9")
#define ANY_OF_THEM "($2, $3, $4, $5, $6, $7, $8, $9)"

/* $1 the shop, $2 to $9 the ids, the last one again for what is left. */
static void bind_some(struct ctx *ctx, const int64_t *ids, size_t count, struct db_value *values)
{
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < ORDER_SOME; i++)
        values[i + 1] = db_int(ids[i < count ? i : count - 1]);
}

static err look_for_fresh_goods(struct ctx *ctx, struct db_value *values, struct found *found,
                                bool *is_behind)
{
    struct db_rows *rows;
    int64_t mark;
    TRY(load_mark(ctx, &mark));
    values[ORDER_SOME + 1] = db_int(mark);
    TRY(db_query_values(ctx, &rows,
                        "SELECT DISTINCT l.order_id FROM order_lines l WHERE l.shop_id = $1"
                        " AND l.order_id IN (SELECT id FROM orders WHERE shop_id = $1 AND id > $10"
                        " ORDER BY id DESC LIMIT " FRESH ") AND (l.product_id IN " ANY_OF_THEM
                        " OR l.variant_id IN " ANY_OF_THEM ") ORDER BY l.order_id DESC LIMIT " SOME,
                        values, ORDER_SOME + 2));
    add_all(found, rows);
    TRY(db_query(ctx, &rows, "SELECT id FROM orders WHERE shop_id = $1 AND id > $2 LIMIT $3",
                 db_int(ctx->shop->id), db_int(mark), db_int(ORDER_FRESH_LIMIT + 1)));
    *is_behind = db_row_count(rows) > ORDER_FRESH_LIMIT;
    return NULL;
}

/* The first line of each order that has one of the goods. */
static err load_lines(struct ctx *ctx, const int64_t *good_ids, size_t good_count, struct order_hit *hits,
                      size_t count)
{
    struct db_value values[2 * ORDER_SOME + 1];
    struct db_rows *rows;
    bind_some(ctx, good_ids, good_count, values);
    for (size_t i = 0; i < ORDER_SOME; i++)
        values[ORDER_SOME + 1 + i] = db_int(hits[i < count ? i : count - 1].order.id);
    TRY(db_query_values(ctx, &rows,
                        "SELECT order_id, product_title, variant_title, quantity FROM order_lines"
                        " WHERE shop_id = $1 AND order_id IN ($10, $11, $12, $13, $14, $15, $16, $17)"
                        " AND (product_id IN " ANY_OF_THEM " OR variant_id IN " ANY_OF_THEM ")"
                        " ORDER BY order_id, line_no",
                        values, 2 * ORDER_SOME + 1));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (hits[i].order.id == db_get_int(rows, 0) && !hits[i].product_title) {
                hits[i].product_title = db_get_text(rows, 1);
                hits[i].variant_title = db_get_text(rows, 2);
                hits[i].quantity = db_get_int(rows, 3);
            }
    return NULL;
}

err order_list_by_goods(struct ctx *ctx, const int64_t *good_ids, size_t good_count, struct order_hit **hits,
                        size_t *count, bool *is_behind)
{
    struct found found = {.limit = ORDER_SOME};
    struct db_value values[ORDER_SOME + 2];
    struct db_rows *rows;
    struct order *orders;
    *count = 0;
    if (good_count == 0)
        return NULL;
    bind_some(ctx, good_ids, good_count, values);
    TRY(look_for_fresh_goods(ctx, values, &found, is_behind));
    TRY(db_query_values(ctx, &rows,
                        EACH("order_id AS id FROM order_goods", "good_id") " ORDER BY id DESC LIMIT " SOME,
                        values, ORDER_SOME + 1));
    add_all(&found, rows);
    TRY(order_list_many(ctx, found.ids, found.count, &orders, count));
    *hits = arena_alloc_many(ctx->arena, *count + 1, sizeof **hits);
    for (size_t i = 0; i < *count; i++)
        (*hits)[i].order = orders[i];
    return *count > 0 ? load_lines(ctx, good_ids, good_count, *hits, *count) : NULL;
}

err order_list_of_accounts(struct ctx *ctx, const int64_t *customer_ids, size_t customer_count,
                           struct order **orders, size_t *count)
{
    struct found found = {.limit = ORDER_SOME};
    struct db_value values[ORDER_SOME + 1];
    struct db_rows *rows;
    *count = 0;
    if (customer_count == 0)
        return NULL;
    bind_some(ctx, customer_ids, customer_count, values);
    TRY(db_query_values(ctx, &rows, EACH("id FROM orders", "customer_id") " ORDER BY id DESC LIMIT " SOME,
                        values, ORDER_SOME + 1));
    add_all(&found, rows);
    return order_list_many(ctx, found.ids, found.count, orders, count);
}

/* ---- keys ---- */

struct filling {
    struct order *orders; /* id, contact, address */
    size_t count;
    int64_t mark;
};

static err write_goods(struct ctx *ctx, const struct filling *filling)
{
    struct db_value shop_id = db_int(ctx->shop->id), after = db_int(filling->mark),
                    last = db_int(filling->orders[filling->count - 1].id);
    TRY(db_execute(ctx,
                   "INSERT INTO order_goods (shop_id, good_id, order_id) SELECT shop_id, product_id, order_id"
                   " FROM order_lines WHERE shop_id = $1 AND order_id > $2 AND order_id <= $3"
                   " ON CONFLICT DO NOTHING",
                   shop_id, after, last));
    return db_execute(
        ctx,
        "INSERT INTO order_goods (shop_id, good_id, order_id) SELECT shop_id, variant_id, order_id"
        " FROM order_lines WHERE shop_id = $1 AND order_id > $2 AND order_id <= $3"
        " ON CONFLICT DO NOTHING",
        shop_id, after, last);
}

static err write_keys(struct ctx *ctx, void *arg)
{
    const struct filling *filling = arg;
    struct db_value shop_id = db_int(ctx->shop->id);
    for (size_t i = 0; i < filling->count; i++) {
        struct words words = words_of(ctx, &filling->orders[i]);
        for (size_t j = 0; j < words.count; j++) {
            unsigned char *key = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
            customer_word_key(ctx, words.list[j], key);
            TRY(db_execute(ctx,
                           "INSERT INTO order_keys (shop_id, key, order_id) VALUES ($1, $2, $3)"
                           " ON CONFLICT DO NOTHING",
                           shop_id, db_bytes(key, CRYPTO_INDEX_BYTES), db_int(filling->orders[i].id)));
        }
    }
    TRY(write_goods(ctx, filling));
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
    TRY(load_mark(ctx, &filling.mark));
    TRY(db_query(ctx, &rows,
                 "SELECT id, contact FROM orders WHERE shop_id = $1 AND id > $2 AND id < $3"
                 " ORDER BY id LIMIT $4",
                 db_int(ctx->shop->id), db_int(filling.mark), db_int(settled_until(ctx)), db_int(BATCH)));
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

/* ---- for lists ---- */

#define NUMBER_LENGTH 20

static void take_found(struct order_search *search, const struct order *orders, size_t count)
{
    for (size_t i = 0; i < count && search->count < ORDER_SEARCH_LIMIT; i++) {
        bool is_there = false;
        for (size_t j = 0; j < search->count && !is_there; j++)
            is_there = search->orders[j].id == orders[i].id;
        if (!is_there)
            search->orders[search->count++] = orders[i];
    }
}

static err search_numbers(struct ctx *ctx, struct order_search *search)
{
    const char *q = search->q;
    struct order *orders = NULL;
    size_t count = 0, digits = strspn(q, "0123456789");
    bool is_number = digits > 0 && !q[digits];
    if (is_number && digits == NUMBER_LENGTH)
        TRY(order_load_many(ctx, &q, 1, &orders, &count));
    else if (is_number && digits <= ORDER_TAIL_LIMIT)
        TRY(order_list_by_tail(ctx, q, ORDER_SEARCH_LIMIT, &orders, &count));
    else
        TRY(order_list_by_contact(ctx, q, ORDER_SEARCH_LIMIT, &orders, &count));
    take_found(search, orders, count);
    TRY(order_list_by_tracking(ctx, q, ORDER_SEARCH_LIMIT, &orders, &count));
    take_found(search, orders, count);
    return NULL;
}

static err search_accounts(struct ctx *ctx, struct order_search *search)
{
    struct customer_query query = {.exact = search->q, .limit = ORDER_SOME};
    struct customer *people;
    struct order *orders = NULL;
    int64_t ids[ORDER_SOME];
    size_t people_count, count;
    TRY(customer_list(ctx, &query, &people, &people_count));
    for (size_t i = 0; i < people_count && i < ORDER_SOME; i++)
        ids[i] = people[i].id;
    TRY(order_list_of_accounts(ctx, ids, people_count < ORDER_SOME ? people_count : ORDER_SOME, &orders,
                               &count));
    take_found(search, orders, count);
    return NULL;
}

err order_search(struct ctx *ctx, struct order_search *search)
{
    const char *word = customer_word_typed(ctx, search->q);
    struct order *orders;
    size_t count;
    search->orders = arena_alloc_many(ctx->arena, ORDER_SEARCH_LIMIT, sizeof *search->orders);
    search->count = 0;
    search->is_behind = false;
    TRY(search_numbers(ctx, search));
    if (word) {
        TRY(order_list_by_person(ctx, word, ORDER_SEARCH_LIMIT, &orders, &count, &search->is_behind));
        take_found(search, orders, count);
    }
    if (search->sees_accounts)
        TRY(search_accounts(ctx, search));
    return order_keys_wake(ctx);
}
