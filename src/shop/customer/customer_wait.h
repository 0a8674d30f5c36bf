/* customer_wait.h - who wants to hear that a sold-out variant can be bought again (到货通知).
 *
 * A request is one address and one variant; it is told once, and is over then, or after CUSTOMER_WAIT_MS. The
 * address is sealed, and serves this one mail only (消保法 第二十九条): the page says so where it is asked,
 * and the mail says how to stop. notify tells (notify_wait.c); whether there is something to buy is known
 * there. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"

#define CUSTOMER_WAIT_MS (90 * DAY_MS)
/* Of one address at once, and of one variant; requests of the same moment may go a little beyond. */
#define CUSTOMER_WAITS_OF_PERSON 50
#define CUSTOMER_WAITS_OF_VARIANT 20000
/* Requests told by one step of the job. */
#define CUSTOMER_WAIT_CHUNK 100
/* Variants of one product that are looked at after a change. */
#define CUSTOMER_WAIT_VARIANTS 2048
#define CUSTOMER_WAIT_ROWS_LIMIT 101
/* Looks whether a variant can be bought, and tells those who wait; the subject is the variant. */
#define CUSTOMER_WAIT_JOB "stock.wait-tell"

struct customer_wait {
    int64_t id;
    int64_t variant_id;
    const char *email;
    const char *locale;
    int64_t asked_at;
};

/* Writes the request down, or makes one that was told or is over wait again; one that waits stays as it is.
 * ERR_INVALID about "email" (bad-email, too-many). ERR_LIMIT when too many wait for the variant. */
CHECKED err customer_wait_ask(struct ctx *ctx, int64_t product_id, int64_t variant_id, const char *email);
/* Whether this address waits for the variant now. */
CHECKED err customer_wait_find(struct ctx *ctx, int64_t variant_id, const char *email, bool *is_waiting);
/* Ends the request of this address for the variant; harmless when there is none. */
CHECKED err customer_wait_leave(struct ctx *ctx, int64_t variant_id, const char *email);

/* The word of the link that stops: only the mail has it. */
const char *customer_wait_token(struct ctx *ctx, int64_t wait_id);
/* The request of a link. ERR_NOT_FOUND when the word does not fit or the request is forgotten. */
CHECKED err customer_wait_open(struct ctx *ctx, int64_t wait_id, const char *token,
                               struct customer_wait *wait);
/* Ends all requests of this address, told or not. */
CHECKED err customer_wait_stop(struct ctx *ctx, const char *email);

/* ---- telling ---- */

/* Variants of a product for which somebody waits: room for CUSTOMER_WAIT_VARIANTS. */
CHECKED err customer_wait_variants(struct ctx *ctx, int64_t product_id, int64_t *variant_ids, size_t *count);
/* Ids of requests for a variant, the oldest first, at most CUSTOMER_WAIT_CHUNK. */
CHECKED err customer_wait_list(struct ctx *ctx, int64_t variant_id, int64_t *wait_ids, size_t *count);
/* In a transaction: it is told now. */
CHECKED err customer_wait_told(struct ctx *ctx, int64_t wait_id);
/* For whoever sends it: found is false when it was stopped meanwhile. */
CHECKED err customer_wait_load(struct ctx *ctx, int64_t wait_id, struct customer_wait *wait, bool *found);

/* ---- staff ---- */

struct customer_wait_count {
    int64_t variant_id;
    int64_t product_id;
    int64_t count;
    int64_t since; /* when the first of them asked */
};
/* For which variants most wait; `limit` up to CUSTOMER_WAIT_ROWS_LIMIT. */
CHECKED err customer_wait_top(struct ctx *ctx, int limit, struct customer_wait_count **counts, size_t *count);
/* How many wait for each variant of a product, by variant. */
CHECKED err customer_wait_of_product(struct ctx *ctx, int64_t product_id, struct customer_wait_count **counts,
                                     size_t *count);
/* Of these, how many wait for a variant. */
int64_t customer_wait_among(const struct customer_wait_count *counts, size_t count, int64_t variant_id);
/* Forgets some of what is over. */
CHECKED err customer_wait_sweep(struct ctx *ctx);
