/* money.c - sums that cannot leave their range unseen, and the currencies of ISO 4217. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"
#include "base/error.h"
#include "base/text.h"
#include <string.h>

#define MILLION 1000000

/* Wide enough for the product of any two int64. */
__extension__ typedef __int128 wide;

/* The active currencies by their number of decimals; four bytes each. */
static const char *const currencies_by_exponent[] = {
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF ",
    "",
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
    "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR "
    "ZMW ZWG ",
    "BHD IQD JOD KWD LYD OMR TND ",
    "CLF UYW ",
};

/* How people write a currency. The first sign is shown; the others and `behind` are only read. */
static const struct symbol {
    const char *currency;
    const char *before[3];
    const char *behind;
} symbols[] = {
    {"CNY", {"\u00a5", "\uffe5"}, "元"},
    {"JPY", {"JP\u00a5", "\u00a5", "\uffe5"}, "円"},
    {"USD", {"$", "US$"}, NULL},
    {"EUR", {"€"}, "€"},
    {"GBP", {"£"}, NULL},
    {"HKD", {"HK$", "$"}, NULL},
    {"TWD", {"NT$", "$"}, "元"},
    {"MOP", {"MOP$", "$"}, NULL},
    {"KRW", {"₩"}, "원"},
    {"SGD", {"S$", "$"}, NULL},
    {"AUD", {"A$", "$"}, NULL},
    {"CAD", {"CA$", "$"}, NULL},
    {"INR", {"₹"}, NULL},
    {"VND", {"₫"}, "₫"},
    {"THB", {"฿"}, NULL},
};

static money checked(wide minor, const char *currency)
{
    if (minor > MONEY_MAX || minor < -MONEY_MAX)
        bug("an amount in %s is out of range", currency);
    money result = {.minor = (int64_t)minor};
    memcpy(result.currency, currency, sizeof result.currency);
    return result;
}

money money_of(int64_t minor, const char *currency)
{
    if (!currency || strlen(currency) != 3)
        bug("a currency is three letters, not %s", currency ? currency : "NULL");
    return checked(minor, currency);
}

static void demand_same(money a, money b)
{
    if (memcmp(a.currency, b.currency, 3) != 0)
        bug("%.3s and %.3s do not mix", a.currency, b.currency);
}

money money_add(money a, money b)
{
    demand_same(a, b);
    return checked((wide)a.minor + b.minor, a.currency);
}

money money_subtract(money a, money b)
{
    demand_same(a, b);
    return checked((wide)a.minor - b.minor, a.currency);
}

money money_times(money a, int64_t quantity)
{
    return checked((wide)a.minor * quantity, a.currency);
}

int money_compare(money a, money b)
{
    demand_same(a, b);
    return (a.minor > b.minor) - (a.minor < b.minor);
}

/* dividend / divisor, rounded half away from zero; divisor > 0. */
static wide divide_rounded(wide dividend, wide divisor)
{
    wide half = divisor / 2;
    return dividend < 0 ? -((-dividend + half) / divisor) : (dividend + half) / divisor;
}

money money_rate(money amount, int64_t parts_per_million)
{
    return checked(divide_rounded((wide)amount.minor * parts_per_million, MILLION), amount.currency);
}

void money_split(money whole, const int64_t *weights, size_t count, money *parts)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (weights[i] < 0 || __builtin_add_overflow(sum, weights[i], &sum))
            bug("weights that cannot be added up");
    }
    if (sum == 0)
        bug("a split needs a weight above zero");
    int64_t weight_so_far = 0;
    int64_t given_so_far = 0;
    for (size_t i = 0; i < count; i++) {
        weight_so_far += weights[i];
        int64_t due = (int64_t)divide_rounded((wide)whole.minor * weight_so_far, sum);
        parts[i] = checked((wide)due - given_so_far, whole.currency);
        given_so_far = due;
    }
}

/* The decimals of a currency, or -1 when it is not in the table. */
static int find_exponent(const char *currency)
{
    if (strlen(currency) != 3 || strchr(currency, ' '))
        return -1;
    for (size_t i = 0; i < sizeof currencies_by_exponent / sizeof *currencies_by_exponent; i++) {
        for (const char *at = currencies_by_exponent[i]; *at; at += 4) {
            if (memcmp(at, currency, 3) == 0)
                return (int)i;
        }
    }
    return -1;
}

int money_exponent(const char *currency)
{
    int exponent = find_exponent(currency);
    return exponent < 0 ? 2 : exponent;
}

bool money_currency_is_known(const char *currency)
{
    return find_exponent(currency) >= 0;
}

/* Writes the absolute amount with the currency's decimals, in groups of three when asked. */
static void add_amount(struct text_buf *out, money amount, bool is_grouped)
{
    char digits[TEXT_INT_BYTES];
    size_t length = text_write_int(amount.minor < 0 ? -amount.minor : amount.minor, digits);
    size_t exponent = (size_t)money_exponent(amount.currency);
    size_t whole = length > exponent ? length - exponent : 0;
    if (whole == 0)
        text_add_char(out, '0');
    for (size_t i = 0; i < whole; i++) {
        if (is_grouped && i && (whole - i) % 3 == 0)
            text_add_char(out, ',');
        text_add_char(out, digits[i]);
    }
    if (exponent == 0)
        return;
    text_add_char(out, '.');
    for (size_t missing = length; missing < exponent; missing++)
        text_add_char(out, '0');
    text_add_bytes(out, digits + whole, length - whole);
}

char *money_decimal(struct arena *arena, money amount)
{
    struct text_buf out;
    text_open(&out, arena, 64);
    if (amount.minor < 0)
        text_add_char(&out, '-');
    add_amount(&out, amount, false);
    return out.ptr;
}

static const struct symbol *find_symbol(const char *currency)
{
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (text_is(symbols[i].currency, currency))
            return &symbols[i];
    }
    return NULL;
}

char *money_display(struct arena *arena, money amount)
{
    const struct symbol *symbol = find_symbol(amount.currency);
    struct text_buf out;
    text_open(&out, arena, 64);
    if (amount.minor < 0)
        text_add_char(&out, '-');
    text_add(&out, symbol ? symbol->before[0] : amount.currency);
    if (!symbol)
        text_add_char(&out, ' ');
    add_amount(&out, amount, true);
    return out.ptr;
}

/* The number without the sign that people put before or behind it (only one of them). */
static struct slice strip_symbol(const char *text, const char *currency)
{
    struct slice number = {text, strlen(text)};
    const struct symbol *symbol = find_symbol(currency);
    if (!symbol)
        return number;
    for (size_t i = 0; i < 3 && symbol->before[i]; i++) {
        if (text_starts(text, symbol->before[i])) {
            size_t length = strlen(symbol->before[i]);
            return (struct slice){text + length, number.len - length};
        }
    }
    if (symbol->behind && text_ends(text, symbol->behind))
        number.len -= strlen(symbol->behind);
    return number;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Appends a digit to the amount; false beyond MONEY_MAX. */
static bool push_digit(int64_t *minor, char digit)
{
    *minor = 10 * *minor + (digit - '0');
    return *minor <= MONEY_MAX;
}

/* Reads digits, with a comma before each three once there was one; false when a group is not complete. */
static bool read_whole(struct slice *number, int64_t *minor)
{
    size_t at = 0;
    size_t group = 0; /* digits since the last comma */
    bool is_grouped = false;
    for (; at < number->len && (is_digit(number->ptr[at]) || number->ptr[at] == ','); at++) {
        if (number->ptr[at] != ',') {
            group++;
            if (!push_digit(minor, number->ptr[at]))
                return false;
            continue;
        }
        if (is_grouped ? group != 3 : group == 0 || group > 3)
            return false;
        is_grouped = true;
        group = 0;
    }
    number->ptr += at;
    number->len -= at;
    return is_grouped ? group == 3 : group > 0;
}

bool money_parse(const char *text, const char *currency, money *amount)
{
    struct slice number = strip_symbol(text, currency);
    size_t exponent = (size_t)money_exponent(currency);
    int64_t minor = 0;
    if (!read_whole(&number, &minor))
        return false;
    size_t decimals = 0;
    if (number.len) {
        decimals = number.len - 1;
        if (number.ptr[0] != '.' || decimals == 0 || decimals > exponent)
            return false;
    }
    for (size_t i = 0; i < exponent; i++) {
        char digit = '0';
        if (i < decimals)
            digit = number.ptr[i + 1];
        if (!is_digit(digit) || !push_digit(&minor, digit))
            return false;
    }
    *amount = money_of(minor, currency);
    return true;
}
