/* import_terms.c - what is said beside a price: the struck price, which must be lawful, and the content. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/money.h"
#include "shop/pricing/pricing.h"
#include <inttypes.h>

static const struct variant_terms no_terms = {.compare_kind = COMPARE_OWN, .compare_note = ""};

static const struct variant_terms *terms_had(const struct import_group *group, int64_t variant_id)
{
    for (size_t i = 0; group->whole && i < group->whole->variant_count; i++)
        if (group->whole->variants[i].id == variant_id)
            return &group->whole->variants[i].terms;
    return &no_terms;
}

/* ---- cells ---- */

static bool tells_terms(const struct import_line *line)
{
    for (int i = MEANING_COMPARE_PRICE; i <= MEANING_CONTENT_BASE; i++)
        if (line->cells[i])
            return true;
    return false;
}

/* Words beside a price say what it is, unless the row tells its kind. */
static enum compare_kind kind_of(const struct import_line *line, const struct variant_terms *before)
{
    const char *note = line->cells[MEANING_COMPARE_NOTE], *kind = line->cells[MEANING_COMPARE_KIND];
    if (kind)
        return kind[0] ? (enum compare_kind)line->numbers[MEANING_COMPARE_KIND] : COMPARE_OWN;
    return note && note[0] && !text_is(note, before->compare_note) ? COMPARE_EXPLAINED : before->compare_kind;
}

static void read_terms(const struct import_line *line, struct variant_terms *terms)
{
    if (line->cells[MEANING_COMPARE_PRICE])
        terms->compare_price = line->numbers[MEANING_COMPARE_PRICE];
    terms->compare_kind = kind_of(line, terms);
    if (line->cells[MEANING_COMPARE_NOTE])
        terms->compare_note = line->cells[MEANING_COMPARE_NOTE];
    if (line->cells[MEANING_CONTENT_AMOUNT])
        terms->content_amount = line->numbers[MEANING_CONTENT_AMOUNT];
    if (line->cells[MEANING_CONTENT_UNIT])
        terms->content_unit = (enum content_unit)line->numbers[MEANING_CONTENT_UNIT];
    if (line->cells[MEANING_CONTENT_BASE])
        terms->content_base = (enum content_base)line->numbers[MEANING_CONTENT_BASE];
}

/* ---- what changes ---- */

struct comparing {
    struct import_run *run;
    struct import_group *group;
    const char *of;
    bool is_changed;
};

static void compare_texts(struct comparing *comparing, enum import_meaning field, const char *before,
                          const char *after)
{
    if (text_is(before, after))
        return;
    comparing->is_changed = true;
    import_group_change(comparing->run, comparing->group, field, comparing->of, before, after);
}

static const char *amount(const struct comparing *comparing, int64_t minor)
{
    const struct ctx *ctx = &comparing->run->work;
    return minor == 0 ? "" : money_decimal(ctx->arena, money_of(minor, ctx->shop->currency));
}

static const char *count(const struct comparing *comparing, int64_t number)
{
    return number == 0 ? "" : arena_format(comparing->run->work.arena, "%" PRId64, number);
}

static const char *word(enum import_meaning meaning, int64_t number)
{
    return number == 0 ? "" : import_word(meaning, number, false);
}

static void compare_terms(struct comparing *comparing, const struct variant_terms *before,
                          const struct variant_terms *after)
{
    compare_texts(comparing, MEANING_COMPARE_PRICE, amount(comparing, before->compare_price),
                  amount(comparing, after->compare_price));
    compare_texts(comparing, MEANING_COMPARE_KIND, word(MEANING_COMPARE_KIND, before->compare_kind),
                  word(MEANING_COMPARE_KIND, after->compare_kind));
    compare_texts(comparing, MEANING_COMPARE_NOTE, before->compare_note, after->compare_note);
    compare_texts(comparing, MEANING_CONTENT_AMOUNT, count(comparing, before->content_amount),
                  count(comparing, after->content_amount));
    compare_texts(comparing, MEANING_CONTENT_UNIT, word(MEANING_CONTENT_UNIT, before->content_unit),
                  word(MEANING_CONTENT_UNIT, after->content_unit));
    compare_texts(comparing, MEANING_CONTENT_BASE, word(MEANING_CONTENT_BASE, before->content_base),
                  word(MEANING_CONTENT_BASE, after->content_base));
}

void import_take_terms(struct import_run *run, struct import_group *group, const struct import_line *line,
                       const char *of, struct variant_draft *variant)
{
    if (!tells_terms(line))
        return;
    const struct variant_terms *before = terms_had(group, variant->id);
    struct variant_terms *terms = arena_alloc(run->work.arena, sizeof *terms);
    struct comparing comparing = {run, group, of, false};
    *terms = *before;
    read_terms(line, terms);
    compare_terms(&comparing, before, terms);
    if (comparing.is_changed)
        variant->terms = terms;
}

/* ---- the law ---- */

/* A variant whose row claims a former price of the shop that was not claimed before. */
struct claim {
    struct import_group *group;
    size_t variant;
    int64_t variant_id;
};

static bool claims_anew(const struct import_group *group, const struct variant_draft *variant)
{
    const struct variant_terms *terms = variant->terms, *had = terms_had(group, variant->id);
    if (!terms || terms->compare_price == 0 || terms->compare_kind != COMPARE_OWN)
        return false;
    return had->compare_price != terms->compare_price || had->compare_kind != COMPARE_OWN;
}

static void refuse_claim(struct import_run *run, const struct claim *claim,
                         const struct price_ceiling *ceiling)
{
    const struct import_line *line = claim->group->variant_lines[claim->variant];
    const char *most = "";
    if (ceiling->basis != CEILING_NO_DEAL)
        most = money_decimal(run->work.arena, money_of(ceiling->price, run->work.shop->currency));
    import_group_refuse(
        run, claim->group, line ? line : claim->group->lines[0], import_header_of(run, MEANING_COMPARE_PRICE),
        most[0] ? "REF_PRICE_UNLAWFUL" : "REF_PRICE_NO_DEAL", line ? line->cells[MEANING_COMPARE_PRICE] : "",
        most,
        most[0] ? arena_format(run->work.arena, "at most %s, as deals bear out; or say what else it is", most)
                : "there is no deal to compare with: say what the price is, or leave it out");
}

static err check_claims(struct import_run *run, const struct claim *claims, size_t count)
{
    struct ctx *ctx = &run->work;
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    struct price_ceiling *ceilings = arena_alloc_many(ctx->arena, count + 1, sizeof *ceilings);
    for (size_t i = 0; i < count; i++)
        ids[i] = claims[i].variant_id;
    TRY(deal_ceilings(ctx, ids, count, ceilings));
    for (size_t i = 0; i < count; i++) {
        int64_t asked = claims[i].group->draft.variants[claims[i].variant].terms->compare_price;
        if (ceilings[i].basis == CEILING_NO_DEAL || asked > ceilings[i].price)
            refuse_claim(run, &claims[i], &ceilings[i]);
    }
    return NULL;
}

err import_check_struck(struct import_run *run)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < run->group_count; i++)
        most += run->groups[i]->draft.variant_count;
    struct claim *claims = arena_alloc_many(run->work.arena, most + 1, sizeof *claims);
    for (size_t i = 0; i < run->group_count; i++) {
        struct import_group *group = run->groups[i];
        for (size_t j = 0; group->outcome != IMPORT_REFUSED && j < group->draft.variant_count; j++)
            if (claims_anew(group, &group->draft.variants[j]))
                claims[count++] = (struct claim){group, j, group->draft.variants[j].id};
    }
    return count > 0 ? check_claims(run, claims, count) : NULL;
}
