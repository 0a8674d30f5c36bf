/* media_file.h - where files stand and how they get there. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/media/media.h"

/* DATA/media/HH/HASH.FORMAT; the directory is made when it is not there. */
CHECKED err media_original_path(struct ctx *ctx, const char *id, const char *format, const char **path);
/* DATA/media/derived/HH/HASH-WIDTH.FORMAT, likewise. */
CHECKED err media_derived_path(struct ctx *ctx, const char *id, int64_t width, const char *format,
                               const char **path);
/* A name beside `path` that nobody else uses. */
const char *media_partial_path(struct ctx *ctx, const char *path, const char *format);
CHECKED err media_put_in_place(struct ctx *ctx, const char *partial, const char *path);
CHECKED err media_hash(struct ctx *ctx, const char *path, const char **id, int64_t *bytes);
/* Copies by a temporary name and syncs, unless it is there already. */
CHECKED err media_keep(struct ctx *ctx, const char *source, const char *id, const char *format);
/* Removes everything derived from a picture; harmless to repeat. */
void media_forget_derived(struct ctx *ctx, const char *id);
/* In a transaction: has the files of a row removed later, if no shop has a row for them by then. */
CHECKED err media_forget_later(struct ctx *ctx, const char *id, const char *format);
CHECKED err media_forget_at(struct ctx *ctx, const char *id, const char *format, int64_t at);
/* In a transaction: has all sizes of a picture made. */
CHECKED err media_derive_later(struct ctx *ctx, const char *id);
/* Makes every size and format that is not there; *is_busy when others are being made, and some are left. */
CHECKED err picture_derive_all(struct ctx *ctx, const char *picture_id, bool *is_busy);
/* "FILE: message" as a problem of a field. */
err media_refuse(struct ctx *ctx, const struct media_source *source, const char *field, const char *code,
                 const char *message) __attribute__((returns_nonnull));

/* media_lanes.c: few pictures are made at once. */
enum lane_use { LANE_FOR_READER, LANE_FOR_JOB };
/* Takes a lane when one is free and nobody makes this picture. Else a reader waits for that; false for a job,
 * and when too many readers wait already. */
bool lane_enter(const char *picture_id, enum lane_use use);
void lane_leave(const char *picture_id, enum lane_use use);
