/* staff_session.c - who is logged in, where, and since when. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_session.h"

#include "base/crypto.h"
#include "base/random.h"
#include "base/text.h"

#define DEVICE_WORDS_SHOWN 40

struct session {
    int64_t staff_id;
    const char *device;
    unsigned char token_hash[CRYPTO_HASH_BYTES];
};

static err insert_session(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    TRY(db_execute(ctx, "DELETE FROM staff_sessions WHERE shop_id = $1 AND expires_at < $2",
                   db_int(ctx->shop->id), db_int(ctx->now)));
    TRY(audit_note(
        ctx, &(struct audit_entry){.actor = ACTOR_STAFF, .actor_id = session->staff_id, .kind = "login"}));
    return db_execute(
        ctx,
        "INSERT INTO staff_sessions (shop_id, token_hash, staff_id, created_at, expires_at, device, seen_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $4)",
        db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash),
        db_int(session->staff_id), db_int(ctx->now), db_int(ctx->now + STAFF_SESSION_MS),
        db_text(session->device));
}

/* Printable ASCII only: it comes from outside and is shown. */
static const char *clean_device(struct ctx *ctx, const char *device)
{
    struct text_buf out;
    text_open(&out, ctx->arena, STAFF_DEVICE_LIMIT);
    for (const char *c = device ? device : ""; *c; c++)
        if (*c >= ' ' && *c <= '~')
            text_add_char(&out, *c);
    return text_of(&out);
}

err staff_open_session(struct ctx *ctx, int64_t staff_id, const char *device, const char **token)
{
    struct session session = {.staff_id = staff_id, .device = clean_device(ctx, device)};
    *token = random_token(ctx->arena);
    crypto_sha256(*token, strlen(*token), session.token_hash);
    return db_transact(ctx, insert_session, &session);
}

static err write_seen(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    return db_execute(ctx, "UPDATE staff_sessions SET seen_at = $3 WHERE shop_id = $1 AND token_hash = $2",
                      db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash),
                      db_int(ctx->now));
}

err staff_find_session(struct ctx *ctx, const char *token, const struct staff **staff)
{
    struct session session = {0};
    struct db_rows *rows;
    crypto_sha256(token, strlen(token), session.token_hash);
    TRY(db_query(ctx, &rows,
                 "SELECT p.id, p.login, p.name, p.role, p.created_at, s.seen_at FROM staff_sessions s"
                 " JOIN staff p ON p.shop_id = s.shop_id AND p.id = s.staff_id"
                 " WHERE s.shop_id = $1 AND s.token_hash = $2 AND s.expires_at > $3"
                 " AND p.deactivated_at IS NULL",
                 db_int(ctx->shop->id), db_bytes(session.token_hash, sizeof session.token_hash),
                 db_int(ctx->now)));
    *staff = NULL;
    if (!db_next(rows))
        return NULL;
    struct staff *person = arena_alloc(ctx->arena, sizeof *person);
    *person = (struct staff){.id = db_get_int(rows, 0),
                             .login = db_get_text(rows, 1),
                             .name = db_get_text(rows, 2),
                             .role = (enum staff_role)db_get_int(rows, 3),
                             .created_at = db_get_int(rows, 4),
                             .seen_at = db_get_int(rows, 5)};
    *staff = person;
    return ctx->now - person->seen_at < STAFF_SEEN_MS ? NULL : db_transact(ctx, write_seen, &session);
}

static err delete_session(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    TRY(audit_note(ctx, &(struct audit_entry){.kind = "logout"}));
    return db_execute(ctx, "DELETE FROM staff_sessions WHERE shop_id = $1 AND token_hash = $2",
                      db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash));
}

err staff_log_out(struct ctx *ctx, const char *token)
{
    struct session session = {0};
    crypto_sha256(token, strlen(token), session.token_hash);
    return db_transact(ctx, delete_session, &session);
}

err staff_drop_sessions(struct ctx *ctx, int64_t staff_id)
{
    return db_execute(ctx, "DELETE FROM staff_sessions WHERE shop_id = $1 AND staff_id = $2",
                      db_int(ctx->shop->id), db_int(staff_id));
}

err staff_list_sessions(struct ctx *ctx, int64_t staff_id, const char *token, struct staff_session **sessions,
                        size_t *count)
{
    unsigned char own[CRYPTO_HASH_BYTES];
    struct db_rows *rows;
    crypto_sha256(token, strlen(token), own);
    TRY(db_query(ctx, &rows,
                 "SELECT token_hash, device, created_at, seen_at FROM staff_sessions WHERE shop_id = $1"
                 " AND staff_id = $2 AND expires_at > $3 ORDER BY seen_at DESC, created_at DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(staff_id), db_int(ctx->now), db_int(STAFF_SESSIONS_SHOWN)));
    *sessions = arena_alloc_many(ctx->arena, STAFF_SESSIONS_SHOWN, sizeof **sessions);
    *count = 0;
    while (db_next(rows)) {
        size_t length;
        const unsigned char *hash = db_get_bytes(rows, 0, &length);
        (*sessions)[(*count)++] =
            (struct staff_session){.key = crypto_hex(ctx->arena, hash, length),
                                   .device = staff_device_name(ctx, db_get_text(rows, 1)),
                                   .created_at = db_get_int(rows, 2),
                                   .seen_at = db_get_int(rows, 3) ? db_get_int(rows, 3) : db_get_int(rows, 2),
                                   .is_current = length == sizeof own && memcmp(hash, own, sizeof own) == 0};
    }
    return NULL;
}

static err end_one(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such session",
                     "DELETE FROM staff_sessions WHERE shop_id = $1 AND token_hash = $2 AND staff_id = $3",
                     db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash),
                     db_int(session->staff_id));
}

static err end_others(struct ctx *ctx, void *arg)
{
    const struct session *session = arg;
    return db_execute(ctx,
                      "DELETE FROM staff_sessions WHERE shop_id = $1 AND token_hash <> $2 AND staff_id = $3",
                      db_int(ctx->shop->id), db_bytes(session->token_hash, sizeof session->token_hash),
                      db_int(session->staff_id));
}

err staff_end_sessions(struct ctx *ctx, int64_t staff_id, const char *key, const char *token)
{
    struct session session = {.staff_id = staff_id};
    if (!key[0]) {
        crypto_sha256(token, strlen(token), session.token_hash);
        return db_transact(ctx, end_others, &session);
    }
    if (strlen(key) != (size_t)CRYPTO_HASH_BYTES * 2 ||
        !crypto_unhex(key, session.token_hash, CRYPTO_HASH_BYTES))
        return fail_with(ctx, ERR_NOT_FOUND, "no such session");
    return db_transact(ctx, end_one, &session);
}

struct mark {
    const char *mark;
    const char *name;
};

/* The first mark that is there names it: browsers carry the marks of those they descend from. */
static const char *named_by(const char *text, const struct mark *marks)
{
    for (; marks->mark; marks++)
        if (strstr(text, marks->mark))
            return marks->name;
    return NULL;
}

const char *staff_device_name(struct ctx *ctx, const char *device)
{
    static const struct mark browsers[] = {{"MicroMessenger/", "WeChat"},
                                           {"Edg", "Edge"},
                                           {"OPR/", "Opera"},
                                           {"Firefox/", "Firefox"},
                                           {"Chrome/", "Chrome"},
                                           {"Safari/", "Safari"},
                                           {0}};
    static const struct mark systems[] = {
        {"iPhone", "iPhone"},   {"iPad", "iPad"},  {"Android", "Android"}, {"HarmonyOS", "HarmonyOS"},
        {"Windows", "Windows"}, {"Mac OS", "Mac"}, {"Linux", "Linux"},     {0}};
    const char *browser = named_by(device, browsers), *system = named_by(device, systems);
    if (browser && system)
        return arena_format(ctx->arena, "%s · %s", browser, system);
    return arena_copy(ctx->arena, device, utf8_prefix(device, strlen(device), DEVICE_WORDS_SHOWN));
}
