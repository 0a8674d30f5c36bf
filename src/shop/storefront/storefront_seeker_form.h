/* storefront_seeker_form.h - what somebody searched, kept in a cookie of their own. Private to storefront.
 *
 * The cookie is "TOKEN!word!word", the newest first, percent-encoded. The words stay with the reader and are
 * shown to nobody else; the token only tells people apart when a word is counted. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

#define SEEKER_COOKIE "seeker"
#define SEEKER_WORDS 6

struct seeker {
    const char *token; /* NULL = never searched here */
    const char *words[SEEKER_WORDS];
    size_t count;
};

/* What the cookie says; whatever is no text of ours is left out. */
void seeker_read(struct req *req, struct seeker *seeker);
/* Remembers a word and sends the cookie. The token gets made when there is none. */
void seeker_remember(struct req *req, struct seeker *seeker, const char *word);
/* Forgets one word, or with "" everything. */
void seeker_forget(struct req *req, struct seeker *seeker, const char *word);
/* By which the seeker is counted: the account, or the cookie. A network that makes many cookies counts as one
 * seeker. */
const char *seeker_key(struct req *req, const struct seeker *seeker, bool is_new);
/* {text, url} of the words that begin with `typed` ("" = all). */
void seeker_view(struct ctx *ctx, struct value *list, const struct seeker *seeker, const char *typed);
