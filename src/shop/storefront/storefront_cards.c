/* storefront_cards.c - products as cards. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront.h"

#include "base/clock.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"

#define NEW_MS (14 * DAY_MS)
/* Cards show "sold out" or not: a number is capped so that a page does not change with every sale. */
#define SHOWN_STOCK 99

/* What is said beside the lowest price of a product, and of it by those who bought it. */
struct beside {
    const struct variant *variant; /* NULL = nothing */
    struct struck_price struck;
    const struct review_figures *figures;
    const struct product_offers *offers;
    const struct flash_places *flash;
    const struct price_board *board;
    unsigned words; /* bits 1 << offer_word */
};

/* Beside the list price of its variant; a card that knows only the cheapest one compares with that. */
static void add_flash(struct ctx *ctx, struct value *card, const struct product *product,
                      const struct beside *beside)
{
    const struct flash_place *place = flash_of_card(beside->flash, ctx->now);
    bool is_cheapest = place && beside->variant && beside->variant->id == place->entry.variant_id;
    flash_view(ctx, card, place, is_cheapest ? beside->variant->price : product->price_max);
}

static void add_card(struct ctx *ctx, struct value *list, const struct product *product, int64_t available,
                     const struct beside *beside)
{
    struct arena *arena = ctx->arena;
    const struct price_list *by;
    int64_t price_min = price_on_board(beside->board, product->id, product->price_min, &by);
    int64_t price_max = price_on_board(beside->board, product->id, product->price_max, &by);
    struct value *card = value_add(arena, list, *value_object(arena));
    value_set_id(arena, card, "id", product->id);
    value_set_text(arena, card, "handle", product->handle);
    value_set_text(arena, card, "title", product->title);
    value_set_text(arena, card, "subtitle", product->subtitle);
    value_set_text(arena, card, "url", arena_format(arena, "/products/%s", product->handle));
    picture_set_view(ctx, card, "picture", product->picture_id, product->title);
    picture_set_focus(ctx, card, "picture", product->picture_focus_x, product->picture_focus_y);
    value_set_money(arena, card, "price_min", money_of(price_min, ctx->shop->currency));
    value_set_money(arena, card, "price_max", money_of(price_max, ctx->shop->currency));
    price_terms_view(ctx, card, beside->variant, &beside->struck);
    sale_view(ctx, card, beside->offers, price_min);
    add_flash(ctx, card, product, beside);
    price_list_view(ctx, card, beside->board, product->id, product->price_min);
    offer_words_view(ctx, card, beside->words | offer_words_of(beside->offers));
    value_set_int(arena, card, "available", available < SHOWN_STOCK ? available : SHOWN_STOCK);
    value_set_text(arena, card, "kind", product_kind_name(product->kind));
    value_set_bool(arena, card, "is_new", product->created_at > ctx->now - NEW_MS);
    value_set(arena, card, "rating", value_null());
    if (review_count(beside->figures) > 0)
        review_rating_view(ctx, value_set_object(arena, card, "rating"), beside->figures);
}

err product_card_views(struct ctx *ctx, struct value *list, const struct product *products, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    int64_t *available = arena_alloc_many(ctx->arena, count + 1, sizeof *available);
    for (size_t i = 0; i < count; i++)
        ids[i] = products[i].id;
    struct offer_words_question question;
    unsigned *words = arena_alloc_many(ctx->arena, count + 1, sizeof *words);
    TRY(offer_words_ask(ctx, ids, count, &question));
    TRY(stock_sum_products(ctx, ids, count, available));
    offer_words_take(&question, ids, count, words);
    const struct variant **cheapest = arena_alloc_many(ctx->arena, count + 1, sizeof *cheapest);
    struct struck_price *struck = arena_alloc_many(ctx->arena, count + 1, sizeof *struck);
    TRY(variant_find_cheapest_many(ctx, ids, count, cheapest));
    struct list_source *sources = arena_alloc_many(ctx->arena, count + 1, sizeof *sources);
    struct price_board board;
    TRY(price_board_load(ctx, false, ids, count, &board));
    price_board_apply(ctx, &board, cheapest, count, sources);
    TRY(struck_prices(ctx, cheapest, count, struck));
    struct review_figures *figures = arena_alloc_many(ctx->arena, count + 1, sizeof *figures);
    TRY(review_figures_many(ctx, ids, count, figures));
    struct product_offers *offers = arena_alloc_many(ctx->arena, count + 1, sizeof *offers);
    TRY(product_offers_load(ctx, ids, count, offers));
    struct flash_places *flash = arena_alloc_many(ctx->arena, count + 1, sizeof *flash);
    TRY(flash_product_many(ctx, ids, count, flash));
    for (size_t i = 0; i < count; i++)
        add_card(
            ctx, list, &products[i], available[i],
            &(struct beside){cheapest[i], struck[i], &figures[i], &offers[i], &flash[i], &board, words[i]});
    return NULL;
}
