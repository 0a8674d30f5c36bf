/* backoffice_customer_routes.c - members and their groups. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/order/order.h"
#include "shop/pricing/pricing.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
#define ORDER_ROWS 20

struct customer_form {
    const char *q;
    int64_t customer_id;
    int64_t group_id;
    int64_t before_id;
    const char *note;
    const char *notice;
    struct customer_group group;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct customer_form, customer_id),               \
        .is_required = true, .help = "The account"                                                           \
    }
#define GROUP_FIELD(words)                                                                                   \
    {                                                                                                        \
        .name = "group", .kind = FIELD_ID, .offset = offsetof(struct customer_form, group_id),               \
        .help = (words)                                                                                      \
    }
#define NOTICE_FIELD                                                                                         \
    {                                                                                                        \
        .name = "notice", .kind = FIELD_TEXT, .offset = offsetof(struct customer_form, notice),              \
        .maximum = 40, .help = "For pages: what was just done"                                               \
    }
#define GROUP_FIELDS                                                                                         \
    {.name = "name",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct customer_form, group.name),                                                   \
     .maximum = CUSTOMER_GROUP_NAME_LIMIT,                                                                   \
     .help = "What buyers read: 金卡会员"},                                                                  \
        {.name = "spend_from",                                                                               \
         .kind = FIELD_MONEY,                                                                                \
         .offset = offsetof(struct customer_form, group.spend_from),                                         \
         .maximum = MONEY_MAX,                                                                               \
         .help = "Who spent so much is in it; 0 = only who is put there by hand"},                           \
    {                                                                                                        \
        .name = "spend_days", .kind = FIELD_INT, .offset = offsetof(struct customer_form, group.spend_days), \
        .maximum = INT32_MAX, .help = "Within so many days; 0 = ever"                                        \
    }
#define GROUP_ID_FIELD                                                                                       \
    {                                                                                                        \
        .name = "group_id", .kind = FIELD_ID, .offset = offsetof(struct customer_form, group.id),            \
        .is_required = true, .help = "The group"                                                             \
    }

static const struct field list_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct customer_form, q),
     .maximum = CUSTOMER_EMAIL_LIMIT,
     .help = "A whole e-mail address, phone number or name, its pinyin or initials, or the last 4 digits of "
             "a phone"},
    GROUP_FIELD("Only members of this group"),
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct customer_form, before_id),
     .help = "The last of the page before"},
    {0},
};
static const struct field show_fields[] = {ID_FIELD, NOTICE_FIELD, {0}};
static const struct field put_fields[] = {
    ID_FIELD, GROUP_FIELD("The group that the member is put into; nothing = what the rules say"), {0}};
static const struct field note_fields[] = {
    ID_FIELD,
    {.name = "note",
     .kind = FIELD_LONG,
     .offset = offsetof(struct customer_form, note),
     .maximum = CUSTOMER_NOTE_LIMIT,
     .help = "What staff want to remember; the buyer does not see it"},
    {0},
};
static const struct field groups_fields[] = {NOTICE_FIELD, {0}};
static const struct field new_group_fields[] = {GROUP_FIELDS, {0}};
static const struct field group_fields[] = {GROUP_ID_FIELD, GROUP_FIELDS, {0}};
static const struct field group_id_fields[] = {GROUP_ID_FIELD, {0}};

/* ---- views ---- */

static const char *group_name(const struct customer_group *groups, size_t count, int64_t group_id)
{
    for (size_t i = 0; i < count; i++)
        if (groups[i].id == group_id)
            return groups[i].name;
    return NULL;
}

static void add_groups(struct ctx *ctx, struct value *view, const struct customer_group *groups, size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "groups");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", groups[i].id);
        value_set_text(ctx->arena, row, "name", groups[i].name);
        value_set_money(ctx->arena, row, "spend_from", money_of(groups[i].spend_from, ctx->shop->currency));
        value_set_text(ctx->arena, row, "spend_text",
                       groups[i].spend_from
                           ? money_decimal(ctx->arena, money_of(groups[i].spend_from, ctx->shop->currency))
                           : "");
        value_set_int(ctx->arena, row, "spend_days", groups[i].spend_days);
        value_set_int(ctx->arena, row, "members", groups[i].members);
    }
}

static void fill_customer(struct ctx *ctx, struct value *row, const struct customer *customer,
                          const struct customer_group *groups, size_t count)
{
    value_set_id(ctx->arena, row, "id", customer->id);
    value_set_text(ctx->arena, row, "email", customer->email);
    value_set_text(ctx->arena, row, "phone", customer->phone);
    value_set_text(ctx->arena, row, "name", customer->name);
    value_set_time(ctx->arena, row, "created_at", customer->created_at);
    value_set_text(ctx->arena, row, "group", group_name(groups, count, customer->group_id));
    value_set_id(ctx->arena, row, "group_id", customer->group_id);
    value_set_bool(ctx->arena, row, "is_group_by_hand", customer->is_group_by_hand);
    value_set_text(ctx->arena, row, "url",
                   arena_format(ctx->arena, "/admin/customers/%" PRId64, customer->id));
}

static err show_list(struct req *req)
{
    const struct customer_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct customer_query query = {form->q, form->group_id, form->before_id, ROWS + 1};
    struct customer *customers;
    struct customer_group *groups;
    size_t count, group_count;
    TRY(customer_list(ctx, &query, &customers, &count));
    TRY(customer_group_list(ctx, &groups, &group_count));
    if (form->q[0])
        TRY(order_keys_wake(ctx));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "customers");
    for (size_t i = 0; i < count && i < ROWS; i++)
        fill_customer(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), &customers[i], groups,
                      group_count);
    add_groups(ctx, view, groups, group_count);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_id(ctx->arena, view, "group_id", form->group_id);
    value_set_id(ctx->arena, view, "next_before", count > ROWS ? customers[ROWS - 1].id : 0);
    return reply_view(req, "admin/customers", view);
}

static err add_orders(struct ctx *ctx, struct value *view, const struct customer *customer)
{
    struct order *orders;
    size_t count;
    int64_t spent, paid;
    TRY(order_list_of_customer(ctx, customer->id, customer->email, 0, ORDER_ROWS, &orders, &count));
    TRY(order_spent_of_customer(ctx, customer->id, customer->email, 0, &spent, &paid));
    struct value *list = value_set_list(ctx->arena, view, "orders");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *order_row_view(ctx, &orders[i]));
    value_set_money(ctx->arena, view, "spent", money_of(spent, ctx->shop->currency));
    value_set_int(ctx->arena, view, "paid_orders", paid);
    return NULL;
}

static err customer_page(struct req *req, struct value **view)
{
    const struct customer_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct customer *customer;
    struct customer_group *groups;
    size_t count;
    TRY(customer_load(ctx, form->customer_id, &customer));
    if (customer->deleted_at)
        return fail_with(ctx, ERR_NOT_FOUND, "this account was deleted");
    TRY(customer_group_list(ctx, &groups, &count));
    *view = value_object(ctx->arena);
    struct value *row = value_set_object(ctx->arena, *view, "customer");
    fill_customer(ctx, row, customer, groups, count);
    value_set_text(ctx->arena, row, "note", customer->note);
    value_set_bool(ctx->arena, row, "has_points", ctx->shop->points.state != POINTS_NEVER);
    int64_t points;
    TRY(points_balance(ctx, customer->id, &points));
    value_set_int(ctx->arena, row, "points", points);
    add_groups(ctx, *view, groups, count);
    value_set_text(ctx->arena, *view, "notice", form->notice ? form->notice : "");
    value_set_bool(ctx->arena, *view, "can_write", staff_may(req->visitor, "customers.write"));
    return add_orders(ctx, row, customer);
}

static err show(struct req *req)
{
    struct value *view;
    TRY(customer_page(req, &view));
    return reply_view(req, "admin/customer", view);
}

static err done(struct req *req)
{
    struct value *view;
    TRY(customer_page(req, &view));
    return reply_done(req, 200, view, "/admin/customers/%" PRId64 "?notice=saved",
                      ((const struct customer_form *)req->form)->customer_id);
}

/* ---- changing ---- */

static err put(struct req *req)
{
    const struct customer_form *form = req->form;
    TRY(customer_put_into_group(&req->ctx, form->customer_id, form->group_id));
    TRY(audit_note_alone(&req->ctx,
                         &(struct audit_entry){.kind = "customer.group",
                                               .subject = arena_format(req->ctx.arena, "customers/%" PRId64,
                                                                       form->customer_id)}));
    return done(req);
}

static err note(struct req *req)
{
    const struct customer_form *form = req->form;
    TRY(customer_set_note(&req->ctx, form->customer_id, form->note));
    return done(req);
}

static err show_groups(struct req *req)
{
    const struct customer_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct customer_group *groups;
    size_t count;
    TRY(customer_group_list(ctx, &groups, &count));
    struct value *view = value_object(ctx->arena);
    add_groups(ctx, view, groups, count);
    value_set_text(ctx->arena, view, "notice", form && form->notice ? form->notice : "");
    value_set_id(ctx->arena, view, "refused_id", req->failure && form ? form->group.id : 0);
    value_set_bool(ctx->arena, view, "has_room", count < CUSTOMER_GROUP_LIMIT);
    value_set_bool(ctx->arena, view, "can_write", staff_may(req->visitor, "customers.write"));
    return reply_view(req, "admin/customer_groups", view);
}

static err groups_done(struct req *req)
{
    struct customer_group *groups;
    size_t count;
    struct value *view = value_object(req->ctx.arena);
    TRY(customer_group_list(&req->ctx, &groups, &count));
    add_groups(&req->ctx, view, groups, count);
    return reply_done(req, 200, view, "/admin/customers/groups?notice=saved");
}

static err save_group(struct req *req)
{
    const struct customer_form *form = req->form;
    struct customer_group group = form->group;
    TRY(customer_group_save(&req->ctx, &group));
    TRY(audit_note_alone(&req->ctx, &(struct audit_entry){.kind = "customer-group.changed",
                                                          .subject = "customers/groups",
                                                          .title = group.name}));
    return groups_done(req);
}

static err remove_group(struct req *req)
{
    const struct customer_form *form = req->form;
    TRY(customer_group_remove(&req->ctx, form->group.id));
    TRY(audit_note_alone(
        &req->ctx, &(struct audit_entry){.kind = "customer-group.removed", .subject = "customers/groups"}));
    return groups_done(req);
}

#define FORM .form_size = sizeof(struct customer_form)
#define READ .guard = STAFF, .scope = "customers.read"
#define WRITE .guard = STAFF, .scope = "customers.write"

const struct route backoffice_customer_routes[] = {
    {.method = GET,
     .path = "/admin/customers",
     .handler = show_list,
     READ,
     FORM,
     .fields = list_fields,
     .summary = "Buyers with an account, newest first",
     .answer = "customers"},
    {.method = GET,
     .path = "/admin/customers/groups",
     .handler = show_groups,
     READ,
     FORM,
     .fields = groups_fields,
     .summary = "The groups of members",
     .answer = "groups"},
    {.method = POST,
     .path = "/admin/customers/groups",
     .handler = save_group,
     WRITE,
     FORM,
     .fields = new_group_fields,
     .again = show_groups,
     .summary = "Make a group of members",
     .answer = "groups"},
    {.method = POST,
     .path = "/admin/customers/groups/:group_id",
     .handler = save_group,
     WRITE,
     FORM,
     .fields = group_fields,
     .again = show_groups,
     .summary = "Change a group of members",
     .answer = "groups"},
    {.method = POST,
     .path = "/admin/customers/groups/:group_id/remove",
     .handler = remove_group,
     WRITE,
     FORM,
     .fields = group_id_fields,
     .again = show_groups,
     .summary = "Remove a group; its members are in none then",
     .answer = "groups"},
    {.method = GET,
     .path = "/admin/customers/:id",
     .handler = show,
     READ,
     FORM,
     .fields = show_fields,
     .summary = "One buyer with an account, with what was ordered",
     .answer = "customer"},
    {.method = POST,
     .path = "/admin/customers/:id/group",
     .handler = put,
     WRITE,
     FORM,
     .fields = put_fields,
     .again = show,
     .summary = "Put a member into a group by hand, or back to the rules",
     .answer = "customer"},
    {.method = POST,
     .path = "/admin/customers/:id/note",
     .handler = note,
     WRITE,
     FORM,
     .fields = note_fields,
     .again = show,
     .summary = "Write a note about a buyer",
     .answer = "customer"},
    {0},
};
