/* log.h - one logfmt line per event on standard error: time, level, event, request id, pairs.
 *
 *     log_info(ctx, "order placed", "number=%s total=%" PRId64, number, total);
 *
 * The message is a constant; values follow as pairs; what came from outside goes through log_quote. A control
 * character in a pair is written as a blank and a line ends at 4096 bytes, so an event is always one line.
 * Secrets and personal data never belong in a pair; log_hide shows enough of a value to recognise it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* Lines below this level are not written. Set once at start. */
void log_set_level(enum log_level level);
bool log_level_parse(const char *text, enum log_level *level);

/* `ctx` may be NULL. `pairs` is a printf format of name=value pairs that begins with a blank, or " ". Written
 * through the macros below, which put the blank: there `pairs` is a constant, "" for none. */
void log_write(const struct ctx *ctx, enum log_level level, const char *event, const char *pairs, ...)
    __attribute__((format(printf, 4, 5)));
#define log_debug(ctx, event, ...) log_write(ctx, LOG_DEBUG, event, " " __VA_ARGS__)
#define log_info(ctx, event, ...) log_write(ctx, LOG_INFO, event, " " __VA_ARGS__)
#define log_warning(ctx, event, ...) log_write(ctx, LOG_WARNING, event, " " __VA_ARGS__)
#define log_error(ctx, event, ...) log_write(ctx, LOG_ERROR, event, " " __VA_ARGS__)
/* Logs a failure with its place and detail. */
void log_failure(const struct ctx *ctx, enum log_level level, const char *event, err failure);
/* A text made safe as a value of a pair: quoted, control characters escaped, cut at 200 bytes. */
const char *log_quote(struct arena *arena, const char *text);
/* "138****5678", "z***@example.com": for a person who must recognise it. */
const char *log_hide(struct arena *arena, const char *text);
