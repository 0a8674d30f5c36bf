/* sheet_package.c - opening a workbook: which sheet, which shared texts, which styles are dates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet/sheet_package.h"

#include "base/text.h"
#include <string.h>
#include <strings.h>
#include <sys/mman.h>

#define BLOCK_BYTES 65536
#define NAME_BYTES 256

/* What is read of the small parts. */
struct opening {
    struct ctx *ctx;
    struct arena *arena;
    struct package *package;
    XML_Parser parser;
    const char *sheet_id;          /* of the relation to the first visible sheet */
    const char *targets[3];        /* sheet, shared texts, styles */
    unsigned char *is_date_format; /* by number of the format */
    bool is_in_formats;            /* inside cellXfs */
    bool is_in_text;
    bool is_in_phonetic;
    size_t text_length;
    const char *refusal;
};

#define FORMAT_LIMIT 65536

const char *xml_local(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *xml_attribute(const char **attributes, const char *name)
{
    for (size_t i = 0; attributes[i]; i += 2)
        if (text_is(xml_local(attributes[i]), name))
            return attributes[i + 1];
    return NULL;
}

/* The parser says of a handler that stops it "parsing aborted", which is what a declaration is told as. */
static void XMLCALL refuse_declaration(void *data, const XML_Char *name, const XML_Char *system_id,
                                       const XML_Char *public_id, int has_subset)
{
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    XML_StopParser(data, XML_FALSE);
}

XML_Parser xml_parser(void *data)
{
    XML_Parser parser = XML_ParserCreate(NULL);
    if (!parser)
        bug("no memory for a parser");
    XML_SetUserData(parser, data);
    XML_UseParserAsHandlerArg(parser);
    XML_SetStartDoctypeDeclHandler(parser, refuse_declaration);
    return parser;
}

static err fail_part(struct ctx *ctx, const char *name, const char *reason)
{
    return fail_with(ctx, ERR_INVALID, "the workbook is damaged (%s: %s); save it again in Excel or WPS",
                     name, reason);
}

static err parse_blocks(struct opening *opening, const char *name, int64_t limit)
{
    unzFile zip = opening->package->zip;
    int64_t total = 0;
    int got;
    do {
        void *block = XML_GetBuffer(opening->parser, BLOCK_BYTES);
        if (!block)
            return fail_part(opening->ctx, name, "no memory");
        got = unzReadCurrentFile(zip, block, BLOCK_BYTES);
        if (got < 0)
            return fail_part(opening->ctx, name, "it does not unpack");
        total += got;
        if (total > limit)
            return fail_with(opening->ctx, ERR_LIMIT, "the workbook unpacks to too much (%s)", name);
        if (XML_ParseBuffer(opening->parser, got, got == 0) != XML_STATUS_OK)
            return opening->refusal ? fail_with(opening->ctx, ERR_LIMIT, "%s", opening->refusal)
                                    : fail_part(opening->ctx, name, "it is no valid XML");
    } while (got > 0);
    return NULL;
}

/* Reads a part whole; *is_there is false when the workbook has none of that name. */
static err read_part(struct opening *opening, const char *name, int64_t limit, XML_StartElementHandler start,
                     XML_EndElementHandler end, XML_CharacterDataHandler text, bool *is_there)
{
    unzFile zip = opening->package->zip;
    *is_there = name && unzLocateFile(zip, name, 2) == UNZ_OK && unzOpenCurrentFile(zip) == UNZ_OK;
    if (!*is_there)
        return NULL;
    opening->parser = xml_parser(opening);
    XML_SetElementHandler(opening->parser, start, end);
    XML_SetCharacterDataHandler(opening->parser, text);
    err failure = parse_blocks(opening, name, limit);
    XML_ParserFree(opening->parser);
    if (unzCloseCurrentFile(zip) != UNZ_OK && !failure)
        failure = fail_part(opening->ctx, name, "its checksum is wrong");
    return failure;
}

/* ---- the workbook and where its parts are ---- */

static void XMLCALL start_workbook(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct opening *opening = XML_GetUserData(parser);
    const char *local = xml_local(name);
    if (text_is(local, "workbookPr")) {
        const char *is_1904 = xml_attribute(attributes, "date1904");
        opening->package->is_1904 = text_is(is_1904, "1") || text_is(is_1904, "true");
    }
    if (!text_is(local, "sheet") || opening->sheet_id)
        return;
    const char *state = xml_attribute(attributes, "state");
    if (!state || text_is(state, "visible"))
        opening->sheet_id = arena_copy_text(opening->arena, xml_attribute(attributes, "id"));
}

/* A target is relative to xl/, or begins with a slash. */
static const char *part_name(struct arena *arena, const char *target)
{
    return target[0] == '/' ? arena_copy_text(arena, target + 1) : arena_format(arena, "xl/%s", target);
}

static void XMLCALL start_relations(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct opening *opening = XML_GetUserData(parser);
    if (!text_is(xml_local(name), "Relationship"))
        return;
    const char *target = xml_attribute(attributes, "Target");
    const char *type = xml_attribute(attributes, "Type");
    if (!target || !type || strlen(target) > NAME_BYTES)
        return;
    if (text_is(xml_attribute(attributes, "Id"), opening->sheet_id))
        opening->targets[0] = part_name(opening->arena, target);
    if (text_ends(type, "/sharedStrings"))
        opening->targets[1] = part_name(opening->arena, target);
    if (text_ends(type, "/styles"))
        opening->targets[2] = part_name(opening->arena, target);
}

/* ---- styles ---- */

/* Whether a format code shows days or hours: one of y m d h s outside of quotes, brackets and escapes. */
static bool is_date_code(const char *code)
{
    bool is_quoted = false;
    for (const char *c = code; *c; c++) {
        if (*c == '"')
            is_quoted = !is_quoted;
        if (is_quoted)
            continue;
        if (*c == '\\' || *c == '_' || *c == '*') {
            c += c[1] != 0;
            continue;
        }
        if (*c == '[' && !strchr("hms", c[1] | 0x20))
            while (*c && *c != ']')
                c++;
        if (!*c || *c == ';')
            break;
        if (strchr("ymdhs", *c | 0x20) && strncasecmp(c, "general", 7) != 0)
            return true;
    }
    return false;
}

/* ECMA-376, 18.8.30: the formats that have a number and no code, with those of Chinese and Japanese
 * workbooks. */
static bool is_builtin_date(int64_t number)
{
    return (number >= 14 && number <= 22) || (number >= 27 && number <= 36) ||
           (number >= 45 && number <= 47) || (number >= 50 && number <= 58);
}

static void add_style(struct opening *opening, const XML_Char **attributes)
{
    struct package *package = opening->package;
    const char *text = xml_attribute(attributes, "numFmtId");
    int64_t number;
    if (package->style_count == SHEET_STYLE_LIMIT)
        return;
    bool is_date = text && text_to_int(text, &number) &&
                   (is_builtin_date(number) ||
                    (number >= 0 && number < FORMAT_LIMIT && opening->is_date_format[number]));
    package->date_styles[package->style_count++] = is_date;
}

static void XMLCALL start_styles(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    struct opening *opening = XML_GetUserData(parser);
    const char *local = xml_local(name);
    if (text_is(local, "numFmt")) {
        const char *text = xml_attribute(attributes, "numFmtId");
        const char *code = xml_attribute(attributes, "formatCode");
        int64_t number;
        if (text && code && text_to_int(text, &number) && number >= 0 && number < FORMAT_LIMIT)
            opening->is_date_format[number] = is_date_code(code);
    }
    if (text_is(local, "cellXfs"))
        opening->is_in_formats = true;
    else if (opening->is_in_formats && text_is(local, "xf"))
        add_style(opening, attributes);
}

static void XMLCALL end_styles(void *parser, const XML_Char *name)
{
    struct opening *opening = XML_GetUserData(parser);
    if (text_is(xml_local(name), "cellXfs"))
        opening->is_in_formats = false;
}

/* ---- shared texts ---- */

static void XMLCALL start_strings(void *parser, const XML_Char *name, const XML_Char **attributes)
{
    (void)attributes;
    struct opening *opening = XML_GetUserData(parser);
    struct shared_strings *strings = &opening->package->strings;
    const char *local = xml_local(name);
    if (text_is(local, "si")) {
        opening->text_length = 0;
        fwrite(&strings->bytes, sizeof strings->bytes, 1, strings->offset_file);
    }
    opening->is_in_phonetic |= text_is(local, "rPh");
    opening->is_in_text = text_is(local, "t") && !opening->is_in_phonetic;
}

static void XMLCALL end_strings(void *parser, const XML_Char *name)
{
    struct opening *opening = XML_GetUserData(parser);
    struct shared_strings *strings = &opening->package->strings;
    const char *local = xml_local(name);
    opening->is_in_text = false;
    if (text_is(local, "rPh"))
        opening->is_in_phonetic = false;
    if (!text_is(local, "si"))
        return;
    fputc(0, strings->text_file);
    strings->bytes++;
    strings->count++;
}

/* One byte more than a cell may have is kept, which says that it is too long. */
static void XMLCALL add_string(void *parser, const XML_Char *text, int length)
{
    struct opening *opening = XML_GetUserData(parser);
    struct shared_strings *strings = &opening->package->strings;
    size_t room = SHEET_CELL_LIMIT + 1 - opening->text_length;
    size_t taken = (size_t)length < room ? (size_t)length : room;
    if (!opening->is_in_text)
        return;
    fwrite(text, 1, taken, strings->text_file);
    opening->text_length += taken;
    strings->bytes += (int64_t)taken;
}

static const void *map_file(FILE *file, int64_t size)
{
    if (fflush(file) != 0 || ferror(file))
        return MAP_FAILED;
    return size == 0 ? "" : mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
}

static err read_strings(struct opening *opening)
{
    struct shared_strings *strings = &opening->package->strings;
    bool is_there;
    strings->text_file = tmpfile();
    strings->offset_file = tmpfile();
    if (!strings->text_file || !strings->offset_file)
        return fail_with(opening->ctx, ERR_INTERNAL, "no temporary file can be made");
    TRY(read_part(opening, opening->targets[1], SHEET_STRINGS_LIMIT, start_strings, end_strings, add_string,
                  &is_there));
    fwrite(&strings->bytes, sizeof strings->bytes, 1, strings->offset_file);
    const void *texts = map_file(strings->text_file, strings->bytes);
    const void *offsets = map_file(strings->offset_file, (strings->count + 1) * (int64_t)sizeof(int64_t));
    strings->texts = texts == MAP_FAILED ? NULL : texts;
    strings->offsets = offsets == MAP_FAILED ? NULL : offsets;
    if (!strings->texts || !strings->offsets)
        return fail_with(opening->ctx, ERR_INTERNAL, "no room for a temporary file");
    return NULL;
}

static err read_parts(struct opening *opening)
{
    struct ctx *ctx = opening->ctx;
    struct package *package = opening->package;
    bool is_there;
    TRY(read_part(opening, "xl/workbook.xml", SHEET_PART_LIMIT, start_workbook, NULL, NULL, &is_there));
    if (!is_there)
        return fail_with(ctx, ERR_INVALID,
                         "this is a ZIP file, but no XLSX workbook; take the table out of it");
    if (!opening->sheet_id)
        return fail_with(ctx, ERR_INVALID, "the workbook has no visible sheet");
    TRY(read_part(opening, "xl/_rels/workbook.xml.rels", SHEET_PART_LIMIT, start_relations, NULL, NULL,
                  &is_there));
    if (!opening->targets[0])
        return fail_part(ctx, "xl/workbook.xml", "it does not say where its sheet is");
    package->sheet_name = opening->targets[0];
    TRY(read_part(opening, opening->targets[2], SHEET_PART_LIMIT, start_styles, end_styles, NULL, &is_there));
    return read_strings(opening);
}

err package_open(struct ctx *ctx, struct arena *arena, const char *path, struct package *package)
{
    *package = (struct package){.zip = unzOpen64(path)};
    if (!package->zip)
        return fail_with(ctx, ERR_INVALID, "the workbook is damaged: the list of its parts is missing");
    package->date_styles = arena_alloc(arena, SHEET_STYLE_LIMIT);
    struct opening opening = {
        .ctx = ctx, .arena = arena, .package = package, .is_date_format = arena_alloc(arena, FORMAT_LIMIT)};
    return read_parts(&opening);
}

void package_close(struct package *package)
{
    struct shared_strings *strings = &package->strings;
    if (strings->texts && strings->bytes > 0)
        munmap((void *)(uintptr_t)strings->texts, (size_t)strings->bytes);
    if (strings->offsets)
        munmap((void *)(uintptr_t)strings->offsets, ((size_t)strings->count + 1) * sizeof(int64_t));
    if (strings->text_file)
        fclose(strings->text_file);
    if (strings->offset_file)
        fclose(strings->offset_file);
    if (package->zip)
        unzClose(package->zip);
}
