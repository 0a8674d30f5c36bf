/* inventory_take.c - takes and their lines; booking is a job that does each line in a transaction of its own.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/inventory/inventory_take.h"

#include "base/clock.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/inventory/inventory_parts.h"

#define BOOK_JOB "stock.take"
#define BOOK_CHUNK 200
#define ATTEMPTS 20

const char *const take_status_names[] = {[TAKE_OPEN] = "open",
                                         [TAKE_BOOKING] = "booking",
                                         [TAKE_BOOKED] = "booked",
                                         [TAKE_CANCELLED] = "cancelled"};
const char *const take_line_state_names[] = {
    [TAKE_LINE_COUNTED] = "counted", [TAKE_LINE_BOOKED] = "booked", [TAKE_LINE_STUCK] = "stuck"};

/* ---- takes ---- */

struct beginning {
    int64_t id;
    int64_t location_id;
    int64_t category_id;
    const char *name;
};

static err create_in_transaction(struct ctx *ctx, void *arg)
{
    const struct beginning *beginning = arg;
    return db_execute(
        ctx,
        "INSERT INTO stock_takes (shop_id, id, location_id, name, status, created_by, changed_at,"
        " category_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        db_int(ctx->shop->id), db_int(beginning->id), db_int(beginning->location_id),
        db_text(beginning->name), db_int(TAKE_OPEN), db_int(ctx->actor_id), db_int(ctx->now),
        db_int(beginning->category_id));
}

static err check_category(struct ctx *ctx, int64_t category_id)
{
    const struct category *category;
    err missing = category_id ? category_load(ctx, category_id, &category) : NULL;
    if (missing && missing->code == ERR_NOT_FOUND)
        return fail_field(ctx, "category", "unknown", "no such category");
    return missing;
}

static err check_open_count(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM stock_takes WHERE shop_id = $1 AND status = $2",
                 db_int(ctx->shop->id), db_int(TAKE_OPEN)));
    if (db_next(rows) && db_get_int(rows, 0) >= TAKE_OPEN_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "%d stock takes are open", TAKE_OPEN_LIMIT);
    return NULL;
}

err stock_take_create(struct ctx *ctx, const char *name, int64_t location_id, int64_t category_id,
                      int64_t *take_id)
{
    if (!name[0] || utf8_length(name, strlen(name)) > TAKE_NAME_LIMIT)
        return fail_field(ctx, "name", name[0] ? "too-long" : "required", "a name of up to 40 characters");
    TRY(stock_check_location(ctx, location_id));
    TRY(check_category(ctx, category_id));
    TRY(check_open_count(ctx));
    struct beginning beginning = {id_new(ctx), location_id, category_id, name};
    *take_id = beginning.id;
    return db_transact(ctx, create_in_transaction, &beginning);
}

/* What can be added up without running over, however many lines there are. */
#define IS_WORTH "l.cost IS NOT NULL AND (l.cost = 0 OR ABS(l.counted - l.book) <= 400000000000000 / l.cost)"
#define WORTH(sign)                                                                                          \
    " CAST(COALESCE(SUM(CASE WHEN l.state <> 2 AND l.counted " sign " l.book AND " IS_WORTH                  \
    " THEN ABS(l.counted - l.book) * l.cost ELSE 0 END), 0) AS BIGINT)"

#define TAKE_COLUMNS                                                                                         \
    "SELECT t.id, t.location_id, t.name, t.status, t.created_by, t.changed_at, COUNT(l.variant_id),"         \
    " COALESCE(SUM(CASE WHEN l.counted <> l.book THEN 1 ELSE 0 END), 0),"                                    \
    " COALESCE(SUM(CASE WHEN l.state = 1 THEN 1 ELSE 0 END), 0),"                                            \
    " COALESCE(SUM(CASE WHEN l.state = 2 THEN 1 ELSE 0 END), 0),"                                            \
    " CAST(COALESCE(SUM(CASE WHEN l.counted > l.book THEN l.counted - l.book ELSE 0 END), 0) AS BIGINT),"    \
    " CAST(COALESCE(SUM(CASE WHEN l.counted < l.book THEN l.book - l.counted ELSE 0 END), 0) AS BIGINT),"    \
    " t.category_id," WORTH(">") "," WORTH(                                                                  \
        "<") ","                                                                                             \
             " COALESCE(SUM(CASE WHEN l.state <> 2 AND l.counted <> l.book AND NOT (" IS_WORTH               \
             ") THEN 1 ELSE 0 END), 0)"                                                                      \
             " FROM stock_takes t LEFT JOIN stock_take_lines l ON l.shop_id = t.shop_id AND l.take_id = "    \
             "t.id"                                                                                          \
             " WHERE t.shop_id = $1 "
#define TAKE_GROUP                                                                                           \
    " GROUP BY t.id, t.location_id, t.name, t.status, t.created_by, t.changed_at, t.category_id "

static struct stock_take read_take(const struct db_rows *rows)
{
    return (struct stock_take){.id = db_get_int(rows, 0),
                               .location_id = db_get_int(rows, 1),
                               .name = db_get_text(rows, 2),
                               .status = (enum take_status)db_get_int(rows, 3),
                               .created_by = db_get_int(rows, 4),
                               .changed_at = db_get_int(rows, 5),
                               .lines = db_get_int(rows, 6),
                               .differing = db_get_int(rows, 7),
                               .booked = db_get_int(rows, 8),
                               .stuck = db_get_int(rows, 9),
                               .more = db_get_int(rows, 10),
                               .fewer = db_get_int(rows, 11),
                               .category_id = db_get_int(rows, 12),
                               .worth_more = db_get_int(rows, 13),
                               .worth_fewer = db_get_int(rows, 14),
                               .worthless = db_get_int(rows, 15)};
}

err stock_take_list(struct ctx *ctx, struct stock_take **takes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 TAKE_COLUMNS "AND t.id IN (SELECT n.id FROM stock_takes n WHERE n.shop_id = $1"
                              " ORDER BY n.id DESC LIMIT $2)" TAKE_GROUP "ORDER BY t.id DESC",
                 db_int(ctx->shop->id), db_int(TAKE_LIST_LIMIT)));
    *takes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **takes);
    for (*count = 0; db_next(rows); (*count)++)
        (*takes)[*count] = read_take(rows);
    return NULL;
}

err stock_take_load(struct ctx *ctx, int64_t take_id, struct stock_take **take)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, TAKE_COLUMNS "AND t.id = $2" TAKE_GROUP, db_int(ctx->shop->id),
                 db_int(take_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such stock take");
    *take = arena_alloc(ctx->arena, sizeof **take);
    **take = read_take(rows);
    return NULL;
}

/* ---- counting ---- */

struct counting {
    int64_t take_id;
    int64_t variant_id;
    int64_t product_id;
    int64_t counted;
    int64_t cost;
};

static struct db_value cost_value(int64_t cost)
{
    return cost == COST_UNKNOWN ? db_null() : db_int(cost);
}

/* Of several who count or book at once one comes after the other. */
static err hold_open(struct ctx *ctx, int64_t take_id)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the stock take is not open any more",
                     "UPDATE stock_takes SET status = status WHERE shop_id = $1 AND id = $2 AND status = $3",
                     db_int(ctx->shop->id), db_int(take_id), db_int(TAKE_OPEN));
}

static err count_in_transaction(struct ctx *ctx, void *arg)
{
    const struct counting *counting = arg;
    TRY(hold_open(ctx, counting->take_id));
    return db_execute(
        ctx,
        "INSERT INTO stock_take_lines (shop_id, take_id, variant_id, product_id, counted, book, counted_at,"
        " counted_by, cost) SELECT t.shop_id, t.id, CAST($3 AS BIGINT), CAST($4 AS BIGINT),"
        " CAST($5 AS BIGINT), COALESCE((SELECT s.on_hand FROM stock s WHERE s.shop_id = $1"
        " AND s.variant_id = $3 AND s.location_id = t.location_id), 0), CAST($6 AS BIGINT),"
        " CAST($7 AS BIGINT), CAST($8 AS BIGINT) FROM stock_takes t WHERE t.shop_id = $1 AND t.id = $2"
        " ON CONFLICT (shop_id, take_id, variant_id) DO UPDATE SET counted = excluded.counted,"
        " book = excluded.book, counted_at = excluded.counted_at, counted_by = excluded.counted_by,"
        " cost = excluded.cost WHERE stock_take_lines.counted <> excluded.counted"
        " OR stock_take_lines.book <> excluded.book OR stock_take_lines.cost IS DISTINCT FROM excluded.cost",
        db_int(ctx->shop->id), db_int(counting->take_id), db_int(counting->variant_id),
        db_int(counting->product_id), db_int(counting->counted), db_int(ctx->now), db_int(ctx->actor_id),
        cost_value(counting->cost));
}

static err check_place(struct ctx *ctx, const struct stock_take *take, const struct variant *variant)
{
    bool holds = true;
    if (take->category_id)
        TRY(category_holds(ctx, take->category_id, variant->product_id, &holds));
    return holds ? NULL
                 : fail_field(ctx, "variant_id", "other-category",
                              "this take is of another category; count it in a take of everything");
}

err stock_take_count(struct ctx *ctx, int64_t take_id, const struct variant *variant, int64_t counted)
{
    struct counting counting = {take_id, variant->id, variant->product_id, counted, variant->cost};
    struct stock_take *take;
    if (counted < 0 || counted > TAKE_COUNT_MOST)
        return fail_field(ctx, "counted", "out-of-range", "0 to 1,000,000,000 pieces");
    TRY(stock_take_load(ctx, take_id, &take));
    if (take->lines >= TAKE_LINE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "%d variants were counted in this take", TAKE_LINE_LIMIT);
    TRY(check_place(ctx, take, variant));
    return db_transact(ctx, count_in_transaction, &counting);
}

static err forget_in_transaction(struct ctx *ctx, void *arg)
{
    const struct counting *counting = arg;
    TRY(hold_open(ctx, counting->take_id));
    return db_execute(ctx,
                      "DELETE FROM stock_take_lines WHERE shop_id = $1 AND take_id = $2 AND variant_id = $3",
                      db_int(ctx->shop->id), db_int(counting->take_id), db_int(counting->variant_id));
}

err stock_take_forget(struct ctx *ctx, int64_t take_id, int64_t variant_id)
{
    struct counting counting = {.take_id = take_id, .variant_id = variant_id};
    return db_transact(ctx, forget_in_transaction, &counting);
}

/* ---- reading lines ---- */

#define LINE_COLUMNS                                                                                         \
    "SELECT variant_id, product_id, counted, book, counted_at, counted_by, state, cost FROM"                 \
    " stock_take_lines WHERE shop_id = $1 AND take_id = $2 "

static void read_lines(struct ctx *ctx, struct db_rows *rows, struct take_line **lines, size_t *count)
{
    *lines = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **lines);
    for (*count = 0; db_next(rows); (*count)++)
        (*lines)[*count] =
            (struct take_line){.variant_id = db_get_int(rows, 0),
                               .product_id = db_get_int(rows, 1),
                               .counted = db_get_int(rows, 2),
                               .book = db_get_int(rows, 3),
                               .counted_at = db_get_int(rows, 4),
                               .counted_by = db_get_int(rows, 5),
                               .state = (enum take_line_state)db_get_int(rows, 6),
                               .cost = db_is_null(rows, 7) ? COST_UNKNOWN : db_get_int(rows, 7)};
}

bool take_line_worth(const struct take_line *line, int64_t *worth)
{
    int64_t difference = line->counted - line->book, most = TAKE_WORTH_MOST;
    int64_t pieces = difference < 0 ? -difference : difference;
    *worth = 0;
    if (line->cost == COST_UNKNOWN || (line->cost > 0 && pieces > most / line->cost))
        return false;
    *worth = difference * line->cost;
    return true;
}

err stock_take_find_line(struct ctx *ctx, int64_t take_id, int64_t variant_id, struct take_line **line)
{
    struct db_rows *rows;
    struct take_line *lines;
    size_t count;
    TRY(db_query(ctx, &rows, LINE_COLUMNS "AND variant_id = $3", db_int(ctx->shop->id), db_int(take_id),
                 db_int(variant_id)));
    read_lines(ctx, rows, &lines, &count);
    *line = count > 0 ? lines : NULL;
    return NULL;
}

err stock_take_lines(struct ctx *ctx, int64_t take_id, enum take_filter filter, int64_t after, int limit,
                     struct take_line **lines, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 LINE_COLUMNS "AND variant_id > $3 AND ($4 = 0 OR ($4 = 1 AND counted <> book)"
                              " OR ($4 = 2 AND state = 2)) ORDER BY variant_id LIMIT $5",
                 db_int(ctx->shop->id), db_int(take_id), db_int(after), db_int(filter), db_int(limit)));
    read_lines(ctx, rows, lines, count);
    return NULL;
}

/* ---- booking ---- */

struct turning {
    int64_t take_id;
    enum take_status from, to;
};

static err turn(struct ctx *ctx, const struct turning *turning)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the stock take is not open any more",
                     "UPDATE stock_takes SET status = $4, changed_at = $5 WHERE shop_id = $1 AND id = $2"
                     " AND status = $3",
                     db_int(ctx->shop->id), db_int(turning->take_id), db_int(turning->from),
                     db_int(turning->to), db_int(ctx->now));
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const struct turning *turning = arg;
    TRY(turn(ctx, turning));
    return turning->to == TAKE_BOOKING ? job_schedule(ctx, BOOK_JOB, turning->take_id, ctx->now, NULL) : NULL;
}

err stock_take_book(struct ctx *ctx, int64_t take_id)
{
    struct turning turning = {take_id, TAKE_OPEN, TAKE_BOOKING};
    return db_transact(ctx, turn_in_transaction, &turning);
}

err stock_take_cancel(struct ctx *ctx, int64_t take_id)
{
    struct turning turning = {take_id, TAKE_OPEN, TAKE_CANCELLED};
    return db_transact(ctx, turn_in_transaction, &turning);
}

struct booking {
    const struct stock_take *take;
    const struct take_line *line;
    enum take_line_state state;
};

static err mark_line(struct ctx *ctx, const struct booking *booking)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the line was booked before",
                     "UPDATE stock_take_lines SET state = $4 WHERE shop_id = $1 AND take_id = $2"
                     " AND variant_id = $3 AND state = 0",
                     db_int(ctx->shop->id), db_int(booking->take->id), db_int(booking->line->variant_id),
                     db_int(booking->state));
}

static err book_in_transaction(struct ctx *ctx, void *arg)
{
    const struct booking *booking = arg;
    const struct take_line *line = booking->line;
    struct movement difference = {.kind = MOVEMENT_COUNT,
                                  .variant_id = line->variant_id,
                                  .location_id = booking->take->location_id,
                                  .on_hand = line->counted - line->book,
                                  .reason = booking->take->name};
    TRY(mark_line(ctx, booking));
    if (booking->state == TAKE_LINE_STUCK || difference.on_hand == 0)
        return NULL;
    TRY(stock_ensure_level(ctx, line->variant_id, line->product_id, difference.location_id));
    TRY(stock_change_level(ctx, &difference));
    TRY(stock_note_low(ctx, line->variant_id, 0));
    return product_emit_changed(ctx, line->product_id);
}

static err book_line(struct ctx *ctx, const struct stock_take *take, const struct take_line *line)
{
    struct booking booking = {take, line, TAKE_LINE_BOOKED};
    err failure = db_transact(ctx, book_in_transaction, &booking);
    if (!failure || failure->code != ERR_CONFLICT)
        return failure;
    booking.state = TAKE_LINE_STUCK;
    failure = db_transact(ctx, book_in_transaction, &booking);
    return failure && failure->code == ERR_CONFLICT ? NULL : failure; /* another run of the job booked it */
}

static err list_waiting(struct ctx *ctx, int64_t take_id, struct take_line **lines, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, LINE_COLUMNS "AND state = 0 ORDER BY variant_id LIMIT $3", db_int(ctx->shop->id),
                 db_int(take_id), db_int(BOOK_CHUNK)));
    read_lines(ctx, rows, lines, count);
    return NULL;
}

static err run_booking(struct ctx *ctx, const struct job *job, void *owner)
{
    struct turning turning = {job->subject_id, TAKE_BOOKING, TAKE_BOOKED};
    struct stock_take *take;
    struct take_line *lines;
    size_t count;
    (void)owner;
    TRY(stock_take_load(ctx, job->subject_id, &take));
    if (take->status != TAKE_BOOKING)
        return NULL;
    for (;;) {
        TRY(list_waiting(ctx, take->id, &lines, &count));
        if (count == 0)
            return db_transact(ctx, turn_in_transaction, &turning);
        for (size_t i = 0; i < count; i++)
            TRY(book_line(ctx, take, &lines[i]));
    }
}

const struct job_kind inventory_take_job_kinds[] = {{BOOK_JOB, run_booking, ATTEMPTS, SECOND_MS}, {0}};
