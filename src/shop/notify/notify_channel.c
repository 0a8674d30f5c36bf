/* notify_channel.c - the ways to the people of a shop. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "shop/outbound.h"
#include "shop/services.h"

#define TARGET_PURPOSE "notify.channel"
#define TARGET_LIMIT 4096
#define SHOWN_TAIL 4 /* characters of an address that tell one robot from another */
#define CHANNEL_BITS ((UINT64_C(1) << OCCASION_BUYER_PAID) - 1)

const char *const channel_kind_names[] = {
    [CHANNEL_MAIL - 1] = "mail",         [CHANNEL_WECOM - 1] = "wecom",
    [CHANNEL_DINGTALK - 1] = "dingtalk", [CHANNEL_FEISHU - 1] = "feishu",
    [CHANNEL_BARK - 1] = "bark",         [CHANNEL_TELEGRAM - 1] = "telegram",
    [CHANNEL_WEBHOOK - 1] = "webhook",   NULL};

const struct occasion_name shop_occasion_names[] = {
    {OCCASION_PAID, "paid"},
    {OCCASION_BY_HAND, "by-hand"},
    {OCCASION_ALARM, "alarm"},
    {OCCASION_CODES_LOW, "codes-low"},
    {OCCASION_IMPORTED, "imported"},
    {OCCASION_REFUNDED, "refunded"},
    {OCCASION_HOOK_FAILED, "hook-failed"},
    {0},
};

const struct occasion_name buyer_occasion_names[] = {
    {OCCASION_BUYER_PAID, "buyer-paid"},
    {OCCASION_BUYER_SHIPPED, "buyer-shipped"},
    {OCCASION_BUYER_DELIVERED, "buyer-delivered"},
    {OCCASION_BUYER_REFUNDED, "buyer-refunded"},
    {OCCASION_BUYER_CANCELLED, "buyer-cancelled"},
    {OCCASION_BUYER_PRESALE, "buyer-presale"},
    {OCCASION_BUYER_RESTOCK, "buyer-restock"},
    {OCCASION_BUYER_GROUP, "buyer-group"},
    {0},
};

const char *occasion_name(enum shop_occasion occasion)
{
    const struct occasion_name *names =
        occasion >= OCCASION_BUYER_PAID ? buyer_occasion_names : shop_occasion_names;
    for (; names->name; names++)
        if (names->occasion == occasion)
            return names->name;
    return "";
}

/* ---- what stands in the shop ---- */

err occasions_settle(struct ctx *ctx, uint64_t clear, uint64_t set)
{
    struct db_rows *rows;
    uint64_t heard = 0;
    TRY(db_query(ctx, &rows,
                 "SELECT occasions, 0 FROM channels WHERE shop_id = $1 AND is_on = 1"
                 " UNION ALL SELECT occasions, 1 FROM shops WHERE shop_id = $1",
                 db_int(ctx->shop->id)));
    while (db_next(rows)) {
        uint64_t bits = (uint64_t)db_get_int(rows, 0);
        heard |= db_get_int(rows, 1) ? (bits & ~CHANNEL_BITS & ~clear) : (bits & CHANNEL_BITS);
    }
    return shop_note_occasions(ctx, heard | set);
}

/* ---- reading ---- */

#define CHANNEL_COLUMNS                                                                                      \
    "SELECT id, kind, name, shown, occasions, is_on, sent_at, failed_at, problem, detail, target"            \
    " FROM channels WHERE shop_id = $1"

static struct channel read_channel(const struct db_rows *rows)
{
    return (struct channel){.id = db_get_int(rows, 0),
                            .kind = (enum channel_kind)db_get_int(rows, 1),
                            .name = db_get_text(rows, 2),
                            .url = "",
                            .secret = "",
                            .to = "",
                            .shown = db_get_text(rows, 3),
                            .occasions = (uint64_t)db_get_int(rows, 4),
                            .is_on = db_get_int(rows, 5) == 1,
                            .sent_at = db_get_int(rows, 6),
                            .failed_at = db_get_int(rows, 7),
                            .problem = db_get_text(rows, 8),
                            .detail = db_get_text(rows, 9)};
}

err channel_list(struct ctx *ctx, struct channel **channels, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CHANNEL_COLUMNS " ORDER BY id LIMIT $2", db_int(ctx->shop->id),
                 db_int(CHANNEL_LIMIT)));
    *channels = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **channels);
    *count = 0;
    while (db_next(rows))
        (*channels)[(*count)++] = read_channel(rows);
    return NULL;
}

static err open_target(struct ctx *ctx, struct sealed sealed, struct channel *channel)
{
    const char *json;
    struct value *tree;
    TRY(crypto_open(ctx, TARGET_PURPOSE, sealed, &json));
    TRY(json_read(ctx, json, strlen(json), &tree));
    channel->url = value_text_or_empty(tree, "url");
    channel->secret = value_text_or_empty(tree, "secret");
    channel->to = value_text_or_empty(tree, "to");
    return NULL;
}

err channel_load(struct ctx *ctx, int64_t channel_id, struct channel **channel)
{
    struct db_rows *rows;
    struct sealed sealed;
    TRY(db_query(ctx, &rows, CHANNEL_COLUMNS " AND id = $2", db_int(ctx->shop->id), db_int(channel_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such channel");
    *channel = arena_alloc(ctx->arena, sizeof **channel);
    **channel = read_channel(rows);
    sealed.ptr = db_get_bytes(rows, 10, &sealed.len);
    return open_target(ctx, sealed, *channel);
}

/* ---- what may be typed ---- */

bool mail_addresses_split(struct ctx *ctx, const char *text, const char *to[MAIL_RECIPIENT_LIMIT],
                          size_t *count)
{
    *count = 0;
    while (*text) {
        size_t length = strcspn(text, ",;");
        const char *address = text_trim(ctx->arena, arena_copy(ctx->arena, text, length));
        text += length + (text[length] != 0);
        if (!address[0])
            continue;
        if (*count == MAIL_RECIPIENT_LIMIT || !mail_address_is_valid(address))
            return false;
        to[(*count)++] = address;
    }
    return *count > 0;
}

/* Digits, perhaps with a minus (a group), or "@name" (a public channel). */
static bool is_chat(const char *text)
{
    if (text[0] == '@')
        return text[1] &&
               strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") ==
                   strlen(text + 1);
    text += text[0] == '-';
    return text[0] && strspn(text, "0123456789") == strlen(text);
}

/* "123456:ABC-DEF_…", which becomes part of an address. */
static bool is_bot_token(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == ':' && text[digits + 1] &&
           strspn(text + digits + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
               strlen(text + digits + 1);
}

static err check_url(struct ctx *ctx, const char *url)
{
    enum outbound_problem problem = ctx->services->outbound->look_at(ctx, url, true);
    if (problem != OUTBOUND_FINE)
        return fail_field(ctx, "url", outbound_problem_names[problem], "this address cannot be called");
    return NULL;
}

static err check(struct ctx *ctx, const struct channel *channel)
{
    const char *to[MAIL_RECIPIENT_LIMIT];
    size_t count;
    if (text_is_blank(channel->name))
        return fail_field(ctx, "name", "required", "the channel needs a name");
    if (channel->kind == CHANNEL_MAIL)
        return mail_addresses_split(ctx, channel->to, to, &count)
                   ? NULL
                   : fail_field(ctx, "to", channel->to[0] ? "bad-emails" : "required",
                                "up to five addresses");
    if (channel->kind != CHANNEL_TELEGRAM)
        return channel->url[0] ? check_url(ctx, channel->url)
                               : fail_field(ctx, "url", "required", "the address of the robot");
    if (!is_bot_token(channel->secret))
        return fail_field(ctx, "secret", channel->secret[0] ? "bad-bot-token" : "required",
                          "the token that BotFather gave");
    if (!is_chat(channel->to))
        return fail_field(ctx, "to", channel->to[0] ? "bad-chat" : "required", "the number of the chat");
    return channel->url[0] ? check_url(ctx, channel->url) : NULL;
}

/* ---- writing ---- */

/* "qyapi.weixin.qq.com ···a1b2": enough to tell one robot from another. */
static const char *shown_of(struct ctx *ctx, const struct channel *channel)
{
    if (channel->kind == CHANNEL_TELEGRAM)
        return channel->to;
    if (channel->kind != CHANNEL_MAIL) {
        const char *host = strstr(channel->url, "://");
        host = host ? host + 3 : channel->url;
        size_t length = strlen(channel->url);
        return arena_format(ctx->arena, "%.*s ···%s", (int)strcspn(host, "/?#"), host,
                            channel->url + (length > SHOWN_TAIL ? length - SHOWN_TAIL : 0));
    }
    const char *to[MAIL_RECIPIENT_LIMIT];
    size_t count;
    struct text_buf shown;
    text_open(&shown, ctx->arena, TARGET_LIMIT);
    if (mail_addresses_split(ctx, channel->to, to, &count))
        for (size_t i = 0; i < count; i++)
            text_add_format(&shown, "%s%s", i ? ", " : "", log_hide(ctx->arena, to[i]));
    return text_of(&shown);
}

static err seal_target(struct ctx *ctx, const struct channel *channel, struct sealed *sealed)
{
    struct value *tree = value_object(ctx->arena);
    const char *json;
    value_set_text(ctx->arena, tree, "url", channel->url);
    value_set_text(ctx->arena, tree, "secret", channel->secret);
    value_set_text(ctx->arena, tree, "to", channel->to);
    TRY(json_text(ctx, tree, TARGET_LIMIT, &json));
    *sealed = crypto_seal(ctx, TARGET_PURPOSE, json, strlen(json));
    return NULL;
}

struct writing {
    struct channel *channel;
    struct sealed target;
    bool is_new;
};

static err count_channels(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT COUNT(*) FROM channels WHERE shop_id = $1", db_int(ctx->shop->id)));
    if (db_next(rows) && db_get_int(rows, 0) >= CHANNEL_LIMIT)
        return fail_with(ctx, ERR_LIMIT, "a shop has at most %d channels", CHANNEL_LIMIT);
    return NULL;
}

static err write_in_transaction(struct ctx *ctx, void *arg)
{
    const struct writing *writing = arg;
    const struct channel *channel = writing->channel;
    if (writing->is_new)
        TRY(count_channels(ctx));
    TRY(db_execute(ctx,
                   "INSERT INTO channels (shop_id, id, kind, name, target, shown, occasions, is_on)"
                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (shop_id, id) DO UPDATE SET"
                   " name = excluded.name, target = excluded.target, shown = excluded.shown,"
                   " occasions = excluded.occasions, is_on = excluded.is_on",
                   db_int(ctx->shop->id), db_int(channel->id), db_int(channel->kind), db_text(channel->name),
                   db_bytes(writing->target.ptr, writing->target.len), db_text(channel->shown),
                   db_int((int64_t)(channel->occasions & CHANNEL_BITS)), db_int(channel->is_on)));
    return occasions_settle(ctx, 0, 0);
}

/* What was left blank stays as it was. */
static err fill_from_former(struct ctx *ctx, struct channel *channel)
{
    struct channel *former;
    TRY(channel_load(ctx, channel->id, &former));
    channel->kind = former->kind;
    /* The token goes to that address: another one must not get it unless it is typed again. */
    bool is_moved = channel->url[0] && !text_is(channel->url, former->url);
    if (!channel->secret[0] && !is_moved)
        channel->secret = former->secret;
    channel->url = channel->url[0] ? channel->url : former->url;
    channel->to = channel->to[0] ? channel->to : former->to;
    return NULL;
}

err channel_save(struct ctx *ctx, struct channel *channel)
{
    struct writing writing = {.channel = channel, .is_new = channel->id == 0};
    if (!writing.is_new)
        TRY(fill_from_former(ctx, channel));
    TRY(check(ctx, channel));
    if (writing.is_new)
        channel->id = id_new(ctx);
    channel->shown = shown_of(ctx, channel);
    TRY(seal_target(ctx, channel, &writing.target));
    return db_transact(ctx, write_in_transaction, &writing);
}

static err remove_in_transaction(struct ctx *ctx, void *arg)
{
    const int64_t *channel_id = arg;
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "no such channel",
                  "DELETE FROM channels WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                  db_int(*channel_id)));
    return occasions_settle(ctx, 0, 0);
}

err channel_remove(struct ctx *ctx, int64_t channel_id)
{
    return db_transact(ctx, remove_in_transaction, &channel_id);
}

err channel_note(struct ctx *ctx, int64_t channel_id, const struct delivery_result *result)
{
    return db_execute(ctx,
                      "UPDATE channels SET sent_at = CASE WHEN $3 = '' THEN $5 ELSE sent_at END,"
                      " failed_at = CASE WHEN $3 = '' THEN failed_at ELSE $5 END,"
                      " problem = CASE WHEN $3 = '' THEN problem ELSE $3 END,"
                      " detail = CASE WHEN $3 = '' THEN detail ELSE $4 END WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(channel_id),
                      db_text(result->problem ? result->problem : ""),
                      db_text(result->detail ? result->detail : ""), db_int(ctx->now));
}
