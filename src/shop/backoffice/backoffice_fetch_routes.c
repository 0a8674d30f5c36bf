/* backoffice_fetch_routes.c - pictures that come from addresses and from ZIP files. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_fetch_view.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include <inttypes.h>

#define ADDRESSES_LENGTH_LIMIT 100000

struct address_form {
    int64_t product_id; /* 0 = the library */
    const char *key;
    const char *addresses;
};

#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct address_form, product_id),                 \
        .is_required = true, .help = "The product"                                                           \
    }
#define ADDRESSES_FIELD                                                                                      \
    {                                                                                                        \
        .name = "addresses", .kind = FIELD_LONG, .offset = offsetof(struct address_form, addresses),         \
        .is_required = true, .maximum = ADDRESSES_LENGTH_LIMIT,                                              \
        .help = "Addresses of pictures, one a line, up to 50"                                                \
    }
#define KEY_FIELD                                                                                            \
    {                                                                                                        \
        .name = "key", .kind = FIELD_TEXT, .offset = offsetof(struct address_form, key),                     \
        .is_required = true, .maximum = PICTURE_ID_DIGITS, .help = "The address, as its url names it"        \
    }

static const struct field product_fields[] = {ID_FIELD, ADDRESSES_FIELD, {0}};
static const struct field product_key_fields[] = {ID_FIELD, KEY_FIELD, {0}};
static const struct field library_fields[] = {ADDRESSES_FIELD, {0}};
static const struct field library_key_fields[] = {KEY_FIELD, {0}};

static err product_view(struct req *req, struct value **view)
{
    const struct address_form *form = req->form;
    const struct product *product;
    TRY(product_load(&req->ctx, form->product_id, &product));
    return product_edit_view(&req->ctx, product, 1, view);
}

static err show_product_again(struct req *req)
{
    struct value *view;
    TRY(product_view(req, &view));
    return reply_view(req, "admin/product_edit", view);
}

static err done(struct req *req)
{
    const struct address_form *form = req->form;
    struct value *view = value_object(req->ctx.arena);
    if (!form->product_id) {
        TRY(picture_addresses_view(&req->ctx, view, 0));
        return reply_done(req, 200, view, "/admin/media?notice=fetching");
    }
    TRY(product_view(req, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "?notice=fetching#pictures",
                      form->product_id);
}

/* Each line is an address that could be one; else the form says what is wrong with the first that is not. */
static err read_addresses(struct ctx *ctx, const char *text, const char **addresses, size_t *count)
{
    *count = 0;
    for (const char *at = text; *at; at += *at == '\n') {
        size_t length = strcspn(at, "\n");
        const char *line = text_trim(ctx->arena, arena_copy(ctx->arena, at, length));
        at += length;
        if (!line[0])
            continue;
        if (*count == PRODUCT_PICTURE_LIMIT)
            return fail_field(ctx, "addresses", "too-many-addresses", "at most 50 addresses at once");
        enum outbound_problem problem = ctx->services->outbound->look_at(ctx, line, false);
        if (problem != OUTBOUND_FINE)
            return fail_field(ctx, "addresses", outbound_problem_names[problem],
                              arena_format(ctx->arena, "this address cannot be used: %s", line));
        addresses[(*count)++] = line;
    }
    return *count ? NULL : fail_field(ctx, "addresses", "required", "give at least one address");
}

static err fetch(struct req *req)
{
    const struct address_form *form = req->form;
    const struct product *product;
    const char *addresses[PRODUCT_PICTURE_LIMIT];
    size_t count;
    if (form->product_id)
        TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(read_addresses(&req->ctx, form->addresses, addresses, &count));
    TRY(product_pictures_fetch_later(&req->ctx, form->product_id, addresses, count));
    return done(req);
}

static err retry(struct req *req)
{
    const struct address_form *form = req->form;
    TRY(picture_address_retry(&req->ctx, form->product_id, form->key));
    return done(req);
}

static err drop(struct req *req)
{
    const struct address_form *form = req->form;
    TRY(picture_address_remove(&req->ctx, form->product_id, form->key));
    return done(req);
}

#define WRITES .method = POST, .guard = STAFF, .scope = "products.write"
#define ADDRESSES WRITES, .form_size = sizeof(struct address_form)

const struct route backoffice_fetch_routes[] = {
    {ADDRESSES, .path = "/admin/products/:id/pictures/addresses", .handler = fetch, .fields = product_fields,
     .again = show_product_again, .summary = "Have pictures fetched from addresses and added at the end",
     .answer = "product"},
    {ADDRESSES, .path = "/admin/products/:id/pictures/addresses/:key/retry", .handler = retry,
     .fields = product_key_fields, .again = show_product_again, .summary = "Try an address at once",
     .answer = "product"},
    {ADDRESSES, .path = "/admin/products/:id/pictures/addresses/:key/remove", .handler = drop,
     .fields = product_key_fields, .again = show_product_again, .summary = "Forget an address",
     .answer = "product"},
    {ADDRESSES, .path = "/admin/media/addresses", .handler = fetch, .fields = library_fields,
     .again = media_show_again, .summary = "Have pictures fetched from addresses into the library",
     .answer = "picture_addresses"},
    {ADDRESSES, .path = "/admin/media/addresses/:key/retry", .handler = retry, .fields = library_key_fields,
     .again = media_show_again, .summary = "Try an address of the library at once",
     .answer = "picture_addresses"},
    {ADDRESSES, .path = "/admin/media/addresses/:key/remove", .handler = drop, .fields = library_key_fields,
     .again = media_show_again, .summary = "Forget an address of the library", .answer = "picture_addresses"},
    {0},
};
