/* import_jobs.h - the jobs of imports, for the list of modules. The subject is the import. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

#define IMPORT_CHECK_JOB "import.check"
#define IMPORT_APPLY_JOB "import.apply"
#define IMPORT_UNDO_JOB "import.undo"
#define IMPORT_PICTURES_JOB "import.pictures"
#define IMPORT_FORGET_JOB "import.forget"

extern const struct job_kind import_job_kinds[];
