/* catalog_whole.c - many products with all their parts, in a handful of statements: what a table of products
 * needs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/json.h"
#include "base/text.h"

#define LIST_LIMIT ((size_t)65536)

err catalog_query_many(struct ctx *ctx, struct db_rows **rows, const char *sql, const int64_t *ids,
                       size_t count)
{
    struct db_value values[PRODUCT_WHOLE_LIMIT + 1];
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < PRODUCT_WHOLE_LIMIT; i++)
        values[i + 1] = db_int(ids[i < count ? i : count - 1]);
    return db_query_values(ctx, rows, sql, values, PRODUCT_WHOLE_LIMIT + 1);
}

err catalog_ask_many(struct ctx *ctx, struct db_rows **rows, const char *sql, bool is_range,
                     const struct whole_question *question)
{
    struct db_value values[PRODUCT_WHOLE_LIMIT + 1] = {db_int(ctx->shop->id)};
    const int64_t *ids = question->ids;
    if (is_range) {
        int64_t first = ids[0], last = ids[0];
        for (size_t i = 1; i < question->count; i++) {
            first = ids[i] < first ? ids[i] : first;
            last = ids[i] > last ? ids[i] : last;
        }
        return db_ask(ctx, rows, sql, values[0], db_int(first), db_int(last));
    }
    for (size_t i = 0; i < PRODUCT_WHOLE_LIMIT; i++)
        values[i + 1] = db_int(ids[i < question->count ? i : question->count - 1]);
    return db_ask_values(ctx, rows, sql, values, PRODUCT_WHOLE_LIMIT + 1);
}

/* The one of that id, or NULL. Rows come by product: `last` is mostly it. */
static struct product_whole *whole_of(struct product_whole *found, size_t count, struct product_whole *last,
                                      int64_t product_id)
{
    if (last && last->product.id == product_id)
        return last;
    for (size_t i = 0; i < count; i++)
        if (found[i].product.id == product_id)
            return &found[i];
    return NULL;
}

static err take_details(struct ctx *ctx, struct db_rows *rows, struct product_whole *found, size_t count)
{
    while (db_next(rows)) {
        struct product_whole *whole = whole_of(found, count, NULL, db_get_int(rows, 0));
        const char *json = db_get_text(rows, 8);
        struct value *specs = NULL;
        if (!whole)
            continue;
        if (!text_is(json, "[]"))
            TRY(json_read(ctx, json, strlen(json), &specs));
        whole->details = (struct product_details){.model = db_get_text(rows, 1),
                                                  .origin = db_get_text(rows, 2),
                                                  .tax_code = db_get_text(rows, 3),
                                                  .unit = db_get_text(rows, 4),
                                                  .base_unit = db_get_text(rows, 14),
                                                  .base_count = db_get_int(rows, 15),
                                                  .shelf_life_days = db_get_int(rows, 5),
                                                  .seo_title = db_get_text(rows, 6),
                                                  .seo_description = db_get_text(rows, 7),
                                                  .specs = specs ? specs : value_list(ctx->arena)};
        whole->details.after_sale = (struct after_sale){.return_rule = (enum return_rule)db_get_int(rows, 9),
                                                        .return_days = db_get_int(rows, 10),
                                                        .exchange_days = db_get_int(rows, 11),
                                                        .warranty_months = db_get_int(rows, 12),
                                                        .fake_multiple = db_get_int(rows, 13)};
    }
    return NULL;
}

/* Rows of product and text, by product: what belongs together becomes one text with `gap` between. */
static void join_texts(struct ctx *ctx, struct db_rows *rows, struct product_whole *found, size_t count,
                       const char *gap, size_t offset)
{
    struct product_whole *whole = NULL;
    struct text_buf text = {0};
    while (db_next(rows)) {
        struct product_whole *next = whole_of(found, count, whole, db_get_int(rows, 0));
        if (!next)
            continue;
        if (next != whole)
            text_open(&text, ctx->arena, LIST_LIMIT);
        else
            text_add(&text, gap);
        whole = next;
        text_add(&text, db_get_text(rows, 1));
        *(const char **)((char *)whole + offset) = text_of(&text);
    }
}

/* Words on one line. */
static const char *one_line(struct ctx *ctx, const char *text)
{
    if (!strpbrk(text, "\r\n"))
        return text;
    char *line = arena_copy_text(ctx->arena, text);
    for (char *c = line; *c; c++)
        if (*c == '\r' || *c == '\n')
            *c = ' ';
    return line;
}

static void take_pictures(struct ctx *ctx, struct db_rows *rows, struct product_whole *found, size_t count)
{
    struct product_whole *whole = NULL;
    struct text_buf ids = {0}, words = {0};
    bool has_words = false;
    while (db_next(rows)) {
        struct product_whole *next = whole_of(found, count, whole, db_get_int(rows, 0));
        const char *alt = one_line(ctx, db_get_text(rows, 2));
        if (!next)
            continue;
        if (next != whole) {
            text_open(&ids, ctx->arena, LIST_LIMIT);
            text_open(&words, ctx->arena, LIST_LIMIT);
        }
        has_words = alt[0] || (next == whole && has_words);
        text_add_format(&ids, "%s%s", next == whole ? " " : "", db_get_text(rows, 1));
        text_add_format(&words, "%s%s", next == whole ? "\n" : "", alt[0] ? alt : "<clear>");
        whole = next;
        whole->pictures = text_of(&ids);
        whole->picture_alts = has_words ? text_of(&words) : "";
    }
}

static void take_attributes(struct ctx *ctx, struct db_rows *rows, struct product_whole *found, size_t count)
{
    struct attribute_value *values = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *values);
    struct product_whole *whole = NULL;
    for (; db_next(rows); values++) {
        whole = whole_of(found, count, whole, db_get_int(rows, 0));
        if (!whole)
            continue;
        *values = (struct attribute_value){db_get_int(rows, 1), db_get_text(rows, 2)};
        if (whole->attribute_count++ == 0)
            whole->attributes = values;
    }
}

static void take_schedules(struct db_rows *rows, struct product_whole *found, size_t count)
{
    while (db_next(rows)) {
        struct product_whole *whole = whole_of(found, count, NULL, db_get_int(rows, 0));
        if (whole)
            whole->schedule = (struct product_schedule){db_get_int(rows, 1), db_get_int(rows, 2)};
    }
}

err product_ask_whole_many(struct ctx *ctx, const int64_t *product_ids, size_t count, bool is_range,
                           struct whole_question *question)
{
    static const char *const details[] = WHOLE_STATEMENTS(
        "SELECT product_id, model, origin, tax_code, unit, shelf_life_days, seo_title,"
        " seo_description, specs, return_rule, return_days, exchange_days, warranty_months,"
        " fake_multiple, base_unit, base_count FROM product_details WHERE shop_id = $1 AND product_id",
        "");
    static const char *const tags[] = WHOLE_STATEMENTS(
        "SELECT p.product_id, t.name FROM product_tags p JOIN tags t ON t.shop_id = p.shop_id"
        " AND t.id = p.tag_id WHERE p.shop_id = $1 AND p.product_id",
        " ORDER BY p.product_id, t.name");
    static const char *const pictures[] = WHOLE_STATEMENTS(
        "SELECT product_id, picture_id, alt FROM product_pictures WHERE shop_id = $1 AND product_id",
        " ORDER BY product_id, position");
    static const char *const attributes[] = WHOLE_STATEMENTS(
        "SELECT product_id, attribute_id, value FROM product_attributes WHERE shop_id = $1 AND product_id",
        " ORDER BY product_id, attribute_id, value");
    static const char *const schedules[] = WHOLE_STATEMENTS(
        "SELECT product_id, publish_at, unpublish_at FROM product_schedules WHERE shop_id = $1"
        " AND product_id",
        "");
    if (count > PRODUCT_WHOLE_LIMIT)
        bug("%zu products at once", count);
    *question = (struct whole_question){.ids = product_ids, .count = count};
    if (count == 0)
        return NULL;
    TRY(product_ask_many(ctx, is_range, question));
    TRY(catalog_ask_many(ctx, &question->details, details[is_range], is_range, question));
    TRY(catalog_ask_many(ctx, &question->tags, tags[is_range], is_range, question));
    TRY(catalog_ask_many(ctx, &question->pictures, pictures[is_range], is_range, question));
    TRY(catalog_ask_many(ctx, &question->schedules, schedules[is_range], is_range, question));
    return catalog_ask_many(ctx, &question->attributes, attributes[is_range], is_range, question);
}

/* A name with a comma or a semicolon would be two: its handle stands for it. */
err product_ask_collections(struct ctx *ctx, bool is_range, struct whole_question *question)
{
    static const char *const statements[] = WHOLE_STATEMENTS(
        "SELECT s.product_id, CASE WHEN replace(replace(replace(replace(replace(c.name, ',', ''), ';', ''),"
        " '，', ''), '；', ''), '|', '') = c.name THEN c.name ELSE c.handle END FROM shelf_products s"
        " JOIN collections c ON c.shop_id = s.shop_id AND c.id = s.shelf_id AND c.is_smart = 0"
        " WHERE s.shop_id = $1 AND s.kind = 3 AND s.place IS NOT NULL AND s.product_id",
        " ORDER BY s.product_id, c.position, c.id");
    if (question->count == 0)
        return NULL;
    return catalog_ask_many(ctx, &question->collections, statements[is_range], is_range, question);
}

err product_take_whole_many(struct ctx *ctx, const struct whole_question *question,
                            struct product_whole *found)
{
    size_t count = question->count;
    for (size_t i = 0; i < count; i++)
        found[i] = (struct product_whole){.tags = "",
                                          .pictures = "",
                                          .picture_alts = "",
                                          .collections = "",
                                          .details = {.model = "",
                                                      .origin = "",
                                                      .tax_code = "",
                                                      .unit = "",
                                                      .base_unit = "",
                                                      .seo_title = "",
                                                      .seo_description = "",
                                                      .specs = value_list(ctx->arena)}};
    if (count == 0)
        return NULL;
    TRY(product_take_many(ctx, question, found));
    TRY(take_details(ctx, question->details, found, count));
    join_texts(ctx, question->tags, found, count, ",", offsetof(struct product_whole, tags));
    take_pictures(ctx, question->pictures, found, count);
    if (question->collections)
        join_texts(ctx, question->collections, found, count, "; ",
                   offsetof(struct product_whole, collections));
    take_attributes(ctx, question->attributes, found, count);
    take_schedules(question->schedules, found, count);
    return NULL;
}

err product_load_whole_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                            struct product_whole *found)
{
    struct whole_question question;
    TRY(product_ask_whole_many(ctx, product_ids, count, false, &question));
    if (count > 0)
        TRY(db_answer(ctx));
    return product_take_whole_many(ctx, &question, found);
}

err product_list_sizes(struct ctx *ctx, int64_t before_id, int limit, struct product_size **sizes,
                       size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT id, variant_count FROM products WHERE shop_id = $1 AND id < $2 ORDER BY id DESC"
                 " LIMIT $3",
                 db_int(ctx->shop->id), db_int(before_id), db_int(limit)));
    *sizes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **sizes);
    for (*count = 0; db_next(rows); (*count)++)
        (*sizes)[*count] = (struct product_size){db_get_int(rows, 0), db_get_int(rows, 1)};
    return NULL;
}
