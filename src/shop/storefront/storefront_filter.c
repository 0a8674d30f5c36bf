/* storefront_filter.c - what an address chooses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_filter.h"

#include "base/text.h"

static void add_group(struct filter *filter, enum filter_kind kind, const char *key,
                      const struct attribute *attribute)
{
    filter->groups[filter->group_count++] = (struct filter_group){kind, key, attribute};
}

static void add_column(struct filter *filter, int64_t facet_id)
{
    if (filter->column_count < FACET_COLUMN_LIMIT)
        filter->columns[filter->column_count++] = (struct facet_column){facet_id, filter->group_count - 1};
}

static bool is_own_word(const char *name)
{
    return text_is(name, "tag") || text_is(name, "brand") || text_is(name, "price") || text_is(name, "stock");
}

/* Those of the category's template, and of a list that is no category all. */
static err add_attributes(struct ctx *ctx, struct filter *filter, int64_t category_id)
{
    struct attribute *attributes;
    size_t count, taken = 0;
    TRY(attribute_list(ctx, &attributes, &count));
    for (size_t i = 0; i < count && taken < FACET_ATTRIBUTE_LIMIT; i++) {
        if (!attributes[i].is_facet || is_own_word(attributes[i].name) ||
            (category_id != 0 && !attribute_is_of(&attributes[i], category_id)))
            continue;
        add_group(filter, FILTER_ATTRIBUTE, attributes[i].name, &attributes[i]);
        add_column(filter, attributes[i].id);
        taken++;
    }
    return NULL;
}

static err open_groups(struct ctx *ctx, struct filter *filter, int64_t category_id)
{
    TRY(tag_facet_list(ctx, &filter->tags, &filter->tag_count));
    if (filter->tag_count > 0)
        add_group(filter, FILTER_TAG, "tag", NULL);
    for (size_t i = 0; i < filter->tag_count; i++)
        add_column(filter, filter->tags[i].id);
    TRY(add_attributes(ctx, filter, category_id));
    add_group(filter, FILTER_BRAND, "brand", NULL);
    add_column(filter, FACET_BRAND);
    add_group(filter, FILTER_PRICE, "price", NULL);
    add_group(filter, FILTER_STOCK, "stock", NULL);
    add_column(filter, FACET_STOCK);
    return NULL;
}

bool filter_band(const char *text, struct facet_band *band)
{
    char low[24];
    const char *dash = strchr(text, '-');
    if (!dash || dash == text || (size_t)(dash - text) >= sizeof low)
        return false;
    memcpy(low, text, (size_t)(dash - text));
    low[dash - text] = 0;
    *band = (struct facet_band){.high = INT64_MAX};
    if (!text_to_int(low, &band->low) || band->low < 0)
        return false;
    return dash[1] == 0 || (text_to_int(dash + 1, &band->high) && band->high > band->low);
}

/* The next word up to an end that is not escaped; *end gets it, or 0 at the end of the text. */
static const char *next_word(struct ctx *ctx, const char **at, char *end)
{
    char *word = arena_alloc(ctx->arena, strlen(*at) + 1);
    size_t length = 0;
    for (; **at && !strchr(":,;", **at); (*at)++) {
        if (**at == '\\' && (*at)[1])
            (*at)++;
        word[length++] = **at;
    }
    *end = **at;
    if (**at)
        (*at)++;
    return word;
}

static bool is_meant(const struct filter *filter, size_t group, const char *value)
{
    struct facet_band band;
    switch (filter->groups[group].kind) {
    case FILTER_TAG:
        for (size_t i = 0; i < filter->tag_count; i++)
            if (text_is(filter->tags[i].name, value))
                return true;
        return false;
    case FILTER_PRICE:
        return filter_band(value, &band);
    case FILTER_STOCK:
        return text_is(value, "in");
    case FILTER_ATTRIBUTE:
    case FILTER_BRAND:
        break;
    }
    return value[0] != 0;
}

static void add_pick(struct filter *filter, size_t group, const char *value)
{
    for (size_t i = 0; i < filter->pick_count; i++)
        if (filter->picks[i].group == group && text_is(filter->picks[i].value, value))
            return;
    if (group < filter->group_count && filter->pick_count < FILTER_VALUE_LIMIT &&
        is_meant(filter, group, value))
        filter->picks[filter->pick_count++] = (struct filter_pick){group, value};
}

static size_t rank_of(const struct filter *filter, const struct filter_pick *pick)
{
    const struct attribute *attribute = filter->groups[pick->group].attribute;
    for (size_t i = 0; attribute && i < value_count(attribute->choices); i++)
        if (text_is(value_at(attribute->choices, i)->text, pick->value))
            return i;
    return SIZE_MAX;
}

static bool is_before(const struct filter *filter, const struct filter_pick *a, const struct filter_pick *b)
{
    if (a->group != b->group)
        return a->group < b->group;
    size_t i = rank_of(filter, a), j = rank_of(filter, b);
    return i != j ? i < j : strcmp(a->value, b->value) < 0;
}

void filter_sort(struct filter *filter)
{
    for (size_t i = 1; i < filter->pick_count; i++) {
        struct filter_pick pick = filter->picks[i];
        size_t at = i;
        for (; at > 0 && is_before(filter, &pick, &filter->picks[at - 1]); at--)
            filter->picks[at] = filter->picks[at - 1];
        filter->picks[at] = pick;
    }
}

err filter_read(struct ctx *ctx, int64_t category_id, const char *text, struct filter *filter)
{
    *filter = (struct filter){.is_category = category_id != 0};
    TRY(open_groups(ctx, filter, category_id));
    size_t group = SIZE_MAX;
    for (char end = ';'; *text;) {
        bool is_key = end == ';';
        const char *word = next_word(ctx, &text, &end);
        if (!is_key) {
            add_pick(filter, group, word);
            continue;
        }
        for (group = 0; group < filter->group_count && !text_is(filter->groups[group].key, word);)
            group++;
        if (end == ',')
            end = ':';
    }
    filter_sort(filter);
    return NULL;
}

static int64_t facet_of(const struct filter *filter, const struct filter_pick *pick)
{
    switch (filter->groups[pick->group].kind) {
    case FILTER_TAG:
        for (size_t i = 0; i < filter->tag_count; i++)
            if (text_is(filter->tags[i].name, pick->value))
                return filter->tags[i].id;
        break;
    case FILTER_ATTRIBUTE:
        return filter->groups[pick->group].attribute->id;
    case FILTER_BRAND:
        return FACET_BRAND;
    case FILTER_STOCK:
        return FACET_STOCK;
    case FILTER_PRICE:
        break;
    }
    return 0;
}

err filter_ask(struct ctx *ctx, const struct filter *filter, const struct product_query *of, int64_t shelf_id,
               struct facet_answer *answer)
{
    struct facet_choice choices[FILTER_VALUE_LIMIT];
    struct facet_band bands[FILTER_VALUE_LIMIT];
    struct facet_query query = {.shelf_id = shelf_id,
                                .sort = of->sort,
                                .cursor = of->cursor,
                                .limit = filter->pick_count > 0 ? of->limit : 0,
                                .columns = filter->columns,
                                .column_count = filter->column_count,
                                .choices = choices,
                                .bands = bands};
    for (size_t i = 0; i < filter->pick_count; i++) {
        const struct filter_pick *pick = &filter->picks[i];
        enum filter_kind kind = filter->groups[pick->group].kind;
        if (kind == FILTER_PRICE && filter_band(pick->value, &bands[query.band_count]))
            query.band_count++;
        else if (kind != FILTER_PRICE)
            choices[query.choice_count++] =
                (struct facet_choice){facet_of(filter, pick), kind == FILTER_TAG     ? ""
                                                              : kind == FILTER_STOCK ? "1"
                                                                                     : pick->value};
    }
    return facet_ask(ctx, &query, answer);
}
