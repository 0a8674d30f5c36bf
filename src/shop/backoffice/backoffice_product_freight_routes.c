/* backoffice_product_freight_routes.c - which freight template a product has. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "shop/catalog/catalog.h"
#include "shop/freight/freight.h"
#include <inttypes.h>

struct choice_form {
    int64_t product_id;
    int64_t template_id;
    const char *notice;
};

#define PRODUCT_FIELD                                                                                        \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct choice_form, product_id),                  \
        .is_required = true, .help = "The product"                                                           \
    }
static const struct field product_fields[] = {
    PRODUCT_FIELD,
    {.name = "notice",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct choice_form, notice),
     .maximum = 40,
     .help = "For pages: what was just done"},
    {0},
};
static const struct field choose_fields[] = {
    PRODUCT_FIELD,
    {.name = "template",
     .kind = FIELD_ID,
     .offset = offsetof(struct choice_form, template_id),
     .help = "The template; nothing = the default one of the shop"},
    {0},
};

/* Variants without a weight are carried as if they weighed nothing. */
static err set_weights(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct variant *variants;
    size_t count;
    int64_t light = 0, most = 0;
    TRY(variant_list(ctx, product_id, &variants, &count));
    for (size_t i = 0; i < count; i++) {
        light += variants[i].weight == 0;
        most = variants[i].weight > most ? variants[i].weight : most;
    }
    value_set_int(ctx->arena, view, "weightless", light);
    value_set_int(ctx->arena, view, "heaviest", most);
    return NULL;
}

static err product_view(struct ctx *ctx, int64_t product_id, struct value **view)
{
    const struct product *product;
    struct freight_template *templates;
    int64_t chosen;
    size_t count;
    TRY(product_load(ctx, product_id, &product));
    TRY(freight_product_load(ctx, product_id, &chosen));
    TRY(freight_template_list(ctx, &templates, &count));
    *view = value_object(ctx->arena);
    struct value *head = value_set_object(ctx->arena, *view, "product");
    value_set_id(ctx->arena, head, "id", product->id);
    value_set_text(ctx->arena, head, "title", product->title);
    value_set_text(ctx->arena, head, "kind", product_kind_name(product->kind));
    value_set_id(ctx->arena, *view, "chosen", chosen);
    struct value *list = value_set_list(ctx->arena, *view, "templates");
    for (size_t i = 0; i < count; i++)
        value_add(ctx->arena, list, *freight_template_view(ctx, &templates[i]));
    return set_weights(ctx, *view, product_id);
}

static err show_product(struct req *req)
{
    const struct choice_form *form = req->form;
    struct value *view;
    TRY(product_view(&req->ctx, form->product_id, &view));
    value_set_text(req->ctx.arena, view, "notice", form->notice);
    return reply_view(req, "admin/product_freight", view);
}

static err show_product_again(struct req *req)
{
    const struct choice_form *form = req->form;
    struct value *view;
    TRY(product_view(&req->ctx, form->product_id, &view));
    return reply_view(req, "admin/product_freight", view);
}

static err choose(struct req *req)
{
    const struct choice_form *form = req->form;
    const struct product *product;
    struct value *view;
    TRY(product_load(&req->ctx, form->product_id, &product));
    TRY(freight_product_choose(&req->ctx, form->product_id, form->template_id));
    TRY(product_view(&req->ctx, form->product_id, &view));
    return reply_done(req, 200, view, "/admin/products/%" PRId64 "/freight?notice=saved", form->product_id);
}

const struct route backoffice_product_freight_routes[] = {
    {.method = GET,
     .path = "/admin/products/:id/freight",
     .handler = show_product,
     .guard = STAFF,
     .scope = "products.read",
     .fields = product_fields,
     .form_size = sizeof(struct choice_form),
     .summary = "What carrying a product costs",
     .answer = "templates"},
    {.method = POST,
     .path = "/admin/products/:id/freight",
     .handler = choose,
     .guard = STAFF,
     .scope = "products.write",
     .fields = choose_fields,
     .form_size = sizeof(struct choice_form),
     .again = show_product_again,
     .summary = "Choose the freight template of a product",
     .answer = "templates"},
    {0},
};
