/* storefront_bundle.h - the bundles that a product is part of, as its page shows them. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/value.h"
#include "shop/pricing/pricing.h"

/* docs/views.md: `bundles` of a product, into `view`. A product without any costs no question. */
CHECKED err storefront_bundles_view(struct ctx *ctx, struct value *view, const struct product_offers *offers);
