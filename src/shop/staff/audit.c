/* audit.c - what people did: written with what they did, read by who may manage staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/staff/staff.h"

#include "base/text.h"

#define SWEPT_AT_ONCE 10000
#define LIST_LIMIT 100

const char *const audit_kinds[] = {"product.on",
                                   "product.off",
                                   "product.kept-off",
                                   "product.blocked",
                                   "product.unblocked",
                                   "product.price",
                                   "products.tag",
                                   "products.untag",
                                   "order.shipped",
                                   "order.cancelled",
                                   "order.refunded",
                                   "order.codes",
                                   "review.replied",
                                   "review.reported",
                                   "message.again",
                                   "login",
                                   "login.failed",
                                   "logout",
                                   "staff.created",
                                   "staff.changed",
                                   "staff.deactivated",
                                   "staff.reactivated",
                                   "staff.password",
                                   "staff.factor-on",
                                   "staff.factor-off",
                                   "staff.factor-reset",
                                   "staff.factor-required",
                                   "staff.factor-optional",
                                   "staff.recovery-codes-made",
                                   "staff.recovery-code-used",
                                   "settings.changed",
                                   "design.published",
                                   "design.restored",
                                   "theme.added",
                                   "theme.published",
                                   "theme.removed",
                                   "trash.removed",
                                   "trash.restored",
                                   "price-list.created",
                                   "price-list.changed",
                                   "price-plan.created",
                                   "price-plan.changed",
                                   "price-plan.cancelled",
                                   "price-plan.undone",
                                   "price-plan.ended",
                                   "gift-card.issued",
                                   "gift-card.codes",
                                   "gift-card.blocked",
                                   "gift-card.unblocked",
                                   "gift-card.extended",
                                   "gift-card.taken-back",
                                   "customer.group",
                                   "customer-group.changed",
                                   "customer-group.removed",
                                   "promotion.created",
                                   "promotion.changed",
                                   "promotion.started",
                                   "promotion.paused",
                                   "promotion.ended",
                                   "coupon.offered",
                                   "coupon.stopped",
                                   "coupon.given",
                                   "customer.points",
                                   "money.corrected",
                                   "search.word-made",
                                   "search.word-removed",
                                   "redirect.saved",
                                   "redirect.pasted",
                                   "product.parts",
                                   "stock-take.created",
                                   "stock-take.booked",
                                   "stock-take.cancelled",
                                   NULL};

err audit_note(struct ctx *ctx, const struct audit_entry *entry)
{
    return db_execute(ctx,
                      "INSERT INTO audit_entries (shop_id, id, at, actor, actor_id, kind, subject, title,"
                      " before, after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      db_int(ctx->shop->id), db_int(id_new(ctx)), db_int(ctx->now),
                      db_int(entry->actor ? entry->actor : ctx->actor),
                      db_int(entry->actor ? entry->actor_id : ctx->actor_id), db_text(entry->kind),
                      db_text(entry->subject ? entry->subject : ""),
                      db_text(entry->title ? entry->title : ""), db_text(entry->before ? entry->before : ""),
                      db_text(entry->after ? entry->after : ""));
}

static err note_in_transaction(struct ctx *ctx, void *arg)
{
    return audit_note(ctx, arg);
}

err audit_note_alone(struct ctx *ctx, const struct audit_entry *entry)
{
    struct audit_entry copy = *entry;
    return db_transact(ctx, note_in_transaction, &copy);
}

#define COLUMNS                                                                                              \
    "SELECT id, at, actor, actor_id, kind, subject, title, before, after FROM audit_entries"                 \
    " WHERE shop_id = $1 AND id >= $2 AND id < $3"
#define NEWEST " ORDER BY id DESC LIMIT $4"
/* What was done to one thing is little: who and kind are looked at row by row. */
#define OF_SUBJECT                                                                                           \
    " AND subject = $5 AND subject <> '' AND (CAST($6 AS BIGINT) = 0 OR actor_id = $6)"                      \
    " AND (CAST($7 AS TEXT) = '' OR kind = $7)"

err audit_list(struct ctx *ctx, const struct audit_query *query, struct audit_entry **entries, size_t *count)
{
    static const char *const statements[2][2] = {
        {COLUMNS NEWEST, COLUMNS " AND kind = $5" NEWEST},
        {COLUMNS " AND actor_id = $5" NEWEST, COLUMNS " AND actor_id = $5 AND kind = $6" NEWEST},
    };
    struct db_rows *rows;
    int limit = query->limit < 1 ? 1 : query->limit > LIST_LIMIT + 1 ? LIST_LIMIT + 1 : query->limit;
    int64_t before = query->until ? id_floor(query->until) : INT64_MAX;
    if (query->before_id && query->before_id < before)
        before = query->before_id;
    struct db_value values[7] = {db_int(ctx->shop->id), db_int(query->since ? id_floor(query->since) : 0),
                                 db_int(before), db_int(limit)};
    size_t bound = 4;
    bool is_of_one = query->subject && query->subject[0];
    if (is_of_one)
        values[bound++] = db_text(query->subject);
    if (query->staff_id || is_of_one)
        values[bound++] = db_int(query->staff_id);
    if (query->kind || is_of_one)
        values[bound++] = db_text(query->kind ? query->kind : "");
    TRY(db_query_values(ctx, &rows,
                        is_of_one ? COLUMNS OF_SUBJECT NEWEST
                                  : statements[query->staff_id != 0][query->kind != NULL],
                        values, bound));
    *entries = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **entries);
    *count = 0;
    while (db_next(rows))
        (*entries)[(*count)++] = (struct audit_entry){.id = db_get_int(rows, 0),
                                                      .at = db_get_int(rows, 1),
                                                      .actor = (enum actor_kind)db_get_int(rows, 2),
                                                      .actor_id = db_get_int(rows, 3),
                                                      .kind = db_get_text(rows, 4),
                                                      .subject = db_get_text(rows, 5),
                                                      .title = db_get_text(rows, 6),
                                                      .before = db_get_text(rows, 7),
                                                      .after = db_get_text(rows, 8)};
    return NULL;
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx,
                      "DELETE FROM audit_entries WHERE shop_id = $1 AND id IN (SELECT e.id FROM"
                      " audit_entries e WHERE e.shop_id = $1 AND e.id < $2 ORDER BY e.id LIMIT $3)",
                      db_int(ctx->shop->id), db_int(id_floor(ctx->now - AUDIT_KEPT_MS)),
                      db_int(SWEPT_AT_ONCE));
}

err audit_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id FROM audit_entries WHERE shop_id = $1 AND id < $2 ORDER BY id LIMIT 1",
                 db_int(ctx->shop->id), db_int(id_floor(ctx->now - AUDIT_KEPT_MS))));
    return db_next(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}
