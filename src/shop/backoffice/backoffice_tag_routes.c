/* backoffice_tag_routes.c - the tags of the shop: another name, two made one, gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"

#define ROWS 100

struct list_form {
    const char *after;
    const char *notice;
};

static const struct field list_fields[] = {
    {.name = "after",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, after),
     .maximum = TAG_LENGTH_LIMIT,
     .help = "Only tags behind this name"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

struct tag_form {
    int64_t tag_id;
    const char *name;
    bool is_facet;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct tag_form, tag_id), .is_required = true,    \
        .help = "The tag"                                                                                    \
    }

static const struct field rename_fields[] = {
    ID_FIELD,
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct tag_form, name),
     .is_required = true,
     .maximum = TAG_LENGTH_LIMIT,
     .help = "The new name; that of another tag makes the two one"},
    {0},
};

static const struct field facet_fields[] = {
    ID_FIELD,
    {.name = "is_facet",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct tag_form, is_facet),
     .help = "Whether lists of the shop can be narrowed by it"},
    {0},
};

static const struct field remove_fields[] = {ID_FIELD, {0}};

static err tags_view(struct ctx *ctx, const char *after, struct value **view)
{
    struct tag *tags;
    size_t count;
    TRY(tag_list(ctx, after, ROWS + 1, &tags, &count));
    *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, *view, "tags");
    for (size_t i = 0; i < count && i < ROWS; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", tags[i].id);
        value_set_text(ctx->arena, row, "name", tags[i].name);
        value_set_int(ctx->arena, row, "product_count", tags[i].product_count);
        value_set_bool(ctx->arena, row, "is_facet", tags[i].is_facet);
    }
    struct text_buf url;
    text_open(&url, ctx->arena, 1024);
    text_add(&url, "/admin/tags?after=");
    if (count > ROWS)
        text_add_url(&url, tags[ROWS - 1].name, strlen(tags[ROWS - 1].name));
    value_set_text(ctx->arena, *view, "next_url", count > ROWS ? text_of(&url) : NULL);
    value_set_text(ctx->arena, *view, "first_url", after[0] ? "/admin/tags" : NULL);
    return NULL;
}

static err show(struct req *req)
{
    const struct list_form *form = req->form;
    struct value *view;
    TRY(tags_view(&req->ctx, form->after, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/tags", view);
}

static err show_again(struct req *req)
{
    struct value *view;
    TRY(tags_view(&req->ctx, "", &view));
    return reply_view(req, "admin/tags", view);
}

static err change(struct req *req)
{
    const struct tag_form *form = req->form;
    bool is_merged;
    TRY(tag_rename(&req->ctx, form->tag_id, form->name, &is_merged));
    struct value *view = value_object(req->ctx.arena);
    value_set_bool(req->ctx.arena, view, "is_merged", is_merged);
    return reply_done(req, 200, view, "/admin/tags?notice=%s", is_merged ? "merged" : "saved");
}

static err change_facet(struct req *req)
{
    const struct tag_form *form = req->form;
    TRY(tag_change_facet(&req->ctx, form->tag_id, form->is_facet));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/tags?notice=saved");
}

static err drop(struct req *req)
{
    const struct tag_form *form = req->form;
    TRY(tag_remove(&req->ctx, form->tag_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/tags?notice=removed");
}

const struct route backoffice_tag_routes[] = {
    {.method = GET,
     .path = "/admin/tags",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The tags of the shop, by name",
     .answer = "tags"},
    {.method = POST,
     .path = "/admin/tags/:id",
     .handler = change,
     .guard = STAFF,
     .scope = "products.write",
     .fields = rename_fields,
     .form_size = sizeof(struct tag_form),
     .again = show_again,
     .summary = "Give a tag another name, or make two one",
     .answer = "is_merged"},
    {.method = POST,
     .path = "/admin/tags/:id/facet",
     .handler = change_facet,
     .guard = STAFF,
     .scope = "products.write",
     .fields = facet_fields,
     .form_size = sizeof(struct tag_form),
     .again = show_again,
     .summary = "Offer a tag among what narrows the lists of the shop, or no longer"},
    {.method = POST,
     .path = "/admin/tags/:id/remove",
     .handler = drop,
     .guard = STAFF,
     .scope = "products.write",
     .fields = remove_fields,
     .form_size = sizeof(struct tag_form),
     .again = show_again,
     .summary = "Take a tag off all products"},
    {0},
};
