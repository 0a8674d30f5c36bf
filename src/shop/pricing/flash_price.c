/* flash_price.c - which variants are in which sale, and the rules that come of it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/flash_parts.h"

#include "base/clock.h"

/* A page with a running sale is this old at most: long enough to serve a rush, short enough to say "sold out"
 * before anybody is angry. */
#define RUNNING_SECONDS 2

struct flash_place flash_place_take(const struct db_rows *rows)
{
    return (struct flash_place){.flash_id = db_get_int(rows, 0),
                                .version = db_get_int(rows, 1),
                                .name = db_get_text(rows, 2),
                                .starts_at = db_get_int(rows, 3),
                                .ends_at = db_get_int(rows, 4),
                                .unpaid_minutes = db_get_int(rows, 5),
                                .is_beside = db_get_int(rows, 6) == 1,
                                .entry = {.variant_id = db_get_int(rows, 7),
                                          .product_id = db_get_int(rows, 8),
                                          .price = db_get_int(rows, 9),
                                          .stock = db_get_int(rows, 10),
                                          .person_most = db_get_int(rows, 11),
                                          .sold = db_get_int(rows, 12),
                                          .sold_out_at = db_get_int(rows, 13),
                                          .refused = db_get_int(rows, 14)}};
}

int64_t flash_left(const struct flash_place *place)
{
    return place->entry.stock - place->entry.sold;
}

bool flash_is_running(const struct flash_place *place, int64_t now)
{
    return place->flash_id != 0 && place->starts_at <= now && now < place->ends_at;
}

/* ---- reading ---- */

/* The first sale by its id: two cannot have a variant at the same time. */
static void put_places(struct db_rows *rows, const int64_t *variant_ids, size_t count,
                       struct flash_place *places)
{
    while (db_next(rows)) {
        struct flash_place place = flash_place_take(rows);
        for (size_t i = 0; i < count; i++)
            if (variant_ids[i] == place.entry.variant_id && places[i].flash_id == 0)
                places[i] = place;
    }
}

err flash_running_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct flash_place *places)
{
    memset(places, 0, count * sizeof *places);
    for (size_t i = 0, bound; ctx->shop->has_flash && i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES + 1];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, variant_ids + i, count - i, values);
        values[DB_IDS_VALUES] = db_int(ctx->now);
        TRY(db_query_values(ctx, &rows,
                            FLASH_PLACES "WHERE e.shop_id = $1 AND e.variant_id IN " DB_IDS
                                         " AND s.status = 2 AND s.starts_at <= $34 AND s.ends_at > $34"
                                         " ORDER BY s.id",
                            values, DB_IDS_VALUES + 1));
        put_places(rows, variant_ids, count, places);
    }
    return NULL;
}

static void put_products(struct ctx *ctx, struct db_rows *rows, const int64_t *product_ids, size_t count,
                         struct flash_places *places)
{
    size_t room = db_row_count(rows);
    struct flash_place *all = arena_alloc_many(ctx->arena, room + 1, sizeof *all);
    size_t total = 0;
    while (db_next(rows))
        all[total++] = flash_place_take(rows);
    for (size_t i = 0; i < count; i++) {
        struct flash_place *own = NULL;
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

err flash_product_many(struct ctx *ctx, const int64_t *product_ids, size_t count, struct flash_places *places)
{
    memset(places, 0, count * sizeof *places);
    for (size_t i = 0, bound; ctx->shop->has_flash && i < count; i += bound) {
        struct db_value values[DB_IDS_VALUES + 2];
        struct db_rows *rows;
        bound = db_bind_ids(ctx, product_ids + i, count - i, values);
        values[DB_IDS_VALUES] = db_int(ctx->now);
        values[DB_IDS_VALUES + 1] = db_int(ctx->now + FLASH_AHEAD_MS);
        TRY(db_query_values(ctx, &rows,
                            FLASH_PLACES "WHERE e.shop_id = $1 AND e.product_id IN " DB_IDS
                                         " AND s.status = 2 AND s.ends_at > $34 AND s.starts_at <= $35"
                                         " ORDER BY s.starts_at, s.id, e.line_no",
                            values, DB_IDS_VALUES + 2));
        put_products(ctx, rows, product_ids + i, bound, places + i);
    }
    return NULL;
}

const struct flash_place *flash_of_variant(const struct flash_places *places, int64_t variant_id)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].entry.variant_id == variant_id)
            return &places->items[i];
    return NULL;
}

/* Smaller is shown rather: one that can be bought, one that is sold out, one that comes. */
static int rank(const struct flash_place *place, int64_t now)
{
    if (!flash_is_running(place, now))
        return 2;
    return flash_left(place) > 0 ? 0 : 1;
}

const struct flash_place *flash_of_card(const struct flash_places *places, int64_t now)
{
    const struct flash_place *best = NULL;
    for (size_t i = 0; i < places->count; i++) {
        const struct flash_place *place = &places->items[i];
        if (!best || rank(place, now) < rank(best, now) ||
            (rank(place, now) == rank(best, now) && rank(place, now) < 2 &&
             place->entry.price < best->entry.price))
            best = place;
    }
    return best;
}

int64_t flash_keep_seconds(const struct flash_place *places, size_t count, int64_t now, int64_t most)
{
    int64_t seconds = most;
    for (size_t i = 0; i < count; i++) {
        int64_t until = places[i].starts_at > now ? (places[i].starts_at - now) / SECOND_MS : RUNNING_SECONDS;
        seconds = until < seconds ? until : seconds;
    }
    return seconds > 0 ? seconds : 1;
}

/* ---- the rule of a sale ---- */

static struct promotion offer_of(struct ctx *ctx, const struct flash_place *places, size_t count,
                                 size_t first)
{
    const struct flash_place *place = &places[first];
    bool *takes = arena_alloc_many(ctx->arena, count + 1, sizeof *takes);
    int64_t *prices = arena_alloc_many(ctx->arena, count + 1, sizeof *prices);
    for (size_t i = first; i < count; i++)
        if (places[i].flash_id == place->flash_id) {
            takes[i] = true;
            prices[i] = places[i].entry.price;
        }
    return (struct promotion){.id = place->flash_id,
                              .version = place->version,
                              .status = PROMOTION_ACTIVE,
                              .name = place->name,
                              .code = "",
                              .starts_at = place->starts_at,
                              .ends_at = place->ends_at,
                              .rule = {.id = place->flash_id,
                                       .version = place->version,
                                       .kind = DISCOUNT_SALE,
                                       .beside = place->is_beside ? ~(1u << CLASS_SALE) & 0x1eu : 0,
                                       .step_count = 1,
                                       .takes = takes,
                                       .prices = prices}};
}

static bool is_first(const struct flash_place *places, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (places[i].flash_id == places[at].flash_id)
            return false;
    return places[at].flash_id != 0;
}

err flash_join(struct ctx *ctx, const struct quote_line *lines, size_t count, struct promotion **promotions,
               size_t *promotion_count, struct priced *priced)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct flash_place *places = arena_alloc_many(ctx->arena, count + 1, sizeof *places);
    size_t sales = 0, added = 0;
    for (size_t i = 0; i < count; i++)
        ids[i] = lines[i].variant_id;
    TRY(flash_running_many(ctx, ids, count, places));
    for (size_t i = 0; i < count; i++)
        sales += is_first(places, i);
    if (sales == 0)
        return NULL;
    struct promotion *joined = arena_alloc_many(ctx->arena, sales + *promotion_count + 1, sizeof *joined);
    for (size_t i = 0; i < count; i++)
        if (is_first(places, i))
            joined[added++] = offer_of(ctx, places, count, i);
    /* The proof of an order holds so many rules: the last ones of the others give way. */
    for (size_t i = 0; i < *promotion_count && added < QUOTE_RULE_LIMIT; i++)
        joined[added++] = (*promotions)[i];
    *promotions = joined;
    *promotion_count = added;
    priced->flash = places;
    return NULL;
}
