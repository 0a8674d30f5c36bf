/* backoffice_media_routes.c - the library: all pictures and videos of the shop, where they are shown. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_fetch_view.h"
#include "shop/backoffice/backoffice_list.h"
#include "shop/backoffice/backoffice_upload_form.h"
#include "shop/catalog/catalog.h"
#include <inttypes.h>

#define PICTURES_A_PAGE 48
#define VIDEOS_A_PAGE 24

enum { SHOW_ALL, SHOW_UNUSED, SHOW_ALIKE, SHOW_VIDEO };
static const char *const shows[] = {"all", "unused", "alike", "video", NULL};

struct list_form {
    int show;
    const char *q;
    const char *cursor;
    int64_t product_id; /* for which pictures are chosen; 0 = just looking */
    int64_t removed_id;
    const char *notice;
};

static const struct field list_fields[] = {
    {.name = "show",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct list_form, show),
     .choices = shows,
     .help = "alike = those that look like an older one"},
    {.name = "q",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, q),
     .maximum = 120,
     .help = "The beginning of a file name"},
    {.name = "cursor",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, cursor),
     .maximum = 400,
     .help = "next_cursor of the page before"},
    {.name = "for",
     .kind = FIELD_ID,
     .offset = offsetof(struct list_form, product_id),
     .help = "A product for which pictures are chosen"},
    REMOVED_VIEW_FIELD(struct list_form),
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct list_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};

void picture_fill_view(struct ctx *ctx, struct value *row, const struct picture *picture)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, row, "id", picture->id);
    value_set_int(arena, row, "width", picture->width);
    value_set_int(arena, row, "height", picture->height);
    value_set_text(arena, row, "alt", picture->alt);
    value_set_text(arena, row, "format", picture->format);
    value_set_int(arena, row, "bytes", picture->bytes);
    value_set_text(arena, row, "file_name", picture->file_name);
    value_set_int(arena, row, "use_count", picture->use_count);
    value_set_text(arena, row, "alike_id", picture->alike_id);
    value_set_time(arena, row, "created_at", picture->created_at);
    value_set_text(arena, row, "url", arena_format(arena, "/admin/media/%s", picture->id));
}

static err add_pictures(struct ctx *ctx, struct value *view, const struct list_form *form,
                        const char **next_cursor)
{
    struct picture_page page;
    bool is_named = form->show == SHOW_ALL && form->q[0];
    struct picture_query query = {.filter = form->show == SHOW_UNUSED  ? PICTURES_UNUSED
                                            : form->show == SHOW_ALIKE ? PICTURES_ALIKE
                                                                       : PICTURES_ALL,
                                  .name_prefix = is_named ? form->q : NULL,
                                  .cursor = form->cursor,
                                  .limit = PICTURES_A_PAGE};
    TRY(picture_list(ctx, &query, &page));
    struct value *list = value_set_list(ctx->arena, view, "pictures");
    for (size_t i = 0; i < page.count; i++)
        picture_fill_view(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), &page.items[i]);
    *next_cursor = page.next_cursor;
    return NULL;
}

static err add_videos(struct ctx *ctx, struct value *view, const struct list_form *form,
                      const char **next_cursor)
{
    struct arena *arena = ctx->arena;
    struct video_page page;
    const struct product *shown_by[VIDEOS_A_PAGE];
    const char *ids[VIDEOS_A_PAGE];
    TRY(video_list(ctx, form->cursor, VIDEOS_A_PAGE, &page));
    for (size_t i = 0; i < page.count; i++)
        ids[i] = page.items[i].id;
    TRY(product_find_by_videos(ctx, ids, page.count, shown_by));
    struct value *list = value_set_list(arena, view, "videos");
    for (size_t i = 0; i < page.count; i++) {
        const struct video *video = &page.items[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "id", video->id);
        value_set_text(arena, row, "url",
                       arena_format(arena, "/media/video/%s.%s", video->id, video->format));
        value_set_text(arena, row, "format", video->format);
        value_set_int(arena, row, "bytes", video->bytes);
        value_set_text(arena, row, "file_name", video->file_name);
        value_set_time(arena, row, "created_at", video->created_at);
        value_set_text(arena, row, "product", shown_by[i] ? shown_by[i]->title : NULL);
        value_set_text(arena, row, "product_url",
                       shown_by[i] ? arena_format(arena, "/admin/products/%" PRId64, shown_by[i]->id) : NULL);
    }
    *next_cursor = page.next_cursor;
    return NULL;
}

static err add_product(struct ctx *ctx, struct value *view, int64_t product_id)
{
    const struct product *product;
    struct product_picture *pictures;
    size_t count;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_picture_list(ctx, product_id, &pictures, &count));
    struct value *tree = value_set_object(ctx->arena, view, "product");
    value_set_id(ctx->arena, tree, "id", product->id);
    value_set_text(ctx->arena, tree, "title", product->title);
    value_set_int(ctx->arena, tree, "room", PRODUCT_PICTURE_LIMIT - (int64_t)count);
    return NULL;
}

/* What narrows the library as its address says; a name is only looked for in all of it. */
static struct list_place place_of(struct ctx *ctx, const struct value *view, const struct list_form *form)
{
    struct list_place place = {.list = &media_list_pages, .cursor = form->cursor};
    const struct value *product = value_find(view, "product");
    place.values[MEDIA_SHOW] = form->show != SHOW_ALL ? shows[form->show] : "";
    place.values[MEDIA_Q] = form->show == SHOW_ALL ? form->q : "";
    if (form->product_id) {
        place.values[MEDIA_FOR] = arena_format(ctx->arena, "%" PRId64, form->product_id);
        place.labels[MEDIA_FOR] = product ? value_find_text(product, "title") : NULL;
    }
    list_settle(&place);
    return place;
}

static const char *url_safe(struct ctx *ctx, const char *cursor)
{
    struct text_buf text;
    if (!cursor)
        return NULL;
    text_open(&text, ctx->arena, LIST_URL_LIMIT);
    text_add_url(&text, cursor, strlen(cursor));
    return text_of(&text);
}

static err library_view(struct req *req, const struct list_form *form, struct value **made)
{
    struct ctx *ctx = &req->ctx;
    struct value *view = value_object(ctx->arena);
    const char *next_cursor = NULL;
    if (form->show == SHOW_VIDEO)
        TRY(add_videos(ctx, view, form, &next_cursor));
    else
        TRY(add_pictures(ctx, view, form, &next_cursor));
    if (form->product_id)
        TRY(add_product(ctx, view, form->product_id));
    TRY(picture_addresses_view(ctx, view, 0));
    value_set_text(ctx->arena, view, "show", shows[form->show]);
    value_set_text(ctx->arena, view, "q", form->q);
    value_set_text(ctx->arena, view, "next_cursor", next_cursor);
    value_set_text(ctx->arena, view, "notice", form->notice);
    value_set_id(ctx->arena, view, "removed_view", form->removed_id);
    *made = view;
    struct list_place place = place_of(ctx, view, form);
    return list_view(ctx, &place, url_safe(ctx, next_cursor), view);
}

static err list(struct req *req)
{
    struct value *view;
    TRY(library_view(req, req->form, &view));
    return reply_view(req, "admin/media", view);
}

/* ---- uploading ---- */

struct upload_form {
    struct upload_list pictures;
};

static const struct field upload_fields[] = {
    {.name = "pictures",
     .kind = FIELD_FILE,
     .offset = offsetof(struct upload_form, pictures),
     .is_many = true,
     .is_required = true,
     .maximum = PICTURE_BYTES_LIMIT,
     .help = "JPEG, PNG, WebP, GIF or HEIC files; each is taken or refused for itself"},
    {0},
};

err media_show_again(struct req *req)
{
    static const struct list_form everything = {.q = "", .cursor = "", .notice = ""};
    struct value *view;
    TRY(library_view(req, &everything, &view));
    return reply_view(req, "admin/media", view);
}

static err upload(struct req *req)
{
    const struct upload_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct taken_pictures taken;
    TRY(pictures_take(&req->ctx, &form->pictures, &taken));
    if (taken.refused)
        return taken.refused;
    struct value *view = value_object(arena);
    struct value *list = value_set_list(arena, view, "pictures");
    for (size_t i = 0; i < taken.count; i++)
        picture_fill_view(&req->ctx, value_add(arena, list, *value_object(arena)), taken.items[i]);
    return reply_done(req, 201, view, "/admin/media?notice=uploaded");
}

/* ---- one picture ---- */

struct picture_form {
    const char *picture_id;
    const char *alt;
    const char *notice;
};

#define PICTURE_FIELD                                                                                        \
    {                                                                                                        \
        .name = "id", .kind = FIELD_TEXT, .offset = offsetof(struct picture_form, picture_id),               \
        .is_required = true, .maximum = PICTURE_ID_DIGITS, .help = "The picture"                             \
    }

static const struct field picture_fields[] = {PICTURE_FIELD, {0}};
static const struct field show_fields[] = {
    PICTURE_FIELD,
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct picture_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};
static const struct field alt_fields[] = {
    PICTURE_FIELD,
    {.name = "alt",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct picture_form, alt),
     .maximum = PICTURE_ALT_LIMIT,
     .help = "What is to be seen, for products that take it from now on"},
    {0},
};

struct replace_form {
    const char *picture_id;
    const struct upload *file;
};

static const struct field replace_fields[] = {
    {.name = "id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct replace_form, picture_id),
     .is_required = true,
     .maximum = PICTURE_ID_DIGITS,
     .help = "The picture"},
    {.name = "pictures",
     .kind = FIELD_FILE,
     .offset = offsetof(struct replace_form, file),
     .is_required = true,
     .maximum = PICTURE_BYTES_LIMIT,
     .help = "The picture that is shown instead"},
    {0},
};

static const char *place_url(struct ctx *ctx, const struct picture_place *place)
{
    if (place->kind == PICTURE_OF_SHOP)
        return "/admin/settings";
    if (place->kind == PICTURE_OF_COLLECTION)
        return arena_format(ctx->arena, "/admin/collections/%" PRId64, place->owner_id);
    if (place->kind == PICTURE_OF_DESIGN)
        return "/admin/design";
    if (place->kind == PICTURE_OF_REVIEW)
        return arena_format(ctx->arena, "/admin/reviews/%" PRId64, place->owner_id);
    return place->kind == PICTURE_OF_CATEGORY
               ? "/admin/categories"
               : arena_format(ctx->arena, "/admin/products/%" PRId64, place->owner_id);
}

static err add_uses(struct ctx *ctx, struct value *view, const struct picture *picture)
{
    static const char *const kinds[] = {
        [PICTURE_OF_PRODUCT] = "product", [PICTURE_OF_CATEGORY] = "category",
        [PICTURE_OF_VARIANT] = "variant", [PICTURE_OF_SHOP] = "shop",
        [PICTURE_OF_REVIEW] = "review",   [PICTURE_OF_COLLECTION] = "collection",
        [PICTURE_OF_DESIGN] = "design",
    };
    struct picture_use *uses;
    struct picture_place places[PICTURE_USE_LIMIT];
    size_t count;
    TRY(picture_use_list(ctx, picture->id, &uses, &count));
    TRY(catalog_name_places(ctx, uses, count, places, &count));
    struct value *list = value_set_list(ctx->arena, view, "uses");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "kind", kinds[places[i].kind]);
        value_set_text(ctx->arena, row, "title", places[i].title);
        value_set_text(ctx->arena, row, "url", place_url(ctx, &places[i]));
    }
    return NULL;
}

static err picture_view(struct req *req, const char *picture_id, struct value **made)
{
    struct ctx *ctx = &req->ctx;
    const struct picture *picture, *alike;
    struct value *view = value_object(ctx->arena);
    TRY(picture_load(ctx, picture_id, &picture));
    picture_fill_view(ctx, value_set_object(ctx->arena, view, "picture"), picture);
    TRY(picture_load_many(ctx, &picture->alike_id, picture->alike_id ? 1 : 0, &alike));
    if (picture->alike_id && alike)
        picture_fill_view(ctx, value_set_object(ctx->arena, view, "alike"), alike);
    else
        value_set(ctx->arena, view, "alike", value_null());
    TRY(add_uses(ctx, view, picture));
    *made = view;
    return NULL;
}

static err show(struct req *req)
{
    const struct picture_form *form = req->form;
    struct value *view;
    TRY(picture_view(req, form->picture_id, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice ? form->notice : "");
    return reply_view(req, "admin/media_picture", view);
}

static err show_after_replace(struct req *req)
{
    const struct replace_form *form = req->form;
    struct value *view;
    TRY(picture_view(req, form->picture_id, &view));
    return reply_view(req, "admin/media_picture", view);
}

static err done(struct req *req)
{
    const struct picture_form *form = req->form;
    struct value *view;
    TRY(picture_view(req, form->picture_id, &view));
    return reply_done(req, 200, view, "/admin/media/%s?notice=saved", form->picture_id);
}

static err change(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(picture_change_alt(&req->ctx, form->picture_id, form->alt));
    return done(req);
}

static err mark_different(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(picture_mark_different(&req->ctx, form->picture_id));
    return done(req);
}

/* The old picture stays in the library, unused: it may be wanted again. */
static err replace(struct req *req)
{
    const struct replace_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const struct picture *old, *fresh;
    struct media_source source = {.path = form->file->path, .file_name = form->file->file_name};
    TRY(picture_load(ctx, form->picture_id, &old));
    TRY(picture_store(ctx, &source, &fresh));
    if (old->alt[0])
        TRY(picture_change_alt(ctx, fresh->id, old->alt));
    TRY(catalog_replace_picture(ctx, old->id, fresh->id));
    struct value *view = value_object(ctx->arena);
    picture_fill_view(ctx, value_set_object(ctx->arena, view, "picture"), fresh);
    return reply_done(req, 200, view, "/admin/media/%s?notice=replaced", fresh->id);
}

static err drop(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(picture_trash(&req->ctx, form->picture_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/media?notice=removed");
}

static err drop_video(struct req *req)
{
    const struct picture_form *form = req->form;
    const struct product *product;
    TRY(product_find_by_videos(&req->ctx, &form->picture_id, 1, &product));
    if (product)
        return fail_with(&req->ctx, ERR_CONFLICT, "the video is used");
    TRY(video_trash(&req->ctx, form->picture_id));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/media?show=video&notice=removed");
}

#define MEDIA_READ .guard = STAFF, .scope = "products.read"
#define MEDIA_WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_media_routes[] = {
    {.method = GET,
     .path = "/admin/media",
     .handler = list,
     MEDIA_READ,
     .fields = list_fields,
     .form_size = sizeof(struct list_form),
     .summary = "The library of pictures and videos, newest first",
     .answer = "pictures"},
    {.method = POST,
     .path = "/admin/media",
     .handler = upload,
     MEDIA_WRITE,
     .fields = upload_fields,
     .form_size = sizeof(struct upload_form),
     .again = media_show_again,
     .summary = "Put pictures into the library",
     .answer = "pictures"},
    {.method = GET,
     .path = "/admin/media/:id",
     .handler = show,
     MEDIA_READ,
     .fields = show_fields,
     .form_size = sizeof(struct picture_form),
     .summary = "A picture and where it is shown",
     .answer = "picture"},
    {.method = POST,
     .path = "/admin/media/:id",
     .handler = change,
     MEDIA_WRITE,
     .fields = alt_fields,
     .form_size = sizeof(struct picture_form),
     .again = show,
     .summary = "Change the words of a picture",
     .answer = "picture"},
    {.method = POST,
     .path = "/admin/media/:id/different",
     .handler = mark_different,
     MEDIA_WRITE,
     .fields = picture_fields,
     .form_size = sizeof(struct picture_form),
     .again = show,
     .summary = "It only looks like an older picture",
     .answer = "picture"},
    {.method = POST,
     .path = "/admin/media/:id/replace",
     .handler = replace,
     MEDIA_WRITE,
     .fields = replace_fields,
     .form_size = sizeof(struct replace_form),
     .again = show_after_replace,
     .summary = "Show another picture in all places of this one",
     .answer = "picture"},
    {.method = POST,
     .path = "/admin/media/:id/remove",
     .handler = drop,
     MEDIA_WRITE,
     .fields = picture_fields,
     .form_size = sizeof(struct picture_form),
     .again = show,
     .summary = "Remove a picture that nobody shows"},
    {.method = POST,
     .path = "/admin/media/videos/:id/remove",
     .handler = drop_video,
     MEDIA_WRITE,
     .fields = picture_fields,
     .form_size = sizeof(struct picture_form),
     .again = media_show_again,
     .summary = "Remove a video that no product shows"},
    {0},
};
