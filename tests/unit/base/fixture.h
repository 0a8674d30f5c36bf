/* fixture.h - a piece of work for each test of the base, and a way to see that a bug is noticed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "unit.h"
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every test gets a struct ctx with an arena of its own as *state. */
static inline int work_open(void **state)
{
    static struct ctx ctx;
    ctx = (struct ctx){.arena = arena_open(ARENA_LIMIT)};
    *state = &ctx;
    return 0;
}

static inline int work_close(void **state)
{
    struct ctx *ctx = *state;
    arena_close(ctx->arena);
    return 0;
}

#define test_of(name) cmocka_unit_test_setup_teardown(name, work_open, work_close)

static inline struct arena *arena_of(void **state)
{
    struct ctx *ctx = *state;
    return ctx->arena;
}

/* True when the body ends in bug(): tried in a child, whose last words are not shown. */
static inline bool is_a_bug(void (*body)(struct arena *arena))
{
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
        dup2(nowhere, STDERR_FILENO);
        body(arena_open(ARENA_LIMIT));
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}
