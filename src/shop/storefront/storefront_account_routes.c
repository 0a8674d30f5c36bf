/* storefront_account_routes.c - a buyer's account: orders, addresses, name, and the way out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/customer/customer.h"
#include "shop/media/media.h"
#include "shop/order/order.h"
#include <inttypes.h>

#define ORDERS_SHOWN 10

struct account_form {
    int64_t before;
    int64_t address_id;
    struct customer_address address;
    const char *name;
    const char *phone;
    bool is_sure;
};

#define ACCOUNT_FIELD(field_name, member, most, text)                                                        \
    {                                                                                                        \
        .name = (field_name), .kind = FIELD_TEXT, .offset = offsetof(struct account_form, member),           \
        .maximum = (most), .help = (text)                                                                    \
    }
#define ADDRESS_ID_FIELD                                                                                     \
    {                                                                                                        \
        .name = "address_id", .kind = FIELD_ID, .offset = offsetof(struct account_form, address_id),         \
        .is_required = true, .help = "Which of the saved addresses"                                          \
    }
#define ADDRESS_FIELDS                                                                                       \
    ACCOUNT_FIELD("name", address.name, CUSTOMER_NAME_LIMIT, "Who receives the parcel"),                     \
        ACCOUNT_FIELD("phone", address.phone, 40, "Phone number for the courier"),                           \
        ACCOUNT_FIELD("region", address.region, 120, "Province, city and district"),                         \
        ACCOUNT_FIELD("line", address.line, 200, "Street, number, room"),                                    \
    {                                                                                                        \
        .name = "is_default", .kind = FIELD_FLAG,                                                            \
        .offset = offsetof(struct account_form, address.is_default),                                         \
        .help = "Stands first, and fills the checkout"                                                       \
    }

static const struct field show_fields[] = {
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct account_form, before),
     .help = "next_before of the page before, for older orders"},
    {0},
};
static const struct field profile_fields[] = {
    ACCOUNT_FIELD("name", name, CUSTOMER_NAME_LIMIT, "How the shop may call the buyer; blank for nothing"),
    ACCOUNT_FIELD("phone", phone, 40, "Phone number; blank for none"),
    {0},
};
static const struct field new_address_fields[] = {ADDRESS_FIELDS, {0}};
static const struct field address_fields[] = {ADDRESS_ID_FIELD, ADDRESS_FIELDS, {0}};
static const struct field address_id_fields[] = {ADDRESS_ID_FIELD, {0}};
static const struct field delete_fields[] = {
    {.name = "is_sure",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct account_form, is_sure),
     .help = "Must be true: what is deleted does not come back"},
    {0},
};

static err need_member(struct req *req)
{
    return req->ctx.actor_id ? NULL : fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nobody is logged in");
}

/* ---- the page ---- */

static void add_order(struct req *req, struct value *list, const struct order *order)
{
    struct arena *arena = req->ctx.arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "number", order->number);
    value_set_text(arena, row, "stage",
                   order_stage_name(order_stage_shown(order->state, order->waits_for_group)));
    value_set_time(arena, row, "placed_at", order->placed_at);
    value_set_money(arena, row, "total", money_of(order->total, order->currency));
    value_set_int(arena, row, "count", order->item_count);
    value_set_text(arena, row, "first_title", order->lines[0].product_title);
    picture_set_view(&req->ctx, row, "picture", order->lines[0].picture_id, order->lines[0].product_title);
    value_set_text(arena, row, "url",
                   arena_format(arena, "/orders/%s?token=%s", order->number, order->token));
}

static err add_orders(struct req *req, const struct customer *customer, int64_t before, struct value *view)
{
    struct value *list = value_set_list(req->ctx.arena, view, "orders");
    struct order *orders;
    size_t count;
    TRY(order_list_of_customer(&req->ctx, customer->id, customer->email, before, ORDERS_SHOWN + 1, &orders,
                               &count));
    for (size_t i = 0; i < count && i < ORDERS_SHOWN; i++)
        add_order(req, list, &orders[i]);
    value_set(req->ctx.arena, view, "next_before", value_null());
    if (count > ORDERS_SHOWN)
        value_set_id(req->ctx.arena, view, "next_before", orders[ORDERS_SHOWN - 1].id);
    return NULL;
}

static err add_addresses(struct req *req, struct value *view)
{
    struct arena *arena = req->ctx.arena;
    struct value *list = value_set_list(arena, view, "addresses");
    struct customer_address *addresses;
    size_t count;
    TRY(customer_address_list(&req->ctx, req->ctx.actor_id, &addresses, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", addresses[i].id);
        value_set_text(arena, row, "name", addresses[i].name);
        value_set_text(arena, row, "phone", addresses[i].phone);
        value_set_text(arena, row, "region", addresses[i].region);
        value_set_text(arena, row, "line", addresses[i].line);
        value_set_bool(arena, row, "is_default", addresses[i].is_default);
    }
    value_set_bool(arena, view, "has_room", count < CUSTOMER_ADDRESS_LIMIT);
    return NULL;
}

static err add_group(struct req *req, const struct customer *customer, struct value *view)
{
    struct customer_group *groups;
    size_t count;
    value_set(req->ctx.arena, view, "group", value_null());
    if (customer->group_id == 0)
        return NULL;
    TRY(customer_group_list(&req->ctx, &groups, &count));
    for (size_t i = 0; i < count; i++)
        if (groups[i].id == customer->group_id)
            value_set_text(req->ctx.arena, view, "group", groups[i].name);
    return NULL;
}

static err account_view(struct req *req, int64_t before, struct value **view)
{
    struct arena *arena = req->ctx.arena;
    struct customer *customer;
    TRY(customer_load(&req->ctx, req->ctx.actor_id, &customer));
    *view = value_object(arena);
    struct value *account = value_set_object(arena, *view, "account");
    value_set_text(arena, account, "email", customer->email);
    value_set_text(arena, account, "phone", customer->phone);
    value_set_text(arena, account, "name", customer->name);
    value_set_time(arena, account, "created_at", customer->created_at);
    value_set_bool(arena, account, "has_coupons", req->ctx.shop->has_promotions);
    value_set_bool(arena, account, "has_gift_cards", req->ctx.shop->has_gift_cards);
    value_set_bool(arena, account, "has_points", req->ctx.shop->points.state != POINTS_NEVER);
    TRY(add_group(req, customer, account));
    TRY(add_orders(req, customer, before, account));
    return add_addresses(req, account);
}

static err show(struct req *req)
{
    struct value *view;
    if (!req->ctx.actor_id && req->face == FACE_HTML)
        return reply_redirect(req, 303, "/account/login");
    TRY(need_member(req));
    TRY(account_view(req, ((const struct account_form *)req->form)->before, &view));
    return reply_view(req, "account", view);
}

/* The form that was refused stands open. */
static err show_again(struct req *req)
{
    struct value *view;
    const struct account_form *form = req->form;
    if (!req->ctx.actor_id)
        return reply_redirect(req, 303, "/account/login");
    TRY(account_view(req, 0, &view));
    value_set_text(req->ctx.arena, view, "refused", req->route->path);
    value_set_id(req->ctx.arena, view, "refused_id", form->address_id);
    return reply_view(req, "account", view);
}

static err done(struct req *req, const char *place)
{
    struct value *view;
    TRY(account_view(req, 0, &view));
    return reply_done(req, 200, view, "/account#%s", place);
}

/* ---- changing ---- */

static err save_profile(struct req *req)
{
    const struct account_form *form = req->form;
    TRY(need_member(req));
    TRY(customer_change(&req->ctx, req->ctx.actor_id, form->name, form->phone));
    return done(req, "profile");
}

static err save_address(struct req *req)
{
    const struct account_form *form = req->form;
    struct customer_address address = form->address;
    address.id = form->address_id;
    TRY(need_member(req));
    TRY(customer_address_save(&req->ctx, req->ctx.actor_id, &address));
    return done(req, "addresses");
}

static err remove_address(struct req *req)
{
    const struct account_form *form = req->form;
    TRY(need_member(req));
    TRY(customer_address_remove(&req->ctx, req->ctx.actor_id, form->address_id));
    return done(req, "addresses");
}

static err prefer_address(struct req *req)
{
    const struct account_form *form = req->form;
    TRY(need_member(req));
    TRY(customer_address_prefer(&req->ctx, req->ctx.actor_id, form->address_id));
    return done(req, "addresses");
}

static err delete_account(struct req *req)
{
    const struct account_form *form = req->form;
    TRY(need_member(req));
    if (!form->is_sure)
        return fail_field(&req->ctx, "is_sure", "required", "say that you are sure");
    TRY(customer_delete(&req->ctx, req->ctx.actor_id));
    reply_cookie(req, CUSTOMER_COOKIE, "", -1);
    reply_header(req, "Clear-Site-Data", "\"storage\"");
    return reply_done(req, 200, value_object(req->ctx.arena), "/account/login?next=/account");
}

#define ACCOUNT_FORM .guard = ANYONE, .form_size = sizeof(struct account_form), .answer = "account"

const struct route storefront_account_routes[] = {
    {.method = GET,
     .path = "/account",
     .handler = show,
     ACCOUNT_FORM,
     .fields = show_fields,
     .is_reading = true,
     .summary = "The account of who is logged in: orders, addresses, name"},
    {.method = POST,
     .path = "/account/profile",
     .handler = save_profile,
     ACCOUNT_FORM,
     .fields = profile_fields,
     .again = show_again,
     .summary = "Change name and phone number of the account"},
    {.method = POST,
     .path = "/account/addresses",
     .handler = save_address,
     ACCOUNT_FORM,
     .fields = new_address_fields,
     .again = show_again,
     .summary = "Save an address with the account"},
    {.method = POST,
     .path = "/account/addresses/:address_id",
     .handler = save_address,
     ACCOUNT_FORM,
     .fields = address_fields,
     .again = show_again,
     .summary = "Change a saved address"},
    {.method = POST,
     .path = "/account/addresses/:address_id/remove",
     .handler = remove_address,
     ACCOUNT_FORM,
     .fields = address_id_fields,
     .again = show_again,
     .summary = "Remove a saved address"},
    {.method = POST,
     .path = "/account/addresses/:address_id/default",
     .handler = prefer_address,
     ACCOUNT_FORM,
     .fields = address_id_fields,
     .again = show_again,
     .summary = "Let a saved address stand first"},
    {.method = POST,
     .path = "/account/delete",
     .handler = delete_account,
     ACCOUNT_FORM,
     .fields = delete_fields,
     .again = show_again,
     .summary = "Delete the account; orders stay with the shop as the law wants, without it"},
    {0},
};
