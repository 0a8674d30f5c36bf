/* headers.c - the few header fields that we read: lists with quality, languages, media types, hosts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parse.h"
#include <string.h>
#include <strings.h>

/* One element of a list header: "text/html;level=1;q=0.8". */
struct element {
    struct slice name;
    int quality; /* 0..1000 */
};

static struct slice trim(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
        to--;
    return (struct slice){from, (size_t)(to - from)};
}

/* "1", "0.5", "0.125" in thousandths; anything else counts as 0. */
static int quality_read(struct slice text)
{
    if (text.len == 0 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1'))
        return 0;
    int quality = (text.ptr[0] - '0') * 1000;
    int unit = 100;
    if (text.len > 1 && text.ptr[1] != '.')
        return 0;
    for (size_t i = 2; i < text.len; i++, unit /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return 0;
        quality += (text.ptr[i] - '0') * unit;
    }
    return quality > 1000 ? 1000 : quality;
}

/* Takes the next element; NULL at the end of the header. */
static const char *element_next(const char *at, struct element *element)
{
    if (*at == '\0')
        return NULL;
    const char *end = strchrnul(at, ',');
    const char *stop = memchr(at, ';', (size_t)(end - at));
    element->name = trim(at, stop ? stop : end);
    element->quality = 1000;
    while (stop) {
        const char *next = memchr(stop + 1, ';', (size_t)(end - stop - 1));
        struct slice part = trim(stop + 1, next ? next : end);
        if (part.len >= 2 && (part.ptr[0] | 0x20) == 'q' && part.ptr[1] == '=')
            element->quality = quality_read((struct slice){part.ptr + 2, part.len - 2});
        stop = next;
    }
    return *end ? end + 1 : end;
}

static bool name_is(struct slice name, const char *text)
{
    return strlen(text) == name.len && strncasecmp(name.ptr, text, name.len) == 0;
}

int header_quality(const char *header, const char *token, int otherwise)
{
    struct element element;
    int quality = otherwise;
    if (header == NULL)
        return otherwise;
    for (const char *at = header; (at = element_next(at, &element)) != NULL;)
        if (name_is(element.name, token))
            quality = element.quality;
    return quality;
}

bool accept_prefers_json(const char *accept)
{
    if (accept == NULL || strcasestr(accept, "json") == NULL)
        return false;
    int json = header_quality(accept, "application/json", 0);
    int problem = header_quality(accept, "application/problem+json", 0);
    int html = header_quality(accept, "text/html", 0);
    return (json > problem ? json : problem) > html;
}

/* "zh-Hans-CN" fits "zh-CN" and "zh"; the language decides, the region only breaks ties. */
static int locale_fit(struct slice wanted, const char *locale)
{
    size_t length = strlen(locale);
    size_t language = strcspn(locale, "-");
    if (name_is(wanted, locale))
        return 3;
    if (wanted.len < language || strncasecmp(wanted.ptr, locale, language) != 0)
        return 0;
    if (wanted.len > language && wanted.ptr[language] != '-')
        return 0;
    return wanted.len > length && strncasecmp(wanted.ptr, locale, length) == 0 ? 2 : 1;
}

const char *accept_locale(const char *accept_language, const char *const *locales)
{
    struct element element;
    int best = 0;
    if (locales == NULL)
        return NULL;
    const char *locale = locales[0];
    if (accept_language == NULL)
        return locale;
    for (const char *at = accept_language; (at = element_next(at, &element)) != NULL;)
        for (size_t i = 0; locales[i]; i++) {
            int fit = locale_fit(element.name, locales[i]);
            int score = fit ? element.quality * 4 + fit : 0;
            if (element.quality > 0 && score > best) {
                best = score;
                locale = locales[i];
            }
        }
    return locale;
}

bool host_is_valid(const char *host)
{
    size_t length = strlen(host);
    if (length > 255)
        return false;
    return strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]") == length;
}

bool media_type_is(const char *header, const char *type)
{
    if (header == NULL)
        return false;
    return name_is(trim(header, header + strcspn(header, ";")), type);
}
