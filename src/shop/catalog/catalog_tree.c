/* catalog_tree.c - how categories stand below each other: the order of the list, moving a branch, and its
 * products, which follow. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_tree.h"

#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog_shelf.h"

#define PATH_LIMIT 4096
/* A save that did not see the move yet has ended by then. */
#define SETTLE_PAUSE_MS (2 * SECOND_MS)

/* ---- reading the tree ---- */

const struct category *category_in(const struct category *categories, size_t count, int64_t category_id)
{
    for (size_t i = 0; i < count; i++)
        if (categories[i].id == category_id)
            return &categories[i];
    return NULL;
}

/* Puts those below a parent behind what is there, and those below each of them at once behind it: a walk
 * without recursion, by the path that led here. */
struct category *category_tree(struct ctx *ctx, const struct category *flat, size_t count)
{
    struct category *tree = arena_alloc_many(ctx->arena, count + 1, sizeof *tree);
    bool *is_taken = arena_alloc_many(ctx->arena, count + 1, sizeof *is_taken);
    bool *is_root = arena_alloc_many(ctx->arena, count + 1, sizeof *is_root);
    int64_t path[CATEGORY_DEPTH_LIMIT + 1] = {0};
    size_t taken = 0, depth = 0;
    for (size_t i = 0; i < count; i++)
        is_root[i] = !category_in(flat, count, flat[i].parent_id);
    while (taken < count) {
        size_t next = count;
        for (size_t i = 0; i < count && next == count; i++)
            if (!is_taken[i] && (depth == 0 ? is_root[i] : flat[i].parent_id == path[depth]))
                next = i;
        if (next == count && depth == 0)
            break;
        if (next == count) {
            depth--;
            continue;
        }
        is_taken[next] = true;
        tree[taken] = flat[next];
        tree[taken++].depth = (int64_t)depth + 1;
        if (depth < CATEGORY_DEPTH_LIMIT)
            path[++depth] = flat[next].id;
    }
    for (size_t i = 0; i < count && taken < count; i++)
        if (!is_taken[i])
            tree[taken++] = flat[i];
    return tree;
}

size_t category_trail(const struct category *categories, size_t count, int64_t category_id,
                      const struct category *trail[CATEGORY_DEPTH_LIMIT])
{
    const struct category *up[CATEGORY_DEPTH_LIMIT];
    size_t length = 0;
    const struct category *at = category_in(categories, count, category_id);
    for (; at && length < CATEGORY_DEPTH_LIMIT; at = category_in(categories, count, at->parent_id))
        up[length++] = at;
    for (size_t i = 0; i < length; i++)
        trail[i] = up[length - 1 - i];
    return length;
}

const char *category_path(struct ctx *ctx, const struct category *categories, size_t count,
                          int64_t category_id)
{
    const struct category *trail[CATEGORY_DEPTH_LIMIT];
    size_t length = category_trail(categories, count, category_id, trail);
    struct text_buf path;
    text_open(&path, ctx->arena, PATH_LIMIT);
    for (size_t i = 0; i < length; i++)
        text_add_format(&path, "%s%s", i > 0 ? " › " : "", category_name(ctx, trail[i]));
    return text_of(&path);
}

/* ---- changing it ---- */

err category_tree_lock(struct ctx *ctx)
{
    return db_execute(ctx, "UPDATE categories SET position = position WHERE shop_id = $1",
                      db_int(ctx->shop->id));
}

/* How many levels stand from here down, this one among them. */
static int64_t height_of(const struct category *categories, size_t count, int64_t category_id)
{
    const struct category *top = category_in(categories, count, category_id);
    int64_t deepest = top ? top->depth : 1;
    const struct category *trail[CATEGORY_DEPTH_LIMIT];
    for (size_t i = 0; top && i < count; i++) {
        size_t length = category_trail(categories, count, categories[i].id, trail);
        for (size_t j = 0; j < length; j++)
            if (trail[j] == top && categories[i].depth > deepest)
                deepest = categories[i].depth;
    }
    return top ? deepest - top->depth + 1 : 1;
}

err category_parent_check(struct ctx *ctx, int64_t category_id, int64_t parent_id)
{
    struct category *categories;
    const struct category *trail[CATEGORY_DEPTH_LIMIT];
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    if (count >= CATEGORY_LIMIT && !category_in(categories, count, category_id))
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d categories", CATEGORY_LIMIT);
    if (parent_id == 0)
        return NULL;
    size_t depth = category_trail(categories, count, parent_id, trail);
    if (depth == 0)
        return fail_field(ctx, "parent", "unknown-choice", "there is no such category");
    for (size_t i = 0; i < depth; i++)
        if (trail[i]->id == category_id)
            return fail_field(ctx, "parent", "below-itself", "a category cannot stand below itself");
    if ((int64_t)depth + height_of(categories, count, category_id) > CATEGORY_DEPTH_LIMIT)
        return fail_field(ctx, "parent", "too-deep", "at most 6 levels");
    return NULL;
}

/* The branch below a category, which is there with itself alone or whole, stands below `parent_id` too. */
static err join_ancestors(struct ctx *ctx, int64_t category_id, int64_t parent_id)
{
    return db_execute(ctx,
                      "INSERT INTO category_ancestors (shop_id, category_id, ancestor_id)"
                      " SELECT b.shop_id, b.category_id, a.ancestor_id FROM category_ancestors b"
                      " JOIN category_ancestors a ON a.shop_id = b.shop_id AND a.category_id = $3"
                      " WHERE b.shop_id = $1 AND b.ancestor_id = $2",
                      db_int(ctx->shop->id), db_int(category_id), db_int(parent_id));
}

err category_ancestors_write(struct ctx *ctx, int64_t category_id, int64_t parent_id)
{
    TRY(db_execute(ctx,
                   "INSERT INTO category_ancestors (shop_id, category_id, ancestor_id) VALUES ($1, $2, $2)",
                   db_int(ctx->shop->id), db_int(category_id)));
    return join_ancestors(ctx, category_id, parent_id);
}

static err leave_ancestors(struct ctx *ctx, int64_t category_id)
{
    return db_execute(
        ctx,
        "DELETE FROM category_ancestors WHERE shop_id = $1 AND category_id IN"
        " (SELECT b.category_id FROM category_ancestors b WHERE b.shop_id = $1 AND b.ancestor_id = $2)"
        " AND ancestor_id NOT IN"
        " (SELECT b.category_id FROM category_ancestors b WHERE b.shop_id = $1 AND b.ancestor_id = $2)",
        db_int(ctx->shop->id), db_int(category_id));
}

struct move {
    int64_t category_id;
    int64_t parent_id;
    int64_t before_id;
    int64_t step; /* instead of parent and before: -1 or 1 */
};

/* Siblings in their new order, numbered from 1. */
static err number_siblings(struct ctx *ctx, const struct move *move, const struct category *categories,
                           size_t count)
{
    int64_t *order = arena_alloc_many(ctx->arena, count + 1, sizeof *order);
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        if (categories[i].id == move->category_id || categories[i].parent_id != move->parent_id)
            continue;
        if (categories[i].id == move->before_id)
            order[length++] = move->category_id;
        order[length++] = categories[i].id;
    }
    bool is_placed = false;
    for (size_t i = 0; i < length; i++)
        is_placed = is_placed || order[i] == move->category_id;
    if (!is_placed)
        order[length++] = move->category_id;
    for (size_t i = 0; i < length; i++) {
        const struct category *one = category_in(categories, count, order[i]);
        if (one->position != (int64_t)i + 1)
            TRY(db_execute(ctx, "UPDATE categories SET position = $3 WHERE shop_id = $1 AND id = $2",
                           db_int(ctx->shop->id), db_int(one->id), db_int((int64_t)i + 1)));
    }
    return NULL;
}

/* A step is a move among the same siblings. */
static void resolve_step(struct move *move, const struct category *categories, size_t count,
                         const struct category *moved)
{
    int64_t before = 0, last = 0;
    bool is_behind = false;
    int behind = 0;
    move->parent_id = moved->parent_id;
    for (size_t i = 0; i < count; i++) {
        if (categories[i].parent_id != moved->parent_id)
            continue;
        if (categories[i].id == moved->id)
            before = move->step < 0 ? last ? last : moved->id : 0;
        else if (is_behind && move->step > 0 && ++behind == 2)
            before = categories[i].id;
        is_behind = is_behind || categories[i].id == moved->id;
        last = categories[i].id;
    }
    move->before_id = before;
}

/* The first of its products at once, which are all of them in most shops; the job does the rest, and those
 * that somebody saved meanwhile. */
static err settle_branch(struct ctx *ctx, int64_t category_id)
{
    int64_t ids[SHELF_CHUNK];
    size_t count;
    TRY(shelf_next_products(ctx, category_id, 0, ids, &count));
    TRY(shelf_settle_locked(ctx, ids, count));
    return job_schedule(ctx, CATEGORY_SETTLE_JOB, category_id,
                        count == SHELF_CHUNK ? ctx->now : ctx->now + SETTLE_PAUSE_MS,
                        value_object(ctx->arena));
}

static err move_in_transaction(struct ctx *ctx, void *arg)
{
    struct move move = *(const struct move *)arg;
    struct category *categories;
    size_t count;
    TRY(category_tree_lock(ctx));
    TRY(category_list(ctx, &categories, &count));
    const struct category *moved = category_in(categories, count, move.category_id);
    if (!moved)
        return fail_with(ctx, ERR_NOT_FOUND, "no such category");
    if (move.step != 0)
        resolve_step(&move, categories, count, moved);
    if (move.parent_id == move.category_id)
        return fail_field(ctx, "parent", "below-itself", "a category cannot stand below itself");
    TRY(category_parent_check(ctx, move.category_id, move.parent_id));
    if (move.before_id != move.category_id)
        TRY(number_siblings(ctx, &move, categories, count));
    if (moved->parent_id != move.parent_id) {
        TRY(db_execute(ctx, "UPDATE categories SET parent_id = $3 WHERE shop_id = $1 AND id = $2",
                       db_int(ctx->shop->id), db_int(moved->id), db_id(move.parent_id)));
        TRY(leave_ancestors(ctx, moved->id));
        TRY(join_ancestors(ctx, moved->id, move.parent_id));
        TRY(settle_branch(ctx, moved->id));
    }
    return outbox_emit(ctx, "category.changed", moved->id, value_object(ctx->arena));
}

err category_move(struct ctx *ctx, int64_t category_id, int64_t parent_id, int64_t before_id)
{
    return db_transact(
        ctx, move_in_transaction,
        &(struct move){.category_id = category_id, .parent_id = parent_id, .before_id = before_id});
}

err category_step(struct ctx *ctx, int64_t category_id, int64_t by)
{
    return db_transact(ctx, move_in_transaction,
                       &(struct move){.category_id = category_id, .step = by < 0 ? -1 : 1});
}

/* ---- the products of a branch follow ---- */

struct batch {
    int64_t ids[SHELF_CHUNK];
    size_t count;
};

static err settle_batch(struct ctx *ctx, void *arg)
{
    const struct batch *batch = arg;
    return shelf_settle_locked(ctx, batch->ids, batch->count);
}

static err emit_settled(struct ctx *ctx, void *arg)
{
    const int64_t *category_id = arg;
    return outbox_emit(ctx, "category.changed", *category_id, value_object(ctx->arena));
}

static err settle_shelf(struct ctx *work, int64_t category_id)
{
    struct batch batch = {0};
    int64_t after = 0;
    do {
        int64_t began = clock_steady();
        arena_reset(work->arena);
        TRY(shelf_next_products(work, category_id, after, batch.ids, &batch.count));
        if (batch.count == 0)
            break;
        TRY(db_transact(work, settle_batch, &batch));
        after = batch.ids[batch.count - 1];
        job_rest(work, began);
    } while (batch.count == SHELF_CHUNK);
    return NULL;
}

/* What one chunk needed is forgotten before the next: a branch has any number of products. */
err category_run_settle(struct ctx *ctx, const struct job *job, void *owner)
{
    struct ctx work = *ctx;
    (void)owner;
    work.arena = arena_open(ARENA_LIMIT);
    err failure = settle_shelf(&work, job->subject_id);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure ? failure : db_transact(ctx, emit_settled, &(int64_t){job->subject_id});
}
