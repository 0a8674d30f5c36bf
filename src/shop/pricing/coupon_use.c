/* coupon_use.c - claimed coupons beside a cart, spent by an order, given back, and re-added. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include <inttypes.h>
#include <stdlib.h>

#define CLAIM_ROWS 200
#define REPORT_LIMIT 100

/* ---- beside a cart ---- */

struct coupon_wish coupon_wish_of(const char *text)
{
    if (text[0] != COUPON_WISH_MARK)
        return (struct coupon_wish){.code = text};
    return (struct coupon_wish){
        .code = "", .is_none = text_is(text, COUPON_WISH_NONE), .promotion_id = strtoll(text + 1, NULL, 10)};
}

static size_t place_of(const int64_t *ids, size_t count, int64_t id)
{
    size_t place = 0;
    while (place < count && ids[place] != id)
        place++;
    return place;
}

/* Of each promotion the claim that ends first. */
static err load_held(struct ctx *ctx, int64_t *promotion_ids, struct coupon_claim *claims, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT c.promotion_id, c.id, CASE WHEN c.valid_until = 0 OR c.valid_until > p.ends_at"
                 " THEN p.ends_at ELSE c.valid_until END FROM coupon_claims c JOIN promotions p"
                 " ON p.shop_id = c.shop_id AND p.id = c.promotion_id WHERE c.shop_id = $1"
                 " AND c.customer_id = $2 AND c.order_id = 0 AND (c.valid_until = 0 OR c.valid_until > $3)"
                 " AND p.status = 2 AND p.starts_at <= $3 AND p.ends_at > $3 ORDER BY 3, 2 LIMIT $4",
                 db_int(ctx->shop->id), db_int(ctx->actor_id), db_int(ctx->now), db_int(CLAIM_ROWS)));
    while (db_next(rows) && *count < COUPON_HELD_LIMIT) {
        if (place_of(promotion_ids, *count, db_get_int(rows, 0)) < *count)
            continue;
        claims[*count] = (struct coupon_claim){.id = db_get_int(rows, 1), .valid_until = db_get_int(rows, 2)};
        promotion_ids[(*count)++] = db_get_int(rows, 0);
    }
    return NULL;
}

err coupons_join(struct ctx *ctx, const struct coupon_wish *wish, struct promotion **promotions,
                 size_t *count, struct priced *priced)
{
    int64_t ids[COUPON_HELD_LIMIT];
    struct coupon_claim claims[COUPON_HELD_LIMIT];
    struct promotion *held;
    size_t held_count = 0, have;
    priced->wishes_none = wish->is_none;
    if (!customer_here(ctx))
        return NULL;
    TRY(load_held(ctx, ids, claims, &held_count));
    if (held_count == 0)
        return NULL;
    TRY(coupon_promotions_load(ctx, ids, held_count, &held, &have));
    bool is_held = place_of(ids, held_count, wish->promotion_id) < held_count;
    priced->wishes_coupon = is_held ? wish->promotion_id : 0;
    struct promotion *joined = arena_alloc_many(ctx->arena, *count + have + 1, sizeof *joined);
    priced->claimed = arena_alloc_many(ctx->arena, have + 1, sizeof *priced->claimed);
    for (size_t i = 0; i < *count; i++)
        joined[i] = (*promotions)[i];
    for (size_t i = 0; i < have; i++) {
        const struct coupon_claim *claim = &claims[place_of(ids, held_count, held[i].id)];
        held[i].code = "";
        held[i].claim_id = claim->id;
        held[i].claim_until = claim->valid_until;
        held[i].is_left_out = wish->is_none || (is_held && held[i].id != wish->promotion_id);
        joined[(*count)++] = held[i];
    }
    *promotions = joined;
    return NULL;
}

void coupons_note(struct priced *priced, const struct promotion *promotion, enum coupon_problem problem)
{
    if (promotion->claim_id)
        priced->claimed[priced->claimed_count++] =
            (struct claimed_coupon){.promotion = *promotion, .problem = problem};
}

void coupons_judge(struct priced *priced, const struct quote_line *lines, size_t count)
{
    for (size_t i = 0; i < priced->claimed_count; i++) {
        struct claimed_coupon *claimed = &priced->claimed[i];
        const struct discount_rule *rule = &claimed->promotion.rule;
        int64_t full = 0;
        if (claimed->problem != COUPON_FINE || !rule_is_by_sum(rule) || rule->step_count == 0)
            continue;
        for (size_t j = 0; j < count; j++)
            full += rule->takes[j] ? lines[j].full : 0;
        claimed->missing = full < rule->steps[0].from ? rule->steps[0].from - full : 0;
        claimed->problem = claimed->missing > 0 ? COUPON_TOO_LITTLE : COUPON_FINE;
    }
}

/* ---- orders ---- */

static err count_used(struct ctx *ctx, int64_t promotion_id)
{
    return db_execute(ctx,
                      "UPDATE coupon_offers SET used = used + 1 WHERE shop_id = $1 AND promotion_id = $2",
                      db_int(ctx->shop->id), db_int(promotion_id));
}

err coupon_spend(struct ctx *ctx, int64_t order_id, const struct promotion *promotion)
{
    TRY(db_expect(ctx, 1, ERR_PROMOTION_OVER, "another order used this coupon",
                  "UPDATE coupon_claims SET order_id = $4 WHERE shop_id = $1 AND customer_id = $2 AND id = $3"
                  " AND order_id = 0 AND (valid_until = 0 OR valid_until > $5)",
                  db_int(ctx->shop->id), db_int(ctx->actor_id), db_int(promotion->claim_id), db_int(order_id),
                  db_int(ctx->now)));
    TRY(db_execute(ctx,
                   "INSERT INTO coupon_uses (shop_id, order_id, claim_id, customer_id, promotion_id)"
                   " VALUES ($1, $2, $3, $4, $5)",
                   db_int(ctx->shop->id), db_int(order_id), db_int(promotion->claim_id),
                   db_int(ctx->actor_id), db_int(promotion->id)));
    return count_used(ctx, promotion->id);
}

#define LIVE_USES "FROM coupon_uses WHERE shop_id = $1 AND order_id = $2 AND is_live = 1"

err coupon_give_back(struct ctx *ctx, int64_t order_id)
{
    TRY(db_execute(ctx,
                   "UPDATE coupon_offers SET used = used - 1 WHERE shop_id = $1 AND promotion_id IN"
                   " (SELECT promotion_id " LIVE_USES ")",
                   db_int(ctx->shop->id), db_int(order_id)));
    TRY(db_execute(ctx,
                   "UPDATE coupon_claims SET order_id = 0 WHERE shop_id = $1 AND (customer_id, id) IN"
                   " (SELECT customer_id, claim_id " LIVE_USES ")",
                   db_int(ctx->shop->id), db_int(order_id)));
    return db_execute(ctx,
                      "UPDATE coupon_uses SET is_live = 0 WHERE shop_id = $1 AND order_id = $2"
                      " AND is_live = 1",
                      db_int(ctx->shop->id), db_int(order_id));
}

/* What was ordered in its time is honoured however late it is paid (R-5.3-4): only another order is in the
 * way. */
err coupon_take_again(struct ctx *ctx, int64_t order_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT customer_id, claim_id, promotion_id FROM coupon_uses WHERE shop_id = $1"
                 " AND order_id = $2 AND is_live = 0 ORDER BY promotion_id",
                 db_int(ctx->shop->id), db_int(order_id)));
    while (db_next(rows)) {
        TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "another order used this coupon",
                      "UPDATE coupon_claims SET order_id = $4 WHERE shop_id = $1 AND customer_id = $2"
                      " AND id = $3 AND order_id = 0",
                      db_int(ctx->shop->id), db_int(db_get_int(rows, 0)), db_int(db_get_int(rows, 1)),
                      db_int(order_id)));
        TRY(count_used(ctx, db_get_int(rows, 2)));
    }
    return db_execute(ctx, "UPDATE coupon_uses SET is_live = 1 WHERE shop_id = $1 AND order_id = $2",
                      db_int(ctx->shop->id), db_int(order_id));
}

/* ---- check ---- */

struct finding {
    const char *text; /* with the number of a promotion */
    const char *statement;
};

static const struct finding findings[] = {
    {"another number was issued than people hold",
     "SELECT o.promotion_id FROM coupon_offers o LEFT JOIN (SELECT promotion_id, COUNT(*) AS issued,"
     " COUNT(CASE WHEN order_id <> 0 THEN 1 END) AS used FROM coupon_claims WHERE shop_id = $1"
     " GROUP BY promotion_id) c ON c.promotion_id = o.promotion_id WHERE o.shop_id = $1"
     " AND (o.issued <> COALESCE(c.issued, 0) OR o.used <> COALESCE(c.used, 0)) LIMIT $2"},
    {"somebody holds another number than was counted",
     "SELECT x.promotion_id FROM (SELECT customer_id, promotion_id, claims FROM coupon_holders"
     " WHERE shop_id = $1 UNION ALL SELECT customer_id, promotion_id, -1 FROM coupon_claims"
     " WHERE shop_id = $1) x GROUP BY x.customer_id, x.promotion_id HAVING SUM(x.claims) <> 0 LIMIT $2"},
    {"a claim and the order that used it do not know each other",
     "SELECT x.promotion_id FROM (SELECT promotion_id, id AS claim_id, order_id, 1 AS one FROM coupon_claims"
     " WHERE shop_id = $1 AND order_id <> 0 UNION ALL SELECT promotion_id, claim_id, order_id, -1"
     " FROM coupon_uses WHERE shop_id = $1 AND is_live = 1) x GROUP BY x.promotion_id, x.claim_id, x.order_id"
     " HAVING SUM(x.one) <> 0 LIMIT $2"},
    {"an order used a coupon without its offer",
     "SELECT c.promotion_id FROM coupon_uses c LEFT JOIN promotion_uses u ON u.shop_id = c.shop_id"
     " AND u.order_id = c.order_id AND u.promotion_id = c.promotion_id WHERE c.shop_id = $1"
     " AND u.order_id IS NULL LIMIT $2"},
};

err coupon_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        struct db_rows *rows;
        TRY(db_query(ctx, &rows, findings[i].statement, db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
        while (db_next(rows))
            report(arg,
                   arena_format(ctx->arena, "coupon %" PRId64 ": %s", db_get_int(rows, 0), findings[i].text));
    }
    return NULL;
}
