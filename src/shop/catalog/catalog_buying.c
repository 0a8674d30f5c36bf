/* catalog_buying.c - how many of a product are bought, what many cost, and which questions are asked. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/catalog/catalog_shelf.h"
#include <inttypes.h>
#include <stdlib.h>

#define TIERS_TEXT_LIMIT 256
#define QUESTIONS_JSON_LIMIT 32768

/* ---- tiers ---- */

size_t price_tiers_read(const char *text, struct price_tier tiers[PRICE_TIER_LIMIT])
{
    size_t count = 0;
    while (text && *text && count < PRICE_TIER_LIMIT) {
        char *end;
        int64_t from = strtoll(text, &end, 10);
        if (*end != ':')
            break;
        tiers[count++] = (struct price_tier){from, strtoll(end + 1, &end, 10)};
        text = *end == ' ' ? end + 1 : end;
    }
    return count;
}

const char *price_tiers_kept(struct ctx *ctx, const struct tier_draft *tiers, size_t count, const char *sku)
{
    struct text_buf text;
    text_open(&text, ctx->arena, TIERS_TEXT_LIMIT);
    for (size_t i = 0; i < count; i++)
        if (text_is(tiers[i].sku, sku))
            text_add_format(&text, "%s%" PRId64 ":%" PRId64, text.len ? " " : "", tiers[i].from,
                            tiers[i].price);
    return text_of(&text);
}

static const char *tiers_text(struct ctx *ctx, const struct product_buying *buying, const char *sku)
{
    return price_tiers_kept(ctx, buying->tiers, buying->tier_count, sku);
}

static err complain(struct ctx *ctx, const char *rows, size_t index, const char *field, const char *code,
                    const char *message)
{
    return fail_field(ctx, arena_format(ctx->arena, "%s.%zu.%s", rows, index, field), code, message);
}

static const struct variant *find_sku(const struct variant *variants, size_t count, const char *sku)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(variants[i].sku, sku))
            return &variants[i];
    return NULL;
}

/* The dearest variant a tier is for: below its price it is a bulk price of something. */
static int64_t price_above(const struct variant *variants, size_t count, const char *sku)
{
    int64_t highest = 0;
    for (size_t i = 0; i < count; i++)
        if ((!sku[0] || text_is(variants[i].sku, sku)) && variants[i].price > highest)
            highest = variants[i].price;
    return highest;
}

static err check_tier(struct ctx *ctx, const struct product_buying *buying, size_t index,
                      const struct variant *variants, size_t count)
{
    const struct tier_draft *tier = &buying->tiers[index], *before = NULL;
    size_t place = 0;
    for (size_t i = 0; i < index; i++)
        if (text_is(buying->tiers[i].sku, tier->sku)) {
            before = &buying->tiers[i];
            place++;
        }
    if (tier->sku[0] && !find_sku(variants, count, tier->sku))
        return complain(ctx, "tiers", index, "sku", "tier-sku", "the product has no variant of this SKU");
    if (place >= PRICE_TIER_LIMIT)
        return complain(ctx, "tiers", index, "from", "tier-limit", "at most 8 bulk prices");
    if (tier->from < 2 || tier->from > BUYING_QUANTITY_LIMIT)
        return complain(ctx, "tiers", index, "from", "tier-from", "2 to 999 pieces");
    if (before && tier->from <= before->from)
        return complain(ctx, "tiers", index, "from", "tier-rising", "more pieces than in the row above");
    if (tier->price < 0 || tier->price >= price_above(variants, count, tier->sku))
        return complain(ctx, "tiers", index, "price", "tier-below-price", "lower than the price of one");
    if (before && tier->price >= before->price)
        return complain(ctx, "tiers", index, "price", "tier-falling", "lower than in the row above");
    return NULL;
}

static err check_quantities(struct ctx *ctx, const struct product_buying *buying)
{
    if (buying->min_quantity < 1 || buying->min_quantity > BUYING_QUANTITY_LIMIT)
        return fail_field(ctx, "min_quantity", "quantity-range", "1 to 999");
    if (buying->max_quantity < 0 || buying->max_quantity > BUYING_QUANTITY_LIMIT)
        return fail_field(ctx, "max_quantity", "quantity-range", "1 to 999");
    if (buying->max_quantity > 0 && buying->max_quantity < buying->min_quantity)
        return fail_field(ctx, "max_quantity", "quantity-below-least", "not fewer than the least");
    if (buying->person_quantity < 0 || buying->person_quantity > BUYING_QUANTITY_LIMIT)
        return fail_field(ctx, "person_quantity", "quantity-range", "1 to 999");
    if (buying->person_quantity > 0 && buying->person_quantity < buying->min_quantity)
        return fail_field(ctx, "person_quantity", "quantity-below-least", "not fewer than the least");
    if (buying->person_days < 0 || buying->person_days > PERSON_DAYS_LIMIT)
        return fail_field(ctx, "person_days", "person-days-range", "1 to 3650 days");
    if (buying->person_days > 0 && buying->person_quantity == 0)
        return fail_field(ctx, "person_quantity", "person-days-alone", "how many within these days?");
    return NULL;
}

/* ---- questions ---- */

static bool is_longer(const char *text, size_t limit)
{
    return utf8_length(text, strlen(text)) > limit;
}

static err check_choices(struct ctx *ctx, const struct question *question, size_t index)
{
    if (question->choice_count < 2 || question->choice_count > QUESTION_CHOICE_LIMIT)
        return complain(ctx, "questions", index, "choices", "question-choices", "2 to 30 choices");
    for (size_t i = 0; i < question->choice_count; i++) {
        if (is_longer(question->choices[i], QUESTION_LABEL_LIMIT))
            return complain(ctx, "questions", index, "choices", "question-choice-long",
                            "at most 40 characters each");
        for (size_t j = 0; j < i; j++)
            if (text_is(question->choices[i], question->choices[j]))
                return complain(ctx, "questions", index, "choices", "question-choice-twice",
                                "each choice once");
    }
    return NULL;
}

static err check_question(struct ctx *ctx, const struct product_buying *buying, size_t index)
{
    const struct question *question = &buying->questions[index];
    if (text_is_blank(question->label))
        return complain(ctx, "questions", index, "label", "question-label", "what is asked?");
    if (is_longer(question->label, QUESTION_LABEL_LIMIT))
        return complain(ctx, "questions", index, "label", "too-long", "at most 40 characters");
    if (is_longer(question->hint, QUESTION_HINT_LIMIT))
        return complain(ctx, "questions", index, "hint", "too-long", "at most 120 characters");
    for (size_t i = 0; i < index; i++)
        if (text_is(buying->questions[i].label, question->label))
            return complain(ctx, "questions", index, "label", "question-twice", "this is asked already");
    if (question->shortest < 0 || question->shortest > ANSWER_LIMIT)
        return complain(ctx, "questions", index, "shortest", "question-length", "1 to 200");
    if (question->longest < 0 || question->longest > ANSWER_LIMIT)
        return complain(ctx, "questions", index, "longest", "question-length", "1 to 200");
    if (question->longest > 0 && question->longest < question->shortest)
        return complain(ctx, "questions", index, "longest", "question-length-order",
                        "not less than the shortest");
    return question->kind == QUESTION_CHOICE ? check_choices(ctx, question, index) : NULL;
}

/* A question that is new gets a number that none of the others has, or had in this save. */
static int64_t next_id(const struct question *questions, size_t count, int64_t highest)
{
    for (size_t i = 0; i < count; i++)
        highest = questions[i].id > highest ? questions[i].id : highest;
    return highest + 1;
}

err questions_kept(struct ctx *ctx, const struct question *questions, size_t count, int64_t highest,
                   const char **json)
{
    struct arena *arena = ctx->arena;
    struct value *list = value_list(arena);
    int64_t fresh = next_id(questions, count, highest);
    *json = "";
    if (count == 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct question *question = &questions[i];
        bool is_choice = question->kind == QUESTION_CHOICE;
        struct value *item = value_add(arena, list, *value_object(arena));
        value_set_int(arena, item, "id", question->id > 0 ? question->id : fresh++);
        value_set_text(arena, item, "label", text_trim(arena, question->label));
        value_set_text(arena, item, "hint", text_trim(arena, question->hint));
        value_set_text(arena, item, "kind", question_kind_names[question->kind]);
        value_set_int(arena, item, "is_required", question->is_required);
        value_set_int(arena, item, "shortest", question->shortest);
        value_set_int(arena, item, "longest", question->longest);
        struct value *choices = value_set_list(arena, item, "choices");
        for (size_t j = 0; is_choice && j < question->choice_count; j++)
            value_add(arena, choices, value_text(question->choices[j]));
    }
    return json_text(ctx, list, QUESTIONS_JSON_LIMIT, json);
}

/* ---- loading ---- */

static void add_tiers(struct tier_draft *tiers, size_t *count, const char *text, const char *sku)
{
    struct price_tier read[PRICE_TIER_LIMIT];
    size_t have = price_tiers_read(text, read);
    for (size_t i = 0; i < have && *count < PRICE_TIER_ROWS_LIMIT; i++)
        tiers[(*count)++] = (struct tier_draft){sku, read[i].from, read[i].price};
}

err product_buying_load(struct ctx *ctx, int64_t product_id, struct product_buying *buying)
{
    struct db_rows *rows, *own;
    struct question *questions;
    struct tier_draft *tiers = arena_alloc_many(ctx->arena, PRICE_TIER_ROWS_LIMIT, sizeof *tiers);
    *buying = (struct product_buying){.product_id = product_id, .tiers = tiers};
    TRY(db_ask(ctx, &own,
               "SELECT price_tiers, sku FROM variants WHERE shop_id = $1 AND product_id = $2"
               " AND price_tiers <> '' ORDER BY position",
               db_int(ctx->shop->id), db_int(product_id)));
    TRY(db_query(
        ctx, &rows,
        "SELECT version, min_quantity, max_quantity, price_tiers, questions, person_quantity, person_days"
        " FROM products"
        " WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_int(product_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such product");
    buying->version = db_get_int(rows, 0);
    buying->min_quantity = db_get_int(rows, 1);
    buying->max_quantity = db_get_int(rows, 2);
    buying->person_quantity = db_get_int(rows, 5);
    buying->person_days = db_get_int(rows, 6);
    add_tiers(tiers, &buying->tier_count, db_get_text(rows, 3), "");
    while (db_next(own))
        add_tiers(tiers, &buying->tier_count, db_get_text(own, 0), db_get_text(own, 1));
    TRY(question_list_read(ctx, db_get_text(rows, 4), &questions, &buying->question_count));
    buying->questions = questions;
    return NULL;
}

/* ---- saving ---- */

static int64_t highest_id(const struct product_buying *buying)
{
    int64_t highest = 0;
    for (size_t i = 0; i < buying->question_count; i++)
        highest = buying->questions[i].id > highest ? buying->questions[i].id : highest;
    return highest;
}

/* Only variants whose tiers become others are written. */
static err write_tiers(struct ctx *ctx, const struct product_buying *buying, const struct variant *variants,
                       size_t count, const struct product_buying *before)
{
    for (size_t i = 0; i < count; i++) {
        const char *now = tiers_text(ctx, buying, variants[i].sku);
        if (text_is(now, tiers_text(ctx, before, variants[i].sku)))
            continue;
        TRY(db_execute(ctx, "UPDATE variants SET price_tiers = $3 WHERE shop_id = $1 AND id = $2",
                       db_int(ctx->shop->id), db_int(variants[i].id), db_text(now)));
    }
    return NULL;
}

err product_buying_check(struct ctx *ctx, const struct product_buying *buying, const struct variant *variants,
                         size_t count)
{
    TRY(check_quantities(ctx, buying));
    if (buying->tier_count > PRICE_TIER_ROWS_LIMIT)
        return fail_field(ctx, "tiers", "tier-limit", "at most 200 bulk prices");
    for (size_t i = 0; i < buying->tier_count; i++)
        TRY(check_tier(ctx, buying, i, variants, count));
    if (buying->question_count > QUESTION_LIMIT)
        return fail_field(ctx, "questions", "question-limit", "at most 8 questions");
    for (size_t i = 0; i < buying->question_count; i++)
        TRY(check_question(ctx, buying, i));
    return NULL;
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct product_buying *buying = arg;
    struct product_buying before;
    const struct product *product;
    struct variant *variants;
    struct value *sheet;
    size_t count;
    const char *questions;
    TRY(product_load(ctx, buying->product_id, &product));
    TRY(variant_list(ctx, buying->product_id, &variants, &count));
    TRY(product_buying_load(ctx, buying->product_id, &before));
    TRY(product_buying_check(ctx, buying, variants, count));
    TRY(product_version_open(ctx, product, &sheet));
    TRY(questions_kept(ctx, buying->questions, buying->question_count, highest_id(&before), &questions));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
                  "UPDATE products SET min_quantity = $4, max_quantity = $5, price_tiers = $6,"
                  " questions = $7, version = version + 1, updated_at = $8, person_quantity = $9,"
                  " person_days = $10"
                  " WHERE shop_id = $1 AND id = $2 AND version = $3",
                  db_int(ctx->shop->id), db_int(product->id),
                  db_int(buying->version ? buying->version : product->version), db_int(buying->min_quantity),
                  db_int(buying->max_quantity), db_text(tiers_text(ctx, buying, "")), db_text(questions),
                  db_int(ctx->now), db_int(buying->person_quantity), db_int(buying->person_days)));
    TRY(write_tiers(ctx, buying, variants, count, &before));
    TRY(shelf_settle(ctx, &buying->product_id, 1));
    TRY(product_version_close(ctx, product->id, sheet, "buying"));
    return product_emit_changed(ctx, buying->product_id);
}

err product_buying_save(struct ctx *ctx, const struct product_buying *buying)
{
    struct product_buying copy = *buying;
    return db_transact(ctx, save_in_transaction, &copy);
}
