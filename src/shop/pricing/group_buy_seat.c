/* group_buy_seat.c - what orders take of groups: seats and pieces, and what comes back.
 *
 * Rows are locked in one order by all who write here: the entry, the group, the seat, its persons. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/group_buy_parts.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/random.h"
#include "job/job.h"

/* ---- seats ---- */

static struct group_seat seat_take(const struct db_rows *rows)
{
    return (struct group_seat){.order_id = db_get_int(rows, 0),
                               .group_id = db_get_int(rows, 1),
                               .quantity = db_get_int(rows, 2),
                               .state = (enum seat_state)db_get_int(rows, 3),
                               .mask = db_get_text(rows, 4)};
}

#define SEATS "SELECT order_id, group_id, quantity, state, mask FROM group_seats "

err group_seat_list(struct ctx *ctx, int64_t group_id, struct group_seat **seats, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 SEATS "WHERE shop_id = $1 AND group_id = $2 AND state <> 3 ORDER BY order_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(group_id), db_int(GROUP_SIZE_MOST)));
    *count = 0;
    *seats = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **seats);
    while (db_next(rows))
        (*seats)[(*count)++] = seat_take(rows);
    return NULL;
}

err group_seat_find(struct ctx *ctx, int64_t order_id, struct group_seat **seat, struct buy_group **group)
{
    struct db_rows *rows;
    *seat = NULL;
    *group = NULL;
    TRY(db_query(ctx, &rows, SEATS "WHERE shop_id = $1 AND order_id = $2", db_int(ctx->shop->id),
                 db_int(order_id)));
    if (!db_next(rows))
        return NULL;
    *seat = arena_alloc(ctx->arena, sizeof **seat);
    **seat = seat_take(rows);
    return buy_group_load(ctx, (*seat)->group_id, group);
}

err group_schedule_orders(struct ctx *ctx, int64_t group_id)
{
    struct group_seat *seats;
    size_t count;
    TRY(group_seat_list(ctx, group_id, &seats, &count));
    for (size_t i = 0; i < count; i++)
        TRY(job_schedule(ctx, GROUP_ORDER_JOB, seats[i].order_id, ctx->now, value_object(ctx->arena)));
    return NULL;
}

/* ---- one person ---- */

static struct db_value key_value(const struct group_buyer *buyer, size_t place)
{
    return db_bytes(buyer->keys[place < buyer->count ? place : 0], CRYPTO_INDEX_BYTES);
}

err group_person_left(struct ctx *ctx, const struct group_want *want, bool *is_in, int64_t *left)
{
    const struct group_place *place = want->place;
    const struct group_buyer *buyer = &want->buyer;
    struct db_rows *rows;
    *is_in = false;
    *left = place->entry.person_most > 0 ? place->entry.person_most : INT64_MAX;
    if (buyer->count == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT COALESCE((SELECT MAX(quantity) FROM group_buyers WHERE shop_id = $1"
                 " AND buyer IN ($2, $3, $4) AND group_buy_id = $5 AND variant_id = $6), 0),"
                 " (SELECT COUNT(*) FROM group_persons WHERE shop_id = $1 AND buyer IN ($2, $3, $4)"
                 " AND group_id = $7 AND is_live = 1)",
                 db_int(ctx->shop->id), key_value(buyer, 0), key_value(buyer, 1), key_value(buyer, 2),
                 db_int(place->group_buy_id), db_int(place->entry.variant_id),
                 db_int(place->group ? place->group->id : 0)));
    if (!db_next(rows))
        return NULL;
    if (place->entry.person_most > 0)
        *left = *left > db_get_int(rows, 0) ? *left - db_get_int(rows, 0) : 0;
    *is_in = db_get_int(rows, 1) > 0;
    return NULL;
}

static err count_pieces_of(struct ctx *ctx, enum error_code code, int64_t group_buy_id,
                           const struct group_entry *entry, int64_t quantity, const unsigned char *key)
{
    if (entry->person_most > 0 && quantity > entry->person_most)
        return fail_with(ctx, code, "more pieces than one person may have");
    return db_expect(ctx, 1, code, "this person has all pieces that one may have",
                     "INSERT INTO group_buyers (shop_id, buyer, group_buy_id, variant_id, quantity)"
                     " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, buyer, group_buy_id, variant_id)"
                     " DO UPDATE SET quantity = group_buyers.quantity + excluded.quantity"
                     " WHERE CAST($6 AS BIGINT) = 0 OR group_buyers.quantity + excluded.quantity <= $6",
                     db_int(ctx->shop->id), db_bytes(key, CRYPTO_INDEX_BYTES), db_int(group_buy_id),
                     db_int(entry->variant_id), db_int(quantity), db_int(entry->person_most));
}

/* A key that sits in the group already inserts nothing. */
static err write_persons(struct ctx *ctx, int64_t order_id, int64_t group_id, const struct group_want *want)
{
    for (size_t i = 0; i < want->buyer.count; i++) {
        const unsigned char *key = want->buyer.keys[i];
        TRY(db_expect(ctx, 1, ERR_DUPLICATE, "this person sits in the group already",
                      "INSERT INTO group_persons (shop_id, order_id, buyer, group_id, is_live)"
                      " VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING",
                      db_int(ctx->shop->id), db_int(order_id), db_bytes(key, CRYPTO_INDEX_BYTES),
                      db_int(group_id)));
        TRY(count_pieces_of(ctx, ERR_DUPLICATE, want->place->group_buy_id, &want->place->entry,
                            want->quantity, key));
    }
    return NULL;
}

/* ---- taking ---- */

/* A new group begins only while its activity runs as it was priced; one that is there keeps its terms. */
static err take_pieces(struct ctx *ctx, const struct group_want *want)
{
    const struct group_place *place = want->place;
    return db_expect(ctx, 1, ERR_GROUP_OVER, "the last piece went a moment ago, or the activity is another",
                     "UPDATE group_buy_entries SET sold = sold + $4 WHERE shop_id = $1"
                     " AND group_buy_id = $2 AND variant_id = $3 AND sold + $4 <= stock"
                     " AND (CAST($5 AS BIGINT) <> 0 OR EXISTS (SELECT 1 FROM group_buys b"
                     " WHERE b.shop_id = $1 AND b.id = $2 AND b.status = 2 AND b.version = $6))",
                     db_int(ctx->shop->id), db_int(place->group_buy_id), db_int(place->entry.variant_id),
                     db_int(want->quantity), db_int(place->group ? place->group->id : 0),
                     db_int(place->version));
}

static err begin_group(struct ctx *ctx, const struct group_place *place, int64_t *group_id)
{
    *group_id = id_new(ctx);
    return db_execute(ctx,
                      "INSERT INTO buy_groups (shop_id, id, token, group_buy_id, variant_id, product_id,"
                      " state, size, hours, price, taken, paid, created_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, 1, 0, $10)",
                      db_int(ctx->shop->id), db_int(*group_id), db_text(random_token(ctx->arena)),
                      db_int(place->group_buy_id), db_int(place->entry.variant_id),
                      db_int(place->entry.product_id), db_int(place->size), db_int(place->hours),
                      db_int(place->entry.price), db_int(ctx->now));
}

/* Of all who want the last seat this lets one through. */
static err join(struct ctx *ctx, const struct buy_group *group, int64_t *group_id)
{
    *group_id = group->id;
    return db_expect(ctx, 1, ERR_GROUP_OVER, "the last seat went a moment ago, or the time is over",
                     "UPDATE buy_groups SET taken = taken + 1 WHERE shop_id = $1 AND id = $2 AND state = 2"
                     " AND ends_at > $3 AND taken < size",
                     db_int(ctx->shop->id), db_int(group->id), db_int(ctx->now));
}

err group_seat_take(struct ctx *ctx, int64_t order_id, const struct group_want *want)
{
    const struct group_place *place = want->place;
    int64_t group_id;
    TRY(take_pieces(ctx, want));
    TRY(place->group ? join(ctx, place->group, &group_id) : begin_group(ctx, place, &group_id));
    TRY(db_execute(ctx,
                   "INSERT INTO group_seats (shop_id, order_id, group_id, group_buy_id, variant_id,"
                   " quantity, state, mask, taken_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)",
                   db_int(ctx->shop->id), db_int(order_id), db_int(group_id), db_int(place->group_buy_id),
                   db_int(place->entry.variant_id), db_int(want->quantity), db_text(want->mask),
                   db_int(ctx->now)));
    return write_persons(ctx, order_id, group_id, want);
}

/* ---- paying ---- */

/* What the group is by this seat; the row is locked by it. */
static err follow(struct ctx *ctx, int64_t order_id, int64_t group_id)
{
    struct buy_group *group;
    TRY(buy_group_load(ctx, group_id, &group));
    switch (group->state) {
    case BUY_GROUP_OPEN:
        return job_schedule(ctx, GROUP_END_JOB, group_id, group->ends_at, value_object(ctx->arena));
    case BUY_GROUP_FULL:
        TRY(job_cancel(ctx, GROUP_END_JOB, group_id));
        return group_schedule_orders(ctx, group_id);
    default: /* its time was over while the money was on its way */
        return job_schedule(ctx, GROUP_ORDER_JOB, order_id, ctx->now, value_object(ctx->arena));
    }
}

err group_seat_pay(struct ctx *ctx, int64_t order_id)
{
    struct group_seat *seat;
    struct buy_group *group;
    TRY(group_seat_find(ctx, order_id, &seat, &group));
    if (!seat)
        return fail_with(ctx, ERR_CONFLICT, "the order has no seat");
    TRY(db_execute(ctx,
                   "UPDATE buy_groups SET paid = paid + 1,"
                   " opened_at = CASE WHEN state = 1 THEN $3 ELSE opened_at END,"
                   " ends_at = CASE WHEN state = 1 THEN $3 + hours * $4 ELSE ends_at END,"
                   " ended_at = CASE WHEN paid + 1 = size THEN $3 ELSE ended_at END,"
                   " state = CASE WHEN paid + 1 = size THEN 3 ELSE 2 END"
                   " WHERE shop_id = $1 AND id = $2 AND state IN (1, 2)",
                   db_int(ctx->shop->id), db_int(seat->group_id), db_int(ctx->now), db_int(HOUR_MS)));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the seat changed meanwhile",
                  "UPDATE group_seats SET state = 2, paid_at = $3 WHERE shop_id = $1 AND order_id = $2"
                  " AND state = 1",
                  db_int(ctx->shop->id), db_int(order_id), db_int(ctx->now)));
    return follow(ctx, order_id, seat->group_id);
}

/* ---- back, and again ---- */

static err move_pieces(struct ctx *ctx, const struct buy_group *group, int64_t pieces)
{
    return db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the pieces of a group buy went to others",
                     "UPDATE group_buy_entries SET sold = sold + $4 WHERE shop_id = $1"
                     " AND group_buy_id = $2 AND variant_id = $3 AND sold + $4 BETWEEN 0 AND stock",
                     db_int(ctx->shop->id), db_int(group->group_buy_id), db_int(group->variant_id),
                     db_int(pieces));
}

static err free_persons(struct ctx *ctx, const struct buy_group *group, const struct group_seat *seat)
{
    TRY(db_execute(ctx,
                   "UPDATE group_buyers SET quantity = quantity - $5 WHERE shop_id = $1"
                   " AND group_buy_id = $3 AND variant_id = $4 AND buyer IN (SELECT p.buyer"
                   " FROM group_persons p WHERE p.shop_id = $1 AND p.order_id = $2 AND p.is_live = 1)",
                   db_int(ctx->shop->id), db_int(seat->order_id), db_int(group->group_buy_id),
                   db_int(group->variant_id), db_int(seat->quantity)));
    return db_execute(ctx, "UPDATE group_persons SET is_live = 0 WHERE shop_id = $1 AND order_id = $2",
                      db_int(ctx->shop->id), db_int(seat->order_id));
}

/* A group without anybody ends; a full one stays full. */
static err free_seat(struct ctx *ctx, const struct buy_group *group, bool was_paid)
{
    if (group->state != BUY_GROUP_NEW && group->state != BUY_GROUP_OPEN)
        return NULL;
    if (group->taken == 1)
        TRY(job_cancel(ctx, GROUP_END_JOB, group->id));
    return db_execute(ctx,
                      "UPDATE buy_groups SET taken = taken - 1, paid = paid - $3,"
                      " ended_at = CASE WHEN taken = 1 THEN $4 ELSE ended_at END,"
                      " state = CASE WHEN taken > 1 THEN state WHEN state = 1 THEN 5 ELSE 4 END"
                      " WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(group->id), db_int(was_paid), db_int(ctx->now));
}

/* Who leaves is stopped here when the last payment came first. */
static err lock_group(struct ctx *ctx, int64_t group_id, bool must_be_open)
{
    return db_expect(ctx, 1, ERR_GROUP_OVER, "the group is full or over",
                     "UPDATE buy_groups SET taken = taken WHERE shop_id = $1 AND id = $2"
                     " AND (CAST($3 AS BIGINT) = 0 OR state = 2)",
                     db_int(ctx->shop->id), db_int(group_id), db_int(must_be_open));
}

static err give_back(struct ctx *ctx, const struct group_seat *seat, struct buy_group *group,
                     bool must_be_open)
{
    TRY(move_pieces(ctx, group, -seat->quantity));
    TRY(lock_group(ctx, group->id, must_be_open));
    TRY(buy_group_load(ctx, group->id, &group));
    TRY(free_seat(ctx, group, seat->state == SEAT_PAID));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the seat changed meanwhile",
                  "UPDATE group_seats SET state = $4 WHERE shop_id = $1 AND order_id = $2 AND state = $3",
                  db_int(ctx->shop->id), db_int(seat->order_id), db_int(seat->state),
                  db_int(group->state == BUY_GROUP_FULL ? SEAT_LEFT : SEAT_FREE)));
    return free_persons(ctx, group, seat);
}

err group_seat_give_back(struct ctx *ctx, int64_t order_id)
{
    struct group_seat *seat;
    struct buy_group *group;
    TRY(group_seat_find(ctx, order_id, &seat, &group));
    if (!seat || (seat->state != SEAT_RESERVED && seat->state != SEAT_PAID))
        return NULL;
    return give_back(ctx, seat, group, false);
}

err group_seat_leave(struct ctx *ctx, int64_t order_id)
{
    struct group_seat *seat;
    struct buy_group *group;
    TRY(group_seat_find(ctx, order_id, &seat, &group));
    if (!seat || seat->state != SEAT_PAID)
        return fail_with(ctx, ERR_GROUP_OVER, "the order has no paid seat in a group");
    return give_back(ctx, seat, group, true);
}

/* One that nobody had paid begins again as long as its activity runs. */
static err seat_again(struct ctx *ctx, const struct buy_group *group)
{
    return db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the seat went to others, or the time is over",
                     "UPDATE buy_groups SET taken = taken + 1, state = CASE WHEN state = 5 THEN 1 ELSE state"
                     " END, ended_at = NULL WHERE shop_id = $1 AND id = $2 AND taken < size"
                     " AND ((state = 2 AND ends_at > $3) OR (state = 5 AND EXISTS (SELECT 1 FROM group_buys b"
                     " WHERE b.shop_id = $1 AND b.id = $4 AND b.status = 2 AND b.ends_at > $3)))",
                     db_int(ctx->shop->id), db_int(group->id), db_int(ctx->now), db_int(group->group_buy_id));
}

static err persons_again(struct ctx *ctx, const struct buy_group *group, const struct group_seat *seat)
{
    struct db_rows *rows;
    size_t length;
    struct group_place place;
    TRY(group_place_load(ctx, group->group_buy_id, group->variant_id, 0, &place));
    TRY(db_query(ctx, &rows,
                 "SELECT buyer FROM group_persons WHERE shop_id = $1 AND order_id = $2 ORDER BY buyer",
                 db_int(ctx->shop->id), db_int(seat->order_id)));
    TRY(db_expect(ctx, (int64_t)db_row_count(rows), ERR_OUT_OF_STOCK, "this person sits there by now",
                  "UPDATE group_persons SET is_live = 1 WHERE shop_id = $1 AND order_id = $2"
                  " AND NOT EXISTS (SELECT 1 FROM group_persons o WHERE o.shop_id = $1"
                  " AND o.group_id = $3 AND o.buyer = group_persons.buyer AND o.is_live = 1)",
                  db_int(ctx->shop->id), db_int(seat->order_id), db_int(group->id)));
    while (db_next(rows))
        TRY(count_pieces_of(ctx, ERR_OUT_OF_STOCK, group->group_buy_id, &place.entry, seat->quantity,
                            db_get_bytes(rows, 0, &length)));
    return NULL;
}

err group_seat_take_again(struct ctx *ctx, int64_t order_id)
{
    struct group_seat *seat;
    struct buy_group *group;
    TRY(group_seat_find(ctx, order_id, &seat, &group));
    if (!seat)
        return NULL;
    if (seat->state != SEAT_FREE)
        return fail_with(ctx, ERR_OUT_OF_STOCK, "the group is over");
    TRY(move_pieces(ctx, group, seat->quantity));
    TRY(seat_again(ctx, group));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the seat changed meanwhile",
                  "UPDATE group_seats SET state = 1 WHERE shop_id = $1 AND order_id = $2 AND state = 3",
                  db_int(ctx->shop->id), db_int(order_id)));
    return persons_again(ctx, group, seat);
}
