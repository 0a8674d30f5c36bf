/* transfer_apply.c - making of a row what it should become: a new product, a changed one, or nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_row.h"

#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

/* Characters kept of a handle that was taken, before what makes it another. */
#define HANDLE_KEPT 50

static err refuse(struct import_row *row, const char *column, const char *code, const char *message)
{
    row->outcome = ROW_REFUSED;
    row->problem = (struct import_problem){row->line, column, code, message};
    return NULL;
}

static err is_handle_taken(struct ctx *ctx, const char *handle, bool *is_taken)
{
    const struct product *other;
    TRY(product_find_by_handle(ctx, handle, &other));
    *is_taken = other != NULL;
    return NULL;
}

static err choose_handle(struct ctx *ctx, const struct import_row *row, const char **handle)
{
    bool is_taken;
    *handle = product_handle_from(ctx, row->title);
    TRY(is_handle_taken(ctx, *handle, &is_taken));
    if (is_taken)
        *handle = arena_format(ctx->arena, "%.*s-%" PRIx64, HANDLE_KEPT, *handle, (uint64_t)id_new(ctx));
    return NULL;
}

static err open_product(struct ctx *ctx, struct import_row *row)
{
    enum product_kind kind = row->kind ? row->kind : PRODUCT_PHYSICAL;
    bool is_taken = false;
    if (!row->category_id)
        return refuse(row, "category", "required", "a new product needs a category");
    if (kind == PRODUCT_DIGITAL && row->stock > 0)
        return refuse(row, "stock", "codes-needed",
                      "the stock of digital goods are their codes; leave the cell empty");
    if (row->handle)
        TRY(is_handle_taken(ctx, row->handle, &is_taken));
    if (is_taken)
        return refuse(row, "handle", "duplicate", "another product has this handle; choose another one");
    struct variant_draft variant = {.sku = row->sku, .price = row->price, .is_active = true};
    struct product_draft draft = {.handle = row->handle,
                                  .title = row->title,
                                  .subtitle = row->subtitle,
                                  .description = row->description,
                                  .brand = row->brand,
                                  .kind = kind,
                                  .status = PRODUCT_ACTIVE,
                                  .category_id = row->category_id,
                                  .variants = &variant,
                                  .variant_count = 1};
    if (!draft.handle)
        TRY(choose_handle(ctx, row, &draft.handle));
    TRY(product_save(ctx, &draft));
    int64_t otherwise = kind == PRODUCT_DIGITAL ? 0 : IMPORT_DEFAULT_STOCK;
    TRY(stock_create(ctx, variant.id, draft.id, row->stock >= 0 ? row->stock : otherwise));
    if (kind == PRODUCT_DIGITAL)
        TRY(code_deck_create(ctx, variant.id, draft.id));
    row->outcome = ROW_TAKEN;
    return NULL;
}

/* A product that is there, and the variant that the row speaks of. */
struct known {
    const struct product *product;
    struct variant *variants;
    size_t count;
    const struct variant *variant;
    struct stock stock;
};

static err load_known(struct ctx *ctx, const struct import_row *row, struct known *known)
{
    TRY(variant_list(ctx, known->product->id, &known->variants, &known->count));
    for (size_t i = 0; i < known->count; i++)
        if (text_is(known->variants[i].sku, row->sku))
            known->variant = &known->variants[i];
    if (!known->variant)
        return fail_with(ctx, ERR_CONFLICT, "the product of SKU %s changed meanwhile", row->sku);
    return stock_load_many(ctx, &known->variant->id, 1, &known->stock);
}

/* Why a known product cannot become what the row says; leaves the outcome open when it can. */
static err check_known(struct ctx *ctx, struct import_row *row, const struct known *known)
{
    const struct product *product = known->product;
    bool is_taken = false;
    if (!known->variant->is_active)
        return refuse(row, "sku", "switched-off",
                      "this SKU is switched off; switch it on in the back office first");
    if (row->kind && row->kind != product->kind)
        return refuse(row, "kind", "unchangeable", "the kind of a product cannot change; open a new one");
    if (row->stock >= 0 && row->stock != known->stock.on_hand && product->kind == PRODUCT_DIGITAL)
        return refuse(row, "stock", "codes-needed",
                      "the stock of digital goods are their codes; leave the cell empty");
    if (row->stock >= 0 && row->stock < known->stock.reserved)
        return refuse(row, "stock", "promised",
                      arena_format(ctx->arena,
                                   "%" PRId64 " pieces are promised to orders; the stock cannot be less",
                                   known->stock.reserved));
    if (row->handle && !text_is(row->handle, product->handle))
        TRY(is_handle_taken(ctx, row->handle, &is_taken));
    if (is_taken)
        return refuse(row, "handle", "duplicate", "another product has this handle; choose another one");
    return NULL;
}

static const char *either(const char *told, const char *before)
{
    return told ? told : before;
}

static struct product_draft draft_of(const struct import_row *row, const struct product *product)
{
    return (struct product_draft){.id = product->id,
                                  .version = product->version,
                                  .handle = either(row->handle, product->handle),
                                  .title = row->title,
                                  .subtitle = either(row->subtitle, product->subtitle),
                                  .description = either(row->description, product->description),
                                  .brand = either(row->brand, product->brand),
                                  .kind = product->kind,
                                  .status = product->status,
                                  .category_id = row->category_id ? row->category_id : product->category_id};
}

static bool is_same(const struct product_draft *draft, const struct import_row *row,
                    const struct known *known)
{
    const struct product *product = known->product;
    return row->price == known->variant->price && draft->category_id == product->category_id &&
           text_is(draft->handle, product->handle) && text_is(draft->title, product->title) &&
           text_is(draft->subtitle, product->subtitle) && text_is(draft->brand, product->brand) &&
           text_is(draft->description, product->description);
}

static const char *const *texts_of(struct ctx *ctx, const struct value *list)
{
    size_t count = value_count(list);
    const char **texts = arena_alloc_many(ctx->arena, count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++)
        texts[i] = value_at(list, i)->text;
    return texts;
}

static void add_options(struct ctx *ctx, struct product_draft *draft, const struct value *options)
{
    draft->option_count = value_count(options);
    struct option_draft *drafts = arena_alloc_many(ctx->arena, draft->option_count + 1, sizeof *drafts);
    for (size_t i = 0; i < draft->option_count; i++) {
        const struct value *values = value_find(value_at(options, i), "values");
        drafts[i] = (struct option_draft){.name = value_find_text(value_at(options, i), "name"),
                                          .values = texts_of(ctx, values),
                                          .value_count = value_count(values)};
    }
    draft->options = drafts;
}

/* The variants as they are, but for the price of one. Those switched off stay so by being left out. */
static void add_variants(struct ctx *ctx, struct product_draft *draft, const struct import_row *row,
                         const struct known *known)
{
    draft->variants = arena_alloc_many(ctx->arena, known->count + 1, sizeof *draft->variants);
    for (size_t i = 0; i < known->count; i++) {
        const struct variant *variant = &known->variants[i];
        if (!variant->is_active)
            continue;
        draft->variants[draft->variant_count++] =
            (struct variant_draft){.id = variant->id,
                                   .sku = variant->sku,
                                   .options = texts_of(ctx, variant->options),
                                   .price = variant == known->variant ? row->price : variant->price,
                                   .weight = variant->weight,
                                   .picture_id = variant->picture_id,
                                   .is_active = true};
    }
}

static err change_product(struct ctx *ctx, struct import_row *row, struct known *known)
{
    TRY(load_known(ctx, row, known));
    TRY(check_known(ctx, row, known));
    if (row->outcome != ROW_OPEN)
        return NULL;
    row->outcome = ROW_UNCHANGED;
    struct product_draft draft = draft_of(row, known->product);
    if (!is_same(&draft, row, known)) {
        add_options(ctx, &draft, known->product->options);
        add_variants(ctx, &draft, row, known);
        TRY(product_save(ctx, &draft));
        row->outcome = ROW_UPDATED;
    }
    if (row->stock >= 0 && row->stock != known->stock.on_hand) {
        TRY(stock_count(ctx, known->variant->id, known->product->id, row->stock, known->stock.on_hand,
                        "import"));
        row->outcome = ROW_UPDATED;
    }
    return NULL;
}

err import_row_apply(struct ctx *ctx, struct import_row *row)
{
    struct known known = {0};
    row->outcome = ROW_OPEN; /* a transaction may run again */
    TRY(product_find_by_sku(ctx, row->sku, &known.product));
    return known.product ? change_product(ctx, row, &known) : open_product(ctx, row);
}
