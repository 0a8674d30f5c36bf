/* staff.h - the people who run a shop: accounts, sessions, and the alarms that only a person can settle. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

enum staff_role { STAFF_OWNER = 1, STAFF_MEMBER = 2 };

struct staff {
    int64_t id;
    const char *login;
    const char *name;
    enum staff_role role;
};

#define STAFF_SESSION_MS (14 * DAY_MS)
#define STAFF_COOKIE "yd_staff"
#define STAFF_PASSWORD_MINIMUM 8
#define STAFF_LIMIT 1000 /* accounts of a shop */

/* `login` is an e-mail address or a name, stored in lower case. ERR_DUPLICATE, ERR_INVALID. */
CHECKED err staff_create(struct ctx *ctx, const char *login, const char *name, const char *password,
                         enum staff_role role, int64_t *staff_id);
/* Checks a password and opens a session. ERR_UNAUTHENTICATED says nothing about which of the two was wrong,
 * and takes as long for an unknown login as for a known one. `token` goes into the cookie. */
CHECKED err staff_log_in(struct ctx *ctx, const char *login, const char *password, const char **token);
/* The person of a cookie, or NULL when there is no such session or it has ended. */
CHECKED err staff_find_session(struct ctx *ctx, const char *token, const struct staff **staff);
CHECKED err staff_log_out(struct ctx *ctx, const char *token);
/* The names of accounts, in the order of the ids; NULL for one that is not there. */
CHECKED err staff_name_many(struct ctx *ctx, const int64_t *staff_ids, size_t count, const char **names);
/* Whether a role may use a scope such as "orders.write". */
bool staff_may(const struct staff *staff, const char *scope);

struct alarm {
    int64_t id;
    const char *kind;
    const char *subject;
    const char *detail;
    int64_t at;
    int64_t resolved_at;
};

/* In a transaction: puts something before the staff. Kinds stand in docs/views.md. */
CHECKED err alarm_raise(struct ctx *ctx, const char *kind, const char *subject, const char *detail);
/* Open alarms, newest first; `total` (may be NULL) is their whole number. */
CHECKED err alarm_list_open(struct ctx *ctx, int limit, struct alarm **alarms, size_t *count, int64_t *total);
CHECKED err alarm_resolve(struct ctx *ctx, int64_t alarm_id);
/* In a transaction: what the alarms of this kind about this subject asked for was done. */
CHECKED err alarm_settle(struct ctx *ctx, const char *kind, const char *subject);
void alarm_views(struct ctx *ctx, struct value *list, const struct alarm *alarms, size_t count);
