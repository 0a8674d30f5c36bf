/* seed_activities.c - flash sales, a presale, a group buy and freight of the demo shop. Their times are
 * counted from the moment of seeding, so that something of each is always on. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_facts.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/freight/freight.h"
#include "shop/pricing/pricing.h"

#define ENTRIES_MOST 10
#define AHEAD_DAYS 3

static int64_t number(const struct value *item, const char *name)
{
    return value_find_int(item, name, 0);
}

/* The start of a day in so many days. */
static int64_t day(const struct ctx *ctx, int64_t days)
{
    return clock_day_shift(ctx->now, days, ctx->shop->zone);
}

/* The variants of the entries of one activity. */
struct wares {
    const struct variant *variants[ENTRIES_MOST];
    size_t count;
};

static err find_wares(struct ctx *ctx, const struct value *entries, struct wares *wares)
{
    const char *skus[ENTRIES_MOST];
    int64_t ids[ENTRIES_MOST];
    wares->count = value_count(entries) < ENTRIES_MOST ? value_count(entries) : ENTRIES_MOST;
    for (size_t i = 0; i < wares->count; i++)
        skus[i] = value_find_text(value_at(entries, i), "sku");
    TRY(variant_find_by_sku_many(ctx, skus, wares->count, ids));
    TRY(variant_load_many(ctx, ids, wares->count, wares->variants));
    for (size_t i = 0; i < wares->count; i++)
        if (!wares->variants[i])
            return fail_with(ctx, ERR_INVALID, "catalog.json: no variant \"%s\"", skus[i]);
    return NULL;
}

/* ---- flash sales ---- */

/* One round after another: each begins when the one before it ends. */
static err create_round(struct ctx *ctx, const struct value *item, const struct wares *wares, int64_t round)
{
    struct flash_entry entries[ENTRIES_MOST];
    int64_t days = number(item, "days");
    for (size_t i = 0; i < wares->count; i++) {
        const struct value *entry = value_at(value_find(item, "entries"), i);
        entries[i] = (struct flash_entry){.variant_id = wares->variants[i]->id,
                                          .product_id = wares->variants[i]->product_id,
                                          .price = number(entry, "price"),
                                          .stock = number(entry, "stock"),
                                          .person_most = number(entry, "person_most")};
    }
    struct flash_sale sale = {.name = value_find_text(item, "name"),
                              .starts_at = round == 0 ? ctx->now : day(ctx, round * days),
                              .ends_at = day(ctx, (round + 1) * days),
                              .unpaid_minutes = number(item, "unpaid_minutes"),
                              .entries = entries,
                              .count = wares->count};
    TRY(flash_save(ctx, &sale));
    return flash_change_status(ctx, sale.id, PROMOTION_ACTIVE);
}

static err create_flash(struct ctx *ctx, const struct value *item)
{
    struct wares wares;
    TRY(find_wares(ctx, value_find(item, "entries"), &wares));
    for (int64_t round = 0; round < number(item, "rounds"); round++)
        TRY(create_round(ctx, item, &wares, round));
    return NULL;
}

/* ---- presales ---- */

static err create_presale(struct ctx *ctx, const struct value *item)
{
    struct wares wares;
    struct presale_entry entries[ENTRIES_MOST];
    int64_t days = number(item, "days");
    TRY(find_wares(ctx, value_find(item, "entries"), &wares));
    for (size_t i = 0; i < wares.count; i++) {
        const struct value *entry = value_at(value_find(item, "entries"), i);
        entries[i] = (struct presale_entry){.variant_id = wares.variants[i]->id,
                                            .product_id = wares.variants[i]->product_id,
                                            .price = number(entry, "price"),
                                            .deposit = number(entry, "deposit"),
                                            .worth = number(entry, "worth"),
                                            .stock = number(entry, "stock"),
                                            .person_most = number(entry, "person_most")};
    }
    struct presale presale = {.kind = PRESALE_DEPOSIT,
                              .name = value_find_text(item, "name"),
                              .starts_at = ctx->now,
                              .ends_at = day(ctx, days),
                              .balance_from = day(ctx, days + 1),
                              .balance_until = day(ctx, days + 1 + number(item, "balance_days")),
                              .ships_by = day(ctx, number(item, "ships_days") + 1) - MINUTE_MS,
                              .ahead_days = AHEAD_DAYS,
                              .entries = entries,
                              .count = wares.count};
    TRY(presale_save(ctx, &presale));
    return presale_change_status(ctx, presale.id, PROMOTION_ACTIVE);
}

/* ---- group buys ---- */

static err create_group_buy(struct ctx *ctx, const struct value *item)
{
    struct wares wares;
    struct group_entry entries[ENTRIES_MOST];
    TRY(find_wares(ctx, value_find(item, "entries"), &wares));
    for (size_t i = 0; i < wares.count; i++) {
        const struct value *entry = value_at(value_find(item, "entries"), i);
        entries[i] = (struct group_entry){.variant_id = wares.variants[i]->id,
                                          .product_id = wares.variants[i]->product_id,
                                          .price = number(entry, "price"),
                                          .stock = number(entry, "stock"),
                                          .person_most = number(entry, "person_most")};
    }
    struct group_buy buy = {.name = value_find_text(item, "name"),
                            .starts_at = ctx->now,
                            .ends_at = day(ctx, number(item, "days")),
                            .size = number(item, "size"),
                            .hours = number(item, "hours"),
                            .is_listed = true,
                            .entries = entries,
                            .count = wares.count};
    TRY(group_buy_save(ctx, &buy));
    return group_buy_change_status(ctx, buy.id, PROMOTION_ACTIVE);
}

/* ---- freight ---- */

static uint64_t regions_of(const struct value *codes)
{
    uint64_t regions = 0;
    for (size_t i = 0; i < value_count(codes); i++) {
        int place = freight_region_place(value_at(codes, i)->integer);
        regions |= place < 0 ? 0 : UINT64_C(1) << place;
    }
    return regions;
}

static enum freight_way way_named(const char *name)
{
    int way = FREIGHT_WEIGHT;
    while (way < FREIGHT_FIXED && !text_is(freight_way_names[way], name))
        way++;
    return (enum freight_way)way;
}

static err create_freight(struct ctx *ctx, const struct value *item)
{
    const struct value *rates = value_find(item, "rates");
    struct freight_template template = {.name = value_find_text(item, "name"),
                                        .way = way_named(value_find_text(item, "way")),
                                        .is_default = true,
                                        .free_sum = number(item, "free_sum"),
                                        .unfree = regions_of(value_find(item, "unfree")),
                                        .refused = regions_of(value_find(item, "refused"))};
    for (size_t i = 0; i < value_count(rates) && i < FREIGHT_RATE_LIMIT; i++) {
        const struct value *rate = value_at(rates, i);
        template.rates[template.rate_count++] =
            (struct freight_rate){.regions = regions_of(value_find(rate, "regions")),
                                  .first = number(rate, "first"),
                                  .first_price = number(rate, "first_price"),
                                  .next = number(rate, "next"),
                                  .next_price = number(rate, "next_price")};
    }
    return freight_template_save(ctx, &template);
}

static err create_all(struct ctx *ctx, const struct value *catalog, const char *name,
                      err (*create)(struct ctx *ctx, const struct value *item))
{
    const struct value *list = value_find(catalog, name);
    for (size_t i = 0; i < value_count(list); i++)
        TRY(create(ctx, value_at(list, i)));
    return NULL;
}

err seed_activities(struct ctx *ctx, const struct value *catalog)
{
    TRY(create_all(ctx, catalog, "flash", create_flash));
    TRY(create_all(ctx, catalog, "presales", create_presale));
    TRY(create_all(ctx, catalog, "groups", create_group_buy));
    return create_all(ctx, catalog, "freight", create_freight);
}
