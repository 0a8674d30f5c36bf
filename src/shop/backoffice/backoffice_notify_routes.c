/* backoffice_notify_routes.c - who is told of what, and how: mail server, what buyers get, channels. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"

#include "base/text.h"
#include "shop/backoffice/backoffice_notify_view.h"
#include "shop/outbound.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

#define PAGE "/admin/settings/notify"

static err show_with(struct req *req, const struct delivery_result *test, const char *tested)
{
    struct value *view;
    TRY(notify_page_view(&req->ctx, test, tested, &view));
    value_set_text(req->ctx.arena, view, "new", req_typed(req, "new"));
    value_set_text(req->ctx.arena, view, "notice",
                   !req->failure && req->route->method == GET ? req_typed(req, "notice") : NULL);
    return reply_view(req, "admin/settings_notify", view);
}

static err show(struct req *req)
{
    return show_with(req, NULL, NULL);
}

static err done(struct req *req, const char *title, const char *notice, const char *place)
{
    struct value *view;
    TRY(audit_note_alone(
        &req->ctx,
        &(struct audit_entry){.kind = "settings.changed", .subject = "settings/notify", .title = title}));
    TRY(notify_page_view(&req->ctx, NULL, NULL, &view));
    return reply_done(req, 200, view, PAGE "?notice=%s#%s", notice, place);
}

/* ---- mail ---- */

static const char *const tls_choices[] = {"tls", "starttls", "none", NULL};

struct mail_form {
    const char *host;
    int64_t port;
    int tls;
    const char *login;
    const char *password;
    const char *from_name;
    const char *from_address;
    const char *address; /* of a test */
};

#define MAIL_TEXT(member, limit, text)                                                                       \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct mail_form, member),                   \
        .maximum = (limit), .help = (text)                                                                   \
    }

static const struct field mail_fields[] = {
    {.name = "server",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct mail_form, host),
     .maximum = MAIL_HOST_LIMIT,
     .help = "Name of the mail server, smtp.example.com"},
    {.name = "port",
     .kind = FIELD_INT,
     .offset = offsetof(struct mail_form, port),
     .is_required = true,
     .minimum = 1,
     .maximum = 65535,
     .help = "465, 587 or 25"},
    {.name = "tls",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct mail_form, tls),
     .is_required = true,
     .choices = tls_choices,
     .help = "Encrypted from the start, by STARTTLS, or not at all"},
    MAIL_TEXT(login, MAIL_ADDRESS_LIMIT, "User; blank for none"),
    MAIL_TEXT(password, CHANNEL_SECRET_LIMIT, "Password; blank leaves it as it was"),
    MAIL_TEXT(from_name, SHOP_NAME_LIMIT, "Name of the sender; blank for that of the shop"),
    MAIL_TEXT(from_address, MAIL_ADDRESS_LIMIT, "Address of the sender"),
    {0},
};
static const struct field test_fields[] = {
    MAIL_TEXT(address, MAIL_ADDRESS_LIMIT, "Where the sample goes"),
    {0},
};

static err save_mail(struct req *req)
{
    const struct mail_form *form = req->form;
    struct mail_setting setting = {.host = form->host,
                                   .port = form->port,
                                   .tls = (enum mail_tls)(MAIL_TLS + form->tls),
                                   .login = form->login,
                                   .password = form->password,
                                   .from_name = form->from_name,
                                   .from_address = form->from_address};
    TRY(mail_setting_save(&req->ctx, &setting));
    return done(req, "mail", "saved", "mail");
}

static err remove_mail(struct req *req)
{
    TRY(mail_setting_remove(&req->ctx));
    return done(req, "mail", "removed", "mail");
}

/* The answer is the page itself, with what the test brought. */
static err test_mail(struct req *req)
{
    const struct mail_form *form = req->form;
    struct delivery_result result;
    TRY(mail_setting_test(&req->ctx, form->address, &result));
    return show_with(req, &result, "mail");
}

/* ---- what buyers get ---- */

struct buyer_form {
    bool is_told[8]; /* by the order of buyer_fields */
    bool has_codes;
};

#define BUYER_FLAG(index, text)                                                                              \
    .kind = FIELD_FLAG, .offset = offsetof(struct buyer_form, is_told[index]), .help = (text)

static const struct field buyer_fields[] = {
    {.name = "buyer_paid", BUYER_FLAG(0, "The order was received and paid")},
    {.name = "buyer_shipped", BUYER_FLAG(1, "The parcel left")},
    {.name = "buyer_delivered", BUYER_FLAG(2, "Digital goods were delivered")},
    {.name = "buyer_refunded", BUYER_FLAG(3, "Money went back")},
    {.name = "buyer_cancelled", BUYER_FLAG(4, "The order was cancelled")},
    {.name = "buyer_presale",
     BUYER_FLAG(5, "The deposit of a presale was paid, its balance is due, or was not paid")},
    {.name = "buyer_restock", BUYER_FLAG(6, "What the buyer waited for can be bought again")},
    {.name = "buyer_group", BUYER_FLAG(7, "The group that the order waited for is full")},
    {.name = "has_codes",
     .kind = FIELD_FLAG,
     .offset = offsetof(struct buyer_form, has_codes),
     .help = "What was delivered stands in the mail itself, not only on the order's page"},
    {0},
};
static const enum shop_occasion buyer_order[] = {
    OCCASION_BUYER_PAID,      OCCASION_BUYER_SHIPPED, OCCASION_BUYER_DELIVERED, OCCASION_BUYER_REFUNDED,
    OCCASION_BUYER_CANCELLED, OCCASION_BUYER_PRESALE, OCCASION_BUYER_RESTOCK,   OCCASION_BUYER_GROUP};

static err save_buyers(struct req *req)
{
    const struct buyer_form *form = req->form;
    uint64_t occasions = 0;
    for (size_t i = 0; i < sizeof buyer_order / sizeof *buyer_order; i++)
        occasions |= (uint64_t)form->is_told[i] << buyer_order[i];
    TRY(buyer_occasions_save(&req->ctx, occasions, form->has_codes));
    return done(req, "buyers", "saved", "buyers");
}

/* ---- channels ---- */

struct channel_form {
    int64_t channel_id;
    int kind;
    const char *name;
    const char *url;
    const char *secret;
    const char *to;
    bool is_on;
    bool is_heard[7]; /* by the order of heard_order */
};

static const enum shop_occasion heard_order[] = {OCCASION_PAID,       OCCASION_BY_HAND,  OCCASION_ALARM,
                                                 OCCASION_CODES_LOW,  OCCASION_IMPORTED, OCCASION_REFUNDED,
                                                 OCCASION_HOOK_FAILED};

#define CHANNEL_TEXT(member, limit, text)                                                                    \
    {                                                                                                        \
        .name = #member, .kind = FIELD_TEXT, .offset = offsetof(struct channel_form, member),                \
        .maximum = (limit), .help = (text)                                                                   \
    }
#define HEARD(index, text)                                                                                   \
    .kind = FIELD_FLAG, .offset = offsetof(struct channel_form, is_heard[index]), .help = (text)
#define CHANNEL_FIELDS                                                                                       \
    {.name = "name",                                                                                         \
     .kind = FIELD_TEXT,                                                                                     \
     .offset = offsetof(struct channel_form, name),                                                          \
     .is_required = true,                                                                                    \
     .maximum = CHANNEL_NAME_LIMIT,                                                                          \
     .help = "What the shop calls it"},                                                                      \
        CHANNEL_TEXT(url, OUTBOUND_URL_LIMIT, "Address of the robot; blank leaves it as it was"),            \
        CHANNEL_TEXT(secret, CHANNEL_SECRET_LIMIT,                                                           \
                     "What signs, or the token of a Telegram bot; blank leaves it as it was"),               \
        CHANNEL_TEXT(to, CHANNEL_TO_LIMIT,                                                                   \
                     "Mail addresses with commas between, or a Telegram chat; blank leaves it as it was"),   \
        {.name = "is_on",                                                                                    \
         .kind = FIELD_FLAG,                                                                                 \
         .offset = offsetof(struct channel_form, is_on),                                                     \
         .help = "Whether it hears anything"},                                                               \
        {.name = "paid", HEARD(0, "An order was paid")},                                                     \
        {.name = "by_hand", HEARD(1, "A paid order waits for a person to deliver")},                         \
        {.name = "alarm", HEARD(2, "Something that only a person can settle")},                              \
        {.name = "codes_low", HEARD(3, "A deck runs low")},                                                  \
        {.name = "imported", HEARD(4, "An import ended")},                                                   \
        {.name = "refunded", HEARD(5, "Money went back")},                                                   \
    {                                                                                                        \
        .name = "hook_failed", HEARD(6, "A hook does not answer")                                            \
    }
#define ID_FIELD                                                                                             \
    {                                                                                                        \
        .name = "id", .kind = FIELD_ID, .offset = offsetof(struct channel_form, channel_id),                 \
        .is_required = true, .help = "The channel"                                                           \
    }

static const struct field create_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .offset = offsetof(struct channel_form, kind),
     .is_required = true,
     .choices = channel_kind_names,
     .help = "What kind of channel"},
    CHANNEL_FIELDS,
    {0},
};
static const struct field change_fields[] = {ID_FIELD, CHANNEL_FIELDS, {0}};
static const struct field id_fields[] = {ID_FIELD, {0}};

static struct channel draft_of(const struct channel_form *form)
{
    struct channel channel = {.id = form->channel_id,
                              .kind = (enum channel_kind)(CHANNEL_MAIL + form->kind),
                              .name = form->name,
                              .url = form->url,
                              .secret = form->secret,
                              .to = form->to,
                              .is_on = form->is_on};
    for (size_t i = 0; i < sizeof heard_order / sizeof *heard_order; i++)
        channel.occasions |= (uint64_t)form->is_heard[i] << heard_order[i];
    return channel;
}

static err save_channel(struct req *req)
{
    struct channel channel = draft_of(req->form);
    bool is_new = channel.id == 0;
    TRY(channel_save(&req->ctx, &channel));
    return done(req, channel.name, is_new ? "added" : "saved",
                arena_format(req->ctx.arena, "channel-%" PRId64, channel.id));
}

static err remove_channel(struct req *req)
{
    const struct channel_form *form = req->form;
    struct channel *channel;
    TRY(channel_load(&req->ctx, form->channel_id, &channel));
    TRY(channel_remove(&req->ctx, channel->id));
    return done(req, channel->name, "removed", "channels");
}

static err test_channel(struct req *req)
{
    const struct channel_form *form = req->form;
    struct delivery_result result;
    TRY(channel_test(&req->ctx, form->channel_id, &result));
    return show_with(req, &result, arena_format(req->ctx.arena, "%" PRId64, form->channel_id));
}

#define WRITES .method = POST, .guard = STAFF, .scope = "settings.write", .again = show, .answer = "channels"

const struct route backoffice_notify_routes[] = {
    {.method = GET,
     .path = PAGE,
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "Who is told of what, and how",
     .answer = "channels"},
    {WRITES, .path = PAGE "/mail", .handler = save_mail, .fields = mail_fields,
     .form_size = sizeof(struct mail_form), .summary = "Send mail by a server of the shop's own"},
    {WRITES, .path = PAGE "/mail/remove", .handler = remove_mail,
     .summary = "Send mail by the platform's server again"},
    {WRITES, .path = PAGE "/mail/test", .handler = test_mail, .fields = test_fields,
     .form_size = sizeof(struct mail_form), .summary = "Send a sample by mail, at once"},
    {WRITES, .path = PAGE "/buyers", .handler = save_buyers, .fields = buyer_fields,
     .form_size = sizeof(struct buyer_form), .summary = "Choose what buyers are told by mail"},
    {WRITES, .path = PAGE "/channels", .handler = save_channel, .fields = create_fields,
     .form_size = sizeof(struct channel_form), .summary = "Add a channel"},
    {WRITES, .path = PAGE "/channels/:id", .handler = save_channel, .fields = change_fields,
     .form_size = sizeof(struct channel_form), .summary = "Change a channel"},
    {WRITES, .path = PAGE "/channels/:id/remove", .handler = remove_channel, .fields = id_fields,
     .form_size = sizeof(struct channel_form), .summary = "Remove a channel"},
    {WRITES, .path = PAGE "/channels/:id/test", .handler = test_channel, .fields = id_fields,
     .form_size = sizeof(struct channel_form), .summary = "Send a sample by a channel, at once"},
    {0},
};
