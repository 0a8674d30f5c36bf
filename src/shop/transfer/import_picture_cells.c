/* import_picture_cells.c - what the cells of pictures name: addresses, files of the ZIP, or neither; and the
 * words that stand beside them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

/* Bytes of new names that a change shows. */
#define PICTURES_SHOWN 2000

/* A cell that is read. */
struct reading {
    struct import_run *run;
    struct import_group *group;
    const struct import_line *line;
    enum import_meaning meaning; /* of the cell */
    const char **words;          /* of the row's pictures, a line each */
    size_t word_count;
    size_t at; /* pictures of the row so far */
};

/* The words of the next picture: NULL when the row does not say any. */
static const char *next_words(struct reading *reading)
{
    size_t at = reading->at++;
    const char *words = at < reading->word_count ? reading->words[at] : NULL;
    return words && text_is(words, IMPORT_CLEAR) ? "" : words;
}

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
                            import_header_of(reading->run, reading->meaning), "too-many", word, "",
                            "a product has at most 50 pictures");
    return false;
}

static void add_address(struct reading *reading, const char *address)
{
    struct import_group *group = reading->group;
    const char *alt = next_words(reading);
    for (size_t i = 0; i < group->picture_count; i++)
        if (text_is(group->pictures[i], address))
            return;
    if (!has_room(reading, address))
        return;
    group->picture_alts[group->picture_count] = alt;
    group->pictures[group->picture_count++] = address;
}

static void add_file(struct reading *reading, const struct package_file *file)
{
    struct import_group *group = reading->group;
    const char *alt = next_words(reading);
    for (size_t i = 0; i < group->file_count; i++)
        if (group->files[i].file == file)
            return;
    if (has_room(reading, file->name))
        group->files[group->file_count++] = (struct import_picture){file, reading->line->number, alt};
}

static void add_wording(struct import_group *group, const char *picture_id, const char *alt, int64_t line)
{
    if (alt && picture_id && group->wording_count < PRODUCT_PICTURE_LIMIT)
        group->wordings[group->wording_count++] =
            (struct import_wording){.line = line, .picture_id = picture_id, .alt = alt};
}

static void warn_missing(struct reading *reading, const char *word)
{
    import_warn(reading->run, reading->line->number, import_header_of(reading->run, reading->meaning),
                "picture-missing", word,
                reading->run->files ? "the ZIP holds no such file; the rest of the row goes in"
                                    : "no address, and the table came without a ZIP of pictures");
}

static const struct package_file *file_of(struct reading *reading, const char *word)
{
    const struct package_index *files = reading->run->files;
    return files && !is_address(word) ? import_package_find(&reading->run->work, files, word) : NULL;
}

static void take_word(struct reading *reading, const char *word)
{
    const struct package_file *file = file_of(reading, word);
    if (file) {
        add_file(reading, file);
        return;
    }
    const char *alt = next_words(reading);
    if (is_media_id(word)) /* an export writes ids of pictures that the product shows already */
        add_wording(reading->group, word, alt, reading->line->number);
    else
        warn_missing(reading, word);
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

/* Taobao gives a picture twice: "NAME:1:0:|https://…", those of a value "NAME:2:0:1627207:28341|https://…".
 */
static bool is_pair(const char *const *parts, size_t count)
{
    return count == 2 && !is_address(parts[0]) && strchr(parts[0], ':') && is_address(parts[1]);
}

/* The file goes before its address. */
static bool take_pair(struct reading *reading, const char *const *parts, size_t count)
{
    if (!is_pair(parts, count))
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

static void read_words(struct reading *reading)
{
    static const char *const breaks[] = {"\r", "\n", NULL};
    const char *cell = reading->line->cells[MEANING_PICTURE_ALT];
    struct ctx *ctx = &reading->run->work;
    if (!cell)
        return;
    if (!cell[0]) /* <clear> alone */
        cell = IMPORT_CLEAR;
    reading->words = import_split(ctx, cell, breaks, &reading->word_count);
    for (size_t i = 0; i < reading->word_count; i++)
        if (utf8_length(reading->words[i], strlen(reading->words[i])) > PICTURE_ALT_LIMIT) {
            import_group_refuse(reading->run, reading->group, reading->line,
                                import_header_of(reading->run, MEANING_PICTURE_ALT), "too-long",
                                reading->words[i], "200", "at most 200 characters for each picture");
            return;
        }
}

void import_take_pictures(struct import_run *run, struct import_group *group)
{
    struct arena *arena = run->work.arena;
    if (!run->columns.of[MEANING_PICTURES] && !run->columns.of[MEANING_VARIANT_PICTURE])
        return;
    group->pictures = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->pictures);
    group->picture_alts = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->picture_alts);
    group->files = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->files);
    group->wordings = arena_alloc_many(arena, PRODUCT_PICTURE_LIMIT, sizeof *group->wordings);
    for (size_t i = 0; i < group->count; i++) {
        struct reading reading = {
            .run = run, .group = group, .line = group->lines[i], .meaning = MEANING_PICTURES};
        read_words(&reading);
        if (group->lines[i]->cells[MEANING_PICTURES])
            take_cell(&reading, group->lines[i]->cells[MEANING_PICTURES]);
    }
}

/* ---- of a variant ---- */

/* An address or a file is a picture of the product as well. */
static void read_look(struct reading *reading, const char *cell, struct import_look *look)
{
    static const char *const bars[] = {"|", NULL};
    size_t count;
    const char **parts = import_split(&reading->run->work, cell, bars, &count);
    const char *word = count > 0 ? parts[0] : cell;
    look->file = file_of(reading, word);
    if (!look->file && is_pair(parts, count))
        word = parts[1];
    if (look->file) {
        add_file(reading, look->file);
    } else if (is_address(word)) {
        look->address = word;
        add_address(reading, word);
    } else if (is_media_id(word)) {
        look->picture_id = word;
    } else {
        warn_missing(reading, word);
        look->picture_id = look->before;
    }
}

void import_take_look(struct import_run *run, struct import_group *group, const struct import_line *line,
                      size_t index, const char *of, const char *before)
{
    const char *cell = line->cells[MEANING_VARIANT_PICTURE];
    struct reading reading = {.run = run, .group = group, .line = line, .meaning = MEANING_VARIANT_PICTURE};
    struct import_look look = {.variant = index, .line = line->number, .of = of, .before = before};
    if (!cell || !group->pictures)
        return;
    if (!cell[0])
        look.picture_id = "";
    else
        read_look(&reading, cell, &look);
    if (!group->looks)
        group->looks = arena_alloc_many(run->work.arena, group->count, sizeof *group->looks);
    if (!look.picture_id || !text_is(look.picture_id, before))
        group->looks[group->look_count++] = look;
}

/* ---- which of them are new ---- */

static void add_name(struct text_buf *names, const char *name)
{
    if (names->len + strlen(name) + 1 < PICTURES_SHOWN)
        text_add_format(names, "%s%s", names->len > 0 ? " " : "", name);
}

/* What the addresses of pictures that are there mean: their words may be new, and variants get them at once.
 */
static void take_known(struct import_group *group, const struct picture_wish *wishes)
{
    for (size_t i = 0; i < group->picture_count; i++) {
        add_wording(group, wishes[i].picture_id, group->picture_alts[i], group->lines[0]->number);
        for (size_t j = 0; wishes[i].picture_id && j < group->look_count; j++)
            if (group->looks[j].address && text_is(group->looks[j].address, group->pictures[i]))
                group->looks[j].picture_id = wishes[i].picture_id;
    }
}

/* Pictures that nobody gave the product before are a change of it. */
static void take_new_pictures(struct import_run *run, struct import_group *group,
                              const struct picture_wish *wishes)
{
    struct text_buf fresh;
    take_known(group, wishes);
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
