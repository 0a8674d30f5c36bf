/* catalog_codes.h - by which words besides its title a product is known. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct product_codes {
    const char *subtitle;
    const char *model;
    const char *variants; /* SKUs and barcodes, with blanks between */
};
/* Of up to PRODUCT_CHUNK products, empty texts for those that do not exist; `codes[i]` belongs to
 * `product_ids[i]`. */
CHECKED err product_codes_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                               struct product_codes *codes);
