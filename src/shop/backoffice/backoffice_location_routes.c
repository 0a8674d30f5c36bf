/* backoffice_location_routes.c - the places where a shop keeps goods. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/backoffice/backoffice_stock_view.h"

struct location_form {
    int64_t location_id;
    const char *name;
    const char *address;
    int64_t priority;
    bool is_active;
    const char *home_name;
};

#define WORD_FIELDS                                                                                          \
    {.name = "name",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct location_form, name),                                                         \
     .is_required = true,                                                                                    \
     .maximum = LOCATION_NAME_LIMIT,                                                                         \
     .help = "Name"},                                                                                        \
        {.name = "address",                                                                                  \
         .kind = FIELD_TEXT,                                                                                 \
         .offset = offsetof(struct location_form, address),                                                  \
         .maximum = LOCATION_ADDRESS_LIMIT,                                                                  \
         .help = "Address"},                                                                                 \
    {                                                                                                        \
        .name = "priority", .kind = FIELD_INT, .offset = offsetof(struct location_form, priority),           \
        .minimum = 1, .maximum = LOCATION_PRIORITY_LIMIT, .otherwise = 10,                                   \
        .help = "Orders are sent from the location with the least number that has the goods"                 \
    }

static const struct field create_fields[] = {
    WORD_FIELDS,
    {.name = "home_name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct location_form, home_name),
     .maximum = LOCATION_NAME_LIMIT,
     .help = "With the second location: the name of the one that was there before"},
    {0},
};

static const struct field change_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct location_form, location_id),
     .is_required = true,
     .help = "The location"},
    WORD_FIELDS,
    {.name = "is_active",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct location_form, is_active),
     .help = "Goods may be put there; one that holds goods stays active"},
    {0},
};

static err show(struct req *req)
{
    struct stock_location *locations;
    size_t count;
    struct value *view = value_object(req->ctx.arena);
    TRY(location_list(&req->ctx, &locations, &count));
    locations_view(&req->ctx, view, locations, count);
    value_set_int(req->ctx.arena, view, "limit", LOCATION_LIMIT);
    return reply_view(req, "admin/locations", view);
}

static struct stock_location draft_of(const struct location_form *form)
{
    return (struct stock_location){.id = form->location_id,
                                   .name = form->name,
                                   .address = form->address,
                                   .priority = form->priority,
                                   .is_active = form->is_active};
}

static err answer(struct req *req, int status, const struct stock_location *location)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *tree = value_set_object(req->ctx.arena, view, "location");
    value_set_id(req->ctx.arena, tree, "id", location->id);
    value_set_text(req->ctx.arena, tree, "name", location->name);
    return reply_done(req, status, view, "/admin/locations?notice=saved");
}

static err create(struct req *req)
{
    const struct location_form *form = req->form;
    struct stock_location draft = draft_of(form);
    TRY(location_create(&req->ctx, &draft, form->home_name));
    return answer(req, 201, &draft);
}

static err change(struct req *req)
{
    struct stock_location draft = draft_of(req->form);
    TRY(location_change(&req->ctx, &draft));
    return answer(req, 200, &draft);
}

const struct route backoffice_location_routes[] = {
    {.method = GET,
     .path = "/admin/locations",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .summary = "Where the shop keeps goods",
     .answer = "locations"},
    {.method = POST,
     .path = "/admin/locations",
     .handler = create,
     .guard = STAFF,
     .scope = "products.write",
     .fields = create_fields,
     .form_size = sizeof(struct location_form),
     .again = show,
     .summary = "Add a location",
     .answer = "location"},
    {.method = POST,
     .path = "/admin/locations/:id",
     .handler = change,
     .guard = STAFF,
     .scope = "products.write",
     .fields = change_fields,
     .form_size = sizeof(struct location_form),
     .again = show,
     .summary = "Change a location",
     .answer = "location"},
    {0},
};
