/* coupon.c - coupons are offered to be claimed, claimed, and given by staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"

#include "base/clock.h"

const char *const coupon_audience_names[] = {"", "all", "new", "group", NULL};

struct coupon_offer coupon_offer_take(const struct db_rows *rows)
{
    return (struct coupon_offer){.promotion_id = db_get_int(rows, 0),
                                 .is_offered = db_get_int(rows, 1) == 1,
                                 .audience = (enum coupon_audience)db_get_int(rows, 2),
                                 .group_id = db_get_int(rows, 3),
                                 .issue_most = db_get_int(rows, 4),
                                 .holder_most = db_get_int(rows, 5),
                                 .days = db_get_int(rows, 6),
                                 .issued = db_get_int(rows, 7),
                                 .used = db_get_int(rows, 8)};
}

err coupon_offer_find(struct ctx *ctx, int64_t promotion_id, struct coupon_offer **offer)
{
    struct db_rows *rows;
    *offer = NULL;
    TRY(db_query(ctx, &rows, COUPON_OFFER_COLUMNS "WHERE shop_id = $1 AND promotion_id = $2",
                 db_int(ctx->shop->id), db_int(promotion_id)));
    if (!db_next(rows))
        return NULL;
    *offer = arena_alloc(ctx->arena, sizeof **offer);
    **offer = coupon_offer_take(rows);
    return NULL;
}

/* ---- staff ---- */

static err check_offer(struct ctx *ctx, const struct coupon_offer *offer)
{
    struct findings findings = {.ctx = ctx};
    struct promotion *promotion;
    TRY(promotion_load(ctx, offer->promotion_id, &promotion));
    findings.end = &findings.first;
    if (!promotion->code[0] || promotion->status == PROMOTION_ENDED)
        findings_add(&findings, "promotion", "not-here", "only a coupon that has not ended can be claimed");
    if (offer->issue_most < 0 || offer->issue_most > COUPON_ISSUE_MOST)
        findings_add(&findings, "issue_most", "out-of-range", "a number of coupons");
    if (offer->holder_most < 1 || offer->holder_most > COUPON_HOLDER_MOST)
        findings_add(&findings, "holder_most", "out-of-range", "1 to 100");
    if (offer->days < 0 || offer->days > COUPON_DAYS_MOST)
        findings_add(&findings, "days", "out-of-range", "0 to 365");
    if (offer->audience == COUPON_FOR_GROUP && offer->group_id == 0)
        findings_add(&findings, "group", "required", "for which level of members?");
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct coupon_offer *offer = arg;
    int64_t group_id = offer->audience == COUPON_FOR_GROUP ? offer->group_id : 0;
    TRY(db_expect(ctx, 1, ERR_LIMIT, "more were issued already",
                  "INSERT INTO coupon_offers (shop_id, promotion_id, is_offered, audience, group_id,"
                  " issue_most, holder_most, days, updated_at) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8)"
                  " ON CONFLICT (shop_id, promotion_id) DO UPDATE SET is_offered = 1, audience = $3,"
                  " group_id = $4, issue_most = $5, holder_most = $6, days = $7, updated_at = $8"
                  " WHERE CAST($5 AS BIGINT) = 0 OR coupon_offers.issued <= $5",
                  db_int(ctx->shop->id), db_int(offer->promotion_id), db_int(offer->audience),
                  db_int(group_id), db_int(offer->issue_most), db_int(offer->holder_most),
                  db_int(offer->days), db_int(ctx->now)));
    return promotions_refresh(ctx);
}

err coupon_offer_save(struct ctx *ctx, const struct coupon_offer *offer)
{
    struct coupon_offer next = *offer;
    TRY(check_offer(ctx, offer));
    err failure = db_transact(ctx, save_in_transaction, &next);
    if (failure && failure->code == ERR_LIMIT)
        return fail_field(ctx, "issue_most", "below-used", "more were issued already");
    return failure;
}

static err stop_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *promotion_id = arg;
    TRY(db_expect(
        ctx, 1, ERR_NOT_FOUND, "this is not offered to be claimed",
        "UPDATE coupon_offers SET is_offered = 0, updated_at = $3 WHERE shop_id = $1 AND promotion_id = $2",
        db_int(ctx->shop->id), db_int(*promotion_id), db_int(ctx->now)));
    return promotions_refresh(ctx);
}

err coupon_offer_stop(struct ctx *ctx, int64_t promotion_id)
{
    return db_transact(ctx, stop_in_transaction, &promotion_id);
}

/* ---- claiming ---- */

struct claiming {
    int64_t promotion_id;
    int64_t customer_id;
    bool is_gift; /* staff gives it: whoever it is for, and however many that person has */
};

/* The end of the Nth day behind the day of the claim, in the shop's zone; 0 = as long as the promotion. */
static int64_t until_of(const struct ctx *ctx, int64_t days)
{
    struct zone zone = ctx->shop->zone;
    return days > 0 ? clock_day_shift(clock_day_start(ctx->now, zone), days + 1, zone) : 0;
}

/* The counter first: it is the row for which everybody waits, and what is read behind it holds. */
static err count_issue(struct ctx *ctx, const struct claiming *claiming)
{
    return db_expect(
        ctx, 1, ERR_CONFLICT, "all of these coupons are issued",
        "UPDATE coupon_offers SET issued = issued + 1 WHERE shop_id = $1 AND promotion_id = $2"
        " AND (is_offered = 1 OR CAST($3 AS BIGINT) = 1) AND (issue_most = 0 OR issued < issue_most)"
        " AND EXISTS (SELECT 1 FROM promotions p WHERE p.shop_id = $1 AND p.id = $2"
        " AND p.status = 2 AND p.ends_at > $4)",
        db_int(ctx->shop->id), db_int(claiming->promotion_id), db_int(claiming->is_gift), db_int(ctx->now));
}

static err count_holder(struct ctx *ctx, const struct claiming *claiming, int64_t most)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "this person has as many as one may",
                     "INSERT INTO coupon_holders (shop_id, customer_id, promotion_id, claims)"
                     " VALUES ($1, $2, $3, 1) ON CONFLICT (shop_id, customer_id, promotion_id)"
                     " DO UPDATE SET claims = coupon_holders.claims + 1 WHERE coupon_holders.claims < $4",
                     db_int(ctx->shop->id), db_int(claiming->customer_id), db_int(claiming->promotion_id),
                     db_int(most));
}

static err claim_in_transaction(struct ctx *ctx, void *arg)
{
    const struct claiming *claiming = arg;
    struct coupon_offer *offer;
    TRY(count_issue(ctx, claiming));
    TRY(coupon_offer_find(ctx, claiming->promotion_id, &offer));
    if (!offer)
        return fail_with(ctx, ERR_CONFLICT, "this is not offered to be claimed");
    TRY(count_holder(ctx, claiming, claiming->is_gift ? INT32_MAX : offer->holder_most));
    TRY(db_execute(ctx,
                   "INSERT INTO coupon_claims (shop_id, customer_id, id, promotion_id, claimed_at,"
                   " valid_until, given_by) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   db_int(ctx->shop->id), db_int(claiming->customer_id), db_int(id_new(ctx)),
                   db_int(claiming->promotion_id), db_int(ctx->now), db_int(until_of(ctx, offer->days)),
                   db_int(claiming->is_gift ? ctx->actor_id : 0)));
    /* Nobody is shown a button that can do nothing more. */
    return offer->issue_most > 0 && offer->issued >= offer->issue_most ? promotions_refresh(ctx) : NULL;
}

err coupon_give(struct ctx *ctx, int64_t promotion_id, int64_t customer_id)
{
    struct claiming claiming = {promotion_id, customer_id, true};
    return db_transact(ctx, claim_in_transaction, &claiming);
}

static err holds(struct ctx *ctx, int64_t promotion_id, int64_t customer_id, int64_t *claims)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT claims FROM coupon_holders WHERE shop_id = $1 AND customer_id = $2"
                 " AND promotion_id = $3",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(promotion_id)));
    *claims = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err refuse(struct ctx *ctx, const char *code, const char *message)
{
    return fail_field(ctx, "coupon", code, message);
}

/* Why this person cannot claim it now; NULL when there is no reason. */
static err look(struct ctx *ctx, int64_t promotion_id, const struct coupon_claimer *claimer)
{
    struct coupon_offer *offer;
    struct promotion *promotion;
    int64_t claims;
    TRY(coupon_offer_find(ctx, promotion_id, &offer));
    if (!offer)
        return fail_with(ctx, ERR_NOT_FOUND, "no such coupon");
    TRY(promotion_load(ctx, promotion_id, &promotion));
    TRY(holds(ctx, promotion_id, claimer->customer_id, &claims));
    if (claims >= offer->holder_most)
        return refuse(ctx, "had", "this person has as many as one may");
    if (!offer->is_offered || promotion->status != PROMOTION_ACTIVE || promotion->ends_at <= ctx->now)
        return refuse(ctx, "over", "it is not offered any more");
    if (offer->issue_most > 0 && offer->issued >= offer->issue_most)
        return refuse(ctx, "gone", "all are issued");
    if (offer->audience == COUPON_FOR_NEW && !claimer->is_new)
        return refuse(ctx, "not-new", "it is for those who buy for the first time");
    if (offer->audience == COUPON_FOR_GROUP && offer->group_id != claimer->group_id)
        return refuse(ctx, "not-level", "it is for another level of members");
    return NULL;
}

err coupon_take(struct ctx *ctx, int64_t promotion_id, const struct coupon_claimer *claimer)
{
    struct claiming claiming = {promotion_id, claimer->customer_id, false};
    TRY(look(ctx, promotion_id, claimer));
    err failure = db_transact(ctx, claim_in_transaction, &claiming);
    if (!failure || failure->code != ERR_CONFLICT)
        return failure;
    TRY(look(ctx, promotion_id, claimer));
    return refuse(ctx, "gone", "all are issued");
}
