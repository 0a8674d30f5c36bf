/* search_words.h - of search.h: what the merchant says about words: which mean the same, which mean nothing,
 * where one leads, which products a tag was put on for it.
 *
 * A change counts on every node with its event (search.words). Each remembers the figures of its word until
 * then, so that what came of it can be seen. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/search/search_log.h"
#include "shop/search/search_todo.h"

enum search_word_kind {
    SEARCH_SYNONYM = 1,
    SEARCH_REDIRECT,
    SEARCH_STOP,
    SEARCH_TAG, /* a note of what was done: the tag stands at the products */
};
extern const char *const search_word_kinds[]; /* [SEARCH_SYNONYM] = "synonym" …, ends with NULL */

#define SEARCH_WORDS_LIMIT 500 /* of a kind and shop */
#define SEARCH_GROUP_LIMIT 8   /* words of a synonym */
#define SEARCH_GROUP_LENGTH 200
#define SEARCH_TARGET_LIMIT 300
#define SEARCH_BEFORE_DAYS 28

struct search_word {
    int64_t id;
    enum search_word_kind kind;
    const char *word;   /* plain; of a synonym the first one */
    const char *words;  /* of a synonym all, a line each; also as typed, between commas, when it is saved */
    const char *target; /* of SEARCH_REDIRECT a path of the shop, of SEARCH_TAG a name */
    int64_t created_at;
    struct search_counts before; /* of SEARCH_BEFORE_DAYS */
    struct search_counts after;  /* since */
};

/* Newest first; kind 0 = all. */
CHECKED err search_word_list(struct ctx *ctx, enum search_word_kind kind, struct search_word **words,
                             size_t *count);
/* Puts word, words and target in their plain form. ERR_INVALID with every field that is wrong. */
CHECKED err search_word_check(struct ctx *ctx, struct search_word *word);
/* Checks, saves and tells; in a transaction of its own or of the caller. ERR_INVALID when the word has one of
 * this kind, ERR_LIMIT above SEARCH_WORDS_LIMIT. */
CHECKED err search_word_save(struct ctx *ctx, struct search_word *word);
/* ERR_NOT_FOUND. */
CHECKED err search_word_remove(struct ctx *ctx, int64_t word_id);
/* The words of a synonym as the index takes them: each a phrase. */
const char *search_group_of(struct ctx *ctx, const char *words);
/* Products of the exact lane for a text, without the change and with it. */
struct search_trial {
    int64_t before, after;
    int64_t *product_ids; /* with it, the best first */
    size_t count;
};
CHECKED err search_word_try(struct ctx *ctx, const struct search_word *word, const char *text, size_t limit,
                            struct search_trial *trial);

/* ---- for the storefront ---- */

/* Where a text leads, NULL = to its answer. */
CHECKED err search_redirect_find(struct ctx *ctx, const char *text, const char **path);
/* Popular words; those that begin with `typed` in characters, pinyin or initials, "" = all. At most `limit`;
 * as they were read some seconds ago. */
CHECKED err search_popular(struct ctx *ctx, const char *typed, size_t limit, const char **words,
                           size_t *count);
