/* inventory_assembly.c - what variants are made of, and how many can be made. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_assembly.h"

#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory_parts.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <stdlib.h>

/* Pages are told of a change that begins or ends this near to the end. */
#define NEWS_LEVEL (STOCK_NEWS_LEVEL + STOCK_RUSH)
#define SETTLE_LIMIT 1000

/* How many pieces of the row's variant can be made of what `part` says of each part (f). */
#define MADE_OF(part)                                                                                        \
    "(SELECT CAST(COALESCE(MIN(CASE WHEN " part " > 0 THEN (" part ") / f.pieces ELSE 0 END), 0) AS BIGINT)" \
    " FROM (SELECT p.pieces AS pieces, CAST(COALESCE(SUM(s.on_hand - s.reserved - s.damaged - s.qc"          \
    " - s.safety), 0) AS BIGINT) AS free, CAST(COALESCE(SUM(s.backorder), 0) AS BIGINT) AS ahead"            \
    " FROM assembly_parts p LEFT JOIN stock s ON s.shop_id = p.shop_id AND s.variant_id = p.part_id"         \
    " WHERE p.shop_id = $1 AND p.variant_id = stock.variant_id GROUP BY p.part_id, p.pieces) f)"
#define MADE MADE_OF("f.free")
/* What may be ordered ahead of it: what its parts allow beyond that. */
#define MADE_AHEAD MADE_OF("f.free + f.ahead") " - " MADE

/* ---- reading ---- */

struct reading {
    const int64_t *variant_ids;
    struct assembly *assemblies;
};

static err read_chunk(struct ctx *ctx, const struct reading *reading, size_t left)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t count = db_bind_ids(ctx, reading->variant_ids, left, values);
    TRY(db_query_values(
        ctx, &rows,
        "SELECT p.variant_id, p.part_id, p.part_product_id, p.pieces, CAST(COALESCE(SUM(s.on_hand"
        " - s.reserved - s.damaged - s.qc - s.safety), 0) AS BIGINT) FROM assembly_parts p LEFT JOIN stock s"
        " ON s.shop_id = p.shop_id AND s.variant_id = p.part_id WHERE p.shop_id = $1"
        " AND p.variant_id IN " DB_IDS
        " GROUP BY p.variant_id, p.part_no, p.part_id, p.part_product_id, p.pieces"
        " ORDER BY p.variant_id, p.part_no",
        values, DB_IDS_VALUES));
    struct stock_part *parts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *parts);
    for (struct stock_part *part = parts; db_next(rows); part++) {
        *part = (struct stock_part){.variant_id = db_get_int(rows, 1),
                                    .product_id = db_get_int(rows, 2),
                                    .pieces = db_get_int(rows, 3),
                                    .available = db_get_int(rows, 4),
                                    .title = "",
                                    .sku = ""};
        for (size_t i = 0; i < count; i++)
            if (reading->variant_ids[i] == db_get_int(rows, 0)) {
                struct assembly *assembly = &reading->assemblies[i];
                assembly->parts = assembly->count == 0 ? part : assembly->parts;
                assembly->count++;
            }
    }
    return NULL;
}

static const char *title_of(struct ctx *ctx, const struct variant *variant)
{
    return variant->title[0] ? arena_format(ctx->arena, "%s · %s", variant->product_title, variant->title)
                             : variant->product_title;
}

/* A part that is gone keeps its empty title. */
static err name_parts(struct ctx *ctx, struct assembly *assemblies, size_t count)
{
    size_t all = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        all += assemblies[i].count;
    if (all == 0)
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, all, sizeof *ids);
    const struct variant **variants = arena_alloc_many(ctx->arena, all, sizeof *variants);
    struct stock_part *named = arena_alloc_many(ctx->arena, all, sizeof *named);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < assemblies[i].count; k++)
            ids[at++] = assemblies[i].parts[k].variant_id;
    TRY(variant_load_many(ctx, ids, all, variants));
    at = 0;
    for (size_t i = 0; i < count; i++) {
        struct stock_part *parts = named + at;
        for (size_t k = 0; k < assemblies[i].count; k++, at++) {
            named[at] = assemblies[i].parts[k];
            if (variants[at]) {
                named[at].title = title_of(ctx, variants[at]);
                named[at].sku = variants[at]->sku;
            }
        }
        assemblies[i].parts = assemblies[i].count > 0 ? parts : NULL;
    }
    return NULL;
}

err assembly_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct assembly *assemblies)
{
    memset(assemblies, 0, count * sizeof *assemblies);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(read_chunk(ctx, &(struct reading){variant_ids + start, assemblies + start}, count - start));
    return name_parts(ctx, assemblies, count);
}

err assembly_uses(struct ctx *ctx, int64_t part_id, int64_t variant_ids[ASSEMBLY_USE_LIMIT], size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id FROM assembly_parts WHERE shop_id = $1 AND part_id = $2"
                 " ORDER BY variant_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(part_id), db_int(ASSEMBLY_USE_LIMIT)));
    for (*count = 0; db_next(rows); (*count)++)
        variant_ids[*count] = db_get_int(rows, 0);
    return NULL;
}

/* ---- how many can be made ---- */

/* The row of a variant that is made of others, as it was. */
struct made {
    int64_t variant_id;
    int64_t product_id;
    int64_t was;
    int64_t was_ahead;
};

static err tell(struct ctx *ctx, const struct made *made, int64_t now, int64_t ahead)
{
    bool is_same = made->was == now && made->was_ahead == ahead;
    if (is_same || (made->was > NEWS_LEVEL && now > NEWS_LEVEL))
        return NULL;
    TRY(stock_note_low(ctx, made->variant_id, now));
    return product_emit_changed(ctx, made->product_id);
}

/* The rows are locked by a statement of their own: this one sees what others committed before. */
static err make_chunk(struct ctx *ctx, const struct made *made, size_t left, size_t *done)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    int64_t ids[DB_IDS_LIMIT];
    size_t count = left < DB_IDS_LIMIT ? left : DB_IDS_LIMIT;
    for (size_t i = 0; i < count; i++)
        ids[i] = made[i].variant_id;
    *done = db_bind_ids(ctx, ids, count, values);
    TRY(db_query_values(ctx, &rows,
                        "UPDATE stock SET on_hand = " MADE ", backorder = " MADE_AHEAD " WHERE shop_id = $1"
                        " AND made_of > 0 AND variant_id IN " DB_IDS
                        " RETURNING variant_id, on_hand, backorder",
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (made[i].variant_id == db_get_int(rows, 0))
                TRY(tell(ctx, &made[i], db_get_int(rows, 1), db_get_int(rows, 2)));
    return NULL;
}

static err make_again(struct ctx *ctx, struct db_rows *locked)
{
    size_t count = 0, done;
    struct made *made = arena_alloc_many(ctx->arena, db_row_count(locked) + 1, sizeof *made);
    for (; db_next(locked); count++)
        made[count] = (struct made){db_get_int(locked, 0), db_get_int(locked, 1), db_get_int(locked, 2),
                                    db_get_int(locked, 3)};
    for (size_t start = 0; start < count; start += done)
        TRY(make_chunk(ctx, made + start, count - start, &done));
    return NULL;
}

err stock_make_again(struct ctx *ctx, const struct demand *demands, size_t count)
{
    if (!ctx->shop->has_assemblies)
        return NULL;
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = demands[i].variant_id;
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        struct db_rows *rows;
        db_bind_ids(ctx, ids + start, count - start, values);
        TRY(db_query_values(ctx, &rows,
                            "UPDATE stock SET on_hand = on_hand WHERE shop_id = $1 AND made_of > 0"
                            " AND variant_id IN (SELECT p.variant_id FROM assembly_parts p"
                            " WHERE p.shop_id = $1 AND p.part_id IN " DB_IDS ")"
                            " RETURNING variant_id, product_id, on_hand, backorder",
                            values, DB_IDS_VALUES));
        TRY(make_again(ctx, rows));
    }
    return NULL;
}

err stock_make_again_of(struct ctx *ctx, int64_t part_id)
{
    return stock_make_again(ctx, &(struct demand){.variant_id = part_id}, 1);
}

static err settle_in_transaction(struct ctx *ctx, void *arg)
{
    struct db_rows *rows;
    (void)arg;
    TRY(db_query(ctx, &rows,
                 "UPDATE stock SET on_hand = on_hand WHERE shop_id = $1 AND variant_id IN (SELECT variant_id"
                 " FROM stock WHERE shop_id = $1 AND made_of > 0 AND (on_hand <> " MADE
                 " OR backorder <> " MADE_AHEAD ") LIMIT $2)"
                 " RETURNING variant_id, product_id, on_hand, backorder",
                 db_int(ctx->shop->id), db_int(SETTLE_LIMIT)));
    return make_again(ctx, rows);
}

err assembly_settle(struct ctx *ctx)
{
    return ctx->shop->has_assemblies ? db_transact(ctx, settle_in_transaction, NULL) : NULL;
}

err stock_check_made(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id, on_hand FROM stock WHERE shop_id = $1 AND made_of > 0 AND (reserved <> 0"
                 " OR on_hand <> " MADE " OR backorder <> " MADE_AHEAD
                 " OR made_of <> (SELECT count(*) FROM assembly_parts p"
                 " WHERE p.shop_id = $1 AND p.variant_id = stock.variant_id)) ORDER BY variant_id LIMIT $2",
                 db_int(ctx->shop->id), db_int(SETTLE_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena,
                                 "stock of variant %" PRId64 ": row says %" PRId64
                                 ", its parts make another number",
                                 db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

/* ---- demand ---- */

size_t stock_take_apart(struct ctx *ctx, const struct demand *demands, size_t count,
                        const struct demand **result)
{
    size_t parts = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        parts += demands[i].part_count;
    *result = demands;
    if (parts == 0)
        return count;
    struct demand *list = arena_alloc_many(ctx->arena, count + parts, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        if (demands[i].part_count == 0)
            list[at++] = demands[i];
        for (size_t k = 0; k < demands[i].part_count; k++)
            list[at++] = (struct demand){.variant_id = demands[i].parts[k].variant_id,
                                         .product_id = demands[i].parts[k].product_id,
                                         .quantity = demands[i].quantity * demands[i].parts[k].pieces,
                                         .available = demands[i].parts[k].available};
    }
    *result = list;
    return demand_gather(list, at);
}

/* ---- changing ---- */

static const char *field_of(struct ctx *ctx, const struct assembly_wish *wish, size_t index, const char *name)
{
    return arena_format(ctx->arena, "parts.%zu.%s", wish->rows ? wish->rows[index] : index, name);
}

struct saving {
    const struct assembly_wish *wish;
    struct stock own;
    const struct variant *variant;
    int64_t ids[ASSEMBLY_PART_LIMIT + 1]; /* the parts, and the variant itself, by key */
    int64_t product_ids[ASSEMBLY_PART_LIMIT];
};

static err check_part(struct ctx *ctx, const struct assembly_wish *wish, size_t index,
                      const struct variant *variant, const struct stock *stock)
{
    const struct stock_part *part = &wish->parts[index];
    const char *sku = field_of(ctx, wish, index, "sku");
    if (!variant)
        return fail_field(ctx, sku, "unknown-sku", "no variant has this SKU");
    if (part->variant_id == wish->variant_id)
        return fail_field(ctx, sku, "part-of-itself", "a variant is no part of itself");
    if (variant->kind != PRODUCT_PHYSICAL)
        return fail_field(ctx, sku, "part-digital", "only goods of which pieces are counted can be parts");
    if (stock->made_of > 0)
        return fail_field(ctx, sku, "part-nested", "the part is made of others itself");
    for (size_t i = 0; i < index; i++)
        if (wish->parts[i].variant_id == part->variant_id)
            return fail_field(ctx, sku, "duplicate", "the part stands there twice");
    if (part->pieces < 1 || part->pieces > ASSEMBLY_PIECES_LIMIT)
        return fail_field(ctx, field_of(ctx, wish, index, "pieces"), "bad-pieces", "1 to 999 pieces");
    return NULL;
}

static err check_uses(struct ctx *ctx, const struct assembly_wish *wish, size_t index)
{
    int64_t uses[ASSEMBLY_USE_LIMIT];
    size_t count;
    TRY(assembly_uses(ctx, wish->parts[index].variant_id, uses, &count));
    for (size_t i = 0; i < count; i++)
        if (uses[i] == wish->variant_id)
            return NULL;
    if (count == ASSEMBLY_USE_LIMIT)
        return fail_field(ctx, field_of(ctx, wish, index, "sku"), "part-used-up",
                          "the part goes into 50 variants already");
    return NULL;
}

/* Whether it may be made of others: nothing of it lies anywhere, and no order holds it itself. */
static err check_whole(struct ctx *ctx, const struct saving *saving)
{
    struct db_rows *rows;
    if (saving->variant->kind != PRODUCT_PHYSICAL)
        return fail_field(ctx, "parts", "part-digital", "only physical goods are made of others");
    TRY(db_query(ctx, &rows,
                 "SELECT CASE WHEN EXISTS (SELECT 1 FROM assembly_parts WHERE shop_id = $1 AND part_id = $2)"
                 " THEN 1 ELSE 0 END, CASE WHEN EXISTS (SELECT 1 FROM stock WHERE shop_id = $1"
                 " AND variant_id = $2 AND made_of = 0 AND on_hand + reserved + safety + incoming > 0)"
                 " THEN 1 ELSE 0 END, CASE WHEN EXISTS (SELECT 1 FROM stock_movements WHERE shop_id = $1"
                 " AND variant_id = $2 AND order_id IS NOT NULL) THEN 1 ELSE 0 END",
                 db_int(ctx->shop->id), db_int(saving->variant->id)));
    db_next(rows);
    if (db_get_int(rows, 0) == 1)
        return fail_field(ctx, "parts", "whole-is-part", "the variant is a part of others");
    if (db_get_int(rows, 1) == 1)
        return fail_field(ctx, "parts", "whole-has-stock", "the variant has stock of its own");
    if (db_get_int(rows, 2) == 1)
        return fail_field(ctx, "parts", "whole-was-sold", "the variant was ordered on its own");
    return NULL;
}

static err check_all(struct ctx *ctx, struct saving *saving)
{
    const struct assembly_wish *wish = saving->wish;
    const struct variant *variants[ASSEMBLY_PART_LIMIT];
    struct stock stocks[ASSEMBLY_PART_LIMIT];
    if (wish->count == 0)
        return NULL;
    if (wish->count > ASSEMBLY_PART_LIMIT)
        return fail_field(ctx, "parts", "too-many", "a variant is made of at most 20 parts");
    TRY(check_whole(ctx, saving));
    for (size_t i = 0; i < wish->count; i++)
        saving->ids[i] = wish->parts[i].variant_id;
    TRY(variant_load_many(ctx, saving->ids, wish->count, variants));
    TRY(stock_load_many(ctx, saving->ids, wish->count, stocks));
    for (size_t i = 0; i < wish->count; i++) {
        TRY(check_part(ctx, wish, i, variants[i], &stocks[i]));
        TRY(check_uses(ctx, wish, i));
        saving->product_ids[i] = variants[i]->product_id;
    }
    return NULL;
}

static int by_id(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* All rows in the order of their keys; what is decided is decided of rows that nobody else changes. */
static err lock_all(struct ctx *ctx, const struct saving *saving)
{
    for (size_t i = 0; i <= saving->wish->count; i++)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "a part is made of others now",
                      "UPDATE stock SET on_hand = on_hand WHERE shop_id = $1 AND variant_id = $2"
                      " AND location_id = 1 AND (made_of = 0 OR variant_id = $3)",
                      db_int(ctx->shop->id), db_int(saving->ids[i]), db_int(saving->wish->variant_id)));
    return NULL;
}

static err turn(struct ctx *ctx, const struct saving *saving)
{
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the variant got stock or an order of its own, or became a part",
        "UPDATE stock SET made_of = $3, on_hand = CASE WHEN $3 = 0 THEN 0 ELSE on_hand END,"
        " backorder = 0, allows_backorder = 0 WHERE shop_id = $1 AND variant_id = $2 AND location_id = 1"
        " AND (made_of > 0 OR $3 = 0 OR (NOT EXISTS (SELECT 1 FROM stock o WHERE o.shop_id = $1"
        " AND o.variant_id = $2 AND o.on_hand + o.reserved + o.safety + o.incoming > 0)"
        " AND NOT EXISTS (SELECT 1 FROM stock_movements m WHERE m.shop_id = $1 AND m.variant_id = $2"
        " AND m.order_id IS NOT NULL)))"
        " AND ($3 = 0 OR NOT EXISTS (SELECT 1 FROM assembly_parts p WHERE p.shop_id = $1"
        " AND p.part_id = $2))",
        db_int(ctx->shop->id), db_int(saving->wish->variant_id), db_int((int64_t)saving->wish->count));
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    const struct assembly_wish *wish = saving->wish;
    TRY(lock_all(ctx, saving));
    TRY(turn(ctx, saving));
    TRY(db_execute(ctx, "DELETE FROM assembly_parts WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(wish->variant_id)));
    for (size_t i = 0; i < wish->count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO assembly_parts (shop_id, variant_id, part_no, part_id, part_product_id,"
                       " pieces) VALUES ($1, $2, $3, $4, $5, $6)",
                       db_int(ctx->shop->id), db_int(wish->variant_id), db_int((int64_t)i + 1),
                       db_int(wish->parts[i].variant_id), db_int(saving->product_ids[i]),
                       db_int(wish->parts[i].pieces)));
    TRY(db_execute(ctx,
                   "UPDATE stock SET on_hand = " MADE ", backorder = " MADE_AHEAD
                   " WHERE shop_id = $1 AND variant_id = $2"
                   " AND made_of > 0",
                   db_int(ctx->shop->id), db_int(wish->variant_id)));
    if (!ctx->shop->has_assemblies)
        TRY(shop_note_assemblies(ctx));
    TRY(stock_note_low(ctx, wish->variant_id, 0)); /* the list of low stock looks at what there is */
    return product_emit_changed(ctx, saving->variant->product_id);
}

err assembly_save(struct ctx *ctx, const struct assembly_wish *wish)
{
    struct saving saving = {.wish = wish};
    TRY(variant_load(ctx, wish->variant_id, &saving.variant));
    TRY(stock_load_many(ctx, &wish->variant_id, 1, &saving.own));
    if (wish->count == 0 && saving.own.made_of == 0)
        return NULL;
    TRY(check_all(ctx, &saving));
    saving.ids[wish->count] = wish->variant_id;
    qsort(saving.ids, wish->count + 1, sizeof *saving.ids, by_id);
    return db_transact(ctx, save_in_transaction, &saving);
}
