/* backoffice_settings_staff_routes.c - who works here, and one's own account. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/text.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

/* ---- everybody ---- */

struct person_form {
    int64_t staff_id;
    const char *login;
    const char *name;
    int role; /* enum staff_role - 1 */
    const char *password;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct person_form, staff_id),                    \
        .is_required = true, .help = "The person"                                                            \
    }
#define NAME_FIELD                                                                                           \
    {                                                                                                        \
        .name = "name", .kind = FIELD_TEXT, .offset = offsetof(struct person_form, name),                    \
        .maximum = STAFF_NAME_LIMIT, .help = "What the person is called"                                     \
    }
#define ROLE_FIELD                                                                                           \
    {                                                                                                        \
        .name = "role", .kind = FIELD_CHOICE, .offset = offsetof(struct person_form, role),                  \
        .is_required = true, .choices = staff_role_names, .help = "What the person may do"                   \
    }
#define PASSWORD_FIELD                                                                                       \
    {                                                                                                        \
        .name = "password", .kind = FIELD_TEXT, .offset = offsetof(struct person_form, password),            \
        .is_required = true, .maximum = 200, .help = "First password, at least 8 characters"                 \
    }

static const struct field create_fields[] = {
    {.name = "login",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct person_form, login),
     .is_required = true,
     .maximum = 120,
     .help = "E-mail address or name to log in with"},
    NAME_FIELD,
    ROLE_FIELD,
    PASSWORD_FIELD,
    {0},
};
static const struct field change_fields[] = {ID_FIELD, NAME_FIELD, ROLE_FIELD, {0}};
static const struct field password_fields[] = {ID_FIELD, PASSWORD_FIELD, {0}};
static const struct field id_fields[] = {ID_FIELD, {0}};

err settings_show_people(struct req *req)
{
    struct value *view;
    struct staff *people;
    size_t count;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    TRY(staff_list(&req->ctx, &people, &count));
    struct value *list = value_set_list(arena, view, "people");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", people[i].id);
        value_set_text(arena, row, "login", people[i].login);
        value_set_text(arena, row, "name", people[i].name);
        value_set_text(arena, row, "role", staff_role_names[people[i].role - 1]);
        value_set_bool(arena, row, "is_active", people[i].deactivated_at == 0);
        value_set_bool(arena, row, "is_self", people[i].id == req->ctx.actor_id);
        value_set_bool(arena, row, "has_factor", people[i].has_factor);
        value_set_time(arena, row, "seen_at", people[i].seen_at);
    }
    struct value *roles = value_set_list(arena, view, "roles");
    for (size_t i = 0; staff_role_names[i]; i++)
        value_add(arena, roles, value_text(staff_role_names[i]));
    bool is_required;
    TRY(staff_factor_is_required(&req->ctx, &is_required));
    value_set_bool(arena, view, "is_factor_required", is_required);
    return reply_view(req, "admin/settings_staff", view);
}

static err done(struct req *req, const char *notice)
{
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/staff?notice=%s", notice);
}

static err create(struct req *req)
{
    const struct person_form *form = req->form;
    int64_t staff_id;
    err failure = staff_create(&req->ctx, form->login, form->name, form->password,
                               (enum staff_role)(form->role + 1), &staff_id);
    if (failure && failure->code == ERR_DUPLICATE)
        return fail_field(&req->ctx, "login", "login-taken", "somebody has this login already");
    TRY(failure);
    struct value *view = value_object(req->ctx.arena);
    struct value *person = value_set_object(req->ctx.arena, view, "person");
    value_set_id(req->ctx.arena, person, "id", staff_id);
    return reply_done(req, 201, view, "/admin/settings/staff?notice=added");
}

/* What the form can say better than a conflict. */
static err say_owner(struct req *req, err failure)
{
    if (failure && failure->code == ERR_CONFLICT)
        return fail_field(&req->ctx, "role", "last-owner", "the shop needs an owner who can log in");
    return failure;
}

static err change(struct req *req)
{
    const struct person_form *form = req->form;
    TRY(say_owner(req,
                  staff_change(&req->ctx, form->staff_id, form->name, (enum staff_role)(form->role + 1))));
    return done(req, "saved");
}

static err reset_password(struct req *req)
{
    const struct person_form *form = req->form;
    TRY(staff_reset_password(&req->ctx, form->staff_id, form->password));
    return done(req, "password");
}

static err deactivate(struct req *req)
{
    const struct person_form *form = req->form;
    if (form->staff_id == req->ctx.actor_id)
        return fail_field(&req->ctx, "role", "own-account", "nobody can shut themselves out");
    TRY(say_owner(req, staff_deactivate(&req->ctx, form->staff_id)));
    return done(req, "deactivated");
}

static err reactivate(struct req *req)
{
    const struct person_form *form = req->form;
    TRY(staff_reactivate(&req->ctx, form->staff_id));
    return done(req, "reactivated");
}

/* ---- one's own ---- */

struct own_form {
    const char *current;
    const char *password;
    const char *key;
};

static const struct field own_password_fields[] = {
    {.name = "current",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct own_form, current),
     .is_required = true,
     .maximum = 200,
     .help = "Present password"},
    {.name = "password",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct own_form, password),
     .is_required = true,
     .maximum = 200,
     .help = "New password, at least 8 characters"},
    {0},
};

static const struct field session_fields[] = {
    {.name = "key",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct own_form, key),
     .maximum = 64,
     .help = "The session; blank for all others"},
    {0},
};

static const char *own_token(const struct req *req)
{
    const char *token = req_cookie(req, STAFF_COOKIE);
    return token ? token : "";
}

static err show_account(struct req *req)
{
    struct value *view;
    struct staff_session *sessions;
    size_t count;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    TRY(staff_list_sessions(&req->ctx, req->ctx.actor_id, own_token(req), &sessions, &count));
    struct value *list = value_set_list(arena, view, "sessions");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "key", sessions[i].key);
        value_set_text(arena, row, "device", sessions[i].device[0] ? sessions[i].device : NULL);
        value_set_time(arena, row, "created_at", sessions[i].created_at);
        value_set_time(arena, row, "seen_at", sessions[i].seen_at);
        value_set_bool(arena, row, "is_current", sessions[i].is_current);
    }
    struct staff_factor factor;
    TRY(staff_factor_load(&req->ctx, req->ctx.actor_id, &factor));
    struct value *place = value_set_object(arena, view, "factor");
    value_set_bool(arena, place, "is_on", factor.is_on);
    value_set_bool(arena, place, "is_required", factor.is_required);
    value_set_int(arena, place, "codes_left", factor.codes_left);
    return reply_view(req, "admin/settings_account", view);
}

/* Guessing the present password is as slow here as at the door. */
static err change_own_password(struct req *req)
{
    const struct own_form *form = req->form;
    const char *token, *bucket = arena_format(req->ctx.arena, "password:%" PRId64, req->ctx.actor_id);
    if (!req_rate_take(req, bucket, req->ctx.config->login_limit))
        return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "too many attempts");
    TRY(staff_change_own_password(&req->ctx, req->ctx.actor_id, form->current, form->password,
                                  req_header(req, "User-Agent"), &token));
    reply_cookie(req, STAFF_COOKIE, token, STAFF_SESSION_MS / SECOND_MS);
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/account?notice=password");
}

static err end_sessions(struct req *req)
{
    const struct own_form *form = req->form;
    TRY(staff_end_sessions(&req->ctx, req->ctx.actor_id, form->key, own_token(req)));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/account?notice=ended");
}

#define MANAGE .guard = STAFF, .scope = "staff.manage"
#define PERSON_FORM .form_size = sizeof(struct person_form), .again = settings_show_people
#define OWN_FORM .form_size = sizeof(struct own_form), .again = show_account

const struct route backoffice_settings_staff_routes[] = {
    {.method = GET,
     .path = "/admin/settings/staff",
     .handler = settings_show_people,
     MANAGE,
     .summary = "Who works here",
     .answer = "people"},
    {.method = POST,
     .path = "/admin/settings/staff",
     .handler = create,
     MANAGE,
     .fields = create_fields,
     PERSON_FORM,
     .summary = "Open an account for a person",
     .answer = "person"},
    {.method = POST,
     .path = "/admin/settings/staff/:id",
     .handler = change,
     MANAGE,
     .fields = change_fields,
     PERSON_FORM,
     .summary = "Change name and role; another role ends the person's sessions"},
    {.method = POST,
     .path = "/admin/settings/staff/:id/password",
     .handler = reset_password,
     MANAGE,
     .fields = password_fields,
     PERSON_FORM,
     .summary = "Set a new password; ends the person's sessions"},
    {.method = POST,
     .path = "/admin/settings/staff/:id/deactivate",
     .handler = deactivate,
     MANAGE,
     .fields = id_fields,
     PERSON_FORM,
     .summary = "The person may not log in any more"},
    {.method = POST,
     .path = "/admin/settings/staff/:id/reactivate",
     .handler = reactivate,
     MANAGE,
     .fields = id_fields,
     PERSON_FORM,
     .summary = "The person may log in again"},
    {.method = GET,
     .path = "/admin/account",
     .handler = show_account,
     .guard = STAFF,
     .summary = "One's own account and sessions",
     .answer = "sessions"},
    {.method = POST,
     .path = "/admin/account/password",
     .handler = change_own_password,
     .guard = STAFF,
     .fields = own_password_fields,
     OWN_FORM,
     .summary = "Change one's own password; ends all other sessions"},
    {.method = POST,
     .path = "/admin/account/sessions/end",
     .handler = end_sessions,
     .guard = STAFF,
     .fields = session_fields,
     OWN_FORM,
     .summary = "End one of one's own sessions, or all others"},
    {0},
};
