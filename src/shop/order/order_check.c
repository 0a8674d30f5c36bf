/* order_check.c - the check that replays the events of orders and re-adds their sums. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/text.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

static err report_rows(struct ctx *ctx, struct db_rows *rows, const char *what,
                       void (*report)(void *arg, const char *problem), void *arg)
{
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "order %s: %s", db_get_text(rows, 0), what));
    return NULL;
}

static err check_states(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o LEFT JOIN order_events e ON e.shop_id = o.shop_id AND "
        "e.order_id = o.id"
        " AND e.event_no = o.version WHERE o.shop_id = $1 AND (e.event_no IS NULL"
        " OR e.order_status <> o.order_status OR e.payment_status <> o.payment_status"
        " OR e.fulfillment_status <> o.fulfillment_status OR e.aftersale_status <> o.aftersale_status"
        " OR e.review_status <> o.review_status) LIMIT 1000",
        db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its states are not those of its last event", report, arg);
}

static struct order_state read_state(const struct db_rows *rows, int column)
{
    return (struct order_state){(enum order_status)db_get_int(rows, column),
                                (enum payment_status)db_get_int(rows, column + 1),
                                (enum fulfillment_status)db_get_int(rows, column + 2),
                                (enum aftersale_status)db_get_int(rows, column + 3),
                                (enum review_status)db_get_int(rows, column + 4)};
}

/* The stage is derived: each combination of states that occurs must have the one that order_stage_of gives.
 */
static err check_stages(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_status, payment_status, fulfillment_status, aftersale_status, review_status,"
                 " stage, MIN(number), waits_for_group FROM orders WHERE shop_id = $1 GROUP BY order_status,"
                 " payment_status, fulfillment_status, aftersale_status, review_status, stage,"
                 " waits_for_group",
                 db_int(ctx->shop->id)));
    while (db_next(rows)) {
        if ((int64_t)order_stage_shown(read_state(rows, 0), db_get_int(rows, 7) == 1) != db_get_int(rows, 5))
            report(arg, arena_format(ctx->arena, "order %s: its stage does not follow from its states",
                                     db_get_text(rows, 6)));
    }
    return NULL;
}

static err check_event_numbers(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o JOIN (SELECT order_id, COUNT(*) AS events, MAX(event_no) AS last,"
        " MIN(event_no) AS first FROM order_events WHERE shop_id = $1 GROUP BY order_id) e ON e.order_id = "
        "o.id"
        " WHERE o.shop_id = $1 AND (e.events <> o.version OR e.last <> o.version OR e.first <> 1) LIMIT 1000",
        db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its events are not numbered without a gap", report, arg);
}

static bool is_state(struct order_state state)
{
    return state.order >= ORDER_PENDING_PAYMENT && state.order <= ORDER_CLOSED &&
           state.payment >= PAYMENT_UNPAID && state.payment <= PAYMENT_CHARGED_BACK &&
           state.fulfillment >= FULFILLMENT_NONE && state.fulfillment <= FULFILLMENT_DELIVERED &&
           (int)state.aftersale >= AFTERSALE_NONE && state.aftersale <= AFTERSALE_DONE &&
           (int)state.review >= REVIEWS_NONE && state.review <= REVIEWS_DONE;
}

static bool is_same(struct order_state a, struct order_state b)
{
    return a.order == b.order && a.payment == b.payment && a.fulfillment == b.fulfillment &&
           a.aftersale == b.aftersale && a.review == b.review;
}

/* The row: kind, the states after the event before (NULL for the first), those after it, and the states that
 * the event itself says it came from. */
static bool is_lawful(const struct db_rows *rows)
{
    const char *kind = db_get_text(rows, 0);
    struct order_state before = {0}, after = read_state(rows, 6);
    struct order_state expected = {
        .order = ORDER_PENDING_PAYMENT, .payment = PAYMENT_UNPAID, .fulfillment = FULFILLMENT_NONE};
    bool is_first = db_is_null(rows, 1);
    if (!is_first)
        before = read_state(rows, 1);
    if (!is_state(after) || order_state_digits(before) != db_get_int(rows, 11))
        return false;
    if (is_first)
        return text_is(kind, "placed") && is_same(after, expected);
    return is_state(before) && order_next_state(before, kind, &expected) && is_same(after, expected);
}

/* Each event must be one that the table allows from the states before it, and lead where the table says: with
 * the first event placing it, the numbers without a gap and the last one agreeing with the row, every order
 * is rebuilt from its events. Of many orders few different steps remain, so the table is asked once for each
 * of them, and memory does not grow with the orders. */
static err check_steps(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT e.kind, e.order_before, e.payment_before, e.fulfillment_before, e.aftersale_before,"
        " e.review_before, e.order_status, e.payment_status, e.fulfillment_status, e.aftersale_status,"
        " e.review_status, e.states_before, COUNT(*), MIN(o.number) FROM (SELECT order_id, kind,"
        " order_status, payment_status, fulfillment_status, aftersale_status, review_status, states_before,"
        " LAG(order_status) OVER (PARTITION BY order_id ORDER BY event_no) AS order_before,"
        " LAG(payment_status) OVER (PARTITION BY order_id ORDER BY event_no) AS payment_before,"
        " LAG(fulfillment_status) OVER (PARTITION BY order_id ORDER BY event_no) AS fulfillment_before,"
        " LAG(aftersale_status) OVER (PARTITION BY order_id ORDER BY event_no) AS aftersale_before,"
        " LAG(review_status) OVER (PARTITION BY order_id ORDER BY event_no) AS review_before"
        " FROM order_events WHERE shop_id = $1) e"
        " JOIN orders o ON o.shop_id = $1 AND o.id = e.order_id"
        " GROUP BY e.kind, e.order_before, e.payment_before, e.fulfillment_before, e.aftersale_before,"
        " e.review_before, e.order_status, e.payment_status, e.fulfillment_status, e.aftersale_status,"
        " e.review_status, e.states_before LIMIT 10000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        if (!is_lawful(rows))
            report(arg, arena_format(ctx->arena,
                                     "order %s: its event %s does not follow from the states before it, or "
                                     "leads elsewhere (%" PRId64 " like it)",
                                     db_get_text(rows, 13), db_get_text(rows, 0), db_get_int(rows, 12)));
    return NULL;
}

static err check_totals(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.number FROM orders o LEFT JOIN (SELECT order_id, CAST(SUM(total) AS BIGINT) AS total,"
        " CAST(SUM(quantity) AS BIGINT) AS pieces, CAST(SUM(discount) AS BIGINT) AS discount,"
        " CAST(SUM(unit_price * quantity - discount) AS BIGINT) AS priced"
        " FROM order_lines WHERE shop_id = $1 GROUP BY order_id) l"
        " ON l.order_id = o.id WHERE o.shop_id = $1 AND (l.total IS NULL"
        " OR l.total + o.freight - o.freight_discount <> o.total OR o.freight_discount > o.freight OR "
        "o.rounding + o.points_off > o.discount"
        " OR l.priced <> l.total OR l.discount <> o.discount OR l.pieces <> o.item_count) LIMIT 1000",
        db_int(ctx->shop->id)));
    return report_rows(ctx, rows, "its total is not the sum of its lines", report, arg);
}

/* ---- price proofs ---- */

static bool agree_points(const struct replay *replay, const struct db_rows *rows, size_t line)
{
    int64_t share = replay->points_by_line ? replay->points_by_line[line] : 0;
    return replay->points == db_get_int(rows, 11) && replay->points_off == db_get_int(rows, 12) &&
           share == db_get_int(rows, 13);
}

/* What an order says of itself, beside what its proof says. */
static bool agrees(const struct replay *replay, const struct db_rows *rows, size_t line)
{
    if (line >= replay->count && line - replay->count < replay->gift_count) {
        const struct replayed_gift *gift = &replay->gifts[line - replay->count];
        return db_get_int(rows, 5) == LINE_GIFT && db_get_int(rows, 6) == gift->variant_id &&
               db_get_int(rows, 7) == gift->pieces && db_get_int(rows, 3) == 0;
    }
    int64_t discount = db_get_int(rows, 2), paid_for = db_get_int(rows, 3);
    return line < replay->count && replay->by_line[line] == discount && replay->is_same &&
           replay->full - replay->discount + replay->freight - replay->freight_discount ==
               db_get_int(rows, 4) &&
           replay->freight == db_get_int(rows, 8) && replay->freight_discount == db_get_int(rows, 9) &&
           replay->rounding == db_get_int(rows, 10) &&
           (replay->at == 0 || replay->at == db_get_int(rows, 14)) && agree_points(replay, rows, line) &&
           paid_for >= 0;
}

static void report_proof(struct ctx *ctx, int64_t order_id, void (*report)(void *arg, const char *problem),
                         void *arg)
{
    report(arg,
           arena_format(ctx->arena, "order %" PRId64 ": its price does not follow from its proof", order_id));
}

#define PROOF_LINES                                                                                          \
    "SELECT l.order_id, l.line_no, l.discount, l.total, o.total, l.role, l.variant_id, l.quantity, "         \
    "o.freight,"                                                                                             \
    " o.freight_discount, o.rounding, o.points, o.points_off, l.points,"                                     \
    " o.placed_at FROM order_lines l JOIN orders o"                                                          \
    " ON o.shop_id = l.shop_id AND o.id = l.order_id WHERE l.shop_id = $1 AND l.order_id IN " DB_IDS         \
    " ORDER BY l.order_id, l.line_no"

/* Proofs and lines both stand in the order of the orders. */
static err check_proof_page(struct ctx *ctx, const struct kept_proof *proofs, size_t count,
                            void (*report)(void *arg, const char *problem), void *arg)
{
    int64_t ids[DB_IDS_LIMIT];
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    for (size_t i = 0; i < count; i++)
        ids[i] = proofs[i].order_id;
    (void)db_bind_ids(ctx, ids, count, values);
    TRY(db_query_values(ctx, &rows, PROOF_LINES, values, DB_IDS_VALUES));
    bool has_row = db_next(rows);
    for (size_t i = 0; i < count; i++) {
        struct replay replay = {.count = 0};
        bool is_right = !proof_replay(ctx, proofs[i].json, &replay);
        size_t line = 0;
        for (; has_row && db_get_int(rows, 0) == ids[i]; line++, has_row = db_next(rows))
            is_right = is_right && agrees(&replay, rows, line);
        if (!is_right || line != replay.count + replay.gift_count)
            report_proof(ctx, ids[i], report, arg);
    }
    return NULL;
}

/* In an arena of its own, which each page begins anew. */
static err go_through_proofs(struct ctx *work, int64_t *proven,
                             void (*report)(void *arg, const char *problem), void *arg)
{
    struct kept_proof *proofs;
    size_t count = DB_IDS_LIMIT;
    for (int64_t after = 0; count == DB_IDS_LIMIT;) {
        arena_reset(work->arena);
        TRY(proof_list(work, after, DB_IDS_LIMIT, &proofs, &count));
        if (count == 0)
            return NULL;
        TRY(check_proof_page(work, proofs, count, report, arg));
        after = proofs[count - 1].order_id;
        *proven += (int64_t)count;
    }
    return NULL;
}

/* Every order of which something came off, or that was carried for money, has a proof, and it gives the same
 * sums again. */
static err check_proofs(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    struct ctx work = *ctx;
    int64_t proven = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM orders o WHERE o.shop_id = $1 AND (o.discount > 0 OR o.freight > 0"
                 " OR EXISTS (SELECT 1 FROM order_lines l WHERE l.shop_id = $1 AND l.order_id = o.id"
                 " AND l.role = 1))",
                 db_int(ctx->shop->id)));
    int64_t discounted = db_next(rows) ? db_get_int(rows, 0) : 0;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = go_through_proofs(&work, &proven, report, arg);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    arena_close(work.arena);
    TRY(failure);
    if (proven < discounted)
        report(arg, arena_format(ctx->arena,
                                 "%" PRId64 " orders got something off, or for nothing, or have freight,"
                                 " without a proof",
                                 discounted - proven));
    return NULL;
}

/* What live orders still hold is what stock says is reserved, in sum over the shop. */
static err check_reserved(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT u.variant_id FROM (SELECT x.variant_id, x.quantity - x.fulfilled - x.withdrawn AS held,"
        " CAST(0 AS BIGINT) AS reserved FROM order_lines x JOIN orders o ON o.shop_id = x.shop_id"
        " AND o.id = x.order_id WHERE x.shop_id = $1 AND o.order_status IN (1, 2) AND x.made_of = 0"
        " UNION ALL SELECT p.variant_id, p.pieces * (x.quantity - x.fulfilled - x.withdrawn), 0"
        " FROM order_line_parts p JOIN order_lines x ON x.shop_id = p.shop_id AND x.order_id = p.order_id"
        " AND x.line_no = p.line_no JOIN orders o ON o.shop_id = x.shop_id AND o.id = x.order_id"
        " WHERE p.shop_id = $1 AND o.order_status IN (1, 2)"
        " UNION ALL SELECT m.variant_id, 0, m.reserved FROM stock_movements m WHERE m.shop_id = $1) u"
        " GROUP BY u.variant_id HAVING SUM(u.held) <> SUM(u.reserved) LIMIT 1000",
        db_int(ctx->shop->id)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "variant %" PRId64 ": open orders hold another number than is reserved",
                                 db_get_int(rows, 0)));
    return NULL;
}

err order_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    TRY(check_states(ctx, report, arg));
    TRY(check_stages(ctx, report, arg));
    TRY(check_event_numbers(ctx, report, arg));
    TRY(check_steps(ctx, report, arg));
    TRY(check_totals(ctx, report, arg));
    TRY(check_proofs(ctx, report, arg));
    TRY(order_points_check(ctx, report, arg));
    return check_reserved(ctx, report, arg);
}
