/* import_looks.c - new words of pictures, and other pictures of variants. Neither is in the history of a
 * product, so an import keeps by itself what was there before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

/* Pictures that are looked up, and rows that are undone, at once. */
#define CHUNK 50

/* ---- which are a change ---- */

static void note_change(struct import_run *run, struct import_group *group, enum import_meaning field,
                        const char *of, const char *before, const char *after)
{
    if (!group->whole)
        return;
    import_group_change(run, group, field, of, before, after);
    group->outcome = IMPORT_CHANGED;
}

static bool has_wordings(const struct import_group *group)
{
    return group->whole && group->wording_count > 0 && group->outcome != IMPORT_REFUSED;
}

static const struct picture_words *words_of(const struct picture_words *words, size_t count,
                                            int64_t product_id, const char *picture_id)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].product_id == product_id && text_is(words[i].picture_id, picture_id))
            return &words[i];
    return NULL;
}

static void compare_words(struct import_run *run, struct import_group *group,
                          const struct picture_words *words, size_t count)
{
    for (size_t i = 0; i < group->wording_count; i++) {
        struct import_wording *wording = &group->wordings[i];
        const struct picture_words *had = words_of(words, count, group->product_id, wording->picture_id);
        if (!had || text_is(text_trim(run->work.arena, had->alt), wording->alt))
            continue;
        wording->before = had->alt;
        note_change(run, group, MEANING_PICTURE_ALT, "", had->alt, wording->alt);
    }
}

static err settle_wordings(struct import_run *run)
{
    struct picture_words *words;
    size_t count = 0, word_count;
    int64_t *ids = arena_alloc_many(run->work.arena, run->group_count + 1, sizeof *ids);
    for (size_t i = 0; i < run->group_count; i++)
        if (has_wordings(run->groups[i]))
            ids[count++] = run->groups[i]->product_id;
    if (count == 0)
        return NULL;
    TRY(picture_words_list(&run->work, ids, count, &words, &word_count));
    for (size_t i = 0; i < run->group_count; i++)
        if (has_wordings(run->groups[i]))
            compare_words(run, run->groups[i], words, word_count);
    return NULL;
}

/* Whether a row names a picture of the library that has to be looked for. */
static bool is_named(const struct import_look *look)
{
    return look->picture_id && look->picture_id[0] && !look->address && !look->file;
}

static void warn_missing(struct import_run *run, struct import_look *look)
{
    import_warn(run, look->line, import_header_of(run, MEANING_VARIANT_PICTURE), "picture-missing",
                look->picture_id, "the library has no such picture; the rest of the row goes in");
    look->picture_id = look->before;
}

static err look_up(struct import_run *run, struct import_look *const *looks, size_t count)
{
    const char *ids[CHUNK];
    const struct picture *found[CHUNK];
    for (size_t i = 0; i < count; i++)
        ids[i] = looks[i]->picture_id;
    TRY(picture_load_many(&run->work, ids, count, found));
    for (size_t i = 0; i < count; i++)
        if (!found[i])
            warn_missing(run, looks[i]);
    return NULL;
}

static err look_up_named(struct import_run *run)
{
    struct import_look *looks[CHUNK];
    size_t count = 0;
    for (size_t i = 0; i < run->group_count; i++)
        for (size_t j = 0; j < run->groups[i]->look_count; j++) {
            if (!is_named(&run->groups[i]->looks[j]))
                continue;
            looks[count++] = &run->groups[i]->looks[j];
            if (count < CHUNK)
                continue;
            TRY(look_up(run, looks, count));
            count = 0;
        }
    return count ? look_up(run, looks, count) : NULL;
}

/* Keeps those that are another picture. */
static void settle_group(struct import_run *run, struct import_group *group)
{
    size_t kept = 0;
    for (size_t i = 0; i < group->look_count; i++) {
        const struct import_look *look = &group->looks[i];
        if (look->picture_id && text_is(look->picture_id, look->before))
            continue;
        const char *name = look->address ? look->address : look->file ? look->file->base : "";
        note_change(run, group, MEANING_VARIANT_PICTURE, look->of, look->before,
                    look->picture_id ? look->picture_id : name);
        group->looks[kept++] = *look;
    }
    group->look_count = kept;
}

err import_settle_looks(struct import_run *run)
{
    TRY(settle_wordings(run));
    TRY(look_up_named(run));
    for (size_t i = 0; i < run->group_count; i++)
        if (run->groups[i]->outcome != IMPORT_REFUSED)
            settle_group(run, run->groups[i]);
    return NULL;
}

/* ---- writing ---- */

struct kept {
    int64_t product_id;
    int64_t variant_id;     /* 0 = words */
    const char *picture_id; /* whose words; "" of a variant */
    const char *before;
    const char *after;
};

static err keep(struct ctx *ctx, int64_t import_id, const struct kept *kept)
{
    if (!import_id)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO import_looks (shop_id, import_id, product_id, variant_id, picture_id,"
                      " before_value, after_value) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                      " ON CONFLICT (shop_id, import_id, product_id, variant_id, picture_id)"
                      " DO UPDATE SET after_value = excluded.after_value",
                      db_int(ctx->shop->id), db_int(import_id), db_int(kept->product_id),
                      db_int(kept->variant_id), db_text(kept->picture_id), db_text(kept->before),
                      db_text(kept->after));
}

static err write_wording(struct ctx *ctx, const struct import_run *run, const struct import_group *group,
                         const struct import_wording *wording)
{
    struct picture_words words = {group->product_id, wording->picture_id, wording->alt};
    TRY(picture_words_put(ctx, &words, NULL));
    return keep(ctx, run->import_id,
                &(struct kept){group->product_id, 0, wording->picture_id, wording->before, wording->alt});
}

static err write_look(struct ctx *ctx, const struct import_run *run, const struct import_group *group,
                      const struct import_look *look)
{
    int64_t product_id = group->draft.id, variant_id = group->draft.variants[look->variant].id;
    if (look->picture_id) {
        TRY(variant_look_put(ctx, &(struct variant_look){product_id, variant_id, look->picture_id}, NULL));
        return keep(ctx, run->import_id,
                    &(struct kept){product_id, variant_id, "", look->before, look->picture_id});
    }
    if (look->address)
        return variant_look_fetch(ctx, product_id, variant_id, look->address);
    return db_execute(ctx,
                      "INSERT INTO import_variant_files (shop_id, import_id, product_id, variant_id, name)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, import_id, product_id, variant_id)"
                      " DO UPDATE SET name = excluded.name",
                      db_int(ctx->shop->id), db_int(run->import_id), db_int(product_id), db_int(variant_id),
                      db_text(look->file->name));
}

static err write_group(struct ctx *ctx, const struct import_run *run, const struct import_group *group)
{
    for (size_t i = 0; i < group->wording_count; i++)
        if (group->wordings[i].before)
            TRY(write_wording(ctx, run, group, &group->wordings[i]));
    for (size_t i = 0; i < group->look_count; i++)
        TRY(write_look(ctx, run, group, &group->looks[i]));
    return NULL;
}

err import_write_looks(struct ctx *ctx, const struct import_run *run)
{
    for (size_t i = 0; i < run->group_count; i++)
        if (import_is_written(run->groups[i]))
            TRY(write_group(ctx, run, run->groups[i]));
    return NULL;
}

static const char *look_of(const struct variant *variants, size_t count, int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (variants[i].id == variant_id && variants[i].picture_id)
            return variants[i].picture_id;
    return "";
}

err import_looks_placed(struct ctx *ctx, int64_t import_id, int64_t product_id, const char *name,
                        const char *picture_id)
{
    struct db_rows *rows;
    struct variant *variants;
    size_t count;
    TRY(db_query(ctx, &rows,
                 "SELECT variant_id FROM import_variant_files WHERE shop_id = $1 AND import_id = $2"
                 " AND product_id = $3 AND name = $4 ORDER BY variant_id",
                 db_int(ctx->shop->id), db_int(import_id), db_int(product_id), db_text(name)));
    if (db_row_count(rows) == 0)
        return NULL;
    TRY(variant_list(ctx, product_id, &variants, &count));
    while (db_next(rows)) {
        struct variant_look look = {product_id, db_get_int(rows, 0), picture_id};
        TRY(variant_look_put(ctx, &look, NULL));
        TRY(keep(ctx, import_id,
                 &(struct kept){product_id, look.variant_id, "", look_of(variants, count, look.variant_id),
                                picture_id}));
    }
    return NULL;
}

/* ---- undoing ---- */

static err give_back(struct ctx *ctx, int64_t import_id, const struct kept *kept, bool is_there)
{
    struct picture_words words = {kept->product_id, kept->picture_id, kept->before};
    struct variant_look look = {kept->product_id, kept->variant_id, is_there ? kept->before : ""};
    TRY(kept->variant_id ? variant_look_put(ctx, &look, kept->after)
                         : picture_words_put(ctx, &words, kept->after));
    return db_execute(ctx,
                      "DELETE FROM import_looks WHERE shop_id = $1 AND import_id = $2 AND product_id = $3"
                      " AND variant_id = $4 AND picture_id = $5",
                      db_int(ctx->shop->id), db_int(import_id), db_int(kept->product_id),
                      db_int(kept->variant_id), db_text(kept->picture_id));
}

err import_looks_undo(struct ctx *ctx, int64_t import_id, bool *is_finished)
{
    struct kept kept[CHUNK];
    const char *pictures[CHUNK];
    const struct picture *found[CHUNK];
    struct db_rows *rows;
    size_t count = 0;
    TRY(db_query(
        ctx, &rows,
        "SELECT product_id, variant_id, picture_id, before_value, after_value FROM import_looks"
        " WHERE shop_id = $1 AND import_id = $2 ORDER BY product_id, variant_id, picture_id LIMIT $3",
        db_int(ctx->shop->id), db_int(import_id), db_int(CHUNK)));
    for (; db_next(rows); count++) {
        kept[count] = (struct kept){db_get_int(rows, 0), db_get_int(rows, 1), db_get_text(rows, 2),
                                    db_get_text(rows, 3), db_get_text(rows, 4)};
        pictures[count] = kept[count].before;
    }
    *is_finished = count < CHUNK;
    if (count == 0)
        return NULL;
    TRY(picture_load_many(ctx, pictures, count, found));
    for (size_t i = 0; i < count; i++)
        TRY(give_back(ctx, import_id, &kept[i], found[i] != NULL));
    return NULL;
}
