/* backoffice_promotion_form.c - an offer as people type it: fields, and what they mean. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_promotion_form.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_entry_form.h"
#include "shop/catalog/catalog.h"
#include <inttypes.h>

#define TAGS_TEXT 600
#define GOODS_TEXT 12000
#define PERCENT_DIGITS 2
#define FOLD_DIGITS 3
/* An offer on freight meets every other. */
#define ALL_CLASSES                                                                                          \
    (1u << CLASS_SALE | 1u << CLASS_GOODS | 1u << CLASS_SUM | 1u << CLASS_COUPON | 1u << CLASS_GIFT |        \
     1u << CLASS_ADDON)

const char *const promotion_form_kinds[] = {"sale",   "pieces", "nth",   "sum",     "coupon", "shipping",
                                            "bundle", "gift",   "addon", "voucher", NULL};
static const char *const bys[] = {"sum", "pieces", NULL};
static const char *const scopes[] = {"all", "some", NULL};

#define MONEY_FIELD(form, member, words)                                                                     \
    {                                                                                                        \
        .name = #member, .kind = FIELD_MONEY, .offset = offsetof(form, member), .maximum = MONEY_MAX,        \
        .help = (words)                                                                                      \
    }
#define NUMBER_FIELD(form, member, top, words)                                                               \
    {                                                                                                        \
        .name = #member, .kind = FIELD_INT, .offset = offsetof(form, member), .maximum = (top),              \
        .help = (words)                                                                                      \
    }
#define TEXT_FIELD(form, member, length, words)                                                              \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(form, member), .maximum = (length),          \
        .help = (words)                                                                                      \
    }
#define FLAG_FIELD(title, member, words)                                                                     \
    {                                                                                                        \
        .name = (title), .kind = FIELD_FLAG, .offset = offsetof(struct promotion_form, member),              \
        .help = (words)                                                                                      \
    }

static const struct field step_fields[] = {
    MONEY_FIELD(struct step_row, from, "From which sum on (sum, coupon); 0 = from the first"),
    NUMBER_FIELD(struct step_row, pieces, 999, "From how many pieces on (pieces), or every which one (nth)"),
    MONEY_FIELD(struct step_row, off, "What comes off: of each piece (sale), else of the sum"),
    MONEY_FIELD(struct step_row, price, "What one piece costs (sale)"),
    NUMBER_FIELD(struct step_row, percent, 1000000, "The part that comes off, in basis points: 1500 = 15 %"),
    TEXT_FIELD(struct step_row, fold, 6, "The same as what is left in tenths: 8.5 = 15 % off"),
    TEXT_FIELD(struct step_row, part, 6, "The same in percent: 15"),
    {.name = "free",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct step_row, is_free),
     .help = "shipping: carried for nothing"},
    NUMBER_FIELD(struct step_row, gives, 999, "Pieces that are given (gift)"),
    {0},
};

static const struct field given_fields[] = {
    TEXT_FIELD(struct given_row, sku, 64, "SKU of a variant"),
    NUMBER_FIELD(struct given_row, pieces, 999,
                 "Pieces in one bundle (bundle), pieces of an order at most (addon, voucher); 0 = one"),
    MONEY_FIELD(struct given_row, price, "What one costs then (addon, voucher); a voucher may say nothing"),
    {0},
};

static const struct field id_fields[] = {
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct id_row, id), .help = "An id"},
    {0},
};

static const struct field region_fields[] = {
    NUMBER_FIELD(struct region_row, code, 99, "Code of a province (GB/T 2260)"),
    {0},
};

#define ROWS_FIELD(member, most_rows, of, size, words)                                                       \
    {                                                                                                        \
        .name = #member, .kind = FIELD_ROWS, .offset = offsetof(struct promotion_form, member),              \
        .maximum = (most_rows), .rows = (of), .row_size = (size), .help = (words)                            \
    }
#define KIND_FIELD                                                                                           \
    {                                                                                                        \
        .name = "kind", .kind = FIELD_CHOICE, .offset = offsetof(struct promotion_form, kind),               \
        .choices = promotion_form_kinds, .otherwise = DISCOUNT_SUM - 1,                                      \
        .help = "sale, pieces, nth, sum, coupon, shipping, bundle, gift, addon or voucher"                   \
    }
#define GOODS_FIELDS                                                                                         \
    {.name = "scope",                                                                                        \
     .kind = FIELD_CHOICE,                                                                                   \
     .offset = offsetof(struct promotion_form, scope),                                                       \
     .choices = scopes,                                                                                      \
     .help = "all goods, or some: those named below"},                                                       \
        ROWS_FIELD(shelves, SCOPE_ROWS, id_fields, sizeof(struct id_row),                                    \
                   "Categories (with all below them), collections and tags"),                                \
        ROWS_FIELD(products, SCOPE_ROWS, id_fields, sizeof(struct id_row), "Single products"),               \
        TEXT_FIELD(struct promotion_form, tags, TAGS_TEXT, "More tags by name, between commas"),             \
    {                                                                                                        \
        .name = "goods", .kind = FIELD_LONG, .offset = offsetof(struct promotion_form, goods),               \
        .maximum = GOODS_TEXT, .help = "More products by SKU or handle, one a line"                          \
    }
#define FORM_FIELDS                                                                                          \
    KIND_FIELD, TEXT_FIELD(struct promotion_form, name, PROMOTION_NAME_MOST, "What buyers read"),            \
        TEXT_FIELD(struct promotion_form, starts_at, 32, "Local time of the shop: 2026-05-01T10:00"),        \
        TEXT_FIELD(struct promotion_form, ends_at, 32, "The moment it ends, not counted itself"),            \
        ROWS_FIELD(steps, DISCOUNT_STEPS_MOST, step_fields, sizeof(struct step_row),                         \
                   "Rising steps; empty rows are left out"),                                                 \
        NUMBER_FIELD(struct promotion_form, times, 1000000,                                                  \
                     "sum, coupon: the step counts again, so often at most; nth: pieces at most; 0 = once, " \
                     "without bound"),                                                                       \
        MONEY_FIELD(struct promotion_form, most, "It takes off so much at most; 0 = no bound"),              \
        GOODS_FIELDS,                                                                                        \
        ROWS_FIELD(regions, FREIGHT_REGIONS, region_fields, sizeof(struct region_row),                       \
                   "The provinces that it is for, by where the goods go; none = all"),                       \
        {.name = "reach",                                                                                    \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct promotion_form, reach),                                                   \
         .choices = promotion_reaches,                                                                       \
         .help = "named: the regions that are named, none = all; all: whatever is named; some: one at "      \
                 "least"},                                                                                   \
        ROWS_FIELD(windows, DISCOUNT_WINDOWS_MOST, promotion_window_fields, sizeof(struct window_row),       \
                   "Hours of the week in which it counts; none = all. Empty rows are left out"),             \
        FLAG_FIELD("beside_sale", is_beside_sale, "May meet offers of the kind sale on a piece"),            \
        FLAG_FIELD("beside_goods", is_beside_goods, "The same of pieces and nth"),                           \
        FLAG_FIELD("beside_sum", is_beside_sum, "The same of sum"),                                          \
        FLAG_FIELD("beside_coupon", is_beside_coupon, "The same of coupons"),                                \
        FLAG_FIELD("beside_gift", is_beside_gift, "The same of gifts"),                                      \
        FLAG_FIELD("beside_addon", is_beside_addon, "The same of add-ons"),                                  \
        {.name = "by",                                                                                       \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct promotion_form, by),                                                      \
         .choices = bys,                                                                                     \
         .help = "gift, addon: steps begin at a sum, or at a number of pieces"},                             \
        ROWS_FIELD(given, DISCOUNT_GOODS_MOST, given_fields, sizeof(struct given_row),                       \
                   "What a bundle is made of, and what is given; empty rows are left out"),                  \
        TEXT_FIELD(struct promotion_form, code, 60,                                                          \
                   "coupon: 4 to 32 letters, digits and hyphens; made by the server when left out"),         \
        NUMBER_FIELD(struct promotion_form, uses_most, INT32_MAX, "Orders that it counts for; 0 = any"),     \
        NUMBER_FIELD(struct promotion_form, person_most, INT32_MAX, "Orders of one buyer; 0 = any"),         \
        MONEY_FIELD(struct promotion_form, money_most, "What it gives in all; 0 = any")
#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct promotion_form, promotion_id),             \
        .is_required = true, .help = "The offer"                                                             \
    }
#define VERSION_FIELD                                                                                        \
    {                                                                                                        \
        .name = "version", .kind = FIELD_INT, .offset = offsetof(struct promotion_form, version),            \
        .maximum = INT64_MAX, .help = "The version that was read"                                            \
    }

const struct field promotion_new_fields[] = {KIND_FIELD, {0}};
const struct field promotion_create_fields[] = {FORM_FIELDS, {0}};
const struct field promotion_change_fields[] = {ID_FIELD, VERSION_FIELD, FORM_FIELDS, {0}};
const struct field promotion_preview_fields[] = {
    {.name = "promotion",
     .kind = FIELD_ID,
     .offset = offsetof(struct promotion_form, promotion_id),
     .help = "The offer, when it is there already"},
    VERSION_FIELD,
    FORM_FIELDS,
    FLAG_FIELD("trial", has_trial, "Say too what it would have done to the newest paid orders"),
    FLAG_FIELD("generate", makes_code, "For pages: make a code"),
    {0},
};

static const char *const audiences[] = {"all", "groups", "new", NULL};

#define PRICE_LIST_FIELDS                                                                                    \
    TEXT_FIELD(struct promotion_form, name, PROMOTION_NAME_MOST, "What buyers read"),                        \
        TEXT_FIELD(struct promotion_form, starts_at, 32, "Local time of the shop: 2026-05-01T10:00"),        \
        TEXT_FIELD(struct promotion_form, ends_at, 32, "The moment it ends, not counted itself"),            \
        ROWS_FIELD(steps, 1, step_fields, sizeof(struct step_row), "One: a price, an amount or a part off"), \
        GOODS_FIELDS,                                                                                        \
        {.name = "audience",                                                                                 \
         .kind = FIELD_CHOICE,                                                                               \
         .offset = offsetof(struct price_list_form, audience),                                               \
         .choices = audiences,                                                                               \
         .otherwise = PRICE_FOR_GROUPS - 1,                                                                  \
         .help = "all buyers, members of groups, or new buyers"},                                            \
        {.name = "groups",                                                                                   \
         .kind = FIELD_ROWS,                                                                                 \
         .offset = offsetof(struct price_list_form, groups),                                                 \
         .maximum = PRICE_LIST_GROUP_LIMIT,                                                                  \
         .rows = id_fields,                                                                                  \
         .row_size = sizeof(struct id_row),                                                                  \
         .help = "Groups of members"},                                                                       \
    {                                                                                                        \
        .name = "is_shown", .kind = FIELD_FLAG, .offset = offsetof(struct price_list_form, is_shown),        \
        .help = "Others read on the page of a product what members pay"                                      \
    }

const struct field price_list_create_fields[] = {PRICE_LIST_FIELDS, {0}};
const struct field price_list_change_fields[] = {ID_FIELD, VERSION_FIELD, PRICE_LIST_FIELDS, {0}};

/* ---- what is wrong with what was typed ---- */

struct reading {
    struct form_problems problems;
    const struct promotion_form *form;
};

static void open_reading(struct reading *reading, struct ctx *ctx, const struct promotion_form *form)
{
    form_problems_open(&reading->problems, ctx);
    reading->form = form;
}

/* "8.5" with 3 digits is 8500; false when it is no such number. */
static bool read_decimal(const char *text, int digits, int64_t *number)
{
    int64_t whole = 0;
    int behind = -1;
    size_t figures = 0;
    for (const char *at = text; *at; at++) {
        if (*at == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*at < '0' || *at > '9' || (behind >= 0 && ++behind > digits) || ++figures > 6)
            return false;
        whole = whole * 10 + (*at - '0');
    }
    for (int i = behind < 0 ? 0 : behind; i < digits; i++)
        whole *= 10;
    *number = whole;
    return figures > 0;
}

/* 8.5, and 85 as many write it, are 1500 basis points off. */
static void read_fold(struct reading *reading, const char *field, const char *text, int64_t *percent)
{
    int64_t left;
    bool is_number = read_decimal(text, FOLD_DIGITS, &left);
    if (is_number && !strchr(text, '.') && left > BASIS_POINTS && left < INT64_C(10) * BASIS_POINTS)
        left /= 10;
    if (!is_number || left <= 0 || left >= BASIS_POINTS)
        form_complain(&reading->problems, field, "fold-range", "what is left in tenths: 8.5 means 15 % off");
    else
        *percent = BASIS_POINTS - left;
}

static void read_part(struct reading *reading, const char *field, const char *text, int64_t *percent)
{
    int64_t part;
    if (!read_decimal(text, PERCENT_DIGITS, &part) || part <= 0 || part >= BASIS_POINTS)
        form_complain(&reading->problems, field, "part-range", "more than 0 and less than 100 percent");
    else
        *percent = part;
}

static bool is_by_pieces(const struct promotion_form *form)
{
    if (form->kind + 1 == DISCOUNT_GIFT || form->kind + 1 == DISCOUNT_ADDON)
        return form->by == 1;
    return form->kind + 1 == DISCOUNT_PIECES || form->kind + 1 == DISCOUNT_NTH;
}

/* Of the kind's own fields only: a form may carry what was typed for another. */
static bool read_step(struct reading *reading, size_t row, struct discount_step *step)
{
    const struct step_row *typed = (const struct step_row *)reading->form->steps.items + row;
    struct arena *arena = reading->problems.ctx->arena;
    enum discount_kind kind = (enum discount_kind)(reading->form->kind + 1);
    bool has_pieces = is_by_pieces(reading->form);
    bool takes_off = kind != DISCOUNT_GIFT && kind != DISCOUNT_ADDON && kind != DISCOUNT_VOUCHER;
    bool has_price = kind == DISCOUNT_SALE || kind == DISCOUNT_BUNDLE;
    *step = (struct discount_step){.percent = takes_off ? typed->percent : 0};
    if (!has_price)
        step->from = has_pieces ? typed->pieces : typed->from;
    if (!has_pieces && takes_off)
        step->off = typed->off;
    if (has_price)
        step->price = typed->price;
    if (kind == DISCOUNT_SHIPPING && typed->is_free)
        step->percent = BASIS_POINTS;
    if (!takes_off) {
        bool is_gift = kind == DISCOUNT_GIFT && (step->from || typed->gives);
        step->gives = is_gift ? (typed->gives ? typed->gives : 1) : 0;
        return step->from || step->gives;
    }
    bool has_fold = !text_is_blank(typed->fold), has_part = !text_is_blank(typed->part);
    if (has_fold)
        read_fold(reading, arena_format(arena, "steps.%zu.fold", row), typed->fold, &step->percent);
    else if (has_part)
        read_part(reading, arena_format(arena, "steps.%zu.part", row), typed->part, &step->percent);
    return step->from || step->off || step->price || step->percent || has_fold || has_part;
}

static void read_steps(struct reading *reading, struct discount_rule *rule)
{
    enum discount_kind kind = (enum discount_kind)(reading->form->kind + 1);
    bool is_single =
        kind == DISCOUNT_SALE || kind == DISCOUNT_NTH || (discount_has_goods(kind) && kind != DISCOUNT_GIFT);
    for (size_t i = 0; i < reading->form->steps.count && i < DISCOUNT_STEPS_MOST; i++)
        if ((i == 0 || !is_single) && read_step(reading, i, &rule->steps[rule->step_count]))
            rule->step_count++;
}

/* ---- the goods that take part ---- */

struct ids {
    int64_t *items;
    size_t count;
    size_t room;
};

static void add_id(struct ids *ids, int64_t id)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->items[i] == id)
            return;
    if (id != 0 && ids->count < ids->room)
        ids->items[ids->count++] = id;
}

static struct ids ids_of_rows(struct ctx *ctx, const struct field_rows *rows, size_t more)
{
    const struct id_row *items = rows->items;
    struct ids ids = {.room = rows->count + more};
    ids.items = arena_alloc_many(ctx->arena, ids.room + 1, sizeof *ids.items);
    for (size_t i = 0; i < rows->count; i++)
        add_id(&ids, items[i].id);
    return ids;
}

/* Words between any of the signs, without those that are blank. */
static size_t split(struct ctx *ctx, const char *text, const char *signs, const char **words, size_t most)
{
    size_t count = 0;
    while (*text && count < most) {
        size_t length = strcspn(text, signs);
        const char *word = text_trim(ctx->arena, arena_copy(ctx->arena, text, length));
        if (word[0])
            words[count++] = word;
        text += length;
        text += strspn(text, signs);
    }
    return count;
}

/* A Chinese comma parts as well. */
static const char *plain_commas(struct ctx *ctx, const char *text)
{
    char *copy = arena_copy_text(ctx->arena, text), *to = copy;
    for (const char *at = copy; *at; at++)
        if (strncmp(at, "，", 3) == 0 || strncmp(at, "、", 3) == 0) {
            *to++ = ',';
            at += 2;
        } else {
            *to++ = *at;
        }
    *to = 0;
    return copy;
}

static err read_tags(struct reading *reading, struct ids *shelves)
{
    struct ctx *ctx = reading->problems.ctx;
    const char *words[PROMOTION_SCOPE_MOST];
    int64_t ids[PROMOTION_SCOPE_MOST];
    size_t count = split(ctx, plain_commas(ctx, reading->form->tags), ",", words, PROMOTION_SCOPE_MOST);
    if (count > 0)
        TRY(tag_find_many(ctx, words, count, ids));
    for (size_t i = 0; i < count; i++)
        if (ids[i])
            add_id(shelves, ids[i]);
        else if (!form_is_said(&reading->problems, "tags"))
            form_complain(&reading->problems, "tags", "no-such-tag",
                          arena_format(ctx->arena, "there is no tag %s", words[i]));
    return NULL;
}

static err read_goods(struct reading *reading, struct ids *products)
{
    struct ctx *ctx = reading->problems.ctx;
    const char *words[PROMOTION_SCOPE_MOST];
    int64_t by_sku[PROMOTION_SCOPE_MOST], by_handle[PROMOTION_SCOPE_MOST];
    size_t count = split(ctx, reading->form->goods, "\n", words, PROMOTION_SCOPE_MOST);
    if (count == 0)
        return NULL;
    TRY(product_find_many(ctx, PRODUCT_BY_SKU, words, count, by_sku));
    TRY(product_find_many(ctx, PRODUCT_BY_HANDLE, words, count, by_handle));
    for (size_t i = 0; i < count; i++)
        if (by_sku[i] || by_handle[i])
            add_id(products, by_sku[i] ? by_sku[i] : by_handle[i]);
        else if (!form_is_said(&reading->problems, "goods"))
            form_complain(&reading->problems, "goods", "no-such-goods",
                          arena_format(ctx->arena, "%s: no product has this SKU or handle", words[i]));
    return NULL;
}

static err read_scope(struct reading *reading, struct promotion *promotion)
{
    const struct promotion_form *form = reading->form;
    promotion->is_for_all = form->scope == 0;
    if (promotion->is_for_all)
        return NULL;
    struct ids shelves = ids_of_rows(reading->problems.ctx, &form->shelves, PROMOTION_SCOPE_MOST);
    struct ids products = ids_of_rows(reading->problems.ctx, &form->products, PROMOTION_SCOPE_MOST);
    TRY(read_tags(reading, &shelves));
    TRY(read_goods(reading, &products));
    /* The page shows the products in one list, which is read at once. */
    if (products.count > PRODUCT_CHUNK)
        form_complain(&reading->problems, "scope", "goods-many",
                      "too many single products: choose a tag or a category");
    promotion->shelf_ids = shelves.items;
    promotion->shelf_count = shelves.count;
    promotion->product_ids = products.items;
    promotion->product_count = products.count < PRODUCT_CHUNK ? products.count : PRODUCT_CHUNK;
    return NULL;
}

/* ---- the offer ---- */

static unsigned beside_of(const struct promotion_form *form)
{
    return (form->is_beside_sale ? 1u << CLASS_SALE : 0) | (form->is_beside_goods ? 1u << CLASS_GOODS : 0) |
           (form->is_beside_sum ? 1u << CLASS_SUM : 0) | (form->is_beside_coupon ? 1u << CLASS_COUPON : 0) |
           (form->is_beside_gift ? 1u << CLASS_GIFT : 0) | (form->is_beside_addon ? 1u << CLASS_ADDON : 0);
}

static err read_given(struct reading *reading, struct discount_rule *rule)
{
    const struct field_problem *problems = NULL;
    if (!discount_has_goods(rule->kind))
        return NULL;
    TRY(goods_of_form(reading->problems.ctx, reading->form, rule, &problems));
    for (; problems; problems = problems->next)
        form_complain(&reading->problems, problems->field, problems->code, problems->message);
    return NULL;
}

static void read_when(struct reading *reading, bool is_whole, struct discount_rule *rule)
{
    const struct field_problem *problems = NULL;
    promotion_read_when(reading->problems.ctx, reading->form, is_whole, rule, &problems);
    for (; problems; problems = problems->next)
        form_complain(&reading->problems, problems->field, problems->code, problems->message);
}

static void read_code(struct reading *reading, struct promotion *promotion)
{
    const char *typed = reading->form->code;
    promotion->code = "";
    bool may_lack = promotion->rule.kind == DISCOUNT_SHIPPING && !typed[0];
    if (!discount_has_code(promotion->rule.kind) || may_lack)
        return;
    const char *code =
        typed[0] ? coupon_code(reading->problems.ctx, typed) : promotion_code_make(reading->problems.ctx);
    if (code)
        promotion->code = code;
    else
        form_complain(&reading->problems, "code", "bad-code", "4 to 32 letters, digits and hyphens");
}

/* steps.1.from of the rule is the second row that was filled, and may be called pieces. */
static const char *form_field(struct ctx *ctx, const struct promotion_form *form, const char *field)
{
    struct reading reading;
    struct discount_step step;
    open_reading(&reading, ctx, form);
    if (text_starts(field, "given."))
        return goods_form_field(ctx, form, field);
    if (text_starts(field, "windows."))
        return promotion_window_field(ctx, form, field);
    if (!text_starts(field, "steps."))
        return field;
    size_t wanted = (size_t)(field[6] - '0'), row = 0, seen = 0;
    for (; row < form->steps.count && row < DISCOUNT_STEPS_MOST; row++)
        if (read_step(&reading, row, &step) && seen++ == wanted)
            break;
    const char *name = strrchr(field, '.') + 1;
    if (row >= form->steps.count)
        row = wanted;
    if (is_by_pieces(form) && text_is(name, "from"))
        name = "pieces";
    else if (is_by_pieces(form) && text_is(name, "off"))
        name = "percent";
    return arena_format(ctx->arena, "steps.%zu.%s", row, name);
}

/* Which numbers are allowed depends on the field: the code says so. */
static const char *form_code(const struct promotion_form *form, const struct field_problem *problem)
{
    if (text_is(problem->field, "scope"))
        return text_is(problem->code, "too-many")   ? "goods-many"
               : text_is(problem->code, "required") ? "goods-required"
                                                    : problem->code;
    if (is_by_pieces(form) && text_is(problem->code, "one-effect"))
        return "required";
    if (!text_is(problem->code, "out-of-range"))
        return problem->code;
    if (text_is(problem->field, "times") || text_is(problem->field, "person_most"))
        return "range-times";
    if (is_by_pieces(form) && text_starts(problem->field, "steps."))
        return form->kind + 1 == DISCOUNT_NTH ? "range-nth" : "range-pieces";
    return problem->code;
}

err promotion_form_failure(struct ctx *ctx, const struct promotion_form *form, err failure)
{
    struct reading reading;
    open_reading(&reading, ctx, form);
    if (!failure || failure->code != ERR_INVALID || !failure->problems)
        return failure;
    for (const struct field_problem *one = failure->problems; one; one = one->next)
        form_complain(&reading.problems, form_field(ctx, form, one->field), form_code(form, one),
                      one->message);
    return form_problems_failure(&reading.problems);
}

/* What cannot be read is said already, and not once more as missing. */
static bool is_covered(const struct reading *reading, const char *field)
{
    if (form_is_said(&reading->problems, field))
        return true;
    if (text_is(field, "scope"))
        return form_is_said(&reading->problems, "goods") || form_is_said(&reading->problems, "tags");
    if (!text_starts(field, "steps."))
        return false;
    const char *row = arena_copy(reading->problems.ctx->arena, field, (size_t)(strrchr(field, '.') - field));
    return form_is_said(&reading->problems, arena_format(reading->problems.ctx->arena, "%s.fold", row)) ||
           form_is_said(&reading->problems, arena_format(reading->problems.ctx->arena, "%s.part", row));
}

static err examine(struct reading *reading, const struct promotion *promotion)
{
    err failure = promotion_examine(reading->problems.ctx, promotion);
    if (failure && failure->code != ERR_INVALID)
        return failure;
    for (const struct field_problem *one = failure ? failure->problems : NULL; one; one = one->next) {
        const char *field = form_field(reading->problems.ctx, reading->form, one->field);
        if (!is_covered(reading, field))
            form_complain(&reading->problems, field, form_code(reading->form, one), one->message);
    }
    return form_problems_failure(&reading->problems);
}

err promotion_of_form(struct ctx *ctx, const struct promotion_form *form, bool is_whole,
                      struct promotion *promotion)
{
    struct reading reading;
    open_reading(&reading, ctx, form);
    *promotion = (struct promotion){.id = form->promotion_id,
                                    .version = form->version,
                                    .status = PROMOTION_DRAFT,
                                    .name = form->name,
                                    .code = "",
                                    .uses_most = form->uses_most,
                                    .person_most = form->person_most,
                                    .money_most = form->money_most};
    struct discount_rule *rule = &promotion->rule;
    rule->kind = (enum discount_kind)(form->kind + 1);
    rule->beside = (rule->kind == DISCOUNT_SHIPPING ? ALL_CLASSES : beside_of(form)) &
                   ~(1u << discount_class_of(rule->kind));
    bool repeats = rule->kind != DISCOUNT_SALE && rule->kind != DISCOUNT_PIECES &&
                   rule->kind != DISCOUNT_SHIPPING && rule->kind != DISCOUNT_ADDON &&
                   rule->kind != DISCOUNT_VOUCHER;
    rule->times = repeats ? form->times : 0;
    rule->most = discount_has_goods(rule->kind) ? 0 : form->most;
    form_read_time(&reading.problems, "starts_at", form->starts_at, &promotion->starts_at);
    form_read_time(&reading.problems, "ends_at", form->ends_at, &promotion->ends_at);
    read_steps(&reading, rule);
    read_when(&reading, is_whole, rule);
    TRY(read_given(&reading, rule));
    read_code(&reading, promotion);
    TRY(read_scope(&reading, promotion));
    return is_whole ? examine(&reading, promotion) : NULL;
}
