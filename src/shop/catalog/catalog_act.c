/* catalog_act.c - one act over many products: on or off the shelf, a tag on or off, and undoing it.
 *
 * A transaction takes some hundred products, so that a sale never waits for ten thousand of them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_shelf.h"
#include "shop/staff/staff.h"

/* Products of one transaction, and of one question. */
#define CHUNK SHELF_CHUNK
/* Tries of a transaction whose products somebody else changed at the same time. */
#define TRIES 5
#define TAGS_TEXT_LIMIT 65536

/* What the act wants of one product. */
struct wish {
    int64_t product_id;
    enum product_status status; /* ACT_STATUS */
    enum product_status only;   /* ACT_STATUS: leave it when it is not this; 0 = any */
};

struct chunk {
    const struct product_act *act;
    const struct wish *wishes;
    size_t count;
    bool is_first;     /* the act is not written yet */
    const char *cause; /* for the history; NULL = that of the act */
    int64_t changed;
    int64_t refused;          /* may not go on the shelf */
    struct shelf_refusal why; /* of the last of them */
};

/* What the database says of one of them. */
struct found {
    int64_t id;
    const char *title;
    enum product_status status;
    int64_t version;
    int64_t category_id;
    const struct wish *wish;
    struct value *tags; /* names, in order */
};

/* DB_IDS_LIMIT ids, padded with the last. */
static void bind_ids(const struct ctx *ctx, const struct wish *wishes, size_t count,
                     struct db_value values[DB_IDS_VALUES])
{
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < DB_IDS_LIMIT; i++)
        values[i + 1] = db_int(wishes[i < count ? i : count - 1].product_id);
}

static const struct wish *wish_of(const struct wish *wishes, size_t count, int64_t product_id)
{
    for (size_t i = 0; i < count; i++)
        if (wishes[i].product_id == product_id)
            return &wishes[i];
    bug("a product that nobody asked for");
}

static err find_some(struct ctx *ctx, const struct wish *wishes, size_t count, struct found *found,
                     size_t *have)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    bind_ids(ctx, wishes, count, values);
    TRY(db_query_values(
        ctx, &rows,
        "SELECT id, status, version, title, category_id FROM products WHERE shop_id = $1 AND id IN " DB_IDS,
        values, DB_IDS_VALUES));
    while (db_next(rows)) {
        int64_t id = db_get_int(rows, 0);
        found[(*have)++] = (struct found){.id = id,
                                          .status = (enum product_status)db_get_int(rows, 1),
                                          .version = db_get_int(rows, 2),
                                          .title = db_get_text(rows, 3),
                                          .category_id = db_get_int(rows, 4),
                                          .wish = wish_of(wishes, count, id),
                                          .tags = value_list(ctx->arena)};
    }
    return NULL;
}

static err find_tags(struct ctx *ctx, const struct wish *wishes, size_t count, struct found *found,
                     size_t have)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    bind_ids(ctx, wishes, count, values);
    TRY(db_query_values(ctx, &rows,
                        "SELECT p.product_id, t.name FROM product_tags p"
                        " JOIN tags t ON t.shop_id = p.shop_id AND t.id = p.tag_id"
                        " WHERE p.shop_id = $1 AND p.product_id IN " DB_IDS " ORDER BY p.product_id, t.name",
                        values, DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < have; i++)
            if (found[i].id == db_get_int(rows, 0))
                value_add(ctx->arena, found[i].tags, value_text(db_get_text(rows, 1)));
    return NULL;
}

static err find_all(struct ctx *ctx, const struct chunk *chunk, struct found *found, size_t *have)
{
    *have = 0;
    for (size_t start = 0; start < chunk->count; start += DB_IDS_LIMIT) {
        size_t count = chunk->count - start < DB_IDS_LIMIT ? chunk->count - start : DB_IDS_LIMIT,
               before = *have;
        TRY(find_some(ctx, chunk->wishes + start, count, found, have));
        if (chunk->act->kind != ACT_STATUS)
            TRY(find_tags(ctx, chunk->wishes + start, count, found + before, *have - before));
    }
    return NULL;
}

/* ---- status ---- */

static err move_one(struct ctx *ctx, const struct found *product, int64_t act_id, const char *cause)
{
    enum product_status to = product->wish->status;
    struct value *members = value_object(ctx->arena);
    value_set_int(ctx->arena, members, "status", to);
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
                  "UPDATE products SET status = $3, version = version + 1, updated_at = $4"
                  " WHERE shop_id = $1 AND id = $2 AND version = $5",
                  db_int(ctx->shop->id), db_int(product->id), db_int(to), db_int(ctx->now),
                  db_int(product->version)));
    TRY(product_note_status(ctx, product->id, product->title, product_status_name(product->status),
                            product_status_name(to)));
    TRY(product_version_part(ctx, &(struct version_part){.product_id = product->id,
                                                         .version = product->version + 1,
                                                         .field = "status",
                                                         .cause = cause,
                                                         .before = product_status_name(product->status),
                                                         .after = product_status_name(to),
                                                         .members = members,
                                                         .act_id = act_id}));
    return product_emit_changed(ctx, product->id);
}

static bool is_to_move(const struct found *product)
{
    const struct wish *wish = product->wish;
    return product->status != wish->status && (wish->only == 0 || wish->only == product->status);
}

/* What changed stands on its shelves as it is now. */
static err settle(struct ctx *ctx, struct chunk *chunk, const int64_t *changed, size_t count)
{
    chunk->changed += (int64_t)count;
    return shelf_settle(ctx, changed, count);
}

/* The gate is asked only when something of the chunk goes on the shelf. */
static err load_gate(struct ctx *ctx, const struct found *found, size_t have, struct shelf_gate *gate)
{
    *gate = (struct shelf_gate){0};
    for (size_t i = 0; i < have; i++)
        if (is_to_move(&found[i]) && found[i].wish->status == PRODUCT_ACTIVE)
            return shelf_gate_load(ctx, gate);
    return NULL;
}

static bool is_kept_off(struct ctx *ctx, struct chunk *chunk, const struct shelf_gate *gate,
                        const struct found *product)
{
    if (product->wish->status != PRODUCT_ACTIVE)
        return false;
    struct shelf_refusal refusal = shelf_gate_ask(ctx, gate, product->id, product->category_id);
    if (!refusal.code)
        return false;
    chunk->refused++;
    chunk->why = refusal;
    return true;
}

static err move_all(struct ctx *ctx, struct chunk *chunk, const struct found *found, size_t have)
{
    int64_t moved[CHUNK];
    size_t count = 0;
    struct shelf_gate gate;
    TRY(load_gate(ctx, found, have, &gate));
    for (size_t i = 0; i < have; i++) {
        if (!is_to_move(&found[i]) || is_kept_off(ctx, chunk, &gate, &found[i]))
            continue;
        TRY(move_one(ctx, &found[i], chunk->act->id, chunk->cause));
        moved[count++] = found[i].id;
    }
    return settle(ctx, chunk, moved, count);
}

/* ---- tags ---- */

static bool has_tag(const struct found *product, const char *tag)
{
    for (size_t i = 0; i < value_count(product->tags); i++)
        if (text_is(value_at(product->tags, i)->text, tag))
            return true;
    return false;
}

/* The tags that it will have: without the one, or with it at the end. */
static struct value *tags_after(struct ctx *ctx, const struct found *product, const struct product_act *act)
{
    struct value *tags = value_list(ctx->arena);
    for (size_t i = 0; i < value_count(product->tags); i++)
        if (act->kind == ACT_TAG || !text_is(value_at(product->tags, i)->text, act->value))
            value_add(ctx->arena, tags, *value_at(product->tags, i));
    if (act->kind == ACT_TAG)
        value_add(ctx->arena, tags, value_text(act->value));
    return tags;
}

static const char *tags_text(struct ctx *ctx, const struct value *tags)
{
    struct text_buf text;
    text_open(&text, ctx->arena, TAGS_TEXT_LIMIT);
    for (size_t i = 0; i < value_count(tags); i++)
        text_add_format(&text, "%s%s", i > 0 ? "; " : "", value_at(tags, i)->text);
    return text_of(&text);
}

static err write_tag(struct ctx *ctx, const struct found *product, const struct product_act *act)
{
    if (act->kind == ACT_TAG)
        return db_execute(ctx,
                          "INSERT INTO product_tags (shop_id, product_id, tag_id)"
                          " SELECT t.shop_id, $2, t.id FROM tags t WHERE t.shop_id = $1 AND t.name = $3"
                          " ON CONFLICT (shop_id, product_id, tag_id) DO NOTHING",
                          db_int(ctx->shop->id), db_int(product->id), db_text(act->value));
    return db_execute(ctx,
                      "DELETE FROM product_tags WHERE shop_id = $1 AND product_id = $2 AND tag_id ="
                      " (SELECT t.id FROM tags t WHERE t.shop_id = $1 AND t.name = $3)",
                      db_int(ctx->shop->id), db_int(product->id), db_text(act->value));
}

static err tag_one(struct ctx *ctx, const struct found *product, const struct product_act *act)
{
    struct value *members = value_object(ctx->arena);
    struct value *after = tags_after(ctx, product, act);
    value_set(ctx->arena, members, "tags", *after);
    TRY(write_tag(ctx, product, act));
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
                  "UPDATE products SET version = version + 1, updated_at = $3"
                  " WHERE shop_id = $1 AND id = $2 AND version = $4",
                  db_int(ctx->shop->id), db_int(product->id), db_int(ctx->now), db_int(product->version)));
    TRY(product_version_part(ctx, &(struct version_part){.product_id = product->id,
                                                         .version = product->version + 1,
                                                         .field = "tags",
                                                         .before = tags_text(ctx, product->tags),
                                                         .after = tags_text(ctx, after),
                                                         .members = members,
                                                         .act_id = act->id}));
    return product_emit_changed(ctx, product->id);
}

static err tag_all(struct ctx *ctx, struct chunk *chunk, const struct found *found, size_t have)
{
    const struct product_act *act = chunk->act;
    int64_t tagged[CHUNK];
    size_t count = 0;
    if (act->kind == ACT_TAG)
        TRY(db_execute(ctx,
                       "INSERT INTO tags (shop_id, id, name, created_at) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (shop_id, name) DO NOTHING",
                       db_int(ctx->shop->id), db_int(id_new(ctx)), db_text(act->value), db_int(ctx->now)));
    for (size_t i = 0; i < have; i++) {
        if (has_tag(&found[i], act->value) == (act->kind == ACT_TAG) ||
            (act->kind == ACT_TAG && value_count(found[i].tags) >= PRODUCT_TAG_LIMIT))
            continue;
        TRY(tag_one(ctx, &found[i], act));
        tagged[count++] = found[i].id;
    }
    return settle(ctx, chunk, tagged, count);
}

/* ---- the act ---- */

static err write_act(struct ctx *ctx, const struct chunk *chunk)
{
    const struct product_act *act = chunk->act;
    if (act->id == 0)
        return NULL; /* a change by itself: its history is enough */
    if (!chunk->is_first)
        return db_execute(ctx,
                          "UPDATE product_acts SET count = count + $3, refused = refused + $4"
                          " WHERE shop_id = $1 AND id = $2",
                          db_int(ctx->shop->id), db_int(act->id), db_int(chunk->changed),
                          db_int(chunk->refused));
    if (act->kind != ACT_STATUS)
        TRY(audit_note(ctx,
                       &(struct audit_entry){.kind = act->kind == ACT_TAG ? "products.tag" : "products.untag",
                                             .subject = "products/acts",
                                             .title = act->value}));
    return db_execute(
        ctx,
        "INSERT INTO product_acts (shop_id, id, at, actor, actor_id, kind, value, count, refused)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        db_int(ctx->shop->id), db_int(act->id), db_int(ctx->now), db_int(ctx->actor), db_int(ctx->actor_id),
        db_int(act->kind), db_text(act->value), db_int(chunk->changed), db_int(chunk->refused));
}

static err do_chunk(struct ctx *ctx, void *arg)
{
    struct chunk *chunk = arg;
    struct found found[CHUNK];
    size_t have;
    chunk->changed = chunk->refused = 0;
    TRY(find_all(ctx, chunk, found, &have));
    if (chunk->act->kind == ACT_STATUS)
        TRY(move_all(ctx, chunk, found, have));
    else
        TRY(tag_all(ctx, chunk, found, have));
    return write_act(ctx, chunk);
}

static err do_patiently(struct ctx *ctx, struct chunk *chunk)
{
    err failure = NULL;
    for (int tries = 0; tries < TRIES; tries++) {
        failure = db_transact(ctx, do_chunk, chunk);
        if (!failure || failure->code != ERR_CONFLICT)
            return failure;
    }
    return failure;
}

static err do_wishes(struct ctx *ctx, struct product_act *act, const struct wish *wishes, size_t count,
                     bool is_new)
{
    for (size_t start = 0; start < count; start += CHUNK) {
        struct chunk chunk = {.act = act,
                              .wishes = wishes + start,
                              .count = count - start < CHUNK ? count - start : CHUNK,
                              .is_first = is_new && start == 0};
        TRY(do_patiently(ctx, &chunk));
        act->count += chunk.changed;
        act->refused += chunk.refused;
    }
    return NULL;
}

static enum product_status status_of(const char *name)
{
    for (int i = PRODUCT_DRAFT; i <= PRODUCT_ARCHIVED; i++)
        if (text_is(name, product_status_name((enum product_status)i)))
            return (enum product_status)i;
    return (enum product_status)0;
}

static err check_act(struct ctx *ctx, const struct product_act *act, size_t count)
{
    if (count > PRODUCT_BULK_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "at most %d products in one act", PRODUCT_BULK_LIMIT);
    if (count == 0)
        return fail_field(ctx, "ids", "required", "choose products first");
    if (act->kind == ACT_STATUS)
        return status_of(act->value) ? NULL : fail_field(ctx, "value", "unknown-choice", "no such status");
    if (text_is_blank(act->value))
        return fail_field(ctx, "tag", "required", "which tag?");
    if (utf8_length(act->value, strlen(act->value)) > TAG_LENGTH_LIMIT)
        return fail_field(ctx, "tag", "too-long", "a tag has at most 40 characters");
    return NULL;
}

static int by_product(const void *left, const void *right)
{
    const struct wish *a = left, *b = right;
    return (a->product_id > b->product_id) - (a->product_id < b->product_id);
}

/* In the order of the keys, so that two acts do not wait for each other, and each product once. */
static size_t sort_wishes(struct wish *wishes, size_t count)
{
    size_t kept = 0;
    qsort(wishes, count, sizeof *wishes, by_product);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || wishes[kept - 1].product_id != wishes[i].product_id)
            wishes[kept++] = wishes[i];
    return kept;
}

err product_act_check(struct ctx *ctx, struct product_act *act, size_t count)
{
    if (act->kind != ACT_STATUS)
        act->value = text_trim(ctx->arena, act->value);
    return check_act(ctx, act, count);
}

err product_act_do(struct ctx *ctx, struct product_act *act, const int64_t *product_ids, size_t count)
{
    TRY(product_act_check(ctx, act, count));
    struct wish *wishes = arena_alloc_many(ctx->arena, count, sizeof *wishes);
    for (size_t i = 0; i < count; i++)
        wishes[i] = (struct wish){.product_id = product_ids[i], .status = status_of(act->value)};
    act->id = id_new(ctx);
    act->at = ctx->now;
    act->actor = ctx->actor;
    act->actor_id = ctx->actor_id;
    act->count = act->refused = 0;
    return do_wishes(ctx, act, wishes, sort_wishes(wishes, count), true);
}

err product_act_part(struct ctx *ctx, const struct product_act *act, const int64_t *product_ids, size_t count,
                     int64_t *changed)
{
    struct wish *wishes = arena_alloc_many(ctx->arena, count + 1, sizeof *wishes);
    for (size_t i = 0; i < count; i++)
        wishes[i] = (struct wish){.product_id = product_ids[i], .status = status_of(act->value)};
    struct chunk chunk = {.act = act, .wishes = wishes, .count = sort_wishes(wishes, count)};
    TRY(do_chunk(ctx, &chunk));
    *changed = chunk.changed;
    return NULL;
}

err product_change_status_because(struct ctx *ctx, int64_t product_id, enum product_status status,
                                  const char *cause)
{
    const struct product *product;
    struct product_act act = {.kind = ACT_STATUS, .value = product_status_name(status)};
    struct wish wish = {.product_id = product_id, .status = status};
    struct chunk chunk = {.act = &act, .wishes = &wish, .count = 1, .cause = cause};
    TRY(product_load(ctx, product_id, &product));
    TRY(do_patiently(ctx, &chunk));
    return chunk.refused ? fail_field(ctx, "status", chunk.why.code, chunk.why.message) : NULL;
}

err product_change_status(struct ctx *ctx, int64_t product_id, enum product_status status)
{
    return product_change_status_because(ctx, product_id, status, NULL);
}

err product_act_open(struct ctx *ctx, struct product_act *act)
{
    if (act->id == 0)
        act->id = id_new(ctx);
    act->at = ctx->now;
    act->actor = ctx->actor;
    act->actor_id = ctx->actor_id;
    return write_act(ctx, &(struct chunk){.act = act, .is_first = true});
}

err product_act_grow(struct ctx *ctx, int64_t act_id, int64_t by)
{
    return write_act(ctx, &(struct chunk){.act = &(struct product_act){.id = act_id}, .changed = by});
}

/* ---- acts as they stand in the list ---- */

#define ACT_COLUMNS                                                                                          \
    "SELECT id, at, actor, actor_id, kind, value, count, undone_at, refused FROM product_acts "

static struct product_act read_act(const struct db_rows *rows)
{
    return (struct product_act){.id = db_get_int(rows, 0),
                                .at = db_get_int(rows, 1),
                                .actor = (enum actor_kind)db_get_int(rows, 2),
                                .actor_id = db_get_int(rows, 3),
                                .kind = (enum act_kind)db_get_int(rows, 4),
                                .value = db_get_text(rows, 5),
                                .count = db_get_int(rows, 6),
                                .undone_at = db_get_int(rows, 7),
                                .refused = db_get_int(rows, 8)};
}

err product_act_list(struct ctx *ctx, enum act_kind kind, int64_t before_id, int limit,
                     struct product_act **acts, size_t *count)
{
    struct db_rows *rows;
    struct db_value shop = db_int(ctx->shop->id), before = db_int(before_id ? before_id : INT64_MAX);
    if (kind)
        TRY(db_query(ctx, &rows,
                     ACT_COLUMNS "WHERE shop_id = $1 AND kind = $4 AND id < $2 ORDER BY id DESC LIMIT $3",
                     shop, before, db_int(limit), db_int(kind)));
    else
        TRY(db_query(ctx, &rows, ACT_COLUMNS "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3", shop,
                     before, db_int(limit)));
    *acts = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **acts);
    *count = 0;
    while (db_next(rows))
        (*acts)[(*count)++] = read_act(rows);
    return NULL;
}

err product_act_load(struct ctx *ctx, int64_t act_id, struct product_act *act)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, ACT_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(act_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such act");
    *act = read_act(rows);
    return NULL;
}

/* ---- undoing ---- */

err product_act_mark_undone(struct ctx *ctx, int64_t act_id)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "the act was undone already",
                     "UPDATE product_acts SET undone_at = $3 WHERE shop_id = $1 AND id = $2"
                     " AND undone_at IS NULL",
                     db_int(ctx->shop->id), db_int(act_id), db_int(ctx->now));
}

static err mark_undone(struct ctx *ctx, void *arg)
{
    const struct product_act *act = arg;
    return product_act_mark_undone(ctx, act->id);
}

/* What the products of an act, from one id to another, were before it. */
static err read_wishes(struct ctx *ctx, const struct product_act *act, int64_t first_id, int64_t last_id,
                       struct wish **wishes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, changes FROM product_versions WHERE shop_id = $1 AND act_id = $2"
                 " AND product_id >= $4 AND product_id <= $5 ORDER BY product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(act->id), db_int(PRODUCT_BULK_LIMIT), db_int(first_id),
                 db_int(last_id)));
    *wishes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **wishes);
    *count = 0;
    while (db_next(rows)) {
        struct value *changes;
        const char *json = db_get_text(rows, 1);
        TRY(json_read(ctx, json, strlen(json), &changes));
        const char *before = value_find_text(value_at(changes, 0), "before");
        (*wishes)[(*count)++] = (struct wish){
            .product_id = db_get_int(rows, 0), .status = status_of(before), .only = status_of(act->value)};
    }
    return NULL;
}

/* An import, or an act that was undone, cannot be undone here. */
static err load_undoable(struct ctx *ctx, int64_t act_id, struct product_act *act)
{
    TRY(product_act_load(ctx, act_id, act));
    if (act->undone_at)
        return fail_with(ctx, ERR_CONFLICT, "the act was undone already");
    if (act->kind == ACT_IMPORT)
        return fail_with(ctx, ERR_CONFLICT, "an import is undone where imports are listed");
    return NULL;
}

static struct product_act reverse_of(const struct product_act *act)
{
    return (struct product_act){.kind = act->kind == ACT_TAG     ? ACT_UNTAG
                                        : act->kind == ACT_UNTAG ? ACT_TAG
                                                                 : ACT_STATUS,
                                .value = act->value};
}

err product_act_ids(struct ctx *ctx, int64_t act_id, int64_t **product_ids, size_t *count)
{
    struct product_act act;
    struct wish *wishes;
    TRY(load_undoable(ctx, act_id, &act));
    TRY(read_wishes(ctx, &act, 0, INT64_MAX, &wishes, count));
    *product_ids = arena_alloc_many(ctx->arena, *count + 1, sizeof **product_ids);
    for (size_t i = 0; i < *count; i++)
        (*product_ids)[i] = wishes[i].product_id;
    return NULL;
}

err product_act_undo_ids(struct ctx *ctx, int64_t act_id, const int64_t *product_ids, size_t count,
                         int64_t *undone)
{
    struct product_act act;
    struct wish *wishes;
    size_t have;
    *undone = 0;
    if (count == 0)
        return NULL;
    TRY(product_act_load(ctx, act_id, &act));
    TRY(read_wishes(ctx, &act, product_ids[0], product_ids[count - 1], &wishes, &have));
    struct product_act reverse = reverse_of(&act);
    struct chunk chunk = {.act = &reverse, .wishes = wishes, .count = have};
    TRY(do_chunk(ctx, &chunk));
    *undone = chunk.changed;
    return NULL;
}

err product_act_undo(struct ctx *ctx, int64_t act_id, int64_t *undone)
{
    struct product_act act;
    struct wish *wishes;
    size_t count;
    TRY(load_undoable(ctx, act_id, &act));
    TRY(read_wishes(ctx, &act, 0, INT64_MAX, &wishes, &count));
    struct product_act reverse = reverse_of(&act);
    TRY(do_wishes(ctx, &reverse, wishes, count, false));
    *undone = reverse.count;
    return db_transact(ctx, mark_undone, &act);
}
