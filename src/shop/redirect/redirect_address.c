/* redirect_address.c - addresses as people write them, in one form. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/redirect/redirect_address.h"

#include "base/text.h"
#include <strings.h>

/* Languages that stand in an address: a redirect counts in all of them. */
static const char *const prefixes[] = {"/en"};

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no percent sequence, or would make no text, stays as it is. */
static char *decode(struct arena *arena, const char *text, size_t length)
{
    char *out = arena_copy(arena, text, length);
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? digit_of(text[i + 1]) : -1;
        int low = high >= 0 ? digit_of(text[i + 2]) : -1;
        out[at] = text[i];
        if (low >= 0) {
            out[at] = (char)(high << 4 | low);
            i += 2;
        }
        at++;
    }
    out[at] = 0;
    bool is_text = strlen(out) == at && utf8_is_valid(out, at) && !text_has_control(out, at);
    return is_text ? out : arena_copy(arena, text, length);
}

const char *redirect_key(struct arena *arena, const char *path, const char *query)
{
    char *plain = decode(arena, path, strlen(path));
    size_t length = strlen(plain);
    while (length > 1 && plain[length - 1] == '/')
        plain[--length] = 0;
    return query && query[0] ? arena_format(arena, "%s?%s", plain, decode(arena, query, strlen(query)))
                             : plain;
}

/* Takes a path apart at its first question mark, up to what stands behind #. */
static const char *key_of(struct arena *arena, const char *text)
{
    size_t end = strcspn(text, "#"), path = strcspn(text, "?#");
    return redirect_key(arena, arena_copy(arena, text, path),
                        path < end ? arena_copy(arena, text + path + 1, end - path - 1) : NULL);
}

const char *redirect_target_key(struct arena *arena, const char *target)
{
    return key_of(arena, target);
}

/* Ports do not count. */
static bool is_among(const char *const *names, const char *text, size_t length)
{
    for (; *names; names++)
        if (strcspn(*names, ":") == length && strncasecmp(*names, text, length) == 0)
            return true;
    return false;
}

/* The path of a full address; NULL when it is one of another host. `hosts` is NULL when any will do. */
static const char *without_host(const char *typed, const char *const *hosts)
{
    bool is_full = strncasecmp(typed, "http://", 7) == 0 || strncasecmp(typed, "https://", 8) == 0;
    if (!is_full)
        return typed;
    const char *host = strstr(typed, "://") + 3;
    if (hosts && !is_among(hosts, host, strcspn(host, ":/?#")))
        return NULL;
    const char *path = host + strcspn(host, "/?#");
    return path[0] == '/' ? path : path[0] ? NULL : "/";
}

static const char *without_language(const char *path)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t length = strlen(prefixes[i]);
        if (text_starts(path, prefixes[i]) && (path[length] == '/' || path[length] == 0))
            return path[length] ? path + length : "/";
    }
    return path;
}

static bool is_refused(struct redirect_row *row, bool is_target_wrong, const char *problem)
{
    row->outcome = REDIRECT_REFUSED;
    row->is_target_wrong = is_target_wrong;
    row->problem = problem;
    return false;
}

/* Pages of the back office and programs' addresses never lead on, nor does anything lead there. */
static bool is_ours(const char *path)
{
    return text_is(path, "/admin") || text_starts(path, "/admin/") || text_starts(path, "/admin?") ||
           text_starts(path, "/api/");
}

static bool has_signs(const char *text, const char *signs)
{
    return strpbrk(text, signs) || text_has_control(text, strlen(text)) || strpbrk(text, "\t\r\n");
}

static bool plain_source(struct ctx *ctx, struct redirect_row *row)
{
    const char *path = without_host(text_trim(ctx->arena, row->source), NULL);
    if (!row->source[0])
        return is_refused(row, false, "required");
    if (!path || path[0] != '/' || has_signs(path, "\\<>\""))
        return is_refused(row, false, "redirect-source");
    path = key_of(ctx->arena, without_language(path));
    if (text_is(path, "/") || is_ours(path) || strstr(path, "//") || has_signs(path, "\\"))
        return is_refused(row, false, "redirect-source");
    if (strlen(path) > REDIRECT_LENGTH)
        return is_refused(row, false, "too-long");
    row->source = path;
    return true;
}

static bool plain_target(struct ctx *ctx, const struct redirect_hosts *hosts, struct redirect_row *row)
{
    const char *path = without_host(text_trim(ctx->arena, row->target), hosts->names);
    if (!row->target[0])
        return is_refused(row, true, "required");
    if (!path || text_starts(path, "//") || text_starts(path, "/\\"))
        return is_refused(row, true, "redirect-foreign");
    if (path[0] != '/' || has_signs(path, " \\<>\"") || is_ours(path))
        return is_refused(row, true, "redirect-target");
    if (strlen(path) > REDIRECT_LENGTH)
        return is_refused(row, true, "too-long");
    row->target = without_language(path);
    return true;
}

bool redirect_plain(struct ctx *ctx, const struct redirect_hosts *hosts, struct redirect_row *row)
{
    row->is_plain = plain_source(ctx, row) && plain_target(ctx, hosts, row);
    return row->is_plain;
}
