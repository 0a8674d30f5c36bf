/* notify_text.c - what messages say: words of the locale files, filled from the order as it is now.
 *
 * The people of the shop are told what was sold and what to do, nothing of who bought it: chat groups are no
 * place for that. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/json.h"
#include "base/text.h"
#include "shop/digital/digital.h"
#include "shop/services.h"
#include "shop/shipping/shipping.h"
#include <inttypes.h>

#define URL_LIMIT 2000
#define LINES_SHOWN 20

/* ---- words ---- */

static void add_row(struct letter *letter, const char *label, const char *value)
{
    if (letter->row_count < LETTER_ROWS_LIMIT)
        letter->rows[letter->row_count++] = (struct letter_row){label, value};
}

static const char *label_of(struct ctx *ctx, const struct letter *letter, const char *name)
{
    return wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.label.%s", name), NULL);
}

static bool is_english(const char *locale)
{
    return text_is(locale, "en");
}

static const char *shop_name_in(const struct ctx *ctx, const char *locale)
{
    const struct shop_profile *profile = ctx->shop->profile;
    return is_english(locale) && profile && profile->name_en[0] ? profile->name_en : ctx->shop->name;
}

/* ---- addresses ---- */

/* Where the shop is found: its main domain, else another of its own, else where the platform says it is. */
static err find_origin(struct ctx *ctx, const char **origin)
{
    struct shop_host *hosts;
    size_t count;
    const struct shop_profile *profile = ctx->shop->profile;
    const char *host = profile ? profile->main_host : "";
    if (!host[0]) {
        TRY(shop_list_hosts(ctx, &hosts, &count));
        host = count > 0 ? hosts[0].host : "";
    }
    if (host[0]) {
        *origin = arena_format(ctx->arena, "https://%s", host);
        return NULL;
    }
    const char *listen = ctx->config && ctx->config->listen ? strrchr(ctx->config->listen, ':') : NULL;
    *origin =
        ctx->config && ctx->config->public_url && ctx->config->public_url[0]
            ? ctx->config->public_url
            : arena_format(ctx->arena, "http://%s.localhost%s", ctx->shop->handle, listen ? listen : "");
    return NULL;
}

static err set_link(struct ctx *ctx, struct letter *letter, const char *label, const char *path)
{
    const char *origin;
    TRY(find_origin(ctx, &origin));
    letter->link = arena_format(ctx->arena, "%s%s%s", origin, is_english(letter->locale) ? "/en" : "", path);
    letter->link_label =
        wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.link.%s", label), NULL);
    return NULL;
}

static err link_order_page(struct ctx *ctx, struct letter *letter, const char *number)
{
    return set_link(ctx, letter, "staff-order", arena_format(ctx->arena, "/admin/orders/%s", number));
}

/* ---- rows ---- */

static void add_lines(struct ctx *ctx, struct letter *letter, const struct order *order, bool only_digital)
{
    size_t shown = 0;
    for (size_t i = 0; i < order->line_count; i++) {
        const struct order_line *line = &order->lines[i];
        if (only_digital && line->kind != PRODUCT_DIGITAL)
            continue;
        if (shown++ == LINES_SHOWN) {
            add_row(letter, "…", "");
            return;
        }
        const char *variant =
            line->variant_title[0] ? arena_format(ctx->arena, " (%s)", line->variant_title) : "";
        add_row(letter, arena_format(ctx->arena, "%s%s", line->product_title, variant),
                arena_format(ctx->arena, "× %" PRId64, line->quantity));
    }
}

static void add_amount(struct ctx *ctx, struct letter *letter, const char *label, const struct order *order,
                       int64_t amount)
{
    add_row(letter, label_of(ctx, letter, label),
            money_display(ctx->arena, money_of(amount, order->currency)));
}

/* With what carrying cost, where it cost anything. */
static void add_total(struct ctx *ctx, struct letter *letter, const struct order *order)
{
    if (order->freight > 0)
        add_amount(ctx, letter, "freight", order, order->freight - order->freight_discount);
    add_amount(ctx, letter, "total", order, order->total);
}

static const char *carrier_name(const char *carrier_id)
{
    for (const struct carrier *carrier = carriers; carrier->id; carrier++)
        if (text_is(carrier->id, carrier_id))
            return carrier->name;
    return carrier_id;
}

static err add_parcels(struct ctx *ctx, struct letter *letter, const struct order *order)
{
    struct shipment *shipments;
    size_t count;
    TRY(shipment_list(ctx, order->id, &shipments, &count));
    for (size_t i = 0; i < count; i++)
        add_row(letter, carrier_name(shipments[i].carrier), shipments[i].tracking_number);
    return NULL;
}

/* Why the shop cancelled what was paid, in its own words when it gave some. */
static err add_reason(struct ctx *ctx, struct letter *letter, const struct order *order)
{
    struct order_event *events;
    size_t count;
    TRY(order_event_list(ctx, order->id, &events, &count));
    for (size_t i = count; i-- > 0;)
        if (events[i].reason[0]) {
            const char *key = arena_format(ctx->arena, "cancel_reason.%s", events[i].reason);
            add_row(letter, label_of(ctx, letter, "reason"),
                    events[i].note[0] ? events[i].note : wording_say(ctx, letter->locale, key, NULL));
            return NULL;
        }
    return NULL;
}

/* What was delivered stands in the mail only when the shop chose so; a long list is left to the page. */
static err add_delivered(struct ctx *ctx, struct letter *letter, const struct order *order)
{
    struct delivered_code *codes;
    size_t count;
    add_lines(ctx, letter, order, true);
    if (!shop_has_occasion(ctx->shop, OCCASION_CODES_IN_MAIL))
        return NULL;
    TRY(code_list_delivered(ctx, order->id, &codes, &count));
    if (count > CODES_IN_MAIL_LIMIT)
        return NULL;
    for (size_t i = 0; i < count; i++)
        add_row(letter, label_of(ctx, letter, "code"), codes[i].code);
    return NULL;
}

/* How the letter of a cancelled order begins: what comes back is said, and that a group was not full. */
static err cancelled_intro(struct ctx *ctx, const struct order *order, const char **intro)
{
    struct order_event *events;
    size_t count;
    *intro = order->paid > 0 ? "intro_paid" : "intro";
    if (order->paid == 0 || !order->is_rationed)
        return NULL;
    TRY(order_event_list(ctx, order->id, &events, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(events[i].kind, "group_failed"))
            *intro = "intro_group";
    return NULL;
}

/* ---- letters ---- */

/* Where an order with a deposit stands: the letter says what is to be done now, however late it is sent. */
static const char *presale_name(const struct ctx *ctx, const struct order *order)
{
    if (order->state.order == ORDER_CLOSED)
        return "buyer-presale.lost";
    if (order->balance_from > ctx->now)
        return "buyer-presale.deposit";
    return order->balance_until - ctx->now > ORDER_BALANCE_WARNING_MS ? "buyer-presale.open"
                                                                      : "buyer-presale.ends";
}

static void add_balance(struct ctx *ctx, struct letter *letter, const struct order *order)
{
    static const char format[] = "%Y-%m-%d %H:%M";
    struct zone zone = ctx->shop->zone;
    add_amount(ctx, letter, "deposit", order, order->deposit);
    add_amount(ctx, letter, "balance", order, order_part_amount(order, PART_BALANCE));
    add_row(letter, label_of(ctx, letter, "balance_when"),
            arena_format(ctx->arena, "%s – %s", clock_format(ctx->arena, order->balance_from, zone, format),
                         clock_format(ctx->arena, order->balance_until, zone, format)));
    add_row(letter, label_of(ctx, letter, "ships_by"),
            clock_format(ctx->arena, order->ships_by, zone, "%Y-%m-%d"));
}

static err write_to_buyer(struct ctx *ctx, const struct message *message, const struct order *order,
                          struct letter *letter)
{
    const struct shop_profile *profile = ctx->shop->profile;
    const char *contact = profile && profile->email[0] ? profile->email : profile ? profile->phone : "";
    const char *const pairs[] = {"number",  order->number, "shop", letter->shop_name,
                                 "contact", contact,       NULL};
    const char *name = occasion_name(message->occasion);
    if (message->occasion == OCCASION_BUYER_PRESALE)
        name = presale_name(ctx, order);
    bool goes_back = message->occasion == OCCASION_BUYER_CANCELLED && order->paid > 0;
    const char *intro = "intro";
    if (message->occasion == OCCASION_BUYER_CANCELLED)
        TRY(cancelled_intro(ctx, order, &intro));
    letter->title = wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.%s.title", name), pairs);
    letter->intro =
        wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.%s.%s", name, intro), pairs);
    letter->footer =
        wording_say(ctx, letter->locale, contact[0] ? "told.footer" : "told.footer_plain", pairs);
    add_row(letter, label_of(ctx, letter, "number"), order->number);
    if (message->occasion == OCCASION_BUYER_SHIPPED)
        TRY(add_parcels(ctx, letter, order));
    if (message->occasion == OCCASION_BUYER_DELIVERED)
        TRY(add_delivered(ctx, letter, order));
    else
        add_lines(ctx, letter, order, false);
    if (message->occasion == OCCASION_BUYER_PRESALE)
        add_balance(ctx, letter, order);
    if (message->occasion == OCCASION_BUYER_PAID)
        add_total(ctx, letter, order);
    if (goes_back)
        TRY(add_reason(ctx, letter, order));
    if (message->occasion == OCCASION_BUYER_REFUNDED)
        add_amount(ctx, letter, "refunded", order, order->refunded);
    return set_link(ctx, letter, "order",
                    arena_format(ctx->arena, "/orders/%s?token=%s", order->number, order->token));
}

static err write_about_order(struct ctx *ctx, const struct message *message, const struct order *order,
                             struct letter *letter)
{
    const char *const pairs[] = {"number", order->number, "shop", letter->shop_name, NULL};
    const char *name = occasion_name(message->occasion);
    letter->title = wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.%s.title", name), pairs);
    letter->intro = wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.%s.intro", name), pairs);
    add_total(ctx, letter, order);
    if (message->occasion == OCCASION_REFUNDED)
        add_amount(ctx, letter, "refunded", order, order->refunded);
    add_lines(ctx, letter, order, message->occasion == OCCASION_BY_HAND);
    return link_order_page(ctx, letter, order->number);
}

/* "群 · mail-login" in words. */
static const char *refused_subject(struct ctx *ctx, const struct letter *letter, const char *subject)
{
    const char *cause = strrchr(subject, ' ');
    if (!cause)
        return subject;
    const char *channel = arena_copy(ctx->arena, subject, (size_t)(cause - subject));
    if (text_starts(channel, REFUSED_BUYERS " "))
        channel = arena_format(ctx->arena, "%s%s", wording_say(ctx, letter->locale, "alarms.to_buyers", NULL),
                               channel + strlen(REFUSED_BUYERS));
    return arena_format(
        ctx->arena, "%s %s", channel,
        wording_say(ctx, letter->locale, arena_format(ctx->arena, "reason.%s", cause + 1), NULL));
}

static err write_about_alarm(struct ctx *ctx, const struct message *message, const char *kind,
                             struct letter *letter)
{
    struct text_buf url;
    letter->title = wording_say(ctx, letter->locale, arena_format(ctx->arena, "alarm.%s.title", kind), NULL);
    letter->intro = wording_say(ctx, letter->locale, arena_format(ctx->arena, "alarm.%s.what", kind), NULL);
    add_row(letter, label_of(ctx, letter, "subject"),
            text_is(kind, REFUSED_ALARM) ? refused_subject(ctx, letter, message->subject) : message->subject);
    if (message->occasion == OCCASION_HOOK_FAILED)
        return link_order_page(ctx, letter, message->subject);
    if (message->occasion != OCCASION_CODES_LOW)
        return set_link(ctx, letter, "alarms", "/admin/alarms");
    text_open(&url, ctx->arena, URL_LIMIT);
    text_add(&url, "/admin/codes?q=");
    text_add_url(&url, message->subject, strlen(message->subject));
    return set_link(ctx, letter, "codes", text_of(&url));
}

static err write_about_import(struct ctx *ctx, const struct message *message, const char *state,
                              struct letter *letter)
{
    letter->title =
        wording_say(ctx, letter->locale, arena_format(ctx->arena, "told.imported.%s", state), NULL);
    letter->intro = wording_say(ctx, letter->locale, "told.imported.intro", NULL);
    return set_link(ctx, letter, "import",
                    arena_format(ctx->arena, "/admin/products/imports/%s", message->subject));
}

static void begin(struct ctx *ctx, const char *locale, struct letter *letter)
{
    *letter = (struct letter){.locale = locale && locale[0] ? locale : ctx->shop->locale,
                              .intro = "",
                              .link = "",
                              .link_label = "",
                              .footer = ""};
    letter->shop_name = shop_name_in(ctx, letter->locale);
}

err letter_write(struct ctx *ctx, const struct message *message, const struct order *order,
                 struct letter *letter)
{
    struct value *facts;
    bool is_buyer = message->channel_id == 0;
    begin(ctx, is_buyer && order ? order->locale : NULL, letter);
    TRY(json_read(ctx, message->facts, strlen(message->facts), &facts));
    if (order)
        return is_buyer ? write_to_buyer(ctx, message, order, letter)
                        : write_about_order(ctx, message, order, letter);
    const char *kind = value_find_text(facts, "kind");
    if (message->occasion == OCCASION_IMPORTED)
        return write_about_import(ctx, message, value_find_text(facts, "state"), letter);
    return write_about_alarm(ctx, message, kind ? kind : "", letter);
}

void letter_sample(struct ctx *ctx, const char *channel_name, struct letter *letter)
{
    begin(ctx, NULL, letter);
    const char *const pairs[] = {"shop", letter->shop_name, "channel", channel_name, NULL};
    letter->title = wording_say(ctx, letter->locale, "told.test.title", pairs);
    letter->intro = wording_say(ctx, letter->locale, "told.test.intro", pairs);
}

void letter_of_code(struct ctx *ctx, const char *locale, const char *code, struct letter *letter)
{
    begin(ctx, locale, letter);
    const char *const pairs[] = {"shop", letter->shop_name, "code", code, NULL};
    letter->title = wording_say(ctx, letter->locale, "told.login-code.title", pairs);
    letter->intro = wording_say(ctx, letter->locale, "told.login-code.intro", pairs);
    add_row(letter, wording_say(ctx, letter->locale, "told.login-code.label", NULL), code);
    letter->footer = wording_say(ctx, letter->locale, "told.login-code.footer", pairs);
}

/* Where all of them are stopped; only the mail knows the word. */
static err wait_stop_url(struct ctx *ctx, const struct letter *letter, int64_t wait_id, const char **url)
{
    const char *origin;
    TRY(find_origin(ctx, &origin));
    *url = arena_format(ctx->arena, "%s%s/stock-alerts/%" PRId64 "/stop?token=%s", origin,
                        is_english(letter->locale) ? "/en" : "", wait_id, customer_wait_token(ctx, wait_id));
    return NULL;
}

err letter_of_wait(struct ctx *ctx, const struct wait_notice *notice, struct letter *letter)
{
    const struct variant *variant = notice->variant;
    struct text_buf path;
    const char *stop;
    begin(ctx, notice->wait.locale, letter);
    TRY(wait_stop_url(ctx, letter, notice->wait.id, &stop));
    const char *const pairs[] = {"shop", letter->shop_name, "title", variant->product_title, "url", stop,
                                 NULL};
    letter->title = wording_say(ctx, letter->locale, "told.buyer-restock.title", pairs);
    letter->intro = wording_say(ctx, letter->locale, "told.buyer-restock.intro", pairs);
    letter->footer = wording_say(ctx, letter->locale, "told.buyer-restock.footer", pairs);
    add_row(letter, variant->product_title, variant->title);
    text_open(&path, ctx->arena, URL_LIMIT);
    text_add_format(&path, "/products/%s?sku=", variant->product_handle);
    text_add_url(&path, variant->sku, strlen(variant->sku));
    return set_link(ctx, letter, "product", text_of(&path));
}
