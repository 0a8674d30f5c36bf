/* import_note.c - what is found wrong, and what was seen before. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/crypto.h"
#include <stdlib.h>

/* Characters of a cell that a problem repeats. */
#define SHOWN 40
#define SEEN_SLOTS 1024

static const char *shown(struct arena *arena, const char *text)
{
    if (!text)
        return "";
    size_t length = strlen(text), kept = utf8_prefix(text, length, SHOWN);
    return kept == length ? arena_copy_text(arena, text) : arena_format(arena, "%.*s…", (int)kept, text);
}

static struct import_problem problem_in(struct arena *arena, const struct import_problem *problem)
{
    return (struct import_problem){.line = problem->line,
                                   .column = arena_copy_text(arena, problem->column ? problem->column : ""),
                                   .code = arena_copy_text(arena, problem->code),
                                   .value = shown(arena, problem->value),
                                   .fix = arena_copy_text(arena, problem->fix ? problem->fix : ""),
                                   .message = arena_copy_text(arena, problem->message),
                                   .is_warning = problem->is_warning};
}

static void note(struct import_run *run, const struct import_problem *problem)
{
    if (run->fresh_count == run->fresh_capacity) {
        size_t capacity = run->fresh_capacity ? 2 * run->fresh_capacity : 16;
        run->fresh = arena_grow(run->work.arena, run->fresh, run->fresh_capacity * sizeof *run->fresh,
                                capacity * sizeof *run->fresh);
        run->fresh_capacity = capacity;
    }
    run->fresh[run->fresh_count++] = problem_in(run->work.arena, problem);
}

void import_note(struct import_run *run, int64_t line, const char *column, const char *code,
                 const char *value, const char *fix, const char *message)
{
    note(run, &(struct import_problem){line, column, code, value, fix, message, false});
}

void import_warn(struct import_run *run, int64_t line, const char *column, const char *code,
                 const char *value, const char *message)
{
    note(run, &(struct import_problem){line, column, code, value, "", message, true});
}

bool import_has_errors(const struct import_run *run)
{
    for (size_t i = 0; i < run->fresh_count; i++)
        if (!run->fresh[i].is_warning)
            return true;
    return false;
}

void import_notes_keep(struct import_run *run)
{
    struct import_report *report = run->report;
    if (!report->problems)
        report->problems = arena_alloc_many(run->ctx->arena, IMPORT_PROBLEM_LIMIT, sizeof *report->problems);
    for (size_t i = 0; i < run->fresh_count; i++) {
        if (report->problem_count == IMPORT_PROBLEM_LIMIT)
            report->problems_left_out++;
        else
            report->problems[report->problem_count++] = problem_in(run->ctx->arena, &run->fresh[i]);
    }
}

const char *import_header_of(const struct import_run *run, enum import_meaning meaning)
{
    const struct import_column *column = meaning < MEANING_CELLS ? run->columns.of[meaning] : NULL;
    return column ? column->header : import_meaning_key(meaning);
}

static int compare_problems(const void *a, const void *b)
{
    const struct import_problem *left = a;
    const struct import_problem *right = b;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return strcmp(left->column, right->column);
}

void import_notes_sort(struct import_report *report)
{
    if (report->problem_count > 0)
        qsort(report->problems, report->problem_count, sizeof *report->problems, compare_problems);
}

/* ---- words seen ---- */

static struct import_seen_slot *find_slot(const struct import_seen *seen, uint64_t hash)
{
    size_t at = hash & (seen->size - 1);
    while (seen->slots[at].hash != 0 && seen->slots[at].hash != hash)
        at = (at + 1) & (seen->size - 1);
    return &seen->slots[at];
}

static void grow(struct ctx *ctx, struct import_seen *seen)
{
    struct import_seen wider = {.size = seen->size ? 2 * seen->size : SEEN_SLOTS, .count = seen->count};
    wider.slots = arena_alloc_many(ctx->arena, wider.size, sizeof *wider.slots);
    for (size_t i = 0; i < seen->size; i++)
        if (seen->slots[i].hash != 0)
            *find_slot(&wider, seen->slots[i].hash) = seen->slots[i];
    *seen = wider;
}

int64_t import_see(struct import_run *run, const char *kind, const char *word, int64_t line)
{
    const char *text = arena_format(run->work.arena, "%s\n%s", kind, word);
    unsigned char bytes[CRYPTO_HASH_BYTES];
    uint64_t hash;
    crypto_sha256(text, strlen(text), bytes);
    memcpy(&hash, bytes, sizeof hash);
    hash += hash == 0;
    if (2 * run->seen.count >= run->seen.size)
        grow(run->ctx, &run->seen);
    struct import_seen_slot *slot = find_slot(&run->seen, hash);
    if (slot->hash == hash)
        return slot->line;
    *slot = (struct import_seen_slot){hash, line};
    run->seen.count++;
    return 0;
}
