/* cart.c - carts and their lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define TOKEN_LIMIT 64
#define SWEEP_LIMIT 500

struct cart_key {
    int64_t id;
    const char *secret;
};

/* A token is "ID-SECRET". */
static bool read_token(struct ctx *ctx, const char *token, struct cart_key *key)
{
    if (!token || strlen(token) > TOKEN_LIMIT)
        return false;
    char *copy = arena_copy_text(ctx->arena, token);
    char *dash = strchr(copy, '-');
    if (!dash)
        return false;
    *dash = 0;
    key->secret = dash + 1;
    return text_to_int(copy, &key->id) && key->id > 0;
}

/* Asks for the head of a cart; the answer is there after the next question. */
static err ask_head(struct ctx *ctx, const struct cart_key *key, struct db_rows **rows)
{
    return db_ask(ctx, rows, "SELECT secret, version, order_id FROM carts WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(key->id));
}

static err take_head(struct ctx *ctx, const struct cart_key *key, struct db_rows *rows, struct cart *cart)
{
    if (!db_next(rows) || !crypto_text_equal(db_get_text(rows, 0), key->secret))
        return fail_with(ctx, ERR_NOT_FOUND, "no such cart");
    cart->id = key->id;
    cart->version = db_get_int(rows, 1);
    cart->order_id = db_get_int(rows, 2);
    return NULL;
}

static enum line_problem problem_of(const struct cart_line *line)
{
    if (!line->variant->is_on_shelf)
        return LINE_OFF_SHELF;
    if (line->available <= 0)
        return LINE_OUT_OF_STOCK;
    return line->available < line->quantity ? LINE_TOO_FEW : LINE_FINE;
}

static err price_cart(struct ctx *ctx, struct cart *cart)
{
    struct priced_line *priced = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *priced);
    for (size_t i = 0; i < cart->count; i++)
        priced[i] = (struct priced_line){cart->lines[i].variant->price, cart->lines[i].quantity, 0};
    TRY(price_lines(ctx, priced, cart->count, &cart->total));
    cart->item_count = 0;
    cart->has_problems = cart->needs_address = false;
    for (size_t i = 0; i < cart->count; i++) {
        struct cart_line *line = &cart->lines[i];
        line->total = priced[i].total;
        line->problem = problem_of(line);
        cart->item_count += line->quantity;
        cart->has_problems = cart->has_problems || line->problem != LINE_FINE;
        cart->needs_address = cart->needs_address || line->variant->kind == PRODUCT_PHYSICAL;
    }
    return NULL;
}

/* Fills in what `count` lines sell, with its stock; lines whose variant is gone are left out. */
static err load_goods(struct ctx *ctx, struct cart *cart, const int64_t *ids, size_t count)
{
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    struct stock_question question;
    TRY(stock_ask_many(ctx, ids, count, &question));
    TRY(variant_load_many(ctx, ids, count, variants));
    stock_take_many(&question, stocks);
    for (size_t i = 0; i < count; i++) {
        if (!variants[i])
            continue;
        struct cart_line line = cart->lines[i];
        line.variant = variants[i];
        line.available = stock_available(&stocks[i]);
        cart->lines[cart->count++] = line;
    }
    return NULL;
}

/* The lines have room for one more. */
static err take_lines(struct ctx *ctx, struct db_rows *rows, struct cart *cart)
{
    size_t count = db_row_count(rows);
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    cart->lines = arena_alloc_many(ctx->arena, count + 1, sizeof *cart->lines);
    for (size_t i = 0; db_next(rows); i++) {
        ids[i] = db_get_int(rows, 0);
        cart->lines[i].quantity = db_get_int(rows, 1);
        cart->lines[i].seen_price = db_get_int(rows, 2);
    }
    return load_goods(ctx, cart, ids, count);
}

static err load_unpriced(struct ctx *ctx, const char *token, struct cart *cart)
{
    struct cart_key key;
    struct db_rows *head;
    struct db_rows *lines;
    *cart = (struct cart){0};
    if (!read_token(ctx, token, &key))
        return fail_with(ctx, ERR_NOT_FOUND, "no such cart");
    cart->token = arena_copy_text(ctx->arena, token);
    TRY(ask_head(ctx, &key, &head));
    TRY(db_query(ctx, &lines,
                 "SELECT variant_id, quantity, seen_price FROM cart_lines WHERE shop_id = $1 AND cart_id = $2"
                 " ORDER BY added_at, variant_id",
                 db_int(ctx->shop->id), db_int(key.id)));
    TRY(take_head(ctx, &key, head, cart));
    return take_lines(ctx, lines, cart);
}

err cart_load(struct ctx *ctx, const char *token, const struct cart **cart)
{
    struct cart *loaded = arena_alloc(ctx->arena, sizeof *loaded);
    TRY(load_unpriced(ctx, token, loaded));
    TRY(price_cart(ctx, loaded));
    *cart = loaded;
    return NULL;
}

err cart_find(struct ctx *ctx, const char *token, const struct cart **cart)
{
    *cart = NULL;
    if (token && token[0]) {
        err failure = cart_load(ctx, token, cart);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
    }
    if (!*cart)
        *cart = arena_alloc(ctx->arena, sizeof **cart);
    return NULL;
}

struct cart_change {
    const char *token; /* "" for a new cart */
    int64_t variant_id;
    int64_t quantity;
    struct cart *cart; /* as it is afterwards */
};

static err touch(struct ctx *ctx, int64_t cart_id)
{
    return db_expect(ctx, 1, ERR_CART_CHECKED_OUT, "the cart was ordered already",
                     "UPDATE carts SET version = version + 1, updated_at = $3"
                     " WHERE shop_id = $1 AND id = $2 AND order_id IS NULL",
                     db_int(ctx->shop->id), db_int(cart_id), db_int(ctx->now));
}

static err insert_cart(struct ctx *ctx, struct cart *cart)
{
    const char *secret = random_token(ctx->arena);
    *cart = (struct cart){.id = id_new(ctx), .version = 1};
    cart->token = arena_format(ctx->arena, "%" PRId64 "-%s", cart->id, secret);
    cart->lines = arena_alloc(ctx->arena, sizeof *cart->lines);
    return db_execute(ctx,
                      "INSERT INTO carts (shop_id, id, secret, version, created_at, updated_at)"
                      " VALUES ($1, $2, $3, 1, $4, $4)",
                      db_int(ctx->shop->id), db_int(cart->id), db_text(secret), db_int(ctx->now));
}

static struct cart_line *find_line(const struct cart *cart, int64_t variant_id)
{
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->id == variant_id)
            return &cart->lines[i];
    return NULL;
}

static err load_open(struct ctx *ctx, const char *token, struct cart *cart)
{
    TRY(load_unpriced(ctx, token, cart));
    if (cart->order_id)
        return fail_with(ctx, ERR_CART_CHECKED_OUT, "the cart was ordered already");
    return NULL;
}

/* The line that a variant gets, not in the cart yet. */
static err load_new_line(struct ctx *ctx, int64_t variant_id, struct cart_line *line)
{
    struct stock stock;
    struct stock_question question;
    TRY(stock_ask_many(ctx, &variant_id, 1, &question));
    TRY(variant_load(ctx, variant_id, &line->variant));
    stock_take_many(&question, &stock);
    line->available = stock_available(&stock);
    return NULL;
}

static err append_line(struct ctx *ctx, struct cart *cart, const struct cart_line *line)
{
    if (cart->count >= CART_LINE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most 100 different things fit into a cart");
    cart->lines[cart->count++] = *line;
    return NULL;
}

static err write_addition(struct ctx *ctx, const struct cart *cart, const struct variant *variant,
                          int64_t quantity)
{
    /* The guard keeps a line within its bound however many tabs add at once. */
    return db_expect(ctx, 1, ERR_LIMIT, "at most 999 pieces of one kind",
                     "INSERT INTO cart_lines (shop_id, cart_id, variant_id, quantity, added_at, seen_price)"
                     " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, cart_id, variant_id)"
                     " DO UPDATE SET quantity = cart_lines.quantity + $4, seen_price = $6"
                     " WHERE cart_lines.quantity + $4 <= 999",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(variant->id), db_int(quantity),
                     db_int(ctx->now), db_int(variant->price));
}

static err add_in_transaction(struct ctx *ctx, void *arg)
{
    const struct cart_change *change = arg;
    struct cart *cart = change->cart;
    struct cart_line fresh = {0};
    bool is_new = !change->token[0];
    if (!is_new)
        TRY(load_open(ctx, change->token, cart));
    struct cart_line *line = is_new ? NULL : find_line(cart, change->variant_id);
    if (!line)
        TRY(load_new_line(ctx, change->variant_id, &fresh));
    if (!(line ? line : &fresh)->variant->is_on_shelf)
        return fail_with(ctx, ERR_NOT_FOUND, "the variant is not on the shelf");
    TRY(is_new ? insert_cart(ctx, cart) : touch(ctx, cart->id));
    if (!line) {
        TRY(append_line(ctx, cart, &fresh));
        line = &cart->lines[cart->count - 1];
    }
    line->quantity += change->quantity;
    line->seen_price = line->variant->price;
    TRY(price_cart(ctx, cart));
    return write_addition(ctx, cart, line->variant, change->quantity);
}

err cart_add_line(struct ctx *ctx, const char *token, int64_t variant_id, int64_t quantity,
                  const struct cart **cart)
{
    if (quantity < 1 || quantity > CART_QUANTITY_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "1 to 999 pieces of one kind");
    struct cart_change change = {token ? token : "", variant_id, quantity,
                                 arena_alloc(ctx->arena, sizeof **cart)};
    *cart = change.cart;
    return db_transact(ctx, add_in_transaction, &change);
}

static void drop_line(struct cart *cart, const struct cart_line *line)
{
    size_t at = (size_t)(line - cart->lines);
    cart->count--;
    memmove(cart->lines + at, cart->lines + at + 1, (cart->count - at) * sizeof *cart->lines);
}

/* Who changes a line has seen what it costs; `price` is that of the line, or 0 when there is none. */
static err write_quantity(struct ctx *ctx, const struct cart *cart, int64_t variant_id, int64_t quantity,
                          int64_t price)
{
    if (quantity == 0)
        return db_execute(ctx,
                          "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3",
                          db_int(ctx->shop->id), db_int(cart->id), db_int(variant_id));
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such line",
                     "UPDATE cart_lines SET quantity = $4, seen_price = $5"
                     " WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(variant_id), db_int(quantity),
                     db_int(price));
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct cart_change *change = arg;
    struct cart *cart = change->cart;
    TRY(load_open(ctx, change->token, cart));
    struct cart_line *line = find_line(cart, change->variant_id);
    int64_t price = line ? line->variant->price : 0;
    if (line && change->quantity > 0) {
        line->quantity = change->quantity;
        line->seen_price = price;
    } else if (line) {
        drop_line(cart, line);
    }
    TRY(price_cart(ctx, cart));
    TRY(touch(ctx, cart->id));
    return write_quantity(ctx, cart, change->variant_id, change->quantity, price);
}

err cart_change_line(struct ctx *ctx, const char *token, int64_t variant_id, int64_t quantity,
                     const struct cart **cart)
{
    struct cart_change change = {token, variant_id, quantity, arena_alloc(ctx->arena, sizeof **cart)};
    *cart = change.cart;
    return db_transact(ctx, change_in_transaction, &change);
}

err cart_check_out(struct ctx *ctx, const struct cart *cart, int64_t order_id)
{
    return db_expect(ctx, 1, ERR_CART_CHECKED_OUT, "the cart was ordered or changed meanwhile",
                     "UPDATE carts SET order_id = $4, updated_at = $5 WHERE shop_id = $1 AND id = $2"
                     " AND version = $3 AND order_id IS NULL",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(cart->version), db_int(order_id),
                     db_int(ctx->now));
}

/* Ids are made in time order, so the oldest carts stand first in the key. */
static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    const int64_t before = id_floor(ctx->now - CART_AGE_MS);
    TRY(db_execute(
        ctx,
        "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id IN (SELECT id FROM carts WHERE shop_id = $1"
        " AND id < $2 AND updated_at < $3 ORDER BY id LIMIT $4)",
        db_int(ctx->shop->id), db_int(before), db_int(ctx->now - CART_AGE_MS), db_int(SWEEP_LIMIT)));
    return db_execute(
        ctx,
        "DELETE FROM carts WHERE shop_id = $1 AND id IN (SELECT id FROM carts WHERE shop_id = $1"
        " AND id < $2 AND updated_at < $3 ORDER BY id LIMIT $4)",
        db_int(ctx->shop->id), db_int(before), db_int(ctx->now - CART_AGE_MS), db_int(SWEEP_LIMIT));
}

err cart_sweep(struct ctx *ctx)
{
    return db_transact(ctx, sweep_in_transaction, NULL);
}
