/* content.h - what a shop promises its buyers in writing: privacy, terms, returns, shipping.
 *
 * Each policy is a row of versions; the newest counts and none is ever changed, so that what a buyer agreed
 * to can be read later. A policy is public when its newest version has a Chinese text; readers of English see
 * that one when there is no English text. Restoring an old version makes a new one. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/tenant/tenant.h"

#define POLICY_KINDS 4
#define POLICY_TEXT_LIMIT 30000 /* code points */
#define POLICY_VERSIONS_SHOWN 50

struct policy_version {
    int64_t version; /* 0 = nothing was written yet */
    const char *text;
    const char *text_en;
    const char *author;
    int64_t created_at;
};

/* The newest version; version 0 and blank texts when there is none. */
CHECKED err policy_load(struct ctx *ctx, enum shop_policy policy, struct policy_version *version);
/* ERR_NOT_FOUND. */
CHECKED err policy_load_version(struct ctx *ctx, enum shop_policy policy, int64_t number,
                                struct policy_version *version);
/* The newest of every policy, without texts; `is_public[kind]`. */
CHECKED err policy_list(struct ctx *ctx, struct policy_version newest[POLICY_KINDS],
                        bool is_public[POLICY_KINDS]);
/* Newest first, without texts, at most POLICY_VERSIONS_SHOWN. */
CHECKED err policy_list_versions(struct ctx *ctx, enum shop_policy policy, struct policy_version **versions,
                                 size_t *count);
/* Writes the next version. `base` is the version that was edited: ERR_CONFLICT when there is a newer one. */
CHECKED err policy_save(struct ctx *ctx, enum shop_policy policy, int64_t base, const char *text,
                        const char *text_en, const char *author);
/* Safe HTML of what was typed. Plain text: "# " begins a heading, "- " an item of a list, a blank line ends a
 * paragraph. Text with tags is taken as product_safe_html takes it. */
const char *policy_html(struct ctx *ctx, const char *typed);
