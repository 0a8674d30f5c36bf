/* rule.c - what a rule says: read, written, and whether a product fits. No database but for names. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/rule/rule.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#define DECIMALS 3
#define PERCENT 100
#define NUMBER_LIMIT INT64_C(1000000000000)

const char *const rule_field_names[RULE_FIELDS + 1] = {"title",   "brand",  "category", "tag",  "attribute",
                                                       "kind",    "price",  "stock",    "sold", "age",
                                                       "changed", "struck", "discount", NULL};
const char *const rule_test_names[RULE_TESTS + 1] = {"is",      "is-not",   "has", "has-not",
                                                     "at-most", "at-least", NULL};

#define ASK(test) (1u << (test))
#define EQUAL (ASK(RULE_IS) | ASK(RULE_IS_NOT))
#define WITHIN (ASK(RULE_HAS) | ASK(RULE_HAS_NOT))
#define RANGE (ASK(RULE_AT_MOST) | ASK(RULE_AT_LEAST))

static const unsigned tests_of[RULE_FIELDS] = {
    [RULE_TITLE] = WITHIN,   [RULE_BRAND] = EQUAL | WITHIN, [RULE_CATEGORY] = EQUAL,
    [RULE_TAG] = EQUAL,      [RULE_KIND] = EQUAL,           [RULE_ATTRIBUTE] = EQUAL | WITHIN | RANGE,
    [RULE_PRICE] = RANGE,    [RULE_STOCK] = RANGE,          [RULE_SOLD] = RANGE,
    [RULE_AGE] = RANGE,      [RULE_CHANGED] = RANGE,        [RULE_STRUCK] = EQUAL,
    [RULE_DISCOUNT] = RANGE,
};

bool rule_may_test(enum rule_field field, enum rule_test test)
{
    return (tests_of[field] & ASK(test)) != 0;
}

static int index_of(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (text_is(names[i], name))
            return i;
    return -1;
}

err rule_read(struct ctx *ctx, const char *json, struct rule *rule)
{
    struct value *tree;
    *rule = (struct rule){0};
    if (!json || !json[0])
        return NULL;
    TRY(json_read(ctx, json, strlen(json), &tree));
    const struct value *list = value_find(tree, "conditions");
    rule->is_any = text_is(value_find_text(tree, "match"), "any");
    for (size_t i = 0; i < value_count(list) && rule->count < RULE_CONDITION_LIMIT; i++) {
        const struct value *item = value_at(list, i);
        int field = index_of(rule_field_names, value_find_text(item, "field"));
        int test = index_of(rule_test_names, value_find_text(item, "test"));
        if (field < 0 || test < 0)
            continue;
        rule->conditions[rule->count++] = (struct rule_condition){.field = (enum rule_field)field,
                                                                  .test = (enum rule_test)test,
                                                                  .id = value_find_int(item, "id", 0),
                                                                  .number = value_find_int(item, "number", 0),
                                                                  .text = value_find_text(item, "value")};
    }
    return NULL;
}

err rule_write(struct ctx *ctx, const struct rule *rule, const char **json)
{
    struct value *tree = value_object(ctx->arena);
    value_set_text(ctx->arena, tree, "match", rule->is_any ? "any" : "all");
    struct value *list = value_set_list(ctx->arena, tree, "conditions");
    for (size_t i = 0; i < rule->count; i++) {
        const struct rule_condition *one = &rule->conditions[i];
        struct value *item = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, item, "field", rule_field_names[one->field]);
        value_set_text(ctx->arena, item, "test", rule_test_names[one->test]);
        value_set_int(ctx->arena, item, "id", one->id);
        value_set_int(ctx->arena, item, "number", one->number);
        value_set_text(ctx->arena, item, "value", one->text ? one->text : "");
    }
    return json_text(ctx, tree, RULE_JSON_LIMIT, json);
}

/* ---- words to numbers ---- */

/* "12.5" in units of 10^-decimals; false when it is no such number, or too large. */
static bool read_decimal(const char *text, int decimals, int64_t *number)
{
    bool is_negative = *text == '-';
    int64_t sum = 0;
    int behind = -1, digits = 0;
    for (text += is_negative; *text; text++) {
        if (*text == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || behind == decimals || sum > NUMBER_LIMIT * 1000)
            return false;
        sum = sum * 10 + (*text - '0');
        digits++;
        behind += behind >= 0;
    }
    for (behind = behind < 0 ? 0 : behind; behind < decimals; behind++)
        sum *= 10;
    *number = is_negative ? -sum : sum;
    return digits > 0;
}

static err refuse(struct ctx *ctx, size_t index, const char *member, const char *code, const char *message)
{
    return fail_field(ctx, arena_format(ctx->arena, "conditions.%zu.%s", index, member), code, message);
}

static err settle_category(struct ctx *ctx, struct rule_condition *one, size_t index)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < count; i++) {
        const struct category *category = &categories[i];
        if (text_is(category->name, one->text) || text_is(category->handle, one->text) ||
            text_is(category->name_en, one->text) ||
            text_is(category_path(ctx, categories, count, category->id), one->text)) {
            one->id = category->id;
            return NULL;
        }
    }
    return refuse(ctx, index, "value", "unknown-choice", "there is no such category");
}

static err settle_kind(struct ctx *ctx, struct rule_condition *one, size_t index)
{
    static const char *const names[][2] = {{"physical", "实物"}, {"digital", "数字"}};
    for (int i = 0; i < 2; i++)
        if (text_is(one->text, names[i][0]) || text_starts(one->text, names[i][1])) {
            one->number = i + PRODUCT_PHYSICAL;
            one->text = names[i][0];
            return NULL;
        }
    return refuse(ctx, index, "value", "unknown-choice", "physical or digital");
}

static err settle_struck(struct ctx *ctx, const struct rule_condition *one, size_t index)
{
    static const char *const words[] = {"yes", "有", "是"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(one->text, words[i]))
            return NULL;
    return refuse(ctx, index, "value", "struck-rule", "yes, asked with is or is-not");
}

static err settle_number(struct ctx *ctx, struct rule_condition *one, size_t index)
{
    int decimals = one->field == RULE_PRICE       ? money_exponent(ctx->shop->currency)
                   : one->field == RULE_ATTRIBUTE ? DECIMALS
                                                  : 0;
    int64_t most = one->field == RULE_STOCK                               ? RULE_STOCK_LIMIT
                   : one->field == RULE_DISCOUNT                          ? PERCENT
                   : one->field == RULE_AGE || one->field == RULE_CHANGED ? RULE_DAY_LIMIT
                                                                          : NUMBER_LIMIT * 1000;
    if (!read_decimal(one->text, decimals, &one->number))
        return refuse(ctx, index, "value", "not-a-number", "a number");
    if (one->number > most || (one->field != RULE_ATTRIBUTE && one->number < 0))
        return refuse(ctx, index, "value", one->field == RULE_STOCK ? "stock-rule-range" : "out-of-range",
                      arena_format(ctx->arena, "0 to %lld", (long long)most));
    return NULL;
}

static err settle_one(struct ctx *ctx, struct rule_condition *one, size_t index)
{
    one->text = text_trim(ctx->arena, one->text ? one->text : "");
    if (!rule_may_test(one->field, one->test))
        return refuse(ctx, index, "test", "unknown-choice", "this cannot be asked of it");
    if (one->text[0] == 0)
        return refuse(ctx, index, "value", "required", "compared with what?");
    if (utf8_length(one->text, strlen(one->text)) > RULE_TEXT_LIMIT)
        return refuse(ctx, index, "value", "too-long", "at most 60 characters");
    if (one->field == RULE_CATEGORY)
        return settle_category(ctx, one, index);
    if (one->field == RULE_KIND)
        return settle_kind(ctx, one, index);
    if (one->field == RULE_STRUCK)
        return settle_struck(ctx, one, index);
    if (ASK(one->test) & RANGE)
        return settle_number(ctx, one, index);
    return NULL;
}

err rule_settle_words(struct ctx *ctx, struct rule *rule)
{
    for (size_t i = 0; i < rule->count; i++)
        TRY(settle_one(ctx, &rule->conditions[i], i));
    return NULL;
}

/* ---- whether a product fits ---- */

static bool is_within(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static bool compare_text(enum rule_test test, const char *text, const char *with)
{
    return test == RULE_IS || test == RULE_IS_NOT ? text_is(text, with) : is_within(text, with);
}

static bool compare_number(enum rule_test test, int64_t number, int64_t with)
{
    return test == RULE_AT_MOST ? number <= with : number >= with;
}

/* Compared as a fraction: (struck - price) / struck with number / 100. */
static bool compare_discount(const struct rule_facts *facts, const struct rule_condition *one)
{
    int64_t less = (facts->struck - facts->price) * PERCENT, of = one->number * facts->struck;
    return facts->struck > 0 ? compare_number(one->test, less, of)
                             : compare_number(one->test, 0, one->number);
}

static bool has_category(const struct product_facts *product, int64_t category_id)
{
    for (size_t i = 0; i < product->category_count; i++)
        if (product->category_ids[i] == category_id)
            return true;
    return false;
}

static bool has_tag(const struct product_facts *product, const char *tag)
{
    for (size_t i = 0; i < value_count(product->tags); i++)
        if (text_is(value_at(product->tags, i)->text, tag))
            return true;
    return false;
}

/* Whether any of its answers to this attribute compares so. */
static bool has_answer(const struct product_facts *product, const struct rule_condition *one)
{
    for (size_t i = 0; i < value_count(product->answers); i++) {
        const struct value *answer = value_at(product->answers, i);
        const char *text = value_find_text(answer, "value");
        int64_t number;
        if (value_find_int(answer, "id", 0) != one->id)
            continue;
        if (ASK(one->test) & RANGE) {
            if (read_decimal(text, DECIMALS, &number) && compare_number(one->test, number, one->number))
                return true;
        } else if (compare_text(one->test, text, one->text)) {
            return true;
        }
    }
    return false;
}

static int64_t days_since(int64_t at, int64_t now)
{
    return now > at ? (now - at) / DAY_MS : 0;
}

/* Without regard to "not". */
static bool holds(const struct rule_condition *one, const struct rule_facts *facts, int64_t now)
{
    const struct product_facts *product = facts->product;
    switch (one->field) {
    case RULE_TITLE:
        return compare_text(one->test, product->title, one->text);
    case RULE_BRAND:
        return compare_text(one->test, product->brand, one->text);
    case RULE_CATEGORY:
        return has_category(product, one->id);
    case RULE_TAG:
        return has_tag(product, one->text);
    case RULE_ATTRIBUTE:
        return has_answer(product, one);
    case RULE_KIND:
        return (int64_t)product->kind == one->number;
    case RULE_PRICE:
        return compare_number(one->test, product->price_min, one->number);
    case RULE_STOCK:
        return compare_number(one->test, facts->stock, one->number);
    case RULE_SOLD:
        return compare_number(one->test, facts->sold, one->number);
    case RULE_AGE:
        return compare_number(one->test, days_since(product->created_at, now), one->number);
    case RULE_CHANGED:
        return compare_number(one->test, days_since(product->updated_at, now), one->number);
    case RULE_STRUCK:
        return facts->struck > 0;
    case RULE_DISCOUNT:
        return compare_discount(facts, one);
    case RULE_FIELDS:
        break;
    }
    bug("rule field %d", (int)one->field);
}

bool rule_fits(const struct rule *rule, const struct rule_facts *facts, int64_t now)
{
    for (size_t i = 0; i < rule->count; i++) {
        const struct rule_condition *one = &rule->conditions[i];
        bool is_not = one->test == RULE_IS_NOT || one->test == RULE_HAS_NOT;
        bool is_so = holds(one, facts, now) != is_not;
        if (is_so == rule->is_any)
            return rule->is_any;
    }
    return !rule->is_any || rule->count == 0;
}

unsigned rule_asks(const struct rule *rule)
{
    unsigned fields = 0;
    for (size_t i = 0; i < rule->count; i++)
        fields |= ASK(rule->conditions[i].field);
    return fields;
}

int64_t rule_next_change(const struct rule *rule, const struct rule_facts *facts, int64_t now)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < rule->count; i++) {
        const struct rule_condition *one = &rule->conditions[i];
        bool is_struck = one->field == RULE_STRUCK || one->field == RULE_DISCOUNT;
        if (is_struck && facts->struck_next > now && facts->struck_next < next)
            next = facts->struck_next;
        if (one->field != RULE_AGE && one->field != RULE_CHANGED)
            continue;
        int64_t since = one->field == RULE_AGE ? facts->product->created_at : facts->product->updated_at;
        int64_t at = since + (one->number + (one->test == RULE_AT_MOST)) * DAY_MS;
        if (at > now && at < next)
            next = at;
    }
    return next;
}
