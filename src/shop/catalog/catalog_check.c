/* catalog_check.c - the rules a product must keep. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_check.h"

#include "base/text.h"
#include "shop/catalog/catalog_parts.h"

#define SKU_LIMIT 64
#define OPTION_TEXT_LIMIT 60
#define OPTION_VALUE_LIMIT 200
#define PRICE_LIMIT INT64_C(9000000000000)
#define WEIGHT_LIMIT INT64_C(100000000)
#define VOLUME_LIMIT INT64_C(1000000000)
/* Rows that are complained about at once. */
#define PROBLEM_LIMIT 200

static bool is_long(const char *text, size_t points)
{
    return text && utf8_length(text, strlen(text)) > points;
}

static bool is_handle(const char *text)
{
    size_t length = strlen(text);
    return length > 0 && length <= 120 && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

static err check_words(struct ctx *ctx, const struct product_draft *draft)
{
    if (text_is_blank(draft->title))
        return fail_field(ctx, "title", "required", "the product needs a title");
    if (is_long(draft->title, PRODUCT_TITLE_KEPT))
        return fail_field(ctx, "title", "too-long", "at most 120 characters");
    if (!is_handle(draft->handle))
        return fail_field(ctx, "handle", "bad-handle", "use a-z, 0-9, - and _, at most 120 characters");
    if (draft->variant_count == 0)
        return fail_field(ctx, "variants", "required", "a product needs at least one variant");
    if (draft->variant_count > PRODUCT_VARIANT_LIMIT)
        return fail_field(ctx, "variants", "too-many", "at most 2048 variants");
    if (draft->option_count > PRODUCT_OPTION_LIMIT)
        return fail_field(ctx, "options", "too-many", "at most 4 options");
    return NULL;
}

static err check_option(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    const struct option_draft *option = &draft->options[index];
    const char *field = arena_format(ctx->arena, "options.%zu.name", index);
    const char *values = arena_format(ctx->arena, "options.%zu.values", index);
    if (text_is_blank(option->name) || is_long(option->name, OPTION_TEXT_LIMIT))
        return fail_field(ctx, field, "required", "an option has a name of 1 to 60 characters");
    for (size_t i = 0; i < index; i++)
        if (text_is(draft->options[i].name, option->name))
            return fail_field(ctx, field, "duplicate", "two options have the same name");
    if (option->value_count == 0 || option->value_count > OPTION_VALUE_LIMIT)
        return fail_field(ctx, values, "required", "an option has 1 to 200 values");
    for (size_t i = 0; i < option->value_count; i++) {
        if (text_is_blank(option->values[i]) || is_long(option->values[i], OPTION_TEXT_LIMIT))
            return fail_field(ctx, values, "too-long", "an option value has 1 to 60 characters");
        for (size_t j = 0; j < i; j++)
            if (text_is(option->values[i], option->values[j]))
                return fail_field(ctx, values, "duplicate", "the same value stands twice");
    }
    return NULL;
}

bool option_draft_has(const struct option_draft *option, const char *value)
{
    for (size_t i = 0; i < option->value_count; i++)
        if (text_is(option->values[i], value))
            return true;
    return false;
}

static bool same_choice(const struct product_draft *draft, const struct variant_draft *a,
                        const struct variant_draft *b)
{
    for (size_t i = 0; i < draft->option_count; i++)
        if (!text_is(a->options[i], b->options[i]))
            return false;
    return true;
}

/* "variants.3.price" by the row of the form, or "variants" for one that stands in none. */
const char *variant_field(struct ctx *ctx, const struct product_draft *draft, size_t index, const char *name)
{
    size_t row = draft->variants[index].row;
    if (row == ROW_NOT_SHOWN)
        return "variants";
    return arena_format(ctx->arena, "variants.%zu.%s", row > 0 ? row - 1 : index, name);
}

static err check_trade(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    char right;
    const struct variant_trade *trade = draft->variants[index].trade;
    if (trade->barcode[0] && !barcode_is_valid(trade->barcode, &right)) {
        const char *field = variant_field(ctx, draft, index, "barcode");
        if (right == 0)
            return fail_field(ctx, field, "bad-barcode", "a barcode has 8, 12, 13 or 14 digits");
        return fail_field(ctx, field, "check-digit",
                          arena_format(ctx->arena, "the last digit must be %c", right));
    }
    if (trade->cost < COST_UNKNOWN || trade->cost > PRICE_LIMIT)
        return fail_field(ctx, variant_field(ctx, draft, index, "cost"), "out-of-range",
                          "the cost is out of range");
    if (trade->external_id && utf8_length(trade->external_id, strlen(trade->external_id)) > EXTERNAL_ID_LIMIT)
        return fail_field(ctx, variant_field(ctx, draft, index, "external_id"), "too-long",
                          "at most 64 characters");
    if (trade->volume < 0 || trade->volume > VOLUME_LIMIT)
        return fail_field(ctx, variant_field(ctx, draft, index, "volume"), "out-of-range",
                          "the volume is out of range");
    return NULL;
}

/* Of two that are the same, the one that people see is complained about. */
static size_t seen_one(const struct product_draft *draft, size_t first, size_t second)
{
    return draft->variants[second].row == ROW_NOT_SHOWN ? first : second;
}

static err check_unique(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    const struct variant_draft *variant = &draft->variants[index];
    for (size_t i = 0; i < index; i++) {
        if (text_is(draft->variants[i].sku, variant->sku))
            return fail_field(ctx, variant_field(ctx, draft, seen_one(draft, i, index), "sku"), "duplicate",
                              "two variants have the same SKU");
        if (same_choice(draft, &draft->variants[i], variant))
            return fail_field(ctx, variant_field(ctx, draft, seen_one(draft, i, index), "options"),
                              "duplicate", "two variants have the same options");
    }
    return NULL;
}

static err check_variant(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    const struct variant_draft *variant = &draft->variants[index];
    if (text_is_blank(variant->sku) || is_long(variant->sku, SKU_LIMIT))
        return fail_field(ctx, variant_field(ctx, draft, index, "sku"), "required",
                          "a variant has a SKU of 1 to 64 characters");
    if (variant->price < 0 || variant->price > PRICE_LIMIT)
        return fail_field(ctx, variant_field(ctx, draft, index, "price"), "out-of-range",
                          "the price is out of range");
    if (variant->weight < 0 || variant->weight > WEIGHT_LIMIT)
        return fail_field(ctx, variant_field(ctx, draft, index, "weight"), "out-of-range",
                          "the weight is out of range");
    if (variant->trade)
        TRY(check_trade(ctx, draft, index));
    if (variant->terms)
        TRY(variant_terms_check(ctx, draft, index));
    for (size_t i = 0; i < draft->option_count; i++)
        if (!option_draft_has(&draft->options[i], variant->options[i]))
            return fail_field(ctx, variant_field(ctx, draft, index, "options"), "unknown-option",
                              "a value that the option does not have");
    return check_unique(ctx, draft, index);
}

/* All rows are looked at, so that all their mistakes are told at once. */
static err check_variants(struct ctx *ctx, const struct product_draft *draft)
{
    struct field_problem *problems = arena_alloc_many(ctx->arena, PROBLEM_LIMIT, sizeof *problems);
    size_t count = 0;
    for (size_t i = 0; i < draft->variant_count && count < PROBLEM_LIMIT; i++) {
        err failure = check_variant(ctx, draft, i);
        if (!failure)
            continue;
        problems[count] = *failure->problems;
        if (count > 0)
            problems[count - 1].next = &problems[count];
        count++;
    }
    return count > 0 ? fail_fields(ctx, problems) : NULL;
}

err product_title_check(struct ctx *ctx, const char *title, const char *before)
{
    if (!is_long(title, PRODUCT_TITLE_LIMIT) || (before && text_is(title, before)))
        return NULL;
    return fail_field(ctx, "title", "too-long", "at most 120 characters");
}

err product_draft_check(struct ctx *ctx, const struct product_draft *draft)
{
    TRY(check_words(ctx, draft));
    for (size_t i = 0; i < draft->option_count; i++)
        TRY(check_option(ctx, draft, i));
    TRY(check_variants(ctx, draft));
    return draft->details ? product_details_check(ctx, draft->details) : NULL;
}

const char *variant_draft_title(struct ctx *ctx, const struct product_draft *draft,
                                const struct variant_draft *variant)
{
    struct text_buf title;
    text_open(&title, ctx->arena, (size_t)PRODUCT_OPTION_LIMIT * (OPTION_TEXT_LIMIT * 4 + 3));
    for (size_t i = 0; i < draft->option_count; i++) {
        if (i > 0)
            text_add(&title, " / ");
        text_add(&title, variant->options[i]);
    }
    return text_of(&title);
}
