/* fixture.h - a ctx with an arena, for tests of the parsers. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include <string.h>

static const struct shop test_shop = {
    .id = 7, .handle = "demo", .name = "Demo", .currency = "CNY", .locale = "zh-CN"};

static inline struct ctx test_ctx(void)
{
    return (struct ctx){.arena = arena_open(ARENA_LIMIT), .now = 1790000000000, .shop = &test_shop};
}

static inline enum error_code code_of(err failure)
{
    return failure ? failure->code : ERR_NONE;
}

/* The code of the problem with a field, or "". */
static inline const char *problem_of(err failure, const char *field)
{
    for (const struct field_problem *problem = failure ? failure->problems : NULL; problem;
         problem = problem->next)
        if (strcmp(problem->field, field) == 0)
            return problem->code;
    return "";
}
