/* backoffice_history_routes.c - what happened to a product: who changed what, and going back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define ROWS 20

struct history_form {
    int64_t product_id;
    int64_t version;
    int64_t expected;
    int64_t before;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct history_form, product_id),                 \
        .is_required = true, .help = "The product"                                                           \
    }

static const struct field list_fields[] = {
    ID_FIELD,
    {.name = "before",
     .kind = FIELD_INT,
     .offset = offsetof(struct history_form, before),
     .minimum = 0,
     .maximum = INT64_MAX,
     .help = "Only versions below this one"},
    {0},
};

static const struct field restore_fields[] = {
    ID_FIELD,
    {.name = "version",
     .kind = FIELD_INT,
     .offset = offsetof(struct history_form, version),
     .is_required = true,
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "The version to go back to"},
    {.name = "expected",
     .kind = FIELD_INT,
     .offset = offsetof(struct history_form, expected),
     .is_required = true,
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "The version that is there now; another one by now is refused"},
    {0},
};

/* Categories stand in a history by their ids; people know them by name. */
static const char *category_text(const struct category *categories, size_t count, const char *text)
{
    int64_t category_id;
    if (!text_to_int(text, &category_id))
        return text;
    for (size_t i = 0; i < count; i++)
        if (categories[i].id == category_id)
            return categories[i].name;
    return text;
}

struct reading {
    const struct category *categories;
    size_t category_count;
};

static void add_changes(struct ctx *ctx, struct value *view, const struct value *changes,
                        const struct reading *reading)
{
    struct value *list = value_set_list(ctx->arena, view, "changes");
    for (size_t i = 0; i < value_count(changes); i++) {
        const struct value *change = value_at(changes, i);
        const char *field = value_find_text(change, "field");
        const char *before = value_find_text(change, "before"), *after = value_find_text(change, "after");
        bool is_category = text_is(field, "category_id");
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "field", field);
        value_set_text(ctx->arena, row, "of", value_find_text(change, "of"));
        value_set_text(ctx->arena, row, "before",
                       is_category ? category_text(reading->categories, reading->category_count, before)
                                   : before);
        value_set_text(ctx->arena, row, "after",
                       is_category ? category_text(reading->categories, reading->category_count, after)
                                   : after);
    }
}

static void add_version(struct ctx *ctx, struct value *list, const struct product_version *version,
                        const char *name, const struct reading *reading)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_int(ctx->arena, row, "version", version->version);
    value_set_time(ctx->arena, row, "at", version->at);
    value_set_text(ctx->arena, row, "actor", actor_name(version->actor));
    value_set_text(ctx->arena, row, "name", name);
    value_set_text(ctx->arena, row, "cause", version->cause);
    value_set_bool(ctx->arena, row, "can_restore", version->can_restore);
    add_changes(ctx, row, version->changes, reading);
}

static err add_versions(struct ctx *ctx, struct value *view, const struct product_version *versions,
                        size_t count)
{
    struct category *categories;
    struct reading reading;
    TRY(category_list(ctx, &categories, &reading.category_count));
    reading.categories = categories;
    int64_t *ids = arena_alloc_many(ctx->arena, count + 1, sizeof *ids);
    const char **names = arena_alloc_many(ctx->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        ids[i] = versions[i].actor == ACTOR_STAFF ? versions[i].actor_id : 0;
    TRY(staff_name_many(ctx, ids, count, names));
    struct value *list = value_set_list(ctx->arena, view, "versions");
    for (size_t i = 0; i < count && i < ROWS; i++)
        add_version(ctx, list, &versions[i], names[i], &reading);
    return NULL;
}

static err history_view(struct ctx *ctx, int64_t product_id, int64_t before, struct value **view)
{
    const struct product *product;
    struct product_version *versions;
    size_t count;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_version_list(ctx, product_id, before, ROWS + 1, &versions, &count));
    *view = value_object(ctx->arena);
    struct value *tree = value_set_object(ctx->arena, *view, "product");
    value_set_id(ctx->arena, tree, "id", product->id);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_text(ctx->arena, tree, "status", product_status_name(product->status));
    value_set_int(ctx->arena, tree, "version", product->version);
    TRY(add_versions(ctx, *view, versions, count));
    const char *path = arena_format(ctx->arena, "/admin/products/%" PRId64 "/history", product_id);
    value_set_text(ctx->arena, *view, "next_url",
                   count > ROWS
                       ? arena_format(ctx->arena, "%s?before=%" PRId64, path, versions[ROWS - 1].version)
                       : NULL);
    value_set_text(ctx->arena, *view, "first_url", before > 0 ? path : NULL);
    return NULL;
}

static err show(struct req *req)
{
    const struct history_form *form = req->form;
    struct value *view;
    TRY(history_view(&req->ctx, form->product_id, form->before, &view));
    return reply_view(req, "admin/history", view);
}

static err show_again(struct req *req)
{
    const struct history_form *form = req->form;
    struct value *view;
    TRY(history_view(&req->ctx, form->product_id, 0, &view));
    return reply_view(req, "admin/history", view);
}

static err restore(struct req *req)
{
    const struct history_form *form = req->form;
    struct value *view;
    TRY(product_restore(&req->ctx, form->product_id, form->version, form->expected));
    TRY(history_view(&req->ctx, form->product_id, 0, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "?notice=version_restored",
                      form->product_id);
}

const struct route backoffice_history_routes[] = {
    {.method = GET,
     .path = "/admin/products/:id/history",
     .handler = show,
     .guard = STAFF,
     .scope = "products.read",
     .fields = list_fields,
     .form_size = sizeof(struct history_form),
     .summary = "Every save of a product, newest first, with what changed",
     .answer = "versions"},
    {.method = POST,
     .path = "/admin/products/:id/history/:version/restore",
     .handler = restore,
     .guard = STAFF,
     .scope = "products.write",
     .fields = restore_fields,
     .form_size = sizeof(struct history_form),
     .again = show_again,
     .summary = "Save a product as it was in a version",
     .answer = "versions"},
    {0},
};
