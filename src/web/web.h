/* web.h - the whole program put together: themes, guards, pages of failure, and what modules listen to. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"
#include "job/job.h"
#include "shop/services.h"
#include <stdio.h>

struct web;

/* All route tables of the program; ends with NULL. */
extern const struct route *const site_routes[];
/* All kinds of jobs; ends with NULL. */
extern const struct job_kind *const site_jobs[];
extern const struct services site_services;

/* Loads themes and assets from the share directory, and gives ctx the services that need them. Lives in ctx's
 * arena. */
CHECKED err web_open(struct ctx *ctx, struct web **web);
const struct http_hooks *web_hooks(struct web *web);
const struct http_static *web_statics(struct web *web);
/* Events are told to this server's page cache and event streams. */
void web_attach(struct web *web, struct http_server *server);
/* Listeners, jobs and sweepers of all modules, for job_runner_start. */
struct job_runner_options web_jobs(struct web *web, struct db *db, const struct ctx *model);

/* Starts what works behind the pages: the search reads shops ahead and writes down what was asked. */
CHECKED err web_start(struct ctx *ctx, struct web *web, struct db *db);
/* Ends it; before the database is closed. */
void web_stop(struct web *web);
/* After the server and the jobs have ended. */
void web_close(struct web *web);

/* Checks the theme in a folder or ZIP file as an upload is checked, without a shop: each finding is a line of
 * `out`, "FILE:LINE:COLUMN: words", and *status is 1 when there is one. ERR_NOT_FOUND. */
CHECKED err web_check_theme(struct ctx *ctx, const char *path, FILE *out, int *status);

/* For verbs that write designs: ctx->services knows what the program's theme offers. Lives in ctx's arena. */
CHECKED err web_know_theme(struct ctx *ctx);

/* The directory with themes, admin, migrations and demo. */
CHECKED err share_find(struct ctx *ctx, const char **directory);
