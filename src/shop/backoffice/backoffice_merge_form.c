/* backoffice_merge_form.c - the form of a product that somebody else saved meanwhile: what both say, side by
 * side. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_product_form.h"

#include "base/text.h"
#include "shop/staff/staff.h"

/* Categories are told by their ids; people know them by name. */
static err name_categories(struct ctx *ctx, struct value *list)
{
    static const char *const sides[] = {"base", "theirs", "yours"};
    struct category *categories;
    size_t count;
    TRY(category_list(ctx, &categories, &count));
    for (size_t i = 0; i < value_count(list); i++) {
        struct value *row = &list->list->items[i];
        if (!text_is(value_find_text(row, "field"), "category_id"))
            continue;
        for (size_t side = 0; side < 3; side++) {
            int64_t category_id = 0;
            bool is_id = text_to_int(value_find_text(row, sides[side]), &category_id);
            for (size_t j = 0; j < count && is_id; j++)
                if (categories[j].id == category_id)
                    value_set_text(ctx->arena, row, sides[side], categories[j].name);
        }
    }
    return NULL;
}

/* Who saved last, and when. */
static err add_other(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct product_version *versions;
    const char *name = NULL;
    size_t count;
    TRY(product_version_list(ctx, product_id, 0, 1, &versions, &count));
    if (count == 0)
        return NULL;
    int64_t staff_id = versions[0].actor == ACTOR_STAFF ? versions[0].actor_id : 0;
    TRY(staff_name_many(ctx, &staff_id, 1, &name));
    struct value *other = value_set_object(ctx->arena, view, "other");
    value_set_text(ctx->arena, other, "actor", actor_name(versions[0].actor));
    value_set_text(ctx->arena, other, "name", name);
    value_set_time(ctx->arena, other, "at", versions[0].at);
    return NULL;
}

/* Everything that was typed, so that it is sent again with the choices. */
static void add_typed(struct req *req, struct value *view)
{
    struct arena *arena = req->ctx.arena;
    const struct value *typed = req_typed_all(req);
    struct value *list = value_set_list(arena, view, "typed_fields");
    for (size_t i = 0; i < value_count(typed); i++) {
        const struct member *member = &typed->object->members[i];
        if (text_starts(member->name, "merge") || text_is(member->name, "id"))
            continue;
        struct value *field = value_add(arena, list, *value_object(arena));
        value_set_text(arena, field, "name", member->name);
        value_set(arena, field, "value", member->value);
    }
}

err product_merge_page(struct req *req, const struct product_form *form)
{
    struct ctx *ctx = &req->ctx;
    const struct product *product;
    struct product_merge merge;
    TRY(product_load(ctx, form->product_id, &product));
    TRY(product_form_merge(ctx, form, &merge));
    TRY(name_categories(ctx, merge.conflicts));
    TRY(name_categories(ctx, merge.taken));
    struct value *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, view, "product");
    value_set_id(ctx->arena, tree, "id", product->id);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_text(ctx->arena, tree, "status", product_status_name(product->status));
    value_set_int(ctx->arena, view, "merge_with", merge.version);
    value_set(ctx->arena, view, "conflicts", *merge.conflicts);
    value_set(ctx->arena, view, "taken", *merge.taken);
    TRY(add_other(ctx, view, product->id));
    add_typed(req, view);
    return reply_view(req, "admin/product_merge", view);
}

err product_merge_failure(struct ctx *ctx, const struct product_form *form, err failure)
{
    struct product_merge merge;
    TRY(product_form_merge(ctx, form, &merge));
    struct value *more = value_object(ctx->arena);
    value_set_int(ctx->arena, more, "version", merge.version);
    value_set(ctx->arena, more, "conflicts", *merge.conflicts);
    value_set(ctx->arena, more, "taken", *merge.taken);
    return error_with_more(ctx->arena, failure, more);
}
