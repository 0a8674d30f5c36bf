/* customer_find.h - people are found by their name, its pinyin (zhangwei), its initials (zw), the last digits
 * of their phone, or a part of the name (王 and 小明 of 王小明, xiaoming).
 *
 * Names and phones are sealed, so what is looked up are keyed hashes of these words (decisions 0085, 0088).
 * They are written with what they are made of and leave with it; accounts of earlier days get theirs by a
 * job. A hash has no beginning: what is no word and no part of this list is not found. */
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

/* Parts of a name, and those that one name has at most. */
#define CUSTOMER_PARTS 24
struct customer_parts {
    const char *list[CUSTOMER_PARTS];
    size_t count;
};
/* Of a Chinese name each two and three neighbouring characters, the first one alone, and the second one of
 * two; of other names each word; all as they are written and in pinyin, without the whole name. */
struct customer_parts customer_parts_of(struct ctx *ctx, const char *name);
/* What was typed, as such a word or part; NULL when it is none: one letter, an address, digits that are no
 * CUSTOMER_TAIL_DIGITS. */
const char *customer_word_typed(struct ctx *ctx, const char *typed);
void customer_word_key(const struct ctx *ctx, const char *word, unsigned char key[CRYPTO_INDEX_BYTES]);

/* Whether accounts of earlier days still lack their keys. */
CHECKED err customer_keys_lack(struct ctx *ctx, bool *lack);
/* Gives up to `limit` of them their keys; `lack` = there were so many that more may be there. */
CHECKED err customer_keys_fill(struct ctx *ctx, int limit, bool *lack);
