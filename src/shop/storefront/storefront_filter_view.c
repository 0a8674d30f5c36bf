/* storefront_filter_view.c - what a list can be narrowed by, as pages and programs see it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_filter.h"

#include "base/text.h"
#include <inttypes.h>
#include <stdlib.h>

/* Of a list that is no category, attributes that fewer than one product in this many answers stay away. */
#define SHARE 4
/* So many different numbers are offered one by one; more of them in ranges. */
#define NUMBERS_AS_THEY_ARE 8

static const char *const kind_names[] = {
    [FILTER_TAG] = "tag",     [FILTER_ATTRIBUTE] = "attribute", [FILTER_BRAND] = "brand",
    [FILTER_PRICE] = "price", [FILTER_STOCK] = "stock",         [FILTER_FREIGHT] = "freight"};

static void add_word(struct text_buf *text, const char *word)
{
    for (; *word; word++) {
        if (strchr(":,;\\", *word))
            text_add_char(text, '\\');
        text_add_char(text, *word);
    }
}

/* "filter=…", encoded; "" when nothing is chosen. */
static const char *query_of(struct ctx *ctx, const struct filter *filter)
{
    struct text_buf plain, encoded;
    text_open(&plain, ctx->arena, 65536);
    text_open(&encoded, ctx->arena, 262144);
    for (size_t i = 0; i < filter->pick_count; i++) {
        const struct filter_pick *pick = &filter->picks[i];
        bool is_first = i == 0 || filter->picks[i - 1].group != pick->group;
        if (is_first && i > 0)
            text_add_char(&plain, ';');
        if (is_first)
            add_word(&plain, filter->groups[pick->group].key);
        text_add_char(&plain, is_first ? ':' : ',');
        add_word(&plain, pick->value);
    }
    if (filter->pick_count == 0)
        return "";
    text_add(&encoded, "filter=");
    text_add_url(&encoded, text_of(&plain), plain.len);
    return text_of(&encoded);
}

static const char *address_of(struct ctx *ctx, const struct filter *filter, const char *base,
                              const char *sort)
{
    const char *query = query_of(ctx, filter);
    const char *first = strchr(base, '?') ? "&" : "?"; /* of a search the address has a question already */
    const char *mark = sort[0] || query[0] ? first : "", *and = sort[0] && query[0] ? "&" : "";
    const char *address =
        arena_format(ctx->arena, "%s%s%s%s%s%s", base, mark, sort[0] ? "sort=" : "", sort, and, query);
    return strlen(address) <= FILTER_URL_LIMIT ? address : NULL;
}

struct page {
    const struct filter *filter;
    const struct facet_answer *answer;
    const char *base;
    const char *sort;
};

static const char *with(struct ctx *ctx, const struct page *page, size_t group, const char *value)
{
    struct filter more = *page->filter;
    if (more.pick_count >= FILTER_VALUE_LIMIT)
        return NULL;
    more.picks[more.pick_count++] = (struct filter_pick){group, value};
    filter_sort(&more);
    return address_of(ctx, &more, page->base, page->sort);
}

static const char *without(struct ctx *ctx, const struct page *page, size_t index)
{
    struct filter less = *page->filter;
    less.pick_count--;
    for (size_t i = index; i < less.pick_count; i++)
        less.picks[i] = less.picks[i + 1];
    return address_of(ctx, &less, page->base, page->sort);
}

static size_t pick_index(const struct filter *filter, size_t group, const char *value)
{
    for (size_t i = 0; i < filter->pick_count; i++)
        if (filter->picks[i].group == group && text_is(filter->picks[i].value, value))
            return i;
    return SIZE_MAX;
}

/* The ends of a range, as its address writes them: "6.1", "6.7", and "" above the last. */
static void set_range(struct ctx *ctx, struct value *entry, const char *value)
{
    const char *dots = strstr(value, "..");
    value_set_text(ctx->arena, entry, "from", arena_copy(ctx->arena, value, (size_t)(dots - value)));
    value_set_text(ctx->arena, entry, "to", dots + 2);
}

/* What a value is called: a text, two ends of a price, or of a range of numbers. */
static void set_label(struct ctx *ctx, struct value *entry, const struct filter_group *group,
                      const char *value)
{
    struct facet_band band;
    struct facet_range range;
    value_set_text(ctx->arena, entry, "value", value);
    value_set_text(ctx->arena, entry, "label", value);
    if (filter_is_number(group) && filter_range(value, &range))
        set_range(ctx, entry, value);
    if (group->kind != FILTER_PRICE || !filter_band(value, &band))
        return;
    if (band.low > 0)
        value_set_money(ctx->arena, entry, "low", money_of(band.low, ctx->shop->currency));
    if (band.high < INT64_MAX)
        value_set_money(ctx->arena, entry, "high", money_of(band.high, ctx->shop->currency));
}

static void add_value(struct ctx *ctx, struct value *list, const struct page *page, size_t group,
                      const char *value, int64_t count)
{
    size_t index = pick_index(page->filter, group, value);
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    set_label(ctx, entry, &page->filter->groups[group], value);
    value_set_int(ctx->arena, entry, "count", count);
    value_set_bool(ctx->arena, entry, "is_chosen", index != SIZE_MAX);
    value_set_text(ctx->arena, entry, "url",
                   index != SIZE_MAX ? without(ctx, page, index) : with(ctx, page, group, value));
}

static void set_group(struct ctx *ctx, struct value *entry, const struct filter_group *group)
{
    value_set_text(ctx->arena, entry, "key", group->key);
    value_set_text(ctx->arena, entry, "kind", kind_names[group->kind]);
    value_set_text(ctx->arena, entry, "name",
                   group->attribute ? attribute_name(ctx, group->attribute)
                   : group->tags[0] ? group->tags
                                    : NULL);
    value_set_text(ctx->arena, entry, "unit", group->attribute ? group->attribute->unit : "");
    value_set_bool(ctx->arena, entry, "is_flag",
                   group->attribute && group->attribute->kind == ATTRIBUTE_FLAG);
}

/* ---- the values of a group ---- */

struct ranked {
    const struct facet_value *value;
    size_t rank;
    bool is_number;
};

/* Thousandths; what is no number comes first. */
static int64_t number_of(const char *text)
{
    int64_t number;
    return facet_number(text, &number) ? number : INT64_MIN;
}

static int by_rank(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    int64_t i = a->is_number ? number_of(a->value->value) : 0,
            j = b->is_number ? number_of(b->value->value) : 0;
    return i != j ? (i > j) - (i < j) : strcmp(a->value->value, b->value->value);
}

static size_t choice_rank(const struct attribute *attribute, const char *value)
{
    for (size_t i = 0; attribute && i < value_count(attribute->choices); i++)
        if (text_is(value_at(attribute->choices, i)->text, value))
            return i;
    return SIZE_MAX;
}

static const char *name_of(const struct filter *filter, const struct filter_group *group,
                           const struct facet_value *value)
{
    for (size_t i = 0; group->kind == FILTER_TAG && i < filter->tag_count; i++)
        if (filter->tags[i].id == value->facet_id)
            return filter->tags[i].name;
    if (group->kind == FILTER_FREIGHT)
        return "free";
    return group->kind == FILTER_STOCK ? "in" : value->value;
}

/* Where ranges end that part the shelf about evenly: at values that stand there. Ascending; the first begins
 * with the least value, the last is open. */
static size_t range_starts(const struct ranked *ranked, size_t count, size_t starts[FACET_BAND_LIMIT])
{
    int64_t total = 0, before = 0;
    size_t have = 0;
    for (size_t i = 0; i < count; i++)
        total += ranked[i].value->whole;
    for (size_t i = 0; i < count; i++) {
        bool is_due = before * FACET_BAND_LIMIT >= total * (int64_t)have;
        if (have < FACET_BAND_LIMIT && is_due)
            starts[have++] = i;
        before += ranked[i].value->whole;
    }
    return have;
}

/* A product answers a number attribute once: the counts of a range's values add up to its own. */
static void add_ranges(struct ctx *ctx, struct value *list, const struct page *page, size_t group,
                       const struct ranked *ranked, size_t count)
{
    size_t starts[FACET_BAND_LIMIT], have = range_starts(ranked, count, starts);
    for (size_t i = 0; i < have; i++) {
        size_t end = i + 1 < have ? starts[i + 1] : count;
        int64_t sum = 0;
        for (size_t j = starts[i]; j < end; j++)
            sum += ranked[j].value->count;
        add_value(ctx, list, page, group,
                  arena_format(ctx->arena, "%s..%s", ranked[starts[i]].value->value,
                               end < count ? ranked[end].value->value : ""),
                  sum);
    }
}

/* Ranges or values that were chosen by another address stay to be taken back. */
static void add_strays(struct ctx *ctx, struct value *list, const struct page *page, size_t group)
{
    const struct filter *filter = page->filter;
    for (size_t i = 0; i < filter->pick_count; i++) {
        bool is_there = filter->picks[i].group != group;
        for (size_t j = 0; j < value_count(list) && !is_there; j++)
            is_there = text_is(value_find_text(value_at(list, j), "value"), filter->picks[i].value);
        if (!is_there)
            add_value(ctx, list, page, group, filter->picks[i].value, page->answer->total);
    }
}

static void add_values(struct ctx *ctx, struct value *list, const struct page *page, size_t group)
{
    const struct filter_group *of = &page->filter->groups[group];
    const struct facet_answer *answer = page->answer;
    struct ranked *ranked = arena_alloc_many(ctx->arena, answer->value_count + 1, sizeof *ranked);
    size_t count = 0;
    for (size_t i = 0; i < answer->value_count; i++)
        if (answer->values[i].group == group)
            ranked[count++] =
                (struct ranked){&answer->values[i], choice_rank(of->attribute, answer->values[i].value),
                                of->attribute && of->attribute->kind == ATTRIBUTE_NUMBER};
    qsort(ranked, count, sizeof *ranked, by_rank);
    if (filter_is_number(of) && count > NUMBERS_AS_THEY_ARE) {
        add_ranges(ctx, list, page, group, ranked, count);
        add_strays(ctx, list, page, group);
        return;
    }
    for (size_t i = 0; i < count; i++)
        add_value(ctx, list, page, group, name_of(page->filter, of, ranked[i].value), ranked[i].value->count);
}

static void add_bands(struct ctx *ctx, struct value *list, const struct page *page, size_t group)
{
    for (size_t i = 0; i < page->answer->band_count; i++) {
        const struct facet_band *band = &page->answer->bands[i];
        const char *value = band->high == INT64_MAX
                                ? arena_format(ctx->arena, "%" PRId64 "-", band->low)
                                : arena_format(ctx->arena, "%" PRId64 "-%" PRId64, band->low, band->high);
        add_value(ctx, list, page, group, value, band->count);
    }
}

/* One value for all narrows nothing, and neither does what hardly any product answers. */
static bool is_useful(const struct page *page, size_t group, const struct value *values)
{
    const struct filter *filter = page->filter;
    int64_t sum = 0;
    for (size_t i = 0; i < filter->pick_count; i++)
        if (filter->picks[i].group == group)
            return true;
    for (size_t i = 0; i < value_count(values); i++)
        sum += value_find_int(value_at(values, i), "count", 0);
    if (filter->groups[group].kind == FILTER_FREIGHT) /* where everything is carried free it says nothing */
        return sum > 0 && sum < page->answer->total;
    if (filter->groups[group].kind == FILTER_BRAND || filter->groups[group].kind == FILTER_PRICE)
        return value_count(values) > 1;
    if (filter->groups[group].kind == FILTER_ATTRIBUTE && !filter->is_category && filter->pick_count == 0)
        return value_count(values) > 0 && sum >= page->answer->total / SHARE;
    return value_count(values) > 0;
}

static void add_groups(struct ctx *ctx, struct value *view, const struct page *page)
{
    struct value *facets = value_set_list(ctx->arena, view, "facets");
    for (size_t i = 0; i < page->filter->group_count; i++) {
        struct value *values = value_list(ctx->arena);
        if (page->filter->groups[i].kind == FILTER_PRICE)
            add_bands(ctx, values, page, i);
        else
            add_values(ctx, values, page, i);
        if (!is_useful(page, i, values))
            continue;
        struct value *entry = value_add(ctx->arena, facets, *value_object(ctx->arena));
        set_group(ctx, entry, &page->filter->groups[i]);
        value_set(ctx->arena, entry, "values", *values);
    }
}

void filter_view(struct ctx *ctx, struct value *view, const struct filter *filter,
                 const struct facet_answer *answer, const char *base, const char *sort)
{
    struct page page = {filter, answer, base, sort};
    struct value *tree = value_set_object(ctx->arena, view, "filter");
    const char *query = query_of(ctx, filter);
    value_set_int(ctx->arena, tree, "count", (int64_t)filter->pick_count);
    value_set_text(ctx->arena, tree, "query", query[0] ? query : NULL);
    value_set_text(
        ctx->arena, tree, "clear_url",
        sort[0] ? arena_format(ctx->arena, "%s%ssort=%s", base, strchr(base, '?') ? "&" : "?", sort) : base);
    struct value *chosen = value_set_list(ctx->arena, tree, "chosen");
    for (size_t i = 0; i < filter->pick_count; i++) {
        struct value *entry = value_add(ctx->arena, chosen, *value_object(ctx->arena));
        set_group(ctx, entry, &filter->groups[filter->picks[i].group]);
        set_label(ctx, entry, &filter->groups[filter->picks[i].group], filter->picks[i].value);
        value_set_text(ctx->arena, entry, "url", without(ctx, &page, i));
    }
    add_groups(ctx, tree, &page);
}
