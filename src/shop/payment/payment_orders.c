/* payment_orders.c - orders by the gateway that they were paid through. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/payment/payment_orders.h"

#include "base/id.h"
#include "base/text.h"

/* Orders by id: [from, to), read upwards or downwards. */
struct range {
    int64_t from;
    int64_t to;
    bool is_up;
};

/* A cursor is TOTAL.ID of the last order, as order_cursor makes it. */
static err read_range(struct ctx *ctx, const struct order_query *query, struct range *range)
{
    int64_t id;
    *range = (struct range){.from = query->since ? id_floor(query->since) : 0,
                            .to = query->until ? id_floor(query->until) : INT64_MAX,
                            .is_up = query->sort == ORDER_WAITING};
    if (!query->cursor || !query->cursor[0])
        return NULL;
    const char *dot = strchr(query->cursor, '.');
    if (!dot || !text_to_int(dot + 1, &id) || id < 0 || id == INT64_MAX)
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    if (range->is_up && id >= range->from)
        range->from = id + 1;
    if (!range->is_up && id < range->to)
        range->to = id;
    return NULL;
}

/* ---- a gateway that told us little: all that it told ---- */

static err has_few_facts(struct ctx *ctx, const char *gateway, bool *is_few)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM (SELECT 1 FROM payment_facts WHERE shop_id = $1 AND gateway = $2"
                 " LIMIT $3) f",
                 db_int(ctx->shop->id), db_text(gateway), db_int(PAYMENT_FEW + 1)));
    *is_few = db_next(rows) && db_get_int(rows, 0) <= PAYMENT_FEW;
    return NULL;
}

/* $1 shop, $2 gateway, $3 and $4 the range, $5 how many. */
#define BY_FACT                                                                                              \
    "SELECT DISTINCT a.order_id FROM payment_facts f JOIN payment_attempts a ON a.shop_id = f.shop_id"       \
    " AND a.number = f.attempt_number WHERE f.shop_id = $1 AND f.gateway = $2 AND f.kind = 1"                \
    " AND a.gateway = $2 AND a.paid_at IS NOT NULL AND a.order_id >= $3 AND a.order_id < $4"                 \
    " ORDER BY a.order_id"
#define BY_ATTEMPT                                                                                           \
    "SELECT DISTINCT order_id FROM payment_attempts WHERE shop_id = $1 AND gateway = $2"                     \
    " AND order_id >= $3 AND order_id < $4 AND paid_at IS NOT NULL ORDER BY order_id"
#define MANY " LIMIT $5"

static err list_ids(struct ctx *ctx, const char *gateway, const struct range *range, bool is_few, int limit,
                    int64_t **ids, size_t *count)
{
    static const char *const statements[2][2] = {{BY_ATTEMPT " DESC" MANY, BY_ATTEMPT MANY},
                                                 {BY_FACT " DESC" MANY, BY_FACT MANY}};
    struct db_value values[] = {db_int(ctx->shop->id), db_text(gateway), db_int(range->from),
                                db_int(range->to), db_int(limit)};
    struct db_rows *rows;
    TRY(db_query_values(ctx, &rows, statements[is_few][range->is_up], values,
                        sizeof values / sizeof *values));
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **ids);
    *count = 0;
    while (db_next(rows))
        (*ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

/* ---- another: so many attempts are looked through, and no more ---- */

#define WINDOW                                                                                               \
    "SELECT MIN(order_id), MAX(order_id), COUNT(*) FROM (SELECT order_id FROM payment_attempts"              \
    " WHERE shop_id = $1 AND order_id >= $2 AND order_id < $3 ORDER BY order_id"

/* Narrows the range to the attempts of the window. The order at its end may have more of them outside: it is
 * left to the next page. */
static err fit_window(struct ctx *ctx, struct range *range, bool *is_cut)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, range->is_up ? WINDOW " LIMIT $4) a" : WINDOW " DESC LIMIT $4) a",
                 db_int(ctx->shop->id), db_int(range->from), db_int(range->to), db_int(PAYMENT_WINDOW)));
    *is_cut = db_next(rows) && db_get_int(rows, 2) == PAYMENT_WINDOW;
    if (!*is_cut)
        return NULL;
    if (range->is_up)
        range->to = db_get_int(rows, 1);
    else
        range->from = db_get_int(rows, 0) + 1;
    return NULL;
}

static bool narrows(const struct order_query *query)
{
    return query->stage || query->payment || query->kind || query->total_min || query->total_max;
}

static const char *cursor_at(struct ctx *ctx, int64_t order_id)
{
    return order_cursor(ctx, &(struct order){.id = order_id});
}

err payment_order_page(struct ctx *ctx, const char *gateway, const struct order_query *query,
                       struct order_page *page)
{
    struct range range;
    struct order_query more = *query;
    bool is_few, is_cut = false;
    int64_t *ids;
    size_t id_count, limit = (size_t)query->limit;
    size_t looked_at = narrows(query) ? PAYMENT_LOOKED_AT : limit + 1;
    *page = (struct order_page){0};
    more.limit = query->limit + 1;
    TRY(read_range(ctx, query, &range));
    TRY(has_few_facts(ctx, gateway, &is_few));
    if (!is_few)
        TRY(fit_window(ctx, &range, &is_cut));
    TRY(list_ids(ctx, gateway, &range, is_few, (int)looked_at, &ids, &id_count));
    TRY(order_list_chosen(ctx, &more, ids, id_count, &page->orders, &page->count));
    if (page->count > limit) {
        page->count = limit;
        page->next_cursor = cursor_at(ctx, page->orders[limit - 1].id);
    } else if (id_count == looked_at) {
        page->is_cut = true;
        page->next_cursor = cursor_at(ctx, ids[id_count - 1]);
    } else if (is_cut) {
        page->is_cut = true;
        page->next_cursor = cursor_at(ctx, range.is_up ? range.to - 1 : range.from);
    }
    return NULL;
}
