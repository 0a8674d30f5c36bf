/* cart_account_view.c - what joining two carts did, as pages and programs see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "shop/cart/cart_parts.h"

static void copy_entry(struct ctx *ctx, struct value *list, const struct value *from)
{
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    static const char *const texts[] = {"code", "title", "variant_title"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *text = value_find_text(from, texts[i]);
        value_set_text(ctx->arena, entry, texts[i], text ? text : "");
    }
    value_set_int(ctx->arena, entry, "wanted", value_find_int(from, "wanted", 0));
    value_set_int(ctx->arena, entry, "got", value_find_int(from, "got", 0));
}

void cart_news_view(struct ctx *ctx, struct value *view, const struct cart *cart)
{
    struct value *list = value_set_list(ctx->arena, view, "news");
    struct value *news;
    if (!cart->news || !cart->news[0] || json_read(ctx, cart->news, strlen(cart->news), &news))
        return;
    for (size_t i = 0; i < value_count(news); i++)
        copy_entry(ctx, list, value_at(news, i));
}
