/* backoffice_assembly_routes.c - what a variant is made of, as people type it: a row for each part. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_stock_view.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define SKU_TEXT 80

struct part_row {
    const char *sku;
    int64_t pieces;
};

struct parts_form {
    int64_t variant_id;
    struct field_rows parts; /* struct part_row */
};

static const struct field row_fields[] = {
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct part_row, sku),
     .maximum = SKU_TEXT,
     .help = "The SKU of the part; a row without it is left out"},
    {.name = "pieces",
     .kind = FIELD_INT,
     .offset = offsetof(struct part_row, pieces),
     .maximum = 1000000,
     .otherwise = 1,
     .help = "Pieces of it in one piece of the whole, 1 to 999"},
    {0},
};

static const struct field parts_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct parts_form, variant_id),
     .is_required = true,
     .help = "The variant"},
    {.name = "parts",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct parts_form, parts),
     .maximum = ASSEMBLY_PART_LIMIT,
     .rows = row_fields,
     .row_size = sizeof(struct part_row),
     .help = "What it is made of, in the order of packing; none = goods of its own"},
    {0},
};

/* ---- showing ---- */

static void add_parts(struct ctx *ctx, struct value *view, const struct assembly *assembly)
{
    struct value *list = value_set_list(ctx->arena, view, "parts");
    for (size_t i = 0; i < assembly->count; i++) {
        const struct stock_part *part = &assembly->parts[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", part->variant_id);
        value_set_text(ctx->arena, row, "title", part->title);
        value_set_text(ctx->arena, row, "sku", part->sku);
        value_set_int(ctx->arena, row, "pieces", part->pieces);
        value_set_int(ctx->arena, row, "available", part->available);
    }
}

static err add_uses(struct ctx *ctx, struct value *view, int64_t variant_id)
{
    int64_t ids[ASSEMBLY_USE_LIMIT];
    const struct variant *variants[ASSEMBLY_USE_LIMIT];
    size_t count = 0;
    if (ctx->shop->has_assemblies)
        TRY(assembly_uses(ctx, variant_id, ids, &count));
    if (count > 0)
        TRY(variant_load_many(ctx, ids, count, variants));
    struct value *list = value_set_list(ctx->arena, view, "uses");
    for (size_t i = 0; i < count; i++) {
        if (!variants[i])
            continue;
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", variants[i]->id);
        value_set_text(ctx->arena, row, "title", variants[i]->product_title);
        value_set_text(ctx->arena, row, "sku", variants[i]->sku);
    }
    return NULL;
}

static err add_wares(struct ctx *ctx, struct value *view)
{
    struct ware_choice *wares;
    size_t count;
    TRY(ware_list(ctx, &wares, &count));
    struct value *list = value_set_list(ctx->arena, view, "wares");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "sku", wares[i].sku);
        value_set_text(ctx->arena, row, "title", wares[i].product_title);
        value_set_text(ctx->arena, row, "variant", wares[i].variant_title);
    }
    return NULL;
}

static void add_typed(struct req *req, struct value *view)
{
    struct arena *arena = req->ctx.arena;
    struct value *list = value_set_list(arena, view, "part_rows");
    for (size_t i = 0; i < ASSEMBLY_PART_LIMIT; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "sku", req_typed(req, arena_format(arena, "parts.%zu.sku", i)));
        value_set_text(arena, row, "pieces", req_typed(req, arena_format(arena, "parts.%zu.pieces", i)));
    }
}

err assembly_set_view(struct req *req, struct value *view, const struct variant *variant)
{
    struct assembly assembly;
    TRY(assembly_load_many(&req->ctx, &variant->id, 1, &assembly));
    add_parts(&req->ctx, view, &assembly);
    value_set_int(req->ctx.arena, view, "part_limit", ASSEMBLY_PART_LIMIT);
    add_typed(req, view);
    TRY(add_uses(&req->ctx, view, variant->id));
    return variant->kind == PRODUCT_PHYSICAL ? add_wares(&req->ctx, view) : NULL;
}

/* ---- saving ---- */

struct reading {
    struct stock_part parts[ASSEMBLY_PART_LIMIT];
    size_t rows[ASSEMBLY_PART_LIMIT]; /* of the form */
    size_t count;
};

/* A SKU that nobody has stays 0, and is said at its row. */
static err read_parts(struct ctx *ctx, const struct parts_form *form, struct reading *reading)
{
    const struct part_row *rows = form->parts.items;
    const char *skus[ASSEMBLY_PART_LIMIT];
    int64_t ids[ASSEMBLY_PART_LIMIT];
    for (size_t i = 0; i < form->parts.count && reading->count < ASSEMBLY_PART_LIMIT; i++)
        if (rows[i].sku && rows[i].sku[0]) {
            skus[reading->count] = rows[i].sku;
            reading->rows[reading->count++] = i;
        }
    if (reading->count > 0)
        TRY(variant_find_by_sku_many(ctx, skus, reading->count, ids));
    for (size_t i = 0; i < reading->count; i++) {
        if (!ids[i])
            return fail_field(ctx, arena_format(ctx->arena, "parts.%zu.sku", reading->rows[i]), "unknown-sku",
                              "no variant has this SKU");
        reading->parts[i] =
            (struct stock_part){.variant_id = ids[i], .pieces = rows[reading->rows[i]].pieces};
    }
    return NULL;
}

static const char *words_of(struct ctx *ctx, const struct assembly *assembly)
{
    const char *words = "";
    for (size_t i = 0; i < assembly->count; i++)
        words = arena_format(ctx->arena, "%s%s%s × %" PRId64, words, i > 0 ? ", " : "",
                             assembly->parts[i].sku, assembly->parts[i].pieces);
    return words;
}

static err note(struct ctx *ctx, const struct variant *variant, const struct assembly *before,
                const struct assembly *after)
{
    return audit_note_alone(
        ctx,
        &(struct audit_entry){.kind = "product.parts",
                              .subject = arena_format(ctx->arena, "variants/%" PRId64 "/stock", variant->id),
                              .title = variant->product_title,
                              .before = words_of(ctx, before),
                              .after = words_of(ctx, after)});
}

static err save(struct req *req)
{
    const struct parts_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct variant *variant;
    struct reading reading = {.count = 0};
    struct assembly before, after;
    TRY(variant_load(ctx, form->variant_id, &variant));
    TRY(read_parts(ctx, form, &reading));
    TRY(assembly_load_many(ctx, &variant->id, 1, &before));
    struct assembly_wish wish = {variant->id, reading.parts, reading.count, reading.rows};
    TRY(assembly_save(ctx, &wish));
    TRY(assembly_load_many(ctx, &variant->id, 1, &after));
    TRY(note(ctx, variant, &before, &after));
    struct value *view = value_object(ctx->arena);
    TRY(stock_levels_view(ctx, view, variant->id));
    add_parts(ctx, view, &after);
    return reply_done(req, 200, view, "/admin/variants/%" PRId64 "/stock?notice=stock#parts", variant->id);
}

const struct route backoffice_assembly_routes[] = {
    {.method = POST,
     .path = "/admin/variants/:id/stock/parts",
     .handler = save,
     .guard = STAFF,
     .scope = "products.write",
     .fields = parts_fields,
     .form_size = sizeof(struct parts_form),
     .again = backoffice_stock_show,
     .summary = "Say what a variant is made of",
     .answer = "levels"},
    {0},
};
