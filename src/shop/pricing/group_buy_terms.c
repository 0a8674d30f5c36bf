/* group_buy_terms.c - what is wrong with a group buy, by field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy_parts.h"

#include "base/text.h"
#include "shop/pricing/overlap.h"
#include "shop/pricing/promotion_parts.h"
#include <inttypes.h>

static const char *entry_field(struct findings *findings, size_t place, const char *name)
{
    return arena_format(findings->ctx->arena, "entries.%zu.%s", place, name);
}

static void check_times(struct findings *findings, const struct group_buy *buy)
{
    if (buy->starts_at <= 0)
        findings_add(findings, "starts_at", "required", "when does it begin?");
    if (buy->ends_at <= 0)
        findings_add(findings, "ends_at", "required", "when does it end?");
    else if (buy->ends_at <= buy->starts_at)
        findings_add(findings, "ends_at", "before-start", "it ends before it begins");
    else if (buy->ends_at <= findings->ctx->now)
        findings_add(findings, "ends_at", "is-over", "this moment has passed");
}

static void check_head(struct findings *findings, const struct group_buy *buy)
{
    if (text_is_blank(buy->name))
        findings_add(findings, "name", "required", "buyers read it above the price");
    else if (utf8_length(buy->name, strlen(buy->name)) > PROMOTION_NAME_MOST)
        findings_add(findings, "name", "too-long", "at most 60 characters");
    check_times(findings, buy);
    if (buy->size < GROUP_SIZE_LEAST || buy->size > GROUP_SIZE_MOST)
        findings_add(findings, "size", "group-size", "2 to 100 people");
    if (buy->hours < 1 || buy->hours > GROUP_HOURS_MOST)
        findings_add(findings, "hours", "group-hours", "1 to 72 hours");
    if (buy->count == 0)
        findings_add(findings, "entries", "group-goods", "choose the goods that take part");
    if (buy->count > GROUP_ENTRY_MOST)
        findings_add(findings, "entries", "group-many", "at most 50 variants");
}

static void check_numbers(struct findings *findings, size_t place, const struct group_entry *entry)
{
    if (entry->stock <= 0)
        findings_add(findings, entry_field(findings, place, "stock"), "required", "how many pieces?");
    else if (entry->stock > GROUP_STOCK_MOST)
        findings_add(findings, entry_field(findings, place, "stock"), "out-of-range",
                     "at most 1000000 pieces");
    if (entry->person_most < 0 || entry->person_most > GROUP_PERSON_MOST)
        findings_add(findings, entry_field(findings, place, "person_most"), "out-of-range",
                     "0 to 999 pieces");
}

static void check_entry(struct findings *findings, const struct group_buy *buy, size_t place,
                        const struct variant *variant)
{
    const struct group_entry *entry = &buy->entries[place];
    struct ctx *ctx = findings->ctx;
    for (size_t i = 0; i < place; i++)
        if (buy->entries[i].variant_id == entry->variant_id)
            findings_add(findings, entry_field(findings, place, "sku"), "group-twice",
                         "this variant is there twice");
    if (!variant)
        findings_add(findings, entry_field(findings, place, "sku"), "no-such-variant",
                     "this variant is gone");
    if (entry->price <= 0)
        findings_add(findings, entry_field(findings, place, "price"), "required",
                     "what does one piece cost?");
    else if (variant && entry->price >= variant->price)
        findings_add(findings, entry_field(findings, place, "price"), "group-price",
                     arena_format(ctx->arena, "below the list price of %s",
                                  money_decimal(ctx->arena, money_of(variant->price, ctx->shop->currency))));
    check_numbers(findings, place, entry);
}

static err check_entries(struct findings *findings, const struct group_buy *buy)
{
    int64_t ids[GROUP_ENTRY_MOST];
    const struct variant *variants[GROUP_ENTRY_MOST];
    size_t count = buy->count < GROUP_ENTRY_MOST ? buy->count : GROUP_ENTRY_MOST;
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        ids[i] = buy->entries[i].variant_id;
    TRY(variant_load_many(findings->ctx, ids, count, variants));
    for (size_t i = 0; i < count; i++)
        check_entry(findings, buy, i, variants[i]);
    return NULL;
}

static void find_overlaps(struct findings *findings, const struct group_buy *buy, struct db_rows *rows)
{
    while (db_next(rows))
        for (size_t i = 0; i < buy->count && i < GROUP_ENTRY_MOST; i++)
            if (buy->entries[i].variant_id == db_get_int(rows, 0))
                findings_add(findings, entry_field(findings, i, "sku"), "group-overlap",
                             arena_format(findings->ctx->arena, "%s has this variant at the same time",
                                          db_get_text(rows, 1)));
}

/* Another activity that is on or was only paused and has a variant at the same time. */
static err check_overlap(struct findings *findings, const struct group_buy *buy)
{
    struct ctx *ctx = findings->ctx;
    struct db_rows *rows;
    if (buy->starts_at <= 0 || buy->ends_at <= buy->starts_at)
        return NULL;
    TRY(overlap_ask(ctx, buy->id, buy->starts_at, buy->ends_at, &rows));
    find_overlaps(findings, buy, rows);
    return NULL;
}

/* What was sold cannot be offered less. */
static err check_sold(struct findings *findings, const struct group_buy *buy)
{
    struct group_buy *saved;
    if (!buy->id)
        return NULL;
    TRY(group_buy_load(findings->ctx, buy->id, &saved));
    for (size_t i = 0; i < saved->count; i++) {
        const struct group_entry *was = &saved->entries[i];
        size_t at = 0;
        while (at < buy->count && buy->entries[at].variant_id != was->variant_id)
            at++;
        if (at == buy->count && was->sold > 0)
            findings_add(findings, "entries", "group-sold",
                         "a variant that has sold some cannot be left out");
        else if (at < buy->count && buy->entries[at].stock < was->sold)
            findings_add(findings, entry_field(findings, at, "stock"), "group-below-sold",
                         arena_format(findings->ctx->arena, "%" PRId64 " are sold already", was->sold));
    }
    return NULL;
}

err group_buy_examine(struct ctx *ctx, const struct group_buy *buy)
{
    struct findings findings = {.ctx = ctx};
    findings.end = &findings.first;
    check_head(&findings, buy);
    TRY(check_entries(&findings, buy));
    TRY(check_overlap(&findings, buy));
    TRY(check_sold(&findings, buy));
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}
