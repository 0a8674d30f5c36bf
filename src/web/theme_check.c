/* theme_check.c - themes for the command line: one of a disk checked as an upload is, the program's own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web.h"

#include "shop/design/own_theme.h"
#include "web/theme_own.h"
#include <string.h>
#include <sys/stat.h>

/* Words with a place begin with it: "LINE:COLUMN: ". */
static bool has_place(const char *words)
{
    size_t line = strspn(words, "0123456789");
    size_t column = words[line] == ':' ? strspn(words + line + 1, "0123456789") : 0;
    return line > 0 && column > 0 && words[line + 1 + column] == ':';
}

static void print(FILE *out, const char *path, const char *words)
{
    fprintf(out, "%s:%s%s\n", path, has_place(words) ? "" : "1:1: ", words);
}

/* By path; those of one file as they were found. */
static void print_all(struct arena *arena, const struct own_problems *problems, FILE *out)
{
    const struct field_problem **all = arena_alloc_many(arena, problems->count + 1, sizeof *all);
    size_t count = 0;
    for (const struct field_problem *at = problems->first; at; at = at->next)
        all[count++] = at;
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && strcmp(all[k - 1]->field, all[k]->field) > 0; k--) {
            const struct field_problem *before = all[k - 1];
            all[k - 1] = all[k];
            all[k] = before;
        }
    for (size_t i = 0; i < count; i++)
        print(out, all[i]->field, all[i]->message);
}

static err read_theme(struct ctx *ctx, const char *path, struct own_files *files,
                      struct own_problems *problems)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fail_with(ctx, ERR_NOT_FOUND, "there is no %s", path);
    return S_ISDIR(info.st_mode) ? own_theme_read_folder(ctx, path, files, problems)
                                 : own_theme_read(ctx, path, files, problems);
}

/* Compiles also when names are wrong: who mends a theme wants to hear of everything at once. */
static err check(struct ctx *ctx, const char *path, struct own_problems *problems)
{
    struct own_files files;
    const struct theme_maker *maker = ctx->services->themes;
    err failure = read_theme(ctx, path, &files, problems);
    if (!failure)
        return maker->check(ctx, maker->owner, &files, problems);
    for (const struct field_problem *at = failure->problems; at; at = at->next)
        own_problem_add(ctx, problems, path, at->code, at->message);
    return failure->problems ? NULL : failure;
}

/* The program's theme; its assets are served to nobody. */
static err open_theme(struct ctx *ctx, struct services *services, struct theme **theme)
{
    const char *share;
    TRY(share_find(ctx, &share));
    TRY(theme_load(ctx, arena_format(ctx->arena, "%s/themes/default", share), "theme",
                   http_static_open(ctx->arena), "/assets/", theme));
    *services = site_services;
    services->design = theme_schema(*theme);
    ctx->services = services;
    return NULL;
}

err web_know_theme(struct ctx *ctx)
{
    struct theme *theme;
    return open_theme(ctx, arena_alloc(ctx->arena, sizeof(struct services)), &theme);
}

err web_check_theme(struct ctx *ctx, const char *path, FILE *out, int *status)
{
    struct own_problems problems = {0};
    struct services *services = arena_alloc(ctx->arena, sizeof *services);
    struct theme *built_in;
    TRY(open_theme(ctx, services, &built_in));
    struct own_themes *themes = own_themes_open(ctx->arena, built_in);
    services->themes = own_themes_maker(themes);
    err failure = check(ctx, path, &problems);
    own_themes_close(themes);
    *status = problems.count > 0;
    if (!failure)
        print_all(ctx->arena, &problems, out);
    return failure;
}
