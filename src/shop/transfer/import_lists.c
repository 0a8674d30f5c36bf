/* import_lists.c - cells that hold several things: tags, specs, answers to attributes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include <stdlib.h>

#define JOINED_LIMIT 131072

/* ---- lists ---- */

const char **import_split(struct ctx *ctx, const char *text, const char *const *gaps, size_t *count)
{
    const char **words = arena_alloc_many(ctx->arena, strlen(text) + 1, sizeof *words);
    *count = 0;
    while (*text) {
        size_t length = 0, gap = 0;
        while (text[length] && !gap) {
            for (size_t i = 0; gaps[i] && !gap; i++)
                gap = text_starts(text + length, gaps[i]) ? strlen(gaps[i]) : 0;
            length += gap == 0;
        }
        const char *word = text_trim(ctx->arena, arena_copy(ctx->arena, text, length));
        text += length + gap;
        if (word[0])
            words[(*count)++] = word;
    }
    return words;
}

static const char *const word_gaps[] = {",", "，", ";", "；", "|", "\n", NULL};

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static const char *joined(struct ctx *ctx, const char *const *words, size_t count)
{
    struct text_buf text;
    text_open(&text, ctx->arena, JOINED_LIMIT);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%s", i > 0 ? ", " : "", words[i]);
    return text_of(&text);
}

/* Sorted, each once. */
static size_t sort_words(const char **words, size_t count)
{
    size_t kept = 0;
    qsort(words, count, sizeof *words, by_text);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !text_is(words[kept - 1], words[i]))
            words[kept++] = words[i];
    return kept;
}

void import_take_tags(struct import_run *run, struct import_group *group)
{
    struct ctx *ctx = &run->work;
    const struct import_line *line = import_group_teller(run, group, MEANING_TAGS);
    const struct product_state *whole = group->whole;
    size_t count;
    if (!line)
        return;
    const char **tags = import_split(ctx, line->cells[MEANING_TAGS], word_gaps, &count);
    count = sort_words(tags, count);
    const char *after = joined(ctx, tags, count);
    const char **had = arena_alloc_many(ctx->arena, (whole ? whole->tag_count : 0) + 1, sizeof *had);
    for (size_t i = 0; whole && i < whole->tag_count; i++)
        had[i] = whole->tags[i];
    const char *before = joined(ctx, had, whole ? sort_words(had, whole->tag_count) : 0);
    if (text_is(before, after))
        return;
    import_group_change(run, group, MEANING_TAGS, "", before, after);
    group->draft.tags = tags;
    group->draft.tag_count = count;
}

static const char *specs_text(struct ctx *ctx, const struct value *specs)
{
    struct text_buf text;
    text_open(&text, ctx->arena, JOINED_LIMIT);
    for (size_t i = 0; i < value_count(specs); i++)
        text_add_format(&text, "%s%s: %s", i > 0 ? "\n" : "", value_find_text(value_at(specs, i), "name"),
                        value_find_text(value_at(specs, i), "value"));
    return text_of(&text);
}

static bool read_specs(struct ctx *ctx, const char *cell, struct value **specs)
{
    static const char *const gaps[] = {"\n", ";", "；", "|", NULL};
    size_t count;
    const char **parts = import_split(ctx, cell, gaps, &count);
    *specs = value_list(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        const char *ascii = strchr(parts[i], ':'), *wide = strstr(parts[i], "：");
        const char *colon = ascii && (!wide || ascii < wide) ? ascii : wide;
        if (!colon)
            return false;
        struct value *spec = value_add(ctx->arena, *specs, *value_object(ctx->arena));
        value_set_text(ctx->arena, spec, "name",
                       text_trim(ctx->arena, arena_copy(ctx->arena, parts[i], (size_t)(colon - parts[i]))));
        value_set_text(ctx->arena, spec, "value",
                       text_trim(ctx->arena, colon + (colon == wide ? strlen("：") : 1)));
    }
    return true;
}

void import_take_specs(struct import_run *run, struct import_group *group, const struct value **specs)
{
    struct ctx *ctx = &run->work;
    const struct import_line *line = import_group_teller(run, group, MEANING_SPECS);
    struct value *read;
    if (!line || text_is(specs_text(ctx, *specs), line->cells[MEANING_SPECS]))
        return;
    if (!read_specs(ctx, line->cells[MEANING_SPECS], &read)) {
        import_group_refuse_cell(run, group, line, MEANING_SPECS, "bad-specs",
                                 "write 名称: 值, each on a line of its own");
        return;
    }
    const char *before = specs_text(ctx, *specs), *after = specs_text(ctx, read);
    if (text_is(before, after))
        return;
    import_group_change(run, group, MEANING_SPECS, "", before, after);
    *specs = read;
}

/* ---- attributes ---- */

static const struct attribute *attribute_of(const struct import_run *run, int64_t attribute_id)
{
    for (size_t i = 0; i < run->attribute_count; i++)
        if (run->attributes[i].id == attribute_id)
            return &run->attributes[i];
    return NULL;
}

static const char *flag_of(const char *word)
{
    static const char *const yes[] = {"是", "yes", "true", "有", "1", NULL};
    static const char *const no[] = {"否", "no", "false", "无", "0", NULL};
    for (size_t i = 0; yes[i]; i++)
        if (text_is(yes[i], word))
            return "1";
    for (size_t i = 0; no[i]; i++)
        if (text_is(no[i], word))
            return "";
    return word;
}

/* The answers of a cell, sorted. */
static const char **answers_of(struct ctx *ctx, const struct attribute *attribute, const char *cell,
                               size_t *count)
{
    static const char *const none[] = {NULL};
    const char **answers =
        import_split(ctx, cell, attribute->kind == ATTRIBUTE_CHOICES ? word_gaps : none, count);
    if (attribute->kind == ATTRIBUTE_FLAG && *count > 0) {
        answers[0] = flag_of(answers[0]);
        *count = answers[0][0] != 0;
    }
    *count = sort_words(answers, *count);
    return answers;
}

/* The cell of an attribute's column that counts, or NULL. */
static const char *attribute_cell(const struct import_group *group, size_t at)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->lines[i]->attributes[at])
            return group->lines[i]->attributes[at];
    return NULL;
}

/* In place of what the draft answers so far. */
static void put_answers(struct import_run *run, struct product_draft *draft, int64_t attribute_id,
                        const char *const *answers, size_t count)
{
    struct attribute_value *values =
        arena_alloc_many(run->work.arena, draft->attribute_count + count + 1, sizeof *values);
    size_t kept = 0;
    for (size_t i = 0; i < draft->attribute_count; i++)
        if (draft->attributes[i].attribute_id != attribute_id)
            values[kept++] = draft->attributes[i];
    for (size_t i = 0; i < count; i++)
        values[kept++] = (struct attribute_value){attribute_id, answers[i]};
    draft->attributes = values;
    draft->attribute_count = kept;
}

static void take_attribute(struct import_run *run, struct import_group *group,
                           const struct attribute *attribute, const char *cell)
{
    struct ctx *ctx = &run->work;
    const struct product_state *whole = group->whole;
    size_t count, had = 0;
    const char **answers = answers_of(ctx, attribute, cell, &count);
    const char **before =
        arena_alloc_many(ctx->arena, (whole ? whole->attribute_count : 0) + 1, sizeof *before);
    for (size_t i = 0; whole && i < whole->attribute_count; i++)
        if (whole->attributes[i].attribute_id == attribute->id)
            before[had++] = whole->attributes[i].value;
    had = sort_words(before, had);
    const char *was = joined(ctx, before, had), *is = joined(ctx, answers, count);
    if (text_is(was, is))
        return;
    import_group_change(run, group, MEANING_ATTRIBUTE, attribute->name, was, is);
    if (whole && !group->draft.attributes) {
        group->draft.attributes = whole->attributes;
        group->draft.attribute_count = whole->attribute_count;
    }
    put_answers(run, &group->draft, attribute->id, answers, count);
}

void import_take_attributes(struct import_run *run, struct import_group *group)
{
    size_t at = 0;
    for (size_t i = 0; i < run->columns.count; i++) {
        if (run->columns.items[i].meaning != MEANING_ATTRIBUTE)
            continue;
        const struct attribute *attribute = attribute_of(run, run->columns.items[i].attribute_id);
        const char *cell = attribute_cell(group, at++);
        if (attribute && cell)
            take_attribute(run, group, attribute, cell);
    }
}
