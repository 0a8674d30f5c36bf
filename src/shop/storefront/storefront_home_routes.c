/* storefront_home_routes.c - home, and the style sheet of a shop's design.
 *
 * The style sheet is named by the version of the design, so that a browser keeps it until another one is
 * published. Staff see the draft of a design with ?design=draft behind any address of the shop, and a theme
 * as it begins with its name (?design=fashion). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/design/design.h"
#include "shop/services.h"
#include "shop/storefront/storefront_home.h"
#include "shop/storefront/storefront_routes.h"
#include <inttypes.h>

#define ASKED "design="
#define ASKED_LIMIT 40
#define DRAFT "draft"
#define STYLE_ENDING ".css"
/* What the editor points at (theme_sections.c); buyers never see it. */
#define DRAFT_STYLE                                                                                          \
    ".design-anchor{display:block;scroll-margin-top:5rem}.design-anchor:is(:target,.is-edited)+*{outline:"   \
    "3px solid var(--cinnabar-fill);outline-offset:-3px}\n"
#define STYLE_IMMUTABLE "public, max-age=31536000, immutable"

const char *storefront_asked_design(const struct req *req)
{
    const char *query = strchr(req->url, '?');
    for (const char *at = query; at; at = strchr(at + 1, '&')) {
        size_t length = strcspn(at + 1, "&");
        if (!text_starts(at + 1, ASKED) || length - strlen(ASKED) > ASKED_LIMIT)
            continue;
        return arena_copy(req->ctx.arena, at + 1 + strlen(ASKED), length - strlen(ASKED));
    }
    return NULL;
}

err storefront_design(struct req *req, struct design *design, const char **asked)
{
    *asked = req->visitor ? storefront_asked_design(req) : NULL;
    const struct value *document = *asked ? value_find(req->ctx.services->design->themes, *asked) : NULL;
    if (document) {
        *design = (struct design){.theme = *asked, .document = document};
        return NULL;
    }
    if (text_is(*asked, DRAFT))
        return design_draft(&req->ctx, design);
    *asked = NULL;
    return design_live(&req->ctx, design);
}

/* Cards around a page change with any product; a flash sale that begins or ends is not waited for. */
static err add_around(struct req *req, const struct design *design, const char *template,
                      struct value *globals)
{
    int64_t seconds = PAGE_CACHE_SECONDS;
    TRY(storefront_around_view(&req->ctx, design, template, &seconds, globals));
    if (seconds < PAGE_CACHE_SECONDS)
        reply_uncacheable(req);
    if (value_find(globals, "around"))
        reply_tag(req, "list:%" PRId64, req->ctx.shop->id);
    return NULL;
}

err storefront_add_design(struct req *req, const char *template, struct value *globals)
{
    struct design design;
    const char *asked;
    if (value_find(globals, "design"))
        return NULL;
    TRY(storefront_design(req, &design, &asked));
    storefront_design_view(&req->ctx, &design, asked, globals);
    return add_around(req, &design, template, globals);
}

static err home(struct req *req)
{
    struct design design;
    const char *asked;
    int64_t seconds = PAGE_CACHE_SECONDS;
    struct value *view = value_object(req->ctx.arena);
    TRY(storefront_design(req, &design, &asked));
    storefront_design_view(&req->ctx, &design, asked, view);
    TRY(storefront_home_view(&req->ctx, &design, &seconds, view));
    if (!asked) {
        reply_cacheable(req, seconds);
        reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
        reply_tag(req, "list:%" PRId64, req->ctx.shop->id);
    }
    return reply_view(req, "home", view);
}

struct style_form {
    const char *name;
};

static const struct field style_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct style_form, name),
     .is_required = true,
     .maximum = 40,
     .help = "VERSION.css"},
    {0},
};

/* A page that was kept from before asks for an older version: it gets today's, but does not keep it. */
static err style(struct req *req)
{
    const struct style_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct design design;
    const char *asked;
    if (!text_ends(form->name, STYLE_ENDING))
        return fail_with(ctx, ERR_NOT_FOUND, "no such style sheet");
    TRY(storefront_design(req, &design, &asked));
    const char *current = arena_format(ctx->arena, "%" PRId64 STYLE_ENDING, design.version);
    const char *text = design_style(ctx, &design);
    if (asked)
        text = arena_format(ctx->arena, "%s" DRAFT_STYLE, text);
    if (!asked && text_is(form->name, current))
        reply_header(req, "Cache-Control", STYLE_IMMUTABLE);
    return reply_bytes(req, 200, "text/css; charset=utf-8", text, strlen(text));
}

struct asset_form {
    int64_t version;
    const char *name;
};

static const struct field asset_fields[] = {
    {.name = "version",
     .kind = FIELD_INT,
     .offset = offsetof(struct asset_form, version),
     .is_required = true,
     .minimum = 1,
     .maximum = INT64_MAX,
     .help = "The version of the theme"},
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct asset_form, name),
     .is_required = true,
     .maximum = OWN_THEME_PATH_LIMIT,
     .help = "The asset"},
    {0},
};

/* A version never changes, so what it holds may be kept for ever; before it was published only staff see it.
 */
static err asset(struct req *req)
{
    const struct asset_form *form = req->form;
    const char *bytes, *type = own_file_type(form->name);
    size_t length;
    bool is_public = false;
    if (type)
        TRY(own_theme_asset(&req->ctx, form->version, form->name, &is_public, &bytes, &length));
    if (!type || (!is_public && !req->visitor))
        return fail_with(&req->ctx, ERR_NOT_FOUND, "there is no such asset");
    reply_header(req, "Cache-Control", is_public ? STYLE_IMMUTABLE : "no-store");
    return reply_bytes(req, 200, type, bytes, length);
}

const struct route storefront_home_routes[] = {
    {.method = GET,
     .path = "/",
     .handler = home,
     .guard = ANYONE,
     .is_reading = true,
     .faces = FACE_HTML,
     .summary = "The shop's home"},
    {.method = GET,
     .path = "/design/:name",
     .handler = style,
     .guard = ANYONE,
     .fields = style_fields,
     .form_size = sizeof(struct style_form),
     .faces = FACE_HTML,
     .summary = "The shop's own colours and shapes as a style sheet"},
    {.method = GET,
     .path = "/theme/:version/:name",
     .handler = asset,
     .guard = ANYONE,
     .fields = asset_fields,
     .form_size = sizeof(struct asset_form),
     .is_reading = true,
     .faces = FACE_HTML,
     .summary = "An asset of the theme that the shop brought"},
    {0},
};
