/* import_category.c - the categories that a file names, by name, handle or path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/crypto.h"

#define CATEGORY_NAME_LIMIT 60

static bool is_named(const struct category *category, const char *name)
{
    return text_is(category->name, name) || (name[0] && text_is(category->name_en, name)) ||
           text_is(category->handle, name);
}

/* The one of this name below a parent; parent -1 = anywhere. */
static const struct category *find_in(const struct import_run *run, int64_t parent_id, const char *name)
{
    for (size_t i = 0; i < run->category_count; i++)
        if ((parent_id < 0 || run->categories[i].parent_id == parent_id) &&
            is_named(&run->categories[i], name))
            return &run->categories[i];
    return NULL;
}

static bool is_ascii(const char *text)
{
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c >= 0x80)
            return false;
    return true;
}

/* A handle from an English name, else "c" and digits made of the name; a number goes behind when it is taken.
 */
static const char *handle_for(const struct import_run *run, const char *name)
{
    struct arena *arena = run->ctx->arena;
    unsigned char hash[CRYPTO_HASH_BYTES];
    uint32_t number;
    crypto_sha256(name, strlen(name), hash);
    memcpy(&number, hash, sizeof number);
    const char *base = is_ascii(name) ? product_handle_from(run->ctx, name)
                                      : arena_format(arena, "c%08u", number % 100000000);
    const char *handle = base;
    for (int i = 2;; i++) {
        bool is_taken = false;
        for (size_t j = 0; j < run->category_count; j++)
            is_taken = is_taken || text_is(run->categories[j].handle, handle);
        if (!is_taken)
            return handle;
        handle = arena_format(arena, "%s-%d", base, i);
    }
}

static err create(struct import_run *run, int64_t parent_id, const char *name, int64_t *category_id)
{
    struct category category = {.name = arena_copy_text(run->ctx->arena, name),
                                .name_en = "",
                                .summary = "",
                                .summary_en = "",
                                .parent_id = parent_id};
    for (size_t i = 0; i < run->category_count; i++)
        if (run->categories[i].parent_id == parent_id && run->categories[i].position >= category.position)
            category.position = run->categories[i].position + 1;
    category.handle = handle_for(run, name);
    TRY(category_create(run->ctx, &category));
    run->categories[run->category_count++] = category;
    run->report->categories++;
    *category_id = category.id;
    return NULL;
}

/* The check creates nothing, but counts each path once. */
static void note_new(struct import_run *run, const char *path)
{
    for (size_t i = 0; i < run->new_category_count; i++)
        if (text_is(run->new_categories[i], path))
            return;
    if (run->category_count + run->new_category_count == CATEGORY_LIMIT)
        return;
    run->new_categories[run->new_category_count++] = arena_copy_text(run->ctx->arena, path);
    run->report->categories++;
}

static bool refuse(struct import_run *run, const struct import_line *line, const char *path, const char *code,
                   const char *message)
{
    import_note(run, line->number, import_header_of(run, MEANING_CATEGORY), code, path, "", message);
    return false;
}

/* The steps of a path, trimmed; 0 when they are too many or too long. */
static size_t split(struct import_run *run, const char *path, const char *steps[CATEGORY_DEPTH_LIMIT])
{
    size_t count = 0;
    while (*path) {
        size_t length = 0, gap = 0;
        while (path[length] && !gap) {
            gap = path[length] == '/' || path[length] == '>' ? 1
                  : text_starts(path + length, "›")          ? strlen("›")
                                                             : 0;
            length += gap == 0;
        }
        const char *step = text_trim(run->ctx->arena, arena_copy(run->ctx->arena, path, length));
        path += length + gap;
        if (!step[0])
            continue;
        if (count == CATEGORY_DEPTH_LIMIT || utf8_length(step, strlen(step)) > CATEGORY_NAME_LIMIT)
            return 0;
        steps[count++] = step;
    }
    return count;
}

static err walk(struct import_run *run, const struct import_line *line, const char *path,
                const char *const *steps, size_t count, int64_t *category_id, int64_t *below_id,
                bool *is_fine)
{
    int64_t parent_id = 0;
    for (size_t i = 0; i < count; i++) {
        const struct category *category = find_in(run, parent_id, steps[i]);
        if (category) {
            parent_id = category->id;
            continue;
        }
        if (run->category_count >= CATEGORY_LIMIT) {
            *is_fine = refuse(run, line, path, "too-many", "the shop has 500 categories; use one of them");
            return NULL;
        }
        if (run->is_dry) {
            *below_id = parent_id;
            note_new(run, path);
            return NULL;
        }
        TRY(create(run, parent_id, steps[i], &parent_id));
    }
    *category_id = parent_id;
    return NULL;
}

err import_category_find(struct import_run *run, const struct import_line *line, const char *path,
                         int64_t *category_id, int64_t *below_id, bool *is_fine)
{
    const char *steps[CATEGORY_DEPTH_LIMIT];
    const struct category *top = find_in(run, 0, path);
    const struct category *category = top ? top : find_in(run, -1, path);
    *is_fine = true;
    *category_id = category ? category->id : 0;
    if (category)
        return NULL;
    size_t count = split(run, path, steps);
    if (count == 0) {
        *is_fine = refuse(run, line, path, "bad-category",
                          "a path of up to 6 names with up to 60 characters each, like 服饰/女装");
        return NULL;
    }
    return walk(run, line, path, steps, count, category_id, below_id, is_fine);
}

err import_categories_load(struct import_run *run)
{
    struct category *listed;
    TRY(category_list(run->ctx, &listed, &run->category_count));
    run->categories = arena_alloc_many(run->ctx->arena, CATEGORY_LIMIT + 1, sizeof *run->categories);
    run->new_categories = arena_alloc_many(run->ctx->arena, CATEGORY_LIMIT + 1, sizeof *run->new_categories);
    memcpy(run->categories, listed, run->category_count * sizeof *listed);
    return NULL;
}
