/* catalog_kit.h - of catalog.h: kits, ready-made attributes and tags for common categories (服饰, 食品, …).
 *
 * A kit is added to a category in one act and never overwrites: an attribute of the same name that the shop
 * has already is asked at the category as it is, and stays away when its kind asks something else. What a kit
 * brought is remembered, so that it can be taken back as long as no product uses it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/catalog/catalog_kind.h"

/* Those of the table, and a place for its end. */
#define KIT_LIMIT 12
#define KIT_ATTRIBUTE_LIMIT 8
#define KIT_TAG_LIMIT 4

struct kit_attribute {
    const char *name;
    const char *name_en;
    enum attribute_kind kind;
    const char *unit;    /* "" or NULL = none */
    const char *choices; /* separated by "|"; NULL for kinds without */
    bool is_facet;
};

struct kit {
    const char *key; /* in addresses and in the table */
    const char *name;
    const char *name_en;
    const char *words; /* separated by "|": a category whose name has one is offered this kit first */
    struct kit_attribute attributes[KIT_ATTRIBUTE_LIMIT + 1]; /* ends without a name */
    const char *tags[KIT_TAG_LIMIT + 1];                      /* offered among what narrows lists */
};

/* All of them; the last has no key. */
extern const struct kit kits[];
/* NULL when there is none. */
const struct kit *kit_of_key(const char *key);
/* The choices of an attribute as a list of texts. */
struct value *kit_choices(struct ctx *ctx, const struct kit_attribute *attribute);
/* Whether an attribute of the same name and this kind asks the same: one of several choices or several of
 * them may both stand. */
bool kit_goes_with(const struct kit_attribute *attribute, enum attribute_kind kind);
/* Whether its words say that it fits a category of this name. */
bool kit_fits(const struct kit *kit, const char *category_name);

struct kit_result {
    int64_t brought; /* attributes asked anew and tags made; of taking back: what went */
    int64_t kept;    /* was there already; of taking back: what stays, because products use it */
};

/* ERR_NOT_FOUND without the category; ERR_LIMIT past ATTRIBUTE_LIMIT. */
CHECKED err kit_add(struct ctx *ctx, int64_t category_id, const struct kit *kit, struct kit_result *result);
/* What it brought and no product uses goes again. ERR_NOT_FOUND when it brought nothing. */
CHECKED err kit_take_back(struct ctx *ctx, int64_t category_id, const struct kit *kit,
                          struct kit_result *result);
/* For each of `kits` whether it brought something to the category that stands in the table. */
CHECKED err kit_find_added(struct ctx *ctx, int64_t category_id, bool is_added[KIT_LIMIT]);
