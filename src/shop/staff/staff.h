/* staff.h - the people who run a shop: accounts, roles, sessions, and the alarms that only a person can
 * settle.
 *
 * What a role may do is data (staff_role.c): a list of scopes such as "orders.write" that routes ask for. A
 * shop always keeps an active owner. Whatever changes what a person may do, or how they prove who they are,
 * ends their sessions; the person who does it gets a new one. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

enum staff_role { STAFF_OWNER = 1, STAFF_MANAGER = 2, STAFF_PACKER = 3, STAFF_SUPPORT = 4 };
/* "owner", "manager" …: staff_role_names[role - 1]; ends with NULL. */
extern const char *const staff_role_names[];

struct staff {
    int64_t id;
    const char *login;
    const char *name;
    enum staff_role role;
    int64_t created_at;
    int64_t deactivated_at; /* 0 = may log in */
    int64_t seen_at;        /* of the session used last; 0 = none open */
    bool has_factor;        /* a second step is set up; not filled by staff_find_session */
};

#define STAFF_SESSION_MS (14 * DAY_MS)
#define STAFF_COOKIE "yd_staff"
#define STAFF_PASSWORD_MINIMUM 8
#define STAFF_NAME_LIMIT 40
/* Accounts of one shop, and sessions that one person is shown. */
#define STAFF_LIMIT 200
#define STAFF_SESSIONS_SHOWN 50
/* "Last seen" is written at most this often, so that reading pages does not write. */
#define STAFF_SEEN_MS (5 * MINUTE_MS)
/* Bytes of the text by which a browser names itself that are kept. */
#define STAFF_DEVICE_LIMIT 200

/* `login` is an e-mail address or a name, stored in lower case. ERR_DUPLICATE, ERR_INVALID, ERR_LIMIT. */
CHECKED err staff_create(struct ctx *ctx, const char *login, const char *name, const char *password,
                         enum staff_role role, int64_t *staff_id);
/* ERR_NOT_FOUND. */
CHECKED err staff_load(struct ctx *ctx, int64_t staff_id, const struct staff **staff);
/* Everybody, owners first, those who may not log in last. */
CHECKED err staff_list(struct ctx *ctx, struct staff **people, size_t *count);
/* ERR_CONFLICT when it would leave the shop without an active owner: also staff_deactivate. */
CHECKED err staff_change(struct ctx *ctx, int64_t staff_id, const char *name, enum staff_role role);
CHECKED err staff_deactivate(struct ctx *ctx, int64_t staff_id);
CHECKED err staff_reactivate(struct ctx *ctx, int64_t staff_id);
CHECKED err staff_reset_password(struct ctx *ctx, int64_t staff_id, const char *password);
/* ERR_INVALID (current) when that is not the password. Ends all sessions and opens one: `token`. */
CHECKED err staff_change_own_password(struct ctx *ctx, int64_t staff_id, const char *current,
                                      const char *password, const char *device, const char **token);
/* ERR_INVALID (field) for a password that is short or among the first that anybody tries. */
CHECKED err staff_check_password(struct ctx *ctx, const char *field, const char *login, const char *password);

enum staff_step {
    STAFF_STEP_OPEN = 1, /* logged in */
    STAFF_STEP_CODE,     /* a code is asked for */
    STAFF_STEP_ENROL     /* the shop wants a second step, and this person has none yet */
};
struct staff_entry {
    enum staff_step step;
    const char *token; /* OPEN: of the session, for STAFF_COOKIE; else the ticket, for STAFF_TICKET_COOKIE */
};
/* A ticket says for this long that the password was right; without the second step it opens nothing. */
#define STAFF_TICKET_MS (10 * MINUTE_MS)
#define STAFF_TICKET_COOKIE "yd_staff_step"

/* Checks a password and opens a session, or says which second step is asked for (ENROL draws up a factor to
 * set up). ERR_UNAUTHENTICATED says nothing about which of the two was wrong, and takes as long for an
 * unknown login as for a known one. `device` is how the browser names itself. */
CHECKED err staff_log_in(struct ctx *ctx, const char *login, const char *password, const char *device,
                         struct staff_entry *entry);
/* Whose ticket this is. ERR_UNAUTHENTICATED when it is none of ours or too old, the password was changed or
 * the person may not log in any more. */
CHECKED err staff_ticket_open(struct ctx *ctx, const char *ticket, int64_t *staff_id);
/* The second step of the ticket's owner; fails as staff_factor_renew_codes does. */
CHECKED err staff_enter_code(struct ctx *ctx, int64_t staff_id, const char *code, const char *device,
                             const char **token);
/* The person of a cookie, or NULL when there is no such session or it has ended. */
CHECKED err staff_find_session(struct ctx *ctx, const char *token, const struct staff **staff);
CHECKED err staff_log_out(struct ctx *ctx, const char *token);
/* The names of accounts, in the order of the ids; NULL for one that is not there. */
CHECKED err staff_name_many(struct ctx *ctx, const int64_t *staff_ids, size_t count, const char **names);

struct staff_session {
    const char *key; /* names the session without opening it: the hash of its token */
    const char *device;
    int64_t created_at;
    int64_t seen_at;
    bool is_current; /* that of the token */
};
/* Open sessions of a person, seen last first. */
CHECKED err staff_list_sessions(struct ctx *ctx, int64_t staff_id, const char *token,
                                struct staff_session **sessions, size_t *count);
/* Ends one of the person's sessions; "" all but that of the token. ERR_NOT_FOUND. */
CHECKED err staff_end_sessions(struct ctx *ctx, int64_t staff_id, const char *key, const char *token);
/* "Chrome · Windows" out of how a browser names itself. */
const char *staff_device_name(struct ctx *ctx, const char *device);

/* ---- the second step: a code of an authenticator app (RFC 6238), or one of ten recovery codes ---- */

#define STAFF_RECOVERY_CODES 10
/* Codes that may be tried before one was right; then none counts for a while, not even a right one. */
#define STAFF_CODE_TRIES 10
#define STAFF_CODE_PAUSE_MS (15 * MINUTE_MS)

struct staff_factor {
    bool is_on;
    int64_t enrolled_at;
    int64_t codes_left;    /* recovery codes that were not used */
    const char *draft;     /* base 32 secret being set up; NULL when there is none */
    const char *draft_uri; /* "otpauth://totp/…", for the QR code */
    bool is_required;      /* of everybody, by the owner */
};
CHECKED err staff_factor_load(struct ctx *ctx, int64_t staff_id, struct staff_factor *factor);
/* Draws up a new secret. What is in use stays in use until a code of the new one was typed. */
CHECKED err staff_factor_begin(struct ctx *ctx, int64_t staff_id);
/* The code shows that the app has the secret: from now on it is asked for. Ends the person's sessions and
 * opens one. `codes` (STAFF_RECOVERY_CODES) are shown once and never again; earlier ones are void.
 * ERR_CONFLICT when nothing is being set up. */
CHECKED err staff_factor_confirm(struct ctx *ctx, int64_t staff_id, const char *code, const char *device,
                                 const char **codes, const char **token);
/* New recovery codes. ERR_INVALID for a wrong password or code, ERR_TOO_MANY_REQUESTS when too many were
 * tried; a code counts once. */
CHECKED err staff_factor_renew_codes(struct ctx *ctx, int64_t staff_id, const char *password,
                                     const char *code, const char **codes);
/* Turns it off. ERR_INVALID also while the owner asks it of everybody. Ends all sessions and opens one. */
CHECKED err staff_factor_remove(struct ctx *ctx, int64_t staff_id, const char *password, const char *code,
                                const char *device, const char **token);
/* For somebody who lost telephone and codes: the password alone opens again, and their sessions end. */
CHECKED err staff_factor_reset(struct ctx *ctx, int64_t staff_id);
/* Whether everybody must have one. Who has none is logged out, and sets it up at the next login. ERR_INVALID
 * when the person who asks for it has none. */
CHECKED err staff_factor_require(struct ctx *ctx, bool is_required);
CHECKED err staff_factor_is_required(struct ctx *ctx, bool *is_required);
/* The account of a login. ERR_NOT_FOUND. */
CHECKED err staff_find_login(struct ctx *ctx, const char *login, int64_t *staff_id);

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
/* In a transaction: the same, unless the very same alarm stands already. Only for kinds of which the index
 * alarms_standing keeps one for each subject. */
CHECKED err alarm_raise_once(struct ctx *ctx, const char *kind, const char *subject, const char *detail);
/* In a transaction: settles every alarm of this kind whose subject begins so. */
CHECKED err alarm_settle_all(struct ctx *ctx, const char *kind, const char *subject_prefix);
/* Open alarms, newest first; `total` (may be NULL) is their whole number, counted up to ALARM_COUNTED. */
#define ALARM_COUNTED 1000
CHECKED err alarm_list_open(struct ctx *ctx, int limit, struct alarm **alarms, size_t *count, int64_t *total);

/* Open alarms about one subject, newest first, up to ALARMS_ABOUT. */
#define ALARMS_ABOUT 5
CHECKED err alarm_list_about(struct ctx *ctx, const char *subject, struct alarm **alarms, size_t *count);

/* "late-payment" …: what forms may ask for; ends with NULL. */
extern const char *const alarm_kinds[];
#define ALARM_ROWS_LIMIT 101
struct alarm_query {
    bool is_settled;
    const char *kind;  /* NULL = any */
    bool is_up;        /* oldest first */
    int64_t behind_id; /* the last of the page before; 0 = from the first */
    int limit;         /* up to ALARM_ROWS_LIMIT */
};
CHECKED err alarm_list(struct ctx *ctx, const struct alarm_query *query, struct alarm **alarms,
                       size_t *count);
CHECKED err alarm_resolve(struct ctx *ctx, int64_t alarm_id);
/* Those of the ids that are open; `settled` counts them. At most ALARM_BULK_LIMIT. */
#define ALARM_BULK_LIMIT 10000
CHECKED err alarm_resolve_many(struct ctx *ctx, const int64_t *alarm_ids, size_t count, int64_t *settled);
/* The oldest ALARM_BULK_LIMIT that are open, were raised before `before_id`, and are of a kind (NULL = any).
 */
CHECKED err alarm_resolve_found(struct ctx *ctx, const char *kind, int64_t before_id, int64_t *settled);
/* A settled one is open again. ERR_NOT_FOUND when there is none. */
CHECKED err alarm_reopen(struct ctx *ctx, int64_t alarm_id);
/* In a transaction: what the alarms of this kind about this subject asked for was done. */
CHECKED err alarm_settle(struct ctx *ctx, const char *kind, const char *subject);
void alarm_views(struct ctx *ctx, struct value *list, const struct alarm *alarms, size_t count);

/* ---- the audit list: who did what, append-only ---- */

/* Three years: as long as trade records must be kept (E-Commerce Law of the PRC, article 31). */
#define AUDIT_KEPT_MS (INT64_C(3) * 365 * DAY_MS)
/* What is noted; ends with NULL. */
extern const char *const audit_kinds[];

struct audit_entry {
    int64_t id;
    int64_t at;
    enum actor_kind actor; /* 0 when noting: that of the ctx */
    int64_t actor_id;
    const char *kind;
    const char *subject; /* page below /admin: "products/123"; NULL or "" = none */
    const char *title;
    const char *before;
    const char *after;
};

struct audit_query {
    const char *kind;    /* NULL = any */
    int64_t staff_id;    /* 0 = anybody */
    const char *subject; /* page below /admin; NULL = any */
    int64_t since;
    int64_t until;
    int64_t before_id;
    int limit;
};

/* In the transaction of what was done. No secrets and nothing of buyers. */
CHECKED err audit_note(struct ctx *ctx, const struct audit_entry *entry);
/* The same in a transaction of its own, for what has none or lies to the left of staff. */
CHECKED err audit_note_alone(struct ctx *ctx, const struct audit_entry *entry);
/* Newest first. */
CHECKED err audit_list(struct ctx *ctx, const struct audit_query *query, struct audit_entry **entries,
                       size_t *count);
/* Forgets some of what is older than AUDIT_KEPT_MS. */
CHECKED err audit_sweep(struct ctx *ctx);
