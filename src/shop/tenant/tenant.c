/* tenant.c - shops and their hosts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant.h"

#include "base/money.h"
#include "base/text.h"
#include <ctype.h>

#define HANDLE_LIMIT 40
#define HOST_LIMIT 253
#define NAME_LIMIT 60 /* characters, so that the cache's rooms hold them whole */

static bool is_handle(const char *text)
{
    size_t length = strlen(text);
    if (length == 0 || length > HANDLE_LIMIT || text[0] == '-')
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

static err check_draft(struct ctx *ctx, const struct shop_draft *draft)
{
    if (!is_handle(draft->handle))
        return fail_field(ctx, "handle", "bad-handle", "use a-z, 0-9 and -, at most 40 characters");
    if (text_is_blank(draft->name) || utf8_length(draft->name, strlen(draft->name)) > NAME_LIMIT)
        return fail_field(ctx, "name", "required", "the shop needs a name of at most 60 characters");
    if (utf8_length(draft->slogan, strlen(draft->slogan)) > NAME_LIMIT)
        return fail_field(ctx, "slogan", "too-long", "at most 60 characters");
    if (!money_currency_is_known(draft->currency))
        return fail_field(ctx, "currency", "unknown-currency", "use an ISO 4217 code such as CNY");
    return NULL;
}

/* The host without port, lower case; NULL when it is too long. */
static const char *plain_host(struct ctx *ctx, const char *host)
{
    size_t length = strlen(host);
    if (length > HOST_LIMIT + 6)
        return NULL;
    char *plain = arena_copy(ctx->arena, host, length);
    char *colon = strrchr(plain, ':');
    if (colon && !strchr(colon, ']'))
        *colon = 0;
    for (char *c = plain; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return plain;
}

struct creation {
    const struct shop_draft *draft;
    int64_t shop_id;
};

static err create_in_transaction(struct ctx *ctx, void *arg)
{
    struct creation *creation = arg;
    const struct shop_draft *draft = creation->draft;
    TRY(db_expect(
        ctx, 1, ERR_DUPLICATE, "shop handle",
        "INSERT INTO shops (shop_id, handle, name, slogan, currency, locale, utc_offset, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        db_int(creation->shop_id), db_text(draft->handle), db_text(draft->name), db_text(draft->slogan),
        db_text(draft->currency), db_text(draft->locale), db_int(draft->utc_offset), db_int(ctx->now)));
    if (!draft->host)
        return NULL;
    return db_expect(ctx, 1, ERR_DUPLICATE, "host", "INSERT INTO shop_hosts (host, shop_id) VALUES ($1, $2)",
                     db_text(draft->host), db_int(creation->shop_id));
}

err shop_create(struct ctx *ctx, const struct shop_draft *draft, int64_t *shop_id)
{
    struct shop_draft filled = *draft;
    filled.slogan = draft->slogan ? draft->slogan : "";
    filled.currency = draft->currency ? draft->currency : "CNY";
    filled.locale = draft->locale ? draft->locale : "zh-CN";
    TRY(check_draft(ctx, &filled));
    if (draft->host && !(filled.host = plain_host(ctx, draft->host)))
        return fail_field(ctx, "host", "too-long", "a host name has at most 253 characters");
    struct creation creation = {&filled, id_new(ctx)};
    TRY(db_transact(ctx, create_in_transaction, &creation));
    *shop_id = creation.shop_id;
    return NULL;
}

static const struct shop *read_shop(struct ctx *ctx, const struct db_rows *rows)
{
    struct shop *shop = arena_alloc(ctx->arena, sizeof *shop);
    shop->id = db_get_int(rows, 0);
    shop->handle = db_get_text(rows, 1);
    shop->name = db_get_text(rows, 2);
    shop->slogan = db_get_text(rows, 3);
    shop->currency = db_get_text(rows, 4);
    shop->locale = db_get_text(rows, 5);
    shop->utc_offset = (int32_t)db_get_int(rows, 6);
    return shop;
}

static err take_shop(struct ctx *ctx, struct db_rows *rows, const char *what, const struct shop **shop)
{
    if (!db_next(rows))
        return fail_with(ctx, ERR_SHOP_NOT_FOUND, "no shop %s", what);
    *shop = read_shop(ctx, rows);
    return NULL;
}

err shop_load(struct ctx *ctx, int64_t shop_id, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT shop_id, handle, name, slogan, currency, locale, utc_offset FROM shops"
                 " WHERE shop_id = $1",
                 db_int(shop_id)));
    return take_shop(ctx, rows, "of that id", shop);
}

err shop_load_by_handle(struct ctx *ctx, const char *handle, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT shop_id, handle, name, slogan, currency, locale, utc_offset FROM shops"
                 " WHERE handle = $1",
                 db_text(handle)));
    return take_shop(ctx, rows, handle, shop);
}

static err load_first(struct ctx *ctx, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT shop_id, handle, name, slogan, currency, locale, utc_offset FROM shops"
                 " WHERE shop_id > $1 ORDER BY shop_id LIMIT 1",
                 db_int(0)));
    return take_shop(ctx, rows, "at all", shop);
}

/* A name that every machine gives itself, or a bare address. */
static bool is_this_machine(const char *host)
{
    if (text_is(host, "localhost") || host[0] == '[')
        return true;
    return host[0] != 0 && strspn(host, "0123456789.") == strlen(host);
}

err shop_load_by_host(struct ctx *ctx, const char *host, const struct shop **shop)
{
    const char *plain = plain_host(ctx, host ? host : "");
    if (!plain)
        return fail_with(ctx, ERR_SHOP_NOT_FOUND, "host name too long");
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT s.shop_id, s.handle, s.name, s.slogan, s.currency, s.locale, s.utc_offset"
                 " FROM shop_hosts h JOIN shops s ON s.shop_id = h.shop_id WHERE h.host = $1",
                 db_text(plain)));
    if (db_row_count(rows) > 0)
        return take_shop(ctx, rows, plain, shop);
    if (is_this_machine(plain))
        return load_first(ctx, shop);
    if (text_ends(plain, ".localhost"))
        return shop_load_by_handle(ctx, arena_copy(ctx->arena, plain, strlen(plain) - strlen(".localhost")),
                                   shop);
    return fail_with(ctx, ERR_SHOP_NOT_FOUND, "no shop at this host");
}

err shop_list_ids(struct ctx *ctx, int64_t after, size_t limit, int64_t **ids, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT shop_id FROM shops WHERE shop_id > $1 ORDER BY shop_id LIMIT $2",
                 db_int(after), db_int((int64_t)limit)));
    *count = 0;
    *ids = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **ids);
    while (db_next(rows))
        (*ids)[(*count)++] = db_get_int(rows, 0);
    return NULL;
}

struct value *shop_view(struct ctx *ctx, const struct shop *shop)
{
    struct value *view = value_object(ctx->arena);
    value_set_text(ctx->arena, view, "handle", shop->handle);
    value_set_text(ctx->arena, view, "name", shop->name);
    value_set_text(ctx->arena, view, "slogan", shop->slogan);
    value_set_text(ctx->arena, view, "currency", shop->currency);
    value_set_text(ctx->arena, view, "locale", shop->locale);
    return view;
}
