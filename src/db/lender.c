/* lender.c - lends connections, the one that was used last first. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/lender.h"
#include "base/error.h"
#include <errno.h>
#include <time.h>
#include <unistd.h>

/* Spare connections for each steady one. */
#define SPARE_ONES 3
/* Milliseconds to wait for a steady connection, and then for any. */
#define STEADY_PATIENCE 20
#define LEND_PATIENCE 20000

void lender_open(struct lender *lender, int64_t steady, int64_t per_processor)
{
    int64_t count = steady ? steady : per_processor * sysconf(_SC_NPROCESSORS_ONLN);
    *lender = (struct lender){0};
    sem_init(&lender->steady, 0, (unsigned)count);
    sem_init(&lender->spare, 0, (unsigned)count * SPARE_ONES);
    pthread_mutex_init(&lender->lock, NULL);
}

void lender_close(struct lender *lender)
{
    sem_destroy(&lender->steady);
    sem_destroy(&lender->spare);
    pthread_mutex_destroy(&lender->lock);
}

static bool wait_for(sem_t *permits, int64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + milliseconds * 1000000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    while (sem_clockwait(permits, CLOCK_MONOTONIC, &until) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

sem_t *lender_wait(struct lender *lender)
{
    if (sem_trywait(&lender->steady) == 0 || wait_for(&lender->steady, STEADY_PATIENCE))
        return &lender->steady;
    return wait_for(&lender->spare, LEND_PATIENCE) ? &lender->spare : NULL;
}

struct lent *lender_take(struct lender *lender)
{
    pthread_mutex_lock(&lender->lock);
    struct lent *lent = lender->idle;
    if (lent)
        lender->idle = lent->next;
    pthread_mutex_unlock(&lender->lock);
    return lent;
}

void lender_give_back(struct lender *lender, struct lent *lent)
{
    sem_t *permit = lent->permit;
    pthread_mutex_lock(&lender->lock);
    lent->next = lender->idle;
    lender->idle = lent;
    pthread_mutex_unlock(&lender->lock);
    sem_post(permit);
}
