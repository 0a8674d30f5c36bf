/* import_taobao.c - rows of 淘宝数据包, which tell the variants of a product in one cell.
 *
 * skuProps is a list "price:num:code:pid:vid;pid:vid;…": what a variant costs, how many there are, the shop's
 * code, and its value of each coded property. What the values are called stands in two more cells
 * (inputCustomCpv and propAlias, "pid:vid:name;…"), as far as the seller named them; the words of the codes
 * themselves stand in no file. inputPids and inputValues are answers to properties in the seller's words. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/money.h"

#define INPUT_LIMIT 100 /* characters of a brand or model */
#define BRAND_PID "20000"
#define MODEL_PID "13021751" /* 货号 */

/* Properties by which goods are sold, as Taobao numbers them. */
static const struct {
    const char *pid;
    const char *name;
} properties[] = {
    {"1627207", "颜色分类"}, {"20509", "尺码"},         {"20518", "尺码"},
    {"20549", "鞋码"},       {"122216343", "参考身高"}, {"5919063", "套餐类型"},
};

/* One variant of the cell. */
struct sale {
    const char *price;
    const char *stock;
    const char *code;
    const char *names[PRODUCT_OPTION_LIMIT];    /* by property */
    const char *property[PRODUCT_OPTION_LIMIT]; /* "pid:vid" */
};

struct spreading {
    struct import_run *run;
    struct import_line *line;
    const char *pids[PRODUCT_OPTION_LIMIT];
    size_t pid_count;
    struct sale *sales;
    size_t count;
};

static void warn(const struct spreading *spreading, const char *code, const char *value, const char *message)
{
    import_warn(spreading->run, spreading->line->number, import_header_of(spreading->run, MEANING_SKU_PROPS),
                code, value, message);
}

/* ---- names ---- */

/* Of "pid:vid:name;…" the name behind `property`, or NULL. */
static const char *name_in(struct ctx *ctx, const char *list, const char *property)
{
    static const char *const gaps[] = {";", NULL};
    size_t count, length = strlen(property);
    const char **items = import_split(ctx, list ? list : "", gaps, &count);
    for (size_t i = 0; i < count; i++)
        if (text_starts(items[i], property) && items[i][length] == ':' && items[i][length + 1])
            return items[i] + length + 1;
    return NULL;
}

static const char *value_name(const struct spreading *spreading, const char *property)
{
    struct ctx *ctx = &spreading->run->work;
    const char *name = name_in(ctx, spreading->line->cells[MEANING_CUSTOM_PROPS], property);
    return name ? name : name_in(ctx, spreading->line->cells[MEANING_PROP_ALIAS], property);
}

static const char *property_name(struct ctx *ctx, const char *pid, size_t place)
{
    for (size_t i = 0; i < sizeof properties / sizeof *properties; i++)
        if (text_is(properties[i].pid, pid))
            return properties[i].name;
    return arena_format(ctx->arena, "规格%zu", place + 1);
}

/* ---- the cell ---- */

static bool is_number(const char *text)
{
    const char *digits = text[0] == '-' ? text + 1 : text;
    return digits[0] && strspn(digits, "0123456789") == strlen(digits);
}

static size_t place_of(struct spreading *spreading, const char *pid)
{
    size_t place = 0;
    while (place < spreading->pid_count && !text_is(spreading->pids[place], pid))
        place++;
    if (place == spreading->pid_count && place < PRODUCT_OPTION_LIMIT)
        spreading->pids[spreading->pid_count++] = pid;
    return place;
}

static bool add_property(struct spreading *spreading, const char *pid, const char *vid)
{
    struct ctx *ctx = &spreading->run->work;
    const char *property = arena_format(ctx->arena, "%s:%s", pid, vid);
    const char *name = value_name(spreading, property);
    size_t place = spreading->count > 0 && is_number(pid) && is_number(vid) ? place_of(spreading, pid)
                                                                            : PRODUCT_OPTION_LIMIT;
    if (place == PRODUCT_OPTION_LIMIT) {
        warn(spreading, "props-unreadable", property, "the coded properties cannot be read");
        return false;
    }
    if (!name) {
        warn(spreading, "props-unnamed", property,
             "the file does not say what this value is called: the product comes without variants");
        return false;
    }
    struct sale *sale = &spreading->sales[spreading->count - 1];
    sale->names[place] = name;
    sale->property[place] = property;
    return true;
}

/* "pid:vid" goes on with a variant, "price:num:code:pid:vid" begins one. The code may hold colons. */
static bool take_item(struct spreading *spreading, const char *item)
{
    struct ctx *ctx = &spreading->run->work;
    char *text = arena_copy_text(ctx->arena, item), *vid = strrchr(text, ':');
    if (!vid)
        return add_property(spreading, "", item);
    *vid++ = '\0';
    char *pid = strrchr(text, ':'), *stock = strchr(text, ':');
    if (!pid)
        return add_property(spreading, text, vid);
    *pid++ = '\0';
    char *code = stock < pid - 1 ? strchr(stock + 1, ':') : NULL;
    if (!code && stock == pid - 1)
        return add_property(spreading, "", item);
    *stock++ = '\0';
    if (code)
        *code++ = '\0';
    if (spreading->count == PRODUCT_VARIANT_LIMIT) {
        warn(spreading, "props-unreadable", item, "the product has too many variants");
        return false;
    }
    spreading->sales[spreading->count++] =
        (struct sale){.price = text, .stock = stock, .code = code ? text_trim(ctx->arena, code) : ""};
    return add_property(spreading, pid, vid);
}

static bool read_sales(struct spreading *spreading)
{
    static const char *const gaps[] = {";", NULL};
    struct ctx *ctx = &spreading->run->work;
    size_t count;
    const char **items = import_split(ctx, spreading->line->cells[MEANING_SKU_PROPS], gaps, &count);
    spreading->sales = arena_alloc_many(ctx->arena, count + 1, sizeof *spreading->sales);
    for (size_t i = 0; i < count; i++)
        if (!take_item(spreading, items[i]))
            return false;
    return spreading->count > 0;
}

/* ---- the rows ---- */

static void refuse(const struct spreading *spreading, struct import_line *line, const char *code,
                   const char *value, const char *fix, const char *message)
{
    import_note(spreading->run, line->number, import_header_of(spreading->run, MEANING_SKU_PROPS), code,
                value, fix, message);
    line->is_bad = true;
}

static void take_numbers(const struct spreading *spreading, const struct sale *sale, struct import_line *line)
{
    money price;
    int64_t stock;
    line->cells[MEANING_PRICE] = sale->price;
    line->cells[MEANING_STOCK] = sale->stock;
    if (money_parse(sale->price, spreading->run->ctx->shop->currency, &price) && price.minor >= 0)
        line->numbers[MEANING_PRICE] = price.minor;
    else
        refuse(spreading, line, "bad-price", sale->price, "1299.00",
               "this is no amount; write it like 1299.00");
    if (text_to_int(sale->stock, &stock) && stock >= 0 && stock <= IMPORT_STOCK_LIMIT)
        line->numbers[MEANING_STOCK] = stock;
    else
        refuse(spreading, line, "bad-number", sale->stock, "", "a whole number of pieces");
}

/* "NAME:2:0:pid:vid|https://…" among the pictures is what a value looks like. */
static const char *picture_of(const struct spreading *spreading, const struct sale *sale)
{
    static const char *const gaps[] = {";", NULL};
    struct ctx *ctx = &spreading->run->work;
    const char *cell = spreading->line->cells[MEANING_PICTURES];
    size_t count;
    const char **items = import_split(ctx, cell ? cell : "", gaps, &count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < spreading->pid_count; j++) {
            const char *value =
                sale->property[j] ? arena_format(ctx->arena, ":%s|", sale->property[j]) : NULL;
            if (value && strstr(items[i], ":2:") && strstr(items[i], value))
                return items[i];
        }
    return NULL;
}

static struct import_line *line_of(const struct spreading *spreading, size_t index)
{
    struct ctx *ctx = &spreading->run->work;
    const struct sale *sale = &spreading->sales[index];
    struct import_line *line = arena_alloc(ctx->arena, sizeof *line);
    *line = *spreading->line;
    line->cells[MEANING_SKU] = sale->code[0] ? sale->code : NULL;
    line->cells[MEANING_BARCODE] = line->cells[MEANING_EXTERNAL_ID] = NULL; /* those of the whole product */
    line->cells[MEANING_VARIANT_PICTURE] = picture_of(spreading, sale);
    if (index > 0)
        line->cells[MEANING_PICTURES] = line->cells[MEANING_PICTURE_ALT] = NULL;
    for (size_t i = 0; i < spreading->pid_count; i++) {
        line->option_names[i] = property_name(ctx, spreading->pids[i], i);
        line->options[i] = sale->names[i];
    }
    take_numbers(spreading, sale, line);
    return line;
}

/* Brand and model in the seller's words. */
static void take_inputs(struct import_run *run, struct import_line *line)
{
    static const char *const commas[] = {",", NULL};
    const char *pids = line->cells[MEANING_INPUT_PIDS], *values = line->cells[MEANING_INPUT_VALUES];
    size_t pid_count, value_count;
    if (!pids || !values)
        return;
    const char **keys = import_split(&run->work, pids, commas, &pid_count);
    const char **words = import_split(&run->work, values, commas, &value_count);
    for (size_t i = 0; i < pid_count && pid_count == value_count; i++) {
        bool is_brand = text_is(keys[i], BRAND_PID);
        enum import_meaning meaning = is_brand ? MEANING_BRAND : MEANING_MODEL;
        if ((is_brand || text_is(keys[i], MODEL_PID)) && !line->cells[meaning] &&
            utf8_length(words[i], strlen(words[i])) <= INPUT_LIMIT)
            line->cells[meaning] = words[i];
    }
}

void import_line_spread(struct import_run *run, struct import_line *line, struct import_line ***lines,
                        size_t *count)
{
    struct spreading spreading = {.run = run, .line = line};
    const char *cell = line->cells[MEANING_SKU_PROPS];
    take_inputs(run, line);
    bool is_spread = cell && cell[0] && read_sales(&spreading);
    *count = is_spread ? spreading.count : 1;
    *lines = arena_alloc_many(run->work.arena, *count, sizeof **lines);
    (*lines)[0] = line;
    for (size_t i = 0; is_spread && i < *count; i++)
        (*lines)[i] = line_of(&spreading, i);
}
