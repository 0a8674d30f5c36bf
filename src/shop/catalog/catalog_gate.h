/* catalog_gate.h - what keeps a product off the shelf: a block of the platform, or a licence that the shop
 * has not entered.
 *
 * The platform stops a sale that the law forbids (电商法 29, 38, 42): the product leaves the shelf
 * everywhere, the shop reads why, and only the platform gives it back, with the status that it had. Goods
 * that need a licence (tenant_need.h) go on the shelf when the shop shows one; a category asks for it, and so
 * do all below it. What stands on the shelf already when a category begins to ask stays there. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/tenant/tenant.h"

enum block_reason {
    BLOCK_FORBIDDEN = 1,    /* goods that may not be traded (电商法 13) */
    BLOCK_UNSAFE = 2,       /* a danger to people or property (电商法 38) */
    BLOCK_INFRINGEMENT = 3, /* rights of others (电商法 42) */
    BLOCK_UNLICENSED = 4,   /* sold without the permission that it needs (电商法 12, 29) */
    BLOCK_MISLEADING = 5,   /* false or misleading words (电商法 17, 广告法 28) */
    BLOCK_AUTHORITY = 6,    /* a court or an authority ordered it */
};
/* "forbidden" …: block_reason_names[reason - 1]; ends with NULL. */
extern const char *const block_reason_names[];

/* In characters. */
#define BLOCK_NOTE_LIMIT 500
#define BLOCK_WHO_LIMIT 60
/* Blocked products of a shop. */
#define BLOCK_LIMIT 10000

struct product_block {
    int64_t product_id;
    enum block_reason reason;
    const char *note; /* why, for the shop to read */
    const char *who;  /* of the platform; not shown to the shop */
    int64_t at;
};

/* Takes the product off the shelf until product_unblock. ERR_CONFLICT when it is blocked already, ERR_INVALID
 * with the field, ERR_LIMIT, ERR_NOT_FOUND. */
CHECKED err product_block(struct ctx *ctx, const struct product_block *block);
/* It gets back the status that it had; one that needs a licence which is missing now stays off the shelf, and
 * one that was archived meanwhile archived. ERR_NOT_FOUND when it is not blocked. */
CHECKED err product_unblock(struct ctx *ctx, int64_t product_id, const char *note, const char *who);
/* NULL when it is not blocked. */
CHECKED err product_block_find(struct ctx *ctx, int64_t product_id, const struct product_block **block);
/* Of up to CATALOG_MANY_LIMIT products. */
CHECKED err product_blocked_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool *is_blocked);
/* The newest first. */
CHECKED err product_block_list(struct ctx *ctx, struct product_block **blocks, size_t *count);

/* What must be met, as it is in the database now. */
struct shelf_gate {
    int64_t *blocked; /* products, sorted */
    size_t blocked_count;
    struct gate_need *needs; /* of categories, what the shop does not meet */
    size_t need_count;
};
struct gate_need {
    int64_t category_id; /* it, or one above it, asks */
    enum shop_need need;
};
CHECKED err shelf_gate_load(struct ctx *ctx, struct shelf_gate *gate);

/* Why a product may not go on the shelf; code NULL = it may. */
struct shelf_refusal {
    const char *code; /* "product-blocked", "licence-missing" */
    const char *message;
    enum shop_need need;
};
struct shelf_refusal shelf_gate_ask(struct ctx *ctx, const struct shelf_gate *gate, int64_t product_id,
                                    int64_t category_id);
/* The same of one product, as it is. ERR_NOT_FOUND. */
CHECKED err product_gate_find(struct ctx *ctx, int64_t product_id, struct shelf_refusal *refusal);
/* ERR_INVALID with the field `status`. */
CHECKED err shelf_gate_check(struct ctx *ctx, int64_t product_id, int64_t category_id);
/* `block` ({reason, note, at} or null) and `need` ({name, licence, is_met} or null) of a product, for
 * docs/views.md. */
CHECKED err product_gate_view(struct ctx *ctx, struct value *view, int64_t product_id, int64_t category_id);

/* No blocked product is on the shelf. */
CHECKED err shelf_gate_checkup(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
