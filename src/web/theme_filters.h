/* theme_filters.h - the filters that templates of a shop have besides standard Liquid (docs/views.md). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "liquid/liquid.h"
#include "shop/tenant/tenant.h"

struct own_files;
struct theme_use;

struct theme_links {
    const struct http_static *statics;
    const char *assets;                /* "/assets/" */
    const struct own_files *own_files; /* of a merchant's theme; NULL = that of the program */
    int64_t own_version;
};

/* What the filters of one render know: liquid_call_data. */
struct theme_call {
    const struct theme_links *links;
    struct theme_use *use; /* of a merchant's theme; NULL = that of the program */
    const struct value *texts;
    bool is_english;
    const struct shown_currency *shown; /* the buyer's wish, or NULL */
};

extern const struct liquid_filter_entry theme_filters[];

/* The text at a dotted key, or NULL. */
const char *text_find(const struct value *texts, const char *key, size_t length);
