/* price_plan_turn.c - what a planned price must be, and what happens when its time comes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_plan_jobs.h"
#include "shop/pricing/price_plan_parts.h"
#include "shop/pricing/pricing.h"

#include "base/text.h"
#include <stdlib.h>

#define ATTEMPTS 20
#define PRICE_MOST INT64_C(9000000000000)

/* ---- what may be planned ---- */

static err check_times(struct ctx *ctx, const struct price_plan *plan)
{
    int64_t most = ctx->now + PRICE_PLAN_DAYS * DAY_MS;
    if (plan->starts_at == 0)
        return fail_field(ctx, "starts_at", "required", "when does it begin?");
    if (plan->starts_at <= ctx->now)
        return fail_field(ctx, "starts_at", "past", "this time is over");
    if (plan->starts_at > most)
        return fail_field(ctx, "starts_at", "too-far", "at most two years ahead");
    if (plan->ends_at && plan->ends_at <= plan->starts_at)
        return fail_field(ctx, "ends_at", "before-start", "it ends before it begins");
    return plan->ends_at <= most ? NULL : fail_field(ctx, "ends_at", "too-far", "at most two years ahead");
}

static err complain(struct ctx *ctx, const struct price_plan_line *line, const char *name, const char *code,
                    const char *message)
{
    return fail_field(ctx, arena_format(ctx->arena, "prices.%zu.%s", line->row, name), code, message);
}

static const struct variant *find_variant(const struct variant *variants, size_t count, int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (variants[i].id == variant_id)
            return &variants[i];
    return NULL;
}

static bool says_compare(const struct price_plan *plan)
{
    return plan->compare == PLAN_COMPARE_OWN || plan->compare == PLAN_COMPARE_EXPLAINED;
}

static err check_line(struct ctx *ctx, const struct price_plan *plan, const struct price_plan_line *line)
{
    if (line->price < 1 || line->price > PRICE_MOST)
        return complain(ctx, line, "price", "out-of-range", "a price above 0");
    if (!says_compare(plan) || line->compare_price == 0)
        return NULL;
    if (line->compare_price <= line->price || line->compare_price > PRICE_MOST)
        return complain(ctx, line, "compare_price", "compare-too-low",
                        "a struck price is higher than the price; leave it empty when there is none");
    return NULL;
}

static int by_variant(const void *left, const void *right)
{
    const struct price_plan_line *a = left, *b = right;
    return (a->variant_id > b->variant_id) - (a->variant_id < b->variant_id);
}

static err check_lines(struct ctx *ctx, const struct price_plan *plan)
{
    struct variant *variants;
    size_t count;
    bool has_compare = false;
    if (plan->line_count == 0)
        return fail_field(ctx, "prices", "plan-empty", "give a new price to at least one variant");
    TRY(variant_list(ctx, plan->product_id, &variants, &count));
    qsort(plan->lines, plan->line_count, sizeof *plan->lines, by_variant);
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct price_plan_line *line = &plan->lines[i];
        if (!find_variant(variants, count, line->variant_id))
            return complain(ctx, line, "variant", "plan-variant", "the product has no such variant");
        if (i > 0 && plan->lines[i - 1].variant_id == line->variant_id)
            return complain(ctx, line, "variant", "plan-twice", "this variant stands here twice");
        TRY(check_line(ctx, plan, line));
        has_compare = has_compare || line->compare_price > 0;
    }
    if (says_compare(plan) && !has_compare)
        return fail_field(ctx, "compare", "plan-compare-empty", "give at least one struck price");
    if (plan->compare == PLAN_COMPARE_EXPLAINED && text_is_blank(plan->compare_note))
        return fail_field(ctx, "compare_note", "compare-note-required",
                          "say what the struck price is, for example 厂商建议零售价");
    return NULL;
}

static err refuse(struct ctx *ctx, const struct price_plan_line *line, const struct price_ceiling *ceiling)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    struct value *holder = value_object(ctx->arena);
    if (ceiling->basis != CEILING_NO_DEAL)
        value_set_money(ctx->arena, holder, "max", money_of(ceiling->price, ctx->shop->currency));
    *problem =
        (struct field_problem){.field = arena_format(ctx->arena, "prices.%zu.compare_price", line->row),
                               .code = "REF_PRICE_UNLAWFUL",
                               .message = "deals do not bear this price out",
                               .max = value_find(holder, "max")};
    return fail_fields(ctx, problem);
}

/* What is said of a former price of the shop must be true today; what is shown on its day is decided then. */
static err check_deals(struct ctx *ctx, const struct price_plan *plan)
{
    if (plan->compare != PLAN_COMPARE_OWN)
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, plan->line_count, sizeof *ids);
    struct price_ceiling *ceilings = arena_alloc_many(ctx->arena, plan->line_count, sizeof *ceilings);
    for (size_t i = 0; i < plan->line_count; i++)
        ids[i] = plan->lines[i].variant_id;
    TRY(deal_ceilings(ctx, ids, plan->line_count, ceilings));
    for (size_t i = 0; i < plan->line_count; i++)
        if (plan->lines[i].compare_price > 0 &&
            (ceilings[i].basis == CEILING_NO_DEAL || plan->lines[i].compare_price > ceilings[i].price))
            return refuse(ctx, &plan->lines[i], &ceilings[i]);
    return NULL;
}

err price_plan_validate(struct ctx *ctx, const struct price_plan *plan)
{
    TRY(check_times(ctx, plan));
    TRY(check_lines(ctx, plan));
    return check_deals(ctx, plan);
}

/* ---- when its time comes ---- */

struct turning {
    struct price_plan *plans;
    size_t plan_count;
    struct variant *variants; /* as they become */
    size_t variant_count;
    bool *is_moved; /* of each variant */
};

static void set_price(struct turning *turning, const struct variant *variant, int64_t price,
                      struct variant_terms compare)
{
    size_t i = (size_t)(variant - turning->variants);
    turning->variants[i].price = price;
    turning->variants[i].terms.compare_price = compare.compare_price;
    turning->variants[i].terms.compare_kind = compare.compare_kind;
    turning->variants[i].terms.compare_note = compare.compare_note;
    turning->is_moved[i] = true;
}

/* A struck price that would not stand above the new price says nothing: it is gone as long as the plan
 * holds, and would keep others from saving the product. */
static struct variant_terms compare_of(const struct price_plan *plan, const struct price_plan_line *line,
                                       const struct variant *variant)
{
    struct variant_terms none = {.compare_kind = COMPARE_OWN, .compare_note = ""};
    struct variant_terms now = variant->terms;
    if (plan->compare == PLAN_COMPARE_NONE)
        return none;
    if (says_compare(plan) && line->compare_price > 0) {
        bool is_own = plan->compare == PLAN_COMPARE_OWN;
        now.compare_price = line->compare_price;
        now.compare_kind = is_own ? COMPARE_OWN : COMPARE_EXPLAINED;
        now.compare_note = is_own ? "" : plan->compare_note;
    }
    return now.compare_price > line->price ? now : none;
}

static void begin(struct turning *turning, struct price_plan *plan)
{
    for (size_t i = 0; i < plan->line_count; i++) {
        struct price_plan_line *line = &plan->lines[i];
        const struct variant *variant =
            find_variant(turning->variants, turning->variant_count, line->variant_id);
        if (!variant)
            continue;
        struct variant_terms compare = compare_of(plan, line, variant);
        line->has_begun = true;
        line->was_price = variant->price;
        line->was_compare_price = variant->terms.compare_price;
        line->was_compare_kind = variant->terms.compare_kind;
        line->was_compare_note = variant->terms.compare_note;
        line->set_compare_price = compare.compare_price;
        set_price(turning, variant, line->price, compare);
    }
}

/* What somebody changed by hand meanwhile stays. */
static void finish(struct turning *turning, struct price_plan *plan)
{
    for (size_t i = 0; i < plan->line_count; i++) {
        struct price_plan_line *line = &plan->lines[i];
        const struct variant *variant =
            find_variant(turning->variants, turning->variant_count, line->variant_id);
        if (!variant)
            continue;
        line->is_kept =
            variant->price != line->price || variant->terms.compare_price != line->set_compare_price;
        if (!line->is_kept)
            set_price(turning, variant, line->was_price,
                      (struct variant_terms){.compare_price = line->was_compare_price,
                                             .compare_kind = line->was_compare_kind,
                                             .compare_note = line->was_compare_note});
    }
}

/* When the plan turns next; 0 = never more. */
static int64_t next_of(const struct price_plan *plan)
{
    if (plan->status == PLAN_TO_COME)
        return plan->starts_at;
    return plan->status == PLAN_RUNNING ? plan->ends_at : 0;
}

/* The earliest turn; of one moment ends come before starts, so that what begins then finds what came back. */
static struct price_plan *earliest(const struct turning *turning)
{
    struct price_plan *found = NULL;
    for (size_t i = 0; i < turning->plan_count; i++) {
        struct price_plan *plan = &turning->plans[i];
        int64_t at = next_of(plan);
        if (at == 0 || (found && at > next_of(found)))
            continue;
        if (!found || at < next_of(found) || plan->status == PLAN_RUNNING)
            found = plan;
    }
    return found;
}

static void turn_one(struct turning *turning, struct price_plan *plan, int64_t now)
{
    if (plan->status == PLAN_RUNNING) {
        finish(turning, plan);
        plan->status = PLAN_OVER;
    } else if (plan->ends_at && plan->ends_at <= now) {
        plan->status = PLAN_MISSED;
    } else {
        begin(turning, plan);
        plan->status = plan->ends_at ? PLAN_RUNNING : PLAN_OVER;
    }
    plan->turned_at = now;
}

static err write_plan(struct ctx *ctx, const struct price_plan *plan)
{
    TRY(db_execute(ctx, "UPDATE price_plans SET status = $3, turned_at = $4 WHERE shop_id = $1 AND id = $2",
                   db_int(ctx->shop->id), db_int(plan->id), db_int(plan->status), db_int(plan->turned_at)));
    for (size_t i = 0; i < plan->line_count; i++) {
        const struct price_plan_line *line = &plan->lines[i];
        if (!line->has_begun)
            continue;
        TRY(db_execute(ctx,
                       "UPDATE price_plan_lines SET was_price = $4, was_compare_price = $5,"
                       " was_compare_kind = $6, was_compare_note = $7, set_compare_price = $8, is_kept = $9"
                       " WHERE shop_id = $1 AND plan_id = $2 AND variant_id = $3",
                       db_int(ctx->shop->id), db_int(plan->id), db_int(line->variant_id),
                       db_int(line->was_price), db_int(line->was_compare_price),
                       db_int(line->was_compare_kind), db_text(line->was_compare_note),
                       db_int(line->set_compare_price), db_int(line->is_kept)));
    }
    return NULL;
}

/* Variants that end where they were are left alone. */
static err write_prices(struct ctx *ctx, const struct turning *turning, const struct variant *before,
                        int64_t product_id)
{
    struct variant_price *prices = arena_alloc_many(ctx->arena, turning->variant_count + 1, sizeof *prices);
    size_t count = 0;
    for (size_t i = 0; i < turning->variant_count; i++) {
        const struct variant *now = &turning->variants[i];
        if (!turning->is_moved[i] ||
            (now->price == before[i].price && now->terms.compare_price == before[i].terms.compare_price &&
             now->terms.compare_kind == before[i].terms.compare_kind &&
             text_is(now->terms.compare_note, before[i].terms.compare_note)))
            continue;
        prices[count++] = (struct variant_price){now->id, now->price, now->terms.compare_price,
                                                 now->terms.compare_kind, now->terms.compare_note};
    }
    return count > 0 ? variant_prices_change(ctx, product_id, prices, count, "planned") : NULL;
}

static err keep_job(struct ctx *ctx, const struct turning *turning, int64_t product_id)
{
    const struct price_plan *next = earliest(turning);
    if (!next)
        return job_cancel(ctx, PRICE_PLAN_TURN_JOB, product_id);
    return job_schedule(ctx, PRICE_PLAN_TURN_JOB, product_id, next_of(next), NULL);
}

err price_plan_turn(struct ctx *ctx, int64_t product_id)
{
    struct turning turning = {0};
    const struct price_plan *due;
    TRY(price_plan_open_list(ctx, product_id, &turning.plans, &turning.plan_count));
    due = earliest(&turning);
    if (!due || next_of(due) > ctx->now)
        return keep_job(ctx, &turning, product_id);
    TRY(variant_list(ctx, product_id, &turning.variants, &turning.variant_count));
    struct variant *before = arena_alloc_many(ctx->arena, turning.variant_count + 1, sizeof *before);
    memcpy(before, turning.variants, turning.variant_count * sizeof *before);
    turning.is_moved = arena_alloc_many(ctx->arena, turning.variant_count + 1, sizeof *turning.is_moved);
    for (struct price_plan *plan = earliest(&turning); plan && next_of(plan) <= ctx->now;
         plan = earliest(&turning))
        turn_one(&turning, plan, ctx->now);
    for (size_t i = 0; i < turning.plan_count; i++)
        if (turning.plans[i].turned_at == ctx->now)
            TRY(write_plan(ctx, &turning.plans[i]));
    TRY(write_prices(ctx, &turning, before, product_id));
    return keep_job(ctx, &turning, product_id);
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    int64_t product_id = *(int64_t *)arg;
    TRY(product_lock_many(ctx, &product_id, 1));
    return price_plan_turn(ctx, product_id);
}

static err run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t product_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, turn_in_transaction, &product_id);
}

const struct job_kind price_plan_job_kinds[] = {{PRICE_PLAN_TURN_JOB, run_turn, ATTEMPTS, SECOND_MS}, {0}};
