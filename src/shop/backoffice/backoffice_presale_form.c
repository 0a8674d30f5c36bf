/* backoffice_presale_form.c - a presale as people type it: fields, and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_presale_form.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

#define GOODS_TEXT 3000
#define SKU_TEXT 80

static const struct field row_fields[] = {
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct presale_row, variant_id),
     .help = "The variant, or:"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct presale_row, sku),
     .maximum = SKU_TEXT,
     .help = "Its SKU"},
    {.name = "price",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct presale_row, price),
     .maximum = MONEY_MAX,
     .help = "What one piece costs, deposit and balance together"},
    {.name = "deposit",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct presale_row, deposit),
     .maximum = MONEY_MAX,
     .help = "Of one piece, paid first; a fifth of what is paid at most"},
    {.name = "worth",
     .kind = FIELD_MONEY,
     .offset = offsetof(struct presale_row, worth),
     .maximum = MONEY_MAX,
     .help = "What the deposit counts: more than it is, or 0 for what it is"},
    {.name = "stock",
     .kind = FIELD_INT,
     .offset = offsetof(struct presale_row, stock),
     .maximum = PRESALE_STOCK_MOST,
     .help = "Pieces that are sold ahead"},
    {.name = "person_most",
     .kind = FIELD_INT,
     .offset = offsetof(struct presale_row, person_most),
     .maximum = PRESALE_PERSON_MOST,
     .help = "Pieces of one buyer; 0 = any"},
    {.name = "left_out",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct presale_row, is_left_out),
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
         .row_size = sizeof(struct presale_row),                                                             \
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

/* ---- what is wrong with what was typed ---- */

struct reading {
    struct ctx *ctx;
    const struct presale_form *form;
    struct presale *sale;
    const struct field_problem *first;
    const struct field_problem **end;
};

static void complain(struct reading *reading, const char *field, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(reading->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *reading->end = problem;
    reading->end = &problem->next;
}

static bool is_said(const struct reading *reading, const char *field)
{
    for (const struct field_problem *problem = reading->first; problem; problem = problem->next)
        if (text_is(problem->field, field))
            return true;
    return false;
}

static void read_time(struct reading *reading, const char *field, const char *text, int64_t *at)
{
    *at = 0;
    if (text[0] == 0)
        return;
    enum clock_reading read = clock_parse_local(text, reading->ctx->shop->zone, at);
    if (read == CLOCK_NO_TIME)
        complain(reading, field, "not-a-time", "give a time such as 2026-05-01T20:00");
    else if (read == CLOCK_SKIPPED)
        complain(reading, field, "clock-skipped", "clocks are put forward over this time");
}

/* Until the last minute of the day. */
static void read_day(struct reading *reading, const char *text, int64_t *at)
{
    read_time(reading, "ships_on", text[0] ? arena_format(reading->ctx->arena, "%sT23:59", text) : "", at);
}

static const struct presale_row *row_of(const struct presale_form *form, size_t row)
{
    return (const struct presale_row *)form->entries.items + row;
}

static bool is_meant(const struct presale_row *row)
{
    return !row->is_left_out && (row->variant_id || row->sku[0]);
}

/* Entry n of the sale is the nth row that is meant. */
static size_t row_of_entry(const struct presale_form *form, size_t entry)
{
    for (size_t row = 0, seen = 0; row < form->entries.count; row++)
        if (is_meant(row_of(form, row)) && seen++ == entry)
            return row;
    return form->entries.count + entry;
}

/* ---- the goods ---- */

static size_t split_words(struct ctx *ctx, const char *text, const char **words, size_t most)
{
    char *copy = arena_copy_text(ctx->arena, text), *rest = NULL;
    size_t count = 0;
    for (char *word = strtok_r(copy, "\r\n", &rest); word && count < most;
         word = strtok_r(NULL, "\r\n", &rest)) {
        word = text_trim(ctx->arena, word);
        if (word[0])
            words[count++] = word;
    }
    return count;
}

static bool has_entry(const struct presale *sale, int64_t variant_id)
{
    for (size_t i = 0; i < sale->count; i++)
        if (sale->entries[i].variant_id == variant_id)
            return true;
    return false;
}

static void add_goods(struct reading *reading, const struct word_variant *found, size_t count)
{
    struct presale *sale = reading->sale;
    for (size_t i = 0; i < count; i++) {
        if (has_entry(sale, found[i].variant_id))
            continue;
        if (sale->count == PRESALE_ENTRY_MOST) {
            complain(reading, "goods", "presale-many", "at most 50 variants");
            return;
        }
        sale->entries[sale->count++] =
            (struct presale_entry){.variant_id = found[i].variant_id, .product_id = found[i].product_id};
    }
}

static err read_goods(struct reading *reading)
{
    const char *words[WORDS_MOST];
    struct word_variant *found;
    size_t have, count = split_words(reading->ctx, reading->form->goods, words, WORDS_MOST);
    if (count == 0)
        return NULL;
    TRY(variant_find_words(reading->ctx, words, count, &found, &have));
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < have && !text_is(found[at].sku, words[i]) && !text_is(found[at].handle, words[i]))
            at++;
        if (at == have && !is_said(reading, "goods"))
            complain(reading, "goods", "no-such-goods",
                     arena_format(reading->ctx->arena, "%s: no product has this SKU or handle", words[i]));
    }
    add_goods(reading, found, have);
    return NULL;
}

/* Rows of programs name their variant by its SKU. */
static err find_skus(struct reading *reading, struct word_variant **found, size_t *count)
{
    const char *words[PRESALE_ENTRY_MOST];
    size_t wanted = 0;
    for (size_t i = 0; i < reading->form->entries.count; i++) {
        const struct presale_row *row = row_of(reading->form, i);
        if (is_meant(row) && !row->variant_id && wanted < WORDS_MOST)
            words[wanted++] = row->sku;
    }
    return variant_find_words(reading->ctx, words, wanted, found, count);
}

static int64_t variant_of(const struct presale_row *row, const struct word_variant *found, size_t count)
{
    for (size_t i = 0; !row->variant_id && i < count; i++)
        if (text_is(found[i].sku, row->sku))
            return found[i].variant_id;
    return row->variant_id;
}

/* Which product each entry belongs to: a row of a form knows only its variant. */
static err fill_products(struct reading *reading)
{
    struct presale *sale = reading->sale;
    int64_t ids[PRESALE_ENTRY_MOST];
    const struct variant *variants[PRESALE_ENTRY_MOST];
    for (size_t i = 0; i < sale->count; i++)
        ids[i] = sale->entries[i].variant_id;
    if (sale->count > 0)
        TRY(variant_load_many(reading->ctx, ids, sale->count, variants));
    for (size_t i = 0; i < sale->count; i++)
        if (variants[i])
            sale->entries[i].product_id = variants[i]->product_id;
    return NULL;
}

static err read_entries(struct reading *reading)
{
    struct presale *sale = reading->sale;
    struct word_variant *found;
    size_t count;
    bool is_deposit = sale->kind == PRESALE_DEPOSIT;
    sale->entries = arena_alloc_many(reading->ctx->arena, PRESALE_ENTRY_MOST, sizeof *sale->entries);
    TRY(find_skus(reading, &found, &count));
    for (size_t i = 0; i < reading->form->entries.count && sale->count < PRESALE_ENTRY_MOST; i++) {
        const struct presale_row *row = row_of(reading->form, i);
        if (is_meant(row))
            sale->entries[sale->count++] = (struct presale_entry){.variant_id = variant_of(row, found, count),
                                                                  .price = is_deposit ? row->price : 0,
                                                                  .deposit = is_deposit ? row->deposit : 0,
                                                                  .worth = is_deposit ? row->worth : 0,
                                                                  .stock = row->stock,
                                                                  .person_most = row->person_most};
    }
    TRY(read_goods(reading));
    return fill_products(reading);
}

/* ---- the sale ---- */

/* entries.1.price of the sale is a row of the form. */
static const char *form_field(struct ctx *ctx, const struct presale_form *form, const char *field)
{
    size_t entry = 0;
    if (!text_starts(field, "entries."))
        return field;
    const char *at = field + strlen("entries.");
    for (; *at >= '0' && *at <= '9'; at++)
        entry = entry * 10 + (size_t)(*at - '0');
    return arena_format(ctx->arena, "entries.%zu%s", row_of_entry(form, entry), at);
}

static void take_over(struct reading *reading, err failure)
{
    for (const struct field_problem *one = failure ? failure->problems : NULL; one; one = one->next) {
        const char *field = form_field(reading->ctx, reading->form, one->field);
        if (!is_said(reading, field))
            complain(reading, field, one->code, one->message);
    }
}

err presale_form_failure(struct ctx *ctx, const struct presale_form *form, err failure)
{
    struct reading reading = {.ctx = ctx, .form = form};
    reading.end = &reading.first;
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    take_over(&reading, failure);
    return fail_fields(ctx, reading.first);
}

err presale_check_stock(struct ctx *ctx, const struct presale *sale)
{
    struct presale seen = *sale, *saved = NULL;
    struct reading reading = {.ctx = ctx, .sale = &seen};
    int64_t ids[PRESALE_ENTRY_MOST];
    struct stock stocks[PRESALE_ENTRY_MOST];
    reading.end = &reading.first;
    if (sale->count == 0 || sale->count > PRESALE_ENTRY_MOST)
        return NULL;
    if (sale->id)
        TRY(presale_load(ctx, sale->id, &saved));
    for (size_t i = 0; i < sale->count; i++)
        ids[i] = sale->entries[i].variant_id;
    TRY(stock_load_many(ctx, ids, sale->count, stocks));
    for (size_t i = 0; i < sale->count; i++) {
        int64_t sold = 0;
        for (size_t j = 0; saved && j < saved->count; j++)
            sold += saved->entries[j].variant_id == ids[i] ? saved->entries[j].sold : 0;
        if (sale->entries[i].stock > stock_orderable(&stocks[i]) + sold)
            complain(&reading, arena_format(ctx->arena, "entries.%zu.stock", i), "presale-stock",
                     arena_format(ctx->arena, "there are %" PRId64, stock_orderable(&stocks[i])));
    }
    return reading.first ? fail_fields(ctx, reading.first) : NULL;
}

static err examine(struct reading *reading)
{
    err failure = presale_examine(reading->ctx, reading->sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    take_over(reading, failure);
    failure = presale_check_stock(reading->ctx, reading->sale);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    take_over(reading, failure);
    return reading->first ? fail_fields(reading->ctx, reading->first) : NULL;
}

err presale_check_goods(struct ctx *ctx, const struct presale_form *form)
{
    struct presale sale = {0};
    struct reading reading = {.ctx = ctx, .form = form, .sale = &sale};
    reading.end = &reading.first;
    TRY(read_entries(&reading));
    return reading.first ? fail_fields(ctx, reading.first) : NULL;
}

err presale_of_form(struct ctx *ctx, const struct presale_form *form, bool is_whole, struct presale *sale)
{
    struct reading reading = {.ctx = ctx, .form = form, .sale = sale};
    reading.end = &reading.first;
    *sale = (struct presale){.id = form->presale_id,
                             .version = form->version,
                             .status = PROMOTION_DRAFT,
                             .name = form->name,
                             .kind = form->kind ? (enum presale_kind)form->kind : PRESALE_DEPOSIT,
                             .ahead_days = form->ahead_days};
    read_time(&reading, "starts_at", form->starts_at, &sale->starts_at);
    read_time(&reading, "ends_at", form->ends_at, &sale->ends_at);
    if (sale->kind == PRESALE_DEPOSIT) {
        read_time(&reading, "balance_from", form->balance_from, &sale->balance_from);
        read_time(&reading, "balance_until", form->balance_until, &sale->balance_until);
    }
    read_day(&reading, form->ships_on, &sale->ships_by);
    TRY(read_entries(&reading));
    return is_whole ? examine(&reading) : NULL;
}
