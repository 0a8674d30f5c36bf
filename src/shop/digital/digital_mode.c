/* digital_mode.c - what staff set about a deck: how it delivers, how much of it, when it counts as low. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/crypto.h"
#include "shop/catalog/catalog.h"
#include "shop/digital/digital_deck.h"
#include "shop/gift/gift.h"
#include "shop/inventory/inventory.h"
#include "shop/tenant/tenant.h"

struct setting {
    int64_t variant_id;
    int64_t product_id;
    enum deck_mode mode;
    int64_t number;
    struct sealed sealed; /* the new shared text, if any */
};

static err set_low_in_transaction(struct ctx *ctx, void *arg)
{
    const struct setting *setting = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "the variant has no deck",
                  "UPDATE code_decks SET low_at = $3 WHERE shop_id = $1 AND variant_id = $2",
                  db_int(ctx->shop->id), db_int(setting->variant_id), db_int(setting->number)));
    return code_deck_tell_low(ctx, setting->variant_id);
}

err code_deck_set_low(struct ctx *ctx, int64_t variant_id, int64_t low_at)
{
    return db_transact(ctx, set_low_in_transaction,
                       &(struct setting){.variant_id = variant_id, .number = low_at});
}

/* What is left of a quantity is given up; codes that are left must be withdrawn first, so that nobody loses
 * them by a click. */
static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct setting *setting = arg;
    struct code_deck deck;
    struct stock stock;
    TRY(code_deck_create(ctx, setting->variant_id, setting->product_id));
    TRY(code_deck_lock(ctx, setting->variant_id, &deck));
    if (deck.mode == setting->mode)
        return NULL;
    TRY(stock_lock(ctx, setting->variant_id, &stock));
    if (stock.reserved > 0)
        return fail_field(ctx, "mode", "promised", "orders wait for what this deck delivers");
    if (deck.mode == DECK_CODES && deck.loaded > deck.dealt)
        return fail_field(ctx, "mode", "codes-left", "withdraw the codes that are left first");
    TRY(db_execute(ctx,
                   "UPDATE code_decks SET mode = $3, loaded = dealt, has_hook = 0 WHERE shop_id = $1 AND "
                   "variant_id = $2",
                   db_int(ctx->shop->id), db_int(setting->variant_id), db_int(setting->mode)));
    TRY(db_execute(ctx, "DELETE FROM code_hooks WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(setting->variant_id)));
    TRY(variant_set_card(ctx, setting->variant_id, 0, 0));
    return code_deck_follow(ctx, setting->variant_id, setting->product_id, "mode");
}

err code_deck_change_mode(struct ctx *ctx, int64_t variant_id, int64_t product_id, enum deck_mode mode)
{
    return db_transact(ctx, change_in_transaction,
                       &(struct setting){.variant_id = variant_id, .product_id = product_id, .mode = mode});
}

/* A new text has a new number: who bought before keeps what was delivered. */
static err write_text(struct ctx *ctx, const struct setting *setting, struct code_deck *deck)
{
    deck->text_no++;
    TRY(db_execute(ctx,
                   "INSERT INTO code_texts (shop_id, variant_id, text_no, sealed, set_at)"
                   " VALUES ($1, $2, $3, $4, $5)",
                   db_int(ctx->shop->id), db_int(deck->variant_id), db_int(deck->text_no),
                   db_bytes(setting->sealed.ptr, setting->sealed.len), db_int(ctx->now)));
    return db_execute(ctx, "UPDATE code_decks SET text_no = $3 WHERE shop_id = $1 AND variant_id = $2",
                      db_int(ctx->shop->id), db_int(deck->variant_id), db_int(deck->text_no));
}

static err set_quantity_in_transaction(struct ctx *ctx, void *arg)
{
    const struct setting *setting = arg;
    struct code_deck deck;
    struct stock stock;
    TRY(code_deck_lock(ctx, setting->variant_id, &deck));
    if (deck.mode == DECK_CODES)
        return fail_field(ctx, "quantity", "codes-quantity", "the quantity of this deck is its codes");
    if (deck.mode == DECK_GIFT_CARDS)
        return fail_field(ctx, "mode", "gift-cards", "say what its cards hold, too");
    TRY(stock_lock(ctx, setting->variant_id, &stock));
    if (deck.mode == DECK_SHARED && setting->sealed.ptr)
        TRY(write_text(ctx, setting, &deck));
    if (deck.mode == DECK_SHARED && deck.text_no == 0)
        return fail_field(ctx, "text", "required", "what is delivered is missing");
    TRY(db_execute(ctx, "UPDATE code_decks SET loaded = dealt + $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(setting->variant_id),
                   db_int(stock.reserved + setting->number)));
    TRY(code_deck_follow(ctx, setting->variant_id, setting->product_id, "quantity"));
    return code_deck_tell_loaded(ctx, setting->variant_id, 0);
}

err code_deck_set_quantity(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t quantity,
                           const char *text)
{
    struct setting setting = {.variant_id = variant_id, .product_id = product_id, .number = quantity};
    if (text && text[0])
        setting.sealed = crypto_seal(ctx, code_purpose(DECK_SHARED), text, strlen(text));
    return db_transact(ctx, set_quantity_in_transaction, &setting);
}

/* ---- gift cards ---- */

struct card_setting {
    struct setting base;
    const struct variant *variant;
    int64_t value;
    int64_t years;
};

static err set_card_in_transaction(struct ctx *ctx, void *arg)
{
    const struct card_setting *setting = arg;
    const struct variant *variant = setting->variant;
    struct code_deck deck;
    struct stock stock;
    TRY(code_deck_lock(ctx, variant->id, &deck));
    if (deck.mode != DECK_GIFT_CARDS)
        return fail_field(ctx, "mode", "no-gift-cards", "this deck makes no gift cards");
    TRY(stock_lock(ctx, variant->id, &stock));
    if (stock.reserved > 0 && setting->value != variant->card_value)
        return fail_field(ctx, "value", "promised", "orders wait for cards of another value");
    TRY(variant_set_card(ctx, variant->id, setting->value, setting->years));
    TRY(db_execute(ctx, "UPDATE code_decks SET loaded = dealt + $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(variant->id),
                   db_int(stock.reserved + setting->base.number)));
    TRY(code_deck_follow(ctx, variant->id, variant->product_id, "quantity"));
    TRY(product_emit_changed(ctx, variant->product_id));
    if (!ctx->shop->has_gift_cards)
        TRY(shop_change_gift_cards(ctx, true));
    return code_deck_tell_loaded(ctx, variant->id, 0);
}

err code_deck_set_card(struct ctx *ctx, const struct variant *variant, int64_t value, int64_t years,
                       int64_t quantity)
{
    struct card_setting setting = {
        .base = {.number = quantity}, .variant = variant, .value = value, .years = years};
    TRY(gift_card_check_law(ctx, &(struct gift_card_batch){.value = value, .years = years}));
    return db_transact(ctx, set_card_in_transaction, &setting);
}

err code_deck_text(struct ctx *ctx, const struct code_deck *deck, const char **text)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT sealed FROM code_texts WHERE shop_id = $1 AND variant_id = $2 AND text_no = $3",
                 db_int(ctx->shop->id), db_int(deck->variant_id), db_int(deck->text_no)));
    *text = "";
    if (!db_next(rows))
        return NULL;
    struct sealed sealed;
    sealed.ptr = db_get_bytes(rows, 0, &sealed.len);
    return crypto_open(ctx, code_purpose(DECK_SHARED), sealed, text);
}
