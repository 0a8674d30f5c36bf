/* app_routes.c - what makes a shop an app.
 *
 * The worker's script names every asset by its fingerprint, so that a new build is a new script, and a
 * browser keeps the files of one build together until no page of it is open. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/app_routes.h"

#include "base/json.h"
#include "base/text.h"
#include "shop/media/media.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include "web/web.h"
#include <inttypes.h>

#define SCRIPT_LIMIT 4096
#define ICON_LIMIT 1024
#define SHORT_NAME_CHARACTERS 12
#define PAPER "#fbfaf6"

static const char *const assets[] = {"theme.css", "shop.js", "app.js",  "search.js", "flash.js",
                                     "group.js",  "keep.js", "seen.js", "icon.svg",  NULL};

static const char *asset_url(const struct req *req, const char *name)
{
    return http_static_url(web_statics(req_owner(req)), arena_format(req->ctx.arena, "/assets/%s", name));
}

static void cache(struct req *req)
{
    reply_cacheable(req, PAGE_CACHE_SECONDS);
    reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
}

static const char *first_characters(struct ctx *ctx, const char *text, size_t count)
{
    return arena_copy(ctx->arena, text, utf8_prefix(text, strlen(text), count));
}

static const char *shop_name(const struct req *req, const struct value *shop)
{
    const char *name = value_find_text(shop, "name");
    return name ? name : req->ctx.shop->handle;
}

/* ---- manifest ---- */

static void add_icon(struct ctx *ctx, struct value *icons, const char *src, const char *sizes,
                     const char *type, const char *purpose)
{
    struct value *icon = value_add(ctx->arena, icons, *value_object(ctx->arena));
    value_set_text(ctx->arena, icon, "src", src);
    value_set_text(ctx->arena, icon, "sizes", sizes);
    value_set_text(ctx->arena, icon, "type", type);
    value_set_text(ctx->arena, icon, "purpose", purpose);
}

static void add_icons(struct req *req, struct value *manifest)
{
    struct ctx *ctx = &req->ctx;
    struct value *icons = value_set_list(ctx->arena, manifest, "icons");
    const char *logo = ctx->shop->profile->logo_id;
    if (logo && logo[0])
        add_icon(ctx, icons, arena_format(ctx->arena, "/media/%s/640.webp", logo), "640x640", "image/webp",
                 "any");
    add_icon(ctx, icons, "/app-icon.svg", "any", "image/svg+xml", logo && logo[0] ? "maskable" : "any");
    if (!logo || !logo[0])
        add_icon(ctx, icons, "/app-icon.svg", "any", "image/svg+xml", "maskable");
}

static void add_shortcut(struct req *req, struct value *shortcuts, const char *key, const char *path)
{
    struct arena *arena = req->ctx.arena;
    const char *name = req_text(req, key);
    if (!name)
        return;
    struct value *shortcut = value_add(arena, shortcuts, *value_object(arena));
    value_set_text(arena, shortcut, "name", name);
    value_set_text(arena, shortcut, "url", arena_format(arena, "%s%s", req->prefix, path));
}

static err show_manifest(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct value *manifest = value_object(ctx->arena);
    const char *text, *name = shop_name(req, shop_view(ctx, ctx->shop));
    value_set_text(ctx->arena, manifest, "id", "/");
    value_set_text(ctx->arena, manifest, "name", name);
    value_set_text(ctx->arena, manifest, "short_name", first_characters(ctx, name, SHORT_NAME_CHARACTERS));
    value_set_text(ctx->arena, manifest, "lang", ctx->locale);
    value_set_text(ctx->arena, manifest, "start_url", arena_format(ctx->arena, "%s/", req->prefix));
    value_set_text(ctx->arena, manifest, "scope", "/");
    value_set_text(ctx->arena, manifest, "display", "standalone");
    value_set_text(ctx->arena, manifest, "background_color", PAPER);
    value_set_text(ctx->arena, manifest, "theme_color", PAPER);
    add_icons(req, manifest);
    struct value *shortcuts = value_set_list(ctx->arena, manifest, "shortcuts");
    add_shortcut(req, shortcuts, "nav.cart", "/cart");
    add_shortcut(req, shortcuts, "nav.find_order", "/orders");
    TRY(json_text(ctx, manifest, SCRIPT_LIMIT, &text));
    cache(req);
    return reply_bytes(req, 200, "application/manifest+json", text, strlen(text));
}

/* ---- icon ---- */

/* The seal of the shop, whole up to its edge: launchers cut their own shape out of it. */
static const char *draw_seal(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    const char *name = shop_name(req, shop_view(ctx, ctx->shop));
    struct text_buf out;
    text_open(&out, ctx->arena, ICON_LIMIT);
    text_add(
        &out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 512 512\" width=\"512\" height=\"512\">"
        "<rect width=\"512\" height=\"512\" fill=\"#bb392c\"/><rect x=\"88\" y=\"88\" width=\"336\""
        " height=\"336\" rx=\"44\" fill=\"none\" stroke=\"#fff\" stroke-opacity=\".55\" stroke-width=\"10\"/>"
        "<text x=\"256\" y=\"346\" font-family=\"'Noto Serif SC','Noto Serif CJK SC','Songti SC',serif\""
        " font-size=\"236\" font-weight=\"700\" fill=\"#fff\" text-anchor=\"middle\">");
    text_add_xml(&out, name, utf8_prefix(name, strlen(name), 1));
    text_add(&out, "</text></svg>");
    return text_of(&out);
}

static err show_icon(struct req *req)
{
    const char *svg = draw_seal(req);
    cache(req);
    return reply_bytes(req, 200, "image/svg+xml", svg, strlen(svg));
}

/* The same for home screens that take no drawing. */
static err show_icon_as_picture(struct req *req)
{
    struct picture_card card = {.svg = draw_seal(req)};
    struct slice jpeg;
    TRY(storefront_limit_drawing(req));
    TRY(picture_draw(&req->ctx, &card, &jpeg));
    cache(req);
    return reply_bytes(req, 200, "image/jpeg", jpeg.ptr, jpeg.len);
}

/* ---- worker ---- */

static err show_worker(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct value *build = value_object(ctx->arena);
    const char *text, *worker = asset_url(req, "worker.js");
    struct design design;
    value_set_text(ctx->arena, build, "version", YUNDIAN_VERSION);
    struct value *urls = value_set_list(ctx->arena, build, "assets");
    for (size_t i = 0; assets[i]; i++)
        value_add(ctx->arena, urls, value_text(asset_url(req, assets[i])));
    TRY(design_live(ctx, &design));
    const char *sheet = asset_url(req, arena_format(ctx->arena, "%s.css", design.theme));
    if (sheet)
        value_add(ctx->arena, urls, value_text(sheet));
    TRY(json_text(ctx, build, SCRIPT_LIMIT, &text));
    const char *script = arena_format(ctx->arena, "self.build = %s;\nimportScripts('%s');\n", text, worker);
    reply_header(req, "Cache-Control", "no-cache");
    return reply_bytes(req, 200, "text/javascript; charset=utf-8", script, strlen(script));
}

static err show_offline(struct req *req)
{
    cache(req);
    return reply_view(req, "offline", value_object(req->ctx.arena));
}

const struct route app_routes[] = {
    {.method = GET,
     .path = "/manifest.webmanifest",
     .handler = show_manifest,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "Name, icons and colours for the home screen"},
    {.method = GET,
     .path = "/app-icon.svg",
     .handler = show_icon,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The shop's seal as an icon"},
    {.method = GET,
     .path = "/app-icon.jpg",
     .handler = show_icon_as_picture,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The same as a picture of 512 by 512 pixels"},
    {.method = GET,
     .path = "/sw.js",
     .handler = show_worker,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "The worker that keeps pages for bad networks, named by its build"},
    {.method = GET,
     .path = "/offline",
     .handler = show_offline,
     .guard = ANYONE,
     .faces = FACE_HTML,
     .summary = "What a browser shows without network when it kept nothing of a page"},
    {0},
};
