/* cart_group_routes.c - begin a group or join one: a cart of its own, and on to the checkout. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/cart/cart_routes.h"

#include "shop/cart/cart.h"

struct group_form {
    int64_t variant_id;
    const char *group;
    int64_t quantity;
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

static const struct field group_fields[] = {
    {.name = "variant_id",
     .kind = FIELD_ID,
     .offset = offsetof(struct group_form, variant_id),
     .help = "What to buy, for a new group; a group that is joined knows"},
    {.name = "group",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct group_form, group),
     .maximum = 64,
     .help = "Token of the group to join; without it a new one begins"},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct group_form, quantity),
     .minimum = 1,
     .maximum = CART_QUANTITY_LIMIT,
     .otherwise = 1,
     .help = "Pieces"},
    {.name = "answers",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct group_form, answers),
     .maximum = QUESTION_LIMIT,
     .rows = answer_row_fields,
     .row_size = sizeof(struct answer_row),
     .help = "Answers to the questions of the product"},
    {0},
};

static const struct value *view_of(struct req *req, const struct cart *cart)
{
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "cart", *cart_view(&req->ctx, cart));
    return view;
}

/* A refused wish shows the cart that the browser has, with what was wrong. */
static err show_again(struct req *req)
{
    const struct cart *cart;
    TRY(cart_find(&req->ctx, req_cookie(req, CART_COOKIE), &cart));
    return reply_view(req, "cart", view_of(req, cart));
}

/* The browser's own cart stays as it is. */
static err open_group(struct req *req)
{
    const struct group_form *form = req->form;
    const struct answer_row *rows = form->answers.items;
    const struct cart *cart;
    struct given_answer *answers = arena_alloc_many(req->ctx.arena, form->answers.count + 1, sizeof *answers);
    for (size_t i = 0; i < form->answers.count; i++)
        answers[i] = (struct given_answer){.question_id = rows[i].question_id, .value = rows[i].value};
    struct cart_wish wish = {form->variant_id, form->quantity, answers, form->answers.count, 0};
    TRY(cart_open_group(&req->ctx, form->group, &wish, &cart));
    return reply_done(req, 201, view_of(req, cart), "/checkout?cart=%s", cart->token);
}

const struct route cart_group_routes[] = {
    {.method = POST,
     .path = "/cart/groups",
     .handler = open_group,
     .guard = ANYONE,
     .fields = group_fields,
     .form_size = sizeof(struct group_form),
     .again = show_again,
     .summary = "Begin a group, or join one: a cart of its own for the checkout",
     .answer = "cart"},
    {0},
};
