/* staff_routes.c - logging in and out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_routes.h"

#include "base/clock.h"
#include "shop/staff/staff_entry_routes.h"

struct login_form {
    const char *login;
    const char *password;
    const char *next;
};

static const struct field login_fields[] = {
    {.name = "login",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct login_form, login),
     .is_required = true,
     .maximum = 120,
     .help = "E-mail address or name"},
    {.name = "password",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct login_form, password),
     .is_required = true,
     .maximum = 200,
     .help = "Password"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct login_form, next),
     .maximum = 500,
     .help = "Page of the back office to go on to"},
    {0},
};

struct next_form {
    const char *next;
};

static const struct field next_fields[] = {
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct next_form, next),
     .maximum = 500,
     .help = "Page of the back office to go on to"},
    {0},
};

static err show_login(struct req *req)
{
    const struct next_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "next", form->next);
    return reply_view(req, "admin/login", view);
}

static err show_again(struct req *req)
{
    const struct login_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "next", form->next);
    return reply_view(req, "admin/login", view);
}

/* What the program that logs in has to do next, by enum staff_step. */
static const char *const step_names[] = {"open", "code", "enrol"};

static err log_in(struct req *req)
{
    const struct login_form *form = req->form;
    struct staff_entry entry;
    if (!req_rate_take(req, arena_format(req->ctx.arena, "login:%s", form->login),
                       req->ctx.config->login_limit))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many attempts to log in");
    TRY(staff_log_in(&req->ctx, form->login, form->password, req_header(req, "User-Agent"), &entry));
    bool is_open = entry.step == STAFF_STEP_OPEN;
    reply_cookie(req, is_open ? STAFF_COOKIE : STAFF_TICKET_COOKIE, entry.token,
                 (is_open ? STAFF_SESSION_MS : STAFF_TICKET_MS) / SECOND_MS);
    struct value *view = value_object(req->ctx.arena);
    struct value *session = value_set_object(req->ctx.arena, view, "session");
    value_set_text(req->ctx.arena, session, "login", form->login);
    value_set_text(req->ctx.arena, session, "step", step_names[entry.step - 1]);
    return reply_done(req, 200, view, "%s", staff_step_path(req, entry.step, req_local(req, form->next)));
}

static err log_out(struct req *req)
{
    const char *token = req_cookie(req, STAFF_COOKIE);
    if (token)
        TRY(staff_log_out(&req->ctx, token));
    reply_cookie(req, STAFF_COOKIE, "", -1);
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/login");
}

const struct route staff_routes[] = {
    {.method = GET,
     .path = "/admin/login",
     .handler = show_login,
     .guard = ANYONE,
     .fields = next_fields,
     .form_size = sizeof(struct next_form),
     .faces = FACE_HTML,
     .summary = "The form to log in"},
    {.method = POST,
     .path = "/admin/login",
     .handler = log_in,
     .guard = ANYONE,
     .fields = login_fields,
     .form_size = sizeof(struct login_form),
     .again = show_again,
     .summary = "Log in to the back office",
     .answer = "session"},
    {.method = POST, .path = "/admin/logout", .handler = log_out, .guard = STAFF, .summary = "Log out"},
    {0},
};
