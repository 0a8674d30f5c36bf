/* offer_words.c - words of offers for cards: one question for all cards of a page, and what their offers say.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/offer_words.h"

const char *const offer_word_names[WORD_COUNT] = {
    [WORD_PRESALE] = "presale", [WORD_GROUP] = "group", [WORD_GIFT] = "gift", [WORD_BUNDLE] = "bundle"};

#define RUNS "status = 2 AND s.starts_at <= $34 AND s.ends_at > $34"

_Static_assert(WORD_PRESALE == 0 && WORD_GROUP == 1, "the statement says them by their numbers");

static err ask_part(struct ctx *ctx, const int64_t *product_ids, size_t count, struct db_rows **rows)
{
    struct db_value values[DB_IDS_VALUES + 1];
    (void)db_bind_ids(ctx, product_ids, count, values);
    values[DB_IDS_VALUES] = db_int(ctx->now);
    return db_ask_values(
        ctx, rows,
        "SELECT e.product_id, CAST(0 AS BIGINT) FROM presale_entries e JOIN presales s"
        " ON s.shop_id = e.shop_id AND s.id = e.presale_id WHERE e.shop_id = $1"
        " AND e.product_id IN " DB_IDS " AND s." RUNS
        " UNION SELECT e.product_id, CAST(1 AS BIGINT) FROM group_buy_entries e JOIN group_buys s"
        " ON s.shop_id = e.shop_id AND s.id = e.group_buy_id WHERE e.shop_id = $1"
        " AND e.product_id IN " DB_IDS " AND s." RUNS,
        values, DB_IDS_VALUES + 1);
}

err offer_words_ask(struct ctx *ctx, const int64_t *product_ids, size_t count,
                    struct offer_words_question *question)
{
    *question = (struct offer_words_question){NULL, 0};
    if (!ctx->shop->has_presales && !ctx->shop->has_group_buys)
        return NULL;
    question->rows = arena_alloc_many(ctx->arena, count / DB_IDS_LIMIT + 1, sizeof *question->rows);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(ask_part(ctx, product_ids + start, count - start, &question->rows[question->count++]));
    return NULL;
}

void offer_words_take(const struct offer_words_question *question, const int64_t *product_ids, size_t count,
                      unsigned *words)
{
    for (size_t part = 0; part < question->count; part++)
        while (db_next(question->rows[part]))
            for (size_t i = 0; i < count; i++)
                if (product_ids[i] == db_get_int(question->rows[part], 0))
                    words[i] |= 1u << db_get_int(question->rows[part], 1);
}

unsigned offer_words_of(const struct product_offers *offers)
{
    unsigned words = 0;
    for (size_t i = 0; i < offers->count; i++) {
        const struct discount_rule *rule = &offers->promotions[i]->rule;
        if (rule->regions != 0)
            continue;
        words |= rule->kind == DISCOUNT_GIFT     ? 1u << WORD_GIFT
                 : rule->kind == DISCOUNT_BUNDLE ? 1u << WORD_BUNDLE
                                                 : 0;
    }
    return words;
}

void offer_words_view(struct ctx *ctx, struct value *card, unsigned words)
{
    struct value *list = value_set_list(ctx->arena, card, "words");
    for (int word = 0; word < WORD_COUNT; word++)
        if (words & (1u << word))
            value_add(ctx->arena, list, value_text(offer_word_names[word]));
}
