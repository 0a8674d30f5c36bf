/* media_jobs.h - the jobs of media, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

extern const struct job_kind media_job_kinds[];
