/* catalog_buying.h - how a product is bought: how many in one order and how many by one person, what many
 * cost, what the buyer is asked.
 * Part of catalog.h.
 *
 * A bulk price (批发价) is a price for one piece from so many pieces on: quantities rise and prices fall from
 * tier to tier. A variant has tiers of its own or those of its product; what is not below the price of the
 * variant is no bulk price of it. Questions are answered for each line of a cart; what is answered may be
 * personal, so it is kept sealed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

#define PRICE_TIER_LIMIT 8
/* Tiers of a product and all its variants together. */
#define PRICE_TIER_ROWS_LIMIT 200
/* Pieces of a product in one order, and of one person. */
#define BUYING_QUANTITY_LIMIT 999
/* Days of the period in which a person may have so many. */
#define PERSON_DAYS_LIMIT 3650
#define QUESTION_LIMIT 8
/* In characters. */
#define QUESTION_LABEL_LIMIT 40
#define QUESTION_HINT_LIMIT 120
#define QUESTION_CHOICE_LIMIT 30
#define QUESTION_CHOICES_TEXT_LIMIT 1000
#define ANSWER_LIMIT 200

struct price_tier {
    int64_t from;  /* pieces: 2 to BUYING_QUANTITY_LIMIT */
    int64_t price; /* minor units for one */
};

enum question_kind {
    QUESTION_TEXT,
    QUESTION_NUMBER, /* digits */
    QUESTION_PHONE,
    QUESTION_EMAIL,
    QUESTION_CHOICE,
    QUESTION_KINDS,
};
extern const char *const question_kind_names[]; /* by enum question_kind; ends with NULL */

struct question {
    int64_t id; /* stays when questions are put in another order; 0 = new */
    const char *label;
    const char *hint;
    enum question_kind kind;
    bool is_required;
    int64_t shortest; /* characters of text and numbers; 0 = any */
    int64_t longest;  /* 0 = ANSWER_LIMIT */
    const char *const *choices;
    size_t choice_count;
};

struct given_answer {
    int64_t question_id;
    const char *label; /* of the question when it was answered */
    const char *value;
};

/* A tier as people say it. */
struct tier_draft {
    const char *sku; /* "" = of all variants that have none of their own */
    int64_t from;
    int64_t price;
};

struct product_buying {
    int64_t product_id;
    int64_t version;         /* of the product; 0 = whatever it is */
    int64_t min_quantity;    /* 1 = any */
    int64_t max_quantity;    /* 0 = any */
    int64_t person_quantity; /* pieces of one person over all orders; 0 = any */
    int64_t person_days;     /* within so many days, counted from the first order; 0 = ever */
    const struct tier_draft *tiers;
    size_t tier_count;
    const struct question *questions;
    size_t question_count;
};

/* Tiers in the order of the variants, those of the product first. */
CHECKED err product_buying_load(struct ctx *ctx, int64_t product_id, struct product_buying *buying);
/* ERR_INVALID with the field ("tiers.2.price", "questions.0.label"); ERR_CONFLICT when the product was
 * changed since `version`. */
CHECKED err product_buying_save(struct ctx *ctx, const struct product_buying *buying);

/* The same as it is kept: what the history of a product and files carry. Tiers of variants stand with them.
 */
struct buying_terms {
    int64_t min_quantity;
    int64_t max_quantity;
    int64_t person_quantity;
    int64_t person_days;
    const char *tiers;     /* "10:900 50:800" of all variants, "" = none */
    const char *questions; /* JSON for question_list_read, "" = none */
};

struct variant;
/* What product_buying_save refuses, with the fields; `variants` need a SKU and a price. */
CHECKED err product_buying_check(struct ctx *ctx, const struct product_buying *buying,
                                 const struct variant *variants, size_t count);
/* The kept form of the tiers of one SKU ("" = of the product). */
const char *price_tiers_kept(struct ctx *ctx, const struct tier_draft *tiers, size_t count, const char *sku);
/* The kept form of questions; new ones get ids above `highest`. */
CHECKED err questions_kept(struct ctx *ctx, const struct question *questions, size_t count, int64_t highest,
                           const char **json);

/* As people read and write them, in one cell of a table (docs/imports.md): "10: 9.50; 50: 9.00" and, a
 * question a line, "游戏账号* | 文字 4-20 | 登录用的". */
const char *price_tiers_words(struct ctx *ctx, const char *kept);
/* False for what is none; `count` in: how many fit into `tiers`. They get no SKU. */
bool price_tiers_understand(struct ctx *ctx, const char *words, struct tier_draft *tiers, size_t *count);
CHECKED err questions_words(struct ctx *ctx, const char *json, bool is_english, const char **words);
/* Questions keep the ids of those in `json` that ask the same. *wrong_line = the line (from 1) that is none,
 * or 0. */
CHECKED err questions_understand(struct ctx *ctx, const char *words, const char *json,
                                 struct question **questions, size_t *count, size_t *wrong_line);

/* The kept form of tiers, "10:900 50:800", read into `tiers`; returns how many. */
size_t price_tiers_read(const char *text, struct price_tier tiers[PRICE_TIER_LIMIT]);

/* `json` as variants carry it; "" gives none. */
CHECKED err question_list_read(struct ctx *ctx, const char *json, struct question **questions, size_t *count);
/* What was answered, trimmed, in the order of the questions; blank answers are left out. ERR_INVALID with
 * every field that is wrong: "answers.N.value" by its place in `given`, or "answers" when a question that
 * needs an answer was not answered at all. */
CHECKED err answers_check(struct ctx *ctx, const char *questions, const struct given_answer *given,
                          size_t given_count, struct given_answer **answers, size_t *count);
/* Answers as they are kept, NULL for none, and back: a list of {id, label, value}. */
CHECKED err answers_text(struct ctx *ctx, const struct given_answer *answers, size_t count,
                         const char **json);
CHECKED err answers_read(struct ctx *ctx, const char *json, struct given_answer **answers, size_t *count);
/* docs/views.md: questions of a product. */
CHECKED err questions_set_view(struct ctx *ctx, struct value *view, const char *json);
/* docs/views.md: answers of a line, from their kept form (NULL = none). */
CHECKED err answers_set_view(struct ctx *ctx, struct value *view, const char *json);
