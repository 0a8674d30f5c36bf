/* staff_entry.c - the way in: a password, and after it the second step.
 *
 * Between the two the browser carries a ticket: who it is and until when, signed together with the hash of
 * the password, so that a changed password voids it. Nothing of it is kept here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_factor.h"

#include "base/text.h"
#include <inttypes.h>

#define TICKET_PURPOSE "staff.ticket"
#define TICKET_LIMIT 200

/* A real hash of no password: checking it costs what checking a real one costs. */
static const char no_account[128] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"
                                    "$Rr3NbWKr7hQjmVvsFCYSmUyr3Y8C0ZDbG8aPxL1pR5s";

static const char *signed_text(struct ctx *ctx, int64_t staff_id, int64_t until, const char *hash)
{
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64 ".%" PRId64 ".%s", ctx->shop->id, staff_id, until,
                        hash);
}

static const char *make_ticket(struct ctx *ctx, int64_t staff_id, const char *hash)
{
    int64_t until = ctx->now + STAFF_TICKET_MS;
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64 ".%s", staff_id, until,
                        crypto_sign_text(ctx, TICKET_PURPOSE, signed_text(ctx, staff_id, until, hash)));
}

/* Of an unknown login nothing is kept: it may be a password in the wrong field. */
static err refuse(struct ctx *ctx, int64_t staff_id)
{
    if (staff_id != 0)
        TRY(audit_note_alone(
            ctx, &(struct audit_entry){.actor = ACTOR_STAFF, .actor_id = staff_id, .kind = "login.failed"}));
    return fail_with(ctx, ERR_UNAUTHENTICATED, "login or password do not fit");
}

err staff_log_in(struct ctx *ctx, const char *login, const char *password, const char *device,
                 struct staff_entry *entry)
{
    struct db_rows *rows;
    bool is_required;
    TRY(db_query(ctx, &rows,
                 "SELECT p.id, p.password_hash, (SELECT COUNT(f.secret) FROM staff_factors f"
                 " WHERE f.shop_id = p.shop_id AND f.staff_id = p.id)"
                 " FROM staff p WHERE p.shop_id = $1 AND p.login = $2 AND p.deactivated_at IS NULL",
                 db_int(ctx->shop->id), db_text(staff_fold_login(ctx, login))));
    bool is_known = db_next(rows);
    const char *hash = is_known ? db_get_text(rows, 1) : no_account;
    if (!crypto_password_is_valid(password, hash) || !is_known)
        return refuse(ctx, is_known ? db_get_int(rows, 0) : 0);
    int64_t staff_id = db_get_int(rows, 0);
    bool has_factor = db_get_int(rows, 2) > 0;
    TRY(staff_factor_is_required(ctx, &is_required));
    entry->step = has_factor ? STAFF_STEP_CODE : is_required ? STAFF_STEP_ENROL : STAFF_STEP_OPEN;
    if (entry->step == STAFF_STEP_OPEN)
        return staff_open_session(ctx, staff_id, device, &entry->token);
    entry->token = make_ticket(ctx, staff_id, hash);
    return has_factor ? NULL : staff_factor_begin(ctx, staff_id);
}

static err no_ticket(struct ctx *ctx)
{
    return fail_with(ctx, ERR_UNAUTHENTICATED, "the password must be typed first");
}

/* "ID.UNTIL.SIGNATURE" */
static bool read_ticket(struct ctx *ctx, const char *ticket, int64_t *staff_id, int64_t *until,
                        const char **signature)
{
    char *copy = arena_copy_text(ctx->arena, ticket), *second, *third;
    if (!copy || strlen(copy) > TICKET_LIMIT || !(second = strchr(copy, '.')) ||
        !(third = strchr(second + 1, '.')))
        return false;
    *second = *third = 0;
    *signature = third + 1;
    return text_to_int(copy, staff_id) && text_to_int(second + 1, until);
}

err staff_ticket_open(struct ctx *ctx, const char *ticket, int64_t *staff_id)
{
    struct db_rows *rows;
    const char *signature;
    int64_t until;
    if (!read_ticket(ctx, ticket, staff_id, &until, &signature) || until <= ctx->now)
        return no_ticket(ctx);
    TRY(db_query(ctx, &rows,
                 "SELECT password_hash FROM staff WHERE shop_id = $1 AND id = $2 AND deactivated_at IS NULL",
                 db_int(ctx->shop->id), db_int(*staff_id)));
    if (!db_next(rows) ||
        !crypto_sign_is_valid(ctx, TICKET_PURPOSE, signed_text(ctx, *staff_id, until, db_get_text(rows, 0)),
                              signature))
        return no_ticket(ctx);
    return NULL;
}

struct opening {
    int64_t staff_id;
    const char *device;
    const char **token;
};

static err open_door(struct ctx *ctx, void *arg)
{
    const struct opening *opening = arg;
    return staff_open_session(ctx, opening->staff_id, opening->device, opening->token);
}

err staff_enter_code(struct ctx *ctx, int64_t staff_id, const char *code, const char *device,
                     const char **token)
{
    struct opening opening = {staff_id, device, token};
    return factor_spend(ctx, staff_id, code, open_door, &opening);
}
