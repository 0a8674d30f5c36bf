/* catalog_addresses.h - pictures of products that come from addresses. Part of catalog.h, which others
 * include. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define PICTURE_ADDRESS_LIMIT 200 /* of one product, those that are there included */
#define PICTURE_ADDRESS_ATTEMPTS 5

enum picture_address_state { ADDRESS_WAITING = 1, ADDRESS_FETCHED = 2, ADDRESS_FAILED = 3 };

struct picture_address {
    const char *key; /* names it in a path: 32 hex digits */
    const char *address;
    enum picture_address_state state;
    int64_t attempts;
    int64_t next_at;    /* of the next attempt, while it waits */
    const char *reason; /* of the last failed attempt, a slug as in struct picture_fetched; else "" */
    int64_t status;     /* HTTP, or 0 */
};

/* Has the pictures at these addresses fetched by a job and put at the end of the product (0 = into the
 * library only) in the order of the addresses. Writes a few rows and asks nothing: it may stand in an
 * import's transaction. An address that is there or waits already changes nothing; one that was given up is
 * tried anew. Up to PRODUCT_PICTURE_LIMIT addresses; blank ones and those that are too long are left out. */
CHECKED err product_pictures_fetch_later(struct ctx *ctx, int64_t product_id, const char *const *addresses,
                                         size_t count);
struct picture_order {
    int64_t product_id;
    const char *const *addresses;
    size_t count;
    const char *const *alts; /* words for each, NULL = those of the library or the title; or NULL */
};
/* The same for many products, with one job. */
CHECKED err product_pictures_fetch_later_many(struct ctx *ctx, const struct picture_order *orders,
                                              size_t count);
/* Those that wait or were given up, in their order. */
CHECKED err picture_address_list(struct ctx *ctx, int64_t product_id, struct picture_address **addresses,
                                 size_t *count);
CHECKED err picture_address_retry(struct ctx *ctx, int64_t product_id, const char *key);
CHECKED err picture_address_remove(struct ctx *ctx, int64_t product_id, const char *key);

/* A picture that somebody may want fetched. */
struct picture_wish {
    int64_t product_id;
    const char *address;
    bool is_known;          /* out: it is there, or waits already */
    const char *picture_id; /* out: NULL unless it is there */
};
/* Looks them up. Wishes of one product stand together. */
CHECKED err picture_wishes_look_up(struct ctx *ctx, struct picture_wish *wishes, size_t count);
