/* media_lanes.c - few pictures are made at once, so that pages stay quick meanwhile.
 *
 * A picture is made by one thread at a time: whoever else wants it waits, and finds it made. Readers wait on
 * worker threads, so only some of these may wait; a job comes again instead. The lock is the process's own:
 * two processes that make the same file do the work twice, and each puts a whole file in its place. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_file.h"

#include "base/text.h"
#include <pthread.h>

#define LANES 2
#define JOB_LANES 1      /* of them, for sizes that nobody waits for */
#define WAITING_LIMIT 24 /* readers, of 64 workers */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    char busy[LANES][PICTURE_ID_DIGITS + 1]; /* "" = free */
    int jobs;
    int waiting;
} lanes = {.lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER};

/* A free lane; -1 when there is none, or when the picture is being made. */
static int find_lane(const char *picture_id, enum lane_use use)
{
    int lane = -1;
    if (use == LANE_FOR_JOB && lanes.jobs == JOB_LANES)
        return -1;
    for (int i = 0; i < LANES; i++) {
        if (text_is(lanes.busy[i], picture_id))
            return -1;
        if (!lanes.busy[i][0])
            lane = i;
    }
    return lane;
}

bool lane_enter(const char *picture_id, enum lane_use use)
{
    pthread_mutex_lock(&lanes.lock);
    int lane = find_lane(picture_id, use);
    if (lane < 0 && use == LANE_FOR_READER && lanes.waiting < WAITING_LIMIT) {
        lanes.waiting++;
        while ((lane = find_lane(picture_id, use)) < 0)
            pthread_cond_wait(&lanes.freed, &lanes.lock);
        lanes.waiting--;
    }
    if (lane >= 0) {
        memcpy(lanes.busy[lane], picture_id, PICTURE_ID_DIGITS + 1);
        lanes.jobs += use == LANE_FOR_JOB;
    }
    pthread_mutex_unlock(&lanes.lock);
    return lane >= 0;
}

void lane_leave(const char *picture_id, enum lane_use use)
{
    pthread_mutex_lock(&lanes.lock);
    for (int i = 0; i < LANES; i++)
        if (text_is(lanes.busy[i], picture_id))
            lanes.busy[i][0] = '\0';
    lanes.jobs -= use == LANE_FOR_JOB;
    pthread_cond_broadcast(&lanes.freed);
    pthread_mutex_unlock(&lanes.lock);
}
