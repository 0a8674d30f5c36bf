/* sandbox_gateway.h - shared by the sandbox's files. Private to the sandbox. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "adapter/sandbox.h"

#define SANDBOX_ID "sandbox"
#define SANDBOX_NOTIFY_JOB "sandbox.notify"
#define SANDBOX_DELAY_MS 3000
#define SANDBOX_DELAY_LIMIT_MS 600000

enum sandbox_state { SANDBOX_PAID = 1, SANDBOX_FAILED = 2 };

struct sandbox_trade {
    const char *attempt_number;
    const char *provider_number;
    const char *currency;
    int64_t amount;
    enum sandbox_state state;
    int64_t at;
    const char *payer; /* "" = not said */
};

/* What the cashier's address carries. */
struct sandbox_offer {
    const char *attempt;
    int64_t amount;
    const char *currency;
    int64_t expires_at;
    const char *subject;
    const char *return_url;
    const char *sign;
};

bool sandbox_offer_is_genuine(struct ctx *ctx, const struct sandbox_offer *offer);
/* NULL when the buyer did nothing yet. */
CHECKED err sandbox_trade_find(struct ctx *ctx, const char *attempt_number,
                               const struct sandbox_trade **trade);
/* Keeps what the buyer did, or finds what the buyer had done: a paid trade stays paid. `trade` is as it is
 * afterwards. */
CHECKED err sandbox_trade_keep(struct ctx *ctx, const struct sandbox_trade *wanted,
                               const struct sandbox_trade **trade);
/* Signs a notification of a trade, which does nothing unless it is paid, and hands it to the shop. */
CHECKED err sandbox_notify(struct ctx *ctx, const struct sandbox_trade *trade);
