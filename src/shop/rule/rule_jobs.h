/* rule_jobs.h - jobs and listeners of rules, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

/* A new rule is compared with all products. The subject is the collection, or 0 for what happens without
 * stock. */
#define RULE_SETTLE_JOB "rule.settle"
/* A day passed that a rule waits for. The subject is the product. */
#define RULE_CLOCK_JOB "rule.clock"

extern const struct job_kind rule_job_kinds[];
extern const struct listener rule_listeners[];
