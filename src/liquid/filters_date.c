/* filters_date.c - the `date` filter. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "liquid/dates.h"
#include "liquid/filters.h"
#include "liquid/lexer.h"
#include "liquid/number.h"
#include "liquid/values.h"

/* Beyond the year three million nobody wants a date. */
#define SECONDS_MAX INT64_C(100000000000000)

static bool word_is(struct slice text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.ptr, word, text.len) == 0;
}

static bool all_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

static bool from_seconds(wide seconds, struct zone zone, struct date *date)
{
    if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX)
        return false;
    *date = date_of((int64_t)seconds, zone_offset(zone, (int64_t)seconds * SECOND_MS));
    return true;
}

/* What was written without a zone is meant as the clocks there show it. */
static void settle(struct date *date, struct zone zone)
{
    struct date shown = *date;
    int64_t at;
    if (!date->is_local)
        return;
    shown.offset = 0;
    (void)zone_resolve(zone, date_seconds(&shown) * SECOND_MS, &at);
    date->offset = zone_offset(zone, at);
}

static bool to_date(struct liquid_call *call, const struct value *input, struct date *date)
{
    const struct ctx *ctx = call->ctx;
    struct zone zone = ctx->shop ? ctx->shop->zone : zone_fixed(0);
    struct date now = date_of(ctx->now / 1000 - (ctx->now % 1000 < 0), zone_offset(zone, ctx->now));
    now.nanosecond = (int)((ctx->now % 1000 + 1000) % 1000) * 1000000;
    if (input->kind == VALUE_INT)
        return from_seconds(input->integer, zone, date);
    if (!value_is_text(input))
        return false;
    struct slice text = value_slice(input);
    if (word_is(text, "now") || word_is(text, "today")) {
        *date = now;
        return true;
    }
    if (all_digits(text))
        return from_seconds(number_read_whole(text), zone, date);
    if (!date_parse(text, &now, date))
        return false;
    settle(date, zone);
    return true;
}

static err date_filter(FILTER_PARAMETERS)
{
    (void)count, (void)named;
    struct date date;
    struct text_buf buf;
    struct slice format = value_text_of(call, arguments);
    if (format.len == 0 || !to_date(call, input, &date)) {
        *output = *input;
        return NULL;
    }
    filter_buffer(call, &buf);
    date_write(&buf, &date, format);
    return filter_text(call, &buf, output);
}

const struct filter_entry date_filters[] = {
    {"date", date_filter, 1, 1, false, false},
    {0},
};
