/* services.h - the outside world as the domain sees it: ports that adapters fill and main wires up. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct design_cache;
struct design_schema;
struct finder;
struct flash_gate;
struct gateway;
struct mailer;
struct name_lookup;
struct outbound;
struct picture_maker;
struct promotion_cache;
struct theme_maker;
struct wording;
struct zip_reader;

struct services {
    const struct gateway *const *gateways; /* ends with NULL */
    const struct picture_maker *pictures;
    const struct outbound *outbound;
    const struct name_lookup *names;
    const struct zip_reader *zips;
    const struct mailer *mailer;
    struct flash_gate *flash; /* NULL on the command line, as: */
    struct promotion_cache *promotions;
    const struct wording *wording;
    struct finder *finder;              /* shop/search */
    const struct design_schema *design; /* what the theme offers: shop/design */
    struct design_cache *designs;       /* NULL on the command line */
    const struct theme_maker *themes;   /* checks what merchants bring: shop/design */
};
