/* fuzz_router.c - any bytes as a target and as header fields: clean paths or a refusal, and parameters that
 * are parts of the path. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/router.h"
#include <string.h>

static err handler(struct req *req)
{
    (void)req;
    return NULL;
}

static const struct route table[] = {
    {.method = GET, .path = "/", .handler = handler, .guard = ANYONE},
    {.method = GET, .path = "/products/:handle", .handler = handler, .guard = ANYONE},
    {.method = GET, .path = "/products/new", .handler = handler, .guard = ANYONE},
    {.method = POST, .path = "/orders/:number/lines/:line", .handler = handler, .guard = ANYONE},
    {.method = GET, .path = "/media/*rest", .handler = handler, .guard = ANYONE},
    {0},
};
static const struct route *const tables[] = {table, NULL};
static const char *const locales[] = {"zh-CN", "en", NULL};

static void check_path(const char *path)
{
    if (*path != '/' || strstr(path, "//") || strstr(path, "/../") || strchr(path, '\\') ||
        text_has_control(path, strlen(path)) || !utf8_is_valid(path, strlen(path)))
        bug("a path is not clean");
}

static void route(struct ctx *ctx, const struct target *target)
{
    struct router *router;
    struct match match;
    if (router_build(ctx, tables, &router))
        bug("the table is wrong");
    if (!router_find(router, GET, FACE_HTML, target->path, &match) || match.route == NULL)
        return;
    struct pairs pairs = {0};
    router_parameters(ctx->arena, &match, &pairs);
    for (size_t i = 0; i < pairs.count; i++)
        if (*pairs.items[i].value == '\0' || strstr(target->path, pairs.items[i].value) == NULL)
            bug("a parameter is no part of the path");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT)};
    struct target target;
    const char *text = arena_copy(ctx.arena, (const char *)data, size);
    if (target_parse(&ctx, text, locales, &target) == NULL) {
        check_path(target.path);
        route(&ctx, &target);
    }
    accept_prefers_json(text);
    accept_locale(text, locales);
    header_quality(text, "gzip", 0);
    host_is_valid(text);
    media_type_is(text, "application/json");
    cookie_find(ctx.arena, text, "session");
    arena_close(ctx.arena);
    return 0;
}
