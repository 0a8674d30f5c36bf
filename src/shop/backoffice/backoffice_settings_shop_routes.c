/* backoffice_settings_shop_routes.c - what binds the shop before the law: registration, its end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/text.h"
#include "shop/media/media.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

#define LICENCE_BYTES 10485760

static err done(struct req *req, const char *page, const char *notice)
{
    const char *subject = arena_format(req->ctx.arena, "settings/%s", page);
    TRY(audit_note_alone(&req->ctx, &(struct audit_entry){.kind = "settings.changed", .subject = subject}));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/%s?notice=%s", page, notice);
}

/* ---- registration ---- */

static const char *const ways[] = {"licence", "exempt", NULL};

struct registration_form {
    int way; /* by licence, or with a declaration */
    int exemption;
    struct shop_registration facts;
};

#define FACT_FIELD(member, limit, text)                                                                      \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct registration_form, facts.member),     \
        .maximum = (limit), .help = (text)                                                                   \
    }

static const struct field registration_fields[] = {
    {.name = "way",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct registration_form, way),
     .is_required = true,
     .choices = ways,
     .help = "By business licence, or with a declaration that none is needed"},
    {.name = "exemption",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct registration_form, exemption),
     .choices = shop_exemption_names,
     .help = "The ground of the declaration"},
    FACT_FIELD(legal_name, SHOP_CONTACT_LIMIT, "Operator as on the licence"),
    FACT_FIELD(credit_code, 40, "统一社会信用代码"),
    FACT_FIELD(licence_url, SHOP_URL_LIMIT, "Address where the licence is shown"),
    FACT_FIELD(icp_number, 40, "ICP 备案号"),
    FACT_FIELD(psb_number, 60, "公安备案号"),
    {0},
};

static err show_licence(struct req *req)
{
    struct value *view;
    TRY(settings_open(req, &view));
    struct value *shop = shop_view(&req->ctx, req->ctx.shop);
    value_set(req->ctx.arena, view, "registration", *value_find(shop, "registration"));
    return reply_view(req, "admin/settings_licence", view);
}

static err change_registration(struct req *req)
{
    const struct registration_form *form = req->form;
    struct shop_registration facts = form->facts;
    if (form->way == 1 && form->exemption == EXEMPT_NONE)
        return fail_field(&req->ctx, "exemption", "required", "say on which ground");
    facts.exemption = form->way == 1 ? (enum shop_exemption)form->exemption : EXEMPT_NONE;
    TRY(shop_change_registration(&req->ctx, &facts));
    return done(req, "licence", "saved");
}

struct picture_form {
    struct upload *picture;
};

static const struct field picture_fields[] = {
    {.name = "picture",
     .kind = FIELD_FILE,
     .offset = offsetof(struct picture_form, picture),
     .is_required = true,
     .maximum = LICENCE_BYTES,
     .help = "JPEG, PNG, WebP or GIF"},
    {0},
};

static err put_picture(struct ctx *ctx, void *arg)
{
    const char *const *picture_id = arg;
    return shop_change_licence_picture(ctx, *picture_id);
}

static err change_picture(struct req *req)
{
    const struct picture_form *form = req->form;
    const char *picture_id;
    TRY(settings_take_picture(&req->ctx, form->picture, "picture", &picture_id));
    TRY(settings_change_pictures(&req->ctx, put_picture, &picture_id));
    return done(req, "licence", "saved");
}

static err remove_picture(struct req *req)
{
    const char *none = "";
    TRY(settings_change_pictures(&req->ctx, put_picture, &none));
    return done(req, "licence", "saved");
}

struct licence_form {
    const char *kind;
    const char *number;
    struct upload *scan;
    int64_t line_no;
};

static const struct field add_fields[] = {
    {.name = "kind",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct licence_form, kind),
     .is_required = true,
     .maximum = SHOP_NUMBER_LIMIT,
     .help = "Which licence, for example 食品经营许可证"},
    {.name = "number",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct licence_form, number),
     .maximum = SHOP_NUMBER_LIMIT,
     .help = "Its number"},
    {.name = "scan",
     .kind = FIELD_FILE,
     .offset = offsetof(struct licence_form, scan),
     .maximum = LICENCE_BYTES,
     .help = "Its picture"},
    {0},
};

static const struct field line_fields[] = {
    {.name = "line",
     .kind = FIELD_INT,
     .offset = offsetof(struct licence_form, line_no),
     .is_required = true,
     .minimum = 1,
     .maximum = SHOP_LICENCE_LIMIT,
     .help = "Its line"},
    {0},
};

static err put_licence(struct ctx *ctx, void *arg)
{
    return shop_add_licence(ctx, arg);
}

static err drop_licence(struct ctx *ctx, void *arg)
{
    const int64_t *line_no = arg;
    return shop_remove_licence(ctx, *line_no);
}

static err add_licence(struct req *req)
{
    const struct licence_form *form = req->form;
    struct shop_licence licence = {.kind = form->kind, .number = form->number, .picture_id = ""};
    if (form->scan && form->scan->size > 0)
        TRY(settings_take_picture(&req->ctx, form->scan, "scan", &licence.picture_id));
    TRY(settings_change_pictures(&req->ctx, put_licence, &licence));
    return done(req, "licence", "added");
}

static err remove_licence(struct req *req)
{
    struct licence_form form = *(const struct licence_form *)req->form;
    TRY(settings_change_pictures(&req->ctx, drop_licence, &form.line_no));
    return done(req, "licence", "removed");
}

/* ---- the end ---- */

struct closing_form {
    const char *day;
};

static const struct field closing_fields[] = {
    {.name = "day",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct closing_form, day),
     .is_required = true,
     .maximum = 10,
     .help = "First day without business, for example 2027-03-01; at least 30 days ahead"},
    {0},
};

static err show_closing(struct req *req)
{
    struct value *view;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    struct value *closing = value_set_object(arena, view, "closing");
    value_set_time(arena, closing, "at", req->ctx.shop->closes_at);
    value_set_text(arena, closing, "first_day", shop_first_closing_day(&req->ctx));
    value_set_bool(arena, closing, "has_closed", shop_has_closed(&req->ctx));
    return reply_view(req, "admin/settings_closing", view);
}

static err announce(struct req *req)
{
    const struct closing_form *form = req->form;
    TRY(shop_announce_closing(&req->ctx, form->day));
    return done(req, "closing", "announced");
}

static err withdraw(struct req *req)
{
    TRY(shop_withdraw_closing(&req->ctx));
    return done(req, "closing", "closing_withdrawn");
}

#define SHOP_READ .guard = STAFF, .scope = "shop.read"
#define SHOP_WRITE .guard = STAFF, .scope = "shop.write"

const struct route backoffice_settings_shop_routes[] = {
    {.method = GET,
     .path = "/admin/settings/licence",
     .handler = show_licence,
     SHOP_READ,
     .summary = "Who runs the shop, and by which licence",
     .answer = "registration"},
    {.method = POST,
     .path = "/admin/settings/licence",
     .handler = change_registration,
     SHOP_WRITE,
     .fields = registration_fields,
     .form_size = sizeof(struct registration_form),
     .again = show_licence,
     .summary = "Change the registration or declare that none is needed"},
    {.method = POST,
     .path = "/admin/settings/licence/picture",
     .handler = change_picture,
     SHOP_WRITE,
     .fields = picture_fields,
     .form_size = sizeof(struct picture_form),
     .again = show_licence,
     .summary = "Upload the business licence"},
    {.method = POST,
     .path = "/admin/settings/licence/picture/remove",
     .handler = remove_picture,
     SHOP_WRITE,
     .summary = "Take the picture of the business licence away"},
    {.method = POST,
     .path = "/admin/settings/licences",
     .handler = add_licence,
     SHOP_WRITE,
     .fields = add_fields,
     .form_size = sizeof(struct licence_form),
     .again = show_licence,
     .summary = "Add a licence for certain goods"},
    {.method = POST,
     .path = "/admin/settings/licences/:line/remove",
     .handler = remove_licence,
     SHOP_WRITE,
     .fields = line_fields,
     .form_size = sizeof(struct licence_form),
     .again = show_licence,
     .summary = "Remove a licence"},
    {.method = GET,
     .path = "/admin/settings/closing",
     .handler = show_closing,
     SHOP_READ,
     .summary = "The announced end of business",
     .answer = "closing"},
    {.method = POST,
     .path = "/admin/settings/closing",
     .handler = announce,
     SHOP_WRITE,
     .fields = closing_fields,
     .form_size = sizeof(struct closing_form),
     .again = show_closing,
     .summary = "Announce the end of business"},
    {.method = POST,
     .path = "/admin/settings/closing/withdraw",
     .handler = withdraw,
     SHOP_WRITE,
     .summary = "Take the announcement back"},
    {0},
};
