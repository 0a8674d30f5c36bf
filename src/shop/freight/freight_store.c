/* freight_store.c - templates are written, checked, listed and chosen. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/freight/freight.h"

#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/tenant/tenant.h"

#define TERMS_LIMIT 16384
#define ALL_REGIONS ((UINT64_C(1) << FREIGHT_REGIONS) - 1)

/* ---- JSON ---- */

/* 34 bits: a whole number that JSON keeps. */
static void set_regions(struct arena *arena, struct value *object, const char *name, uint64_t regions)
{
    if (regions != 0)
        value_set_int(arena, object, name, (int64_t)regions);
}

static uint64_t find_regions(const struct value *object, const char *name)
{
    return (uint64_t)value_find_int(object, name, 0) & ALL_REGIONS;
}

void freight_terms_write(struct ctx *ctx, struct value *object, const struct freight_template *template)
{
    struct value *rates = value_set_list(ctx->arena, object, "rates");
    for (size_t i = 0; i < template->rate_count; i++) {
        const struct freight_rate *rate = &template->rates[i];
        struct value *row = value_add(ctx->arena, rates, *value_object(ctx->arena));
        set_regions(ctx->arena, row, "regions", rate->regions);
        value_set_int(ctx->arena, row, "first", rate->first);
        value_set_int(ctx->arena, row, "first_price", rate->first_price);
        value_set_int(ctx->arena, row, "next", rate->next);
        value_set_int(ctx->arena, row, "next_price", rate->next_price);
    }
    set_regions(ctx->arena, object, "refused", template->refused);
    set_regions(ctx->arena, object, "unfree", template->unfree);
    value_set_int(ctx->arena, object, "free_sum", template->free_sum);
    value_set_int(ctx->arena, object, "free_pieces", template->free_pieces);
}

void freight_terms_read(const struct value *object, struct freight_template *template)
{
    const struct value *rates = value_find(object, "rates");
    template->rate_count = value_count(rates) < FREIGHT_RATE_LIMIT ? value_count(rates) : FREIGHT_RATE_LIMIT;
    for (size_t i = 0; i < template->rate_count; i++) {
        const struct value *row = value_at(rates, i);
        template->rates[i] = (struct freight_rate){.regions = find_regions(row, "regions"),
                                                   .first = value_find_int(row, "first", 0),
                                                   .first_price = value_find_int(row, "first_price", 0),
                                                   .next = value_find_int(row, "next", 0),
                                                   .next_price = value_find_int(row, "next_price", 0)};
    }
    template->refused = find_regions(object, "refused");
    template->unfree = find_regions(object, "unfree");
    template->free_sum = value_find_int(object, "free_sum", 0);
    template->free_pieces = value_find_int(object, "free_pieces", 0);
}

/* ---- reading ---- */

#define TEMPLATE_COLUMNS                                                                                     \
    "SELECT id, version, name, way, is_default, terms, updated_at FROM freight_templates "
#define TEMPLATES_OF_SHOP TEMPLATE_COLUMNS "WHERE shop_id = $1 ORDER BY is_default DESC, name, id LIMIT $2"

static err take_templates(struct ctx *ctx, struct db_rows *rows, struct freight_template **templates,
                          size_t *count)
{
    *count = 0;
    *templates = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **templates);
    while (db_next(rows)) {
        struct value *terms;
        const char *json = db_get_text(rows, 5);
        struct freight_template *template = &(*templates)[(*count)++];
        *template = (struct freight_template){.id = db_get_int(rows, 0),
                                              .version = db_get_int(rows, 1),
                                              .name = db_get_text(rows, 2),
                                              .way = (enum freight_way)db_get_int(rows, 3),
                                              .is_default = db_get_int(rows, 4) == 1,
                                              .updated_at = db_get_int(rows, 6)};
        TRY(json_read(ctx, json, strlen(json), &terms));
        freight_terms_read(terms, template);
    }
    return NULL;
}

err freight_template_list(struct ctx *ctx, struct freight_template **templates, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, TEMPLATES_OF_SHOP, db_int(ctx->shop->id), db_int(FREIGHT_TEMPLATE_LIMIT)));
    return take_templates(ctx, rows, templates, count);
}

err freight_template_load(struct ctx *ctx, int64_t template_id, struct freight_template **template)
{
    struct db_rows *rows;
    size_t count;
    TRY(db_query(ctx, &rows, TEMPLATE_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(template_id)));
    TRY(take_templates(ctx, rows, template, &count));
    return count == 1 ? NULL : fail_with(ctx, ERR_NOT_FOUND, "no such freight template");
}

/* ---- what is wrong ---- */

struct findings {
    struct ctx *ctx;
    const struct field_problem *first;
    const struct field_problem **end;
};

static void find(struct findings *findings, const char *field, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(findings->ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message};
    *findings->end = problem;
    findings->end = &problem->next;
}

static const char *rate_field(const struct findings *findings, size_t row, const char *name)
{
    return arena_format(findings->ctx->arena, "rates.%zu.%s", row, name);
}

static void check_rate(struct findings *findings, const struct freight_template *template, size_t row)
{
    const struct freight_rate *rate = &template->rates[row];
    int64_t most = template->way == FREIGHT_WEIGHT ? FREIGHT_WEIGHT_LIMIT : FREIGHT_PIECES_LIMIT;
    if (rate->first_price < 0 || rate->first_price > FREIGHT_PRICE_LIMIT)
        find(findings, rate_field(findings, row, "first_price"), "freight-price", "0 to 10,000");
    if (row > 0 && rate->regions == 0)
        find(findings, rate_field(findings, row, "regions"), "freight-regions", "choose where it holds");
    if (template->way == FREIGHT_FIXED)
        return;
    if (rate->first < 1 || rate->first > most)
        find(findings, rate_field(findings, row, "first"), "freight-units",
             "how much does the first price carry?");
    if (rate->next < 0 || rate->next > most || (rate->next == 0 && rate->next_price > 0))
        find(findings, rate_field(findings, row, "next"), "freight-units", "for each how much more?");
    if (rate->next_price < 0 || rate->next_price > FREIGHT_PRICE_LIMIT)
        find(findings, rate_field(findings, row, "next_price"), "freight-price", "0 to 10,000");
}

/* A province has one rate, or is not delivered to. */
static void check_overlap(struct findings *findings, const struct freight_template *template)
{
    uint64_t taken = template->refused;
    for (size_t i = 1; i < template->rate_count; i++) {
        uint64_t twice = taken & template->rates[i].regions;
        if (twice)
            find(findings, rate_field(findings, i, "regions"), "freight-twice",
                 arena_format(findings->ctx->arena, "chosen elsewhere already: %s",
                              freight_regions_text(findings->ctx, twice)));
        taken |= template->rates[i].regions;
    }
}

static err check(struct ctx *ctx, const struct freight_template *template)
{
    struct findings findings = {.ctx = ctx};
    findings.end = &findings.first;
    if (text_is_blank(template->name))
        find(&findings, "name", "required", "by which staff know it");
    else if (utf8_length(template->name, strlen(template->name)) > FREIGHT_NAME_LIMIT)
        find(&findings, "name", "too-long", "at most 40 characters");
    for (size_t i = 0; i < template->rate_count; i++)
        check_rate(&findings, template, i);
    check_overlap(&findings, template);
    if (template->refused == ALL_REGIONS)
        find(&findings, "refused", "freight-nowhere", "it would deliver nowhere");
    if (template->free_sum < 0 || template->free_sum > MONEY_MAX)
        find(&findings, "free_sum", "out-of-range", "this is no sum");
    if (template->free_pieces < 0 || template->free_pieces > FREIGHT_PIECES_LIMIT)
        find(&findings, "free_pieces", "freight-pieces", "1 to 999 pieces");
    if (template->unfree && template->free_sum == 0 && template->free_pieces == 0)
        find(&findings, "free_sum", "freight-unfree", "free from which sum on?");
    return findings.first ? fail_fields(ctx, findings.first) : NULL;
}

/* ---- writing ---- */

/* Carts and pages ask for freight only where there is any. */
static err refresh(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM freight_templates WHERE shop_id = $1 LIMIT 1",
                 db_int(ctx->shop->id)));
    TRY(outbox_emit(ctx, "freight.changed", ctx->shop->id, value_object(ctx->arena)));
    return shop_change_freight(ctx, db_next(rows));
}

static err check_room(struct ctx *ctx, bool *is_first)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM freight_templates WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    int64_t have = db_next(rows) ? db_get_int(rows, 0) : 0;
    *is_first = have == 0;
    return have < FREIGHT_TEMPLATE_LIMIT
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "at most %d freight templates", FREIGHT_TEMPLATE_LIMIT);
}

static err write_template(struct ctx *ctx, struct freight_template *template, const char *terms)
{
    bool is_first = false;
    if (template->id)
        return db_expect(ctx, 1, ERR_CONFLICT, "somebody else changed this template",
                         "UPDATE freight_templates SET version = version + 1, name = $4, way = $5,"
                         " is_default = $6, terms = $7, updated_at = $8 WHERE shop_id = $1 AND id = $2"
                         " AND version = $3",
                         db_int(ctx->shop->id), db_int(template->id), db_int(template->version++),
                         db_text(template->name), db_int(template->way), db_int(template->is_default),
                         db_text(terms), db_int(ctx->now));
    TRY(check_room(ctx, &is_first));
    template->id = id_new(ctx);
    template->version = 1;
    template->is_default = template->is_default || is_first;
    return db_execute(ctx,
                      "INSERT INTO freight_templates (shop_id, id, version, name, way, is_default, terms,"
                      " created_at, updated_at) VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $7)",
                      db_int(ctx->shop->id), db_int(template->id), db_text(template->name),
                      db_int(template->way), db_int(template->is_default), db_text(terms), db_int(ctx->now));
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct freight_template *template = arg;
    struct freight_template next = *template, *before;
    const char *terms;
    struct value *tree = value_object(ctx->arena);
    if (next.id) { /* the default one stays it until another takes its place */
        TRY(freight_template_load(ctx, next.id, &before));
        next.is_default = next.is_default || before->is_default;
    }
    freight_terms_write(ctx, tree, &next);
    TRY(json_text(ctx, tree, TERMS_LIMIT, &terms));
    TRY(write_template(ctx, &next, terms));
    if (next.is_default)
        TRY(db_execute(ctx,
                       "UPDATE freight_templates SET is_default = 0, version = version + 1"
                       " WHERE shop_id = $1 AND id <> $2 AND is_default = 1",
                       db_int(ctx->shop->id), db_int(next.id)));
    TRY(refresh(ctx));
    *template = next;
    return NULL;
}

err freight_template_save(struct ctx *ctx, struct freight_template *template)
{
    struct freight_template next = *template;
    TRY(check(ctx, template));
    TRY(db_transact(ctx, save_in_transaction, &next));
    *template = next;
    return NULL;
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *template_id = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such freight template",
                  "DELETE FROM freight_templates WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(*template_id)));
    TRY(db_execute(ctx, "DELETE FROM freight_products WHERE shop_id = $1 AND template_id = $2",
                   db_int(ctx->shop->id), db_int(*template_id)));
    return refresh(ctx);
}

err freight_template_remove(struct ctx *ctx, int64_t template_id)
{
    return db_transact(ctx, remove_in_transaction, &template_id);
}

/* ---- products ---- */

err freight_product_load(struct ctx *ctx, int64_t product_id, int64_t *template_id)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT template_id FROM freight_products WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(product_id)));
    *template_id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

struct choice {
    int64_t product_id;
    int64_t template_id;
};

err freight_product_put(struct ctx *ctx, int64_t product_id, int64_t template_id)
{
    TRY(outbox_emit(ctx, "product.freight", product_id, value_object(ctx->arena)));
    if (template_id == 0)
        return db_execute(ctx, "DELETE FROM freight_products WHERE shop_id = $1 AND product_id = $2",
                          db_int(ctx->shop->id), db_int(product_id));
    return db_execute(ctx,
                      "INSERT INTO freight_products (shop_id, product_id, template_id) VALUES ($1, $2, $3)"
                      " ON CONFLICT (shop_id, product_id) DO UPDATE SET template_id = $3",
                      db_int(ctx->shop->id), db_int(product_id), db_int(template_id));
}

static err choose_in_transaction(struct ctx *ctx, void *arg)
{
    const struct choice *choice = arg;
    return freight_product_put(ctx, choice->product_id, choice->template_id);
}

err freight_product_choose(struct ctx *ctx, int64_t product_id, int64_t template_id)
{
    struct choice choice = {product_id, template_id};
    struct freight_template *template;
    if (template_id)
        TRY(freight_template_load(ctx, template_id, &template));
    return db_transact(ctx, choose_in_transaction, &choice);
}

err freight_product_count_many(struct ctx *ctx, const struct freight_template *templates, size_t count,
                               int64_t *counts)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT template_id, COUNT(*) FROM freight_products WHERE shop_id = $1 GROUP BY template_id",
                 db_int(ctx->shop->id)));
    for (size_t i = 0; i < count; i++)
        counts[i] = 0;
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (templates[i].id == db_get_int(rows, 0))
                counts[i] = db_get_int(rows, 1);
    return NULL;
}

static int place_of(const struct freight_template *templates, size_t count, int64_t template_id)
{
    for (size_t i = 0; i < count; i++)
        if (template_id ? templates[i].id == template_id : templates[i].is_default)
            return (int)i;
    return FREIGHT_NO_TEMPLATE;
}

/* As many questions as there are DB_IDS_LIMIT products, all sent with the first. */
static err ask_products(struct ctx *ctx, const int64_t *ids, size_t count, struct db_rows **rows)
{
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT) {
        struct db_value values[DB_IDS_VALUES];
        (void)db_bind_ids(ctx, ids + start, count - start, values);
        TRY(db_ask_values(ctx, &rows[start / DB_IDS_LIMIT],
                          "SELECT product_id, template_id FROM freight_products WHERE shop_id = $1"
                          " AND product_id IN " DB_IDS,
                          values, DB_IDS_VALUES));
    }
    return NULL;
}

err freight_product_load_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                              int64_t *template_ids)
{
    struct db_rows **chosen =
        arena_alloc_many(ctx->arena, count / DB_IDS_LIMIT + 1, sizeof(struct db_rows *));
    memset(template_ids, 0, count * sizeof *template_ids);
    if (count == 0)
        return NULL;
    TRY(ask_products(ctx, product_ids, count, chosen));
    TRY(db_answer(ctx));
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        while (db_next(chosen[start / DB_IDS_LIMIT]))
            for (size_t i = start; i < count && i < start + DB_IDS_LIMIT; i++)
                if (product_ids[i] == db_get_int(chosen[start / DB_IDS_LIMIT], 0))
                    template_ids[i] = db_get_int(chosen[start / DB_IDS_LIMIT], 1);
    return NULL;
}

err freight_template_many(struct ctx *ctx, const int64_t *product_ids, size_t product_count,
                          struct freight_template **templates, size_t *count, int *places)
{
    struct db_rows *rows;
    struct db_rows **chosen =
        arena_alloc_many(ctx->arena, product_count / DB_IDS_LIMIT + 1, sizeof(struct db_rows *));
    TRY(ask_products(ctx, product_ids, product_count, chosen));
    TRY(db_query(ctx, &rows, TEMPLATES_OF_SHOP, db_int(ctx->shop->id), db_int(FREIGHT_TEMPLATE_LIMIT)));
    TRY(take_templates(ctx, rows, templates, count));
    for (size_t i = 0; i < product_count; i++)
        places[i] = place_of(*templates, *count, 0);
    for (size_t start = 0; start < product_count; start += DB_IDS_LIMIT)
        while (db_next(chosen[start / DB_IDS_LIMIT]))
            for (size_t i = 0; i < product_count; i++)
                if (product_ids[i] == db_get_int(chosen[start / DB_IDS_LIMIT], 0))
                    places[i] = place_of(*templates, *count, db_get_int(chosen[start / DB_IDS_LIMIT], 1));
    return NULL;
}
