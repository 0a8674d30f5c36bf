/* tenant_view.c - what templates see as `shop`. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant.h"

const char *const shop_exemption_names[] = {"none",     "farm-produce", "handicraft",
                                            "services", "small-amount", NULL};
const char *const shop_policy_names[] = {"privacy", "terms", "returns", "shipping", NULL};

/* The English text for readers of English, when there is one. */
static const char *own_words(const struct ctx *ctx, const char *text, const char *english)
{
    return text_is(ctx->locale, "en") && english[0] ? english : text;
}

static void set_text(struct ctx *ctx, struct value *view, const char *name, const char *text)
{
    value_set_text(ctx->arena, view, name, text[0] ? text : NULL);
}

static void set_picture(struct ctx *ctx, struct value *view, const char *name, const char *picture_id)
{
    value_set(ctx->arena, view, name, value_null());
    if (picture_id[0])
        value_set_text(ctx->arena, value_set_object(ctx->arena, view, name), "id", picture_id);
}

static void add_licences(struct ctx *ctx, struct value *view, const struct shop_profile *profile)
{
    struct value *list = value_set_list(ctx->arena, view, "licences");
    for (size_t i = 0; i < profile->licence_count; i++) {
        const struct shop_licence *licence = &profile->licences[i];
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, entry, "line_no", licence->line_no);
        value_set_text(ctx->arena, entry, "kind", licence->kind);
        set_text(ctx, entry, "number", licence->number);
        set_picture(ctx, entry, "picture", licence->picture_id);
    }
}

/* The digits of 京公网安备11010502030143号, for the address of its record. */
static const char *psb_code(struct ctx *ctx, const char *number)
{
    const char *digits = strpbrk(number, "0123456789");
    return digits ? arena_copy(ctx->arena, digits, strspn(digits, "0123456789")) : NULL;
}

static void add_registration(struct ctx *ctx, struct value *view, const struct shop_profile *profile)
{
    struct value *facts = value_set_object(ctx->arena, view, "registration");
    bool is_declared = profile->exemption != EXEMPT_NONE && profile->exemption != EXEMPT_EARLIER;
    set_text(ctx, facts, "legal_name", profile->legal_name);
    set_text(ctx, facts, "credit_code", profile->credit_code);
    set_text(ctx, facts, "licence_url", profile->licence_url);
    set_picture(ctx, facts, "licence_picture", profile->licence_picture_id);
    set_text(ctx, facts, "icp_number", profile->icp_number);
    set_text(ctx, facts, "psb_number", profile->psb_number);
    value_set_text(ctx->arena, facts, "psb_code", psb_code(ctx, profile->psb_number));
    value_set_text(ctx->arena, facts, "exemption",
                   is_declared ? shop_exemption_names[profile->exemption] : NULL);
    value_set_bool(ctx->arena, facts, "is_carried_over", profile->exemption == EXEMPT_EARLIER);
    add_licences(ctx, facts, profile);
}

static void add_policies(struct ctx *ctx, struct value *view, const struct shop_profile *profile)
{
    struct value *list = value_set_list(ctx->arena, view, "policies");
    for (int i = 0; shop_policy_names[i]; i++)
        if (profile->policies >> i & 1)
            value_add(ctx->arena, list, value_text(shop_policy_names[i]));
}

static void add_shown(struct ctx *ctx, struct value *view, const struct shop_profile *profile)
{
    struct value *list = value_set_list(ctx->arena, view, "shown_currencies");
    for (size_t i = 0; i < profile->shown_count; i++)
        value_add(ctx->arena, list, value_text(arena_copy_text(ctx->arena, profile->shown[i].currency)));
}

static void add_profile(struct ctx *ctx, struct value *view, const struct shop_profile *profile)
{
    set_picture(ctx, view, "logo", profile->logo_id);
    set_text(ctx, view, "phone", profile->phone);
    set_text(ctx, view, "email", profile->email);
    set_text(ctx, view, "address", profile->address);
    value_set_text(ctx->arena, view, "main_origin", shop_main_origin(ctx->arena, profile));
    add_registration(ctx, view, profile);
    add_policies(ctx, view, profile);
    add_shown(ctx, view, profile);
}

struct value *shop_view(struct ctx *ctx, const struct shop *shop)
{
    struct value *view = value_object(ctx->arena);
    const struct shop_profile *profile = shop->profile;
    value_set_text(ctx->arena, view, "handle", shop->handle);
    value_set_text(ctx->arena, view, "name", own_words(ctx, shop->name, profile ? profile->name_en : ""));
    value_set_text(ctx->arena, view, "slogan",
                   own_words(ctx, shop->slogan, profile ? profile->slogan_en : ""));
    value_set_text(ctx->arena, view, "currency", shop->currency);
    value_set_text(ctx->arena, view, "locale", shop->locale);
    value_set_bool(ctx->arena, view, "is_open", shop->is_open);
    value_set_bool(ctx->arena, view, "has_passcode", shop->has_passcode);
    value_set_int(ctx->arena, view, "watch_low_at", shop->watch_low_at);
    value_set_time(ctx->arena, view, "closes_at", shop->closes_at);
    value_set_bool(ctx->arena, view, "has_closed", shop->closes_at && ctx->now >= shop->closes_at);
    if (profile)
        add_profile(ctx, view, profile);
    return view;
}
