/* rule_settle.c - keeping what rules decide: by events, by days that pass, and for a new rule by a job. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "shop/order/order.h"
#include "shop/rule/rule_find.h"
#include "shop/rule/rule_jobs.h"
#include "shop/rule/rule_stock.h"
#include <inttypes.h>

#define ATTEMPTS 20
/* Collections that a chunk of products is in, all together. */
#define PLACE_LIMIT ((size_t)PRODUCT_CHUNK * COLLECTION_LIMIT)

/* A check at another moment than the job's would find what is not wrong. */
#define TIME_FIELDS (1u << RULE_AGE | 1u << RULE_CHANGED | RULE_STRUCK_FIELDS)

/* Every rule of the shop. */
struct book {
    struct collection *collections; /* the smart ones */
    struct rule *rules;
    size_t count;
    struct stock_book stock;
};

static err open_book(struct ctx *ctx, struct book *book)
{
    size_t count;
    struct stock_book_question question;
    TRY(stock_book_ask(ctx, &question));
    TRY(collection_list(ctx, &book->collections, &count));
    book->rules = arena_alloc_many(ctx->arena, count + 1, sizeof *book->rules);
    book->count = 0;
    for (size_t i = 0; i < count; i++) {
        struct collection *one = &book->collections[i];
        if (!one->is_smart)
            continue;
        TRY(rule_read(ctx, one->rule, &book->rules[book->count]));
        TRY(rule_rename_tags(ctx, &book->rules[book->count], one->rule_at));
        book->collections[book->count++] = *one;
    }
    return stock_book_take(ctx, &question, &book->stock);
}

/* What any of the rules asks for. */
static unsigned book_asks(const struct book *book)
{
    unsigned fields = 0;
    for (size_t i = 0; i < book->count; i++)
        fields |= rule_asks(&book->rules[i]);
    for (size_t i = 0; i < book->stock.count; i++)
        fields |= rule_asks(&book->stock.parsed[i]);
    return fields;
}

static bool is_placed(const struct collection_place *places, size_t count, int64_t product_id,
                      int64_t collection_id)
{
    for (size_t i = 0; i < count; i++)
        if (places[i].product_id == product_id && places[i].collection_id == collection_id)
            return true;
    return false;
}

static err settle_collection(struct ctx *ctx, const struct collection *collection, const struct rule *rule,
                             const struct rule_facts *facts, size_t have,
                             const struct collection_place *places, size_t place_count)
{
    int64_t in[PRODUCT_CHUNK], out[PRODUCT_CHUNK];
    size_t in_count = 0, out_count = 0;
    for (size_t i = 0; i < have; i++) {
        int64_t product_id = facts[i].product->product_id;
        bool fits = rule_fits(rule, &facts[i], ctx->now);
        bool is_there = is_placed(places, place_count, product_id, collection->id);
        if (fits && !is_there)
            in[in_count++] = product_id;
        if (!fits && is_there)
            out[out_count++] = product_id;
    }
    if (in_count + out_count == 0)
        return NULL;
    if (in_count > 0)
        TRY(collection_put(ctx, collection->id, in, in_count));
    if (out_count > 0)
        TRY(collection_take(ctx, collection->id, out, out_count));
    return collection_emit_changed(ctx, collection->id);
}

/* The next moment at which time alone may change something for a product. */
static err keep_clock(struct ctx *ctx, const struct book *book, const struct rule_facts *facts)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < book->count + book->stock.count; i++) {
        const struct rule *rule = i < book->count ? &book->rules[i] : &book->stock.parsed[i - book->count];
        int64_t at = rule_next_change(rule, facts, ctx->now);
        next = at < next ? at : next;
    }
    if (next == INT64_MAX)
        return NULL;
    return job_schedule(ctx, RULE_CLOCK_JOB, facts->product->product_id, next, value_object(ctx->arena));
}

static bool decides_nothing(const struct book *book)
{
    return book->count == 0 && book->stock.count == 0 && !book->stock.has_absent;
}

static err settle_with(struct ctx *ctx, const struct book *book, const int64_t *product_ids, size_t count)
{
    struct rule_facts facts[PRODUCT_CHUNK];
    size_t have, place_count, most = count * COLLECTION_LIMIT;
    if (decides_nothing(book))
        return NULL;
    struct collection_place *places = arena_alloc_many(ctx->arena, most + 1, sizeof *places);
    TRY(product_lock_many(ctx, product_ids, count));
    TRY(rule_facts_load(ctx, book_asks(book), product_ids, count, facts, &have));
    TRY(collection_places_load(ctx, product_ids, count, places, &place_count, most));
    for (size_t i = 0; i < book->count; i++)
        TRY(settle_collection(ctx, &book->collections[i], &book->rules[i], facts, have, places, place_count));
    for (size_t i = 0; i < have; i++)
        TRY(keep_clock(ctx, book, &facts[i]));
    return stock_book_apply(ctx, &book->stock, facts, have);
}

err rule_settle(struct ctx *ctx, const int64_t *product_ids, size_t count)
{
    struct book book;
    TRY(open_book(ctx, &book));
    return settle_with(ctx, &book, product_ids, count);
}

/* ---- events ---- */

static err hear_product(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)owner;
    return rule_settle(ctx, &event->aggregate_id, 1);
}

static bool asks_for(const struct rule *rule, unsigned fields)
{
    return (rule_asks(rule) & fields) != 0;
}

/* What all products say of themselves may have changed: rules that ask for it look at all of them again. */
static err look_again(struct ctx *ctx, unsigned fields)
{
    struct book book;
    TRY(open_book(ctx, &book));
    for (size_t i = 0; i < book.count; i++)
        if (asks_for(&book.rules[i], fields))
            TRY(job_schedule(ctx, RULE_SETTLE_JOB, book.collections[i].id, ctx->now,
                             value_object(ctx->arena)));
    return NULL;
}

static err hear_tag(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)event;
    (void)owner;
    return look_again(ctx, 1u << RULE_TAG);
}

static err hear_category(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)event;
    (void)owner;
    return look_again(ctx, 1u << RULE_CATEGORY | 1u << RULE_ATTRIBUTE);
}

/* Deals were told first (web_events.c), so the sales of the products are right already. The lines of an order
 * are read only for shops whose rules decide something. */
static err hear_sale(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    struct book book;
    struct order_line *lines;
    size_t line_count;
    (void)owner;
    TRY(open_book(ctx, &book));
    if (decides_nothing(&book))
        return NULL;
    TRY(order_line_list(ctx, event->aggregate_id, &lines, &line_count));
    for (size_t i = 0; i < line_count; i += PRODUCT_CHUNK) {
        int64_t ids[PRODUCT_CHUNK];
        size_t count = 0;
        while (count < PRODUCT_CHUNK && i + count < line_count) {
            ids[count] = lines[i + count].product_id;
            count++;
        }
        TRY(settle_with(ctx, &book, ids, count));
    }
    return NULL;
}

const struct listener rule_listeners[] = {
    {"product.", hear_product},
    {"tag.", hear_tag},
    {"category.changed", hear_category},
    {"order.paid", hear_sale},
    {"order.reopened", hear_sale},
    {"order.refunded", hear_sale},
    {"order.refunded_unshipped", hear_sale},
    {"order.cancelled_paid", hear_sale},
    {"order.group_failed", hear_sale},
    {"order.group_left", hear_sale},
    {0},
};

/* ---- jobs ---- */

struct batch {
    int64_t collection_id; /* 0 = only what happens without stock */
    int64_t ids[PRODUCT_CHUNK];
    size_t count;
    int64_t seen; /* with these; -1 = all */
};

static err settle_batch(struct ctx *ctx, void *arg)
{
    const struct batch *batch = arg;
    TRY(rule_settle(ctx, batch->ids, batch->count));
    return batch->collection_id ? collection_mark_seen(ctx, batch->collection_id, batch->seen) : NULL;
}

static err settle_all(struct ctx *work, int64_t collection_id)
{
    struct batch batch = {.collection_id = collection_id};
    int64_t after = 0;
    do {
        int64_t began = clock_steady();
        arena_reset(work->arena);
        TRY(shelf_next_products(work, 0, after, batch.ids, &batch.count));
        batch.seen = batch.count < PRODUCT_CHUNK ? -1 : batch.seen + (int64_t)batch.count;
        TRY(db_transact(work, settle_batch, &batch));
        after = batch.count > 0 ? batch.ids[batch.count - 1] : after;
        job_rest(work, began);
    } while (batch.count == PRODUCT_CHUNK);
    return NULL;
}

static err fill(struct ctx *ctx, int64_t collection_id)
{
    struct ctx work = *ctx;
    work.arena = arena_open(RULE_ARENA_LIMIT);
    err failure = settle_all(&work, collection_id);
    if (failure)
        failure = error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", failure->detail);
    arena_close(work.arena);
    return failure;
}

static err run_settle(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    return fill(ctx, job->subject_id);
}

static err settle_product(struct ctx *ctx, void *arg)
{
    const int64_t *product_id = arg;
    return rule_settle(ctx, product_id, 1);
}

static err run_clock(struct ctx *ctx, const struct job *job, void *owner)
{
    (void)owner;
    return db_transact(ctx, settle_product, &(int64_t){job->subject_id});
}

const struct job_kind rule_job_kinds[] = {
    {RULE_SETTLE_JOB, run_settle, ATTEMPTS, SECOND_MS},
    {RULE_CLOCK_JOB, run_clock, ATTEMPTS, SECOND_MS},
    {0},
};

/* ---- saving ---- */

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct collection *collection = arg;
    int64_t before = collection->id;
    if (before == 0)
        TRY(collection_create(ctx, collection));
    else
        TRY(collection_change(ctx, collection));
    return job_schedule(ctx, RULE_SETTLE_JOB, collection->id, ctx->now, value_object(ctx->arena));
}

err rule_save_collection(struct ctx *ctx, struct collection *collection, const struct rule *rule)
{
    struct rule settled = *rule;
    struct collection copy = *collection;
    TRY(rule_settle_words(ctx, &settled));
    if (settled.count == 0)
        return fail_field(ctx, "conditions.0.value", "required", "a rule has at least one condition");
    TRY(rule_write(ctx, &settled, &copy.rule));
    copy.is_smart = true;
    TRY(db_transact(ctx, save_in_transaction, &copy));
    *collection = copy;
    return NULL;
}

err rule_fill_later(struct ctx *ctx, int64_t collection_id)
{
    return job_schedule(ctx, RULE_SETTLE_JOB, collection_id, ctx->now, value_object(ctx->arena));
}

static err cancel_job(struct ctx *ctx, void *arg)
{
    const int64_t *collection_id = arg;
    return job_cancel(ctx, RULE_SETTLE_JOB, *collection_id);
}

err rule_fill_now(struct ctx *ctx, int64_t collection_id)
{
    TRY(fill(ctx, collection_id));
    return db_transact(ctx, cancel_job, &collection_id);
}

/* ---- the check ---- */

static void compare(struct ctx *ctx, const struct book *book, const struct rule_facts *facts,
                    const struct collection_place *places, size_t place_count,
                    void (*report)(void *arg, const char *problem), void *arg)
{
    for (size_t i = 0; i < book->count; i++) {
        int64_t product_id = facts->product->product_id;
        bool fits = rule_fits(&book->rules[i], facts, ctx->now);
        if (book->collections[i].seen_count >= 0 || asks_for(&book->rules[i], TIME_FIELDS) ||
            fits == is_placed(places, place_count, product_id, book->collections[i].id))
            continue;
        report(arg, arena_format(ctx->arena, "product %" PRId64 " %s collection %s", product_id,
                                 fits ? "is missing in" : "should not be in", book->collections[i].handle));
    }
}

err rule_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct book book;
    int64_t ids[PRODUCT_CHUNK], after = 0;
    struct rule_facts facts[PRODUCT_CHUNK];
    size_t count, have, place_count, most = PLACE_LIMIT;
    int64_t events, jobs;
    TRY(open_book(ctx, &book));
    TRY(job_backlog(ctx, &events, &jobs));
    if (book.count == 0 || events > 0)
        return NULL;
    struct collection_place *places = arena_alloc_many(ctx->arena, most, sizeof *places);
    do {
        TRY(shelf_next_products(ctx, 0, after, ids, &count));
        TRY(rule_facts_load(ctx, book_asks(&book), ids, count, facts, &have));
        TRY(collection_places_load(ctx, ids, count, places, &place_count, most));
        for (size_t i = 0; i < have; i++)
            compare(ctx, &book, &facts[i], places, place_count, report, arg);
        after = count > 0 ? ids[count - 1] : after;
    } while (count == PRODUCT_CHUNK);
    return NULL;
}
