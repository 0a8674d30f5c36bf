/* staff.c - accounts and sessions. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"
#include <ctype.h>

#define LOGIN_LIMIT 120

/* A real hash of no password: checking it costs what checking a real one costs. */
static const char no_account[128] = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA"
                                    "$Rr3NbWKr7hQjmVvsFCYSmUyr3Y8C0ZDbG8aPxL1pR5s";

static const char *folded_login(struct ctx *ctx, const char *login)
{
    char *folded = text_trim(ctx->arena, login);
    for (char *c = folded; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return folded;
}

struct account {
    int64_t id;
    const char *login;
    const char *name;
    const char *hash;
    enum staff_role role;
};

static err insert_account(struct ctx *ctx, void *arg)
{
    const struct account *account = arg;
    return db_expect(ctx, 1, ERR_DUPLICATE, "login",
                     "INSERT INTO staff (shop_id, id, login, name, password_hash, role, created_at)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     db_int(ctx->shop->id), db_int(account->id), db_text(account->login),
                     db_text(account->name), db_text(account->hash), db_int(account->role), db_int(ctx->now));
}

err staff_create(struct ctx *ctx, const char *login, const char *name, const char *password,
                 enum staff_role role, int64_t *staff_id)
{
    struct account account = {.id = id_new(ctx), .login = folded_login(ctx, login), .role = role};
    account.name = text_is_blank(name) ? account.login : name;
    if (text_is_blank(account.login) || strlen(account.login) > LOGIN_LIMIT)
        return fail_field(ctx, "login", "bad-login", "a login has 1 to 120 characters");
    if (strlen(password) < STAFF_PASSWORD_MINIMUM)
        return fail_field(ctx, "password", "too-short", "a password has at least 8 characters");
    TRY(crypto_password_hash(ctx, password, &account.hash));
    TRY(db_transact(ctx, insert_account, &account));
    *staff_id = account.id;
    return NULL;
}

struct session {
    int64_t staff_id;
    unsigned char token_hash[CRYPTO_HASH_BYTES];
};

static err insert_session(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    TRY(db_execute(ctx, "DELETE FROM staff_sessions WHERE shop_id = $1 AND expires_at < $2",
                   db_int(ctx->shop->id), db_int(ctx->now)));
    return db_execute(ctx,
                      "INSERT INTO staff_sessions (shop_id, token_hash, staff_id, created_at, expires_at)"
                      " VALUES ($1, $2, $3, $4, $5)",
                      db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash),
                      db_int(session->staff_id), db_int(ctx->now), db_int(ctx->now + STAFF_SESSION_MS));
}

err staff_log_in(struct ctx *ctx, const char *login, const char *password, const char **token)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id, password_hash FROM staff WHERE shop_id = $1 AND login = $2",
                 db_int(ctx->shop->id), db_text(folded_login(ctx, login))));
    bool is_known = db_next(rows);
    const char *hash = is_known ? db_get_text(rows, 1) : no_account;
    if (!crypto_password_is_valid(password, hash) || !is_known)
        return fail_with(ctx, ERR_UNAUTHENTICATED, "login or password do not fit");
    struct session session = {.staff_id = db_get_int(rows, 0)};
    *token = random_token(ctx->arena);
    crypto_sha256(*token, strlen(*token), session.token_hash);
    return db_transact(ctx, insert_session, &session);
}

err staff_find_session(struct ctx *ctx, const char *token, const struct staff **staff)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(token, strlen(token), hash);
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT p.id, p.login, p.name, p.role FROM staff_sessions s"
                 " JOIN staff p ON p.shop_id = s.shop_id AND p.id = s.staff_id"
                 " WHERE s.shop_id = $1 AND s.token_hash = $2 AND s.expires_at > $3",
                 db_int(ctx->shop->id), db_bytes(hash, sizeof hash), db_int(ctx->now)));
    *staff = NULL;
    if (!db_next(rows))
        return NULL;
    struct staff *person = arena_alloc(ctx->arena, sizeof *person);
    person->id = db_get_int(rows, 0);
    person->login = db_get_text(rows, 1);
    person->name = db_get_text(rows, 2);
    person->role = (enum staff_role)db_get_int(rows, 3);
    *staff = person;
    return NULL;
}

static err delete_session(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    return db_execute(ctx, "DELETE FROM staff_sessions WHERE shop_id = $1 AND token_hash = $2",
                      db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash));
}

err staff_log_out(struct ctx *ctx, const char *token)
{
    struct session session = {0};
    crypto_sha256(token, strlen(token), session.token_hash);
    return db_transact(ctx, delete_session, &session);
}

bool staff_may(const struct staff *staff, const char *scope)
{
    if (staff->role == STAFF_OWNER || !scope)
        return true;
    return !text_starts(scope, "settings.");
}
