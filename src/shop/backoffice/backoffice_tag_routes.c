/* backoffice_tag_routes.c - the tags of the shop: another name, two made one, gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_work.h"

#define ROWS 100

struct list_form {
    const char *q;
    const char *cursor;
    int64_t removed_id;
    const char *notice;
};

static const struct field list_fields[] = {
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = TAG_LENGTH_LIMIT,
     .help = "The beginning of a name"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = TAG_LENGTH_LIMIT,
     .help = "Of the page before: only tags behind this name"},
    REMOVED_VIEW_FIELD(struct list_form),
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

static err tags_view(struct ctx *ctx, const struct list_form *form, struct value **view)
{
    struct tag *tags;
    size_t count;
    struct list_place place = {.list = &tag_list_pages, .values = {form->q}, .cursor = form->cursor};
    list_settle(&place);
    TRY(tag_list(ctx, form->q, form->cursor, ROWS + 1, &tags, &count));
    *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, *view, "tags");
    for (size_t i = 0; i < count && i < ROWS; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", tags[i].id);
        value_set_text(ctx->arena, row, "name", tags[i].name);
        value_set_int(ctx->arena, row, "product_count", tags[i].product_count);
        value_set_bool(ctx->arena, row, "is_facet", tags[i].is_facet);
    }
    struct text_buf next;
    text_open(&next, ctx->arena, 1024);
    if (count > ROWS)
        text_add_url(&next, tags[ROWS - 1].name, strlen(tags[ROWS - 1].name));
    value_set_text(ctx->arena, *view, "q", form->q);
    value_set_text(ctx->arena, *view, "notice", form->notice);
    value_set_id(ctx->arena, *view, "removed_view", form->removed_id);
    return list_view(ctx, &place, count > ROWS ? text_of(&next) : NULL, *view);
}

static err show(struct req *req)
{
    struct value *view;
    TRY(tags_view(&req->ctx, req->form, &view));
    return reply_view(req, "admin/tags", view);
}

static err show_again(struct req *req)
{
    static const struct list_form everything = {.q = "", .cursor = "", .notice = ""};
    struct value *view;
    TRY(tags_view(&req->ctx, &everything, &view));
    return reply_view(req, "admin/tags", view);
}

static err change(struct req *req)
{
    const struct tag_form *form = req->form;
    bool is_merged;
    struct work work;
    TRY(tag_rename_or_open(&req->ctx, form->tag_id, form->name, &is_merged, &work));
    if (work.id)
        return reply_work(req, &work);
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
    struct work work;
    TRY(tag_remove_or_open(&req->ctx, form->tag_id, &work));
    if (work.id)
        return reply_work(req, &work);
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
