/* customer_parts.h - what the files of customer share. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/customer/customer.h"
#include "shop/customer/customer_find.h"

#define EMAIL_PURPOSE "customer.email"
#define PHONE_PURPOSE "customer.phone"
#define NAME_PURPOSE "customer.name"
#define WORD_PURPOSE "customer.word"

/* Trimmed, in lower case; NULL when it is no address. */
const char *customer_plain_email(struct ctx *ctx, const char *email);
/* Its digits, between 5 and 20 of them, without the country code of a Chinese mobile; NULL when it is no
 * number. */
const char *customer_phone_digits(struct ctx *ctx, const char *phone);
/* NULL for "". */
struct db_value customer_sealed(struct ctx *ctx, const char *purpose, const char *text);
/* The keys of a person's words, NULL where there is none. */
void customer_word_values(struct ctx *ctx, const char *name, const char *phone,
                          struct db_value values[CUSTOMER_WORDS]);
/* In a transaction, behind the statement that writes or clears the account's keys, which makes others wait:
 * takes away the keys of the parts of its name; writes them, if it still has this name. */
CHECKED err customer_parts_clear(struct ctx *ctx, int64_t customer_id);
CHECKED err customer_parts_write(struct ctx *ctx, int64_t customer_id, const char *name);
/* "" when the column is NULL. */
CHECKED err customer_opened(struct ctx *ctx, const struct db_rows *rows, int column, const char *purpose,
                            const char **text);

#define NOTE_PURPOSE "customer.note"
#define CUSTOMER_COLUMNS                                                                                     \
    "SELECT id, email, phone, name, created_at, deleted_at, note, group_id, is_group_by_hand FROM "          \
    "customers "
CHECKED err customer_take(struct ctx *ctx, const struct db_rows *rows, struct customer *customer);
