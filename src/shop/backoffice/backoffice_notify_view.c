/* backoffice_notify_view.c - channels and messages as staff see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_notify_view.h"

#include "base/config.h"
#include "base/random.h"
#include "base/text.h"
#include <inttypes.h>

#define ORDER_ROWS 20

static const char *const tls_names[] = {
    [MAIL_TLS] = "tls", [MAIL_STARTTLS] = "starttls", [MAIL_PLAIN] = "none"};

/* The names of all, those of which are chosen marked. */
static void add_occasions(struct ctx *ctx, struct value *owner, const struct occasion_name *names,
                          uint64_t chosen)
{
    struct value *list = value_set_list(ctx->arena, owner, "occasions");
    for (; names->name; names++) {
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "name", names->name);
        value_set_bool(ctx->arena, entry, "is_on", chosen >> names->occasion & 1);
    }
}

static void add_mail(struct ctx *ctx, struct value *view, const struct mail_setting *setting)
{
    struct value *mail = value_set_object(ctx->arena, view, "mail");
    value_set_bool(ctx->arena, mail, "is_own", setting->is_own);
    value_set_bool(ctx->arena, mail, "has_platform", setting->has_platform);
    value_set_text(ctx->arena, mail, "platform_from", setting->has_platform ? ctx->config->mail_from : NULL);
    value_set_text(ctx->arena, mail, "host", setting->host);
    value_set_int(ctx->arena, mail, "port", setting->port);
    value_set_text(ctx->arena, mail, "tls", tls_names[setting->tls]);
    value_set_text(ctx->arena, mail, "login", setting->login);
    value_set_bool(ctx->arena, mail, "has_password", setting->password[0] != 0);
    value_set_text(ctx->arena, mail, "from_name", setting->from_name);
    value_set_text(ctx->arena, mail, "from_address", setting->from_address);
}

static void set_failure(struct ctx *ctx, struct value *view, const char *problem, const char *detail)
{
    value_set_text(ctx->arena, view, "problem", problem && problem[0] ? problem : NULL);
    value_set_text(ctx->arena, view, "detail", detail && detail[0] ? detail : NULL);
}

static void add_channel(struct ctx *ctx, struct value *list, const struct channel *channel)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    value_set_id(ctx->arena, row, "id", channel->id);
    value_set_text(ctx->arena, row, "kind", channel_kind_names[channel->kind - 1]);
    value_set_text(ctx->arena, row, "name", channel->name);
    value_set_text(ctx->arena, row, "shown", channel->shown);
    value_set_bool(ctx->arena, row, "is_on", channel->is_on);
    value_set_time(ctx->arena, row, "sent_at", channel->sent_at);
    value_set_time(ctx->arena, row, "failed_at", channel->failed_at);
    value_set_bool(ctx->arena, row, "is_failing", channel->failed_at > channel->sent_at);
    set_failure(ctx, row, channel->problem, channel->detail);
    add_occasions(ctx, row, shop_occasion_names, channel->occasions);
}

static void add_test(struct ctx *ctx, struct value *view, const struct delivery_result *test,
                     const char *tested)
{
    if (!test)
        return;
    struct value *result = value_set_object(ctx->arena, view, "test");
    value_set_bool(ctx->arena, result, "is_fine", test->problem == NULL);
    value_set_text(ctx->arena, result, "subject", tested);
    set_failure(ctx, result, test->problem, test->detail);
}

err notify_page_view(struct ctx *ctx, const struct delivery_result *test, const char *tested,
                     struct value **view)
{
    struct channel *channels;
    struct mail_setting setting;
    size_t count;
    struct arena *arena = ctx->arena;
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    TRY(mail_setting_load(ctx, &setting));
    TRY(channel_list(ctx, &channels, &count));
    *view = value_object(arena);
    add_mail(ctx, *view, &setting);
    struct value *buyers = value_set_object(arena, *view, "buyers");
    add_occasions(ctx, buyers, buyer_occasion_names, ~ctx->shop->profile->occasions);
    value_set_bool(arena, buyers, "has_codes", shop_has_occasion(ctx->shop, OCCASION_CODES_IN_MAIL));
    struct value *list = value_set_list(arena, *view, "channels");
    for (size_t i = 0; i < count; i++)
        add_channel(ctx, list, &channels[i]);
    struct value *kinds = value_set_list(arena, *view, "kinds");
    for (size_t i = 0; channel_kind_names[i]; i++)
        value_add(arena, kinds, value_text(channel_kind_names[i]));
    add_occasions(ctx, *view, shop_occasion_names,
                  UINT64_C(1) << OCCASION_PAID | UINT64_C(1) << OCCASION_ALARM);
    value_set_int(arena, *view, "channel_limit", CHANNEL_LIMIT);
    add_test(ctx, *view, test, tested);
    return NULL;
}

/* ---- messages ---- */

static const struct channel *find_channel(const struct channel *channels, size_t count, int64_t channel_id)
{
    for (size_t i = 0; i < count; i++)
        if (channels[i].id == channel_id)
            return &channels[i];
    return NULL;
}

static void add_message(struct ctx *ctx, struct value *list, const struct message *message,
                        const struct channel *channel)
{
    struct value *row = value_add(ctx->arena, list, *value_object(ctx->arena));
    bool is_import = message->occasion == OCCASION_IMPORTED;
    value_set_id(ctx->arena, row, "id", message->id);
    value_set_time(ctx->arena, row, "at", id_time(message->id));
    value_set_text(ctx->arena, row, "occasion", occasion_name(message->occasion));
    value_set_text(ctx->arena, row, "subject", is_import ? NULL : message->subject);
    value_set_text(ctx->arena, row, "order", message->order_id ? message->subject : NULL);
    value_set_bool(ctx->arena, row, "is_buyer", message->channel_id == 0);
    value_set_text(ctx->arena, row, "channel", channel ? channel->name : NULL);
    value_set_text(ctx->arena, row, "channel_kind", channel ? channel_kind_names[channel->kind - 1] : NULL);
    value_set_text(ctx->arena, row, "recipient", message->recipient);
    value_set_text(ctx->arena, row, "state", message_state_names[message->state - 1]);
    value_set_int(ctx->arena, row, "attempts", message->attempts);
    value_set_time(ctx->arena, row, "tried_at", message->tried_at);
    set_failure(ctx, row, message->problem, message->detail);
}

err message_views(struct ctx *ctx, struct value *list, const struct message *messages, size_t count)
{
    struct channel *channels = NULL;
    size_t channel_count = 0;
    if (count > 0)
        TRY(channel_list(ctx, &channels, &channel_count));
    for (size_t i = 0; i < count; i++)
        add_message(ctx, list, &messages[i], find_channel(channels, channel_count, messages[i].channel_id));
    return NULL;
}

err order_messages_view(struct ctx *ctx, const struct order *order, struct value *tree)
{
    struct message *messages;
    size_t count;
    TRY(message_list_of_order(ctx, order->id, ORDER_ROWS, &messages, &count));
    TRY(message_views(ctx, value_set_list(ctx->arena, tree, "messages"), messages, count));
    struct value *tellable = value_set_list(ctx->arena, tree, "tellable");
    value_set_bool(ctx->arena, tree, "can_mail", mail_is_possible(ctx));
    value_set_text(ctx->arena, tree, "tell_key", random_token(ctx->arena));
    if (!order->contact.email[0] || !mail_is_possible(ctx))
        return NULL;
    for (const struct occasion_name *name = buyer_occasion_names; name->name; name++)
        if (message_fits(order, name->occasion))
            value_add(ctx->arena, tellable, value_text(name->name));
    return NULL;
}
