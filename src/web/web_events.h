/* web_events.h - what the program does when something happened: pages dropped, streams told, sweepers run.
 * Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "job/job.h"
#include "shop/tenant/tenant.h"

struct site_events {
    struct http_server *server; /* NULL on the command line */
    struct shop_cache *shops;
    struct finder *finder;
};

struct job_runner_options site_events_jobs(struct site_events *events, struct db *db,
                                           const struct ctx *model);
void site_events_metrics(const struct site_events *events, struct text_buf *out);
