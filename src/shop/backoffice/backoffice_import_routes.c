/* backoffice_import_routes.c - the list of imports, and a new file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/staff/staff.h"
#include "shop/transfer/transfer.h"
#include <inttypes.h>

static const char *const sorts[] = {"newest", "oldest", NULL};

struct list_form {
    int state; /* enum import_state, 0 = any */
    const char *from;
    const char *to;
    int sort;
    int64_t cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, state),
     .choices = import_state_names,
     .help = "Only imports in this state"},
    {.name = "from",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, from),
     .maximum = 10,
     .help = "Uploaded on this day or later, as 2026-05-01"},
    {.name = "to",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, to),
     .maximum = 10,
     .help = "Uploaded on this day or earlier"},
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
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

static err add_rows(struct ctx *ctx, struct value *view, const struct import *imports, size_t count)
{
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = imports[i].actor == ACTOR_STAFF ? imports[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    struct value *list = value_set_list(ctx->arena, view, "imports");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *import_view(ctx, &imports[i], names[i]));
    return NULL;
}

static struct list_place place_of(const struct list_form *form)
{
    struct list_place place = {
        .list = &import_list_pages, .sort = sorts[form->sort], .cursor = form->cursor ? "later" : ""};
    place.values[IMPORTS_STATE] = form->state ? import_state_names[form->state] : "";
    place.values[IMPORTS_FROM] = form->from;
    place.values[IMPORTS_TO] = form->to;
    list_settle(&place);
    return place;
}

static err show_list(struct req *req, const struct list_form *form)
{
    struct ctx *ctx = &req->ctx;
    struct list_place place = place_of(form);
    struct import_query query = {.state = (enum import_state)form->state,
                                 .is_up = text_is(place.sort, "oldest"),
                                 .behind_id = form->cursor,
                                 .limit = IMPORT_LIST_LIMIT + 1};
    struct import *imports;
    size_t count;
    struct value *view = value_object(ctx->arena);
    TRY(list_read_days(ctx, form->from, form->to, &query.since, &query.until));
    TRY(import_list(ctx, &query, &imports, &count));
    bool has_more = count > IMPORT_LIST_LIMIT;
    count = has_more ? IMPORT_LIST_LIMIT : count;
    TRY(add_rows(ctx, view, imports, count));
    struct value *states = value_set_list(ctx->arena, view, "states");
    for (size_t i = 1; import_state_names[i]; i++)
        value_add(ctx->arena, states, value_text(import_state_names[i]));
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    TRY(list_view(ctx, &place, has_more ? arena_format(ctx->arena, "%" PRId64, imports[count - 1].id) : NULL,
                  view));
    return reply_view(req, "admin/imports", view);
}

static err list(struct req *req)
{
    return show_list(req, req->form);
}

static err show_again(struct req *req)
{
    return show_list(req, &(struct list_form){.from = "", .to = ""});
}

/* ---- a new file ---- */

struct upload_form {
    struct upload *file;
};

static const struct field upload_fields[] = {
    {.name = "file",
     .kind = FIELD_FILE,
     .offset = offsetof(struct upload_form, file),
     .is_required = true,
     .limit = offsetof(struct config, import_limit),
     .help = "CSV (UTF-8, UTF-16 or GBK), XLSX, or a ZIP of one of them and pictures; the first line names "
             "the columns"},
    {0},
};

static err take_upload(struct req *req)
{
    const struct upload_form *form = req->form;
    struct import import;
    TRY(import_create(&req->ctx, form->file->path, form->file->file_name, &import));
    struct value *view = value_object(req->ctx.arena);
    value_set(req->ctx.arena, view, "import", *import_view(&req->ctx, &import, NULL));
    return reply_done(req, 201, view, "/admin/products/imports/%" PRId64, import.id);
}

const struct route backoffice_import_routes[] = {
    {.method = GET,
     .path = "/admin/products/imports",
     .handler = list,
     .guard = STAFF,
     .scope = "products.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Imports of products",
     .answer = "imports"},
    {.method = POST,
     .path = "/admin/products/imports",
     .handler = take_upload,
     .guard = STAFF,
     .scope = "products.write",
     .fields = upload_fields,
     .form_size = sizeof(struct upload_form),
     .again = show_again,
     .summary = "Upload a product file; nothing is changed yet",
     .answer = "import"},
    {0},
};
