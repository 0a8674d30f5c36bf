/* storefront_filter.c - what an address chooses. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_filter.h"

#include "base/text.h"
#include "shop/search/search.h"

static void add_group(struct filter *filter, enum filter_kind kind, const char *key,
                      const struct attribute *attribute)
{
    filter->groups[filter->group_count++] = (struct filter_group){kind, key, attribute, ""};
}

static void add_column(struct filter *filter, int64_t facet_id)
{
    if (filter->column_count < FACET_COLUMN_LIMIT)
        filter->columns[filter->column_count++] = (struct facet_column){facet_id, filter->group_count - 1};
}

static bool is_own_word(const char *name)
{
    return text_is(name, "tag") || text_is(name, "brand") || text_is(name, "price") ||
           text_is(name, "stock") || text_is(name, "freight");
}

static void add_attribute(struct filter *filter, const struct attribute *attribute)
{
    add_group(filter, FILTER_ATTRIBUTE, attribute->name, attribute);
    add_column(filter, attribute->id);
}

/* What is asked only further down, where products of this list stand too. */
static err add_below(struct ctx *ctx, struct filter *filter, int64_t category_id,
                     const struct attribute *attributes, size_t count, size_t taken)
{
    int64_t ids[FACET_BELOW_LIMIT];
    size_t below;
    TRY(attribute_below_list(ctx, category_id, ids, FACET_BELOW_LIMIT, &below));
    for (size_t i = 0; i < below; i++)
        for (size_t j = 0; j < count && taken < FACET_ATTRIBUTE_LIMIT; j++)
            if (attributes[j].id == ids[i] && !is_own_word(attributes[j].name)) {
                add_attribute(filter, &attributes[j]);
                taken++;
            }
    return NULL;
}

/* Those of the category's template, then those below it; of a list that is no category all. */
static err add_attributes(struct ctx *ctx, struct filter *filter, int64_t category_id)
{
    struct attribute *attributes;
    size_t count, taken = 0;
    TRY(attribute_list(ctx, &attributes, &count));
    for (size_t i = 0; i < count && taken < FACET_ATTRIBUTE_LIMIT; i++) {
        if (!attributes[i].is_facet || is_own_word(attributes[i].name) ||
            (category_id != 0 && !attribute_is_of(&attributes[i], category_id)))
            continue;
        add_attribute(filter, &attributes[i]);
        taken++;
    }
    return category_id ? add_below(ctx, filter, category_id, attributes, count, taken) : NULL;
}

/* A facet for each group of tags, those in none first. */
static void add_tag(struct ctx *ctx, struct filter *filter, const struct tag *tag)
{
    const struct filter_group *last =
        filter->group_count > 0 ? &filter->groups[filter->group_count - 1] : NULL;
    if (!last || !text_is(last->tags, tag->group)) {
        const char *key = tag->group[0] ? arena_format(ctx->arena, "tag.%s", tag->group) : "tag";
        add_group(filter, FILTER_TAG, key, NULL);
        filter->groups[filter->group_count - 1].tags = tag->group;
    }
    add_column(filter, tag->id);
}

static err open_groups(struct ctx *ctx, struct filter *filter, int64_t category_id)
{
    TRY(tag_facet_list(ctx, &filter->tags, &filter->tag_count));
    for (size_t i = 0; i < filter->tag_count; i++)
        add_tag(ctx, filter, &filter->tags[i]);
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

bool filter_is_number(const struct filter_group *group)
{
    return group->attribute && group->attribute->kind == ATTRIBUTE_NUMBER;
}

bool filter_range(const char *text, struct facet_range *range)
{
    char low[24];
    const char *dots = strstr(text, "..");
    if (!dots || dots == text || (size_t)(dots - text) >= sizeof low)
        return false;
    memcpy(low, text, (size_t)(dots - text));
    low[dots - text] = 0;
    *range = (struct facet_range){.high = INT64_MAX};
    if (!facet_number(low, &range->low))
        return false;
    return dots[2] == 0 || (facet_number(dots + 2, &range->high) && range->high > range->low);
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
    case FILTER_FREIGHT:
        return text_is(value, "free");
    case FILTER_ATTRIBUTE:
    case FILTER_BRAND:
        break;
    }
    return value[0] != 0;
}

/* Where a value stands now: a tag may have gone to another group since its address was given away. */
static size_t home_of(const struct filter *filter, size_t group, const char *value)
{
    if (group >= filter->group_count || filter->groups[group].kind != FILTER_TAG)
        return group;
    for (size_t i = 0; i < filter->tag_count; i++)
        for (size_t j = 0; text_is(filter->tags[i].name, value) && j < filter->group_count; j++)
            if (filter->groups[j].kind == FILTER_TAG &&
                text_is(filter->groups[j].tags, filter->tags[i].group))
                return j;
    return group;
}

/* SIZE_MAX when there is none. Whatever is said of tags finds the first group of tags, see home_of. */
static size_t group_named(const struct filter *filter, const char *key)
{
    bool is_tag = text_is(key, "tag") || strncmp(key, "tag.", 4) == 0;
    for (size_t i = 0; i < filter->group_count; i++)
        if (text_is(filter->groups[i].key, key))
            return i;
    for (size_t i = 0; is_tag && i < filter->group_count; i++)
        if (filter->groups[i].kind == FILTER_TAG)
            return i;
    return SIZE_MAX;
}

static void add_pick(struct filter *filter, size_t at, const char *value)
{
    size_t group = home_of(filter, at, value);
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

/* Ranges stand in the order of their numbers. */
static int64_t low_of(const struct filter *filter, const struct filter_pick *pick)
{
    struct facet_range range;
    bool is_range = filter_is_number(&filter->groups[pick->group]) && filter_range(pick->value, &range);
    return is_range ? range.low : INT64_MIN;
}

static bool is_before(const struct filter *filter, const struct filter_pick *a, const struct filter_pick *b)
{
    if (a->group != b->group)
        return a->group < b->group;
    size_t i = rank_of(filter, a), j = rank_of(filter, b);
    int64_t low = low_of(filter, a), other = low_of(filter, b);
    if (low != other)
        return low < other;
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

/* Chooses of the groups that are there. */
static void read_text(struct ctx *ctx, const char *text, struct filter *filter)
{
    size_t group = SIZE_MAX;
    for (char end = ';'; *text;) {
        bool is_key = end == ';';
        const char *word = next_word(ctx, &text, &end);
        if (!is_key) {
            add_pick(filter, group, word);
            continue;
        }
        group = group_named(filter, word);
        if (end == ',')
            end = ':';
    }
    filter_sort(filter);
}

err filter_read(struct ctx *ctx, int64_t category_id, const char *text, struct filter *filter)
{
    *filter = (struct filter){.is_category = category_id != 0};
    TRY(open_groups(ctx, filter, category_id));
    read_text(ctx, text, filter);
    return NULL;
}

err filter_read_search(struct ctx *ctx, const char *text, struct filter *filter)
{
    *filter = (struct filter){0};
    TRY(open_groups(ctx, filter, 0));
    add_group(filter, FILTER_FREIGHT, "freight", NULL);
    add_column(filter, FACET_FREIGHT);
    read_text(ctx, text, filter);
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
    case FILTER_FREIGHT:
        return FACET_FREIGHT;
    case FILTER_PRICE:
        break;
    }
    return 0;
}

static const char *value_of(enum filter_kind kind, const struct filter_pick *pick)
{
    bool is_flag = kind == FILTER_STOCK || kind == FILTER_FREIGHT;
    return kind == FILTER_TAG ? "" : is_flag ? "1" : pick->value;
}

void filter_question(const struct filter *filter, struct filter_choices *into)
{
    for (size_t i = 0; i < filter->pick_count; i++) {
        const struct filter_pick *pick = &filter->picks[i];
        enum filter_kind kind = filter->groups[pick->group].kind;
        struct facet_range *range = &into->ranges[into->range_count];
        if (filter_is_number(&filter->groups[pick->group]) && filter_range(pick->value, range)) {
            range->facet_id = facet_of(filter, pick);
            into->range_count++;
            continue;
        }
        if (kind == FILTER_PRICE && filter_band(pick->value, &into->bands[into->band_count]))
            into->band_count++;
        else if (kind != FILTER_PRICE)
            into->choices[into->choice_count++] =
                (struct facet_choice){facet_of(filter, pick), value_of(kind, pick)};
    }
}

err filter_ask(struct ctx *ctx, const struct filter *filter, const struct product_query *of, int64_t shelf_id,
               struct facet_answer *answer)
{
    struct filter_choices chosen = {.choice_count = 0};
    filter_question(filter, &chosen);
    struct facet_query query = {.shelf_id = shelf_id,
                                .sort = of->sort,
                                .cursor = of->cursor,
                                .limit = filter->pick_count > 0 ? of->limit : 0,
                                .columns = filter->columns,
                                .column_count = filter->column_count,
                                .choices = chosen.choices,
                                .choice_count = chosen.choice_count,
                                .ranges = chosen.ranges,
                                .range_count = chosen.range_count,
                                .bands = chosen.bands,
                                .band_count = chosen.band_count};
    return facet_ask(ctx, &query, answer);
}
