/* order_load.c - reading orders. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/order/order.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "shop/order/order_write.h"
#include <inttypes.h>

#define NUMBER_LIMIT 20
#define LIST_LIMIT 100
#define TAIL 4 /* digits that the index of numbers by their end holds */

#define ORDER_COLUMNS                                                                                        \
    "SELECT o.id, o.number, o.token, o.order_status, o.payment_status, o.fulfillment_status, o.version,"     \
    " o.currency, o.total, o.paid, o.refunded, o.item_count, o.contact, o.note, o.cart_id, o.placed_at,"     \
    " o.closes_at, o.paid_at, o.closed_at, o.has_answers, o.locale,"                                         \
    " o.is_rationed, o.discount, o.aftersale_status, o.review_status, o.freight, o.freight_discount,"        \
    " o.deposit, o.balance_from, o.balance_until, o.ships_by, o.packs_from, o.kept_entry_id,"                \
    " o.waits_for_group, o.rounding, o.card_held, o.points, o.points_off, o.points_back"

#define ORDER_COLUMN_COUNT 39

#define FIRST_LINE                                                                                           \
    ", l.product_title, l.picture_id FROM orders o JOIN order_lines l ON l.shop_id = o.shop_id"              \
    " AND l.order_id = o.id AND l.line_no = 1 "

err order_open_contact(struct ctx *ctx, const struct db_rows *rows, int column, struct order *order)
{
    struct sealed sealed;
    sealed.ptr = db_get_bytes(rows, column, &sealed.len);
    const char *json;
    TRY(crypto_open(ctx, "order.contact", sealed, &json));
    struct value *tree;
    TRY(json_read(ctx, json, strlen(json), &tree));
    order->contact = (struct contact){value_text_or_empty(tree, "phone"), value_text_or_empty(tree, "email")};
    order->address =
        (struct address){value_text_or_empty(tree, "name"), value_text_or_empty(tree, "address_phone"),
                         value_text_or_empty(tree, "region"), value_text_or_empty(tree, "line")};
    return NULL;
}

static err read_order(struct ctx *ctx, const struct db_rows *rows, struct order *order)
{
    *order = (struct order){.id = db_get_int(rows, 0),
                            .number = db_get_text(rows, 1),
                            .token = db_get_text(rows, 2),
                            .version = db_get_int(rows, 6),
                            .currency = db_get_text(rows, 7),
                            .total = db_get_int(rows, 8),
                            .paid = db_get_int(rows, 9),
                            .refunded = db_get_int(rows, 10),
                            .item_count = db_get_int(rows, 11),
                            .note = db_get_text(rows, 13),
                            .cart_id = db_get_int(rows, 14),
                            .placed_at = db_get_int(rows, 15),
                            .closes_at = db_get_int(rows, 16),
                            .paid_at = db_get_int(rows, 17),
                            .closed_at = db_get_int(rows, 18),
                            .has_answers = db_get_int(rows, 19) == 1,
                            .locale = db_get_text(rows, 20),
                            .is_rationed = db_get_int(rows, 21) == 1,
                            .discount = db_get_int(rows, 22),
                            .freight = db_get_int(rows, 25),
                            .freight_discount = db_get_int(rows, 26),
                            .deposit = db_get_int(rows, 27),
                            .balance_from = db_get_int(rows, 28),
                            .balance_until = db_get_int(rows, 29),
                            .ships_by = db_get_int(rows, 30),
                            .packs_from = db_get_int(rows, 31),
                            .kept_entry_id = db_get_int(rows, 32),
                            .waits_for_group = db_get_int(rows, 33) == 1,
                            .rounding = db_get_int(rows, 34),
                            .card_held = db_get_int(rows, 35),
                            .points = db_get_int(rows, 36),
                            .points_off = db_get_int(rows, 37),
                            .points_back = db_get_int(rows, 38)};
    order->state = (struct order_state){
        (enum order_status)db_get_int(rows, 3), (enum payment_status)db_get_int(rows, 4),
        (enum fulfillment_status)db_get_int(rows, 5), (enum aftersale_status)db_get_int(rows, 23),
        (enum review_status)db_get_int(rows, 24)};
    return order_open_contact(ctx, rows, 12, order);
}

#define LINE_COLUMNS                                                                                         \
    "SELECT line_no, variant_id, product_title, variant_title, handle, sku, picture_id, kind, unit_price,"   \
    " quantity, total, fulfilled, product_id, order_id, answers, discount,"                                  \
    " refunded, withdrawn, returned, role, promotion_id, list_price, points, made_of,"                       \
    " card_value FROM order_lines "

#define LINES_OF_ORDER LINE_COLUMNS "WHERE shop_id = $1 AND order_id = $2 ORDER BY line_no"

static struct order_line read_line(const struct db_rows *rows)
{
    return (struct order_line){.line_no = db_get_int(rows, 0),
                               .variant_id = db_get_int(rows, 1),
                               .product_title = db_get_text(rows, 2),
                               .variant_title = db_get_text(rows, 3),
                               .handle = db_get_text(rows, 4),
                               .sku = db_get_text(rows, 5),
                               .picture_id = db_get_text(rows, 6),
                               .kind = (enum product_kind)db_get_int(rows, 7),
                               .unit_price = db_get_int(rows, 8),
                               .quantity = db_get_int(rows, 9),
                               .total = db_get_int(rows, 10),
                               .fulfilled = db_get_int(rows, 11),
                               .product_id = db_get_int(rows, 12),
                               .discount = db_get_int(rows, 15),
                               .refunded = db_get_int(rows, 16),
                               .withdrawn = db_get_int(rows, 17),
                               .returned = db_get_int(rows, 18),
                               .role = (enum line_role)db_get_int(rows, 19),
                               .promotion_id = db_get_int(rows, 20),
                               .list_price = db_get_int(rows, 21),
                               .points = db_get_int(rows, 22),
                               .part_count = (size_t)db_get_int(rows, 23),
                               .card_value = db_get_int(rows, 24)};
}

static void take_lines(struct ctx *ctx, struct db_rows *rows, struct order *order)
{
    order->lines = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *order->lines);
    while (db_next(rows))
        order->lines[order->line_count++] = read_line(rows);
}

/* Of the row that was just read. */
static err open_answers(struct ctx *ctx, const struct db_rows *rows, struct order_line *line)
{
    struct sealed sealed;
    if (db_is_null(rows, 14))
        return NULL;
    sealed.ptr = db_get_bytes(rows, 14, &sealed.len);
    return crypto_open(ctx, ORDER_ANSWERS_PURPOSE, sealed, &line->answers);
}

/* A line of `order` says how many it has; their rows come in the same order. */
static err load_parts(struct ctx *ctx, struct order *order)
{
    struct db_rows *rows;
    size_t all = 0;
    for (size_t i = 0; i < order->line_count; i++)
        all += order->lines[i].part_count;
    if (all == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT line_no, variant_id, product_id, pieces, title, sku FROM order_line_parts"
                 " WHERE shop_id = $1 AND order_id = $2 ORDER BY line_no, part_no",
                 db_int(ctx->shop->id), db_int(order->id)));
    struct stock_part *part = arena_alloc_many(ctx->arena, all, sizeof *part);
    for (size_t i = 0; i < order->line_count; i++) {
        struct order_line *line = &order->lines[i];
        line->parts = line->part_count > 0 ? part : NULL;
        for (size_t k = 0; k < line->part_count; k++) {
            if (!db_next(rows) || db_get_int(rows, 0) != line->line_no)
                return fail_with(ctx, ERR_INTERNAL, "line %d of order %s lacks parts", (int)line->line_no,
                                 order->number ? order->number : "");
            *part++ = (struct stock_part){.variant_id = db_get_int(rows, 1),
                                          .product_id = db_get_int(rows, 2),
                                          .pieces = db_get_int(rows, 3),
                                          .title = db_get_text(rows, 4),
                                          .sku = db_get_text(rows, 5)};
        }
    }
    return NULL;
}

static err take_order(struct ctx *ctx, struct db_rows *rows, struct db_rows *line_rows, struct order **order)
{
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such order");
    *order = arena_alloc(ctx->arena, sizeof **order);
    TRY(read_order(ctx, rows, *order));
    (*order)->lines = arena_alloc_many(ctx->arena, db_row_count(line_rows) + 1, sizeof *(*order)->lines);
    while (db_next(line_rows)) {
        struct order_line *line = &(*order)->lines[(*order)->line_count++];
        *line = read_line(line_rows);
        TRY(open_answers(ctx, line_rows, line));
    }
    return load_parts(ctx, *order);
}

err order_load(struct ctx *ctx, int64_t order_id, struct order **order)
{
    struct db_rows *rows;
    struct db_rows *line_rows;
    TRY(db_ask(ctx, &rows, ORDER_COLUMNS " FROM orders o WHERE o.shop_id = $1 AND o.id = $2",
               db_int(ctx->shop->id), db_int(order_id)));
    TRY(db_query(ctx, &line_rows, LINES_OF_ORDER, db_int(ctx->shop->id), db_int(order_id)));
    return take_order(ctx, rows, line_rows, order);
}

const struct order_line *order_find_line(const struct order *order, int64_t line_no)
{
    for (size_t i = 0; i < order->line_count; i++)
        if (order->lines[i].line_no == line_no)
            return &order->lines[i];
    return NULL;
}

err order_line_list(struct ctx *ctx, int64_t order_id, struct order_line **lines, size_t *count)
{
    struct db_rows *rows;
    struct order order = {.id = order_id};
    TRY(db_query(ctx, &rows, LINES_OF_ORDER, db_int(ctx->shop->id), db_int(order_id)));
    take_lines(ctx, rows, &order);
    TRY(load_parts(ctx, &order));
    *lines = order.lines;
    *count = order.line_count;
    return NULL;
}

err order_load_by_number(struct ctx *ctx, const char *number, struct order **order)
{
    if (strlen(number) > NUMBER_LIMIT)
        return fail_with(ctx, ERR_NOT_FOUND, "no such order");
    struct db_rows *rows;
    struct db_rows *line_rows;
    TRY(db_ask(ctx, &rows, ORDER_COLUMNS " FROM orders o WHERE o.shop_id = $1 AND o.number = $2",
               db_int(ctx->shop->id), db_text(number)));
    TRY(db_query(ctx, &line_rows,
                 LINE_COLUMNS "WHERE shop_id = $1 AND order_id = (SELECT id FROM orders WHERE shop_id = $1"
                              " AND number = $2) ORDER BY line_no",
                 db_int(ctx->shop->id), db_text(number)));
    return take_order(ctx, rows, line_rows, order);
}

err order_load_for_buyer(struct ctx *ctx, const char *number, const char *token, struct order **order)
{
    TRY(order_load_by_number(ctx, number, order));
    if (!crypto_text_equal((*order)->token, token))
        return fail_with(ctx, ERR_NOT_FOUND, "no such order");
    return NULL;
}

void order_passcode_index(struct ctx *ctx, const char *number, const char *passcode,
                          unsigned char index[CRYPTO_INDEX_BYTES])
{
    crypto_blind_index(ctx, "order.passcode", arena_format(ctx->arena, "%s:%s", number, passcode), index);
}

static err has_passcode(struct ctx *ctx, const struct order *order, const char *word, bool *is_right)
{
    unsigned char index[CRYPTO_INDEX_BYTES];
    struct db_rows *rows;
    size_t length;
    *is_right = false;
    TRY(db_query(ctx, &rows,
                 "SELECT passcode FROM orders WHERE shop_id = $1 AND id = $2 AND passcode IS NOT NULL",
                 db_int(ctx->shop->id), db_int(order->id)));
    if (!db_next(rows))
        return NULL;
    const unsigned char *kept = db_get_bytes(rows, 0, &length);
    order_passcode_index(ctx, order->number, word, index);
    *is_right = length == sizeof index && crypto_equal(kept, index, length);
    return NULL;
}

err order_load_by_contact(struct ctx *ctx, const char *number, const char *contact, struct order **order)
{
    bool is_right;
    TRY(order_load_by_number(ctx, number, order));
    is_right = contact[0] &&
               (text_is((*order)->contact.phone, contact) || text_is((*order)->contact.email, contact));
    if (!is_right && contact[0])
        TRY(has_passcode(ctx, *order, contact, &is_right));
    return is_right ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such order");
}

err order_event_list(struct ctx *ctx, int64_t order_id, struct order_event **events, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT kind, at, actor, actor_id, note, reason FROM order_events WHERE shop_id = $1 AND "
                 "order_id = $2"
                 " ORDER BY event_no",
                 db_int(ctx->shop->id), db_int(order_id)));
    *events = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **events);
    *count = 0;
    while (db_next(rows))
        (*events)[(*count)++] = (struct order_event){.kind = db_get_text(rows, 0),
                                                     .at = db_get_int(rows, 1),
                                                     .actor = (enum actor_kind)db_get_int(rows, 2),
                                                     .actor_id = db_get_int(rows, 3),
                                                     .note = db_get_text(rows, 4),
                                                     .reason = db_get_text(rows, 5)};
    return NULL;
}

static err take_list(struct ctx *ctx, struct db_rows *rows, struct order **orders, size_t *count)
{
    *orders = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **orders);
    *count = 0;
    while (db_next(rows)) {
        struct order *order = &(*orders)[(*count)++];
        TRY(read_order(ctx, rows, order));
        order->lines = arena_alloc(ctx->arena, sizeof *order->lines);
        order->lines->product_title = db_get_text(rows, ORDER_COLUMN_COUNT);
        order->lines->picture_id = db_get_text(rows, ORDER_COLUMN_COUNT + 1);
        order->line_count = 1;
    }
    return NULL;
}

struct place {
    int64_t total;
    int64_t id;
};

static err read_cursor(struct ctx *ctx, const struct order_query *query, struct place *place)
{
    bool is_up = query->sort == ORDER_WAITING;
    *place = is_up ? (struct place){0, 0} : (struct place){INT64_MAX, INT64_MAX};
    if (query->before_id)
        place->id = query->before_id;
    if (!query->cursor || !query->cursor[0])
        return NULL;
    char *copy = arena_copy_text(ctx->arena, query->cursor);
    char *dot = strchr(copy, '.');
    if (dot)
        *dot = 0;
    if (!dot || !text_to_int(copy, &place->total) || !text_to_int(dot + 1, &place->id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

const char *order_cursor(struct ctx *ctx, const struct order *last)
{
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64, last->total, last->id);
}

/* Up to which moment orders of a stage are to be packed: of those that wait for it, not later than now. */
static int64_t packs_until(const struct ctx *ctx, const struct order_query *query)
{
    return query->stage == STAGE_TO_SHIP ? ctx->now : INT64_MAX;
}

/* Ids are made in time order: days and the place in the list are one range of the key. */
static err list_by_id(struct ctx *ctx, const struct order_query *query, int64_t place, int limit,
                      struct db_rows **rows)
{
    bool is_up = query->sort == ORDER_WAITING;
    int64_t from = query->since ? id_floor(query->since) : 0;
    int64_t to = query->until ? id_floor(query->until) : INT64_MAX;
    if (is_up && place >= from)
        from = place + 1;
    if (!is_up && place < to)
        to = place;
    struct db_value values[] = {db_int(ctx->shop->id), db_int(limit),
                                db_int(from),          db_int(to),
                                db_int(query->stage),  db_int(packs_until(ctx, query))};
    static const char *const statements[2][2] = {
        {ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.id >= $3 AND o.id < $4"
                                  " ORDER BY o.id DESC LIMIT $2",
         ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.stage = $5 AND o.packs_from <= $6"
                                  " AND o.id >= $3 AND o.id < $4 ORDER BY o.id DESC LIMIT $2"},
        {ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.id >= $3 AND o.id < $4"
                                  " ORDER BY o.id LIMIT $2",
         ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.stage = $5 AND o.packs_from <= $6"
                                  " AND o.id >= $3 AND o.id < $4 ORDER BY o.id LIMIT $2"},
    };
    return db_query_values(ctx, rows, statements[is_up][query->stage != 0], values, query->stage ? 6 : 4);
}

err order_list(struct ctx *ctx, const struct order_query *query, struct order **orders, size_t *count)
{
    struct db_rows *rows;
    struct place place;
    int limit = query->limit < 1 ? 1 : query->limit > LIST_LIMIT + 1 ? LIST_LIMIT + 1 : query->limit;
    TRY(read_cursor(ctx, query, &place));
    if (query->sort == ORDER_DEAREST)
        TRY(db_query(ctx, &rows,
                     ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND (o.total, o.id) < ($2, $3)"
                                              " ORDER BY o.total DESC, o.id DESC LIMIT $4",
                     db_int(ctx->shop->id), db_int(place.total), db_int(place.id), db_int(limit)));
    else
        TRY(list_by_id(ctx, query, place.id, limit, &rows));
    return take_list(ctx, rows, orders, count);
}

/* ---- narrowed by what has no index: so many rows of the list are looked through, and no more ---- */

/* $1 shop, $2 and $3 the range of the order, $4 how many rows. */
#define DOWN(stage)                                                                                          \
    " FROM orders WHERE shop_id = $1 AND id >= $2 AND id < $3" stage " ORDER BY id DESC LIMIT $4"
#define UP(stage) " FROM orders WHERE shop_id = $1 AND id >= $2 AND id < $3" stage " ORDER BY id LIMIT $4"
#define DEAREST                                                                                              \
    " FROM orders WHERE shop_id = $1 AND (total, id) < ($2, $3) ORDER BY total DESC, id DESC LIMIT $4"
#define NARROWS                                                                                              \
    " WHERE (CAST($6 AS BIGINT) = 0 OR o.payment_status = $6) AND o.total >= $7 AND o.total <= $8"           \
    " AND (CAST($9 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM order_lines k WHERE k.shop_id = o.shop_id"        \
    " AND k.order_id = o.id AND k.kind = $9))"
#define NARROWED(rows, sort)                                                                                 \
    ORDER_COLUMNS ", l.product_title, l.picture_id FROM (SELECT *" rows ") o JOIN order_lines l"             \
                  " ON l.shop_id = o.shop_id AND l.order_id = o.id AND l.line_no = 1" NARROWS                \
                  " ORDER BY " sort " LIMIT $5"
#define LAST_OF(rows, sort)                                                                                  \
    "SELECT e.total, e.id, COUNT(*) OVER () FROM (SELECT total, id" rows ") e ORDER BY " sort " LIMIT 1"
#define OF_STAGE " AND stage = $10 AND packs_from <= $11"
#define LAST_STAGE " AND stage = $5 AND packs_from <= $6"

static const struct {
    const char *rows[2]; /* of any stage, of one */
    const char *last[2];
} narrowed[] = {
    [ORDER_NEWEST] = {{NARROWED(DOWN(""), "o.id DESC"), NARROWED(DOWN(OF_STAGE), "o.id DESC")},
                      {LAST_OF(DOWN(""), "e.id"), LAST_OF(DOWN(LAST_STAGE), "e.id")}},
    [ORDER_WAITING] = {{NARROWED(UP(""), "o.id"), NARROWED(UP(OF_STAGE), "o.id")},
                       {LAST_OF(UP(""), "e.id DESC"), LAST_OF(UP(LAST_STAGE), "e.id DESC")}},
    [ORDER_DEAREST] = {{NARROWED(DEAREST, "o.total DESC, o.id DESC"), NULL},
                       {LAST_OF(DEAREST, "e.total, e.id"), NULL}},
};

static bool is_narrowed(const struct order_query *query)
{
    return query->payment || query->kind || query->total_min || query->total_max;
}

static void find_range(const struct order_query *query, const struct place *place, int64_t *from, int64_t *to)
{
    *from = query->since ? id_floor(query->since) : 0;
    *to = query->until ? id_floor(query->until) : INT64_MAX;
    if (query->sort == ORDER_WAITING)
        *from = place->id >= *from ? place->id + 1 : *from;
    else
        *to = place->id < *to ? place->id : *to;
    if (query->sort == ORDER_DEAREST) {
        *from = place->total;
        *to = place->id;
    }
}

/* The rows that fit, and where the window of those that were looked at ends. */
static err list_narrowed(struct ctx *ctx, const struct order_query *query, int limit, struct db_rows **rows,
                         struct db_rows **last)
{
    struct place place;
    int64_t from, to;
    bool has_stage = query->stage != 0 && query->sort != ORDER_DEAREST;
    TRY(read_cursor(ctx, query, &place));
    find_range(query, &place, &from, &to);
    struct db_value values[11] = {db_int(ctx->shop->id),
                                  db_int(from),
                                  db_int(to),
                                  db_int(ORDER_WINDOW),
                                  db_int(limit),
                                  db_int(query->payment),
                                  db_int(query->total_min),
                                  db_int(query->total_max ? query->total_max : INT64_MAX),
                                  db_int(query->kind),
                                  db_int(query->stage),
                                  db_int(packs_until(ctx, query))};
    struct db_value of_last[6] = {values[0], values[1], values[2], values[3], values[9], values[10]};
    TRY(db_ask_values(ctx, rows, narrowed[query->sort].rows[has_stage], values, has_stage ? 11 : 9));
    return db_query_values(ctx, last, narrowed[query->sort].last[has_stage], of_last, has_stage ? 6 : 4);
}

err order_list_page(struct ctx *ctx, const struct order_query *query, struct order_page *page)
{
    int limit = query->limit < 1 ? 1 : query->limit > LIST_LIMIT ? LIST_LIMIT : query->limit;
    struct db_rows *rows, *last;
    struct order_query more = *query;
    *page = (struct order_page){0};
    more.limit = limit + 1;
    if (!is_narrowed(query)) {
        TRY(order_list(ctx, &more, &page->orders, &page->count));
    } else {
        TRY(list_narrowed(ctx, query, limit + 1, &rows, &last));
        TRY(take_list(ctx, rows, &page->orders, &page->count));
        page->is_cut = page->count <= (size_t)limit && db_next(last) && db_get_int(last, 2) == ORDER_WINDOW;
        if (page->is_cut)
            page->next_cursor =
                order_cursor(ctx, &(struct order){.total = db_get_int(last, 0), .id = db_get_int(last, 1)});
    }
    if (page->count > (size_t)limit) {
        page->count = (size_t)limit;
        page->next_cursor = order_cursor(ctx, &page->orders[limit - 1]);
    }
    return NULL;
}

err order_list_ids(struct ctx *ctx, const struct order_query *query, int64_t **ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT o.id FROM (SELECT shop_id, id, payment_status, total FROM orders WHERE shop_id = $1"
        " AND id >= $2 AND id < $3 AND stage = $4) o"
        " WHERE (CAST($6 AS BIGINT) = 0 OR o.payment_status = $6) AND o.total >= $7 AND o.total <= $8"
        " AND (CAST($9 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM order_lines k WHERE k.shop_id = o.shop_id"
        " AND k.order_id = o.id AND k.kind = $9)) ORDER BY o.id LIMIT $5",
        db_int(ctx->shop->id), db_int(query->since ? id_floor(query->since) : 0),
        db_int(query->until ? id_floor(query->until) : INT64_MAX), db_int(query->stage),
        db_int(ORDER_BULK_LIMIT + 1), db_int(query->payment), db_int(query->total_min),
        db_int(query->total_max ? query->total_max : INT64_MAX), db_int(query->kind)));
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **ids);
    *count = 0;
    while (db_next(rows))
        (*ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

err order_list_by_tail(struct ctx *ctx, const char *tail, int limit, struct order **orders, size_t *count)
{
    struct db_rows *rows;
    size_t length = strlen(tail);
    *count = 0;
    *orders = NULL;
    if (length < TAIL || length >= NUMBER_LIMIT || strspn(tail, "0123456789") != length)
        return NULL;
    TRY(db_query(ctx, &rows,
                 ORDER_COLUMNS FIRST_LINE
                 "WHERE o.shop_id = $1 AND substr(o.number, 17) = $2 AND o.number LIKE $3"
                 " ORDER BY o.id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_text(tail + length - TAIL),
                 db_text(arena_format(ctx->arena, "%%%s", tail)), db_int(limit)));
    return take_list(ctx, rows, orders, count);
}

err order_list_by_contact(struct ctx *ctx, const char *contact, int limit, struct order **orders,
                          size_t *count)
{
    unsigned char index[CRYPTO_INDEX_BYTES], plain[CRYPTO_INDEX_BYTES];
    struct db_rows *rows;
    bool is_email = strchr(contact, '@') != NULL;
    crypto_blind_index(ctx, is_email ? "order.email" : "order.phone", contact, index);
    crypto_blind_index(ctx, "order.email", order_plain_email(ctx, contact), plain);
    if (is_email)
        TRY(db_query(ctx, &rows,
                     ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.email_index IN ($2, $4)"
                                              " ORDER BY o.id DESC LIMIT $3",
                     db_int(ctx->shop->id), db_bytes(index, sizeof index), db_int(limit),
                     db_bytes(plain, sizeof plain)));
    else
        TRY(db_query(ctx, &rows,
                     ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.phone_index = $2"
                                              " ORDER BY o.id DESC LIMIT $3",
                     db_int(ctx->shop->id), db_bytes(index, sizeof index), db_int(limit)));
    return take_list(ctx, rows, orders, count);
}

err order_list_of_customer(struct ctx *ctx, int64_t customer_id, const char *email, int64_t before_id,
                           int limit, struct order **orders, size_t *count)
{
    unsigned char index[CRYPTO_INDEX_BYTES];
    struct db_rows *rows;
    crypto_blind_index(ctx, "order.email", email, index);
    TRY(db_query(
        ctx, &rows,
        ORDER_COLUMNS FIRST_LINE
        "WHERE o.shop_id = $1 AND o.id IN (SELECT a.id FROM (SELECT id FROM orders WHERE shop_id = $1"
        " AND customer_id = $2 AND id < $4 ORDER BY id DESC LIMIT $5) a"
        " UNION SELECT b.id FROM (SELECT id FROM orders WHERE shop_id = $1 AND email_index = $3"
        " AND id < $4 ORDER BY id DESC LIMIT $5) b) ORDER BY o.id DESC LIMIT $5",
        db_int(ctx->shop->id), db_int(customer_id),
        email[0] ? db_bytes(index, sizeof index) : db_bytes(NULL, 0),
        db_int(before_id > 0 ? before_id : INT64_MAX), db_int(limit)));
    return take_list(ctx, rows, orders, count);
}

err order_list_many(struct ctx *ctx, const int64_t *order_ids, size_t id_count, struct order **orders,
                    size_t *count)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    *count = 0;
    if (id_count == 0)
        return NULL;
    db_bind_ids(ctx, order_ids, id_count, values);
    TRY(db_query_values(
        ctx, &rows, ORDER_COLUMNS FIRST_LINE "WHERE o.shop_id = $1 AND o.id IN " DB_IDS " ORDER BY o.id DESC",
        values, DB_IDS_VALUES));
    return take_list(ctx, rows, orders, count);
}

#define CHOSEN                                                                                               \
    ORDER_COLUMNS FIRST_LINE                                                                                 \
        "WHERE o.shop_id = $1 AND o.id IN " DB_IDS " AND (CAST($34 AS BIGINT) = 0 OR o.stage = $34)"         \
        " AND (CAST($35 AS BIGINT) = 0 OR o.payment_status = $35) AND o.total >= $36 AND o.total <= $37"     \
        " AND (CAST($38 AS BIGINT) = 0 OR EXISTS (SELECT 1 FROM order_lines k WHERE k.shop_id = o.shop_id"   \
        " AND k.order_id = o.id AND k.kind = $38)) ORDER BY o.id"

static err list_chosen(struct ctx *ctx, const struct order_query *query, const int64_t *order_ids,
                       size_t id_count, struct order **orders, size_t *count)
{
    struct db_value values[DB_IDS_VALUES + 5];
    struct db_rows *rows;
    db_bind_ids(ctx, order_ids, id_count, values);
    values[DB_IDS_VALUES] = db_int(query->stage);
    values[DB_IDS_VALUES + 1] = db_int(query->payment);
    values[DB_IDS_VALUES + 2] = db_int(query->total_min);
    values[DB_IDS_VALUES + 3] = db_int(query->total_max ? query->total_max : INT64_MAX);
    values[DB_IDS_VALUES + 4] = db_int(query->kind);
    TRY(db_query_values(ctx, &rows, query->sort == ORDER_WAITING ? CHOSEN : CHOSEN " DESC", values,
                        DB_IDS_VALUES + 5));
    return take_list(ctx, rows, orders, count);
}

err order_list_chosen(struct ctx *ctx, const struct order_query *query, const int64_t *order_ids,
                      size_t id_count, struct order **orders, size_t *count)
{
    size_t most = (size_t)query->limit;
    *orders = arena_alloc_many(ctx->arena, most + 1, sizeof **orders);
    *count = 0;
    for (size_t start = 0; start < id_count && *count < most; start += DB_IDS_LIMIT) {
        struct order *some;
        size_t found;
        TRY(list_chosen(ctx, query, order_ids + start, id_count - start, &some, &found));
        for (size_t i = 0; i < found && *count < most; i++)
            (*orders)[(*count)++] = some[i];
    }
    return NULL;
}

#define OF_NUMBERS                                                                                           \
    "number IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "                    \
    "$18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)"

err order_load_many(struct ctx *ctx, const char *const *numbers, size_t number_count, struct order **orders,
                    size_t *count)
{
    struct db_value values[ORDER_MANY_LIMIT + 1] = {db_int(ctx->shop->id)};
    struct db_rows *rows, *line_rows;
    *count = 0;
    if (number_count == 0)
        return NULL;
    for (size_t i = 0; i < ORDER_MANY_LIMIT; i++)
        values[i + 1] = db_text(numbers[i < number_count ? i : number_count - 1]);
    TRY(db_ask_values(ctx, &rows,
                      ORDER_COLUMNS " FROM orders o WHERE o.shop_id = $1 AND o." OF_NUMBERS " ORDER BY o.id",
                      values, ORDER_MANY_LIMIT + 1));
    TRY(db_query_values(ctx, &line_rows,
                        LINE_COLUMNS "WHERE shop_id = $1 AND order_id IN (SELECT id FROM orders"
                                     " WHERE shop_id = $1 AND " OF_NUMBERS ") ORDER BY order_id, line_no",
                        values, ORDER_MANY_LIMIT + 1));
    size_t line_count = db_row_count(line_rows);
    struct order_line *lines = arena_alloc_many(ctx->arena, line_count + 1, sizeof *lines);
    int64_t *owners = arena_alloc_many(ctx->arena, line_count + 1, sizeof *owners);
    for (size_t i = 0; db_next(line_rows); i++) {
        lines[i] = read_line(line_rows);
        TRY(open_answers(ctx, line_rows, &lines[i]));
        owners[i] = db_get_int(line_rows, 13);
    }
    *orders = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **orders);
    for (size_t at = 0; db_next(rows);) {
        struct order *order = &(*orders)[(*count)++];
        TRY(read_order(ctx, rows, order));
        order->lines = lines + at;
        for (; at < line_count && owners[at] == order->id; at++)
            order->line_count++;
    }
    return NULL;
}

#define SAID_LIMIT 32768

/* Behind what the lines before said. */
static err add_said(struct ctx *ctx, struct order *order, const struct order_line *line)
{
    struct given_answer *answers;
    struct text_buf text;
    size_t count;
    TRY(answers_read(ctx, line->answers, &answers, &count));
    text_open(&text, ctx->arena, SAID_LIMIT);
    if (order->said)
        text_add_format(&text, "%s", order->said);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%s: %s", text.len ? "; " : "", answers[i].label, answers[i].value);
    order->said = text_of(&text);
    return NULL;
}

static err load_said(struct ctx *ctx, const int64_t *ids, size_t id_count, struct order *orders, size_t count)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    db_bind_ids(ctx, ids, id_count, values);
    TRY(db_query_values(ctx, &rows,
                        LINE_COLUMNS "WHERE shop_id = $1 AND order_id IN " DB_IDS
                                     " AND answers IS NOT NULL ORDER BY order_id, line_no",
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (orders[i].id == db_get_int(rows, 13)) {
                struct order_line line = read_line(rows);
                TRY(open_answers(ctx, rows, &line));
                TRY(add_said(ctx, &orders[i], &line));
            }
    return NULL;
}

err order_answers_load_many(struct ctx *ctx, struct order *orders, size_t count)
{
    int64_t ids[DB_IDS_LIMIT];
    size_t id_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (orders[i].has_answers)
            ids[id_count++] = orders[i].id;
        if (id_count == DB_IDS_LIMIT || (i + 1 == count && id_count > 0)) {
            TRY(load_said(ctx, ids, id_count, orders, count));
            id_count = 0;
        }
    }
    return NULL;
}
