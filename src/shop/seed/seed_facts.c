/* seed_facts.c - attributes, tags and facts of the demo shop's products, from demo/catalog.json. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/seed/seed_facts.h"

#include "base/text.h"
#include "shop/rule/rule.h"

static enum attribute_kind kind_of(const char *name)
{
    if (text_is(name, "choices"))
        return ATTRIBUTE_CHOICES;
    return text_is(name, "choice") ? ATTRIBUTE_CHOICE : ATTRIBUTE_TEXT;
}

static err create_attribute(struct ctx *ctx, const struct value *item, int64_t position)
{
    const struct value *handles = value_find(item, "categories");
    const struct value *is_required = value_find(item, "is_required");
    struct attribute attribute = {.name = value_find_text(item, "name"),
                                  .name_en = value_find_text(item, "name_en"),
                                  .kind = kind_of(value_find_text(item, "kind")),
                                  .unit = "",
                                  .choices = value_find(item, "choices"),
                                  .is_facet = true,
                                  .is_required = is_required && is_required->boolean,
                                  .position = position};
    attribute.category_ids =
        arena_alloc_many(ctx->arena, value_count(handles) + 1, sizeof *attribute.category_ids);
    for (size_t i = 0; i < value_count(handles); i++) {
        const struct category *category;
        TRY(category_find_by_handle(ctx, value_at(handles, i)->text, &category));
        if (category)
            attribute.category_ids[attribute.category_count++] = category->id;
    }
    return attribute_create(ctx, &attribute);
}

err seed_attributes(struct ctx *ctx, const struct value *catalog)
{
    const struct value *list = value_find(catalog, "attributes");
    for (size_t i = 0; i < value_count(list); i++)
        TRY(create_attribute(ctx, value_at(list, i), (int64_t)i + 1));
    return NULL;
}

static err draft_answers(struct ctx *ctx, const struct value *answers, struct product_draft *draft)
{
    struct attribute *attributes;
    size_t count;
    TRY(attribute_list(ctx, &attributes, &count));
    struct attribute_value *values = arena_alloc_many(ctx->arena, PRODUCT_ATTRIBUTE_LIMIT, sizeof *values);
    for (size_t i = 0; i < value_count(answers); i++) {
        const struct value *texts = value_find(value_at(answers, i), "values");
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0;
                 k < value_count(texts) && draft->attribute_count < PRODUCT_ATTRIBUTE_LIMIT &&
                 text_is(attributes[j].name, value_find_text(value_at(answers, i), "attribute"));
                 k++)
                values[draft->attribute_count++] =
                    (struct attribute_value){attributes[j].id, value_at(texts, k)->text};
    }
    draft->attributes = values;
    return NULL;
}

err seed_facts(struct ctx *ctx, const struct value *item, struct product_draft *draft)
{
    const struct value *tags = value_find(item, "tags");
    const struct value *specs = value_find(item, "specs");
    struct product_details *details = arena_alloc(ctx->arena, sizeof *details);
    *details = (struct product_details){.model = "",
                                        .origin = "",
                                        .tax_code = "",
                                        .unit = "",
                                        .seo_title = "",
                                        .seo_description = "",
                                        .specs = specs ? specs : value_list(ctx->arena)};
    draft->details = details;
    const char **names = arena_alloc_many(ctx->arena, value_count(tags) + 1, sizeof *names);
    for (size_t i = 0; i < value_count(tags); i++)
        names[draft->tag_count++] = value_at(tags, i)->text;
    draft->tags = names;
    return draft_answers(ctx, value_find(item, "answers"), draft);
}

static int name_index(const char *const *names, const char *name)
{
    for (int i = 0; name && names[i]; i++)
        if (text_is(names[i], name))
            return i;
    return 0;
}

void seed_terms(struct ctx *ctx, const struct value *item, struct variant_terms *terms)
{
    const char *content = value_find_text(item, "content"), *note = value_find_text(item, "compare_note");
    *terms = (struct variant_terms){.compare_price = value_find_int(item, "compare_price", 0),
                                    .compare_kind = note ? COMPARE_EXPLAINED : COMPARE_OWN,
                                    .compare_note = note ? note : "",
                                    .content_base = (enum content_base)name_index(
                                        content_base_names, value_find_text(item, "content_base"))};
    const char *space = content ? strchr(content, ' ') : NULL;
    if (!space ||
        !text_to_int(arena_copy(ctx->arena, content, (size_t)(space - content)), &terms->content_amount))
        return;
    terms->content_unit = (enum content_unit)name_index(content_unit_names, space + 1);
}

static struct rule rule_of(const struct value *item)
{
    const struct value *conditions = value_find(item, "conditions");
    struct rule rule = {.is_any = text_is(value_find_text(item, "match"), "any")};
    for (size_t i = 0; i < value_count(conditions) && i < RULE_CONDITION_LIMIT; i++) {
        const struct value *one = value_at(conditions, i);
        rule.conditions[rule.count++] = (struct rule_condition){
            .field = (enum rule_field)name_index(rule_field_names, value_find_text(one, "field")),
            .test = (enum rule_test)name_index(rule_test_names, value_find_text(one, "test")),
            .text = value_find_text(one, "value")};
    }
    return rule;
}

static err fill_by_hand(struct ctx *ctx, int64_t collection_id, const struct value *handles)
{
    for (size_t i = 0; i < value_count(handles); i++) {
        const struct product *product;
        TRY(product_find_by_handle(ctx, value_at(handles, i)->text, &product));
        if (product)
            TRY(collection_add_product(ctx, collection_id, product->id));
    }
    return NULL;
}

err seed_collections(struct ctx *ctx, const struct value *catalog)
{
    const struct value *list = value_find(catalog, "collections");
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_at(list, i);
        struct rule rule = rule_of(item);
        struct collection collection = {.handle = value_find_text(item, "handle"),
                                        .name = value_find_text(item, "name"),
                                        .name_en = value_find_text(item, "name_en"),
                                        .summary = value_find_text(item, "summary"),
                                        .summary_en = value_find_text(item, "summary_en"),
                                        .is_smart = rule.count > 0,
                                        .is_shown = true,
                                        .position = (int64_t)i + 1};
        if (collection.is_smart) {
            TRY(rule_save_collection(ctx, &collection, &rule));
            continue;
        }
        TRY(collection_create(ctx, &collection));
        TRY(fill_by_hand(ctx, collection.id, value_find(item, "products")));
    }
    return NULL;
}

/* The tags that lists of the demo are narrowed by. */
err seed_tag_facets(struct ctx *ctx, const struct value *catalog)
{
    const struct value *names = value_find(catalog, "facet_tags");
    for (size_t i = 0; i < value_count(names); i++) {
        int64_t tag_id;
        TRY(tag_find(ctx, value_at(names, i)->text, &tag_id));
        if (tag_id != 0)
            TRY(tag_change_facet(ctx, tag_id, true));
    }
    return NULL;
}

err seed_fill_collections(struct ctx *ctx)
{
    struct collection *collections;
    size_t count;
    TRY(collection_list(ctx, &collections, &count));
    for (size_t i = 0; i < count; i++)
        if (collections[i].is_smart)
            TRY(rule_fill_now(ctx, collections[i].id));
    return NULL;
}
