/* fuzz_money.c - any bytes as an amount: what is read is in range, and what is written of it is read as the
 * same.
 *
 * The first byte chooses the currency; the rest is the text up to a NUL. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/money.h"
#include <string.h>

static const char *const currencies[] = {"CNY", "JPY", "KWD", "USD", "EUR"};

static void check_reads(const char *text, const char *currency, money expected)
{
    money read;
    if (!money_parse(text, currency, &read))
        bug("\"%s\" was written and cannot be read", text);
    if (money_compare(read, expected) != 0)
        bug("\"%s\" is read as another amount", text);
}

static void run(struct arena *arena, const char *text, const char *currency)
{
    money amount;
    if (!money_parse(text, currency, &amount))
        return;
    if (amount.minor < 0 || amount.minor > MONEY_MAX || strcmp(amount.currency, currency) != 0)
        bug("\"%s\" is out of range", text);
    check_reads(money_decimal(arena, amount), currency, amount);
    if (strcmp(currency, "CNY") == 0)
        check_reads(money_display(arena, amount), currency, amount);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 1 || size > 256)
        return 0;
    struct arena *arena = arena_open(ARENA_LIMIT);
    run(arena, arena_copy(arena, (const char *)bytes + 1, size - 1),
        currencies[bytes[0] % (sizeof currencies / sizeof *currencies)]);
    arena_close(arena);
    return 0;
}
