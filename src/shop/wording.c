/* wording.c - words of the locale files, filled with what they speak of. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/wording.h"

#include "base/text.h"
#include "shop/services.h"
#include <string.h>

#define SAID_LIMIT 4096

static const char *value_of(const char *const *pairs, const char *name, size_t length)
{
    for (; pairs && pairs[0]; pairs += 2)
        if (strlen(pairs[0]) == length && memcmp(pairs[0], name, length) == 0)
            return pairs[1];
    return NULL;
}

const char *wording_say(struct ctx *ctx, const char *locale, const char *key, const char *const *pairs)
{
    const struct wording *wording = ctx->services ? ctx->services->wording : NULL;
    const char *text = wording ? wording->find(wording, locale, key) : NULL;
    struct text_buf out;
    if (!text)
        return key;
    text_open(&out, ctx->arena, SAID_LIMIT);
    while (*text) {
        size_t plain = strcspn(text, "{");
        text_add_bytes(&out, text, plain);
        text += plain;
        const char *end = *text ? strchr(text, '}') : NULL;
        const char *value = end ? value_of(pairs, text + 1, (size_t)(end - text - 1)) : NULL;
        if (value) {
            text_add(&out, value);
            text = end + 1;
        } else if (*text) {
            text_add_char(&out, *text++);
        }
    }
    return text_of(&out);
}
