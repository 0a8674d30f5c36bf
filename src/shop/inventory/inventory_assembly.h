/* inventory_assembly.h - variants that are made of others: one product with a price and a SKU of its own,
 * whose stock is that of its parts.
 *
 * available = the least over the parts of (available of the part / pieces of it), rounded down
 * ordered ahead = the same of what can be ordered of each part, less that
 *
 * Both numbers stand in the stock row of the variant like any other, so whoever reads stock reads them, and
 * are computed again by whatever changes what is available of a part, in the same transaction. No order ever
 * takes from that row: orders reserve, release, ship and take back parts (struct demand), whose own rows are
 * the guard. A part is never made of others itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/inventory/inventory.h"

/* Different parts of one variant. */
#define ASSEMBLY_PART_LIMIT 20
/* Pieces of a part in one piece of the whole. */
#define ASSEMBLY_PIECES_LIMIT 999
/* Variants that one part may go into: each is computed again by every sale of the part. */
#define ASSEMBLY_USE_LIMIT 50

struct assembly {
    const struct stock_part *parts; /* NULL = goods of its own */
    size_t count;
};

/* What each variant is made of, with titles and what is available; `assemblies[i]` belongs to
 * `variant_ids[i]`. */
CHECKED err assembly_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                               struct assembly *assemblies);

/* From now on the variant is made of these parts (variant_id and pieces), or of none. ERR_INVALID with
 * `parts.N.sku`, `parts.N.pieces` or `parts`: a part that is made of others, is the variant itself, stands
 * there twice, is digital or is used too often; a variant that has stock, was ordered on its own, or is a
 * part itself. ERR_CONFLICT when that became so meanwhile. */
struct assembly_wish {
    int64_t variant_id;
    const struct stock_part *parts;
    size_t count;
    const size_t *rows; /* which N of the problems each part has; NULL = counted from 0 */
};
CHECKED err assembly_save(struct ctx *ctx, const struct assembly_wish *wish);

/* The variants that are made of this one. */
CHECKED err assembly_uses(struct ctx *ctx, int64_t part_id, int64_t variant_ids[ASSEMBLY_USE_LIMIT],
                          size_t *count);

/* Computes all of the shop again; for a job that runs every few minutes. It finds something only where a
 * process did not know yet that the shop has such variants. */
CHECKED err assembly_settle(struct ctx *ctx);
