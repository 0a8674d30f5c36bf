/* catalog_version.c - the history of a product: every saved state, what changed, and going back to one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define SHEET_LIMIT 2000000
#define CHANGES_LIMIT 600000
#define LIST_LIMIT 50
#define PRICES_NOTED 20 /* of one save, in the audit list */

struct record {
    int64_t product_id;
    int64_t version;
    int64_t at;
    enum actor_kind actor;
    int64_t actor_id;
    const char *cause;
    bool is_whole;
    const struct value *sheet;
    const struct value *changes;
    int64_t act_id;
};

static err write_record(struct ctx *ctx, const struct record *record)
{
    const char *sheet, *changes;
    TRY(json_text(ctx, record->sheet, SHEET_LIMIT, &sheet));
    TRY(json_text(ctx, record->changes, CHANGES_LIMIT, &changes));
    return db_execute(ctx,
                      "INSERT INTO product_versions (shop_id, product_id, version, at, actor, actor_id, "
                      "cause, is_whole, sheet,"
                      " changes, act_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                      " ON CONFLICT (shop_id, product_id, version) DO NOTHING",
                      db_int(ctx->shop->id), db_int(record->product_id), db_int(record->version),
                      db_int(record->at), db_int(record->actor), db_int(record->actor_id),
                      db_text(record->cause), db_int(record->is_whole), db_text(sheet), db_text(changes),
                      db_id(record->act_id));
}

/* What is kept begins with a whole one. */
static err forget_old(struct ctx *ctx, int64_t product_id, int64_t version)
{
    return db_execute(
        ctx,
        "DELETE FROM product_versions WHERE shop_id = $1 AND product_id = $2 AND version <"
        " (SELECT max(v.version) FROM product_versions v WHERE v.shop_id = $1 AND v.product_id = $2"
        " AND v.version <= $3 AND v.is_whole = 1)",
        db_int(ctx->shop->id), db_int(product_id), db_int(version - PRODUCT_VERSION_LIMIT));
}

err product_version_open(struct ctx *ctx, const struct product *before, struct value **sheet)
{
    struct db_rows *rows;
    TRY(product_sheet_load(ctx, before, sheet));
    TRY(db_query(
        ctx, &rows,
        "SELECT 1 FROM product_versions WHERE shop_id = $1 AND product_id = $2 AND is_whole = 1 LIMIT 1",
        db_int(ctx->shop->id), db_int(before->id)));
    if (db_next(rows))
        return NULL;
    return write_record(ctx, &(struct record){.product_id = before->id,
                                              .version = before->version,
                                              .at = before->updated_at,
                                              .actor = ACTOR_SYSTEM,
                                              .cause = "found",
                                              .is_whole = true,
                                              .sheet = *sheet,
                                              .changes = value_list(ctx->arena)});
}

err product_note_status(struct ctx *ctx, int64_t product_id, const char *title, const char *before,
                        const char *after)
{
    const char *active = product_status_name(PRODUCT_ACTIVE);
    bool was_on = text_is(before, active), is_on = text_is(after, active);
    if (was_on == is_on)
        return NULL;
    return audit_note(
        ctx, &(struct audit_entry){.kind = is_on ? "product.on" : "product.off",
                                   .subject = arena_format(ctx->arena, "products/%" PRId64, product_id),
                                   .title = title,
                                   .before = before,
                                   .after = after});
}

/* The first few prices of a save: the history has all of them. */
static err note_changes(struct ctx *ctx, const struct product *product, const struct value *changes)
{
    int noted = 0;
    for (size_t i = 0; i < value_count(changes) && noted < PRICES_NOTED; i++) {
        const struct value *change = value_at(changes, i);
        if (!text_is(value_find_text(change, "field"), "price"))
            continue;
        noted++;
        const char *of = value_find_text(change, "of");
        const char *title =
            of && of[0] ? arena_format(ctx->arena, "%s · %s", product->title, of) : product->title;
        TRY(audit_note(
            ctx, &(struct audit_entry){.kind = "product.price",
                                       .subject = arena_format(ctx->arena, "products/%" PRId64, product->id),
                                       .title = title,
                                       .before = value_find_text(change, "before"),
                                       .after = value_find_text(change, "after")}));
    }
    return NULL;
}

err product_version_close(struct ctx *ctx, int64_t product_id, const struct value *before, const char *cause)
{
    const struct product *product;
    struct value *sheet;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_sheet_load(ctx, product, &sheet));
    const struct value *changes = product_sheet_changes(ctx, before, sheet);
    TRY(product_note_status(
        ctx, product_id, product->title,
        before ? product_status_name((enum product_status)value_find_int(before, "status", 1)) : NULL,
        product_status_name(product->status)));
    TRY(note_changes(ctx, product, changes));
    TRY(write_record(ctx, &(struct record){.product_id = product_id,
                                           .version = product->version,
                                           .at = ctx->now,
                                           .actor = ctx->actor,
                                           .actor_id = ctx->actor_id,
                                           .cause = cause,
                                           .is_whole = true,
                                           .sheet = sheet,
                                           .changes = changes}));
    return forget_old(ctx, product_id, product->version);
}

err product_version_write(struct ctx *ctx, const struct version_whole *save, const struct product *found)
{
    if (found)
        TRY(write_record(ctx, &(struct record){.product_id = found->id,
                                               .version = found->version,
                                               .at = found->updated_at,
                                               .actor = ACTOR_SYSTEM,
                                               .cause = "found",
                                               .is_whole = true,
                                               .sheet = save->before,
                                               .changes = value_list(ctx->arena)}));
    TRY(write_record(ctx, &(struct record){.product_id = save->product_id,
                                           .version = save->version,
                                           .at = ctx->now,
                                           .actor = ctx->actor,
                                           .actor_id = ctx->actor_id,
                                           .cause = save->cause,
                                           .is_whole = true,
                                           .sheet = save->after,
                                           .changes = product_sheet_changes(ctx, save->before, save->after),
                                           .act_id = save->act_id}));
    return save->version > PRODUCT_VERSION_LIMIT ? forget_old(ctx, save->product_id, save->version) : NULL;
}

err product_version_part(struct ctx *ctx, const struct version_part *part)
{
    struct value *changes = value_list(ctx->arena);
    struct value *change = value_add(ctx->arena, changes, *value_object(ctx->arena));
    value_set_text(ctx->arena, change, "field", part->field);
    value_set_text(ctx->arena, change, "of", "");
    value_set_text(ctx->arena, change, "before", part->before);
    value_set_text(ctx->arena, change, "after", part->after);
    return write_record(ctx, &(struct record){.product_id = part->product_id,
                                              .version = part->version,
                                              .at = ctx->now,
                                              .actor = ctx->actor,
                                              .actor_id = ctx->actor_id,
                                              .cause = part->cause ? part->cause : part->field,
                                              .sheet = part->members,
                                              .changes = changes,
                                              .act_id = part->act_id});
}

err product_version_list(struct ctx *ctx, int64_t product_id, int64_t before, int limit,
                         struct product_version **versions, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT version, at, actor, actor_id, cause, changes, CAST(COALESCE((SELECT min(w.version)"
                 " FROM product_versions w WHERE w.shop_id = $1 AND w.product_id = $2 AND w.is_whole = 1), 0)"
                 " AS BIGINT) FROM product_versions"
                 " WHERE shop_id = $1 AND product_id = $2 AND version < $3 ORDER BY version DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(product_id), db_int(before > 0 ? before : INT64_MAX),
                 db_int(limit < LIST_LIMIT ? limit : LIST_LIMIT)));
    *versions = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **versions);
    *count = 0;
    while (db_next(rows)) {
        struct value *changes;
        const char *json = db_get_text(rows, 5);
        int64_t first = db_get_int(rows, 6);
        TRY(json_read(ctx, json, strlen(json), &changes));
        (*versions)[(*count)++] =
            (struct product_version){.version = db_get_int(rows, 0),
                                     .at = db_get_int(rows, 1),
                                     .actor = (enum actor_kind)db_get_int(rows, 2),
                                     .actor_id = db_get_int(rows, 3),
                                     .cause = db_get_text(rows, 4),
                                     .changes = changes,
                                     .can_restore = first > 0 && db_get_int(rows, 0) >= first};
    }
    return NULL;
}

/* The state at a version: the last whole one up to it, and what was replaced since. */
err product_version_sheet(struct ctx *ctx, int64_t product_id, int64_t version, struct value **sheet,
                          int64_t *at)
{
    struct db_rows *rows;
    int64_t last = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT version, sheet, at FROM product_versions WHERE shop_id = $1 AND product_id = $2"
                 " AND version <= $3 AND version >= (SELECT max(w.version) FROM product_versions w"
                 " WHERE w.shop_id = $1 AND w.product_id = $2 AND w.version <= $3 AND w.is_whole = 1)"
                 " ORDER BY version",
                 db_int(ctx->shop->id), db_int(product_id), db_int(version)));
    *sheet = value_object(ctx->arena);
    while (db_next(rows)) {
        struct value *members;
        const char *json = db_get_text(rows, 1);
        last = db_get_int(rows, 0);
        *at = db_get_int(rows, 2);
        TRY(json_read(ctx, json, strlen(json), &members));
        for (size_t i = 0; i < members->object->count; i++)
            value_set(ctx->arena, *sheet, members->object->members[i].name,
                      members->object->members[i].value);
    }
    return last == version ? NULL : fail_with(ctx, ERR_NOT_FOUND, "the product has no such version");
}

err product_restore(struct ctx *ctx, int64_t product_id, int64_t version, int64_t expected)
{
    struct value *sheet;
    struct product_draft draft;
    int64_t at = 0;
    TRY(product_version_sheet(ctx, product_id, version, &sheet, &at));
    TRY(product_sheet_draft(ctx, sheet, &draft));
    TRY(product_tags_today(ctx, draft.tags, draft.tag_count, at));
    draft.id = product_id;
    draft.version = expected;
    draft.schedule = product_schedule_today(ctx, draft.schedule);
    draft.cause = "restored";
    return product_save(ctx, &draft);
}
