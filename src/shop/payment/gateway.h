/* gateway.h - the port to whoever takes the money; each adapter fills one struct.
 *
 * Rules that every adapter keeps (they stand here once): money is minor units inside; the attempt number is
 * [0-9A-Za-z], unique for each try; an unknown outcome (time-out, 5xx) is ERR_GATEWAY and is asked again with
 * the same numbers; a notification is believed only after its signature over the raw bytes, its age and its
 * merchant were checked; answers are facts for payment_apply_fact, which alone decides. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/text.h"

enum fact_kind { FACT_PAYMENT = 1, FACT_REFUND = 2 };

/* Something that a gateway says happened to money. */
struct payment_fact {
    const char *gateway;
    const char *provider_number; /* the gateway's own number of it */
    enum fact_kind kind;
    const char *attempt_number;
    const char *refund_number; /* FACT_REFUND only */
    const char *currency;
    int64_t amount;    /* minor units */
    int64_t at;        /* as the gateway says */
    const char *raw;   /* what it said, without secrets, for disputes */
    const char *payer; /* who paid, as this gateway always names them (openid, buyer_open_id); NULL or "" when
                          it does not say. Compared by a keyed hash only. */
};

struct payment_request {
    const char *attempt_number;
    const char *currency;
    int64_t amount;
    int64_t expires_at;
    const char *subject;    /* what is bought, for the buyer's eyes */
    const char *origin;     /* "https://shop.example" */
    const char *return_url; /* where the buyer goes afterwards */
};

/* A notification as it came over HTTP. */
struct notification {
    struct slice body;
    const char *signature;
    const char *timestamp;
};

struct gateway {
    const char *id;   /* "sandbox" */
    const char *name; /* for people; templates translate "gateway.ID" */
    bool is_sandbox;
    /* Asks the gateway for a page (or QR target) where the buyer pays. Outside any transaction. */
    err (*create)(struct ctx *ctx, const struct payment_request *request, const char **url);
    /* What the gateway knows of an attempt; *is_paid false when nothing was paid. */
    err (*query)(struct ctx *ctx, const char *attempt_number, struct payment_fact *fact, bool *is_paid);
    /* Makes an attempt unpayable; NULL when the gateway has no such call. */
    err (*close)(struct ctx *ctx, const char *attempt_number);
    /* Sends money back; the same refund number gives the same refund. */
    err (*refund)(struct ctx *ctx, const char *attempt_number, const char *refund_number, int64_t amount,
                  struct payment_fact *fact);
    /* Checks a notification and reads it. ERR_FORBIDDEN when it is not genuine. */
    err (*read)(struct ctx *ctx, const struct notification *notification, struct payment_fact *fact);
};
