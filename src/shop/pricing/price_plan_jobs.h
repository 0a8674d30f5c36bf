/* price_plan_jobs.h - what happens when the time of a planned price comes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

extern const struct job_kind price_plan_job_kinds[];
