/* group.h - the queue before a writer thread: many transactions, one commit; private to src/db.
 *
 * Both engines commit in groups. Whoever has something to commit puts a request into the queue and sleeps;
 * the one writer thread takes the first, goes on with what was queued meanwhile, commits, and only then wakes
 * everybody of the batch. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/engine.h"
#include <semaphore.h>

/* Requests that may wait; one more is ERR_UNAVAILABLE. */
#define GROUP_QUEUE_LIMIT 1024

/* Lives on the stack of the thread that waits for it. */
struct group_request {
    struct ctx *ctx;
    db_body body; /* SQLite: what to run */
    void *arg;
    const struct pg_write *writes; /* PostgreSQL: what to send */
    int outcome;                   /* PostgreSQL: enum pg_outcome of a failure */
    bool wants_wake;
    err failure;
    struct group_request *next;
    sem_t done;
};

struct group_batch {
    struct group_request *first;
    struct group_request *last;
    int count;
};

/* `run` handles the request it is given and any others that it takes, and ends each with group_wake. */
struct group;
struct group *group_open(struct db *db, void (*run)(void *writer, struct group_request *first), void *writer);
/* Finishes what is queued and ends the thread. */
void group_close(struct group *group);

/* Queues a request and sleeps until it was handled; its failure. */
CHECKED err group_submit(struct group *group, struct group_request *request);
/* For `run`: the next request in the queue, or NULL. */
struct group_request *group_take(struct group *group);
void group_append(struct group_batch *batch, struct group_request *request);
/* Wakes everybody of a batch: the first, who wakes the next, so that the writer can go on. The requests are
 * gone afterwards. */
void group_wake(struct group_batch *batch);
