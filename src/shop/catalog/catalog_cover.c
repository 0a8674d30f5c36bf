/* catalog_cover.c - the picture that stands for a category or a collection. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "job/job.h"

struct cover {
    enum picture_use_kind kind;
    int64_t owner_id;
    const char *picture_id; /* NULL = none */
};

/* Every page names the categories, and many the collections: they are stale. */
static err emit_changed(struct ctx *ctx, const struct cover *cover)
{
    if (cover->kind == PICTURE_OF_COLLECTION)
        return collection_emit_changed(ctx, cover->owner_id);
    return outbox_emit(ctx, "category.changed", cover->owner_id, value_object(ctx->arena));
}

static err write_cover(struct ctx *ctx, void *arg)
{
    const struct cover *cover = arg;
    struct db_value shop = db_int(ctx->shop->id), owner = db_int(cover->owner_id);
    struct db_value picture = cover->picture_id ? db_text(cover->picture_id) : db_null();
    if (cover->kind == PICTURE_OF_COLLECTION)
        TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such collection",
                      "UPDATE collections SET picture_id = $3 WHERE shop_id = $1 AND id = $2", shop, owner,
                      picture));
    else
        TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such category",
                      "UPDATE categories SET picture_id = $3 WHERE shop_id = $1 AND id = $2", shop, owner,
                      picture));
    TRY(picture_uses_set(ctx, cover->kind, cover->owner_id, &cover->picture_id, cover->picture_id ? 1 : 0));
    return emit_changed(ctx, cover);
}

static err change(struct ctx *ctx, enum picture_use_kind kind, int64_t owner_id, const char *picture_id)
{
    struct cover cover = {kind, owner_id, picture_id[0] ? picture_id : NULL};
    const struct picture *found;
    if (cover.picture_id)
        TRY(picture_load_many(ctx, &cover.picture_id, 1, &found));
    if (cover.picture_id && !found)
        return fail_field(ctx, "picture", "gone", "this picture is no longer in the library");
    return db_transact(ctx, write_cover, &cover);
}

err category_change_picture(struct ctx *ctx, int64_t category_id, const char *picture_id)
{
    return change(ctx, PICTURE_OF_CATEGORY, category_id, picture_id);
}

err collection_change_picture(struct ctx *ctx, int64_t collection_id, const char *picture_id)
{
    return change(ctx, PICTURE_OF_COLLECTION, collection_id, picture_id);
}
