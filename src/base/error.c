/* error.c - the list of codes as a table, and the record of a failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>

const struct error_kind *error_kind(enum error_code code)
{
    static const struct error_kind kinds[ERR_COUNT] = {[ERR_NONE] = {200, "none", "All is well"},
#define X(name, status, slug, title) [ERR_##name] = {status, slug, title},
                                                       ERROR_CODES(X)
#undef X
    };
    return &kinds[(unsigned)code < ERR_COUNT ? code : ERR_INTERNAL];
}

/* The place as people name it: the build stands in a folder of its own, hence the "../" in __FILE__. */
static const char *shorter_file(const char *file)
{
    while (text_starts(file, "../"))
        file += 3;
    return file;
}

err error_make(struct arena *arena, enum error_code code, const char *file, int line, const char *format, ...)
{
    struct failure *failure = arena_alloc(arena, sizeof *failure);
    va_list list;
    va_start(list, format);
    *failure = (struct failure){
        .code = code,
        .detail = arena_format_list(arena, format, list),
        .file = shorter_file(file),
        .line = line,
    };
    va_end(list);
    return failure;
}

err error_make_field(struct arena *arena, const char *file, int line, const char *field, const char *code,
                     const char *message)
{
    struct field_problem *problem = arena_alloc(arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    struct failure *failure = arena_alloc(arena, sizeof *failure);
    *failure = (struct failure){
        .code = ERR_INVALID,
        .detail = arena_format(arena, "%s: %s", field, message),
        .file = shorter_file(file),
        .line = line,
        .problems = problem,
    };
    return failure;
}

err error_make_fields(struct arena *arena, const char *file, int line, const struct field_problem *problems)
{
    struct failure *failure = arena_alloc(arena, sizeof *failure);
    *failure = (struct failure){
        .code = ERR_INVALID,
        .detail = problems->message,
        .file = shorter_file(file),
        .line = line,
        .problems = problems,
    };
    return failure;
}

err error_with_more(struct arena *arena, err failure, const struct value *more)
{
    struct failure *copy = arena_alloc(arena, sizeof *copy);
    *copy = *failure;
    copy->more = more;
    return copy;
}

_Noreturn void error_bug(const char *file, int line, const char *format, ...)
{
    char detail[512]; /* not in an arena: arenas have bugs too */
    va_list list;
    va_start(list, format);
    vsnprintf(detail, sizeof detail, format, list);
    va_end(list);
    for (char *at = detail; *at; at++) {
        if (*at == '"')
            *at = '\'';
    }
    log_error(NULL, "bug", "place=%s:%d detail=\"%s\"", shorter_file(file), line, detail);
    abort();
}
