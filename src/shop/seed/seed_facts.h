/* seed_facts.h - attributes, tags, facts and design of a shop of the demo. Private to seed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog.h"

/* Creates the attributes that the catalogue file names; its categories are there already. */
CHECKED err seed_attributes(struct ctx *ctx, const struct value *catalog);
/* Struck price and content of one variant of the file: "500 g". */
void seed_terms(struct ctx *ctx, const struct value *item, struct variant_terms *terms);
/* Tags, facts and answers of one product of the file, into its draft. */
CHECKED err seed_facts(struct ctx *ctx, const struct value *item, struct product_draft *draft);
/* Creates the collections of the file, by hand and smart; the smart ones are filled by seed_fill_collections,
 * after the transaction. */
CHECKED err seed_collections(struct ctx *ctx, const struct value *catalog);
CHECKED err seed_fill_collections(struct ctx *ctx);
/* Creates and starts the offers of the file. */
CHECKED err seed_offers(struct ctx *ctx, const struct value *catalog);
/* Creates and starts its flash sales, presales and group buys, and the freight that the shop charges. */
CHECKED err seed_activities(struct ctx *ctx, const struct value *catalog);
/* `facet_tags` of the file: lists can be narrowed by them. */
CHECKED err seed_tag_facets(struct ctx *ctx, const struct value *catalog);
/* Publishes the theme that the catalogue file names, with what it sets in it; `pictures` says the id of each
 * file that is kept. Nothing without a theme, or in a program that knows none (services.design). */
CHECKED err seed_design(struct ctx *ctx, const struct value *catalog, const struct value *pictures);
