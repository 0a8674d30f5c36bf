/* cart_account.c - the cart of an account, and what becomes of a guest's when the guest logs in. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_account.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/cart/cart_parts.h"
#include "shop/cart/cart_sync.h"
#include "shop/customer/customer.h"
#include <inttypes.h>

#define NEWS_LIMIT ((size_t)256 * 1024)
/* Entries that were not read yet and stay beside new ones. */
#define NEWS_KEPT_MOST CART_LINE_LIMIT
/* Another device may order or claim a cart between reading and writing. */
#define JOIN_TRIES 3

err cart_account_token(struct ctx *ctx, int64_t customer_id, const char **token)
{
    struct db_rows *rows;
    *token = "";
    if (!customer_id)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT c.id, c.secret FROM customer_carts a JOIN carts c ON c.shop_id = a.shop_id"
                 " AND c.id = a.cart_id WHERE a.shop_id = $1 AND a.customer_id = $2 AND c.order_id IS NULL",
                 db_int(ctx->shop->id), db_int(customer_id)));
    if (db_next(rows))
        *token = arena_format(ctx->arena, "%" PRId64 "-%s", db_get_int(rows, 0), db_get_text(rows, 1));
    return NULL;
}

err cart_find_own(struct ctx *ctx, const char *token, const struct cart **cart)
{
    const char *own;
    TRY(cart_find(ctx, token, cart));
    if ((*cart)->id && !(*cart)->order_id)
        return NULL;
    TRY(cart_account_token(ctx, customer_here(ctx), &own));
    return own[0] ? cart_find(ctx, own, cart) : NULL;
}

err cart_claim(struct ctx *ctx, int64_t customer_id, int64_t cart_id, bool must_be_own)
{
    static const char statement[] =
        "INSERT INTO customer_carts (shop_id, customer_id, cart_id) VALUES ($1, $2, $3)"
        " ON CONFLICT (shop_id, customer_id) DO UPDATE SET cart_id = $3"
        " WHERE NOT EXISTS (SELECT 1 FROM carts c WHERE c.shop_id = $1"
        " AND c.id = customer_carts.cart_id AND c.order_id IS NULL)";
    if (must_be_own)
        return db_expect(ctx, 1, ERR_CONFLICT, "the account has an open cart by now", statement,
                         db_int(ctx->shop->id), db_int(customer_id), db_int(cart_id));
    return db_execute(ctx, statement, db_int(ctx->shop->id), db_int(customer_id), db_int(cart_id));
}

struct joining {
    int64_t customer_id;
    int64_t last_cart_id;
    const char *own_token;
    const char *guest_token;
    struct cart *own;
    struct cart *guest;
    bool is_same_device;
    struct value *news;
};

/* ---- news ---- */

static struct value *tell(struct ctx *ctx, struct joining *joining, const char *code, const char *title)
{
    struct value *entry = value_add(ctx->arena, joining->news, *value_object(ctx->arena));
    value_set_text(ctx->arena, entry, "code", code);
    value_set_text(ctx->arena, entry, "title", title);
    return entry;
}

static void tell_line(struct ctx *ctx, struct joining *joining, const char *code,
                      const struct cart_line *line, int64_t wanted, int64_t got)
{
    struct value *entry = tell(ctx, joining, code, line->variant->product_title);
    value_set_text(ctx->arena, entry, "variant_title", line->variant->title);
    value_set_int(ctx->arena, entry, "wanted", wanted);
    value_set_int(ctx->arena, entry, "got", got);
}

/* ---- lines ---- */

/* Pieces of a line that stock and limits leave, beside the other lines of the cart. */
static int64_t room_for(const struct cart *cart, const struct cart_line *line)
{
    const struct variant *variant = line->variant;
    int64_t of_variant = 0, of_product = 0;
    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_line *other = &cart->lines[i];
        if (other == line)
            continue;
        of_variant += other->variant->id == variant->id ? other->quantity : 0;
        of_product += other->variant->product_id == variant->product_id ? other->quantity : 0;
    }
    const int64_t bounds[] = {variant->max_quantity, variant->person_quantity};
    int64_t room = line->available - of_variant;
    room = room < CART_QUANTITY_LIMIT ? room : CART_QUANTITY_LIMIT;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        if (bounds[i] > 0 && bounds[i] - of_product < room)
            room = bounds[i] - of_product;
    return room < 0 ? 0 : room;
}

static int64_t wanted_of(const struct joining *joining, int64_t own, int64_t guest)
{
    int64_t wanted = joining->is_same_device ? (own > guest ? own : guest) : own + guest;
    return wanted < CART_QUANTITY_LIMIT ? wanted : CART_QUANTITY_LIMIT;
}

/* What the buyer saw stays: another price now is said in the cart. */
static err write_new_line(struct ctx *ctx, const struct cart *cart, const struct cart_line *line)
{
    struct cart_line written = *line;
    written.unit_price = line->seen_price;
    return cart_write_addition(ctx, cart, &written, line->quantity);
}

static err write_pieces(struct ctx *ctx, const struct cart *cart, const struct cart_line *line)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the line went meanwhile",
                     "UPDATE cart_lines SET quantity = $5"
                     " WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3 AND answers_key = $4",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(line->variant->id),
                     db_text(line->answers_key), db_int(line->quantity));
}

/* How many pieces a line gets, and the news of it: goods that cannot be bought now stay, shown as such. */
static int64_t bounded(struct ctx *ctx, struct joining *joining, const struct cart_line *line, int64_t own,
                       int64_t guest)
{
    int64_t wanted = wanted_of(joining, own, guest), room = room_for(joining->own, line);
    if (!line->variant->is_on_shelf || line->available <= 0) {
        tell_line(ctx, joining, "unavailable", line, wanted, 0);
        return wanted;
    }
    if (wanted <= room)
        return wanted;
    tell_line(ctx, joining, "quantity-clamped", line, wanted, room > 0 ? room : own);
    return room > 0 ? room : own;
}

static err join_line(struct ctx *ctx, struct joining *joining, const struct cart_line *from)
{
    struct cart *cart = joining->own;
    struct cart_line *line = cart_find_line(cart, from->variant->id, from->answers_key);
    int64_t own = line ? line->quantity : 0;
    if (!line && cart->count >= CART_LINE_LIMIT) {
        tell_line(ctx, joining, "limit-exceeded", from, from->quantity, 0);
        return NULL;
    }
    int64_t quantity = bounded(ctx, joining, line ? line : from, own, from->quantity);
    if (quantity == own)
        return NULL;
    if (line) {
        line->quantity = quantity;
        return write_pieces(ctx, cart, line);
    }
    TRY(cart_append_line(ctx, cart, from));
    line = &cart->lines[cart->count - 1];
    line->quantity = quantity;
    return write_new_line(ctx, cart, line);
}

/* ---- the coupon ---- */

static bool is_code(const char *coupon)
{
    return coupon && coupon[0] && coupon[0] != '#'; /* coupon_wish_text: a claimed one, or none */
}

static err try_code(struct ctx *ctx, struct joining *joining, const char *code, bool *counts)
{
    joining->own->coupon = code;
    TRY(cart_price(ctx, joining->own, NULL));
    *counts = cart_coupon_can_count(joining->own->priced.problem);
    if (*counts)
        return NULL;
    tell(ctx, joining, "coupon-dropped", code);
    joining->own->coupon = "";
    return NULL;
}

/* The guest's code was typed last. One that can take nothing off any more is dropped. */
static err join_coupon(struct ctx *ctx, struct joining *joining)
{
    const char *own = joining->own->coupon, *guest = joining->guest->coupon;
    bool is_same = text_is(own, guest), counts = false;
    if (is_code(guest))
        TRY(try_code(ctx, joining, guest, &counts));
    if (counts && is_code(own) && !is_same)
        tell(ctx, joining, "coupon-replaced", own);
    if (counts || (is_same && is_code(own)))
        return NULL;
    joining->own->coupon = own;
    return is_code(own) ? try_code(ctx, joining, own, &counts) : NULL;
}

/* ---- the log of ops ---- */

struct op_counts {
    int64_t own;
    int64_t guest;
    int64_t shared; /* ops of the guest's cart by devices that the account's log knows */
};

static err count_ops(struct ctx *ctx, const struct joining *joining, struct op_counts *counts)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT (SELECT count(*) FROM cart_ops WHERE shop_id = $1 AND cart_id = $2),"
        " count(*), COALESCE(SUM(CASE WHEN device_id <> '~page' AND device_id IN"
        " (SELECT device_id FROM cart_ops WHERE shop_id = $1 AND cart_id = $2) THEN 1 ELSE 0 END), 0)"
        " FROM cart_ops WHERE shop_id = $1 AND cart_id = $3",
        db_int(ctx->shop->id), db_int(joining->own->id), db_int(joining->guest->id)));
    *counts = (struct op_counts){0};
    if (db_next(rows))
        *counts = (struct op_counts){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
    return NULL;
}

static err write_given(struct ctx *ctx, const struct cart *cart, struct cart_op *ops, size_t count)
{
    return db_execute(ctx,
                      "INSERT INTO cart_op_lines (shop_id, cart_id, variant_id, quantity)"
                      " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, cart_id, variant_id)"
                      " DO UPDATE SET quantity = $4",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(ops[0].variant_id),
                      db_int(cart_ops_quantity(ops, count)));
}

/* Both logs become one, so that an op told again is known. The lines are what joining made of them, not what
 * the log gives: the difference is, as of what is done on pages, in what cart_op_lines says. */
static err join_log(struct ctx *ctx, const struct joining *joining)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT op_id, device_id, lamport, kind, variant_id, quantity FROM cart_ops"
                 " WHERE shop_id = $1 AND cart_id = $2 UNION"
                 " SELECT op_id, device_id, lamport, kind, variant_id, quantity FROM cart_ops"
                 " WHERE shop_id = $1 AND cart_id = $3 ORDER BY variant_id",
                 db_int(ctx->shop->id), db_int(joining->own->id), db_int(joining->guest->id)));
    size_t count = 0, begin = 0;
    struct cart_op *ops = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *ops);
    while (db_next(rows))
        ops[count++] = (struct cart_op){.op_id = db_get_text(rows, 0),
                                        .device_id = db_get_text(rows, 1),
                                        .lamport = db_get_int(rows, 2),
                                        .kind = (enum cart_op_kind)db_get_int(rows, 3),
                                        .variant_id = db_get_int(rows, 4),
                                        .quantity = db_get_int(rows, 5)};
    for (size_t i = 1; i <= count; i++)
        if (i == count || ops[i].variant_id != ops[begin].variant_id) {
            TRY(write_given(ctx, joining->own, ops + begin, i - begin));
            begin = i;
        }
    return db_execute(ctx,
                      "INSERT INTO cart_ops (shop_id, cart_id, op_id, device_id, lamport, kind, variant_id,"
                      " quantity) SELECT shop_id, $2, op_id, device_id, lamport, kind, variant_id, quantity"
                      " FROM cart_ops WHERE shop_id = $1 AND cart_id = $3 ON CONFLICT DO NOTHING",
                      db_int(ctx->shop->id), db_int(joining->own->id), db_int(joining->guest->id));
}

/* ---- both carts ---- */

static err remove_guest(struct ctx *ctx, const struct cart *guest)
{
    static const char *const parts[] = {
        "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id = $2",
        "DELETE FROM cart_ops WHERE shop_id = $1 AND cart_id = $2",
        "DELETE FROM cart_op_lines WHERE shop_id = $1 AND cart_id = $2",
        "DELETE FROM carts WHERE shop_id = $1 AND id = $2",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        TRY(db_execute(ctx, parts[i], db_int(ctx->shop->id), db_int(guest->id)));
    return NULL;
}

static err write_head(struct ctx *ctx, const struct joining *joining)
{
    const struct cart *own = joining->own, *guest = joining->guest;
    const char *news;
    TRY(json_text(ctx, joining->news, NEWS_LIMIT, &news));
    return db_execute(ctx,
                      "UPDATE carts SET coupon = $3, region = $4, gifts = $5, news = $6"
                      " WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(own->id), db_text(own->coupon),
                      db_int(own->region ? own->region : guest->region),
                      db_text(own->choices[0] ? own->choices : guest->choices), db_text(news));
}

/* What was not read yet stays, unless it is long already. */
static err load_news(struct ctx *ctx, struct joining *joining)
{
    joining->news = NULL;
    if (joining->own->news[0])
        TRY(json_read(ctx, joining->own->news, strlen(joining->own->news), &joining->news));
    if (!joining->news || value_count(joining->news) > NEWS_KEPT_MOST)
        joining->news = value_list(ctx->arena);
    return NULL;
}

static err load_both(struct ctx *ctx, struct joining *joining)
{
    TRY(cart_lock(ctx, joining->own_token));
    TRY(cart_lock(ctx, joining->guest_token));
    TRY(cart_load_open(ctx, joining->own_token, joining->own));
    TRY(cart_load_open(ctx, joining->guest_token, joining->guest));
    struct cart *own = joining->own;
    struct cart_line *lines = arena_alloc_many(ctx->arena, CART_LINE_LIMIT + own->count + 1, sizeof *lines);
    if (own->count > 0)
        memcpy(lines, own->lines, own->count * sizeof *lines);
    own->lines = lines;
    return load_news(ctx, joining);
}

static err join_in_transaction(struct ctx *ctx, void *arg)
{
    struct joining *joining = arg;
    struct op_counts counts;
    TRY(load_both(ctx, joining));
    TRY(count_ops(ctx, joining, &counts));
    joining->is_same_device = joining->last_cart_id == joining->own->id || counts.shared > 0;
    int64_t brought = 0;
    for (size_t i = 0; i < joining->guest->count; i++)
        brought += joining->guest->lines[i].quantity;
    if (brought > 0 && joining->own->count > 0)
        value_set_int(ctx->arena, tell(ctx, joining, "merged", ""), "got", brought);
    for (size_t i = 0; i < joining->guest->count; i++)
        TRY(join_line(ctx, joining, &joining->guest->lines[i]));
    TRY(join_coupon(ctx, joining));
    if (counts.guest > 0 && counts.own + counts.guest <= CART_LOG_LIMIT)
        TRY(join_log(ctx, joining));
    TRY(write_head(ctx, joining));
    return remove_guest(ctx, joining->guest);
}

static err adopt_in_transaction(struct ctx *ctx, void *arg)
{
    const struct joining *joining = arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the cart is another's by now, or was ordered",
                  "UPDATE carts SET customer_id = $3 WHERE shop_id = $1 AND id = $2"
                  " AND customer_id IN (0, $3) AND order_id IS NULL AND group_buy_id = 0",
                  db_int(ctx->shop->id), db_int(joining->guest->id), db_int(joining->customer_id)));
    return cart_claim(ctx, joining->customer_id, joining->guest->id, true);
}

/* A cart of its own: `is_open` is false when the token names none, or one that was ordered. */
static err load_if_open(struct ctx *ctx, const char *token, struct cart *cart, bool *is_open)
{
    *is_open = false;
    if (!token || !token[0])
        return NULL;
    err failure = cart_load_open(ctx, token, cart);
    if (failure)
        return failure->code == ERR_NOT_FOUND || failure->code == ERR_CART_CHECKED_OUT ? NULL : failure;
    *is_open = true;
    return NULL;
}

/* "" as token unless the cart may be joined: open, of nobody else, of no group. */
static err check_guest(struct ctx *ctx, struct joining *joining, const char *token)
{
    bool is_open;
    joining->guest_token = "";
    TRY(load_if_open(ctx, token, joining->guest, &is_open));
    if (!is_open)
        return NULL;
    const struct cart *guest = joining->guest;
    bool is_foreign = guest->customer_id && guest->customer_id != joining->customer_id;
    joining->guest_token = is_foreign || guest->group_buy_id ? "" : token;
    return NULL;
}

static err join_once(struct ctx *ctx, struct joining *joining, const char *guest_token, const char **token)
{
    TRY(cart_account_token(ctx, joining->customer_id, &joining->own_token));
    TRY(check_guest(ctx, joining, guest_token));
    bool has_own = joining->own_token[0], has_guest = joining->guest_token[0];
    *token = has_own ? joining->own_token : joining->guest_token;
    if (!has_guest || text_is(joining->own_token, joining->guest_token))
        return NULL;
    return db_transact(ctx, has_own ? join_in_transaction : adopt_in_transaction, joining);
}

err cart_join(struct ctx *ctx, int64_t customer_id, const char *guest_token, int64_t last_cart_id,
              const char **token)
{
    struct joining joining = {.customer_id = customer_id,
                              .last_cart_id = last_cart_id,
                              .own = arena_alloc(ctx->arena, sizeof *joining.own),
                              .guest = arena_alloc(ctx->arena, sizeof *joining.guest)};
    err failure = NULL;
    for (int i = 0; i < JOIN_TRIES; i++) {
        failure = join_once(ctx, &joining, guest_token, token);
        bool is_moved = failure && (failure->code == ERR_CONFLICT || failure->code == ERR_NOT_FOUND ||
                                    failure->code == ERR_CART_CHECKED_OUT);
        if (!is_moved)
            break;
    }
    return failure;
}

err cart_account_id(struct ctx *ctx, const char *token, int64_t *cart_id)
{
    struct cart cart;
    bool is_open;
    TRY(load_if_open(ctx, token, &cart, &is_open));
    *cart_id = is_open && cart.customer_id ? cart.id : 0;
    return NULL;
}

/* ---- news that were read ---- */

struct dropping {
    const char *token;
    struct cart *cart;
};

static err drop_in_transaction(struct ctx *ctx, void *arg)
{
    const struct dropping *dropping = arg;
    TRY(cart_load_open(ctx, dropping->token, dropping->cart));
    dropping->cart->news = "";
    TRY(db_execute(ctx, "UPDATE carts SET news = '' WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                   db_int(dropping->cart->id)));
    return cart_price(ctx, dropping->cart, NULL);
}

err cart_drop_news(struct ctx *ctx, const char *token, const struct cart **cart)
{
    struct dropping dropping = {.token = token ? token : "", .cart = arena_alloc(ctx->arena, sizeof **cart)};
    *cart = dropping.cart;
    return db_transact(ctx, drop_in_transaction, &dropping);
}
