/* wording.h - the port to the locale files, for words that leave the program by another way than a page. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

struct wording {
    const void *texts; /* the adapter's own */
    /* The text of a key ("told.paid.title") in a language; NULL when there is none. */
    const char *(*find)(const struct wording *wording, const char *locale, const char *key);
};

/* The text of a key in a language, with {names} filled from pairs of name and value, which end with NULL
 * (pairs may be NULL). The key itself where there are no words, as on the command line. */
const char *wording_say(struct ctx *ctx, const char *locale, const char *key, const char *const *pairs);
