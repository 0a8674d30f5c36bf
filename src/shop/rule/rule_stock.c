/* rule_stock.c - products without stock: off the shelf by rule, and back when there is stock again.
 *
 * Who was taken off is remembered with the version it had: somebody who changes the product meanwhile decides
 * for himself, and it stays as he left it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/rule/rule_stock.h"

#include "base/text.h"
#include "job/job.h"
#include "shop/rule/rule_find.h"
#include "shop/rule/rule_jobs.h"

#define NAME_LIMIT 40

#define RULES                                                                                                \
    "SELECT id, name, rule, action, is_back, rule_at FROM stock_rules WHERE shop_id = $1 ORDER BY id LIMIT " \
    "$2"

static void take_rules(struct ctx *ctx, struct db_rows *rows, struct stock_rule **rules, size_t *count)
{
    *rules = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **rules);
    *count = 0;
    while (db_next(rows))
        (*rules)[(*count)++] = (struct stock_rule){.id = db_get_int(rows, 0),
                                                   .name = db_get_text(rows, 1),
                                                   .rule = db_get_text(rows, 2),
                                                   .action = (enum stock_action)db_get_int(rows, 3),
                                                   .is_back = db_get_int(rows, 4) == 1,
                                                   .rule_at = db_get_int(rows, 5)};
}

err stock_rule_list(struct ctx *ctx, struct stock_rule **rules, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, RULES, db_int(ctx->shop->id), db_int(STOCK_RULE_LIMIT)));
    take_rules(ctx, rows, rules, count);
    return NULL;
}

err stock_book_ask(struct ctx *ctx, struct stock_book_question *question)
{
    TRY(db_ask(ctx, &question->absent, "SELECT 1 FROM stock_absences WHERE shop_id = $1 LIMIT 1",
               db_int(ctx->shop->id)));
    return db_ask(ctx, &question->rules, RULES, db_int(ctx->shop->id), db_int(STOCK_RULE_LIMIT));
}

err stock_book_take(struct ctx *ctx, const struct stock_book_question *question, struct stock_book *book)
{
    take_rules(ctx, question->rules, &book->rules, &book->count);
    book->has_absent = db_row_count(question->absent) > 0;
    book->parsed = arena_alloc_many(ctx->arena, book->count + 1, sizeof *book->parsed);
    for (size_t i = 0; i < book->count; i++) {
        TRY(rule_read(ctx, book->rules[i].rule, &book->parsed[i]));
        TRY(rule_rename_tags(ctx, &book->parsed[i], book->rules[i].rule_at));
    }
    return NULL;
}

static const struct stock_rule *rule_of(const struct ctx *ctx, const struct stock_book *book,
                                        const struct rule_facts *facts)
{
    for (size_t i = 0; i < book->count; i++)
        if (rule_fits(&book->parsed[i], facts, ctx->now))
            return &book->rules[i];
    return NULL;
}

static err forget(struct ctx *ctx, int64_t product_id)
{
    return db_execute(ctx, "DELETE FROM stock_absences WHERE shop_id = $1 AND product_id = $2",
                      db_int(ctx->shop->id), db_int(product_id));
}

/* The history says who: the rule, not the buyer whose order was the last. */
static err change_status(struct ctx *ctx, int64_t product_id, enum product_status status, const char *cause)
{
    struct ctx system = *ctx;
    system.actor = ACTOR_SYSTEM;
    system.actor_id = 0;
    return product_change_status_because(&system, product_id, status, cause);
}

static err take_off(struct ctx *ctx, const struct product_facts *product, bool is_back)
{
    TRY(change_status(ctx, product->product_id, PRODUCT_DRAFT, "sold-out"));
    if (!is_back)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO stock_absences (shop_id, product_id, version) VALUES ($1, $2, $3)"
                      " ON CONFLICT (shop_id, product_id) DO UPDATE SET version = excluded.version",
                      db_int(ctx->shop->id), db_int(product->product_id), db_int(product->version + 1));
}

/* *version is 0 for a product that no rule took off. */
static err absence_of(struct ctx *ctx, int64_t product_id, int64_t *version)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT version FROM stock_absences WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    *version = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

static err apply_one(struct ctx *ctx, const struct stock_book *book, const struct rule_facts *facts)
{
    const struct product_facts *product = facts->product;
    int64_t version = 0;
    if (product->status == PRODUCT_ACTIVE && facts->stock <= 0) {
        const struct stock_rule *rule = rule_of(ctx, book, facts);
        return rule && rule->action == STOCK_OFF ? take_off(ctx, product, rule->is_back) : NULL;
    }
    if (!book->has_absent)
        return NULL;
    TRY(absence_of(ctx, product->product_id, &version));
    if (version == 0 || (version == product->version && facts->stock <= 0))
        return NULL;
    TRY(forget(ctx, product->product_id));
    struct shelf_refusal refusal = {0};
    if (version == product->version && product->status == PRODUCT_DRAFT)
        TRY(product_gate_find(ctx, product->product_id, &refusal));
    if (version == product->version && product->status == PRODUCT_DRAFT && !refusal.code)
        return change_status(ctx, product->product_id, PRODUCT_ACTIVE, "restocked");
    return NULL;
}

err stock_book_apply(struct ctx *ctx, const struct stock_book *book, const struct rule_facts *facts,
                     size_t count)
{
    if (book->count == 0 && !book->has_absent)
        return NULL;
    for (size_t i = 0; i < count; i++)
        TRY(apply_one(ctx, book, &facts[i]));
    return NULL;
}

/* ---- the rules ---- */

static err insert_rule(struct ctx *ctx, void *arg)
{
    const struct stock_rule *one = arg;
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM stock_rules WHERE shop_id = $1", db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= STOCK_RULE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d rules", STOCK_RULE_LIMIT);
    TRY(db_execute(ctx,
                   "INSERT INTO stock_rules (shop_id, id, name, rule, action, is_back, rule_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   db_int(ctx->shop->id), db_int(one->id), db_text(one->name), db_text(one->rule),
                   db_int(one->action), db_int(one->is_back), db_int(ctx->now)));
    return job_schedule(ctx, RULE_SETTLE_JOB, 0, ctx->now, value_object(ctx->arena));
}

err stock_rule_create(struct ctx *ctx, struct stock_rule *stock_rule, const struct rule *rule)
{
    struct rule settled = *rule;
    if (text_is_blank(stock_rule->name))
        return fail_field(ctx, "name", "required", "the rule needs a name");
    if (utf8_length(stock_rule->name, strlen(stock_rule->name)) > NAME_LIMIT)
        return fail_field(ctx, "name", "too-long", "at most 40 characters");
    TRY(rule_settle_words(ctx, &settled));
    stock_rule->rule = "";
    if (settled.count > 0)
        TRY(rule_write(ctx, &settled, &stock_rule->rule));
    stock_rule->id = id_new(ctx);
    return db_transact(ctx, insert_rule, stock_rule);
}

static err delete_rule(struct ctx *ctx, void *arg)
{
    const int64_t *stock_rule_id = arg;
    return db_expect(ctx, 1, ERR_NOT_FOUND, "no such rule",
                     "DELETE FROM stock_rules WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                     db_int(*stock_rule_id));
}

err stock_rule_remove(struct ctx *ctx, int64_t stock_rule_id)
{
    return db_transact(ctx, delete_rule, &stock_rule_id);
}
