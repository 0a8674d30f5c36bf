/* backoffice_product_routes.c - products: the list, the editor, stock and codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_product_form.h"
#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include <inttypes.h>

#define CODES_TEXT_LIMIT 900000

/* ---- the editor ---- */

struct show_form {
    int64_t product_id;
    const char *notice;
    int64_t added;
    int64_t duplicates;
    int64_t page;
    int was; /* an enum product_status, 0 = nothing to take back */
};

static const char *const taken_back[] = {
    [0] = "", [PRODUCT_DRAFT] = "draft", [PRODUCT_ACTIVE] = "active", [PRODUCT_ARCHIVED] = "archived", NULL,
};

static const struct field show_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct show_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct show_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {.name = "added",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, added),
     .minimum = 0,
     .maximum = CODE_LOAD_LIMIT,
     .help = "For pages: codes that were just loaded"},
    {.name = "duplicates",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, duplicates),
     .minimum = 0,
     .maximum = CODE_LOAD_LIMIT,
     .help = "For pages: codes that were there already"},
    {.name = "variants",
     .kind = FIELD_INT,
     .offset = offsetof(struct show_form, page),
     .minimum = 1,
     .maximum = PRODUCT_VARIANT_LIMIT,
     .otherwise = 1,
     .help = "For pages: which page of the variants"},
    {.name = "was",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct show_form, was),
     .choices = taken_back,
     .help = "For pages: the status before the last change, which can be taken back"},
    {0},
};

static err show_new(struct req *req)
{
    struct value *view;
    TRY(product_edit_view(&req->ctx, NULL, 0, &view));
    return reply_view(req, "admin/product_edit", view);
}

/* Programs get all variants, people a page of them. */
static err edit_view(struct req *req, int64_t product_id, int64_t page, struct value **view)
{
    const struct product *product;
    TRY(product_load(&req->ctx, product_id, &product));
    return product_edit_view(&req->ctx, product, req->face == FACE_JSON ? 0 : page > 0 ? page : 1, view);
}

static err show(struct req *req)
{
    const struct show_form *form = req->form;
    struct value *view;
    TRY(edit_view(req, form->product_id, form->page, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    if (text_is(form->notice, "codes")) {
        value_set_int(req->ctx.arena, view, "added", form->added);
        value_set_int(req->ctx.arena, view, "duplicates", form->duplicates);
    }
    if (form->was)
        value_set_text(req->ctx.arena, view, "was", taken_back[form->was]);
    return reply_view(req, "admin/product_edit", view);
}

static err show_again(struct req *req)
{
    const struct product_form *form = req->form;
    struct value *view;
    if (req->failure->code == ERR_CONFLICT)
        return product_merge_page(req, form);
    TRY(edit_view(req, form->product_id, form->variants_page, &view));
    return reply_view(req, "admin/product_edit", view);
}

/* Where the status was another before, the page offers to take that back. */
static err done_after(struct req *req, int status, int64_t product_id, enum product_status was,
                      const char *notice)
{
    const struct product *product;
    struct value *view;
    TRY(product_load(&req->ctx, product_id, &product));
    TRY(product_edit_view(&req->ctx, product, 0, &view));
    if (was && was != product->status)
        notice = arena_format(req->ctx.arena, "%s&was=%s", notice, product_status_name(was));
    return reply_done(req, status, view, "/admin/products/%" PRId64 "?notice=%s", product_id, notice);
}

static err done(struct req *req, int status, int64_t product_id, const char *notice)
{
    return done_after(req, status, product_id, 0, notice);
}

/* The status now, for a page: programs take nothing back by a link. */
static err find_status(struct req *req, int64_t product_id, enum product_status *status)
{
    const struct product *product;
    *status = 0;
    if (req->face == FACE_JSON)
        return NULL;
    TRY(product_load(&req->ctx, product_id, &product));
    *status = product->status;
    return NULL;
}

static err create(struct req *req)
{
    int64_t product_id;
    TRY(product_form_save(&req->ctx, req->form, &product_id));
    return done(req, 201, product_id, "created");
}

static err change(struct req *req)
{
    const struct product_form *form = req->form;
    int64_t product_id;
    enum product_status was;
    TRY(find_status(req, form->product_id, &was));
    err failure = product_form_save(&req->ctx, form, &product_id);
    if (failure && failure->code == ERR_CONFLICT && req->face == FACE_JSON)
        return product_merge_failure(&req->ctx, form, failure);
    TRY(failure);
    return done_after(req, 200, product_id, was,
                      form->variants_page > 1
                          ? arena_format(req->ctx.arena, "saved&variants=%" PRId64, form->variants_page)
                          : "saved");
}

struct status_form {
    int64_t product_id;
    int status;
    const char *next;
};

static const struct field status_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct status_form, product_id),
     .is_required = true,
     .help = "The product"},
    {.name = "status",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct status_form, status),
     .is_required = true,
     .choices = product_statuses,
     .help = "active = on the shelf"},
    {.name = "next",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct status_form, next),
     .maximum = 500,
     .help = "For pages: list goes back to the list"},
    {0},
};

static err show_status_again(struct req *req)
{
    const struct status_form *form = req->form;
    struct value *view;
    TRY(edit_view(req, form->product_id, 1, &view));
    return reply_view(req, "admin/product_edit", view);
}

static err change_status(struct req *req)
{
    const struct status_form *form = req->form;
    enum product_status was;
    TRY(find_status(req, form->product_id, &was));
    TRY(product_change_status(&req->ctx, form->product_id, (enum product_status)(form->status + 1)));
    const char *next = req_local(req, form->next);
    if (req->face == FACE_HTML && (text_is(next, "/admin/products") || text_starts(next, "/admin/products?")))
        return reply_redirect(req, 303, next);
    return done_after(req, 200, form->product_id, was, "saved");
}

/* ---- stock and codes ---- */

struct stock_form {
    int64_t variant_id;
    int64_t on_hand;
    int64_t expected;
    const char *reason;
    const char *codes;
};

#define VARIANT_ID_FIELD                                                                                     \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct stock_form, variant_id),                   \
        .is_required = true, .help = "The variant"                                                           \
    }

static const struct field stock_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "on_hand",
     .kind = FIELD_INT,
     .offset = offsetof(struct stock_form, on_hand),
     .is_required = true,
     .minimum = 0,
     .maximum = 1000000000,
     .help = "What was counted"},
    {.name = "expected",
     .kind = FIELD_INT,
     .offset = offsetof(struct stock_form, expected),
     .is_required = true,
     .minimum = 0,
     .maximum = 1000000000000,
     .help = "What was shown before; another number by now is refused"},
    {.name = "reason",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct stock_form, reason),
     .maximum = 120,
     .help = "Why"},
    {0},
};

static const struct field code_fields[] = {
    VARIANT_ID_FIELD,
    {.name = "codes",
     .kind = FIELD_LONG,
     .offset = offsetof(struct stock_form, codes),
     .is_required = true,
     .maximum = CODES_TEXT_LIMIT,
     .help = "Key codes, one a line"},
    {0},
};

/* The forms of a variant begin with the variant's id; they stand on the page of its product. */
static err show_variant_again(struct req *req)
{
    const int64_t *variant_id = req->form;
    const struct variant *variant;
    struct value *view;
    TRY(variant_load(&req->ctx, *variant_id, &variant));
    TRY(edit_view(req, variant->product_id, 1 + variant->position / VARIANT_PAGE, &view));
    return reply_view(req, "admin/product_edit", view);
}

/* Another number than the person saw is told with what it is now. */
static err tell_stale(struct ctx *ctx, err failure, const struct stock_form *form, const char *sku)
{
    struct stock stock;
    if (failure->code != ERR_CONFLICT)
        return failure;
    TRY(stock_load_many(ctx, &form->variant_id, 1, &stock));
    if (stock.on_hand == form->expected)
        return failure;
    struct value *now = value_object(ctx->arena);
    value_set_id(ctx->arena, now, "variant_id", form->variant_id);
    value_set_text(ctx->arena, now, "sku", sku);
    value_set_int(ctx->arena, now, "on_hand", stock.on_hand);
    value_set_int(ctx->arena, now, "reserved", stock.reserved);
    return error_with_more(ctx->arena,
                           fail_with(ctx, ERR_STALE_STOCK, "%s: %" PRId64 " are on hand, not %" PRId64, sku,
                                     stock.on_hand, form->expected),
                           now);
}

static err count_stock(struct req *req)
{
    const struct stock_form *form = req->form;
    const struct variant *variant;
    TRY(variant_load(&req->ctx, form->variant_id, &variant));
    if (variant->kind == PRODUCT_DIGITAL)
        return fail_field(&req->ctx, "on_hand", "digital", "the stock of a digital variant is its codes");
    err failure =
        stock_count(&req->ctx, variant->id, variant->product_id, form->on_hand, form->expected, form->reason);
    if (failure)
        return tell_stale(&req->ctx, failure, form, variant->sku);
    return done(req, 200, variant->product_id, "stock");
}

static size_t split_lines(struct ctx *ctx, const char *text, const char **lines)
{
    size_t count = 0;
    while (*text) {
        size_t length = strcspn(text, "\r\n");
        if (length > 0 && count < CODE_LOAD_LIMIT + 1)
            lines[count++] = arena_copy(ctx->arena, text, length);
        text += length;
        text += strspn(text, "\r\n");
    }
    return count;
}

static err load_codes(struct req *req)
{
    const struct stock_form *form = req->form;
    const struct variant *variant;
    int64_t added, duplicates;
    TRY(variant_load(&req->ctx, form->variant_id, &variant));
    if (variant->kind != PRODUCT_DIGITAL)
        return fail_field(&req->ctx, "codes", "physical", "only a digital variant has codes");
    const char **lines = arena_alloc_many(req->ctx.arena, CODE_LOAD_LIMIT + 1, sizeof *lines);
    size_t count = split_lines(&req->ctx, form->codes, lines);
    TRY(code_load(&req->ctx, variant->id, variant->product_id, lines, count, &added, &duplicates));
    struct value *view = value_object(req->ctx.arena);
    value_set_int(req->ctx.arena, view, "added", added);
    value_set_int(req->ctx.arena, view, "duplicates", duplicates);
    return reply_done(req, 200, view,
                      "/admin/products/%" PRId64 "?notice=codes&added=%" PRId64 "&duplicates=%" PRId64,
                      variant->product_id, added, duplicates);
}

#define PRODUCTS_READ .guard = STAFF, .scope = "products.read"
#define PRODUCTS_WRITE .guard = STAFF, .scope = "products.write"

const struct route backoffice_product_routes[] = {
    {.method = GET,
     .path = "/admin/products/new",
     .handler = show_new,
     PRODUCTS_READ,
     .faces = FACE_HTML,
     .summary = "The editor for a new product"},
    {.method = POST,
     .path = "/admin/products",
     .handler = create,
     PRODUCTS_WRITE,
     .fields = product_create_fields,
     .form_size = sizeof(struct product_form),
     .again = show_new,
     .summary = "Create a product",
     .answer = "product"},
    {.method = GET,
     .path = "/admin/products/:id",
     .handler = show,
     PRODUCTS_READ,
     .fields = show_fields,
     .form_size = sizeof(struct show_form),
     .summary = "A product with everything about it",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/products/:id",
     .handler = change,
     PRODUCTS_WRITE,
     .fields = product_change_fields,
     .form_size = sizeof(struct product_form),
     .again = show_again,
     .summary = "Change a product and all its variants",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/products/:id/status",
     .handler = change_status,
     PRODUCTS_WRITE,
     .fields = status_fields,
     .form_size = sizeof(struct status_form),
     .again = show_status_again,
     .summary = "On or off the shelf",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/variants/:id/stock",
     .handler = count_stock,
     PRODUCTS_WRITE,
     .fields = stock_fields,
     .form_size = sizeof(struct stock_form),
     .again = show_variant_again,
     .summary = "Set what was counted",
     .answer = "product"},
    {.method = POST,
     .path = "/admin/variants/:id/codes",
     .handler = load_codes,
     PRODUCTS_WRITE,
     .fields = code_fields,
     .form_size = sizeof(struct stock_form),
     .again = show_variant_again,
     .summary = "Load key codes",
     .answer = "added"},
    {0},
};
