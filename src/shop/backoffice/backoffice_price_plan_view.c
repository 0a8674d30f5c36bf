/* backoffice_price_plan_view.c - planned prices as trees. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_price_plan_view.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/staff/staff.h"

static const struct price_plan_line *line_of(const struct price_plan *plan, int64_t variant_id)
{
    for (size_t i = 0; plan && i < plan->line_count; i++)
        if (plan->lines[i].variant_id == variant_id)
            return &plan->lines[i];
    return NULL;
}

static void set_sum(struct ctx *ctx, struct value *view, const char *name, int64_t amount)
{
    if (amount > 0)
        value_set_money(ctx->arena, view, name, money_of(amount, ctx->shop->currency));
    else
        value_set(ctx->arena, view, name, value_null());
}

static void add_line(struct ctx *ctx, struct value *list, const struct price_plan_line *line,
                     const struct variant *variant)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "variant_id", line->variant_id);
    value_set_text(ctx->arena, row, "sku", variant->sku);
    value_set_text(ctx->arena, row, "title", variant->title);
    set_sum(ctx, row, "price", line->price);
    set_sum(ctx, row, "compare_price", line->compare_price);
    set_sum(ctx, row, "now", variant->price);
    set_sum(ctx, row, "was", line->has_begun ? line->was_price : 0);
    value_set_bool(ctx->arena, row, "is_kept", line->is_kept);
}

err price_plan_view(struct ctx *ctx, const struct price_plan *plan, const struct variant *variants,
                    size_t count, size_t most, struct value **view)
{
    struct arena *arena = ctx->arena;
    int64_t staff_id = plan->actor == ACTOR_STAFF ? plan->actor_id : 0;
    const char *name;
    TRY(staff_name_many(ctx, &staff_id, 1, &name));
    *view = value_object(arena);
    value_set_id(arena, *view, "id", plan->id);
    value_set_text(arena, *view, "status", price_plan_status_names[plan->status]);
    value_set_time(arena, *view, "starts_at", plan->starts_at);
    value_set_time(arena, *view, "ends_at", plan->ends_at);
    value_set_text(arena, *view, "compare", plan_compare_names[plan->compare - 1]);
    value_set_text(arena, *view, "compare_note", plan->compare_note);
    value_set_time(arena, *view, "made_at", plan->made_at);
    value_set_text(arena, *view, "actor", actor_name(plan->actor));
    value_set_text(arena, *view, "name", name);
    value_set_bool(arena, *view, "can_change", plan->status == PLAN_TO_COME);
    value_set_bool(arena, *view, "can_end", plan->status == PLAN_RUNNING);
    value_set_bool(arena, *view, "can_undo",
                   plan->status == PLAN_CANCELLED || (plan->status == PLAN_TO_COME && plan->replaces_id));
    value_set_int(arena, *view, "line_count", (int64_t)plan->line_count);
    struct value *lines = value_set_list(arena, *view, "lines");
    for (size_t i = 0; i < count && value_count(lines) < most; i++) {
        const struct price_plan_line *line = line_of(plan, variants[i].id);
        if (line)
            add_line(ctx, lines, line, &variants[i]);
    }
    return NULL;
}

static void set_time(struct ctx *ctx, struct value *view, const char *name, int64_t at)
{
    value_set_text(ctx->arena, view, name,
                   at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%dT%H:%M") : "");
}

static const char *decimal(struct ctx *ctx, int64_t amount)
{
    return amount > 0 ? money_decimal(ctx->arena, money_of(amount, ctx->shop->currency)) : "";
}

static void add_pages(struct ctx *ctx, struct value *view, size_t count, int64_t page)
{
    struct value *tree = value_set_object(ctx->arena, view, "page");
    int64_t total = (int64_t)count, last = page * PLAN_ROWS;
    value_set_int(ctx->arena, tree, "number", page);
    value_set_int(ctx->arena, tree, "pages", (total + PLAN_ROWS - 1) / PLAN_ROWS);
    value_set_int(ctx->arena, tree, "first", (page - 1) * PLAN_ROWS + 1);
    value_set_int(ctx->arena, tree, "last", last < total ? last : total);
    value_set_int(ctx->arena, tree, "total", total);
}

void price_plan_fields_view(struct ctx *ctx, struct value *view, const struct price_plan *plan,
                            const struct variant *variants, size_t count, int64_t page)
{
    struct arena *arena = ctx->arena;
    struct value *fields = value_set_object(arena, view, "fields");
    set_time(ctx, fields, "starts_at", plan ? plan->starts_at : 0);
    set_time(ctx, fields, "ends_at", plan ? plan->ends_at : 0);
    value_set_text(arena, fields, "compare", plan_compare_names[plan ? plan->compare - 1 : 0]);
    value_set_text(arena, fields, "compare_note", plan ? plan->compare_note : "");
    value_set_text(arena, fields, "price_all", "");
    struct value *rows = value_set_list(arena, fields, "prices");
    for (size_t i = (size_t)(page - 1) * PLAN_ROWS; i < count && i < (size_t)page * PLAN_ROWS; i++) {
        const struct price_plan_line *line = line_of(plan, variants[i].id);
        struct value *row = value_add(arena, rows, *value_object(arena));
        value_set_id(arena, row, "variant", variants[i].id);
        value_set_text(arena, row, "sku", variants[i].sku);
        value_set_text(arena, row, "title", variants[i].title);
        value_set_bool(arena, row, "is_active", variants[i].is_active);
        set_sum(ctx, row, "now", variants[i].price);
        value_set_text(arena, row, "price", decimal(ctx, line ? line->price : 0));
        value_set_text(arena, row, "compare_price", decimal(ctx, line ? line->compare_price : 0));
    }
    add_pages(ctx, view, count, page);
}

#define EDITOR_LINES 3

err price_plan_open_view(struct ctx *ctx, struct value *view, int64_t product_id,
                         const struct variant *variants, size_t count)
{
    struct price_plan *plans;
    size_t plan_count;
    TRY(price_plan_open_list(ctx, product_id, &plans, &plan_count));
    struct value *list = value_set_list(ctx->arena, view, "price_plans");
    for (size_t i = 0; i < plan_count; i++) {
        struct value *plan;
        TRY(price_plan_view(ctx, &plans[i], variants, count, EDITOR_LINES, &plan));
        value_add(ctx->arena, list, *plan);
    }
    return NULL;
}
