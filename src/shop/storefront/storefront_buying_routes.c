/* storefront_buying_routes.c - buying from the page of a product that asks its buyers something: a refused
 * answer is shown on that page, beside what was asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "base/text.h"
#include "shop/cart/cart.h"
#include "shop/storefront/storefront.h"

struct buying_form {
    const char *handle;
    const char *sku;
    int64_t variant_id;
    int64_t quantity;
    const char *next;
    struct field_rows answers;
};

struct answer_row {
    int64_t question_id;
    const char *value;
};

static const struct field answer_row_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct answer_row, question_id),
     .help = "Which question of the product"},
    {.name = "value",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct answer_row, value),
     .maximum = ANSWER_LIMIT,
     .help = "The answer"},
    {0},
};

static const struct field buying_fields[] = {
    {.name = "handle",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct buying_form, handle),
     .is_required = true,
     .maximum = 120,
     .help = "Handle of the product"},
    {.name = "sku",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct buying_form, sku),
     .maximum = 64,
     .help = "The variant that the page shows"},
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct buying_form, variant_id),
     .is_required = true,
     .help = "What to put in"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct buying_form, quantity),
     .minimum = 1,
     .maximum = CART_QUANTITY_LIMIT,
     .otherwise = 1,
     .help = "Pieces to add"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct buying_form, next),
     .maximum = 16,
     .help = "checkout goes on to the checkout"},
    {.name = "answers",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct buying_form, answers),
     .maximum = QUESTION_LIMIT,
     .rows = answer_row_fields,
     .row_size = sizeof(struct answer_row),
     .help = "Answers to the questions of the product"},
    {0},
};

static err show_again(struct req *req)
{
    const struct buying_form *form = req->form;
    const struct product *product;
    struct value *view;
    TRY(product_find_by_handle(&req->ctx, form->handle, &product));
    if (!product || product->status != PRODUCT_ACTIVE)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such product");
    int64_t seconds = 0; /* of a refused form: it is not kept */
    TRY(product_page_view(&req->ctx, product, form->sku, &seconds, &view));
    return reply_view(req, "product", view);
}

static err buy(struct req *req)
{
    const struct buying_form *form = req->form;
    const struct answer_row *rows = form->answers.items;
    const struct cart *cart;
    struct given_answer *answers = arena_alloc_many(req->ctx.arena, form->answers.count + 1, sizeof *answers);
    for (size_t i = 0; i < form->answers.count; i++)
        answers[i] = (struct given_answer){.question_id = rows[i].question_id, .value = rows[i].value};
    struct cart_wish wish = {form->variant_id, form->quantity, answers, form->answers.count, 0};
    TRY(cart_add_line_anew(&req->ctx, req_cookie(req, CART_COOKIE), &wish, &cart));
    if (!text_is(req_cookie(req, CART_COOKIE), cart->token))
        reply_cookie(req, CART_COOKIE, cart->token, CART_COOKIE_SECONDS);
    return reply_redirect(req, 303, text_is(form->next, "checkout") ? "/checkout" : "/cart");
}

const struct route storefront_buying_routes[] = {
    {.method = POST,
     .path = "/products/:handle",
     .handler = buy,
     .guard = ANYONE,
     .fields = buying_fields,
     .form_size = sizeof(struct buying_form),
     .faces = FACE_HTML,
     .again = show_again,
     .summary = "Put a product that asks its buyers something into the cart"},
    {0},
};
