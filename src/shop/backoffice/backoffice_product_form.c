/* backoffice_product_form.c - what the product editor's form means. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_product_form.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_digital_view.h"
#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"

#define PRICE_LIMIT INT64_C(9000000000000)
#define STOCK_LIMIT INT64_C(1000000000)
#define VALUES_LIMIT 200

const char *const product_kinds[] = {"physical", "digital", NULL};
const char *const product_statuses[] = {"draft", "active", "archived", NULL};

static const struct field option_row_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct option_row, name),
     .maximum = 60,
     .help = "Name of the option, for example 颜色"},
    {.name = "values",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct option_row, values),
     .maximum = 4000,
     .help = "Values separated by commas"},
    {0},
};

static const struct field variant_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct variant_row, variant_id),
     .help = "The variant to change; without it a new one"},
    {.name = "options",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, options),
     .maximum = 400,
     .help = "One value of each option, separated by commas"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, sku),
     .maximum = 64,
     .help = "Stock keeping unit, unique in the shop"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct variant_row, price),
     .minimum = 0,
     .maximum = PRICE_LIMIT,
     .help = "Price of one"},
    {.name = "weight",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, weight),
     .minimum = 0,
     .maximum = 100000000,
     .help = "Weight in grams"},
    {.name = "barcode",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, barcode),
     .maximum = 14,
     .help = "GTIN of 8, 12, 13 or 14 digits"},
    {.name = "cost",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct variant_row, cost),
     .maximum = 20,
     .help = "What the shop pays for one; never shown to buyers; empty = not known"},
    {.name = "volume",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, volume),
     .minimum = 0,
     .maximum = 1000000000,
     .help = "Volume in cubic centimetres"},
    {.name = "is_active",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct variant_row, is_active),
     .help = "Whether it is offered"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct variant_row, stock),
     .minimum = 0,
     .maximum = STOCK_LIMIT,
     .help = "Pieces of a new variant"},
    {0},
};

#define PRODUCT_FIELDS                                                                                       \
    {.name = "title",                                                                                        \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct product_form, title),                                                         \
     .is_required = true,                                                                                    \
     .maximum = 200,                                                                                         \
     .help = "Title"},                                                                                       \
        {.name = "subtitle",                                                                                 \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, subtitle),                                                  \
         .maximum = 200,                                                                                     \
         .help = "One selling sentence"},                                                                    \
        {.name = "description",                                                                              \
         .kind = FIELD_LONG,                                                                                 \
         .offset = offsetof(struct product_form, description),                                               \
         .maximum = 50000,                                                                                   \
         .help = "Text or simple HTML"},                                                                     \
        {.name = "brand",                                                                                    \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, brand),                                                     \
         .maximum = 60,                                                                                      \
         .help = "Brand"},                                                                                   \
        {.name = "handle",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, handle),                                                    \
         .maximum = 120,                                                                                     \
         .help = "Word in the address; made from the title when left out"},                                  \
        {.name = "kind",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_form, kind),                                                      \
         .choices = product_kinds,                                                                           \
         .help = "physical, or digital: key codes are delivered"},                                           \
        {.name = "status",                                                                                   \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct product_form, status),                                                    \
         .choices = product_statuses,                                                                        \
         .help = "active = on the shelf"},                                                                   \
        {.name = "category_id",                                                                              \
         .kind = FIELD_ID,                                                                                   \
         .offset = offsetof(struct product_form, category_id),                                               \
         .is_required = true,                                                                                \
         .help = "Category"},                                                                                \
        {.name = "version",                                                                                  \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, version),                                                   \
         .minimum = 0,                                                                                       \
         .maximum = INT64_MAX,                                                                               \
         .help = "The version that was shown; an older one is refused"},                                     \
        {.name = "options",                                                                                  \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, options),                                                   \
         .maximum = 8,                                                                                       \
         .rows = option_row_fields,                                                                          \
         .row_size = sizeof(struct option_row),                                                              \
         .help = "Options"},                                                                                 \
        {.name = "model",                                                                                    \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.model),                                             \
         .maximum = 60,                                                                                      \
         .help = "Model of the maker"},                                                                      \
        {.name = "origin",                                                                                   \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.origin),                                            \
         .maximum = 60,                                                                                      \
         .help = "Where it is made"},                                                                        \
        {.name = "tax_code",                                                                                 \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.tax_code),                                          \
         .maximum = 19,                                                                                      \
         .help = "Tax classification code of 19 digits"},                                                    \
        {.name = "unit",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.unit),                                              \
         .maximum = 8,                                                                                       \
         .help = "What one piece is called"},                                                                \
        {.name = "shelf_life_days",                                                                          \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct product_form, details.shelf_life_days),                                   \
         .minimum = 0,                                                                                       \
         .maximum = 36500,                                                                                   \
         .help = "Shelf life in days; 0 = none"},                                                            \
        {.name = "seo_title",                                                                                \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.seo_title),                                         \
         .maximum = 80,                                                                                      \
         .help = "Title for search engines; the product's when left out"},                                   \
        {.name = "seo_description",                                                                          \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.seo_description),                                   \
         .maximum = 200,                                                                                     \
         .help = "Description for search engines; the subtitle when left out"},                              \
        {.name = "tags",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.tags),                                              \
         .maximum = 10000,                                                                                   \
         .help = "Tags separated by commas"},                                                                \
        {.name = "publish_at",                                                                               \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.publish_at),                                        \
         .maximum = 16,                                                                                      \
         .help = "When it goes on the shelf by itself, as 2026-05-01T10:00 in the shop's zone"},             \
        {.name = "unpublish_at",                                                                             \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct product_form, details.unpublish_at),                                      \
         .maximum = 16,                                                                                      \
         .help = "When it leaves the shelf by itself"},                                                      \
        {.name = "specs",                                                                                    \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, details.specs),                                             \
         .maximum = PRODUCT_SPEC_LIMIT + 3,                                                                  \
         .rows = spec_row_fields,                                                                            \
         .row_size = sizeof(struct spec_row),                                                                \
         .help = "Lines of the table of facts"},                                                             \
        {.name = "attributes",                                                                               \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct product_form, details.attributes),                                        \
         .maximum = 9000,                                                                                    \
         .rows = attribute_row_fields,                                                                       \
         .row_size = sizeof(struct attribute_row),                                                           \
         .help = "Answers to the attributes of the category"},                                               \
    {                                                                                                        \
        .name = "variants", .kind = FIELD_ROWS, .offset = offsetof(struct product_form, variants),           \
        .maximum = PRODUCT_VARIANT_LIMIT + 3, .rows = variant_row_fields,                                    \
        .row_size = sizeof(struct variant_row), .help = "Variants; those left out are switched off"          \
    }

const struct field product_create_fields[] = {PRODUCT_FIELDS, {0}};
const struct field product_change_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct product_form, product_id),
     .is_required = true,
     .help = "The product"},
    PRODUCT_FIELDS,
    {0},
};

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

static err draft_variants(struct ctx *ctx, const struct product_form *form, struct product_draft *draft,
                          int64_t *stocks)
{
    const struct variant_row *rows = form->variants.items;
    draft->variants = arena_alloc_many(ctx->arena, form->variants.count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < form->variants.count; i++) {
        if (is_spare(&rows[i]))
            continue;
        const char **values = arena_alloc_many(ctx->arena, PRODUCT_OPTION_LIMIT + 2, sizeof *values);
        size_t count = form_split_values(ctx, rows[i].options, values, PRODUCT_OPTION_LIMIT + 1);
        if (count != draft->option_count)
            return fail_field(ctx, arena_format(ctx->arena, "variants.%zu.options", i), "option-count",
                              "give one value of each option");
        const struct variant_trade *trade;
        TRY(product_form_trade(ctx, &rows[i], i, &trade));
        stocks[draft->variant_count] = rows[i].stock;
        draft->variants[draft->variant_count++] = (struct variant_draft){.id = rows[i].variant_id,
                                                                         .sku = rows[i].sku,
                                                                         .options = values,
                                                                         .price = rows[i].price,
                                                                         .weight = rows[i].weight,
                                                                         .is_active = rows[i].is_active,
                                                                         .trade = trade};
    }
    return NULL;
}

struct saving {
    struct product_draft *draft;
    const int64_t *stocks;
    const bool *is_new;
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    /* product_save fills ids; a body that runs again must begin with what was asked for. */
    struct product_draft draft = *saving->draft;
    draft.variants = arena_alloc_many(ctx->arena, draft.variant_count + 1, sizeof *draft.variants);
    memcpy(draft.variants, saving->draft->variants, draft.variant_count * sizeof *draft.variants);
    TRY(product_save(ctx, &draft));
    for (size_t i = 0; i < draft.variant_count; i++)
        if (saving->is_new[i]) {
            bool is_digital = draft.kind == PRODUCT_DIGITAL;
            TRY(stock_create(ctx, draft.variants[i].id, draft.id, is_digital ? 0 : saving->stocks[i]));
            if (is_digital)
                TRY(code_deck_create(ctx, draft.variants[i].id, draft.id));
        }
    saving->draft->id = draft.id;
    return NULL;
}

err product_form_save(struct ctx *ctx, const struct product_form *form, int64_t *product_id)
{
    struct product_draft draft = {.id = form->product_id,
                                  .version = form->version,
                                  .handle = form->handle,
                                  .title = form->title,
                                  .subtitle = form->subtitle,
                                  .description = product_safe_html(ctx, form->description),
                                  .brand = form->brand,
                                  .kind = (enum product_kind)(form->kind + 1),
                                  .status = (enum product_status)(form->status + 1),
                                  .category_id = form->category_id};
    int64_t *stocks = arena_alloc_many(ctx->arena, form->variants.count + 1, sizeof *stocks);
    draft_options(ctx, form, &draft);
    TRY(draft_variants(ctx, form, &draft, stocks));
    TRY(product_form_details(ctx, &form->details, &draft));
    bool *is_new = arena_alloc_many(ctx->arena, draft.variant_count + 1, sizeof *is_new);
    for (size_t i = 0; i < draft.variant_count; i++)
        is_new[i] = draft.variants[i].id == 0;
    int64_t asked = draft.id;
    struct saving saving = {&draft, stocks, is_new};
    err failure = db_transact(ctx, save_in_transaction, &saving);
    *product_id = failure ? asked : draft.id;
    return failure;
}

/* ---- the view ---- */

static err add_codes(struct ctx *ctx, struct value *view, int64_t variant_id)
{
    struct code_deck deck;
    TRY(code_deck_load(ctx, variant_id, &deck));
    struct value *codes = value_set_object(ctx->arena, view, "codes");
    value_set_text(ctx->arena, codes, "mode", deck_mode_names[deck.mode]);
    value_set_int(ctx->arena, codes, "loaded", deck.loaded);
    value_set_int(ctx->arena, codes, "dealt", deck.dealt);
    value_set_int(ctx->arena, codes, "left", deck.loaded - deck.dealt);
    return NULL;
}

static err add_variant(struct ctx *ctx, struct value *list, const struct variant *variant,
                       const struct stock *stock)
{
    struct arena *arena = ctx->arena;
    struct value *view = value_add(arena, list, *value_object(arena));
    value_set_id(arena, view, "id", variant->id);
    value_set_text(arena, view, "sku", variant->sku);
    value_set_text(arena, view, "title", variant->title);
    value_set(arena, view, "options", *variant->options);
    value_set_money(arena, view, "price", money_of(variant->price, ctx->shop->currency));
    value_set_int(arena, view, "on_hand", stock->on_hand);
    value_set_int(arena, view, "reserved", stock->reserved);
    value_set_int(arena, view, "available", stock_available(stock));
    value_set_int(arena, view, "weight", variant->weight);
    value_set_text(arena, view, "barcode", variant->barcode);
    value_set_int(arena, view, "volume", variant->volume);
    if (variant->cost == COST_UNKNOWN)
        value_set(arena, view, "cost", value_null());
    else
        value_set_money(arena, view, "cost", money_of(variant->cost, ctx->shop->currency));
    value_set_bool(arena, view, "is_active", variant->is_active);
    if (variant->kind == PRODUCT_DIGITAL)
        return add_codes(ctx, view, variant->id);
    value_set(arena, view, "codes", value_null());
    return NULL;
}

static err add_variants(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct variant *variants;
    size_t count;
    TRY(variant_list(ctx, product->id, &variants, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    for (size_t i = 0; i < count; i++)
        ids[i] = variants[i].id;
    TRY(stock_load_many(ctx, ids, count, stocks));
    struct value *list = value_set_list(ctx->arena, view, "variants");
    for (size_t i = 0; i < count; i++)
        TRY(add_variant(ctx, list, &variants[i], &stocks[i]));
    return NULL;
}

static err add_pictures(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct product_picture *pictures;
    size_t count;
    TRY(product_picture_list(ctx, product->id, &pictures, &count));
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < count; i++) {
        struct value *holder = value_object(ctx->arena);
        picture_set_view(ctx, holder, "picture", pictures[i].picture_id, pictures[i].alt);
        picture_set_focus(ctx, holder, "picture", pictures[i].focus_x, pictures[i].focus_y);
        struct value *picture = value_add(ctx->arena, list, *value_find(holder, "picture"));
        value_set_int(ctx->arena, picture, "position", pictures[i].position);
    }
    return video_set_view(ctx, view, "video", product->video_id);
}

static void add_words(struct ctx *ctx, struct value *view, const struct product *product)
{
    struct arena *arena = ctx->arena;
    value_set_id(arena, view, "id", product->id);
    value_set_text(arena, view, "handle", product->handle);
    value_set_text(arena, view, "title", product->title);
    value_set_text(arena, view, "subtitle", product->subtitle);
    value_set_text(arena, view, "description", product->description);
    value_set_text(arena, view, "brand", product->brand);
    value_set_text(arena, view, "kind", product_kind_name(product->kind));
    value_set_text(arena, view, "status", product_status_name(product->status));
    value_set_id(arena, view, "category_id", product->category_id);
    value_set_int(arena, view, "version", product->version);
    value_set_text(arena, view, "url", arena_format(arena, "/products/%s", product->handle));
    value_set(arena, view, "options", *product->options);
}

static err add_categories(struct ctx *ctx, struct value *view)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *list = value_set_list(ctx->arena, view, "categories");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", categories[i].id);
        value_set_text(ctx->arena, row, "handle", categories[i].handle);
        value_set_text(ctx->arena, row, "name", categories[i].name);
        value_set_text(ctx->arena, row, "path", category_path(ctx, categories, count, categories[i].id));
    }
    return NULL;
}

err product_edit_view(struct ctx *ctx, const struct product *product, struct value **view)
{
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "product");
    if (product) {
        add_words(ctx, tree, product);
        TRY(add_pictures(ctx, tree, product));
        TRY(add_variants(ctx, tree, product));
        TRY(product_details_view(ctx, tree, product));
    }
    TRY(attribute_views(ctx, *view));
    return add_categories(ctx, *view);
}
