/* promotion_store.c - offers are written, changed, listed, begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/pricing/price_list_parts.h"
#include "shop/pricing/promotion_cache.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/pricing/quote_when.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define TURN_JOB "promotion.turn"

const char *const promotion_status_names[] = {"", "draft", "active", "paused", "ended", NULL};
const char *const promotion_phase_names[] = {
    [PHASE_DRAFT] = "draft",   [PHASE_SCHEDULED] = "scheduled", [PHASE_RUNNING] = "running",
    [PHASE_PAUSED] = "paused", [PHASE_ENDED] = "ended",         [PHASE_USED_UP] = "used-up"};
const char *const discount_kind_names[] = {
    [DISCOUNT_SALE] = "sale",       [DISCOUNT_PIECES] = "pieces", [DISCOUNT_NTH] = "nth",
    [DISCOUNT_SUM] = "sum",         [DISCOUNT_COUPON] = "coupon", [DISCOUNT_SHIPPING] = "shipping",
    [DISCOUNT_BUNDLE] = "bundle",   [DISCOUNT_GIFT] = "gift",     [DISCOUNT_ADDON] = "addon",
    [DISCOUNT_VOUCHER] = "voucher", [DISCOUNT_SWELL] = "swell"};

static bool is_used_up(const struct promotion *promotion)
{
    return (promotion->uses_most > 0 && promotion->uses >= promotion->uses_most) ||
           (promotion->money_most > 0 && promotion->money >= promotion->money_most);
}

enum promotion_phase promotion_phase_of(const struct promotion *promotion, int64_t now)
{
    if (promotion->status == PROMOTION_ENDED ||
        (promotion->status != PROMOTION_DRAFT && promotion->ends_at <= now))
        return PHASE_ENDED;
    if (promotion->status == PROMOTION_DRAFT)
        return PHASE_DRAFT;
    if (promotion->status == PROMOTION_PAUSED)
        return PHASE_PAUSED;
    if (promotion->starts_at > now)
        return PHASE_SCHEDULED;
    return is_used_up(promotion) ? PHASE_USED_UP : PHASE_RUNNING;
}

/* ---- reading ---- */

static err take_one(struct ctx *ctx, const struct db_rows *rows, struct promotion *promotion)
{
    *promotion = (struct promotion){.id = db_get_int(rows, 0),
                                    .version = db_get_int(rows, 1),
                                    .status = (enum promotion_status)db_get_int(rows, 2),
                                    .name = db_get_text(rows, 4),
                                    .code = db_is_null(rows, 5) ? "" : db_get_text(rows, 5),
                                    .starts_at = db_get_int(rows, 6),
                                    .ends_at = db_get_int(rows, 7),
                                    .uses_most = db_get_int(rows, 9),
                                    .person_most = db_get_int(rows, 10),
                                    .money_most = db_get_int(rows, 11),
                                    .uses = db_get_int(rows, 12),
                                    .money = db_get_int(rows, 13),
                                    .created_at = db_get_int(rows, 14),
                                    .updated_at = db_get_int(rows, 15)};
    TRY(terms_read(ctx, db_get_text(rows, 8), promotion));
    promotion->rule.id = promotion->id;
    promotion->rule.version = promotion->version;
    promotion->rule.kind = (enum discount_kind)db_get_int(rows, 3);
    return NULL;
}

err promotions_take(struct ctx *ctx, struct db_rows *rows, struct promotion **promotions, size_t *count)
{
    *count = 0;
    *promotions = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **promotions);
    while (db_next(rows))
        TRY(take_one(ctx, rows, &(*promotions)[(*count)++]));
    return NULL;
}

err promotion_load(struct ctx *ctx, int64_t promotion_id, struct promotion **promotion)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, PROMOTION_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(promotion_id)));
    TRY(promotions_take(ctx, rows, promotion, &count));
    return count == 1 ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such offer");
}

/* ---- writing ---- */

err promotion_check_prices(struct ctx *ctx, const struct promotion *promotion)
{
    const struct discount_step *step = &promotion->rule.steps[0];
    struct product *products;
    size_t count;
    if (promotion->rule.kind != DISCOUNT_SALE || promotion->product_count == 0 ||
        promotion->product_count > PRODUCT_CHUNK)
        return NULL;
    TRY(product_list_many(ctx, promotion->product_ids, promotion->product_count, &products, &count));
    for (size_t i = 0; i < count; i++)
        if (step->off >= products[i].price_min || step->price >= products[i].price_min)
            return fail_field(ctx, step->off > 0 ? "steps.0.off" : "steps.0.price", "above-price",
                              arena_format(ctx->arena, "%s costs %s", products[i].title,
                                           money_decimal(ctx->arena, money_of(products[i].price_min,
                                                                              ctx->shop->currency))));
    return count > 0 || promotion->shelf_count > 0
               ? NULL
               : fail_field(ctx, "scope", "no-goods", "none of these goods is there any more");
}

static err write_version(struct ctx *ctx, const struct promotion *promotion, const char *terms)
{
    return db_execute(ctx,
                      "INSERT INTO promotion_versions (shop_id, promotion_id, version, at, actor_id, terms)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
                      db_int(ctx->shop->id), db_int(promotion->id), db_int(promotion->version),
                      db_int(ctx->now), db_int(ctx->actor_id), db_text(terms));
}

static err insert(struct ctx *ctx, struct promotion *promotion, const char *terms)
{
    promotion->id = id_new(ctx);
    promotion->version = 1;
    promotion->status = PROMOTION_DRAFT;
    return db_expect(ctx, 1, ERR_DUPLICATE, "offer",
                     "INSERT INTO promotions (shop_id, id, version, status, kind, name, code, starts_at,"
                     " ends_at, terms, uses_most, person_most, money_most, created_at, updated_at)"
                     " VALUES ($1, $2, 1, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
                     db_int(ctx->shop->id), db_int(promotion->id), db_int(promotion->rule.kind),
                     db_text(promotion->name), db_text(promotion->code[0] ? promotion->code : NULL),
                     db_int(promotion->starts_at), db_int(promotion->ends_at), db_text(terms),
                     db_int(promotion->uses_most), db_int(promotion->person_most),
                     db_int(promotion->money_most), db_int(ctx->now));
}

static err update(struct ctx *ctx, struct promotion *promotion, const char *terms)
{
    promotion->version++;
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this offer, or it has ended",
                     "UPDATE promotions SET version = $3, kind = $4, name = $5, code = $6, starts_at = $7,"
                     " ends_at = $8, terms = $9, uses_most = $10, person_most = $11, money_most = $12,"
                     " updated_at = $13 WHERE shop_id = $1 AND id = $2 AND version = $3 - 1 AND status < 4",
                     db_int(ctx->shop->id), db_int(promotion->id), db_int(promotion->version),
                     db_int(promotion->rule.kind), db_text(promotion->name),
                     db_text(promotion->code[0] ? promotion->code : NULL), db_int(promotion->starts_at),
                     db_int(promotion->ends_at), db_text(terms), db_int(promotion->uses_most),
                     db_int(promotion->person_most), db_int(promotion->money_most), db_int(ctx->now));
}

err promotions_refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM promotions WHERE shop_id = $1 AND status = 2 AND ends_at > $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    TRY(promotion_set_renew(ctx));
    return shop_change_promotions(ctx, db_next(rows));
}

/* When pages have something else to say of it: it begins, its hours of the week begin or are over, it ends.
 */
static int64_t next_turn(const struct ctx *ctx, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    struct zone zone = ctx->shop->zone;
    int64_t turn = promotion->ends_at;
    if (promotion->starts_at > ctx->now)
        return promotion->starts_at;
    if (rule->window_count == 0 || promotion->status != PROMOTION_ACTIVE)
        return turn;
    if (!rule_find_open(rule, zone, ctx->now, promotion->ends_at, &turn) || turn > ctx->now)
        return turn;
    return rule_find_closed(rule, zone, ctx->now, promotion->ends_at, &turn) ? turn : promotion->ends_at;
}

/* And once more at its next turn. */
static err announce(struct ctx *ctx, const struct promotion *promotion)
{
    int64_t turn = next_turn(ctx, promotion);
    TRY(job_schedule(ctx, TURN_JOB, promotion->id, turn, value_object(ctx->arena)));
    return promotions_refresh(ctx);
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct promotion *promotion = arg;
    struct promotion next = *promotion;
    const char *terms;
    TRY(terms_write(ctx, &next, &terms));
    TRY(next.id ? update(ctx, &next, terms) : insert(ctx, &next, terms));
    TRY(write_version(ctx, &next, terms));
    if (next.status == PROMOTION_ACTIVE)
        TRY(announce(ctx, &next));
    *promotion = next;
    return NULL;
}

static err is_code_free(struct ctx *ctx, const struct promotion *promotion)
{
    struct db_rows *rows;
    if (!promotion->code[0])
        return NULL;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM promotions WHERE shop_id = $1 AND code = $2 AND id <> $3",
                 db_int(ctx->shop->id), db_text(promotion->code), db_int(promotion->id)));
    return db_next(rows) ? fail_field(ctx, "code", "taken", "another coupon has this code") : NULL;
}

err promotion_save(struct ctx *ctx, struct promotion *promotion)
{
    if (!discount_has_code(promotion->rule.kind))
        promotion->code = "";
    TRY(promotion_validate(ctx, promotion));
    TRY(promotion_check_prices(ctx, promotion));
    if (discount_has_goods(promotion->rule.kind))
        TRY(goods_settle(ctx, promotion));
    TRY(is_code_free(ctx, promotion));
    struct promotion next = *promotion;
    TRY(db_transact(ctx, save_in_transaction, &next));
    *promotion = next;
    return NULL;
}

/* ---- life ---- */

bool promotion_may_become(enum promotion_status from, enum promotion_status to)
{
    static const bool may[][PROMOTION_ENDED + 1] = {
        [PROMOTION_DRAFT] = {[PROMOTION_ACTIVE] = true, [PROMOTION_ENDED] = true},
        [PROMOTION_ACTIVE] = {[PROMOTION_PAUSED] = true, [PROMOTION_ENDED] = true},
        [PROMOTION_PAUSED] = {[PROMOTION_ACTIVE] = true, [PROMOTION_ENDED] = true},
        [PROMOTION_ENDED] = {false},
    };
    return may[from][to];
}

static err check_room(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM promotions WHERE shop_id = $1 AND status = 2 AND ends_at > $2"
                 " AND code IS NULL",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) && db_get_int(rows, 0) < PROMOTION_ACTIVE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "%d offers count at the same time", PROMOTION_ACTIVE_LIMIT);
}

struct change {
    int64_t promotion_id;
    enum promotion_status status;
};

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct promotion *promotion;
    TRY(promotion_load(ctx, change->promotion_id, &promotion));
    if (promotion->status == change->status)
        return NULL;
    if (!promotion_may_become(promotion->status, change->status))
        return fail_with(ctx, ERR_CONFLICT, "an offer that is %s cannot become %s",
                         promotion_status_names[promotion->status], promotion_status_names[change->status]);
    if (change->status == PROMOTION_ACTIVE) {
        TRY(promotion_validate(ctx, promotion));
        TRY(check_room(ctx));
    }
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this offer",
                  "UPDATE promotions SET status = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = $5 AND version = $6",
                  db_int(ctx->shop->id), db_int(promotion->id), db_int(change->status), db_int(ctx->now),
                  db_int(promotion->status), db_int(promotion->version)));
    promotion->status = change->status;
    return announce(ctx, promotion);
}

err promotion_change_status(struct ctx *ctx, int64_t promotion_id, enum promotion_status status)
{
    struct change change = {promotion_id, status};
    return db_transact(ctx, change_in_transaction, &change);
}

/* ---- time ---- */

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *promotion_id = arg;
    struct promotion *promotion;
    TRY(promotion_load(ctx, *promotion_id, &promotion));
    if (promotion->ends_at > ctx->now)
        return announce(ctx, promotion);
    TRY(db_execute(ctx,
                   "UPDATE promotions SET status = 4, updated_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND ends_at <= $3 AND status IN (2, 3)",
                   db_int(ctx->shop->id), db_int(promotion->id), db_int(ctx->now)));
    return promotions_refresh(ctx);
}

/* Begins or ends: what pages show is made anew. */
static err run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t promotion_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, turn_in_transaction, &promotion_id);
}

const struct job_kind promotion_job_kinds[] = {
    {TURN_JOB, run_turn, 10, SECOND_MS}, {PRICE_LIST_TURN_JOB, price_list_run_turn, 10, SECOND_MS}, {0}};
