/* storefront_licence_routes.c - 证照信息: who runs the shop, for everybody to read (电商法 15). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/tenant/tenant.h"
#include <inttypes.h>

/* The page itself shows what the layout knows of the shop; programs get the same facts. */
static err show(struct req *req)
{
    struct value *view = value_object(req->ctx.arena);
    struct value *shop = shop_view(&req->ctx, req->ctx.shop);
    value_set(req->ctx.arena, view, "registration", *value_find(shop, "registration"));
    if (req->face == FACE_HTML) {
        reply_cacheable(req, PAGE_CACHE_SECONDS);
        reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    }
    return reply_view(req, "licence", view);
}

const struct route storefront_licence_routes[] = {
    {.method = GET,
     .path = "/licence",
     .handler = show,
     .guard = ANYONE,
     .summary = "Who runs the shop, with licences and records",
     .answer = "registration"},
    {0},
};
