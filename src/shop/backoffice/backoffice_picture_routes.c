/* backoffice_picture_routes.c - the pictures of a product: adding, removing, their order. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/media/media.h"
#include <inttypes.h>

struct picture_form {
    int64_t product_id;
    int64_t position;
    int64_t to;
    struct upload_list pictures;
};

#define PRODUCT_ID_FIELD                                                                                     \
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
    PRODUCT_ID_FIELD,
    {.name = "pictures",
     .kind = FIELD_FILE,
     .offset = offsetof(struct picture_form, pictures),
     .is_many = true,
     .is_required = true,
     .maximum = 26214400,
     .help = "JPEG, PNG, WebP or GIF files"},
    {0},
};
static const struct field remove_fields[] = {PRODUCT_ID_FIELD, POSITION_FIELD, {0}};
static const struct field move_fields[] = {
    PRODUCT_ID_FIELD,
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

static err edit_view(struct req *req, int64_t product_id, struct value **view)
{
    const struct product *product;
    TRY(product_load(&req->ctx, product_id, &product));
    return product_edit_view(&req->ctx, product, view);
}

/* Every form here begins with the product's id. */
static err show_again(struct req *req)
{
    const int64_t *product_id = req->form;
    struct value *view;
    TRY(edit_view(req, *product_id, &view));
    return reply_view(req, "admin/product_edit", view);
}

static err done(struct req *req)
{
    const int64_t *product_id = req->form;
    struct value *view;
    TRY(edit_view(req, *product_id, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "?notice=pictures#pictures", *product_id);
}

static err upload(struct req *req)
{
    const struct picture_form *form = req->form;
    const struct product *product;
    TRY(product_load(&req->ctx, form->product_id, &product));
    for (size_t i = 0; i < form->pictures.count; i++) {
        const struct picture *picture;
        TRY(picture_store(&req->ctx, form->pictures.items[i].path, false, &picture));
        TRY(product_picture_add(&req->ctx, product->id, picture->id, product->title));
    }
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

const struct route backoffice_picture_routes[] = {
    {.method = POST,
     .path = "/admin/products/:id/pictures",
     .handler = upload,
     .guard = STAFF,
     .scope = "products.write",
     .fields = upload_fields,
     .form_size = sizeof(struct picture_form),
     .again = show_again,
     .summary = "Add pictures at the end",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/:position/remove",
     .handler = remove_picture,
     .guard = STAFF,
     .scope = "products.write",
     .fields = remove_fields,
     .form_size = sizeof(struct picture_form),
     .summary = "Take a picture away",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/products/:id/pictures/:position/move",
     .handler = move_picture,
     .guard = STAFF,
     .scope = "products.write",
     .fields = move_fields,
     .form_size = sizeof(struct picture_form),
     .summary = "Move a picture",
     .answer = "product"},
    {0},
};
