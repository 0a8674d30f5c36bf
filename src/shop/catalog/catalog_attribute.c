/* catalog_attribute.c - the questions of a category, and the answers of its products. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "job/job.h"

#define NAME_LIMIT 40
#define UNIT_LIMIT 12
#define VALUE_LIMIT 200
#define CHOICES_JSON_LIMIT 32768
/* Places before and behind the point of a number. */
#define WHOLE_DIGITS 12
#define DECIMALS 3

static err read_attribute(struct ctx *ctx, const struct db_rows *rows, struct attribute *attribute)
{
    struct value *choices;
    const char *json = db_get_text(rows, 5);
    TRY(json_read(ctx, json, strlen(json), &choices));
    *attribute = (struct attribute){.id = db_get_int(rows, 0),
                                    .name = db_get_text(rows, 1),
                                    .name_en = db_get_text(rows, 2),
                                    .kind = (enum attribute_kind)db_get_int(rows, 3),
                                    .unit = db_get_text(rows, 4),
                                    .choices = choices,
                                    .is_required = db_get_int(rows, 6) == 1,
                                    .position = db_get_int(rows, 7),
                                    .is_facet = db_get_int(rows, 8) == 1};
    return NULL;
}

bool attribute_is_of(const struct attribute *attribute, int64_t category_id)
{
    for (size_t i = 0; i < attribute->reach_count; i++)
        if (attribute->reach_ids[i] == category_id)
            return true;
    return false;
}

/* Gives each attribute its categories, from rows of (category, attribute, category below it) in any order. */
static void deal_categories(struct ctx *ctx, struct db_rows *rows, struct attribute *attributes, size_t count)
{
    size_t most = db_row_count(rows);
    size_t room = (most < CATEGORY_LIMIT ? most : CATEGORY_LIMIT) + 1;
    for (size_t i = 0; i < count; i++) {
        attributes[i].category_ids = arena_alloc_many(ctx->arena, room, sizeof(int64_t));
        attributes[i].reach_ids = arena_alloc_many(ctx->arena, room, sizeof(int64_t));
    }
    while (db_next(rows))
        for (size_t i = 0; i < count; i++) {
            struct attribute *attribute = &attributes[i];
            int64_t category_id = db_get_int(rows, 0), below_id = db_get_int(rows, 2);
            if (attribute->id != db_get_int(rows, 1))
                continue;
            if (category_id == below_id && attribute->category_count < CATEGORY_LIMIT)
                attribute->category_ids[attribute->category_count++] = category_id;
            if (!attribute_is_of(attribute, below_id) && attribute->reach_count < CATEGORY_LIMIT)
                attribute->reach_ids[attribute->reach_count++] = below_id;
        }
}

err attribute_list(struct ctx *ctx, struct attribute **attributes, size_t *count)
{
    struct db_rows *rows, *links;
    TRY(db_ask(ctx, &links,
               "SELECT c.category_id, c.attribute_id, a.category_id FROM category_attributes c"
               " JOIN category_ancestors a ON a.shop_id = c.shop_id AND a.ancestor_id = c.category_id"
               " WHERE c.shop_id = $1",
               db_int(ctx->shop->id)));
    TRY(db_query(
        ctx, &rows,
        "SELECT id, name, name_en, kind, unit, choices, is_required, position, is_facet FROM attributes"
        " WHERE shop_id = $1 ORDER BY position, id LIMIT $2",
        db_int(ctx->shop->id), db_int(ATTRIBUTE_LIMIT)));
    *attributes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **attributes);
    *count = 0;
    while (db_next(rows))
        TRY(read_attribute(ctx, rows, &(*attributes)[(*count)++]));
    deal_categories(ctx, links, *attributes, *count);
    return NULL;
}

const char *attribute_name(const struct ctx *ctx, const struct attribute *attribute)
{
    return text_is(ctx->locale, "en") && attribute->name_en[0] ? attribute->name_en : attribute->name;
}

static bool has_choices(const struct attribute *attribute)
{
    return attribute->kind == ATTRIBUTE_CHOICE || attribute->kind == ATTRIBUTE_CHOICES;
}

static err check_choices(struct ctx *ctx, const struct attribute *attribute)
{
    size_t count = value_count(attribute->choices);
    if (!has_choices(attribute))
        return NULL;
    if (count == 0)
        return fail_field(ctx, "choices", "required", "give the choices, separated by commas");
    if (count > ATTRIBUTE_CHOICE_LIMIT)
        return fail_field(ctx, "choices", "too-many", "at most 100 choices");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (text_is(value_at(attribute->choices, i)->text, value_at(attribute->choices, j)->text))
                return fail_field(ctx, "choices", "duplicate", "the same choice stands twice");
    return NULL;
}

static err check_attribute(struct ctx *ctx, const struct attribute *attribute)
{
    if (text_is_blank(attribute->name) || utf8_length(attribute->name, strlen(attribute->name)) > NAME_LIMIT)
        return fail_field(ctx, "name", "required", "an attribute has a name of 1 to 40 characters");
    if (utf8_length(attribute->unit, strlen(attribute->unit)) > UNIT_LIMIT)
        return fail_field(ctx, "unit", "too-long", "a unit has at most 12 characters");
    return check_choices(ctx, attribute);
}

static err write_categories(struct ctx *ctx, const struct attribute *attribute)
{
    TRY(db_execute(ctx, "DELETE FROM category_attributes WHERE shop_id = $1 AND attribute_id = $2",
                   db_int(ctx->shop->id), db_int(attribute->id)));
    for (size_t i = 0; i < attribute->category_count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO category_attributes (shop_id, category_id, attribute_id) VALUES ($1, $2, $3)"
            " ON CONFLICT (shop_id, category_id, attribute_id) DO NOTHING",
            db_int(ctx->shop->id), db_int(attribute->category_ids[i]), db_int(attribute->id)));
    /* Names and choices stand on product pages. */
    return outbox_emit(ctx, "category.changed", attribute->id, value_object(ctx->arena));
}

err attribute_insert(struct ctx *ctx, const struct attribute *attribute)
{
    struct db_rows *rows;
    const char *choices;
    TRY(json_text(ctx, attribute->choices, CHOICES_JSON_LIMIT, &choices));
    TRY(db_query(ctx, &rows, "SELECT count(*) FROM attributes WHERE shop_id = $1", db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= ATTRIBUTE_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d attributes", ATTRIBUTE_LIMIT);
    TRY(db_expect(
        ctx, 1, ERR_DUPLICATE, "name",
        "INSERT INTO attributes (shop_id, id, name, name_en, kind, unit, choices, is_required, position,"
        " is_facet) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        db_int(ctx->shop->id), db_int(attribute->id), db_text(attribute->name), db_text(attribute->name_en),
        db_int(attribute->kind), db_text(attribute->unit), db_text(choices), db_int(attribute->is_required),
        db_int(attribute->position), db_int(attribute->is_facet && attribute->kind != ATTRIBUTE_DATE)));
    return write_categories(ctx, attribute);
}

static err insert_attribute(struct ctx *ctx, void *arg)
{
    return attribute_insert(ctx, arg);
}

err attribute_create(struct ctx *ctx, struct attribute *attribute)
{
    TRY(check_attribute(ctx, attribute));
    attribute->id = id_new(ctx);
    return db_transact(ctx, insert_attribute, attribute);
}

static err update_attribute(struct ctx *ctx, void *arg)
{
    const struct attribute *attribute = arg;
    const char *choices;
    TRY(json_text(ctx, attribute->choices, CHOICES_JSON_LIMIT, &choices));
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such attribute of this kind",
                  "UPDATE attributes SET name = $4, name_en = $5, unit = $6, choices = $7, is_required = $8,"
                  " position = $9, is_facet = CASE WHEN kind = 6 THEN 0 ELSE $10 END WHERE shop_id = $1 AND "
                  "id = $2 AND kind = $3",
                  db_int(ctx->shop->id), db_int(attribute->id), db_int(attribute->kind),
                  db_text(attribute->name), db_text(attribute->name_en), db_text(attribute->unit),
                  db_text(choices), db_int(attribute->is_required), db_int(attribute->position),
                  db_int(attribute->is_facet)));
    return write_categories(ctx, attribute);
}

err attribute_change(struct ctx *ctx, const struct attribute *attribute)
{
    TRY(check_attribute(ctx, attribute));
    struct attribute copy = *attribute;
    return db_transact(ctx, update_attribute, &copy);
}

static err delete_attribute(struct ctx *ctx, void *arg)
{
    const int64_t *attribute_id = arg;
    TRY(db_execute(ctx,
                   "INSERT INTO touched_products (shop_id, product_id, stamp)"
                   " SELECT DISTINCT a.shop_id, a.product_id, 1 FROM product_attributes a"
                   " WHERE a.shop_id = $1 AND a.attribute_id = $2"
                   " ON CONFLICT (shop_id, product_id) DO UPDATE SET stamp = touched_products.stamp + 1",
                   db_int(ctx->shop->id), db_int(*attribute_id)));
    TRY(db_execute(ctx, "DELETE FROM product_attributes WHERE shop_id = $1 AND attribute_id = $2",
                   db_int(ctx->shop->id), db_int(*attribute_id)));
    TRY(db_execute(ctx, "DELETE FROM category_attributes WHERE shop_id = $1 AND attribute_id = $2",
                   db_int(ctx->shop->id), db_int(*attribute_id)));
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such attribute",
                  "DELETE FROM attributes WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(*attribute_id)));
    return outbox_emit(ctx, "category.changed", *attribute_id, value_object(ctx->arena));
}

err attribute_remove(struct ctx *ctx, int64_t attribute_id)
{
    return db_transact(ctx, delete_attribute, &attribute_id);
}

/* ---- the answers of a product ---- */

err product_attribute_list(struct ctx *ctx, int64_t product_id, struct attribute_value **values,
                           size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT attribute_id, value FROM product_attributes WHERE shop_id = $1 AND product_id = $2"
                 " ORDER BY attribute_id, value",
                 db_int(ctx->shop->id), db_int(product_id)));
    *values = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **values);
    *count = 0;
    while (db_next(rows))
        (*values)[(*count)++] =
            (struct attribute_value){.attribute_id = db_get_int(rows, 0), .value = db_get_text(rows, 1)};
    return NULL;
}

err product_attributes_write(struct ctx *ctx, int64_t product_id, const struct attribute_value *values,
                             size_t count, bool is_new)
{
    if (!is_new)
        TRY(db_execute(ctx, "DELETE FROM product_attributes WHERE shop_id = $1 AND product_id = $2",
                       db_int(ctx->shop->id), db_int(product_id)));
    for (size_t i = 0; i < count; i++)
        TRY(db_execute(
            ctx,
            "INSERT INTO product_attributes (shop_id, product_id, attribute_id, value)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (shop_id, product_id, attribute_id, value) DO NOTHING",
            db_int(ctx->shop->id), db_int(product_id), db_int(values[i].attribute_id),
            db_text(values[i].value)));
    return NULL;
}

static bool is_number(const char *text)
{
    text += *text == '-';
    size_t whole = strspn(text, "0123456789");
    if (whole == 0 || whole > WHOLE_DIGITS)
        return false;
    if (text[whole] == 0)
        return true;
    size_t decimals = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
    return decimals > 0 && decimals <= DECIMALS && text[whole + 1 + decimals] == 0;
}

static bool is_date(const char *text)
{
    int64_t at;
    return clock_parse_day(text, zone_fixed(0), &at);
}

static bool is_choice(const struct attribute *attribute, const char *value)
{
    for (size_t i = 0; i < value_count(attribute->choices); i++)
        if (text_is(value_at(attribute->choices, i)->text, value))
            return true;
    return false;
}

static const char *problem_of(const struct attribute *attribute, const char *value)
{
    switch (attribute->kind) {
    case ATTRIBUTE_TEXT:
        return utf8_length(value, strlen(value)) > VALUE_LIMIT ? "too-long" : NULL;
    case ATTRIBUTE_NUMBER:
        return is_number(value) ? NULL : "not-a-decimal";
    case ATTRIBUTE_CHOICE:
    case ATTRIBUTE_CHOICES:
        return is_choice(attribute, value) ? NULL : "unknown-choice";
    case ATTRIBUTE_FLAG:
        return text_is(value, "1") ? NULL : "unknown-choice";
    case ATTRIBUTE_DATE:
        return is_date(value) ? NULL : "not-a-date";
    }
    bug("attribute kind %d", (int)attribute->kind);
}

static err refuse(struct ctx *ctx, const struct attribute *attribute, const char *code, const char *message)
{
    return fail_field(ctx, arena_format(ctx->arena, "attribute.%lld", (long long)attribute->id), code,
                      arena_format(ctx->arena, "%s: %s", attribute->name, message));
}

/* Takes over the answers to one attribute. */
static err take_values(struct ctx *ctx, const struct product_draft *draft, const struct attribute *attribute,
                       struct attribute_value *kept, size_t *kept_count)
{
    size_t taken = 0;
    for (size_t i = 0; i < draft->attribute_count; i++) {
        const struct attribute_value *value = &draft->attributes[i];
        if (value->attribute_id != attribute->id || text_is_blank(value->value))
            continue;
        const char *text = text_trim(ctx->arena, value->value);
        const char *problem = problem_of(attribute, text);
        if (problem)
            return refuse(ctx, attribute, problem, "this is no value of it");
        if (taken > 0 && attribute->kind != ATTRIBUTE_CHOICES)
            return refuse(ctx, attribute, "too-many", "only one value");
        kept[(*kept_count)++] = (struct attribute_value){attribute->id, text};
        taken++;
    }
    if (taken == 0 && attribute->is_required && draft->status == PRODUCT_ACTIVE)
        return refuse(ctx, attribute, "required", "needed on the shelf");
    return NULL;
}

err product_attributes_check_in(struct ctx *ctx, const struct attribute *attributes, size_t count,
                                const struct product_draft *draft, struct attribute_value **kept,
                                size_t *kept_count)
{
    if (draft->attribute_count > PRODUCT_ATTRIBUTE_LIMIT)
        return fail_field(ctx, "attributes", "too-many", "at most 500 values");
    *kept = arena_alloc_many(ctx->arena, draft->attribute_count + 1, sizeof **kept);
    *kept_count = 0;
    for (size_t i = 0; i < count; i++)
        if (attribute_is_of(&attributes[i], draft->category_id))
            TRY(take_values(ctx, draft, &attributes[i], *kept, kept_count));
    return NULL;
}

err product_attributes_check(struct ctx *ctx, const struct product_draft *draft,
                             struct attribute_value **kept, size_t *kept_count)
{
    struct attribute *attributes;
    size_t count;
    TRY(attribute_list(ctx, &attributes, &count));
    return product_attributes_check_in(ctx, attributes, count, draft, kept, kept_count);
}
