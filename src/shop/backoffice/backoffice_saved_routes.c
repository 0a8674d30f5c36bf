/* backoffice_saved_routes.c - saved views of lists, and their columns. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

struct view_form {
    int64_t view_id;
    int list; /* index in list_names */
    const char *name;
    const char *query;
    bool is_shared;
};

#define VIEW_ID_FIELD                                                                                        \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct view_form, view_id), .is_required = true,  \
        .help = "The view"                                                                                   \
    }
#define NAME_FIELD                                                                                           \
    {                                                                                                        \
        .name = "name", .kind = FIELD_TEXT, .offset = offsetof(struct view_form, name), .is_required = true, \
        .maximum = LIST_VIEW_NAME_LIMIT, .help = "What the view is called"                                   \
    }

static const struct field create_fields[] = {
    {.name = "list",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct view_form, list),
     .is_required = true,
     .choices = list_names,
     .help = "The list"},
    NAME_FIELD,
    {.name = "query",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct view_form, query),
     .maximum = 1000,
     .help = "What stands behind the question mark of the list's address"},
    {.name = "shared",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct view_form, is_shared),
     .help = "Everybody of the shop sees it"},
    {0},
};
static const struct field rename_fields[] = {VIEW_ID_FIELD, NAME_FIELD, {0}};
static const struct field view_fields[] = {VIEW_ID_FIELD, {0}};

static bool is_manager(const struct req *req)
{
    return staff_may(req->visitor, "settings.write");
}

static err create(struct req *req)
{
    const struct view_form *form = req->form;
    const struct list *list = list_of_name(list_names[form->list]);
    struct saved_view view = {.name = form->name, .query = form->query, .is_shared = form->is_shared};
    const char *columns;
    if (list->is_of_one)
        return fail_field(&req->ctx, "list", "unknown-choice", "no views of this list are kept");
    TRY(list_columns_find(&req->ctx, list, &columns));
    view.columns = columns ? columns : "";
    TRY(saved_view_create(&req->ctx, list, &view));
    struct value *answer = value_object(req->ctx.arena);
    struct value *entry = value_set_object(req->ctx.arena, answer, "view");
    value_set_id(req->ctx.arena, entry, "id", view.id);
    return reply_done(req, 201, answer, "%s?%s%snotice=view-saved", list->path, form->query,
                      form->query[0] ? "&" : "");
}

static err rename_view(struct req *req)
{
    const struct view_form *form = req->form;
    const struct list *list;
    TRY(saved_view_rename(&req->ctx, form->view_id, is_manager(req), form->name, &list));
    return reply_done(req, 200, value_object(req->ctx.arena), "%s?notice=saved", list->path);
}

static err remove_view(struct req *req)
{
    const struct view_form *form = req->form;
    const struct list *list;
    TRY(saved_view_remove(&req->ctx, form->view_id, is_manager(req), true, &list));
    return reply_done(req, 200, value_object(req->ctx.arena), "%s?removed=%" PRId64, list->path,
                      form->view_id);
}

static err restore_view(struct req *req)
{
    const struct view_form *form = req->form;
    const struct list *list;
    TRY(saved_view_remove(&req->ctx, form->view_id, is_manager(req), false, &list));
    return reply_done(req, 200, value_object(req->ctx.arena), "%s?notice=view-restored", list->path);
}

struct column_row {
    const char *name;
};

struct columns_form {
    int list;
    struct field_rows columns;
    bool is_reset;
    const char *next;
};

static const struct field column_row_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct column_row, name),
     .maximum = 20,
     .help = "A column"},
    {0},
};
static const struct field columns_fields[] = {
    {.name = "list",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct columns_form, list),
     .is_required = true,
     .choices = list_names,
     .help = "The list"},
    {.name = "columns",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct columns_form, columns),
     .maximum = LIST_COLUMN_LIMIT,
     .rows = column_row_fields,
     .row_size = sizeof(struct column_row),
     .help = "Those to show"},
    {.name = "reset",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct columns_form, is_reset),
     .help = "Back to what everybody sees"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct columns_form, next),
     .maximum = LIST_URL_LIMIT,
     .help = "For pages: the list to go back to"},
    {0},
};

/* Names that are columns of the list, between commas. */
static const char *chosen_columns(struct ctx *ctx, const struct list *list, const struct field_rows *rows)
{
    const struct column_row *row = rows->items;
    struct text_buf chosen;
    text_open(&chosen, ctx->arena, 400);
    for (const struct list_column *column = list->columns; column->name; column++)
        for (size_t i = 0; i < rows->count; i++)
            if (text_is(row[i].name, column->name)) {
                text_add_format(&chosen, "%s%s", chosen.len ? "," : "", column->name);
                break;
            }
    return text_of(&chosen);
}

static err choose_columns(struct req *req)
{
    const struct columns_form *form = req->form;
    const struct list *list = list_of_name(list_names[form->list]);
    const char *next = req_local(req, form->next);
    TRY(list_columns_set(&req->ctx, list,
                         form->is_reset ? NULL : chosen_columns(&req->ctx, list, &form->columns)));
    bool is_list =
        text_is(next, list->path) || text_starts(next, arena_format(req->ctx.arena, "%s?", list->path));
    return reply_done(req, 200, value_object(req->ctx.arena), "%s", is_list ? next : list->path);
}

const struct route backoffice_saved_routes[] = {
    {.method = POST,
     .path = "/admin/views",
     .handler = create,
     .guard = STAFF,
     .fields = create_fields,
     .form_size = sizeof(struct view_form),
     .summary = "Keep a list as it is shown, under a name",
     .answer = "view"},
    {.method = POST,
     .path = "/admin/views/:id",
     .handler = rename_view,
     .guard = STAFF,
     .fields = rename_fields,
     .form_size = sizeof(struct view_form),
     .summary = "Give a saved view another name"},
    {.method = POST,
     .path = "/admin/views/:id/remove",
     .handler = remove_view,
     .guard = STAFF,
     .fields = view_fields,
     .form_size = sizeof(struct view_form),
     .summary = "Remove a saved view; it can be brought back for a week"},
    {.method = POST,
     .path = "/admin/views/:id/restore",
     .handler = restore_view,
     .guard = STAFF,
     .fields = view_fields,
     .form_size = sizeof(struct view_form),
     .summary = "Bring a removed view back"},
    {.method = POST,
     .path = "/admin/lists/columns",
     .handler = choose_columns,
     .guard = STAFF,
     .fields = columns_fields,
     .form_size = sizeof(struct columns_form),
     .summary = "Choose the columns that a list shows to oneself"},
    {0},
};
