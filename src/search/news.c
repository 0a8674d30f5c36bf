/* news.c - a table of spaces under one lock, which is held for moments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "search/news.h"

#include "search/words.h"
#include <pthread.h>

#define BUCKETS 4096

struct room {
    int64_t id;
    bool is_filled, is_filling, is_stale;
    int64_t *ids;
    size_t count, capacity;
    size_t readers; /* of changed documents */
    struct room *next;
};

struct search_news {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct room *buckets[BUCKETS];
};

struct search_news *search_news_open(void)
{
    size_t capacity = 0;
    struct search_news *news = room_for(NULL, 0, 1, &capacity, sizeof *news);
    memset(news, 0, sizeof *news);
    pthread_mutex_init(&news->lock, NULL);
    pthread_cond_init(&news->filled, NULL);
    return news;
}

void search_news_close(struct search_news *news)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct room *room = news->buckets[i], *next; room; room = next) {
            next = room->next;
            free(room->ids);
            free(room);
        }
    pthread_cond_destroy(&news->filled);
    pthread_mutex_destroy(&news->lock);
    free(news);
}

static struct room **bucket_of(struct search_news *news, int64_t space_id)
{
    return &news->buckets[((uint64_t)space_id * 0x9E3779B97F4A7C15U >> 32) % BUCKETS];
}

static struct room *room_find(struct search_news *news, int64_t space_id)
{
    struct room *room = *bucket_of(news, space_id);
    while (room && room->id != space_id)
        room = room->next;
    return room;
}

static struct room *room_of(struct search_news *news, int64_t space_id)
{
    struct room *room = room_find(news, space_id);
    if (room)
        return room;
    size_t capacity = 0;
    room = room_for(NULL, 0, 1, &capacity, sizeof *room);
    *room = (struct room){.id = space_id, .next = *bucket_of(news, space_id)};
    *bucket_of(news, space_id) = room;
    return room;
}

void search_news_document(struct search_news *news, int64_t space_id, int64_t document_id)
{
    pthread_mutex_lock(&news->lock);
    struct room *room = room_find(news, space_id);
    bool is_wanted = room && (room->is_filled || room->is_filling);
    if (is_wanted && room->count < NEWS_LIMIT) {
        room->ids = room_for(room->ids, room->count, 1, &room->capacity, sizeof *room->ids);
        room->ids[room->count++] = document_id;
    } else if (is_wanted) {
        room->is_stale = true;
    }
    pthread_mutex_unlock(&news->lock);
}

void search_news_space(struct search_news *news, int64_t space_id)
{
    pthread_mutex_lock(&news->lock);
    struct room *room = room_find(news, space_id);
    if (room)
        room->is_stale = true;
    pthread_mutex_unlock(&news->lock);
}

void search_news_all(struct search_news *news)
{
    pthread_mutex_lock(&news->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct room *room = news->buckets[i]; room; room = room->next)
            room->is_stale = true;
    pthread_mutex_unlock(&news->lock);
}

static enum search_need take(struct room *room, int64_t *ids, size_t limit, size_t *count)
{
    bool is_wanted = !room->is_filled || room->is_stale;
    /* Who still reads changed documents would commit what is half filled: the next one fills. */
    if (is_wanted && !room->is_filling && room->readers == 0) {
        room->is_filling = true;
        room->is_stale = false;
        room->count = 0;
        return NEED_ALL;
    }
    if (is_wanted || room->is_filling || room->count == 0)
        return NEED_NOTHING;
    room->readers++;
    *count = room->count < limit ? room->count : limit;
    room->count -= *count;
    memcpy(ids, room->ids + room->count, *count * sizeof *ids);
    return NEED_SOME;
}

enum search_need search_news_take(struct search_news *news, int64_t space_id, int64_t *ids, size_t limit,
                                  size_t *count)
{
    *count = 0;
    pthread_mutex_lock(&news->lock);
    struct room *room = room_of(news, space_id);
    while (room->is_filling && !room->is_filled)
        pthread_cond_wait(&news->filled, &news->lock);
    enum search_need need = take(room, ids, limit, count);
    pthread_mutex_unlock(&news->lock);
    return need;
}

void search_news_filled(struct search_news *news, int64_t space_id, bool is_done)
{
    pthread_mutex_lock(&news->lock);
    struct room *room = room_of(news, space_id);
    room->is_filling = false;
    room->is_filled = room->is_filled || is_done;
    room->is_stale = room->is_stale || !is_done;
    pthread_cond_broadcast(&news->filled);
    pthread_mutex_unlock(&news->lock);
}

void search_news_read(struct search_news *news, int64_t space_id)
{
    pthread_mutex_lock(&news->lock);
    room_of(news, space_id)->readers--;
    pthread_mutex_unlock(&news->lock);
}
