/* backoffice_message_routes.c - what was told to whom, and telling it again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_notify_view.h"
#include "shop/backoffice/backoffice_order_view.h"
#include "shop/backoffice/backoffice_work.h"
#include <inttypes.h>

#define ROWS 50
#define KEY_LEAST 8
#define KEY_LIMIT 64

/* ---- the list ---- */

/* Index: enum message_state, 0 = any. */
static const char *const states[] = {[0] = "all",
                                     [MESSAGE_QUEUED] = "queued",
                                     [MESSAGE_SENT] = "sent",
                                     [MESSAGE_FAILED] = "failed",
                                     [MESSAGE_GIVEN_UP] = "given-up",
                                     [MESSAGE_GIVEN_UP + 1] = NULL};
static const char *const sorts[] = {"newest", "oldest", NULL};

/* What narrows the list; the form of acts over what it finds begins with it. */
struct message_filter {
    int state;
    const char *from;
    const char *to;
    const char *q;
};

#define FILTER_FIELDS                                                                                        \
    {.name = "state",                                                                                        \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct message_filter, state),                                                       \
     .choices = states,                                                                                      \
     .help = "Only those in this state"},                                                                    \
        {.name = "from",                                                                                     \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct message_filter, from),                                                    \
         .maximum = 10,                                                                                      \
         .help = "Written on this day or later, as 2026-05-01"},                                             \
        {.name = "to",                                                                                       \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct message_filter, to),                                                      \
         .maximum = 10,                                                                                      \
         .help = "Written on this day or earlier"},                                                          \
    {                                                                                                        \
        .name = "q", .kind = FIELD_TEXT, .offset = offsetof(struct message_filter, q), .maximum = 40,        \
        .help = "Only what was told about the order of this number"                                          \
    }

struct list_form {
    struct message_filter filter;
    int sort;
    int64_t cursor;
    int64_t sent;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    FILTER_FIELDS,
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = sorts,
     .help = "newest or oldest first"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {.name = "sent",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, sent),
     .otherwise = -1,
     .minimum = -1,
     .maximum = MESSAGE_BULK_LIMIT,
     .help = "For pages: how many were just sent on their way again"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

/* A number that no order has finds nothing. */
static err query_of(struct ctx *ctx, const struct message_filter *filter, struct message_query *query,
                    bool *is_empty)
{
    struct order *order;
    *query = (struct message_query){.state = (enum message_state)filter->state};
    *is_empty = false;
    TRY(list_read_days(ctx, filter->from, filter->to, &query->since, &query->until));
    if (!filter->q[0])
        return NULL;
    err failure = order_load_by_number(ctx, text_trim(ctx->arena, filter->q), &order);
    *is_empty = failure && failure->code == ERR_NOT_FOUND;
    if (failure)
        return *is_empty ? NULL : failure;
    query->order_id = order->id;
    return NULL;
}

static struct list_place place_of(const struct list_form *form)
{
    const struct message_filter *filter = &form->filter;
    struct list_place place = {
        .list = &message_list_pages, .sort = sorts[form->sort], .cursor = form->cursor ? "later" : ""};
    place.values[MESSAGES_STATE] = filter->state ? states[filter->state] : "";
    place.values[MESSAGES_FROM] = filter->from;
    place.values[MESSAGES_TO] = filter->to;
    place.values[MESSAGES_Q] = filter->q;
    list_settle(&place);
    return place;
}

static err show_list(struct req *req, const struct list_form *form)
{
    struct ctx *ctx = &req->ctx;
    struct list_place place = place_of(form);
    struct message_query query;
    struct message *messages = NULL;
    size_t count = 0;
    bool is_empty;
    struct value *view = value_object(ctx->arena);
    TRY(query_of(ctx, &form->filter, &query, &is_empty));
    query.is_up = text_is(place.sort, "oldest");
    query.before_id = form->cursor;
    query.limit = ROWS + 1;
    if (!is_empty)
        TRY(message_list(ctx, &query, &messages, &count));
    bool has_more = count > ROWS;
    TRY(message_views(ctx, value_set_list(ctx->arena, view, "messages"), messages, has_more ? ROWS : count));
    value_set_text(ctx->arena, view, "state", states[form->filter.state]);
    value_set_text(ctx->arena, view, "q", form->filter.q);
    value_set_text(ctx->arena, view, "tell_key", random_token(ctx->arena));
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    if (form->sent >= 0)
        value_set_int(ctx->arena, view, "sent", form->sent);
    value_set_text(ctx->arena, view, "notice",
                   !req->failure && req->route->method == GET ? req_typed(req, "notice") : NULL);
    TRY(list_view(ctx, &place, has_more ? arena_format(ctx->arena, "%" PRId64, messages[ROWS - 1].id) : NULL,
                  view));
    return reply_view(req, "admin/messages", view);
}

static err list(struct req *req)
{
    return show_list(req, req->form);
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

static const char *const occasions[] = {
    "buyer-paid", "buyer-shipped", "buyer-delivered", "buyer-refunded", "buyer-cancelled", "buyer-presale",
    NULL};

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

/* ---- several at once ---- */

struct id_row {
    int64_t message_id;
};

struct several_form {
    struct message_filter filter; /* first: list_again reads it */
    struct field_rows messages;
    bool is_all;
    const char *key;
};

static const struct field id_row_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct id_row, message_id), .help = "A message"},
    {0},
};

static const struct field several_fields[] = {
    FILTER_FIELDS,
    {.name = "messages",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct several_form, messages),
     .maximum = MESSAGE_BULK_LIMIT,
     .rows = id_row_fields,
     .row_size = sizeof(struct id_row),
     .help = "The messages"},
    {.name = "all",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct several_form, is_all),
     .help =
         "All that the filter finds, instead of a list, at most 2,000; only of those that did not arrive"},
    {.name = "key",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct several_form, key),
     .is_required = true,
     .minimum = KEY_LEAST,
     .maximum = KEY_LIMIT,
     .help = "Names the click: the same key does it once"},
    {0},
};

static err list_again(struct req *req)
{
    const struct message_filter *filter = req->form;
    struct list_form form = {.filter = *filter, .sent = -1};
    return show_list(req, &form);
}

/* Everything may only go again when it did not arrive: nobody means to tell all buyers twice. */
static err found_ids(struct ctx *ctx, const struct message_filter *filter, int64_t **ids, size_t *count)
{
    struct message_query query;
    bool is_empty;
    *count = 0;
    if (filter->state != MESSAGE_FAILED && filter->state != MESSAGE_GIVEN_UP)
        return fail_field(ctx, "all", "only-unsent", "all at once: only of those that did not arrive");
    TRY(query_of(ctx, filter, &query, &is_empty));
    return is_empty ? NULL : message_list_ids(ctx, &query, ids, count);
}

static err chosen_ids(struct ctx *ctx, const struct several_form *form, int64_t **ids, size_t *count)
{
    const struct id_row *rows = form->messages.items;
    if (form->is_all)
        return found_ids(ctx, &form->filter, ids, count);
    *ids = arena_alloc_many(ctx->arena, form->messages.count + 1, sizeof **ids);
    *count = 0;
    for (size_t i = 0; i < form->messages.count; i++)
        if (rows[i].message_id)
            (*ids)[(*count)++] = rows[i].message_id;
    return NULL;
}

static err again_several(struct req *req)
{
    const struct several_form *form = req->form;
    int64_t *ids = NULL, sent;
    size_t count;
    struct work work;
    TRY(chosen_ids(&req->ctx, form, &ids, &count));
    if (count == 0)
        return fail_field(&req->ctx, "messages", "required", "choose the messages that go again");
    if (count > MESSAGE_BULK_LIMIT)
        return fail_with(&req->ctx, ERR_LIMIT, "at most %d messages at once", MESSAGE_BULK_LIMIT);
    TRY(messages_again_or_open(&req->ctx, ids, count, form->key, &sent, &work));
    if (work.id)
        return reply_work(req, &work);
    struct value *view = value_object(req->ctx.arena);
    value_set_int(req->ctx.arena, view, "sent", sent);
    return reply_done(req, 200, view, "/admin/messages?sent=%" PRId64, sent);
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
     .summary = "What was told to whom",
     .answer = "messages"},
    {.method = POST,
     .path = "/admin/messages/again",
     .handler = again_several,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = several_fields,
     .form_size = sizeof(struct several_form),
     .again = list_again,
     .summary = "Send several messages again, or all that the list finds and that did not arrive",
     .answer = "sent"},
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
