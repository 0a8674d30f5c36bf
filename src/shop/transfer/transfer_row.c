/* transfer_row.c - understanding the columns and cells of a product file. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/transfer_row.h"

#include "base/crypto.h"
#include "base/money.h"
#include <inttypes.h>
#include <strings.h>

#define TITLE_LIMIT 200
#define SUBTITLE_LIMIT 500
#define BRAND_LIMIT 100
#define CATEGORY_NAME_LIMIT 60
#define DESCRIPTION_LIMIT 20000
#define SKU_LIMIT 64
#define HANDLE_LIMIT 120
#define PRICE_LIMIT INT64_C(9000000000000)
#define STOCK_LIMIT INT64_C(1000000000)
/* Characters of a cell that a message repeats. */
#define SHOWN 40
/* Bytes of the hash in a derived SKU. */
#define DERIVED_BYTES 8

struct column_name {
    const char *name;
    enum import_column column;
};

static const struct column_name column_names[] = {
    {"name", COLUMN_TITLE},
    {"title", COLUMN_TITLE},
    {"商品名称", COLUMN_TITLE},
    {"名称", COLUMN_TITLE},
    {"标题", COLUMN_TITLE},
    {"category", COLUMN_CATEGORY},
    {"分类", COLUMN_CATEGORY},
    {"类目", COLUMN_CATEGORY},
    {"brand", COLUMN_BRAND},
    {"品牌", COLUMN_BRAND},
    {"price", COLUMN_PRICE},
    {"价格", COLUMN_PRICE},
    {"售价", COLUMN_PRICE},
    {"spec", COLUMN_SUBTITLE},
    {"subtitle", COLUMN_SUBTITLE},
    {"规格", COLUMN_SUBTITLE},
    {"卖点", COLUMN_SUBTITLE},
    {"副标题", COLUMN_SUBTITLE},
    {"description", COLUMN_DESCRIPTION},
    {"描述", COLUMN_DESCRIPTION},
    {"详情", COLUMN_DESCRIPTION},
    {"sku", COLUMN_SKU},
    {"货号", COLUMN_SKU},
    {"stock", COLUMN_STOCK},
    {"库存", COLUMN_STOCK},
    {"handle", COLUMN_HANDLE},
    {"kind", COLUMN_KIND},
    {"类型", COLUMN_KIND},
};

/* ---- what is found ---- */

void import_note(struct import_notes *notes, int64_t line, const char *column, const char *code,
                 const char *message)
{
    struct import_report *report = notes->report;
    if (report->problem_count == IMPORT_PROBLEM_LIMIT) {
        report->problems_left_out++;
        return;
    }
    if (report->problem_count == notes->capacity) {
        size_t capacity = notes->capacity ? 2 * notes->capacity : 16;
        report->problems =
            arena_grow(notes->arena, report->problems, notes->capacity * sizeof *report->problems,
                       capacity * sizeof *report->problems);
        notes->capacity = capacity;
    }
    report->problems[report->problem_count++] =
        (struct import_problem){.line = line,
                                .column = arena_copy_text(notes->arena, column ? column : ""),
                                .code = arena_copy_text(notes->arena, code),
                                .message = arena_copy_text(notes->arena, message)};
}

static int compare_problems(const void *a, const void *b)
{
    const struct import_problem *left = a;
    const struct import_problem *right = b;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return strcmp(left->column, right->column);
}

void import_notes_sort(struct import_report *report)
{
    if (report->problem_count > 0)
        qsort(report->problems, report->problem_count, sizeof *report->problems, compare_problems);
}

/* The beginning of a cell, for a message. */
static const char *shown(struct ctx *ctx, const char *text)
{
    size_t length = strlen(text);
    size_t kept = utf8_prefix(text, length, SHOWN);
    return kept == length ? text : arena_format(ctx->arena, "%.*s…", (int)kept, text);
}

/* ---- the first line ---- */

static enum import_column column_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof column_names / sizeof *column_names; i++)
        if (strcasecmp(column_names[i].name, name) == 0)
            return column_names[i].column;
    return COLUMN_IGNORED;
}

static err check_header(struct ctx *ctx, const struct import_header *header)
{
    static const struct {
        enum import_column column;
        const char *name;
    } needed[] = {{COLUMN_TITLE, "name"}, {COLUMN_CATEGORY, "category"}, {COLUMN_PRICE, "price"}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (header->names[needed[i].column])
            continue;
        return fail_field(ctx, needed[i].name, "required",
                          arena_format(ctx->arena, "the first line names no column \"%s\"", needed[i].name));
    }
    return NULL;
}

err import_header_read(struct ctx *ctx, const struct sheet_row *record, struct import_header *header,
                       struct import_notes *notes)
{
    struct import_report *report = notes->report;
    *header = (struct import_header){.count = record->count};
    report->ignored = arena_alloc_many(notes->arena, record->count, sizeof *report->ignored);
    for (size_t i = 0; i < record->count; i++) {
        const char *name = text_trim(notes->arena, record->cells[i].text);
        enum import_column column = column_of_name(name);
        header->meanings[i] = column;
        if (column == COLUMN_IGNORED) {
            report->ignored[report->ignored_count++] = shown(ctx, name[0] ? name : "(without a name)");
            continue;
        }
        if (header->names[column])
            return fail_field(ctx, name, "duplicate",
                              arena_format(ctx->arena,
                                           "the columns \"%s\" and \"%s\" mean the same; keep one",
                                           header->names[column], name));
        header->names[column] = name;
    }
    return check_header(ctx, header);
}

/* ---- a row ---- */

/* A row while it is read. */
struct reading {
    struct ctx *ctx;
    const struct import_header *header;
    const struct sheet_row *record;
    struct import_row *row;
    struct import_notes *notes;
    bool is_bad;
};

static void refuse(struct reading *reading, enum import_column column, const char *code, const char *message)
{
    import_note(reading->notes, reading->record->number, reading->header->names[column], code, message);
    reading->is_bad = true;
}

static const char *trimmed_cell(const struct reading *reading, enum import_column column)
{
    for (size_t i = 0; i < reading->header->count; i++)
        if (reading->header->meanings[i] == column) {
            const char *text = text_trim(reading->ctx->arena, reading->record->cells[i].text);
            return text[0] ? text : NULL;
        }
    return NULL;
}

/* The cell, or NULL when it is empty or, which is then told, not fit for use. */
static const char *cell(struct reading *reading, enum import_column column, size_t limit)
{
    const char *text = trimmed_cell(reading, column);
    if (!text)
        return NULL;
    if (text_has_control(text, strlen(text))) {
        refuse(reading, column, "control-character", "take out the control characters");
        return NULL;
    }
    if (utf8_length(text, strlen(text)) > limit) {
        refuse(reading, column, "too-long",
               arena_format(reading->ctx->arena, "at most %zu characters", limit));
        return NULL;
    }
    return text;
}

/* The same for what people see on one line: line breaks and tabs become blanks. */
static const char *line_cell(struct reading *reading, enum import_column column, size_t limit)
{
    const char *text = cell(reading, column, limit);
    if (!text || !strpbrk(text, "\r\n\t"))
        return text;
    char *line = arena_copy_text(reading->ctx->arena, text);
    for (char *c = line; *c; c++)
        if (*c == '\r' || *c == '\n' || *c == '\t')
            *c = ' ';
    return line;
}

static void read_price(struct reading *reading)
{
    const char *text = cell(reading, COLUMN_PRICE, 100);
    const char *currency = reading->ctx->shop->currency;
    money price;
    if (!text) {
        if (!trimmed_cell(reading, COLUMN_PRICE))
            refuse(reading, COLUMN_PRICE, "required", "the product needs a price");
        return;
    }
    if (!money_parse(text, currency, &price)) {
        refuse(reading, COLUMN_PRICE, "bad-price",
               arena_format(reading->ctx->arena, "\"%s\" is no price in %s; write it like 1299.00",
                            shown(reading->ctx, text), currency));
        return;
    }
    if (price.minor > PRICE_LIMIT)
        refuse(reading, COLUMN_PRICE, "out-of-range", "the price is too high");
    reading->row->price = price.minor;
}

static void read_stock(struct reading *reading)
{
    const char *text = cell(reading, COLUMN_STOCK, 100);
    reading->row->stock = -1;
    if (!text)
        return;
    int64_t stock;
    if (!text_to_int(text, &stock) || stock < 0 || stock > STOCK_LIMIT) {
        refuse(reading, COLUMN_STOCK, "bad-number",
               arena_format(reading->ctx->arena, "\"%s\" is no whole number of pieces from 0 to 1000000000",
                            shown(reading->ctx, text)));
        return;
    }
    reading->row->stock = stock;
}

static void read_kind(struct reading *reading)
{
    static const struct {
        const char *name;
        enum product_kind kind;
    } kinds[] = {{"physical", PRODUCT_PHYSICAL}, {"实物", PRODUCT_PHYSICAL}, {"digital", PRODUCT_DIGITAL},
                 {"数字", PRODUCT_DIGITAL},      {"虚拟", PRODUCT_DIGITAL},  {"卡密", PRODUCT_DIGITAL}};
    const char *text = cell(reading, COLUMN_KIND, 100);
    if (!text)
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcasecmp(kinds[i].name, text) == 0) {
            reading->row->kind = kinds[i].kind;
            return;
        }
    refuse(reading, COLUMN_KIND, "unknown-kind",
           arena_format(reading->ctx->arena, "\"%s\" is no kind; write physical or digital",
                        shown(reading->ctx, text)));
}

static void read_handle(struct reading *reading)
{
    const char *text = cell(reading, COLUMN_HANDLE, HANDLE_LIMIT);
    if (!text)
        return;
    if (text[0] == '-' || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(text))
        refuse(reading, COLUMN_HANDLE, "bad-handle", "use a-z, 0-9, - and _");
    reading->row->handle = text;
}

/* A SKU made of what a person knows a product by: the same name and brand give the same one in every file,
 * whatever else changed and wherever the row stands. */
static const char *derive_sku(struct ctx *ctx, const struct import_row *row)
{
    const char *identity = arena_format(ctx->arena, "%s\n%s", row->title, row->brand ? row->brand : "");
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(identity, strlen(identity), hash);
    return arena_format(ctx->arena, "CSV-%s", crypto_hex(ctx->arena, hash, DERIVED_BYTES));
}

static void read_sku(struct reading *reading)
{
    const char *text = line_cell(reading, COLUMN_SKU, SKU_LIMIT);
    if (text)
        reading->row->sku = text;
    else if (!reading->is_bad)
        reading->row->sku = derive_sku(reading->ctx, reading->row);
}

bool import_row_is_blank(const struct sheet_row *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (!text_is_blank(record->cells[i].text))
            return false;
    return true;
}

bool import_row_read(struct ctx *ctx, const struct import_header *header, const struct sheet_row *record,
                     struct import_row *row, struct import_notes *notes)
{
    struct reading reading = {.ctx = ctx, .header = header, .record = record, .row = row, .notes = notes};
    *row = (struct import_row){.line = record->number};
    if (record->count != header->count) {
        import_note(
            notes, record->number, "", "wrong-columns",
            arena_format(ctx->arena,
                         "the row has %zu columns, the first line has %zu; a cell with commas or line breaks"
                         " stands in quotes",
                         record->count, header->count));
        return false;
    }
    row->title = line_cell(&reading, COLUMN_TITLE, TITLE_LIMIT);
    if (!row->title && !reading.is_bad)
        refuse(&reading, COLUMN_TITLE, "required", "the product needs a name");
    row->category = line_cell(&reading, COLUMN_CATEGORY, CATEGORY_NAME_LIMIT);
    row->brand = line_cell(&reading, COLUMN_BRAND, BRAND_LIMIT);
    row->subtitle = line_cell(&reading, COLUMN_SUBTITLE, SUBTITLE_LIMIT);
    const char *description = cell(&reading, COLUMN_DESCRIPTION, DESCRIPTION_LIMIT);
    row->description = description ? product_safe_html(ctx, description) : NULL;
    read_price(&reading);
    read_stock(&reading);
    read_kind(&reading);
    read_handle(&reading);
    read_sku(&reading);
    return !reading.is_bad;
}
