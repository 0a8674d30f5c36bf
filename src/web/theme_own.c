/* theme_own.c - holding, checking and rendering themes of merchants. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_own.h"

#include "base/log.h"
#include "shop/tenant/tenant.h"
#include "web/theme_files.h"
#include <pthread.h>
#include <string.h>

#define WHOLE_THEME "layout/theme.liquid"

struct rest {
    char path[OWN_THEME_PATH_LIMIT + 1];
    int64_t until;
};

struct held_theme {
    struct arena *arena;
    const struct theme *theme; /* NULL: it could not be read when it was asked for */
    char problem[256];         /* then why */
    int64_t shop_id;
    int64_t version;
    int64_t asked_at;
    int64_t made_at;
    int users; /* the table is one of them */
    size_t rest_count;
    struct rest rests[OWN_THEME_RESTS];
};

struct own_themes {
    pthread_mutex_t lock;
    const struct theme *built_in;
    struct theme_maker maker;
    struct held_theme *held[OWN_THEMES_HELD];
};

/* ---- the port of the shop ---- */

static err check_files(struct ctx *ctx, void *owner, const struct own_files *files,
                       struct own_problems *problems)
{
    struct own_themes *themes = owner;
    struct ctx trying = *ctx;
    struct theme *theme;
    struct own_problems found = {0};
    trying.arena = arena_open(ARENA_LIMIT);
    err failure = theme_load_over(&trying, themes->built_in, files, 0, &found, &theme);
    if (failure)
        failure = fail_with(ctx, failure->code, "%s", failure->detail);
    for (const struct field_problem *at = found.first; at; at = at->next)
        own_problem_add(ctx, problems, at->field, at->code, at->message);
    arena_close(trying.arena);
    return failure;
}

static err built_in_files(struct ctx *ctx, void *owner, struct own_files *files)
{
    const struct own_themes *themes = owner;
    return theme_files_read(ctx, theme_folder(themes->built_in), true, files);
}

struct own_themes *own_themes_open(struct arena *arena, const struct theme *built_in)
{
    struct own_themes *themes = arena_alloc(arena, sizeof *themes);
    *themes = (struct own_themes){.built_in = built_in};
    themes->maker = (struct theme_maker){.owner = themes, .check = check_files, .built_in = built_in_files};
    pthread_mutex_init(&themes->lock, NULL);
    return themes;
}

const struct theme_maker *own_themes_maker(struct own_themes *themes)
{
    return &themes->maker;
}

/* ---- holding ---- */

/* With the lock held. */
static void let_go(struct held_theme *held)
{
    if (held && --held->users == 0)
        arena_close(held->arena);
}

void own_themes_close(struct own_themes *themes)
{
    for (size_t i = 0; i < OWN_THEMES_HELD; i++)
        let_go(themes->held[i]);
    pthread_mutex_destroy(&themes->lock);
}

static bool is_stale(const struct held_theme *held, const struct ctx *ctx)
{
    return !held->theme && ctx->now - held->made_at > OWN_THEME_REST_MS;
}

static bool is_of(const struct held_theme *held, int64_t shop_id, int64_t version)
{
    return held && held->shop_id == shop_id && held->version == version;
}

/* With the lock held: the place of this version, else a free one, else the one asked for longest ago. */
static struct held_theme **place_of(struct own_themes *themes, int64_t shop_id, int64_t version)
{
    struct held_theme **oldest = &themes->held[0];
    for (size_t i = 0; i < OWN_THEMES_HELD; i++) {
        struct held_theme **place = &themes->held[i];
        if (is_of(*place, shop_id, version))
            return place;
        if (*oldest && (!*place || (*place)->asked_at < (*oldest)->asked_at))
            oldest = place;
    }
    return oldest;
}

static struct held_theme *find_held(struct own_themes *themes, const struct ctx *ctx)
{
    pthread_mutex_lock(&themes->lock);
    int64_t shop_id = ctx->shop->id, version = ctx->shop->theme_version;
    struct held_theme *held = *place_of(themes, shop_id, version);
    bool is_it = is_of(held, shop_id, version) && !is_stale(held, ctx);
    if (is_it) {
        held->users++;
        held->asked_at = ctx->now;
    }
    pthread_mutex_unlock(&themes->lock);
    return is_it ? held : NULL;
}

static void keep_held(struct own_themes *themes, struct held_theme *held)
{
    pthread_mutex_lock(&themes->lock);
    struct held_theme **place = place_of(themes, held->shop_id, held->version);
    let_go(*place);
    *place = held;
    held->users = 2;
    pthread_mutex_unlock(&themes->lock);
}

/* A theme that was good when it came may not be any more: the program's theme below it is another. */
static struct held_theme *make_held(struct own_themes *themes, struct ctx *ctx)
{
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct held_theme *held = arena_alloc(arena, sizeof *held);
    struct ctx loading = *ctx;
    struct own_files *files = arena_alloc(arena, sizeof *files);
    struct theme *theme = NULL;
    loading.arena = arena;
    held->arena = arena;
    held->shop_id = ctx->shop->id;
    held->version = ctx->shop->theme_version;
    held->asked_at = held->made_at = ctx->now;
    err failure = own_theme_files(&loading, held->version, false, files);
    if (!failure)
        failure = theme_load_over(&loading, themes->built_in, files, held->version, NULL, &theme);
    if (failure)
        log_failure(ctx, LOG_WARNING, "a shop's theme cannot be read", failure);
    if (failure)
        snprintf(held->problem, sizeof held->problem, "%s", failure->detail);
    held->theme = failure ? NULL : theme;
    return held;
}

void own_theme_enter(struct req *req, struct own_themes *themes, bool is_preview)
{
    struct ctx *ctx = &req->ctx;
    struct theme_use *use = arena_alloc(ctx->arena, sizeof *use);
    use->themes = themes;
    use->is_preview = is_preview;
    use->held = find_held(themes, ctx);
    if (!use->held) {
        use->held = make_held(themes, ctx);
        keep_held(themes, use->held);
        if (!use->held->theme)
            own_theme_failed(ctx, use, WHOLE_THEME, use->held->problem);
    }
    use->theme = use->held->theme;
    use->built_in = themes->built_in;
    use->services = *ctx->services;
    if (use->theme)
        use->services.design = theme_schema(use->theme);
    ctx->services = &use->services;
    req->held = use;
}

void own_theme_leave(struct req *req, struct own_themes *themes)
{
    struct theme_use *use = req->held;
    bool is_told = use->failed_path && !use->is_preview;
    err failure = is_told ? own_theme_tell(&req->ctx, use->failed_path, use->failed_detail) : NULL;
    if (failure)
        log_failure(&req->ctx, LOG_WARNING, "staff could not be told of a broken theme", failure);
    req->held = NULL;
    pthread_mutex_lock(&themes->lock);
    let_go(use->held);
    pthread_mutex_unlock(&themes->lock);
}

/* ---- files that failed ---- */

bool own_theme_rests(struct theme_use *use, const char *path, int64_t now)
{
    bool rests = false;
    if (use->is_preview)
        return false;
    pthread_mutex_lock(&use->themes->lock);
    for (size_t i = 0; i < use->held->rest_count && !rests; i++)
        rests = text_is(use->held->rests[i].path, path) && use->held->rests[i].until > now;
    pthread_mutex_unlock(&use->themes->lock);
    return rests;
}

/* The place of the file, else a new one, else the last. */
static struct rest *rest_of(struct held_theme *held, const char *path)
{
    for (size_t i = 0; i < held->rest_count; i++)
        if (text_is(held->rests[i].path, path))
            return &held->rests[i];
    if (held->rest_count < OWN_THEME_RESTS)
        held->rest_count++;
    return &held->rests[held->rest_count - 1];
}

/* A detail begins with "FILE:LINE:COLUMN: "; a snippet says its name only. */
static const char *file_of(struct arena *arena, const char *path, const char *detail)
{
    size_t length = strcspn(detail, ": ");
    if (length == 0 || length > OWN_THEME_PATH_LIMIT || detail[length] != ':')
        return arena_copy_text(arena, path);
    const char *name = arena_copy(arena, detail, length);
    return strchr(name, '/') ? name : arena_format(arena, "snippets/%s.liquid", name);
}

void own_theme_failed(struct ctx *ctx, struct theme_use *use, const char *path, const char *detail)
{
    pthread_mutex_lock(&use->themes->lock);
    struct rest *rest = rest_of(use->held, path);
    snprintf(rest->path, sizeof rest->path, "%s", path);
    rest->until = ctx->now + OWN_THEME_REST_MS;
    pthread_mutex_unlock(&use->themes->lock);
    if (use->failed_path)
        return;
    use->failed_path = file_of(ctx->arena, path, detail);
    use->failed_detail = arena_copy_text(ctx->arena, detail);
}

/* ---- rendering ---- */

/* In place of a page that failed, for who can mend it. */
static err show_failure(const struct theme_use *use, size_t before, struct text_buf *out)
{
    out->len = before;
    out->is_full = false;
    text_add(out, "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>");
    text_add_html(out, use->failed_path, strlen(use->failed_path));
    text_add(out, "</title><pre>");
    text_add_html(out, use->failed_detail, strlen(use->failed_detail));
    text_add(out, "</pre></html>");
    return NULL;
}

static err stand_in(struct req *req, struct theme_use *use, const char *template, struct value *globals,
                    struct text_buf *out)
{
    reply_uncacheable(req);
    if (use->is_preview && use->failed_path)
        return show_failure(use, out->len, out);
    return theme_render(req, use->built_in, template, globals, NULL, out);
}

err own_theme_render(struct req *req, struct theme_use *use, const char *template, struct value *globals,
                     struct text_buf *out)
{
    struct ctx *ctx = &req->ctx;
    size_t before = out->len;
    const char *path = arena_format(ctx->arena, "templates/%s.liquid", template);
    if (!use->theme || own_theme_rests(use, path, ctx->now))
        return stand_in(req, use, template, globals, out);
    err failure = theme_render(req, use->theme, template, globals, use, out);
    if (use->failed_path || use->has_stand_in)
        reply_uncacheable(req);
    if (!failure && use->is_preview && use->failed_path)
        return show_failure(use, before, out);
    if (!failure || failure->code != ERR_TEMPLATE)
        return failure;
    log_failure(ctx, LOG_WARNING, "a page of a shop's theme failed", failure);
    own_theme_failed(ctx, use, path, failure->detail);
    out->len = before;
    out->is_full = false;
    return stand_in(req, use, template, globals, out);
}
