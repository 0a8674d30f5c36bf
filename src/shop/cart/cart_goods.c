/* cart_goods.c - what a cart has earned: gifts, goods at a special price, and bundles put in at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_parts.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

#define CHOICES_LIMIT 4096

/* ---- which goods ---- */

/* The goods that the granted rules name, each with its stock. */
struct shelf {
    int64_t *ids;
    const struct variant **variants;
    struct stock *stocks;
    size_t count;
};

static err load_shelf(struct ctx *ctx, const struct priced *priced, struct shelf *shelf)
{
    const struct quote *quote = &priced->quote;
    size_t room = quote->grant_count * DISCOUNT_GOODS_MOST;
    shelf->ids = arena_alloc_many(ctx->arena, room + 1, sizeof *shelf->ids);
    for (size_t i = 0; i < quote->grant_count; i++) {
        const struct discount_rule *rule = &priced->rules[quote->grants[i].rule];
        for (size_t j = 0; j < rule->good_count && shelf->count < CATALOG_MANY_LIMIT; j++)
            shelf->ids[shelf->count++] = rule->goods[j].variant_id;
    }
    shelf->variants = arena_alloc_many(ctx->arena, shelf->count + 1, sizeof *shelf->variants);
    shelf->stocks = arena_alloc_many(ctx->arena, shelf->count + 1, sizeof *shelf->stocks);
    struct stock_question question;
    TRY(stock_ask_many(ctx, shelf->ids, shelf->count, &question));
    TRY(variant_load_many(ctx, shelf->ids, shelf->count, shelf->variants));
    stock_take_many(&question, shelf->stocks);
    for (size_t i = 0; i < shelf->count; i++) /* a gift card is bought, and given by no offer */
        if (shelf->variants[i] && shelf->variants[i]->card_value > 0)
            shelf->variants[i] = NULL;
    return NULL;
}

static int64_t pieces_in(const struct cart *cart, int64_t variant_id)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < cart->count; i++)
        pieces += cart->lines[i].variant->id == variant_id ? cart->lines[i].quantity : 0;
    for (size_t i = 0; i < cart->gift_count; i++)
        if (cart->gifts[i].variant && cart->gifts[i].variant->id == variant_id)
            pieces += cart->gifts[i].quantity;
    return pieces;
}

static int64_t above_nothing(int64_t number)
{
    return number > 0 ? number : 0;
}

/* ---- gifts ---- */

/* "OFFER:VARIANT,…" */
static int64_t chosen_of(const struct cart *cart, int64_t promotion_id)
{
    const char *at = cart->choices ? cart->choices : "";
    while (*at) {
        char *end;
        int64_t promotion = strtoll(at, &end, 10);
        int64_t variant = *end == ':' ? strtoll(end + 1, &end, 10) : 0;
        if (promotion == promotion_id)
            return variant;
        at = *end ? end + 1 : end;
    }
    return 0;
}

static bool gives_less(const struct cart_gift *gift, size_t a, size_t b)
{
    return above_nothing(gift->left[a]) < above_nothing(gift->left[b]) && gift->left[a] < gift->earned;
}

/* Whether what the offer may give in all reaches for it. */
static bool is_paid_for(const struct promotion *promotion, int64_t price, int64_t quantity)
{
    return promotion->money_most == 0 || promotion->money + price * quantity <= promotion->money_most;
}

/* The chosen one while there is any of it, else the first of which there is enough, or most. */
static void pick(struct cart_gift *gift, int64_t chosen_id)
{
    size_t best = 0;
    for (size_t i = 0; i < gift->choice_count; i++) {
        if (gift->choices[i]->id == chosen_id && gift->left[i] > 0) {
            best = i;
            break;
        }
        if (gives_less(gift, best, i))
            best = i;
    }
    if (gift->choice_count == 0 || gift->left[best] <= 0)
        return;
    int64_t quantity = gift->left[best] < gift->earned ? gift->left[best] : gift->earned;
    if (!is_paid_for(gift->promotion, gift->choices[best]->price, quantity))
        return;
    gift->variant = gift->choices[best];
    gift->quantity = quantity;
}

static void add_gift(struct ctx *ctx, struct cart *cart, const struct quote_grant *grant,
                     const struct shelf *shelf, size_t first)
{
    const struct discount_rule *rule = &cart->priced.rules[grant->rule];
    struct cart_gift gift = {
        .promotion = &cart->priced.promotions[grant->rule], .rule = grant->rule, .earned = grant->pieces};
    const struct variant **choices = arena_alloc_many(ctx->arena, rule->good_count + 1, sizeof *choices);
    int64_t *left = arena_alloc_many(ctx->arena, rule->good_count + 1, sizeof *left);
    for (size_t i = 0; i < rule->good_count && first + i < shelf->count; i++) {
        if (!shelf->variants[first + i])
            continue;
        choices[gift.choice_count] = shelf->variants[first + i];
        left[gift.choice_count++] =
            stock_orderable(&shelf->stocks[first + i]) - pieces_in(cart, shelf->ids[first + i]);
    }
    gift.choices = choices;
    gift.left = left;
    pick(&gift, chosen_of(cart, gift.promotion->id));
    for (size_t i = 0; gift.variant && i < rule->good_count && first + i < shelf->count; i++)
        if (shelf->ids[first + i] == gift.variant->id) {
            gift.in_stock = stock_available(&shelf->stocks[first + i]);
            gift.made_of = shelf->stocks[first + i].made_of;
        }
    cart->needs_address = cart->needs_address || (gift.variant && gift.variant->kind == PRODUCT_PHYSICAL);
    cart->gifts[cart->gift_count++] = gift;
}

/* For the counters and the proof. */
static void tell_given(struct ctx *ctx, struct cart *cart)
{
    struct gift_given *given = arena_alloc_many(ctx->arena, cart->gift_count + 1, sizeof *given);
    for (size_t i = 0; i < cart->gift_count; i++) {
        const struct cart_gift *gift = &cart->gifts[i];
        if (gift->quantity > 0)
            given[cart->priced.given_count++] =
                (struct gift_given){gift->rule, gift->variant->id, gift->quantity, gift->variant->price};
    }
    cart->priced.given = given;
}

/* ---- special prices ---- */

static void add_addons(struct cart *cart, const struct quote_grant *grant, const struct shelf *shelf,
                       size_t first)
{
    const struct discount_rule *rule = &cart->priced.rules[grant->rule];
    for (size_t i = 0; i < rule->good_count && first + i < shelf->count; i++) {
        const struct variant *variant = shelf->variants[first + i];
        if (!variant || !variant->is_on_shelf || variant->price <= rule->goods[i].price)
            continue;
        int64_t taken = pieces_in(cart, variant->id);
        cart->addons[cart->addon_count++] =
            (struct cart_addon){&cart->priced.promotions[grant->rule], &rule->goods[i], variant,
                                above_nothing(stock_orderable(&shelf->stocks[first + i]) - taken), taken};
    }
}

static void mark_lines(struct cart *cart)
{
    const struct priced *priced = &cart->priced;
    for (size_t i = 0; i < cart->count; i++)
        cart->lines[i].addon = NULL;
    for (size_t i = 0; i < priced->quote.effect_count; i++) {
        const struct quote_effect *effect = &priced->quote.effects[i];
        enum discount_kind kind = priced->rules[effect->rule].kind;
        if (kind != DISCOUNT_ADDON && kind != DISCOUNT_VOUCHER)
            continue;
        for (size_t j = 0; j < cart->count; j++)
            if (effect->by_line[j] > 0)
                cart->lines[j].addon = &priced->promotions[effect->rule];
    }
}

err cart_load_gifts(struct ctx *ctx, struct cart *cart)
{
    const struct quote *quote = &cart->priced.quote;
    struct shelf shelf = {.count = 0};
    size_t first = 0;
    cart->gift_count = cart->addon_count = 0;
    mark_lines(cart);
    if (quote->grant_count == 0)
        return NULL;
    TRY(load_shelf(ctx, &cart->priced, &shelf));
    cart->gifts = arena_alloc_many(ctx->arena, quote->grant_count + 1, sizeof *cart->gifts);
    cart->addons = arena_alloc_many(ctx->arena, shelf.count + 1, sizeof *cart->addons);
    for (size_t i = 0; i < quote->grant_count; i++) {
        const struct discount_rule *rule = &cart->priced.rules[quote->grants[i].rule];
        if (rule->kind == DISCOUNT_GIFT)
            add_gift(ctx, cart, &quote->grants[i], &shelf, first);
        else
            add_addons(cart, &quote->grants[i], &shelf, first);
        first += rule->good_count;
    }
    tell_given(ctx, cart);
    return NULL;
}

const char *cart_gifts_text(struct ctx *ctx, const struct cart *cart)
{
    struct text_buf text;
    text_open(&text, ctx->arena, CHOICES_LIMIT);
    for (size_t i = 0; i < cart->gift_count; i++)
        text_add_format(&text, "%s%" PRId64 ":%" PRId64 "x%" PRId64, i > 0 ? "," : "",
                        cart->gifts[i].promotion->id, cart->gifts[i].variant ? cart->gifts[i].variant->id : 0,
                        cart->gifts[i].quantity);
    return text_of(&text);
}

bool cart_lacks_gifts(const struct cart *cart)
{
    for (size_t i = 0; i < cart->gift_count; i++)
        if (cart->gifts[i].quantity < cart->gifts[i].earned)
            return true;
    return false;
}

/* ---- choosing ---- */

struct choice {
    const char *token;
    int64_t promotion_id;
    int64_t variant_id;
    struct cart *cart;
};

static bool is_choice(const struct cart *cart, int64_t promotion_id, int64_t variant_id)
{
    for (size_t i = 0; i < cart->gift_count; i++)
        for (size_t j = 0; cart->gifts[i].promotion->id == promotion_id && j < cart->gifts[i].choice_count;
             j++)
            if (cart->gifts[i].choices[j]->id == variant_id)
                return true;
    return false;
}

/* Of what is earned now: an old choice of another offer is forgotten. */
static const char *choices_with(struct ctx *ctx, const struct cart *cart, const struct choice *choice)
{
    struct text_buf text;
    text_open(&text, ctx->arena, CHOICES_LIMIT);
    for (size_t i = 0; i < cart->gift_count; i++) {
        int64_t promotion_id = cart->gifts[i].promotion->id;
        int64_t chosen =
            promotion_id == choice->promotion_id ? choice->variant_id : chosen_of(cart, promotion_id);
        if (chosen)
            text_add_format(&text, "%s%" PRId64 ":%" PRId64, text.len > 0 ? "," : "", promotion_id, chosen);
    }
    return text_of(&text);
}

static err choose_in_transaction(struct ctx *ctx, void *arg)
{
    const struct choice *choice = arg;
    struct cart *cart = choice->cart;
    TRY(cart_load_open(ctx, choice->token, cart));
    TRY(cart_price(ctx, cart, NULL));
    if (!is_choice(cart, choice->promotion_id, choice->variant_id))
        return fail_with(ctx, ERR_NOT_FOUND, "this gift is not earned");
    cart->choices = choices_with(ctx, cart, choice);
    TRY(cart_load_gifts(ctx, cart));
    TRY(cart_touch(ctx, cart->id));
    return db_execute(ctx, "UPDATE carts SET gifts = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(cart->id), db_text(cart->choices));
}

err cart_choose_gift(struct ctx *ctx, const char *token, int64_t promotion_id, int64_t variant_id,
                     const struct cart **cart)
{
    struct choice choice = {token ? token : "", promotion_id, variant_id,
                            arena_alloc(ctx->arena, sizeof **cart)};
    *cart = choice.cart;
    return db_transact(ctx, choose_in_transaction, &choice);
}

/* ---- bundles ---- */

struct bundle {
    const char *token;
    int64_t promotion_id;
    struct cart *cart;
};

static err load_bundle(struct ctx *ctx, int64_t promotion_id, const struct promotion **promotion)
{
    struct promotion *loaded;
    TRY(promotion_load(ctx, promotion_id, &loaded));
    if (loaded->rule.kind != DISCOUNT_BUNDLE || promotion_phase_of(loaded, ctx->now) != PHASE_RUNNING)
        return fail_with(ctx, ERR_NOT_FOUND, "this bundle is not offered");
    *promotion = loaded;
    return NULL;
}

static err load_parts(struct ctx *ctx, const struct discount_rule *rule, struct cart_line *parts)
{
    int64_t ids[DISCOUNT_GOODS_MOST];
    const struct variant *variants[DISCOUNT_GOODS_MOST];
    struct stock stocks[DISCOUNT_GOODS_MOST];
    struct stock_question question;
    for (size_t i = 0; i < rule->good_count; i++)
        ids[i] = rule->goods[i].variant_id;
    TRY(stock_ask_many(ctx, ids, rule->good_count, &question));
    TRY(variant_load_many(ctx, ids, rule->good_count, variants));
    stock_take_many(&question, stocks);
    for (size_t i = 0; i < rule->good_count; i++) {
        int64_t pieces = rule->goods[i].pieces;
        if (!variants[i] || !variants[i]->is_on_shelf || stock_orderable(&stocks[i]) < pieces)
            return fail_with(ctx, ERR_OUT_OF_STOCK, "%s is sold out", rule->goods[i].name);
        if (variants[i]->questions && variants[i]->questions[0])
            return fail_with(ctx, ERR_CONFLICT, "%s asks something: put it in on its own page",
                             rule->goods[i].name);
        parts[i] = (struct cart_line){.variant = variants[i],
                                      .quantity = pieces,
                                      .answers_key = "",
                                      .available = stock_orderable(&stocks[i]),
                                      .in_stock = stock_available(&stocks[i])};
    }
    return NULL;
}

/* Room for the parts behind the lines that are there. */
static void make_room(struct ctx *ctx, struct cart *cart, size_t more)
{
    struct cart_line *lines = arena_alloc_many(ctx->arena, cart->count + more + 1, sizeof *lines);
    for (size_t i = 0; i < cart->count; i++)
        lines[i] = cart->lines[i];
    cart->lines = lines;
}

static err put_parts(struct ctx *ctx, struct cart *cart, const struct cart_line *parts, size_t count)
{
    make_room(ctx, cart, count);
    for (size_t i = 0; i < count; i++) {
        struct cart_line *line = cart_find_line(cart, parts[i].variant->id, "");
        if (line)
            line->quantity += parts[i].quantity;
        else
            TRY(cart_append_line(ctx, cart, &parts[i]));
    }
    TRY(cart_price(ctx, cart, NULL));
    for (size_t i = 0; i < count; i++) {
        struct cart_line *line = cart_find_line(cart, parts[i].variant->id, "");
        line->seen_price = line->unit_price;
        TRY(cart_write_addition(ctx, cart, line, parts[i].quantity));
    }
    return NULL;
}

static err add_bundle_in_transaction(struct ctx *ctx, void *arg)
{
    const struct bundle *bundle = arg;
    struct cart *cart = bundle->cart;
    const struct promotion *promotion;
    struct cart_line parts[DISCOUNT_GOODS_MOST];
    bool is_new = !bundle->token[0];
    *cart = (struct cart){.lines = arena_alloc(ctx->arena, sizeof *cart->lines)};
    TRY(load_bundle(ctx, bundle->promotion_id, &promotion));
    TRY(load_parts(ctx, &promotion->rule, parts));
    if (!is_new)
        TRY(cart_load_open(ctx, bundle->token, cart));
    TRY(is_new ? cart_insert(ctx, cart) : cart_touch(ctx, cart->id));
    return put_parts(ctx, cart, parts, promotion->rule.good_count);
}

/* Whether the cart that a browser remembers is of no use any more. */
static err is_open(struct ctx *ctx, const char *token, bool *is_usable)
{
    const struct cart *cart;
    TRY(cart_find(ctx, token, &cart));
    *is_usable = cart->id != 0 && cart->order_id == 0;
    return NULL;
}

err cart_add_bundle(struct ctx *ctx, const char *token, int64_t promotion_id, const struct cart **cart)
{
    bool is_usable = false;
    if (token && token[0])
        TRY(is_open(ctx, token, &is_usable));
    if (!is_usable)
        TRY(cart_account_token(ctx, customer_here(ctx), &token));
    struct bundle bundle = {token, promotion_id, arena_alloc(ctx->arena, sizeof **cart)};
    *cart = bundle.cart;
    return db_transact(ctx, add_bundle_in_transaction, &bundle);
}
