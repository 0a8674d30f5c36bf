/* facet_jobs.h - jobs and listeners of facets, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

/* Touched products get their bits. One for a shop: the subject is 0. */
#define FACET_SETTLE_JOB "facet.settle"

extern const struct job_kind facet_job_kinds[];
extern const struct listener facet_listeners[];
/* Every shop with touched products and without a job gets one: after a migration. */
CHECKED err facet_sweep(struct ctx *ctx);
