/* search_lexicon.c - words of the shops in memory: given to the index, and at hand for the storefront.
 *
 * One table under one lock, which is held for a look or a copy and never while the database is asked. What is
 * read is put in its place only if nothing newer was meanwhile. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "shop/search/search_parts.h"
#include "shop/search/search_words.h"
#include "shop/services.h"

#define BUCKETS 1024
#define TABLE_LIMIT ((size_t)256 << 20)
#define WORDS_BYTES ((size_t)16 << 20)
#define POPULAR_LIMIT 100
/* Popular words are read so long after something was written down, and at least so often while they are asked
 * for. */
#define POPULAR_SOON (2 * SECOND_MS)
#define POPULAR_OLD (5 * MINUTE_MS)

struct redirect {
    const char *word, *path;
};
struct popular {
    const char *word, *pinyin, *initials;
};
struct entry {
    int64_t shop_id;
    int64_t news;   /* counts changes that were heard of */
    int64_t loaded; /* the news that what is here goes with; -1 = nothing is here */
    struct arena *redirect_arena, *popular_arena;
    struct redirect *redirects;
    size_t redirect_count;
    struct popular *popular;
    size_t popular_count;
    bool has_popular;    /* they were read */
    int64_t popular_due; /* when they are to be read anew, 0 = nobody asks */
    struct entry *next;
};

struct lexicons {
    pthread_mutex_t lock;
    struct arena *arena; /* of the table; with the lock held */
    int64_t all_news;    /* added to the news of each */
    struct entry *buckets[BUCKETS];
};

struct lexicons *lexicons_open(void)
{
    struct arena *arena = arena_open(TABLE_LIMIT);
    struct lexicons *lexicons = arena_alloc(arena, sizeof *lexicons);
    lexicons->arena = arena;
    pthread_mutex_init(&lexicons->lock, NULL);
    return lexicons;
}

static void arena_drop(struct arena *arena)
{
    if (arena)
        arena_close(arena);
}

void lexicons_close(struct lexicons *lexicons)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = lexicons->buckets[i]; entry; entry = entry->next) {
            arena_drop(entry->redirect_arena);
            arena_drop(entry->popular_arena);
        }
    pthread_mutex_destroy(&lexicons->lock);
    arena_close(lexicons->arena);
}

static struct entry **bucket_of(struct lexicons *lexicons, int64_t shop_id)
{
    return &lexicons->buckets[((uint64_t)shop_id * 0x9E3779B97F4A7C15U >> 32) % BUCKETS];
}

static struct entry *entry_find(struct lexicons *lexicons, int64_t shop_id)
{
    struct entry *entry = *bucket_of(lexicons, shop_id);
    while (entry && entry->shop_id != shop_id)
        entry = entry->next;
    return entry;
}

/* With the lock held. */
static struct entry *entry_of(struct lexicons *lexicons, int64_t shop_id)
{
    struct entry *entry = entry_find(lexicons, shop_id), **bucket = bucket_of(lexicons, shop_id);
    if (entry)
        return entry;
    entry = arena_alloc(lexicons->arena, sizeof *entry);
    *entry = (struct entry){.shop_id = shop_id, .loaded = -1, .next = *bucket};
    *bucket = entry;
    return entry;
}

void lexicons_forget(struct lexicons *lexicons, int64_t shop_id)
{
    pthread_mutex_lock(&lexicons->lock);
    if (shop_id)
        entry_of(lexicons, shop_id)->news++;
    else
        lexicons->all_news++;
    pthread_mutex_unlock(&lexicons->lock);
}

void lexicons_touch(struct lexicons *lexicons, int64_t shop_id)
{
    int64_t due = clock_now() + POPULAR_SOON;
    pthread_mutex_lock(&lexicons->lock);
    struct entry *entry = entry_of(lexicons, shop_id);
    if (entry->popular_due == 0 || entry->popular_due > due)
        entry->popular_due = due;
    pthread_mutex_unlock(&lexicons->lock);
}

int64_t lexicons_due(struct lexicons *lexicons, int64_t now)
{
    int64_t shop_id = 0;
    pthread_mutex_lock(&lexicons->lock);
    for (size_t i = 0; i < BUCKETS && shop_id == 0; i++)
        for (struct entry *entry = lexicons->buckets[i]; entry && shop_id == 0; entry = entry->next)
            if (entry->popular_due && entry->popular_due <= now) {
                shop_id = entry->shop_id;
                entry->popular_due = 0;
            }
    pthread_mutex_unlock(&lexicons->lock);
    return shop_id;
}

/* ---- words of the merchant ---- */

struct fresh {
    struct arena *arena; /* of the redirects */
    struct redirect *redirects;
    size_t redirect_count;
    const char *groups[SEARCH_SYNONYM_LIMIT], *stops[SEARCH_SYNONYM_LIMIT];
    size_t group_count, stop_count;
};

/* Most shops have none, and need no arena. */
static void add_redirect(struct fresh *fresh, const struct search_word *word)
{
    if (!fresh->arena) {
        fresh->arena = arena_open(WORDS_BYTES);
        fresh->redirects = arena_alloc_many(fresh->arena, SEARCH_WORDS_LIMIT, sizeof *fresh->redirects);
    }
    if (fresh->redirect_count < SEARCH_WORDS_LIMIT)
        fresh->redirects[fresh->redirect_count++] = (struct redirect){
            arena_copy_text(fresh->arena, word->word), arena_copy_text(fresh->arena, word->target)};
}

static void add_word(struct ctx *ctx, const struct search_word *word, struct fresh *fresh)
{
    if (word->kind == SEARCH_SYNONYM && fresh->group_count < SEARCH_SYNONYM_LIMIT)
        fresh->groups[fresh->group_count++] = search_group_of(ctx, word->words);
    else if (word->kind == SEARCH_STOP && fresh->stop_count < SEARCH_SYNONYM_LIMIT)
        fresh->stops[fresh->stop_count++] = word->word;
    else if (word->kind == SEARCH_REDIRECT)
        add_redirect(fresh, word);
}

/* With the lock held, so that what is newer comes later. */
static void put(struct ctx *ctx, struct finder *finder, struct entry *entry, const struct fresh *fresh)
{
    search_set_words(finder->index, ctx->shop->id, fresh->groups, fresh->group_count, fresh->stops,
                     fresh->stop_count);
    arena_drop(entry->redirect_arena);
    entry->redirect_arena = fresh->arena;
    entry->redirects = fresh->redirects;
    entry->redirect_count = fresh->redirect_count;
}

static err load_words(struct ctx *ctx, struct finder *finder, int64_t news)
{
    struct lexicons *lexicons = finder->lexicons;
    struct search_word *words;
    size_t count;
    TRY(search_word_list(ctx, 0, &words, &count));
    struct fresh *fresh = arena_alloc(ctx->arena, sizeof *fresh);
    for (size_t i = 0; i < count; i++)
        add_word(ctx, &words[i], fresh);
    pthread_mutex_lock(&lexicons->lock);
    struct entry *entry = entry_of(lexicons, ctx->shop->id);
    bool is_newer = news > entry->loaded;
    if (is_newer) {
        put(ctx, finder, entry, fresh);
        entry->loaded = news;
    }
    if (entry->popular_due == 0 && !entry->has_popular)
        entry->popular_due = 1;
    pthread_mutex_unlock(&lexicons->lock);
    if (!is_newer)
        arena_drop(fresh->arena);
    return NULL;
}

err lexicons_be_current(struct ctx *ctx, struct finder *finder)
{
    struct lexicons *lexicons = finder->lexicons;
    pthread_mutex_lock(&lexicons->lock);
    struct entry *entry = entry_of(lexicons, ctx->shop->id);
    int64_t news = entry->news + lexicons->all_news;
    bool is_current = entry->loaded >= news;
    pthread_mutex_unlock(&lexicons->lock);
    return is_current ? NULL : load_words(ctx, finder, news);
}

err search_redirect_find(struct ctx *ctx, const char *text, const char **path)
{
    struct finder *finder = ctx->services->finder;
    const char *word = search_word_of(ctx, text);
    *path = NULL;
    if (!word[0])
        return NULL;
    TRY(lexicons_be_current(ctx, finder));
    pthread_mutex_lock(&finder->lexicons->lock);
    const struct entry *entry = entry_find(finder->lexicons, ctx->shop->id);
    for (size_t i = 0; entry && i < entry->redirect_count && !*path; i++)
        if (text_is(entry->redirects[i].word, word))
            *path = arena_copy_text(ctx->arena, entry->redirects[i].path);
    pthread_mutex_unlock(&finder->lexicons->lock);
    return NULL;
}

/* ---- popular words ---- */

err lexicons_read_popular(struct ctx *ctx, struct finder *finder)
{
    const char **words;
    size_t count;
    TRY(search_crowd_words(ctx, POPULAR_LIMIT, &words, &count));
    struct arena *arena = count > 0 ? arena_open(WORDS_BYTES) : NULL;
    struct popular *popular = arena ? arena_alloc_many(arena, count, sizeof *popular) : NULL;
    for (size_t i = 0; popular && i < count; i++)
        popular[i] = (struct popular){arena_copy_text(arena, words[i]), search_pinyin(arena, words[i], false),
                                      search_pinyin(arena, words[i], true)};
    pthread_mutex_lock(&finder->lexicons->lock);
    struct entry *entry = entry_of(finder->lexicons, ctx->shop->id);
    struct arena *old = entry->popular_arena;
    entry->popular_arena = arena;
    entry->popular = popular;
    entry->popular_count = count;
    entry->has_popular = true;
    if (entry->popular_due == 0 && count > 0)
        entry->popular_due = clock_now() + POPULAR_OLD;
    pthread_mutex_unlock(&finder->lexicons->lock);
    arena_drop(old);
    return NULL;
}

static bool begins(const struct popular *popular, const char *typed)
{
    return text_starts(popular->word, typed) || text_starts(popular->pinyin, typed) ||
           (strlen(typed) > 1 && text_starts(popular->initials, typed));
}

err search_popular(struct ctx *ctx, const char *typed, size_t limit, const char **words, size_t *count)
{
    struct finder *finder = ctx->services->finder;
    const char *plain = search_plain(ctx->arena, typed);
    *count = 0;
    TRY(lexicons_be_current(ctx, finder));
    pthread_mutex_lock(&finder->lexicons->lock);
    const struct entry *entry = entry_find(finder->lexicons, ctx->shop->id);
    for (size_t i = 0; entry && i < entry->popular_count && *count < limit; i++)
        if (begins(&entry->popular[i], plain))
            words[(*count)++] = arena_copy_text(ctx->arena, entry->popular[i].word);
    pthread_mutex_unlock(&finder->lexicons->lock);
    return NULL;
}
