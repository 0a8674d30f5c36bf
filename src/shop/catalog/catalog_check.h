/* catalog_check.h - whether a draft of a product may be saved. Private to catalog. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"

/* ERR_INVALID naming the first field that is wrong. */
CHECKED err product_draft_check(struct ctx *ctx, const struct product_draft *draft);
/* A name that is new (`before` NULL or another) is bound by PRODUCT_TITLE_LIMIT; one that stays is not. */
CHECKED err product_title_check(struct ctx *ctx, const char *title, const char *before);
/* ERR_INVALID naming the field of the variant with that index. */
CHECKED err variant_terms_check(struct ctx *ctx, const struct product_draft *draft, size_t index);
/* Whether the option offers this value. */
bool option_draft_has(const struct option_draft *option, const char *value);
/* The title of a variant: its option values joined by " / ". */
const char *variant_draft_title(struct ctx *ctx, const struct product_draft *draft,
                                const struct variant_draft *variant);
