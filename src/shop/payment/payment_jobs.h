/* payment_jobs.h - the jobs of payment, for the list of modules. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"

extern const struct job_kind payment_job_kinds[];
extern const struct job_kind payment_owed_job_kinds[];
/* Asks the hooks of an order; the subject is the order. */
#define PAYMENT_HOOK_JOB "payment.hook"
/* About the order whose hook fails. */
#define PAYMENT_HOOK_ALARM "hook-failed"
extern const struct job_kind payment_hook_job_kinds[];
/* About an order, or a day and an account: the ledger says something else than what happened. */
#define PAYMENT_LEDGER_ALARM "ledger-break"
/* Adds up what was posted to the ledger, and checks it once a night: for a sweep over all shops. */
CHECKED err payment_watch_ledger(struct ctx *ctx);
/* Codes that were loaded, and orders that ended, set free what others wait for. */
extern const struct listener payment_listeners[];
