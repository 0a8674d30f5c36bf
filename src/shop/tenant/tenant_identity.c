/* tenant_identity.c - what a shop is called, how it is reached, where it counts its days. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "base/text.h"
#include "shop/tenant/tenant_write.h"

#define PHONE_DIGITS_LEAST 5
#define PHONE_LIMIT 40

err shop_emit_changed(struct ctx *ctx)
{
    return outbox_emit(ctx, "shop.changed", ctx->shop->id, value_object(ctx->arena));
}

void shop_add_problem(struct ctx *ctx, const struct field_problem **problems, const char *field,
                      const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = (struct field_problem){.field = field, .code = code, .message = message, .next = *problems};
    *problems = problem;
}

void shop_check_length(struct ctx *ctx, const struct field_problem **problems, const char *field,
                       const char *text, size_t most)
{
    if (utf8_length(text, strlen(text)) > most)
        shop_add_problem(ctx, problems, field, "too-long",
                         arena_format(ctx->arena, "at most %zu characters", most));
}

/* Anything that a person could dial: digits and what stands between them. */
static bool is_phone(const char *text)
{
    size_t digits = 0;
    for (const char *c = text; *c; c++)
        digits += *c >= '0' && *c <= '9';
    return digits >= PHONE_DIGITS_LEAST && strspn(text, "0123456789 +-()") == strlen(text);
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && !strchr(at + 1, '@') && strchr(at + 1, '.') && !text_ends(text, ".") &&
           !strpbrk(text, " <>\"'\\,;");
}

static err check_identity(struct ctx *ctx, const struct shop_identity *identity)
{
    const struct field_problem *problems = NULL;
    if (text_is_blank(identity->name))
        shop_add_problem(ctx, &problems, "name", "required", "the shop needs a name");
    shop_check_length(ctx, &problems, "name", identity->name, SHOP_NAME_LIMIT);
    shop_check_length(ctx, &problems, "name_en", identity->name_en, SHOP_NAME_LIMIT);
    shop_check_length(ctx, &problems, "slogan", identity->slogan, SHOP_NAME_LIMIT);
    shop_check_length(ctx, &problems, "slogan_en", identity->slogan_en, SHOP_NAME_LIMIT);
    shop_check_length(ctx, &problems, "phone", identity->phone, PHONE_LIMIT);
    shop_check_length(ctx, &problems, "email", identity->email, SHOP_CONTACT_LIMIT);
    shop_check_length(ctx, &problems, "address", identity->address, SHOP_ADDRESS_LIMIT);
    if (identity->phone[0] && !is_phone(identity->phone))
        shop_add_problem(ctx, &problems, "phone", "bad-phone", "digits, blanks, +, - and brackets");
    if (identity->email[0] && !is_email(identity->email))
        shop_add_problem(ctx, &problems, "email", "bad-email", "an address such as hello@example.com");
    return problems ? fail_fields(ctx, problems) : NULL;
}

static err write_identity(struct ctx *ctx, void *arg)
{
    const struct shop_identity *identity = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET name = $2, name_en = $3, slogan = $4, slogan_en = $5, phone = $6,"
                  " email = $7, address = $8 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_text(identity->name), db_text(identity->name_en),
                  db_text(identity->slogan), db_text(identity->slogan_en), db_text(identity->phone),
                  db_text(identity->email), db_text(identity->address)));
    return shop_emit_changed(ctx);
}

err shop_change_identity(struct ctx *ctx, const struct shop_identity *identity)
{
    struct shop_identity copy = *identity;
    TRY(check_identity(ctx, identity));
    return db_transact(ctx, write_identity, &copy);
}

static err write_logo(struct ctx *ctx, void *arg)
{
    const char *const *picture_id = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET logo_id = $2 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_text(*picture_id)));
    return shop_emit_changed(ctx);
}

err shop_change_logo(struct ctx *ctx, const char *picture_id)
{
    return db_transact(ctx, write_logo, &picture_id);
}

/* The whole hours in use and the five broken ones where many people live. */
static const int32_t zones[] = {-660, -600, -540, -480, -420, -360, -300, -240, -210, -180, -120,
                                -60,  0,    60,   120,  180,  210,  240,  270,  300,  330,  345,
                                360,  390,  420,  480,  540,  570,  600,  660,  720,  780,  840};

const int32_t *shop_zones(size_t *count)
{
    *count = sizeof zones / sizeof *zones;
    return zones;
}

static bool is_zone(int64_t utc_offset)
{
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (zones[i] == utc_offset)
            return true;
    return false;
}

struct region {
    const char *currency;
    const char *locale;
    struct zone zone;
};

static err write_region(struct ctx *ctx, void *arg)
{
    const struct region *region = arg;
    /* Rates are against the shop's own currency. */
    TRY(db_execute(ctx,
                   "DELETE FROM shop_shown_currencies WHERE shop_id = $1 AND EXISTS (SELECT 1 FROM shops s"
                   " WHERE s.shop_id = $1 AND s.currency <> $2)",
                   db_int(ctx->shop->id), db_text(region->currency)));
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET shown_currency_count = CASE WHEN currency = $2 THEN shown_currency_count"
                  " ELSE 0 END, currency = $2, locale = $3, utc_offset = $4, zone = $5 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_text(region->currency), db_text(region->locale),
                  db_int(zone_offset(region->zone, ctx->now) / 60),
                  db_text(region->zone.table ? zone_name(ctx->arena, region->zone) : "")));
    return shop_emit_changed(ctx);
}

err shop_change_region(struct ctx *ctx, const char *currency, const char *locale, struct zone zone)
{
    struct region region = {currency, locale, zone};
    if (!money_currency_is_known(currency))
        return fail_field(ctx, "currency", "unknown-currency", "use an ISO 4217 code such as CNY");
    if (!zone.table && !is_zone(zone.minutes) &&
        (ctx->shop->zone.table || zone.minutes != ctx->shop->zone.minutes))
        return fail_field(ctx, "zone", "unknown-zone", "choose one of the zones of the list");
    return db_transact(ctx, write_region, &region);
}

static err write_passcode(struct ctx *ctx, void *arg)
{
    const bool *has_passcode = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET has_passcode = $2 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int(*has_passcode)));
    return shop_emit_changed(ctx);
}

err shop_change_passcode(struct ctx *ctx, bool has_passcode)
{
    return db_transact(ctx, write_passcode, &has_passcode);
}

err shop_change_design(struct ctx *ctx, int64_t from, int64_t version)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "design",
                  "UPDATE shops SET design_version = $3 WHERE shop_id = $1 AND design_version = $2",
                  db_int(ctx->shop->id), db_int(from), db_int(version)));
    return shop_emit_changed(ctx);
}

err shop_change_theme(struct ctx *ctx, int64_t from, int64_t version)
{
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "theme",
                  "UPDATE shops SET theme_version = $3 WHERE shop_id = $1 AND theme_version = $2",
                  db_int(ctx->shop->id), db_int(from), db_int(version)));
    return shop_emit_changed(ctx);
}

err shop_hold_theme(struct ctx *ctx, int64_t version)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "theme",
                     "UPDATE shops SET theme_last = theme_last WHERE shop_id = $1 AND theme_version <> $2",
                     db_int(ctx->shop->id), db_int(version));
}

err shop_find_last_theme(struct ctx *ctx, int64_t *last)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT theme_last FROM shops WHERE shop_id = $1", db_int(ctx->shop->id)));
    *last = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err shop_count_theme(struct ctx *ctx, int64_t last)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "theme",
                     "UPDATE shops SET theme_last = $3 WHERE shop_id = $1 AND theme_last = $2",
                     db_int(ctx->shop->id), db_int(last), db_int(last + 1));
}

static err write_rounding(struct ctx *ctx, void *arg)
{
    const enum rounding *rounding = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop", "UPDATE shops SET rounding = $2 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int(*rounding)));
    return shop_emit_changed(ctx);
}

err shop_change_rounding(struct ctx *ctx, enum rounding rounding)
{
    return db_transact(ctx, write_rounding, &rounding);
}

static err write_points(struct ctx *ctx, void *arg)
{
    const struct points_terms *terms = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET points_state = $2, points_earned = $3, points_months = $4,"
                  " points_pay_rate = $5, points_pay_part = $6, points_pay_least = $7 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int(terms->state), db_int(terms->earned), db_int(terms->months),
                  db_int(terms->pay_rate), db_int(terms->pay_percent), db_int(terms->pay_least)));
    return shop_emit_changed(ctx);
}

err shop_change_points(struct ctx *ctx, const struct points_terms *terms)
{
    struct points_terms wanted = *terms;
    return db_transact(ctx, write_points, &wanted);
}

static err write_timers(struct ctx *ctx, void *arg)
{
    const struct shop_timers *timers = arg;
    TRY(db_expect(ctx, 1, ERR_SHOP_NOT_FOUND, "shop",
                  "UPDATE shops SET unpaid_minutes = $2, confirm_days = $3, signed_days = $4,"
                  " aftersale_days = $5 WHERE shop_id = $1",
                  db_int(ctx->shop->id), db_int(timers->unpaid_minutes), db_int(timers->confirm_days),
                  db_int(timers->signed_days), db_int(timers->aftersale_days)));
    return shop_emit_changed(ctx);
}

static bool is_between(int64_t number, int64_t least, int64_t most)
{
    return number >= least && number <= most;
}

err shop_change_timers(struct ctx *ctx, const struct shop_timers *timers)
{
    struct shop_timers copy = *timers;
    if (!is_between(timers->unpaid_minutes, 1, SHOP_UNPAID_MINUTES_LIMIT))
        return fail_field(ctx, "unpaid_minutes", "timer-range", "1 minute to 7 days");
    if (!is_between(timers->confirm_days, 1, SHOP_CONFIRM_DAYS_LIMIT))
        return fail_field(ctx, "confirm_days", "timer-range", "1 to 60 days");
    if (!is_between(timers->signed_days, 1, SHOP_CONFIRM_DAYS_LIMIT))
        return fail_field(ctx, "signed_days", "timer-range", "1 to 60 days");
    if (timers->signed_days > timers->confirm_days)
        return fail_field(ctx, "signed_days", "signed-longer", "not more than after shipping");
    if (!is_between(timers->aftersale_days, SHOP_AFTERSALE_DAYS_LEAST, SHOP_AFTERSALE_DAYS_LIMIT))
        return fail_field(ctx, "aftersale_days", "timer-range", "7 to 365 days");
    return db_transact(ctx, write_timers, &copy);
}

err shop_change_promotions(struct ctx *ctx, bool has_promotions)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_promotions = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_promotions)));
    return shop_emit_changed(ctx);
}

err shop_change_flash(struct ctx *ctx, bool has_flash)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_flash = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_flash)));
    return shop_emit_changed(ctx);
}

err shop_change_presales(struct ctx *ctx, bool has_presales)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_presales = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_presales)));
    return shop_emit_changed(ctx);
}

err shop_change_gift_cards(struct ctx *ctx, bool has_gift_cards)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_gift_cards = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_gift_cards)));
    return shop_emit_changed(ctx);
}

err shop_change_group_buys(struct ctx *ctx, bool has_group_buys)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_group_buys = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_group_buys)));
    return shop_emit_changed(ctx);
}

err shop_change_price_lists(struct ctx *ctx, bool has_price_lists)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_price_lists = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_price_lists)));
    return shop_emit_changed(ctx);
}

err shop_change_group_rules(struct ctx *ctx, bool has_group_rules)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_group_rules = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_group_rules)));
    return shop_emit_changed(ctx);
}

err shop_change_freight(struct ctx *ctx, bool has_freight)
{
    TRY(db_execute(ctx, "UPDATE shops SET has_freight = $2 WHERE shop_id = $1", db_int(ctx->shop->id),
                   db_int(has_freight)));
    return shop_emit_changed(ctx);
}
