/* promotion_list.c - offers by phase, what they gave, and what they said at each time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/promotion_parts.h"
#include "shop/pricing/promotion_staff.h"

#include "base/random.h"

#define CODE_LENGTH 10

/* As promotion_phase_of: $4 is the moment, the numbers are enum promotion_phase. */
#define PHASE_OF                                                                                             \
    "CASE WHEN status = 4 OR (status <> 1 AND ends_at <= $4) THEN 4 WHEN status = 1 THEN 0"                  \
    " WHEN status = 3 THEN 3 WHEN starts_at > $4 THEN 1"                                                     \
    " WHEN (uses_most > 0 AND uses >= uses_most) OR (money_most > 0 AND money >= money_most) THEN 5"         \
    " ELSE 2 END"

_Static_assert(PHASE_DRAFT == 0 && PHASE_SCHEDULED == 1 && PHASE_RUNNING == 2 && PHASE_PAUSED == 3 &&
                   PHASE_ENDED == 4 && PHASE_USED_UP == 5,
               "the statement says the phases by their numbers");

err promotion_list_phase(struct ctx *ctx, const struct promotion_phase_query *query,
                         struct promotion **promotions, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 PROMOTION_COLUMNS "WHERE shop_id = $1 AND (CAST($2 AS BIGINT) = 0 OR kind = $2)"
                                   " AND (CAST($3 AS BIGINT) = -1 OR " PHASE_OF
                                   " = $3) AND id < $5 ORDER BY id DESC LIMIT $6",
                 db_int(ctx->shop->id), db_int(query->kind),
                 db_int(query->has_phase ? (int64_t)query->phase : -1), db_int(ctx->now),
                 db_int(query->before_id > 0 ? query->before_id : INT64_MAX), db_int(query->limit)));
    return promotions_take(ctx, rows, promotions, count);
}

#define LIVE_USES                                                                                            \
    "FROM promotion_uses u WHERE u.shop_id = p.shop_id AND u.promotion_id = p.id AND u.is_live = 1 LIMIT "   \
    "$34"

static err count_part(struct ctx *ctx, const int64_t *ids, size_t count, struct promotion_figure *figures)
{
    struct db_value values[DB_IDS_VALUES + 1];
    struct db_rows *rows;
    size_t bound = db_bind_ids(ctx, ids, count, values);
    values[DB_IDS_VALUES] = db_int(PROMOTION_COUNT_MOST);
    TRY(db_query_values(ctx, &rows,
                        "SELECT p.id, (SELECT COUNT(*) FROM (SELECT 1 " LIVE_USES ") x),"
                        " (SELECT CAST(COALESCE(SUM(x.amount), 0) AS BIGINT) FROM (SELECT u.amount " LIVE_USES
                        ") x) FROM promotions p WHERE p.shop_id = $1 AND p.id IN " DB_IDS,
                        values, DB_IDS_VALUES + 1));
    while (db_next(rows))
        for (size_t i = 0; i < bound; i++)
            if (ids[i] == db_get_int(rows, 0))
                figures[i] = (struct promotion_figure){db_get_int(rows, 1), db_get_int(rows, 2),
                                                       db_get_int(rows, 1) >= PROMOTION_COUNT_MOST};
    return NULL;
}

err promotion_figure_many(struct ctx *ctx, const int64_t *promotion_ids, size_t count,
                          struct promotion_figure *figures)
{
    for (size_t i = 0; i < count; i++)
        figures[i] = (struct promotion_figure){0};
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(count_part(ctx, promotion_ids + start, count - start, figures + start));
    return NULL;
}

err promotion_use_list(struct ctx *ctx, int64_t promotion_id, int64_t before_order_id, int limit,
                       struct promotion_use **uses, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT order_id, version, amount, is_live FROM promotion_uses WHERE shop_id = $1"
                 " AND promotion_id = $2 AND order_id < $3 ORDER BY order_id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(promotion_id),
                 db_int(before_order_id > 0 ? before_order_id : INT64_MAX), db_int(limit)));
    *count = 0;
    *uses = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **uses);
    while (db_next(rows))
        (*uses)[(*count)++] = (struct promotion_use){db_get_int(rows, 0), db_get_int(rows, 1),
                                                     db_get_int(rows, 2), db_get_int(rows, 3) == 1};
    return NULL;
}

err promotion_version_list(struct ctx *ctx, int64_t promotion_id, struct promotion_version **versions,
                           size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, at, actor_id, terms FROM promotion_versions WHERE shop_id = $1"
                 " AND promotion_id = $2 ORDER BY version DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(promotion_id), db_int(PROMOTION_VERSION_LIST)));
    *count = 0;
    *versions = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **versions);
    while (db_next(rows)) {
        struct promotion_version *version = &(*versions)[(*count)++];
        *version =
            (struct promotion_version){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2), {0}};
        version->promotion.name = version->promotion.code = "";
        TRY(terms_read(ctx, db_get_text(rows, 3), &version->promotion));
    }
    return NULL;
}

err promotion_examine(struct ctx *ctx, const struct promotion *promotion)
{
    return promotion_validate(ctx, promotion);
}

const char *promotion_code_make(struct ctx *ctx)
{
    static const char signs[] = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    char *code = arena_alloc(ctx->arena, CODE_LENGTH + 1);
    for (size_t i = 0; i < CODE_LENGTH; i++)
        code[i] = signs[random_below(sizeof signs - 1)];
    return code;
}
