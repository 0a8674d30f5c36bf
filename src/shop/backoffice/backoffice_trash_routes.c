/* backoffice_trash_routes.c - 回收站: what was removed, and bringing it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"
#include "shop/redirect/redirect.h"
#include "shop/rule/rule.h"
#include "shop/staff/staff.h"
#include "shop/trash/trash.h"
#include <inttypes.h>

#define ROWS 50

struct list_form {
    int kind; /* enum trash_kind, 0 = any */
    int64_t cursor;
    const char *notice;
    int64_t removed_id;
};

static const struct field list_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, kind),
     .choices = trash_kind_names,
     .help = "Only things of this kind"},
    {.name = "cursor",
     .kind = FIELD_INT,
     .offset = offsetof(struct list_form, cursor),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Of the page before"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    REMOVED_VIEW_FIELD(struct list_form),
    {0},
};

struct trash_form {
    int64_t trash_id;
};

static const struct field trash_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct trash_form, trash_id),
     .is_required = true,
     .help = "What was removed"},
    {0},
};

static err trash_view(struct ctx *ctx, const struct list_form *form, struct value **made)
{
    struct trash *things;
    size_t count;
    struct list_place place = {.list = &trash_list_pages, .cursor = form->cursor ? "later" : ""};
    place.values[TRASH_KIND] = form->kind ? trash_kind_names[form->kind] : "";
    list_settle(&place);
    TRY(trash_list(ctx, (enum trash_kind)form->kind, form->cursor, ROWS + 1, &things, &count));
    bool has_more = count > ROWS;
    count = has_more ? ROWS : count;
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = things[i].actor == ACTOR_STAFF ? things[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "removed");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "id", things[i].id);
        value_set_text(ctx->arena, row, "kind", trash_kind_names[things[i].kind]);
        value_set_text(ctx->arena, row, "title", things[i].title);
        value_set_text(ctx->arena, row, "actor", actor_name(things[i].actor));
        value_set_text(ctx->arena, row, "name", names[i]);
        value_set_time(ctx->arena, row, "removed_at", things[i].removed_at);
    }
    value_set_text(ctx->arena, view, "kind", trash_kind_names[form->kind]);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    *made = view;
    return list_view(ctx, &place, has_more ? arena_format(ctx->arena, "%" PRId64, things[ROWS - 1].id) : NULL,
                     view);
}

static err list(struct req *req)
{
    const struct list_form *form = req->form;
    struct value *view;
    TRY(trash_view(&req->ctx, form, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/trash", view);
}

static err show_again(struct req *req)
{
    struct value *view;
    TRY(trash_view(&req->ctx, &(struct list_form){0}, &view));
    return reply_view(req, "admin/trash", view);
}

/* A collection that is filled by a rule is filled anew. */
static err restore_collection(struct ctx *ctx, const struct value *data)
{
    int64_t collection_id = 0;
    TRY(collection_restore(ctx, data));
    if (!value_find_int(data, "is_smart", 0) || !text_to_int(value_find_text(data, "id"), &collection_id))
        return NULL;
    return rule_fill_later(ctx, collection_id);
}

/* One that was taken from a product is shown by it again, unless it shows another by now, or is gone. */
static err restore_video(struct ctx *ctx, const struct value *data)
{
    const char *product = value_find_text(data, "product");
    int64_t product_id = 0;
    TRY(video_restore(ctx, data));
    if (!product || !text_to_int(product, &product_id))
        return NULL;
    return product_restore_video(ctx, product_id, value_find_text(data, "id"));
}

static err restore_in_transaction(struct ctx *ctx, void *arg)
{
    static err (*const restorers[])(struct ctx * ctx,
                                    const struct value *data) = {[TRASH_TAG] = tag_restore,
                                                                 [TRASH_CATEGORY] = category_restore,
                                                                 [TRASH_COLLECTION] = restore_collection,
                                                                 [TRASH_PICTURE] = picture_restore,
                                                                 [TRASH_VIDEO] = restore_video,
                                                                 [TRASH_REDIRECT] = redirect_restore};
    const struct trash *trash = arg;
    TRY(trash_take(ctx, trash));
    return restorers[trash->kind](ctx, trash->data);
}

static err restore(struct req *req)
{
    static const char *const pages[] = {[TRASH_TAG] = "/admin/tags?notice=restored",
                                        [TRASH_CATEGORY] = "/admin/categories?notice=restored",
                                        [TRASH_COLLECTION] = "/admin/collections?notice=restored",
                                        [TRASH_PICTURE] = "/admin/media?notice=restored",
                                        [TRASH_VIDEO] = "/admin/media?show=video&notice=restored",
                                        [TRASH_REDIRECT] = "/admin/redirects?notice=restored"};
    const struct trash_form *form = req->form;
    struct trash trash;
    TRY(trash_load(&req->ctx, form->trash_id, &trash));
    TRY(db_transact(&req->ctx, restore_in_transaction, &trash));
    return reply_done(req, 200, value_object(req->ctx.arena), "%s", pages[trash.kind]);
}

const struct route backoffice_trash_routes[] = {
    {.method = GET,
     .path = "/admin/trash",
     .handler = list,
     .guard = STAFF,
     .scope = "products.read",
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "What was removed and can be brought back, for 30 days",
     .answer = "removed"},
    {.method = POST,
     .path = "/admin/trash/:id/restore",
     .handler = restore,
     .guard = STAFF,
     .scope = "products.write",
     .fields = trash_fields,
     .form_size = sizeof(struct trash_form),
     .again = show_again,
     .summary = "Bring back what was removed"},
    {0},
};
