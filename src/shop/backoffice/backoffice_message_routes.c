/* backoffice_message_routes.c - what was told to whom, and telling it again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_notify_view.h"
#include "shop/backoffice/backoffice_order_view.h"
#include <inttypes.h>

#define ROWS 50
#define KEY_LEAST 8
#define KEY_LIMIT 64

/* ---- the list ---- */

static const char *const states[] = {"all", "queued", "sent", "failed", "given-up", NULL};

struct list_form {
    int state; /* index in states: enum message_state, 0 = any */
    int64_t cursor;
};

static const struct field list_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, state),
     .choices = states,
     .help = "Only those in this state"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {0},
};

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct message_query query = {
        .state = (enum message_state)form->state, .before_id = form->cursor, .limit = ROWS + 1};
    struct message *messages;
    size_t count;
    struct value *view = value_object(ctx->arena);
    TRY(message_list(ctx, &query, &messages, &count));
    bool has_more = count > ROWS;
    TRY(message_views(ctx, value_set_list(ctx->arena, view, "messages"), messages, has_more ? ROWS : count));
    value_set_text(ctx->arena, view, "state", states[form->state]);
    value_set_text(ctx->arena, view, "tell_key", random_token(ctx->arena));
    value_set_text(ctx->arena, view, "first_url",
                   form->cursor ? arena_format(ctx->arena, "/admin/messages?state=%s", states[form->state])
                                : NULL);
    value_set_text(ctx->arena, view, "next_url",
                   has_more ? arena_format(ctx->arena, "/admin/messages?state=%s&cursor=%" PRId64,
                                           states[form->state], messages[ROWS - 1].id)
                            : NULL);
    value_set_text(ctx->arena, view, "notice",
                   !req->failure && req->route->method == GET ? req_typed(req, "notice") : NULL);
    return reply_view(req, "admin/messages", view);
}

/* ---- again ---- */

struct again_form {
    const char *number; /* first: order_show_again reads it */
    int64_t message_id;
    int occasion;
    const char *key;
};

#define KEY_FIELD                                                                                            \
    {                                                                                                        \
        .name = "key", .kind = FIELD_TEXT, .offset = offsetof(struct again_form, key), .is_required = true,  \
        .minimum = KEY_LEAST, .maximum = KEY_LIMIT, .help = "Names the click: the same key does it once"     \
    }

static const struct field again_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct again_form, message_id),
     .is_required = true,
     .help = "The message"},
    KEY_FIELD,
    {0},
};

static const char *const occasions[] = {"buyer-paid",     "buyer-shipped",   "buyer-delivered",
                                        "buyer-refunded", "buyer-cancelled", NULL};

static const struct field tell_fields[] = {
    {.name = "number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct again_form, number),
     .is_required = true,
     .maximum = 20,
     .help = "Order number"},
    {.name = "occasion",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct again_form, occasion),
     .is_required = true,
     .choices = occasions,
     .help = "What the buyer is told"},
    KEY_FIELD,
    {0},
};

static err again(struct req *req)
{
    const struct again_form *form = req->form;
    struct message *message;
    struct value *view = value_object(req->ctx.arena);
    TRY(message_load(&req->ctx, form->message_id, &message));
    TRY(message_again(&req->ctx, message->id, form->key));
    TRY(message_load(&req->ctx, message->id, &message));
    TRY(message_views(&req->ctx, value_set_list(req->ctx.arena, view, "messages"), message, 1));
    return reply_done(req, 200, view, "/admin/messages?notice=told_again");
}

static err tell(struct req *req)
{
    const struct again_form *form = req->form;
    struct order *order;
    struct value *view;
    enum shop_occasion occasion = OCCASION_BUYER_PAID;
    for (const struct occasion_name *name = buyer_occasion_names; name->name; name++)
        if (text_is(name->name, occasions[form->occasion]))
            occasion = name->occasion;
    TRY(order_load_by_number(&req->ctx, form->number, &order));
    TRY(message_tell_buyer(&req->ctx, order, occasion, form->key));
    TRY(order_admin_view(&req->ctx, order, &view));
    return reply_done(req, 200, view, "/admin/orders/%s?notice=told_again#told", order->number);
}

const struct route backoffice_message_routes[] = {
    {.method = GET,
     .path = "/admin/messages",
     .handler = list,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "What was told to whom, newest first",
     .answer = "messages"},
    {.method = POST,
     .path = "/admin/messages/:id/again",
     .handler = again,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = again_fields,
     .form_size = sizeof(struct again_form),
     .summary = "Send a message again",
     .answer = "messages"},
    {.method = POST,
     .path = "/admin/orders/:number/tell",
     .handler = tell,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = tell_fields,
     .form_size = sizeof(struct again_form),
     .again = order_show_again,
     .summary = "Tell the buyer by mail, perhaps again",
     .answer = "order"},
    {0},
};
