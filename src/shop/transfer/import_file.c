/* import_file.c - a product file row by row, without the lines that are no rows.
 *
 * A 淘宝数据包 begins with a line "version 1.00", then come the names of the fields for programs, then those
 * for people. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include <inttypes.h>

static bool is_blank(const struct sheet_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (!text_is_blank(row->cells[i].text))
            return false;
    return true;
}

static bool is_version(const struct sheet_row *row)
{
    return row->count > 0 && text_starts(row->cells[0].text, "version ");
}

static err read_header(struct ctx *ctx, struct sheet_reader *reader, struct sheet_row *row)
{
    enum sheet_outcome outcome;
    do {
        TRY(sheet_next(ctx, reader, row, &outcome));
        if (outcome == SHEET_END)
            return fail_with(ctx, ERR_INVALID, "the file is empty");
        if (outcome == SHEET_PROBLEM)
            return fail_with(ctx, ERR_INVALID, "line %" PRId64 ", %s: %s", sheet_problem(reader)->number,
                             sheet_problem(reader)->place, sheet_problem(reader)->message);
    } while (is_blank(row) || is_version(row));
    return NULL;
}

err import_file_open(struct ctx *ctx, const char *path, const struct attribute *attributes, size_t count,
                     struct sheet_reader **reader, struct import_columns *columns)
{
    struct sheet_row row;
    *reader = NULL;
    TRY(sheet_open(ctx, path, reader));
    TRY(read_header(ctx, *reader, &row));
    columns->count = row.count;
    for (size_t i = 0; i < row.count; i++)
        import_column_guess(ctx, attributes, count, row.cells[i].text, &columns->items[i]);
    return NULL;
}

/* A second line of names: each cell is one of the names of its column. */
static bool is_second_header(struct ctx *ctx, const struct import_columns *columns,
                             const struct sheet_row *row)
{
    size_t same = 0;
    if (row->count != columns->count)
        return false;
    for (size_t i = 0; i < row->count; i++) {
        struct import_column guess;
        import_column_guess(ctx, NULL, 0, row->cells[i].text, &guess);
        same += guess.meaning != MEANING_NONE && guess.meaning == columns->items[i].meaning;
    }
    return same >= 2;
}

err import_file_next(struct ctx *ctx, struct sheet_reader *reader, const struct import_columns *columns,
                     struct sheet_row *row, enum sheet_outcome *outcome)
{
    do
        TRY(sheet_next(ctx, reader, row, outcome));
    while (*outcome == SHEET_ROW &&
           (is_blank(row) || (row->number <= 3 && is_second_header(ctx, columns, row))));
    return NULL;
}
