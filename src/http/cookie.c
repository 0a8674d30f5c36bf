/* cookie.c - cookies in and out. We only carry them: what a session is, the owner knows. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parse.h"
#include <inttypes.h>
#include <string.h>

/* Finds "name=value" among the parts of a Cookie header. */
static bool find(const char *header, const char *name, struct slice *value)
{
    size_t length = strlen(name);
    const char *at = header;
    while (at && *at) {
        at += strspn(at, " \t;");
        const char *end = strchrnul(at, ';');
        if ((size_t)(end - at) > length && at[length] == '=' && memcmp(at, name, length) == 0) {
            *value = (struct slice){at + length + 1, (size_t)(end - at) - length - 1};
            while (value->len > 0 && value->ptr[value->len - 1] == ' ')
                value->len--;
            return true;
        }
        at = end;
    }
    return false;
}

const char *cookie_find(struct arena *arena, const char *header, const char *name)
{
    struct slice value;
    if (header == NULL || !find(header, name, &value))
        return NULL;
    if (!utf8_is_valid(value.ptr, value.len) || text_has_control(value.ptr, value.len))
        return NULL;
    return arena_copy(arena, value.ptr, value.len);
}

bool cookie_is_present(const char *header, const char *name)
{
    struct slice value;
    return header && name && find(header, name, &value);
}

/* RFC 6265: no blanks, quotes, commas, semicolons, backslashes or control characters. */
static bool is_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at >= 0x7f || strchr("\",;\\", *at))
            return false;
    return true;
}

char *cookie_format(struct arena *arena, const char *name, const char *value, int64_t max_age, bool is_secure)
{
    if (!is_plain(name) || strchr(name, '=') || *name == '\0' || !is_plain(value))
        bug("cookie %s cannot be written", name);
    const char *secure = is_secure ? "; Secure" : "";
    if (max_age < 0)
        return arena_format(arena, "%s=; Path=/; HttpOnly; SameSite=Lax%s; Max-Age=0", name, secure);
    if (max_age == 0)
        return arena_format(arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s", name, value, secure);
    return arena_format(arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s; Max-Age=%" PRId64, name, value,
                        secure, max_age);
}
