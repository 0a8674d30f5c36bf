/* import_buying.c - how a product is bought, as the rows of a file say it: bulk prices, questions, how many
 * one may buy; and when it goes on and off the shelf by itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/clock.h"
#include <inttypes.h>

#define TIME_BYTES 32

static const struct buying_terms no_buying = {.min_quantity = 1, .tiers = "", .questions = ""};

struct taking {
    struct import_run *run;
    struct import_group *group;
    const struct buying_terms *had;
    struct buying_terms now;
    /* What is new of it, to be checked. */
    struct product_buying fresh;
    struct variant *variants; /* SKU and price of those of the draft */
    bool is_changed;
};

static struct ctx *ctx_of(const struct taking *taking)
{
    return &taking->run->work;
}

/* ---- cells of the product ---- */

static const char *number_text(struct ctx *ctx, int64_t number, int64_t nothing)
{
    return number == nothing ? "" : arena_format(ctx->arena, "%" PRId64, number);
}

static void take_number(struct taking *taking, enum import_meaning meaning, int64_t nothing, int64_t *number)
{
    struct ctx *ctx = ctx_of(taking);
    const struct import_line *line = import_group_teller(taking->run, taking->group, meaning);
    int64_t told = line && line->numbers[meaning] > 0 ? line->numbers[meaning] : nothing;
    if (!line || told == *number)
        return;
    import_group_change(taking->run, taking->group, meaning, "", number_text(ctx, *number, nothing),
                        number_text(ctx, told, nothing));
    *number = told;
    taking->is_changed = true;
}

/* NULL when the cell makes no sense. */
static struct tier_draft *tiers_of(struct taking *taking, const char *cell, const char *sku, size_t *count)
{
    struct tier_draft *tiers = arena_alloc_many(ctx_of(taking)->arena, PRICE_TIER_LIMIT + 1, sizeof *tiers);
    *count = PRICE_TIER_LIMIT + 1;
    if (!price_tiers_understand(ctx_of(taking), cell, tiers, count))
        return NULL;
    for (size_t i = 0; i < *count; i++)
        tiers[i].sku = sku;
    return tiers;
}

static void refuse_tiers(struct taking *taking, const struct import_line *line, enum import_meaning meaning)
{
    import_group_refuse(taking->run, taking->group, line, import_header_of(taking->run, meaning), "bad-tiers",
                        line->cells[meaning], "10: 9.50; 50: 9.00",
                        "write from how many pieces on one costs what: 10: 9.50; 50: 9.00");
}

static void take_tiers(struct taking *taking)
{
    struct ctx *ctx = ctx_of(taking);
    const struct import_line *line = import_group_teller(taking->run, taking->group, MEANING_PRICE_TIERS);
    size_t count;
    if (!line)
        return;
    struct tier_draft *tiers = tiers_of(taking, line->cells[MEANING_PRICE_TIERS], "", &count);
    if (!tiers) {
        refuse_tiers(taking, line, MEANING_PRICE_TIERS);
        return;
    }
    const char *kept = price_tiers_kept(ctx, tiers, count, "");
    if (text_is(kept, taking->had->tiers))
        return;
    import_group_change(taking->run, taking->group, MEANING_PRICE_TIERS, "",
                        price_tiers_words(ctx, taking->had->tiers), price_tiers_words(ctx, kept));
    taking->fresh.tiers = tiers;
    taking->fresh.tier_count = count;
    taking->now.tiers = kept;
    taking->is_changed = true;
}

static err take_questions(struct taking *taking)
{
    struct ctx *ctx = ctx_of(taking);
    const struct import_line *line = import_group_teller(taking->run, taking->group, MEANING_QUESTIONS);
    struct question *questions, *had;
    size_t count, had_count, wrong;
    const char *before, *after, *kept;
    int64_t highest = 0;
    if (!line)
        return NULL;
    TRY(questions_understand(ctx, line->cells[MEANING_QUESTIONS], taking->had->questions, &questions, &count,
                             &wrong));
    if (wrong) {
        import_group_refuse(taking->run, taking->group, line,
                            import_header_of(taking->run, MEANING_QUESTIONS), "bad-questions",
                            line->cells[MEANING_QUESTIONS], "",
                            arena_format(ctx->arena, "question %zu of the cell cannot be read", wrong));
        return NULL;
    }
    TRY(question_list_read(ctx, taking->had->questions, &had, &had_count));
    for (size_t i = 0; i < had_count; i++)
        highest = had[i].id > highest ? had[i].id : highest;
    taking->fresh.questions = questions;
    taking->fresh.question_count = count;
    if (count > QUESTION_LIMIT) /* the check says so */
        return NULL;
    TRY(questions_kept(ctx, questions, count, highest, &kept));
    TRY(questions_words(ctx, taking->had->questions, false, &before));
    TRY(questions_words(ctx, kept, false, &after));
    if (text_is(before, after))
        return NULL;
    import_group_change(taking->run, taking->group, MEANING_QUESTIONS, "", before, after);
    taking->now.questions = kept;
    taking->is_changed = true;
    return NULL;
}

/* ---- checking ---- */

/* Which cell a complaint about how the product is bought belongs to. */
static void refuse_buying(struct taking *taking, const struct import_line *own, err failure)
{
    const struct field_problem *problem = failure->problems;
    const char *field = problem ? problem->field : "";
    struct import_column column = {0};
    if (text_starts(field, "tiers"))
        column.meaning = own ? MEANING_VARIANT_PRICE_TIERS : MEANING_PRICE_TIERS;
    else if (text_starts(field, "questions"))
        column.meaning = MEANING_QUESTIONS;
    else if (!import_column_of_key(field, &column))
        column.meaning = MEANING_NONE;
    const struct import_line *line =
        own ? own : import_group_teller(taking->run, taking->group, column.meaning);
    line = line ? line : taking->group->lines[0];
    import_group_refuse(taking->run, taking->group, line, import_header_of(taking->run, column.meaning),
                        problem ? problem->code : "invalid", line->cells[column.meaning], "",
                        problem ? problem->message : failure->detail);
}

static void check(struct taking *taking, const struct product_buying *buying, const struct import_line *own)
{
    err failure =
        product_buying_check(ctx_of(taking), buying, taking->variants, taking->group->draft.variant_count);
    if (failure)
        refuse_buying(taking, own, failure);
}

/* ---- cells of variants ---- */

static const char *tiers_had(const struct import_group *group, int64_t variant_id)
{
    for (size_t i = 0; variant_id && group->whole && i < group->whole->variant_count; i++)
        if (group->whole->variants[i].id == variant_id)
            return group->whole->variants[i].own_tiers;
    return "";
}

static const char *name_of(struct ctx *ctx, const struct product_draft *draft,
                           const struct variant_draft *variant)
{
    const char *name = "";
    for (size_t i = 0; i < draft->option_count; i++)
        name = arena_format(ctx->arena, "%s%s%s", name, i > 0 ? " / " : "", variant->options[i]);
    return name;
}

static void take_own_tiers(struct taking *taking, struct variant_draft *variant,
                           const struct import_line *line)
{
    struct ctx *ctx = ctx_of(taking);
    size_t count;
    struct tier_draft *tiers =
        tiers_of(taking, line->cells[MEANING_VARIANT_PRICE_TIERS], variant->sku, &count);
    if (!tiers) {
        refuse_tiers(taking, line, MEANING_VARIANT_PRICE_TIERS);
        return;
    }
    const char *kept = price_tiers_kept(ctx, tiers, count, variant->sku);
    const char *had = tiers_had(taking->group, variant->id);
    if (text_is(kept, had))
        return;
    import_group_change(taking->run, taking->group, MEANING_VARIANT_PRICE_TIERS,
                        name_of(ctx, &taking->group->draft, variant), price_tiers_words(ctx, had),
                        price_tiers_words(ctx, kept));
    variant->tiers = kept;
    check(taking, &(struct product_buying){.min_quantity = 1, .tiers = tiers, .tier_count = count}, line);
}

/* ---- all of it ---- */

static void begin(struct taking *taking)
{
    const struct product_draft *draft = &taking->group->draft;
    taking->had = taking->group->whole ? &taking->group->whole->buying : &no_buying;
    taking->now = *taking->had;
    taking->variants =
        arena_alloc_many(ctx_of(taking)->arena, draft->variant_count + 1, sizeof *taking->variants);
    for (size_t i = 0; i < draft->variant_count; i++)
        taking->variants[i] =
            (struct variant){.sku = draft->variants[i].sku, .price = draft->variants[i].price};
}

err import_take_buying(struct import_run *run, struct import_group *group)
{
    struct taking taking = {.run = run, .group = group};
    begin(&taking);
    take_number(&taking, MEANING_MIN_QUANTITY, 1, &taking.now.min_quantity);
    take_number(&taking, MEANING_MAX_QUANTITY, 0, &taking.now.max_quantity);
    take_number(&taking, MEANING_PERSON_QUANTITY, 0, &taking.now.person_quantity);
    take_number(&taking, MEANING_PERSON_DAYS, 0, &taking.now.person_days);
    take_tiers(&taking);
    TRY(take_questions(&taking));
    if (group->outcome == IMPORT_REFUSED)
        return NULL;
    taking.fresh.min_quantity = taking.now.min_quantity;
    taking.fresh.max_quantity = taking.now.max_quantity;
    taking.fresh.person_quantity = taking.now.person_quantity;
    taking.fresh.person_days = taking.now.person_days;
    if (taking.is_changed || taking.fresh.question_count > QUESTION_LIMIT)
        check(&taking, &taking.fresh, NULL);
    if (taking.is_changed) {
        struct buying_terms *terms = arena_alloc(run->work.arena, sizeof *terms);
        *terms = taking.now;
        group->draft.buying = terms;
    }
    for (size_t i = 0; i < group->draft.variant_count; i++)
        if (group->variant_lines[i] && group->variant_lines[i]->cells[MEANING_VARIANT_PRICE_TIERS])
            take_own_tiers(&taking, &group->draft.variants[i], group->variant_lines[i]);
    return NULL;
}

/* ---- when it goes on and off the shelf by itself ---- */

/* "2026-12-01 10:00", also with slashes, with seconds, or a day alone, in the shop's time. */
static bool read_time(struct ctx *ctx, const char *text, int64_t *at)
{
    int year, month, day, hour = 0, minute = 0, second = 0, read = 0, more = 0;
    if (strlen(text) > TIME_BYTES || (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &read) < 3 &&
                                      sscanf(text, "%4d/%2d/%2d%n", &year, &month, &day, &read) < 3))
        return false;
    if (text[read] &&
        ((text[read] != ' ' && text[read] != 'T') ||
         sscanf(text + read + 1, "%2d:%2d%n:%2d%n", &hour, &minute, &more, &second, &more) < 2 ||
         text[read + 1 + more]))
        return false;
    const char *plain = arena_format(ctx->arena, "%04d-%02d-%02dT%02d:%02d", year, month, day, hour, minute);
    if (second > 59 || clock_parse_local(plain, ctx->shop->zone, at) == CLOCK_NO_TIME)
        return false;
    *at += second * SECOND_MS;
    return true;
}

static const char *time_text(struct ctx *ctx, int64_t at)
{
    return at ? clock_format(ctx->arena, at, ctx->shop->zone, "%Y-%m-%d %H:%M") : "";
}

static void take_time(struct import_run *run, struct import_group *group, enum import_meaning meaning,
                      int64_t *at, bool *is_changed)
{
    struct ctx *ctx = &run->work;
    const struct import_line *line = import_group_teller(run, group, meaning);
    int64_t told = 0;
    if (!line)
        return;
    if (line->cells[meaning][0] && !read_time(ctx, line->cells[meaning], &told)) {
        import_group_refuse(run, group, line, import_header_of(run, meaning), "not-a-time",
                            line->cells[meaning], "2026-12-01 10:00", "write a time like 2026-12-01 10:00");
        return;
    }
    if (text_is(time_text(ctx, told), time_text(ctx, *at)))
        return;
    import_group_change(run, group, meaning, "", time_text(ctx, *at), time_text(ctx, told));
    *at = told;
    *is_changed = true;
}

err import_take_schedule(struct import_run *run, struct import_group *group)
{
    struct product_schedule *schedule = arena_alloc(run->work.arena, sizeof *schedule);
    bool is_changed = false;
    if (group->whole)
        *schedule = group->whole->schedule;
    take_time(run, group, MEANING_PUBLISH_AT, &schedule->publish_at, &is_changed);
    take_time(run, group, MEANING_UNPUBLISH_AT, &schedule->unpublish_at, &is_changed);
    if (!is_changed || group->outcome == IMPORT_REFUSED)
        return NULL;
    group->draft.schedule = schedule;
    err failure = product_schedule_check(&run->work, schedule);
    if (!failure)
        return NULL;
    struct taking taking = {.run = run, .group = group};
    refuse_buying(&taking, NULL, failure);
    return NULL;
}
