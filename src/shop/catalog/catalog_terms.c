/* catalog_terms.c - what is said beside a price: what it is compared with, the price of a unit, and what it
 * was before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_parts.h"

#define PRICE_LIMIT INT64_C(9000000000000)

const char *const compare_kind_names[] = {"own", "explained", NULL};
const char *const content_unit_names[] = {"",       "g",     "kg",   "ml",    "l",     "cm",    "m",
                                          "tablet", "piece", "pack", "grain", "stick", "sheet", NULL};
const char *const content_base_names[] = {"", "kg", "500g", "100g", "l", "100ml", "m", NULL};
_Static_assert(sizeof content_unit_names / sizeof *content_unit_names == CONTENT_UNITS + 1, "a name each");
_Static_assert(sizeof content_base_names / sizeof *content_base_names == CONTENT_BASES + 1, "a name each");

enum measure { MEASURE_NONE, MEASURE_MASS, MEASURE_VOLUME, MEASURE_LENGTH, MEASURE_COUNT };

/* How many of the smallest unit of its measure (g, ml, cm, one). */
static const struct {
    enum measure measure;
    int64_t size;
    enum content_base usual;
} units[CONTENT_UNITS] = {
    [CONTENT_G] = {MEASURE_MASS, 1, BASE_KG},          [CONTENT_KG] = {MEASURE_MASS, 1000, BASE_KG},
    [CONTENT_ML] = {MEASURE_VOLUME, 1, BASE_L},        [CONTENT_L] = {MEASURE_VOLUME, 1000, BASE_L},
    [CONTENT_CM] = {MEASURE_LENGTH, 1, BASE_M},        [CONTENT_M] = {MEASURE_LENGTH, 100, BASE_M},
    [CONTENT_TABLET] = {MEASURE_COUNT, 1, BASE_USUAL}, [CONTENT_PIECE] = {MEASURE_COUNT, 1, BASE_USUAL},
    [CONTENT_PACK] = {MEASURE_COUNT, 1, BASE_USUAL},   [CONTENT_GRAIN] = {MEASURE_COUNT, 1, BASE_USUAL},
    [CONTENT_STICK] = {MEASURE_COUNT, 1, BASE_USUAL},  [CONTENT_SHEET] = {MEASURE_COUNT, 1, BASE_USUAL},
};

static const struct {
    enum measure measure;
    int64_t size;
} bases[CONTENT_BASES] = {
    [BASE_USUAL] = {MEASURE_COUNT, 1}, [BASE_KG] = {MEASURE_MASS, 1000},
    [BASE_500G] = {MEASURE_MASS, 500}, [BASE_100G] = {MEASURE_MASS, 100},
    [BASE_L] = {MEASURE_VOLUME, 1000}, [BASE_100ML] = {MEASURE_VOLUME, 100},
    [BASE_M] = {MEASURE_LENGTH, 100},
};

static err complain(struct ctx *ctx, const struct product_draft *draft, size_t index, const char *field,
                    const char *code, const char *message)
{
    return fail_field(ctx, variant_field(ctx, draft, index, field), code, message);
}

static err check_compare(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    const struct variant_draft *variant = &draft->variants[index];
    const struct variant_terms *terms = variant->terms;
    if (terms->compare_price < 0 || terms->compare_price > PRICE_LIMIT)
        return complain(ctx, draft, index, "compare_price", "out-of-range", "the price is out of range");
    if (utf8_length(terms->compare_note, strlen(terms->compare_note)) > COMPARE_NOTE_LIMIT)
        return complain(ctx, draft, index, "compare_note", "too-long", "at most 60 characters");
    if (terms->compare_price == 0)
        return NULL;
    if (terms->compare_price <= variant->price)
        return complain(ctx, draft, index, "compare_price", "compare-too-low",
                        "a struck price is higher than the price; leave it empty when there is none");
    if (terms->compare_kind == COMPARE_EXPLAINED && text_is_blank(terms->compare_note))
        return complain(ctx, draft, index, "compare_note", "compare-note-required",
                        "say what the struck price is, for example 厂商建议零售价");
    return NULL;
}

err variant_terms_check(struct ctx *ctx, const struct product_draft *draft, size_t index)
{
    const struct variant_terms *terms = draft->variants[index].terms;
    TRY(check_compare(ctx, draft, index));
    if (terms->content_amount < 0 || terms->content_amount > CONTENT_LIMIT)
        return complain(ctx, draft, index, "content_amount", "out-of-range", "1 to 1000000");
    if (terms->content_amount > 0 && terms->content_unit == CONTENT_NONE)
        return complain(ctx, draft, index, "content_unit", "content-unit-required",
                        "choose the unit of the content");
    if (terms->content_amount > 0 && terms->content_base != BASE_USUAL &&
        bases[terms->content_base].measure != units[terms->content_unit].measure)
        return complain(ctx, draft, index, "content_base", "content-base", "this does not go with the unit");
    return NULL;
}

/* Half up, in whole numbers: price × base / content. A price that says the same as the price itself, or
 * rounds to nothing, is left out. */
struct unit_price variant_unit_price(const struct variant *variant)
{
    const struct variant_terms *terms = &variant->terms;
    struct unit_price none = {0, ""};
    if (terms->content_amount <= 0 || terms->content_unit == CONTENT_NONE)
        return none;
    enum content_base base =
        terms->content_base == BASE_USUAL ? units[terms->content_unit].usual : terms->content_base;
    __int128 content = (__int128)terms->content_amount * units[terms->content_unit].size;
    __int128 size = bases[base].size;
    if (content == size)
        return none;
    __int128 price = ((__int128)variant->price * size * 2 + content) / (content * 2);
    if (price <= 0 || price > MONEY_MAX)
        return none;
    return (struct unit_price){(int64_t)price, base == BASE_USUAL ? content_unit_names[terms->content_unit]
                                                                  : content_base_names[base]};
}

/* ---- what it cost when ---- */

err price_change_write(struct ctx *ctx, int64_t product_id, const struct price_change *change)
{
    return db_execute(
        ctx,
        "INSERT INTO price_changes (shop_id, product_id, variant_id, version, at, price, compare_price,"
        " compare_kind, actor, actor_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        db_int(ctx->shop->id), db_int(product_id), db_int(change->variant_id), db_int(change->version),
        db_int(ctx->now), db_int(change->price), db_int(change->compare_price), db_int(change->compare_kind),
        db_int(ctx->actor), db_int(ctx->actor_id));
}

static struct price_change read_change(const struct db_rows *rows, int64_t variant_id)
{
    return (struct price_change){.variant_id = variant_id,
                                 .version = db_get_int(rows, 0),
                                 .at = db_get_int(rows, 1),
                                 .price = db_get_int(rows, 2),
                                 .compare_price = db_get_int(rows, 3),
                                 .compare_kind = (enum compare_kind)db_get_int(rows, 4),
                                 .actor = (enum actor_kind)db_get_int(rows, 5),
                                 .actor_id = db_get_int(rows, 6)};
}

err price_change_list(struct ctx *ctx, int64_t product_id, int64_t variant_id, int64_t since,
                      struct price_change **changes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, at, price, compare_price, compare_kind, actor, actor_id FROM price_changes"
                 " WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3 AND version >= COALESCE((SELECT"
                 " MAX(version) FROM price_changes WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3"
                 " AND at <= $4), 0) ORDER BY version DESC LIMIT $5",
                 db_int(ctx->shop->id), db_int(product_id), db_int(variant_id), db_int(since),
                 db_int(PRICE_CHANGE_LIMIT)));
    *count = db_row_count(rows);
    *changes = arena_alloc_many(ctx->arena, *count + 1, sizeof **changes);
    for (size_t i = *count; i > 0 && db_next(rows); i--)
        (*changes)[i - 1] = read_change(rows, variant_id);
    return NULL;
}

/* $1 shop, $2 product, $3 variant, $4 since, $5 how many, $6 the place. */
#define PRICES_SINCE                                                                                         \
    "SELECT version, at, price, compare_price, compare_kind, actor, actor_id FROM price_changes"             \
    " WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3 AND version >= COALESCE((SELECT"            \
    " MAX(version) FROM price_changes WHERE shop_id = $1 AND product_id = $2 AND variant_id = $3"            \
    " AND at <= $4), 0)"

err price_change_page(struct ctx *ctx, const struct price_change_query *query, struct price_change **changes,
                      size_t *count)
{
    static const char *const statements[] = {PRICES_SINCE " AND version < $6 ORDER BY version DESC LIMIT $5",
                                             PRICES_SINCE " AND version > $6 ORDER BY version LIMIT $5"};
    int64_t place = query->behind_version ? query->behind_version : query->is_up ? -1 : INT64_MAX;
    int limit = query->limit > PRICE_ROWS_LIMIT ? PRICE_ROWS_LIMIT : query->limit;
    struct db_value values[] = {db_int(ctx->shop->id),
                                db_int(query->product_id),
                                db_int(query->variant_id),
                                db_int(query->since),
                                db_int(limit),
                                db_int(place)};
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows, statements[query->is_up], values, sizeof values / sizeof *values));
    *changes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **changes);
    for (*count = 0; db_next(rows); (*count)++)
        (*changes)[*count] = read_change(rows, query->variant_id);
    return NULL;
}

err price_raise_list(struct ctx *ctx, int64_t product_id, int64_t since, struct price_raise **raises,
                     size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT variant_id, at, was, price FROM (SELECT variant_id, at, was, price, ROW_NUMBER() OVER"
        " (PARTITION BY variant_id ORDER BY version DESC) AS place FROM (SELECT variant_id, version, at,"
        " price, LAG(price) OVER (PARTITION BY variant_id ORDER BY version) AS was FROM price_changes"
        " WHERE shop_id = $1 AND product_id = $2) c WHERE at >= $3 AND price > was) r WHERE place = 1"
        " ORDER BY variant_id LIMIT $4",
        db_int(ctx->shop->id), db_int(product_id), db_int(since), db_int(PRODUCT_VARIANT_LIMIT)));
    *raises = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **raises);
    *count = 0;
    while (db_next(rows))
        (*raises)[(*count)++] = (struct price_raise){.variant_id = db_get_int(rows, 0),
                                                     .at = db_get_int(rows, 1),
                                                     .from = db_get_int(rows, 2),
                                                     .to = db_get_int(rows, 3)};
    return NULL;
}
