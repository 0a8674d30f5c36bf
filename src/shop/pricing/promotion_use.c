/* promotion_use.c - what orders use of offers: guarded counters, and what comes back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"
#include "shop/pricing/price_list_parts.h"

#include "base/crypto.h"
#include <inttypes.h>
#include <stdlib.h>

#define REPORT_LIMIT 100

struct use {
    int64_t promotion_id;
    int64_t amount;
    bool is_counted;
    bool is_personal;
    bool is_gift;
    const struct promotion *promotion;
};

static int by_promotion(const void *a, const void *b)
{
    const struct use *left = a, *right = b;
    return (left->promotion_id > right->promotion_id) - (left->promotion_id < right->promotion_id);
}

static size_t use_count(const struct priced *priced)
{
    return priced->quote.effect_count + priced->given_count;
}

/* By promotion, so that two orders never wait for each other. */
static struct use *uses_of(struct ctx *ctx, const struct priced *priced)
{
    size_t taken = priced->quote.effect_count, count = use_count(priced);
    struct use *uses = arena_alloc_many(ctx->arena, count + 1, sizeof *uses);
    for (size_t i = 0; i < count; i++) {
        const struct gift_given *gift = i < taken ? NULL : &priced->given[i - taken];
        const struct promotion *promotion =
            &priced->promotions[gift ? gift->rule : priced->quote.effects[i].rule];
        uses[i] = (struct use){promotion->id,
                               gift ? gift->price * gift->pieces : priced->quote.effects[i].amount,
                               promotion->uses_most > 0 || promotion->money_most > 0,
                               promotion->person_most > 0,
                               gift != NULL,
                               promotion};
    }
    qsort(uses, count, sizeof *uses, by_promotion);
    return uses;
}

/* Only while something is left of it. */
static err count_use(struct ctx *ctx, enum error_code code, int64_t promotion_id, int64_t amount)
{
    return db_expect(ctx, 1, code, "an offer was used up",
                     "UPDATE promotions SET uses = uses + 1, money = money + $3 WHERE shop_id = $1"
                     " AND id = $2 AND (uses_most = 0 OR uses < uses_most)"
                     " AND (money_most = 0 OR money + $3 <= money_most)",
                     db_int(ctx->shop->id), db_int(promotion_id), db_int(amount));
}

static err count_person(struct ctx *ctx, enum error_code code, int64_t promotion_id, int64_t person_most,
                        const unsigned char *key)
{
    return db_expect(
        ctx, 1, code, "this buyer used up an offer",
        "INSERT INTO promotion_buyers (shop_id, promotion_id, buyer, uses) VALUES ($1, $2, $3, 1)"
        " ON CONFLICT (shop_id, buyer, promotion_id) DO UPDATE SET"
        " uses = promotion_buyers.uses + 1 WHERE promotion_buyers.uses < $4",
        db_int(ctx->shop->id), db_int(promotion_id), db_bytes(key, CRYPTO_INDEX_BYTES), db_int(person_most));
}

static err write_persons(struct ctx *ctx, int64_t order_id, const struct use *use,
                         const struct promotion_buyer *buyer)
{
    for (size_t i = 0; buyer && i < buyer->count; i++) {
        TRY(count_person(ctx, ERR_PROMOTION_OVER, use->promotion_id, use->promotion->person_most,
                         buyer->keys[i]));
        TRY(db_execute(ctx,
                       "INSERT INTO promotion_use_buyers (shop_id, order_id, promotion_id, buyer)"
                       " VALUES ($1, $2, $3, $4)",
                       db_int(ctx->shop->id), db_int(order_id), db_int(use->promotion_id),
                       db_bytes(buyer->keys[i], CRYPTO_INDEX_BYTES)));
    }
    return NULL;
}

static err write_use(struct ctx *ctx, int64_t order_id, const struct use *use)
{
    return db_execute(ctx,
                      "INSERT INTO promotion_uses (shop_id, order_id, promotion_id, version, name, code,"
                      " amount, is_counted, is_gift) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                      db_int(ctx->shop->id), db_int(order_id), db_int(use->promotion_id),
                      db_int(use->promotion->version), db_text(use->promotion->name),
                      db_text(use->promotion->code), db_int(use->amount), db_int(use->is_counted),
                      db_int(use->is_gift));
}

static err keep_proof(struct ctx *ctx, int64_t order_id, const struct priced *priced,
                      const struct quote_line *lines, size_t count)
{
    const char *proof;
    TRY(proof_write(ctx, priced, lines, count, &proof));
    return db_execute(ctx, "INSERT INTO price_proofs (shop_id, order_id, proof) VALUES ($1, $2, $3)",
                      db_int(ctx->shop->id), db_int(order_id), db_text(proof));
}

err promotion_take(struct ctx *ctx, int64_t order_id, const struct priced *priced,
                   const struct quote_line *lines, size_t count, const struct promotion_buyer *buyer)
{
    if (use_count(priced) == 0 && priced->quote.freight == 0 && priced->quote.rounding == 0 &&
        priced->quote.points.used == 0 && !price_lists_are_used(lines, count))
        return NULL;
    const struct use *uses = uses_of(ctx, priced);
    for (size_t i = 0; i < use_count(priced); i++)
        if (uses[i].is_counted)
            TRY(count_use(ctx, ERR_PROMOTION_OVER, uses[i].promotion_id, uses[i].amount));
    for (size_t i = 0; i < use_count(priced); i++)
        if (uses[i].is_personal)
            TRY(write_persons(ctx, order_id, &uses[i], buyer));
    for (size_t i = 0; i < use_count(priced); i++) {
        TRY(write_use(ctx, order_id, &uses[i]));
        if (uses[i].promotion->claim_id)
            TRY(coupon_spend(ctx, order_id, uses[i].promotion));
    }
    return keep_proof(ctx, order_id, priced, lines, count);
}

/* ---- back, and again ---- */

#define COUNTED_USES                                                                                         \
    "SELECT u.promotion_id, u.amount, u.is_counted, p.person_most FROM promotion_uses u JOIN promotions p"   \
    " ON p.shop_id = u.shop_id AND p.id = u.promotion_id WHERE u.shop_id = $1 AND u.order_id = $2"           \
    " AND u.is_live = $3 ORDER BY u.promotion_id"

err promotion_give_back(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COUNTED_USES, db_int(ctx->shop->id), db_int(order_id), db_int(1)));
    while (db_next(rows))
        if (db_get_int(rows, 2) == 1)
            TRY(db_execute(ctx,
                           "UPDATE promotions SET uses = uses - 1, money = money - $3 WHERE shop_id = $1"
                           " AND id = $2",
                           db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1))));
    if (db_row_count(rows) == 0)
        return NULL;
    TRY(coupon_give_back(ctx, order_id));
    TRY(db_execute(ctx,
                   "UPDATE promotion_buyers SET uses = uses - 1 WHERE shop_id = $1 AND (buyer, promotion_id)"
                   " IN (SELECT b.buyer, b.promotion_id FROM promotion_use_buyers b JOIN promotion_uses u"
                   " ON u.shop_id = b.shop_id AND u.order_id = b.order_id AND u.promotion_id = b.promotion_id"
                   " WHERE b.shop_id = $1 AND b.order_id = $2 AND u.is_live = 1)",
                   db_int(ctx->shop->id), db_int(order_id)));
    return db_execute(ctx,
                      "UPDATE promotion_uses SET is_live = 0 WHERE shop_id = $1 AND order_id = $2"
                      " AND is_live = 1",
                      db_int(ctx->shop->id), db_int(order_id));
}

static err persons_again(struct ctx *ctx, int64_t order_id, int64_t promotion_id, int64_t person_most)
{
    struct db_rows *rows;
    size_t length;
    TRY(db_query(ctx, &rows,
                 "SELECT buyer FROM promotion_use_buyers WHERE shop_id = $1 AND order_id = $2"
                 " AND promotion_id = $3 ORDER BY buyer",
                 db_int(ctx->shop->id), db_int(order_id), db_int(promotion_id)));
    while (db_next(rows))
        TRY(count_person(ctx, ERR_OUT_OF_STOCK, promotion_id, person_most > 0 ? person_most : INT32_MAX,
                         db_get_bytes(rows, 0, &length)));
    return NULL;
}

err promotion_take_again(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, COUNTED_USES, db_int(ctx->shop->id), db_int(order_id), db_int(0)));
    while (db_next(rows)) {
        if (db_get_int(rows, 2) == 1)
            TRY(count_use(ctx, ERR_OUT_OF_STOCK, db_get_int(rows, 0), db_get_int(rows, 1)));
        TRY(persons_again(ctx, order_id, db_get_int(rows, 0), db_get_int(rows, 3)));
    }
    TRY(coupon_take_again(ctx, order_id));
    return db_execute(ctx, "UPDATE promotion_uses SET is_live = 1 WHERE shop_id = $1 AND order_id = $2",
                      db_int(ctx->shop->id), db_int(order_id));
}

err order_offer_list(struct ctx *ctx, int64_t order_id, struct order_offer **offers, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT promotion_id, version, name, code, amount, is_gift FROM promotion_uses WHERE shop_id = $1"
        " AND order_id = $2 ORDER BY promotion_id",
        db_int(ctx->shop->id), db_int(order_id)));
    *count = 0;
    *offers = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **offers);
    while (db_next(rows))
        (*offers)[(*count)++] = (struct order_offer){.promotion_id = db_get_int(rows, 0),
                                                     .version = db_get_int(rows, 1),
                                                     .name = db_get_text(rows, 2),
                                                     .code = db_get_text(rows, 3),
                                                     .amount = db_get_int(rows, 4),
                                                     .is_gift = db_get_int(rows, 5) == 1};
    return NULL;
}

/* ---- check ---- */

static err check_counters(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.id FROM promotions p LEFT JOIN (SELECT promotion_id, COUNT(*) AS uses,"
                 " CAST(SUM(amount) AS BIGINT) AS money FROM promotion_uses WHERE shop_id = $1"
                 " AND is_counted = 1 AND is_live = 1 GROUP BY promotion_id) u ON u.promotion_id = p.id"
                 " WHERE p.shop_id = $1 AND (p.uses <> COALESCE(u.uses, 0)"
                 " OR p.money <> COALESCE(u.money, 0) OR (p.uses_most > 0 AND p.uses > p.uses_most)"
                 " OR (p.money_most > 0 AND p.money > p.money_most)) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "offer %" PRId64 ": its counters are not what orders used",
                                 db_get_int(rows, 0)));
    return NULL;
}

static err check_persons(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT x.promotion_id FROM (SELECT promotion_id, buyer, uses FROM promotion_buyers"
        " WHERE shop_id = $1 UNION ALL SELECT b.promotion_id, b.buyer, -1 FROM promotion_use_buyers b"
        " JOIN promotion_uses u ON u.shop_id = b.shop_id AND u.order_id = b.order_id"
        " AND u.promotion_id = b.promotion_id WHERE b.shop_id = $1 AND u.is_live = 1) x"
        " GROUP BY x.promotion_id, x.buyer HAVING SUM(x.uses) <> 0 LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "offer %" PRId64 ": a buyer used it another number of times",
                                 db_get_int(rows, 0)));
    return NULL;
}

err promotion_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_counters(ctx, report, arg));
    TRY(coupon_check(ctx, report, arg));
    return check_persons(ctx, report, arg);
}
