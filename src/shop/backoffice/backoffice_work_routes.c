/* backoffice_work_routes.c - long work as staff see it: the list, one of them, stopping, trying again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_work.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 30

struct list_form {
    int state; /* enum work_state, 0 = any */
    int64_t cursor;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "state",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, state),
     .choices = work_state_names,
     .help = "Only work in this state"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

struct work_form {
    int64_t work_id;
};

static const struct field work_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct work_form, work_id),
     .is_required = true,
     .help = "The work"},
    {0},
};

/* What it does to products or orders may be stopped by who may do it; what only shows here, where it goes on.
 */
static bool may_change(const struct req *req, const struct work *work)
{
    bool is_of_orders = text_is(work->kind, WORK_ORDERS_CANCEL) || text_is(work->kind, WORK_MESSAGES);
    return text_starts(work->kind, "work.") &&
           staff_may(req->visitor, is_of_orders ? "orders.write" : "products.write");
}

static err add_works(struct req *req, struct value *list, const struct work *works, size_t count)
{
    struct arena *arena = req->ctx.arena;
    int64_t *ids = arena_alloc_many(arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = works[i].actor == ACTOR_STAFF ? works[i].actor_id : 0;
    TRY(staff_name_many(&req->ctx, ids, count, names));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        work_set_view(&req->ctx, row, &works[i]);
        value_set_text(arena, row, "name", names[i]);
        value_set_bool(arena, row, "may_change", may_change(req, &works[i]));
    }
    return NULL;
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct work *works;
    size_t count;
    int64_t running;
    struct list_place place = {.list = &work_list_pages, .cursor = form->cursor ? "later" : ""};
    place.values[WORKS_STATE] = form->state ? work_state_names[form->state] : "";
    list_settle(&place);
    TRY(work_list(&req->ctx, (enum work_state)form->state, form->cursor, ROWS + 1, &works, &count));
    TRY(work_count_running(&req->ctx, &running));
    struct value *view = value_object(arena);
    bool has_more = count > ROWS;
    TRY(add_works(req, value_set_list(arena, view, "works"), works, has_more ? ROWS : count));
    value_set_int(arena, view, "running", running);
    value_set_text(arena, view, "state", work_state_names[form->state]);
    value_set_id(arena, view, "removed_view", form->removed_id);
    TRY(list_view(&req->ctx, &place, has_more ? arena_format(arena, "%" PRId64, works[ROWS - 1].id) : NULL,
                  view));
    return reply_view(req, "admin/works", view);
}

/* What came of a ZIP file is a page of its own. */
static void add_result(struct ctx *ctx, struct value *view, const struct work *work)
{
    const struct value *result = work->result;
    for (uint32_t i = 0; result && result->kind == VALUE_OBJECT && i < result->object->count; i++)
        value_set(ctx->arena, view, result->object->members[i].name, result->object->members[i].value);
}

static err show(struct req *req)
{
    const struct work_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct work work;
    TRY(work_load(&req->ctx, form->work_id, &work));
    struct value *view = value_object(arena);
    struct value *list = value_list(arena);
    TRY(add_works(req, list, &work, 1));
    value_set(arena, view, "work", *value_at(list, 0));
    add_result(&req->ctx, view, &work);
    bool is_zip = text_is(work.kind, WORK_PICTURES) && work.state == WORK_DONE;
    return reply_view(req, is_zip ? "admin/media_zip" : "admin/work", view);
}

static err reply_with(struct req *req, int status, const struct work *work)
{
    struct value *view = value_object(req->ctx.arena);
    work_set_view(&req->ctx, value_set_object(req->ctx.arena, view, "work"), work);
    return reply_done(req, status, view, "/admin/works/%" PRId64, work->id);
}

err reply_work(struct req *req, const struct work *work)
{
    return reply_with(req, 202, work);
}

static err change(struct req *req, err (*change_work)(struct ctx *ctx, int64_t work_id))
{
    const struct work_form *form = req->form;
    struct work work;
    TRY(work_load(&req->ctx, form->work_id, &work));
    if (!may_change(req, &work))
        return fail_with(&req->ctx, ERR_FORBIDDEN, "this work is not yours to change");
    TRY(change_work(&req->ctx, work.id));
    TRY(work_load(&req->ctx, work.id, &work));
    return reply_with(req, 200, &work);
}

static err stop(struct req *req)
{
    return change(req, work_stop);
}

static err retry(struct req *req)
{
    return change(req, work_retry);
}

const struct route backoffice_work_routes[] = {
    {.method = GET,
     .path = "/admin/works",
     .handler = list,
     .guard = STAFF,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Long work that goes on, and what came of it, newest first",
     .answer = "works"},
    {.method = GET,
     .path = "/admin/works/:id",
     .handler = show,
     .guard = STAFF,
     .fields = work_fields,
     .form_size = sizeof(struct work_form),
     .summary = "How far a work is",
     .answer = "work"},
    {.method = POST,
     .path = "/admin/works/:id/stop",
     .handler = stop,
     .guard = STAFF,
     .fields = work_fields,
     .form_size = sizeof(struct work_form),
     .again = show,
     .summary = "Leave the rest of a work",
     .answer = "work"},
    {.method = POST,
     .path = "/admin/works/:id/retry",
     .handler = retry,
     .guard = STAFF,
     .fields = work_fields,
     .form_size = sizeof(struct work_form),
     .again = show,
     .summary = "A work that failed goes on where it was",
     .answer = "work"},
    {0},
};
