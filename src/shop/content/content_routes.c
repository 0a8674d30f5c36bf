/* content_routes.c - /policies/privacy and its like. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/content/content_routes.h"

#include "base/text.h"
#include "shop/content/content.h"
#include <inttypes.h>

#define PAGE_CACHE_SECONDS 60

struct policy_form {
    const char *kind;
};

static const struct field policy_fields[] = {
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct policy_form, kind),
     .is_required = true,
     .maximum = 20,
     .help = "privacy, terms, returns or shipping"},
    {0},
};

static err show(struct req *req)
{
    const struct policy_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct policy_version version = {.text = ""};
    int kind = 0;
    while (shop_policy_names[kind] && !text_is(shop_policy_names[kind], form->kind))
        kind++;
    if (shop_policy_names[kind])
        TRY(policy_load(&req->ctx, (enum shop_policy)kind, &version));
    if (!version.text[0])
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no such policy");
    bool is_english = text_is(req->ctx.locale, "en") && version.text_en[0];
    struct value *view = value_object(arena);
    struct value *policy = value_set_object(arena, view, "policy");
    value_set_text(arena, policy, "kind", shop_policy_names[kind]);
    value_set_text(arena, policy, "html",
                   policy_html(&req->ctx, is_english ? version.text_en : version.text));
    value_set_text(arena, policy, "language", is_english ? "en" : "zh-CN");
    value_set_time(arena, policy, "changed_at", version.created_at);
    if (req->face == FACE_HTML) {
        reply_cacheable(req, PAGE_CACHE_SECONDS);
        reply_tag(req, "shop:%" PRId64, req->ctx.shop->id);
    }
    return reply_view(req, "policy", view);
}

const struct route content_routes[] = {
    {.method = GET,
     .path = "/policies/:kind",
     .handler = show,
     .guard = ANYONE,
     .fields = policy_fields,
     .form_size = sizeof(struct policy_form),
     .summary = "What the shop promises in writing",
     .answer = "policy"},
    {0},
};
