/* catalog_replace.c - another picture in all places of one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "job/job.h"
#include "shop/tenant/tenant.h"

/* Rounds of PICTURE_USE_LIMIT places. */
#define ROUND_LIMIT 64

struct replacement {
    const char *from;
    const char *to;
    size_t left; /* places that were found; 0 = nothing to do any more */
};

static err replace_of_product(struct ctx *ctx, int64_t product_id, const struct replacement *replacement)
{
    struct db_value shop = db_int(ctx->shop->id), product = db_int(product_id);
    struct db_value from = db_text(replacement->from), to = db_text(replacement->to);
    TRY(db_execute(ctx,
                   "UPDATE product_pictures SET picture_id = $4"
                   " WHERE shop_id = $1 AND product_id = $2 AND picture_id = $3",
                   shop, product, from, to));
    TRY(db_execute(ctx,
                   "UPDATE products SET picture_id = CASE WHEN picture_id = $3 THEN $4 ELSE picture_id END,"
                   " description = replace(description, '/media/' || $3 || '/', '/media/' || $4 || '/'),"
                   " updated_at = $5 WHERE shop_id = $1 AND id = $2",
                   shop, product, from, to, db_int(ctx->now)));
    return product_emit_changed(ctx, product_id);
}

static err replace_of_variant(struct ctx *ctx, int64_t variant_id, int64_t product_id,
                              const struct replacement *replacement)
{
    TRY(db_execute(
        ctx, "UPDATE variants SET picture_id = $4 WHERE shop_id = $1 AND id = $2 AND picture_id = $3",
        db_int(ctx->shop->id), db_int(variant_id), db_text(replacement->from), db_text(replacement->to)));
    return product_emit_changed(ctx, product_id);
}

static err replace_of_category(struct ctx *ctx, int64_t category_id, const struct replacement *replacement)
{
    TRY(db_execute(
        ctx, "UPDATE categories SET picture_id = $4 WHERE shop_id = $1 AND id = $2 AND picture_id = $3",
        db_int(ctx->shop->id), db_int(category_id), db_text(replacement->from), db_text(replacement->to)));
    return outbox_emit(ctx, "category.changed", category_id, value_object(ctx->arena));
}

static err replace_of_collection(struct ctx *ctx, int64_t collection_id,
                                 const struct replacement *replacement)
{
    TRY(db_execute(
        ctx, "UPDATE collections SET picture_id = $4 WHERE shop_id = $1 AND id = $2 AND picture_id = $3",
        db_int(ctx->shop->id), db_int(collection_id), db_text(replacement->from), db_text(replacement->to)));
    return collection_emit_changed(ctx, collection_id);
}

/* Reads first, then writes: what is shown in up to PICTURE_USE_LIMIT places. */
static err replace_some(struct ctx *ctx, void *arg)
{
    struct replacement *replacement = arg;
    struct picture_use *uses;
    const struct variant *variants[PICTURE_USE_LIMIT];
    int64_t variant_ids[PICTURE_USE_LIMIT] = {0};
    TRY(picture_use_list(ctx, replacement->from, &uses, &replacement->left));
    for (size_t i = 0; i < replacement->left; i++)
        if (uses[i].kind == PICTURE_OF_REVIEW)
            return fail_with(ctx, ERR_CONFLICT, "a buyer shows this picture in a review");
        else if (uses[i].kind == PICTURE_OF_DESIGN)
            return fail_with(ctx, ERR_CONFLICT, "the design shows this picture; choose another one there");
    for (size_t i = 0; i < replacement->left; i++)
        variant_ids[i] = uses[i].kind == PICTURE_OF_VARIANT ? uses[i].owner_id : 0;
    TRY(variant_load_many(ctx, variant_ids, replacement->left, variants));
    for (size_t i = 0; i < replacement->left; i++) {
        if (uses[i].kind == PICTURE_OF_PRODUCT)
            TRY(replace_of_product(ctx, uses[i].owner_id, replacement));
        else if (uses[i].kind == PICTURE_OF_CATEGORY)
            TRY(replace_of_category(ctx, uses[i].owner_id, replacement));
        else if (uses[i].kind == PICTURE_OF_COLLECTION)
            TRY(replace_of_collection(ctx, uses[i].owner_id, replacement));
        else if (uses[i].kind == PICTURE_OF_SHOP)
            TRY(shop_replace_picture(ctx, replacement->from, replacement->to));
        else if (variants[i])
            TRY(replace_of_variant(ctx, uses[i].owner_id, variants[i]->product_id, replacement));
        TRY(picture_use_move(ctx, &uses[i], replacement->from, replacement->to));
    }
    return NULL;
}

err catalog_replace_picture(struct ctx *ctx, const char *from, const char *to)
{
    struct replacement replacement = {from, to, 1};
    if (strcmp(from, to) == 0)
        return NULL;
    for (int round = 0; round < ROUND_LIMIT && replacement.left > 0; round++)
        TRY(db_transact(ctx, replace_some, &replacement));
    return replacement.left == 0
               ? NULL
               : fail_with(ctx, ERR_LIMIT, "the picture is used in too many places to be replaced at once");
}
