/* import_collections.c - the collections by hand that rows put their product in. Nothing is taken out of one.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#define NAMES_LIMIT ((size_t)65536)
#define CHUNK 128

static const char *const gaps[] = {",", "，", ";", "；", "|", "\n", NULL};

/* What the shop has, once for the whole file, and where the products of the batch are. */
err import_collections_load(struct import_run *run, const int64_t *product_ids, size_t count)
{
    run->place_count = 0;
    if (!run->columns.of[MEANING_COLLECTIONS])
        return NULL;
    if (!run->collections)
        TRY(collection_list(run->ctx, &run->collections, &run->collection_count));
    return collection_hand_places(&run->work, product_ids, count, &run->places, &run->place_count);
}

static const struct collection *find(const struct import_run *run, const char *word)
{
    for (size_t i = 0; i < run->collection_count; i++)
        if (text_is(run->collections[i].name, word) || text_is(run->collections[i].handle, word) ||
            text_is(run->collections[i].name_en, word))
            return &run->collections[i];
    return NULL;
}

static bool is_there(const struct import_run *run, const struct import_group *group, int64_t collection_id)
{
    for (size_t i = 0; i < run->place_count; i++)
        if (run->places[i].product_id == group->product_id && run->places[i].collection_id == collection_id)
            return group->product_id != 0;
    for (size_t i = 0; i < group->collection_count; i++)
        if (group->collections[i] == collection_id)
            return true;
    return false;
}

static void take_word(struct import_run *run, struct import_group *group, const struct import_line *line,
                      const char *word, struct text_buf *names)
{
    const char *header = import_header_of(run, MEANING_COLLECTIONS);
    const struct collection *one = find(run, word);
    if (!one) {
        import_group_refuse(run, group, line, header, "unknown-collection", word, "",
                            "there is no such collection; make it first, to be filled by hand");
        return;
    }
    if (one->is_smart) {
        import_group_refuse(run, group, line, header, "smart-collection", word, "",
                            "this collection is filled by its rule; leave it out");
        return;
    }
    if (is_there(run, group, one->id))
        return;
    text_add_format(names, "%s%s", names->len > 0 ? "; " : "", one->name);
    group->collections[group->collection_count++] = one->id;
}

void import_take_collections(struct import_run *run, struct import_group *group)
{
    struct ctx *ctx = &run->work;
    const struct import_line *line =
        run->columns.of[MEANING_COLLECTIONS] ? import_group_teller(run, group, MEANING_COLLECTIONS) : NULL;
    struct text_buf names;
    size_t count;
    if (!line)
        return;
    const char **words = import_split(ctx, line->cells[MEANING_COLLECTIONS], gaps, &count);
    group->collections = arena_alloc_many(ctx->arena, count + 1, sizeof *group->collections);
    text_open(&names, ctx->arena, NAMES_LIMIT);
    for (size_t i = 0; i < count; i++)
        take_word(run, group, line, words[i], &names);
    if (group->collection_count > 0)
        import_group_change(run, group, MEANING_COLLECTIONS, "", "", text_of(&names));
}

/* ---- writing ---- */

static bool wants(const struct import_group *group, int64_t collection_id)
{
    for (size_t i = 0; import_is_written(group) && i < group->collection_count; i++)
        if (group->collections[i] == collection_id)
            return true;
    return false;
}

static err write_one(struct ctx *ctx, const struct import_run *run, int64_t collection_id, const int64_t *ids,
                     size_t count)
{
    for (size_t start = 0; start < count; start += PRODUCT_CHUNK)
        TRY(collection_add_many(ctx, collection_id, ids + start,
                                count - start < PRODUCT_CHUNK ? count - start : PRODUCT_CHUNK));
    for (size_t i = 0; run->import_id && i < count; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO import_collections (shop_id, import_id, collection_id, product_id)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, import_id, collection_id, product_id)"
                       " DO NOTHING",
                       db_int(ctx->shop->id), db_int(run->import_id), db_int(collection_id), db_int(ids[i])));
    return NULL;
}

err import_write_collections(struct ctx *ctx, const struct import_run *run)
{
    int64_t *ids = arena_alloc_many(ctx->arena, run->group_count + 1, sizeof *ids);
    for (size_t i = 0; i < run->collection_count; i++) {
        size_t count = 0;
        for (size_t j = 0; j < run->group_count; j++)
            if (wants(run->groups[j], run->collections[i].id))
                ids[count++] = run->groups[j]->draft.id;
        if (count > 0)
            TRY(write_one(ctx, run, run->collections[i].id, ids, count));
    }
    return NULL;
}

/* ---- undoing ---- */

err import_collections_undo(struct ctx *ctx, int64_t import_id, bool *is_finished)
{
    struct collection_place places[CHUNK];
    struct db_rows *rows;
    size_t count = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, collection_id FROM import_collections WHERE shop_id = $1"
                 " AND import_id = $2 ORDER BY collection_id, product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(import_id), db_int(CHUNK)));
    while (db_next(rows))
        places[count++] = (struct collection_place){db_get_int(rows, 0), db_get_int(rows, 1)};
    for (size_t i = 0, end; i < count; i = end) {
        int64_t ids[CHUNK];
        for (end = i; end < count && places[end].collection_id == places[i].collection_id; end++)
            ids[end - i] = places[end].product_id;
        TRY(collection_remove_many(ctx, places[i].collection_id, ids, end - i));
        for (size_t j = i; j < end; j++)
            TRY(db_execute(ctx,
                           "DELETE FROM import_collections WHERE shop_id = $1 AND import_id = $2"
                           " AND collection_id = $3 AND product_id = $4",
                           db_int(ctx->shop->id), db_int(import_id), db_int(places[j].collection_id),
                           db_int(places[j].product_id)));
    }
    *is_finished = count < CHUNK;
    return NULL;
}
