/* backoffice_flash_form.c - a flash sale as people type it: fields, and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_flash_form.h"

#include "base/text.h"

#define GOODS_TEXT 3000
#define SKU_TEXT 80

static const struct field row_fields[] = {
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct entry_row, variant_id),
     .help = "The variant, or:"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct entry_row, sku),
     .maximum = SKU_TEXT,
     .help = "Its SKU"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct entry_row, price),
     .maximum = MONEY_MAX,
     .help = "What one piece costs while the sale runs"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, stock),
     .maximum = FLASH_STOCK_MOST,
     .help = "Pieces that are sold at this price"},
    {.name = "person_most",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, person_most),
     .maximum = FLASH_PERSON_MOST,
     .help = "Pieces of one buyer; 0 = any"},
    {.name = "left_out",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct entry_row, is_left_out),
     .help = "For pages: this row is not meant"},
    {0},
};

#define TEXT_FIELD(member, length, words)                                                                    \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct flash_form, member),                  \
        .maximum = (length), .help = (words)                                                                 \
    }
#define FORM_FIELDS                                                                                          \
    TEXT_FIELD(name, PROMOTION_NAME_MOST, "What buyers read"),                                               \
        TEXT_FIELD(starts_at, 32, "Local time of the shop: 2026-05-01T20:00"),                               \
        TEXT_FIELD(ends_at, 32, "The moment it ends, not counted itself"),                                   \
        {.name = "unpaid_minutes",                                                                           \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct flash_form, unpaid_minutes),                                              \
         .maximum = 1000,                                                                                    \
         .otherwise = FLASH_MINUTES_USUAL,                                                                   \
         .help = "Minutes until an unpaid order closes and its pieces are free again, 1 to 60"},             \
        {.name = "is_beside",                                                                                \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct flash_form, is_beside),                                                   \
         .help = "Other offers may meet it on a piece, when they allow it too"},                             \
        {.name = "entries",                                                                                  \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct flash_form, entries),                                                     \
         .maximum = FLASH_ENTRY_MOST,                                                                        \
         .rows = row_fields,                                                                                 \
         .row_size = sizeof(struct entry_row),                                                               \
         .help = "The variants that take part"},                                                             \
    {                                                                                                        \
        .name = "goods", .kind = FIELD_LONG, .offset = offsetof(struct flash_form, goods),                   \
        .maximum = GOODS_TEXT, .help = "More variants by SKU, or all of a product by its handle, one a line" \
    }
#define VERSION_FIELD                                                                                        \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct flash_form, version),                \
        .maximum = INT64_MAX, .help = "The version that was read"                                            \
    }

const struct field flash_create_fields[] = {FORM_FIELDS, {0}};
const struct field flash_change_fields[] = {{.name = "id",
                                             .kind = FIELD_ID,
                                             .offset = offsetof(struct flash_form, flash_id),
                                             .is_required = true,
                                             .help = "The flash sale"},
                                            VERSION_FIELD,
                                            FORM_FIELDS,
                                            {0}};
const struct field flash_preview_fields[] = {{.name = "flash",
                                              .kind = FIELD_ID,
                                              .offset = offsetof(struct flash_form, flash_id),
                                              .help = "The flash sale, when it is there already"},
                                             VERSION_FIELD,
                                             FORM_FIELDS,
                                             {0}};

/* ---- entries ---- */

static err read_entries(struct form_problems *problems, const struct flash_form *form,
                        struct flash_sale *sale)
{
    struct entry_form rows = {&form->entries, form->goods, "flash-many"};
    struct entry_read read[FLASH_ENTRY_MOST];
    TRY(entries_read(problems, &rows, read, &sale->count));
    sale->entries = arena_alloc_many(problems->ctx->arena, FLASH_ENTRY_MOST, sizeof *sale->entries);
    for (size_t i = 0; i < sale->count; i++)
        sale->entries[i] = (struct flash_entry){.variant_id = read[i].variant_id,
                                                .product_id = read[i].product_id,
                                                .price = read[i].row.price,
                                                .stock = read[i].row.stock,
                                                .person_most = read[i].row.person_most};
    return NULL;
}

err flash_form_failure(struct ctx *ctx, const struct flash_form *form, err failure)
{
    return entries_failure(ctx, &form->entries, failure);
}

err flash_check_stock(struct ctx *ctx, const struct flash_sale *sale)
{
    struct entry_offer wanted[FLASH_ENTRY_MOST], sold[FLASH_ENTRY_MOST];
    struct entry_offers offers = {wanted, 0, sold, 0, stock_available, "flash-stock"};
    struct flash_sale *saved = NULL;
    if (sale->id)
        TRY(flash_load(ctx, sale->id, &saved));
    for (; offers.count < sale->count && offers.count < FLASH_ENTRY_MOST; offers.count++)
        wanted[offers.count] =
            (struct entry_offer){sale->entries[offers.count].variant_id, sale->entries[offers.count].stock};
    for (; saved && offers.sold_count < saved->count && offers.sold_count < FLASH_ENTRY_MOST;
         offers.sold_count++)
        sold[offers.sold_count] = (struct entry_offer){saved->entries[offers.sold_count].variant_id,
                                                       saved->entries[offers.sold_count].sold};
    return entries_check_stock(ctx, &offers);
}

/* ---- the whole ---- */

static err examine(struct form_problems *problems, const struct flash_form *form, struct flash_sale *sale)
{
    err failure = flash_examine(problems->ctx, sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    failure = flash_check_stock(problems->ctx, sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    return form_problems_failure(problems);
}

err flash_check_goods(struct ctx *ctx, const struct flash_form *form)
{
    struct flash_sale sale = {0};
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    TRY(read_entries(&problems, form, &sale));
    return form_problems_failure(&problems);
}

err flash_of_form(struct ctx *ctx, const struct flash_form *form, bool is_whole, struct flash_sale *sale)
{
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    *sale = (struct flash_sale){.id = form->flash_id,
                                .version = form->version,
                                .status = PROMOTION_DRAFT,
                                .name = form->name,
                                .unpaid_minutes = form->unpaid_minutes,
                                .is_beside = form->is_beside};
    form_read_time(&problems, "starts_at", form->starts_at, &sale->starts_at);
    form_read_time(&problems, "ends_at", form->ends_at, &sale->ends_at);
    TRY(read_entries(&problems, form, sale));
    return is_whole ? examine(&problems, form, sale) : NULL;
}
