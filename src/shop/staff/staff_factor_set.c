/* staff_factor_set.c - setting up the second step, turning it off, and what the owner asks of everybody. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_factor.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/staff/staff_totp.h"

#define URI_LIMIT 600
/* Characters of the shop's name that an app shows. */
#define ISSUER_POINTS 20
#define HALF_CODE 5

/* "otpauth://totp/Shop:login?secret=…": what authenticator apps read (Google's Key Uri Format). */
static const char *make_uri(struct ctx *ctx, const char *login, const char *secret)
{
    struct text_buf uri;
    const char *issuer = ctx->shop->name;
    size_t length = utf8_prefix(issuer, strlen(issuer), ISSUER_POINTS);
    text_open(&uri, ctx->arena, URI_LIMIT);
    text_add(&uri, "otpauth://totp/");
    text_add_url(&uri, issuer, length);
    text_add(&uri, ":");
    text_add_url(&uri, login, utf8_prefix(login, strlen(login), (size_t)ISSUER_POINTS * 2));
    text_add_format(&uri, "?secret=%s&issuer=", secret);
    text_add_url(&uri, issuer, length);
    return text_of(&uri);
}

err staff_factor_is_required(struct ctx *ctx, bool *is_required)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT is_factor_required FROM staff_rules WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    *is_required = db_next(rows) && db_get_int(rows, 0) == 1;
    return NULL;
}

err staff_factor_load(struct ctx *ctx, int64_t staff_id, struct staff_factor *factor)
{
    struct factor_row row;
    const struct staff *person;
    TRY(staff_load(ctx, staff_id, &person));
    TRY(factor_row_load(ctx, staff_id, &row));
    *factor = (struct staff_factor){
        .is_on = row.length > 0, .enrolled_at = row.enrolled_at, .codes_left = row.codes_left};
    if (row.draft_length > 0) {
        factor->draft = totp_base32(ctx->arena, row.draft, row.draft_length);
        factor->draft_uri = make_uri(ctx, person->login, factor->draft);
    }
    return staff_factor_is_required(ctx, &factor->is_required);
}

struct draft {
    int64_t staff_id;
    struct sealed sealed;
};

static err write_draft(struct ctx *ctx, void *arg)
{
    const struct draft *draft = arg;
    return db_execute(ctx,
                      "INSERT INTO staff_factors (shop_id, staff_id, draft) VALUES ($1, $2, $3)"
                      " ON CONFLICT (shop_id, staff_id) DO UPDATE SET draft = excluded.draft",
                      db_int(ctx->shop->id), db_int(draft->staff_id),
                      db_bytes(draft->sealed.ptr, draft->sealed.len));
}

static struct sealed seal_secret(struct ctx *ctx, const unsigned char *secret, size_t length)
{
    const char *hex = crypto_hex(ctx->arena, secret, length);
    return crypto_seal(ctx, FACTOR_PURPOSE, hex, strlen(hex));
}

err staff_factor_begin(struct ctx *ctx, int64_t staff_id)
{
    unsigned char secret[TOTP_SECRET_BYTES];
    random_bytes(secret, sizeof secret);
    struct draft draft = {.staff_id = staff_id, .sealed = seal_secret(ctx, secret, sizeof secret)};
    return db_transact(ctx, write_draft, &draft);
}

/* ---- recovery codes ---- */

struct factor_change {
    int64_t staff_id;
    int64_t step;
    struct sealed secret;
    unsigned char indexes[STAFF_RECOVERY_CODES][CRYPTO_INDEX_BYTES];
    const char *device;
    const char **token;
};

/* Fifty bits each, written as "k3f7q-m2x9d". */
static void make_codes(struct ctx *ctx, struct factor_change *change, const char **codes)
{
    for (int i = 0; i < STAFF_RECOVERY_CODES; i++) {
        char *plain = random_token(ctx->arena);
        plain[(size_t)2 * HALF_CODE] = 0;
        crypto_blind_index(ctx, RECOVERY_PURPOSE, plain, change->indexes[i]);
        codes[i] = arena_format(ctx->arena, "%.*s-%s", HALF_CODE, plain, plain + HALF_CODE);
    }
}

static err drop_codes(struct ctx *ctx, int64_t staff_id)
{
    return db_execute(ctx, "DELETE FROM staff_recovery_codes WHERE shop_id = $1 AND staff_id = $2",
                      db_int(ctx->shop->id), db_int(staff_id));
}

static err write_codes(struct ctx *ctx, const struct factor_change *change)
{
    TRY(drop_codes(ctx, change->staff_id));
    for (int i = 0; i < STAFF_RECOVERY_CODES; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO staff_recovery_codes (shop_id, staff_id, code_index) VALUES ($1, $2, $3)",
                       db_int(ctx->shop->id), db_int(change->staff_id),
                       db_bytes(change->indexes[i], CRYPTO_INDEX_BYTES)));
    return NULL;
}

static err write_factor(struct ctx *ctx, void *arg)
{
    const struct factor_change *change = arg;
    TRY(db_expect(
        ctx, 1, ERR_CONFLICT, "another code was drawn up meanwhile",
        "UPDATE staff_factors SET secret = $3, draft = NULL, enrolled_at = $4, last_step = $5, tries = 0"
        " WHERE shop_id = $1 AND staff_id = $2 AND draft IS NOT NULL",
        db_int(ctx->shop->id), db_int(change->staff_id), db_bytes(change->secret.ptr, change->secret.len),
        db_int(ctx->now), db_int(change->step)));
    TRY(write_codes(ctx, change));
    TRY(factor_note(ctx, "staff.factor-on", change->staff_id));
    TRY(staff_drop_sessions(ctx, change->staff_id));
    return staff_open_session(ctx, change->staff_id, change->device, change->token);
}

err staff_factor_confirm(struct ctx *ctx, int64_t staff_id, const char *code, const char *device,
                         const char **codes, const char **token)
{
    struct factor_change change = {.staff_id = staff_id, .device = device, .token = token};
    struct factor_row row;
    uint32_t number;
    TRY(factor_row_load(ctx, staff_id, &row));
    if (row.draft_length == 0)
        return fail_with(ctx, ERR_CONFLICT, "nothing is being set up");
    TRY(factor_count_try(ctx, staff_id));
    if (factor_read_code(code, &number))
        change.step = totp_find_step(row.draft, row.draft_length, ctx->now, 0, number);
    if (change.step == 0)
        return fail_field(ctx, "code", "code-wrong", "this code does not fit");
    change.secret = seal_secret(ctx, row.draft, row.draft_length);
    make_codes(ctx, &change, codes);
    return db_transact(ctx, write_factor, &change);
}

/* ---- with password and code ---- */

static err check_own_password(struct ctx *ctx, int64_t staff_id, const char *password)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT password_hash FROM staff WHERE shop_id = $1 AND id = $2",
                 db_int(ctx->shop->id), db_int(staff_id)));
    if (!db_next(rows) || !crypto_password_is_valid(password, db_get_text(rows, 0)))
        return fail_field(ctx, "password", "password-wrong", "that is not your password");
    return NULL;
}

static err write_renewal(struct ctx *ctx, void *arg)
{
    const struct factor_change *change = arg;
    TRY(write_codes(ctx, change));
    return factor_note(ctx, "staff.recovery-codes-made", change->staff_id);
}

err staff_factor_renew_codes(struct ctx *ctx, int64_t staff_id, const char *password, const char *code,
                             const char **codes)
{
    struct factor_change change = {.staff_id = staff_id};
    TRY(check_own_password(ctx, staff_id, password));
    make_codes(ctx, &change, codes);
    return factor_spend(ctx, staff_id, code, write_renewal, &change);
}

/* Sessions end with it: whoever comes back must do what is asked for then. */
static err drop_factor(struct ctx *ctx, int64_t staff_id, const char *kind)
{
    TRY(drop_codes(ctx, staff_id));
    TRY(db_execute(ctx, "DELETE FROM staff_factors WHERE shop_id = $1 AND staff_id = $2",
                   db_int(ctx->shop->id), db_int(staff_id)));
    TRY(factor_note(ctx, kind, staff_id));
    return staff_drop_sessions(ctx, staff_id);
}

static err write_removal(struct ctx *ctx, void *arg)
{
    const struct factor_change *change = arg;
    TRY(drop_factor(ctx, change->staff_id, "staff.factor-off"));
    return staff_open_session(ctx, change->staff_id, change->device, change->token);
}

err staff_factor_remove(struct ctx *ctx, int64_t staff_id, const char *password, const char *code,
                        const char *device, const char **token)
{
    struct factor_change change = {.staff_id = staff_id, .device = device, .token = token};
    bool is_required;
    TRY(staff_factor_is_required(ctx, &is_required));
    if (is_required)
        return fail_field(ctx, "password", "factor-required", "the shop asks everybody for a second step");
    TRY(check_own_password(ctx, staff_id, password));
    return factor_spend(ctx, staff_id, code, write_removal, &change);
}

static err write_reset(struct ctx *ctx, void *arg)
{
    const int64_t *staff_id = arg;
    return drop_factor(ctx, *staff_id, "staff.factor-reset");
}

err staff_factor_reset(struct ctx *ctx, int64_t staff_id)
{
    const struct staff *person;
    TRY(staff_load(ctx, staff_id, &person));
    return person->has_factor ? db_transact(ctx, write_reset, &staff_id) : NULL;
}

/* ---- of everybody ---- */

static err write_rule(struct ctx *ctx, void *arg)
{
    const bool *is_required = arg;
    TRY(db_execute(ctx,
                   "INSERT INTO staff_rules (shop_id, is_factor_required) VALUES ($1, $2)"
                   " ON CONFLICT (shop_id) DO UPDATE SET is_factor_required = excluded.is_factor_required",
                   db_int(ctx->shop->id), db_int(*is_required)));
    TRY(factor_note(ctx, *is_required ? "staff.factor-required" : "staff.factor-optional", ctx->actor_id));
    if (!*is_required)
        return NULL;
    return db_execute(
        ctx,
        "DELETE FROM staff_sessions WHERE shop_id = $1 AND NOT EXISTS (SELECT 1 FROM staff_factors f"
        " WHERE f.shop_id = $1 AND f.staff_id = staff_sessions.staff_id AND f.secret IS NOT NULL)",
        db_int(ctx->shop->id));
}

err staff_factor_require(struct ctx *ctx, bool is_required)
{
    const struct staff *person;
    TRY(staff_load(ctx, ctx->actor_id, &person));
    if (is_required && !person->has_factor)
        return fail_field(ctx, "is_required", "factor-first", "set up your own second step first");
    return db_transact(ctx, write_rule, &is_required);
}
