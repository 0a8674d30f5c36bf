/* wording.h - the port to the locale files, for words that leave the program by another way than a page. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

struct wording {
    const void *texts; /* the adapter's own */
    /* The text of a key ("told.paid.title") in a language; NULL when there is none. */
    const char *(*find)(const struct wording *wording, const char *locale, const char *key);
};
