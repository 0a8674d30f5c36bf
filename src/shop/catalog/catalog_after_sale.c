/* catalog_after_sale.c - what the shop promises for a product after the sale. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"

#define DAYS_LIMIT 365
#define MONTHS_LIMIT 600
#define LAWFUL_DAYS 7
#define LAWFUL_MULTIPLE 3
#define MULTIPLE_LIMIT 100

const char *const return_rule_names[] = {"unsaid",  "seven_days", "custom_made", "perishable",
                                         "digital", "press",      "unsuited",    NULL};

static err check_range(struct ctx *ctx, const char *field, int64_t number, int64_t least, int64_t most)
{
    if (number == 0 || (number >= least && number <= most))
        return NULL;
    return fail_field(ctx, field, "out-of-range",
                      arena_format(ctx->arena, "0, or %lld to %lld", (long long)least, (long long)most));
}

err product_after_sale_check(struct ctx *ctx, const struct after_sale *promise)
{
    if (promise->return_rule < RETURN_UNSAID || promise->return_rule > RETURN_UNSUITED)
        return fail_field(ctx, "return_rule", "not-a-choice", "no such rule");
    if (promise->return_days != 0 && promise->return_rule != RETURN_SEVEN_DAYS)
        return fail_field(ctx, "return_days", "no-returns",
                          "days to return belong to a product that can be returned without a reason");
    TRY(check_range(ctx, "return_days", promise->return_days, LAWFUL_DAYS, DAYS_LIMIT));
    TRY(check_range(ctx, "exchange_days", promise->exchange_days, 1, DAYS_LIMIT));
    TRY(check_range(ctx, "warranty_months", promise->warranty_months, 1, MONTHS_LIMIT));
    return check_range(ctx, "fake_multiple", promise->fake_multiple, LAWFUL_MULTIPLE, MULTIPLE_LIMIT);
}

void product_after_sale_sheet(struct ctx *ctx, struct value *sheet, const struct after_sale *promise)
{
    struct arena *arena = ctx->arena;
    value_set_int(arena, sheet, "return_rule", promise->return_rule);
    value_set_int(arena, sheet, "return_days", promise->return_days);
    value_set_int(arena, sheet, "exchange_days", promise->exchange_days);
    value_set_int(arena, sheet, "warranty_months", promise->warranty_months);
    value_set_int(arena, sheet, "fake_multiple", promise->fake_multiple);
}

void after_sale_set_view(struct ctx *ctx, struct value *view, const struct after_sale *promise)
{
    struct arena *arena = ctx->arena;
    struct value *tree = value_set_object(arena, view, "after_sale");
    bool is_returned = promise->return_rule == RETURN_SEVEN_DAYS;
    value_set_text(arena, tree, "return_rule", return_rule_names[promise->return_rule]);
    value_set_int(arena, tree, "return_days",
                  is_returned && promise->return_days == 0 ? LAWFUL_DAYS : promise->return_days);
    value_set_int(arena, tree, "exchange_days", promise->exchange_days);
    value_set_int(arena, tree, "warranty_months", promise->warranty_months);
    value_set_int(arena, tree, "fake_multiple", promise->fake_multiple);
}
