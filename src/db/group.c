/* group.c - the queue before a writer thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/group.h"
#include <pthread.h>

struct group {
    struct db *db;
    void (*run)(void *writer, struct group_request *first);
    void *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    sem_t filled; /* counts the calls of the idle writer */
    bool is_idle;
    bool is_stopping;
    struct group_request *first;
    struct group_request *last;
    int queued;
};

struct group_request *group_take(struct group *group)
{
    pthread_mutex_lock(&group->lock);
    struct group_request *request = group->first;
    if (request) {
        group->first = request->next;
        request->next = NULL;
        group->queued--;
        atomic_fetch_sub_explicit(&group->db->queued, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&group->lock);
    return request;
}

void group_append(struct group_batch *batch, struct group_request *request)
{
    if (batch->first)
        batch->last->next = request;
    else
        batch->first = request;
    batch->last = request;
    batch->count++;
}

void group_wake(struct group_batch *batch)
{
    sem_post(&batch->first->done);
}

/* Waits for the next request; NULL when the writer is to stop and nothing is left. */
static struct group_request *wait_for_request(struct group *group)
{
    for (;;) {
        struct group_request *request = group_take(group);
        if (request)
            return request;
        pthread_mutex_lock(&group->lock);
        group->is_idle = group->first == NULL && !group->is_stopping;
        bool is_idle = group->is_idle;
        bool is_over = group->first == NULL && group->is_stopping;
        pthread_mutex_unlock(&group->lock);
        if (is_over)
            return NULL;
        while (is_idle && sem_wait(&group->filled) != 0)
            continue; /* a signal */
    }
}

static void *group_main(void *arg)
{
    struct group *group = arg;
    struct group_request *request;
    while ((request = wait_for_request(group)))
        group->run(group->writer, request);
    return NULL;
}

struct group *group_open(struct db *db, void (*run)(void *writer, struct group_request *first), void *writer)
{
    struct group *group = db_allocate(sizeof *group);
    group->db = db;
    group->run = run;
    group->writer = writer;
    pthread_mutex_init(&group->lock, NULL);
    sem_init(&group->filled, 0, 0);
    if (pthread_create(&group->thread, NULL, group_main, group) != 0)
        bug("no thread for the writer");
    pthread_setname_np(group->thread, "writer");
    return group;
}

void group_close(struct group *group)
{
    pthread_mutex_lock(&group->lock);
    group->is_stopping = true;
    bool was_idle = group->is_idle;
    group->is_idle = false;
    pthread_mutex_unlock(&group->lock);
    if (was_idle)
        sem_post(&group->filled);
    pthread_join(group->thread, NULL);
    sem_destroy(&group->filled);
    pthread_mutex_destroy(&group->lock);
    free(group);
}

/* False when the queue is full. The writer is woken without the lock, which it would find taken. */
static bool enqueue(struct group *group, struct group_request *request)
{
    bool was_idle = false;
    pthread_mutex_lock(&group->lock);
    bool has_room = group->queued < GROUP_QUEUE_LIMIT;
    if (has_room) {
        if (group->first)
            group->last->next = request;
        else
            group->first = request;
        group->last = request;
        group->queued++;
        atomic_fetch_add_explicit(&group->db->queued, 1, memory_order_relaxed);
        was_idle = group->is_idle;
        group->is_idle = false;
    }
    pthread_mutex_unlock(&group->lock);
    if (was_idle)
        sem_post(&group->filled);
    return has_room;
}

err group_submit(struct group *group, struct group_request *request)
{
    sem_init(&request->done, 0, 0);
    if (!enqueue(group, request))
        request->failure =
            fail_with(request->ctx, ERR_UNAVAILABLE, "%d transactions are waiting", GROUP_QUEUE_LIMIT);
    else
        while (sem_wait(&request->done) != 0)
            continue; /* a signal */
    if (request->next)
        sem_post(&request->next->done);
    sem_destroy(&request->done);
    return request->failure;
}
