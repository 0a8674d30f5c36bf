/* customer.c - the account itself: what it says of a person, and how it is forgotten. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/customer/customer_parts.h"

#include "base/text.h"

#define PHONE_LEAST 5
/* A mobile number of China with its country code. */
#define CHINA "86"
#define CHINA_DIGITS 13

/* ---- what was typed ---- */

const char *customer_plain_email(struct ctx *ctx, const char *email)
{
    char *plain = text_trim(ctx->arena, email);
    const char *at = strchr(plain, '@');
    if (strlen(plain) > CUSTOMER_EMAIL_LIMIT || !at || at == plain || strchr(at + 1, '@') ||
        !strchr(at + 1, '.') || strpbrk(plain, " \t,;<>()\"\\"))
        return NULL;
    for (char *c = plain; *c; c++) {
        if (*c < ' ' || *c > '~')
            return NULL;
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
    }
    return plain;
}

const char *customer_phone_digits(struct ctx *ctx, const char *phone)
{
    char *digits = arena_alloc(ctx->arena, strlen(phone) + 1);
    size_t count = 0;
    for (const char *c = phone; *c; c++)
        if (*c >= '0' && *c <= '9')
            digits[count++] = *c;
        else if (!strchr("+- ()", *c))
            return NULL;
    if (count == CHINA_DIGITS && text_starts(digits, CHINA))
        return digits + strlen(CHINA);
    return count >= PHONE_LEAST && count <= CUSTOMER_PHONE_LIMIT ? digits : NULL;
}

/* ---- sealed columns ---- */

struct db_value customer_sealed(struct ctx *ctx, const char *purpose, const char *text)
{
    if (!text[0])
        return db_null();
    struct sealed sealed = crypto_seal(ctx, purpose, text, strlen(text));
    return db_bytes(sealed.ptr, sealed.len);
}

struct db_value customer_index(struct ctx *ctx, const char *purpose, const char *text)
{
    if (!text[0])
        return db_null();
    unsigned char *index = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    crypto_blind_index(ctx, purpose, text, index);
    return db_bytes(index, CRYPTO_INDEX_BYTES);
}

err customer_opened(struct ctx *ctx, const struct db_rows *rows, int column, const char *purpose,
                    const char **text)
{
    struct sealed sealed;
    *text = "";
    if (db_is_null(rows, column))
        return NULL;
    sealed.ptr = db_get_bytes(rows, column, &sealed.len);
    return crypto_open(ctx, purpose, sealed, text);
}

/* ---- reading ---- */

err customer_take(struct ctx *ctx, const struct db_rows *rows, struct customer *customer)
{
    *customer = (struct customer){.id = db_get_int(rows, 0),
                                  .created_at = db_get_int(rows, 4),
                                  .deleted_at = db_get_int(rows, 5),
                                  .group_id = db_get_int(rows, 7),
                                  .is_group_by_hand = db_get_int(rows, 8) == 1};
    TRY(customer_opened(ctx, rows, 1, EMAIL_PURPOSE, &customer->email));
    TRY(customer_opened(ctx, rows, 2, PHONE_PURPOSE, &customer->phone));
    TRY(customer_opened(ctx, rows, 3, NAME_PURPOSE, &customer->name));
    return customer_opened(ctx, rows, 6, NOTE_PURPOSE, &customer->note);
}

err customer_load(struct ctx *ctx, int64_t customer_id, struct customer **customer)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CUSTOMER_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(customer_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such account");
    *customer = arena_alloc(ctx->arena, sizeof **customer);
    return customer_take(ctx, rows, *customer);
}

/* ---- changing ---- */

struct change {
    int64_t customer_id;
    const char *name;
    const char *phone;
    const char *digits;
};

static err write_change(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct db_value keys[CUSTOMER_WORDS];
    customer_word_values(ctx, change->name, change->phone, keys);
    TRY(db_expect(
        ctx, 1, ERR_NOT_FOUND, "no such account",
        "UPDATE customers SET name = $3, phone = $4, phone_index = $5, name_index = $6, plain_key = $7,"
        " pinyin_key = $8, initials_key = $9, tail_key = $10, is_keyed = 1"
        " WHERE shop_id = $1"
        " AND id = $2 AND deleted_at IS NULL",
        db_int(ctx->shop->id), db_int(change->customer_id), customer_sealed(ctx, NAME_PURPOSE, change->name),
        customer_sealed(ctx, PHONE_PURPOSE, change->phone),
        customer_index(ctx, PHONE_PURPOSE, change->digits), customer_index(ctx, NAME_PURPOSE, change->name),
        keys[WORD_PLAIN], keys[WORD_PINYIN], keys[WORD_INITIALS], keys[WORD_TAIL]));
    TRY(customer_parts_clear(ctx, change->customer_id));
    return customer_parts_write(ctx, change->customer_id, change->name);
}

err customer_change(struct ctx *ctx, int64_t customer_id, const char *name, const char *phone)
{
    struct change change = {customer_id, text_trim(ctx->arena, name), text_trim(ctx->arena, phone), ""};
    if (utf8_length(change.name, strlen(change.name)) > CUSTOMER_NAME_LIMIT)
        return fail_field(ctx, "name", "too-long", "at most 60 characters");
    if (change.phone[0])
        change.digits = customer_phone_digits(ctx, change.phone);
    if (!change.digits)
        return fail_field(ctx, "phone", "bad-phone", "this is no phone number");
    return db_transact(ctx, write_change, &change);
}

static err delete_in_transaction(struct ctx *ctx, void *arg)
{
    const struct customer *customer = arg;
    struct db_value shop_id = db_int(ctx->shop->id), id = db_int(customer->id);
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such account",
                  "UPDATE customers SET email = NULL, email_index = NULL, phone = NULL, phone_index = NULL,"
                  " name = NULL, name_index = NULL, note = NULL, group_id = NULL, is_group_by_hand = 0,"
                  " plain_key = NULL, pinyin_key = NULL, initials_key = NULL, tail_key = NULL, is_keyed = 1,"
                  " deleted_at = $3 WHERE shop_id = $1 AND id = $2 AND deleted_at IS NULL",
                  shop_id, id, db_int(ctx->now)));
    TRY(customer_parts_clear(ctx, customer->id));
    TRY(db_execute(ctx, "DELETE FROM customer_addresses WHERE shop_id = $1 AND customer_id = $2", shop_id,
                   id));
    TRY(db_execute(ctx, "DELETE FROM customer_sessions WHERE shop_id = $1 AND customer_id = $2", shop_id,
                   id));
    TRY(db_execute(ctx, "DELETE FROM customer_favourites WHERE shop_id = $1 AND customer_id = $2", shop_id,
                   id));
    struct db_value index = customer_index(ctx, EMAIL_PURPOSE, customer->email);
    TRY(db_execute(ctx, "DELETE FROM stock_waits WHERE shop_id = $1 AND email_index = $2", shop_id, index));
    return db_execute(ctx, "DELETE FROM customer_codes WHERE shop_id = $1 AND email_index = $2", shop_id,
                      index);
}

err customer_delete(struct ctx *ctx, int64_t customer_id)
{
    struct customer *customer;
    TRY(customer_load(ctx, customer_id, &customer));
    return db_transact(ctx, delete_in_transaction, customer);
}
