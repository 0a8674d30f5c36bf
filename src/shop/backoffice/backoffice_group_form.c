/* backoffice_group_form.c - a group buy as people type it: fields, and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_group_form.h"

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
     .help = "What one piece costs in a group"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, stock),
     .maximum = GROUP_STOCK_MOST,
     .help = "Pieces that are sold at this price"},
    {.name = "person_most",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, person_most),
     .maximum = GROUP_PERSON_MOST,
     .help = "Pieces of one buyer; 0 = any"},
    {.name = "left_out",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct entry_row, is_left_out),
     .help = "For pages: this row is not meant"},
    {0},
};

#define TEXT_FIELD(member, length, words)                                                                    \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct group_form, member),                  \
        .maximum = (length), .help = (words)                                                                 \
    }
#define FORM_FIELDS                                                                                          \
    TEXT_FIELD(name, PROMOTION_NAME_MOST, "What buyers read"),                                               \
        TEXT_FIELD(starts_at, 32, "Local time of the shop: 2026-05-01T20:00"),                               \
        TEXT_FIELD(ends_at, 32, "The moment it ends, not counted itself"),                                   \
        {.name = "size",                                                                                     \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct group_form, size),                                                        \
         .maximum = 1000,                                                                                    \
         .help = "People in a group, 2 to 100"},                                                             \
        {.name = "hours",                                                                                    \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct group_form, hours),                                                       \
         .maximum = 1000,                                                                                    \
         .otherwise = GROUP_HOURS_USUAL,                                                                     \
         .help = "Hours to fill a group, 1 to 72"},                                                          \
        {.name = "is_listed",                                                                                \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct group_form, is_listed),                                                   \
         .help = "Open groups stand on the page of the product, for strangers to join"},                     \
        {.name = "entries",                                                                                  \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct group_form, entries),                                                     \
         .maximum = GROUP_ENTRY_MOST,                                                                        \
         .rows = row_fields,                                                                                 \
         .row_size = sizeof(struct entry_row),                                                               \
         .help = "The variants that take part"},                                                             \
    {                                                                                                        \
        .name = "goods", .kind = FIELD_LONG, .offset = offsetof(struct group_form, goods),                   \
        .maximum = GOODS_TEXT, .help = "More variants by SKU, or all of a product by its handle, one a line" \
    }
#define VERSION_FIELD                                                                                        \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct group_form, version),                \
        .maximum = INT64_MAX, .help = "The version that was read"                                            \
    }

const struct field group_create_fields[] = {FORM_FIELDS, {0}};
const struct field group_change_fields[] = {{.name = "id",
                                             .kind = FIELD_ID,
                                             .offset = offsetof(struct group_form, group_buy_id),
                                             .is_required = true,
                                             .help = "The group buy"},
                                            VERSION_FIELD,
                                            FORM_FIELDS,
                                            {0}};
const struct field group_preview_fields[] = {{.name = "group",
                                              .kind = FIELD_ID,
                                              .offset = offsetof(struct group_form, group_buy_id),
                                              .help = "The group buy, when it is there already"},
                                             VERSION_FIELD,
                                             FORM_FIELDS,
                                             {0}};

/* ---- entries ---- */

static err read_entries(struct form_problems *problems, const struct group_form *form, struct group_buy *buy)
{
    struct entry_form rows = {&form->entries, form->goods, "group-many"};
    struct entry_read read[GROUP_ENTRY_MOST];
    TRY(entries_read(problems, &rows, read, &buy->count));
    buy->entries = arena_alloc_many(problems->ctx->arena, GROUP_ENTRY_MOST, sizeof *buy->entries);
    for (size_t i = 0; i < buy->count; i++)
        buy->entries[i] = (struct group_entry){.variant_id = read[i].variant_id,
                                               .product_id = read[i].product_id,
                                               .price = read[i].row.price,
                                               .stock = read[i].row.stock,
                                               .person_most = read[i].row.person_most};
    return NULL;
}

err group_form_failure(struct ctx *ctx, const struct group_form *form, err failure)
{
    return entries_failure(ctx, &form->entries, failure);
}

err group_check_stock(struct ctx *ctx, const struct group_buy *buy)
{
    struct entry_offer wanted[GROUP_ENTRY_MOST], sold[GROUP_ENTRY_MOST];
    struct entry_offers offers = {wanted, 0, sold, 0, stock_available, "group-stock"};
    struct group_buy *saved = NULL;
    if (buy->id)
        TRY(group_buy_load(ctx, buy->id, &saved));
    for (; offers.count < buy->count && offers.count < GROUP_ENTRY_MOST; offers.count++)
        wanted[offers.count] =
            (struct entry_offer){buy->entries[offers.count].variant_id, buy->entries[offers.count].stock};
    for (; saved && offers.sold_count < saved->count && offers.sold_count < GROUP_ENTRY_MOST;
         offers.sold_count++)
        sold[offers.sold_count] = (struct entry_offer){saved->entries[offers.sold_count].variant_id,
                                                       saved->entries[offers.sold_count].sold};
    return entries_check_stock(ctx, &offers);
}

/* ---- the whole ---- */

static err examine(struct form_problems *problems, const struct group_form *form, struct group_buy *buy)
{
    err failure = group_buy_examine(problems->ctx, buy);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    failure = group_check_stock(problems->ctx, buy);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    return form_problems_failure(problems);
}

err group_check_goods(struct ctx *ctx, const struct group_form *form)
{
    struct group_buy buy = {0};
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    TRY(read_entries(&problems, form, &buy));
    return form_problems_failure(&problems);
}

err group_of_form(struct ctx *ctx, const struct group_form *form, bool is_whole, struct group_buy *buy)
{
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    *buy = (struct group_buy){.id = form->group_buy_id,
                              .version = form->version,
                              .status = PROMOTION_DRAFT,
                              .name = form->name,
                              .size = form->size,
                              .hours = form->hours,
                              .is_listed = form->is_listed};
    form_read_time(&problems, "starts_at", form->starts_at, &buy->starts_at);
    form_read_time(&problems, "ends_at", form->ends_at, &buy->ends_at);
    TRY(read_entries(&problems, form, buy));
    return is_whole ? examine(&problems, form, buy) : NULL;
}
