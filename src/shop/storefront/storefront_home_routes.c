/* storefront_home_routes.c - home, and the style sheet of a shop's design.
 *
 * The style sheet is named by the version of the design, so that a browser keeps it until another one is
 * published. Staff see the draft of a design with ?design=draft behind any address of the shop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/storefront/storefront_home.h"
#include "shop/storefront/storefront_routes.h"
#include <inttypes.h>

#define DRAFT "design=draft"
#define STYLE_ENDING ".css"
#define STYLE_IMMUTABLE "public, max-age=31536000, immutable"

bool storefront_asks_draft(const struct req *req)
{
    const char *query = strchr(req->url, '?');
    for (const char *at = query; at; at = strchr(at + 1, '&')) {
        size_t length = strcspn(at + 1, "&");
        if (length == strlen(DRAFT) && memcmp(at + 1, DRAFT, length) == 0)
            return true;
    }
    return false;
}

err storefront_design(struct req *req, struct design *design, bool *is_draft)
{
    *is_draft = req->visitor && storefront_asks_draft(req);
    return *is_draft ? design_draft(&req->ctx, design) : design_live(&req->ctx, design);
}

err storefront_add_design(struct req *req, struct value *globals)
{
    struct design design;
    bool is_draft;
    if (value_find(globals, "design"))
        return NULL;
    TRY(storefront_design(req, &design, &is_draft));
    storefront_design_view(&req->ctx, &design, is_draft, globals);
    return NULL;
}

static err home(struct req *req)
{
    struct design design;
    bool is_draft;
    int64_t seconds = PAGE_CACHE_SECONDS;
    struct value *view = value_object(req->ctx.arena);
    TRY(storefront_design(req, &design, &is_draft));
    storefront_design_view(&req->ctx, &design, is_draft, view);
    TRY(storefront_home_view(&req->ctx, &design, &seconds, view));
    if (!is_draft) {
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
    bool is_draft;
    if (!text_ends(form->name, STYLE_ENDING))
        return fail_with(ctx, ERR_NOT_FOUND, "no such style sheet");
    TRY(storefront_design(req, &design, &is_draft));
    const char *current = arena_format(ctx->arena, "%" PRId64 STYLE_ENDING, design.version);
    const char *text = design_style(ctx, &design);
    if (!is_draft && text_is(form->name, current))
        reply_header(req, "Cache-Control", STYLE_IMMUTABLE);
    return reply_bytes(req, 200, "text/css; charset=utf-8", text, strlen(text));
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
    {0},
};
