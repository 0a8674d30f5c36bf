/* import_freight.c - the freight template that rows name. It is no part of a product's history, so that an
 * import keeps by itself what a product had. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/transfer/import_parts.h"

#define CHUNK 128

/* What the shop has, once for the whole file, and what the products of the batch chose. */
err import_freights_load(struct import_run *run, const int64_t *product_ids, size_t count)
{
    struct arena *arena = run->work.arena;
    run->freight_product_count = 0;
    if (!run->columns.of[MEANING_FREIGHT])
        return NULL;
    if (!run->freights)
        TRY(freight_template_list(run->ctx, &run->freights, &run->freight_count));
    run->freight_ids = arena_alloc_many(arena, count + 1, sizeof *run->freight_ids);
    run->freight_products = arena_alloc_many(arena, count + 1, sizeof *run->freight_products);
    memcpy(run->freight_products, product_ids, count * sizeof *product_ids);
    run->freight_product_count = count;
    return freight_product_load_many(&run->work, product_ids, count, run->freight_ids);
}

static int64_t chosen_of(const struct import_run *run, int64_t product_id)
{
    for (size_t i = 0; product_id && i < run->freight_product_count; i++)
        if (run->freight_products[i] == product_id)
            return run->freight_ids[i];
    return 0;
}

static const struct freight_template *find_named(const struct import_run *run, const char *name)
{
    for (size_t i = 0; i < run->freight_count; i++)
        if (text_is(run->freights[i].name, name))
            return &run->freights[i];
    return NULL;
}

static const char *name_of(const struct import_run *run, int64_t template_id)
{
    for (size_t i = 0; i < run->freight_count; i++)
        if (run->freights[i].id == template_id)
            return run->freights[i].name;
    return "";
}

void import_take_freight(struct import_run *run, struct import_group *group)
{
    const struct import_line *line =
        run->columns.of[MEANING_FREIGHT] ? import_group_teller(run, group, MEANING_FREIGHT) : NULL;
    if (!line)
        return;
    const char *name = line->cells[MEANING_FREIGHT];
    const struct freight_template *template = find_named(run, name);
    if (name[0] && !template) {
        import_group_refuse_cell(run, group, line, MEANING_FREIGHT, "unknown-freight",
                                 "there is no freight template of this name; make it first");
        return;
    }
    if (name[0] && group->draft.kind == PRODUCT_DIGITAL) {
        import_group_refuse_cell(run, group, line, MEANING_FREIGHT, "digital-freight",
                                 "nothing is carried of a digital product; leave it empty");
        return;
    }
    group->freight_before = chosen_of(run, group->product_id);
    group->freight_id = template ? template->id : 0;
    group->sets_freight = group->freight_id != group->freight_before;
    if (group->sets_freight)
        import_group_change(run, group, MEANING_FREIGHT, "", name_of(run, group->freight_before), name);
}

/* ---- writing ---- */

static err write_one(struct ctx *ctx, const struct import_run *run, const struct import_group *group)
{
    TRY(freight_product_put(ctx, group->draft.id, group->freight_id));
    if (!run->import_id)
        return NULL;
    return db_execute(ctx,
                      "INSERT INTO import_freights (shop_id, import_id, product_id, before_id, after_id)"
                      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, import_id, product_id)"
                      " DO UPDATE SET after_id = excluded.after_id",
                      db_int(ctx->shop->id), db_int(run->import_id), db_int(group->draft.id),
                      db_int(group->freight_before), db_int(group->freight_id));
}

err import_write_freights(struct ctx *ctx, const struct import_run *run)
{
    for (size_t i = 0; i < run->group_count; i++)
        if (run->groups[i]->sets_freight && import_is_written(run->groups[i]))
            TRY(write_one(ctx, run, run->groups[i]));
    return NULL;
}

/* ---- undoing ---- */

struct kept {
    int64_t product_id;
    int64_t before_id;
    int64_t after_id;
};

static err give_back(struct ctx *ctx, int64_t import_id, const struct kept *kept, bool is_as_left)
{
    if (is_as_left)
        TRY(freight_product_put(ctx, kept->product_id, kept->before_id));
    return db_execute(ctx,
                      "DELETE FROM import_freights WHERE shop_id = $1 AND import_id = $2 AND product_id = $3",
                      db_int(ctx->shop->id), db_int(import_id), db_int(kept->product_id));
}

/* A template that is gone by now is not given back: the product has that of the shop. */
static int64_t still_there(const struct freight_template *templates, size_t count, int64_t template_id)
{
    for (size_t i = 0; i < count; i++)
        if (templates[i].id == template_id)
            return template_id;
    return 0;
}

err import_freights_undo(struct ctx *ctx, int64_t import_id, bool *is_finished)
{
    struct kept kept[CHUNK];
    int64_t ids[CHUNK], now[CHUNK];
    struct freight_template *templates;
    struct db_rows *rows;
    size_t count = 0, template_count;
    TRY(db_query(ctx, &rows,
                 "SELECT product_id, before_id, after_id FROM import_freights WHERE shop_id = $1"
                 " AND import_id = $2 ORDER BY product_id LIMIT $3",
                 db_int(ctx->shop->id), db_int(import_id), db_int(CHUNK)));
    for (; db_next(rows); count++) {
        kept[count] = (struct kept){db_get_int(rows, 0), db_get_int(rows, 1), db_get_int(rows, 2)};
        ids[count] = kept[count].product_id;
    }
    *is_finished = count < CHUNK;
    if (count == 0)
        return NULL;
    TRY(freight_template_list(ctx, &templates, &template_count));
    TRY(freight_product_load_many(ctx, ids, count, now));
    for (size_t i = 0; i < count; i++) {
        kept[i].before_id = still_there(templates, template_count, kept[i].before_id);
        TRY(give_back(ctx, import_id, &kept[i], now[i] == kept[i].after_id));
    }
    return NULL;
}
