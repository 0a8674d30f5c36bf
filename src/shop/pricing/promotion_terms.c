/* promotion_terms.c - what an offer says: kept as JSON, and checked before it is kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"

#include "base/json.h"
#include "base/text.h"
#include <inttypes.h>

/* ---- JSON ---- */

static const char *const step_names[] = {"from", "off", "percent", "price", "gives"};
static const size_t step_places[] = {
    offsetof(struct discount_step, from), offsetof(struct discount_step, off),
    offsetof(struct discount_step, percent), offsetof(struct discount_step, price),
    offsetof(struct discount_step, gives)};
#define STEP_NUMBERS (sizeof step_places / sizeof *step_places)

static int64_t *number_of(struct discount_step *step, size_t place)
{
    return (int64_t *)(void *)((char *)step + step_places[place]);
}

void discount_rule_write(struct ctx *ctx, struct value *object, const struct discount_rule *rule)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, object, "kind", discount_kind_names[rule->kind]);
    value_set_int(arena, object, "beside", rule->beside);
    value_set_int(arena, object, "times", rule->times);
    value_set_int(arena, object, "most", rule->most);
    if (rule->regions != 0)
        value_set_int(arena, object, "regions", (int64_t)rule->regions);
    windows_write(arena, object, rule);
    struct value *steps = value_set_list(arena, object, "steps");
    for (size_t i = 0; i < rule->step_count; i++) {
        struct discount_step step = rule->steps[i];
        struct value *view = value_add(arena, steps, *value_object(arena));
        for (size_t j = 0; j < STEP_NUMBERS; j++)
            if (*number_of(&step, j) != 0)
                value_set_int(arena, view, step_names[j], *number_of(&step, j));
    }
    goods_write(ctx, object, rule);
}

static enum discount_kind kind_named(const char *name)
{
    for (int i = DISCOUNT_SALE; i <= DISCOUNT_KIND_LAST; i++)
        if (name && discount_kind_names[i] && text_is(discount_kind_names[i], name))
            return (enum discount_kind)i;
    return DISCOUNT_SUM;
}

void discount_rule_read(const struct value *object, struct discount_rule *rule)
{
    const struct value *steps = value_find(object, "steps");
    rule->kind = kind_named(value_find_text(object, "kind"));
    rule->beside = (unsigned)value_find_int(object, "beside", 0);
    rule->times = value_find_int(object, "times", 0);
    rule->most = value_find_int(object, "most", 0);
    rule->regions = (uint64_t)value_find_int(object, "regions", 0);
    windows_read(object, rule);
    rule->step_count = value_count(steps) < DISCOUNT_STEPS_MOST ? value_count(steps) : DISCOUNT_STEPS_MOST;
    for (size_t i = 0; i < rule->step_count; i++)
        for (size_t j = 0; j < STEP_NUMBERS; j++)
            *number_of(&rule->steps[i], j) = value_find_int(value_at(steps, i), step_names[j], 0);
    goods_read(object, rule);
}

static void write_ids(struct ctx *ctx, struct value *object, const char *name, const int64_t *ids,
                      size_t count)
{
    struct value *list = value_set_list(ctx->arena, object, name);
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_int(ids[i]));
}

static const int64_t *read_ids(struct ctx *ctx, const struct value *object, const char *name, size_t *count)
{
    const struct value *list = value_find(object, name);
    *count = value_count(list);
    int64_t *ids = arena_alloc_many(ctx->arena, *count + 1, sizeof *ids);
    for (size_t i = 0; i < *count; i++)
        ids[i] = value_at(list, i)->integer;
    return ids;
}

err terms_write(struct ctx *ctx, const struct promotion *promotion, const char **json)
{
    struct value *tree = value_object(ctx->arena);
    discount_rule_write(ctx, tree, &promotion->rule);
    value_set_bool(ctx->arena, tree, "all", promotion->is_for_all);
    write_ids(ctx, tree, "shelves", promotion->shelf_ids, promotion->shelf_count);
    write_ids(ctx, tree, "products", promotion->product_ids, promotion->product_count);
    return json_text(ctx, tree, TERMS_LIMIT, json);
}

err terms_read(struct ctx *ctx, const char *json, struct promotion *promotion)
{
    struct value *tree;
    TRY(json_read(ctx, json, strlen(json), &tree));
    discount_rule_read(tree, &promotion->rule);
    promotion->is_for_all = value_find_bool(tree, "all");
    promotion->shelf_ids = read_ids(ctx, tree, "shelves", &promotion->shelf_count);
    promotion->product_ids = read_ids(ctx, tree, "products", &promotion->product_count);
    return NULL;
}

/* ---- what is wrong ---- */

void findings_add(struct findings *findings, const char *field, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(findings->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *findings->end = problem;
    findings->end = &problem->next;
}

static const char *step_field(struct findings *findings, size_t place, const char *name)
{
    return arena_format(findings->ctx->arena, "steps.%zu.%s", place, name);
}

/* From how much a step counts. */
static void check_from(struct findings *findings, const struct discount_rule *rule, size_t place)
{
    int64_t from = rule->steps[place].from;
    const char *field = step_field(findings, place, "from");
    if (rule->kind == DISCOUNT_SALE)
        return;
    if (from < 0 || from > MONEY_MAX)
        findings_add(findings, field, "out-of-range", "this is no sum");
    else if (rule->kind == DISCOUNT_NTH && (from < 2 || from > 10))
        findings_add(findings, field, "out-of-range", "the second to the tenth piece");
    else if (rule->kind == DISCOUNT_PIECES && (from < 1 || from > 999))
        findings_add(findings, field, "out-of-range", "1 to 999 pieces");
    else if (rule->kind == DISCOUNT_SUM && from == 0)
        findings_add(findings, field, "required", "from which sum on?");
    else if (place > 0 && from <= rule->steps[place - 1].from)
        findings_add(findings, field, "not-rising", "each step begins higher than the one before");
}

/* One of the ways to take off, and only one. */
static void check_effect(struct findings *findings, const struct discount_rule *rule, size_t place)
{
    const struct discount_step *step = &rule->steps[place];
    int ways = (step->off != 0) + (step->percent != 0) + (step->price != 0);
    const char *field = step_field(findings, place,
                                   step->percent ? "percent"
                                   : step->price ? "price"
                                                 : "off");
    bool wants_percent = rule->kind == DISCOUNT_PIECES || rule->kind == DISCOUNT_NTH;
    if (ways != 1)
        findings_add(findings, step_field(findings, place, wants_percent ? "percent" : "off"), "one-effect",
                     "say one of: an amount, a part, a price");
    else if (wants_percent && step->percent == 0)
        findings_add(findings, step_field(findings, place, "percent"), "required", "which part comes off?");
    else if (step->price != 0 && rule->kind != DISCOUNT_SALE)
        findings_add(findings, field, "not-here", "a price for each piece is for a sale");
    else if (step->percent < 0 ||
             (rule->kind == DISCOUNT_SHIPPING ? step->percent > BASIS_POINTS : step->percent >= BASIS_POINTS))
        findings_add(findings, field, "above-price", "more than nothing and less than everything");
    else if (step->off < 0 || step->price < 0 || step->off > MONEY_MAX || step->price > MONEY_MAX)
        findings_add(findings, field, "out-of-range", "this is no amount");
    else if (discount_is_by_sum(rule->kind) && rule->kind != DISCOUNT_SHIPPING && step->from > 0 &&
             step->off >= step->from)
        findings_add(findings, field, "above-price", "it would give as much as is bought, or more");
}

/* A higher step that gives less contradicts the one before. */
static void check_rise(struct findings *findings, const struct discount_rule *rule, size_t place)
{
    const struct discount_step *step = &rule->steps[place], *before = &rule->steps[place - 1];
    bool is_percent = step->percent > 0;
    if (is_percent != (before->percent > 0))
        findings_add(findings, step_field(findings, place, is_percent ? "percent" : "off"), "mixed",
                     "all steps take off amounts, or all take off parts");
    else if (is_percent ? step->percent <= before->percent : step->off <= before->off)
        findings_add(findings, step_field(findings, place, is_percent ? "percent" : "off"), "smaller-step",
                     "a higher step gives more than the one before");
}

static void check_steps(struct findings *findings, const struct discount_rule *rule)
{
    bool has_ladder = rule->kind != DISCOUNT_SALE && rule->kind != DISCOUNT_NTH;
    if (rule->step_count == 0)
        findings_add(findings, "steps.0.off", "required", "what comes off?");
    if (rule->step_count > 1 && (!has_ladder || rule->times > 0))
        findings_add(findings, "steps.1.from", "one-step", "this kind of offer has one step");
    for (size_t i = 0; i < rule->step_count; i++) {
        check_from(findings, rule, i);
        check_effect(findings, rule, i);
        if (i > 0)
            check_rise(findings, rule, i);
    }
    if (rule->times < 0 || rule->times > PROMOTION_TIMES_MOST)
        findings_add(findings, "times", "out-of-range", "0 to 1000");
    else if (rule->times > 0 && discount_is_by_sum(rule->kind) &&
             (rule->kind == DISCOUNT_SHIPPING || rule->steps[0].from == 0 || rule->steps[0].percent > 0))
        findings_add(findings, "times", "cannot-repeat", "only an amount for each full sum can repeat");
    if (rule->most < 0 || rule->most > MONEY_MAX)
        findings_add(findings, "most", "out-of-range", "this is no amount");
}

static void check_scope(struct findings *findings, const struct promotion *promotion)
{
    if (!promotion->is_for_all && promotion->shelf_count + promotion->product_count == 0)
        findings_add(findings, "scope", "required", "choose the goods that take part");
    if (promotion->shelf_count + promotion->product_count > PROMOTION_SCOPE_MOST)
        findings_add(findings, "scope", "too-many",
                     "at most 200 entries: choose a tag or a category instead");
}

static void check_code(struct findings *findings, const struct promotion *promotion)
{
    if (!discount_has_code(promotion->rule.kind))
        return;
    size_t length = strlen(promotion->code);
    if (promotion->rule.kind == DISCOUNT_SHIPPING && length == 0)
        return;
    if (length == 0)
        findings_add(findings, "code", "required", "the word that buyers type");
    else if (length < PROMOTION_CODE_LEAST || length > PROMOTION_CODE_MOST)
        findings_add(findings, "code", "code-length", "4 to 32 letters and digits");
}

static void check_bounds(struct findings *findings, const struct promotion *promotion)
{
    const struct discount_rule *rule = &promotion->rule;
    int64_t smallest = rule->step_count > 0 ? rule->steps[0].off : 0;
    if (promotion->uses_most < 0 || promotion->uses_most > INT32_MAX)
        findings_add(findings, "uses_most", "out-of-range", "a number of orders");
    if (promotion->person_most < 0 || promotion->person_most > PROMOTION_TIMES_MOST)
        findings_add(findings, "person_most", "out-of-range", "a number of orders");
    if (promotion->money_most < 0 || promotion->money_most > MONEY_MAX)
        findings_add(findings, "money_most", "out-of-range", "this is no sum");
    else if (promotion->money_most > 0 && smallest > promotion->money_most)
        findings_add(findings, "money_most", "never-counts", "it is used up before the first order");
    if (promotion->uses_most > 0 && promotion->uses > promotion->uses_most)
        findings_add(findings, "uses_most", "below-used", "it was used more often already");
    if (promotion->money_most > 0 && promotion->money > promotion->money_most)
        findings_add(findings, "money_most", "below-used", "more was given already");
}

static void check_head(struct findings *findings, const struct promotion *promotion)
{
    size_t length = utf8_length(promotion->name, strlen(promotion->name));
    if (text_is_blank(promotion->name))
        findings_add(findings, "name", "required", "buyers read it beside what they save");
    else if (length > PROMOTION_NAME_MOST)
        findings_add(findings, "name", "too-long", "at most 60 characters");
    if (promotion->starts_at <= 0)
        findings_add(findings, "starts_at", "required", "when does it begin?");
    if (promotion->ends_at <= 0)
        findings_add(findings, "ends_at", "required", "when does it end?");
    else if (promotion->ends_at <= promotion->starts_at)
        findings_add(findings, "ends_at", "before-start", "it ends before it begins");
    else if (promotion->ends_at <= findings->ctx->now)
        findings_add(findings, "ends_at", "is-over", "this moment has passed");
}

err promotion_validate(struct ctx *ctx, const struct promotion *promotion)
{
    struct findings findings = {.ctx = ctx};
    findings.end = &findings.first;
    check_head(&findings, promotion);
    check_code(&findings, promotion);
    if (discount_has_goods(promotion->rule.kind))
        goods_check(&findings, promotion);
    else
        check_steps(&findings, &promotion->rule);
    if (promotion->rule.kind != DISCOUNT_BUNDLE) /* its goods are its scope */
        check_scope(&findings, promotion);
    windows_check(&findings, promotion);
    check_bounds(&findings, promotion);
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}
