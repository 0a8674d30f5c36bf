/* coupon_list.c - coupons that can be claimed, and those that people hold, as pages see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"

/* Offered ones that a page looks through for its goods. */
#define OFFERS_SEEN 100

const char *const coupon_state_names[] = {"usable", "used", "expired", NULL};

static err load_part(struct ctx *ctx, const int64_t *ids, size_t count, struct promotion *promotions,
                     size_t *have)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    struct promotion *part;
    size_t part_count;
    (void)db_bind_ids(ctx, ids, count, values);
    TRY(db_query_values(ctx, &rows, PROMOTION_COLUMNS "WHERE shop_id = $1 AND id IN " DB_IDS, values,
                        DB_IDS_VALUES));
    TRY(promotions_take(ctx, rows, &part, &part_count));
    for (size_t i = 0; i < part_count; i++)
        promotions[(*have)++] = part[i];
    return NULL;
}

err coupon_promotions_load(struct ctx *ctx, const int64_t *ids, size_t count, struct promotion **promotions,
                           size_t *have)
{
    *have = 0;
    *promotions = arena_alloc_many(ctx->arena, count + 1, sizeof **promotions);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(load_part(ctx, ids + start, count - start < DB_IDS_LIMIT ? count - start : DB_IDS_LIMIT,
                      *promotions, have));
    return NULL;
}

static const struct promotion *find_promotion(const struct promotion *promotions, size_t count, int64_t id)
{
    for (size_t i = 0; i < count; i++)
        if (promotions[i].id == id)
            return &promotions[i];
    return NULL;
}

/* ---- what can be claimed ---- */

/* Those of which some are left, and those that this customer holds already. */
static err load_offers(struct ctx *ctx, int64_t customer_id, struct coupon_ticket **tickets, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT o.promotion_id, o.is_offered, o.audience, o.group_id, o.issue_most, o.holder_most,"
                 " o.days, o.issued, o.used, COALESCE(h.claims, 0) FROM coupon_offers o JOIN promotions p"
                 " ON p.shop_id = o.shop_id AND p.id = o.promotion_id LEFT JOIN coupon_holders h"
                 " ON h.shop_id = o.shop_id AND h.promotion_id = o.promotion_id AND h.customer_id = $2"
                 " WHERE o.shop_id = $1 AND o.is_offered = 1 AND p.status = 2 AND p.ends_at > $3"
                 " AND (o.issue_most = 0 OR o.issued < o.issue_most OR h.claims > 0)"
                 " ORDER BY p.ends_at, o.promotion_id LIMIT $4",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(ctx->now), db_int(OFFERS_SEEN)));
    *tickets = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **tickets);
    for (*count = 0; db_next(rows); (*count)++)
        (*tickets)[*count] =
            (struct coupon_ticket){.offer = coupon_offer_take(rows), .held = db_get_int(rows, 9)};
    return NULL;
}

static bool is_for_any(const struct promotion *promotion, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (promotion->rule.takes[i])
            return true;
    return false;
}

err coupon_ticket_list(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t customer_id,
                       struct coupon_ticket **tickets, size_t *ticket_count)
{
    struct promotion *promotions;
    size_t have, seen;
    *ticket_count = 0;
    if (!ctx->shop->has_promotions)
        return NULL;
    TRY(load_offers(ctx, customer_id, tickets, &seen));
    if (seen == 0)
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, seen + 1, sizeof *ids);
    for (size_t i = 0; i < seen; i++)
        ids[i] = (*tickets)[i].offer.promotion_id;
    TRY(coupon_promotions_load(ctx, ids, seen, &promotions, &have));
    if (product_ids)
        TRY(promotions_match(ctx, promotions, have, product_ids, count));
    for (size_t i = 0; i < seen && *ticket_count < COUPON_TICKET_LIMIT; i++) {
        struct coupon_ticket ticket = (*tickets)[i];
        ticket.promotion = find_promotion(promotions, have, ids[i]);
        if (ticket.promotion && (!product_ids || is_for_any(ticket.promotion, count)))
            (*tickets)[(*ticket_count)++] = ticket;
    }
    return NULL;
}

/* ---- what people hold ---- */

/* With the end of its promotion looked at. */
#define CLAIM_COLUMNS                                                                                        \
    "SELECT c.id, c.customer_id, c.promotion_id, c.claimed_at, CASE WHEN c.valid_until = 0"                  \
    " OR c.valid_until > p.ends_at THEN p.ends_at ELSE c.valid_until END AS valid_until, c.order_id,"        \
    " c.given_by, CASE WHEN c.order_id <> 0 THEN 1 WHEN p.status = 4 OR p.ends_at <= $3 OR (c.valid_until "  \
    "<> 0"                                                                                                   \
    " AND c.valid_until <= $3) THEN 2 ELSE 0 END AS state FROM coupon_claims c JOIN promotions p"            \
    " ON p.shop_id = c.shop_id AND p.id = c.promotion_id "

_Static_assert(COUPON_USABLE == 0 && COUPON_USED == 1 && COUPON_EXPIRED == 2,
               "the statement says the states by their numbers");

static struct coupon_claim take_claim(const struct db_rows *rows)
{
    return (struct coupon_claim){.id = db_get_int(rows, 0),
                                 .customer_id = db_get_int(rows, 1),
                                 .promotion_id = db_get_int(rows, 2),
                                 .claimed_at = db_get_int(rows, 3),
                                 .valid_until = db_get_int(rows, 4),
                                 .order_id = db_get_int(rows, 5),
                                 .given_by = db_get_int(rows, 6),
                                 .state = (enum coupon_state)db_get_int(rows, 7)};
}

err coupon_claim_list(struct ctx *ctx, int64_t promotion_id, int64_t before_id, int limit,
                      struct coupon_claim **claims, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 CLAIM_COLUMNS "WHERE c.shop_id = $1 AND c.promotion_id = $2 AND c.id < $4"
                               " ORDER BY c.id DESC LIMIT $5",
                 db_int(ctx->shop->id), db_int(promotion_id), db_int(ctx->now),
                 db_int(before_id > 0 ? before_id : INT64_MAX), db_int(limit)));
    *claims = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **claims);
    for (*count = 0; db_next(rows); (*count)++)
        (*claims)[*count] = take_claim(rows);
    return NULL;
}

err coupon_held_list(struct ctx *ctx, int64_t customer_id, enum coupon_state state, struct coupon_held **held,
                     size_t *count)
{
    struct db_rows *rows;
    struct promotion *promotions;
    size_t have;
    TRY(db_query(ctx, &rows,
                 "SELECT id, customer_id, promotion_id, claimed_at, valid_until, order_id, given_by, state"
                 " FROM (" CLAIM_COLUMNS "WHERE c.shop_id = $1 AND c.customer_id = $2) x WHERE state = $4"
                 " ORDER BY id DESC LIMIT $5",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(ctx->now), db_int(state),
                 db_int(COUPON_LIST_LIMIT)));
    *count = db_row_count(rows);
    *held = arena_alloc_many(ctx->arena, *count + 1, sizeof **held);
    int64_t *ids = arena_alloc_many(ctx->arena, *count + 1, sizeof *ids);
    for (size_t i = 0; db_next(rows); i++) {
        (*held)[i].claim = take_claim(rows);
        ids[i] = (*held)[i].claim.promotion_id;
    }
    TRY(coupon_promotions_load(ctx, ids, *count, &promotions, &have));
    for (size_t i = 0; i < *count; i++)
        (*held)[i].promotion = find_promotion(promotions, have, ids[i]);
    return NULL;
}
