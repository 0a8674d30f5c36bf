/* catalog_gate.c - what keeps a product off the shelf. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_gate.h"

#include "base/text.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_shelf.h"
#include "shop/staff/staff.h"
#include <inttypes.h>
#include <stdlib.h>

#define FINDINGS_LIMIT 1000

const char *const block_reason_names[] = {
    [BLOCK_FORBIDDEN - 1] = "forbidden",
    [BLOCK_UNSAFE - 1] = "unsafe",
    [BLOCK_INFRINGEMENT - 1] = "infringement",
    [BLOCK_UNLICENSED - 1] = "unlicensed",
    [BLOCK_MISLEADING - 1] = "misleading",
    [BLOCK_AUTHORITY - 1] = "authority",
    [BLOCK_AUTHORITY] = NULL,
};

/* ---- the gate ---- */

static int by_id(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static err read_blocked(struct ctx *ctx, struct shelf_gate *gate)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM product_blocks WHERE shop_id = $1 ORDER BY product_id LIMIT $2",
                 db_int(ctx->shop->id), db_int(BLOCK_LIMIT)));
    gate->blocked = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *gate->blocked);
    gate->blocked_count = 0;
    while (db_next(rows))
        gate->blocked[gate->blocked_count++] = db_get_int(rows, 0);
    return NULL;
}

static bool is_blocked_in(const struct shelf_gate *gate, int64_t product_id)
{
    return gate->blocked_count > 0 &&
           bsearch(&product_id, gate->blocked, gate->blocked_count, sizeof product_id, by_id) != NULL;
}

err product_blocked_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_blocked)
{
    struct shelf_gate gate = {0};
    TRY(read_blocked(ctx, &gate));
    for (size_t i = 0; i < count; i++)
        is_blocked[i] = is_blocked_in(&gate, product_ids[i]);
    return NULL;
}

/* Most shops have neither: two short questions. */
err shelf_gate_load(struct ctx *ctx, struct shelf_gate *gate)
{
    struct db_rows *needs;
    TRY(db_ask(ctx, &needs,
               "SELECT a.category_id, c.need FROM categories c JOIN category_ancestors a"
               " ON a.shop_id = c.shop_id AND a.ancestor_id = c.id"
               " WHERE c.shop_id = $1 AND c.need <> 0 ORDER BY a.category_id, c.need",
               db_int(ctx->shop->id)));
    *gate = (struct shelf_gate){0};
    TRY(read_blocked(ctx, gate));
    gate->needs = arena_alloc_many(ctx->arena, db_row_count(needs) + 1, sizeof *gate->needs);
    while (db_next(needs)) {
        struct gate_need need = {db_get_int(needs, 0), (enum shop_need)db_get_int(needs, 1)};
        if (!shop_meets_need(ctx->shop->profile, need.need))
            gate->needs[gate->need_count++] = need;
    }
    return NULL;
}

struct shelf_refusal shelf_gate_ask(struct ctx *ctx, const struct shelf_gate *gate, int64_t product_id,
                                    int64_t category_id)
{
    if (is_blocked_in(gate, product_id))
        return (struct shelf_refusal){.code = "product-blocked",
                                      .message = "the platform blocked this product; its editor says why"};
    for (size_t i = 0; i < gate->need_count; i++)
        if (gate->needs[i].category_id == category_id)
            return (struct shelf_refusal){
                .code = "licence-missing",
                .message =
                    arena_format(ctx->arena,
                                 "goods of this category need %s: enter it among the licences of the shop"
                                 " (/admin/settings/licence), then put them on the shelf",
                                 shop_need_licence(gate->needs[i].need)),
                .need = gate->needs[i].need};
    return (struct shelf_refusal){0};
}

err shelf_gate_check(struct ctx *ctx, int64_t product_id, int64_t category_id)
{
    struct shelf_gate gate;
    TRY(shelf_gate_load(ctx, &gate));
    struct shelf_refusal refusal = shelf_gate_ask(ctx, &gate, product_id, category_id);
    return refusal.code ? fail_field(ctx, "status", refusal.code, refusal.message) : NULL;
}

err product_gate_find(struct ctx *ctx, int64_t product_id, struct shelf_refusal *refusal)
{
    struct shelf_gate gate;
    struct db_rows *rows;
    TRY(db_ask(ctx, &rows, "SELECT category_id FROM products WHERE shop_id = $1 AND id = $2",
               db_int(ctx->shop->id), db_int(product_id)));
    TRY(shelf_gate_load(ctx, &gate));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such product");
    *refusal = shelf_gate_ask(ctx, &gate, product_id, db_get_int(rows, 0));
    return NULL;
}

/* ---- reading ---- */

#define BLOCK_COLUMNS "SELECT product_id, reason, note, who, at FROM product_blocks "

static struct product_block read_block(const struct db_rows *rows)
{
    return (struct product_block){.product_id = db_get_int(rows, 0),
                                  .reason = (enum block_reason)db_get_int(rows, 1),
                                  .note = db_get_text(rows, 2),
                                  .who = db_get_text(rows, 3),
                                  .at = db_get_int(rows, 4)};
}

err product_block_find(struct ctx *ctx, int64_t product_id, const struct product_block **block)
{
    struct db_rows *rows;
    *block = NULL;
    TRY(db_query(ctx, &rows, BLOCK_COLUMNS "WHERE shop_id = $1 AND product_id = $2", db_int(ctx->shop->id),
                 db_int(product_id)));
    if (!db_next(rows))
        return NULL;
    struct product_block *found = arena_alloc(ctx->arena, sizeof *found);
    *found = read_block(rows);
    *block = found;
    return NULL;
}

err product_block_list(struct ctx *ctx, struct product_block **blocks, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, BLOCK_COLUMNS "WHERE shop_id = $1 ORDER BY at DESC, product_id LIMIT $2",
                 db_int(ctx->shop->id), db_int(BLOCK_LIMIT)));
    *blocks = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **blocks);
    *count = 0;
    while (db_next(rows))
        (*blocks)[(*count)++] = read_block(rows);
    return NULL;
}

static err find_need(struct ctx *ctx, int64_t category_id, enum shop_need *need)
{
    struct db_rows *rows;
    *need = NEED_NONE;
    TRY(db_query(ctx, &rows,
                 "SELECT c.need FROM categories c JOIN category_ancestors a ON a.shop_id = c.shop_id"
                 " AND a.ancestor_id = c.id WHERE c.shop_id = $1 AND a.category_id = $2 AND c.need <> 0"
                 " ORDER BY c.need",
                 db_int(ctx->shop->id), db_int(category_id)));
    while (db_next(rows)) {
        enum shop_need one = (enum shop_need)db_get_int(rows, 0);
        if (*need == NEED_NONE || !shop_meets_need(ctx->shop->profile, one))
            *need = one;
    }
    return NULL;
}

err product_gate_view(struct ctx *ctx, struct value *view, int64_t product_id, int64_t category_id)
{
    const struct product_block *block;
    enum shop_need need;
    TRY(product_block_find(ctx, product_id, &block));
    TRY(find_need(ctx, category_id, &need));
    value_set(ctx->arena, view, "block", value_null());
    value_set(ctx->arena, view, "need", value_null());
    if (block) {
        struct value *tree = value_set_object(ctx->arena, view, "block");
        value_set_text(ctx->arena, tree, "reason", block_reason_names[block->reason - 1]);
        value_set_text(ctx->arena, tree, "note", block->note);
        value_set_time(ctx->arena, tree, "at", block->at);
    }
    if (need != NEED_NONE) {
        struct value *tree = value_set_object(ctx->arena, view, "need");
        value_set_text(ctx->arena, tree, "name", shop_need_names[need]);
        value_set_text(ctx->arena, tree, "licence", shop_need_licence(need));
        value_set_bool(ctx->arena, tree, "is_met", shop_meets_need(ctx->shop->profile, need));
    }
    return NULL;
}

/* ---- blocking ---- */

struct blocking {
    struct product_block block;
    bool is_block;
};

static err write_status(struct ctx *ctx, const struct product *product, enum product_status to, bool is_block)
{
    struct value *members = value_object(ctx->arena);
    const char *blocked = "blocked", *was = product_status_name(product->status);
    value_set_int(ctx->arena, members, "status", to);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
                  "UPDATE products SET status = $3, version = version + 1, updated_at = $4"
                  " WHERE shop_id = $1 AND id = $2 AND version = $5",
                  db_int(ctx->shop->id), db_int(product->id), db_int(to), db_int(ctx->now),
                  db_int(product->version)));
    TRY(product_version_part(ctx,
                             &(struct version_part){.product_id = product->id,
                                                    .version = product->version + 1,
                                                    .field = "status",
                                                    .cause = is_block ? "blocked" : "unblocked",
                                                    .before = is_block ? was : blocked,
                                                    .after = is_block ? blocked : product_status_name(to),
                                                    .members = members}));
    TRY(shelf_settle(ctx, &product->id, 1));
    return product_emit_changed(ctx, product->id);
}

static err write_log(struct ctx *ctx, const struct blocking *blocking, const struct product *product,
                     const char *before, const char *after)
{
    const struct product_block *block = &blocking->block;
    TRY(db_execute(ctx,
                   "INSERT INTO product_block_acts (shop_id, id, product_id, is_block, reason, note, who, at)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(product->id),
                   db_int(blocking->is_block), db_int(block->reason), db_text(block->note),
                   db_text(block->who), db_int(ctx->now)));
    return audit_note(
        ctx, &(struct audit_entry){.kind = blocking->is_block ? "product.blocked" : "product.unblocked",
                                   .subject = arena_format(ctx->arena, "products/%" PRId64, product->id),
                                   .title = product->title,
                                   .before = before,
                                   .after = after});
}

static err check_words(struct ctx *ctx, const char *note, const char *who)
{
    if (text_is_blank(note) || utf8_length(note, strlen(note)) > BLOCK_NOTE_LIMIT)
        return fail_field(ctx, "note", "required", "say why in 1 to 500 characters");
    if (text_is_blank(who) || utf8_length(who, strlen(who)) > BLOCK_WHO_LIMIT)
        return fail_field(ctx, "by", "required", "say who decides in 1 to 60 characters");
    return NULL;
}

static err block_in_transaction(struct ctx *ctx, void *arg)
{
    const struct blocking *blocking = arg;
    const struct product_block *block = &blocking->block;
    const struct product *product;
    struct db_rows *rows;
    TRY(product_load(ctx, block->product_id, &product));
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM product_blocks WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= BLOCK_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d blocked products in a shop", BLOCK_LIMIT);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the product is blocked already",
                  "INSERT INTO product_blocks (shop_id, product_id, reason, note, who, at, was)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop_id, product_id) DO NOTHING",
                  db_int(ctx->shop->id), db_int(product->id), db_int(block->reason), db_text(block->note),
                  db_text(block->who), db_int(ctx->now), db_int(product->status)));
    TRY(write_status(ctx, product, PRODUCT_DRAFT, true));
    return write_log(ctx, blocking, product, product_status_name(product->status),
                     block_reason_names[block->reason - 1]);
}

err product_block(struct ctx *ctx, const struct product_block *block)
{
    struct blocking blocking = {*block, true};
    TRY(check_words(ctx, block->note, block->who));
    if (block->reason < BLOCK_FORBIDDEN || block->reason > BLOCK_AUTHORITY)
        return fail_field(ctx, "reason", "unknown-choice", "no such ground");
    return db_transact(ctx, block_in_transaction, &blocking);
}

/* The status that it gets back. */
static err find_former(struct ctx *ctx, const struct product *product, enum product_status *status)
{
    struct db_rows *rows;
    struct shelf_refusal refusal = {0};
    TRY(db_query(ctx, &rows, "SELECT was FROM product_blocks WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product->id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "the product is not blocked");
    *status = product->status == PRODUCT_DRAFT ? (enum product_status)db_get_int(rows, 0) : product->status;
    TRY(db_execute(ctx, "DELETE FROM product_blocks WHERE shop_id = $1 AND product_id = $2",
                   db_int(ctx->shop->id), db_int(product->id)));
    if (*status == PRODUCT_ACTIVE) {
        struct shelf_gate gate;
        TRY(shelf_gate_load(ctx, &gate));
        gate.blocked_count = 0; /* it alone is asked for, and is free by now */
        refusal = shelf_gate_ask(ctx, &gate, product->id, product->category_id);
    }
    *status = refusal.code ? PRODUCT_DRAFT : *status;
    return NULL;
}

static err unblock_in_transaction(struct ctx *ctx, void *arg)
{
    const struct blocking *blocking = arg;
    const struct product *product;
    enum product_status status;
    TRY(product_load(ctx, blocking->block.product_id, &product));
    TRY(find_former(ctx, product, &status));
    TRY(write_status(ctx, product, status, false));
    return write_log(ctx, blocking, product, NULL, product_status_name(status));
}

err product_unblock(struct ctx *ctx, int64_t product_id, const char *note, const char *who)
{
    struct blocking blocking = {{.product_id = product_id, .note = note, .who = who}, false};
    TRY(check_words(ctx, note, who));
    return db_transact(ctx, unblock_in_transaction, &blocking);
}

err shelf_gate_checkup(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT b.product_id FROM product_blocks b JOIN products p ON p.shop_id = b.shop_id"
                 " AND p.id = b.product_id WHERE b.shop_id = $1 AND p.status = 2 LIMIT $2",
                 db_int(ctx->shop->id), db_int(FINDINGS_LIMIT)));
    while (db_next(rows))
        report(arg, arena_format(ctx->arena, "product %" PRId64 " is blocked and on the shelf",
                                 db_get_int(rows, 0)));
    return NULL;
}
