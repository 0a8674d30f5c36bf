/* order_ration.c - how many pieces of a product one person may have over several orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "shop/order/order_write.h"
#include <inttypes.h>
#include <stdlib.h>

#define PURPOSE "order.buyer"
#define COUNTRY "86"
/* Digits of a mobile number in China, behind its country code. */
#define MOBILE_DIGITS 11
#define REPORT_LIMIT 100

/* ---- who ---- */

struct buyer {
    unsigned char keys[2][CRYPTO_INDEX_BYTES];
    size_t count;
};

/* "+86 138-0000-0000" and "13800000000" are one person. */
const char *order_plain_phone(struct ctx *ctx, const char *phone)
{
    char *digits = arena_copy_text(ctx->arena, phone), *to = digits;
    for (const char *c = phone; *c; c++)
        if (*c >= '0' && *c <= '9')
            *to++ = *c;
    *to = 0;
    while (text_starts(digits, "00"))
        digits += 2;
    return text_starts(digits, COUNTRY) && strlen(digits) == strlen(COUNTRY) + MOBILE_DIGITS
               ? digits + strlen(COUNTRY)
               : digits;
}

const char *order_plain_email(struct ctx *ctx, const char *email)
{
    return text_lower(ctx->arena, email);
}

static struct buyer buyer_of(struct ctx *ctx, const struct contact *contact)
{
    struct buyer buyer = {.count = 0};
    if (contact->phone && contact->phone[0])
        crypto_blind_index(ctx, PURPOSE, order_plain_phone(ctx, contact->phone), buyer.keys[buyer.count++]);
    if (contact->email && contact->email[0])
        crypto_blind_index(ctx, PURPOSE, order_plain_email(ctx, contact->email), buyer.keys[buyer.count++]);
    return buyer;
}

size_t order_buyer_keys(struct ctx *ctx, const struct contact *contact, const unsigned char *keys[2])
{
    struct buyer *buyer = arena_alloc(ctx->arena, sizeof *buyer);
    *buyer = buyer_of(ctx, contact);
    for (size_t i = 0; i < buyer->count; i++)
        keys[i] = buyer->keys[i];
    return buyer->count;
}

/* ---- how many ---- */

void order_rations_add(struct ration *rations, size_t *count, const struct variant *variant, int64_t quantity)
{
    size_t at = 0;
    if (variant->person_quantity == 0)
        return;
    while (at < *count && rations[at].product_id != variant->product_id)
        at++;
    if (at == *count)
        rations[(*count)++] = (struct ration){.product_id = variant->product_id,
                                              .title = variant->product_title,
                                              .most = variant->person_quantity,
                                              .days = variant->person_days};
    rations[at].wanted += quantity;
}

/* Periods that began then or earlier are over. */
static int64_t over_at(const struct ctx *ctx, const struct ration *ration)
{
    return ration->days > 0 ? ctx->now - ration->days * DAY_MS : -1;
}

static void count_row(const struct ctx *ctx, const struct db_rows *rows, struct ration *rations, size_t count)
{
    int64_t quantity = db_get_int(rows, 1), since = db_get_int(rows, 2);
    for (size_t i = 0; i < count; i++) {
        struct ration *ration = &rations[i];
        int64_t left = ration->most > quantity ? ration->most - quantity : 0;
        if (ration->product_id == db_get_int(rows, 0) && since > over_at(ctx, ration) && left < ration->left)
            ration->left = left;
    }
}

err order_rations_load(struct ctx *ctx, const struct contact *contact, struct ration *rations, size_t count)
{
    struct buyer buyer = buyer_of(ctx, contact);
    struct db_rows *rows;
    for (size_t i = 0; i < count; i++)
        rations[i].left = rations[i].most;
    if (buyer.count == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, quantity, since FROM buyer_rations WHERE shop_id = $1"
                 " AND buyer IN ($2, $3) AND quantity > 0",
                 db_int(ctx->shop->id), db_bytes(buyer.keys[0], CRYPTO_INDEX_BYTES),
                 db_bytes(buyer.keys[buyer.count - 1], CRYPTO_INDEX_BYTES)));
    while (db_next(rows))
        count_row(ctx, rows, rations, count);
    return NULL;
}

/* ---- taking ---- */

struct taking {
    int64_t order_id;
    enum error_code code; /* when too few are left */
    struct buyer buyer;
};

static int by_product(const void *left, const void *right)
{
    const struct ration *a = left, *b = right;
    return (a->product_id > b->product_id) - (a->product_id < b->product_id);
}

/* The guard of both engines: the row is added to only while it stays within the limit. The period
   begins with its earliest order, not with the one that was written first: two that ran at once may
   come in the other order of their clocks. */
static err take_one(struct ctx *ctx, const struct taking *taking, const struct ration *ration,
                    const unsigned char *key)
{
    TRY(db_expect(ctx, 1, taking->code, "more than one person may have",
                  "INSERT INTO buyer_rations (shop_id, buyer, product_id, quantity, since)"
                  " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, product_id) DO UPDATE SET"
                  " quantity = CASE WHEN buyer_rations.since <= $6 THEN excluded.quantity"
                  " ELSE buyer_rations.quantity + excluded.quantity END,"
                  " since = CASE WHEN buyer_rations.since <= $6 OR buyer_rations.quantity = 0"
                  " OR excluded.since < buyer_rations.since THEN excluded.since"
                  " ELSE buyer_rations.since END"
                  " WHERE buyer_rations.since <= $6 OR buyer_rations.quantity + excluded.quantity <= $7",
                  db_int(ctx->shop->id), db_bytes(key, CRYPTO_INDEX_BYTES), db_int(ration->product_id),
                  db_int(ration->wanted), db_int(ctx->now), db_int(over_at(ctx, ration)),
                  db_int(ration->most)));
    return db_execute(ctx,
                      "INSERT INTO order_rations (shop_id, order_id, product_id, buyer, quantity, at)"
                      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, order_id, product_id, buyer)"
                      " DO UPDATE SET quantity = excluded.quantity, at = excluded.at",
                      db_int(ctx->shop->id), db_int(taking->order_id), db_int(ration->product_id),
                      db_bytes(key, CRYPTO_INDEX_BYTES), db_int(ration->wanted), db_int(ctx->now));
}

/* By product, so that two orders never wait for each other. */
static err take(struct ctx *ctx, const struct taking *taking, struct ration *rations, size_t count)
{
    qsort(rations, count, sizeof *rations, by_product);
    for (size_t i = 0; i < count; i++) {
        if (rations[i].wanted > rations[i].most)
            return fail_with(ctx, taking->code, "%s: more than one person may have", rations[i].title);
        for (size_t j = 0; j < taking->buyer.count; j++)
            TRY(take_one(ctx, taking, &rations[i], taking->buyer.keys[j]));
    }
    return NULL;
}

err order_rations_take(struct ctx *ctx, int64_t order_id, const struct contact *contact,
                       struct ration *rations, size_t count)
{
    struct taking taking = {order_id, ERR_DUPLICATE, buyer_of(ctx, contact)};
    return take(ctx, &taking, rations, count);
}

err order_rations_take_again(struct ctx *ctx, const struct order *order)
{
    struct taking taking = {order->id, ERR_OUT_OF_STOCK, buyer_of(ctx, &order->contact)};
    size_t line_count = order->line_count, count = 0;
    int64_t *ids = arena_alloc_many(ctx->arena, line_count + 1, sizeof *ids);
    const struct variant **variants = arena_alloc_many(ctx->arena, line_count + 1, sizeof(struct variant *));
    struct ration *rations = arena_alloc_many(ctx->arena, line_count + 1, sizeof *rations);
    for (size_t i = 0; i < line_count; i++)
        ids[i] = order->lines[i].variant_id;
    TRY(variant_load_many(ctx, ids, line_count, variants));
    for (size_t i = 0; i < line_count; i++)
        if (variants[i])
            order_rations_add(rations, &count, variants[i], order->lines[i].quantity);
    return take(ctx, &taking, rations, count);
}

/* ---- giving back ---- */

static err give_back(struct ctx *ctx, int64_t order_id, const struct db_rows *rows, int64_t pieces)
{
    size_t length;
    const unsigned char *buyer = db_get_bytes(rows, 1, &length);
    int64_t product_id = db_get_int(rows, 0), at = db_get_int(rows, 3);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the order changed meanwhile",
                  "UPDATE order_rations SET quantity = quantity - $5 WHERE shop_id = $1 AND order_id = $2"
                  " AND product_id = $3 AND buyer = $4 AND quantity = $6",
                  db_int(ctx->shop->id), db_int(order_id), db_int(product_id), db_bytes(buyer, length),
                  db_int(pieces), db_int(db_get_int(rows, 2))));
    /* A period that began after the order knows nothing of it. */
    return db_execute(ctx,
                      "UPDATE buyer_rations SET quantity = quantity - $4 WHERE shop_id = $1 AND buyer = $2"
                      " AND product_id = $3 AND since <= $5 AND quantity >= $4",
                      db_int(ctx->shop->id), db_bytes(buyer, length), db_int(product_id), db_int(pieces),
                      db_int(at));
}

err order_rations_give_back(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, buyer, quantity, at FROM order_rations"
                 " WHERE shop_id = $1 AND order_id = $2 AND quantity > 0 ORDER BY product_id, buyer",
                 db_int(ctx->shop->id), db_int(order_id)));
    while (db_next(rows)) {
        int64_t pieces = 0, held = db_get_int(rows, 2);
        for (size_t i = 0; i < count; i++)
            if (demands[i].product_id == db_get_int(rows, 0))
                pieces += demands[i].quantity;
        if (pieces > 0)
            TRY(give_back(ctx, order_id, rows, pieces < held ? pieces : held));
    }
    return NULL;
}

/* ---- checking ---- */

err order_check_rations(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT b.product_id, b.quantity,"
                 " CAST(COALESCE(SUM(r.quantity), 0) AS BIGINT) FROM buyer_rations b"
                 " LEFT JOIN order_rations r ON r.shop_id = b.shop_id AND r.buyer = b.buyer"
                 " AND r.product_id = b.product_id AND r.at >= b.since"
                 " WHERE b.shop_id = $1 GROUP BY b.product_id, b.buyer, b.quantity"
                 " HAVING b.quantity <> COALESCE(SUM(r.quantity), 0) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg,
               arena_format(ctx->arena,
                            "product %" PRId64 ": a buyer has %" PRId64 " pieces, the orders say %" PRId64,
                            db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)));
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM order_rations r"
        " JOIN orders o ON o.shop_id = r.shop_id AND o.id = r.order_id"
        " WHERE r.shop_id = $1 AND r.quantity > 0 AND o.order_status = $2 AND o.payment_status = $3 LIMIT $4",
        db_int(ctx->shop->id), db_int(ORDER_CLOSED), db_int(PAYMENT_UNPAID), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: closed, but still counted for its buyer",
                                 db_get_text(rows, 0)));
    return NULL;
}
