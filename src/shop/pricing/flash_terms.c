/* flash_terms.c - what is wrong with a flash sale, by field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash_parts.h"
#include "shop/pricing/overlap.h"

#include "base/text.h"
#include <inttypes.h>

struct findings {
    struct ctx *ctx;
    const struct flash_sale *sale;
    const struct field_problem *first;
    const struct field_problem **end;
};

static void find(struct findings *findings, const char *field, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(findings->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *findings->end = problem;
    findings->end = &problem->next;
}

static const char *entry_field(struct findings *findings, size_t place, const char *name)
{
    return arena_format(findings->ctx->arena, "entries.%zu.%s", place, name);
}

static void check_head(struct findings *findings)
{
    const struct flash_sale *sale = findings->sale;
    if (text_is_blank(sale->name))
        find(findings, "name", "required", "buyers read it above the price");
    else if (utf8_length(sale->name, strlen(sale->name)) > PROMOTION_NAME_MOST)
        find(findings, "name", "too-long", "at most 60 characters");
    if (sale->starts_at <= 0)
        find(findings, "starts_at", "required", "when does it begin?");
    if (sale->ends_at <= 0)
        find(findings, "ends_at", "required", "when does it end?");
    else if (sale->ends_at <= sale->starts_at)
        find(findings, "ends_at", "before-start", "it ends before it begins");
    else if (sale->ends_at <= findings->ctx->now)
        find(findings, "ends_at", "is-over", "this moment has passed");
    if (sale->unpaid_minutes < 1 || sale->unpaid_minutes > FLASH_MINUTES_MOST)
        find(findings, "unpaid_minutes", "flash-minutes", "1 to 60 minutes");
    if (sale->count == 0)
        find(findings, "entries", "flash-goods", "choose the goods that take part");
    if (sale->count > FLASH_ENTRY_MOST)
        find(findings, "entries", "flash-many", "at most 50 variants");
}

static void check_entry(struct findings *findings, size_t place, const struct variant *variant)
{
    const struct flash_entry *entry = &findings->sale->entries[place];
    for (size_t i = 0; i < place; i++)
        if (findings->sale->entries[i].variant_id == entry->variant_id)
            find(findings, entry_field(findings, place, "sku"), "flash-twice", "this variant is there twice");
    if (!variant)
        find(findings, entry_field(findings, place, "sku"), "no-such-variant", "this variant is gone");
    if (entry->price <= 0)
        find(findings, entry_field(findings, place, "price"), "required", "what does one piece cost?");
    else if (variant && entry->price >= variant->price)
        find(findings, entry_field(findings, place, "price"), "flash-price",
             arena_format(findings->ctx->arena, "below the list price of %s",
                          money_decimal(findings->ctx->arena,
                                        money_of(variant->price, findings->ctx->shop->currency))));
    if (entry->stock <= 0)
        find(findings, entry_field(findings, place, "stock"), "required", "how many pieces?");
    else if (entry->stock > FLASH_STOCK_MOST)
        find(findings, entry_field(findings, place, "stock"), "out-of-range", "at most 1000000 pieces");
    if (entry->person_most < 0 || entry->person_most > FLASH_PERSON_MOST)
        find(findings, entry_field(findings, place, "person_most"), "out-of-range", "0 to 999 pieces");
}

static err check_entries(struct findings *findings)
{
    struct ctx *ctx = findings->ctx;
    const struct flash_sale *sale = findings->sale;
    int64_t ids[FLASH_ENTRY_MOST];
    const struct variant *variants[FLASH_ENTRY_MOST];
    size_t count = sale->count < FLASH_ENTRY_MOST ? sale->count : FLASH_ENTRY_MOST;
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        ids[i] = sale->entries[i].variant_id;
    TRY(variant_load_many(ctx, ids, count, variants));
    for (size_t i = 0; i < count; i++)
        check_entry(findings, i, variants[i]);
    return NULL;
}

static void find_overlaps(struct findings *findings, struct db_rows *rows)
{
    const struct flash_sale *sale = findings->sale;
    struct ctx *ctx = findings->ctx;
    while (db_next(rows))
        for (size_t i = 0; i < sale->count && i < FLASH_ENTRY_MOST; i++)
            if (sale->entries[i].variant_id == db_get_int(rows, 0))
                find(findings, entry_field(findings, i, "sku"), "flash-overlap",
                     arena_format(ctx->arena, "%s has this variant at the same time", db_get_text(rows, 1)));
}

/* Another sale, a presale or a group buy that is on, or was only paused, and has a variant at the same time.
 */
static err check_overlap(struct findings *findings)
{
    const struct flash_sale *sale = findings->sale;
    struct ctx *ctx = findings->ctx;
    struct db_rows *rows;
    if (sale->starts_at <= 0 || sale->ends_at <= sale->starts_at)
        return NULL;
    TRY(overlap_ask(ctx, sale->id, sale->starts_at, sale->ends_at, &rows));
    find_overlaps(findings, rows);
    return NULL;
}

/* What was sold cannot be offered less. */
static err check_sold(struct findings *findings)
{
    const struct flash_sale *sale = findings->sale;
    struct flash_sale *saved;
    if (!sale->id)
        return NULL;
    TRY(flash_load(findings->ctx, sale->id, &saved));
    for (size_t i = 0; i < saved->count; i++) {
        const struct flash_entry *was = &saved->entries[i];
        size_t at = 0;
        while (at < sale->count && sale->entries[at].variant_id != was->variant_id)
            at++;
        if (at == sale->count && was->sold > 0)
            find(findings, "entries", "flash-sold", "a variant that has sold some cannot be left out");
        else if (at < sale->count && sale->entries[at].stock < was->sold)
            find(findings, entry_field(findings, at, "stock"), "flash-below-sold",
                 arena_format(findings->ctx->arena, "%" PRId64 " are sold already", was->sold));
    }
    return NULL;
}

err flash_examine(struct ctx *ctx, const struct flash_sale *sale)
{
    struct findings findings = {.ctx = ctx, .sale = sale};
    findings.end = &findings.first;
    check_head(&findings);
    TRY(check_entries(&findings));
    TRY(check_overlap(&findings));
    TRY(check_sold(&findings));
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}
