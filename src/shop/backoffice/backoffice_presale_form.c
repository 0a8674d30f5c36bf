/* backoffice_presale_form.c - a presale as people type it: fields, and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_presale_form.h"

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
     .help = "What one piece costs, deposit and balance together"},
    {.name = "deposit",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct entry_row, deposit),
     .maximum = MONEY_MAX,
     .help = "Of one piece, paid first; a fifth of what is paid at most"},
    {.name = "worth",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct entry_row, worth),
     .maximum = MONEY_MAX,
     .help = "What the deposit counts: more than it is, or 0 for what it is"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, stock),
     .maximum = PRESALE_STOCK_MOST,
     .help = "Pieces that are sold ahead"},
    {.name = "person_most",
     .kind = FIELD_INT,
     .offset = offsetof(struct entry_row, person_most),
     .maximum = PRESALE_PERSON_MOST,
     .help = "Pieces of one buyer; 0 = any"},
    {.name = "left_out",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct entry_row, is_left_out),
     .help = "For pages: this row is not meant"},
    {0},
};

#define TEXT_FIELD(member, length, words)                                                                    \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct presale_form, member),                \
        .maximum = (length), .help = (words)                                                                 \
    }
#define FORM_FIELDS                                                                                          \
    TEXT_FIELD(name, PROMOTION_NAME_MOST, "What buyers read"),                                               \
        TEXT_FIELD(starts_at, 32, "Local time of the shop: 2026-05-01T20:00"),                               \
        TEXT_FIELD(ends_at, 32, "The moment it ends, not counted itself"),                                   \
        TEXT_FIELD(balance_from, 32, "From when on the balance can be paid; left out when paid whole"),      \
        TEXT_FIELD(balance_until, 32, "The moment its time is over"),                                        \
        TEXT_FIELD(ships_on, 10, "The day by which it is sent, local: 2026-06-01"),                          \
        {.name = "kind",                                                                                     \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct presale_form, kind),                                                      \
         .choices = presale_kind_names,                                                                      \
         .help = "deposit: paid in two parts, at a price of its own; whole: at once, at the usual price"},   \
        {.name = "ahead_days",                                                                               \
         .kind = FIELD_INT,                                                                                  \
         .offset = offsetof(struct presale_form, ahead_days),                                                \
         .maximum = 1000,                                                                                    \
         .otherwise = PRESALE_AHEAD_USUAL,                                                                   \
         .help = "Days before that from which on orders are among those to be packed, 0 to 60"},             \
        {.name = "entries",                                                                                  \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct presale_form, entries),                                                   \
         .maximum = PRESALE_ENTRY_MOST,                                                                      \
         .rows = row_fields,                                                                                 \
         .row_size = sizeof(struct entry_row),                                                               \
         .help = "The variants that take part"},                                                             \
    {                                                                                                        \
        .name = "goods", .kind = FIELD_LONG, .offset = offsetof(struct presale_form, goods),                 \
        .maximum = GOODS_TEXT, .help = "More variants by SKU, or all of a product by its handle, one a line" \
    }
#define VERSION_FIELD                                                                                        \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct presale_form, version),              \
        .maximum = INT64_MAX, .help = "The version that was read"                                            \
    }

const struct field presale_create_fields[] = {FORM_FIELDS, {0}};
const struct field presale_change_fields[] = {{.name = "id",
                                               .kind = FIELD_ID,
                                               .offset = offsetof(struct presale_form, presale_id),
                                               .is_required = true,
                                               .help = "The presale"},
                                              VERSION_FIELD,
                                              FORM_FIELDS,
                                              {0}};
const struct field presale_preview_fields[] = {{.name = "presale",
                                                .kind = FIELD_ID,
                                                .offset = offsetof(struct presale_form, presale_id),
                                                .help = "The presale, when it is there already"},
                                               VERSION_FIELD,
                                               FORM_FIELDS,
                                               {0}};

/* ---- entries ---- */

static err read_entries(struct form_problems *problems, const struct presale_form *form, struct presale *sale)
{
    struct entry_form rows = {&form->entries, form->goods, "presale-many"};
    struct entry_read read[PRESALE_ENTRY_MOST];
    bool is_deposit = sale->kind == PRESALE_DEPOSIT;
    TRY(entries_read(problems, &rows, read, &sale->count));
    sale->entries = arena_alloc_many(problems->ctx->arena, PRESALE_ENTRY_MOST, sizeof *sale->entries);
    for (size_t i = 0; i < sale->count; i++)
        sale->entries[i] = (struct presale_entry){.variant_id = read[i].variant_id,
                                                  .product_id = read[i].product_id,
                                                  .price = is_deposit ? read[i].row.price : 0,
                                                  .deposit = is_deposit ? read[i].row.deposit : 0,
                                                  .worth = is_deposit ? read[i].row.worth : 0,
                                                  .stock = read[i].row.stock,
                                                  .person_most = read[i].row.person_most};
    return NULL;
}

err presale_form_failure(struct ctx *ctx, const struct presale_form *form, err failure)
{
    return entries_failure(ctx, &form->entries, failure);
}

err presale_check_stock(struct ctx *ctx, const struct presale *sale)
{
    struct entry_offer wanted[PRESALE_ENTRY_MOST], sold[PRESALE_ENTRY_MOST];
    struct entry_offers offers = {wanted, 0, sold, 0, stock_orderable, "presale-stock"};
    struct presale *saved = NULL;
    if (sale->id)
        TRY(presale_load(ctx, sale->id, &saved));
    for (; offers.count < sale->count && offers.count < PRESALE_ENTRY_MOST; offers.count++)
        wanted[offers.count] =
            (struct entry_offer){sale->entries[offers.count].variant_id, sale->entries[offers.count].stock};
    for (; saved && offers.sold_count < saved->count && offers.sold_count < PRESALE_ENTRY_MOST;
         offers.sold_count++)
        sold[offers.sold_count] = (struct entry_offer){saved->entries[offers.sold_count].variant_id,
                                                       saved->entries[offers.sold_count].sold};
    return entries_check_stock(ctx, &offers);
}

/* ---- the whole ---- */

static err examine(struct form_problems *problems, const struct presale_form *form, struct presale *sale)
{
    err failure = presale_examine(problems->ctx, sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    failure = presale_check_stock(problems->ctx, sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    entries_take_over(problems, &form->entries, failure);
    return form_problems_failure(problems);
}

err presale_check_goods(struct ctx *ctx, const struct presale_form *form)
{
    struct presale sale = {0};
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    TRY(read_entries(&problems, form, &sale));
    return form_problems_failure(&problems);
}

/* Until the last minute of the day. */
static void read_day(struct form_problems *problems, const char *text, int64_t *at)
{
    form_read_time(problems, "ships_on", text[0] ? arena_format(problems->ctx->arena, "%sT23:59", text) : "",
                   at);
}

err presale_of_form(struct ctx *ctx, const struct presale_form *form, bool is_whole, struct presale *sale)
{
    struct form_problems problems;
    form_problems_open(&problems, ctx);
    *sale = (struct presale){.id = form->presale_id,
                             .version = form->version,
                             .status = PROMOTION_DRAFT,
                             .name = form->name,
                             .kind = form->kind ? (enum presale_kind)form->kind : PRESALE_DEPOSIT,
                             .ahead_days = form->ahead_days};
    form_read_time(&problems, "starts_at", form->starts_at, &sale->starts_at);
    form_read_time(&problems, "ends_at", form->ends_at, &sale->ends_at);
    if (sale->kind == PRESALE_DEPOSIT) {
        form_read_time(&problems, "balance_from", form->balance_from, &sale->balance_from);
        form_read_time(&problems, "balance_until", form->balance_until, &sale->balance_until);
    }
    read_day(&problems, form->ships_on, &sale->ships_by);
    TRY(read_entries(&problems, form, sale));
    return is_whole ? examine(&problems, form, sale) : NULL;
}
