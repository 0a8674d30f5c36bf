/* storefront_search.c - what was found: cards with what matched marked, facets, and what was done to the
 * query. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_search.h"

#include "base/text.h"
#include "shop/search/search.h"
#include "shop/storefront/storefront.h"

/* Bytes of an address; a query as long as the form takes, each byte as three. */
#define ADDRESS_LIMIT 16384
#define MARK_LIMIT 24 /* parts of a title that are marked */
#define SUGGEST_PRODUCTS 4
#define SUGGEST_CATEGORIES 3
#define SUGGEST_POPULAR 8

const char *search_address(struct ctx *ctx, const char *text)
{
    struct text_buf address;
    text_open(&address, ctx->arena, ADDRESS_LIMIT);
    text_add(&address, "/search?q=");
    text_add_url(&address, text, strlen(text));
    return text_of(&address);
}

/* The questions of the filter in the words of the search. */
static void fill_query(struct ctx *ctx, const struct filter *filter, struct search_query *query)
{
    struct filter_choices chosen = {.choice_count = 0};
    struct search_column *columns = arena_alloc_many(ctx->arena, filter->column_count + 1, sizeof *columns);
    struct search_choice *choices = arena_alloc_many(ctx->arena, FILTER_VALUE_LIMIT, sizeof *choices);
    struct search_range *ranges = arena_alloc_many(ctx->arena, FILTER_VALUE_LIMIT, sizeof *ranges);
    struct search_band *bands = arena_alloc_many(ctx->arena, FILTER_VALUE_LIMIT, sizeof *bands);
    filter_question(filter, &chosen);
    for (size_t i = 0; i < filter->column_count; i++)
        columns[i] = (struct search_column){filter->columns[i].facet_id, filter->columns[i].group};
    for (size_t i = 0; i < chosen.choice_count; i++)
        choices[i] = (struct search_choice){chosen.choices[i].facet_id, chosen.choices[i].value};
    for (size_t i = 0; i < chosen.range_count; i++)
        ranges[i] =
            (struct search_range){chosen.ranges[i].facet_id, chosen.ranges[i].low, chosen.ranges[i].high};
    for (size_t i = 0; i < chosen.band_count; i++)
        bands[i] = (struct search_band){chosen.bands[i].low, chosen.bands[i].high, 0};
    query->columns = columns;
    query->column_count = filter->column_count;
    query->choices = choices;
    query->choice_count = chosen.choice_count;
    query->ranges = ranges;
    query->range_count = chosen.range_count;
    query->bands = bands;
    query->band_count = chosen.band_count;
}

/* The counts of the search as those of a shelf, which the filter shows. */
static void fill_answer(struct ctx *ctx, const struct search_answer *found, struct facet_answer *answer)
{
    *answer =
        (struct facet_answer){.is_known = true, .total = found->total, .value_count = found->value_count};
    answer->values = arena_alloc_many(ctx->arena, found->value_count + 1, sizeof *answer->values);
    for (size_t i = 0; i < found->value_count; i++)
        answer->values[i] =
            (struct facet_value){found->values[i].facet_id, found->values[i].value, found->values[i].group,
                                 found->values[i].count, found->values[i].whole};
    for (size_t i = 0; i < found->band_count && i < FACET_BAND_LIMIT; i++)
        answer->bands[answer->band_count++] =
            (struct facet_band){found->bands[i].low, found->bands[i].high, found->bands[i].count};
}

static void add_part(struct arena *arena, struct value *parts, const char *text, size_t from, size_t to,
                     bool is_hit)
{
    if (from == to)
        return;
    struct value *part = value_add(arena, parts, *value_object(arena));
    value_set_text(arena, part, "text", arena_copy(arena, text + from, to - from));
    value_set_bool(arena, part, "is_hit", is_hit);
}

static void set_parts(struct arena *arena, struct value *card, const char *query, const char *title)
{
    struct search_span spans[MARK_LIMIT];
    size_t count = search_highlight(arena, query, title, spans, MARK_LIMIT), at = 0;
    struct value *parts = value_set_list(arena, card, "title_parts");
    for (size_t i = 0; i < count; i++) {
        add_part(arena, parts, title, at, spans[i].from, false);
        add_part(arena, parts, title, spans[i].from, spans[i].to, true);
        at = spans[i].to;
    }
    add_part(arena, parts, title, at, strlen(title), false);
}

static const char *const lanes[] = {[LANE_EVERYTHING] = "everything",
                                    [LANE_EXACT] = "exact",
                                    [LANE_CORRECTED] = "corrected",
                                    [LANE_RELATED] = "related",
                                    [LANE_NOTHING] = "nothing"};

/* Cards of the products that are still on the shelf, in the order of the answer. */
static err add_cards(struct ctx *ctx, struct value *view, const struct search_answer *found,
                     const char *query)
{
    int64_t ids[SEARCH_PAGE_LIMIT];
    struct product *products, *shown = arena_alloc_many(ctx->arena, found->hit_count + 1, sizeof *shown);
    size_t count, have = 0;
    for (size_t i = 0; i < found->hit_count; i++)
        ids[i] = found->hits[i].id;
    TRY(product_list_many(ctx, ids, found->hit_count, &products, &count));
    for (size_t i = 0; i < count; i++)
        if (products[i].status == PRODUCT_ACTIVE)
            shown[have++] = products[i];
    struct value *list = value_set_list(ctx->arena, view, "products");
    TRY(product_card_views(ctx, list, shown, have));
    for (size_t i = 0; i < have && i < value_count(list); i++) {
        struct value *card = &list->list->items[i];
        set_parts(ctx->arena, card, query, shown[i].title);
        for (size_t j = 0; j < found->hit_count; j++)
            if (found->hits[j].id == shown[i].id && found->hits[j].why)
                value_set_text(ctx->arena, card, "why", found->hits[j].why);
    }
    return NULL;
}

static void set_search(struct ctx *ctx, struct value *view, const struct search_asking *asking,
                       const struct search_answer *found)
{
    struct arena *arena = ctx->arena;
    struct value *tree = value_set_object(arena, view, "search");
    value_set_text(arena, tree, "text", asking->text);
    value_set_text(arena, tree, "lane", lanes[found->lane]);
    value_set_text(arena, tree, "shown_for", found->shown_for);
    value_set_text(arena, tree, "meant", found->meant);
    value_set_text(arena, tree, "meant_url", found->meant ? search_address(ctx, found->meant) : NULL);
    value_set_bool(arena, tree, "is_cut", found->is_cut);
    struct value *dropped = value_set_list(arena, tree, "dropped");
    for (size_t i = 0; i < found->dropped_count; i++)
        value_add(arena, dropped, value_text(found->dropped[i]));
}

err search_page_view(struct ctx *ctx, struct value *view, const struct search_asking *asking, int64_t *total)
{
    struct filter *filter = arena_alloc(ctx->arena, sizeof *filter);
    struct search_answer found;
    struct facet_answer answer;
    struct search_query query = {.text = asking->text,
                                 .sort = asking->sort,
                                 .offset = (size_t)(asking->page - 1) * asking->limit,
                                 .limit = asking->limit,
                                 .explains = asking->explains};
    TRY(filter_read_search(ctx, asking->filter, filter));
    fill_query(ctx, filter, &query);
    TRY(finder_ask(ctx, &query, &found));
    fill_answer(ctx, &found, &answer);
    filter_view(ctx, view, filter, &answer, asking->base, asking->sort_word);
    set_search(ctx, view, asking, &found);
    *total = found.total;
    if (asking->is_noted)
        search_note(
            ctx, &(struct search_note){.text = asking->text,
                                       .is_nothing = found.lane == LANE_RELATED || found.lane == LANE_NOTHING,
                                       .hits = found.total,
                                       .buyer = asking->buyer});
    return add_cards(ctx, view, &found, found.shown_for ? found.shown_for : asking->text);
}

/* ---- while somebody types ---- */

static void add_word(struct ctx *ctx, struct value *list, const char *word)
{
    for (size_t i = 0; i < value_count(list); i++)
        if (text_is(value_find_text(value_at(list, i), "text"), word))
            return;
    struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_text(ctx->arena, entry, "text", word);
    value_set_text(ctx->arena, entry, "url", search_address(ctx, word));
}

err search_popular_view(struct ctx *ctx, struct value *view, const char *typed)
{
    const char *words[SUGGEST_POPULAR];
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "popular");
    TRY(search_popular(ctx, typed, SUGGEST_POPULAR, words, &count));
    for (size_t i = 0; i < count; i++)
        add_word(ctx, list, words[i]);
    return NULL;
}

/* The corrected text, what others typed, and what titles go on with. */
static err add_suggestions(struct ctx *ctx, struct value *view, const char *text, const char *first)
{
    struct search_suggestion words[SEARCH_SUGGESTION_LIMIT];
    const char *popular[SUGGEST_POPULAR / 2];
    size_t count = 0, popular_count = 0;
    TRY(finder_suggest(ctx, text, words, &count));
    TRY(search_popular(ctx, text, SUGGEST_POPULAR / 2, popular, &popular_count));
    struct value *list = value_set_list(ctx->arena, view, "suggestions");
    if (first)
        add_word(ctx, list, first);
    for (size_t i = 0; i < popular_count; i++)
        add_word(ctx, list, popular[i]);
    for (size_t i = 0; i < count && value_count(list) < SEARCH_SUGGESTION_LIMIT; i++)
        add_word(ctx, list, words[i].text);
    return NULL;
}

/* Categories whose name holds what was typed, or what it was taken for. */
static err add_categories(struct ctx *ctx, struct value *view, const char *text, const char *meant)
{
    struct category *categories;
    size_t count;
    struct search_span span;
    struct value *list = value_set_list(ctx->arena, view, "categories");
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < count && value_count(list) < SUGGEST_CATEGORIES; i++) {
        const char *name = category_name(ctx, &categories[i]);
        if (search_highlight(ctx->arena, text, name, &span, 1) == 0 &&
            search_highlight(ctx->arena, meant, name, &span, 1) == 0)
            continue;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "name", name);
        value_set_text(ctx->arena, entry, "url",
                       arena_format(ctx->arena, "/categories/%s", categories[i].handle));
    }
    return NULL;
}

err search_suggest_view(struct ctx *ctx, struct value *view, const char *text)
{
    struct search_answer found;
    if (text_is_blank(text)) {
        value_set_list(ctx->arena, view, "suggestions");
        value_set_list(ctx->arena, view, "categories");
        value_set_list(ctx->arena, view, "products");
        return search_popular_view(ctx, view, "");
    }
    TRY(finder_ask(ctx, &(struct search_query){.text = text, .limit = SUGGEST_PRODUCTS}, &found));
    const char *first = found.lane == LANE_CORRECTED ? found.shown_for : NULL;
    TRY(add_suggestions(ctx, view, text, first));
    value_set_text(ctx->arena, view, "meant", first);
    TRY(add_categories(ctx, view, text, first ? first : text));
    return add_cards(ctx, view, &found, first ? first : text);
}
