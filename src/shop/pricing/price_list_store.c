/* price_list_store.c - lists of other prices are written, changed, listed, begin and end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/price_list_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/tenant/tenant.h"

#define GROUPS_JSON_LIMIT 1024

const char *const price_audience_names[] = {[0] = "",
                                            [PRICE_FOR_ALL] = "all",
                                            [PRICE_FOR_GROUPS] = "groups",
                                            [PRICE_FOR_NEW] = "new",
                                            [PRICE_FOR_NEW + 1] = NULL};

/* ---- reading ---- */

static err read_groups(struct ctx *ctx, const char *json, struct price_list *list)
{
    struct value *tree;
    TRY(json_read(ctx, json, strlen(json), &tree));
    const struct value *ids = value_find(tree, "ids");
    int64_t *group_ids = arena_alloc_many(ctx->arena, value_count(ids) + 1, sizeof *group_ids);
    for (size_t i = 0; i < value_count(ids); i++)
        group_ids[i] = value_at(ids, i)->integer;
    list->group_ids = group_ids;
    list->group_count = value_count(ids);
    return NULL;
}

static err write_groups(struct ctx *ctx, const struct price_list *list, const char **json)
{
    struct value *tree = value_object(ctx->arena);
    struct value *ids = value_set_list(ctx->arena, tree, "ids");
    for (size_t i = 0; i < list->group_count; i++)
        value_add(ctx->arena, ids, value_int(list->group_ids[i]));
    return json_text(ctx, tree, GROUPS_JSON_LIMIT, json);
}

err price_lists_take(struct ctx *ctx, struct db_rows *rows, struct price_list **lists, size_t *count)
{
    *count = 0;
    *lists = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **lists);
    while (db_next(rows)) {
        struct price_list *list = &(*lists)[(*count)++];
        list->base = (struct promotion){.id = db_get_int(rows, 0),
                                        .version = db_get_int(rows, 1),
                                        .status = (enum promotion_status)db_get_int(rows, 2),
                                        .name = db_get_text(rows, 3),
                                        .code = "",
                                        .starts_at = db_get_int(rows, 6),
                                        .ends_at = db_get_int(rows, 7),
                                        .updated_at = db_get_int(rows, 10)};
        list->audience = (enum price_audience)db_get_int(rows, 4);
        list->is_shown = db_get_int(rows, 5) == 1;
        TRY(terms_read(ctx, db_get_text(rows, 8), &list->base));
        TRY(read_groups(ctx, db_get_text(rows, 9), list));
    }
    return NULL;
}

err price_list_load(struct ctx *ctx, int64_t price_list_id, struct price_list **list)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, PRICE_LIST_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(price_list_id)));
    TRY(price_lists_take(ctx, rows, list, &count));
    return count == 1 ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such price list");
}

err price_list_list(struct ctx *ctx, struct price_list **lists, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, PRICE_LIST_COLUMNS "WHERE shop_id = $1 ORDER BY id DESC LIMIT $2",
                 db_int(ctx->shop->id), db_int(PRICE_LIST_LIMIT)));
    return price_lists_take(ctx, rows, lists, count);
}

/* ---- writing ---- */

/* Whether the shop has any stands with it, so that others are asked nothing; pages are made anew. */
static err refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM price_lists WHERE shop_id = $1 AND status = 2 AND ends_at > $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return shop_change_price_lists(ctx, db_next(rows));
}

/* And once more when it begins and when it ends. */
static err announce(struct ctx *ctx, const struct promotion *base)
{
    int64_t turn = base->starts_at > ctx->now ? base->starts_at : base->ends_at;
    TRY(job_schedule(ctx, PRICE_LIST_TURN_JOB, base->id, turn, NULL));
    return refresh(ctx);
}

static err write_version(struct ctx *ctx, const struct promotion *base, const char *terms, const char *groups)
{
    return db_execute(ctx,
                      "INSERT INTO price_list_versions (shop_id, price_list_id, version, at, actor_id, terms,"
                      " group_ids) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      db_int(ctx->shop->id), db_int(base->id), db_int(base->version), db_int(ctx->now),
                      db_int(ctx->actor_id), db_text(terms), db_text(groups));
}

static err check_room(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM price_lists WHERE shop_id = $1", db_int(ctx->shop->id)));
    return db_next(rows) && db_get_int(rows, 0) < PRICE_LIST_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "at most %d price lists", PRICE_LIST_LIMIT);
}

static err write_list(struct ctx *ctx, const struct price_list *list, const char *terms, const char *groups)
{
    const struct promotion *base = &list->base;
    struct db_value shop_id = db_int(ctx->shop->id), id = db_int(base->id), version = db_int(base->version);
    if (base->version == 1)
        return db_expect(ctx, 1, ERR_DUPLICATE, "price list",
                         "INSERT INTO price_lists (shop_id, id, version, status, name, audience, is_shown,"
                         " starts_at, ends_at, terms, group_ids, updated_at)"
                         " VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11)",
                         shop_id, id, version, db_text(base->name), db_int(list->audience),
                         db_int(list->is_shown), db_int(base->starts_at), db_int(base->ends_at),
                         db_text(terms), db_text(groups), db_int(ctx->now));
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this price list, or it has ended",
                     "UPDATE price_lists SET version = $3, name = $4, audience = $5, is_shown = $6,"
                     " starts_at = $7, ends_at = $8, terms = $9, group_ids = $10, updated_at = $11"
                     " WHERE shop_id = $1 AND id = $2 AND version = $3 - 1 AND status < 4",
                     shop_id, id, version, db_text(base->name), db_int(list->audience),
                     db_int(list->is_shown), db_int(base->starts_at), db_int(base->ends_at), db_text(terms),
                     db_text(groups), db_int(ctx->now));
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct price_list *list = arg;
    struct price_list next = *list;
    struct price_list *before;
    const char *terms, *groups;
    TRY(terms_write(ctx, &next.base, &terms));
    TRY(write_groups(ctx, &next, &groups));
    if (next.base.id) {
        TRY(price_list_load(ctx, next.base.id, &before));
        next.base.status = before->base.status;
    } else {
        TRY(check_room(ctx));
        next.base.id = id_new(ctx);
        next.base.version = 0;
        next.base.status = PROMOTION_DRAFT;
    }
    next.base.version++;
    TRY(write_list(ctx, &next, terms, groups));
    TRY(write_version(ctx, &next.base, terms, groups));
    if (next.base.status == PROMOTION_ACTIVE)
        TRY(announce(ctx, &next.base));
    *list = next;
    return NULL;
}

static err check_audience(struct ctx *ctx, const struct price_list *list)
{
    if (list->audience == PRICE_FOR_GROUPS && list->group_count == 0)
        return fail_field(ctx, "groups", "groups-required", "choose the groups that it is for");
    return list->group_count <= PRICE_LIST_GROUP_LIMIT
               ? NULL
               : fail_field(ctx, "groups", "too-many", "at most 20 groups");
}

err price_list_save(struct ctx *ctx, struct price_list *list)
{
    struct price_list next = *list;
    next.base.code = "";
    next.base.rule.kind = DISCOUNT_SALE;
    next.base.rule.most = next.base.rule.times = 0;
    TRY(promotion_validate(ctx, &next.base));
    TRY(check_audience(ctx, &next));
    TRY(promotion_check_prices(ctx, &next.base));
    TRY(db_transact(ctx, save_in_transaction, &next));
    *list = next;
    return NULL;
}

/* ---- life ---- */

struct change {
    int64_t price_list_id;
    enum promotion_status status;
};

static err check_active(struct ctx *ctx, const struct price_list *list)
{
    struct db_rows *rows;
    TRY(promotion_validate(ctx, &list->base));
    TRY(db_query(ctx, &rows,
                 "SELECT COUNT(*) FROM price_lists WHERE shop_id = $1 AND status = 2 AND ends_at > $2",
                 db_int(ctx->shop->id), db_int(ctx->now)));
    return db_next(rows) && db_get_int(rows, 0) < PRICE_LIST_ACTIVE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "%d price lists count at the same time", PRICE_LIST_ACTIVE_LIMIT);
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct change *change = arg;
    struct price_list *list;
    TRY(price_list_load(ctx, change->price_list_id, &list));
    if (list->base.status == change->status)
        return NULL;
    if (!promotion_may_become(list->base.status, change->status))
        return fail_with(ctx, ERR_CONFLICT, "a price list that is %s cannot become %s",
                         promotion_status_names[list->base.status], promotion_status_names[change->status]);
    if (change->status == PROMOTION_ACTIVE)
        TRY(check_active(ctx, list));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this price list",
                  "UPDATE price_lists SET status = $3, updated_at = $4 WHERE shop_id = $1 AND id = $2"
                  " AND status = $5 AND version = $6",
                  db_int(ctx->shop->id), db_int(list->base.id), db_int(change->status), db_int(ctx->now),
                  db_int(list->base.status), db_int(list->base.version)));
    return announce(ctx, &list->base);
}

err price_list_change_status(struct ctx *ctx, int64_t price_list_id, enum promotion_status status)
{
    struct change change = {price_list_id, status};
    return db_transact(ctx, change_in_transaction, &change);
}

static err turn_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *price_list_id = arg;
    struct price_list *list;
    TRY(price_list_load(ctx, *price_list_id, &list));
    if (list->base.ends_at > ctx->now)
        return announce(ctx, &list->base);
    TRY(db_execute(ctx,
                   "UPDATE price_lists SET status = 4, updated_at = $3 WHERE shop_id = $1 AND id = $2"
                   " AND ends_at <= $3 AND status IN (2, 3)",
                   db_int(ctx->shop->id), db_int(list->base.id), db_int(ctx->now)));
    return refresh(ctx);
}

err price_list_run_turn(struct ctx *ctx, const struct job *job, void *owner)
{
    int64_t price_list_id = job->subject_id;
    (void)owner;
    return db_transact(ctx, turn_in_transaction, &price_list_id);
}
