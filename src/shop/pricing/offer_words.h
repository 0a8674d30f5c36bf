/* offer_words.h - the words that a card says of offers that its price does not show: gifts, bundles, presales
 * and group buys. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/promotion.h"

/* In the order in which a card says them. */
enum offer_word { WORD_PRESALE, WORD_GROUP, WORD_GIFT, WORD_BUNDLE, WORD_COUNT };
extern const char *const offer_word_names[WORD_COUNT]; /* "presale", "group", "gift", "bundle" */

/* Which of many products are in a presale or a group buy that runs. */
struct offer_words_question {
    struct db_rows **rows;
    size_t count;
};
/* Asks together with the next question: offer_words_take may be called when that was answered. Shops without
 * presales and group buys are asked nothing. */
CHECKED err offer_words_ask(struct ctx *ctx, const int64_t *product_ids, size_t count,
                            struct offer_words_question *question);
/* Bits 1 << offer_word of each product. */
void offer_words_take(const struct offer_words_question *question, const int64_t *product_ids, size_t count,
                      unsigned *words);
/* Those of offers without a code that count now, for everybody. */
unsigned offer_words_of(const struct product_offers *offers);
/* docs/views.md: `words` of a card. */
void offer_words_view(struct ctx *ctx, struct value *card, unsigned words);
