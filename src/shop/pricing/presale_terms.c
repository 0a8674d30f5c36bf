/* presale_terms.c - what is wrong with a presale, by field. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/presale_parts.h"

#include "base/text.h"
#include "shop/pricing/overlap.h"
#include <inttypes.h>

struct findings {
    struct ctx *ctx;
    const struct presale *sale;
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

static void check_time(struct findings *findings, const char *field, int64_t at, int64_t from)
{
    if (at <= 0)
        find(findings, field, "required", "when?");
    else if (at <= from)
        find(findings, field, "presale-order", "this is before what must come first");
    else if (at > findings->ctx->now + PRESALE_HORIZON_MS)
        find(findings, field, "presale-far", "more than 400 days ahead");
}

/* Each window begins when the one before it is over, or later; what is promised comes last. */
static void check_times(struct findings *findings)
{
    const struct presale *sale = findings->sale;
    int64_t last = sale->ends_at;
    if (sale->starts_at <= 0)
        find(findings, "starts_at", "required", "when does it begin?");
    check_time(findings, "ends_at", sale->ends_at, sale->starts_at);
    if (sale->ends_at > sale->starts_at && sale->ends_at <= findings->ctx->now)
        find(findings, "ends_at", "is-over", "this moment has passed");
    if (sale->kind == PRESALE_DEPOSIT) {
        check_time(findings, "balance_from", sale->balance_from, sale->ends_at - 1);
        check_time(findings, "balance_until", sale->balance_until, sale->balance_from);
        last = sale->balance_until;
    }
    check_time(findings, "ships_on", sale->ships_by, last);
}

static void check_head(struct findings *findings)
{
    const struct presale *sale = findings->sale;
    if (text_is_blank(sale->name))
        find(findings, "name", "required", "buyers read it above the price");
    else if (utf8_length(sale->name, strlen(sale->name)) > PROMOTION_NAME_MOST)
        find(findings, "name", "too-long", "at most 60 characters");
    check_times(findings);
    if (sale->ahead_days < 0 || sale->ahead_days > PRESALE_AHEAD_MOST)
        find(findings, "ahead_days", "out-of-range", "0 to 60 days");
    if (sale->count == 0)
        find(findings, "entries", "presale-goods", "choose the goods that take part");
    if (sale->count > PRESALE_ENTRY_MOST)
        find(findings, "entries", "presale-many", "at most 50 variants");
}

static const char *decimal(struct findings *findings, int64_t amount)
{
    return money_decimal(findings->ctx->arena, money_of(amount, findings->ctx->shop->currency));
}

/* 民法典 第五百八十六条: a deposit is a fifth of what is to be paid at most. */
static void check_deposit(struct findings *findings, size_t place)
{
    const struct presale_entry *entry = &findings->sale->entries[place];
    int64_t pays = entry->price - presale_swell(entry);
    if (entry->deposit <= 0) {
        find(findings, entry_field(findings, place, "deposit"), "required", "how much is the deposit?");
        return;
    }
    if (entry->worth != 0 && entry->worth < entry->deposit)
        find(findings, entry_field(findings, place, "worth"), "presale-worth",
             "a deposit counts as much as it is, or more");
    else if (entry->price > 0 && entry->deposit > pays / PRESALE_DEPOSIT_PART)
        find(findings, entry_field(findings, place, "deposit"), "presale-deposit",
             arena_format(findings->ctx->arena, "at most a fifth of what is paid: %s",
                          decimal(findings, pays > 0 ? pays / PRESALE_DEPOSIT_PART : 0)));
}

static void check_price(struct findings *findings, size_t place, const struct variant *variant)
{
    const struct presale_entry *entry = &findings->sale->entries[place];
    const char *field = entry_field(findings, place, "price");
    if (entry->price <= 0)
        find(findings, field, "required", "what does one piece cost?");
    else if (variant && entry->price > variant->price)
        find(findings, field, "presale-price",
             arena_format(findings->ctx->arena, "at most the list price of %s",
                          decimal(findings, variant->price)));
    check_deposit(findings, place);
}

static void check_variant(struct findings *findings, size_t place, const struct variant *variant)
{
    const struct presale *sale = findings->sale;
    for (size_t i = 0; i < place; i++)
        if (sale->entries[i].variant_id == sale->entries[place].variant_id)
            find(findings, entry_field(findings, place, "sku"), "presale-twice",
                 "this variant is there twice");
    if (!variant)
        find(findings, entry_field(findings, place, "sku"), "no-such-variant", "this variant is gone");
    else if (variant->kind != PRODUCT_PHYSICAL)
        find(findings, entry_field(findings, place, "sku"), "presale-kind",
             "only what is sent in a parcel has a day on which it is sent");
}

static void check_entry(struct findings *findings, size_t place, const struct variant *variant)
{
    const struct presale_entry *entry = &findings->sale->entries[place];
    check_variant(findings, place, variant);
    if (findings->sale->kind == PRESALE_DEPOSIT)
        check_price(findings, place, variant);
    if (entry->stock <= 0)
        find(findings, entry_field(findings, place, "stock"), "required", "how many pieces?");
    else if (entry->stock > PRESALE_STOCK_MOST)
        find(findings, entry_field(findings, place, "stock"), "out-of-range", "at most 1000000 pieces");
    if (entry->person_most < 0 || entry->person_most > PRESALE_PERSON_MOST)
        find(findings, entry_field(findings, place, "person_most"), "out-of-range", "0 to 999 pieces");
}

static err check_entries(struct findings *findings)
{
    struct ctx *ctx = findings->ctx;
    const struct presale *sale = findings->sale;
    int64_t ids[PRESALE_ENTRY_MOST];
    const struct variant *variants[PRESALE_ENTRY_MOST];
    size_t count = sale->count < PRESALE_ENTRY_MOST ? sale->count : PRESALE_ENTRY_MOST;
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++)
        ids[i] = sale->entries[i].variant_id;
    TRY(variant_load_many(ctx, ids, count, variants));
    for (size_t i = 0; i < count; i++)
        check_entry(findings, i, variants[i]);
    return NULL;
}

/* Another presale, a flash sale or a group buy that is on, or was only paused, and has a variant at the same
 * time. */
static err check_overlap(struct findings *findings)
{
    const struct presale *sale = findings->sale;
    struct ctx *ctx = findings->ctx;
    struct db_rows *rows;
    if (sale->starts_at <= 0 || sale->ends_at <= sale->starts_at)
        return NULL;
    TRY(overlap_ask(ctx, sale->id, sale->starts_at, sale->ends_at, &rows));
    while (db_next(rows))
        for (size_t i = 0; i < sale->count && i < PRESALE_ENTRY_MOST; i++)
            if (sale->entries[i].variant_id == db_get_int(rows, 0))
                find(findings, entry_field(findings, i, "sku"), "presale-overlap",
                     arena_format(ctx->arena, "%s has this variant at the same time", db_get_text(rows, 1)));
    return NULL;
}

/* What was sold cannot be offered less. */
static err check_sold(struct findings *findings)
{
    const struct presale *sale = findings->sale;
    struct presale *saved;
    if (!sale->id)
        return NULL;
    TRY(presale_load(findings->ctx, sale->id, &saved));
    for (size_t i = 0; i < saved->count; i++)
        if (saved->entries[i].sold > 0 && saved->kind != sale->kind) {
            find(findings, "kind", "presale-kind-sold", "some are sold: how they are paid stays");
            break;
        }
    for (size_t i = 0; i < saved->count; i++) {
        const struct presale_entry *was = &saved->entries[i];
        size_t at = 0;
        while (at < sale->count && sale->entries[at].variant_id != was->variant_id)
            at++;
        if (at == sale->count && was->sold > 0)
            find(findings, "entries", "presale-sold", "a variant that has sold some cannot be left out");
        else if (at < sale->count && sale->entries[at].stock < was->sold)
            find(findings, entry_field(findings, at, "stock"), "presale-below-sold",
                 arena_format(findings->ctx->arena, "%" PRId64 " are sold already", was->sold));
    }
    return NULL;
}

err presale_examine(struct ctx *ctx, const struct presale *sale)
{
    struct findings findings = {.ctx = ctx, .sale = sale};
    findings.end = &findings.first;
    check_head(&findings);
    TRY(check_entries(&findings));
    TRY(check_overlap(&findings));
    TRY(check_sold(&findings));
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}
