/* presale_place.c - which variants are in which presale, and the rules that come of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/presale_parts.h"

#include "base/clock.h"
#include "shop/wording.h"

/* What a page with a presale that runs says is this old at most. */
#define RUNNING_SECONDS 5
/* All classes but its own: coupons and sums count for goods that are sold ahead too. */
#define BESIDE(class) (((1u << (CLASS_SWELL + 1)) - 2) & ~(1u << (class)))

struct presale_place presale_place_take(const struct db_rows *rows)
{
    return (struct presale_place){.presale_id = db_get_int(rows, 0),
                                  .swell_id = db_get_int(rows, 1),
                                  .version = db_get_int(rows, 2),
                                  .kind = (enum presale_kind)db_get_int(rows, 3),
                                  .name = db_get_text(rows, 4),
                                  .starts_at = db_get_int(rows, 5),
                                  .ends_at = db_get_int(rows, 6),
                                  .balance_from = db_get_int(rows, 7),
                                  .balance_until = db_get_int(rows, 8),
                                  .ships_by = db_get_int(rows, 9),
                                  .ahead_days = db_get_int(rows, 10),
                                  .entry = {.variant_id = db_get_int(rows, 11),
                                            .product_id = db_get_int(rows, 12),
                                            .price = db_get_int(rows, 13),
                                            .deposit = db_get_int(rows, 14),
                                            .worth = db_get_int(rows, 15),
                                            .stock = db_get_int(rows, 16),
                                            .person_most = db_get_int(rows, 17),
                                            .sold = db_get_int(rows, 18)}};
}

int64_t presale_left(const struct presale_place *place)
{
    return place->entry.stock - place->entry.sold;
}

int64_t presale_swell(const struct presale_entry *entry)
{
    return entry->worth > entry->deposit ? entry->worth - entry->deposit : 0;
}

bool presale_is_running(const struct presale_place *place, int64_t now)
{
    return place->presale_id != 0 && place->starts_at <= now && now < place->ends_at;
}

int64_t presale_packs_from(const struct ctx *ctx, const struct presale_place *place)
{
    return clock_day_shift(place->ships_by, -place->ahead_days, ctx->shop->zone);
}

/* ---- reading ---- */

/* The first sale by its id: two cannot have a variant at the same time. */
static void put_places(struct db_rows *rows, const int64_t *variant_ids, size_t count,
                       struct presale_place *places)
{
    while (db_next(rows)) {
        struct presale_place place = presale_place_take(rows);
        for (size_t i = 0; i < count; i++)
            if (variant_ids[i] == place.entry.variant_id && places[i].presale_id == 0)
                places[i] = place;
    }
}

err presale_running_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                         struct presale_place *places)
{
    memset(places, 0, count * sizeof *places);
    for (size_t i = 0, bound; ctx->shop->has_presales && i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES + 1];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, variant_ids + i, count - i, values);
        values[DB_IDS_VALUES] = db_int(ctx->now);
        TRY(db_query_values(ctx, &rows,
                            PRESALE_PLACES "WHERE e.shop_id = $1 AND e.variant_id IN " DB_IDS
                                           " AND s.status = 2 AND s.starts_at <= $34 AND s.ends_at > $34"
                                           " ORDER BY s.id",
                            values, DB_IDS_VALUES + 1));
        put_places(rows, variant_ids, count, places);
    }
    return NULL;
}

static void put_products(struct ctx *ctx, struct db_rows *rows, const int64_t *product_ids, size_t count,
                         struct presale_places *places)
{
    size_t room = db_row_count(rows);
    struct presale_place *all = arena_alloc_many(ctx->arena, room + 1, sizeof *all);
    size_t total = 0;
    while (db_next(rows))
        all[total++] = presale_place_take(rows);
    for (size_t i = 0; i < count; i++) {
        struct presale_place *own = NULL;
        for (size_t j = 0; j < total; j++) {
            if (all[j].entry.product_id != product_ids[i])
                continue;
            if (!own)
                own = arena_alloc_many(ctx->arena, total, sizeof *own);
            own[places[i].count++] = all[j];
        }
        places[i].items = own;
    }
}

err presale_product_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                         struct presale_places *places)
{
    memset(places, 0, count * sizeof *places);
    for (size_t i = 0, bound; ctx->shop->has_presales && i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES + 2];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, product_ids + i, count - i, values);
        values[DB_IDS_VALUES] = db_int(ctx->now);
        values[DB_IDS_VALUES + 1] = db_int(ctx->now + PRESALE_SHOWN_MS);
        TRY(db_query_values(ctx, &rows,
                            PRESALE_PLACES "WHERE e.shop_id = $1 AND e.product_id IN " DB_IDS
                                           " AND s.status = 2 AND s.ends_at > $34 AND s.starts_at <= $35"
                                           " ORDER BY s.starts_at, s.id, e.line_no",
                            values, DB_IDS_VALUES + 2));
        put_products(ctx, rows, product_ids + i, bound, places + i);
    }
    return NULL;
}

const struct presale_place *presale_of_variant(const struct presale_places *places, int64_t variant_id)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].entry.variant_id == variant_id)
            return &places->items[i];
    return NULL;
}

int64_t presale_keep_seconds(const struct presale_places *places, int64_t now, int64_t most)
{
    int64_t seconds = most;
    for (size_t i = 0; i < places->count; i++) {
        int64_t start = places->items[i].starts_at;
        int64_t until = start > now ? (start - now) / SECOND_MS : RUNNING_SECONDS;
        seconds = until < seconds ? until : seconds;
    }
    return seconds > 0 ? seconds : 1;
}

/* ---- the rules of a presale ---- */

struct joining {
    struct ctx *ctx;
    const struct presale_place *places;
    size_t count;
    struct promotion *promotions;
    size_t joined;
};

/* A price for each line, or what comes off each piece of it. */
static void add_offer(struct joining *joining, size_t first, enum discount_kind kind)
{
    const struct presale_place *place = &joining->places[first];
    bool is_swell = kind == DISCOUNT_SWELL;
    bool *takes = arena_alloc_many(joining->ctx->arena, joining->count + 1, sizeof *takes);
    int64_t *prices = arena_alloc_many(joining->ctx->arena, joining->count + 1, sizeof *prices);
    for (size_t i = first; i < joining->count; i++)
        if (joining->places[i].presale_id == place->presale_id) {
            const struct presale_entry *entry = &joining->places[i].entry;
            takes[i] = true;
            prices[i] = is_swell ? presale_swell(entry) : entry->price;
        }
    int64_t id = is_swell ? place->swell_id : place->presale_id;
    joining->promotions[joining->joined++] = (struct promotion){
        .id = id,
        .version = place->version,
        .status = PROMOTION_ACTIVE,
        .name = is_swell ? wording_say(joining->ctx, joining->ctx->locale, "offer.swell_name", NULL)
                         : place->name,
        .code = "",
        .starts_at = place->starts_at,
        .ends_at = place->ends_at,
        .is_presale = true,
        .rule = {.id = id,
                 .version = place->version,
                 .kind = kind,
                 .beside = BESIDE(discount_class_of(kind)),
                 .step_count = is_swell ? 0 : 1,
                 .takes = takes,
                 .prices = prices}};
}

static bool is_first(const struct presale_place *places, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (places[i].presale_id == places[at].presale_id)
            return false;
    return places[at].presale_id != 0;
}

static void add_offers(struct joining *joining, enum discount_kind kind)
{
    for (size_t i = 0; i < joining->count; i++)
        if (is_first(joining->places, i) && joining->places[i].kind == PRESALE_DEPOSIT)
            add_offer(joining, i, kind);
}

static size_t count_sales(const struct presale_place *places, size_t count)
{
    size_t sales = 0;
    for (size_t i = 0; i < count; i++)
        sales += is_first(places, i);
    return sales;
}

/* The proof of an order holds so many rules: the last ones of the others give way. */
err presale_join(struct ctx *ctx, const struct quote_line *lines, size_t count, struct promotion **promotions,
                 size_t *promotion_count, struct priced *priced)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct presale_place *places = arena_alloc_many(ctx->arena, count + 1, sizeof *places);
    for (size_t i = 0; i < count; i++)
        ids[i] = lines[i].variant_id;
    TRY(presale_running_many(ctx, ids, count, places));
    size_t sales = count_sales(places, count), kept = *promotion_count;
    if (sales == 0)
        return NULL;
    kept = kept + 2 * sales > QUOTE_RULE_LIMIT ? QUOTE_RULE_LIMIT - 2 * sales : kept;
    struct joining joining = {.ctx = ctx, .places = places, .count = count};
    joining.promotions = arena_alloc_many(ctx->arena, 2 * sales + kept + 1, sizeof *joining.promotions);
    add_offers(&joining, DISCOUNT_SALE);
    for (size_t i = 0; i < kept; i++)
        joining.promotions[joining.joined++] = (*promotions)[i];
    add_offers(&joining, DISCOUNT_SWELL);
    *promotions = joining.promotions;
    *promotion_count = joining.joined;
    priced->presale = places;
    return NULL;
}

int64_t presale_deposit_of(const struct priced *priced, const struct quote_line *lines, size_t count,
                           int64_t total)
{
    int64_t deposit = 0, most = total / PRESALE_DEPOSIT_PART;
    for (size_t i = 0; priced->presale && i < count; i++)
        if (priced->presale[i].kind == PRESALE_DEPOSIT)
            deposit += priced->presale[i].entry.deposit * lines[i].quantity;
    return deposit < most ? deposit : most;
}
