/* backoffice_alarm_routes.c - what only a person can settle: alarms and jobs that gave up. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/staff/staff.h"

#define ROWS 100

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

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct alarm *alarms;
    struct dead_letter *letters;
    size_t count;
    struct value *view = value_object(ctx->arena);
    TRY(alarm_list_open(ctx, ROWS, &alarms, &count, NULL));
    alarm_views(ctx, value_set_list(ctx->arena, view, "alarms"), alarms, count);
    TRY(job_list_dead(ctx, ROWS, &letters, &count));
    add_dead(ctx, view, letters, count);
    return reply_view(req, "admin/alarms", view);
}

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

const struct route backoffice_alarm_routes[] = {
    {.method = GET,
     .path = "/admin/alarms",
     .handler = show,
     .guard = STAFF,
     .scope = "orders.read",
     .summary = "Open alarms and jobs that gave up",
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
    {0},
};
