/* staff.c - accounts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_session.h"

#include "base/crypto.h"
#include "base/text.h"
#include <ctype.h>

#define LOGIN_LIMIT 120

const char *staff_fold_login(struct ctx *ctx, const char *login)
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

static err note_person(struct ctx *ctx, const char *kind, const char *title, const char *before,
                       const char *after)
{
    return audit_note(
        ctx,
        &(struct audit_entry){
            .kind = kind, .subject = "settings/staff", .title = title, .before = before, .after = after});
}

static err insert_account(struct ctx *ctx, void *arg)
{
    const struct account *account = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM staff WHERE shop_id = $1", db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= STAFF_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d accounts", STAFF_LIMIT);
    TRY(note_person(ctx, "staff.created", account->login, NULL, staff_role_names[account->role - 1]));
    return db_expect(ctx, 1, ERR_DUPLICATE, "login",
                     "INSERT INTO staff (shop_id, id, login, name, password_hash, role, created_at)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     db_int(ctx->shop->id), db_int(account->id), db_text(account->login),
                     db_text(account->name), db_text(account->hash), db_int(account->role), db_int(ctx->now));
}

err staff_create(struct ctx *ctx, const char *login, const char *name, const char *password,
                 enum staff_role role, int64_t *staff_id)
{
    struct account account = {.id = id_new(ctx), .login = staff_fold_login(ctx, login), .role = role};
    account.name = text_is_blank(name) ? account.login : name;
    if (text_is_blank(account.login) || strlen(account.login) > LOGIN_LIMIT)
        return fail_field(ctx, "login", "bad-login", "a login has 1 to 120 characters");
    TRY(staff_check_password(ctx, "password", account.login, password));
    TRY(crypto_password_hash(ctx, password, &account.hash));
    TRY(db_transact(ctx, insert_account, &account));
    *staff_id = account.id;
    return NULL;
}

static void read_person(const struct db_rows *rows, struct staff *person)
{
    *person = (struct staff){.id = db_get_int(rows, 0),
                             .login = db_get_text(rows, 1),
                             .name = db_get_text(rows, 2),
                             .role = (enum staff_role)db_get_int(rows, 3),
                             .created_at = db_get_int(rows, 4),
                             .deactivated_at = db_get_int(rows, 5),
                             .seen_at = db_get_int(rows, 6),
                             .has_factor = db_get_int(rows, 7) > 0};
}

err staff_list(struct ctx *ctx, struct staff **people, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT p.id, p.login, p.name, p.role, p.created_at, p.deactivated_at,"
        " (SELECT MAX(s.seen_at) FROM staff_sessions s WHERE s.shop_id = p.shop_id AND s.staff_id = p.id),"
        " (SELECT COUNT(f.secret) FROM staff_factors f WHERE f.shop_id = p.shop_id AND f.staff_id = p.id)"
        " FROM staff p WHERE p.shop_id = $1"
        " ORDER BY CASE WHEN p.deactivated_at IS NULL THEN 0 ELSE 1 END, p.role, p.id LIMIT $2",
        db_int(ctx->shop->id), db_int(STAFF_LIMIT)));
    *people = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **people);
    *count = 0;
    while (db_next(rows))
        read_person(rows, &(*people)[(*count)++]);
    return NULL;
}

err staff_load(struct ctx *ctx, int64_t staff_id, const struct staff **staff)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT p.id, p.login, p.name, p.role, p.created_at, p.deactivated_at,"
        " (SELECT MAX(s.seen_at) FROM staff_sessions s WHERE s.shop_id = p.shop_id AND s.staff_id = p.id),"
        " (SELECT COUNT(f.secret) FROM staff_factors f WHERE f.shop_id = p.shop_id AND f.staff_id = p.id)"
        " FROM staff p WHERE p.shop_id = $1 AND p.id = $2",
        db_int(ctx->shop->id), db_int(staff_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such person");
    struct staff *person = arena_alloc(ctx->arena, sizeof *person);
    read_person(rows, person);
    *staff = person;
    return NULL;
}

err staff_find_login(struct ctx *ctx, const char *login, int64_t *staff_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM staff WHERE shop_id = $1 AND login = $2", db_int(ctx->shop->id),
                 db_text(staff_fold_login(ctx, login))));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "nobody has the login %s", login);
    *staff_id = db_get_int(rows, 0);
    return NULL;
}

/* Two owners who demote each other at the same time wait for each other here: the second then sees what the
 * first did. */
static err lock_owners(struct ctx *ctx)
{
    return db_execute(ctx, "UPDATE staff SET role = role WHERE shop_id = $1 AND role = $2",
                      db_int(ctx->shop->id), db_int(STAFF_OWNER));
}

struct staff_change {
    const struct staff *before;
    const char *name;
    enum staff_role role;
};

static err write_change(struct ctx *ctx, void *arg)
{
    const struct staff_change *change = arg;
    TRY(lock_owners(ctx));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the shop needs an owner who can log in",
                  "UPDATE staff SET name = $3, role = $4 WHERE shop_id = $1 AND id = $2 AND (role <> $5"
                  " OR $4 = $5 OR EXISTS (SELECT 1 FROM staff o WHERE o.shop_id = $1 AND o.id <> $2"
                  " AND o.role = $5 AND o.deactivated_at IS NULL))",
                  db_int(ctx->shop->id), db_int(change->before->id), db_text(change->name),
                  db_int(change->role), db_int(STAFF_OWNER)));
    TRY(note_person(ctx, "staff.changed", change->before->login, staff_role_names[change->before->role - 1],
                    staff_role_names[change->role - 1]));
    return change->role == change->before->role ? NULL : staff_drop_sessions(ctx, change->before->id);
}

err staff_change(struct ctx *ctx, int64_t staff_id, const char *name, enum staff_role role)
{
    struct staff_change change = {.name = name, .role = role};
    TRY(staff_load(ctx, staff_id, &change.before));
    if (text_is_blank(name))
        change.name = change.before->login;
    return db_transact(ctx, write_change, &change);
}

static err write_deactivation(struct ctx *ctx, void *arg)
{
    const struct staff *person = arg;
    TRY(lock_owners(ctx));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the shop needs an owner who can log in",
                  "UPDATE staff SET deactivated_at = $3 WHERE shop_id = $1 AND id = $2"
                  " AND deactivated_at IS NULL AND (role <> $4 OR EXISTS (SELECT 1 FROM staff o"
                  " WHERE o.shop_id = $1 AND o.id <> $2 AND o.role = $4 AND o.deactivated_at IS NULL))",
                  db_int(ctx->shop->id), db_int(person->id), db_int(ctx->now), db_int(STAFF_OWNER)));
    TRY(note_person(ctx, "staff.deactivated", person->login, NULL, NULL));
    return staff_drop_sessions(ctx, person->id);
}

err staff_deactivate(struct ctx *ctx, int64_t staff_id)
{
    const struct staff *person;
    TRY(staff_load(ctx, staff_id, &person));
    struct staff copy = *person;
    return person->deactivated_at ? NULL : db_transact(ctx, write_deactivation, &copy);
}

static err write_reactivation(struct ctx *ctx, void *arg)
{
    const struct staff *person = arg;
    TRY(note_person(ctx, "staff.reactivated", person->login, NULL, NULL));
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such person",
                     "UPDATE staff SET deactivated_at = NULL WHERE shop_id = $1 AND id = $2",
                     db_int(ctx->shop->id), db_int(person->id));
}

err staff_reactivate(struct ctx *ctx, int64_t staff_id)
{
    const struct staff *person;
    TRY(staff_load(ctx, staff_id, &person));
    struct staff copy = *person;
    return db_transact(ctx, write_reactivation, &copy);
}

struct new_password {
    int64_t staff_id;
    const char *login;
    const char *hash;
};

static err write_password(struct ctx *ctx, void *arg)
{
    const struct new_password *change = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such person",
                  "UPDATE staff SET password_hash = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(change->staff_id), db_text(change->hash)));
    TRY(note_person(ctx, "staff.password", change->login, NULL, NULL));
    return staff_drop_sessions(ctx, change->staff_id);
}

err staff_reset_password(struct ctx *ctx, int64_t staff_id, const char *password)
{
    struct new_password change = {.staff_id = staff_id};
    const struct staff *person;
    TRY(staff_load(ctx, staff_id, &person));
    TRY(staff_check_password(ctx, "password", person->login, password));
    change.login = person->login;
    TRY(crypto_password_hash(ctx, password, &change.hash));
    return db_transact(ctx, write_password, &change);
}

err staff_change_own_password(struct ctx *ctx, int64_t staff_id, const char *current, const char *password,
                              const char *device, const char **token)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT login, password_hash FROM staff WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(staff_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such person");
    if (!crypto_password_is_valid(current, db_get_text(rows, 1)))
        return fail_field(ctx, "current", "password-wrong", "that is not your present password");
    TRY(staff_check_password(ctx, "password", db_get_text(rows, 0), password));
    struct new_password change = {.staff_id = staff_id, .login = db_get_text(rows, 0)};
    TRY(crypto_password_hash(ctx, password, &change.hash));
    TRY(db_transact(ctx, write_password, &change));
    return staff_open_session(ctx, staff_id, device, token);
}
