/* import_run.c - the way through a file: rows, the products they belong to, batches.
 *
 * What belongs to one batch lives in an arena of its own, so that memory does not grow with the file; only
 * the report, the categories and one slot for each SKU and handle seen stay. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include <inttypes.h>

/* Rows of one product, and pointers to them in a batch: as many as a product may have variants, and the rows
 * before them. */
#define LINE_ROOM (PRODUCT_VARIANT_LIMIT + IMPORT_BATCH_ROWS + 1)
/* Bytes of a batch after which it is finished early. */
#define BATCH_BYTES ((size_t)16 << 20)

/* ---- rows of one product ---- */

static bool tells_option(const struct import_line *line)
{
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++)
        if (line->options[i])
            return true;
    return false;
}

/* Whether a row goes on with the product of the rows before: the same handle or name and another choice, or
 * no name of its own. */
static bool belongs(const struct import_group *group, const struct import_line *line)
{
    const struct import_line *first = group->lines[0];
    const char *handle = line->cells[MEANING_HANDLE], *title = line->cells[MEANING_TITLE];
    const char *own_handle = first->cells[MEANING_HANDLE], *own_title = first->cells[MEANING_TITLE];
    bool is_same_title = !title || (own_title && text_is(title, own_title));
    if (group->count >= PRODUCT_VARIANT_LIMIT || !is_same_title)
        return false;
    if (handle)
        return own_handle && text_is(handle, own_handle) && (!title || tells_option(line));
    return tells_option(line) && (title || !line->cells[MEANING_SKU] || own_title);
}

static struct import_line *copy_line(struct import_run *run, const struct import_line *line)
{
    struct arena *arena = run->work.arena;
    struct import_line *copy = arena_alloc(arena, sizeof *copy);
    *copy = *line;
    for (size_t i = 0; i < MEANING_CELLS; i++)
        copy->cells[i] = arena_copy_text(arena, line->cells[i]);
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++) {
        copy->options[i] = arena_copy_text(arena, line->options[i]);
        copy->option_names[i] = arena_copy_text(arena, line->option_names[i]);
    }
    copy->attributes = arena_alloc_many(arena, run->columns.attribute_count + 1, sizeof *copy->attributes);
    for (size_t i = 0; i < run->columns.attribute_count; i++)
        copy->attributes[i] = arena_copy_text(arena, line->attributes[i]);
    return copy;
}

/* ---- a group is whole ---- */

static const char *choice_of(struct import_run *run, const struct import_line *line)
{
    const char *choice = "";
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++)
        if (line->options[i])
            choice =
                arena_format(run->work.arena, "%s%s%s", choice, choice[0] ? " / " : "", line->options[i]);
    return choice;
}

static void check_sku(struct import_run *run, struct import_line *line)
{
    const char *sku = line->is_bad ? NULL : line->cells[MEANING_SKU];
    int64_t first = sku && sku[0] ? import_see(run, "sku", sku, line->number) : 0;
    if (first == 0)
        return;
    import_note(
        run, line->number, import_header_of(run, run->columns.of[MEANING_SKU] ? MEANING_SKU : MEANING_TITLE),
        "duplicate", line->cells[MEANING_SKU], "",
        arena_format(run->work.arena,
                     "the same product stands in line %" PRId64 "; take one out, or give each its SKU",
                     first));
    line->is_bad = true;
}

static void check_handle(struct import_run *run, const struct import_group *group)
{
    struct import_line *line = group->lines[0];
    const char *handle = line->cells[MEANING_HANDLE];
    int64_t first =
        handle && handle[0] && !line->is_bad ? import_see(run, "handle", handle, line->number) : 0;
    if (first == 0)
        return;
    import_note(run, line->number, import_header_of(run, MEANING_HANDLE), "duplicate", handle, "",
                arena_format(run->work.arena,
                             "line %" PRId64 " has the same handle; rows of one product stand together and"
                             " tell their options",
                             first));
    line->is_bad = true;
}

static const char *product_cell(const struct import_group *group, enum import_meaning meaning)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->lines[i]->cells[meaning])
            return group->lines[i]->cells[meaning];
    return NULL;
}

/* Rows without a SKU get one made of what people know a product by: the same in every file. */
static void close_group(struct import_run *run)
{
    struct import_group *group = run->group_count > 0 ? run->groups[run->group_count - 1] : NULL;
    if (!group || group->is_closed)
        return;
    group->is_closed = true;
    const char *title = product_cell(group, MEANING_TITLE), *brand = product_cell(group, MEANING_BRAND);
    for (size_t i = 0; i < group->count; i++) {
        struct import_line *line = group->lines[i];
        bool is_empty = i > 0 && !tells_option(line) && !line->cells[MEANING_PRICE];
        if (!line->cells[MEANING_SKU] && title && run->choices->match == IMPORT_BY_SKU && !line->is_bad &&
            !is_empty)
            line->cells[MEANING_SKU] = import_derived_sku(&run->work, title, brand, choice_of(run, line));
        check_sku(run, line);
    }
    check_handle(run, group);
}

/* ---- batches ---- */

static void begin_batch(struct import_run *run)
{
    struct arena *arena = run->work.arena;
    run->lines = arena_alloc_many(arena, LINE_ROOM, sizeof *run->lines);
    run->groups = arena_alloc_many(arena, LINE_ROOM, sizeof *run->groups);
    run->line_count = run->group_count = 0;
    run->fresh = NULL;
    run->fresh_count = run->fresh_capacity = 0;
}

static err finish_batch(struct import_run *run)
{
    int64_t done, total;
    close_group(run);
    if (run->line_count == 0 && run->fresh_count == 0)
        return NULL;
    int64_t position = run->last_line;
    sheet_progress(run->reader, &done, &total);
    run->progress = total > 0 ? done * 100 / total : 0;
    run->progress = run->progress > 99 ? 99 : run->progress;
    return import_batch_finish(run, position);
}

static void add_line(struct import_run *run, struct import_line *line)
{
    struct import_group *group = run->group_count > 0 ? run->groups[run->group_count - 1] : NULL;
    run->last_line = line->number;
    run->lines[run->line_count] = line;
    if (group && !group->is_closed && belongs(group, line)) {
        group->count++; /* its lines stand one behind the other in run->lines */
    } else {
        close_group(run);
        group = arena_alloc(run->work.arena, sizeof *group);
        *group = (struct import_group){.lines = &run->lines[run->line_count], .count = 1};
        run->groups[run->group_count++] = group;
    }
    run->line_count++;
}

/* The line that begins the next batch was read in the arena of this one. */
static err next_batch(struct import_run *run, struct import_line **line)
{
    struct arena *former = run->work.arena;
    TRY(finish_batch(run));
    run->work.arena = run->spare;
    run->spare = former;
    if (*line)
        *line = copy_line(run, *line);
    arena_reset(former);
    begin_batch(run);
    return NULL;
}

static bool is_full(const struct import_run *run)
{
    return run->line_count >= run->batch_rows || arena_used(run->work.arena) > BATCH_BYTES;
}

static err take_line(struct import_run *run, struct import_line *line)
{
    const struct import_group *group = run->group_count > 0 ? run->groups[run->group_count - 1] : NULL;
    bool spreads = line->cells[MEANING_SKU_PROPS] && line->cells[MEANING_SKU_PROPS][0];
    struct import_line **lines;
    size_t count;
    if (group && is_full(run) && (spreads || !belongs(group, line)))
        TRY(next_batch(run, &line));
    if (spreads) /* a whole product, whatever it is called */
        close_group(run);
    import_line_spread(run, line, &lines, &count);
    for (size_t i = 0; i < count; i++)
        add_line(run, lines[i]);
    return NULL;
}

/* ---- the file ---- */

static void count_refused(struct import_run *run)
{
    run->report->rows++;
    run->report->refused++;
    run->report->products[IMPORT_REFUSED]++;
}

static void refuse_record(struct import_run *run)
{
    const struct sheet_problem *problem = sheet_problem(run->reader);
    if (problem->number <= run->resumed_at)
        return;
    count_refused(run);
    run->report->is_cut = problem->is_end;
    run->last_line = problem->number > run->last_line ? problem->number : run->last_line;
    import_note(run, problem->number, "", problem->code, "", "",
                arena_format(run->work.arena, "%s: %s%s", problem->place, problem->message,
                             problem->is_end ? "; nothing after it was read" : ""));
}

/* Rows that an earlier run did are only remembered: what they said counts for those that follow. */
static void pass_line(struct import_run *run, const struct sheet_row *row)
{
    struct import_line line;
    size_t noted = run->fresh_count;
    if (import_line_read(run, row, &line)) {
        struct import_line **lines;
        size_t count;
        import_line_spread(run, &line, &lines, &count);
        for (size_t i = 0; i < count; i++)
            if (lines[i]->cells[MEANING_SKU])
                import_see(run, "sku", lines[i]->cells[MEANING_SKU], line.number);
        if (line.cells[MEANING_HANDLE])
            import_see(run, "handle", line.cells[MEANING_HANDLE], line.number);
    }
    run->fresh_count = noted;
    if (arena_used(run->work.arena) > BATCH_BYTES) {
        arena_reset(run->work.arena);
        begin_batch(run);
    }
}

static err take_row(struct import_run *run, const struct sheet_row *row)
{
    struct import_line *line = arena_alloc(run->work.arena, sizeof *line);
    if (row->number <= run->resumed_at) {
        pass_line(run, row);
        return NULL;
    }
    if (import_line_read(run, row, line))
        return take_line(run, line);
    count_refused(run);
    run->last_line = row->number;
    return NULL;
}

static err read_rows(struct import_run *run)
{
    struct sheet_row row;
    enum sheet_outcome outcome;
    struct import_line *none = NULL;
    for (int64_t rows = 0; !run->is_stopped; rows++) {
        err failure = import_file_next(&run->work, run->reader, &run->columns, &row, &outcome);
        if (failure)
            return error_make(run->ctx->arena, failure->code, failure->file, failure->line, "%s",
                              failure->detail);
        if (outcome == SHEET_END)
            return next_batch(run, &none);
        if (rows >= IMPORT_ROW_LIMIT)
            return fail_with(run->ctx, ERR_LIMIT, "the file has more than %d rows; split it",
                             IMPORT_ROW_LIMIT);
        if (outcome == SHEET_PROBLEM)
            refuse_record(run);
        else
            TRY(take_row(run, &row));
    }
    return NULL;
}

/* What the choices say of the columns, in place of the guesses. */
static err take_columns(struct import_run *run)
{
    const struct import_choices *choices = run->choices;
    for (size_t i = 0; i < run->columns.count && choices->columns; i++) {
        struct import_column *column = &run->columns.items[i];
        column->meaning = MEANING_NONE;
        if (i < choices->column_count && !import_column_of_key(choices->columns[i], column))
            column->meaning = MEANING_NONE;
    }
    return import_columns_settle(run->ctx, &run->columns);
}

err import_run_file(struct import_run *run, const char *path)
{
    run->work = *run->ctx;
    run->work.arena = arena_open(ARENA_LIMIT);
    run->spare = arena_open(ARENA_LIMIT);
    run->resumed_at = run->position;
    run->batch_rows = IMPORT_BATCH_ROWS;
    err failure = attribute_list(run->ctx, &run->attributes, &run->attribute_count);
    if (!failure)
        failure = import_file_open(run->ctx, path, run->attributes, run->attribute_count, &run->reader,
                                   &run->columns);
    if (!failure)
        failure = take_columns(run);
    if (!failure && run->check_columns)
        failure = run->check_columns(run);
    if (!failure)
        failure = import_categories_load(run);
    begin_batch(run);
    if (!failure)
        failure = read_rows(run);
    arena_close(run->work.arena);
    arena_close(run->spare);
    sheet_close(run->reader);
    import_notes_sort(run->report);
    return failure;
}
