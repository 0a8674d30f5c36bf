/* import_write.c - writing a batch: products, stock, what was found and how far the run is, in one
 * transaction. What somebody else changed at the same moment is looked at again; what only one product fails
 * by is refused for itself. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#include "base/clock.h"
#include "shop/digital/digital.h"

/* Tries of a batch whose products somebody else changed at the same time. */
#define TRIES 3
/* Rows after which the planner is shown for the first time what there is, and how many times more next time.
 */
#define FIRST_FIGURES 1000
#define FIGURES_GROWTH 16
/* What a commit costs is shared by this many rows at least, about. */
#define FEWEST_ROWS 40

struct writing {
    struct import_run *run;
    int64_t position;
    struct import_report report; /* as it is after this batch */
    int64_t took;                /* microseconds of SQLite's writer */
};

static void count_group(struct import_report *report, const struct import_group *group)
{
    int64_t rows = (int64_t)group->count;
    report->rows += rows;
    report->products[group->outcome]++;
    report->taken += group->outcome == IMPORT_NEW ? rows : 0;
    report->updated += group->outcome == IMPORT_CHANGED ? rows : 0;
    report->unchanged += group->outcome == IMPORT_UNCHANGED ? rows : 0;
    report->refused += group->outcome == IMPORT_REFUSED ? rows : 0;
    report->stock_changes += group->outcome == IMPORT_CHANGED ? (int64_t)group->stock_count : 0;
}

bool import_is_written(const struct import_group *group)
{
    return group->outcome == IMPORT_NEW || group->outcome == IMPORT_CHANGED;
}

static bool is_new_variant(const struct import_group *group, size_t index)
{
    for (size_t i = 0; group->whole && i < group->whole->variant_count; i++)
        if (group->whole->variants[i].id == group->draft.variants[index].id)
            return false;
    return true;
}

/* Of the new variants of all groups together: rows of one table stand together. */
static err write_first_stocks(struct ctx *ctx, const struct import_run *run)
{
    size_t most = 0, count = 0;
    for (size_t i = 0; i < run->group_count; i++)
        most += run->groups[i]->draft.variant_count;
    struct stock_beginning *beginnings = arena_alloc_many(ctx->arena, most + 1, sizeof *beginnings);
    for (size_t i = 0; i < run->group_count; i++) {
        const struct import_group *group = run->groups[i];
        for (size_t j = 0; import_is_written(group) && j < group->draft.variant_count; j++) {
            if (!is_new_variant(group, j))
                continue;
            beginnings[count++] =
                (struct stock_beginning){group->draft.variants[j].id, group->draft.id, group->initial[j]};
            if (group->draft.kind == PRODUCT_DIGITAL)
                TRY(code_deck_create(ctx, group->draft.variants[j].id, group->draft.id));
        }
    }
    return stock_create_many(ctx, beginnings, count);
}

static err write_stock_changes(struct ctx *ctx, const struct import_run *run,
                               const struct import_group *group)
{
    for (size_t i = 0; i < group->stock_count; i++) {
        const struct import_stock *stock = &group->stocks[i];
        int64_t variant_id = group->draft.variants[stock->variant].id;
        if (stock->is_set)
            TRY(stock_count(ctx, variant_id, group->product_id, stock->before + stock->difference,
                            stock->before, "import"));
        else
            TRY(stock_shift(ctx, variant_id, group->product_id, stock->difference, "import"));
        if (run->import_id)
            TRY(db_execute(
                ctx,
                "INSERT INTO import_stock_changes (shop_id, import_id, variant_id, product_id,"
                " difference) VALUES ($1, $2, $3, $4, $5)"
                " ON CONFLICT (shop_id, import_id, variant_id)"
                " DO UPDATE SET difference = import_stock_changes.difference + excluded.difference",
                db_int(ctx->shop->id), db_int(run->import_id), db_int(variant_id), db_int(group->product_id),
                db_int(stock->difference)));
    }
    return NULL;
}

/* Jobs fetch them; an address that was fetched before changes nothing. */
static err order_pictures(struct ctx *ctx, const struct import_run *run)
{
    struct picture_order *orders = arena_alloc_many(ctx->arena, run->group_count + 1, sizeof *orders);
    size_t count = 0;
    for (size_t i = 0; i < run->group_count; i++) {
        const struct import_group *group = run->groups[i];
        if (import_is_written(group) && group->picture_count > 0)
            orders[count++] = (struct picture_order){group->draft.id, group->pictures, group->picture_count,
                                                     group->picture_alts};
    }
    return product_pictures_fetch_later_many(ctx, orders, count);
}

static err write_products(struct ctx *ctx, struct import_run *run)
{
    struct product_saving *savings = arena_alloc_many(ctx->arena, run->group_count + 1, sizeof *savings);
    size_t count = 0;
    for (size_t i = 0; i < run->group_count; i++) {
        struct import_group *group = run->groups[i];
        if (group->outcome == IMPORT_NEW || (group->outcome == IMPORT_CHANGED && group->is_draft_changed))
            savings[count++] = (struct product_saving){&group->draft, group->whole};
    }
    if (count > 0 && !run->is_act_open)
        TRY(product_act_open(ctx, &(struct product_act){.id = run->act_id,
                                                        .kind = ACT_IMPORT,
                                                        .value = run->name ? run->name : ""}));
    if (count > 0)
        TRY(product_act_grow(ctx, run->act_id, (int64_t)count));
    TRY(product_save_many(ctx, run->attributes, run->attribute_count, savings, count, run->act_id));
    TRY(write_first_stocks(ctx, run));
    TRY(import_write_collections(ctx, run));
    TRY(import_write_freights(ctx, run));
    for (size_t i = 0; i < run->group_count; i++)
        if (import_is_written(run->groups[i]))
            TRY(write_stock_changes(ctx, run, run->groups[i]));
    TRY(order_pictures(ctx, run));
    TRY(import_write_looks(ctx, run));
    return run->files ? import_order_files(ctx, run) : NULL;
}

static bool writes_products(const struct import_run *run)
{
    for (size_t i = 0; i < run->group_count; i++)
        if (run->groups[i]->outcome == IMPORT_NEW ||
            (run->groups[i]->outcome == IMPORT_CHANGED && run->groups[i]->is_draft_changed))
            return true;
    return false;
}

static err write_batch(struct ctx *ctx, void *arg)
{
    struct writing *writing = arg;
    struct import_run *run = writing->run;
    int64_t began = clock_steady();
    if (!run->is_dry)
        TRY(write_products(ctx, run));
    if (run->import_id)
        TRY(import_store_batch(ctx, run, writing->position, &writing->report));
    writing->took = clock_steady() - began;
    return NULL;
}

/* As many rows as SQLite's writer took in the time of a part: whoever orders meanwhile waits for one part at
 * most. PostgreSQL writes for several at once. */
static void fit_batch(struct import_run *run, const struct writing *writing)
{
    size_t rows = run->line_count;
    if (!run->ctx->gives_way || run->is_dry || rows == 0 ||
        db_engine_of(db_session_db(run->ctx->db)) != DB_SQLITE)
        return;
    if (writing->took > JOB_PART_TIME)
        run->batch_rows = run->batch_rows / 2 < FEWEST_ROWS ? FEWEST_ROWS : run->batch_rows / 2;
    else if (writing->took < JOB_PART_TIME / 3 && rows >= run->batch_rows)
        run->batch_rows = run->batch_rows * 2 > IMPORT_BATCH_ROWS ? IMPORT_BATCH_ROWS : run->batch_rows * 2;
}

/* A failure outlives the batch in whose arena it was made. */
static err keep_failure(struct import_run *run, err failure)
{
    const char *detail = failure->problems ? failure->problems->message : failure->detail;
    return error_make(run->ctx->arena, failure->code, failure->file, failure->line, "%s", detail);
}

/* Plans and writes the groups that the run holds now. */
static err try_batch(struct import_run *run, int64_t position)
{
    struct writing writing = {.run = run, .position = position};
    TRY(import_plan(run));
    if (!run->is_dry && run->choices->is_whole && import_has_errors(run)) {
        run->is_stopped = true;
        return NULL;
    }
    writing.report = *run->report;
    for (size_t i = 0; i < run->group_count; i++)
        count_group(&writing.report, run->groups[i]);
    run->opens_act = !run->is_dry && writes_products(run);
    TRY(db_transact(&run->work, write_batch, &writing));
    fit_batch(run, &writing);
    run->is_act_open = run->is_act_open || run->opens_act;
    *run->report = writing.report;
    run->position = position;
    import_notes_keep(run);
    run->fresh_count = 0;
    return NULL;
}

/* A product that fails for a reason of its own is refused. */
static err refuse_group(struct import_run *run, struct import_group *group, int64_t position, err failure)
{
    const struct field_problem *problem = failure->problems;
    struct writing writing = {.run = run, .position = position};
    import_group_refuse(run, group, group->lines[0], problem ? problem->field : "",
                        problem ? problem->code : error_kind(failure->code)->slug, "", "",
                        problem ? problem->message : failure->detail);
    writing.report = *run->report;
    count_group(&writing.report, group);
    run->opens_act = false;
    TRY(db_transact(&run->work, write_batch, &writing));
    *run->report = writing.report;
    run->position = position;
    import_notes_keep(run);
    run->fresh_count = 0;
    return NULL;
}

/* The line before the first one that is still to be done. */
static int64_t done_until(struct import_group **groups, size_t count, int64_t position)
{
    for (size_t i = 0; i < count; i++)
        if (groups[i]->lines[0]->number <= position)
            position = groups[i]->lines[0]->number - 1;
    return position;
}

static err try_one_by_one(struct import_run *run, int64_t position)
{
    struct import_group **groups = run->groups;
    size_t count = run->group_count;
    for (size_t i = 0; i < count && !run->is_stopped; i++) {
        size_t noted = run->fresh_count;
        int64_t until = done_until(groups + i + 1, count - i - 1, position);
        run->groups = &groups[i];
        run->group_count = 1;
        until = until > run->position ? until : run->position;
        err failure = try_batch(run, until);
        if (failure && error_kind(failure->code)->status >= 500)
            return failure;
        run->group_count = 1;
        if (failure) {
            run->fresh_count = noted;
            TRY(refuse_group(run, groups[i], until, failure));
        }
    }
    return NULL;
}

/* Tables that fill many times over would be read by plans for empty ones until PostgreSQL looks at them by
 * itself, a minute later. */
static err show_figures(struct import_run *run)
{
    if (run->is_dry || run->report->rows < run->figures_at + FIRST_FIGURES)
        return NULL;
    run->figures_at = run->report->rows * FIGURES_GROWTH;
    return db_analyze(&run->work);
}

err import_batch_finish(struct import_run *run, int64_t position)
{
    int64_t began = clock_steady();
    size_t noted = run->fresh_count;
    err failure = NULL;
    for (int tries = 0; tries < TRIES; tries++) {
        run->fresh_count = noted;
        failure = try_batch(run, position);
        if (!failure || error_kind(failure->code)->status >= 500)
            break;
    }
    if (failure && error_kind(failure->code)->status < 500) {
        run->fresh_count = noted;
        failure = try_one_by_one(run, position);
    }
    if (!failure)
        failure = show_figures(run);
    job_rest(run->ctx, began);
    return failure ? keep_failure(run, failure) : NULL;
}
