/* storefront.h - the pages that only show: home, lists of products, one product. Same for every stranger, so
 * they are cached whole; tags tell what they show.
 *
 * Tags: "shop:ID" on every page (categories, names), "list:ID" on every page with cards, "product:ID" on the
 * page of one product. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "shop/catalog/catalog.h"

/* What a page may be out of date at a CDN, in seconds; here it is dropped at once. */
#define PAGE_CACHE_SECONDS 60
#define PAGE_PRODUCTS 24

extern const struct route storefront_routes[];

/* {categories: [{handle, name, url}]}: what every page's header shows. */
CHECKED err storefront_nav(struct ctx *ctx, struct value **nav);

/* docs/views.md: cards of some products, with their stock. */
CHECKED err product_card_views(struct ctx *ctx, struct value *list, const struct product *products,
                               size_t count);
/* docs/views.md: the view of one product page; `sku` chooses the variant ("" = the first that can be bought).
 */
CHECKED err product_page_view(struct ctx *ctx, const struct product *product, const char *sku,
                              struct value **view);
