/* customer_entry.c - codes and sessions: tries are counted before, and a code counts once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

#include "base/random.h"
#include "base/text.h"
#include "job/job.h"

#define CODE_PURPOSE "customer.code"

/* ---- asking ---- */

struct asking {
    const char *email;
    int64_t code_id;
    const char *code;
};

static err write_code(struct ctx *ctx, void *arg)
{
    const struct asking *asking = arg;
    TRY(db_expect(ctx, 1, ERR_TOO_MANY_REQUESTS, "this address was sent enough codes for now",
                  "INSERT INTO customer_codes (shop_id, email_index, id, email, code, locale, tries, asked,"
                  " asked_since, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 1, $7, $8)"
                  " ON CONFLICT (shop_id, email_index) DO UPDATE SET id = $3, email = $4, code = $5,"
                  " locale = $6, tries = 0, expires_at = $8,"
                  " asked = CASE WHEN customer_codes.asked_since <= $9 THEN 1"
                  " ELSE customer_codes.asked + 1 END,"
                  " asked_since = CASE WHEN customer_codes.asked_since <= $9 THEN $7"
                  " ELSE customer_codes.asked_since END"
                  " WHERE customer_codes.asked < $10 OR customer_codes.asked_since <= $9",
                  db_int(ctx->shop->id), customer_index(ctx, EMAIL_PURPOSE, asking->email),
                  db_int(asking->code_id), customer_sealed(ctx, EMAIL_PURPOSE, asking->email),
                  customer_sealed(ctx, CODE_PURPOSE, asking->code), db_text(ctx->locale ? ctx->locale : ""),
                  db_int(ctx->now), db_int(ctx->now + CUSTOMER_CODE_MS),
                  db_int(ctx->now - CUSTOMER_CODES_WITHIN_MS), db_int(CUSTOMER_CODES_MOST)));
    return job_schedule(ctx, CUSTOMER_CODE_JOB, asking->code_id, ctx->now, NULL);
}

static err not_an_address(struct ctx *ctx)
{
    return fail_field(ctx, "email", "bad-email", "an address such as hello@example.com");
}

err customer_ask_code(struct ctx *ctx, const char *email)
{
    struct asking asking = {.email = customer_plain_email(ctx, email),
                            .code_id = id_new(ctx),
                            .code = random_digits(ctx->arena, CUSTOMER_CODE_DIGITS)};
    return asking.email ? db_transact(ctx, write_code, &asking) : not_an_address(ctx);
}

err customer_code_open(struct ctx *ctx, int64_t code_id, struct customer_code *code)
{
    struct db_rows *rows;
    *code = (struct customer_code){0};
    TRY(db_query(ctx, &rows,
                 "SELECT email, code, locale FROM customer_codes WHERE shop_id = $1 AND id = $2"
                 " AND expires_at > $3",
                 db_int(ctx->shop->id), db_int(code_id), db_int(ctx->now)));
    if (!db_next(rows))
        return NULL;
    code->locale = db_get_text(rows, 2);
    TRY(customer_opened(ctx, rows, 0, EMAIL_PURPOSE, &code->email));
    return customer_opened(ctx, rows, 1, CODE_PURPOSE, &code->code);
}

/* ---- entering ---- */

struct entry {
    const char *email;
    struct db_value index;
    int64_t code_id;
    const char *token;
    unsigned char token_hash[CRYPTO_HASH_BYTES];
};

/* All that can be wrong with a code looks alike. */
static err wrong_code(struct ctx *ctx)
{
    return fail_field(ctx, "code", "code-wrong", "this code does not fit, is too old, or was used already");
}

static err count_try(struct ctx *ctx, void *arg)
{
    const struct entry *entry = arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "no code counts",
                     "UPDATE customer_codes SET tries = tries + 1 WHERE shop_id = $1 AND email_index = $2"
                     " AND tries < $3 AND expires_at > $4",
                     db_int(ctx->shop->id), entry->index, db_int(CUSTOMER_CODE_TRIES), db_int(ctx->now));
}

/* Digits as they are, without blanks: people type them in groups. */
static const char *plain_code(struct ctx *ctx, const char *typed)
{
    char *plain = arena_alloc(ctx->arena, strlen(typed) + 1);
    size_t length = 0;
    for (; *typed; typed++)
        if (*typed != ' ' && *typed != '-')
            plain[length++] = *typed;
    return plain;
}

static err check_code(struct ctx *ctx, const char *typed, struct entry *entry)
{
    struct db_rows *rows;
    const char *code;
    TRY(db_query(ctx, &rows, "SELECT id, code FROM customer_codes WHERE shop_id = $1 AND email_index = $2",
                 db_int(ctx->shop->id), entry->index));
    if (!db_next(rows))
        return wrong_code(ctx);
    entry->code_id = db_get_int(rows, 0);
    TRY(customer_opened(ctx, rows, 1, CODE_PURPOSE, &code));
    return crypto_text_equal(code, plain_code(ctx, typed)) ? NULL : wrong_code(ctx);
}

/* The account of an address, 0 when it has none. */
static err find_account(struct ctx *ctx, const struct entry *entry, int64_t *customer_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM customers WHERE shop_id = $1 AND email_index = $2",
                 db_int(ctx->shop->id), entry->index));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err let_in(struct ctx *ctx, void *arg)
{
    struct entry *entry = arg;
    struct db_value shop_id = db_int(ctx->shop->id);
    int64_t customer_id;
    TRY(find_account(ctx, entry, &customer_id));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "this code was used",
                  "UPDATE customer_codes SET expires_at = 0 WHERE shop_id = $1 AND email_index = $2"
                  " AND id = $3 AND expires_at > $4",
                  shop_id, entry->index, db_int(entry->code_id), db_int(ctx->now)));
    if (customer_id == 0) {
        customer_id = id_new(ctx);
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "this account was made a moment ago",
                      "INSERT INTO customers (shop_id, id, email, email_index, created_at)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, email_index) DO NOTHING",
                      shop_id, db_int(customer_id), customer_sealed(ctx, EMAIL_PURPOSE, entry->email),
                      entry->index, db_int(ctx->now)));
    }
    return db_execute(ctx,
                      "INSERT INTO customer_sessions (shop_id, token_hash, customer_id, created_at,"
                      " expires_at) VALUES ($1, $2, $3, $4, $5)",
                      shop_id, db_bytes(entry->token_hash, sizeof entry->token_hash), db_int(customer_id),
                      db_int(ctx->now), db_int(ctx->now + CUSTOMER_SESSION_MS));
}

err customer_log_in(struct ctx *ctx, const char *email, const char *code, const char **token)
{
    struct entry entry = {.email = customer_plain_email(ctx, email)};
    if (!entry.email)
        return not_an_address(ctx);
    entry.index = customer_index(ctx, EMAIL_PURPOSE, entry.email);
    err failure = db_transact(ctx, count_try, &entry);
    if (failure)
        return failure->code == ERR_CONFLICT ? wrong_code(ctx) : failure;
    TRY(check_code(ctx, code, &entry));
    entry.token = random_token(ctx->arena);
    crypto_sha256(entry.token, strlen(entry.token), entry.token_hash);
    failure = db_transact(ctx, let_in, &entry);
    if (failure)
        return failure->code == ERR_CONFLICT ? wrong_code(ctx) : failure;
    *token = entry.token;
    return NULL;
}

/* ---- sessions ---- */

static struct db_value hash_of(struct ctx *ctx, const char *token)
{
    unsigned char *hash = arena_alloc(ctx->arena, CRYPTO_HASH_BYTES);
    crypto_sha256(token, strlen(token), hash);
    return db_bytes(hash, CRYPTO_HASH_BYTES);
}

err customer_find_session(struct ctx *ctx, const char *token, int64_t *customer_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT customer_id FROM customer_sessions WHERE shop_id = $1 AND token_hash = $2"
                 " AND expires_at > $3",
                 db_int(ctx->shop->id), hash_of(ctx, token), db_int(ctx->now)));
    *customer_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err delete_session(struct ctx *ctx, void *arg)
{
    const struct db_value *hash = arg;
    return db_execute(ctx, "DELETE FROM customer_sessions WHERE shop_id = $1 AND token_hash = $2",
                      db_int(ctx->shop->id), *hash);
}

err customer_log_out(struct ctx *ctx, const char *token)
{
    struct db_value hash = hash_of(ctx, token);
    return db_transact(ctx, delete_session, &hash);
}

static err delete_sessions(struct ctx *ctx, void *arg)
{
    const int64_t *customer_id = arg;
    return db_execute(ctx, "DELETE FROM customer_sessions WHERE shop_id = $1 AND customer_id = $2",
                      db_int(ctx->shop->id), db_int(*customer_id));
}

err customer_log_out_all(struct ctx *ctx, int64_t customer_id)
{
    return db_transact(ctx, delete_sessions, &customer_id);
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute(ctx, "DELETE FROM customer_sessions WHERE shop_id = $1 AND expires_at <= $2",
                   db_int(ctx->shop->id), db_int(ctx->now)));
    return db_execute(ctx,
                      "DELETE FROM customer_codes WHERE shop_id = $1 AND expires_at <= $2"
                      " AND asked_since <= $3",
                      db_int(ctx->shop->id), db_int(ctx->now), db_int(ctx->now - CUSTOMER_CODES_WITHIN_MS));
}

/* Shops without accounts are asked, and nothing is written. */
err customer_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 WHERE EXISTS (SELECT 1 FROM customer_sessions WHERE shop_id = $1"
                 " AND expires_at <= $2) OR EXISTS (SELECT 1 FROM customer_codes WHERE shop_id = $1"
                 " AND expires_at <= $2 AND asked_since <= $3)",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(ctx->now - CUSTOMER_CODES_WITHIN_MS)));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}
