/* redirect_paste.c - two columns that somebody pasted out of a file or a spreadsheet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/redirect/redirect.h"

#include "base/text.h"
#include "sheet/csv.h"
#include <strings.h>

static char delimiter_of(const char *text)
{
    size_t line = strcspn(text, "\r\n");
    if (memchr(text, '\t', line))
        return '\t';
    return memchr(text, ',', line) || !memchr(text, ';', line) ? ',' : ';';
}

/* An address begins with a slash or its protocol; the words above two columns do not. */
static bool is_head(struct ctx *ctx, const struct csv_record *record)
{
    const char *first = text_trim(ctx->arena, record->fields[0].text);
    return first[0] != '/' && strncasecmp(first, "http", 4) != 0;
}

static struct redirect_row row_of(struct ctx *ctx, const struct csv_record *record)
{
    struct redirect_row row = {.line = record->line, .source = text_trim(ctx->arena, record->fields[0].text)};
    row.target = record->count > 1 ? text_trim(ctx->arena, record->fields[1].text) : "";
    return row;
}

err redirect_read_paste(struct ctx *ctx, const char *text, struct redirect_row **rows, size_t *count)
{
    struct csv_reader reader;
    struct csv_record record;
    enum csv_outcome outcome;
    bool is_first = true;
    *rows = arena_alloc_many(ctx->arena, REDIRECT_PASTE_ROWS, sizeof **rows);
    *count = 0;
    csv_open(&reader, delimiter_of(text));
    csv_feed(&reader, text, strlen(text), true);
    while ((outcome = csv_next(&reader, ctx->arena, &record)) == CSV_RECORD || outcome == CSV_PROBLEM) {
        if (outcome == CSV_PROBLEM)
            return fail_field(ctx, "rows", reader.problem.code,
                              arena_format(ctx->arena, "line %lld: %s", (long long)reader.problem.line,
                                           reader.problem.message));
        bool is_skipped = is_first && is_head(ctx, &record);
        is_first = false;
        if (is_skipped)
            continue;
        if (*count == REDIRECT_PASTE_ROWS)
            return fail_field(ctx, "rows", "redirect-rows", "at most 1000 rows at once");
        (*rows)[(*count)++] = row_of(ctx, &record);
    }
    if (*count == 0)
        return fail_field(ctx, "rows", "required", "paste two columns: the old address and the new one");
    return NULL;
}
