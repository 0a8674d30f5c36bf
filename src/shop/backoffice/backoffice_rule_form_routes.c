/* backoffice_rule_form_routes.c - a rule as people type it, and what it finds before it is saved. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_rule_form.h"

#include "base/text.h"
#include "shop/media/media.h"
#include <inttypes.h>

#define TAGS_OFFERED 200

const char *const rule_matches[] = {"all", "any", NULL};

const struct field rule_row_fields[] = {
    {.name = "field",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct rule_row, field),
     .maximum = 40,
     .help = "title, brand, category, tag, attribute.ID, kind, price, stock, sold, age, changed, struck or "
             "discount"},
    {.name = "test",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct rule_row, test),
     .choices = rule_test_names,
     .help = "is, is-not, has, has-not, at-most or at-least"},
    {.name = "value",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct rule_row, value),
     .maximum = RULE_TEXT_LIMIT,
     .help = "Compared with this: a word, a category's name, a number, an amount, days"},
    {0},
};

/* "attribute.123" names the attribute too. */
static bool read_field(struct ctx *ctx, const char *name, struct rule_condition *one)
{
    const char *dot = strchr(name, '.');
    const char *word = dot ? arena_copy(ctx->arena, name, (size_t)(dot - name)) : name;
    for (int i = 0; i < RULE_FIELDS; i++)
        if (text_is(rule_field_names[i], word)) {
            one->field = (enum rule_field)i;
            return one->field == RULE_ATTRIBUTE ? dot && text_to_int(dot + 1, &one->id) : !dot;
        }
    return false;
}

err rule_of_form(struct ctx *ctx, const struct rule_form *form, struct rule *rule)
{
    const struct rule_row *rows = form->conditions.items;
    *rule = (struct rule){.is_any = form->match == 1};
    for (size_t i = 0; i < form->conditions.count && rule->count < RULE_CONDITION_LIMIT; i++) {
        struct rule_condition one = {.test = (enum rule_test)rows[i].test, .text = rows[i].value};
        if (text_is_blank(rows[i].value))
            continue;
        if (!read_field(ctx, rows[i].field, &one))
            return fail_field(ctx, arena_format(ctx->arena, "conditions.%zu.field", i), "unknown-choice",
                              "there is no such field");
        rule->conditions[rule->count++] = one;
    }
    return NULL;
}

err rule_set_view(struct ctx *ctx, struct value *view, const struct rule *rule)
{
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    struct value *tree = value_set_object(ctx->arena, view, "rule");
    value_set_text(ctx->arena, tree, "match", rule_matches[rule->is_any]);
    struct value *list = value_set_list(ctx->arena, tree, "conditions");
    for (size_t i = 0; i < rule->count; i++) {
        const struct rule_condition *one = &rule->conditions[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        bool is_attribute = one->field == RULE_ATTRIBUTE;
        bool is_there = one->field == RULE_CATEGORY && category_in(categories, count, one->id);
        value_set_text(ctx->arena, row, "field",
                       is_attribute ? arena_format(ctx->arena, "attribute.%" PRId64, one->id)
                                    : rule_field_names[one->field]);
        value_set_text(ctx->arena, row, "test", rule_test_names[one->test]);
        value_set_text(ctx->arena, row, "value",
                       is_there ? category_path(ctx, categories, count, one->id) : one->text);
    }
    return NULL;
}

err rule_set_choices(struct ctx *ctx, struct value *view)
{
    struct attribute *attributes;
    struct category *categories;
    struct tag *tags;
    size_t count;
    TRY(attribute_list(ctx, &attributes, &count));
    struct value *list = value_set_list(ctx->arena, view, "rule_attributes");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "field",
                       arena_format(ctx->arena, "attribute.%" PRId64, attributes[i].id));
        value_set_text(ctx->arena, row, "name", attribute_name(ctx, &attributes[i]));
        value_set(ctx->arena, row, "choices", *attributes[i].choices);
    }
    struct value *words = value_set_object(ctx->arena, view, "rule_words");
    list = value_set_list(ctx->arena, words, "categories");
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(category_path(ctx, categories, count, categories[i].id)));
    list = value_set_list(ctx->arena, words, "tags");
    TRY(tag_list(ctx, NULL, NULL, TAGS_OFFERED, &tags, &count));
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, value_text(tags[i].name));
    return NULL;
}

err rule_set_products(struct ctx *ctx, struct value *view, const char *name, const int64_t *ids, size_t count)
{
    struct product *products;
    size_t have;
    TRY(product_list_many(ctx, ids, count, &products, &have));
    struct value *list = value_set_list(ctx->arena, view, name);
    for (size_t i = 0; i < have; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", products[i].id);
        value_set_text(ctx->arena, row, "title", products[i].title);
        value_set_text(ctx->arena, row, "status", product_status_name(products[i].status));
        value_set_money(ctx->arena, row, "price_min", money_of(products[i].price_min, ctx->shop->currency));
        picture_set_view(ctx, row, "picture", products[i].picture_id, products[i].title);
        value_set_text(ctx->arena, row, "url",
                       arena_format(ctx->arena, "/admin/products/%" PRId64, products[i].id));
    }
    return NULL;
}

err rule_set_preview(struct ctx *ctx, struct value *view, const struct rule *rule)
{
    int64_t ids[RULE_SHOWN];
    struct rule_search search = {.rule = rule, .most = RULE_SHOWN, .look_limit = RULE_LOOK_LIMIT, .ids = ids};
    TRY(rule_find(ctx, &search));
    struct value *preview = value_set_object(ctx->arena, view, "preview");
    value_set_int(ctx->arena, preview, "matched", search.matched);
    value_set_int(ctx->arena, preview, "looked", search.looked);
    value_set_bool(ctx->arena, preview, "is_whole", search.is_whole);
    return rule_set_products(ctx, preview, "products", ids, search.count);
}
