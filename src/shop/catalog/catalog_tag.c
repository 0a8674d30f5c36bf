/* catalog_tag.c - words on products, free of categories. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_shelf.h"
#include "shop/catalog/catalog_tag_group.h"
#include <stdlib.h>

err product_tag_list(struct ctx *ctx, int64_t product_id, const char ***tags, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT t.name FROM product_tags p JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                 " WHERE p.shop_id = $1 AND p.product_id = $2 ORDER BY t.name",
                 db_int(ctx->shop->id), db_int(product_id)));
    *tags = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **tags);
    *count = 0;
    while (db_next(rows))
        (*tags)[(*count)++] = db_get_text(rows, 0);
    return NULL;
}

err product_tags_check(struct ctx *ctx, const char *const *tags, size_t count, const char ***kept,
                       size_t *kept_count)
{
    *kept = arena_alloc_many(ctx->arena, count + 1, sizeof **kept);
    *kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *tag = text_trim(ctx->arena, tags[i]);
        bool is_new = tag[0] != 0;
        for (size_t j = 0; j < *kept_count; j++)
            is_new = is_new && !text_is((*kept)[j], tag);
        if (!is_new)
            continue;
        if (utf8_length(tag, strlen(tag)) > TAG_LENGTH_LIMIT)
            return fail_field(ctx, "tags", "too-long", "a tag has at most 40 characters");
        (*kept)[(*kept_count)++] = tag;
    }
    return *kept_count > PRODUCT_TAG_LIMIT ? fail_field(ctx, "tags", "too-many", "at most 250 tags") : NULL;
}

static err insert_tag(struct ctx *ctx, const char *tag)
{
    return db_execute(ctx,
                      "INSERT INTO tags (shop_id, id, name, created_at) VALUES ($1, $2, $3, $4)"
                      " ON CONFLICT (shop_id, name) DO NOTHING",
                      db_int(ctx->shop->id), db_int(id_new(ctx)), db_text(tag), db_int(ctx->now));
}

static err write_tag(struct ctx *ctx, int64_t product_id, const char *tag)
{
    TRY(insert_tag(ctx, tag));
    return db_execute(ctx,
                      "INSERT INTO product_tags (shop_id, product_id, tag_id)"
                      " SELECT t.shop_id, $2, t.id FROM tags t WHERE t.shop_id = $1 AND t.name = $3",
                      db_int(ctx->shop->id), db_int(product_id), db_text(tag));
}

static err forget_tags(struct ctx *ctx, int64_t product_id)
{
    return db_execute(ctx, "DELETE FROM product_tags WHERE shop_id = $1 AND product_id = $2",
                      db_int(ctx->shop->id), db_int(product_id));
}

err product_tags_write(struct ctx *ctx, int64_t product_id, const char *const *tags, size_t count)
{
    TRY(forget_tags(ctx, product_id));
    for (size_t i = 0; i < count; i++)
        TRY(write_tag(ctx, product_id, tags[i]));
    return NULL;
}

/* Words with the ids of their tags, by word. */
struct wording {
    const char *name;
    int64_t tag_id;
};

static int by_name(const void *left, const void *right)
{
    const struct wording *a = left, *b = right;
    return strcmp(a->name, b->name);
}

/* All words of some products, each once. */
static size_t gather_words(struct ctx *ctx, const struct tagging *taggings, size_t count,
                           struct wording **words)
{
    size_t all = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        all += taggings[i].count;
    *words = arena_alloc_many(ctx->arena, all + 1, sizeof **words);
    for (size_t i = 0, at = 0; i < count; i++)
        for (size_t j = 0; j < taggings[i].count; j++)
            (*words)[at++].name = taggings[i].tags[j];
    qsort(*words, all, sizeof **words, by_name);
    for (size_t i = 0; i < all; i++)
        if (kept == 0 || !text_is((*words)[kept - 1].name, (*words)[i].name))
            (*words)[kept++] = (*words)[i];
    return kept;
}

/* Makes tags of those that are none yet. */
static err name_tags(struct ctx *ctx, struct wording *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(insert_tag(ctx, words[i].name));
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES] = {db_int(ctx->shop->id)};
        struct db_rows *rows;
        for (size_t i = 0; i < DB_IDS_LIMIT; i++)
            values[i + 1] = db_text(words[start + i < count ? start + i : count - 1].name);
        TRY(db_query_values(ctx, &rows, "SELECT name, id FROM tags WHERE shop_id = $1 AND name IN " DB_IDS,
                            values, DB_IDS_VALUES));
        while (db_next(rows)) {
            struct wording key = {.name = db_get_text(rows, 0)};
            struct wording *word = bsearch(&key, words, count, sizeof *words, by_name);
            if (word)
                word->tag_id = db_get_int(rows, 1);
        }
    }
    return NULL;
}

err product_tags_write_many(struct ctx *ctx, const struct tagging *taggings, size_t count)
{
    struct wording *words;
    for (size_t i = 0; i < count; i++)
        if (!taggings[i].is_new)
            TRY(forget_tags(ctx, taggings[i].product_id));
    size_t word_count = gather_words(ctx, taggings, count, &words);
    TRY(name_tags(ctx, words, word_count));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < taggings[i].count; j++) {
            struct wording key = {.name = taggings[i].tags[j]};
            const struct wording *word = bsearch(&key, words, word_count, sizeof *words, by_name);
            TRY(db_execute(ctx, "INSERT INTO product_tags (shop_id, product_id, tag_id) VALUES ($1, $2, $3)",
                           db_int(ctx->shop->id), db_int(taggings[i].product_id), db_int(word->tag_id)));
        }
    return NULL;
}

/* ---- the tags of the shop ---- */

err tag_list_in(struct ctx *ctx, const char *group, const char *prefix, const char *after, int limit,
                struct tag **tags, size_t *count)
{
    struct db_rows *rows;
    const char *from = prefix ? prefix : "";
    TRY(db_query(
        ctx, &rows,
        "SELECT t.id, t.name, CAST(COALESCE((SELECT SUM(n.count) FROM shelf_counts n"
        " WHERE n.shop_id = t.shop_id AND n.shelf_id = t.id), 0) AS BIGINT), t.is_facet, t.group_name"
        " FROM tags t WHERE t.shop_id = $1 AND t.name > $2 AND t.name >= $4 AND t.name < $5"
        " AND ($6 = '' OR t.group_name = $6) ORDER BY t.name LIMIT $3",
        db_int(ctx->shop->id), db_text(after ? after : ""), db_int(limit), db_text(from),
        db_text(arena_format(ctx->arena, "%s\xf4\x8f\xbf\xbf", from)), db_text(group)));
    *tags = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **tags);
    *count = 0;
    while (db_next(rows))
        (*tags)[(*count)++] = (struct tag){.id = db_get_int(rows, 0),
                                           .name = db_get_text(rows, 1),
                                           .product_count = db_get_int(rows, 2),
                                           .is_facet = db_get_int(rows, 3) == 1,
                                           .group = db_get_text(rows, 4)};
    return NULL;
}

err tag_list(struct ctx *ctx, const char *prefix, const char *after, int limit, struct tag **tags,
             size_t *count)
{
    return tag_list_in(ctx, "", prefix, after, limit, tags, count);
}

err tag_facet_list(struct ctx *ctx, struct tag **tags, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, name, group_name FROM tags WHERE shop_id = $1 AND is_facet = 1"
                 " ORDER BY group_name, name LIMIT $2",
                 db_int(ctx->shop->id), db_int(TAG_FACET_LIMIT)));
    *tags = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **tags);
    *count = 0;
    while (db_next(rows))
        (*tags)[(*count)++] = (struct tag){.id = db_get_int(rows, 0),
                                           .name = db_get_text(rows, 1),
                                           .is_facet = true,
                                           .group = db_get_text(rows, 2)};
    return NULL;
}

static err change_facet(struct ctx *ctx, void *arg)
{
    const struct tag *tag = arg;
    struct tag *tags;
    size_t count;
    TRY(tag_facet_list(ctx, &tags, &count));
    bool is_there = false;
    for (size_t i = 0; i < count; i++)
        is_there = is_there || tags[i].id == tag->id;
    if (tag->is_facet && !is_there && count >= TAG_FACET_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "lists are narrowed by at most %d tags", TAG_FACET_LIMIT);
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such tag",
                  "UPDATE tags SET is_facet = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(tag->id), db_int(tag->is_facet)));
    /* Every list may show it. */
    return outbox_emit(ctx, "facet.changed", tag->id, value_object(ctx->arena));
}

err tag_change_facet(struct ctx *ctx, int64_t tag_id, bool is_facet)
{
    return db_transact(ctx, change_facet, &(struct tag){.id = tag_id, .is_facet = is_facet});
}

err tag_find(struct ctx *ctx, const char *name, int64_t *tag_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM tags WHERE shop_id = $1 AND name = $2", db_int(ctx->shop->id),
                 db_text(name)));
    *tag_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

struct renaming {
    int64_t tag_id;
    const char *name;
    bool *is_merged;
};

static err drop_tag(struct ctx *ctx, int64_t tag_id)
{
    TRY(db_execute(ctx, "DELETE FROM product_tags WHERE shop_id = $1 AND tag_id = $2", db_int(ctx->shop->id),
                   db_int(tag_id)));
    TRY(shelf_clear(ctx, tag_id));
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such tag", "DELETE FROM tags WHERE shop_id = $1 AND id = $2",
                     db_int(ctx->shop->id), db_int(tag_id));
}

static err merge(struct ctx *ctx, int64_t from_id, int64_t into_id)
{
    TRY(db_execute(
        ctx,
        "INSERT INTO product_tags (shop_id, product_id, tag_id)"
        " SELECT p.shop_id, p.product_id, $3 FROM product_tags p WHERE p.shop_id = $1 AND p.tag_id = $2"
        " ON CONFLICT (shop_id, product_id, tag_id) DO NOTHING",
        db_int(ctx->shop->id), db_int(from_id), db_int(into_id)));
    TRY(shelf_merge(ctx, from_id, into_id));
    TRY(tag_group_keep(ctx, from_id, into_id));
    return drop_tag(ctx, from_id);
}

static err remember(struct ctx *ctx, int64_t tag_id, const char *old_name, const char *new_name)
{
    TRY(db_execute(ctx,
                   "INSERT INTO tag_changes (shop_id, id, at, actor, actor_id, old_name, new_name)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(ctx->now), db_int(ctx->actor),
                   db_int(ctx->actor_id), db_text(old_name), db_text(new_name)));
    return outbox_emit(ctx, "tag.changed", tag_id, value_object(ctx->arena));
}

err tag_load_name(struct ctx *ctx, int64_t tag_id, const char **name)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT name FROM tags WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(tag_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such tag");
    *name = db_get_text(rows, 0);
    return NULL;
}

static err rename_in_transaction(struct ctx *ctx, void *arg)
{
    const struct renaming *renaming = arg;
    const char *old_name;
    int64_t other_id;
    TRY(tag_load_name(ctx, renaming->tag_id, &old_name));
    TRY(tag_find(ctx, renaming->name, &other_id));
    *renaming->is_merged = other_id != 0 && other_id != renaming->tag_id;
    if (text_is(old_name, renaming->name))
        return NULL;
    if (*renaming->is_merged)
        TRY(merge(ctx, renaming->tag_id, other_id));
    else
        TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such tag",
                      "UPDATE tags SET name = $3 WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                      db_int(renaming->tag_id), db_text(renaming->name)));
    return remember(ctx, renaming->tag_id, old_name, renaming->name);
}

err tag_rename(struct ctx *ctx, int64_t tag_id, const char *name, bool *is_merged)
{
    struct renaming renaming = {tag_id, text_trim(ctx->arena, name), is_merged};
    if (text_is_blank(renaming.name))
        return fail_field(ctx, "name", "required", "a tag has a name");
    if (utf8_length(renaming.name, strlen(renaming.name)) > TAG_LENGTH_LIMIT)
        return fail_field(ctx, "name", "too-long", "a tag has at most 40 characters");
    return db_transact(ctx, rename_in_transaction, &renaming);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *tag_id = arg;
    TRY(drop_tag(ctx, *tag_id));
    return outbox_emit(ctx, "tag.changed", *tag_id, value_object(ctx->arena));
}

err tag_remove(struct ctx *ctx, int64_t tag_id)
{
    return db_transact(ctx, remove_in_transaction, &tag_id);
}

/* ---- tags with many products, in parts ---- */

err tag_count(struct ctx *ctx, int64_t tag_id, int64_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM shelf_counts WHERE shop_id = $1"
                 " AND shelf_id = $2",
                 db_int(ctx->shop->id), db_int(tag_id)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err end_moving(struct ctx *ctx, const struct tag_moving *moving, const char *old_name)
{
    const char *new_name;
    if (moving->into_id)
        TRY(tag_group_keep(ctx, moving->from_id, moving->into_id));
    TRY(drop_tag(ctx, moving->from_id));
    if (!moving->into_id)
        return outbox_emit(ctx, "tag.changed", moving->from_id, value_object(ctx->arena));
    TRY(tag_load_name(ctx, moving->into_id, &new_name));
    return remember(ctx, moving->from_id, old_name, new_name);
}

/* In the order of the keys: the rows behind were not seen yet. */
static err move_one(struct ctx *ctx, const struct tag_moving *moving, int64_t product_id)
{
    if (moving->into_id)
        TRY(db_execute(ctx,
                       "INSERT INTO product_tags (shop_id, product_id, tag_id) VALUES ($1, $2, $3)"
                       " ON CONFLICT (shop_id, product_id, tag_id) DO NOTHING",
                       db_int(ctx->shop->id), db_int(product_id), db_int(moving->into_id)));
    return db_execute(ctx, "DELETE FROM product_tags WHERE shop_id = $1 AND product_id = $2 AND tag_id = $3",
                      db_int(ctx->shop->id), db_int(product_id), db_int(moving->from_id));
}

err tag_move_part(struct ctx *ctx, struct tag_moving *moving)
{
    struct db_rows *rows;
    const char *old_name;
    int64_t ids[PRODUCT_CHUNK];
    size_t count = 0;
    TRY(tag_load_name(ctx, moving->from_id, &old_name));
    TRY(db_query(ctx, &rows,
                 "SELECT product_id FROM product_tags WHERE shop_id = $1 AND tag_id = $2"
                 " ORDER BY product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(moving->from_id), db_int(PRODUCT_CHUNK)));
    while (db_next(rows))
        ids[count++] = db_get_int(rows, 0);
    for (size_t i = 0; i < count; i++)
        TRY(move_one(ctx, moving, ids[i]));
    TRY(shelf_settle_locked(ctx, ids, count));
    moving->moved = (int64_t)count;
    moving->is_finished = count < PRODUCT_CHUNK;
    return moving->is_finished ? end_moving(ctx, moving, old_name) : NULL;
}

err product_tags_today(struct ctx *ctx, const char **tags, size_t count, int64_t since)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT old_name, new_name FROM tag_changes WHERE shop_id = $1 AND at >= $2 ORDER BY id LIMIT $3",
        db_int(ctx->shop->id), db_int(since), db_int(TAG_CHANGE_LIMIT)));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (text_is(tags[i], db_get_text(rows, 0)))
                tags[i] = db_get_text(rows, 1);
    return NULL;
}
