/* sheet_write_xlsx.c - a workbook of one sheet, built by libxlsxwriter with one row in memory, in a file that
 * has no name and so is gone with the program whatever happens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define PIECE_BYTES 1048576
#define DAYS_TO_1970 25569.0
#define DAY_MS 86400000.0
/* Decimals that a price may have; the format of each is made when it is first used. */
#define DIGITS_LIMIT 6
#define EXCEL_TEXT_LIMIT 32767

struct book {
    int file;
    lxw_workbook *workbook; /* NULL once it is packed */
    lxw_worksheet *sheet;
    lxw_format *bold;
    lxw_format *time;
    lxw_format *decimals[DIGITS_LIMIT + 1];
    int64_t row;
    lxw_col_t column;
    const char *problem; /* the first */
    off_t sent;
};

static int open_nameless(void)
{
    const char *directory = getenv("TMPDIR");
    return open(directory && directory[0] ? directory : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

err book_open(struct ctx *ctx, struct arena *arena, const char *title, struct book **made)
{
    struct book *book = arena_alloc(arena, sizeof *book);
    book->file = open_nameless();
    if (book->file < 0)
        return fail_with(ctx, ERR_INTERNAL, "no temporary file can be made (errno %d)", errno);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    book->workbook = workbook_new_opt(arena_format(arena, "/proc/self/fd/%d", book->file), &options);
    book->sheet = book->workbook ? workbook_add_worksheet(book->workbook, title) : NULL;
    if (!book->sheet) {
        book_close(book);
        return fail_with(ctx, ERR_INTERNAL, "the workbook cannot be begun");
    }
    book->bold = workbook_add_format(book->workbook);
    format_set_bold(book->bold);
    book->time = workbook_add_format(book->workbook);
    format_set_num_format(book->time, "yyyy-mm-dd hh:mm:ss");
    worksheet_freeze_panes(book->sheet, 1, 0);
    *made = book;
    return NULL;
}

static bool is_room(struct book *book)
{
    if (book->row < SHEET_XLSX_ROW_LIMIT)
        return true;
    if (!book->problem)
        book->problem = "a sheet of Excel has at most 1048576 rows; take CSV, or narrow the list";
    return false;
}

static void keep_problem(struct book *book, lxw_error error)
{
    if (error != LXW_NO_ERROR && !book->problem)
        book->problem = error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED
                            ? "a cell of Excel has at most 32767 characters; take CSV"
                            : lxw_strerror(error);
}

/* Whether the text stands where readers of XLSX see an escape: _x0041_ (ECMA-376, 22.9.2.19). */
static bool is_like_escape(const char *text)
{
    return text[0] == '_' && text[1] == 'x' && strspn(text + 2, "0123456789abcdefABCDEF") >= 4 &&
           text[6] == '_';
}

/* The text as it must stand in the file; false when it does not fit. */
static bool write_escaped(char *out, size_t room, const char *text, bool is_marked)
{
    static const char escaped[] = "_x005F_";
    size_t length = 0;
    if (is_marked)
        out[length++] = '\'';
    for (; *text; text++) {
        if (length + sizeof escaped >= room)
            return false;
        if (is_like_escape(text)) {
            memcpy(out + length, escaped, sizeof escaped - 1);
            length += sizeof escaped - 1;
        } else {
            out[length++] = *text;
        }
    }
    out[length] = 0;
    return true;
}

void book_put_text(struct book *book, const char *text, bool is_marked)
{
    char escaped[4 * EXCEL_TEXT_LIMIT + 16];
    lxw_col_t column = book->column++;
    if (!text[0] || !is_room(book))
        return;
    if (!write_escaped(escaped, sizeof escaped, text, is_marked)) {
        keep_problem(book, LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED);
        return;
    }
    keep_problem(book, worksheet_write_string(book->sheet, (lxw_row_t)book->row, column, escaped,
                                              book->row == 0 ? book->bold : NULL));
}

static void put_number(struct book *book, double number, lxw_format *format)
{
    lxw_col_t column = book->column++;
    if (is_room(book))
        keep_problem(book, worksheet_write_number(book->sheet, (lxw_row_t)book->row, column, number, format));
}

void book_put_int(struct book *book, int64_t number)
{
    put_number(book, (double)number, NULL);
}

void book_put_decimal(struct book *book, int64_t minor, int digits)
{
    static const char *const codes[] = {"0", "0.0", "0.00", "0.000", "0.0000", "0.00000", "0.000000"};
    static const double divisors[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    int kept = digits < 0 ? 0 : digits > DIGITS_LIMIT ? DIGITS_LIMIT : digits;
    if (!book->decimals[kept]) {
        book->decimals[kept] = workbook_add_format(book->workbook);
        format_set_num_format(book->decimals[kept], codes[kept]);
    }
    put_number(book, (double)minor / divisors[kept], book->decimals[kept]);
}

void book_put_time(struct book *book, int64_t at, struct zone zone)
{
    int64_t there = at / 1000 * 1000 + zone_offset(zone, at) * INT64_C(1000);
    if (at == 0)
        book->column++;
    else
        put_number(book, DAYS_TO_1970 + (double)there / DAY_MS, book->time);
}

void book_end_row(struct book *book)
{
    book->row++;
    book->column = 0;
}

err book_rest(struct ctx *ctx, struct book *book, struct text_buf *out, bool *more)
{
    if (book->problem)
        return fail_with(ctx, ERR_LIMIT, "%s", book->problem);
    if (book->workbook) {
        lxw_error error = workbook_close(book->workbook);
        book->workbook = NULL;
        if (error != LXW_NO_ERROR)
            return fail_with(ctx, ERR_INTERNAL, "the workbook cannot be packed: %s", lxw_strerror(error));
    }
    char *piece = arena_alloc(ctx->arena, PIECE_BYTES);
    ssize_t got = pread(book->file, piece, PIECE_BYTES, book->sent);
    if (got < 0)
        return fail_with(ctx, ERR_INTERNAL, "the workbook cannot be read (errno %d)", errno);
    text_add_bytes(out, piece, (size_t)got);
    book->sent += got;
    *more = got > 0;
    return NULL;
}

void book_close(struct book *book)
{
    if (book->workbook)
        lxw_workbook_free(book->workbook);
    if (book->file >= 0)
        close(book->file);
}
