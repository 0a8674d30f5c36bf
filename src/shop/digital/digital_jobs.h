/* digital_jobs.h - jobs and listeners of digital goods, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

/* Puts codes aside whose time is over, and warns before it. The subject is the variant. */
#define DIGITAL_EXPIRY_JOB "digital.expiry"

extern const struct job_kind digital_job_kinds[];
/* Deliveries may leave a deck low. */
extern const struct listener digital_listeners[];
