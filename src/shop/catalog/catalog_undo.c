/* catalog_undo.c - undoing an act that saved whole products: each one that nobody changed since gets back
 * what it had, one that the act created is archived. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

/* A product of the act. */
struct touched {
    int64_t product_id;
    int64_t first; /* its versions that the act made */
    int64_t last;
    int64_t versions;    /* how many they are */
    int64_t present;     /* the version it has now */
    struct value *sheet; /* before the act; NULL = the act created it */
    int64_t at;          /* of that sheet */
};

struct part {
    struct act_undoing *undoing;
    struct touched items[ACT_UNDO_CHUNK];
    size_t count;
    struct attribute *attributes;
    size_t attribute_count;
    struct category *categories;
    struct shelf_gate gate;
    size_t category_count;
};

static err read_touched(struct ctx *ctx, struct part *part)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT v.product_id, min(v.version), max(v.version), count(*), p.version FROM product_versions v"
        " JOIN products p ON p.shop_id = v.shop_id AND p.id = v.product_id"
        " WHERE v.shop_id = $1 AND v.act_id = $2 AND v.product_id > $3"
        " GROUP BY v.product_id, p.version ORDER BY v.product_id LIMIT $4",
        db_int(ctx->shop->id), db_int(part->undoing->act_id), db_int(part->undoing->after),
        db_int(ACT_UNDO_CHUNK)));
    part->count = 0;
    while (db_next(rows))
        part->items[part->count++] = (struct touched){.product_id = db_get_int(rows, 0),
                                                      .first = db_get_int(rows, 1),
                                                      .last = db_get_int(rows, 2),
                                                      .versions = db_get_int(rows, 3),
                                                      .present = db_get_int(rows, 4)};
    return NULL;
}

static err take_members(struct ctx *ctx, struct touched *touched, const char *json, int64_t at)
{
    struct value *members;
    TRY(json_read(ctx, json, strlen(json), &members));
    if (!touched->sheet)
        touched->sheet = value_object(ctx->arena);
    touched->at = at;
    for (size_t i = 0; i < members->object->count; i++)
        value_set(ctx->arena, touched->sheet, members->object->members[i].name,
                  members->object->members[i].value);
    return NULL;
}

/* For each product the last whole state before the act, and what was replaced in it until then. */
static err read_sheets(struct ctx *ctx, struct part *part)
{
    struct db_rows *rows;
    size_t at = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT s.product_id, s.sheet, s.at FROM product_versions s"
                 " JOIN (SELECT v.product_id, min(v.version) AS first FROM product_versions v"
                 " WHERE v.shop_id = $1 AND v.act_id = $2 AND v.product_id BETWEEN $3 AND $4"
                 " GROUP BY v.product_id) a ON a.product_id = s.product_id"
                 " WHERE s.shop_id = $1 AND s.version < a.first AND s.version >="
                 " (SELECT max(w.version) FROM product_versions w WHERE w.shop_id = $1"
                 " AND w.product_id = s.product_id AND w.version < a.first AND w.is_whole = 1)"
                 " ORDER BY s.product_id, s.version",
                 db_int(ctx->shop->id), db_int(part->undoing->act_id), db_int(part->items[0].product_id),
                 db_int(part->items[part->count - 1].product_id)));
    while (db_next(rows)) {
        while (at < part->count && part->items[at].product_id < db_get_int(rows, 0))
            at++;
        if (at < part->count && part->items[at].product_id == db_get_int(rows, 0))
            TRY(take_members(ctx, &part->items[at], db_get_text(rows, 1), db_get_int(rows, 2)));
    }
    return NULL;
}

static bool is_untouched_since(const struct touched *touched)
{
    return touched->present == touched->last && touched->versions == touched->last - touched->first + 1;
}

static bool has_category(const struct part *part, int64_t category_id)
{
    return category_in(part->categories, part->category_count, category_id) != NULL;
}

/* What a created product becomes: itself, archived. */
static err draft_archived(struct ctx *ctx, const struct product_state *whole, struct product_draft *draft)
{
    struct value *sheet = product_sheet_of(ctx, whole, NULL, 0);
    value_set_int(ctx->arena, sheet, "status", PRODUCT_ARCHIVED);
    return product_sheet_draft(ctx, sheet, draft);
}

static err draft_of(struct ctx *ctx, const struct part *part, const struct touched *touched,
                    const struct product_state *whole, struct product_draft *draft, bool *is_fine)
{
    bool is_created = touched->first == 1;
    *is_fine = is_untouched_since(touched) && (is_created || touched->sheet);
    if (!*is_fine)
        return NULL;
    if (is_created)
        TRY(draft_archived(ctx, whole, draft));
    else
        TRY(product_sheet_draft(ctx, touched->sheet, draft));
    TRY(product_tags_today(ctx, draft->tags, draft->tag_count, touched->at ? touched->at : ctx->now));
    draft->id = touched->product_id;
    draft->version = touched->present;
    draft->schedule = product_schedule_today(ctx, draft->schedule);
    draft->cause = "undone";
    bool goes_on = draft->status == PRODUCT_ACTIVE && whole->product->status != PRODUCT_ACTIVE;
    *is_fine = has_category(part, draft->category_id) &&
               !(goes_on && shelf_gate_ask(ctx, &part->gate, draft->id, draft->category_id).code) &&
               !product_draft_settle(ctx, part->attributes, part->attribute_count, draft);
    return NULL;
}

/* Words that another product has by now would be refused by the database, with all the others of this part.
 */
static err drop_taken(struct ctx *ctx, struct product_saving *savings, size_t *count)
{
    const char *handles[ACT_UNDO_CHUNK];
    int64_t owners[ACT_UNDO_CHUNK];
    size_t kept = 0, total = 0, at = 0;
    for (size_t i = 0; i < *count; i++) {
        handles[i] = savings[i].draft->handle;
        total += savings[i].draft->variant_count;
    }
    const char **skus = arena_alloc_many(ctx->arena, total + 1, sizeof *skus);
    int64_t *sku_owners = arena_alloc_many(ctx->arena, total + 1, sizeof *sku_owners);
    for (size_t i = 0; i < *count; i++)
        for (size_t j = 0; j < savings[i].draft->variant_count; j++)
            skus[at++] = savings[i].draft->variants[j].sku;
    TRY(product_find_many(ctx, PRODUCT_BY_HANDLE, handles, *count, owners));
    TRY(product_find_many(ctx, PRODUCT_BY_SKU, skus, total, sku_owners));
    at = 0;
    for (size_t i = 0; i < *count; i++) {
        const struct product_draft *draft = savings[i].draft;
        bool is_taken = owners[i] != 0 && owners[i] != draft->id;
        for (size_t j = 0; j < draft->variant_count; j++, at++)
            is_taken = is_taken || (sku_owners[at] != 0 && sku_owners[at] != draft->id);
        if (!is_taken)
            savings[kept++] = savings[i];
    }
    *count = kept;
    return NULL;
}

static err give_back(struct ctx *ctx, struct part *part)
{
    struct product_state wholes[ACT_UNDO_CHUNK];
    struct product_saving savings[ACT_UNDO_CHUNK];
    int64_t ids[ACT_UNDO_CHUNK];
    size_t count = 0;
    for (size_t i = 0; i < part->count; i++)
        ids[i] = part->items[i].product_id;
    TRY(product_state_load_many(ctx, ids, part->count, wholes));
    for (size_t i = 0; i < part->count; i++) {
        struct product_draft *draft = arena_alloc(ctx->arena, sizeof *draft);
        bool is_fine;
        TRY(draft_of(ctx, part, &part->items[i], &wholes[i], draft, &is_fine));
        if (is_fine)
            savings[count++] = (struct product_saving){draft, &wholes[i]};
    }
    TRY(drop_taken(ctx, savings, &count));
    part->undoing->undone = (int64_t)count;
    part->undoing->left = (int64_t)(part->count - count);
    return product_save_many(ctx, part->attributes, part->attribute_count, savings, count, 0);
}

err product_act_undo_part(struct ctx *ctx, struct act_undoing *undoing)
{
    struct part *part = arena_alloc(ctx->arena, sizeof *part);
    part->undoing = undoing;
    undoing->undone = undoing->left = 0;
    TRY(read_touched(ctx, part));
    undoing->is_finished = part->count < ACT_UNDO_CHUNK;
    if (part->count == 0)
        return NULL;
    TRY(read_sheets(ctx, part));
    TRY(attribute_list(ctx, &part->attributes, &part->attribute_count));
    TRY(category_list(ctx, &part->categories, &part->category_count));
    TRY(shelf_gate_load(ctx, &part->gate));
    TRY(give_back(ctx, part));
    undoing->after = part->items[part->count - 1].product_id;
    return NULL;
}
