/* notify_setting.c - how the shop sends mail, and what buyers are told. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/config.h"
#include "base/crypto.h"
#include "base/text.h"

#define PASSWORD_PURPOSE "notify.mail"
#define BIT(occasion) (UINT64_C(1) << (occasion))
#define BUYER_BITS                                                                                           \
    (BIT(OCCASION_BUYER_PAID) | BIT(OCCASION_BUYER_SHIPPED) | BIT(OCCASION_BUYER_DELIVERED) |                \
     BIT(OCCASION_BUYER_REFUNDED) | BIT(OCCASION_BUYER_CANCELLED) | BIT(OCCASION_BUYER_PRESALE) |            \
     BIT(OCCASION_BUYER_RESTOCK) | BIT(OCCASION_BUYER_GROUP))

static bool has_platform(const struct ctx *ctx)
{
    return ctx->config && ctx->config->smtp_url && ctx->config->smtp_url[0] && ctx->config->mail_from[0];
}

bool mail_is_possible(const struct ctx *ctx)
{
    return shop_has_occasion(ctx->shop, OCCASION_OWN_SERVER) || has_platform(ctx);
}

err mail_setting_load(struct ctx *ctx, struct mail_setting *setting)
{
    struct db_rows *rows;
    struct sealed sealed;
    *setting = (struct mail_setting){.host = "",
                                     .port = 465,
                                     .tls = MAIL_TLS,
                                     .login = "",
                                     .password = "",
                                     .from_name = "",
                                     .from_address = "",
                                     .has_platform = has_platform(ctx)};
    TRY(db_query(ctx, &rows,
                 "SELECT host, port, tls, login, password, from_name, from_address FROM mail_servers"
                 " WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    if (!db_next(rows))
        return NULL;
    setting->is_own = true;
    setting->host = db_get_text(rows, 0);
    setting->port = db_get_int(rows, 1);
    setting->tls = (enum mail_tls)db_get_int(rows, 2);
    setting->login = db_get_text(rows, 3);
    setting->from_name = db_get_text(rows, 5);
    setting->from_address = db_get_text(rows, 6);
    if (db_is_null(rows, 4))
        return NULL;
    sealed.ptr = db_get_bytes(rows, 4, &sealed.len);
    return crypto_open(ctx, PASSWORD_PURPOSE, sealed, &setting->password);
}

/* A name or an address in numbers; it becomes part of an address that libcurl reads. */
static bool is_host(const char *text)
{
    return text[0] && text[0] != '-' &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-[:]") ==
               strlen(text);
}

static err check(struct ctx *ctx, const struct mail_setting *setting)
{
    if (!is_host(setting->host))
        return fail_field(ctx, "server", setting->host[0] ? "bad-mail-host" : "required",
                          "a name such as smtp.example.com");
    if (!mail_address_is_valid(setting->from_address))
        return fail_field(ctx, "from_address", setting->from_address[0] ? "bad-email" : "required",
                          "an address such as hello@example.com");
    return NULL;
}

struct saving {
    const struct mail_setting *setting;
    struct sealed password;
};

static err save_in_transaction(struct ctx *ctx, void *arg)
{
    const struct saving *saving = arg;
    const struct mail_setting *setting = saving->setting;
    bool has_password = setting->login[0] && setting->password[0];
    TRY(db_execute(ctx,
                   "INSERT INTO mail_servers (shop_id, host, port, tls, login, password, from_name,"
                   " from_address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shop_id) DO UPDATE"
                   " SET host = excluded.host, port = excluded.port, tls = excluded.tls,"
                   " login = excluded.login, password = excluded.password, from_name = excluded.from_name,"
                   " from_address = excluded.from_address",
                   db_int(ctx->shop->id), db_text(setting->host), db_int(setting->port), db_int(setting->tls),
                   db_text(setting->login),
                   db_bytes(has_password ? saving->password.ptr : NULL, saving->password.len),
                   db_text(setting->from_name), db_text(setting->from_address)));
    return occasions_settle(ctx, 0, BIT(OCCASION_OWN_SERVER));
}

err mail_setting_save(struct ctx *ctx, const struct mail_setting *setting)
{
    struct mail_setting former, whole = *setting;
    TRY(mail_setting_load(ctx, &former));
    /* A password belongs to the server that it was typed for: another one must not get it. */
    bool is_same_server = text_is(former.host, setting->host) && text_is(former.login, setting->login);
    if (!whole.password[0] && is_same_server)
        whole.password = former.password;
    TRY(check(ctx, &whole));
    if (whole.login[0] && !whole.password[0])
        return fail_field(ctx, "password", "required", "the password of this user");
    struct saving saving = {&whole,
                            crypto_seal(ctx, PASSWORD_PURPOSE, whole.password, strlen(whole.password))};
    return db_transact(ctx, save_in_transaction, &saving);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    TRY(db_execute(ctx, "DELETE FROM mail_servers WHERE shop_id = $1", db_int(ctx->shop->id)));
    return occasions_settle(ctx, BIT(OCCASION_OWN_SERVER), 0);
}

err mail_setting_remove(struct ctx *ctx)
{
    return db_transact(ctx, remove_in_transaction, NULL);
}

struct choice {
    uint64_t set;
};

static err choose_in_transaction(struct ctx *ctx, void *arg)
{
    const struct choice *choice = arg;
    return occasions_settle(ctx, BUYER_BITS | BIT(OCCASION_CODES_IN_MAIL), choice->set);
}

err buyer_occasions_save(struct ctx *ctx, uint64_t occasions, bool has_codes)
{
    struct choice choice = {(BUYER_BITS & ~occasions) | (has_codes ? BIT(OCCASION_CODES_IN_MAIL) : 0)};
    return db_transact(ctx, choose_in_transaction, &choice);
}
