/* backoffice_entry_form.c - variants that take part in something, as people type them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_entry_form.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include <inttypes.h>

/* ---- what is wrong ---- */

void form_problems_open(struct form_problems *problems, struct ctx *ctx)
{
    *problems = (struct form_problems){.ctx = ctx};
    problems->end = &problems->first;
}

void form_complain(struct form_problems *problems, const char *field, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(problems->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *problems->end = problem;
    problems->end = &problem->next;
}

bool form_is_said(const struct form_problems *problems, const char *field)
{
    for (const struct field_problem *problem = problems->first; problem; problem = problem->next)
        if (text_is(problem->field, field))
            return true;
    return false;
}

err form_problems_failure(const struct form_problems *problems)
{
    return problems->first ? fail_fields(problems->ctx, problems->first) : NULL;
}

void form_read_time(struct form_problems *problems, const char *field, const char *text, int64_t *at)
{
    *at = 0;
    if (text[0] == 0)
        return;
    enum clock_reading read = clock_parse_local(text, problems->ctx->shop->zone, at);
    if (read == CLOCK_NO_TIME)
        form_complain(problems, field, "not-a-time", "give a time such as 2026-05-01T20:00");
    else if (read == CLOCK_SKIPPED)
        form_complain(problems, field, "clock-skipped", "clocks are put forward over this time");
}

/* ---- rows ---- */

static const struct entry_row *row_of(const struct field_rows *rows, size_t row)
{
    return (const struct entry_row *)rows->items + row;
}

static bool is_meant(const struct entry_row *row)
{
    return !row->is_left_out && (row->variant_id || row->sku[0]);
}

/* Entry n is the nth row that is meant. */
static size_t row_of_entry(const struct field_rows *rows, size_t entry)
{
    for (size_t row = 0, seen = 0; row < rows->count; row++)
        if (is_meant(row_of(rows, row)) && seen++ == entry)
            return row;
    return rows->count + entry;
}

static const char *form_field(struct ctx *ctx, const struct field_rows *rows, const char *field)
{
    size_t entry = 0;
    if (!text_starts(field, "entries."))
        return field;
    const char *at = field + strlen("entries.");
    for (; *at >= '0' && *at <= '9'; at++)
        entry = entry * 10 + (size_t)(*at - '0');
    return arena_format(ctx->arena, "entries.%zu%s", row_of_entry(rows, entry), at);
}

void entries_take_over(struct form_problems *problems, const struct field_rows *rows, err failure)
{
    for (const struct field_problem *one = failure ? failure->problems : NULL; one; one = one->next) {
        const char *field = form_field(problems->ctx, rows, one->field);
        if (!form_is_said(problems, field))
            form_complain(problems, field, one->code, one->message);
    }
}

err entries_failure(struct ctx *ctx, const struct field_rows *rows, err failure)
{
    struct form_problems problems;
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    form_problems_open(&problems, ctx);
    entries_take_over(&problems, rows, failure);
    return form_problems_failure(&problems);
}

/* ---- the goods ---- */

struct reading {
    struct form_problems *problems;
    const struct entry_form *form;
    struct entry_read *entries;
    size_t count;
};

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

static bool has_entry(const struct reading *reading, int64_t variant_id)
{
    for (size_t i = 0; i < reading->count; i++)
        if (reading->entries[i].variant_id == variant_id)
            return true;
    return false;
}

static void add_goods(struct reading *reading, const struct word_variant *found, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (has_entry(reading, found[i].variant_id))
            continue;
        if (reading->count == ENTRY_FORM_MOST) {
            form_complain(reading->problems, "goods", reading->form->too_many, "at most 50 variants");
            return;
        }
        reading->entries[reading->count++] =
            (struct entry_read){.variant_id = found[i].variant_id, .product_id = found[i].product_id};
    }
}

static err read_goods(struct reading *reading)
{
    struct ctx *ctx = reading->problems->ctx;
    const char *words[WORDS_MOST];
    struct word_variant *found;
    size_t have, count = split_words(ctx, reading->form->goods, words, WORDS_MOST);
    if (count == 0)
        return NULL;
    TRY(variant_find_words(ctx, words, count, &found, &have));
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < have && !text_is(found[at].sku, words[i]) && !text_is(found[at].handle, words[i]))
            at++;
        if (at == have && !form_is_said(reading->problems, "goods"))
            form_complain(reading->problems, "goods", "no-such-goods",
                          arena_format(ctx->arena, "%s: no product has this SKU or handle", words[i]));
    }
    add_goods(reading, found, have);
    return NULL;
}

/* Rows of programs name their variant by its SKU. */
static err find_skus(const struct reading *reading, struct word_variant **found, size_t *count)
{
    const char *words[WORDS_MOST];
    size_t wanted = 0;
    for (size_t i = 0; i < reading->form->rows->count && wanted < WORDS_MOST; i++) {
        const struct entry_row *row = row_of(reading->form->rows, i);
        if (is_meant(row) && !row->variant_id)
            words[wanted++] = row->sku;
    }
    return variant_find_words(reading->problems->ctx, words, wanted, found, count);
}

static int64_t variant_of(const struct entry_row *row, const struct word_variant *found, size_t count)
{
    for (size_t i = 0; !row->variant_id && i < count; i++)
        if (text_is(found[i].sku, row->sku))
            return found[i].variant_id;
    return row->variant_id;
}

/* Which product each entry belongs to: a row of a form knows only its variant. */
static err fill_products(const struct reading *reading)
{
    int64_t ids[ENTRY_FORM_MOST];
    const struct variant *variants[ENTRY_FORM_MOST];
    for (size_t i = 0; i < reading->count; i++)
        ids[i] = reading->entries[i].variant_id;
    if (reading->count > 0)
        TRY(variant_load_many(reading->problems->ctx, ids, reading->count, variants));
    for (size_t i = 0; i < reading->count; i++)
        if (variants[i])
            reading->entries[i].product_id = variants[i]->product_id;
    return NULL;
}

err entries_read(struct form_problems *problems, const struct entry_form *form, struct entry_read *entries,
                 size_t *count)
{
    struct reading reading = {.problems = problems, .form = form, .entries = entries};
    struct word_variant *found;
    size_t have;
    TRY(find_skus(&reading, &found, &have));
    for (size_t i = 0; i < form->rows->count && reading.count < ENTRY_FORM_MOST; i++) {
        const struct entry_row *row = row_of(form->rows, i);
        if (is_meant(row))
            entries[reading.count++] =
                (struct entry_read){.variant_id = variant_of(row, found, have), .row = *row};
    }
    TRY(read_goods(&reading));
    *count = reading.count;
    return fill_products(&reading);
}

/* ---- pieces ---- */

static int64_t sold_of(const struct entry_offers *offers, int64_t variant_id)
{
    int64_t sold = 0;
    for (size_t i = 0; i < offers->sold_count; i++)
        sold += offers->sold[i].variant_id == variant_id ? offers->sold[i].pieces : 0;
    return sold;
}

err entries_check_stock(struct ctx *ctx, const struct entry_offers *offers)
{
    struct form_problems problems;
    int64_t ids[ENTRY_FORM_MOST];
    struct stock stocks[ENTRY_FORM_MOST];
    if (offers->count == 0 || offers->count > ENTRY_FORM_MOST)
        return NULL;
    form_problems_open(&problems, ctx);
    for (size_t i = 0; i < offers->count; i++)
        ids[i] = offers->wanted[i].variant_id;
    TRY(stock_load_many(ctx, ids, offers->count, stocks));
    for (size_t i = 0; i < offers->count; i++) {
        int64_t there = offers->there(&stocks[i]);
        if (offers->wanted[i].pieces > there + sold_of(offers, offers->wanted[i].variant_id))
            form_complain(&problems, arena_format(ctx->arena, "entries.%zu.stock", i), offers->code,
                          arena_format(ctx->arena, "there are %" PRId64, there));
    }
    return form_problems_failure(&problems);
}
