/* transfer_import.c - the way of a product file into the shop: rows, batches of rows.
 *
 * What belongs to one batch lives in an arena of its own, so that memory does not grow with the file; only
 * the report, the categories and one slot for each SKU seen stay. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer.h"

#include "base/crypto.h"
#include "shop/transfer/transfer_row.h"
#include <inttypes.h>

#define SEEN_SLOTS 1024

/* A SKU of this file, by the first bytes of its hash, and where it stood. */
struct seen_slot {
    uint64_t hash; /* 0 = free */
    int64_t line;
};

struct seen {
    struct seen_slot *slots;
    size_t size; /* a power of two */
    size_t count;
};

struct import {
    struct ctx *ctx;
    struct ctx work; /* the same with the arena of the batch */
    struct sheet_reader *reader;
    struct import_header header;
    struct import_notes notes;
    struct seen seen;
    struct category *categories;
    size_t category_count;
    struct import_row rows[IMPORT_BATCH_ROWS];
    size_t row_count;
};

/* ---- SKUs seen ---- */

static struct seen_slot *find_slot(const struct seen *seen, uint64_t hash)
{
    size_t at = hash & (seen->size - 1);
    while (seen->slots[at].hash != 0 && seen->slots[at].hash != hash)
        at = (at + 1) & (seen->size - 1);
    return &seen->slots[at];
}

static void grow_seen(struct ctx *ctx, struct seen *seen)
{
    struct seen wider = {.size = seen->size ? 2 * seen->size : SEEN_SLOTS, .count = seen->count};
    wider.slots = arena_alloc_many(ctx->arena, wider.size, sizeof *wider.slots);
    for (size_t i = 0; i < seen->size; i++)
        if (seen->slots[i].hash != 0)
            *find_slot(&wider, seen->slots[i].hash) = seen->slots[i];
    *seen = wider;
}

/* Remembers a SKU; returns the line where it stood before, or 0. */
static int64_t see(struct import *import, const char *sku, int64_t line)
{
    unsigned char bytes[CRYPTO_HASH_BYTES];
    uint64_t hash;
    crypto_sha256(sku, strlen(sku), bytes);
    memcpy(&hash, bytes, sizeof hash);
    hash += hash == 0;
    if (2 * import->seen.count >= import->seen.size)
        grow_seen(import->ctx, &import->seen);
    struct seen_slot *slot = find_slot(&import->seen, hash);
    if (slot->hash == hash)
        return slot->line;
    *slot = (struct seen_slot){hash, line};
    import->seen.count++;
    return 0;
}

/* ---- categories ---- */

static const struct category *find_category(const struct import *import, const char *name)
{
    for (size_t i = 0; i < import->category_count; i++) {
        const struct category *category = &import->categories[i];
        if (text_is(category->name, name) || text_is(category->name_en, name) ||
            text_is(category->handle, name))
            return category;
    }
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
static err category_handle(struct ctx *ctx, const char *name, const char **handle)
{
    unsigned char hash[CRYPTO_HASH_BYTES];
    uint32_t number;
    crypto_sha256(name, strlen(name), hash);
    memcpy(&number, hash, sizeof number);
    const char *base = is_ascii(name) ? product_handle_from(ctx, name)
                                      : arena_format(ctx->arena, "c%08u", number % 100000000);
    const struct category *other;
    *handle = base;
    for (int i = 2;; i++) {
        TRY(category_find_by_handle(ctx, *handle, &other));
        if (!other)
            return NULL;
        *handle = arena_format(ctx->arena, "%s-%d", base, i);
    }
}

static err create_category(struct import *import, const char *name)
{
    struct ctx *ctx = import->ctx;
    struct category category = {.name = arena_copy_text(ctx->arena, name), .name_en = ""};
    for (size_t i = 0; i < import->category_count; i++)
        if (import->categories[i].position >= category.position)
            category.position = import->categories[i].position + 1;
    TRY(category_handle(ctx, name, &category.handle));
    TRY(category_create(ctx, &category));
    import->categories[import->category_count++] = category;
    import->notes.report->categories++;
    return NULL;
}

/* Finds or creates the category of a row; *is_fine is false when the shop has too many. */
static err settle_category(struct import *import, struct import_row *row, bool *is_fine)
{
    *is_fine = true;
    if (!row->category)
        return NULL;
    const struct category *category = find_category(import, row->category);
    if (!category && import->category_count == CATEGORY_LIMIT) {
        import_note(&import->notes, row->line, import->header.names[COLUMN_CATEGORY], "too-many",
                    "the shop has 500 categories; use one of them");
        *is_fine = false;
        return NULL;
    }
    if (!category)
        TRY(create_category(import, row->category));
    row->category_id = find_category(import, row->category)->id;
    return NULL;
}

static err load_categories(struct import *import)
{
    struct category *listed;
    TRY(category_list(import->ctx, &listed, &import->category_count));
    import->categories = arena_alloc_many(import->ctx->arena, CATEGORY_LIMIT, sizeof *import->categories);
    memcpy(import->categories, listed, import->category_count * sizeof *listed);
    return NULL;
}

/* ---- batches ---- */

struct batch {
    struct import_row *rows;
    size_t count;
};

static err take_rows(struct ctx *ctx, void *arg)
{
    const struct batch *batch = arg;
    for (size_t i = 0; i < batch->count; i++)
        TRY(import_row_apply(ctx, &batch->rows[i]));
    return NULL;
}

/* A failure outlives the batch in whose arena it was made. */
static err keep_failure(struct import *import, err failure)
{
    const char *detail = failure->problems ? failure->problems->message : failure->detail;
    return error_make(import->ctx->arena, failure->code, failure->file, failure->line, "%s", detail);
}

/* Each row alone: one that fails for a reason of its own is refused, and only a failing database is the end.
 */
static err take_one_by_one(struct import *import)
{
    for (size_t i = 0; i < import->row_count; i++) {
        struct import_row *row = &import->rows[i];
        struct batch single = {row, 1};
        err failure = db_transact(&import->work, take_rows, &single);
        if (!failure)
            continue;
        if (error_kind(failure->code)->status >= 500)
            return keep_failure(import, failure);
        const struct field_problem *problem = failure->problems;
        row->outcome = ROW_REFUSED;
        row->problem = (struct import_problem){row->line, problem ? problem->field : "",
                                               problem ? problem->code : error_kind(failure->code)->slug,
                                               problem ? problem->message : failure->detail};
    }
    return NULL;
}

static void count_row(struct import *import, const struct import_row *row)
{
    struct import_report *report = import->notes.report;
    report->rows++;
    report->taken += row->outcome == ROW_TAKEN;
    report->updated += row->outcome == ROW_UPDATED;
    report->unchanged += row->outcome == ROW_UNCHANGED;
    report->refused += row->outcome == ROW_REFUSED;
    if (row->outcome == ROW_REFUSED)
        import_note(&import->notes, row->line, row->problem.column, row->problem.code, row->problem.message);
}

static err finish_batch(struct import *import)
{
    struct batch batch = {import->rows, import->row_count};
    if (batch.count == 0)
        return NULL;
    err failure = db_transact(&import->work, take_rows, &batch);
    if (failure)
        TRY(take_one_by_one(import));
    for (size_t i = 0; i < batch.count; i++)
        count_row(import, &import->rows[i]);
    import->row_count = 0;
    return NULL;
}

/* ---- the file ---- */

static err next_row(struct import *import, struct sheet_row *row, enum sheet_outcome *outcome)
{
    err failure = sheet_next(&import->work, import->reader, row, outcome);
    return failure ? keep_failure(import, failure) : NULL;
}

static void refuse_row(struct import *import)
{
    import->notes.report->rows++;
    import->notes.report->refused++;
}

static void refuse_record(struct import *import)
{
    const struct sheet_problem *problem = sheet_problem(import->reader);
    refuse_row(import);
    import->notes.report->is_cut = problem->is_end;
    import_note(&import->notes, problem->number, "", problem->code,
                arena_format(import->work.arena, "%s: %s%s", problem->place, problem->message,
                             problem->is_end ? "; nothing after it was read" : ""));
}

static err take_record(struct import *import, const struct sheet_row *record)
{
    struct import_row *row = &import->rows[import->row_count];
    bool is_fine;
    if (import_row_is_blank(record))
        return NULL;
    if (!import_row_read(&import->work, &import->header, record, row, &import->notes)) {
        refuse_row(import);
        return NULL;
    }
    int64_t first = see(import, row->sku, row->line);
    if (first > 0) {
        const char *by_sku = import->header.names[COLUMN_SKU];
        refuse_row(import);
        import_note(
            &import->notes, row->line, by_sku ? by_sku : import->header.names[COLUMN_TITLE], "duplicate",
            arena_format(import->work.arena,
                         "the same product stands in line %" PRId64 "; take one out, or give each its SKU",
                         first));
        return NULL;
    }
    TRY(settle_category(import, row, &is_fine));
    if (is_fine)
        import->row_count++;
    else
        refuse_row(import);
    return NULL;
}

static err read_header(struct import *import)
{
    struct sheet_row record;
    enum sheet_outcome outcome;
    TRY(next_row(import, &record, &outcome));
    if (outcome == SHEET_PROBLEM)
        return fail_with(import->ctx, ERR_INVALID, "line %" PRId64 ", %s: %s",
                         sheet_problem(import->reader)->number, sheet_problem(import->reader)->place,
                         sheet_problem(import->reader)->message);
    if (outcome == SHEET_END)
        return fail_with(import->ctx, ERR_INVALID, "the file is empty");
    return import_header_read(import->ctx, &record, &import->header, &import->notes);
}

static err read_rows(struct import *import)
{
    struct sheet_row record;
    enum sheet_outcome outcome;
    for (;;) {
        TRY(next_row(import, &record, &outcome));
        if (outcome == SHEET_END)
            return finish_batch(import);
        if (import->notes.report->rows + (int64_t)import->row_count >= IMPORT_ROW_LIMIT)
            return fail_with(import->ctx, ERR_LIMIT, "the file has more than %d rows; split it",
                             IMPORT_ROW_LIMIT);
        if (outcome == SHEET_PROBLEM)
            refuse_record(import);
        else
            TRY(take_record(import, &record));
        if (import->row_count < IMPORT_BATCH_ROWS && arena_used(import->work.arena) < ARENA_LIMIT / 4)
            continue;
        TRY(finish_batch(import));
        arena_reset(import->work.arena);
    }
}

static err import_file(struct import *import)
{
    TRY(read_header(import));
    TRY(load_categories(import));
    return read_rows(import);
}

err transfer_import_csv(struct ctx *ctx, const char *path, struct import_report *report)
{
    *report = (struct import_report){0};
    struct sheet_reader *reader;
    TRY(sheet_open(ctx, path, &reader));
    struct import *import = arena_alloc(ctx->arena, sizeof *import);
    import->ctx = ctx;
    import->work = *ctx;
    import->work.arena = arena_open(ARENA_LIMIT);
    import->reader = reader;
    import->notes = (struct import_notes){.arena = ctx->arena, .report = report};
    err failure = import_file(import);
    arena_close(import->work.arena);
    sheet_close(reader);
    import_notes_sort(report);
    return failure;
}
