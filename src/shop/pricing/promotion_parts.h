/* promotion_parts.h - what the files of promotions share. Private to pricing. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "shop/pricing/promotion.h"

#define TERMS_LIMIT 65536

/* Steps, scope and whom it stands beside, as JSON and back. */
CHECKED err terms_write(struct ctx *ctx, const struct promotion *promotion, const char **json);
CHECKED err terms_read(struct ctx *ctx, const char *json, struct promotion *promotion);
/* A rule alone, for terms and proofs. */
void discount_rule_write(struct ctx *ctx, struct value *object, const struct discount_rule *rule);
void discount_rule_read(const struct value *object, struct discount_rule *rule);
/* What points paid of an order, as its proof says; all 0 when it says nothing of points. */
struct quote_points_terms points_terms_read(const struct value *proof);
/* ---- hours of the week and provinces (promotion_when.c) ---- */

struct findings;
void windows_write(struct arena *arena, struct value *object, const struct discount_rule *rule);
void windows_read(const struct value *object, struct discount_rule *rule);
/* Windows that are none, and those that never open in the time of the offer: "windows.1.opens" … */
void windows_check(struct findings *findings, const struct promotion *promotion);
/* Whether it counts in some provinces only, for more than freight: that is decided with the goods. */
bool rule_is_regional(const struct discount_rule *rule);
/* In the proof of a price: "when", the moment and the province by which its rules were chosen, when one of
 * them asks. */
void when_write(struct ctx *ctx, struct value *tree, const struct priced *priced);
/* Whether each rule of a proof counted then and there. */
bool when_holds(const struct value *tree, const struct discount_rule *rules, size_t count);
/* docs/views.md: `windows` of an offer, into `view`. */
void windows_view(struct ctx *ctx, struct value *view, const struct discount_rule *rule);
/* "（限北京、天津）（限每周三、周六 10:00–14:00）", "" without either. */
const char *when_text(struct ctx *ctx, const struct discount_rule *rule);

/* ---- goods that a rule names (promotion_goods.c) ---- */

struct findings {
    struct ctx *ctx;
    const struct field_problem *first;
    const struct field_problem **end;
};
void findings_add(struct findings *findings, const char *field, const char *code, const char *message);
void goods_write(struct ctx *ctx, struct value *object, const struct discount_rule *rule);
void goods_read(const struct value *object, struct discount_rule *rule);
/* What is wrong with steps and goods of a rule that names goods. */
void goods_check(struct findings *findings, const struct promotion *promotion);
/* Names the goods as they are called now, and refuses what gives more than they cost; a bundle takes the
 * products of its goods for its scope. */
CHECKED err goods_settle(struct ctx *ctx, struct promotion *promotion);
/* Its sentence, and that of one step; see promotion_text. */
const char *goods_text(struct ctx *ctx, const struct promotion *promotion);
const char *goods_step_text(struct ctx *ctx, const struct discount_rule *rule,
                            const struct discount_step *step);
/* "¥200", "¥12.50": sentences do without the zeros of a round sum. */
const char *sum_text(struct ctx *ctx, int64_t minor);
const char *percent_text(struct ctx *ctx, int64_t percent);
const char *fold_text(struct ctx *ctx, int64_t percent);

/* Everything that is wrong with it, by field. */
CHECKED err promotion_validate(struct ctx *ctx, const struct promotion *promotion);

/* The prices of goods that are named one by one are known: a sale that would give one away is refused. */
CHECKED err promotion_check_prices(struct ctx *ctx, const struct promotion *promotion);
bool promotion_may_become(enum promotion_status from, enum promotion_status to);

#define PROMOTION_COLUMNS                                                                                    \
    "SELECT id, version, status, kind, name, code, starts_at, ends_at, terms, uses_most, person_most,"       \
    " money_most, uses, money, created_at, updated_at FROM promotions "
CHECKED err promotions_take(struct ctx *ctx, struct db_rows *rows, struct promotion **promotions,
                            size_t *count);
/* In the order in which they take off; those of one kind stay as they stand. */
void promotions_sort(struct promotion *promotions, size_t count);
/* Fills rule.takes of each: whether it is for each product. */
CHECKED err promotions_match(struct ctx *ctx, struct promotion *promotions, size_t promotion_count,
                             const int64_t *product_ids, size_t count);
/* Pages show what holds now. In a transaction. */
CHECKED err promotions_refresh(struct ctx *ctx);
