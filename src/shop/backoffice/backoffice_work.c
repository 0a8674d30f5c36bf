/* backoffice_work.c - works of the back office: acts over products, tags with many products, orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_work.h"

#include "base/text.h"
#include "shop/checkout/checkout.h"
#include "shop/notify/notify.h"
#include "shop/order/order.h"
#include <inttypes.h>

/* Orders of one part: each may ask a gateway. */
#define ORDERS_A_PART 10
#define MESSAGES_A_PART 50

static int64_t find_id(const struct value *payload, const char *name)
{
    const char *text = value_find_text(payload, name);
    int64_t found = 0;
    return text && text_to_int(text, &found) ? found : 0;
}

/* ---- acts over products ---- */

struct opening {
    struct work *work;
    struct product_act *act;
    const int64_t *ids;
    size_t count;
};

static err open_act(struct ctx *ctx, void *arg)
{
    struct opening *opening = arg;
    struct product_act *act = opening->act;
    struct value *payload = value_object(ctx->arena);
    TRY(product_act_open(ctx, act));
    value_set_int(ctx->arena, payload, "kind", act->kind);
    value_set_text(ctx->arena, payload, "value", act->value);
    value_set_id(ctx->arena, payload, "act", act->id);
    *opening->work = (struct work){.kind = WORK_PRODUCTS,
                                   .subject_id = act->id,
                                   .title = act->value,
                                   .payload = payload,
                                   .url = arena_format(ctx->arena, "products?act=%" PRId64, act->id)};
    return work_open(ctx, opening->work, opening->ids, opening->count, PRODUCT_CHUNK);
}

static int by_id(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

err act_do_or_open(struct ctx *ctx, struct product_act *act, const int64_t *product_ids, size_t count,
                   struct work *work)
{
    *work = (struct work){0};
    TRY(product_act_check(ctx, act, count));
    if (count <= WORK_AT_ONCE)
        return product_act_do(ctx, act, product_ids, count);
    int64_t *ids = arena_alloc_many(ctx->arena, count, sizeof *ids);
    memcpy(ids, product_ids, count * sizeof *ids);
    qsort(ids, count, sizeof *ids, by_id); /* works over the same products do not wait for each other */
    act->id = id_new(ctx);
    return db_transact(ctx, open_act, &(struct opening){work, act, ids, count});
}

static err do_products(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    const struct value *payload = work->payload;
    struct product_act act = {.id = find_id(payload, "act"),
                              .kind = (enum act_kind)value_find_int(payload, "kind", 0),
                              .value = value_find_text(payload, "value")};
    return product_act_part(ctx, &act, part->ids, part->count, &part->changed);
}

static err open_undo(struct ctx *ctx, void *arg)
{
    struct opening *opening = arg;
    return work_open(ctx, opening->work, opening->ids, opening->count, PRODUCT_CHUNK);
}

err act_undo_or_open(struct ctx *ctx, int64_t act_id, int64_t *undone, struct work *work)
{
    int64_t *ids;
    size_t count;
    bool is_running;
    struct product_act act;
    *work = (struct work){0};
    *undone = 0;
    TRY(work_is_running(ctx, WORK_PRODUCTS, WORK_PRODUCTS_UNDO, act_id, &is_running));
    if (is_running)
        return fail_with(ctx, ERR_CONFLICT, "the act is still under way; stop it first");
    TRY(product_act_load(ctx, act_id, &act));
    TRY(product_act_ids(ctx, act_id, &ids, &count));
    if (count <= WORK_AT_ONCE)
        return product_act_undo(ctx, act_id, undone);
    *work = (struct work){
        .kind = WORK_PRODUCTS_UNDO, .subject_id = act_id, .title = act.value, .url = "products/acts"};
    return db_transact(ctx, open_undo, &(struct opening){.work = work, .ids = ids, .count = count});
}

static err undo_products(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    return product_act_undo_ids(ctx, work->subject_id, part->ids, part->count, &part->changed);
}

static err end_undo(struct ctx *ctx, const struct work *work)
{
    return product_act_mark_undone(ctx, work->subject_id);
}

/* ---- tags ---- */

static err open_tag(struct ctx *ctx, void *arg)
{
    struct work *work = arg;
    return work_open(ctx, work, NULL, 0, PRODUCT_CHUNK);
}

err tag_rename_or_open(struct ctx *ctx, int64_t tag_id, const char *name, bool *is_merged, struct work *work)
{
    int64_t other_id, count;
    *work = (struct work){0};
    TRY(tag_find(ctx, text_trim(ctx->arena, name), &other_id));
    TRY(tag_count(ctx, tag_id, &count));
    if (!other_id || other_id == tag_id || count <= WORK_AT_ONCE)
        return tag_rename(ctx, tag_id, name, is_merged);
    struct value *payload = value_object(ctx->arena);
    value_set_id(ctx->arena, payload, "into", other_id);
    *is_merged = true;
    *work = (struct work){.kind = WORK_TAG_MERGE,
                          .subject_id = tag_id,
                          .title = text_trim(ctx->arena, name),
                          .total = count,
                          .payload = payload,
                          .url = "tags"};
    return db_transact(ctx, open_tag, work);
}

err tag_remove_or_open(struct ctx *ctx, int64_t tag_id, struct work *work)
{
    int64_t count;
    const char *name;
    *work = (struct work){0};
    TRY(tag_load_name(ctx, tag_id, &name));
    TRY(tag_count(ctx, tag_id, &count));
    if (count <= WORK_AT_ONCE)
        return tag_trash(ctx, tag_id);
    *work = (struct work){
        .kind = WORK_TAG_REMOVE, .subject_id = tag_id, .title = name, .total = count, .url = "tags"};
    return db_transact(ctx, open_tag, work);
}

static err move_tag(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    struct tag_moving moving = {.from_id = work->subject_id, .into_id = find_id(work->payload, "into")};
    TRY(tag_move_part(ctx, &moving));
    part->done = part->changed = moving.moved;
    part->is_last = moving.is_finished;
    return NULL;
}

/* ---- orders ---- */

static err open_orders(struct ctx *ctx, void *arg)
{
    struct opening *opening = arg;
    return work_open(ctx, opening->work, opening->ids, opening->count, ORDERS_A_PART);
}

err orders_cancel_open(struct ctx *ctx, const int64_t *order_ids, size_t count, struct work *work)
{
    *work = (struct work){.kind = WORK_ORDERS_CANCEL, .url = "orders?stage=closed"};
    return db_transact(ctx, open_orders, &(struct opening){.work = work, .ids = order_ids, .count = count});
}

/* Money that came meanwhile is not sent back by this; an order that cannot be cancelled any more is left. */
static err cancel_orders(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    struct order *orders;
    size_t count;
    (void)work;
    TRY(order_list_many(ctx, part->ids, part->count, &orders, &count));
    for (size_t i = 0; i < count; i++) {
        if (!order_may(orders[i].state, "cancelled"))
            continue;
        err failure = order_close_unpaid(ctx, orders[i].id, "cancelled", "");
        if (failure && error_kind(failure->code)->status >= 500)
            return failure;
    }
    TRY(order_list_many(ctx, part->ids, part->count, &orders, &count));
    for (size_t i = 0; i < count; i++)
        part->changed += orders[i].state.order == ORDER_CLOSED;
    part->failed = (int64_t)part->count - part->changed;
    return NULL;
}

/* ---- messages ---- */

/* One that is gone by now, or arrived under this key, counts as not sent. */
static err send_again(struct ctx *ctx, const int64_t *ids, size_t count, const char *key, int64_t *sent)
{
    *sent = 0;
    for (size_t i = 0; i < count; i++) {
        err failure = message_again(ctx, ids[i], key);
        if (failure && failure->code != ERR_NOT_FOUND)
            return failure;
        *sent += failure == NULL;
    }
    return NULL;
}

static err open_messages(struct ctx *ctx, void *arg)
{
    struct opening *opening = arg;
    return work_open(ctx, opening->work, opening->ids, opening->count, MESSAGES_A_PART);
}

err messages_again_or_open(struct ctx *ctx, const int64_t *message_ids, size_t count, const char *key,
                           int64_t *sent, struct work *work)
{
    struct opening opening = {.work = work, .ids = message_ids, .count = count};
    *work = (struct work){0};
    if (count <= WORK_MESSAGES_AT_ONCE)
        return send_again(ctx, message_ids, count, key, sent);
    struct value *payload = value_object(ctx->arena);
    value_set_text(ctx->arena, payload, "key", key);
    *work = (struct work){.kind = WORK_MESSAGES, .payload = payload, .url = "messages?state=queued"};
    return db_transact(ctx, open_messages, &opening);
}

static err do_messages(struct ctx *ctx, const struct work *work, struct work_part *part)
{
    TRY(send_again(ctx, part->ids, part->count, value_find_text(work->payload, "key"), &part->changed));
    part->failed = (int64_t)part->count - part->changed;
    return NULL;
}

/* ---- the jobs ---- */

static const struct work_doer products_doer = {.step = do_products};
static const struct work_doer undo_doer = {.step = undo_products, .finish = end_undo};
static const struct work_doer tag_doer = {.step = move_tag};
static const struct work_doer orders_doer = {.step = cancel_orders, .is_outside = true};
static const struct work_doer messages_doer = {.step = do_messages, .is_outside = true};
static const struct work_doer pictures_doer = {
    .step = pictures_zip_step, .finish = pictures_zip_end, .is_outside = true};

static err run(struct ctx *ctx, const struct job *job, void *owner)
{
    static const struct {
        const char *kind;
        const struct work_doer *doer;
    } doers[] = {{WORK_PRODUCTS, &products_doer},    {WORK_PRODUCTS_UNDO, &undo_doer},
                 {WORK_TAG_MERGE, &tag_doer},        {WORK_TAG_REMOVE, &tag_doer},
                 {WORK_ORDERS_CANCEL, &orders_doer}, {WORK_PICTURES, &pictures_doer},
                 {WORK_MESSAGES, &messages_doer}};
    (void)owner;
    for (size_t i = 0; i < sizeof doers / sizeof *doers; i++)
        if (text_is(doers[i].kind, job->kind))
            return work_go_on(ctx, job, doers[i].doer);
    bug("nobody does work of this kind");
}

const struct job_kind backoffice_job_kinds[] = {
    {WORK_PRODUCTS, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_PRODUCTS_UNDO, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_TAG_MERGE, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_TAG_REMOVE, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_ORDERS_CANCEL, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_PICTURES, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_MESSAGES, run, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {WORK_FILE_FORGET, work_file_forget, WORK_ATTEMPTS, WORK_PAUSE_MS},
    {0},
};
