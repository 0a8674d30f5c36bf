/* order_new.c - who buys for the first time, and gets the price of new buyers once.
 *
 * A claim stands as long as its order may be paid, and is guarded by its own row alone: of many orders at
 * once one gets the price. Nothing happens to it when the order is paid or closed. Behind its time a paid
 * order says that the buyer is not new any more, and without one the claim is over. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order_customer.h"

#include "base/crypto.h"
#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/order/order_write.h"
#include <inttypes.h>

#define PERSON_KEYS 3 /* phone, e-mail, account */

struct person {
    const unsigned char *keys[PERSON_KEYS];
    size_t count;
};

static struct person person_of(struct ctx *ctx, const struct contact *contact)
{
    struct person person = {.count = 0};
    person.count = order_buyer_keys(ctx, contact, person.keys);
    if (customer_here(ctx)) {
        unsigned char *key = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
        crypto_blind_index(ctx, "order.account", arena_format(ctx->arena, "%" PRId64, customer_here(ctx)),
                           key);
        person.keys[person.count++] = key;
    }
    return person;
}

static struct db_value key_value(const struct person *person, size_t place)
{
    return db_bytes(person->keys[place < person->count ? place : 0], CRYPTO_INDEX_BYTES);
}

static struct db_value index_value(struct ctx *ctx, const char *purpose, const char *text)
{
    unsigned char *index = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    crypto_blind_index(ctx, purpose, text, index);
    return text[0] ? db_bytes(index, CRYPTO_INDEX_BYTES) : db_bytes(NULL, 0);
}

static err has_claim(struct ctx *ctx, const struct person *person, bool *is_there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM new_buyer_claims WHERE shop_id = $1 AND buyer IN ($2, $3, $4)"
                 " AND until_at > $5 LIMIT 1",
                 db_int(ctx->shop->id), key_value(person, 0), key_value(person, 1), key_value(person, 2),
                 db_int(ctx->now)));
    *is_there = db_next(rows);
    return NULL;
}

/* A phone is looked for as it was typed and in its plain form: orders keep the former. */
static err has_paid(struct ctx *ctx, const struct contact *contact, bool *is_there)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 WHERE EXISTS (SELECT 1 FROM orders WHERE shop_id = $1 AND phone_index IN ($2, $3)"
                 " AND paid_at IS NOT NULL) OR EXISTS (SELECT 1 FROM orders WHERE shop_id = $1"
                 " AND email_index = $4 AND paid_at IS NOT NULL) OR EXISTS (SELECT 1 FROM orders"
                 " WHERE shop_id = $1 AND customer_id = $5 AND paid_at IS NOT NULL)",
                 db_int(ctx->shop->id), index_value(ctx, "order.phone", contact->phone),
                 index_value(ctx, "order.phone", order_plain_phone(ctx, contact->phone)),
                 index_value(ctx, "order.email", order_plain_email(ctx, contact->email)),
                 db_int(customer_here(ctx))));
    *is_there = db_next(rows);
    return NULL;
}

err order_is_new_buyer(struct ctx *ctx, const struct contact *contact, bool *is_new)
{
    bool is_known = false;
    *is_new = false;
    if (!ctx->shop->has_price_lists)
        return NULL;
    struct person person = person_of(ctx, contact);
    if (person.count == 0)
        return NULL;
    TRY(has_claim(ctx, &person, &is_known));
    if (!is_known)
        TRY(has_paid(ctx, contact, &is_known));
    *is_new = !is_known;
    return NULL;
}

/* In the order of the keys, so that two orders never wait for each other. */
static void sort_keys(struct person *person)
{
    for (size_t i = 1; i < person->count; i++)
        for (size_t j = i; j > 0 && memcmp(person->keys[j - 1], person->keys[j], CRYPTO_INDEX_BYTES) > 0;
             j--) {
            const unsigned char *key = person->keys[j];
            person->keys[j] = person->keys[j - 1];
            person->keys[j - 1] = key;
        }
}

err order_claim_new_buyer(struct ctx *ctx, int64_t order_id, const struct contact *contact)
{
    struct person person = person_of(ctx, contact);
    sort_keys(&person);
    for (size_t i = 0; i < person.count; i++)
        TRY(db_expect(ctx, 1, ERR_PROMOTION_OVER, "this buyer has the price of new buyers already",
                      "INSERT INTO new_buyer_claims (shop_id, buyer, order_id, until_at)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, buyer) DO UPDATE SET order_id = $3,"
                      " until_at = $4 WHERE new_buyer_claims.until_at <= $5",
                      db_int(ctx->shop->id), db_bytes(person.keys[i], CRYPTO_INDEX_BYTES), db_int(order_id),
                      db_int(ctx->now + order_unpaid_ms(ctx)), db_int(ctx->now)));
    return NULL;
}
