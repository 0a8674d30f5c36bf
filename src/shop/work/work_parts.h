/* work_parts.h - what the files of work share. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/work/work.h"

#define WORK_COLUMNS                                                                                         \
    "SELECT id, kind, subject_id, title, state, done, total, changed, failed, url, failure, actor, "         \
    "actor_id,"                                                                                              \
    " created_at, finished_at"

/* The row just read, without payload and result. */
struct work work_read(const struct db_rows *rows);
/* Writes the row of a new work that runs; fills its id. */
CHECKED err work_write(struct ctx *ctx, struct work *work);
