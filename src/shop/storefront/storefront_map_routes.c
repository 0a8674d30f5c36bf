/* storefront_map_routes.c - what search machines ask for first: what they may read (RFC 9309), and a list of
 * all addresses (sitemaps.org) as an index of parts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <stdlib.h>

/* Seconds that a list may be out of date: a walk over all products is too dear for every change of one. */
#define MAP_SECONDS 900
/* Bytes of one list; an address takes up to 400. */
#define MAP_LIMIT (4 << 20)
#define ROBOTS_LIMIT 2048
#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define SPACE "http://www.sitemaps.org/schemas/sitemap/0.9"
#define PICTURES "http://www.google.com/schemas/sitemap-image/1.1"

/* Carts, orders and accounts are of one person each; the lists behind filters never end. */
static const char rules[] = "User-agent: *\n"
                            "Disallow: /admin\n"
                            "Disallow: /api/\n"
                            "Disallow: /cart\n"
                            "Disallow: /checkout\n"
                            "Disallow: /orders\n"
                            "Disallow: /account\n"
                            "Disallow: /search\n"
                            "Disallow: /products/*/card\n"
                            "Disallow: /*?*filter=\n"
                            "Disallow: /*?*cursor=\n";

const char *storefront_origin(const struct req *req)
{
    const char *origin = shop_main_origin(req->ctx.arena, req->ctx.shop->profile);
    return origin ? origin : req->origin;
}

static void cache(struct req *req)
{
    reply_cacheable(req, MAP_SECONDS);
    reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
}

static err reply_xml(struct req *req, const struct text_buf *out)
{
    cache(req);
    return reply_bytes(req, 200, "application/xml; charset=utf-8", text_of(out), out->len);
}

static err show_robots(struct req *req)
{
    struct text_buf out;
    text_open(&out, req->ctx.arena, ROBOTS_LIMIT);
    text_add_format(&out, "%sSitemap: %s/sitemap.xml\n", rules, storefront_origin(req));
    cache(req);
    return reply_bytes(req, 200, "text/plain; charset=utf-8", text_of(&out), out.len);
}

static err show_index(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    int64_t *first_ids = arena_alloc_many(ctx->arena, PRODUCT_MAP_PARTS, sizeof *first_ids);
    const char *origin = storefront_origin(req);
    struct text_buf out;
    size_t count;
    TRY(product_map_parts(ctx, first_ids, &count));
    text_open(&out, ctx->arena, MAP_LIMIT);
    text_add_format(
        &out, XML "<sitemapindex xmlns=\"" SPACE "\">\n<sitemap><loc>%s/sitemap/pages.xml</loc></sitemap>\n",
        origin);
    for (size_t i = 0; i < count; i++)
        text_add_format(&out, "<sitemap><loc>%s/sitemap/products/%" PRId64 ".xml</loc></sitemap>\n", origin,
                        first_ids[i]);
    text_add(&out, "</sitemapindex>\n");
    return reply_xml(req, &out);
}

static void add_address(struct text_buf *out, const char *origin, const char *place, const char *name)
{
    text_add_format(out, "<url><loc>%s%s%s</loc></url>\n", origin, place, name);
}

static err show_pages(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    const char *origin = storefront_origin(req);
    struct category *categories;
    struct collection *collections;
    size_t category_count, collection_count;
    struct text_buf out;
    TRY(category_list(ctx, &categories, &category_count));
    TRY(collection_list(ctx, &collections, &collection_count));
    text_open(&out, ctx->arena, MAP_LIMIT);
    text_add(&out, XML "<urlset xmlns=\"" SPACE "\">\n");
    add_address(&out, origin, "/", "");
    add_address(&out, origin, "/products", "");
    for (size_t i = 0; i < category_count; i++)
        add_address(&out, origin, "/categories/", categories[i].handle);
    for (size_t i = 0; i < collection_count; i++)
        if (collections[i].is_shown)
            add_address(&out, origin, "/collections/", collections[i].handle);
    for (int i = 0; shop_policy_names[i]; i++)
        if (ctx->shop->profile->policies >> i & 1)
            add_address(&out, origin, "/policies/", shop_policy_names[i]);
    text_add(&out, "</urlset>\n");
    return reply_xml(req, &out);
}

struct part_form {
    const char *name;
};

static const struct field part_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct part_form, name),
     .is_required = true,
     .maximum = 24,
     .help = "ID.xml, the first product of the part"},
    {0},
};

static void add_product(struct ctx *ctx, struct text_buf *out, const char *origin,
                        const struct product_place *place)
{
    text_add_format(out, "<url><loc>%s/products/%s</loc><lastmod>%s</lastmod>", origin, place->handle,
                    clock_rfc3339(ctx->arena, place->updated_at));
    if (place->picture_id)
        text_add_format(out, "<image:image><image:loc>%s/media/%s/960.jpg</image:loc></image:image>", origin,
                        place->picture_id);
    text_add(out, "</url>\n");
}

static err show_products(struct req *req)
{
    const struct part_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    const char *origin = storefront_origin(req);
    struct product_place *places;
    struct text_buf out;
    size_t count;
    char *end;
    int64_t first_id = strtoll(form->name, &end, 10);
    if (first_id < 0 || !text_is(end, ".xml"))
        return fail_with(ctx, ERR_NOT_FOUND, "no such list");
    TRY(product_map_part(ctx, first_id, &places, &count));
    text_open(&out, ctx->arena, MAP_LIMIT);
    text_add(&out, XML "<urlset xmlns=\"" SPACE "\" xmlns:image=\"" PICTURES "\">\n");
    for (size_t i = 0; i < count; i++)
        add_product(ctx, &out, origin, &places[i]);
    text_add(&out, "</urlset>\n");
    return reply_xml(req, &out);
}

const struct route storefront_map_routes[] = {
    {.method = GET,
     .path = "/robots.txt",
     .handler = show_robots,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "What search machines may read, and where the list of addresses is"},
    {.method = GET,
     .path = "/sitemap.xml",
     .handler = show_index,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The parts of the list of all addresses"},
    {.method = GET,
     .path = "/sitemap/pages.xml",
     .handler = show_pages,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "Addresses of home, categories and collections"},
    {.method = GET,
     .path = "/sitemap/products/:name",
     .handler = show_products,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .fields = part_fields,
     .form_size = sizeof(struct part_form),
     .summary = "Addresses of up to 5,000 products"},
    {0},
};
