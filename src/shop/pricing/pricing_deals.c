/* pricing_deals.c - what was really paid, and what a price may therefore be compared with. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/pricing.h"

#include "base/text.h"

/* Variants asked for in one statement. */
#define MANY 16

const char *const struck_state_names[] = {"none", "shown", "unlawful", "idle"};
const char *const ceiling_basis_names[] = {"no-deal", "week", "last"};

err deal_add(struct ctx *ctx, const struct deal *deal)
{
    TRY(db_execute(ctx,
                   "INSERT INTO deals (shop_id, variant_id, day, price, at, order_id, product_id, quantity,"
                   " revenue) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   db_int(ctx->shop->id), db_int(deal->variant_id), db_int(deal->at / DAY_MS),
                   db_int(deal->price), db_int(deal->at), db_int(deal->order_id), db_int(deal->product_id),
                   db_int(deal->quantity), db_int(deal->revenue)));
    return db_execute(ctx,
                      "INSERT INTO product_sales (shop_id, product_id, sold, revenue, last_at)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, product_id) DO UPDATE SET"
                      " sold = product_sales.sold + $3, revenue = product_sales.revenue + $4, last_at = $5",
                      db_int(ctx->shop->id), db_int(deal->product_id), db_int(deal->quantity),
                      db_int(deal->revenue), db_int(deal->at));
}

err deal_remove(struct ctx *ctx, const struct deal *deal)
{
    int64_t changed;
    TRY(db_change(ctx, &changed,
                  "DELETE FROM deals WHERE shop_id = $1 AND variant_id = $2 AND day = $3 AND price = $4"
                  " AND at = $5 AND order_id = $6",
                  db_int(ctx->shop->id), db_int(deal->variant_id), db_int(deal->at / DAY_MS),
                  db_int(deal->price), db_int(deal->at), db_int(deal->order_id)));
    if (changed == 0)
        return NULL;
    return db_execute(
        ctx,
        "UPDATE product_sales SET sold = sold - $3, revenue = revenue - $4, refunds = refunds + 1"
        " WHERE shop_id = $1 AND product_id = $2",
        db_int(ctx->shop->id), db_int(deal->product_id), db_int(deal->quantity), db_int(deal->revenue));
}

#define WANTED                                                                                               \
    "wanted (id) AS (VALUES (CAST($3 AS BIGINT)), (CAST($4 AS BIGINT)), (CAST($5 AS BIGINT)),"               \
    " (CAST($6 AS BIGINT)), (CAST($7 AS BIGINT)), (CAST($8 AS BIGINT)), (CAST($9 AS BIGINT)),"               \
    " (CAST($10 AS BIGINT)), (CAST($11 AS BIGINT)), (CAST($12 AS BIGINT)), (CAST($13 AS BIGINT)),"           \
    " (CAST($14 AS BIGINT)), (CAST($15 AS BIGINT)), (CAST($16 AS BIGINT)), (CAST($17 AS BIGINT)),"           \
    " (CAST($18 AS BIGINT)))"

/* Up to MANY ids, padded with the last, and where the window begins. */
static void bind_wanted(const struct ctx *ctx, const int64_t *ids, size_t count,
                        struct db_value values[MANY + 2])
{
    values[0] = db_int(ctx->shop->id);
    values[1] = db_int(ctx->now - DEAL_WINDOW_MS);
    for (size_t i = 0; i < MANY; i++)
        values[i + 2] = db_int(ids[i < count ? i : count - 1]);
}

/* The lowest deal of each of the eight days of the calendar that the window touches. */
static err query_week(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    struct db_value values[MANY + 2];
    bind_wanted(ctx, ids, count, values);
    return db_query_values(
        ctx, rows,
        "WITH " WANTED
        ", days (day) AS (VALUES (CAST($2 AS BIGINT) / 86400000), (CAST($2 AS BIGINT) / 86400000"
        " + 1), (CAST($2 AS BIGINT) / 86400000 + 2), (CAST($2 AS BIGINT) / 86400000 + 3), (CAST($2 AS BIGINT)"
        " / 86400000 + 4), (CAST($2 AS BIGINT) / 86400000 + 5), (CAST($2 AS BIGINT) / 86400000 + 6),"
        " (CAST($2 AS BIGINT) / 86400000 + 7))"
        " SELECT w.id,"
        " (SELECT d.price FROM deals d WHERE d.shop_id = $1 AND d.variant_id = w.id AND d.day = n.day"
        " AND d.at >= $2 ORDER BY d.price LIMIT 1),"
        " (SELECT d.at FROM deals d WHERE d.shop_id = $1 AND d.variant_id = w.id AND d.day = n.day"
        " AND d.at >= $2 ORDER BY d.price, d.at LIMIT 1) FROM wanted w CROSS JOIN days n",
        values, MANY + 2);
}

/* The last deal before the window, the lowest of its millisecond. Its day is found first, so that only the
 * deals of one day are compared. */
static err query_last(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    struct db_value values[MANY + 2];
    bind_wanted(ctx, ids, count, values);
    return db_query_values(
        ctx, rows,
        "WITH " WANTED
        ", last (id, day) AS (SELECT w.id, (SELECT MAX(d.day) FROM deals d WHERE d.shop_id = $1"
        " AND d.variant_id = w.id AND d.day <= CAST($2 AS BIGINT) / 86400000) FROM wanted w)"
        " SELECT l.id,"
        " (SELECT d.price FROM deals d WHERE d.shop_id = $1 AND d.variant_id = l.id AND d.day = l.day"
        " ORDER BY d.at DESC, d.price LIMIT 1),"
        " (SELECT d.at FROM deals d WHERE d.shop_id = $1 AND d.variant_id = l.id AND d.day = l.day"
        " ORDER BY d.at DESC LIMIT 1) FROM last l WHERE l.day IS NOT NULL",
        values, MANY + 2);
}

/* The lower of what is known and what the row says. */
static void lower(struct price_ceiling *ceiling, enum ceiling_basis basis, const struct db_rows *rows)
{
    int64_t price = db_get_int(rows, 1);
    if (ceiling->basis == CEILING_NO_DEAL || price < ceiling->price)
        *ceiling = (struct price_ceiling){basis, price, db_get_int(rows, 2)};
}

static void take_rows(struct db_rows *rows, enum ceiling_basis basis, const int64_t *ids, size_t count,
                      struct price_ceiling *ceilings)
{
    while (db_next(rows))
        for (size_t i = 0; i < count && !db_is_null(rows, 1); i++)
            if (ids[i] == db_get_int(rows, 0))
                lower(&ceilings[i], basis, rows);
}

/* Of up to MANY variants; those that were not sold in the window are asked for once more. */
static err load_ceilings(struct ctx *ctx, const int64_t *ids, size_t count, struct price_ceiling *ceilings)
{
    struct db_rows *rows;
    int64_t rest[MANY];
    struct price_ceiling found[MANY] = {0};
    size_t places[MANY], left = 0;
    TRY(query_week(ctx, ids, count, &rows));
    take_rows(rows, CEILING_WEEK, ids, count, ceilings);
    for (size_t i = 0; i < count; i++)
        if (ceilings[i].basis == CEILING_NO_DEAL) {
            places[left] = i;
            rest[left++] = ids[i];
        }
    if (left == 0)
        return NULL;
    TRY(query_last(ctx, rest, left, &rows));
    take_rows(rows, CEILING_LAST, rest, left, found);
    for (size_t i = 0; i < left; i++)
        ceilings[places[i]] = found[i];
    return NULL;
}

err deal_ceilings(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct price_ceiling *ceilings)
{
    memset(ceilings, 0, count * sizeof *ceilings);
    for (size_t start = 0; start < count; start += MANY) {
        size_t chunk = count - start < MANY ? count - start : MANY;
        TRY(load_ceilings(ctx, variant_ids + start, chunk, ceilings + start));
    }
    return NULL;
}

/* ---- struck prices ---- */

static bool needs_deals(const struct variant *variant)
{
    return variant && variant->terms.compare_price > variant->price &&
           variant->terms.compare_kind == COMPARE_OWN;
}

static enum struck_state state_of(const struct variant *variant, const struct price_ceiling *ceiling)
{
    const struct variant_terms *terms = &variant->terms;
    if (terms->compare_price == 0)
        return STRUCK_NONE;
    if (terms->compare_price <= variant->price)
        return STRUCK_IDLE;
    if (terms->compare_kind == COMPARE_EXPLAINED)
        return STRUCK_SHOWN;
    return ceiling->basis != CEILING_NO_DEAL && terms->compare_price <= ceiling->price ? STRUCK_SHOWN
                                                                                       : STRUCK_UNLAWFUL;
}

err struck_prices(struct ctx *ctx, const struct variant *const *variants, size_t count,
                  struct struck_price *struck)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    size_t *places = arena_alloc_many(ctx->arena, count + 1, sizeof *places);
    struct price_ceiling *ceilings = arena_alloc_many(ctx->arena, count + 1, sizeof *ceilings);
    size_t asked = 0;
    memset(struck, 0, count * sizeof *struck);
    for (size_t i = 0; i < count; i++)
        if (needs_deals(variants[i])) {
            places[asked] = i;
            ids[asked++] = variants[i]->id;
        }
    if (asked > 0)
        TRY(deal_ceilings(ctx, ids, asked, ceilings));
    for (size_t i = 0; i < asked; i++)
        struck[places[i]].ceiling = ceilings[i];
    for (size_t i = 0; i < count; i++)
        if (variants[i])
            struck[i].state = state_of(variants[i], &struck[i].ceiling);
    return NULL;
}

static const struct variant *find_variant(const struct variant *variants, size_t count, int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (variants[i].id == variant_id)
            return &variants[i];
    return NULL;
}

/* Whether the draft says something about its own former price that was not said before. */
static bool is_claimed_anew(const struct variant_draft *draft, const struct variant *was)
{
    const struct variant_terms *terms = draft->terms;
    if (!terms || terms->compare_price == 0 || terms->compare_kind != COMPARE_OWN)
        return false;
    return !was || was->terms.compare_price != terms->compare_price || was->terms.compare_kind != COMPARE_OWN;
}

static err refuse(struct ctx *ctx, const struct product_draft *draft, size_t index,
                  const struct price_ceiling *ceiling)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    struct value *holder = value_object(ctx->arena);
    const char *message = "there is no deal to compare with: say what the price is, or leave it out";
    if (ceiling->basis != CEILING_NO_DEAL) {
        money max = money_of(ceiling->price, ctx->shop->currency);
        value_set_money(ctx->arena, holder, "max", max);
        message = arena_format(ctx->arena, "at most %s, %s; or say what else the price is",
                               money_decimal(ctx->arena, max),
                               ceiling->basis == CEILING_WEEK ? "the lowest deal of the last 7 days"
                                                              : "the price of the last deal");
    }
    *problem = (struct field_problem){.field = variant_field(ctx, draft, index, "compare_price"),
                                      .code = "REF_PRICE_UNLAWFUL",
                                      .message = message,
                                      .max = value_find(holder, "max")};
    return fail_fields(ctx, problem);
}

err struck_prices_check(struct ctx *ctx, const struct product_draft *draft)
{
    struct variant *variants = NULL;
    size_t count = 0, asked = 0;
    if (draft->id != 0)
        TRY(variant_list(ctx, draft->id, &variants, &count));
    int64_t *ids = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *ids);
    size_t *places = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *places);
    struct price_ceiling *ceilings = arena_alloc_many(ctx->arena, draft->variant_count + 1, sizeof *ceilings);
    for (size_t i = 0; i < draft->variant_count; i++)
        if (is_claimed_anew(&draft->variants[i], find_variant(variants, count, draft->variants[i].id))) {
            places[asked] = i;
            ids[asked++] = draft->variants[i].id;
        }
    if (asked == 0)
        return NULL;
    TRY(deal_ceilings(ctx, ids, asked, ceilings));
    for (size_t i = 0; i < asked; i++)
        if (ceilings[i].basis == CEILING_NO_DEAL ||
            draft->variants[places[i]].terms->compare_price > ceilings[i].price)
            return refuse(ctx, draft, places[i], &ceilings[i]);
    return NULL;
}

void unit_price_view(struct ctx *ctx, struct value *view, const char *name, const struct variant *variant)
{
    value_set(ctx->arena, view, name, value_null());
    struct unit_price unit = variant_unit_price(variant);
    if (unit.price == 0)
        return;
    struct value *tree = value_set_object(ctx->arena, view, name);
    value_set_money(ctx->arena, tree, "price", money_of(unit.price, ctx->shop->currency));
    value_set_text(ctx->arena, tree, "per", unit.per);
}

void price_terms_view(struct ctx *ctx, struct value *view, const struct variant *variant,
                      const struct struck_price *struck)
{
    struct arena *arena = ctx->arena;
    const char *currency = ctx->shop->currency;
    value_set(arena, view, "struck_price", value_null());
    value_set(arena, view, "struck_note", value_null());
    value_set(arena, view, "unit_price", value_null());
    if (!variant)
        return;
    if (struck->state == STRUCK_SHOWN) {
        value_set_money(arena, view, "struck_price", money_of(variant->terms.compare_price, currency));
        if (variant->terms.compare_kind == COMPARE_EXPLAINED)
            value_set_text(arena, view, "struck_note", variant->terms.compare_note);
    }
    unit_price_view(ctx, view, "unit_price", variant);
}

/* ---- days ---- */

/* More than clocks change within DEAL_DAY_LIMIT days. */
#define TURN_LIMIT 3
#define TURNED                                                                                               \
    " + CASE WHEN at >= $6 THEN CAST($7 AS BIGINT) ELSE 0 END + CASE WHEN at >= $8 THEN CAST($9 AS BIGINT)"  \
    " ELSE 0 END + CASE WHEN at >= $10 THEN CAST($11 AS BIGINT) ELSE 0 END"

/* When clocks change after `from`, and by how much; never, where they do not. */
static void find_turns(struct zone zone, int64_t from, int64_t turns[TURN_LIMIT], int64_t shifts[TURN_LIMIT])
{
    for (size_t i = 0; i < TURN_LIMIT; i++) {
        shifts[i] = 0;
        if (!zone_next_change(zone, i ? turns[i - 1] : from, &turns[i]))
            turns[i] = INT64_MAX;
        else
            shifts[i] = (zone_offset(zone, turns[i]) - zone_offset(zone, turns[i] - 1)) * SECOND_MS;
    }
}

err deal_day_list(struct ctx *ctx, int64_t variant_id, int64_t since, struct deal_day **days, size_t *count)
{
    struct db_rows *rows;
    struct zone zone = ctx->shop->zone;
    int64_t first = clock_day_start(since, zone);
    int64_t turns[TURN_LIMIT], shifts[TURN_LIMIT];
    find_turns(zone, first, turns, shifts);
    TRY(db_query(ctx, &rows,
                 "SELECT (at - $4" TURNED ") / 86400000, MIN(price), COUNT(*) FROM deals WHERE shop_id = $1"
                 " AND variant_id = $2 AND day >= CAST($3 AS BIGINT) / 86400000 AND at >= $3"
                 " GROUP BY (at - $4" TURNED ") / 86400000 ORDER BY 1 DESC LIMIT $5",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(since), db_int(first),
                 db_int(DEAL_DAY_LIMIT), db_int(turns[0]), db_int(shifts[0]), db_int(turns[1]),
                 db_int(shifts[1]), db_int(turns[2]), db_int(shifts[2])));
    *count = db_row_count(rows);
    *days = arena_alloc_many(ctx->arena, *count + 1, sizeof **days);
    for (size_t i = *count; i > 0 && db_next(rows); i--)
        (*days)[i - 1] = (struct deal_day){.at = clock_day_shift(first, db_get_int(rows, 0), zone),
                                           .lowest = db_get_int(rows, 1),
                                           .count = db_get_int(rows, 2)};
    return NULL;
}
