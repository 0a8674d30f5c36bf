/* cart.c - carts and their lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/gift/gift.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

#define TOKEN_LIMIT 64
#define SWEEP_LIMIT 500
#define ANSWERS_PURPOSE "cart.answers"

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
    return db_ask(ctx, rows,
                  "SELECT secret, version, order_id, coupon, region, gifts, group_buy_id, group_id,"
                  " points, customer_id, news FROM carts WHERE shop_id = $1 AND id = $2",
                  db_int(ctx->shop->id), db_int(key->id));
}

static err take_head(struct ctx *ctx, const struct cart_key *key, struct db_rows *rows, struct cart *cart)
{
    if (!db_next(rows) || !crypto_text_equal(db_get_text(rows, 0), key->secret))
        return fail_with(ctx, ERR_NOT_FOUND, "no such cart");
    cart->id = key->id;
    cart->version = db_get_int(rows, 1);
    cart->order_id = db_get_int(rows, 2);
    cart->coupon = db_get_text(rows, 3);
    cart->region = db_get_int(rows, 4);
    cart->choices = db_get_text(rows, 5);
    cart->group_buy_id = db_get_int(rows, 6);
    cart->group_id = db_get_int(rows, 7);
    cart->points = db_get_int(rows, 8);
    cart->customer_id = db_get_int(rows, 9);
    cart->news = db_get_text(rows, 10);
    return NULL;
}

struct pieces {
    int64_t of_variant;
    int64_t of_product;
};

static struct pieces count_pieces(const struct cart *cart, const struct variant *variant)
{
    struct pieces pieces = {0, 0};
    for (size_t i = 0; i < cart->count; i++) {
        const struct cart_line *line = &cart->lines[i];
        pieces.of_variant += line->variant->id == variant->id ? line->quantity : 0;
        pieces.of_product += line->variant->product_id == variant->product_id ? line->quantity : 0;
    }
    return pieces;
}

bool cart_sells_cards(const struct cart *cart)
{
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->card_value > 0)
            return true;
    return false;
}

/* Gift cards are ordered by themselves: what pays for them, and what comes off, is another matter. */
static bool is_card_alone(const struct cart *cart)
{
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->card_value == 0)
            return false;
    return true;
}

/* How many of them the law lets one buy without papers, and one delivery makes, beside the others. */
static int64_t cards_most(const struct cart *cart, const struct variant *variant)
{
    int64_t left = GIFT_CARD_ORDER_MOST;
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->id != variant->id)
            left -= cart->lines[i].variant->card_value * cart->lines[i].quantity;
    int64_t pieces = left > 0 ? left / variant->card_value : 0;
    return pieces < GIFT_CARD_PIECES_MOST ? pieces : GIFT_CARD_PIECES_MOST;
}

static bool has_answers(struct ctx *ctx, const struct cart_line *line)
{
    struct given_answer *answers, *kept;
    size_t count;
    if (!line->variant->questions || !line->variant->questions[0])
        return true;
    return !answers_read(ctx, line->answers, &answers, &count) &&
           !answers_check(ctx, line->variant->questions, answers, count, &kept, &count);
}

static enum line_problem problem_of_goods(struct ctx *ctx, const struct cart *cart, struct cart_line *line)
{
    const struct variant *variant = line->variant;
    struct pieces pieces = count_pieces(cart, variant);
    if (!variant->is_on_shelf)
        return LINE_OFF_SHELF;
    if (line->flash && flash_left(line->flash) <= 0)
        return LINE_FLASH_OUT;
    if (line->presale && presale_left(line->presale) <= 0)
        return LINE_PRESALE_OUT;
    if (cart->group && !group_place_is_open(cart->group, ctx->now))
        return LINE_GROUP_OVER;
    if (line->available <= 0)
        return LINE_OUT_OF_STOCK;
    if (line->available < pieces.of_variant)
        return LINE_TOO_FEW;
    if (!has_answers(ctx, line))
        return LINE_UNANSWERED;
    line->bound = variant->max_quantity;
    if (variant->max_quantity > 0 && pieces.of_product > variant->max_quantity)
        return LINE_ABOVE_MOST;
    line->bound = variant->person_quantity;
    if (variant->person_quantity > 0 && pieces.of_product > variant->person_quantity)
        return LINE_ABOVE_PERSON;
    line->bound = line->flash   ? line->flash->entry.person_most
                  : cart->group ? cart->group->entry.person_most
                                : 0;
    if (line->bound > 0 && pieces.of_variant > line->bound)
        return LINE_ABOVE_PERSON;
    line->bound = line->presale ? line->presale->entry.person_most : 0;
    if (line->bound > 0 && pieces.of_variant > line->bound)
        return LINE_ABOVE_PERSON;
    if (line->presale && !cart->presale)
        return LINE_PRESALE_ALONE;
    line->bound = variant->min_quantity;
    return pieces.of_product < variant->min_quantity ? LINE_BELOW_LEAST : LINE_FINE;
}

static enum line_problem problem_of(struct ctx *ctx, const struct cart *cart, struct cart_line *line)
{
    enum line_problem problem = problem_of_goods(ctx, cart, line);
    if (problem != LINE_FINE || line->variant->card_value == 0)
        return problem;
    if (!is_card_alone(cart))
        return LINE_CARD_ALONE;
    line->bound = cards_most(cart, line->variant);
    return count_pieces(cart, line->variant).of_variant > line->bound ? LINE_ABOVE_MOST : LINE_FINE;
}

/* The prices of lists that are for this buyer, always from what stands on the shelf. */
static err put_list_prices(struct ctx *ctx, struct cart *cart, const struct promotion_buyer *buyer)
{
    if (!ctx->shop->has_price_lists || cart->group_buy_id)
        return NULL;
    const struct variant **variants = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *variants);
    struct list_source *sources = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *sources);
    for (size_t i = 0; i < cart->count; i++) {
        struct cart_line *line = &cart->lines[i];
        line->shelf = line->shelf ? line->shelf : line->variant;
        variants[i] = line->shelf;
    }
    TRY(price_lists_apply(ctx, buyer && buyer->is_new, variants, cart->count, sources));
    for (size_t i = 0; i < cart->count; i++) {
        cart->lines[i].variant = variants[i];
        cart->lines[i].source = sources[i];
    }
    return NULL;
}

/* The buyer with where it goes: by the address, or while there is none to where the cart said. */
static struct promotion_buyer buyer_beside(const struct cart *cart, const struct promotion_buyer *buyer)
{
    struct promotion_buyer beside = buyer ? *buyer : (struct promotion_buyer){0};
    if (!beside.has_address)
        beside.region = cart->region;
    beside.is_nowhere = true;
    for (size_t i = 0; i < cart->count; i++)
        beside.is_nowhere = beside.is_nowhere && cart->lines[i].variant->kind != PRODUCT_PHYSICAL;
    if (beside.is_nowhere)
        beside.region = 0;
    return beside;
}

static err quote_lines(struct ctx *ctx, struct cart *cart, const struct promotion_buyer *buyer)
{
    TRY(put_list_prices(ctx, cart, buyer));
    struct quote_line *quoted = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *quoted);
    int64_t *product_ids = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *product_ids);
    for (size_t i = 0; i < cart->count; i++) {
        const struct variant *variant = cart->lines[i].variant;
        product_ids[i] = variant->product_id;
        quoted[i] = (struct quote_line){.variant_id = variant->id,
                                        .list_price = variant->price,
                                        .tiers = variant->tiers,
                                        .tier_count = variant->tier_count,
                                        .source = cart->lines[i].source,
                                        .quantity = cart->lines[i].quantity};
    }
    const char *code = cart->coupon ? cart->coupon : "";
    const struct promotion_buyer beside = buyer_beside(cart, buyer);
    if (cart->group_buy_id)
        TRY(cart_price_group(ctx, cart, quoted, product_ids, &beside));
    else
        TRY(price_cart(ctx, quoted, product_ids, cart->count, code, &beside, &cart->priced));
    TRY(cart_carry(ctx, cart, quoted, buyer));
    TRY(cart_use_points(ctx, cart, quoted));
    quote_round(ctx->arena, quoted, cart->count, rounding_unit(ctx->shop->rounding, ctx->shop->currency),
                &cart->priced.quote);
    cart->quoted = quoted;
    cart->total = cart->priced.quote.total;
    return NULL;
}

/* While a flash sale runs there are as many pieces as it has. */
static void join_flash(struct cart *cart, size_t place)
{
    struct cart_line *line = &cart->lines[place];
    const struct flash_place *flash = cart->priced.flash ? &cart->priced.flash[place] : NULL;
    line->flash = flash && flash->flash_id ? flash : NULL;
    if (line->flash && flash_left(flash) < line->available)
        line->available = flash_left(flash);
    if (cart->group && group_left(cart->group) < line->available)
        line->available = group_left(cart->group);
}

/* Likewise of presales. The cart has the promise of one when all its lines are of it. */
static void join_presales(struct cart *cart)
{
    const struct presale_place *places = cart->priced.presale;
    bool is_one = places != NULL;
    for (size_t i = 0; i < cart->count; i++) {
        struct cart_line *line = &cart->lines[i];
        line->presale = places && places[i].presale_id ? &places[i] : NULL;
        if (line->presale && presale_left(line->presale) < line->available)
            line->available = presale_left(line->presale);
        is_one = is_one && places[i].presale_id && places[i].presale_id == places[0].presale_id;
    }
    cart->presale = is_one && cart->count > 0 ? &places[0] : NULL;
    cart->deposit =
        cart->presale ? presale_deposit_of(&cart->priced, cart->quoted, cart->count, cart->total) : 0;
}

err cart_price(struct ctx *ctx, struct cart *cart, const struct promotion_buyer *buyer)
{
    TRY(quote_lines(ctx, cart, buyer));
    join_presales(cart);
    cart->item_count = 0;
    cart->has_problems = cart->needs_address = false;
    for (size_t i = 0; i < cart->count; i++) {
        struct cart_line *line = &cart->lines[i];
        line->unit_price = cart->quoted[i].unit_price;
        line->discount = cart->quoted[i].discount;
        line->total = cart->quoted[i].full - line->discount;
        join_flash(cart, i);
        line->problem = problem_of(ctx, cart, line);
        cart->item_count += line->quantity;
        cart->has_problems = cart->has_problems || line->problem != LINE_FINE;
        cart->needs_address = cart->needs_address || line->variant->kind == PRODUCT_PHYSICAL;
    }
    return cart_load_gifts(ctx, cart);
}

static err load_restocks(struct ctx *ctx, struct cart *cart)
{
    int64_t *ids = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *ids);
    const char **texts = arena_alloc_many(ctx->arena, cart->count + 1, sizeof *texts);
    for (size_t i = 0; i < cart->count; i++)
        ids[i] = cart->lines[i].variant->id;
    TRY(restock_load_many(ctx, ids, cart->count, texts));
    for (size_t i = 0; i < cart->count; i++)
        cart->lines[i].restock = texts[i];
    return NULL;
}

/* Fills in what `count` lines sell, with its stock; lines whose variant is gone are left out. */
err cart_load_goods(struct ctx *ctx, struct cart *cart, const int64_t *ids, size_t count)
{
    const struct variant **variants = arena_alloc_many(ctx->arena, count + 1, sizeof *variants);
    struct stock *stocks = arena_alloc_many(ctx->arena, count + 1, sizeof *stocks);
    struct stock_question question;
    bool is_ahead = false;
    TRY(stock_ask_many(ctx, ids, count, &question));
    TRY(variant_load_many(ctx, ids, count, variants));
    stock_take_many(&question, stocks);
    for (size_t i = 0; i < count; i++) {
        if (!variants[i])
            continue;
        struct cart_line line = cart->lines[i];
        line.variant = variants[i];
        line.available = stock_orderable(&stocks[i]);
        line.in_stock = stock_available(&stocks[i]);
        line.made_of = stocks[i].made_of;
        is_ahead = is_ahead || (stocks[i].backorder > 0 && line.in_stock < line.quantity);
        cart->lines[cart->count++] = line;
    }
    return is_ahead ? load_restocks(ctx, cart) : NULL;
}

/* What was answered may be personal: it is opened only where there is something. */
static err open_answers(struct ctx *ctx, const struct db_rows *rows, struct cart_line *line)
{
    struct sealed sealed;
    line->answers_key = db_get_text(rows, 3);
    if (!line->answers_key[0])
        return NULL;
    sealed.ptr = db_get_bytes(rows, 4, &sealed.len);
    return crypto_open(ctx, ANSWERS_PURPOSE, sealed, &line->answers);
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
        cart->lines[i].promotion_id = db_get_int(rows, 5);
        TRY(open_answers(ctx, rows, &cart->lines[i]));
    }
    return cart_load_goods(ctx, cart, ids, count);
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
                 "SELECT variant_id, quantity, seen_price, answers_key, answers, promotion_id FROM cart_lines"
                 " WHERE shop_id = $1 AND cart_id = $2 ORDER BY added_at, variant_id, answers_key",
                 db_int(ctx->shop->id), db_int(key.id)));
    TRY(take_head(ctx, &key, head, cart));
    return take_lines(ctx, lines, cart);
}

err cart_load_for(struct ctx *ctx, const char *token, const struct promotion_buyer *buyer,
                  const struct cart **cart)
{
    struct cart *loaded = arena_alloc(ctx->arena, sizeof *loaded);
    TRY(load_unpriced(ctx, token, loaded));
    TRY(cart_price(ctx, loaded, buyer));
    *cart = loaded;
    return NULL;
}

err cart_load(struct ctx *ctx, const char *token, const struct cart **cart)
{
    return cart_load_for(ctx, token, NULL, cart);
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
    struct cart_wish wish;
    const char *answers_key; /* of the line to change */
    const char *coupon;
    struct cart *cart; /* as it is afterwards */
};

err cart_touch(struct ctx *ctx, int64_t cart_id)
{
    return db_expect(ctx, 1, ERR_CART_CHECKED_OUT, "the cart was ordered already, or is of one group",
                     "UPDATE carts SET version = version + 1, updated_at = $3"
                     " WHERE shop_id = $1 AND id = $2 AND order_id IS NULL AND group_buy_id = 0",
                     db_int(ctx->shop->id), db_int(cart_id), db_int(ctx->now));
}

err cart_lock(struct ctx *ctx, const char *token)
{
    struct cart_key key;
    return read_token(ctx, token, &key) ? cart_touch(ctx, key.id)
                                        : fail_with(ctx, ERR_NOT_FOUND, "no such cart");
}

err cart_insert(struct ctx *ctx, struct cart *cart)
{
    const char *secret = random_token(ctx->arena);
    cart->id = id_new(ctx);
    cart->version = 1;
    cart->token = arena_format(ctx->arena, "%" PRId64 "-%s", cart->id, secret);
    cart->customer_id = cart->group_buy_id ? 0 : customer_here(ctx);
    TRY(db_execute(ctx,
                   "INSERT INTO carts (shop_id, id, secret, version, created_at, updated_at, customer_id)"
                   " VALUES ($1, $2, $3, 1, $4, $4, $5)",
                   db_int(ctx->shop->id), db_int(cart->id), db_text(secret), db_int(ctx->now),
                   db_int(cart->customer_id)));
    return cart->customer_id ? cart_claim(ctx, cart->customer_id, cart->id, false) : NULL;
}

/* `answers_key` NULL = any line of the variant. */
struct cart_line *cart_find_line(const struct cart *cart, int64_t variant_id, const char *answers_key)
{
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->id == variant_id &&
            (!answers_key || text_is(cart->lines[i].answers_key, answers_key)))
            return &cart->lines[i];
    return NULL;
}

err cart_load_open(struct ctx *ctx, const char *token, struct cart *cart)
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
    line->available = stock_orderable(&stock);
    line->in_stock = stock_available(&stock);
    line->made_of = stock.made_of;
    return NULL;
}

err cart_append_line(struct ctx *ctx, struct cart *cart, const struct cart_line *line)
{
    if (cart->count >= CART_LINE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most 100 different things fit into a cart");
    cart->lines[cart->count++] = *line;
    return NULL;
}

/* The answers of a wish in their kept form; most products ask nothing. */
static err keep_answers(struct ctx *ctx, const struct cart_wish *wish, struct cart_line *line)
{
    struct given_answer *answers;
    size_t count;
    unsigned char key[CRYPTO_INDEX_BYTES];
    line->answers_key = "";
    line->answers = NULL;
    if (!line->variant->questions || !line->variant->questions[0])
        return NULL;
    TRY(answers_check(ctx, line->variant->questions, wish->answers, wish->answer_count, &answers, &count));
    TRY(answers_text(ctx, answers, count, &line->answers));
    if (!line->answers)
        return NULL;
    crypto_blind_index(ctx, ANSWERS_PURPOSE, line->answers, key);
    line->answers_key = crypto_hex(ctx->arena, key, sizeof key);
    return NULL;
}

/* Where the pieces of a wish go: a line that is there, or a new one at the end of the cart. */
err cart_line_for(struct ctx *ctx, struct cart *cart, const struct cart_wish *wish, struct cart_line **line)
{
    struct cart_line fresh = {0};
    const struct cart_line *sibling = cart_find_line(cart, wish->variant_id, NULL);
    if (sibling)
        fresh = (struct cart_line){.variant = sibling->variant,
                                   .available = sibling->available,
                                   .in_stock = sibling->in_stock,
                                   .restock = sibling->restock};
    else
        TRY(load_new_line(ctx, wish->variant_id, &fresh));
    if (!fresh.variant->is_on_shelf)
        return fail_with(ctx, ERR_NOT_FOUND, "the variant is not on the shelf");
    TRY(keep_answers(ctx, wish, &fresh));
    *line = cart_find_line(cart, wish->variant_id, fresh.answers_key);
    if (*line)
        return NULL;
    TRY(cart_append_line(ctx, cart, &fresh));
    *line = &cart->lines[cart->count - 1];
    return NULL;
}

/* More or fewer pieces of one line may change what others of the same variant cost; the buyer sees them all.
 * `line` is the one that is written besides, NULL when it went. */
static err write_siblings(struct ctx *ctx, struct cart *cart, int64_t variant_id,
                          const struct cart_line *line)
{
    int64_t price = 0;
    bool has_any = false;
    for (size_t i = 0; i < cart->count; i++) {
        struct cart_line *other = &cart->lines[i];
        if (other == line || other->variant->id != variant_id || other->variant->tier_count == 0)
            continue;
        price = other->seen_price = other->unit_price;
        has_any = true;
    }
    if (!has_any)
        return NULL;
    return db_execute(ctx,
                      "UPDATE cart_lines SET seen_price = $4"
                      " WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3",
                      db_int(ctx->shop->id), db_int(cart->id), db_int(variant_id), db_int(price));
}

err cart_write_addition(struct ctx *ctx, const struct cart *cart, const struct cart_line *line,
                        int64_t quantity)
{
    struct db_value answers = db_null();
    if (line->answers) {
        struct sealed sealed = crypto_seal(ctx, ANSWERS_PURPOSE, line->answers, strlen(line->answers));
        answers = db_bytes(sealed.ptr, sealed.len);
    }
    /* The guard keeps a line within its bound however many tabs add at once. */
    return db_expect(ctx, 1, ERR_LIMIT, "at most 999 pieces of one kind",
                     "INSERT INTO cart_lines (shop_id, cart_id, variant_id, answers_key, quantity, added_at,"
                     " seen_price, answers, promotion_id) VALUES ($1, $2, $3, $7, $4, $5, $6, $8, $9)"
                     " ON CONFLICT (shop_id, cart_id, variant_id, answers_key)"
                     " DO UPDATE SET quantity = cart_lines.quantity + $4, seen_price = $6, promotion_id = $9"
                     " WHERE cart_lines.quantity + $4 <= 999",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(line->variant->id), db_int(quantity),
                     db_int(ctx->now), db_int(line->unit_price), db_text(line->answers_key), answers,
                     db_int(line->promotion_id));
}

static err add_in_transaction(struct ctx *ctx, void *arg)
{
    const struct cart_change *change = arg;
    const struct cart_wish *wish = &change->wish;
    struct cart *cart = change->cart;
    struct cart_line *line;
    bool is_new = !change->token[0];
    if (is_new)
        *cart = (struct cart){.lines = arena_alloc(ctx->arena, sizeof *cart->lines)};
    else
        TRY(cart_load_open(ctx, change->token, cart));
    TRY(cart_line_for(ctx, cart, wish, &line));
    TRY(is_new ? cart_insert(ctx, cart) : cart_touch(ctx, cart->id));
    line->quantity += wish->quantity;
    line->promotion_id = wish->promotion_id ? wish->promotion_id : line->promotion_id;
    TRY(cart_price(ctx, cart, NULL));
    line->seen_price = line->unit_price;
    TRY(cart_write_addition(ctx, cart, line, wish->quantity));
    return write_siblings(ctx, cart, wish->variant_id, line);
}

err cart_add_line(struct ctx *ctx, const char *token, const struct cart_wish *wish, const struct cart **cart)
{
    if (wish->quantity < 1 || wish->quantity > CART_QUANTITY_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "1 to 999 pieces of one kind");
    struct cart_change change = {
        .token = token ? token : "", .wish = *wish, .cart = arena_alloc(ctx->arena, sizeof **cart)};
    *cart = change.cart;
    return db_transact(ctx, add_in_transaction, &change);
}

err cart_add_line_anew(struct ctx *ctx, const char *token, const struct cart_wish *wish,
                       const struct cart **cart)
{
    const char *own;
    if (!token || !token[0])
        TRY(cart_account_token(ctx, customer_here(ctx), &token));
    err failure = cart_add_line(ctx, token, wish, cart);
    bool is_old =
        failure && token[0] && (failure->code == ERR_CART_CHECKED_OUT || failure->code == ERR_NOT_FOUND);
    if (!is_old)
        return failure;
    TRY(cart_account_token(ctx, customer_here(ctx), &own));
    return cart_add_line(ctx, text_is(own, token) ? "" : own, wish, cart);
}

static void drop_line(struct cart *cart, const struct cart_line *line)
{
    size_t at = (size_t)(line - cart->lines);
    cart->count--;
    memmove(cart->lines + at, cart->lines + at + 1, (cart->count - at) * sizeof *cart->lines);
}

/* Who changes a line has seen what it costs; `price` is that of the line, or 0 when there is none. */
static err write_quantity(struct ctx *ctx, const struct cart_change *change, int64_t price)
{
    if (change->wish.quantity == 0)
        return db_execute(ctx,
                          "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3"
                          " AND answers_key = $4",
                          db_int(ctx->shop->id), db_int(change->cart->id), db_int(change->wish.variant_id),
                          db_text(change->answers_key));
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such line",
                     "UPDATE cart_lines SET quantity = $4, seen_price = $5"
                     " WHERE shop_id = $1 AND cart_id = $2 AND variant_id = $3 AND answers_key = $6",
                     db_int(ctx->shop->id), db_int(change->cart->id), db_int(change->wish.variant_id),
                     db_int(change->wish.quantity), db_int(price), db_text(change->answers_key));
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct cart_change *change = arg;
    struct cart *cart = change->cart;
    TRY(cart_load_open(ctx, change->token, cart));
    struct cart_line *line = cart_find_line(cart, change->wish.variant_id, change->answers_key);
    bool is_kept = line && change->wish.quantity > 0;
    if (is_kept)
        line->quantity = change->wish.quantity;
    else if (line)
        drop_line(cart, line);
    TRY(cart_price(ctx, cart, NULL));
    if (is_kept)
        line->seen_price = line->unit_price;
    TRY(cart_touch(ctx, cart->id));
    TRY(write_quantity(ctx, change, is_kept ? line->unit_price : 0));
    return write_siblings(ctx, cart, change->wish.variant_id, is_kept ? line : NULL);
}

err cart_change_line(struct ctx *ctx, const char *token, int64_t variant_id, const char *answers_key,
                     int64_t quantity, const struct cart **cart)
{
    struct cart_change change = {.token = token,
                                 .wish = {.variant_id = variant_id, .quantity = quantity},
                                 .answers_key = answers_key,
                                 .cart = arena_alloc(ctx->arena, sizeof **cart)};
    *cart = change.cart;
    return db_transact(ctx, change_in_transaction, &change);
}

/* ---- coupon ---- */

bool cart_coupon_can_count(enum coupon_problem problem)
{
    return problem == COUPON_FINE || problem == COUPON_NO_GOODS || problem == COUPON_TOO_LITTLE ||
           problem == COUPON_UNFIT || problem == COUPON_NO_FREIGHT || problem == COUPON_NO_REGION ||
           problem == COUPON_OTHER_REGION || problem == COUPON_CLOSED;
}

static err set_coupon_in_transaction(struct ctx *ctx, void *arg)
{
    const struct cart_change *change = arg;
    struct cart *cart = change->cart;
    TRY(cart_load_open(ctx, change->token, cart));
    cart->coupon = change->coupon;
    TRY(cart_price(ctx, cart, NULL));
    if (!cart_coupon_can_count(cart->priced.problem))
        return fail_field(ctx, "code", coupon_problem_names[cart->priced.problem],
                          "this coupon does not count");
    TRY(cart_touch(ctx, cart->id));
    return db_execute(ctx, "UPDATE carts SET coupon = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(cart->id), db_text(change->coupon));
}

err cart_set_coupon(struct ctx *ctx, const char *token, const char *code, const struct cart **cart)
{
    struct cart_change change = {.token = token ? token : "",
                                 .coupon = coupon_wish_text(ctx, code),
                                 .cart = arena_alloc(ctx->arena, sizeof **cart)};
    if (!change.coupon)
        return fail_field(ctx, "code", coupon_problem_names[COUPON_UNKNOWN], "this is no code of a coupon");
    *cart = change.cart;
    return db_transact(ctx, set_coupon_in_transaction, &change);
}

err cart_check_out(struct ctx *ctx, const struct cart *cart, int64_t order_id)
{
    return db_expect(ctx, 1, ERR_CART_CHECKED_OUT, "the cart was ordered or changed meanwhile",
                     "UPDATE carts SET order_id = $4, updated_at = $5 WHERE shop_id = $1 AND id = $2"
                     " AND version = $3 AND order_id IS NULL",
                     db_int(ctx->shop->id), db_int(cart->id), db_int(cart->version), db_int(order_id),
                     db_int(ctx->now));
}

err cart_peek(struct ctx *ctx, const char *token, int64_t *variant_ids, size_t *count)
{
    struct cart_key key;
    struct db_rows *rows;
    *count = 0;
    if (!read_token(ctx, token, &key))
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT l.variant_id, c.secret FROM carts c JOIN cart_lines l ON l.shop_id = c.shop_id"
                 " AND l.cart_id = c.id WHERE c.shop_id = $1 AND c.id = $2 AND c.order_id IS NULL LIMIT $3",
                 db_int(ctx->shop->id), db_int(key.id), db_int(CART_LINE_LIMIT)));
    while (db_next(rows))
        if (crypto_text_equal(db_get_text(rows, 1), key.secret))
            variant_ids[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

/* Ids are made in time order, so the oldest carts stand first in the key. */
#define OLD_CARTS                                                                                            \
    "(SELECT id FROM carts WHERE shop_id = $1 AND id < $2 AND updated_at < $3 ORDER BY id LIMIT $4)"

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    const int64_t before = id_floor(ctx->now - CART_AGE_MS);
    static const char *const parts[] = {
        "DELETE FROM cart_lines WHERE shop_id = $1 AND cart_id IN " OLD_CARTS,
        "DELETE FROM cart_ops WHERE shop_id = $1 AND cart_id IN " OLD_CARTS,
        "DELETE FROM cart_op_lines WHERE shop_id = $1 AND cart_id IN " OLD_CARTS,
        "DELETE FROM customer_carts WHERE shop_id = $1 AND cart_id IN " OLD_CARTS,
        "DELETE FROM carts WHERE shop_id = $1 AND id IN " OLD_CARTS,
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        TRY(db_execute(ctx, parts[i], db_int(ctx->shop->id), db_int(before), db_int(ctx->now - CART_AGE_MS),
                       db_int(SWEEP_LIMIT)));
    return NULL;
}

err cart_sweep(struct ctx *ctx)
{
    return db_transact(ctx, sweep_in_transaction, NULL);
}
