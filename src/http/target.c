/* target.c - what is asked for: "/en/products/mug?colour=red" taken apart, and nothing but clean paths let
 * in.
 *
 * The router looks at decoded segments, and files are looked up by name in tables, so a path cannot reach
 * anything else; what is refused here is refused so that no two spellings of a path mean the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parse.h"
#include <string.h>

static bool has_dot_segment(const char *path)
{
    for (const char *at = path; *at; at++) {
        if (*at != '/' || at[1] != '.')
            continue;
        const char *after = at[2] == '.' ? at + 3 : at + 2;
        if (*after == '/' || *after == '\0')
            return true;
    }
    return false;
}

const char *path_decode(const char *raw, size_t length, char *out)
{
    if (length == 0 || raw[0] != '/')
        return "the path does not begin with a slash";
    for (size_t i = 0; i + 2 < length; i++)
        if (raw[i] == '%' && raw[i + 1] == '2' && (raw[i + 2] | 0x20) == 'f')
            return "the path holds an encoded slash";
    ptrdiff_t written = percent_decode(raw, length, false, out);
    if (written < 0)
        return "a percent sequence in the path is broken";
    if (memchr(out, '\0', (size_t)written) || text_has_control(out, (size_t)written) ||
        strpbrk(out, "\t\r\n"))
        return "the path holds a control character";
    if (!utf8_is_valid(out, (size_t)written))
        return "the path is not valid UTF-8";
    if (strchr(out, '\\'))
        return "the path holds a backslash";
    if (strstr(out, "//"))
        return "the path holds an empty segment";
    if (has_dot_segment(out))
        return "the path holds a dot segment";
    return NULL;
}

/* The default locale comes first and has no prefix. */
static void cut_locale(struct target *target, char *path, const char *const *locales)
{
    target->prefix = "";
    target->path = path;
    target->locale = locales ? locales[0] : NULL;
    if (locales == NULL || locales[0] == NULL)
        return;
    for (size_t i = 1; locales[i]; i++) {
        size_t length = strlen(locales[i]);
        if (strncmp(path + 1, locales[i], length) != 0)
            continue;
        char after = path[1 + length];
        if (after != '/' && after != '\0')
            continue;
        target->locale = locales[i];
        target->path = after ? path + 1 + length : "/";
        return;
    }
}

err target_parse(struct ctx *ctx, const char *raw, const char *const *locales, struct target *target)
{
    const char *question = strchr(raw, '?');
    size_t length = question ? (size_t)(question - raw) : strlen(raw);
    char *path = arena_alloc(ctx->arena, length + 1);
    *target = (struct target){.path = "/", .prefix = "", .locale = locales ? locales[0] : NULL};
    if (question)
        target->query = (struct slice){question + 1, strlen(question + 1)};
    target->is_api = strncmp(raw, "/api/", 5) == 0;
    const char *reason = path_decode(raw, length, path);
    if (reason)
        return fail_with(ctx, ERR_BAD_REQUEST, "%s", reason);
    target->is_api = text_starts(path, "/api/");
    if (text_starts(path, "/api/v1/")) {
        target->path = path + strlen("/api/v1");
        return NULL;
    }
    cut_locale(target, path, locales);
    if (target->path != path)
        target->prefix = arena_format(ctx->arena, "/%s", target->locale);
    return NULL;
}
