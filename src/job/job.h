/* job.h - what happens later: events that follow a change, and work that has a due time.
 *
 * outbox_emit writes an event in the transaction of the change. One dispatcher hands every event, in order
 * per aggregate and at least once, to all listeners, inside one transaction that also deletes the event: what
 * a listener writes is therefore done exactly once; what it does in memory must bear repetition. Slow or
 * outside work never happens in a listener: it schedules a job.
 *
 * A job is a row: shop, kind, subject (one row for each of the three together: scheduling again moves the due
 * time), a due time, a lease. Workers run due jobs outside any transaction, at least once; a failing job is
 * tried again with growing pauses and becomes a dead letter, seen by staff, after its kind's last attempt.
 * All of it is rows, so all of it survives kill -9. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"

struct outbox_event {
    int64_t id;        /* also the dedupe id for whoever receives it */
    const char *topic; /* "order.paid" */
    int64_t aggregate_id;
    const struct value *payload;
    int64_t at;
};

/* In a transaction: records that something happened. The payload is a small object. */
CHECKED err outbox_emit(struct ctx *ctx, const char *topic, int64_t aggregate_id,
                        const struct value *payload);

/* Whether an event of this aggregate was not told to every listener yet: what follows from events may lag
 * behind. */
CHECKED err outbox_waits(struct ctx *ctx, int64_t aggregate_id, bool *waits);

struct listener {
    const char *topic; /* exact, or a prefix that ends in '.' ("order."), or "" for every event */
    err (*hear)(struct ctx *ctx, const struct outbox_event *event, void *owner);
};

struct job {
    const char *kind;
    int64_t subject_id;
    int64_t due_at;
    int attempt; /* 1 at the first try */
    const struct value *payload;
};

struct job_kind {
    const char *kind; /* "order.close" */
    err (*run)(struct ctx *ctx, const struct job *job, void *owner);
    int attempts;        /* tries before it is a dead letter */
    int64_t first_pause; /* ms before the second try; doubles up to an hour */
};

/* In a transaction. Scheduling an existing (shop, kind, subject) replaces due time and payload and revives
 * it. */
CHECKED err job_schedule(struct ctx *ctx, const char *kind, int64_t subject_id, int64_t due_at,
                         const struct value *payload);
/* In a transaction. Harmless when there is none. */
CHECKED err job_cancel(struct ctx *ctx, const char *kind, int64_t subject_id);
/* When it will run, for people who wait for it; 0 = there is none, or it gave up. */
CHECKED err job_find_due(struct ctx *ctx, const char *kind, int64_t subject_id, int64_t *due_at);

/* Recurring work of the whole platform (sweepers): run every `period` ms by one node at a time. */
struct job_recurring {
    const char *name;
    int64_t period;
    err (*run)(struct ctx *ctx, void *owner);
};

struct job_runner_options {
    struct db *db;
    const struct ctx *model;                 /* ids, keys, config are taken from here */
    const struct listener *const *listeners; /* tables that end with a NULL hear; the list ends with NULL */
    /* Likewise, but heard on every node, for what it keeps in memory: they write nothing. */
    const struct listener *const *everywhere;
    /* This node may have missed events: whatever it keeps in memory is stale. NULL when it keeps nothing. */
    void (*missed)(void *owner);
    const struct job_kind *const *kinds; /* tables that end with a NULL run; the list ends with NULL */
    const struct job_recurring *const *recurring;
    /* Fills ctx->shop for a shop id; ERR_NOT_FOUND drops the event or job with a warning. */
    err (*load_shop)(struct ctx *ctx, int64_t shop_id);
    void *owner; /* handed to listeners and jobs */
    int threads; /* for jobs; the dispatcher has its own */
    /* Kinds of job that take minutes: they give way to those who wait for a page. Ends with NULL, or NULL. */
    const char *const *gentle;
};

/* Microseconds that one part of long work should keep SQLite's writer: everybody else who writes waits for it
 * (decision 0074). */
#define JOB_PART_TIME 8000
/* After a part of work that gives way (ctx->gives_way), begun at `began` by clock_steady: rests half as long
 * as it took, so that others find the processors and the writer free. Not on PostgreSQL, where the work is
 * done elsewhere. */
void job_rest(const struct ctx *ctx, int64_t began);

/* Recurring, where several nodes share a database: takes away what all of them have heard. */
CHECKED err job_forget_echoes(struct ctx *ctx, void *owner);

struct job_runner;
CHECKED err job_runner_start(struct ctx *ctx, const struct job_runner_options *options,
                             struct job_runner **runner);
/* Finishes what runs and stops; what is due stays in the table. */
void job_runner_stop(struct job_runner *runner);
/* For tests and the command line: dispatches and runs everything due at ctx->now, on this thread. */
CHECKED err job_runner_drain(struct ctx *ctx, const struct job_runner_options *options);

/* What staff see: jobs that gave up, newest first, and a way to try them again or drop them. An event that a
 * listener refused to the last is among them as kind "outbox" with the event's id as subject. */
struct dead_letter {
    const char *kind;
    int64_t subject_id;
    int64_t dead_at;
    int attempts;
    const char *error;
};
CHECKED err job_list_dead(struct ctx *ctx, int limit, struct dead_letter **letters, size_t *count);
/* Behind the last of a page: of it dead_at, kind and subject_id are read. */
CHECKED err job_list_dead_behind(struct ctx *ctx, const struct dead_letter *last, int limit,
                                 struct dead_letter **letters, size_t *count);
CHECKED err job_retry_dead(struct ctx *ctx, const char *kind, int64_t subject_id);
CHECKED err job_remove_dead(struct ctx *ctx, const char *kind, int64_t subject_id);
/* The same for many, each for itself: of them kind and subject_id are read. *done = those that were there. */
#define DEAD_BULK_LIMIT 1000
CHECKED err job_retry_dead_many(struct ctx *ctx, const struct dead_letter *letters, size_t count,
                                int64_t *done);
CHECKED err job_remove_dead_many(struct ctx *ctx, const struct dead_letter *letters, size_t count,
                                 int64_t *done);
/* Events and jobs waiting, for /metrics and tests (whole platform). */
CHECKED err job_backlog(struct ctx *ctx, int64_t *events, int64_t *jobs);
