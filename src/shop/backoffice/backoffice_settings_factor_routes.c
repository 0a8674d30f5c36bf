/* backoffice_settings_factor_routes.c - one's own second step, and what the owner asks of everybody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/qr.h"
#include "base/text.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define PAGE "/admin/account/factor"

struct factor_form {
    int64_t staff_id;
    const char *password;
    const char *code;
    bool is_required;
};

#define CODE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "code", .kind = FIELD_TEXT, .offset = offsetof(struct factor_form, code),                    \
        .is_required = true, .maximum = 40, .help = "Six digits of the app, or a recovery code"              \
    }

static const struct field code_fields[] = {CODE_FIELD, {0}};
static const struct field proof_fields[] = {{.name = "password",
                                             .kind = FIELD_TEXT,
                                             .offset = offsetof(struct factor_form, password),
                                             .is_required = true,
                                             .maximum = 200,
                                             .help = "Present password"},
                                            CODE_FIELD,
                                            {0}};
static const struct field id_fields[] = {{.name = "id",
                                          .kind = FIELD_ID,
                                          .offset = offsetof(struct factor_form, staff_id),
                                          .is_required = true,
                                          .help = "The person"},
                                         {0}};
static const struct field rule_fields[] = {{.name = "is_required",
                                            .kind = FIELD_FLAG,
                                            .offset = offsetof(struct factor_form, is_required),
                                            .help = "Everybody must have a second step"},
                                           {0}};

static err show(struct req *req)
{
    struct value *view;
    struct staff_factor factor;
    const char *qr = NULL;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    TRY(staff_factor_load(&req->ctx, req->ctx.actor_id, &factor));
    if (factor.draft_uri)
        TRY(qr_svg(&req->ctx, factor.draft_uri, &qr));
    struct value *place = value_set_object(arena, view, "factor");
    value_set_bool(arena, place, "is_on", factor.is_on);
    value_set_bool(arena, place, "is_required", factor.is_required);
    value_set_time(arena, place, "enrolled_at", factor.enrolled_at);
    value_set_int(arena, place, "codes_left", factor.codes_left);
    value_set_text(arena, place, "secret", factor.draft);
    value_set_text(arena, place, "uri", factor.draft_uri);
    value_set_text(arena, place, "qr", qr);
    return reply_view(req, "admin/settings_factor", view);
}

static err begin(struct req *req)
{
    TRY(staff_factor_begin(&req->ctx, req->ctx.actor_id));
    return reply_done(req, 200, value_object(req->ctx.arena), PAGE);
}

/* Guessing a password or a code is as slow here as at the door. */
static err take_turn(struct req *req)
{
    const char *bucket = arena_format(req->ctx.arena, "code:%" PRId64, req->ctx.actor_id);
    if (!req_rate_take(req, bucket, req->ctx.config->login_limit))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many codes were tried");
    return NULL;
}

static err answer_codes(struct req *req, const char *const *codes)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *list = value_set_list(req->ctx.arena, view, "codes");
    for (int i = 0; i < STAFF_RECOVERY_CODES; i++)
        value_add(req->ctx.arena, list, value_text(codes[i]));
    value_set_text(req->ctx.arena, view, "next", "/admin/account");
    return reply_view(req, "admin/factor_codes", view);
}

static err confirm(struct req *req)
{
    const struct factor_form *form = req->form;
    const char *token, *codes[STAFF_RECOVERY_CODES];
    TRY(take_turn(req));
    TRY(staff_factor_confirm(&req->ctx, req->ctx.actor_id, form->code, req_header(req, "User-Agent"), codes,
                             &token));
    reply_cookie(req, STAFF_COOKIE, token, STAFF_SESSION_MS / SECOND_MS);
    return answer_codes(req, codes);
}

static err renew_codes(struct req *req)
{
    const struct factor_form *form = req->form;
    const char *codes[STAFF_RECOVERY_CODES];
    TRY(take_turn(req));
    TRY(staff_factor_renew_codes(&req->ctx, req->ctx.actor_id, form->password, form->code, codes));
    return answer_codes(req, codes);
}

static err turn_off(struct req *req)
{
    const struct factor_form *form = req->form;
    const char *token;
    TRY(take_turn(req));
    TRY(staff_factor_remove(&req->ctx, req->ctx.actor_id, form->password, form->code,
                            req_header(req, "User-Agent"), &token));
    reply_cookie(req, STAFF_COOKIE, token, STAFF_SESSION_MS / SECOND_MS);
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/account?notice=factor_off");
}

/* ---- of others ---- */

static err reset(struct req *req)
{
    const struct factor_form *form = req->form;
    if (form->staff_id == req->ctx.actor_id)
        return fail_field(&req->ctx, "role", "own-factor", "one's own is turned off with password and code");
    TRY(staff_factor_reset(&req->ctx, form->staff_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/staff?notice=factor_reset");
}

static err require(struct req *req)
{
    const struct factor_form *form = req->form;
    TRY(staff_factor_require(&req->ctx, form->is_required));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/staff?notice=saved");
}

#define OWN .guard = STAFF, .form_size = sizeof(struct factor_form), .again = show
#define MANAGE                                                                                               \
    .guard = STAFF, .scope = "staff.manage", .form_size = sizeof(struct factor_form),                        \
    .again = settings_show_people

const struct route backoffice_settings_factor_routes[] = {
    {.method = GET,
     .path = PAGE,
     .handler = show,
     .guard = STAFF,
     .summary = "One's own second step",
     .answer = "factor"},
    {.method = POST,
     .path = PAGE "/begin",
     .handler = begin,
     OWN,
     .summary = "Draw up a new secret for an authenticator app; the present one stays until it is confirmed"},
    {.method = POST,
     .path = PAGE "/confirm",
     .handler = confirm,
     OWN,
     .fields = code_fields,
     .summary =
         "Turn the second step on with a first code; ends all other sessions and answers recovery codes",
     .answer = "codes"},
    {.method = POST,
     .path = PAGE "/codes",
     .handler = renew_codes,
     OWN,
     .fields = proof_fields,
     .summary = "Make new recovery codes; earlier ones are void",
     .answer = "codes"},
    {.method = POST,
     .path = PAGE "/off",
     .handler = turn_off,
     OWN,
     .fields = proof_fields,
     .summary = "Turn the second step off"},
    {.method = POST,
     .path = "/admin/settings/staff/:id/factor/reset",
     .handler = reset,
     MANAGE,
     .fields = id_fields,
     .summary = "Take a person's second step away; ends the person's sessions"},
    {.method = POST,
     .path = "/admin/settings/staff-factor",
     .handler = require,
     MANAGE,
     .fields = rule_fields,
     .summary = "Whether everybody must have a second step; logs out who has none"},
    {0},
};
