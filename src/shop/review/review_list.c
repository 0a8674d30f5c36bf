/* review_list.c - reading reviews, and what they come to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/review/review_parts.h"
#include <inttypes.h>

static struct review read_review(const struct db_rows *rows)
{
    return (struct review){.id = db_get_int(rows, 0),
                           .product_id = db_get_int(rows, 1),
                           .order_id = db_get_int(rows, 2),
                           .line_no = db_get_int(rows, 3),
                           .variant_title = db_get_text(rows, 4),
                           .stars = db_get_int(rows, 5),
                           .body = db_get_text(rows, 6),
                           .author = db_get_text(rows, 7),
                           .created_at = db_get_int(rows, 8),
                           .follow_body = db_get_text(rows, 9),
                           .followed_at = db_get_int(rows, 10),
                           .weight = db_get_int(rows, 11),
                           .reply_no = db_get_int(rows, 12),
                           .reply = db_get_text(rows, 13),
                           .replied_at = db_get_int(rows, 14),
                           .reported_at = db_get_int(rows, 15),
                           .hidden_reason = (enum review_reason)db_get_int(rows, 16),
                           .pictures = db_get_text(rows, 17),
                           .votes = db_get_int(rows, 18)};
}

void review_take(struct ctx *ctx, struct db_rows *rows, struct review **reviews, size_t *count)
{
    *reviews = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **reviews);
    *count = 0;
    while (db_next(rows))
        (*reviews)[(*count)++] = read_review(rows);
}

err review_load(struct ctx *ctx, int64_t review_id, const struct review **review)
{
    struct db_rows *rows;
    struct review *found;
    size_t count;
    TRY(db_query(ctx, &rows, REVIEW_COLUMNS " AND v.id = $2", db_int(ctx->shop->id), db_int(review_id)));
    review_take(ctx, rows, &found, &count);
    if (count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such review");
    *review = found;
    return NULL;
}

err review_list_order(struct ctx *ctx, int64_t order_id, struct review **reviews, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, REVIEW_COLUMNS " AND v.order_id = $2 ORDER BY v.line_no", db_int(ctx->shop->id),
                 db_int(order_id)));
    review_take(ctx, rows, reviews, count);
    return NULL;
}

/* ---- of a product ---- */

struct place {
    int64_t votes;
    int64_t weight;
    int64_t id;
};

/* VOTES.WEIGHT.ID of the last one. */
static err read_cursor(struct ctx *ctx, const char *cursor, struct place *place)
{
    *place = (struct place){INT64_MAX, INT64_MAX, INT64_MAX};
    if (!cursor || !cursor[0])
        return NULL;
    char *votes = arena_copy_text(ctx->arena, cursor);
    char *weight = strchr(votes, '.'), *id = weight ? strchr(weight + 1, '.') : NULL;
    if (id) {
        *weight++ = 0;
        *id++ = 0;
    }
    if (!id || !text_to_int(votes, &place->votes) || !text_to_int(weight, &place->weight) ||
        !text_to_int(id, &place->id))
        return fail_with(ctx, ERR_BAD_REQUEST, "this is no cursor of ours");
    return NULL;
}

const char *review_cursor(struct ctx *ctx, const struct review *last)
{
    return arena_format(ctx->arena, "%" PRId64 ".%" PRId64 ".%" PRId64, last->votes, last->weight, last->id);
}

static int limit_of(int limit)
{
    return limit < 1 ? 1 : limit > REVIEW_PAGE_LIMIT + 1 ? REVIEW_PAGE_LIMIT + 1 : limit;
}

#define OF_PRODUCT REVIEW_COLUMNS " AND v.product_id = $2"
#define NEWEST " AND v.id < $4 ORDER BY v.id DESC LIMIT $3"
#define USEFUL                                                                                               \
    " AND (v.votes, v.weight, v.id) < ($6, $5, $4) ORDER BY v.votes DESC, v.weight DESC, v.id DESC LIMIT $3"

err review_list(struct ctx *ctx, const struct review_query *query, struct review **reviews, size_t *count)
{
    static const char *const by_sort[2][2] = {
        [REVIEW_USEFUL] = {OF_PRODUCT USEFUL, OF_PRODUCT " AND v.weight > 0" USEFUL},
        [REVIEW_NEWEST] = {OF_PRODUCT NEWEST, OF_PRODUCT " AND v.weight > 0" NEWEST},
    };
    struct db_rows *rows;
    struct place place;
    TRY(read_cursor(ctx, query->cursor, &place));
    struct db_value values[] = {db_int(ctx->shop->id),          db_int(query->product_id),
                                db_int(limit_of(query->limit)), db_int(place.id),
                                db_int(place.weight),           db_int(place.votes)};
    if (query->stars) {
        values[4] = db_int(query->stars);
        TRY(db_query_values(ctx, &rows, OF_PRODUCT " AND v.stars = $5" NEWEST, values, 5));
    } else {
        TRY(db_query_values(ctx, &rows, by_sort[query->sort][query->is_worded], values,
                            query->sort == REVIEW_USEFUL ? 6 : 4));
    }
    review_take(ctx, rows, reviews, count);
    return NULL;
}

/* ---- of the shop ---- */

#define OF_SHOP REVIEW_COLUMNS " AND v.id < $2"
#define TAIL " ORDER BY v.id DESC LIMIT $3"
#define OF_STATES(where)                                                                                     \
    {                                                                                                        \
        [REVIEW_ANY] = where TAIL,                                                                           \
        [REVIEW_UNANSWERED] = where " AND v.reply_no = 0 AND v.hidden_reason = 0" TAIL,                      \
        [REVIEW_IS_REPORTED] = where " AND v.reported_at IS NOT NULL" TAIL,                                  \
        [REVIEW_IS_HIDDEN] = where " AND v.hidden_reason > 0" TAIL,                                          \
    }

err review_list_shop(struct ctx *ctx, const struct review_shop_query *query, struct review **reviews,
                     size_t *count)
{
    static const char *const statements[2][2][REVIEW_STATES] = {
        {OF_STATES(OF_SHOP), OF_STATES(OF_SHOP " AND v.stars = $4")},
        {OF_STATES(OF_SHOP " AND v.product_id = $4"),
         OF_STATES(OF_SHOP " AND v.product_id = $4 AND v.stars = $5")},
    };
    struct db_rows *rows;
    struct db_value values[5] = {db_int(ctx->shop->id),
                                 db_int(query->before_id ? query->before_id : INT64_MAX),
                                 db_int(limit_of(query->limit))};
    size_t bound = 3;
    if (query->product_id)
        values[bound++] = db_int(query->product_id);
    if (query->stars)
        values[bound++] = db_int(query->stars);
    TRY(db_query_values(ctx, &rows, statements[query->product_id != 0][query->stars != 0][query->state],
                        values, bound));
    review_take(ctx, rows, reviews, count);
    return NULL;
}

err review_count_waiting(struct ctx *ctx, int64_t most, int64_t *unanswered, int64_t *reported)
{
    struct db_rows *unanswered_rows, *reported_rows;
    TRY(db_ask(ctx, &unanswered_rows,
               "SELECT COUNT(*) FROM (SELECT 1 FROM reviews WHERE shop_id = $1 AND reply_no = 0"
               " AND hidden_reason = 0 LIMIT $2) n",
               db_int(ctx->shop->id), db_int(most)));
    TRY(db_query(ctx, &reported_rows,
                 "SELECT COUNT(*) FROM (SELECT 1 FROM reviews WHERE shop_id = $1 AND reported_at IS NOT NULL"
                 " LIMIT $2) n",
                 db_int(ctx->shop->id), db_int(most)));
    *unanswered = db_next(unanswered_rows) ? db_get_int(unanswered_rows, 0) : 0;
    *reported = db_next(reported_rows) ? db_get_int(reported_rows, 0) : 0;
    return NULL;
}

/* ---- figures ---- */

int64_t review_count(const struct review_figures *figures)
{
    int64_t count = 0;
    for (int i = 0; i < REVIEW_STARS; i++)
        count += figures->stars[i];
    return count;
}

int64_t review_average_tenths(const struct review_figures *figures)
{
    int64_t sum = 0, count = review_count(figures);
    for (int i = 0; i < REVIEW_STARS; i++)
        sum += (i + 1) * figures->stars[i];
    return count ? (20 * sum + count) / (2 * count) : 0;
}

static err load_figures(struct ctx *ctx, const int64_t *product_ids, size_t count,
                        struct review_figures *figures)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    db_bind_ids(ctx, product_ids, count, values);
    TRY(db_query_values(ctx, &rows,
                        "SELECT product_id, stars_1, stars_2, stars_3, stars_4, stars_5, worded, hidden"
                        " FROM product_reviews WHERE shop_id = $1 AND product_id IN " DB_IDS,
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++) {
            if (product_ids[i] != db_get_int(rows, 0))
                continue;
            for (int star = 0; star < REVIEW_STARS; star++)
                figures[i].stars[star] = db_get_int(rows, star + 1);
            figures[i].worded = db_get_int(rows, 6);
            figures[i].hidden = db_get_int(rows, 7);
        }
    return NULL;
}

err review_figures_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                        struct review_figures *figures)
{
    memset(figures, 0, count * sizeof *figures);
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        size_t length = count - start < DB_IDS_LIMIT ? count - start : DB_IDS_LIMIT;
        TRY(load_figures(ctx, product_ids + start, length, figures + start));
    }
    return NULL;
}
