/* cart_sync.c - the log of what devices did, and the lines that follow from it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_sync.h"

#include "base/text.h"
#include "shop/cart/cart_parts.h"
#include "shop/customer/customer.h"
#include <inttypes.h>
#include <stdlib.h>

/* Sorts behind the devices of the same clock. */
#define PAGE_DEVICE "~page"

const char *const cart_op_names[] = {
    [CART_OP_ADD] = "add", [CART_OP_SET] = "set", [CART_OP_REMOVE] = "remove", [CART_OP_REMOVE + 1] = NULL};
const char *const cart_adjustment_names[] = {[ADJUSTED_PRICE] = "price-changed",
                                             [ADJUSTED_QUANTITY] = "quantity-clamped",
                                             [ADJUSTED_UNAVAILABLE] = "unavailable",
                                             [ADJUSTED_LIMIT] = "limit-exceeded",
                                             [ADJUSTED_COUPON] = "coupon-expired",
                                             [ADJUSTED_MERGED] = "merged",
                                             [ADJUSTED_MERGED + 1] = NULL};

static int by_clock(const void *left, const void *right)
{
    const struct cart_op *a = left, *b = right;
    if (a->lamport != b->lamport)
        return (a->lamport > b->lamport) - (a->lamport < b->lamport);
    int order = strcmp(a->device_id, b->device_id);
    return order ? order : strcmp(a->op_id, b->op_id);
}

int64_t cart_ops_quantity(struct cart_op *ops, size_t count)
{
    int64_t quantity = 0;
    qsort(ops, count, sizeof *ops, by_clock);
    for (size_t i = 0; i < count; i++)
        quantity = ops[i].kind == CART_OP_ADD   ? quantity + ops[i].quantity
                   : ops[i].kind == CART_OP_SET ? ops[i].quantity
                                                : 0;
    return quantity < 0 ? 0 : quantity;
}

/* ---- the log ---- */

/* What the log gave a variant the last time. */
struct given {
    int64_t variant_id;
    int64_t quantity;
};

struct syncing {
    const char *token;
    const struct cart_op *ops;
    size_t op_count;
    struct cart_op *log; /* with the new ones */
    size_t log_count;
    size_t known; /* ops that were in the log before */
    struct given *given;
    size_t given_count;
    int64_t *variants; /* touched by new ops */
    size_t variant_count;
    struct cart *cart;
    struct cart_synced *synced;
};

static err load_log(struct ctx *ctx, struct syncing *syncing)
{
    struct db_rows *ops, *given;
    TRY(db_ask(ctx, &ops,
               "SELECT op_id, device_id, lamport, kind, variant_id, quantity FROM cart_ops"
               " WHERE shop_id = $1 AND cart_id = $2",
               db_int(ctx->shop->id), db_int(syncing->cart->id)));
    TRY(db_query(ctx, &given,
                 "SELECT variant_id, quantity FROM cart_op_lines WHERE shop_id = $1 AND cart_id = $2",
                 db_int(ctx->shop->id), db_int(syncing->cart->id)));
    /* Each variant may be given a first op of its own beside. */
    size_t room = db_row_count(ops) + 2 * syncing->op_count + 1;
    syncing->log = arena_alloc_many(ctx->arena, room, sizeof *syncing->log);
    while (db_next(ops))
        syncing->log[syncing->log_count++] = (struct cart_op){.op_id = db_get_text(ops, 0),
                                                              .device_id = db_get_text(ops, 1),
                                                              .lamport = db_get_int(ops, 2),
                                                              .kind = (enum cart_op_kind)db_get_int(ops, 3),
                                                              .variant_id = db_get_int(ops, 4),
                                                              .quantity = db_get_int(ops, 5)};
    syncing->known = syncing->log_count;
    syncing->given = arena_alloc_many(ctx->arena, db_row_count(given) + 1, sizeof *syncing->given);
    while (db_next(given))
        syncing->given[syncing->given_count++] = (struct given){db_get_int(given, 0), db_get_int(given, 1)};
    return NULL;
}

static bool is_in_log(const struct syncing *syncing, const char *op_id)
{
    for (size_t i = 0; i < syncing->log_count; i++)
        if (text_is(syncing->log[i].op_id, op_id))
            return true;
    return false;
}

static void add_variant(struct syncing *syncing, int64_t variant_id)
{
    for (size_t i = 0; i < syncing->variant_count; i++)
        if (syncing->variants[i] == variant_id)
            return;
    syncing->variants[syncing->variant_count++] = variant_id;
}

static int64_t highest_clock(const struct cart_op *ops, size_t count)
{
    int64_t highest = 0;
    for (size_t i = 0; i < count; i++)
        highest = ops[i].lamport > highest ? ops[i].lamport : highest;
    return highest;
}

/* A line without answers: what devices change without network. */
static struct cart_line *line_of(const struct cart *cart, int64_t variant_id)
{
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->id == variant_id && !cart->lines[i].answers_key[0])
            return &cart->lines[i];
    return NULL;
}

/* What was done to the line on pages since the log last gave it pieces, as one more op. */
static void add_page_op(struct ctx *ctx, struct syncing *syncing, int64_t variant_id, int64_t clock)
{
    const struct cart_line *line = line_of(syncing->cart, variant_id);
    int64_t there = line ? line->quantity : 0, before = 0;
    for (size_t i = 0; i < syncing->given_count; i++)
        if (syncing->given[i].variant_id == variant_id)
            before = syncing->given[i].quantity;
    if (there == before)
        return;
    syncing->log[syncing->log_count++] =
        (struct cart_op){.op_id = arena_format(ctx->arena, "page-%" PRId64, id_new(ctx)),
                         .device_id = PAGE_DEVICE,
                         .lamport = clock,
                         .kind = CART_OP_ADD,
                         .variant_id = variant_id,
                         .quantity = there - before};
}

static err take_ops(struct ctx *ctx, struct syncing *syncing)
{
    int64_t clock = highest_clock(syncing->log, syncing->log_count);
    syncing->variants = arena_alloc_many(ctx->arena, syncing->op_count + 1, sizeof *syncing->variants);
    for (size_t i = 0; i < syncing->op_count; i++) {
        if (is_in_log(syncing, syncing->ops[i].op_id))
            continue;
        syncing->log[syncing->log_count++] = syncing->ops[i];
        add_variant(syncing, syncing->ops[i].variant_id);
    }
    for (size_t i = 0; i < syncing->variant_count; i++)
        add_page_op(ctx, syncing, syncing->variants[i], clock);
    if (syncing->log_count > CART_LOG_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "too many changes of one cart");
    for (size_t i = syncing->known; i < syncing->log_count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO cart_ops (shop_id, cart_id, op_id, device_id, lamport, kind, variant_id,"
                       " quantity) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                       db_int(ctx->shop->id), db_int(syncing->cart->id), db_text(syncing->log[i].op_id),
                       db_text(syncing->log[i].device_id), db_int(syncing->log[i].lamport),
                       db_int(syncing->log[i].kind), db_int(syncing->log[i].variant_id),
                       db_int(syncing->log[i].quantity)));
    return NULL;
}

/* ---- the lines ---- */

static struct cart_adjustment *adjust(struct syncing *syncing, enum cart_adjustment_code code,
                                      const struct cart_line *line, int64_t variant_id)
{
    struct cart_synced *synced = syncing->synced;
    struct cart_adjustment *adjustment = &synced->adjustments[synced->count++];
    *adjustment = (struct cart_adjustment){
        .code = code, .variant_id = variant_id, .title = line ? line->variant->product_title : ""};
    return adjustment;
}

/* Variants that are not in the cart yet, with their stock. */
static err load_new(struct ctx *ctx, const struct syncing *syncing, struct cart *fresh)
{
    int64_t *ids = arena_alloc_many(ctx->arena, syncing->variant_count + 1, sizeof *ids);
    size_t count = 0;
    *fresh = (struct cart){
        .lines = arena_alloc_many(ctx->arena, syncing->variant_count + 1, sizeof *fresh->lines)};
    for (size_t i = 0; i < syncing->variant_count; i++)
        if (!line_of(syncing->cart, syncing->variants[i]))
            ids[count++] = syncing->variants[i];
    for (size_t i = 0; i < count; i++)
        fresh->lines[i].answers_key = "";
    return count > 0 ? cart_load_goods(ctx, fresh, ids, count) : NULL;
}

static int64_t wanted_of(struct ctx *ctx, struct syncing *syncing, int64_t variant_id, bool *is_merged)
{
    struct cart_op *ops = arena_alloc_many(ctx->arena, syncing->log_count, sizeof *ops);
    size_t count = 0;
    for (size_t i = 0; i < syncing->log_count; i++)
        if (syncing->log[i].variant_id == variant_id)
            ops[count++] = syncing->log[i];
    int64_t quantity = cart_ops_quantity(ops, count);
    *is_merged = false;
    for (size_t i = count; i > 1 && ops[i - 1].kind == CART_OP_ADD; i--)
        *is_merged = *is_merged || !text_is(ops[i - 1].device_id, ops[i - 2].device_id);
    return quantity;
}

static int64_t most_of(const struct cart_line *line)
{
    int64_t most = line->available < CART_QUANTITY_LIMIT ? line->available : CART_QUANTITY_LIMIT;
    int64_t bound = line->variant->max_quantity;
    return bound > 0 && bound < most ? bound : most;
}

/* What the line gets of what is wanted. */
static int64_t bounded(struct syncing *syncing, const struct cart_line *line, int64_t wanted)
{
    int64_t variant_id = line->variant->id;
    if (wanted > 0 && (!line->variant->is_on_shelf || line->available <= 0)) {
        adjust(syncing, ADJUSTED_UNAVAILABLE, line, variant_id);
        return wanted < CART_QUANTITY_LIMIT ? wanted : CART_QUANTITY_LIMIT;
    }
    if (wanted <= most_of(line))
        return wanted;
    adjust(syncing, ADJUSTED_QUANTITY, line, variant_id)->most = most_of(line);
    return most_of(line);
}

static err write_given(struct ctx *ctx, const struct cart *cart, int64_t variant_id, int64_t quantity)
{
    return db_execute(ctx,
                      "INSERT INTO cart_op_lines (shop_id, cart_id, variant_id, quantity)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, cart_id, variant_id)"
                      " DO UPDATE SET quantity = $4",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(variant_id), db_int(quantity));
}

static err write_line(struct ctx *ctx, const struct cart *cart, const struct cart_line *line)
{
    return db_execute(ctx,
                      "INSERT INTO cart_lines (shop_id, cart_id, variant_id, answers_key, quantity, added_at,"
                      " seen_price) VALUES ($1, $2, $3, '', $4, $5, $6)"
                      " ON CONFLICT (shop_id, cart_id, variant_id, answers_key)"
                      " DO UPDATE SET quantity = $4, seen_price = $6",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(line->variant->id),
                      db_int(line->quantity), db_int(ctx->now), db_int(line->unit_price));
}

static err remove_line(struct ctx *ctx, struct cart *cart, int64_t variant_id)
{
    struct cart_line *line = line_of(cart, variant_id);
    size_t at = (size_t)(line - cart->lines);
    cart->count--;
    memmove(line, line + 1, (cart->count - at) * sizeof *line);
    return db_execute(ctx,
                      "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3"
                      " AND answers_key = ''",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(variant_id));
}

/* Puts one variant at what the log gives it. */
static err settle(struct ctx *ctx, struct syncing *syncing, struct cart *fresh, int64_t variant_id)
{
    struct cart *cart = syncing->cart;
    struct cart_line *line = line_of(cart, variant_id), *new_line = line_of(fresh, variant_id);
    bool is_merged;
    int64_t wanted = wanted_of(ctx, syncing, variant_id, &is_merged);
    const struct cart_line *goods = line ? line : new_line;
    if (!goods) {
        adjust(syncing, ADJUSTED_UNAVAILABLE, NULL, variant_id);
        return NULL;
    }
    int64_t quantity = bounded(syncing, goods, wanted);
    if (is_merged && quantity > 0)
        adjust(syncing, ADJUSTED_MERGED, goods, variant_id);
    if (quantity > 0 && !line && cart->count >= CART_LINE_LIMIT) {
        adjust(syncing, ADJUSTED_LIMIT, goods, variant_id);
        quantity = 0;
    }
    if (quantity > 0 && !line) {
        new_line->quantity = quantity;
        TRY(cart_append_line(ctx, cart, new_line));
    } else if (quantity > 0) {
        line->quantity = quantity;
    } else if (line) {
        TRY(remove_line(ctx, cart, variant_id));
    }
    return write_given(ctx, cart, variant_id, quantity);
}

static int64_t seen_by(const struct syncing *syncing, int64_t variant_id)
{
    int64_t price = 0;
    for (size_t i = 0; i < syncing->op_count; i++)
        if (syncing->ops[i].variant_id == variant_id && syncing->ops[i].seen_price > 0)
            price = syncing->ops[i].seen_price;
    return price;
}

/* Writes the touched lines as they are priced now, and says what costs another sum than the buyer saw. */
static err write_lines(struct ctx *ctx, struct syncing *syncing)
{
    struct cart *cart = syncing->cart;
    for (size_t i = 0; i < syncing->variant_count; i++) {
        struct cart_line *line = line_of(cart, syncing->variants[i]);
        if (!line)
            continue;
        int64_t seen = line->seen_price ? line->seen_price : seen_by(syncing, line->variant->id);
        if (seen > 0 && seen != line->unit_price) {
            struct cart_adjustment *adjustment = adjust(syncing, ADJUSTED_PRICE, line, line->variant->id);
            adjustment->old = seen;
            adjustment->now = line->unit_price;
        }
        line->seen_price = line->unit_price;
        TRY(write_line(ctx, cart, line));
    }
    return NULL;
}

static bool is_coupon_over(const struct cart *cart)
{
    enum coupon_problem problem = cart->priced.problem;
    return cart->coupon && cart->coupon[0] &&
           (problem == COUPON_LATE || problem == COUPON_UNKNOWN || problem == COUPON_PAUSED ||
            problem == COUPON_USED_UP);
}

static err settle_all(struct ctx *ctx, struct syncing *syncing)
{
    struct cart fresh;
    TRY(load_new(ctx, syncing, &fresh));
    for (size_t i = 0; i < syncing->variant_count; i++)
        TRY(settle(ctx, syncing, &fresh, syncing->variants[i]));
    TRY(cart_price(ctx, syncing->cart, NULL));
    TRY(write_lines(ctx, syncing));
    if (is_coupon_over(syncing->cart))
        adjust(syncing, ADJUSTED_COUPON, NULL, 0);
    return NULL;
}

/* ---- one request ---- */

static void give_room(struct ctx *ctx, struct cart *cart)
{
    struct cart_line *lines = arena_alloc_many(ctx->arena, CART_LINE_LIMIT + cart->count + 1, sizeof *lines);
    if (cart->count > 0)
        memcpy(lines, cart->lines, cart->count * sizeof *lines);
    cart->lines = lines;
}

static err sync_in_transaction(struct ctx *ctx, void *arg)
{
    struct syncing *syncing = arg;
    struct cart *cart = syncing->cart;
    struct cart_synced *synced = syncing->synced;
    *cart = (struct cart){0};
    *synced = (struct cart_synced){.cart = cart};
    syncing->log_count = syncing->known = syncing->given_count = syncing->variant_count = 0;
    if (syncing->token[0]) {
        TRY(cart_lock(ctx, syncing->token));
        TRY(cart_load_open(ctx, syncing->token, cart));
    } else {
        TRY(cart_insert(ctx, cart));
    }
    give_room(ctx, cart);
    TRY(load_log(ctx, syncing));
    TRY(take_ops(ctx, syncing));
    synced->lamport = highest_clock(syncing->log, syncing->log_count);
    synced->adjustments =
        arena_alloc_many(ctx->arena, 4 * syncing->variant_count + 1, sizeof *synced->adjustments);
    return settle_all(ctx, syncing);
}

err cart_sync(struct ctx *ctx, const char *token, const struct cart_op *ops, size_t count,
              struct cart_synced *synced)
{
    struct syncing syncing = {.token = token ? token : "",
                              .ops = ops,
                              .op_count = count,
                              .cart = arena_alloc(ctx->arena, sizeof *syncing.cart),
                              .synced = synced};
    const char *own;
    if (!syncing.token[0])
        TRY(cart_account_token(ctx, customer_here(ctx), &syncing.token));
    err failure = db_transact(ctx, sync_in_transaction, &syncing);
    bool is_old = failure && syncing.token[0] &&
                  (failure->code == ERR_CART_CHECKED_OUT || failure->code == ERR_NOT_FOUND);
    if (!is_old)
        return failure;
    TRY(cart_account_token(ctx, customer_here(ctx), &own));
    syncing.token = text_is(own, syncing.token) ? "" : own;
    return db_transact(ctx, sync_in_transaction, &syncing);
}
