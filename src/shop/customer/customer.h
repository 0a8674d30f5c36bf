/* customer.h - buyers' accounts: who logs in by a code that comes by mail, and what such a person keeps here.
 *
 * Nobody needs one to buy. An account is an e-mail address that somebody showed to be theirs by typing the
 * code that was sent to it; there is no password. Asking for a code is answered alike for every address, so
 * nothing tells whether it has an account: that is made when the first code was right. E-mail, phone, name
 * and addresses are sealed; e-mail and phone have a blind index beside them.
 *
 * While somebody is logged in, ctx->actor is ACTOR_BUYER and ctx->actor_id the account (0 = a guest). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/crypto.h"
#include "base/ctx.h"
#include "db/db.h"

#define CUSTOMER_COOKIE "yd_buyer"
#define CUSTOMER_SESSION_MS (90 * DAY_MS)
#define CUSTOMER_CODE_MS (10 * MINUTE_MS)
#define CUSTOMER_CODE_DIGITS 6
/* Of one code; then only a new one helps. */
#define CUSTOMER_CODE_TRIES 5
/* Codes that one address is sent within an hour. */
#define CUSTOMER_CODES_MOST 5
#define CUSTOMER_CODES_WITHIN_MS HOUR_MS
#define CUSTOMER_EMAIL_LIMIT 120
#define CUSTOMER_NAME_LIMIT 60
#define CUSTOMER_PHONE_LIMIT 20
#define CUSTOMER_ADDRESS_LIMIT 20
/* Sends a code; the subject is the code, and notify runs it. */
#define CUSTOMER_CODE_JOB "customer.code"

struct customer {
    int64_t id;
    const char *email; /* lower case; "" once the account is deleted */
    const char *phone; /* "" = not given, as the name */
    const char *name;
    const char *note; /* what staff wrote; the buyer does not see it */
    int64_t group_id; /* 0 = none */
    bool is_group_by_hand;
    int64_t created_at;
    int64_t deleted_at; /* 0 = it is there */
};

/* ---- logging in ---- */

/* The account of who asks; 0 = a guest, or no buyer at all. */
static inline int64_t customer_here(const struct ctx *ctx)
{
    return ctx->actor == ACTOR_BUYER ? ctx->actor_id : 0;
}

/* Has a code sent to an address. ERR_INVALID (email), ERR_TOO_MANY_REQUESTS when the address was sent
 * CUSTOMER_CODES_MOST within the hour. An earlier code counts no more. */
CHECKED err customer_ask_code(struct ctx *ctx, const char *email);
/* Opens a session, and the account with it when it is the first. ERR_INVALID (code) for a wrong, used, or old
 * code, and after too many tries: they look alike. */
CHECKED err customer_log_in(struct ctx *ctx, const char *email, const char *code, const char **token);
/* Whose session a cookie is; 0 when there is none, or it is over. */
CHECKED err customer_find_session(struct ctx *ctx, const char *token, int64_t *customer_id);
CHECKED err customer_log_out(struct ctx *ctx, const char *token);
/* On every device. */
CHECKED err customer_log_out_all(struct ctx *ctx, int64_t customer_id);
/* For whoever sends it: NULL as `code` when it is used, old, or another one took its place. */
struct customer_code {
    const char *email;
    const char *code;
    const char *locale;
};
CHECKED err customer_code_open(struct ctx *ctx, int64_t code_id, struct customer_code *code);
/* Forgets codes and sessions that are over. */
CHECKED err customer_sweep(struct ctx *ctx);

/* ---- the account ---- */

/* ERR_NOT_FOUND; a deleted one is there, without anything personal. */
CHECKED err customer_load(struct ctx *ctx, int64_t customer_id, struct customer **customer);
/* Name and phone, "" takes them away. ERR_INVALID about the fields. */
CHECKED err customer_change(struct ctx *ctx, int64_t customer_id, const char *name, const char *phone);
/* Takes everything personal away and ends all sessions; orders stay with what they say of themselves, which
 * the law wants kept (电子商务法 第三十一条). The number of the account stays with them and means nobody.
 * 个人信息保护法 第四十七条. */
CHECKED err customer_delete(struct ctx *ctx, int64_t customer_id);

/* ---- addresses ---- */

struct customer_address {
    int64_t id;
    const char *name;
    const char *phone;
    const char *region;
    const char *line;
    bool is_default;
};
/* The default one first, then the newest; at most CUSTOMER_ADDRESS_LIMIT. */
CHECKED err customer_address_list(struct ctx *ctx, int64_t customer_id, struct customer_address **addresses,
                                  size_t *count);
/* Writes a new one (id 0: it is filled) or changes one. The first is the default; one that says so takes the
 * default's place. ERR_INVALID about the fields, ERR_NOT_FOUND, ERR_LIMIT. */
CHECKED err customer_address_save(struct ctx *ctx, int64_t customer_id, struct customer_address *address);
CHECKED err customer_address_remove(struct ctx *ctx, int64_t customer_id, int64_t address_id);
CHECKED err customer_address_prefer(struct ctx *ctx, int64_t customer_id, int64_t address_id);

/* ---- groups: levels of members ---- */

#define CUSTOMER_GROUP_LIMIT 20
#define CUSTOMER_GROUP_NAME_LIMIT 20
#define CUSTOMER_SPEND_DAYS_MOST 3650
#define CUSTOMER_NOTE_LIMIT 500

/* Who spent `spend_from` within the days (what was paid, less what went back) is in it; of several, in the
 * one that wants most. Staff may put somebody into one by hand: then no rule moves them. */
struct customer_group {
    int64_t id;
    const char *name;
    int64_t spend_from; /* minor units; 0 = by hand only */
    int64_t spend_days; /* 0 = ever */
    int64_t members;    /* only in lists */
};
/* Those that want most first, those by hand last. */
CHECKED err customer_group_list(struct ctx *ctx, struct customer_group **groups, size_t *count);
/* Writes a new one (id 0: it is filled) or changes one; who is in it changes with the next order. ERR_INVALID
 * about the fields, ERR_LIMIT, ERR_NOT_FOUND. */
CHECKED err customer_group_save(struct ctx *ctx, struct customer_group *group);
/* Its members are in none then. */
CHECKED err customer_group_remove(struct ctx *ctx, int64_t group_id);
/* The group of an account, 0 = none. */
CHECKED err customer_group_of(struct ctx *ctx, int64_t customer_id, int64_t *group_id);
/* By staff: into a group for good, or (0) back to what the rules say. ERR_NOT_FOUND. */
CHECKED err customer_put_into_group(struct ctx *ctx, int64_t customer_id, int64_t group_id);
/* In a transaction, by the rules: harmless for who was put somewhere by hand. */
CHECKED err customer_settle_group(struct ctx *ctx, int64_t customer_id, int64_t group_id);

/* ---- staff ---- */

struct customer_query {
    const char *exact; /* a whole e-mail address, phone or name, or a word of customer_find.h; "" = all */
    int64_t group_id;  /* 0 = any */
    int64_t before_id; /* 0 = from the newest */
    int limit;
};
/* Newest first, without those that were deleted. */
CHECKED err customer_list(struct ctx *ctx, const struct customer_query *query, struct customer **customers,
                          size_t *count);
/* 0 when nobody has it. */
CHECKED err customer_find_by_email(struct ctx *ctx, const char *email, int64_t *customer_id);
CHECKED err customer_set_note(struct ctx *ctx, int64_t customer_id, const char *note);

/* What a text of a person is found by in a table where it stands sealed (crypto_blind_index): NULL for "". */
struct db_value customer_index(struct ctx *ctx, const char *purpose, const char *text);

#include "shop/customer/customer_favourite.h"
#include "shop/customer/customer_find.h"
#include "shop/customer/customer_wait.h"
