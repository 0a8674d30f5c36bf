/* fuzz_xlsx.c - any bytes as a workbook: the reader ends, and what it gives is text in its limits.
 *
 * The XML of the sheet is the interesting part and a ZIP hides it from a fuzzer, so the bytes are packed:
 * they become the sheet of a workbook whose other parts are fine. Bytes that begin with "PK" are taken as the
 * whole file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "sheet/sheet.h"
#include <fcntl.h>
#include <minizip/zip.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void add_part(zipFile zip, const char *name, const void *bytes, size_t size)
{
    if (zipOpenNewFileInZip(zip, name, NULL, NULL, 0, NULL, 0, NULL, 0, 0) != ZIP_OK ||
        zipWriteInFileInZip(zip, bytes, (unsigned)size) != ZIP_OK || zipCloseFileInZip(zip) != ZIP_OK)
        bug("a part cannot be packed");
}

static void pack(const char *path, const uint8_t *bytes, size_t size)
{
    static const char workbook[] =
        "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"s\"/></sheets></workbook>";
    static const char relations[] =
        "<Relationships><Relationship Id=\"s\" Type=\"/worksheet\" Target=\"s.xml\"/><Relationship Id=\"t\""
        " Type=\"/sharedStrings\" Target=\"t.xml\"/><Relationship Id=\"u\" Type=\"/styles\" "
        "Target=\"u.xml\"/></Relationships>";
    static const char strings[] =
        "<sst><si><t>one</t></si><si><r><t>_x0041_</t></r><rPh><t>no</t></rPh></si></sst>";
    static const char styles[] =
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    zipFile zip = zipOpen64(path, APPEND_STATUS_CREATE);
    if (!zip)
        bug("no file to pack into");
    add_part(zip, "xl/workbook.xml", workbook, sizeof workbook - 1);
    add_part(zip, "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1);
    add_part(zip, "xl/t.xml", strings, sizeof strings - 1);
    add_part(zip, "xl/u.xml", styles, sizeof styles - 1);
    add_part(zip, "xl/s.xml", bytes, size);
    if (zipClose(zip, NULL) != ZIP_OK)
        bug("the file cannot be packed");
}

static void check_row(const struct sheet_row *row, int64_t before)
{
    if (row->number <= before || row->number > SHEET_XLSX_ROW_LIMIT || row->count > SHEET_COLUMN_LIMIT)
        bug("a row out of its limits");
    for (size_t i = 0; i < row->count; i++)
        if (strlen(row->cells[i].text) != row->cells[i].length || row->cells[i].length > SHEET_CELL_LIMIT ||
            !utf8_is_valid(row->cells[i].text, row->cells[i].length))
            bug("a cell that is no text");
}

static void read_all(struct ctx *ctx, struct sheet_reader *reader)
{
    struct sheet_row row;
    enum sheet_outcome outcome;
    int64_t number = 0;
    while (!sheet_next(ctx, reader, &row, &outcome) && outcome != SHEET_END)
        if (outcome == SHEET_ROW) {
            check_row(&row, number);
            number = row.number;
        } else if (text_is_blank(sheet_problem(reader)->message)) {
            bug("a problem without words");
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT)};
    struct sheet_reader *reader;
    int file = memfd_create("workbook", MFD_CLOEXEC);
    if (size < 1 || size > 4096 || file < 0) {
        close(file);
        arena_close(ctx.arena);
        return 0;
    }
    const char *path = arena_format(ctx.arena, "/proc/self/fd/%d", file);
    if (size > 2 && memcmp(bytes, "PK", 2) == 0) {
        if (write(file, bytes, size) != (ssize_t)size)
            bug("the file cannot be written");
    } else {
        pack(path, bytes, size);
    }
    if (!sheet_open(&ctx, path, &reader))
        read_all(&ctx, reader);
    sheet_close(reader);
    close(file);
    arena_close(ctx.arena);
    return 0;
}
