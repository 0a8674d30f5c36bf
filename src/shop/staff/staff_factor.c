/* staff_factor.c - a code is checked: tries are counted before, and what was used counts never again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff_factor.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/staff/staff_totp.h"

#define RECOVERY_CHARACTERS 10

/* The secret is sealed as hexadecimal text, for opened data is text. */
static err open_secret(struct ctx *ctx, const struct db_rows *rows, int column, unsigned char *out,
                       size_t *length)
{
    struct sealed sealed;
    const char *hex;
    *length = 0;
    if (db_is_null(rows, column))
        return NULL;
    sealed.ptr = db_get_bytes(rows, column, &sealed.len);
    TRY(crypto_open(ctx, FACTOR_PURPOSE, sealed, &hex));
    size_t bytes = strlen(hex) / 2;
    if (bytes > SECRET_HEX_LIMIT || !crypto_unhex(hex, out, bytes))
        return fail_with(ctx, ERR_INTERNAL, "a second factor is damaged");
    *length = bytes;
    return NULL;
}

err factor_row_load(struct ctx *ctx, int64_t staff_id, struct factor_row *row)
{
    struct db_rows *rows;
    *row = (struct factor_row){0};
    TRY(db_query(ctx, &rows,
                 "SELECT f.secret, f.draft, f.enrolled_at, f.last_step,"
                 " (SELECT COUNT(*) FROM staff_recovery_codes c WHERE c.shop_id = f.shop_id AND c.staff_id = "
                 "f.staff_id)"
                 " FROM staff_factors f WHERE f.shop_id = $1 AND f.staff_id = $2",
                 db_int(ctx->shop->id), db_int(staff_id)));
    if (!db_next(rows))
        return NULL;
    row->enrolled_at = db_get_int(rows, 2);
    row->last_step = db_get_int(rows, 3);
    row->codes_left = db_get_int(rows, 4);
    TRY(open_secret(ctx, rows, 0, row->secret, &row->length));
    return open_secret(ctx, rows, 1, row->draft, &row->draft_length);
}

err factor_note(struct ctx *ctx, const char *kind, int64_t staff_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT login FROM staff WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(staff_id)));
    bool is_known = ctx->actor == ACTOR_STAFF || ctx->actor == ACTOR_SYSTEM;
    return audit_note(ctx, &(struct audit_entry){.actor = is_known ? ctx->actor : ACTOR_STAFF,
                                                 .actor_id = is_known ? ctx->actor_id : staff_id,
                                                 .kind = kind,
                                                 .subject = "settings/staff",
                                                 .title = db_next(rows) ? db_get_text(rows, 0) : ""});
}

/* Letters and digits of what was typed, in lower case: people type blanks and hyphens as they please. */
static const char *plain_code(struct ctx *ctx, const char *typed)
{
    char *plain = arena_alloc(ctx->arena, strlen(typed) + 1);
    size_t length = 0;
    for (; *typed; typed++)
        if (*typed != ' ' && *typed != '-')
            plain[length++] = (char)(*typed >= 'A' && *typed <= 'Z' ? *typed + 32 : *typed);
    return plain;
}

bool factor_read_code(const char *typed, uint32_t *code)
{
    int digits = 0;
    *code = 0;
    for (; *typed; typed++) {
        if (*typed == ' ')
            continue;
        if (*typed < '0' || *typed > '9' || ++digits > TOTP_DIGITS)
            return false;
        *code = *code * 10 + (uint32_t)(*typed - '0');
    }
    return digits == TOTP_DIGITS;
}

struct attempt {
    int64_t staff_id;
    int64_t step; /* of the code, 0 = a recovery code */
    unsigned char index[CRYPTO_INDEX_BYTES];
    db_body work;
    void *arg;
};

static err write_try(struct ctx *ctx, void *arg)
{
    const struct attempt *attempt = arg;
    return db_expect(ctx, 1, ERR_TOO_MANY_REQUESTS, "too many codes were tried",
                     "UPDATE staff_factors SET tries = CASE WHEN tried_at < $3 THEN 1 ELSE tries + 1 END,"
                     " tried_at = $4 WHERE shop_id = $1 AND staff_id = $2 AND (tries < $5 OR tried_at < $3)",
                     db_int(ctx->shop->id), db_int(attempt->staff_id), db_int(ctx->now - STAFF_CODE_PAUSE_MS),
                     db_int(ctx->now), db_int(STAFF_CODE_TRIES));
}

err factor_count_try(struct ctx *ctx, int64_t staff_id)
{
    return db_transact(ctx, write_try, &(struct attempt){.staff_id = staff_id});
}

static err spend(struct ctx *ctx, void *arg)
{
    const struct attempt *attempt = arg;
    int64_t shop_id = ctx->shop->id;
    if (attempt->step == 0) {
        TRY(db_expect(
            ctx, 1, ERR_UNAUTHENTICATED, "no such code",
            "DELETE FROM staff_recovery_codes WHERE shop_id = $1 AND staff_id = $2 AND code_index = $3",
            db_int(shop_id), db_int(attempt->staff_id), db_bytes(attempt->index, sizeof attempt->index)));
        TRY(factor_note(ctx, "staff.recovery-code-used", attempt->staff_id));
    }
    TRY(db_expect(
        ctx, 1, ERR_UNAUTHENTICATED, "this code was used",
        "UPDATE staff_factors SET tries = 0, last_step = CASE WHEN $3 = 0 THEN last_step ELSE $3 END"
        " WHERE shop_id = $1 AND staff_id = $2 AND secret IS NOT NULL AND ($3 = 0 OR last_step < $3)",
        db_int(shop_id), db_int(attempt->staff_id), db_int(attempt->step)));
    return attempt->work(ctx, attempt->arg);
}

static err wrong_code(struct ctx *ctx)
{
    return fail_field(ctx, "code", "code-wrong", "this code does not fit, or was used already");
}

err factor_spend(struct ctx *ctx, int64_t staff_id, const char *code, db_body work, void *arg)
{
    struct attempt attempt = {.staff_id = staff_id, .work = work, .arg = arg};
    struct factor_row row;
    uint32_t number;
    TRY(factor_row_load(ctx, staff_id, &row));
    if (row.length == 0)
        return fail_with(ctx, ERR_CONFLICT, "there is no second step");
    TRY(factor_count_try(ctx, staff_id));
    if (factor_read_code(code, &number)) {
        attempt.step = totp_find_step(row.secret, row.length, ctx->now, row.last_step, number);
        if (attempt.step == 0)
            return wrong_code(ctx);
    } else {
        const char *plain = plain_code(ctx, code);
        if (strlen(plain) != RECOVERY_CHARACTERS)
            return wrong_code(ctx);
        crypto_blind_index(ctx, RECOVERY_PURPOSE, plain, attempt.index);
    }
    err failure = db_transact(ctx, spend, &attempt);
    return failure && failure->code == ERR_UNAUTHENTICATED ? wrong_code(ctx) : failure;
}
