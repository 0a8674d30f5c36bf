/* theme_filters.c - texts, money, addresses, pictures and times for templates. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/theme_filters.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "shop/design/own_theme.h"
#include <inttypes.h>

#define TEXT_LIMIT 8192
#define JSON_LIMIT ((size_t)1 << 20)

static struct arena *arena_of(struct liquid_call *call)
{
    return liquid_call_ctx(call)->arena;
}

const char *text_find(const struct value *texts, const char *key, size_t length)
{
    const struct value *at = texts;
    while (at && length > 0) {
        const char *dot = memchr(key, '.', length);
        size_t part = dot ? (size_t)(dot - key) : length;
        at = value_find_bytes(at, key, part);
        key += part + (dot != NULL);
        length -= part + (dot != NULL);
    }
    return at && at->kind == VALUE_TEXT ? at->text : NULL;
}

/* Puts named arguments into "{name}" places. */
static void fill_in(struct liquid_call *call, struct text_buf *out, const char *text,
                    const struct value *named)
{
    while (*text) {
        size_t plain = strcspn(text, "{");
        text_add_bytes(out, text, plain);
        text += plain;
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        const struct value *argument =
            end ? value_find_bytes(named, text + 1, (size_t)(end - text - 1)) : NULL;
        if (argument) {
            text_add(out, liquid_to_text(call, argument));
            text = end + 1;
        } else if (*text) {
            text_add_char(out, *text++);
        }
    }
}

/* A key without a text shows itself, so that the gap is seen. */
static err translate(struct liquid_call *call, const struct value *input, const struct value *arguments,
                     size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count;
    const struct theme_call *data = liquid_call_data(call);
    const char *key = liquid_to_text(call, input);
    const char *text = text_find(data->texts, key, strlen(key));
    if (!text || !named) {
        *output = value_text(text ? text : key);
        return NULL;
    }
    struct text_buf out;
    text_open(&out, arena_of(call), TEXT_LIMIT);
    fill_in(call, &out, text, named);
    *output = value_text(text_of(&out));
    return NULL;
}

static bool read_money(const struct value *input, money *amount)
{
    const struct value *minor = value_find(input, "amount");
    const char *currency = value_find_text(input, "currency");
    if (!minor || minor->kind != VALUE_INT || !currency)
        return false;
    *amount = money_of(minor->integer, currency);
    return true;
}

static err show_money(struct liquid_call *call, const struct value *input, const struct value *arguments,
                      size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    money amount;
    *output = read_money(input, &amount) ? value_text(money_display(arena_of(call), amount)) : value_text("");
    return NULL;
}

static err show_decimal(struct liquid_call *call, const struct value *input, const struct value *arguments,
                        size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    money amount;
    *output = read_money(input, &amount) ? value_text(money_decimal(arena_of(call), amount)) : value_text("");
    return NULL;
}

/* "≈ US$12.34" in the currency that the buyer wishes to see; nothing when there is none. */
static err show_about(struct liquid_call *call, const struct value *input, const struct value *arguments,
                      size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    const struct theme_call *data = liquid_call_data(call);
    money amount, shown;
    *output = value_text("");
    if (!data->shown || !read_money(input, &amount) || !shown_amount(data->shown, amount, &shown))
        return NULL;
    const char *text = money_display(arena_of(call), shown);
    *output = value_text(arena_format(arena_of(call), "\u2248 %s%s", text[0] == '$' ? "US" : "", text));
    return NULL;
}

/* Addresses of the site in the reader's language. */
static err localise(struct liquid_call *call, const struct value *input, const struct value *arguments,
                    size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    const struct theme_call *data = liquid_call_data(call);
    const char *path = liquid_to_text(call, input);
    bool is_ours = path[0] == '/' && path[1] != '/';
    if (data->is_english && is_ours)
        path = text_is(path, "/") ? "/en" : arena_format(arena_of(call), "/en%s", path);
    *output = value_text(path);
    return NULL;
}

static err link_asset(struct liquid_call *call, const struct value *input, const struct value *arguments,
                      size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    const struct theme_call *data = liquid_call_data(call);
    const char *name = liquid_to_text(call, input);
    const struct own_files *own = data->links->own_files;
    if (own && own_file_find(own, arena_format(arena_of(call), "assets/%s", name))) {
        *output =
            value_text(arena_format(arena_of(call), "/theme/%" PRId64 "/%s", data->links->own_version, name));
        return NULL;
    }
    const char *url = http_static_url(data->links->statics,
                                      arena_format(arena_of(call), "%s%s", data->links->assets, name));
    if (!url)
        return liquid_fail(call, "there is no asset %s", name);
    *output = value_text(url);
    return NULL;
}

static err link_picture(struct liquid_call *call, const struct value *input, const struct value *arguments,
                        size_t count, const struct value *named, struct value *output)
{
    (void)named;
    const char *picture_id = value_find_text(input, "id");
    if (!picture_id || count < 1) {
        *output = value_text("");
        return NULL;
    }
    const char *format = count > 1 ? liquid_to_text(call, &arguments[1]) : "webp";
    *output = value_text(arena_format(arena_of(call), "/media/%s/%s.%s", picture_id,
                                      liquid_to_text(call, &arguments[0]), format));
    return NULL;
}

/* "fx-30 fy-70": styles may not stand in a page, so the point in sight is a class in steps of a tenth. */
static err focus_class(struct liquid_call *call, const struct value *input, const struct value *arguments,
                       size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    int64_t x = value_find_int(input, "focus_x", 50), y = value_find_int(input, "focus_y", 50);
    *output = value_text(
        arena_format(arena_of(call), "fx-%d fy-%d", (int)((x + 5) / 10 * 10), (int)((y + 5) / 10 * 10)));
    return NULL;
}

static err show_time(struct liquid_call *call, const struct value *input, const struct value *arguments,
                     size_t count, const struct value *named, struct value *output)
{
    (void)named;
    const struct ctx *ctx = liquid_call_ctx(call);
    int64_t at;
    const char *format = count > 0 ? liquid_to_text(call, &arguments[0]) : "%Y-%m-%d %H:%M";
    if (input->kind != VALUE_TEXT || !clock_parse_rfc3339(liquid_to_text(call, input), &at)) {
        *output = value_text("");
        return NULL;
    }
    *output = value_text(clock_format(ctx->arena, at, ctx->shop ? ctx->shop->zone : zone_fixed(0), format));
    return NULL;
}

static err show_json(struct liquid_call *call, const struct value *input, const struct value *arguments,
                     size_t count, const struct value *named, struct value *output)
{
    (void)arguments, (void)count, (void)named;
    const char *text;
    TRY(json_text(liquid_call_ctx(call), input, JSON_LIMIT, &text));
    *output = value_text(text);
    return NULL;
}

const struct liquid_filter_entry theme_filters[] = {
    {"t", translate, false},
    {"money", show_money, false},
    {"money_decimal", show_decimal, false},
    {"about", show_about, false},
    {"path", localise, false},
    {"asset_url", link_asset, false},
    {"picture_url", link_picture, false},
    {"focus_class", focus_class, false},
    {"time", show_time, false},
    {"json", show_json, true},
    {0},
};
