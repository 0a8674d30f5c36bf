/* price_plan.c - planned prices are read, made, changed, cancelled and undone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_plan_parts.h"

#include "base/text.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define REPORT_LIMIT 100

const char *const price_plan_status_names[] = {"",          "to-come", "running",  "over",
                                               "cancelled", "missed",  "replaced", NULL};
const char *const plan_compare_names[] = {"keep", "none", "own", "explained", NULL};

/* ---- reading ---- */

#define PLANS                                                                                                \
    "SELECT id, product_id, status, starts_at, ends_at, compare, compare_note, replaces_id, made_at, actor," \
    " actor_id, turned_at FROM price_plans "
#define LINES                                                                                                \
    "SELECT l.plan_id, l.variant_id, l.price, l.compare_price, l.was_price, l.was_compare_price,"            \
    " l.was_compare_kind, l.was_compare_note, l.set_compare_price, l.is_kept FROM price_plan_lines l"        \
    " JOIN price_plans p ON p.shop_id = l.shop_id AND p.id = l.plan_id "

static void take_plans(struct ctx *ctx, struct db_rows *rows, struct price_plan **plans, size_t *count)
{
    *count = 0;
    *plans = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **plans);
    while (db_next(rows))
        (*plans)[(*count)++] = (struct price_plan){.id = db_get_int(rows, 0),
                                                   .product_id = db_get_int(rows, 1),
                                                   .status = (enum price_plan_status)db_get_int(rows, 2),
                                                   .starts_at = db_get_int(rows, 3),
                                                   .ends_at = db_get_int(rows, 4),
                                                   .compare = (enum plan_compare)db_get_int(rows, 5),
                                                   .compare_note = db_get_text(rows, 6),
                                                   .replaces_id = db_get_int(rows, 7),
                                                   .made_at = db_get_int(rows, 8),
                                                   .actor = (enum actor_kind)db_get_int(rows, 9),
                                                   .actor_id = db_get_int(rows, 10),
                                                   .turned_at = db_get_int(rows, 11)};
}

static struct price_plan_line read_line(const struct db_rows *rows)
{
    return (struct price_plan_line){.variant_id = db_get_int(rows, 1),
                                    .price = db_get_int(rows, 2),
                                    .compare_price = db_get_int(rows, 3),
                                    .has_begun = !db_is_null(rows, 4),
                                    .was_price = db_get_int(rows, 4),
                                    .was_compare_price = db_get_int(rows, 5),
                                    .was_compare_kind = (enum compare_kind)db_get_int(rows, 6),
                                    .was_compare_note = db_get_text(rows, 7),
                                    .set_compare_price = db_get_int(rows, 8),
                                    .is_kept = db_get_int(rows, 9) == 1};
}

/* Rows come plan by plan; those of plans that are not in the list are passed over. */
static void take_lines(struct ctx *ctx, struct db_rows *rows, struct price_plan *plans, size_t count)
{
    struct price_plan_line *lines = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *lines);
    struct price_plan *plan = NULL;
    for (; db_next(rows); lines++) {
        int64_t plan_id = db_get_int(rows, 0);
        for (size_t i = 0; i < count && (!plan || plan->id != plan_id); i++)
            plan = plans[i].id == plan_id ? &plans[i] : plan;
        if (!plan || plan->id != plan_id)
            continue;
        *lines = read_line(rows);
        if (plan->line_count++ == 0)
            plan->lines = lines;
    }
}

err price_plan_open_list(struct ctx *ctx, int64_t product_id, struct price_plan **plans, size_t *count)
{
    struct db_rows *rows, *lines;
    TRY(db_ask(ctx, &rows,
               PLANS "WHERE shop_id = $1 AND product_id = $2 AND status IN (1, 2) ORDER BY starts_at, id"
                     " LIMIT $3",
               db_int(ctx->shop->id), db_int(product_id), db_int(PRICE_PLAN_LIMIT)));
    TRY(db_query(ctx, &lines,
                 LINES "WHERE l.shop_id = $1 AND p.product_id = $2 AND p.status IN (1, 2)"
                       " ORDER BY l.plan_id, l.variant_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(product_id), db_int(PRICE_PLAN_LINE_LIMIT)));
    take_plans(ctx, rows, plans, count);
    take_lines(ctx, lines, *plans, *count);
    return NULL;
}

err price_plan_load(struct ctx *ctx, int64_t plan_id, struct price_plan **plan)
{
    struct db_rows *rows, *lines;
    size_t count;
    TRY(db_ask(ctx, &rows, PLANS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id), db_int(plan_id)));
    TRY(db_query(ctx, &lines, LINES "WHERE l.shop_id = $1 AND l.plan_id = $2 ORDER BY l.variant_id",
                 db_int(ctx->shop->id), db_int(plan_id)));
    take_plans(ctx, rows, plan, &count);
    if (count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such planned price");
    take_lines(ctx, lines, *plan, 1);
    return NULL;
}

static err list_past(struct ctx *ctx, int64_t product_id, struct price_plan **plans, size_t *count)
{
    struct db_rows *rows, *lines;
    TRY(db_ask(ctx, &rows,
               PLANS "WHERE shop_id = $1 AND product_id = $2 AND status IN (3, 4, 5) ORDER BY starts_at DESC,"
                     " id DESC LIMIT $3",
               db_int(ctx->shop->id), db_int(product_id), db_int(PRICE_PLAN_PAST_LIMIT)));
    TRY(db_query(ctx, &lines,
                 LINES "WHERE l.shop_id = $1 AND l.plan_id IN (SELECT id FROM price_plans WHERE shop_id = $1"
                       " AND product_id = $2 AND status IN (3, 4, 5) ORDER BY starts_at DESC, id DESC"
                       " LIMIT $3) ORDER BY l.plan_id, l.variant_id LIMIT $4",
                 db_int(ctx->shop->id), db_int(product_id), db_int(PRICE_PLAN_PAST_LIMIT),
                 db_int(DB_ROWS_LIMIT)));
    take_plans(ctx, rows, plans, count);
    take_lines(ctx, lines, *plans, *count);
    return NULL;
}

err price_plan_list(struct ctx *ctx, int64_t product_id, struct price_plan **plans, size_t *count)
{
    struct price_plan *open, *past;
    size_t open_count, past_count;
    TRY(price_plan_open_list(ctx, product_id, &open, &open_count));
    TRY(list_past(ctx, product_id, &past, &past_count));
    *count = open_count + past_count;
    *plans = arena_alloc_many(ctx->arena, *count + 1, sizeof **plans);
    memcpy(*plans, open, open_count * sizeof **plans);
    memcpy(*plans + open_count, past, past_count * sizeof **plans);
    return NULL;
}

/* ---- whether plans meet ---- */

static int64_t end_of(const struct price_plan *plan)
{
    return plan->ends_at ? plan->ends_at : plan->starts_at + 1;
}

/* Lines stand by variant. */
static bool share_variant(const struct price_plan *a, const struct price_plan *b)
{
    for (size_t i = 0, j = 0; i < a->line_count && j < b->line_count;) {
        if (a->lines[i].variant_id == b->lines[j].variant_id)
            return true;
        if (a->lines[i].variant_id < b->lines[j].variant_id)
            i++;
        else
            j++;
    }
    return false;
}

bool price_plan_meets(const struct price_plan *plan, const struct price_plan *others, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct price_plan *other = &others[i];
        if (other->id == plan->id || other->id == plan->replaces_id)
            continue;
        if (plan->starts_at < end_of(other) && other->starts_at < end_of(plan) && share_variant(plan, other))
            return true;
    }
    return false;
}

/* ---- writing ---- */

static err note(struct ctx *ctx, const struct price_plan *plan, const char *kind)
{
    const struct product *product;
    TRY(product_load(ctx, plan->product_id, &product));
    const char *from = clock_format(ctx->arena, plan->starts_at, ctx->shop->zone, "%Y-%m-%d %H:%M");
    const char *to =
        plan->ends_at ? clock_format(ctx->arena, plan->ends_at, ctx->shop->zone, "%Y-%m-%d %H:%M") : "";
    money first = money_of(plan->line_count > 0 ? plan->lines[0].price : 0, ctx->shop->currency);
    return audit_note(
        ctx, &(struct audit_entry){
                 .kind = kind,
                 .subject = arena_format(ctx->arena, "products/%" PRId64 "/price-plans", plan->product_id),
                 .title = product->title,
                 .after = arena_format(ctx->arena, "%s – %s · %s%s", from, to,
                                       money_decimal(ctx->arena, first), plan->line_count > 1 ? " …" : "")});
}

/* To another status, from the one that it must have. */
static err move(struct ctx *ctx, int64_t plan_id, enum price_plan_status from, enum price_plan_status to)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "this planned price is not what it was",
                     "UPDATE price_plans SET status = $4, turned_at = $5 WHERE shop_id = $1 AND id = $2"
                     " AND status = $3",
                     db_int(ctx->shop->id), db_int(plan_id), db_int(from), db_int(to), db_int(ctx->now));
}

/* So many plans, and so many prices in all of them, that one answer holds them. */
static err check_room(struct ctx *ctx, const struct price_plan *plan, const struct price_plan *others,
                      size_t count)
{
    size_t plans = 1, lines = plan->line_count;
    for (size_t i = 0; i < count; i++) {
        if (others[i].id == plan->replaces_id)
            continue;
        plans++;
        lines += others[i].line_count;
    }
    if (plans > PRICE_PLAN_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d planned prices of one product", PRICE_PLAN_LIMIT);
    return lines <= PRICE_PLAN_LINE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "at most %d prices in all plans of one product",
                           PRICE_PLAN_LINE_LIMIT);
}

/* Nobody else makes plans of the product meanwhile; what there is, is read afterwards. */
static err lock_and_meet(struct ctx *ctx, const struct price_plan *plan)
{
    struct price_plan *others;
    size_t count;
    TRY(product_lock_many(ctx, &plan->product_id, 1));
    TRY(price_plan_open_list(ctx, plan->product_id, &others, &count));
    if (price_plan_meets(plan, others, count))
        return fail_field(ctx, "starts_at", "plan-overlaps", "another planned price stands at this time");
    return check_room(ctx, plan, others, count);
}

static err insert(struct ctx *ctx, const struct price_plan *plan)
{
    TRY(db_execute(ctx,
                   "INSERT INTO price_plans (shop_id, id, product_id, status, starts_at, ends_at, compare,"
                   " compare_note, replaces_id, made_at, actor, actor_id)"
                   " VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11)",
                   db_int(ctx->shop->id), db_int(plan->id), db_int(plan->product_id), db_int(plan->starts_at),
                   db_int(plan->ends_at), db_int(plan->compare), db_text(plan->compare_note),
                   db_id(plan->replaces_id), db_int(ctx->now), db_int(ctx->actor), db_int(ctx->actor_id)));
    for (size_t i = 0; i < plan->line_count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO price_plan_lines (shop_id, plan_id, variant_id, price, compare_price)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       db_int(ctx->shop->id), db_int(plan->id), db_int(plan->lines[i].variant_id),
                       db_int(plan->lines[i].price), db_int(plan->lines[i].compare_price)));
    return NULL;
}

static err create_in_transaction(struct ctx *ctx, void *arg)
{
    const struct price_plan *plan = arg;
    TRY(lock_and_meet(ctx, plan));
    if (plan->replaces_id)
        TRY(move(ctx, plan->replaces_id, PLAN_TO_COME, PLAN_REPLACED));
    TRY(insert(ctx, plan));
    TRY(note(ctx, plan, plan->replaces_id ? "price-plan.changed" : "price-plan.created"));
    return price_plan_turn(ctx, plan->product_id);
}

err price_plan_create(struct ctx *ctx, struct price_plan *plan)
{
    struct price_plan next = *plan;
    next.compare_note = next.compare == PLAN_COMPARE_EXPLAINED ? next.compare_note : "";
    TRY(price_plan_validate(ctx, &next));
    next.id = id_new(ctx);
    TRY(db_transact(ctx, create_in_transaction, &next));
    plan->id = next.id;
    return NULL;
}

static err cancel_in_transaction(struct ctx *ctx, void *arg)
{
    struct price_plan *plan;
    TRY(price_plan_load(ctx, *(int64_t *)arg, &plan));
    TRY(product_lock_many(ctx, &plan->product_id, 1));
    TRY(move(ctx, plan->id, PLAN_TO_COME, PLAN_CANCELLED));
    TRY(note(ctx, plan, "price-plan.cancelled"));
    return price_plan_turn(ctx, plan->product_id);
}

err price_plan_cancel(struct ctx *ctx, int64_t plan_id)
{
    return db_transact(ctx, cancel_in_transaction, &plan_id);
}

static err check_time(struct ctx *ctx, const struct price_plan *plan)
{
    return plan->starts_at > ctx->now ? NULL : fail_field(ctx, "starts_at", "past", "this time is over");
}

/* A plan that took another's place gives it back. */
static err give_way(struct ctx *ctx, const struct price_plan *plan)
{
    struct price_plan *former;
    TRY(price_plan_load(ctx, plan->replaces_id, &former));
    TRY(check_time(ctx, former));
    former->replaces_id = plan->id; /* which is about to go */
    TRY(lock_and_meet(ctx, former));
    TRY(move(ctx, plan->id, PLAN_TO_COME, PLAN_CANCELLED));
    TRY(db_execute(ctx, "UPDATE price_plans SET replaces_id = NULL WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(plan->id)));
    TRY(move(ctx, former->id, PLAN_REPLACED, PLAN_TO_COME));
    return note(ctx, former, "price-plan.undone");
}

static err come_back(struct ctx *ctx, struct price_plan *plan)
{
    TRY(check_time(ctx, plan));
    plan->replaces_id = 0;
    TRY(lock_and_meet(ctx, plan));
    TRY(move(ctx, plan->id, PLAN_CANCELLED, PLAN_TO_COME));
    return note(ctx, plan, "price-plan.undone");
}

static err undo_in_transaction(struct ctx *ctx, void *arg)
{
    struct price_plan *plan;
    TRY(price_plan_load(ctx, *(int64_t *)arg, &plan));
    if (plan->status == PLAN_CANCELLED)
        TRY(come_back(ctx, plan));
    else if (plan->status == PLAN_TO_COME && plan->replaces_id)
        TRY(give_way(ctx, plan));
    else
        return fail_with(ctx, ERR_CONFLICT, "there is nothing to undo");
    return price_plan_turn(ctx, plan->product_id);
}

err price_plan_undo(struct ctx *ctx, int64_t plan_id)
{
    return db_transact(ctx, undo_in_transaction, &plan_id);
}

/* It may have begun in the very millisecond. */
static err end_in_transaction(struct ctx *ctx, void *arg)
{
    struct price_plan *plan;
    TRY(price_plan_load(ctx, *(int64_t *)arg, &plan));
    TRY(product_lock_many(ctx, &plan->product_id, 1));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "this planned price is not running",
                  "UPDATE price_plans SET ends_at = CASE WHEN starts_at < $3 THEN $3 ELSE starts_at + 1 END"
                  " WHERE shop_id = $1 AND id = $2 AND status = 2",
                  db_int(ctx->shop->id), db_int(plan->id), db_int(ctx->now)));
    TRY(note(ctx, plan, "price-plan.ended"));
    return price_plan_turn(ctx, plan->product_id);
}

err price_plan_end(struct ctx *ctx, int64_t plan_id)
{
    return db_transact(ctx, end_in_transaction, &plan_id);
}

/* ---- the check ---- */

static err check_meeting(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT a.id, b.id FROM price_plans a JOIN price_plans b ON b.shop_id = a.shop_id"
        " AND b.product_id = a.product_id AND b.id > a.id AND b.status IN (1, 2)"
        " JOIN price_plan_lines la ON la.shop_id = a.shop_id AND la.plan_id = a.id"
        " JOIN price_plan_lines lb ON lb.shop_id = b.shop_id AND lb.plan_id = b.id"
        " AND lb.variant_id = la.variant_id WHERE a.shop_id = $1 AND a.status IN (1, 2)"
        " AND a.starts_at < CASE WHEN b.ends_at = 0 THEN b.starts_at + 1 ELSE b.ends_at END"
        " AND b.starts_at < CASE WHEN a.ends_at = 0 THEN a.starts_at + 1 ELSE a.ends_at END LIMIT $2",
        db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "planned prices %" PRId64 " and %" PRId64 " meet",
                                 db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

err price_plan_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(check_meeting(ctx, report, arg));
    TRY(db_query(ctx, &rows,
                 "SELECT p.id FROM price_plans p LEFT JOIN price_plan_lines l ON l.shop_id = p.shop_id"
                 " AND l.plan_id = p.id LEFT JOIN variants v ON v.shop_id = l.shop_id AND v.id = l.variant_id"
                 " AND v.product_id = p.product_id WHERE p.shop_id = $1 AND (v.id IS NULL"
                 " OR (p.status IN (2, 3) AND l.was_price IS NULL)) LIMIT $2",
                 db_int(ctx->shop->id), db_int(REPORT_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "planned price %" PRId64 " lacks a variant, or a former price",
                                 db_get_int(rows, 0)));
    return NULL;
}
