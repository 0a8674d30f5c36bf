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

/* ---- ZIP files ---- */

struct zip_form {
    const struct upload *zip;
    bool attach;
};

static const struct field zip_fields[] = {
    {.name = "zip",
     .kind = FIELD_FILE,
     .offset = offsetof(struct zip_form, zip),
     .is_required = true,
     .limit = offsetof(struct config, bulk_limit),
     .maximum = ZIP_UNPACKED_LIMIT,
     .help = "A ZIP file with up to 500 pictures; each is taken or refused for itself"},
    {.name = "attach",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct zip_form, attach),
     .help = "Add a picture whose file or folder is called as a SKU or handle to that product"},
    {0},
};

/* Entries of one product stand apart; `at` runs through those that were not seen yet. */
static err attach_of(struct ctx *ctx, const struct zip_pictures *zip, const struct named_product *products,
                     size_t at, bool *is_seen, bool *is_shown)
{
    struct product_picture *pictures = arena_alloc_many(ctx->arena, zip->count, sizeof *pictures);
    size_t *places = arena_alloc_many(ctx->arena, zip->count, sizeof *places);
    size_t count = 0, shown;
    for (size_t i = at; i < zip->count; i++) {
        const struct picture *picture = zip->items[i].picture;
        if (!picture || products[i].product_id != products[at].product_id)
            continue;
        is_seen[i] = true;
        places[count] = i;
        pictures[count++] =
            (struct product_picture){.picture_id = picture->id,
                                     .alt = picture->alt[0] ? picture->alt : products[i].title,
                                     .focus_x = 50,
                                     .focus_y = 50};
    }
    TRY(product_picture_append_many(ctx, products[at].product_id, pictures, count, &shown));
    for (size_t i = 0; i < shown; i++)
        is_shown[places[i]] = true;
    return NULL;
}

static err attach(struct ctx *ctx, const struct zip_pictures *zip, const struct named_product *products,
                  bool *is_shown)
{
    bool *is_seen = arena_alloc_many(ctx->arena, zip->count + 1, sizeof *is_seen);
    for (size_t i = 0; i < zip->count; i++)
        if (zip->items[i].picture && products[i].product_id && !is_seen[i])
            TRY(attach_of(ctx, zip, products, i, is_seen, is_shown));
    return NULL;
}

static void add_entry(struct ctx *ctx, struct value *list, const struct zip_picture *entry,
                      const struct named_product *product, bool is_shown)
{
    struct arena *arena = ctx->arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "name", entry->name);
    value_set_text(arena, row, "code", entry->code);
    value_set(arena, row, "picture", value_null());
    value_set(arena, row, "product", value_null());
    value_set_bool(arena, row, "is_added", is_shown);
    if (entry->picture)
        picture_fill_view(ctx, value_set_object(arena, row, "picture"), entry->picture);
    if (!product->product_id)
        return;
    struct value *tree = value_set_object(arena, row, "product");
    value_set_id(arena, tree, "id", product->product_id);
    value_set_text(arena, tree, "title", product->title);
    value_set_text(arena, tree, "url", arena_format(arena, "/admin/products/%" PRId64, product->product_id));
}

static err take_zip(struct req *req)
{
    const struct zip_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct zip_pictures zip;
    TRY(pictures_from_zip(ctx, form->zip->path, &zip));
    if (zip.count == 0)
        return fail_field(ctx, "zip", zip.code ? zip.code : "zip-empty", "no picture could be taken from it");
    const char **names = arena_alloc_many(ctx->arena, zip.count, sizeof *names);
    struct named_product *products = arena_alloc_many(ctx->arena, zip.count, sizeof *products);
    bool *is_shown = arena_alloc_many(ctx->arena, zip.count, sizeof *is_shown);
    int64_t taken = 0, added = 0;
    for (size_t i = 0; i < zip.count; i++)
        names[i] = zip.items[i].name;
    if (form->attach) {
        TRY(product_find_by_file_names(ctx, names, zip.count, products));
        TRY(attach(ctx, &zip, products, is_shown));
    }
    struct value *view = value_object(ctx->arena);
    struct value *list = value_set_list(ctx->arena, view, "entries");
    for (size_t i = 0; i < zip.count; i++) {
        taken += zip.items[i].picture != NULL;
        added += is_shown[i];
        add_entry(ctx, list, &zip.items[i], &products[i], is_shown[i]);
    }
    value_set_int(ctx->arena, view, "taken", taken);
    value_set_int(ctx->arena, view, "refused", (int64_t)zip.count - taken);
    value_set_int(ctx->arena, view, "added", added);
    value_set_bool(ctx->arena, view, "is_attached", form->attach);
    value_set_text(ctx->arena, view, "code", zip.code);
    return reply_view(req, "admin/media_zip", view);
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
    {WRITES, .path = "/admin/media/zip", .handler = take_zip, .fields = zip_fields,
     .form_size = sizeof(struct zip_form), .again = media_show_again,
     .summary = "Take the pictures of a ZIP file", .answer = "entries"},
    {0},
};
