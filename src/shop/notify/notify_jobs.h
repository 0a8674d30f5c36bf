/* notify_jobs.h - what notify hears and does later, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

/* Sends one message; the subject is the message. */
#define NOTIFY_SEND_JOB "notify.send"
extern const struct job_kind notify_job_kinds[];
extern const struct listener notify_listeners[];
