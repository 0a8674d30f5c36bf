/* tenant.c - shops and their hosts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/tenant/tenant_write.h"

#include "base/host_name.h"
#include "base/money.h"
#include "base/text.h"
#include <ctype.h>

#define HANDLE_LIMIT 40

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
    if (text_is_blank(draft->name) || utf8_length(draft->name, strlen(draft->name)) > SHOP_NAME_LIMIT)
        return fail_field(ctx, "name", "required", "the shop needs a name of at most 60 characters");
    if (utf8_length(draft->slogan, strlen(draft->slogan)) > SHOP_NAME_LIMIT)
        return fail_field(ctx, "slogan", "too-long", "at most 60 characters");
    if (!money_currency_is_known(draft->currency))
        return fail_field(ctx, "currency", "unknown-currency", "use an ISO 4217 code such as CNY");
    struct zone zone;
    if (draft->zone[0] && (!zone_find(draft->zone, &zone) || !zone.table))
        return fail_field(ctx, "zone", "unknown-zone", "use a name of the tz database such as Asia/Shanghai");
    return NULL;
}

const char *shop_plain_host(struct ctx *ctx, const char *host)
{
    size_t length = strlen(host);
    if (length > HOST_NAME_LIMIT + 6)
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
        "INSERT INTO shops (shop_id, handle, name, slogan, currency, locale, utc_offset, created_at,"
        " name_en, slogan_en, exemption, zone)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        db_int(creation->shop_id), db_text(draft->handle), db_text(draft->name), db_text(draft->slogan),
        db_text(draft->currency), db_text(draft->locale), db_int(draft->utc_offset), db_int(ctx->now),
        db_text(draft->name_en), db_text(draft->slogan_en), db_int(draft->exemption), db_text(draft->zone)));
    if (!draft->host)
        return NULL;
    return db_expect(ctx, 1, ERR_DUPLICATE, "host", "INSERT INTO shop_hosts (host, shop_id) VALUES ($1, $2)",
                     db_text(draft->host), db_int(creation->shop_id));
}

err shop_create(struct ctx *ctx, const struct shop_draft *draft, int64_t *shop_id)
{
    struct shop_draft filled = *draft;
    filled.slogan = draft->slogan ? draft->slogan : "";
    filled.name_en = draft->name_en ? draft->name_en : "";
    filled.slogan_en = draft->slogan_en ? draft->slogan_en : "";
    filled.currency = draft->currency ? draft->currency : "CNY";
    filled.locale = draft->locale ? draft->locale : "zh-CN";
    filled.zone = draft->zone ? draft->zone : "";
    TRY(check_draft(ctx, &filled));
    if (draft->host && !(filled.host = shop_plain_host(ctx, draft->host)))
        return fail_field(ctx, "host", "too-long", "a host name has at most 253 characters");
    struct creation creation = {&filled, id_new(ctx)};
    TRY(db_transact(ctx, create_in_transaction, &creation));
    *shop_id = creation.shop_id;
    return NULL;
}

#define SHOP_COLUMNS                                                                                         \
    "s.shop_id, s.handle, s.name, s.slogan, s.currency, s.locale, s.utc_offset, s.closes_at, s.name_en,"     \
    " s.slogan_en, s.logo_id, s.phone, s.email, s.address, s.legal_name, s.credit_code,"                     \
    " s.licence_picture_id, s.licence_url, s.icp_number, s.psb_number, s.main_host, s.exemption,"            \
    " s.policies, s.licence_count, s.has_passcode, s.shown_currency_count, s.occasions, s.zone,"             \
    " s.has_promotions, s.unpaid_minutes, s.confirm_days, s.signed_days, s.aftersale_days, s.has_locations," \
    " s.watches_stock, s.has_freight, s.has_flash, s.has_price_lists, s.has_group_rules,"                    \
    " s.has_presales, s.has_group_buys, s.rounding, s.watch_low_at, s.has_gift_cards, s.has_stock_waits,"    \
    " s.design_version, s.points_state, s.points_earned, s.points_months, s.points_pay_rate,"                \
    " s.points_pay_part, s.points_pay_least, s.theme_version, s.has_assemblies"

static struct shop_profile *read_profile(struct ctx *ctx, const struct db_rows *rows)
{
    struct shop_profile *profile = arena_alloc(ctx->arena, sizeof *profile);
    profile->name_en = db_get_text(rows, 8);
    profile->slogan_en = db_get_text(rows, 9);
    profile->logo_id = db_get_text(rows, 10);
    profile->phone = db_get_text(rows, 11);
    profile->email = db_get_text(rows, 12);
    profile->address = db_get_text(rows, 13);
    profile->legal_name = db_get_text(rows, 14);
    profile->credit_code = db_get_text(rows, 15);
    profile->licence_picture_id = db_get_text(rows, 16);
    profile->licence_url = db_get_text(rows, 17);
    profile->icp_number = db_get_text(rows, 18);
    profile->psb_number = db_get_text(rows, 19);
    profile->main_host = db_get_text(rows, 20);
    profile->exemption = (enum shop_exemption)db_get_int(rows, 21);
    profile->policies = (uint64_t)db_get_int(rows, 22);
    profile->licence_count = (size_t)db_get_int(rows, 23);
    profile->shown_count = (size_t)db_get_int(rows, 25);
    profile->occasions = (uint64_t)db_get_int(rows, 26);
    return profile;
}

static err read_licences(struct ctx *ctx, int64_t shop_id, struct shop_profile *profile)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT line_no, kind, number, picture_id FROM shop_licences WHERE shop_id = $1"
                 " ORDER BY line_no LIMIT $2",
                 db_int(shop_id), db_int(SHOP_LICENCE_LIMIT)));
    profile->licence_count = 0;
    while (db_next(rows))
        profile->licences[profile->licence_count++] =
            (struct shop_licence){.line_no = db_get_int(rows, 0),
                                  .kind = db_get_text(rows, 1),
                                  .number = db_get_text(rows, 2),
                                  .picture_id = db_get_text(rows, 3)};
    return NULL;
}

static err read_shown(struct ctx *ctx, int64_t shop_id, struct shop_profile *profile)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT currency, rate, rounding FROM shop_shown_currencies WHERE shop_id = $1"
                 " ORDER BY currency LIMIT $2",
                 db_int(shop_id), db_int(SHOP_SHOWN_LIMIT)));
    profile->shown_count = 0;
    while (db_next(rows)) {
        struct shown_currency *shown = &profile->shown[profile->shown_count++];
        memcpy(shown->currency, db_get_text(rows, 0), sizeof shown->currency);
        shown->rate = db_get_int(rows, 1);
        shown->rounding = (enum shown_rounding)db_get_int(rows, 2);
    }
    return NULL;
}

/* Most shops have neither licences besides nor other currencies: they cost no second question. */
static err take_shop(struct ctx *ctx, struct db_rows *rows, const char *what, const struct shop **result)
{
    if (!db_next(rows))
        return fail_with(ctx, ERR_SHOP_NOT_FOUND, "no shop %s", what);
    struct shop *shop = arena_alloc(ctx->arena, sizeof *shop);
    struct shop_profile *profile = read_profile(ctx, rows);
    shop->id = db_get_int(rows, 0);
    shop->handle = db_get_text(rows, 1);
    shop->name = db_get_text(rows, 2);
    shop->slogan = db_get_text(rows, 3);
    shop->currency = db_get_text(rows, 4);
    shop->locale = db_get_text(rows, 5);
    /* A name that this machine does not know leaves the difference that held when it was chosen. */
    if (!zone_find(db_get_text(rows, 27), &shop->zone))
        shop->zone = zone_fixed((int32_t)db_get_int(rows, 6));
    shop->closes_at = db_get_int(rows, 7);
    shop->has_passcode = db_get_int(rows, 24) == 1;
    shop->has_promotions = db_get_int(rows, 28) == 1;
    shop->timers = (struct shop_timers){.unpaid_minutes = db_get_int(rows, 29),
                                        .confirm_days = db_get_int(rows, 30),
                                        .signed_days = db_get_int(rows, 31),
                                        .aftersale_days = db_get_int(rows, 32)};
    shop->has_locations = db_get_int(rows, 33) == 1;
    shop->watches_stock = db_get_int(rows, 34) == 1;
    shop->has_freight = db_get_int(rows, 35) == 1;
    shop->has_flash = db_get_int(rows, 36) == 1;
    shop->has_price_lists = db_get_int(rows, 37) == 1;
    shop->has_group_rules = db_get_int(rows, 38) == 1;
    shop->has_presales = db_get_int(rows, 39) == 1;
    shop->has_group_buys = db_get_int(rows, 40) == 1;
    shop->rounding = (enum rounding)db_get_int(rows, 41);
    shop->watch_low_at = db_get_int(rows, 42);
    shop->has_gift_cards = db_get_int(rows, 43) == 1;
    shop->has_stock_waits = db_get_int(rows, 44) == 1;
    shop->design_version = db_get_int(rows, 45);
    shop->points = (struct points_terms){.state = (enum points_state)db_get_int(rows, 46),
                                         .earned = db_get_int(rows, 47),
                                         .months = db_get_int(rows, 48),
                                         .pay_rate = db_get_int(rows, 49),
                                         .pay_percent = db_get_int(rows, 50),
                                         .pay_least = db_get_int(rows, 51)};
    shop->theme_version = db_get_int(rows, 52);
    shop->has_assemblies = db_get_int(rows, 53) == 1;
    shop->profile = profile;
    shop->is_open = shop_is_registered(profile);
    if (profile->licence_count > 0)
        TRY(read_licences(ctx, shop->id, profile));
    if (profile->shown_count > 0)
        TRY(read_shown(ctx, shop->id, profile));
    *result = shop;
    return NULL;
}

err shop_load(struct ctx *ctx, int64_t shop_id, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT " SHOP_COLUMNS " FROM shops s WHERE s.shop_id = $1", db_int(shop_id)));
    return take_shop(ctx, rows, "of that id", shop);
}

err shop_load_by_handle(struct ctx *ctx, const char *handle, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT " SHOP_COLUMNS " FROM shops s WHERE s.handle = $1", db_text(handle)));
    return take_shop(ctx, rows, handle, shop);
}

static err load_first(struct ctx *ctx, const struct shop **shop)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT " SHOP_COLUMNS " FROM shops s WHERE s.shop_id > $1 ORDER BY s.shop_id LIMIT 1",
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

const char *shop_main_origin(struct arena *arena, const struct shop_profile *profile)
{
    return profile->main_host[0] ? arena_format(arena, "https://%s", profile->main_host) : NULL;
}

const char *shop_better_host(struct ctx *ctx, const char *host)
{
    const char *main_host = ctx->shop->profile->main_host;
    const char *plain = main_host[0] ? shop_plain_host(ctx, host ? host : "") : NULL;
    if (!plain || text_is(plain, main_host) || is_this_machine(plain) || text_ends(plain, ".localhost"))
        return NULL;
    return main_host;
}

err shop_load_by_host(struct ctx *ctx, const char *host, const struct shop **shop)
{
    const char *plain = shop_plain_host(ctx, host ? host : "");
    if (!plain)
        return fail_with(ctx, ERR_SHOP_NOT_FOUND, "host name too long");
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT " SHOP_COLUMNS
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
