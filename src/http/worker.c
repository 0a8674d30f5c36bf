/* worker.c - threads that run handlers, and the bounded queue before them.
 *
 * Idle workers lie on a stack, so that under light load the same few with warm caches do the work. A submit
 * calls at most one worker at a time; a worker that takes a task while more wait calls the next one. So a
 * burst wakes as many threads as it needs, and a steady stream of short handlers wakes hardly any.
 *
 * A thread is started when a task waits and nobody is idle, so that a quiet shop has one or two and not the
 * memory of all. Once started, a worker stays. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include "http/prepared.h"
#include <stdlib.h>
#include <unistd.h>

struct workers {
    pthread_mutex_t lock;
    struct task *first, *last;
    int64_t waiting;
    int64_t limit;
    struct worker *idle;
    int called; /* workers that were woken or started and have not looked yet */
    bool is_stopping;
    int count;
    int started;
    int running;            /* tasks in the hands of workers */
    _Atomic int64_t length; /* of the queue, for those who only want to know */
    struct worker list[];
};

static bool start_one(struct workers *workers, void *(*body)(void *))
{
    struct worker *worker = &workers->list[workers->started];
    if (pthread_create(&worker->thread, NULL, body, worker) != 0)
        return false;
    workers->started++;
    workers->called++;
    return true;
}

/* Whom to wake because a task waits; NULL when somebody is on the way. Called with the lock held, but woken
 * without it: the woken thread runs at once and would find the lock taken. A thread that cannot be started is
 * tried again with the next task. */
static struct worker *call_one(struct workers *workers, void *(*body)(void *))
{
    struct worker *worker = workers->idle;
    if (workers->called > 0)
        return NULL;
    if (worker) {
        workers->idle = worker->next_idle;
        workers->called++;
    } else if (workers->started < workers->count && !workers->is_stopping) {
        start_one(workers, body);
    }
    return worker;
}

static void wake(struct worker *worker)
{
    if (worker)
        sem_post(&worker->wake);
}

/* Called and left with the lock held. */
static void sleep_until_called(struct workers *workers, struct worker *worker)
{
    worker->next_idle = workers->idle;
    workers->idle = worker;
    pthread_mutex_unlock(&workers->lock);
    while (sem_wait(&worker->wake) != 0)
        continue; /* a signal */
    pthread_mutex_lock(&workers->lock);
    workers->called--;
}

/* Waits for a task; NULL when the server stops and the queue is empty. Called and left with the lock held. */
static struct task *next_task(struct workers *workers, struct worker *worker)
{
    while (workers->first == NULL) {
        if (workers->is_stopping)
            return NULL;
        sleep_until_called(workers, worker);
    }
    struct task *task = workers->first;
    workers->first = task->next;
    if (workers->first == NULL)
        workers->last = NULL;
    workers->running++;
    atomic_store_explicit(&workers->length, --workers->waiting, memory_order_relaxed);
    return task;
}

static void open_worker(struct worker *worker)
{
    worker->arena = arena_open(ARENA_LIMIT);
    worker->piece_arena = arena_open(ARENA_LIMIT);
    worker->db = worker->server->options.db ? db_session_open(worker->server->options.db) : NULL;
}

static void close_worker(struct worker *worker)
{
    if (worker->db)
        db_session_close(worker->db);
    if (worker->deflater)
        deflater_close(worker->deflater);
    arena_close(worker->piece_arena);
    arena_close(worker->arena);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct workers *workers = worker->server->workers;
    struct task *task;
    pthread_setname_np(pthread_self(), "worker");
    /* A worker that wakes does not take the processor from the writer or from those who hold the wires. */
    pthread_setschedparam(pthread_self(), SCHED_BATCH, &(struct sched_param){0});
    open_worker(worker);
    pthread_mutex_lock(&workers->lock);
    workers->called--;
    while ((task = next_task(workers, worker)) != NULL) {
        struct worker *next = workers->first ? call_one(workers, work) : NULL;
        pthread_mutex_unlock(&workers->lock);
        wake(next);
        task->run(worker, task);
        arena_reset(worker->arena);
        pthread_mutex_lock(&workers->lock);
        workers->running--;
    }
    pthread_mutex_unlock(&workers->lock);
    close_worker(worker);
    return NULL;
}

err workers_start(struct ctx *ctx, struct http_server *server)
{
    int count = (int)server->config->workers;
    struct workers *workers = calloc(1, sizeof *workers + (size_t)count * sizeof(struct worker));
    if (workers == NULL)
        bug("out of memory");
    pthread_mutex_init(&workers->lock, NULL);
    workers->limit = server->config->queue_limit;
    workers->count = count;
    server->workers = workers;
    for (int i = 0; i < count; i++) {
        workers->list[i].server = server;
        sem_init(&workers->list[i].wake, 0, 0);
    }
    /* The first shows that it can be done. */
    pthread_mutex_lock(&workers->lock);
    bool has_started = start_one(workers, work);
    pthread_mutex_unlock(&workers->lock);
    return has_started ? NULL : fail_with(ctx, ERR_INTERNAL, "cannot start a worker thread");
}

bool worker_submit(struct http_server *server, struct task *task)
{
    struct workers *workers = server->workers;
    pthread_mutex_lock(&workers->lock);
    struct worker *called = NULL;
    bool fits = workers->waiting < workers->limit && !workers->is_stopping;
    if (fits) {
        task->next = NULL;
        if (workers->last)
            workers->last->next = task;
        else
            workers->first = task;
        workers->last = task;
        atomic_store_explicit(&workers->length, ++workers->waiting, memory_order_relaxed);
        called = call_one(workers, work);
    }
    pthread_mutex_unlock(&workers->lock);
    wake(called);
    return fits;
}

int64_t worker_queue_length(const struct http_server *server)
{
    return atomic_load_explicit(&server->workers->length, memory_order_relaxed);
}

bool workers_are_busy(const struct http_server *server)
{
    struct workers *workers = server->workers;
    pthread_mutex_lock(&workers->lock);
    bool is_busy = workers->running > 0 || workers->first;
    pthread_mutex_unlock(&workers->lock);
    return is_busy;
}

int worker_count(const struct http_server *server)
{
    return server->workers->count;
}

void workers_stop(struct http_server *server)
{
    struct workers *workers = server->workers;
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->is_stopping = true;
    for (struct worker *worker = workers->idle; worker; worker = worker->next_idle) {
        workers->called++;
        sem_post(&worker->wake);
    }
    workers->idle = NULL;
    int started = workers->started; /* none is started any more */
    pthread_mutex_unlock(&workers->lock);
    for (int i = 0; i < started; i++)
        pthread_join(workers->list[i].thread, NULL);
}

void workers_free(struct http_server *server)
{
    struct workers *workers = server->workers;
    if (workers == NULL)
        return;
    for (int i = 0; i < workers->count; i++)
        sem_destroy(&workers->list[i].wake);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
    server->workers = NULL;
}

struct ctx worker_ctx(struct worker *worker)
{
    struct ctx ctx = *worker->server->options.model;
    ctx.arena = worker->arena;
    ctx.db = worker->db;
    ctx.now = clock_now();
    ctx.shop = NULL;
    ctx.actor = ACTOR_BUYER;
    ctx.actor_id = 0;
    return ctx;
}
