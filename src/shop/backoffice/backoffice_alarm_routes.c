/* backoffice_alarm_routes.c - what only a person can settle: alarms and jobs that gave up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/id.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 50
/* Jobs that gave up, below the open alarms; the list of them is a state of its own. */
#define DEAD_BELOW 10
#define CURSOR_LIMIT 120

enum alarm_state { ALARMS_OPEN, ALARMS_SETTLED, ALARMS_JOBS };
static const char *const states[] = {
    [ALARMS_OPEN] = "open", [ALARMS_SETTLED] = "settled", [ALARMS_JOBS] = "jobs", NULL};
static const char *const sorts[] = {"newest", "oldest", NULL};

struct list_form {
    int state;
    const char *kind;
    int sort;
    const char *cursor;
    int64_t settled;
    int64_t retried;
    int64_t dropped;
    int64_t removed_id;
};

#define STATE_FIELD(form)                                                                                    \
    {                                                                                                        \
        .name = "state", .kind = FIELD_CHOICE, .offset = offsetof(form, state), .choices = states,           \
        .help = "open, settled, or jobs: those that gave up"                                                 \
    }
#define KIND_FIELD(form)                                                                                     \
    {                                                                                                        \
        .name = "kind", .kind = FIELD_TEXT, .offset = offsetof(form, kind), .maximum = 60,                   \
        .help = "Only alarms of this kind"                                                                   \
    }

static const struct field list_fields[] = {
    STATE_FIELD(struct list_form),
    KIND_FIELD(struct list_form),
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, sort),
     .choices = sorts,
     .help = "newest, or those first that wait longest"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = CURSOR_LIMIT,
     .help = "Of the page before"},
    {.name = "settled",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, settled),
     .otherwise = -1,
     .minimum = -1,
     .maximum = ALARM_BULK_LIMIT,
     .help = "For pages: how many were just settled"},
    {.name = "retried",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, retried),
     .otherwise = -1,
     .minimum = -1,
     .maximum = DEAD_BULK_LIMIT,
     .help = "For pages: how many jobs are tried again"},
    {.name = "dropped",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, dropped),
     .otherwise = -1,
     .minimum = -1,
     .maximum = DEAD_BULK_LIMIT,
     .help = "For pages: how many jobs were just dropped"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

/* ---- jobs that gave up ---- */

static void add_dead(struct ctx *ctx, struct value *view, const struct dead_letter *letters, size_t count)
{
    struct value *list = value_set_list(ctx->arena, view, "dead_letters");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "kind", letters[i].kind);
        value_set_id(ctx->arena, row, "subject", letters[i].subject_id);
        value_set_int(ctx->arena, row, "attempts", letters[i].attempts);
        value_set_text(ctx->arena, row, "error", letters[i].error);
        value_set_time(ctx->arena, row, "dead_at", letters[i].dead_at);
    }
}

/* DEAD_AT.SUBJECT.KIND of the last one. */
static err read_cursor(struct ctx *ctx, const char *cursor, struct dead_letter *last)
{
    *last = (struct dead_letter){.dead_at = INT64_MAX, .kind = ""};
    if (!cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, cursor);
    char *subject = strchr(copy, '.'), *kind = subject ? strchr(subject + 1, '.') : NULL;
    if (kind) {
        *subject++ = 0;
        *kind++ = 0;
        last->kind = kind;
        if (text_to_int(copy, &last->dead_at) && text_to_int(subject, &last->subject_id))
            return NULL;
    }
    return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
}

static err jobs_page(struct ctx *ctx, const char *cursor, struct value *view, const char **next)
{
    struct dead_letter last, *letters;
    size_t count;
    TRY(read_cursor(ctx, cursor, &last));
    TRY(job_list_dead_behind(ctx, &last, ROWS + 1, &letters, &count));
    add_dead(ctx, view, letters, count > ROWS ? ROWS : count);
    value_set_list(ctx->arena, view, "alarms");
    if (count > ROWS)
        *next = arena_format(ctx->arena, "%" PRId64 ".%" PRId64 ".%s", letters[ROWS - 1].dead_at,
                             letters[ROWS - 1].subject_id, letters[ROWS - 1].kind);
    return NULL;
}

/* ---- alarms ---- */

static err alarms_page(struct ctx *ctx, const struct list_form *form, const char *sort, struct value *view,
                       const char **next)
{
    struct alarm_query query = {.is_settled = form->state == ALARMS_SETTLED,
                                .kind = form->kind[0] ? form->kind : NULL,
                                .is_up = text_is(sort, "oldest"),
                                .limit = ROWS + 1};
    struct dead_letter *letters = NULL;
    struct alarm *alarms;
    size_t count, dead_count = 0;
    if (form->cursor[0] && !text_to_int(form->cursor, &query.behind_id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    TRY(alarm_list(ctx, &query, &alarms, &count));
    alarm_views(ctx, value_set_list(ctx->arena, view, "alarms"), alarms, count > ROWS ? ROWS : count);
    if (count > ROWS)
        *next = arena_format(ctx->arena, "%" PRId64, alarms[ROWS - 1].id);
    if (form->state == ALARMS_OPEN && !query.kind && !form->cursor[0])
        TRY(job_list_dead(ctx, DEAD_BELOW + 1, &letters, &dead_count));
    add_dead(ctx, view, letters, dead_count > DEAD_BELOW ? DEAD_BELOW : dead_count);
    value_set_bool(ctx->arena, view, "has_more_dead", dead_count > DEAD_BELOW);
    return NULL;
}

static struct list_place place_of(const struct list_form *form)
{
    struct list_place place = {.list = &alarm_list_pages,
                               .sort = form->state == ALARMS_JOBS ? NULL : sorts[form->sort],
                               .cursor = form->cursor};
    place.values[ALARMS_STATE] = form->state ? states[form->state] : "";
    place.values[ALARMS_KIND] = form->state == ALARMS_JOBS ? "" : form->kind;
    list_settle(&place);
    return place;
}

static err show_list(struct req *req, const struct list_form *form)
{
    struct ctx *ctx = &req->ctx;
    struct arena *arena = ctx->arena;
    struct list_place place = place_of(form);
    struct value *view = value_object(arena);
    const char *next = NULL;
    if (form->state == ALARMS_JOBS)
        TRY(jobs_page(ctx, form->cursor, view, &next));
    else
        TRY(alarms_page(ctx, form, place.sort, view, &next));
    struct value *kinds = value_set_list(arena, view, "kinds");
    for (size_t i = 0; alarm_kinds[i]; i++)
        value_add(arena, kinds, value_text(alarm_kinds[i]));
    value_set_text(arena, view, "state", states[form->state]);
    value_set_id(arena, view, "before", id_floor(ctx->now + 1));
    value_set_id(arena, view, "removed_view", form->removed_id);
    if (form->settled >= 0)
        value_set_int(arena, view, "settled", form->settled);
    if (form->retried >= 0)
        value_set_int(arena, view, "retried", form->retried);
    if (form->dropped >= 0)
        value_set_int(arena, view, "dropped", form->dropped);
    value_set_int(arena, view, "now", ctx->now);
    TRY(list_view(ctx, &place, next, view));
    if (form->state == ALARMS_JOBS) /* they have one order */
        value_set_list(arena, (struct value *)value_find(view, "list"), "sorts");
    return reply_view(req, "admin/alarms", view);
}

static err show(struct req *req)
{
    return show_list(req, req->form);
}

static const struct list_form whole_list = {
    .kind = "", .cursor = "", .settled = -1, .retried = -1, .dropped = -1};

static err show_again(struct req *req)
{
    return show_list(req, &whole_list);
}

static err jobs_again(struct req *req)
{
    struct list_form form = whole_list;
    form.state = ALARMS_JOBS;
    return show_list(req, &form);
}

/* ---- several at once ---- */

struct id_row {
    int64_t alarm_id;
};

struct bulk_form {
    struct field_rows alarms;
    bool is_all;
    const char *kind;
    int64_t before_id;
};

static const struct field id_row_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct id_row, alarm_id), .help = "An alarm"},
    {0},
};

static const struct field bulk_fields[] = {
    {.name = "alarms",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct bulk_form, alarms),
     .maximum = ALARM_BULK_LIMIT,
     .rows = id_row_fields,
     .row_size = sizeof(struct id_row),
     .help = "The alarms"},
    {.name = "all",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct bulk_form, is_all),
     .help = "All open ones of the kind, instead of a list; at most 10,000"},
    KIND_FIELD(struct bulk_form),
    {.name = "before",
     .kind = FIELD_ID,
     .offset = offsetof(struct bulk_form, before_id),
     .help = "With all: only those that the page could show, as it says in `before`"},
    {0},
};

static err resolve_several(struct req *req)
{
    const struct bulk_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct id_row *rows = form->alarms.items;
    int64_t *ids = arena_alloc_many(ctx->arena, form->alarms.count + 1, sizeof *ids);
    int64_t settled;
    size_t count = 0;
    for (size_t i = 0; i < form->alarms.count; i++)
        if (rows[i].alarm_id)
            ids[count++] = rows[i].alarm_id;
    if (form->is_all)
        TRY(alarm_resolve_found(ctx, form->kind[0] ? form->kind : NULL,
                                form->before_id ? form->before_id : id_floor(ctx->now + 1), &settled));
    else if (count > 0)
        TRY(alarm_resolve_many(ctx, ids, count, &settled));
    else
        return fail_field(ctx, "alarms", "required", "choose the alarms that are settled");
    struct value *view = value_object(ctx->arena);
    value_set_int(ctx->arena, view, "settled", settled);
    return reply_done(req, 200, view, "/admin/alarms?settled=%" PRId64, settled);
}

/* ---- one ---- */

struct alarm_form {
    int64_t alarm_id;
};

static const struct field alarm_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct alarm_form, alarm_id),
     .is_required = true,
     .help = "The alarm"},
    {0},
};

static err resolve(struct req *req)
{
    const struct alarm_form *form = req->form;
    TRY(alarm_resolve(&req->ctx, form->alarm_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/alarms");
}

static err reopen(struct req *req)
{
    const struct alarm_form *form = req->form;
    TRY(alarm_reopen(&req->ctx, form->alarm_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/alarms?state=settled&notice=reopened");
}

struct job_form {
    const char *kind;
    int64_t subject_id;
};

static const struct field job_fields[] = {
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct job_form, kind),
     .is_required = true,
     .maximum = 60,
     .help = "Kind of the job"},
    {.name = "subject",
     .kind = FIELD_ID,
     .offset = offsetof(struct job_form, subject_id),
     .is_required = true,
     .help = "What the job is about"},
    {0},
};

static err retry(struct req *req)
{
    const struct job_form *form = req->form;
    TRY(job_retry_dead(&req->ctx, form->kind, form->subject_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/alarms");
}

static err drop(struct req *req)
{
    const struct job_form *form = req->form;
    TRY(job_remove_dead(&req->ctx, form->kind, form->subject_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/alarms");
}

/* ---- several jobs ---- */

struct job_row {
    const char *name;
};

struct jobs_form {
    struct field_rows jobs;
    bool is_all;
    int64_t before;
};

static const struct field job_row_fields[] = {
    {.name = "id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct job_row, name),
     .maximum = CURSOR_LIMIT,
     .help = "A job: SUBJECT.KIND"},
    {0},
};

static const struct field jobs_fields[] = {
    {.name = "jobs",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct jobs_form, jobs),
     .maximum = DEAD_BULK_LIMIT,
     .rows = job_row_fields,
     .row_size = sizeof(struct job_row),
     .help = "The jobs"},
    {.name = "all",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct jobs_form, is_all),
     .help = "All that gave up, instead of a list; at most 1,000, the newest first"},
    {.name = "before",
     .kind = FIELD_INT,
     .offset = offsetof(struct jobs_form, before),
     .minimum = 0,
     .maximum = INT64_MAX - 1,
     .help = "With all: only those that the page could show, as it says in `now`"},
    {0},
};

static err read_jobs(struct ctx *ctx, const struct field_rows *rows, struct dead_letter *letters,
                     size_t *count)
{
    const struct job_row *names = rows->items;
    *count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const char *dot = names[i].name ? strchr(names[i].name, '.') : NULL;
        struct dead_letter letter = {.kind = dot ? dot + 1 : ""};
        if (!names[i].name || !names[i].name[0])
            continue;
        if (!dot || !text_to_int(arena_copy(ctx->arena, names[i].name, (size_t)(dot - names[i].name)),
                                 &letter.subject_id))
            return fail_field(ctx, "jobs", "invalid", "a job is named SUBJECT.KIND");
        letters[(*count)++] = letter;
    }
    return *count > 0 ? NULL : fail_field(ctx, "jobs", "required", "choose the jobs");
}

static err choose_jobs(struct ctx *ctx, const struct jobs_form *form, struct dead_letter **letters,
                       size_t *count)
{
    struct dead_letter newest = {.dead_at = form->before ? form->before + 1 : INT64_MAX, .kind = ""};
    if (form->is_all)
        return job_list_dead_behind(ctx, &newest, DEAD_BULK_LIMIT, letters, count);
    *letters = arena_alloc_many(ctx->arena, form->jobs.count + 1, sizeof **letters);
    return read_jobs(ctx, &form->jobs, *letters, count);
}

static err act_on_several(struct req *req, const char *name,
                          err (*act)(struct ctx *ctx, const struct dead_letter *letters, size_t count,
                                     int64_t *done))
{
    struct dead_letter *letters;
    struct value *view = value_object(req->ctx.arena);
    size_t count;
    int64_t done;
    TRY(choose_jobs(&req->ctx, req->form, &letters, &count));
    TRY(act(&req->ctx, letters, count, &done));
    value_set_int(req->ctx.arena, view, name, done);
    return reply_done(req, 200, view, "/admin/alarms?state=jobs&%s=%" PRId64, name, done);
}

static err retry_several(struct req *req)
{
    return act_on_several(req, "retried", job_retry_dead_many);
}

static err drop_several(struct req *req)
{
    return act_on_several(req, "dropped", job_remove_dead_many);
}

const struct route backoffice_alarm_routes[] = {
    {.method = GET,
     .path = "/admin/alarms",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "Alarms that are open, with jobs that gave up below them; or those that are settled",
     .answer = "alarms"},
    {.method = POST,
     .path = "/admin/alarms/:id/resolve",
     .handler = resolve,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = alarm_fields,
     .form_size = sizeof(struct alarm_form),
     .summary = "The alarm is settled"},
    {.method = POST,
     .path = "/admin/alarms/:id/reopen",
     .handler = reopen,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = alarm_fields,
     .form_size = sizeof(struct alarm_form),
     .again = show_again,
     .summary = "The alarm is not settled after all"},
    {.method = POST,
     .path = "/admin/alarms/resolve",
     .handler = resolve_several,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = bulk_fields,
     .form_size = sizeof(struct bulk_form),
     .again = show_again,
     .summary = "Several alarms are settled, or all that the list finds"},
    {.method = POST,
     .path = "/admin/jobs/retry",
     .handler = retry,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = job_fields,
     .form_size = sizeof(struct job_form),
     .summary = "Try a job again that gave up"},
    {.method = POST,
     .path = "/admin/jobs/remove",
     .handler = drop,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = job_fields,
     .form_size = sizeof(struct job_form),
     .summary = "Drop a job that gave up"},
    {.method = POST,
     .path = "/admin/jobs/retry-several",
     .handler = retry_several,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = jobs_fields,
     .form_size = sizeof(struct jobs_form),
     .again = jobs_again,
     .summary = "Try several jobs again that gave up, or all of them"},
    {.method = POST,
     .path = "/admin/jobs/remove-several",
     .handler = drop_several,
     .guard = STAFF,
     .scope = "orders.write",
     .fields = jobs_fields,
     .form_size = sizeof(struct jobs_form),
     .again = jobs_again,
     .summary = "Drop several jobs that gave up, or all of them"},
    {0},
};
