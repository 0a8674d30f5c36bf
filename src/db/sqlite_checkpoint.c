/* sqlite_checkpoint.c - moves the log into the file, beside the writer.
 *
 * A checkpoint of some thousand pages takes milliseconds in which nobody could commit. This thread moves them
 * while the writer goes on; what came meanwhile is little, and the writer moves that itself, so that its log
 * starts anew. A thread alone would never catch up with a busy writer, and the log would only grow. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/sqlite.h"
#include <pthread.h>
#include <semaphore.h>

/* Frames of the log from which on it is worth the work. */
#define CHECKPOINT_FRAMES 2000

enum stage { STAGE_REST, STAGE_MOVING, STAGE_MOVED };

struct sqlite_checkpoint {
    struct sqlite_connection *writer;
    struct sqlite_connection *mover;
    int frames; /* of the log, at the writer's last commit */
    _Atomic(enum stage) stage;
    atomic_bool is_stopping;
    sem_t due;
    pthread_t thread;
};

/* What cannot be moved now (a reader still needs it, the disk is full) stays in the log until the next time.
 */
static void move(struct sqlite_connection *connection)
{
    sqlite3_wal_checkpoint_v2(connection->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void *checkpoint_main(void *arg)
{
    struct sqlite_checkpoint *checkpoint = arg;
    for (;;) {
        while (sem_wait(&checkpoint->due) != 0)
            continue; /* a signal */
        if (atomic_load(&checkpoint->is_stopping))
            return NULL;
        move(checkpoint->mover);
        atomic_store(&checkpoint->stage, STAGE_MOVED);
    }
}

static int count_frames(void *arg, sqlite3 *handle, const char *name, int frames)
{
    struct sqlite_checkpoint *checkpoint = arg;
    (void)handle;
    (void)name;
    checkpoint->frames = frames;
    return SQLITE_OK;
}

err sqlite_checkpoint_open(struct ctx *ctx, const char *path, struct sqlite_connection *writer,
                           struct sqlite_checkpoint **result)
{
    struct sqlite_connection *mover;
    TRY(sqlite_connect(ctx, path, SQLITE_WRITER, &mover));
    struct sqlite_checkpoint *checkpoint = db_allocate(sizeof *checkpoint);
    checkpoint->writer = writer;
    checkpoint->mover = mover;
    sem_init(&checkpoint->due, 0, 0);
    if (pthread_create(&checkpoint->thread, NULL, checkpoint_main, checkpoint) != 0)
        bug("no thread for the checkpoints");
    pthread_setname_np(checkpoint->thread, "checkpoint");
    sqlite3_wal_hook(writer->handle, count_frames, checkpoint);
    *result = checkpoint;
    return NULL;
}

void sqlite_checkpoint_go_on(struct sqlite_checkpoint *checkpoint)
{
    enum stage stage = atomic_load(&checkpoint->stage);
    if (stage == STAGE_REST && checkpoint->frames >= CHECKPOINT_FRAMES) {
        atomic_store(&checkpoint->stage, STAGE_MOVING);
        sem_post(&checkpoint->due);
    } else if (stage == STAGE_MOVED) {
        move(checkpoint->writer);
        checkpoint->frames = 0;
        atomic_store(&checkpoint->stage, STAGE_REST);
    }
}

void sqlite_checkpoint_close(struct sqlite_checkpoint *checkpoint)
{
    atomic_store(&checkpoint->is_stopping, true);
    sem_post(&checkpoint->due);
    pthread_join(checkpoint->thread, NULL);
    sqlite_disconnect(checkpoint->mover);
    sem_destroy(&checkpoint->due);
    free(checkpoint);
}
