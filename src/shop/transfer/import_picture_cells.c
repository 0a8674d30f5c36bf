/* import_picture_cells.c - what the cells of pictures name: addresses, files of the ZIP, or neither. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

/* Bytes of new names that a change shows. */
#define PICTURES_SHOWN 2000

/* A cell that is read. */
struct reading {
    struct import_run *run;
    struct import_group *group;
    const struct import_line *line;
};

static bool is_address(const char *word)
{
    return text_starts(word, "https://") || text_starts(word, "http://");
}

static bool has_room(struct reading *reading, const char *word)
{
    struct import_group *group = reading->group;
    if (group->picture_count + group->file_count < PRODUCT_PICTURE_LIMIT)
        return true;
    if (group->outcome != IMPORT_REFUSED)
        import_group_refuse(reading->run, group, reading->line,
                            import_header_of(reading->run, MEANING_PICTURES), "too-many", word, "",
                            "a product has at most 50 pictures");
    return false;
}

static void add_address(struct reading *reading, const char *address)
{
    struct import_group *group = reading->group;
    for (size_t i = 0; i < group->picture_count; i++)
        if (text_is(group->pictures[i], address))
            return;
    if (has_room(reading, address))
        group->pictures[group->picture_count++] = address;
}

static void add_file(struct reading *reading, const struct package_file *file)
{
    struct import_group *group = reading->group;
    for (size_t i = 0; i < group->file_count; i++)
        if (group->files[i].file == file)
            return;
    if (has_room(reading, file->name))
        group->files[group->file_count++] = (struct import_picture){file, reading->line->number};
}

static const struct package_file *file_of(struct reading *reading, const char *word)
{
    const struct package_index *files = reading->run->files;
    return files && !is_address(word) ? import_package_find(&reading->run->work, files, word) : NULL;
}

static void take_word(struct reading *reading, const char *word)
{
    const struct package_file *file = file_of(reading, word);
    if (file)
        add_file(reading, file);
    else if (!is_media_id(word)) /* an export writes ids of pictures that the product shows already */
        import_warn(reading->run, reading->line->number, import_header_of(reading->run, MEANING_PICTURES),
                    "picture-missing", word,
                    reading->run->files ? "the ZIP holds no such file; the rest of the row goes in"
                                        : "no address, and the table came without a ZIP of pictures");
}

/* The name of a file may hold blanks and commas, an address commas. */
static void take_part(struct reading *reading, const char *part)
{
    static const char *const blanks[] = {" ", "\t", NULL}, *const commas[] = {",", "，", "、", NULL};
    struct ctx *ctx = &reading->run->work;
    const struct package_file *file = file_of(reading, part);
    size_t count, word_count;
    if (file) {
        add_file(reading, file);
        return;
    }
    const char **words = import_split(ctx, part, blanks, &count);
    for (size_t i = 0; i < count; i++) {
        if (is_address(words[i])) {
            add_address(reading, words[i]);
            continue;
        }
        const char **parts = import_split(ctx, words[i], commas, &word_count);
        for (size_t j = 0; j < word_count; j++)
            take_word(reading, parts[j]);
    }
}

/* Taobao gives a picture twice: "NAME:1:0:|https://…". The file goes before its address. */
static bool take_pair(struct reading *reading, const char *const *parts, size_t count)
{
    if (count != 2 || is_address(parts[0]) || !text_ends(parts[0], ":") || !is_address(parts[1]))
        return false;
    const struct package_file *file = file_of(reading, parts[0]);
    if (file)
        add_file(reading, file);
    else
        add_address(reading, parts[1]);
    return true;
}

static void take_cell(struct reading *reading, const char *cell)
{
    static const char *const ends[] = {"\r", "\n", ";", "；", NULL}, *const bars[] = {"|", NULL};
    struct ctx *ctx = &reading->run->work;
    size_t count, part_count;
    const char **items = import_split(ctx, cell, ends, &count);
    for (size_t i = 0; i < count; i++) {
        const char **parts = import_split(ctx, items[i], bars, &part_count);
        if (take_pair(reading, parts, part_count))
            continue;
        for (size_t j = 0; j < part_count; j++)
            take_part(reading, parts[j]);
    }
}

void import_take_pictures(struct import_run *run, struct import_group *group)
{
    struct arena *arena = run->work.arena;
    if (!run->columns.of[MEANING_PICTURES])
        return;
    group->pictures = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->pictures);
    group->files = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->files);
    for (size_t i = 0; i < group->count; i++) {
        struct reading reading = {run, group, group->lines[i]};
        if (group->lines[i]->cells[MEANING_PICTURES])
            take_cell(&reading, group->lines[i]->cells[MEANING_PICTURES]);
    }
}

/* ---- which of them are new ---- */

static void add_name(struct text_buf *names, const char *name)
{
    if (names->len + strlen(name) + 1 < PICTURES_SHOWN)
        text_add_format(names, "%s%s", names->len > 0 ? " " : "", name);
}

/* Pictures that nobody gave the product before are a change of it. */
static void take_new_pictures(struct import_run *run, struct import_group *group,
                              const struct picture_wish *wishes)
{
    struct text_buf fresh;
    text_open(&fresh, run->work.arena, PICTURES_SHOWN);
    for (size_t i = 0; i < group->picture_count; i++)
        if (!wishes[i].is_known)
            add_name(&fresh, wishes[i].address);
    for (size_t i = 0; i < group->file_count; i++)
        add_name(&fresh, group->files[i].file->base);
    if (fresh.len == 0)
        return;
    import_group_change(run, group, MEANING_PICTURES, "", "", text_of(&fresh));
    group->outcome = IMPORT_CHANGED;
}

static bool has_wishes(const struct import_group *group)
{
    return group->whole && group->picture_count + group->file_count > 0 && group->outcome != IMPORT_REFUSED;
}

err import_find_new_pictures(struct import_run *run)
{
    size_t total = 0, at = 0, wanted = 0;
    for (size_t i = 0; i < run->group_count; i++)
        if (has_wishes(run->groups[i])) {
            total += run->groups[i]->picture_count;
            wanted += run->groups[i]->picture_count + run->groups[i]->file_count;
        }
    if (wanted == 0)
        return NULL;
    struct picture_wish *wishes = arena_alloc_many(run->work.arena, total + 1, sizeof *wishes);
    for (size_t i = 0; i < run->group_count; i++)
        for (size_t j = 0; has_wishes(run->groups[i]) && j < run->groups[i]->picture_count; j++)
            wishes[at++] = (struct picture_wish){.product_id = run->groups[i]->product_id,
                                                 .address = run->groups[i]->pictures[j]};
    TRY(picture_wishes_look_up(&run->work, wishes, total));
    TRY(import_forget_known_files(run));
    for (size_t i = 0; i < run->group_count; i++)
        if (has_wishes(run->groups[i])) {
            take_new_pictures(run, run->groups[i], wishes);
            wishes += run->groups[i]->picture_count;
        }
    return NULL;
}
