/* runner.c - the threads: one that dispatches events, and some that run jobs.
 *
 * Of the job threads that have nothing to do, one at a time looks for due jobs and claims some; the others
 * wait for what it finds. A commit that asked for it wakes the dispatcher and the looking thread; otherwise
 * both look every POLL_MS. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/text.h"
#include "job/internal.h"
#include <pthread.h>
#include <sys/resource.h>

#define POLL_MS 250
/* The least time between two looks for jobs that found nothing, however often commits wake us. */
#define LOOK_PAUSE_MS 10
/* After a batch that took all there was: what comes meanwhile shares the next one. */
#define GATHER_MS 10
/* The pause after a failure of the database. */
#define TROUBLE_MS 1000
/* How often a node that is not the dispatcher tries to become it, and hears what the dispatcher told. */
#define TAKE_MS 1000
#define FOLLOW_MS 200
#define THREADS_LIMIT 64
/* Steps after which draining is taken to go round in circles. */
#define DRAIN_LIMIT 100000
/* Of a thread that gives way: one ninth of what another one gets of a processor that both want. */
#define GENTLE_NICE 10

struct worker {
    struct job_runner *runner;
    pthread_t thread;
    struct job_work work;
    struct job_claim claim;
    bool is_running;
};

struct job_runner {
    struct job_runner_options options;
    struct arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t events_woken;
    pthread_cond_t jobs_woken;
    pthread_cond_t claimed;
    bool is_stopping;
    bool has_events; /* a commit asked for the dispatcher since it last looked */
    bool has_jobs;
    bool is_looking; /* one of the job threads looks for jobs */
    struct job_claim queue[JOB_CLAIM_LIMIT];
    int queued;
    struct recurring_times times; /* of the thread that looks */
    pthread_t dispatcher;
    struct job_work dispatcher_work;
    int threads;
    struct worker workers[THREADS_LIMIT];
};

static void work_open(struct job_work *work, const struct job_runner_options *options)
{
    work->options = options;
    work->ctx = *options->model;
    work->ctx.arena = arena_open(ARENA_LIMIT);
    work->ctx.db = db_session_open(options->db);
    work_begin(work);
}

static void work_close(struct job_work *work)
{
    db_session_close(work->ctx.db);
    arena_close(work->ctx.arena);
}

/* From the commit of somebody else. */
static void wake(void *arg)
{
    struct job_runner *runner = arg;
    pthread_mutex_lock(&runner->lock);
    runner->has_events = true;
    runner->has_jobs = true;
    pthread_cond_signal(&runner->events_woken);
    pthread_cond_signal(&runner->jobs_woken);
    pthread_mutex_unlock(&runner->lock);
}

/* Waits until *flag is set, the runner stops or the time is over; takes the flag. Holds the lock. */
static void wait_for(struct job_runner *runner, pthread_cond_t *condition, bool *flag, int64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += milliseconds % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    bool none = false;
    bool *awaited = flag ? flag : &none;
    while (!*awaited && !runner->is_stopping)
        if (pthread_cond_timedwait(condition, &runner->lock, &until) != 0)
            break;
    *awaited = false;
}

/* The dispatcher dies seldom: its place is asked for less often than its echoes. */
static err try_to_take(struct job_work *work, struct dispatcher *dispatcher)
{
    int64_t now = clock_steady() / 1000;
    if (dispatcher->fence != 0 || now - dispatcher->tried_at < TAKE_MS)
        return NULL;
    dispatcher->tried_at = now;
    return dispatcher_take(work, dispatcher, false);
}

static err dispatch_once(struct job_work *work, struct dispatcher *dispatcher, int64_t *pause)
{
    int count = 0;
    bool has_more = false;
    *pause = FOLLOW_MS;
    TRY(node_beat(work, &dispatcher->node));
    TRY(try_to_take(work, dispatcher));
    if (dispatcher->fence == 0)
        return echo_follow(work, &dispatcher->node);
    TRY(dispatch_batch(work, dispatcher, &count, &has_more));
    *pause = count == 0 ? POLL_MS : has_more ? 0 : GATHER_MS;
    return count == 0 ? dispatcher_renew(work, dispatcher) : NULL;
}

/* ms until the dispatcher looks again; 0 when there was something to do. */
static int64_t dispatch(struct job_work *work, struct dispatcher *dispatcher)
{
    int64_t pause;
    err failure = dispatch_once(work, dispatcher, &pause);
    if (failure == NULL)
        return pause;
    log_failure(&work->ctx, LOG_WARNING, "events wait", failure);
    if (dispatcher->fence != 0)
        dispatcher->former_fence = dispatcher->fence;
    dispatcher->fence = 0;
    dispatcher->tried_at = 0;
    return TROUBLE_MS;
}

/* The leases of what runs and of what waits to be run. */
static int leases_of(struct job_runner *runner, struct job_claim *claims)
{
    int count = 0;
    pthread_mutex_lock(&runner->lock);
    for (int i = 0; i < runner->queued; i++)
        claims[count++] = runner->queue[i];
    for (int i = 0; i < runner->threads; i++)
        if (runner->workers[i].is_running)
            claims[count++] = runner->workers[i].claim;
    pthread_mutex_unlock(&runner->lock);
    return count;
}

static void renew_leases(struct job_runner *runner, struct job_work *work)
{
    struct job_claim claims[JOB_CLAIM_LIMIT + THREADS_LIMIT];
    err failure = claim_renew(work, claims, leases_of(runner, claims));
    if (failure)
        log_failure(&work->ctx, LOG_WARNING, "leases not renewed", failure);
}

static void *dispatcher_main(void *arg)
{
    struct job_runner *runner = arg;
    struct job_work *work = &runner->dispatcher_work;
    struct dispatcher dispatcher = {0};
    int64_t renewed_at = clock_steady();
    pthread_setname_np(pthread_self(), "dispatcher");
    /* A database that only this process has needs no waiting for the lease of its former life. */
    if (db_engine_of(runner->options.db) == DB_SQLITE) {
        err failure = dispatcher_take(work, &dispatcher, true);
        if (failure)
            log_failure(&work->ctx, LOG_WARNING, "events wait", failure);
    }
    pthread_mutex_lock(&runner->lock);
    while (!runner->is_stopping) {
        runner->has_events = false;
        pthread_mutex_unlock(&runner->lock);
        int64_t pause = dispatch(work, &dispatcher);
        if (clock_steady() - renewed_at > JOB_RENEW_MS * 1000) {
            renew_leases(runner, work);
            renewed_at = clock_steady();
        }
        pthread_mutex_lock(&runner->lock);
        if (pause > 0)
            wait_for(runner, &runner->events_woken, pause == POLL_MS ? &runner->has_events : NULL, pause);
    }
    pthread_mutex_unlock(&runner->lock);
    dispatcher_leave(work, &dispatcher);
    node_leave(work, &dispatcher.node);
    return NULL;
}

/* Claims jobs for all threads; ms until it is worth looking again, 0 when some were found. */
static int64_t look(struct job_runner *runner, struct job_work *work, struct job_claim *claims, int *count)
{
    int limit = runner->threads * 2 < JOB_CLAIM_LIMIT ? runner->threads * 2 : JOB_CLAIM_LIMIT;
    int more = 0;
    err failure = claim_jobs(work, claims, limit, count);
    if (failure == NULL && *count < limit) {
        failure = claim_recurring(work, &runner->times, claims + *count, limit - *count, &more);
        *count += more;
    }
    if (failure) {
        log_failure(&work->ctx, LOG_WARNING, "jobs wait", failure);
        return TROUBLE_MS;
    }
    return *count > 0 ? 0 : POLL_MS;
}

/* Looks once, for all threads. Holds the lock when called and when it returns. */
static void look_for_all(struct worker *worker)
{
    struct job_runner *runner = worker->runner;
    struct job_claim claims[JOB_CLAIM_LIMIT];
    int count = 0;
    runner->is_looking = true;
    runner->has_jobs = false;
    pthread_mutex_unlock(&runner->lock);
    int64_t pause = look(runner, &worker->work, claims, &count);
    pthread_mutex_lock(&runner->lock);
    for (int i = 0; i < count; i++)
        runner->queue[runner->queued++] = claims[count - 1 - i]; /* taken from the end: the first due first */
    if (pause > 0)
        wait_for(runner, &runner->jobs_woken, NULL, LOOK_PAUSE_MS);
    if (pause > 0)
        wait_for(runner, &runner->jobs_woken, pause > POLL_MS ? NULL : &runner->has_jobs, pause);
    runner->is_looking = false;
    pthread_cond_broadcast(&runner->claimed);
}

static bool is_gentle(const struct worker *worker)
{
    const char *const *gentle = worker->runner->options.gentle;
    for (; gentle && *gentle && worker->claim.kind; gentle++)
        if (text_is(*gentle, worker->claim.kind->kind))
            return true;
    return false;
}

static void *run_gently(void *arg)
{
    struct worker *worker = arg;
    pthread_setname_np(pthread_self(), "gentle");
    setpriority(PRIO_PROCESS, 0, GENTLE_NICE); /* of the calling thread alone, on Linux */
    worker->work.ctx.gives_way = true;
    run_claim(&worker->work, &worker->claim);
    worker->work.ctx.gives_way = false;
    return NULL;
}

/* A thread may step back, but not forth again: who gives way is a thread of its own. */
static void run_in_its_place(struct worker *worker)
{
    pthread_t thread;
    if (is_gentle(worker) && pthread_create(&thread, NULL, run_gently, worker) == 0)
        pthread_join(thread, NULL);
    else
        run_claim(&worker->work, &worker->claim);
}

static void run_next(struct worker *worker)
{
    struct job_runner *runner = worker->runner;
    worker->claim = runner->queue[--runner->queued];
    worker->is_running = true;
    pthread_mutex_unlock(&runner->lock);
    run_in_its_place(worker);
    pthread_mutex_lock(&runner->lock);
    worker->is_running = false;
}

static void *worker_main(void *arg)
{
    struct worker *worker = arg;
    struct job_runner *runner = worker->runner;
    pthread_setname_np(pthread_self(), "jobs");
    pthread_mutex_lock(&runner->lock);
    while (!runner->is_stopping) {
        if (runner->queued > 0)
            run_next(worker);
        else if (!runner->is_looking)
            look_for_all(worker);
        else
            pthread_cond_wait(&runner->claimed, &runner->lock);
    }
    pthread_mutex_unlock(&runner->lock);
    return NULL;
}

static void start_threads(struct job_runner *runner)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&runner->lock, NULL);
    pthread_cond_init(&runner->events_woken, &attributes);
    pthread_cond_init(&runner->jobs_woken, &attributes);
    pthread_cond_init(&runner->claimed, &attributes);
    pthread_condattr_destroy(&attributes);
    db_on_wake(runner->options.db, wake, runner);
    bool is_started = pthread_create(&runner->dispatcher, NULL, dispatcher_main, runner) == 0;
    for (int i = 0; i < runner->threads; i++) {
        struct worker *worker = &runner->workers[i];
        worker->runner = runner;
        work_open(&worker->work, &runner->options);
        is_started &= pthread_create(&worker->thread, NULL, worker_main, worker) == 0;
    }
    if (!is_started)
        bug("no threads for jobs");
}

err job_runner_start(struct ctx *ctx, const struct job_runner_options *options, struct job_runner **result)
{
    (void)ctx;
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct job_runner *runner = arena_alloc(arena, sizeof *runner);
    runner->options = *options;
    runner->arena = arena;
    runner->threads = options->threads < 1               ? 1
                      : options->threads > THREADS_LIMIT ? THREADS_LIMIT
                                                         : options->threads;
    work_open(&runner->dispatcher_work, &runner->options);
    err failure = recurring_prepare(&runner->dispatcher_work);
    if (failure == NULL && db_engine_of(options->db) == DB_SQLITE)
        failure = claim_forget_all(&runner->dispatcher_work);
    if (failure) {
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
        work_close(&runner->dispatcher_work);
        arena_close(arena);
        return failure;
    }
    start_threads(runner);
    *result = runner;
    return NULL;
}

void job_runner_stop(struct job_runner *runner)
{
    pthread_mutex_lock(&runner->lock);
    runner->is_stopping = true;
    pthread_cond_broadcast(&runner->events_woken);
    pthread_cond_broadcast(&runner->jobs_woken);
    pthread_cond_broadcast(&runner->claimed);
    pthread_mutex_unlock(&runner->lock);
    pthread_join(runner->dispatcher, NULL);
    for (int i = 0; i < runner->threads; i++) {
        pthread_join(runner->workers[i].thread, NULL);
        work_close(&runner->workers[i].work);
    }
    db_on_wake(runner->options.db, NULL, NULL);
    err failure = claim_give_back(&runner->dispatcher_work, runner->queue, runner->queued);
    if (failure)
        log_failure(&runner->dispatcher_work.ctx, LOG_WARNING, "leases stay until they end", failure);
    work_close(&runner->dispatcher_work);
    pthread_cond_destroy(&runner->claimed);
    pthread_cond_destroy(&runner->jobs_woken);
    pthread_cond_destroy(&runner->events_woken);
    pthread_mutex_destroy(&runner->lock);
    arena_close(runner->arena);
}

/* Everything that is due now; `steps` gets how much there was. */
static err drain_once(struct job_work *work, struct dispatcher *dispatcher, struct recurring_times *times,
                      int *steps)
{
    struct job_claim claims[JOB_CLAIM_LIMIT];
    int count;
    int more;
    bool has_more;
    *steps = 0;
    do {
        TRY(dispatch_batch(work, dispatcher, &count, &has_more));
        *steps += count;
    } while (count > 0 && *steps < DRAIN_LIMIT);
    TRY(claim_jobs(work, claims, JOB_CLAIM_LIMIT, &count));
    TRY(claim_recurring(work, times, claims + count, JOB_CLAIM_LIMIT - count, &more));
    for (int i = 0; i < count + more; i++)
        run_claim(work, &claims[i]);
    *steps += count + more;
    return NULL;
}

static err drain(struct job_work *work, struct dispatcher *dispatcher)
{
    struct recurring_times times = {0};
    int all = 0;
    int steps = 0;
    TRY(recurring_prepare(work));
    TRY(dispatcher_take(work, dispatcher, true));
    do {
        TRY(drain_once(work, dispatcher, &times, &steps));
        all += steps;
        if (all >= DRAIN_LIMIT)
            return fail_with(&work->ctx, ERR_LIMIT, "jobs and events beget each other");
    } while (steps > 0);
    return NULL;
}

err job_runner_drain(struct ctx *ctx, const struct job_runner_options *options)
{
    struct dispatcher dispatcher = {0};
    struct job_work work = {.options = options, .ctx = *ctx, .is_draining = true};
    work.ctx.arena = arena_open(ARENA_LIMIT);
    err failure = drain(&work, &dispatcher);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    dispatcher_leave(&work, &dispatcher);
    arena_close(work.ctx.arena);
    return failure;
}
