/* sheet_package.h - the parts of an XLSX file (ECMA-376, a ZIP of XML) that the reader of rows needs. Private
 * to sheet.
 *
 * Texts that cells share stand in a file without a name, mapped into memory: the system may write it out, so
 * a workbook of any size is read in little memory. A document type declaration is refused, so no entity is
 * ever expanded. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "sheet/sheet.h"
#include <expat.h>
#include <minizip/unzip.h>

/* Bytes of the sheet, of its shared texts, and of each of the smaller parts, unpacked: against bombs. */
#define SHEET_UNPACKED_LIMIT (INT64_C(1) << 30)
#define SHEET_STRINGS_LIMIT (INT64_C(256) << 20)
#define SHEET_PART_LIMIT (INT64_C(8) << 20)
/* Cell formats of a workbook. (Excel: 65,490.) */
#define SHEET_STYLE_LIMIT 65536

struct shared_strings {
    FILE *text_file;
    FILE *offset_file;
    const char *texts;      /* mapped: each ends with a NUL */
    const int64_t *offsets; /* mapped: count + 1 of them */
    int64_t count;
    int64_t bytes;
};

struct package {
    unzFile zip;
    const char *sheet_name;     /* of the part with the first visible sheet */
    bool is_1904;               /* days count from 1904 */
    unsigned char *date_styles; /* 1 for each style that shows a number as a date */
    size_t style_count;
    struct shared_strings strings;
};

/* Reads all but the sheet. `package` is to be closed whatever comes back. */
CHECKED err package_open(struct ctx *ctx, struct arena *arena, const char *path, struct package *package);
void package_close(struct package *package);

/* ---- XML ---- */

/* A name without its prefix. */
const char *xml_local(const char *name);
/* The attribute of that local name, or NULL. */
const char *xml_attribute(const char **attributes, const char *name);
/* A parser that refuses declarations of document types. */
XML_Parser xml_parser(void *data);
