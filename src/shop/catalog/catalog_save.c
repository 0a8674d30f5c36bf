/* catalog_save.c - writing a product with its variants, in one transaction. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/json.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/catalog/catalog_check.h"
#include "shop/catalog/catalog_moved.h"
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_shelf.h"
#include <inttypes.h>

#define OPTIONS_JSON_LIMIT 65536

err product_emit_changed(struct ctx *ctx, int64_t product_id)
{
    return outbox_emit(ctx, "product.changed", product_id, value_object(ctx->arena));
}

static err options_json(struct ctx *ctx, const struct product_draft *draft, const char **json)
{
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < draft->option_count; i++) {
        struct value *option = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, option, "name", draft->options[i].name);
        struct value *values = value_set_list(ctx->arena, option, "values");
        for (size_t j = 0; j < draft->options[i].value_count; j++)
            value_add(ctx->arena, values, value_text(draft->options[i].values[j]));
    }
    return json_text(ctx, list, OPTIONS_JSON_LIMIT, json);
}

static err choice_json(struct ctx *ctx, const struct product_draft *draft,
                       const struct variant_draft *variant, const char **json)
{
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < draft->option_count; i++)
        value_add(ctx->arena, list, value_text(variant->options[i]));
    return json_text(ctx, list, OPTIONS_JSON_LIMIT, json);
}

/* The price range of what can be bought; of everything when nothing can. */
static void price_range(const struct product_draft *draft, int64_t *low, int64_t *high)
{
    bool is_any_active = false;
    for (size_t i = 0; i < draft->variant_count; i++)
        is_any_active = is_any_active || draft->variants[i].is_active;
    *low = INT64_MAX;
    *high = 0;
    for (size_t i = 0; i < draft->variant_count; i++) {
        const struct variant_draft *variant = &draft->variants[i];
        if (is_any_active && !variant->is_active)
            continue;
        *low = variant->price < *low ? variant->price : *low;
        *high = variant->price > *high ? variant->price : *high;
    }
}

static const struct buying_terms no_buying = {.min_quantity = 1, .tiers = "", .questions = ""};
#define BUYING_VALUES                                                                                        \
    db_int(buying->min_quantity), db_int(buying->max_quantity), db_int(buying->person_quantity),             \
        db_int(buying->person_days), db_text(buying->tiers), db_text(buying->questions)

static err insert_product(struct ctx *ctx, const struct product_draft *draft, const char *options)
{
    const struct buying_terms *buying = draft->buying ? draft->buying : &no_buying;
    int64_t low, high;
    price_range(draft, &low, &high);
    return db_expect(
        ctx, 1, ERR_DUPLICATE, "handle",
        "INSERT INTO products (shop_id, id, handle, title, subtitle, description, brand, kind, status,"
        " category_id, options, price_min, price_max, variant_count, version, created_at, updated_at,"
        " min_quantity, max_quantity, person_quantity, person_days, price_tiers, questions)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15, $16, $17, $18, "
        "$19,"
        " $20, $21)",
        db_int(ctx->shop->id), db_int(draft->id), db_text(draft->handle), db_text(draft->title),
        db_text(draft->subtitle ? draft->subtitle : ""),
        db_text(draft->description ? draft->description : ""), db_text(draft->brand ? draft->brand : ""),
        db_int(draft->kind), db_int(draft->status), db_int(draft->category_id), db_text(options), db_int(low),
        db_int(high), db_int((int64_t)draft->variant_count), db_int(ctx->now), BUYING_VALUES);
}

static err update_product(struct ctx *ctx, const struct product_draft *draft, const char *options,
                          const struct product *before)
{
    const struct buying_terms *buying = draft->buying ? draft->buying : &no_buying;
    int64_t low, high;
    price_range(draft, &low, &high);
    if (!text_is(before->handle, draft->handle))
        TRY(moved_keep(ctx, MOVED_PRODUCT, draft->id, draft->handle));
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
        "UPDATE products SET handle = $4, title = $5, subtitle = $6, description = $7, brand = $8,"
        " status = $9, category_id = $10, options = $11, price_min = $12, price_max = $13,"
        " variant_count = $14, version = version + 1, updated_at = $15,"
        " min_quantity = CASE WHEN $22 = 1 THEN $16 ELSE min_quantity END,"
        " max_quantity = CASE WHEN $22 = 1 THEN $17 ELSE max_quantity END,"
        " person_quantity = CASE WHEN $22 = 1 THEN $18 ELSE person_quantity END,"
        " person_days = CASE WHEN $22 = 1 THEN $19 ELSE person_days END,"
        " price_tiers = CASE WHEN $22 = 1 THEN $20 ELSE price_tiers END,"
        " questions = CASE WHEN $22 = 1 THEN $21 ELSE questions END"
        " WHERE shop_id = $1 AND id = $2 AND version = $3",
        db_int(ctx->shop->id), db_int(draft->id), db_int(draft->version ? draft->version : before->version),
        db_text(draft->handle), db_text(draft->title), db_text(draft->subtitle ? draft->subtitle : ""),
        db_text(draft->description ? draft->description : ""), db_text(draft->brand ? draft->brand : ""),
        db_int(draft->status), db_int(draft->category_id), db_text(options), db_int(low), db_int(high),
        db_int((int64_t)draft->variant_count), db_int(ctx->now), BUYING_VALUES,
        db_int(draft->buying != NULL));
}

/* The trade of a variant that nobody said anything about. */
static const struct variant_trade no_trade = {"", COST_UNKNOWN, 0, NULL};

static struct db_value cost_value(const struct variant_trade *trade)
{
    return trade->cost == COST_UNKNOWN ? db_null() : db_int(trade->cost);
}

static const struct variant_terms no_terms = {.compare_kind = COMPARE_OWN, .compare_note = ""};
#define TERMS_VALUES                                                                                         \
    db_int(terms->compare_price), db_int(terms->compare_kind), db_text(terms->compare_note),                 \
        db_int(terms->content_amount), db_int(terms->content_unit), db_int(terms->content_base)

static err write_variant(struct ctx *ctx, const struct product_draft *draft, size_t index, bool is_new)
{
    const struct variant_draft *variant = &draft->variants[index];
    const struct variant_trade *trade = variant->trade ? variant->trade : &no_trade;
    const struct variant_terms *terms = variant->terms ? variant->terms : &no_terms;
    const char *title = variant_draft_title(ctx, draft, variant);
    const char *options;
    TRY(choice_json(ctx, draft, variant, &options));
    if (is_new)
        return db_expect(
            ctx, 1, ERR_DUPLICATE, "sku",
            "INSERT INTO variants (shop_id, id, product_id, position, sku, title, options, price, weight,"
            " picture_id, is_active, barcode, cost, volume, compare_price, compare_kind, compare_note,"
            " content_amount, content_unit, content_base, external_id, price_tiers)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,"
            " $20, $21, $22)",
            db_int(ctx->shop->id), db_int(variant->id), db_int(draft->id), db_int((int64_t)index),
            db_text(variant->sku), db_text(title), db_text(options), db_int(variant->price),
            db_int(variant->weight), db_text(variant->picture_id), db_int(variant->is_active),
            db_text(trade->barcode), cost_value(trade), db_int(trade->volume), TERMS_VALUES,
            db_text(trade->external_id ? trade->external_id : ""),
            db_text(variant->tiers ? variant->tiers : ""));
    return db_expect(
        ctx, 1, ERR_NOT_FOUND, "the variant does not belong to this product",
        "UPDATE variants SET position = $4, sku = $5, title = $6, options = $7, price = $8, weight = $9,"
        " picture_id = COALESCE($10, picture_id), is_active = $11,"
        " barcode = CASE WHEN $12 = 1 THEN $13 ELSE barcode END, cost = CASE WHEN $12 = 1 THEN $14 ELSE cost "
        "END,"
        " volume = CASE WHEN $12 = 1 THEN $15 ELSE volume END,"
        " compare_price = CASE WHEN $22 = 1 THEN $16 ELSE compare_price END,"
        " compare_kind = CASE WHEN $22 = 1 THEN $17 ELSE compare_kind END,"
        " compare_note = CASE WHEN $22 = 1 THEN $18 ELSE compare_note END,"
        " content_amount = CASE WHEN $22 = 1 THEN $19 ELSE content_amount END,"
        " content_unit = CASE WHEN $22 = 1 THEN $20 ELSE content_unit END,"
        " content_base = CASE WHEN $22 = 1 THEN $21 ELSE content_base END,"
        " external_id = COALESCE($23, external_id), price_tiers = COALESCE($24, price_tiers)"
        " WHERE shop_id = $1 AND id = $2 AND product_id = $3",
        db_int(ctx->shop->id), db_int(variant->id), db_int(draft->id), db_int((int64_t)index),
        db_text(variant->sku), db_text(title), db_text(options), db_int(variant->price),
        db_int(variant->weight), db_text(variant->picture_id), db_int(variant->is_active),
        db_int(variant->trade != NULL), db_text(trade->barcode), cost_value(trade), db_int(trade->volume),
        TERMS_VALUES, db_int(variant->terms != NULL), db_text(trade->external_id), db_text(variant->tiers));
}

/* What goes on the shelf, or stands there and gets another category, passes the gate. */
static err check_gate(struct ctx *ctx, const struct product_draft *draft, const struct product *before)
{
    bool stays = before && before->status == PRODUCT_ACTIVE && before->category_id == draft->category_id;
    if (draft->status != PRODUCT_ACTIVE || stays)
        return NULL;
    return shelf_gate_check(ctx, draft->id, draft->category_id);
}

struct saving {
    struct product_draft *draft;
    int64_t version;    /* of the product after it */
    const bool *is_new; /* of each variant */
    bool is_new_product;
    const struct product_state *before; /* when it is at hand */
    const char **tags;                  /* as they are kept; NULL = as they are */
    size_t tag_count;
    struct attribute_value *attributes; /* likewise */
    size_t attribute_count;
    struct price_change *was; /* what its variants cost */
    size_t was_count;
};

static const struct variant_draft *find_draft(const struct product_draft *draft, int64_t variant_id)
{
    for (size_t i = 0; i < draft->variant_count; i++)
        if (draft->variants[i].id == variant_id)
            return &draft->variants[i];
    return NULL;
}

static const struct price_change *find_price(const struct price_change *prices, size_t count,
                                             int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (prices[i].variant_id == variant_id)
            return &prices[i];
    return NULL;
}

/* Every price that is new or another one than before begins now. */
static err write_prices(struct ctx *ctx, struct saving *saving)
{
    const struct product_draft *draft = saving->draft;
    for (size_t i = 0; i < draft->variant_count; i++) {
        const struct variant_draft *variant = &draft->variants[i];
        const struct variant_terms *terms = variant->terms;
        const struct price_change *was = find_price(saving->was, saving->was_count, variant->id);
        struct price_change now = {.variant_id = variant->id,
                                   .version = saving->version,
                                   .price = variant->price,
                                   .compare_price = terms ? terms->compare_price
                                                    : was ? was->compare_price
                                                          : 0,
                                   .compare_kind = terms ? terms->compare_kind
                                                   : was ? was->compare_kind
                                                         : COMPARE_OWN};
        if (was && was->price == now.price && was->compare_price == now.compare_price &&
            was->compare_kind == now.compare_kind)
            continue;
        TRY(price_change_write(ctx, draft->id, &now));
    }
    return NULL;
}

/* Variants are written one after the other, and a SKU is unique at every moment: those that get another one
 * give theirs up first (for a word that nobody can type), so that two can exchange theirs in one save. */
static err give_up_sku(struct ctx *ctx, const struct product_draft *draft, int64_t variant_id,
                       const char *sku)
{
    const struct variant_draft *variant = find_draft(draft, variant_id);
    if (!variant || text_is(variant->sku, sku))
        return NULL;
    return db_execute(ctx, "UPDATE variants SET sku = $4 WHERE shop_id = $1 AND product_id = $2 AND id = $3",
                      db_int(ctx->shop->id), db_int(draft->id), db_int(variant->id),
                      db_text(arena_format(ctx->arena, "\x1f%" PRId64, variant->id)));
}

/* Notes what they all cost. */
static err give_up_skus(struct ctx *ctx, struct saving *saving)
{
    const struct product_draft *draft = saving->draft;
    const struct product_state *known = saving->before;
    struct db_rows *rows;
    saving->was_count = 0;
    if (known) {
        saving->was = arena_alloc_many(ctx->arena, known->variant_count + 1, sizeof *saving->was);
        for (size_t i = 0; i < known->variant_count; i++) {
            const struct variant *variant = &known->variants[i];
            saving->was[saving->was_count++] =
                (struct price_change){.variant_id = variant->id,
                                      .price = variant->price,
                                      .compare_price = variant->terms.compare_price,
                                      .compare_kind = variant->terms.compare_kind};
            TRY(give_up_sku(ctx, draft, variant->id, variant->sku));
        }
        return NULL;
    }
    TRY(db_query(ctx, &rows,
                 "SELECT id, sku, price, compare_price, compare_kind FROM variants"
                 " WHERE shop_id = $1 AND product_id = $2",
                 db_int(ctx->shop->id), db_int(draft->id)));
    saving->was = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *saving->was);
    while (db_next(rows)) {
        saving->was[saving->was_count++] =
            (struct price_change){.variant_id = db_get_int(rows, 0),
                                  .price = db_get_int(rows, 2),
                                  .compare_price = db_get_int(rows, 3),
                                  .compare_kind = (enum compare_kind)db_get_int(rows, 4)};
        TRY(give_up_sku(ctx, draft, db_get_int(rows, 0), db_get_text(rows, 1)));
    }
    return NULL;
}

static err write_variants(struct ctx *ctx, struct saving *saving)
{
    const struct product_draft *draft = saving->draft;
    if (!saving->is_new_product) {
        TRY(give_up_skus(ctx, saving));
        TRY(db_execute(ctx,
                       "UPDATE variants SET is_active = 0, position = position + 10000"
                       " WHERE shop_id = $1 AND product_id = $2",
                       db_int(ctx->shop->id), db_int(draft->id)));
    }
    for (size_t i = 0; i < draft->variant_count; i++) {
        TRY(write_variant(ctx, draft, i, saving->is_new[i]));
        if (draft->variants[i].picture_id)
            TRY(picture_uses_set(ctx, PICTURE_OF_VARIANT, draft->variants[i].id,
                                 &draft->variants[i].picture_id, 1));
    }
    return NULL;
}

/* Only when the description shows pictures, or did. */
static err write_uses(struct ctx *ctx, const struct product_draft *draft, const char *before)
{
    struct product_picture *pictures;
    size_t count;
    const char *now = draft->description ? draft->description : "";
    if (text_is(now, before) || (!strstr(now, "<img") && !strstr(before, "<img")))
        return NULL;
    TRY(product_picture_list(ctx, draft->id, &pictures, &count));
    return product_tell_uses(ctx, draft->id, pictures, count, now);
}

/* Most saves of many leave it as it is, and writing it moves two jobs. */
static bool is_schedule_new(const struct saving *saving)
{
    const struct product_schedule *now = saving->draft->schedule;
    const struct product_schedule none = {0, 0}, *was = saving->before ? &saving->before->schedule : &none;
    if (!now || (!saving->before && !saving->is_new_product))
        return now != NULL;
    return now->publish_at != was->publish_at || now->unpublish_at != was->unpublish_at;
}

static err write_details(struct ctx *ctx, struct saving *saving)
{
    const struct product_details *details = saving->draft->details;
    return details ? product_details_write(ctx, saving->draft->id, details, saving->is_new_product) : NULL;
}

static err write_attributes(struct ctx *ctx, struct saving *saving)
{
    const struct product_draft *draft = saving->draft;
    if (is_schedule_new(saving))
        TRY(product_schedule_write(ctx, draft->id, draft->schedule));
    if (!saving->attributes)
        return NULL;
    return product_attributes_write(ctx, draft->id, saving->attributes, saving->attribute_count,
                                    saving->is_new_product);
}

static err write_parts(struct ctx *ctx, struct saving *saving)
{
    TRY(write_variants(ctx, saving));
    TRY(write_prices(ctx, saving));
    TRY(write_details(ctx, saving));
    if (saving->tags)
        TRY(product_tags_write(ctx, saving->draft->id, saving->tags, saving->tag_count));
    return write_attributes(ctx, saving);
}

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    struct saving *saving = arg;
    struct product_draft *draft = saving->draft;
    struct value *was = NULL;
    const char *options, *described = "";
    TRY(options_json(ctx, draft, &options));
    if (saving->is_new_product) {
        saving->version = 1;
        TRY(product_title_check(ctx, draft->title, NULL));
        TRY(check_gate(ctx, draft, NULL));
        TRY(insert_product(ctx, draft, options));
    } else {
        const struct product *before;
        TRY(product_load(ctx, draft->id, &before));
        if (before->kind != draft->kind)
            return fail_field(ctx, "kind", "unchangeable", "the kind of a product cannot change");
        TRY(product_title_check(ctx, draft->title, before->title));
        TRY(check_gate(ctx, draft, before));
        saving->version = before->version + 1;
        described = before->description;
        TRY(product_version_open(ctx, before, &was));
        TRY(update_product(ctx, draft, options, before));
    }
    TRY(write_parts(ctx, saving));
    TRY(write_uses(ctx, draft, described));
    TRY(shelf_settle(ctx, &draft->id, 1));
    TRY(product_version_close(ctx, draft->id, was,
                              draft->cause             ? draft->cause
                              : saving->is_new_product ? "created"
                                                       : "saved"));
    return product_emit_changed(ctx, draft->id);
}

/* A draft that was not saved is still new. */
static void forget_new_ids(const struct saving *saving)
{
    struct product_draft *draft = saving->draft;
    draft->id = saving->is_new_product ? 0 : draft->id;
    for (size_t i = 0; i < draft->variant_count; i++)
        draft->variants[i].id = saving->is_new[i] ? 0 : draft->variants[i].id;
}

err product_save(struct ctx *ctx, struct product_draft *draft)
{
    if (text_is_blank(draft->handle))
        draft->handle = product_handle_from(ctx, draft->title ? draft->title : "");
    TRY(product_draft_check(ctx, draft));
    const struct category *category;
    TRY(category_load(ctx, draft->category_id, &category));
    struct saving saving = {.draft = draft, .is_new_product = draft->id == 0};
    if (draft->schedule)
        TRY(product_schedule_check(ctx, draft->schedule));
    if (draft->tags)
        TRY(product_tags_check(ctx, draft->tags, draft->tag_count, &saving.tags, &saving.tag_count));
    if (draft->attributes)
        TRY(product_attributes_check(ctx, draft, &saving.attributes, &saving.attribute_count));
    if (saving.is_new_product)
        draft->id = id_new(ctx);
    bool *is_new = arena_alloc_many(ctx->arena, draft->variant_count, sizeof *is_new);
    for (size_t i = 0; i < draft->variant_count; i++) {
        is_new[i] = draft->variants[i].id == 0;
        if (is_new[i])
            draft->variants[i].id = id_new(ctx);
    }
    saving.is_new = is_new;
    err failure = db_transact(ctx, save_in_transaction, &saving);
    if (failure)
        forget_new_ids(&saving);
    return failure;
}

/* ---- many at once ---- */

err product_draft_settle(struct ctx *ctx, const struct attribute *attributes, size_t count,
                         struct product_draft *draft)
{
    const char **tags;
    struct attribute_value *values;
    size_t kept;
    TRY(product_draft_check(ctx, draft));
    if (draft->tags) {
        TRY(product_tags_check(ctx, draft->tags, draft->tag_count, &tags, &kept));
        draft->tags = tags;
        draft->tag_count = kept;
    }
    if (draft->attributes) {
        TRY(product_attributes_check_in(ctx, attributes, count, draft, &values, &kept));
        draft->attributes = values;
        draft->attribute_count = kept;
    }
    return NULL;
}

static bool has_variant(const struct product_state *whole, int64_t variant_id)
{
    for (size_t i = 0; whole && i < whole->variant_count; i++)
        if (whole->variants[i].id == variant_id)
            return true;
    return false;
}

static struct saving saving_of(struct ctx *ctx, const struct product_saving *one)
{
    struct product_draft *draft = one->draft;
    bool *is_new = arena_alloc_many(ctx->arena, draft->variant_count, sizeof *is_new);
    if (draft->id == 0)
        draft->id = id_new(ctx);
    for (size_t i = 0; i < draft->variant_count; i++) {
        if (draft->variants[i].id == 0)
            draft->variants[i].id = id_new(ctx);
        is_new[i] = !has_variant(one->before, draft->variants[i].id);
    }
    return (struct saving){.draft = draft,
                           .version = one->before ? one->before->product->version + 1 : 1,
                           .is_new = is_new,
                           .is_new_product = one->before == NULL,
                           .before = one->before,
                           .tags = draft->tags,
                           .tag_count = draft->tag_count,
                           .attributes = (struct attribute_value *)draft->attributes,
                           .attribute_count = draft->attribute_count};
}

static err write_product(struct ctx *ctx, struct saving *saving)
{
    const char *options;
    TRY(options_json(ctx, saving->draft, &options));
    return saving->before ? update_product(ctx, saving->draft, options, saving->before->product)
                          : insert_product(ctx, saving->draft, options);
}

static err tell(struct ctx *ctx, struct saving *saving)
{
    TRY(write_uses(ctx, saving->draft, saving->before ? saving->before->product->description : ""));
    return product_emit_changed(ctx, saving->draft->id);
}

static err write_tags(struct ctx *ctx, const struct saving *savings, size_t count)
{
    struct tagging taggings[PRODUCT_SAVE_LIMIT];
    size_t have = 0;
    for (size_t i = 0; i < count; i++)
        if (savings[i].tags)
            taggings[have++] = (struct tagging){savings[i].draft->id, savings[i].is_new_product,
                                                savings[i].tags, savings[i].tag_count};
    return have > 0 ? product_tags_write_many(ctx, taggings, have) : NULL;
}

/* Table by table, so that rows of the same stand together and travel together. */
static err write_all(struct ctx *ctx, struct saving *savings, size_t count)
{
    static err (*const steps[])(struct ctx * ctx, struct saving * saving) = {
        write_product, write_variants, write_prices, write_details, write_attributes, tell};
    for (size_t step = 0; step < sizeof steps / sizeof *steps; step++)
        for (size_t i = 0; i < count; i++)
            TRY(steps[step](ctx, &savings[i]));
    return write_tags(ctx, savings, count);
}

static err remember(struct ctx *ctx, const struct attribute *attributes, size_t count,
                    const struct product_saving *one, int64_t act_id)
{
    const struct product_draft *draft = one->draft;
    const struct product_state *before = one->before;
    struct product_state after;
    product_state_after(ctx, draft, before, &after);
    struct version_whole save = {
        .product_id = draft->id,
        .version = before ? before->product->version + 1 : 1,
        .cause = draft->cause ? draft->cause
                 : before     ? "saved"
                              : "created",
        .before = before ? product_sheet_of(ctx, before, attributes, count) : NULL,
        .after = product_sheet_of(ctx, &after, attributes, count),
        .act_id = act_id,
    };
    return product_version_write(ctx, &save, before && !before->has_history ? before->product : NULL);
}

err product_save_many(struct ctx *ctx, const struct attribute *attributes, size_t count,
                      const struct product_saving *savings, size_t saving_count, int64_t act_id)
{
    int64_t ids[PRODUCT_SAVE_LIMIT];
    if (saving_count > PRODUCT_SAVE_LIMIT)
        bug("%zu products in one save", saving_count);
    struct saving *all = arena_alloc_many(ctx->arena, saving_count + 1, sizeof *all);
    for (size_t i = 0; i < saving_count; i++) {
        all[i] = saving_of(ctx, &savings[i]);
        ids[i] = all[i].draft->id;
    }
    TRY(write_all(ctx, all, saving_count));
    for (size_t i = 0; i < saving_count; i++)
        TRY(remember(ctx, attributes, count, &savings[i], act_id));
    return saving_count > 0 ? shelf_settle(ctx, ids, saving_count) : NULL;
}
