/* tenant_shown.c - other currencies in which buyers see about what a price is. Nothing is ever charged in
 * them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/tenant/tenant_write.h"
#include <inttypes.h>

/* Wide enough for the product of any two int64. */
__extension__ typedef __int128 wide;

#define RATE_DECIMALS 8
#define RATE_DIGITS 7 /* before the point */

bool shown_rate_parse(const char *text, int64_t *rate)
{
    int64_t value = 0;
    size_t whole = strspn(text, "0123456789");
    const char *decimals = text[whole] == '.' ? text + whole + 1 : text + whole;
    size_t count = strspn(decimals, "0123456789");
    if (whole == 0 || whole > RATE_DIGITS || count > RATE_DECIMALS || decimals[count] ||
        (text[whole] == '.' && count == 0))
        return false;
    for (size_t i = 0; i < whole; i++)
        value = 10 * value + (text[i] - '0');
    for (size_t i = 0; i < RATE_DECIMALS; i++)
        value = 10 * value + (i < count ? decimals[i] - '0' : 0);
    *rate = value;
    return value > 0;
}

const char *shown_rate_text(struct ctx *ctx, int64_t rate)
{
    char *text =
        arena_format(ctx->arena, "%" PRId64 ".%08" PRId64, rate / SHOWN_RATE_ONE, rate % SHOWN_RATE_ONE);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        text[--length] = 0;
    if (text[length - 1] == '.')
        text[--length] = 0;
    return text;
}

const struct shown_currency *shop_find_shown(const struct shop *shop, const char *currency)
{
    const struct shop_profile *profile = shop ? shop->profile : NULL;
    for (size_t i = 0; profile && currency && i < profile->shown_count; i++)
        if (text_is(profile->shown[i].currency, currency))
            return &profile->shown[i];
    return NULL;
}

static wide power_of_ten(int exponent)
{
    wide power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

bool shown_amount(const struct shown_currency *currency, money amount, money *shown)
{
    wide own = power_of_ten(money_exponent(amount.currency)),
         other = power_of_ten(money_exponent(currency->currency));
    wide step = currency->rounding == SHOWN_WHOLE ? other : 1;
    wide dividend = (wide)amount.minor * SHOWN_RATE_ONE * other, divisor = (wide)currency->rate * own * step;
    if (amount.minor < 0)
        return false;
    wide minor = (2 * dividend + divisor) / (2 * divisor) * step;
    if (minor > MONEY_MAX)
        return false;
    *shown = money_of((int64_t)minor, currency->currency);
    return true;
}

/* ---- changing ---- */

/* The count stands with the shop, so that shops without any ask nothing more. */
static err count_shown(struct ctx *ctx)
{
    TRY(db_expect(ctx, 1, ERR_LIMIT, "a shop shows at most 8 other currencies",
                  "UPDATE shops SET shown_currency_count = (SELECT COUNT(*) FROM shop_shown_currencies c"
                  " WHERE c.shop_id = $1) WHERE shop_id = $1"
                  " AND (SELECT COUNT(*) FROM shop_shown_currencies c WHERE c.shop_id = $1) <= $2",
                  db_int(ctx->shop->id), db_int(SHOP_SHOWN_LIMIT)));
    return shop_emit_changed(ctx);
}

static err write_shown(struct ctx *ctx, void *arg)
{
    const struct shown_currency *shown = arg;
    TRY(db_execute(
        ctx,
        "INSERT INTO shop_shown_currencies (shop_id, currency, rate, rounding, changed_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (shop_id, currency) DO UPDATE"
        " SET rate = excluded.rate, rounding = excluded.rounding, changed_at = excluded.changed_at",
        db_int(ctx->shop->id), db_text(shown->currency), db_int(shown->rate), db_int(shown->rounding),
        db_int(ctx->now)));
    return count_shown(ctx);
}

err shop_show_currency(struct ctx *ctx, const char *currency, const char *rate, enum shown_rounding rounding)
{
    struct shown_currency shown = {.rounding = rounding};
    if (!money_currency_is_known(currency))
        return fail_field(ctx, "currency", "unknown-currency", "use an ISO 4217 code such as USD");
    if (text_is(currency, ctx->shop->currency))
        return fail_field(ctx, "currency", "own-currency", "this is the currency in which buyers pay");
    if (!shown_rate_parse(rate, &shown.rate))
        return fail_field(ctx, "rate", "bad-rate", "a number above 0 such as 7.2, at most 8 decimals");
    memcpy(shown.currency, currency, sizeof shown.currency);
    return db_transact(ctx, write_shown, &shown);
}

static err delete_shown(struct ctx *ctx, void *arg)
{
    const char *const *currency = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such currency",
                  "DELETE FROM shop_shown_currencies WHERE shop_id = $1 AND currency = $2",
                  db_int(ctx->shop->id), db_text(*currency)));
    return count_shown(ctx);
}

err shop_hide_currency(struct ctx *ctx, const char *currency)
{
    return db_transact(ctx, delete_shown, &currency);
}
