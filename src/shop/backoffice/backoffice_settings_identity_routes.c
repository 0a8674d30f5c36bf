/* backoffice_settings_identity_routes.c - what the shop is called and how it is reached; its currency and
 * zone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/media/media.h"
#include "shop/order/order.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

#define LOGO_BYTES 5242880

/* ---- identity ---- */

#define TEXT_FIELD(member, limit, text)                                                                      \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct shop_identity, member),               \
        .maximum = (limit), .help = (text)                                                                   \
    }

static const struct field identity_fields[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct shop_identity, name),
     .is_required = true,
     .maximum = SHOP_NAME_LIMIT,
     .help = "Name of the shop"},
    TEXT_FIELD(name_en, SHOP_NAME_LIMIT, "Name for readers of English"),
    TEXT_FIELD(slogan, SHOP_NAME_LIMIT, "One sentence under the name"),
    TEXT_FIELD(slogan_en, SHOP_NAME_LIMIT, "The sentence for readers of English"),
    TEXT_FIELD(phone, 40, "Phone number for buyers"),
    TEXT_FIELD(email, SHOP_CONTACT_LIMIT, "E-mail address for buyers"),
    TEXT_FIELD(address, SHOP_ADDRESS_LIMIT, "Where the shop is"),
    {0},
};

static err show_identity(struct req *req)
{
    struct value *view;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    const struct shop_profile *profile = req->ctx.shop->profile;
    struct value *identity = value_set_object(arena, view, "identity");
    value_set_text(arena, identity, "name", req->ctx.shop->name);
    value_set_text(arena, identity, "name_en", profile->name_en);
    value_set_text(arena, identity, "slogan", req->ctx.shop->slogan);
    value_set_text(arena, identity, "slogan_en", profile->slogan_en);
    value_set_text(arena, identity, "phone", profile->phone);
    value_set_text(arena, identity, "email", profile->email);
    value_set_text(arena, identity, "address", profile->address);
    return reply_view(req, "admin/settings_identity", view);
}

static err done(struct req *req, const char *page, const char *notice)
{
    const char *subject = arena_format(req->ctx.arena, "settings/%s", page);
    TRY(audit_note_alone(&req->ctx, &(struct audit_entry){.kind = "settings.changed", .subject = subject}));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/%s?notice=%s", page, notice);
}

static err change_identity(struct req *req)
{
    TRY(shop_change_identity(&req->ctx, req->form));
    return done(req, "identity", "saved");
}

struct logo_form {
    struct upload *logo;
};

static const struct field logo_fields[] = {
    {.name = "logo",
     .kind = FIELD_FILE,
     .offset = offsetof(struct logo_form, logo),
     .is_required = true,
     .maximum = LOGO_BYTES,
     .help = "JPEG, PNG, WebP or GIF, square is best"},
    {0},
};

static err put_logo(struct ctx *ctx, void *arg)
{
    const char *const *picture_id = arg;
    return shop_change_logo(ctx, *picture_id);
}

static err change_logo(struct req *req)
{
    const struct logo_form *form = req->form;
    const char *picture_id;
    TRY(settings_take_picture(&req->ctx, form->logo, "logo", &picture_id));
    TRY(settings_change_pictures(&req->ctx, put_logo, &picture_id));
    return done(req, "identity", "saved");
}

static err remove_logo(struct req *req)
{
    const char *none = "";
    TRY(settings_change_pictures(&req->ctx, put_logo, &none));
    return done(req, "identity", "saved");
}

/* ---- currency, zone, language ---- */

static const char *const locales[] = {"zh-CN", "en", NULL};
/* Those of buyers and sellers we know of; the shop's own is always among them. */
static const char *const currencies[] = {"CNY", "HKD", "MOP", "TWD", "USD", "EUR", "GBP", "JPY", "KRW", "SGD",
                                         "MYR", "THB", "VND", "IDR", "PHP", "INR", "AUD", "NZD", "CAD", "CHF",
                                         "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "RUB", "AED", "SAR",
                                         "KWD", "BHD", "ILS", "ZAR", "BRL", "MXN", NULL};

struct region_form {
    const char *currency;
    int locale;
    const char *zone;
};

static const struct field region_fields[] = {
    {.name = "currency",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct region_form, currency),
     .is_required = true,
     .maximum = 3,
     .help = "ISO 4217 code; fixed as soon as there is a product or an order"},
    {.name = "locale",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct region_form, locale),
     .is_required = true,
     .choices = locales,
     .help = "The shop's own language"},
    {.name = "zone",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct region_form, zone),
     .is_required = true,
     .maximum = ZONE_NAME_LIMIT,
     .help = "A name of the tz database such as Europe/Berlin, or UTC+08:00 for a fixed difference"},
    {0},
};

/* A price means an amount of one currency: with another, all prices and sums of the past would be wrong. */
static err is_currency_fixed(struct ctx *ctx, bool *is_fixed)
{
    struct product_query any_product = {.limit = 1};
    struct order_query any_order = {.limit = 1};
    struct product_page page;
    struct order *orders;
    size_t count;
    TRY(product_list(ctx, &any_product, &page));
    TRY(order_list(ctx, &any_order, &orders, &count));
    *is_fixed = page.count > 0 || count > 0;
    return NULL;
}

/* "UTC+02:00" */
static const char *offset_text(struct arena *arena, int32_t minutes)
{
    int size = minutes < 0 ? -minutes : minutes;
    return arena_format(arena, "UTC%s%02d:%02d", minutes < 0 ? "−" : "+", size / 60, size % 60);
}

static void add_fixed_zones(struct arena *arena, struct value *view)
{
    size_t count;
    const int32_t *zones = shop_zones(&count);
    struct value *list = value_set_list(arena, view, "fixed_zones");
    for (size_t i = 0; i < count; i++) {
        struct value *zone = value_add(arena, list, *value_object(arena));
        value_set_text(arena, zone, "name", zone_name(arena, zone_fixed(zones[i])));
        value_set_text(arena, zone, "label", offset_text(arena, zones[i]));
    }
}

/* Those of the tz database, with the area that their names begin with. A zone that is no longer in its list,
 * or a difference that is not in ours, stays choosable while it is the shop's own. */
static void add_zones(struct arena *arena, struct value *view, struct zone own)
{
    size_t count;
    const struct zone_entry *entries = zone_list(&count);
    const char *own_name = zone_name(arena, own);
    struct value *list = value_set_list(arena, view, "zones");
    for (size_t i = 0; i < count; i++) {
        const char *slash = strchr(entries[i].name, '/');
        struct value *zone = value_add(arena, list, *value_object(arena));
        value_set_text(arena, zone, "name", entries[i].name);
        value_set_text(arena, zone, "area",
                       slash ? arena_copy(arena, entries[i].name, (size_t)(slash - entries[i].name)) : "UTC");
        value_set_text(arena, zone, "label", offset_text(arena, entries[i].standard));
        if (entries[i].summer != entries[i].standard)
            value_set_text(arena, zone, "summer", offset_text(arena, entries[i].summer));
    }
    value_set_text(arena, view, "own_zone", own_name);
    add_fixed_zones(arena, view);
}

static void add_currencies(struct arena *arena, struct value *view, const char *own)
{
    struct value *list = value_set_list(arena, view, "currencies");
    bool has_own = false;
    for (size_t i = 0; currencies[i]; i++) {
        has_own = has_own || text_is(currencies[i], own);
        value_add(arena, list, value_text(currencies[i]));
    }
    if (!has_own)
        value_add(arena, list, value_text(own));
}

static void add_shown(struct ctx *ctx, struct value *view)
{
    const struct shop_profile *profile = ctx->shop->profile;
    struct value *list = value_set_list(ctx->arena, view, "shown");
    money hundred = money_of(100, ctx->shop->currency), about;
    for (int i = 0; i < money_exponent(ctx->shop->currency); i++)
        hundred = money_times(hundred, 10);
    for (size_t i = 0; i < profile->shown_count; i++) {
        const struct shown_currency *shown = &profile->shown[i];
        struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, row, "currency", shown->currency);
        value_set_text(ctx->arena, row, "rate", shown_rate_text(ctx, shown->rate));
        value_set_bool(ctx->arena, row, "is_whole", shown->rounding == SHOWN_WHOLE);
        value_set_money(ctx->arena, row, "example", hundred);
        if (shown_amount(shown, hundred, &about))
            value_set_money(ctx->arena, row, "about", about);
    }
}

err settings_show_region(struct req *req)
{
    struct value *view;
    struct arena *arena = req->ctx.arena;
    bool is_fixed;
    TRY(settings_open(req, &view));
    TRY(is_currency_fixed(&req->ctx, &is_fixed));
    const struct shop *shop = req->ctx.shop;
    struct value *region = value_set_object(arena, view, "region");
    value_set_text(arena, region, "currency", shop->currency);
    value_set_text(arena, region, "locale", shop->locale);
    value_set_text(arena, region, "zone", zone_name(arena, shop->zone));
    value_set_int(arena, region, "utc_offset", zone_offset(shop->zone, req->ctx.now) / 60);
    value_set_bool(arena, region, "currency_is_fixed", is_fixed);
    add_zones(arena, view, shop->zone);
    add_currencies(arena, view, shop->currency);
    add_shown(&req->ctx, view);
    return reply_view(req, "admin/settings_region", view);
}

/* The question and the change are one transaction. */
static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct region_form *form = arg;
    const struct shop *shop;
    bool is_fixed;
    TRY(shop_load(ctx, ctx->shop->id, &shop));
    TRY(is_currency_fixed(ctx, &is_fixed));
    if (is_fixed && !text_is(form->currency, shop->currency))
        return fail_field(ctx, "currency", "currency-fixed", "there are products or orders already");
    struct zone zone;
    if (!zone_find(form->zone, &zone))
        return fail_field(ctx, "zone", "unknown-zone", "use a name of the tz database such as Europe/Berlin");
    return shop_change_region(ctx, form->currency, locales[form->locale], zone);
}

static err change_region(struct req *req)
{
    struct region_form form = *(const struct region_form *)req->form;
    TRY(db_transact(&req->ctx, change_in_transaction, &form));
    return done(req, "region", "saved");
}

#define SETTINGS_READ .guard = STAFF, .scope = "settings.read"
#define SETTINGS_WRITE .guard = STAFF, .scope = "settings.write"

const struct route backoffice_settings_identity_routes[] = {
    {.method = GET,
     .path = "/admin/settings/identity",
     .handler = show_identity,
     SETTINGS_READ,
     .summary = "Name, slogan and contact",
     .answer = "identity"},
    {.method = POST,
     .path = "/admin/settings/identity",
     .handler = change_identity,
     SETTINGS_WRITE,
     .fields = identity_fields,
     .form_size = sizeof(struct shop_identity),
     .again = show_identity,
     .summary = "Change name, slogan and contact"},
    {.method = POST,
     .path = "/admin/settings/logo",
     .handler = change_logo,
     SETTINGS_WRITE,
     .fields = logo_fields,
     .form_size = sizeof(struct logo_form),
     .again = show_identity,
     .summary = "Upload the logo"},
    {.method = POST,
     .path = "/admin/settings/logo/remove",
     .handler = remove_logo,
     SETTINGS_WRITE,
     .summary = "Take the logo away"},
    {.method = GET,
     .path = "/admin/settings/region",
     .handler = settings_show_region,
     SETTINGS_READ,
     .summary = "Currency, time zone and language",
     .answer = "region"},
    {.method = POST,
     .path = "/admin/settings/region",
     .handler = change_region,
     SETTINGS_WRITE,
     .fields = region_fields,
     .form_size = sizeof(struct region_form),
     .again = settings_show_region,
     .summary = "Change currency, time zone and language"},
    {0},
};
