/* staff_entry_routes.c - logging in, step by step: password, then a code, or setting up the app that makes
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_entry_routes.h"
#include "shop/staff/staff_routes.h"

#include "base/qr.h"
#include <inttypes.h>

struct step_form {
    const char *next;
    const char *code;
};

#define NEXT_FIELD                                                                                           \
    {                                                                                                        \
        .name = "next", .kind = FIELD_TEXT, .offset = offsetof(struct step_form, next), .maximum = 500,      \
        .help = "Page of the back office to go on to"                                                        \
    }

static const struct field next_fields[] = {NEXT_FIELD, {0}};
static const struct field code_fields[] = {NEXT_FIELD,
                                           {.name = "code",
                                            .kind = FIELD_TEXT,
                                            .offset = offsetof(struct step_form, code),
                                            .is_required = true,
                                            .maximum = 40,
                                            .help = "Six digits of the app, or a recovery code"},
                                           {0}};

/* Only pages of the back office: an address of elsewhere must not be slipped in. */
const char *staff_safe_next(const char *next)
{
    bool is_ours = text_is(next, "/admin") || text_starts(next, "/admin/") || text_starts(next, "/admin?");
    return is_ours && !strchr(next, '\\') ? next : "/admin";
}

const char *staff_step_path(struct req *req, enum staff_step step, const char *next)
{
    struct text_buf path;
    if (step == STAFF_STEP_OPEN)
        return staff_safe_next(next);
    text_open(&path, req->ctx.arena, HTTP_URL_LIMIT);
    text_add(&path, step == STAFF_STEP_CODE ? "/admin/login/code?next=" : "/admin/login/factor?next=");
    next = staff_safe_next(next);
    text_add_url(&path, next, strlen(next));
    return text_of(&path);
}

static err need_ticket(struct req *req, int64_t *staff_id)
{
    return staff_ticket_open(&req->ctx, req_cookie(req, STAFF_TICKET_COOKIE), staff_id);
}

/* Whoever comes without a ticket, or too late, begins at the beginning; programs are told. */
static err begin_again(struct req *req, err failure)
{
    if (failure->code == ERR_UNAUTHENTICATED && req->face == FACE_HTML && !req->failure)
        return reply_redirect(req, 303, "/admin/login");
    return failure;
}

static struct value *step_view(struct req *req)
{
    const struct step_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "next", staff_safe_next(req_local(req, form->next)));
    return view;
}

/* A session came of it: the ticket has done its work. */
static void let_in(struct req *req, const char *token)
{
    reply_cookie(req, STAFF_TICKET_COOKIE, "", -1);
    reply_cookie(req, STAFF_COOKIE, token, STAFF_SESSION_MS / SECOND_MS);
}

static err take_turn(struct req *req, int64_t staff_id)
{
    const char *bucket = arena_format(req->ctx.arena, "code:%" PRId64, staff_id);
    if (!req_rate_take(req, bucket, req->ctx.config->login_limit))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many codes were tried");
    return NULL;
}

/* ---- a code ---- */

static err show_code(struct req *req)
{
    int64_t staff_id;
    err failure = need_ticket(req, &staff_id);
    if (failure)
        return begin_again(req, failure);
    return reply_view(req, "admin/login_code", step_view(req));
}

static err enter_code(struct req *req)
{
    const struct step_form *form = req->form;
    const char *token;
    int64_t staff_id;
    err failure = need_ticket(req, &staff_id);
    if (failure)
        return begin_again(req, failure);
    TRY(take_turn(req, staff_id));
    TRY(staff_enter_code(&req->ctx, staff_id, form->code, req_header(req, "User-Agent"), &token));
    let_in(req, token);
    return reply_done(req, 200, value_object(req->ctx.arena), "%s",
                      staff_safe_next(req_local(req, form->next)));
}

/* ---- setting it up, because the shop wants it ---- */

/* A ticket proves the password only: who has a second step already must show it, not replace it. */
static err load_draft(struct req *req, int64_t *staff_id, struct staff_factor *factor)
{
    TRY(need_ticket(req, staff_id));
    TRY(staff_factor_load(&req->ctx, *staff_id, factor));
    if (factor->is_on || !factor->is_required)
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "nothing is to be set up here");
    return NULL;
}

static err show_enrolment(struct req *req)
{
    struct staff_factor factor;
    const char *qr = NULL;
    int64_t staff_id;
    err failure = load_draft(req, &staff_id, &factor);
    if (failure)
        return begin_again(req, failure);
    if (factor.draft_uri)
        TRY(qr_svg(&req->ctx, factor.draft_uri, &qr));
    struct value *view = step_view(req);
    struct value *place = value_set_object(req->ctx.arena, view, "factor");
    value_set_text(req->ctx.arena, place, "secret", factor.draft);
    value_set_text(req->ctx.arena, place, "uri", factor.draft_uri);
    value_set_text(req->ctx.arena, place, "qr", qr);
    return reply_view(req, "admin/login_factor", view);
}

static err reply_codes(struct req *req, const char *const *codes, const char *next)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *list = value_set_list(req->ctx.arena, view, "codes");
    for (int i = 0; i < STAFF_RECOVERY_CODES; i++)
        value_add(req->ctx.arena, list, value_text(codes[i]));
    value_set_text(req->ctx.arena, view, "next", next);
    return reply_view(req, "admin/factor_codes", view);
}

static err enrol(struct req *req)
{
    const struct step_form *form = req->form;
    const char *token, *codes[STAFF_RECOVERY_CODES];
    struct staff_factor factor;
    int64_t staff_id;
    err failure = load_draft(req, &staff_id, &factor);
    if (failure)
        return begin_again(req, failure);
    TRY(take_turn(req, staff_id));
    TRY(staff_factor_confirm(&req->ctx, staff_id, form->code, req_header(req, "User-Agent"), codes, &token));
    let_in(req, token);
    return reply_codes(req, codes, staff_safe_next(req_local(req, form->next)));
}

#define STEP_FORM .guard = ANYONE, .form_size = sizeof(struct step_form)

const struct route staff_entry_routes[] = {
    {.method = GET,
     .path = "/admin/login/code",
     .handler = show_code,
     STEP_FORM,
     .fields = next_fields,
     .faces = FACE_HTML,
     .summary = "The form for the code after the password"},
    {.method = POST,
     .path = "/admin/login/code",
     .handler = enter_code,
     STEP_FORM,
     .fields = code_fields,
     .again = show_code,
     .summary = "Log in: the code after the password"},
    {.method = GET,
     .path = "/admin/login/factor",
     .handler = show_enrolment,
     STEP_FORM,
     .fields = next_fields,
     .summary = "What an authenticator app needs, where the shop wants a second step and there is none yet",
     .answer = "factor"},
    {.method = POST,
     .path = "/admin/login/factor",
     .handler = enrol,
     STEP_FORM,
     .fields = code_fields,
     .again = show_enrolment,
     .summary = "Log in: set up the second step with a first code",
     .answer = "codes"},
    {0},
};
