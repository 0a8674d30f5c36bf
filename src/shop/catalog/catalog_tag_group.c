/* catalog_tag_group.c - tags in named groups. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_tag_group.h"

#include "base/text.h"
#include "db/db.h"
#include "job/job.h"

err tag_group_list(struct ctx *ctx, const char ***names, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT DISTINCT group_name FROM tags WHERE shop_id = $1 AND group_name <> ''"
                 " ORDER BY group_name LIMIT $2",
                 db_int(ctx->shop->id), db_int(TAG_GROUP_LIMIT)));
    *names = arena_alloc_many(ctx->arena, TAG_GROUP_LIMIT + 1, sizeof **names);
    *count = 0;
    while (*count < TAG_GROUP_LIMIT && db_next(rows))
        (*names)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

struct grouping {
    const int64_t *tag_ids;
    size_t count;
    const char *group;
};

static err check_room(struct ctx *ctx, const char *group)
{
    const char **names;
    size_t count;
    TRY(tag_group_list(ctx, &names, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(names[i], group))
            return NULL;
    if (group[0] && count >= TAG_GROUP_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d groups of tags", TAG_GROUP_LIMIT);
    return NULL;
}

static err set_group(struct ctx *ctx, void *arg)
{
    const struct grouping *grouping = arg;
    TRY(check_room(ctx, grouping->group));
    for (size_t i = 0; i < grouping->count; i++)
        TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such tag",
                      "UPDATE tags SET group_name = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                      db_int(grouping->tag_ids[i]), db_text(grouping->group)));
    /* Lists show their tags by group. */
    return outbox_emit(ctx, "facet.changed", grouping->tag_ids[0], value_object(ctx->arena));
}

err tag_group_set(struct ctx *ctx, const int64_t *tag_ids, size_t count, const char *group)
{
    struct grouping grouping = {tag_ids, count, text_trim(ctx->arena, group)};
    if (count == 0)
        return fail_field(ctx, "tags", "required", "choose tags first");
    if (count > TAG_GROUP_CHUNK)
        return fail_field(ctx, "tags", "too-many", "at most 100 tags at once");
    if (utf8_length(grouping.group, strlen(grouping.group)) > TAG_GROUP_LENGTH_LIMIT)
        return fail_field(ctx, "group", "too-long", "the name of a group has at most 20 characters");
    return db_transact(ctx, set_group, &grouping);
}

err tag_group_keep(struct ctx *ctx, int64_t from_id, int64_t into_id)
{
    return db_execute(ctx,
                      "UPDATE tags SET group_name = COALESCE((SELECT f.group_name FROM tags f"
                      " WHERE f.shop_id = $1 AND f.id = $2), '')"
                      " WHERE shop_id = $1 AND id = $3 AND group_name = ''",
                      db_int(ctx->shop->id), db_int(from_id), db_int(into_id));
}
