/* catalog_jobs.h - the jobs of catalog, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

/* Products that go on or off the shelf at their time. */
extern const struct job_kind catalog_job_kinds[];
/* Pictures that are fetched from addresses. */
extern const struct job_kind catalog_fetch_job_kinds[];
