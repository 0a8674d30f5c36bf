/* catalog_tag_group.h - of catalog.h: tags stand in named groups, 风格 or 场合; a shop that groups none has
 * none. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/catalog/catalog_works.h"

#define TAG_GROUP_LIMIT 24
#define TAG_GROUP_LENGTH_LIMIT 20 /* characters */
/* Tags that change their group in one go. */
#define TAG_GROUP_CHUNK 100

/* As tag_list, of one group; "" = of all. */
CHECKED err tag_list_in(struct ctx *ctx, const char *group, const char *prefix, const char *after, int limit,
                        struct tag **tags, size_t *count);
/* The names of the groups, by name. */
CHECKED err tag_group_list(struct ctx *ctx, const char ***names, size_t *count);
/* Puts up to TAG_GROUP_CHUNK tags into a group, "" = out of any. ERR_NOT_FOUND, ERR_INVALID (group),
 * ERR_LIMIT past TAG_GROUP_LIMIT groups. */
CHECKED err tag_group_set(struct ctx *ctx, const int64_t *tag_ids, size_t count, const char *group);
/* In a transaction, before `from` goes: a tag that is in no group takes over that of the one it swallows. */
CHECKED err tag_group_keep(struct ctx *ctx, int64_t from_id, int64_t into_id);
