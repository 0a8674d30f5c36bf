/* backoffice_product_form.c - what the product editor's form means. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_product_form.h"

#include "base/text.h"
#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"

#define VALUES_LIMIT 200

size_t form_split_values(struct ctx *ctx, const char *text, const char **values, size_t most)
{
    size_t count = 0;
    while (*text && count < most) {
        size_t length = 0, skip = 0;
        while (text[length] && skip == 0) {
            if (text[length] == ',')
                skip = 1;
            else if (text_starts(text + length, "，") || text_starts(text + length, "、"))
                skip = 3;
            else
                length++;
        }
        const char *value = text_trim(ctx->arena, arena_copy(ctx->arena, text, length));
        if (value[0])
            values[count++] = value;
        text += length + skip;
    }
    return count;
}

static void draft_options(struct ctx *ctx, const struct product_form *form, struct product_draft *draft)
{
    const struct option_row *rows = form->options.items;
    struct option_draft *options = arena_alloc_many(ctx->arena, form->options.count + 1, sizeof *options);
    for (size_t i = 0; i < form->options.count; i++) {
        if (text_is_blank(rows[i].name) && text_is_blank(rows[i].values))
            continue;
        const char **values = arena_alloc_many(ctx->arena, VALUES_LIMIT + 1, sizeof *values);
        options[draft->option_count++] = (struct option_draft){
            .name = rows[i].name,
            .values = values,
            .value_count = form_split_values(ctx, rows[i].values, values, VALUES_LIMIT + 1),
        };
    }
    draft->options = options;
}

/* A spare row of the form that nobody filled in. */
static bool is_spare(const struct variant_row *row)
{
    return row->variant_id == 0 && text_is_blank(row->sku) && text_is_blank(row->options) && row->price == 0;
}

/* One row of the form as a variant; *values are those of its options. */
static err draft_row(struct ctx *ctx, const struct product_form *form, size_t index,
                     struct product_draft *draft)
{
    const struct variant_row *row = (const struct variant_row *)form->variants.items + index;
    const char **values = arena_alloc_many(ctx->arena, PRODUCT_OPTION_LIMIT + 2, sizeof *values);
    size_t count = form_split_values(ctx, row->options, values, PRODUCT_OPTION_LIMIT + 1);
    if (count != draft->option_count)
        return fail_field(ctx, arena_format(ctx->arena, "variants.%zu.options", index), "option-count",
                          "give one value of each option");
    const struct variant_trade *trade;
    TRY(product_form_trade(ctx, row, index, &trade));
    draft->variants[draft->variant_count++] = (struct variant_draft){.id = row->variant_id,
                                                                     .row = index + 1,
                                                                     .sku = row->sku,
                                                                     .options = values,
                                                                     .price = row->price,
                                                                     .weight = row->weight,
                                                                     .is_active = row->is_active,
                                                                     .trade = trade,
                                                                     .terms = product_form_terms(ctx, row)};
    return NULL;
}

/* A variant that the form does not show stays as it is, if it still fits the options. */
static void draft_unseen(struct ctx *ctx, const struct product *product, const struct variant *variant,
                         struct product_draft *draft)
{
    const char **values = variant_values_under(ctx, product->options, variant->options, draft);
    if (!values)
        return;
    struct variant_trade *trade = arena_alloc(ctx->arena, sizeof *trade);
    *trade = (struct variant_trade){variant->barcode, variant->cost, variant->volume, NULL};
    draft->variants[draft->variant_count++] = (struct variant_draft){.id = variant->id,
                                                                     .row = ROW_NOT_SHOWN,
                                                                     .sku = variant->sku,
                                                                     .options = values,
                                                                     .price = variant->price,
                                                                     .weight = variant->weight,
                                                                     .is_active = variant->is_active,
                                                                     .trade = trade};
}

static bool find_row(const struct product_form *form, int64_t variant_id, size_t *index)
{
    const struct variant_row *rows = form->variants.items;
    for (*index = 0; *index < form->variants.count; (*index)++)
        if (rows[*index].variant_id == variant_id)
            return true;
    return false;
}

/* The variants of the product in their order, those of the form in place of what they were. */
static err draft_part(struct ctx *ctx, const struct product_form *form, struct product_draft *draft)
{
    const struct product *product;
    struct variant *variants;
    size_t count, index;
    TRY(product_load(ctx, form->product_id, &product));
    TRY(variant_list(ctx, form->product_id, &variants, &count));
    draft->variants = arena_alloc_many(ctx->arena, form->variants.count + count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < count; i++) {
        if (find_row(form, variants[i].id, &index))
            TRY(draft_row(ctx, form, index, draft));
        else
            draft_unseen(ctx, product, &variants[i], draft);
    }
    return NULL;
}

static err draft_variants(struct ctx *ctx, const struct product_form *form, struct product_draft *draft)
{
    const struct variant_row *rows = form->variants.items;
    bool is_part = form->variants_mode == VARIANTS_PART && form->product_id != 0;
    if (is_part)
        TRY(draft_part(ctx, form, draft));
    else
        draft->variants = arena_alloc_many(ctx->arena, form->variants.count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < form->variants.count; i++)
        if (!is_spare(&rows[i]) && (!is_part || rows[i].variant_id == 0))
            TRY(draft_row(ctx, form, i, draft));
    return NULL;
}

static const struct merge_choice *choices_of(struct ctx *ctx, const struct product_form *form)
{
    const struct merge_row *rows = form->merge.items;
    struct merge_choice *choices = arena_alloc_many(ctx->arena, form->merge.count + 1, sizeof *choices);
    for (size_t i = 0; i < form->merge.count; i++)
        choices[i] = (struct merge_choice){rows[i].key, rows[i].take == 1};
    return choices;
}

static err draft_of(struct ctx *ctx, const struct product_form *form, struct product_draft *draft)
{
    *draft = (struct product_draft){.id = form->product_id,
                                    .version = form->version,
                                    .handle = form->handle,
                                    .title = form->title,
                                    .subtitle = form->subtitle,
                                    .description = product_safe_html(ctx, form->description),
                                    .brand = form->brand,
                                    .kind = (enum product_kind)(form->kind + 1),
                                    .status = (enum product_status)(form->status + 1),
                                    .category_id = form->category_id};
    draft_options(ctx, form, draft);
    TRY(draft_variants(ctx, form, draft));
    return product_form_details(ctx, &form->details, draft);
}

struct saving {
    const struct product_form *form;
    struct product_draft *draft;
    const bool *is_new;
};

/* Pieces of a new variant, as its row says. */
static int64_t stock_of(const struct product_form *form, const struct variant_draft *variant)
{
    const struct variant_row *rows = form->variants.items;
    bool has_row = variant->row > 0 && variant->row <= form->variants.count;
    return has_row ? rows[variant->row - 1].stock : 0;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    /* product_save fills ids; a body that runs again must begin with what was asked for. */
    struct product_draft draft = *saving->draft;
    draft.variants = arena_alloc_many(ctx->arena, draft.variant_count + 1, sizeof *draft.variants);
    memcpy(draft.variants, saving->draft->variants, draft.variant_count * sizeof *draft.variants);
    TRY(struck_prices_check(ctx, &draft));
    TRY(product_save(ctx, &draft));
    bool is_digital = draft.kind == PRODUCT_DIGITAL;
    for (size_t i = 0; i < draft.variant_count; i++)
        if (saving->is_new[i]) {
            const struct variant_draft *variant = &draft.variants[i];
            TRY(stock_create(ctx, variant->id, draft.id, is_digital ? 0 : stock_of(saving->form, variant)));
            if (is_digital)
                TRY(code_deck_create(ctx, variant->id, draft.id));
        }
    saving->draft->id = draft.id;
    return NULL;
}

static bool is_of_another(const struct product_draft *draft, int64_t owner)
{
    return owner != 0 && owner != draft->id;
}

/* The same failure at the cells whose SKUs other products have, or at the handle. */
static err name_taken(struct ctx *ctx, const struct product_draft *draft, err failure)
{
    struct field_problem *problems = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *problems);
    const char **skus = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *skus);
    int64_t *owners = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *owners);
    const char *handle = draft->handle ? draft->handle : "";
    size_t count = 0;
    for (size_t i = 0; i < draft->variant_count; i++)
        skus[i] = draft->variants[i].sku;
    TRY(product_find_many(ctx, PRODUCT_BY_HANDLE, &handle, 1, owners));
    if (is_of_another(draft, owners[0]))
        return fail_field(ctx, "handle", "duplicate", "another product has this handle");
    TRY(product_find_many(ctx, PRODUCT_BY_SKU, skus, draft->variant_count, owners));
    for (size_t i = 0; i < draft->variant_count; i++) {
        if (!is_of_another(draft, owners[i]))
            continue;
        problems[count] = (struct field_problem){.field = variant_field(ctx, draft, i, "sku"),
                                                 .code = "sku-taken",
                                                 .message = "another product has this SKU"};
        if (count > 0)
            problems[count - 1].next = &problems[count];
        count++;
    }
    return count > 0 ? fail_fields(ctx, problems) : failure;
}

err product_form_merge(struct ctx *ctx, const struct product_form *form, struct product_merge *merge)
{
    struct product_draft draft;
    TRY(draft_of(ctx, form, &draft));
    return product_merge(ctx, &draft, choices_of(ctx, form), form->merge.count, merge);
}

err product_form_save(struct ctx *ctx, const struct product_form *form, int64_t *product_id)
{
    struct product_draft draft;
    struct product_merge merge;
    *product_id = form->product_id;
    TRY(draft_of(ctx, form, &draft));
    if (form->product_id != 0 && form->merge_with > 0) {
        TRY(product_merge(ctx, &draft, choices_of(ctx, form), form->merge.count, &merge));
        draft.version = form->merge_with;
    }
    bool *is_new = arena_alloc_many(ctx->arena, draft.variant_count + 1, sizeof *is_new);
    for (size_t i = 0; i < draft.variant_count; i++)
        is_new[i] = draft.variants[i].id == 0;
    struct saving saving = {form, &draft, is_new};
    err failure = db_transact(ctx, save_in_transaction, &saving);
    if (failure)
        return failure->code == ERR_DUPLICATE ? name_taken(ctx, &draft, failure) : failure;
    *product_id = draft.id;
    return NULL;
}
