/* transfer_import.c - products of a file at once, for the command line: the same run as in the back office,
 * with the columns as their names say. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

static const char *shown(struct ctx *ctx, const char *header)
{
    size_t length = strlen(header), kept = utf8_prefix(header, length, 40);
    if (length == 0)
        return "(without a name)";
    return kept == length ? header : arena_format(ctx->arena, "%.*s…", (int)kept, header);
}

static err need_column(struct import_run *run, enum import_meaning meaning, const char *name)
{
    if (run->columns.of[meaning])
        return NULL;
    return fail_field(run->ctx, name, "required",
                      arena_format(run->ctx->arena, "the first line names no column \"%s\"", name));
}

/* What tells products apart, and what a new one needs when the file may hold some. */
static err check_columns(struct import_run *run)
{
    static const enum import_meaning keys[] = {[IMPORT_BY_BARCODE] = MEANING_BARCODE,
                                               [IMPORT_BY_HANDLE] = MEANING_HANDLE,
                                               [IMPORT_BY_EXTERNAL_ID] = MEANING_EXTERNAL_ID};
    static const struct {
        enum import_meaning meaning;
        const char *name;
    } needed[] = {{MEANING_TITLE, "name"}, {MEANING_CATEGORY, "category"}, {MEANING_PRICE, "price"}};
    struct import_report *report = run->report;
    report->ignored = arena_alloc_many(run->ctx->arena, run->columns.count + 1, sizeof *report->ignored);
    for (size_t i = 0; i < run->columns.count; i++)
        if (run->columns.items[i].meaning == MEANING_NONE)
            report->ignored[report->ignored_count++] = shown(run->ctx, run->columns.items[i].header);
    if (run->choices->match != IMPORT_BY_SKU)
        return need_column(run, keys[run->choices->match], import_match_names[run->choices->match - 1]);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        TRY(need_column(run, needed[i].meaning, needed[i].name));
    return NULL;
}

err transfer_import_file(struct ctx *ctx, const char *path, enum import_match match, bool is_dry,
                         struct import_report *report)
{
    const struct import_choices choices = {
        .match = match, .status = PRODUCT_ACTIVE, .default_stock = IMPORT_DEFAULT_STOCK};
    const char *name = strrchr(path, '/');
    struct import_run *run = arena_alloc(ctx->arena, sizeof *run);
    *report = (struct import_report){0};
    *run = (struct import_run){.ctx = ctx,
                               .name = name ? name + 1 : path,
                               .check_columns = check_columns,
                               .act_id = id_new(ctx),
                               .is_dry = is_dry,
                               .counts_stock = true,
                               .choices = &choices,
                               .report = report};
    return import_run_file(run, path);
}
