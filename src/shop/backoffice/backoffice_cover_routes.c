/* backoffice_cover_routes.c - the picture of a category or a collection: uploaded, or chosen from the
 * library. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_settings_routes.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"
#include <inttypes.h>

/* Pictures of the library on a page. */
#define SHOWN 48

struct cover_form {
    int64_t owner_id;
    const char *cursor;
    const char *picture_id;
    const struct upload *file;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct cover_form, owner_id),                     \
        .is_required = true, .help = "The category or collection"                                            \
    }

static const struct field show_fields[] = {
    ID_FIELD,
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct cover_form, cursor),
     .maximum = 200,
     .help = "next_cursor of the page before"},
    {0},
};
static const struct field upload_fields[] = {
    ID_FIELD,
    {.name = "picture",
     .kind = FIELD_FILE,
     .offset = offsetof(struct cover_form, file),
     .is_required = true,
     .maximum = PICTURE_BYTES_LIMIT,
     .help = "A JPEG, PNG, WebP, GIF, AVIF or HEIC file"},
    {0},
};
static const struct field choose_fields[] = {
    ID_FIELD,
    {.name = "picture",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct cover_form, picture_id),
     .maximum = PICTURE_ID_DIGITS,
     .help = "A picture of the library; empty = none"},
    {0},
};

/* What a picture stands for. */
struct subject {
    const char *place; /* its page below /admin */
    const char *kind;  /* category, collection */
    const char *name;
    const char *url; /* where strangers see it */
    const char *picture_id;
};

static err category_subject(struct ctx *ctx, int64_t category_id, struct subject *subject)
{
    const struct category *category;
    TRY(category_load(ctx, category_id, &category));
    *subject =
        (struct subject){arena_format(ctx->arena, "categories/%" PRId64, category_id), "category",
                         category_name(ctx, category),
                         arena_format(ctx->arena, "/categories/%s", category->handle), category->picture_id};
    return NULL;
}

static err collection_subject(struct ctx *ctx, int64_t collection_id, struct subject *subject)
{
    const struct collection *collection;
    TRY(collection_load(ctx, collection_id, &collection));
    *subject = (struct subject){arena_format(ctx->arena, "collections/%" PRId64, collection_id), "collection",
                                collection_name(ctx, collection),
                                arena_format(ctx->arena, "/collections/%s", collection->handle),
                                collection->picture_id};
    return NULL;
}

static err add_library(struct ctx *ctx, struct value *view, const struct subject *subject, const char *cursor)
{
    struct picture_page page;
    TRY(picture_list(ctx, &(struct picture_query){.cursor = cursor, .limit = SHOWN}, &page));
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < page.count; i++) {
        struct value *holder = value_object(ctx->arena);
        picture_set_view(ctx, holder, "picture", page.items[i].id, page.items[i].alt);
        struct value *row = value_add(ctx->arena, list, *value_find(holder, "picture"));
        value_set_text(ctx->arena, row, "file_name", page.items[i].file_name);
        value_set_bool(ctx->arena, row, "is_chosen",
                       subject->picture_id && text_is(subject->picture_id, page.items[i].id));
    }
    value_set_text(ctx->arena, view, "next_url",
                   page.next_cursor ? arena_format(ctx->arena, "/admin/%s/picture?cursor=%s", subject->place,
                                                   page.next_cursor)
                                    : NULL);
    return NULL;
}

static err cover_page(struct req *req, const struct subject *subject, const char *cursor)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    struct value *cover = value_set_object(ctx->arena, view, "cover");
    value_set_text(ctx->arena, cover, "kind", subject->kind);
    value_set_text(ctx->arena, cover, "name", subject->name);
    value_set_text(ctx->arena, cover, "url", subject->url);
    value_set_text(ctx->arena, cover, "at", arena_format(ctx->arena, "/admin/%s/picture", subject->place));
    value_set_text(ctx->arena, cover, "back",
                   text_is(subject->kind, "category")
                       ? "/admin/categories"
                       : arena_format(ctx->arena, "/admin/%s", subject->place));
    picture_set_view(ctx, cover, "picture", subject->picture_id, subject->name);
    TRY(add_library(ctx, view, subject, cursor));
    return reply_view(req, "admin/cover", view);
}

static err show_category(struct req *req)
{
    const struct cover_form *form = req->form;
    struct subject subject;
    TRY(category_subject(&req->ctx, form->owner_id, &subject));
    return cover_page(req, &subject, form->cursor);
}

static err show_collection(struct req *req)
{
    const struct cover_form *form = req->form;
    struct subject subject;
    TRY(collection_subject(&req->ctx, form->owner_id, &subject));
    return cover_page(req, &subject, form->cursor);
}

static err done(struct req *req, const char *place)
{
    const struct cover_form *form = req->form;
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/%s/%" PRId64 "/picture?notice=saved",
                      place, form->owner_id);
}

static err choose_of_category(struct req *req)
{
    const struct cover_form *form = req->form;
    TRY(category_change_picture(&req->ctx, form->owner_id, form->picture_id));
    return done(req, "categories");
}

static err choose_of_collection(struct req *req)
{
    const struct cover_form *form = req->form;
    TRY(collection_change_picture(&req->ctx, form->owner_id, form->picture_id));
    return done(req, "collections");
}

/* Nothing is stored for a category that is not there. */
static err upload_of_category(struct req *req)
{
    const struct cover_form *form = req->form;
    const char *picture_id;
    struct subject subject;
    TRY(category_subject(&req->ctx, form->owner_id, &subject));
    TRY(settings_take_picture(&req->ctx, form->file, "picture", &picture_id));
    TRY(category_change_picture(&req->ctx, form->owner_id, picture_id));
    return done(req, "categories");
}

static err upload_of_collection(struct req *req)
{
    const struct cover_form *form = req->form;
    const char *picture_id;
    struct subject subject;
    TRY(collection_subject(&req->ctx, form->owner_id, &subject));
    TRY(settings_take_picture(&req->ctx, form->file, "picture", &picture_id));
    TRY(collection_change_picture(&req->ctx, form->owner_id, picture_id));
    return done(req, "collections");
}

/* A refused form has no cursor of its own. */
static err category_again(struct req *req)
{
    const struct cover_form *form = req->form;
    struct subject subject;
    TRY(category_subject(&req->ctx, form->owner_id, &subject));
    return cover_page(req, &subject, "");
}

static err collection_again(struct req *req)
{
    const struct cover_form *form = req->form;
    struct subject subject;
    TRY(collection_subject(&req->ctx, form->owner_id, &subject));
    return cover_page(req, &subject, "");
}

#define WRITE .guard = STAFF, .scope = "products.write", .form_size = sizeof(struct cover_form)
#define READ .guard = STAFF, .scope = "products.read", .form_size = sizeof(struct cover_form)

const struct route backoffice_cover_routes[] = {
    {.method = GET,
     .path = "/admin/categories/:id/picture",
     .handler = show_category,
     READ,
     .fields = show_fields,
     .summary = "The picture of a category, and the library to choose from",
     .answer = "cover"},
    {.method = POST,
     .path = "/admin/categories/:id/picture",
     .handler = upload_of_category,
     WRITE,
     .fields = upload_fields,
     .again = category_again,
     .summary = "Upload the picture of a category"},
    {.method = POST,
     .path = "/admin/categories/:id/picture/choose",
     .handler = choose_of_category,
     WRITE,
     .fields = choose_fields,
     .again = category_again,
     .summary = "Choose the picture of a category from the library, or take it away"},
    {.method = GET,
     .path = "/admin/collections/:id/picture",
     .handler = show_collection,
     READ,
     .fields = show_fields,
     .summary = "The picture of a collection, and the library to choose from",
     .answer = "cover"},
    {.method = POST,
     .path = "/admin/collections/:id/picture",
     .handler = upload_of_collection,
     WRITE,
     .fields = upload_fields,
     .again = collection_again,
     .summary = "Upload the picture of a collection"},
    {.method = POST,
     .path = "/admin/collections/:id/picture/choose",
     .handler = choose_of_collection,
     WRITE,
     .fields = choose_fields,
     .again = collection_again,
     .summary = "Choose the picture of a collection from the library, or take it away"},
    {0},
};
