/* backoffice_digital_form_routes.c - reading the form that loads codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_digital_form.h"

#include <inttypes.h>

#define CODES_TEXT_LIMIT 900000
#define CODES_FILE_LIMIT 8388608
static const char byte_order_mark[] = "\xef\xbb\xbf";

const struct field code_form_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct code_form, variant_id),
     .is_required = true,
     .help = "The variant of the deck"},
    {.name = "codes",
     .kind = FIELD_LONG,
     .offset = offsetof(struct code_form, codes),
     .maximum = CODES_TEXT_LIMIT,
     .help = "Key codes, one a line"},
    {.name = "file",
     .kind = FIELD_FILE,
     .offset = offsetof(struct code_form, file),
     .maximum = CODES_FILE_LIMIT,
     .help = "Instead of them: a .txt or .csv file in UTF-8, one code a line"},
    {.name = "note",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct code_form, note),
     .maximum = CODE_NOTE_LIMIT,
     .help = "Where they come from, for the shop only"},
    {.name = "expires_on",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct code_form, expires_on),
     .maximum = 10,
     .help = "The last day on which they are good, YYYY-MM-DD; empty = they do not expire"},
    {0},
};

static err read_file(struct ctx *ctx, const struct upload *file, const char **text)
{
    size_t size = (size_t)file->size;
    char *bytes = arena_alloc(ctx->arena, size + 1);
    FILE *stream = fopen(file->path, "rbe");
    if (!stream)
        return fail_with(ctx, ERR_INTERNAL, "the upload cannot be read");
    size_t length = fread(bytes, 1, size, stream);
    fclose(stream);
    if (strlen(bytes) != length || !utf8_is_valid(bytes, length) || text_has_control(bytes, length))
        return fail_field(ctx, "file", "not-utf8", "the file is no text in UTF-8");
    *text = text_starts(bytes, byte_order_mark) ? bytes + strlen(byte_order_mark) : bytes;
    return NULL;
}

/* A table of one column may have its cells in quotes (RFC 4180). */
static const char *unquoted(struct ctx *ctx, const char *line)
{
    const char *trimmed = text_trim(ctx->arena, line);
    size_t length = strlen(trimmed);
    if (length < 2 || trimmed[0] != '"' || trimmed[length - 1] != '"')
        return line;
    char *cell = arena_alloc(ctx->arena, length);
    size_t kept = 0;
    for (size_t i = 1; i + 1 < length; i++) {
        cell[kept++] = trimmed[i];
        if (trimmed[i] == '"' && trimmed[i + 1] == '"' && i + 2 < length)
            i++;
    }
    return cell;
}

/* Blank lines are kept, so that the report counts as the person's editor does. */
static err split_lines(struct ctx *ctx, const char *text, bool is_table, struct code_loading *loading)
{
    const char **lines = arena_alloc_many(ctx->arena, CODE_LINE_LIMIT, sizeof *lines);
    size_t count = 0;
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        if (count == CODE_LINE_LIMIT)
            return fail_field(ctx, "codes", "too-many", "at most 20000 lines at once");
        const char *line = arena_copy(ctx->arena, text, length);
        lines[count++] = is_table ? unquoted(ctx, line) : line;
        text += length;
        text += text[0] == '\r' && text[1] == '\n' ? 2 : text[0] ? 1 : 0;
    }
    loading->lines = lines;
    loading->count = count;
    return NULL;
}

static err read_expiry(struct ctx *ctx, const char *day, int64_t *expires_at)
{
    int64_t start;
    *expires_at = 0;
    if (!day[0])
        return NULL;
    if (!clock_parse_day(day, ctx->shop->zone, &start))
        return fail_field(ctx, "expires_on", "not-a-day", "the day must be written YYYY-MM-DD");
    *expires_at = clock_day_shift(start, 1, ctx->shop->zone);
    if (*expires_at <= ctx->now)
        return fail_field(ctx, "expires_on", "past-day", "the day is over already");
    return NULL;
}

err code_form_read(struct ctx *ctx, const struct code_form *form, struct code_loading *loading)
{
    const char *text = form->codes;
    bool is_file = form->file && form->file->size > 0;
    if (is_file && text[0])
        return fail_field(ctx, "file", "either", "give the codes as text or as a file, not both");
    if (is_file)
        TRY(read_file(ctx, form->file, &text));
    if (text_is_blank(text))
        return fail_field(ctx, "codes", "required", "there are no codes");
    TRY(read_expiry(ctx, form->expires_on, &loading->expires_at));
    return split_lines(ctx, text, is_file && text_ends(form->file->file_name, ".csv"), loading);
}
