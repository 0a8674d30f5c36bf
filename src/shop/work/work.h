/* work.h - long work that staff asked for: it goes on by itself, says how far it is, and leaves a result.
 *
 * A work is a row and one job of the same kind. What it has to do stands in parts, each as much as one
 * transaction may do; a part leaves its table in the transaction that does it, so a work that was cut off
 * (kill -9, another node) goes on where it was and does nothing twice. Its job runs for WORK_TURN_MS, then
 * lets others run. Works stay to be read for WORK_KEPT_MS. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "job/job.h"

#define WORK_KEPT_MS (INT64_C(14) * DAY_MS)
/* Up to so many rows are done at once, in the request; more become a work. */
#define WORK_AT_ONCE 500
#define WORK_PART_LIMIT 192
/* Works that run at the same time in one shop. */
#define WORK_RUNNING_LIMIT 20
#define WORK_RESULT_LIMIT ((size_t)512 * 1024)
/* For tables of job kinds. */
#define WORK_ATTEMPTS 6
#define WORK_PAUSE_MS SECOND_MS

enum work_state { WORK_RUNNING = 1, WORK_DONE = 2, WORK_FAILED = 3, WORK_STOPPED = 4 };

struct work {
    int64_t id;
    const char *kind; /* "work.products": of its job and of its words */
    int64_t subject_id;
    const char *title;
    enum work_state state;
    int64_t done;
    int64_t total;
    int64_t changed;
    int64_t failed;
    const struct value *payload; /* NULL when opening = {} */
    const struct value *result;
    const char *url;     /* page below /admin: "products?act=1"; "" = none */
    const char *failure; /* slug */
    enum actor_kind actor;
    int64_t actor_id;
    int64_t created_at;
    int64_t finished_at; /* 0 = not */
};

/* In a transaction: writes the work with its parts of `part_size` ids (1..WORK_PART_LIMIT) and schedules its
 * job. Without ids its total is work->total. Fills work->id unless it
 * is there. ERR_LIMIT, and ERR_CONFLICT while another work
 * of the kind is about the same subject. */
CHECKED err work_open(struct ctx *ctx, struct work *work, const int64_t *ids, size_t count, size_t part_size);
CHECKED err work_load(struct ctx *ctx, int64_t work_id, struct work *work);
/* Newest first, without results; of a state, or of any (0); `limit` at most 100. */
CHECKED err work_list(struct ctx *ctx, enum work_state state, int64_t before_id, int limit,
                      struct work **works, size_t *count);
/* "running" …: work_state_names[state]; that of 0 is "all"; ends with NULL. */
extern const char *const work_state_names[];
CHECKED err work_count_running(struct ctx *ctx, int64_t *count);
/* Whether any of the kinds (of up to two; NULL = none) is under way for a subject. */
CHECKED err work_is_running(struct ctx *ctx, const char *kind, const char *other_kind, int64_t subject_id,
                            bool *is);
/* ---- work that goes by a job of its own (an import) and only shows here how far it is ---- */

/* In the transaction that begins it: writes its row, without parts and job; fills work->id. At most one runs
 * for a kind and a subject: one that was left is closed as stopped. */
CHECKED err work_announce(struct ctx *ctx, struct work *work);
/* In the transaction that did something: how far the work of this kind about this subject is; of `now` done,
 * total, changed and failed are read. Harmless when none runs, as all of these. */
CHECKED err work_follow(struct ctx *ctx, const char *kind, int64_t subject_id, const struct work *now);
/* The same for so many more. */
CHECKED err work_add(struct ctx *ctx, const char *kind, int64_t subject_id, const struct work *more);
/* In the transaction that ends it, with the slug of a failure or "". */
CHECKED err work_conclude(struct ctx *ctx, const char *kind, int64_t subject_id, enum work_state state,
                          const char *failure);
/* The one that runs; id 0 = none. */
CHECKED err work_find_running(struct ctx *ctx, const char *kind, int64_t subject_id, struct work *work);

/* ---- what people do with it ---- */

/* What was done stays; the rest is left. ERR_CONFLICT when it does not run. */
CHECKED err work_stop(struct ctx *ctx, int64_t work_id);
/* A work that failed goes on where it was. ERR_CONFLICT when it did not. */
CHECKED err work_retry(struct ctx *ctx, int64_t work_id);
/* Forgets some of what is older than WORK_KEPT_MS. */
CHECKED err work_sweep(struct ctx *ctx);

/* ---- doing it ---- */

struct work_part {
    const int64_t *ids; /* NULL for a work without parts */
    size_t count;
    int64_t done;         /* out; the count of ids unless the step says otherwise */
    int64_t changed;      /* out */
    int64_t failed;       /* out */
    bool is_last;         /* out, of works without parts */
    struct value *result; /* out, or NULL */
};

struct work_doer {
    /* One part, as whoever asked for it. In the transaction that takes the part away and may run again; with
     * is_outside before it, so that doing it twice must do no harm. */
    err (*step)(struct ctx *ctx, const struct work *work, struct work_part *part);
    err (*finish)(struct ctx *ctx, const struct work *work); /* with the last part; NULL = nothing */
    bool is_outside;
};
/* The `run` of a job kind with WORK_ATTEMPTS attempts. */
CHECKED err work_go_on(struct ctx *ctx, const struct job *job, const struct work_doer *doer);
/* For a step outside a transaction: how far it is. ERR_CONFLICT when the work was stopped. */
CHECKED err work_tell(struct ctx *ctx, int64_t work_id, int64_t done, int64_t total);

/* docs/views.md: {id, kind, title, state, done, total, percent, changed, failed, …} */
void work_set_view(struct ctx *ctx, struct value *view, const struct work *work);
