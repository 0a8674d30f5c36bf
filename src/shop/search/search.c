/* search.c - products as documents: filled at the first question, made current before each. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/search/search.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/facet/facet.h"
#include "shop/freight/freight.h"
#include "shop/inventory/inventory.h"
#include "shop/pricing/pricing.h"
#include "shop/review/review.h"
#include "shop/search/search_parts.h"
#include "shop/services.h"

/* Changed products that one question reads; more of them are left to the next ones. */
#define CURRENT_LIMIT ((size_t)5 * PRODUCT_CHUNK)
#define WORK_ARENA ((size_t)256 << 20)

struct finder *finder_open(struct arena *arena)
{
    struct finder *finder = arena_alloc(arena, sizeof *finder);
    finder->index = search_open();
    finder->news = search_news_open();
    finder->log = finder_log_open(arena);
    finder->lexicons = lexicons_open();
    return finder;
}

void finder_close(struct finder *finder)
{
    finder_stop(finder);
    lexicons_close(finder->lexicons);
    search_close(finder->index);
    search_news_close(finder->news);
}

/* What documents are made of that is not of one product. */
struct surroundings {
    struct category *categories;
    size_t category_count;
    struct tag *tags;
    size_t tag_count;
};

static err load_surroundings(struct ctx *ctx, struct surroundings *around)
{
    TRY(category_list(ctx, &around->categories, &around->category_count));
    return tag_facet_list(ctx, &around->tags, &around->tag_count);
}

struct texts {
    const char *list[SEARCH_TEXT_LIMIT];
    size_t count;
};

static void add_text(struct texts *texts, const char *text)
{
    if (text && text[0] && texts->count < SEARCH_TEXT_LIMIT)
        texts->list[texts->count++] = text;
}

struct marks {
    struct search_mark list[SEARCH_MARK_LIMIT];
    size_t count;
};

static void add_mark(struct marks *marks, int64_t facet_id, const char *value)
{
    if (value && marks->count < SEARCH_MARK_LIMIT)
        marks->list[marks->count++] = (struct search_mark){facet_id, value};
}

static void add_tags(const struct surroundings *around, const struct product_facts *facts,
                     struct texts *texts, struct marks *marks)
{
    for (size_t i = 0; i < value_count(facts->tags); i++) {
        const char *name = value_at(facts->tags, i)->text;
        add_text(texts, name);
        for (size_t j = 0; j < around->tag_count; j++)
            if (text_is(around->tags[j].name, name))
                add_mark(marks, around->tags[j].id, "");
    }
}

static void add_answers(const struct product_facts *facts, struct texts *texts, struct marks *marks)
{
    for (size_t i = 0; i < value_count(facts->answers); i++) {
        const struct value *answer = value_at(facts->answers, i);
        const char *value = value_find_text(answer, "value");
        if (!value || text_is_blank(value))
            continue;
        add_text(texts, value);
        add_mark(marks, value_find_int(answer, "id", 0), value);
    }
}

/* What a product has besides its facts. */
struct extras {
    int64_t available, sold;
    bool is_free; /* one piece is carried for nothing */
    const struct review_figures *figures;
    const struct product_codes *codes;
};

static void put_product(struct ctx *ctx, struct finder *finder, const struct surroundings *around,
                        const struct product_facts *facts, const struct extras *extras)
{
    struct texts texts = {.count = 0};
    struct marks marks = {.count = 0};
    add_text(&texts, facts->brand);
    add_text(&texts, extras->codes->subtitle);
    for (size_t i = 0; i < facts->category_count; i++) {
        const struct category *category =
            category_in(around->categories, around->category_count, facts->category_ids[i]);
        add_text(&texts, category ? category->name : NULL);
        add_text(&texts, category ? category->name_en : NULL);
    }
    add_text(&texts, extras->codes->model);
    add_text(&texts, extras->codes->variants);
    if (facts->brand && !text_is_blank(facts->brand))
        add_mark(&marks, FACET_BRAND, facts->brand);
    if (extras->available > 0)
        add_mark(&marks, FACET_STOCK, "1");
    if (extras->is_free)
        add_mark(&marks, FACET_FREIGHT, "1");
    add_tags(around, facts, &texts, &marks);
    add_answers(facts, &texts, &marks);
    struct search_document document = {.id = facts->product_id,
                                       .title = facts->title,
                                       .texts = texts.list,
                                       .text_count = texts.count,
                                       .price = facts->price_min,
                                       .sales = extras->sold,
                                       .created_at = facts->created_at,
                                       .rating = (int)(review_average_tenths(extras->figures) * 10),
                                       .marks = marks.list,
                                       .mark_count = marks.count};
    search_put(finder->index, ctx->shop->id, &document);
}

/* Wherever it goes, but for places that are not delivered to. */
static bool is_carried_free(const struct freight_template *template, int64_t price)
{
    bool from_one = template->unfree == 0 &&
                    ((template->free_sum > 0 && price >= template->free_sum) || template->free_pieces == 1);
    bool costs = false;
    for (size_t i = 0; i < template->rate_count; i++)
        costs = costs || template->rates[i].first_price > 0 ||
                (template->way == FREIGHT_WEIGHT && template->rates[i].next_price > 0);
    return from_one || !costs;
}

/* What products are carried by. */
struct carriers {
    struct freight_template *templates;
    size_t count;
    int places[PRODUCT_CHUNK];
};

static bool is_free(const struct carriers *carriers, size_t i, const struct product_facts *facts)
{
    int place = carriers->places[i];
    return place == FREIGHT_NO_TEMPLATE || facts->kind == PRODUCT_DIGITAL ||
           is_carried_free(&carriers->templates[place], facts->price_min);
}

/* Up to PRODUCT_CHUNK products: what is on the shelf is put, everything else is removed. */
static err put_chunk(struct ctx *ctx, struct finder *finder, const struct surroundings *around,
                     const int64_t *ids, size_t count)
{
    struct product_facts *facts = arena_alloc_many(ctx->arena, count + 1, sizeof *facts);
    struct review_figures *figures = arena_alloc_many(ctx->arena, count + 1, sizeof *figures);
    struct product_codes *codes = arena_alloc_many(ctx->arena, count + 1, sizeof *codes);
    struct carriers *carriers = arena_alloc(ctx->arena, sizeof *carriers);
    int64_t available[PRODUCT_CHUNK], sold[PRODUCT_CHUNK];
    size_t have;
    TRY(freight_template_many(ctx, ids, count, &carriers->templates, &carriers->count, carriers->places));
    TRY(product_facts_load(ctx, ids, count, facts, &have));
    TRY(product_codes_load(ctx, ids, count, codes));
    TRY(stock_sum_products(ctx, ids, count, available));
    TRY(product_sold_many(ctx, ids, count, sold));
    TRY(review_figures_many(ctx, ids, count, figures));
    for (size_t i = 0; i < count; i++) {
        const struct product_facts *found = NULL;
        for (size_t j = 0; j < have && !found; j++)
            found = facts[j].product_id == ids[i] && facts[j].status == PRODUCT_ACTIVE ? &facts[j] : NULL;
        if (found)
            put_product(
                ctx, finder, around, found,
                &(struct extras){available[i], sold[i], is_free(carriers, i, found), &figures[i], &codes[i]});
        else
            search_remove(finder->index, ctx->shop->id, ids[i]);
    }
    return NULL;
}

/* The whole shop, chunk by chunk in little memory. */
static err fill(struct ctx *ctx, struct finder *finder)
{
    int64_t ids[PRODUCT_CHUNK], after = 0;
    size_t count;
    struct surroundings around;
    struct ctx work = *ctx;
    TRY(load_surroundings(ctx, &around));
    search_begin_again(finder->index, ctx->shop->id);
    do {
        TRY(shelf_next_products(ctx, 0, after, ids, &count));
        if (count == 0)
            break;
        work.arena = arena_open(WORK_ARENA);
        err failure = put_chunk(&work, finder, &around, ids, count);
        if (failure)
            failure =
                error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
        arena_close(work.arena);
        TRY(failure);
        after = ids[count - 1];
    } while (count == PRODUCT_CHUNK);
    search_commit(finder->index, ctx->shop->id);
    return NULL;
}

static err read_changed(struct ctx *ctx, struct finder *finder, const int64_t *ids, size_t count)
{
    struct surroundings around;
    TRY(load_surroundings(ctx, &around));
    for (size_t from = 0; from < count; from += PRODUCT_CHUNK) {
        size_t left = count - from;
        TRY(put_chunk(ctx, finder, &around, ids + from, left < PRODUCT_CHUNK ? left : PRODUCT_CHUNK));
    }
    search_commit(finder->index, ctx->shop->id);
    return NULL;
}

/* Each once: a product that changed often is read once. */
static size_t without_doubles(int64_t *ids, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;
        for (size_t j = kept > 64 ? kept - 64 : 0; j < kept && !is_there; j++)
            is_there = ids[j] == ids[i];
        if (!is_there)
            ids[kept++] = ids[i];
    }
    return kept;
}

static err products_be_current(struct ctx *ctx, struct finder *finder)
{
    int64_t ids[CURRENT_LIMIT];
    size_t count;
    err failure = NULL;
    switch (search_news_take(finder->news, ctx->shop->id, ids, CURRENT_LIMIT, &count)) {
    case NEED_NOTHING:
        break;
    case NEED_ALL:
        failure = fill(ctx, finder);
        search_news_filled(finder->news, ctx->shop->id, failure == NULL);
        break;
    case NEED_SOME:
        failure = read_changed(ctx, finder, ids, without_doubles(ids, count));
        if (failure)
            search_news_space(finder->news, ctx->shop->id);
        search_news_read(finder->news, ctx->shop->id);
        break;
    }
    return failure;
}

err finder_be_current(struct ctx *ctx, struct finder *finder)
{
    TRY(products_be_current(ctx, finder));
    return lexicons_be_current(ctx, finder);
}

err finder_ask(struct ctx *ctx, const struct search_query *query, struct search_answer *answer)
{
    struct finder *finder = ctx->services->finder;
    struct search_query own = *query;
    TRY(finder_be_current(ctx, finder));
    own.space_id = ctx->shop->id;
    search_ask(finder->index, ctx->arena, &own, answer);
    return NULL;
}

err finder_suggest(struct ctx *ctx, const char *typed, struct search_suggestion *out, size_t *count)
{
    struct finder *finder = ctx->services->finder;
    TRY(finder_be_current(ctx, finder));
    *count = search_suggest(finder->index, ctx->arena, ctx->shop->id, typed, out, SEARCH_SUGGESTION_LIMIT);
    return NULL;
}

err finder_hear(struct ctx *ctx, struct finder *finder, const char *topic, int64_t aggregate_id)
{
    if (text_starts(topic, "product.") || text_starts(topic, "review."))
        search_news_document(finder->news, ctx->shop->id, aggregate_id);
    else if (text_starts(topic, "search."))
        lexicons_forget(finder->lexicons, ctx->shop->id);
    else if (text_starts(topic, "category.") || text_starts(topic, "tag.") || text_starts(topic, "freight."))
        search_news_space(finder->news, ctx->shop->id);
    return NULL;
}

void finder_missed(struct finder *finder)
{
    search_news_all(finder->news);
    lexicons_forget(finder->lexicons, 0);
}

struct search_figures finder_figures(struct finder *finder)
{
    return search_figures(finder->index);
}
