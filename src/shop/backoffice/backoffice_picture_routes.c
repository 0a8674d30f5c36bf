/* backoffice_picture_routes.c - the pictures and the video of a product: adding, order, words, focus. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/backoffice/backoffice_upload_form.h"
#include "shop/media/media.h"
#include <inttypes.h>

struct picture_form {
    int64_t product_id;
    int64_t position;
    int64_t to;
    const char *picture_id;
    const char *alt;
    int64_t focus_x;
    int64_t focus_y;
    struct upload_list pictures;
    struct field_rows chosen;
    const struct upload *video;
};

struct chosen_row {
    const char *picture_id;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct picture_form, product_id),                 \
        .is_required = true, .help = "The product"                                                           \
    }
#define POSITION_FIELD                                                                                       \
    {                                                                                                        \
        .name = "position", .kind = FIELD_INT, .offset = offsetof(struct picture_form, position),            \
        .is_required = true, .minimum = 0, .maximum = PRODUCT_PICTURE_LIMIT, .help = "Which picture, from 0" \
    }

static const struct field upload_fields[] = {
    ID_FIELD,
    {.name = "pictures",
     .kind = FIELD_FILE,
     .offset = offsetof(struct picture_form, pictures),
     .is_many = true,
     .is_required = true,
     .maximum = PICTURE_BYTES_LIMIT,
     .help = "JPEG, PNG, WebP, GIF or HEIC files; each is taken or refused for itself"},
    {0},
};
static const struct field place_fields[] = {ID_FIELD, POSITION_FIELD, {0}};
static const struct field move_fields[] = {
    ID_FIELD,
    POSITION_FIELD,
    {.name = "to",
     .kind = FIELD_INT,
     .offset = offsetof(struct picture_form, to),
     .is_required = true,
     .minimum = 0,
     .maximum = PRODUCT_PICTURE_LIMIT,
     .help = "New place, from 0"},
    {0},
};
static const struct field change_fields[] = {
    ID_FIELD,
    POSITION_FIELD,
    {.name = "picture",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct picture_form, picture_id),
     .is_required = true,
     .maximum = PICTURE_ID_DIGITS,
     .help = "The picture that was shown there; another one by now is refused"},
    {.name = "alt",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct picture_form, alt),
     .maximum = PICTURE_ALT_LIMIT,
     .help = "What is to be seen, for those who do not see it"},
    {.name = "focus_x",
     .kind = FIELD_INT,
     .offset = offsetof(struct picture_form, focus_x),
     .minimum = 0,
     .maximum = 100,
     .otherwise = 50,
     .help = "The point that stays in sight: percent from the left"},
    {.name = "focus_y",
     .kind = FIELD_INT,
     .offset = offsetof(struct picture_form, focus_y),
     .minimum = 0,
     .maximum = 100,
     .otherwise = 50,
     .help = "Percent from the top"},
    {0},
};
static const struct field chosen_fields[] = {
    {.name = "id",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct chosen_row, picture_id),
     .is_required = true,
     .maximum = PICTURE_ID_DIGITS,
     .help = "A picture of the library"},
    {0},
};
static const struct field choose_fields[] = {
    ID_FIELD,
    {.name = "pictures",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct picture_form, chosen),
     .is_required = true,
     .maximum = PRODUCT_PICTURE_LIMIT,
     .help = "In their order",
     .rows = chosen_fields,
     .row_size = sizeof(struct chosen_row)},
    {0},
};
static const struct field video_fields[] = {
    ID_FIELD,
    {.name = "video",
     .kind = FIELD_FILE,
     .offset = offsetof(struct picture_form, video),
     .is_required = true,
     .limit = offsetof(struct config, video_limit),
     .help = "An MP4 or WebM file"},
    {0},
};
static const struct field id_fields[] = {ID_FIELD, {0}};

/* Every form here begins with the product's id. */
static err edit_view(struct req *req, struct value **view)
{
    const int64_t *product_id = req->form;
    const struct product *product;
    TRY(product_load(&req->ctx, *product_id, &product));
    return product_edit_view(&req->ctx, product, 1, view);
}

static err show_again(struct req *req)
{
    struct value *view;
    TRY(edit_view(req, &view));
    return reply_view(req, "admin/product_edit", view);
}

static err done(struct req *req)
{
    const int64_t *product_id = req->form;
    struct value *view;
    TRY(edit_view(req, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "?notice=pictures#pictures", *product_id);
}

/* A picture that has no words of its own is called as the product is. */
static struct product_picture placed(const struct picture *picture, const struct product *product)
{
    return (struct product_picture){.picture_id = picture->id,
                                    .alt = picture->alt[0] ? picture->alt : product->title,
                                    .focus_x = 50,
                                    .focus_y = 50};
}

/* Before anything is written to disk for nothing. */
static err check_room(struct ctx *ctx, const struct product *product, size_t more)
{
    struct product_picture *present;
    size_t count;
    TRY(product_picture_list(ctx, product->id, &present, &count));
    if (count + more > PRODUCT_PICTURE_LIMIT)
        return fail_field(ctx, "pictures", "too-many-pictures", "a product has at most 50 pictures");
    return NULL;
}

static err upload(struct req *req)
{
    const struct picture_form *form = req->form;
    const struct product *product;
    struct taken_pictures taken;
    struct product_picture added[HTTP_FILE_COUNT_LIMIT];
    TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(check_room(&req->ctx, product, form->pictures.count));
    TRY(pictures_take(&req->ctx, &form->pictures, &taken));
    for (size_t i = 0; i < taken.count; i++)
        added[i] = placed(taken.items[i], product);
    TRY(product_picture_add_many(&req->ctx, product->id, added, taken.count));
    return taken.refused ? taken.refused : done(req);
}

static err choose(struct req *req)
{
    const struct picture_form *form = req->form;
    const struct chosen_row *rows = form->chosen.items;
    const struct product *product;
    struct product_picture added[PRODUCT_PICTURE_LIMIT];
    const char *ids[PRODUCT_PICTURE_LIMIT];
    const struct picture *found[PRODUCT_PICTURE_LIMIT];
    TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(check_room(&req->ctx, product, form->chosen.count));
    for (size_t i = 0; i < form->chosen.count; i++)
        ids[i] = rows[i].picture_id;
    TRY(picture_load_many(&req->ctx, ids, form->chosen.count, found));
    for (size_t i = 0; i < form->chosen.count; i++) {
        if (!found[i])
            return fail_field(&req->ctx, "pictures", "gone", "this picture is no longer in the library");
        added[i] = placed(found[i], product);
    }
    TRY(product_picture_add_many(&req->ctx, product->id, added, form->chosen.count));
    return done(req);
}

static err remove_picture(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(product_picture_remove(&req->ctx, form->product_id, form->position));
    return done(req);
}

static err move_picture(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(product_picture_move(&req->ctx, form->product_id, form->position, form->to));
    return done(req);
}

static err show_picture(struct req *req)
{
    const struct picture_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct product_picture *pictures;
    const struct product *product;
    size_t count;
    TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(product_picture_list(&req->ctx, form->product_id, &pictures, &count));
    if ((size_t)form->position >= count)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no picture at that position");
    const struct product_picture *shown = &pictures[form->position];
    struct value *view = value_object(arena);
    picture_set_view(&req->ctx, view, "picture", shown->picture_id, shown->alt);
    picture_set_focus(&req->ctx, view, "picture", shown->focus_x, shown->focus_y);
    struct value *tree = value_set_object(arena, view, "product");
    value_set_id(arena, tree, "id", product->id);
    value_set_text(arena, tree, "title", product->title);
    value_set_int(arena, view, "position", form->position);
    value_set_int(arena, view, "focus_x", shown->focus_x);
    value_set_int(arena, view, "focus_y", shown->focus_y);
    value_set_text(
        arena, view, "url",
        arena_format(arena, "/admin/products/%" PRId64 "/pictures/%" PRId64, product->id, form->position));
    return reply_view(req, "admin/product_picture", view);
}

static err change_picture(struct req *req)
{
    const struct picture_form *form = req->form;
    struct product_picture picture = {.picture_id = form->picture_id,
                                      .alt = form->alt,
                                      .position = form->position,
                                      .focus_x = form->focus_x,
                                      .focus_y = form->focus_y};
    TRY(product_picture_change(&req->ctx, form->product_id, &picture));
    return done(req);
}

static err upload_video(struct req *req)
{
    const struct picture_form *form = req->form;
    const struct product *product;
    const char *video_id;
    TRY(product_load(&req->ctx, form->product_id, &product));
    struct media_source source = {.path = form->video->path, .file_name = form->video->file_name};
    TRY(video_store(&req->ctx, &source, &video_id));
    TRY(product_change_video(&req->ctx, product->id, video_id));
    return done(req);
}

/* The file stays in the library. */
static err remove_video(struct req *req)
{
    const struct picture_form *form = req->form;
    TRY(product_trash_video(&req->ctx, form->product_id));
    return done(req);
}

#define CHANGES                                                                                              \
    .guard = STAFF, .scope = "products.write", .form_size = sizeof(struct picture_form), .answer = "product"

const struct route backoffice_picture_routes[] = {
    {.method = POST,
     .path = "/admin/products/:id/pictures",
     .handler = upload,
     CHANGES,
     .fields = upload_fields,
     .again = show_again,
     .summary = "Add pictures at the end"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/choose",
     .handler = choose,
     CHANGES,
     .fields = choose_fields,
     .again = show_again,
     .summary = "Add pictures of the library at the end"},
    {.method = GET,
     .path = "/admin/products/:id/pictures/:position",
     .handler = show_picture,
     .guard = STAFF,
     .scope = "products.read",
     .fields = place_fields,
     .form_size = sizeof(struct picture_form),
     .summary = "One picture of a product, with its words and focus",
     .answer = "picture"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/:position",
     .handler = change_picture,
     CHANGES,
     .fields = change_fields,
     .again = show_picture,
     .summary = "Change the words and the focus of a picture"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/:position/remove",
     .handler = remove_picture,
     CHANGES,
     .fields = place_fields,
     .again = show_again,
     .summary = "Take a picture away"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/:position/move",
     .handler = move_picture,
     CHANGES,
     .fields = move_fields,
     .again = show_again,
     .summary = "Move a picture"},
    {.method = POST,
     .path = "/admin/products/:id/video",
     .handler = upload_video,
     CHANGES,
     .fields = video_fields,
     .again = show_again,
     .summary = "Give a product its video, instead of the one before"},
    {.method = POST,
     .path = "/admin/products/:id/video/remove",
     .handler = remove_video,
     CHANGES,
     .fields = id_fields,
     .again = show_again,
     .summary = "Take the video of a product away"},
    {0},
};
