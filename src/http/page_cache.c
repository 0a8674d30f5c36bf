/* page_cache.c - whole pages in memory, found by host and target, forgotten by tag.
 *
 * One lock guards everything; it is held for a look-up in a hash table, never while a page is made, sent or
 * compressed. Pages are forgotten when they are too old, when one of their tags is dropped, and, least
 * recently used first, when the memory is full.
 *
 * A page that was being made while one of its tags was dropped shows the old state and must not be kept:
 * every drop has a number, a rendering remembers the number at its beginning, and the latest drops are
 * remembered by tag. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/prepared.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SLOT_COUNT 8192
#define TAG_SLOT_COUNT 4096
/* Drops that are remembered; a rendering during more of them is not kept. */
#define RECENT_DROPS 1024
#define QUERY_LIMIT 256
#define PARAMETER_LIMIT 4

struct page;

/* One tag on one page. */
struct mark {
    uint64_t tag;
    struct page *page;
    struct mark *previous, *next; /* in the slot of the tag */
};

struct page {
    struct page *chain; /* in the slot of the key */
    struct page *newer, *older;
    uint64_t hash;
    struct prepared *prepared;
    size_t bytes;
    int64_t expires;
    size_t key_length;
    size_t mark_count;
    struct mark *marks;
    char *key;
};

struct page_cache {
    pthread_mutex_t lock;
    uint64_t seed;
    size_t limit;
    struct page *slots[SLOT_COUNT];
    struct mark *tags[TAG_SLOT_COUNT];
    struct page *newest, *oldest;
    uint64_t generation;
    uint64_t all_dropped_at; /* the generation of the last clear */
    uint64_t recent[RECENT_DROPS];
    struct page_cache_figures figures;
};

struct page_cache *page_cache_open(size_t bytes, uint64_t seed)
{
    if (bytes == 0)
        return NULL;
    struct page_cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL)
        bug("out of memory");
    pthread_mutex_init(&cache->lock, NULL);
    cache->seed = seed;
    cache->limit = bytes;
    return cache;
}

/* Everything below is called with the lock held unless it takes it. */

static void unlink_age(struct page_cache *cache, struct page *page)
{
    if (page->newer)
        page->newer->older = page->older;
    else
        cache->newest = page->older;
    if (page->older)
        page->older->newer = page->newer;
    else
        cache->oldest = page->newer;
}

static void link_newest(struct page_cache *cache, struct page *page)
{
    page->newer = NULL;
    page->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = page;
    else
        cache->oldest = page;
    cache->newest = page;
}

static void forget(struct page_cache *cache, struct page *page)
{
    struct page **place = &cache->slots[page->hash % SLOT_COUNT];
    while (*place != page)
        place = &(*place)->chain;
    *place = page->chain;
    unlink_age(cache, page);
    for (size_t i = 0; i < page->mark_count; i++) {
        struct mark *mark = &page->marks[i];
        if (mark->next)
            mark->next->previous = mark->previous;
        if (mark->previous)
            mark->previous->next = mark->next;
        else
            cache->tags[mark->tag % TAG_SLOT_COUNT] = mark->next;
    }
    cache->figures.pages--;
    cache->figures.bytes -= (int64_t)page->bytes;
    prepared_drop(page->prepared);
    free(page->marks);
    free(page->key);
    free(page);
}

void page_cache_close(struct page_cache *cache)
{
    if (cache == NULL)
        return;
    for (struct page *page = cache->oldest, *next; page; page = next) {
        next = page->newer;
        forget(cache, page);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct page *find(struct page_cache *cache, const char *key, size_t length, uint64_t hash)
{
    for (struct page *page = cache->slots[hash % SLOT_COUNT]; page; page = page->chain)
        if (page->hash == hash && page->key_length == length && memcmp(page->key, key, length) == 0)
            return page;
    return NULL;
}

static bool is_simple_query(const char *url)
{
    const char *query = strchr(url, '?');
    size_t parameters = 1;
    if (query == NULL)
        return true;
    for (const char *at = query; *at; at++)
        parameters += *at == '&';
    return parameters <= PARAMETER_LIMIT && strlen(query) <= QUERY_LIMIT;
}

static bool has_own_pages(const char *cookies, const char *const *names)
{
    for (; names && *names; names++)
        if (cookie_is_present(cookies, *names))
            return true;
    return false;
}

size_t page_key(const struct exchange *exchange, char out[PAGE_KEY_BYTES])
{
    const struct head *head = &exchange->head;
    const struct http_hooks *hooks = exchange->server->hooks;
    const char *host = head->host ? head->host : "";
    if (exchange->method != GET || head->authorization || !is_simple_query(exchange->url))
        return 0;
    if (head->cookie && has_own_pages(head->cookie, hooks->no_cache_cookies))
        return 0;
    const char *face =
        exchange->face == FACE_JSON ? accept_locale(head->accept_language, hooks->locales) : "";
    struct slice parts[] = {{exchange->face == FACE_JSON ? "j" : "h", 1},
                            {head_is_https(exchange) ? "s" : "-", 1},
                            {face ? face : "", face ? strlen(face) + 1 : 1},
                            {host, strlen(host) + 1},
                            {exchange->url, exchange->url_length}};
    size_t length = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (length + parts[i].len > PAGE_KEY_BYTES)
            return 0;
        memcpy(out + length, parts[i].ptr, parts[i].len);
        length += parts[i].len;
    }
    return length;
}

struct prepared *page_cache_find(struct page_cache *cache, const char *key, size_t length, int64_t now_us)
{
    struct prepared *prepared = NULL;
    uint64_t hash = hash_bytes(key, length, cache->seed);
    pthread_mutex_lock(&cache->lock);
    struct page *page = find(cache, key, length, hash);
    if (page && page->expires <= now_us) {
        forget(cache, page);
        page = NULL;
    }
    if (page) {
        if (page != cache->newest) {
            unlink_age(cache, page);
            link_newest(cache, page);
        }
        prepared = page->prepared;
        prepared_keep(prepared);
        cache->figures.hits++;
    } else {
        cache->figures.misses++;
    }
    pthread_mutex_unlock(&cache->lock);
    return prepared;
}

uint64_t page_cache_generation(struct page_cache *cache)
{
    if (cache == NULL)
        return 0;
    pthread_mutex_lock(&cache->lock);
    uint64_t generation = cache->generation;
    pthread_mutex_unlock(&cache->lock);
    return generation;
}

static uint64_t tag_hash(const struct page_cache *cache, const char *tag)
{
    return hash_bytes(tag, strlen(tag), cache->seed);
}

/* True when one of the tags, or everything, was dropped since. */
static bool is_stale(const struct page_cache *cache, const struct tag *tags, uint64_t generation)
{
    if (cache->generation == generation)
        return false;
    if (cache->all_dropped_at > generation || cache->generation - generation > RECENT_DROPS)
        return true;
    for (const struct tag *tag = tags; tag; tag = tag->next) {
        uint64_t hash = tag_hash(cache, tag->name);
        for (uint64_t drop = generation + 1; drop <= cache->generation; drop++)
            if (cache->recent[drop % RECENT_DROPS] == hash)
                return true;
    }
    return false;
}

static void mark_page(struct page_cache *cache, struct page *page, const struct tag *tags)
{
    size_t count = 0;
    for (const struct tag *tag = tags; tag; tag = tag->next)
        count++;
    if (count == 0)
        return;
    if ((page->marks = calloc(count, sizeof *page->marks)) == NULL)
        bug("out of memory");
    for (const struct tag *tag = tags; tag; tag = tag->next) {
        struct mark *mark = &page->marks[page->mark_count++];
        mark->tag = tag_hash(cache, tag->name);
        mark->page = page;
        struct mark **slot = &cache->tags[mark->tag % TAG_SLOT_COUNT];
        mark->next = *slot;
        if (*slot)
            (*slot)->previous = mark;
        *slot = mark;
    }
}

void page_cache_store(struct page_cache *cache, const char *key, size_t length, struct prepared *prepared,
                      const struct tag *tags, int64_t seconds, int64_t now_us, uint64_t generation)
{
    size_t bytes = prepared_size(prepared) + length;
    uint64_t hash = hash_bytes(key, length, cache->seed);
    if (bytes > cache->limit / 4)
        return;
    struct page *page = calloc(1, sizeof *page);
    if (page == NULL || (page->key = malloc(length + 1)) == NULL)
        bug("out of memory");
    memcpy(page->key, key, length);
    page->key_length = length;
    page->hash = hash;
    page->prepared = prepared;
    page->bytes = bytes;
    page->expires = now_us + seconds * 1000000;
    pthread_mutex_lock(&cache->lock);
    if (is_stale(cache, tags, generation)) {
        pthread_mutex_unlock(&cache->lock);
        free(page->key);
        free(page);
        return;
    }
    struct page *old = find(cache, key, length, hash);
    if (old)
        forget(cache, old);
    while (cache->oldest && cache->figures.bytes + (int64_t)bytes > (int64_t)cache->limit) {
        forget(cache, cache->oldest);
        cache->figures.evicted++;
    }
    prepared_keep(prepared);
    mark_page(cache, page, tags);
    page->chain = cache->slots[hash % SLOT_COUNT];
    cache->slots[hash % SLOT_COUNT] = page;
    link_newest(cache, page);
    cache->figures.pages++;
    cache->figures.stored++;
    cache->figures.bytes += (int64_t)bytes;
    pthread_mutex_unlock(&cache->lock);
}

void page_cache_drop(struct page_cache *cache, const char *tag)
{
    if (cache == NULL)
        return;
    uint64_t hash = tag_hash(cache, tag);
    pthread_mutex_lock(&cache->lock);
    cache->generation++;
    cache->recent[cache->generation % RECENT_DROPS] = hash;
    struct mark *mark = cache->tags[hash % TAG_SLOT_COUNT];
    while (mark) {
        if (mark->tag != hash) {
            mark = mark->next;
            continue;
        }
        forget(cache, mark->page);
        cache->figures.dropped++;
        mark = cache->tags[hash % TAG_SLOT_COUNT]; /* the next one may have been on the same page */
    }
    pthread_mutex_unlock(&cache->lock);
}

void page_cache_clear(struct page_cache *cache)
{
    if (cache == NULL)
        return;
    pthread_mutex_lock(&cache->lock);
    cache->generation++;
    cache->all_dropped_at = cache->generation;
    cache->recent[cache->generation % RECENT_DROPS] = 0;
    for (struct page *page = cache->oldest, *next; page; page = next) {
        next = page->newer;
        forget(cache, page);
        cache->figures.dropped++;
    }
    pthread_mutex_unlock(&cache->lock);
}

struct page_cache_figures page_cache_figures(struct page_cache *cache)
{
    if (cache == NULL)
        return (struct page_cache_figures){0};
    pthread_mutex_lock(&cache->lock);
    struct page_cache_figures figures = cache->figures;
    pthread_mutex_unlock(&cache->lock);
    return figures;
}

void http_cache_drop(struct http_server *server, const char *tag)
{
    page_cache_drop(server->cache, tag);
}

void http_cache_clear(struct http_server *server)
{
    page_cache_clear(server->cache);
}
