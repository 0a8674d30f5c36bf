/* backoffice_tag_routes.c - the tags of the shop: another name, two made one, gone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/catalog/catalog.h"

#define ROWS 100

struct list_form {
    const char *group;
    const char *q;
    const char *cursor;
    int64_t removed_id;
    const char *notice;
};

#define GROUP_FIELD(form)                                                                                    \
    {                                                                                                        \
        .name = "group", .kind = FIELD_TEXT, .offset = offsetof(form, group),                                \
        .maximum = TAG_GROUP_LENGTH_LIMIT, .help = "The name of a group of tags"                             \
    }

static const struct field list_fields[] = {
    GROUP_FIELD(struct list_form),
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

struct tag_row {
    int64_t tag_id;
};

struct group_form {
    const char *group;
    struct field_rows tags;
};

static const struct field tag_row_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct tag_row, tag_id), .help = "A tag"},
    {0},
};

static const struct field group_fields[] = {
    GROUP_FIELD(struct group_form),
    {.name = "tags",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct group_form, tags),
     .maximum = TAG_GROUP_CHUNK,
     .rows = tag_row_fields,
     .row_size = sizeof(struct tag_row),
     .help = "The tags that go into the group; without its name out of any"},
    {0},
};

static err add_groups(struct ctx *ctx, struct value *view)
{
    const char **names;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "groups");
    TRY(tag_group_list(ctx, &names, &count));
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(names[i]));
    return NULL;
}

static err tags_view(struct ctx *ctx, const struct list_form *form, struct value **view)
{
    struct tag *tags;
    size_t count;
    struct list_place place = {
        .list = &tag_list_pages, .values = {form->group, form->q}, .cursor = form->cursor};
    list_settle(&place);
    TRY(tag_list_in(ctx, form->group, form->q, form->cursor, ROWS + 1, &tags, &count));
    *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, *view, "tags");
    for (size_t i = 0; i < count && i < ROWS; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", tags[i].id);
        value_set_text(ctx->arena, row, "name", tags[i].name);
        value_set_int(ctx->arena, row, "product_count", tags[i].product_count);
        value_set_bool(ctx->arena, row, "is_facet", tags[i].is_facet);
        value_set_text(ctx->arena, row, "group", tags[i].group);
    }
    struct text_buf next;
    text_open(&next, ctx->arena, 1024);
    if (count > ROWS)
        text_add_url(&next, tags[ROWS - 1].name, strlen(tags[ROWS - 1].name));
    TRY(add_groups(ctx, *view));
    value_set_text(ctx->arena, *view, "group", form->group);
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
    static const struct list_form everything = {.group = "", .q = "", .cursor = "", .notice = ""};
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

static err change_group(struct req *req)
{
    const struct group_form *form = req->form;
    const struct tag_row *rows = form->tags.items;
    int64_t ids[TAG_GROUP_CHUNK];
    size_t count = 0;
    for (size_t i = 0; i < form->tags.count; i++)
        if (rows[i].tag_id)
            ids[count++] = rows[i].tag_id;
    TRY(tag_group_set(&req->ctx, ids, count, form->group));
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
     .path = "/admin/tags/group",
     .handler = change_group,
     .guard = STAFF,
     .scope = "products.write",
     .fields = group_fields,
     .form_size = sizeof(struct group_form),
     .again = show_again,
     .summary = "Put tags into a group, or out of any"},
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
