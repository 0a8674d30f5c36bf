/* customer_find.h - people are found by their name, its pinyin (zhangwei), its initials (zw), or the last
 * digits of their phone.
 *
 * Names and phones are sealed, so what is looked up are keyed hashes of these words (decision 0085). They are
 * written with what they are made of and leave with it; accounts of earlier days get theirs by a job. Only
 * whole words are found: a hash has no beginning. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "base/ctx.h"

#define CUSTOMER_TAIL_DIGITS 4

enum customer_word { WORD_PLAIN, WORD_PINYIN, WORD_INITIALS, WORD_TAIL, CUSTOMER_WORDS };

/* The words of a person; "" where there is none. */
struct customer_words {
    const char *of[CUSTOMER_WORDS];
};
/* Of any texts; a surname is read as surnames are (曾 zeng). Lives in the arena. */
struct customer_words customer_words_of(struct ctx *ctx, const char *name, const char *phone);
/* What was typed, as such a word; NULL when it is none: less than two characters, an address, digits that are
 * no CUSTOMER_TAIL_DIGITS. */
const char *customer_word_typed(struct ctx *ctx, const char *typed);
void customer_word_key(const struct ctx *ctx, const char *word, unsigned char key[CRYPTO_INDEX_BYTES]);

/* Whether accounts of earlier days still lack their keys. */
CHECKED err customer_keys_lack(struct ctx *ctx, bool *lack);
/* Gives up to `limit` of them their keys; `lack` = there were so many that more may be there. */
CHECKED err customer_keys_fill(struct ctx *ctx, int limit, bool *lack);
