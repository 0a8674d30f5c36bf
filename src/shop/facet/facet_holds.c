/* facet_holds.c - what a product holds: its shelves, brand, answers, and whether there is any in stock. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/facet/facet_holds.h"

#include "base/text.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>
#include <stdlib.h>

#define HOLDS_LIMIT ((size_t)1 << 20)

int hold_compare(const struct hold *a, const struct hold *b)
{
    if (a->facet_id != b->facet_id)
        return a->facet_id < b->facet_id ? -1 : 1;
    return strcmp(a->value, b->value);
}

static int by_hold(const void *left, const void *right)
{
    return hold_compare(left, right);
}

err dictionary_load(struct ctx *ctx, struct dictionary *dictionary)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT facet_id, value FROM facet_values WHERE shop_id = $1 ORDER BY facet_id, value LIMIT $2",
        db_int(ctx->shop->id), db_int((int64_t)(ATTRIBUTE_LIMIT + 1) * FACET_NUMBER_LIMIT)));
    *dictionary = (struct dictionary){.capacity = db_row_count(rows) + 1};
    dictionary->items = arena_alloc_many(ctx->arena, dictionary->capacity, sizeof *dictionary->items);
    while (db_next(rows))
        dictionary->items[dictionary->count++] = (struct hold){db_get_int(rows, 0), db_get_text(rows, 1)};
    qsort(dictionary->items, dictionary->count, sizeof *dictionary->items, by_hold);
    return NULL;
}

static bool dictionary_has(const struct dictionary *dictionary, const struct hold *hold)
{
    return dictionary->count > 0 &&
           bsearch(hold, dictionary->items, dictionary->count, sizeof *dictionary->items, by_hold) != NULL;
}

static size_t values_of(const struct dictionary *dictionary, int64_t facet_id)
{
    size_t count = 0;
    for (size_t i = 0; i < dictionary->count; i++)
        count += dictionary->items[i].facet_id == facet_id;
    return count;
}

/* Whether this value is offered; a new one is as long as there is room. */
static bool dictionary_offers(struct ctx *ctx, struct dictionary *dictionary, const struct hold *hold)
{
    if (dictionary_has(dictionary, hold))
        return true;
    int64_t number;
    size_t most = facet_number(hold->value, &number) ? FACET_NUMBER_LIMIT : FACET_VALUE_LIMIT;
    if (dictionary->is_fixed || values_of(dictionary, hold->facet_id) >= most)
        return false;
    size_t count = dictionary->count;
    if (count + 1 > dictionary->capacity) {
        dictionary->items = arena_grow(ctx->arena, dictionary->items, count * sizeof(struct hold),
                                       (count * 2 + 16) * sizeof(struct hold));
        dictionary->capacity = count * 2 + 16;
    }
    dictionary->items[dictionary->count++] = *hold;
    qsort(dictionary->items, dictionary->count, sizeof *dictionary->items, by_hold);
    size_t fresh = dictionary->fresh_count;
    dictionary->fresh = arena_grow(ctx->arena, dictionary->fresh, fresh * sizeof(struct hold),
                                   (fresh + 1) * sizeof(struct hold));
    dictionary->fresh[dictionary->fresh_count++] = *hold;
    return true;
}

const char *holds_text(struct ctx *ctx, const struct holds *holds)
{
    struct text_buf text;
    text_open(&text, ctx->arena, HOLDS_LIMIT);
    for (size_t i = 0; i < holds->count; i++)
        text_add_format(&text, "%" PRId64 " %s\n", holds->items[i].facet_id, holds->items[i].value);
    return text_of(&text);
}

struct holds holds_of(struct ctx *ctx, const char *text)
{
    struct holds holds = {0};
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    holds.items = arena_alloc_many(ctx->arena, lines + 1, sizeof *holds.items);
    char *rest = arena_copy_text(ctx->arena, text);
    for (char *end; (end = strchr(rest, '\n')) != NULL; rest = end + 1) {
        char *blank = strchr(rest, ' ');
        *end = 0;
        if (!blank || blank > end)
            continue;
        *blank = 0;
        if (text_to_int(rest, &holds.items[holds.count].facet_id))
            holds.items[holds.count++].value = blank + 1;
    }
    return holds;
}

/* ---- what products hold ---- */

static void add_hold(struct holds *holds, int64_t facet_id, const char *value)
{
    holds->items[holds->count++] = (struct hold){facet_id, value};
}

static void add_offered(struct ctx *ctx, struct holds *holds, struct dictionary *dictionary, int64_t facet_id,
                        const char *value)
{
    struct hold hold = {facet_id, value};
    if (!value || text_is_blank(value) || text_has_control(value, strlen(value)))
        return;
    if (dictionary_offers(ctx, dictionary, &hold))
        add_hold(holds, facet_id, value);
}

struct sources {
    struct product_facts *facts;
    size_t fact_count;
    struct shelf_place *places; /* by product */
    size_t place_count;
};

static void fill(struct ctx *ctx, const struct sources *from, const struct product_facts *facts,
                 int64_t available, struct dictionary *dictionary, struct held_product *product)
{
    size_t answers = value_count(facts->answers);
    product->is_active = facts->status == PRODUCT_ACTIVE;
    product->price_min = facts->price_min;
    if (!product->is_active)
        return;
    size_t room = answers + 2;
    for (size_t i = 0; i < from->place_count; i++)
        room += from->places[i].product_id == product->product_id;
    product->holds.items = arena_alloc_many(ctx->arena, room, sizeof *product->holds.items);
    for (size_t i = 0; i < from->place_count; i++)
        if (from->places[i].product_id == product->product_id)
            add_hold(&product->holds, from->places[i].shelf_id, "");
    if (available > 0)
        add_hold(&product->holds, FACET_STOCK, "1");
    add_offered(ctx, &product->holds, dictionary, FACET_BRAND, facts->brand);
    for (size_t i = 0; i < answers; i++) {
        const struct value *answer = value_at(facts->answers, i);
        add_offered(ctx, &product->holds, dictionary, value_find_int(answer, "id", 0),
                    value_find_text(answer, "value"));
    }
    qsort(product->holds.items, product->holds.count, sizeof *product->holds.items, by_hold);
}

static err load_spots(struct ctx *ctx, const int64_t *ids, size_t count, struct held_product *found)
{
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "SELECT product_id, spot, price_min, holds FROM facet_spots WHERE shop_id = $1"
                            " AND product_id IN " DB_IDS,
                            values, DB_IDS_VALUES));
        while (db_next(rows))
            for (size_t i = start; i < count; i++)
                if (ids[i] == db_get_int(rows, 0)) {
                    found[i].spot = db_get_int(rows, 1);
                    found[i].stored_price = db_get_int(rows, 2);
                    found[i].stored = db_get_text(rows, 3);
                }
    }
    return NULL;
}

err held_load(struct ctx *ctx, const int64_t *product_ids, size_t count, struct dictionary *dictionary,
              struct held_product *found)
{
    struct sources from = {.facts = arena_alloc_many(ctx->arena, count + 1, sizeof *from.facts)};
    int64_t available[PRODUCT_CHUNK];
    for (size_t i = 0; i < count; i++)
        found[i] = (struct held_product){.product_id = product_ids[i], .spot = -1, .stored = ""};
    if (count == 0)
        return NULL;
    TRY(load_spots(ctx, product_ids, count, found));
    TRY(product_facts_load(ctx, product_ids, count, from.facts, &from.fact_count));
    TRY(shelf_places_load(ctx, product_ids, count, &from.places, &from.place_count));
    TRY(stock_sum_products(ctx, product_ids, count, available));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < from.fact_count; j++)
            if (from.facts[j].product_id == product_ids[i])
                fill(ctx, &from, &from.facts[j], available[i], dictionary, &found[i]);
    return NULL;
}
