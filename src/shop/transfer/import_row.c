/* import_row.c - understanding the cells of a row. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/crypto.h"
#include "base/money.h"
#include <inttypes.h>
#include <strings.h>

#define PRICE_LIMIT INT64_C(9000000000000)
#define STOCK_LIMIT IMPORT_STOCK_LIMIT
#define WEIGHT_LIMIT INT64_C(100000000)
#define VOLUME_LIMIT INT64_C(1000000000)
#define SHELF_LIFE_LIMIT INT64_C(36500)
#define DAYS_LIMIT 365
#define MONTHS_LIMIT 600
#define MULTIPLE_LIMIT 100
/* Bytes of the hash in a derived SKU. */
#define DERIVED_BYTES 8
/* Characters of a cell that no column says anything else of. */
#define CELL_LIMIT 500
#define TEXT_LIMIT 20000
#define PROPS_LIMIT 100000

static const size_t limits[MEANING_CELLS] = {
    [MEANING_TITLE] = PRODUCT_TITLE_KEPT,
    [MEANING_SUBTITLE] = 500,
    [MEANING_HANDLE] = 120,
    [MEANING_BRAND] = 100,
    [MEANING_SPECS] = TEXT_LIMIT,
    [MEANING_TAGS] = TEXT_LIMIT,
    [MEANING_COLLECTIONS] = TEXT_LIMIT,
    [MEANING_SKU] = 64,
    [MEANING_DESCRIPTION] = TEXT_LIMIT,
    [MEANING_QUESTIONS] = TEXT_LIMIT,
    [MEANING_EXTERNAL_ID] = EXTERNAL_ID_LIMIT,
    [MEANING_PICTURES] = TEXT_LIMIT,
    [MEANING_PICTURE_ALT] = TEXT_LIMIT,
    [MEANING_SKU_PROPS] = PROPS_LIMIT,
    [MEANING_PROP_ALIAS] = PROPS_LIMIT,
    [MEANING_CUSTOM_PROPS] = PROPS_LIMIT,
    [MEANING_INPUT_PIDS] = TEXT_LIMIT,
    [MEANING_INPUT_VALUES] = TEXT_LIMIT,
    [MEANING_VARIANT_PICTURE] = TEXT_LIMIT,
    [MEANING_COMPARE_NOTE] = COMPARE_NOTE_LIMIT,
    [MEANING_OPTION1_NAME] = 60,
    [MEANING_OPTION2_NAME] = 60,
    [MEANING_OPTION3_NAME] = 60,
    [MEANING_OPTION4_NAME] = 60,
    [MEANING_OPTION1] = 60,
    [MEANING_OPTION2] = 60,
    [MEANING_OPTION3] = 60,
    [MEANING_OPTION4] = 60,
};

struct reading {
    struct import_run *run;
    struct import_line *line;
};

static void refuse(struct reading *reading, const char *column, const char *code, const char *value,
                   const char *fix, const char *message)
{
    import_note(reading->run, reading->line->number, column, code, value, fix, message);
    reading->line->is_bad = true;
}

static void refuse_cell(struct reading *reading, enum import_meaning meaning, const char *code,
                        const char *fix, const char *message)
{
    refuse(reading, import_header_of(reading->run, meaning), code, reading->line->cells[meaning], fix,
           message);
}

/* What people see on one line: line breaks and tabs become blanks. */
static const char *one_line(struct ctx *ctx, const char *text)
{
    if (!strpbrk(text, "\r\n\t"))
        return text;
    char *line = arena_copy_text(ctx->arena, text);
    for (char *c = line; *c; c++)
        if (*c == '\r' || *c == '\n' || *c == '\t')
            *c = ' ';
    return line;
}

static bool is_long_text(enum import_meaning meaning)
{
    return meaning == MEANING_DESCRIPTION || meaning == MEANING_SPECS || meaning == MEANING_TAGS ||
           meaning == MEANING_COLLECTIONS || meaning == MEANING_PICTURES || meaning == MEANING_QUESTIONS ||
           meaning == MEANING_PICTURE_ALT || meaning == MEANING_PRICE_TIERS ||
           meaning == MEANING_VARIANT_PRICE_TIERS;
}

/* A spreadsheet wrote 6901234567892 as 6.90123E+12: what stood behind is lost. */
static bool is_scientific(enum import_meaning meaning, const char *text)
{
    size_t digits = strspn(text, "0123456789.");
    bool is_number = meaning == MEANING_SKU || meaning == MEANING_BARCODE || meaning == MEANING_EXTERNAL_ID ||
                     meaning == MEANING_TAX_CODE;
    return is_number && digits > 1 && text[1] == '.' && (text[digits] == 'E' || text[digits] == 'e') &&
           text[digits + 1] == '+' && text[digits + 2] &&
           strspn(text + digits + 2, "0123456789") == strlen(text + digits + 2);
}

/* The trimmed cell: NULL when it is empty, "" when it says <clear>. */
static const char *read_cell(struct reading *reading, const struct import_column *column, const char *raw)
{
    struct ctx *ctx = &reading->run->work;
    const char *text = text_trim(ctx->arena, raw);
    size_t limit =
        column->meaning < MEANING_CELLS && limits[column->meaning] ? limits[column->meaning] : CELL_LIMIT;
    if (!text[0])
        return NULL;
    if (text_is(text, IMPORT_CLEAR))
        return "";
    if (text_has_control(text, strlen(text))) {
        refuse(reading, column->header, "control-character", "", "", "take out the control characters");
        return NULL;
    }
    if (utf8_length(text, strlen(text)) > limit) {
        refuse(reading, column->header, "too-long", text, arena_format(ctx->arena, "%zu", limit),
               arena_format(ctx->arena, "at most %zu characters", limit));
        return NULL;
    }
    if (is_scientific(column->meaning, text)) {
        refuse(reading, column->header, "scientific", text, "",
               "a spreadsheet shortened this number; make the column text and write it anew");
        return NULL;
    }
    return is_long_text(column->meaning) ? text : one_line(ctx, text);
}

static void take_cells(struct reading *reading, const struct sheet_row *row)
{
    const struct import_columns *columns = &reading->run->columns;
    struct import_line *line = reading->line;
    size_t attribute = 0, option = 0;
    for (size_t i = 0; i < columns->count; i++) {
        const struct import_column *column = &columns->items[i];
        if (column->meaning == MEANING_NONE)
            continue;
        const char *text = i < row->count ? read_cell(reading, column, row->cells[i].text) : NULL;
        if (column->meaning == MEANING_ATTRIBUTE) {
            line->attributes[attribute++] = text;
        } else if (column->meaning == MEANING_OPTION) {
            while (option < PRODUCT_OPTION_LIMIT && line->options[option])
                option++;
            if (text && text[0] && option < PRODUCT_OPTION_LIMIT) {
                line->option_names[option] = column->header;
                line->options[option++] = text;
            }
        } else {
            line->cells[column->meaning] = text;
        }
    }
}

/* Columns "option 1 name" and "option 1" beside those that are named after an option. Shopify says that there
 * are none by an option "Title" with the one value "Default Title". */
static void take_options(struct reading *reading)
{
    struct import_line *line = reading->line;
    for (size_t i = 0; i < PRODUCT_OPTION_LIMIT; i++) {
        const char *name = line->cells[MEANING_OPTION1_NAME + i], *value = line->cells[MEANING_OPTION1 + i];
        if (!value || !value[0] || text_is(value, "Default Title"))
            continue;
        line->options[i] = value;
        if (name && name[0])
            line->option_names[i] = name;
    }
}

/* ---- numbers and words ---- */

static bool is_told(const struct import_line *line, enum import_meaning meaning)
{
    return line->cells[meaning] && line->cells[meaning][0];
}

static void read_money(struct reading *reading, enum import_meaning meaning)
{
    const char *currency = reading->run->ctx->shop->currency;
    struct import_line *line = reading->line;
    money amount;
    if (!is_told(line, meaning))
        return;
    if (!money_parse(line->cells[meaning], currency, &amount)) {
        refuse_cell(reading, meaning, meaning == MEANING_PRICE ? "bad-price" : "bad-amount", "1299.00",
                    arena_format(reading->run->work.arena, "this is no amount in %s; write it like 1299.00",
                                 currency));
        return;
    }
    if (amount.minor > PRICE_LIMIT || amount.minor < 0)
        refuse_cell(reading, meaning, "out-of-range", "", "the amount is out of range");
    line->numbers[meaning] = amount.minor;
}

static void read_number(struct reading *reading, enum import_meaning meaning, int64_t least, int64_t most)
{
    int64_t *number = &reading->line->numbers[meaning];
    if (!is_told(reading->line, meaning))
        return;
    if (text_to_int(reading->line->cells[meaning], number) && *number >= least && *number <= most)
        return;
    refuse_cell(
        reading, meaning, "bad-number", "",
        arena_format(reading->run->work.arena, "a whole number from %" PRId64 " to %" PRId64, least, most));
}

/* Kilogrammes with up to three decimals. */
static void read_kilogrammes(struct reading *reading)
{
    const char *text = reading->line->cells[MEANING_WEIGHT_KG];
    int64_t grams = 0;
    int decimals = -1;
    if (!is_told(reading->line, MEANING_WEIGHT_KG))
        return;
    for (const char *c = text; *c; c++) {
        if (*c == '.' && decimals < 0 && c != text) {
            decimals = 0;
            continue;
        }
        if (*c < '0' || *c > '9' || decimals == 3 || grams > WEIGHT_LIMIT) {
            refuse_cell(reading, MEANING_WEIGHT_KG, "bad-weight", "0.5",
                        "kilogrammes with at most three decimals, like 0.5");
            return;
        }
        grams = grams * 10 + (*c - '0');
        decimals += decimals >= 0;
    }
    for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
        grams *= 10;
    reading->line->numbers[MEANING_WEIGHT] = grams;
    if (grams > WEIGHT_LIMIT)
        refuse_cell(reading, MEANING_WEIGHT_KG, "out-of-range", "", "the weight is out of range");
}

struct word {
    const char *text;
    int meaning;
};

static const struct word kinds[] = {{"physical", PRODUCT_PHYSICAL}, {"实物", PRODUCT_PHYSICAL},
                                    {"实物商品", PRODUCT_PHYSICAL}, {"digital", PRODUCT_DIGITAL},
                                    {"数字", PRODUCT_DIGITAL},      {"虚拟", PRODUCT_DIGITAL},
                                    {"虚拟商品", PRODUCT_DIGITAL},  {"数字商品", PRODUCT_DIGITAL},
                                    {"卡密", PRODUCT_DIGITAL},      {NULL, 0}};
static const struct word statuses[] = {{"active", PRODUCT_ACTIVE},
                                       {"true", PRODUCT_ACTIVE},
                                       {"上架", PRODUCT_ACTIVE},
                                       {"已上架", PRODUCT_ACTIVE},
                                       {"在售", PRODUCT_ACTIVE},
                                       {"出售中", PRODUCT_ACTIVE},
                                       {"是", PRODUCT_ACTIVE},
                                       {"draft", PRODUCT_DRAFT},
                                       {"false", PRODUCT_DRAFT},
                                       {"下架", PRODUCT_DRAFT},
                                       {"已下架", PRODUCT_DRAFT},
                                       {"未上架", PRODUCT_DRAFT},
                                       {"草稿", PRODUCT_DRAFT},
                                       {"仓库中", PRODUCT_DRAFT},
                                       {"否", PRODUCT_DRAFT},
                                       {"archived", PRODUCT_ARCHIVED},
                                       {"归档", PRODUCT_ARCHIVED},
                                       {"已归档", PRODUCT_ARCHIVED},
                                       {NULL, 0}};

/* The first of each meaning is what the export writes in Chinese, import_word tells it. */
static const struct word return_rules[] = {{"支持", RETURN_SEVEN_DAYS},
                                           {"七天无理由", RETURN_SEVEN_DAYS},
                                           {"7天无理由", RETURN_SEVEN_DAYS},
                                           {"7天无理由退货", RETURN_SEVEN_DAYS},
                                           {"七天无理由退货", RETURN_SEVEN_DAYS},
                                           {"是", RETURN_SEVEN_DAYS},
                                           {"定作", RETURN_CUSTOM_MADE},
                                           {"定制", RETURN_CUSTOM_MADE},
                                           {"鲜活易腐", RETURN_PERISHABLE},
                                           {"数字化商品", RETURN_DIGITAL},
                                           {"报纸期刊", RETURN_PRESS},
                                           {"不宜退货", RETURN_UNSUITED},
                                           {"不写", RETURN_UNSAID},
                                           {NULL, 0}};
static const struct word compare_kinds[] = {
    {"本店原价", COMPARE_OWN}, {"其他来源", COMPARE_EXPLAINED}, {NULL, 0}};
static const char *const variant_status_names[] = {"on", "off", NULL};
static const struct word variant_statuses[] = {
    {"在售", VARIANT_ON}, {"启用", VARIANT_ON},   {"是", VARIANT_ON},
    {"true", VARIANT_ON}, {"停售", VARIANT_OFF},  {"停用", VARIANT_OFF},
    {"否", VARIANT_OFF},  {"false", VARIANT_OFF}, {NULL, 0}};
static const struct word content_units[] = {{"克", CONTENT_G},     {"千克", CONTENT_KG},
                                            {"公斤", CONTENT_KG},  {"毫升", CONTENT_ML},
                                            {"升", CONTENT_L},     {"厘米", CONTENT_CM},
                                            {"米", CONTENT_M},     {"片", CONTENT_TABLET},
                                            {"个", CONTENT_PIECE}, {"包", CONTENT_PACK},
                                            {"粒", CONTENT_GRAIN}, {"支", CONTENT_STICK},
                                            {"张", CONTENT_SHEET}, {NULL, 0}};
static const struct word content_bases[] = {
    {"每千克", BASE_KG},    {"每500克", BASE_500G}, {"斤", BASE_500G},
    {"每100克", BASE_100G}, {"每升", BASE_L},       {"每100毫升", BASE_100ML},
    {"每米", BASE_M},       {"自动", BASE_USUAL},   {NULL, 0}};

/* A column whose cells are words of a list, or names that programs use: names[0] means `first`. */
struct vocabulary {
    enum import_meaning meaning;
    const struct word *words;
    const char *const *names;
    int first;
    const char *code;
    const char *fix;
    const char *message;
};

static const struct vocabulary vocabularies[] = {
    {MEANING_RETURN_RULE, return_rules, return_rule_names, RETURN_UNSAID, "unknown-return-rule", "支持",
     "write seven_days, or why it cannot be returned: custom_made, perishable, digital, press, unsuited"},
    {MEANING_COMPARE_KIND, compare_kinds, compare_kind_names, COMPARE_OWN, "unknown-compare-kind", "其他来源",
     "write own, or explained and what the price is"},
    {MEANING_VARIANT_STATUS, variant_statuses, variant_status_names, VARIANT_ON, "unknown-variant-status",
     "在售", "write on or off"},
    {MEANING_CONTENT_UNIT, content_units, content_unit_names, CONTENT_NONE, "unknown-content-unit", "克",
     "write one of g, kg, ml, l, cm, m, tablet, piece, pack, grain, stick, sheet"},
    {MEANING_CONTENT_BASE, content_bases, content_base_names, BASE_USUAL, "unknown-content-base", "",
     "write one of kg, 500g, 100g, l, 100ml, m, or leave it empty"},
};

static bool find_word(const struct word *words, const char *text, int64_t *meaning)
{
    for (; words->text; words++)
        if (strcasecmp(words->text, text) == 0) {
            *meaning = words->meaning;
            return true;
        }
    return false;
}

static bool find_name(const char *const *names, const char *text, int64_t *index)
{
    for (*index = 0; names[*index]; (*index)++)
        if (strcasecmp(names[*index], text) == 0)
            return true;
    return false;
}

static int64_t word_of(struct reading *reading, enum import_meaning meaning, const struct word *words,
                       const char *code, const char *fix, const char *message)
{
    int64_t found = 0;
    if (is_told(reading->line, meaning) && !find_word(words, reading->line->cells[meaning], &found))
        refuse_cell(reading, meaning, code, fix, message);
    return found;
}

static void read_vocabulary(struct reading *reading, const struct vocabulary *vocabulary)
{
    enum import_meaning meaning = vocabulary->meaning;
    const char *text = reading->line->cells[meaning];
    int64_t index;
    if (!is_told(reading->line, meaning) ||
        find_word(vocabulary->words, text, &reading->line->numbers[meaning]))
        return;
    if (find_name(vocabulary->names, text, &index))
        reading->line->numbers[meaning] = index + vocabulary->first;
    else
        refuse_cell(reading, meaning, vocabulary->code, vocabulary->fix, vocabulary->message);
}

static void read_words(struct reading *reading)
{
    reading->line->kind = (enum product_kind)word_of(reading, MEANING_KIND, kinds, "unknown-kind", "physical",
                                                     "write physical or digital");
    reading->line->status = (enum product_status)word_of(reading, MEANING_STATUS, statuses, "unknown-status",
                                                         "active", "write active, draft or archived");
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++)
        read_vocabulary(reading, &vocabularies[i]);
}

const char *import_word(enum import_meaning meaning, int64_t number, bool is_english)
{
    for (size_t i = 0; i < sizeof vocabularies / sizeof *vocabularies; i++) {
        const struct vocabulary *vocabulary = &vocabularies[i];
        if (vocabulary->meaning != meaning)
            continue;
        for (const struct word *word = vocabulary->words; word->text && !is_english; word++)
            if (word->meaning == number)
                return word->text;
        return vocabulary->names[number - vocabulary->first];
    }
    return "";
}

static void read_handle(struct reading *reading)
{
    const char *text = reading->line->cells[MEANING_HANDLE];
    if (!is_told(reading->line, MEANING_HANDLE))
        return;
    if (text[0] == '-' || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") != strlen(text))
        refuse_cell(reading, MEANING_HANDLE, "bad-handle", product_handle_from(&reading->run->work, text),
                    "use a-z, 0-9, - and _");
}

/* What can be changed but not be taken away. */
static void check_clears(struct reading *reading)
{
    static const enum import_meaning kept[] = {
        MEANING_TITLE,    MEANING_HANDLE, MEANING_KIND,           MEANING_STATUS,
        MEANING_CATEGORY, MEANING_SKU,    MEANING_COLLECTIONS,    MEANING_VARIANT_STATUS,
        MEANING_PRICE,    MEANING_STOCK,  MEANING_STOCK_EXPECTED, MEANING_STOCK_DELTA};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const char *cell = reading->line->cells[kept[i]];
        if (cell && !cell[0])
            refuse(reading, import_header_of(reading->run, kept[i]), "not-clearable", IMPORT_CLEAR, "",
                   "this cannot be taken away; leave the cell empty to keep what is there");
    }
}

static const enum import_meaning amounts[] = {MEANING_PRICE, MEANING_COST, MEANING_COMPARE_PRICE};
static const struct {
    enum import_meaning meaning;
    int64_t least;
    int64_t most;
} ranges[] = {
    {MEANING_WEIGHT, 0, WEIGHT_LIMIT},
    {MEANING_VOLUME, 0, VOLUME_LIMIT},
    {MEANING_BASE_COUNT, 0, BASE_COUNT_LIMIT},
    {MEANING_SHELF_LIFE, 0, SHELF_LIFE_LIMIT},
    {MEANING_RETURN_DAYS, 0, DAYS_LIMIT},
    {MEANING_EXCHANGE_DAYS, 0, DAYS_LIMIT},
    {MEANING_WARRANTY_MONTHS, 0, MONTHS_LIMIT},
    {MEANING_FAKE_MULTIPLE, 0, MULTIPLE_LIMIT},
    {MEANING_MIN_QUANTITY, 0, BUYING_QUANTITY_LIMIT},
    {MEANING_MAX_QUANTITY, 0, BUYING_QUANTITY_LIMIT},
    {MEANING_PERSON_QUANTITY, 0, BUYING_QUANTITY_LIMIT},
    {MEANING_PERSON_DAYS, 0, PERSON_DAYS_LIMIT},
    {MEANING_CONTENT_AMOUNT, 0, CONTENT_LIMIT},
    {MEANING_STOCK, 0, STOCK_LIMIT},
    {MEANING_STOCK_EXPECTED, 0, STOCK_LIMIT},
    {MEANING_STOCK_DELTA, -STOCK_LIMIT, STOCK_LIMIT},
};

bool import_line_read(struct import_run *run, const struct sheet_row *row, struct import_line *line)
{
    struct reading reading = {run, line};
    *line = (struct import_line){.number = row->number};
    line->attributes =
        arena_alloc_many(run->work.arena, run->columns.attribute_count + 1, sizeof *line->attributes);
    if (row->count != run->columns.count && sheet_format_of(run->reader) == SHEET_CSV) {
        import_note(run, row->number, "", "wrong-columns", "", "",
                    arena_format(run->work.arena,
                                 "the row has %zu columns, the first line has %zu; a cell with commas or line"
                                 " breaks stands in quotes",
                                 row->count, run->columns.count));
        return false;
    }
    take_cells(&reading, row);
    take_options(&reading);
    check_clears(&reading);
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        read_money(&reading, amounts[i]);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        read_number(&reading, ranges[i].meaning, ranges[i].least, ranges[i].most);
    read_kilogrammes(&reading);
    read_words(&reading);
    read_handle(&reading);
    return true;
}

const char *import_derived_sku(struct ctx *ctx, const char *title, const char *brand, const char *choice)
{
    const char *identity =
        arena_format(ctx->arena, "%s\n%s%s%s", title, brand ? brand : "", choice[0] ? "\n" : "", choice);
    unsigned char hash[CRYPTO_HASH_BYTES];
    crypto_sha256(identity, strlen(identity), hash);
    return arena_format(ctx->arena, "CSV-%s", crypto_hex(ctx->arena, hash, DERIVED_BYTES));
}
