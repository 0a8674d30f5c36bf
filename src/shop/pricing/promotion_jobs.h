/* promotion_jobs.h - what happens to offers when their time comes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

extern const struct job_kind promotion_job_kinds[];
extern const struct job_kind flash_job_kinds[];
extern const struct job_kind presale_job_kinds[];
extern const struct job_kind group_buy_job_kinds[];
