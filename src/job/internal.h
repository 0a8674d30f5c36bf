/* internal.h - what the files of src/job share. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "job/job.h"

/* How long a claimed job is left alone, and how often the lease of a running one is renewed. What a node held
   when it died goes on elsewhere after that: refunds of a failed group are due within a minute (R-5.3-6). */
#define JOB_LEASE_MS (30 * SECOND_MS)
#define JOB_RENEW_MS (10 * SECOND_MS)
/* Events of one transaction. */
#define JOB_BATCH_LIMIT 200
/* Jobs claimed at once. */
#define JOB_CLAIM_LIMIT 32
/* Entries that the tables of recurring work may have together. */
#define JOB_RECURRING_LIMIT 64
/* The longest pause between two attempts. */
#define JOB_PAUSE_LIMIT HOUR_MS
/* Bytes of a payload, and of the reason that a dead letter shows. */
#define JOB_PAYLOAD_LIMIT ((size_t)256 * 1024)
#define JOB_ERROR_LIMIT 500

/* One thread's work: its memory, its session, its time. */
struct job_work {
    const struct job_runner_options *options;
    struct ctx ctx;
    bool is_draining; /* the time stands still */
};

/* Starts the next piece of work: nothing is remembered, and the time is read afresh. */
void work_begin(struct job_work *work);

/* A lease on one job, or on one recurring work. */
struct job_claim {
    const struct job_recurring *recurring; /* NULL for a job */
    const struct job_kind *kind;
    int64_t shop_id;
    int64_t subject_id;
    int64_t fence;
};

/* The pause before the next attempt: doubling, at most an hour, ±10 %. */
int64_t job_pause(int64_t first_pause, int64_t attempt);
/* "slug: detail", cut, for a dead letter. */
const char *job_error_text(struct ctx *ctx, err failure);
CHECKED err job_payload_text(struct ctx *ctx, const struct value *payload, const char **text);

/* claim.c: leases up to `limit` due jobs. */
CHECKED err claim_jobs(struct job_work *work, struct job_claim *claims, int limit, int *count);
/* Prolongs leases by JOB_LEASE_MS from now. */
CHECKED err claim_renew(struct job_work *work, const struct job_claim *claims, int count);
/* Ends the leases of jobs that were not run. */
CHECKED err claim_give_back(struct job_work *work, const struct job_claim *claims, int count);
/* Gives up all leases: of a former life of the only process there is. */
CHECKED err claim_forget_all(struct job_work *work);

/* run.c: runs what was claimed and records how it went. Failures are logged. */
void run_claim(struct job_work *work, const struct job_claim *claim);

/* recurring.c */
struct recurring_times {
    int64_t next_at[JOB_RECURRING_LIMIT];
};
/* Makes the rows that are missing. */
CHECKED err recurring_prepare(struct job_work *work);
CHECKED err claim_recurring(struct job_work *work, struct recurring_times *times, struct job_claim *claims,
                            int limit, int *count);
void run_recurring(struct job_work *work, const struct job_claim *claim);

/* echo.c: this program among those that share the database. */
struct node {
    int64_t id; /* 0 = not known to others: the only one */
    int64_t beat_at;
    int64_t heard;    /* the last echo */
    int64_t heard_at; /* by the steady clock, in ms; 0 = never looked */
};
bool job_is_heard(const struct listener *const *tables, const char *topic);
CHECKED err job_hear(struct ctx *ctx, const struct listener *const *tables, const struct outbox_event *event,
                     void *owner);
/* Tells the others from time to time that it lives. */
CHECKED err node_beat(struct job_work *work, struct node *node);
void node_leave(struct job_work *work, const struct node *node);
/* Asks (db_ask) for a row that is there when others live; *rows is NULL when none can. */
CHECKED err node_ask_others(struct ctx *ctx, const struct node *node, struct db_rows **rows);
/* The number of the last echo. */
CHECKED err echo_last(struct job_work *work, int64_t *seq);
/* In the transaction that takes the event off the outbox. */
CHECKED err echo_write(struct ctx *ctx, int64_t seq, int64_t shop_id, const struct outbox_event *event,
                       const char *payload);
/* Hears what the dispatcher of another node told since the last time. */
CHECKED err echo_follow(struct job_work *work, struct node *node);

/* dispatch.c: one dispatcher at a time on the whole platform. */
struct dispatcher {
    int64_t fence;        /* 0 while another one has the lease */
    int64_t former_fence; /* by which a lease that is still ours is taken up again */
    int64_t lease_until;
    int64_t tried_at; /* to become it, by the steady clock, in ms */
    int64_t echo;     /* the number of the last one written */
    struct node node;
};
/* Makes this the dispatcher, when there is none or `by_force`; else the fence stays 0. */
CHECKED err dispatcher_take(struct job_work *work, struct dispatcher *dispatcher, bool by_force);
/* Keeps the place of a dispatcher that has nothing to do. ERR_UNAVAILABLE when it has lost it. */
CHECKED err dispatcher_renew(struct job_work *work, struct dispatcher *dispatcher);
void dispatcher_leave(struct job_work *work, struct dispatcher *dispatcher);
/* Hands on one batch; `count` gets the number of events that it took off the outbox or put back, `more`
 * whether others wait already. */
CHECKED err dispatch_batch(struct job_work *work, struct dispatcher *dispatcher, int *count, bool *more);
