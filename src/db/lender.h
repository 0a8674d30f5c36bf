/* lender.h - lends connections to sessions; private to src/db.
 *
 * A session has no connection of its own. It borrows one for a question, or for the reading part of a body,
 * and gives it back before it waits for anything else. Few connections are enough, and few are faster: each
 * has caches and plans of its own. When all steady ones are busy for long, with a report perhaps, spare ones
 * are lent, so that nobody else waits for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>

/* The first member of what is lent. */
struct lent {
    struct lent *next;
    sem_t *permit; /* what it was lent by */
};

struct lender {
    sem_t steady; /* of these may be lent, made or not */
    sem_t spare;
    pthread_mutex_t lock;
    struct lent *idle;
};

/* `steady` connections are lent without thinking; 0 means `per_processor` for each. */
void lender_open(struct lender *lender, int64_t steady, int64_t per_processor);
/* The idle ones were taken out. */
void lender_close(struct lender *lender);
/* Waits for the permit to use a connection, to be kept in it; NULL after 20 s in vain. */
sem_t *lender_wait(struct lender *lender);
/* An idle connection, or NULL: then the holder of a permit may make one. */
struct lent *lender_take(struct lender *lender);
void lender_give_back(struct lender *lender, struct lent *lent);
