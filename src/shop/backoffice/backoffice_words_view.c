/* backoffice_words_view.c - figures of words, and what a word finds now and would find. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_words_view.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/search/search.h"
#include <inttypes.h>

#define ADDRESS_LIMIT 4096

static int64_t percent(int64_t part, int64_t whole)
{
    return whole > 0 ? (part * 100 + whole / 2) / whole : 0;
}

static void set_counts(struct arena *arena, struct value *view, const struct search_counts *counts)
{
    int64_t found = counts->searches - counts->missed;
    value_set_int(arena, view, "searches", counts->searches);
    value_set_int(arena, view, "missed", counts->missed);
    value_set_int(arena, view, "clicks", counts->clicks);
    value_set_int(arena, view, "found_share", percent(found, counts->searches));
    value_set_int(arena, view, "click_share",
                  percent(counts->clicks > found ? found : counts->clicks, found));
}

static const char *word_url(struct ctx *ctx, const char *path, const char *word)
{
    struct text_buf url;
    text_open(&url, ctx->arena, ADDRESS_LIMIT);
    text_add(&url, path);
    text_add_url(&url, word, strlen(word));
    return text_of(&url);
}

static void set_word(struct ctx *ctx, struct value *view, const char *word)
{
    value_set_text(ctx->arena, view, "word", word);
    value_set_text(ctx->arena, view, "url", word_url(ctx, "/admin/searches/word?q=", word));
    value_set_text(ctx->arena, view, "shop_url", word_url(ctx, "/search?q=", word));
}

/* What a word that finds nothing was probably meant to be; NULL when nobody knows. */
static err find_meant(struct ctx *ctx, const char *word, const char **meant)
{
    struct search_answer answer;
    TRY(finder_ask(ctx, &(struct search_query){.text = word, .limit = 1}, &answer));
    *meant = answer.lane == LANE_EXACT || answer.total == 0 ? NULL : answer.shown_for;
    if (*meant && text_is(*meant, word))
        *meant = NULL;
    return NULL;
}

err search_lines_view(struct ctx *ctx, struct value *view, enum search_report report, int days)
{
    struct search_line *lines;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "lines");
    TRY(search_report(ctx, report, days, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        const char *meant = NULL;
        if (report == SEARCH_NOTHING && i < WORD_HINTS)
            TRY(find_meant(ctx, lines[i].word, &meant));
        set_word(ctx, row, lines[i].word);
        set_counts(ctx->arena, row, &lines[i].counts);
        value_set_int(ctx->arena, row, "hits", lines[i].hits);
        value_set_text(ctx->arena, row, "meant", meant);
    }
    return NULL;
}

err search_total_view(struct ctx *ctx, struct value *view, int days)
{
    struct search_counts counts;
    TRY(search_total(ctx, days, &counts));
    set_counts(ctx->arena, value_set_object(ctx->arena, view, "total"), &counts);
    return NULL;
}

static void add_said(struct ctx *ctx, struct value *list, const struct search_word *word)
{
    struct arena *arena = ctx->arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    struct value *words = value_set_list(arena, row, "words");
    set_word(ctx, row, word->word);
    value_set_id(arena, row, "id", word->id);
    value_set_text(arena, row, "kind", search_word_kinds[word->kind]);
    value_set_text(arena, row, "target", word->target);
    value_set_time(arena, row, "created_at", word->created_at);
    for (const char *at = word->words; *at;) {
        size_t length = strcspn(at, "\n");
        value_add(arena, words, value_text(arena_copy(arena, at, length)));
        at += length + (at[length] == '\n');
    }
    set_counts(arena, value_set_object(arena, row, "before"), &word->before);
    set_counts(arena, value_set_object(arena, row, "after"), &word->after);
}

err search_words_view(struct ctx *ctx, struct value *view, const char *word)
{
    struct search_word *words;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "words");
    TRY(search_word_list(ctx, 0, &words, &count));
    for (size_t i = 0; i < count; i++)
        if (!word || text_is(words[i].word, word))
            add_said(ctx, list, &words[i]);
    return NULL;
}

/* ---- products ---- */

static err add_products(struct ctx *ctx, struct value *view, const char *name, const int64_t *ids,
                        size_t count)
{
    struct product *products = NULL;
    size_t have = 0;
    struct value *list = value_set_list(ctx->arena, view, name);
    if (count > 0)
        TRY(product_list_many(ctx, ids, count, &products, &have));
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < have; j++) {
            if (products[j].id != ids[i])
                continue;
            struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
            value_set_id(ctx->arena, row, "id", ids[i]);
            value_set_text(ctx->arena, row, "title", products[j].title);
            value_set_text(ctx->arena, row, "url",
                           arena_format(ctx->arena, "/admin/products/%" PRId64, ids[i]));
            picture_set_view(ctx, row, "picture", products[j].picture_id, "");
        }
    return NULL;
}

static err add_answer(struct ctx *ctx, struct value *view, const char *word)
{
    static const char *const lanes[] = {[LANE_EVERYTHING] = "everything",
                                        [LANE_EXACT] = "exact",
                                        [LANE_CORRECTED] = "corrected",
                                        [LANE_RELATED] = "related",
                                        [LANE_NOTHING] = "nothing"};
    struct search_answer answer;
    int64_t ids[WORD_PRODUCTS];
    TRY(finder_ask(ctx, &(struct search_query){.text = word, .limit = WORD_PRODUCTS}, &answer));
    for (size_t i = 0; i < answer.hit_count; i++)
        ids[i] = answer.hits[i].id;
    struct value *found = value_set_object(ctx->arena, view, "found");
    value_set_int(ctx->arena, found, "total", answer.total);
    value_set_text(ctx->arena, found, "lane", lanes[answer.lane]);
    value_set_text(ctx->arena, found, "shown_for", answer.shown_for);
    return add_products(ctx, found, "products", ids, answer.hit_count);
}

err search_word_view(struct ctx *ctx, struct value *view, const char *word)
{
    struct search_counts counts;
    int64_t ids[WORD_PRODUCTS];
    size_t count;
    const char *meant;
    set_word(ctx, view, word);
    TRY(search_word_counts(ctx, word, SEARCH_BEFORE_DAYS, &counts));
    set_counts(ctx->arena, value_set_object(ctx->arena, view, "counts"), &counts);
    TRY(add_answer(ctx, view, word));
    TRY(find_meant(ctx, word, &meant));
    value_set_text(ctx->arena, view, "meant", meant);
    TRY(search_opened(ctx, word, WORD_PRODUCTS, ids, &count));
    TRY(add_products(ctx, view, "opened", ids, count));
    return search_words_view(ctx, view, word);
}

err search_candidates_view(struct ctx *ctx, struct value *view, const char *text)
{
    struct search_answer answer = {0};
    int64_t ids[WORD_CANDIDATES];
    if (!text_is_blank(text))
        TRY(finder_ask(ctx, &(struct search_query){.text = text, .limit = WORD_CANDIDATES}, &answer));
    for (size_t i = 0; i < answer.hit_count; i++)
        ids[i] = answer.hits[i].id;
    return add_products(ctx, view, "candidates", ids, answer.hit_count);
}

/* ---- the week's to-do ---- */

/* The category whose name a word holds, or that holds it, the longest; then that of what is nearest. */
static const struct category *category_for(struct ctx *ctx, const struct category *categories, size_t count,
                                           const char *word, int64_t nearest_id)
{
    const struct category *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = search_plain(ctx->arena, categories[i].name);
        size_t length = strlen(name);
        bool is_like = length > longest && (strstr(word, name) || strstr(name, word));
        if (is_like) {
            found = &categories[i];
            longest = length;
        }
    }
    for (size_t i = 0; !found && i < count; i++)
        if (categories[i].id == nearest_id)
            found = &categories[i];
    return found;
}

/* What each line finds at all, however far from it. Of a line that finds something only that counts, for
 * what is far from it was not what is not opened. */
struct nearest {
    const char *meant[SEARCH_TODO_LIMIT];   /* NULL = nobody knows */
    int64_t product_ids[SEARCH_TODO_LIMIT]; /* 0 = none */
    struct product *products;
    size_t product_count;
};

static err load_nearest(struct ctx *ctx, const struct search_line *lines, size_t count,
                        struct nearest *nearest)
{
    int64_t ids[SEARCH_TODO_LIMIT];
    size_t id_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct search_answer answer;
        TRY(finder_ask(ctx, &(struct search_query){.text = lines[i].word, .limit = 1}, &answer));
        bool is_nothing = search_line_finds_nothing(&lines[i]), is_exact = answer.lane == LANE_EXACT;
        bool is_else = is_nothing && !is_exact && !text_is(answer.shown_for, lines[i].word);
        if (answer.hit_count == 0 || (!is_nothing && !is_exact))
            continue;
        nearest->meant[i] = is_else ? answer.shown_for : NULL;
        nearest->product_ids[i] = ids[id_count++] = answer.hits[0].id;
    }
    return id_count > 0 ? product_list_many(ctx, ids, id_count, &nearest->products, &nearest->product_count)
                        : NULL;
}

static int64_t category_of(const struct nearest *nearest, size_t line)
{
    for (size_t i = 0; i < nearest->product_count; i++)
        if (nearest->products[i].id == nearest->product_ids[line])
            return nearest->products[i].category_id;
    return 0;
}

static err add_todo(struct ctx *ctx, struct value *view)
{
    struct search_line *lines;
    struct category *categories;
    struct nearest nearest = {.product_count = 0};
    size_t count, category_count;
    struct value *list = value_set_list(ctx->arena, view, "lines");
    TRY(search_todo_list(ctx, &lines, &count));
    if (count == 0)
        return NULL;
    TRY(category_list(ctx, &categories, &category_count));
    TRY(load_nearest(ctx, lines, count, &nearest));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        const struct category *category =
            category_for(ctx, categories, category_count, lines[i].word, category_of(&nearest, i));
        set_word(ctx, row, lines[i].word);
        set_counts(ctx->arena, row, &lines[i].counts);
        value_set_int(ctx->arena, row, "hits", lines[i].hits);
        value_set_text(ctx->arena, row, "why",
                       search_line_finds_nothing(&lines[i]) ? "nothing" : "unclicked");
        value_set_text(ctx->arena, row, "meant", nearest.meant[i]);
        if (!category)
            continue;
        struct value *place = value_set_object(ctx->arena, row, "category");
        value_set_text(ctx->arena, place, "handle", category->handle);
        value_set_text(ctx->arena, place, "name", category_name(ctx, category));
    }
    return NULL;
}

static err add_passes(struct ctx *ctx, struct value *view, int64_t since)
{
    struct search_pass *passes;
    size_t count;
    struct value *list = value_set_list(ctx->arena, view, "passes");
    TRY(search_pass_list(ctx, since, &passes, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        set_word(ctx, row, passes[i].word);
        value_set_time(ctx->arena, row, "passed_at", passes[i].passed_at);
        value_set_int(ctx->arena, row, "then", passes[i].then);
        value_set_int(ctx->arena, row, "now", passes[i].now);
    }
    return NULL;
}

err search_todo_view(struct ctx *ctx, struct value *view)
{
    int64_t since = ctx->now - SEARCH_TODO_DAYS * DAY_MS;
    struct search_word *words;
    size_t count;
    TRY(add_todo(ctx, view));
    TRY(add_passes(ctx, view, since));
    struct value *done = value_set_list(ctx->arena, view, "done");
    TRY(search_word_list(ctx, 0, &words, &count));
    for (size_t i = 0; i < count; i++)
        if (words[i].created_at >= since)
            add_said(ctx, done, &words[i]);
    return NULL;
}

/* ---- trying ---- */

static bool has_word(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    size_t length = strlen(word);
    return at && (at == text || at[-1] == ' ') && (at[length] == 0 || at[length] == ' ') &&
           !text_is(text, word);
}

/* A stop word is tried by what people typed with it. */
static err add_examples(struct ctx *ctx, struct value *tree, const struct search_word *word)
{
    struct search_line *lines;
    struct search_trial trial;
    size_t count;
    struct value *list = value_set_list(ctx->arena, tree, "examples");
    TRY(search_report(ctx, SEARCH_POPULAR, SEARCH_BEFORE_DAYS, &lines, &count));
    for (size_t i = 0; i < count && value_count(list) < WORD_EXAMPLES; i++) {
        if (!has_word(lines[i].word, word->word))
            continue;
        TRY(search_word_try(ctx, word, lines[i].word, 0, &trial));
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        set_word(ctx, row, lines[i].word);
        value_set_int(ctx->arena, row, "before", trial.before);
        value_set_int(ctx->arena, row, "after", trial.after);
    }
    return NULL;
}

err search_trial_view(struct ctx *ctx, struct value *view, const struct search_word *word)
{
    struct search_trial trial;
    struct value *tree = value_set_object(ctx->arena, view, "trial");
    TRY(search_word_try(ctx, word, word->word, WORD_PRODUCTS, &trial));
    value_set_text(ctx->arena, tree, "kind", search_word_kinds[word->kind]);
    value_set_text(ctx->arena, tree, "target", word->target);
    value_set_int(ctx->arena, tree, "before", trial.before);
    value_set_int(ctx->arena, tree, "after", trial.after);
    TRY(add_products(ctx, tree, "products", trial.product_ids, trial.count));
    return word->kind == SEARCH_STOP ? add_examples(ctx, tree, word) : NULL;
}
