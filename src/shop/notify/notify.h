/* notify.h - telling people what happened: by mail to buyers, by mail and robots to those who run the shop.
 *
 * A channel is a way to the people of the shop: mail addresses or the robot of a chat group. It hears the
 * occasions that were chosen for it. Buyers are told by mail, if their order has an address and the shop did
 * not switch the occasion off. Mails go by the shop's own server, else by the platform's, else not at all.
 *
 * A listener writes a message into the ledger with the event's removal, and a job sends it: nothing is sent
 * in a transaction, and what was due is sent at least once whatever dies. What a mail says is made anew from
 * the order each time; its Message-ID is that of the message, so that a copy is known as one. What the shop
 * wants is read with the shop (shop_has_occasion): who wants nothing pays nothing.
 *
 * It stands at the end of the chain of modules and not beside it: the order's page shows its messages.
 *
 * Passwords, addresses of robots and their secrets are sealed and never shown again. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"
#include "shop/mail.h"
#include "shop/order/order.h"
#include "shop/tenant/tenant.h"

#define CHANNEL_LIMIT 20 /* of one shop */
#define CHANNEL_NAME_LIMIT 40
#define CHANNEL_SECRET_LIMIT 200
#define CHANNEL_TO_LIMIT 400
#define MAIL_ADDRESS_LIMIT 120
#define MAIL_HOST_LIMIT 253
#define NOTIFY_TIMEOUT_MS (15 * SECOND_MS)
/* With pauses of a minute that double up to an hour: some six hours. */
#define MESSAGE_ATTEMPTS 12
#define MESSAGE_KEPT_MS (180 * DAY_MS)
#define MESSAGE_ROWS_LIMIT 101

enum channel_kind {
    CHANNEL_MAIL = 1,
    CHANNEL_WECOM = 2,
    CHANNEL_DINGTALK = 3,
    CHANNEL_FEISHU = 4,
    CHANNEL_BARK = 5,
    CHANNEL_TELEGRAM = 6,
    CHANNEL_WEBHOOK = 7,
};
/* "mail", "wecom" …: channel_kind_names[kind - 1]; ends with NULL. */
extern const char *const channel_kind_names[];

/* An occasion as forms and views name it: "paid", "buyer-shipped". */
struct occasion_name {
    enum shop_occasion occasion;
    const char *name;
};
/* Those of the shop's people, and those of buyers; both end with a NULL name. */
extern const struct occasion_name shop_occasion_names[];
extern const struct occasion_name buyer_occasion_names[];
const char *occasion_name(enum shop_occasion occasion);

struct channel {
    int64_t id;
    enum channel_kind kind;
    const char *name;
    const char *url;    /* of a robot; for Telegram that of the Bot API, "" = Telegram's own */
    const char *secret; /* signs, or is the token of a Telegram bot */
    const char *to;     /* mail addresses with commas between, or a Telegram chat */
    const char *shown;  /* as much of these as may be seen */
    uint64_t occasions;
    bool is_on;
    int64_t sent_at; /* the last that arrived, and the last that did not; 0 = none */
    int64_t failed_at;
    const char *problem; /* of the last failure; a slug */
    const char *detail;
};

/* Without url, secret and to. At most CHANNEL_LIMIT. */
CHECKED err channel_list(struct ctx *ctx, struct channel **channels, size_t *count);
/* With everything. ERR_NOT_FOUND. */
CHECKED err channel_load(struct ctx *ctx, int64_t channel_id, struct channel **channel);
/* Writes a new channel (id 0: it is filled) or changes one, whose kind stays; blank url, secret and to stay
 * as they were. ERR_INVALID about the fields, ERR_LIMIT. */
CHECKED err channel_save(struct ctx *ctx, struct channel *channel);
CHECKED err channel_remove(struct ctx *ctx, int64_t channel_id);

/* How the shop sends mail. Texts are never NULL. */
struct mail_setting {
    bool is_own; /* by a server of its own */
    const char *host;
    int64_t port;
    enum mail_tls tls;
    const char *login;
    const char *password; /* opened; "" = none */
    const char *from_name;
    const char *from_address;
    bool has_platform; /* the platform sends when the shop has no server */
};
CHECKED err mail_setting_load(struct ctx *ctx, struct mail_setting *setting);
/* A blank password stays as it was. ERR_INVALID about the fields. */
CHECKED err mail_setting_save(struct ctx *ctx, const struct mail_setting *setting);
CHECKED err mail_setting_remove(struct ctx *ctx);
/* Whether mails can be sent at all; asks nobody. */
bool mail_is_possible(const struct ctx *ctx);
/* Whether those who wait for something sold out would be told (customer_wait.h); asks nobody. */
bool notify_tells_waits(const struct ctx *ctx);
/* Which occasions buyers are told of, a bit for each, and whether what was delivered stands in the mail. */
CHECKED err buyer_occasions_save(struct ctx *ctx, uint64_t occasions, bool has_codes);

/* ---- the ledger ---- */

enum message_state { MESSAGE_QUEUED = 1, MESSAGE_SENT = 2, MESSAGE_FAILED = 3, MESSAGE_GIVEN_UP = 4 };
/* "queued", "sent", "failed", "given-up": message_state_names[state - 1]; ends with NULL. */
extern const char *const message_state_names[];

struct message {
    int64_t id;
    int64_t channel_id; /* 0 = the buyer */
    enum shop_occasion occasion;
    int64_t order_id; /* 0 = about no order */
    const char *subject;
    const char *facts; /* JSON */
    const char *recipient;
    enum message_state state;
    int64_t attempts;
    const char *problem;
    const char *detail;
    int64_t tried_at;
};

struct message_query {
    enum message_state state; /* 0 = any */
    int64_t order_id;         /* 0 = about anything */
    int64_t since;            /* written then or later, and before `until`; 0 = any */
    int64_t until;
    bool is_up;        /* oldest first */
    int64_t before_id; /* the last of the page before; 0 = from the first */
    int limit;         /* up to MESSAGE_ROWS_LIMIT */
};
CHECKED err message_list(struct ctx *ctx, const struct message_query *query, struct message **messages,
                         size_t *count);
#define MESSAGE_BULK_LIMIT 2000
/* The ids of what a query finds, oldest first and without its place: at most MESSAGE_BULK_LIMIT + 1. */
CHECKED err message_list_ids(struct ctx *ctx, const struct message_query *query, int64_t **ids,
                             size_t *count);
CHECKED err message_list_of_order(struct ctx *ctx, int64_t order_id, int limit, struct message **messages,
                                  size_t *count);
CHECKED err message_load(struct ctx *ctx, int64_t message_id, struct message **message);
/* Sends a message on its way again. One that did not arrive goes again as it is; of one that did, a copy
 * goes. `key` names the click: the same key does it once. Noted in the audit list. */
CHECKED err message_again(struct ctx *ctx, int64_t message_id, const char *key);
/* Tells the buyer of an order something (again); `key` as above. ERR_INVALID about "occasion" when the order
 * has no mail address, when no mail can be sent, or when that did not happen. */
CHECKED err message_tell_buyer(struct ctx *ctx, const struct order *order, enum shop_occasion occasion,
                               const char *key);
/* Whether an order's buyer can be told of this now. */
bool message_fits(const struct order *order, enum shop_occasion occasion);
/* Forgets some of what is older than MESSAGE_KEPT_MS. */
CHECKED err message_sweep(struct ctx *ctx);

/* ---- trying ---- */

/* What became of one sending. */
struct delivery_result {
    const char *problem; /* a slug; NULL = it arrived */
    const char *detail;  /* what the other side said, without addresses; "" */
    bool is_passing;     /* trying again may help */
};
/* Sends a sample by a channel, at once; outside any transaction. */
CHECKED err channel_test(struct ctx *ctx, int64_t channel_id, struct delivery_result *result);
/* The same by mail to an address. */
CHECKED err mail_setting_test(struct ctx *ctx, const char *address, struct delivery_result *result);
