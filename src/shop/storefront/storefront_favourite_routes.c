/* storefront_favourite_routes.c - 收藏: what members keep, and what a guest's browser keeps, with prices now
 * and then.
 *
 * Guests' favourites never come to rest here: the browser asks what stands behind its list, and gets the same
 * page. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/clock.h"
#include "shop/catalog/catalog.h"
#include "shop/customer/customer.h"
#include "shop/storefront/storefront.h"
#include <inttypes.h>

/* Products that are made into cards at once. */
#define CARDS_AT_ONCE 100
#define NEXT_LIMIT 2000
/* Looks at a browser's list from one place within a minute: each reads many products. */
#define LOOKS_PER_MINUTE 60

struct one_form {
    int64_t product_id;
    const char *next;
};

struct item_row {
    int64_t product_id;
    int64_t price;
};

struct items_form {
    struct field_rows items;
};

#define PRODUCT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "product_id", .kind = FIELD_ID, .offset = offsetof(struct one_form, product_id),             \
        .is_required = true, .help = "The product"                                                           \
    }
#define NEXT_FIELD                                                                                           \
    {                                                                                                        \
        .name = "next", .kind = FIELD_TEXT, .offset = offsetof(struct one_form, next),                       \
        .maximum = NEXT_LIMIT, .help = "Page of the shop to go on to"                                        \
    }

static const struct field one_fields[] = {PRODUCT_FIELD, NEXT_FIELD, {0}};
static const struct field item_fields[] = {
    {.name = "product_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct item_row, product_id),
     .is_required = true,
     .help = "A product that the browser keeps"},
    {.name = "price",
     .kind = FIELD_INT,
     .offset = offsetof(struct item_row, price),
     .minimum = 0,
     .maximum = CUSTOMER_FAVOURITE_PRICE_MOST,
     .help = "What it cost when it was kept, in minor units"},
    {0},
};
static const struct field items_fields[] = {
    {.name = "items",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct items_form, items),
     .maximum = CUSTOMER_FAVOURITE_LIMIT,
     .rows = item_fields,
     .row_size = sizeof(struct item_row),
     .help = "The latest first"},
    {0},
};

static err need_member(struct req *req)
{
    return customer_here(&req->ctx) ? NULL : fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
}

/* ---- what it costs ---- */

/* What a card says: the price of a sale, else the lowest. */
static int64_t card_price(const struct value *card)
{
    const struct value *sale = value_find(card, "sale");
    const struct value *price = sale && sale->kind == VALUE_OBJECT ? value_find(sale, "price") : NULL;
    return value_find_int(price ? price : value_find(card, "price_min"), "amount", 0);
}

static void add_kept(struct ctx *ctx, struct value *card, const struct product *product,
                     const struct customer_favourite *kept)
{
    int64_t now = card_price(card);
    value_set_money(ctx->arena, card, "kept_price", money_of(kept->price, ctx->shop->currency));
    value_set_time(ctx->arena, card, "kept_at", kept->kept_at);
    value_set_bool(ctx->arena, card, "is_offered", product->status == PRODUCT_ACTIVE);
    value_set_text(ctx->arena, card, "change",
                   now < kept->price   ? "cheaper"
                   : now > kept->price ? "dearer"
                                       : "same");
    value_set_money(ctx->arena, card, "change_by",
                    money_of(now < kept->price ? kept->price - now : now - kept->price, ctx->shop->currency));
}

static const struct customer_favourite *kept_of(const struct customer_favourite *kept, size_t count,
                                                int64_t product_id)
{
    for (size_t i = 0; i < count; i++)
        if (kept[i].product_id == product_id)
            return &kept[i];
    bug("a product that was not asked for");
}

/* Drafts were never shown to anybody. */
static size_t without_drafts(struct product *products, size_t count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (products[i].status != PRODUCT_DRAFT)
            products[left++] = products[i];
    return left;
}

static err add_some(struct ctx *ctx, struct value *list, const struct customer_favourite *kept, size_t count)
{
    int64_t ids[CARDS_AT_ONCE];
    struct product *products;
    size_t have, first = value_count(list);
    for (size_t i = 0; i < count; i++)
        ids[i] = kept[i].product_id;
    TRY(product_list_many(ctx, ids, count, &products, &have));
    have = without_drafts(products, have);
    TRY(product_card_views(ctx, list, products, have));
    for (size_t i = 0; i < have; i++)
        add_kept(ctx, &list->list->items[first + i], &products[i], kept_of(kept, count, products[i].id));
    return NULL;
}

/* docs/views.md: `favourites`. */
static err favourites_view(struct req *req, const struct customer_favourite *kept, size_t count,
                           struct value **view)
{
    *view = value_object(req->ctx.arena);
    struct value *list = value_set_list(req->ctx.arena, *view, "favourites");
    for (size_t start = 0; start < count; start += CARDS_AT_ONCE)
        TRY(add_some(&req->ctx, list, kept + start,
                     count - start < CARDS_AT_ONCE ? count - start : CARDS_AT_ONCE));
    value_set_int(req->ctx.arena, *view, "most", CUSTOMER_FAVOURITE_LIMIT);
    return NULL;
}

static err own_view(struct req *req, struct value **view)
{
    struct customer_favourite *kept = NULL;
    size_t count = 0;
    if (customer_here(&req->ctx))
        TRY(customer_favourite_list(&req->ctx, req->ctx.actor_id, &kept, &count));
    return favourites_view(req, kept, count, view);
}

/* A guest's page is filled by the browser. */
static err show(struct req *req)
{
    struct value *view;
    if (req->face == FACE_JSON)
        TRY(need_member(req));
    TRY(own_view(req, &view));
    return reply_view(req, "account_favourites", view);
}

/* Only which: what every page of a member asks to draw its hearts. */
static err show_ids(struct req *req)
{
    struct customer_favourite *kept;
    size_t count;
    TRY(need_member(req));
    TRY(customer_favourite_list(&req->ctx, req->ctx.actor_id, &kept, &count));
    struct value *view = value_object(req->ctx.arena);
    struct value *list = value_set_list(req->ctx.arena, view, "product_ids");
    for (size_t i = 0; i < count; i++)
        value_add(req->ctx.arena, list,
                  value_text(arena_format(req->ctx.arena, "%" PRId64, kept[i].product_id)));
    return reply_view(req, NULL, view);
}

/* ---- a browser's list ---- */

static struct customer_favourite *items_of(struct req *req, size_t *count)
{
    const struct items_form *form = req->form;
    const struct item_row *rows = form->items.items;
    struct customer_favourite *kept = arena_alloc_many(req->ctx.arena, form->items.count + 1, sizeof *kept);
    *count = form->items.count;
    for (size_t i = 0; i < *count; i++)
        kept[i] = (struct customer_favourite){rows[i].product_id, rows[i].price, req->ctx.now - (int64_t)i};
    return kept;
}

static err look(struct req *req)
{
    struct value *view;
    size_t count;
    const struct customer_favourite *kept = items_of(req, &count);
    const char *who = arena_format(req->ctx.arena, "favourites from %s", req->address);
    if (!req_rate_take(req, who, LOOKS_PER_MINUTE))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many looks at once");
    TRY(favourites_view(req, kept, count, &view));
    value_set_bool(req->ctx.arena, view, "is_of_browser", true);
    return reply_view(req, "account_favourites", view);
}

/* Of products that are there, as their cards say them now where the browser knew no price. */
static err existing(struct req *req, const struct customer_favourite *items, size_t count,
                    struct customer_favourite *kept, size_t *have)
{
    struct value *view;
    TRY(favourites_view(req, items, count, &view));
    const struct value *list = value_find(view, "favourites");
    *have = 0;
    for (size_t i = 0; i < count && *have < value_count(list); i++) {
        const struct value *card = value_at(list, *have);
        kept[*have] = items[i];
        if (!text_is(value_find_text(card, "id"),
                     arena_format(req->ctx.arena, "%" PRId64, items[i].product_id)))
            continue;
        if (kept[*have].price == 0)
            kept[*have].price = card_price(card);
        ++*have;
    }
    return NULL;
}

static err merge(struct req *req)
{
    struct value *view;
    size_t count, have, left_out;
    TRY(need_member(req));
    const struct customer_favourite *items = items_of(req, &count);
    struct customer_favourite *kept = arena_alloc_many(req->ctx.arena, count + 1, sizeof *kept);
    TRY(existing(req, items, count, kept, &have));
    TRY(customer_favourite_add(&req->ctx, req->ctx.actor_id, kept, have, &left_out));
    TRY(own_view(req, &view));
    value_set_int(req->ctx.arena, view, "left_out", (int64_t)left_out);
    return reply_view(req, "account_favourites", view);
}

/* ---- one ---- */

static const char *next_of(const struct req *req)
{
    return storefront_next(req, ((const struct one_form *)req->form)->next, "/account/favourites");
}

static err send_to_log_in(struct req *req)
{
    struct text_buf url;
    const char *next = next_of(req);
    text_open(&url, req->ctx.arena, (size_t)4 * NEXT_LIMIT);
    text_add(&url, "/account/login?next=");
    text_add_url(&url, next, strlen(next));
    return reply_redirect(req, 303, text_of(&url));
}

static err keep(struct req *req)
{
    const struct one_form *form = req->form;
    struct customer_favourite kept = {form->product_id, 0, req->ctx.now}, filled;
    struct value *view;
    size_t have, left_out;
    if (!customer_here(&req->ctx) && req->face == FACE_HTML)
        return send_to_log_in(req);
    TRY(need_member(req));
    TRY(existing(req, &kept, 1, &filled, &have));
    if (have == 0)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such product");
    TRY(customer_favourite_add(&req->ctx, req->ctx.actor_id, &filled, 1, &left_out));
    if (left_out > 0)
        return fail_with(&req->ctx, ERR_LIMIT, "at most %d favourites", CUSTOMER_FAVOURITE_LIMIT);
    TRY(own_view(req, &view));
    return reply_done(req, 201, view, "%s", next_of(req));
}

static err unkeep(struct req *req)
{
    const struct one_form *form = req->form;
    struct value *view;
    TRY(need_member(req));
    TRY(customer_favourite_remove(&req->ctx, req->ctx.actor_id, form->product_id));
    TRY(own_view(req, &view));
    return reply_done(req, 200, view, "%s", next_of(req));
}

#define ONE .guard = ANYONE, .fields = one_fields, .form_size = sizeof(struct one_form)
#define ITEMS .guard = ANYONE, .fields = items_fields, .form_size = sizeof(struct items_form)

const struct route storefront_favourite_routes[] = {
    {.method = GET,
     .path = "/account/favourites",
     .handler = show,
     .guard = ANYONE,
     .is_reading = true,
     .summary = "What who is logged in keeps, with prices now and then",
     .answer = "favourites"},
    {.method = GET,
     .path = "/account/favourites/ids",
     .handler = show_ids,
     .guard = ANYONE,
     .is_reading = true,
     .faces = FACE_JSON,
     .summary = "Which products who is logged in keeps",
     .answer = "product_ids"},
    {.method = POST,
     .path = "/account/favourites",
     .handler = keep,
     ONE,
     .again = show,
     .summary = "Keep a product",
     .answer = "favourites"},
    {.method = POST,
     .path = "/account/favourites/:product_id/remove",
     .handler = unkeep,
     ONE,
     .summary = "Keep a product no more",
     .answer = "favourites"},
    {.method = POST,
     .path = "/account/favourites/look",
     .handler = look,
     ITEMS,
     .summary = "What a browser keeps, with prices now and then; nothing is written",
     .answer = "favourites"},
    {.method = POST,
     .path = "/account/favourites/merge",
     .handler = merge,
     ITEMS,
     .faces = FACE_JSON,
     .summary = "Take what the browser kept before its owner logged in into the account",
     .answer = "favourites"},
    {0},
};
