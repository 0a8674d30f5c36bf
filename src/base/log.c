/* log.c - a line is put together on the stack and leaves with one write(2), so lines of threads never mix
 * and nothing is locked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/clock.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 4096
#define QUOTED_BYTES 200

static const char *const level_names[] = {"debug", "info", "warning", "error"};

/* The one thing that belongs to the whole process: a line may be written where no ctx reaches. */
static _Atomic int lowest_level = LOG_INFO;

struct line {
    size_t length;
    char bytes[LINE_BYTES];
};

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&lowest_level, (int)level, memory_order_relaxed);
}

bool log_level_parse(const char *text, enum log_level *level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof *level_names; i++) {
        if (text_is(text, level_names[i])) {
            *level = (enum log_level)i;
            return true;
        }
    }
    return false;
}

/* Appends what fits; the last byte is kept for the line feed. */
static void put(struct line *line, const char *text)
{
    size_t length = strlen(text);
    size_t left = LINE_BYTES - 1 - line->length;
    if (length > left)
        length = left;
    memcpy(line->bytes + line->length, text, length);
    line->length += length;
}

__attribute__((format(printf, 2, 0))) static void put_pairs(struct line *line, const char *pairs,
                                                            va_list list)
{
    size_t left = LINE_BYTES - 1 - line->length;
    int length = vsnprintf(line->bytes + line->length, left + 1, pairs, list);
    if (length > 0)
        line->length += (size_t)length < left ? (size_t)length : left;
}

/* Makes an event one line, whatever its pairs hold, and hands it to the operating system. */
static void send(struct line *line)
{
    for (size_t i = 0; i < line->length; i++) {
        if ((unsigned char)line->bytes[i] < 0x20 || line->bytes[i] == 0x7f)
            line->bytes[i] = ' ';
    }
    line->bytes[line->length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line->bytes, line->length);
    (void)written; /* nowhere left to complain */
}

void log_write(const struct ctx *ctx, enum log_level level, const char *event, const char *pairs, ...)
{
    if ((int)level < atomic_load_explicit(&lowest_level, memory_order_relaxed))
        return;
    char time[CLOCK_RFC3339_BYTES];
    clock_write_rfc3339(clock_now(), time);
    struct line line;
    line.length = 0;
    put(&line, "time=");
    put(&line, time);
    put(&line, " level=");
    put(&line, level_names[level]);
    put(&line, " event=\"");
    put(&line, event);
    put(&line, "\"");
    if (ctx && ctx->request_id) {
        put(&line, " request=");
        put(&line, ctx->request_id);
    }
    if (!text_is(pairs, " ")) {
        va_list list;
        va_start(list, pairs);
        put_pairs(&line, pairs, list);
        va_end(list);
    }
    send(&line);
}

void log_failure(const struct ctx *ctx, enum log_level level, const char *event, err failure)
{
    const char *detail = ctx ? log_quote(ctx->arena, failure->detail) : "\"\"";
    log_write(ctx, level, event, " error=%s place=%s:%d detail=%s", error_kind(failure->code)->slug,
              failure->file, failure->line, detail);
}

const char *log_quote(struct arena *arena, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    if (!text)
        return "\"\"";
    struct text_buf out;
    text_open(&out, arena, 4 * QUOTED_BYTES + 8);
    text_add_char(&out, '"');
    size_t length = strlen(text);
    size_t shown = length < QUOTED_BYTES ? length : QUOTED_BYTES;
    while (shown < length && shown && ((unsigned char)text[shown] & 0xc0) == 0x80)
        shown--; /* not in the middle of a character */
    for (size_t i = 0; i < shown; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '"' || byte == '\\')
            text_add_bytes(&out, (const char[]){'\\', text[i]}, 2);
        else if (byte < 0x20 || byte == 0x7f)
            text_add_bytes(&out, (const char[]){'\\', 'x', hex[byte >> 4], hex[byte & 15]}, 4);
        else
            text_add_char(&out, text[i]);
    }
    text_add(&out, shown < length ? "…\"" : "\"");
    return text_of(&out);
}

const char *log_hide(struct arena *arena, const char *text)
{
    if (!text || !*text)
        return "";
    size_t length = strlen(text);
    const char *domain = strrchr(text, '@');
    if (domain)
        return arena_format(arena, "%.*s***%s", (int)utf8_prefix(text, (size_t)(domain - text), 1), text,
                            domain);
    size_t points = utf8_length(text, length);
    if (points < 8)
        return "***";
    const char *tail = text + utf8_prefix(text, length, points - 4);
    return arena_format(arena, "%.*s****%s", (int)utf8_prefix(text, length, 3), text, tail);
}
