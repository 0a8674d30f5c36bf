/* rule_find.c - the facts of products, and the products that fit a rule. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/rule/rule_find.h"

#include "base/text.h"
#include "shop/pricing/pricing.h"

static struct rule_facts *facts_of(struct rule_facts *facts, size_t have, int64_t product_id)
{
    for (size_t i = 0; i < have; i++)
        if (facts[i].product->product_id == product_id)
            return &facts[i];
    return NULL;
}

/* Whether a price says more than another one: more below its struck price, as a fraction of it. Prices have
 * at most 43 bits. */
static bool says_more(const struct variant *variant, const struct rule_facts *than)
{
    int64_t struck = variant->terms.compare_price;
    if (than->struck == 0)
        return true;
    return (__int128)(struck - variant->price) * than->struck >
           (__int128)(than->struck - than->price) * struck;
}

/* A struck price that deals do not bear out waits for the lowest of them to leave the window. */
static void take_struck(const struct variant *variant, const struct struck_price *struck,
                        struct rule_facts *facts)
{
    int64_t leaves = struck->ceiling.at + DEAL_WINDOW_MS + 1;
    if (struck->state == STRUCK_SHOWN && says_more(variant, facts)) {
        facts->struck = variant->terms.compare_price;
        facts->price = variant->price;
    }
    if (struck->state == STRUCK_UNLAWFUL && struck->ceiling.basis == CEILING_WEEK &&
        (facts->struck_next == 0 || leaves < facts->struck_next))
        facts->struck_next = leaves;
}

static err load_struck(struct ctx *ctx, const int64_t *ids, struct rule_facts *facts, size_t have)
{
    const struct variant **variants;
    size_t count;
    TRY(variant_list_struck(ctx, ids, have, &variants, &count));
    struct struck_price *struck = arena_alloc_many(ctx->arena, count + 1, sizeof *struck);
    TRY(struck_prices(ctx, variants, count, struck));
    for (size_t i = 0; i < count; i++) {
        struct rule_facts *of = facts_of(facts, have, variants[i]->product_id);
        if (of)
            take_struck(variants[i], &struck[i], of);
    }
    return NULL;
}

err rule_facts_load(struct ctx *ctx, unsigned fields, const int64_t *product_ids, size_t count,
                    struct rule_facts *facts, size_t *have)
{
    struct product_facts *products = arena_alloc_many(ctx->arena, count + 1, sizeof *products);
    int64_t ids[PRODUCT_CHUNK], stocks[PRODUCT_CHUNK], sold[PRODUCT_CHUNK];
    TRY(product_facts_load(ctx, product_ids, count, products, have));
    for (size_t i = 0; i < *have; i++) {
        ids[i] = products[i].product_id;
        facts[i] = (struct rule_facts){.product = &products[i]};
    }
    TRY(stock_sum_products(ctx, ids, *have, stocks));
    TRY(product_sold_many(ctx, ids, *have, sold));
    for (size_t i = 0; i < *have; i++) {
        facts[i].stock = stocks[i];
        facts[i].sold = sold[i];
    }
    return fields & RULE_STRUCK_FIELDS ? load_struck(ctx, ids, facts, *have) : NULL;
}

err rule_rename_tags(struct ctx *ctx, struct rule *rule, int64_t since)
{
    const char *names[RULE_CONDITION_LIMIT];
    size_t places[RULE_CONDITION_LIMIT], count = 0;
    for (size_t i = 0; i < rule->count; i++)
        if (rule->conditions[i].field == RULE_TAG) {
            names[count] = rule->conditions[i].text;
            places[count++] = i;
        }
    if (count == 0)
        return NULL;
    TRY(product_tags_today(ctx, names, count, since));
    for (size_t i = 0; i < count; i++)
        rule->conditions[places[i]].text = names[i];
    return NULL;
}

err rule_scope(struct ctx *ctx, const struct rule *rule, int64_t *shelf_id)
{
    *shelf_id = 0;
    for (size_t i = 0; i < rule->count && (!rule->is_any || rule->count == 1); i++) {
        const struct rule_condition *one = &rule->conditions[i];
        if (one->test != RULE_IS)
            continue;
        if (one->field == RULE_CATEGORY)
            *shelf_id = one->id;
        if (one->field == RULE_TAG) {
            TRY(tag_find(ctx, one->text, shelf_id));
            *shelf_id = *shelf_id ? *shelf_id : -1; /* nothing has it */
            return NULL;
        }
    }
    return NULL;
}

/* What a chunk of products says is forgotten when the next one is read. */
static err search_in(struct ctx *work, struct rule_search *search, int64_t shelf_id)
{
    int64_t ids[PRODUCT_CHUNK], after = 0;
    struct rule_facts facts[PRODUCT_CHUNK];
    size_t count, have;
    for (;;) {
        arena_reset(work->arena);
        TRY(shelf_next_products(work, shelf_id, after, ids, &count));
        if (count == 0)
            return NULL;
        after = ids[count - 1];
        search->looked += (int64_t)count;
        TRY(rule_facts_load(work, rule_asks(search->rule), ids, count, facts, &have));
        for (size_t i = 0; i < have; i++) {
            if (facts[i].product->status == PRODUCT_ARCHIVED ||
                !rule_fits(search->rule, &facts[i], work->now))
                continue;
            if (search->count < search->most)
                search->ids[search->count++] = facts[i].product->product_id;
            search->matched++;
        }
        search->is_whole = count < PRODUCT_CHUNK || search->looked < search->look_limit;
        if (count < PRODUCT_CHUNK || !search->is_whole)
            return NULL;
    }
}

err rule_find(struct ctx *ctx, struct rule_search *search)
{
    int64_t shelf_id;
    struct ctx work = *ctx;
    TRY(rule_scope(ctx, search->rule, &shelf_id));
    search->count = 0;
    search->matched = search->looked = 0;
    search->is_whole = true;
    work.arena = arena_open(RULE_ARENA_LIMIT);
    err failure = search_in(&work, search, shelf_id);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}
