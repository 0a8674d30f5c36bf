/* csv.c - the reader: every record is scanned from its beginning, so that nothing is remembered between
 * windows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/csv.h"

#include "base/text.h"

/* One record while it is scanned. */
struct scan {
    const char *at;
    const char *end;
    bool is_last;
    char delimiter;
    int64_t line;
    const char *line_start;
    const char *quote; /* where the quote that is open began, or NULL */
    int64_t quote_line;
    int64_t quote_column;
    struct csv_problem problem; /* the first; no code = none */
};

enum step { STEP_FIELD, STEP_RECORD, STEP_MORE, STEP_UNCLOSED };

static int64_t column_of(const struct scan *scan, const char *place)
{
    int64_t column = 1;
    for (const char *c = scan->line_start; c < place; c++)
        column += ((unsigned char)*c & 0xC0) != 0x80;
    return column;
}

static void note(struct scan *scan, const char *place, const char *code, const char *message)
{
    if (scan->problem.code)
        return;
    scan->problem = (struct csv_problem){code, message, scan->line, column_of(scan, place), false};
}

/* The first byte that does not belong to valid UTF-8. */
static const char *find_invalid(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t size = 1;
        while (size <= 4 && size <= length - at && !utf8_is_valid(bytes + at, size))
            size++;
        if (size > 4 || size > length - at)
            break;
        at += size;
    }
    return bytes + at;
}

/* Notes a problem inside a field that began where `start` stands; the scan itself is behind the field. */
static void note_inside(struct scan *scan, const struct scan *start, const char *place, const char *code,
                        const char *message)
{
    struct scan there = *start;
    for (const char *c = start->at; c < place; c++)
        if (*c == '\n' || (*c == '\r' && c[1] != '\n')) {
            there.line++;
            there.line_start = c + 1;
        }
    if (!scan->problem.code)
        scan->problem = (struct csv_problem){code, message, there.line, column_of(&there, place), false};
}

/* Looks at the raw bytes of a field. */
static bool check_bytes(struct scan *scan, const struct scan *start, const char *raw, size_t length)
{
    if (length > CSV_FIELD_LIMIT) {
        note_inside(scan, start, raw, "too-long", "the field that begins here has more than 65536 bytes");
        return false;
    }
    const char *nul = memchr(raw, 0, length);
    if (nul) {
        note_inside(scan, start, nul, "nul", "a NUL byte stands in the text; save the file as \"CSV UTF-8\"");
        return false;
    }
    if (utf8_is_valid(raw, length))
        return true;
    note_inside(scan, start, find_invalid(raw, length), "not-text",
                "this is not UTF-8; save the file as \"CSV UTF-8\"");
    return false;
}

/* Moves over a line break within a field or after a record. False when the window ends in the middle of CRLF.
 */
static bool pass_break(struct scan *scan)
{
    if (*scan->at == '\r') {
        if (scan->at + 1 == scan->end && !scan->is_last)
            return false;
        if (scan->at + 1 < scan->end && scan->at[1] == '\n')
            scan->at++;
    }
    scan->at++;
    scan->line++;
    scan->line_start = scan->at;
    return true;
}

/* What follows a field: a delimiter, the end of the record, or more bytes to come. */
static enum step end_field(struct scan *scan)
{
    if (scan->at == scan->end)
        return scan->is_last ? STEP_RECORD : STEP_MORE;
    if (*scan->at != scan->delimiter)
        return pass_break(scan) ? STEP_RECORD : STEP_MORE;
    scan->at++;
    return STEP_FIELD;
}

static void pass_plain(struct scan *scan)
{
    while (scan->at < scan->end && *scan->at != scan->delimiter && *scan->at != '\r' && *scan->at != '\n')
        scan->at++;
}

static enum step read_plain(struct scan *scan, struct arena *arena, struct sheet_cell *field)
{
    const struct scan start = *scan;
    pass_plain(scan);
    if (scan->at == scan->end && !scan->is_last)
        return STEP_MORE;
    size_t length = (size_t)(scan->at - start.at);
    *field = (struct sheet_cell){.text = ""};
    if (check_bytes(scan, &start, start.at, length))
        *field = (struct sheet_cell){arena_copy(arena, start.at, length), length};
    return end_field(scan);
}

/* Moves to the quote that closes the field. */
static enum step find_closing(struct scan *scan)
{
    while (scan->at < scan->end) {
        char c = *scan->at;
        if (c == '"') {
            if (scan->at + 1 == scan->end && !scan->is_last)
                return STEP_MORE;
            if (scan->at + 1 == scan->end || scan->at[1] != '"')
                return STEP_FIELD;
            scan->at += 2;
        } else if (c == '\r' || c == '\n') {
            if (!pass_break(scan))
                return STEP_MORE;
        } else {
            scan->at++;
        }
    }
    return scan->is_last ? STEP_UNCLOSED : STEP_MORE;
}

static void take_quoted(struct arena *arena, const char *raw, size_t length, struct sheet_cell *field)
{
    char *text = arena_alloc(arena, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        text[count++] = raw[i];
        i += raw[i] == '"';
    }
    field->text = text;
    field->length = count;
}

static enum step read_quoted(struct scan *scan, struct arena *arena, struct sheet_cell *field)
{
    const struct scan start = *scan;
    scan->quote = scan->at;
    scan->quote_line = scan->line;
    scan->quote_column = column_of(scan, scan->at);
    const char *raw = ++scan->at;
    enum step step = find_closing(scan);
    if (step != STEP_FIELD)
        return step;
    scan->quote = NULL;
    size_t length = (size_t)(scan->at - raw);
    *field = (struct sheet_cell){.text = ""};
    if (check_bytes(scan, &start, raw, length))
        take_quoted(arena, raw, length, field);
    scan->at++;
    const char *after = scan->at;
    pass_plain(scan);
    if (scan->at != after)
        note(scan, after, "text-after-quote",
             "after a closing quote only the next cell or the end of the line may stand");
    return end_field(scan);
}

static enum step read_record(struct scan *scan, struct arena *arena, struct csv_record *record)
{
    struct sheet_cell *fields = arena_alloc_many(arena, CSV_COLUMN_LIMIT, sizeof *fields);
    enum step step;
    record->fields = fields;
    record->count = 0;
    do {
        struct sheet_cell spare;
        struct sheet_cell *field = record->count < CSV_COLUMN_LIMIT ? &fields[record->count] : &spare;
        if (field == &spare)
            note(scan, scan->at, "too-many-columns", "a line has at most 200 columns");
        step = scan->at < scan->end && *scan->at == '"' ? read_quoted(scan, arena, field)
                                                        : read_plain(scan, arena, field);
        if (field != &spare)
            record->count++;
    } while (step == STEP_FIELD);
    return step;
}

void csv_open(struct csv_reader *reader, char delimiter)
{
    *reader = (struct csv_reader){.bytes = "", .line = 1, .delimiter = delimiter};
}

void csv_feed(struct csv_reader *reader, const char *bytes, size_t length, bool is_last)
{
    reader->bytes = bytes;
    reader->length = length;
    reader->at = 0;
    reader->is_last = is_last;
}

static enum csv_outcome refuse_rest(struct csv_reader *reader, struct csv_problem problem)
{
    problem.is_end = true;
    reader->problem = problem;
    reader->is_over = true;
    reader->at = reader->length;
    return CSV_PROBLEM;
}

/* The window ended within a record: there is more to come, or the record is too long to be one. */
static enum csv_outcome ask_for_more(struct csv_reader *reader, const struct scan *scan)
{
    if (reader->length - reader->at < CSV_RECORD_LIMIT)
        return CSV_MORE;
    if (scan->quote)
        return refuse_rest(reader,
                           (struct csv_problem){"unclosed-quote",
                                                "the quote that opens here does not close within 1 MiB",
                                                scan->quote_line, scan->quote_column, true});
    return refuse_rest(reader,
                       (struct csv_problem){"too-long", "a line has more than 1 MiB", scan->line, 1, true});
}

/* Skips the BOM; a UTF-16 one is told at once, before every line of such a file is. */
static bool begin(struct csv_reader *reader)
{
    if (reader->length < 3 && !reader->is_last)
        return false;
    reader->is_begun = true;
    if (reader->length >= 3 && memcmp(reader->bytes, "\xEF\xBB\xBF", 3) == 0)
        reader->at = 3;
    return true;
}

static bool is_utf16(const struct csv_reader *reader)
{
    return reader->length >= 2 &&
           (memcmp(reader->bytes, "\xFF\xFE", 2) == 0 || memcmp(reader->bytes, "\xFE\xFF", 2) == 0);
}

/* Lines without any byte. False when the window ends in the middle of CRLF. */
static bool pass_empty_lines(struct scan *scan)
{
    while (scan->at < scan->end && (*scan->at == '\r' || *scan->at == '\n'))
        if (!pass_break(scan))
            return false;
    return true;
}

enum csv_outcome csv_next(struct csv_reader *reader, struct arena *arena, struct csv_record *record)
{
    if (reader->is_over)
        return CSV_END;
    if (!reader->is_begun) {
        if (!begin(reader))
            return CSV_MORE;
        if (is_utf16(reader))
            return refuse_rest(reader, (struct csv_problem){"not-text",
                                                            "this is UTF-16; save the file as \"CSV UTF-8\"",
                                                            1, 1, true});
    }
    struct scan scan = {.at = reader->bytes + reader->at,
                        .end = reader->bytes + reader->length,
                        .is_last = reader->is_last,
                        .delimiter = reader->delimiter,
                        .line = reader->line};
    scan.line_start = scan.at;
    if (!pass_empty_lines(&scan))
        return CSV_MORE;
    reader->at = (size_t)(scan.at - reader->bytes);
    reader->line = scan.line;
    if (scan.at == scan.end)
        return reader->is_last ? CSV_END : CSV_MORE;
    record->line = scan.line;
    enum step step = read_record(&scan, arena, record);
    if (step == STEP_MORE)
        return ask_for_more(reader, &scan);
    if (step == STEP_UNCLOSED)
        return refuse_rest(reader,
                           (struct csv_problem){"unclosed-quote", "the quote that opens here never closes",
                                                scan.quote_line, scan.quote_column, true});
    reader->at = (size_t)(scan.at - reader->bytes);
    reader->line = scan.line;
    reader->problem = scan.problem;
    return scan.problem.code ? CSV_PROBLEM : CSV_RECORD;
}
