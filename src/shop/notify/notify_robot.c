/* notify_robot.c - chat robots: how each wants to be spoken to, and how it says no.
 *
 * Sources: 企业微信 开发者中心 群机器人配置说明; 钉钉开放平台 自定义机器人安全设置 and 自定义机器人发送消息;
 * 飞书 开放平台 自定义机器人使用指南; Bark (github.com/Finb/bark-server, docs/API_V2.md); Telegram Bot API,
 * sendMessage. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "shop/outbound.h"
#include "shop/services.h"
#include <inttypes.h>

#define BODY_LIMIT ((size_t)64 << 10)
#define REPLY_LIMIT INT64_C(16384) /* bytes */
#define URL_LIMIT 4000
#define DETAIL_LIMIT 160 /* code points of what a robot said that are kept */
/* 企业微信: 2,048 bytes of text; the others take more. */
#define TEXT_BYTES 2000
#define TELEGRAM_API "https://api.telegram.org"

/* One call to a robot. */
struct call {
    const char *url;
    struct value *body;
    struct outbound_header headers[4];
    size_t header_count;
};

/* ---- signing ---- */

static const char *sign(struct ctx *ctx, const char *key, const char *text)
{
    unsigned char mac[CRYPTO_HASH_BYTES];
    crypto_hmac_sha256(key, strlen(key), text, strlen(text), mac);
    return crypto_base64(ctx->arena, mac, sizeof mac);
}

/* 钉钉: the key is the secret, the text is "ms\nsecret"; both go into the address. */
static const char *dingtalk_url(struct ctx *ctx, const struct channel *channel)
{
    struct text_buf url;
    if (!channel->secret[0])
        return channel->url;
    const char *stamp = arena_format(ctx->arena, "%" PRId64, clock_now());
    const char *text = arena_format(ctx->arena, "%s\n%s", stamp, channel->secret);
    const char *signature = sign(ctx, channel->secret, text);
    text_open(&url, ctx->arena, URL_LIMIT);
    text_add_format(&url, "%s%stimestamp=%s&sign=", channel->url, strchr(channel->url, '?') ? "&" : "?",
                    stamp);
    text_add_url(&url, signature, strlen(signature));
    return text_of(&url);
}

/* 飞书: the key is "s\nsecret", the text is empty; both go into the body. */
static void sign_feishu(struct ctx *ctx, const struct channel *channel, struct value *body)
{
    if (!channel->secret[0])
        return;
    const char *stamp = arena_format(ctx->arena, "%" PRId64, clock_now() / SECOND_MS);
    value_set_text(ctx->arena, body, "timestamp", stamp);
    value_set_text(ctx->arena, body, "sign",
                   sign(ctx, arena_format(ctx->arena, "%s\n%s", stamp, channel->secret), ""));
}

/* ---- what is said ---- */

static const char *cut(struct ctx *ctx, const char *text)
{
    size_t length = strlen(text);
    if (length <= TEXT_BYTES)
        return text;
    for (length = TEXT_BYTES; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
        length--;
    return arena_format(ctx->arena, "%.*s…", (int)length, text);
}

/* {"msgtype": "text", "text": {"content": …}}, as 企业微信 and 钉钉 take it; 飞书 has other names. */
static void set_text(struct ctx *ctx, struct value *body, const char *type_name, const char *place,
                     const char *text_name, const char *text)
{
    value_set_text(ctx->arena, body, type_name, "text");
    value_set_text(ctx->arena, value_set_object(ctx->arena, body, place), text_name, text);
}

static void set_bark(struct ctx *ctx, struct value *body, const struct letter *letter)
{
    struct letter rest = *letter;
    rest.link = "";
    value_set_text(ctx->arena, body, "title", letter->title);
    value_set_text(ctx->arena, body, "body", cut(ctx, letter_plain(ctx, &rest, false)));
    value_set_text(ctx->arena, body, "group", letter->shop_name);
    if (letter->link[0])
        value_set_text(ctx->arena, body, "url", letter->link);
}

static void set_telegram(struct ctx *ctx, struct call *call, const struct channel *channel, const char *text)
{
    const char *api = channel->url[0] ? channel->url : TELEGRAM_API;
    size_t length = strlen(api) - text_ends(api, "/");
    call->url = arena_format(ctx->arena, "%.*s/bot%s/sendMessage", (int)length, api, channel->secret);
    value_set_text(ctx->arena, call->body, "chat_id", channel->to);
    value_set_text(ctx->arena, call->body, "text", text);
    value_set_bool(ctx->arena, call->body, "disable_web_page_preview", true);
}

static void set_webhook(struct ctx *ctx, struct call *call, const struct letter *letter, const char *key,
                        const char *occasion)
{
    struct arena *arena = ctx->arena;
    value_set_text(arena, call->body, "id", key);
    value_set_text(arena, call->body, "occasion", occasion);
    value_set_text(arena, call->body, "shop", ctx->shop->handle);
    value_set_text(arena, call->body, "title", letter->title);
    value_set_text(arena, call->body, "text", letter_plain(ctx, letter, false));
    value_set_text(arena, call->body, "url", letter->link);
    value_set_time(arena, call->body, "sent_at", ctx->now);
    call->headers[call->header_count++] = (struct outbound_header){"Idempotency-Key", key};
}

/* As hooks are signed (docs/hooks.md). */
static void sign_webhook(struct ctx *ctx, struct call *call, const char *secret, const char *body)
{
    unsigned char mac[CRYPTO_HASH_BYTES];
    if (!secret[0])
        return;
    const char *stamp = arena_format(ctx->arena, "%" PRId64, clock_now() / SECOND_MS);
    const char *text = arena_format(ctx->arena, "%s.%s", stamp, body);
    crypto_hmac_sha256(secret, strlen(secret), text, strlen(text), mac);
    call->headers[call->header_count++] = (struct outbound_header){"Yundian-Timestamp", stamp};
    call->headers[call->header_count++] = (struct outbound_header){
        "Yundian-Signature", arena_format(ctx->arena, "v1=%s", crypto_hex(ctx->arena, mac, sizeof mac))};
}

static void prepare(struct ctx *ctx, const struct channel *channel, const struct letter *letter,
                    const char *key, const char *occasion, struct call *call)
{
    struct letter named = *letter;
    /* One group may hear several shops. */
    named.title = arena_format(ctx->arena, "[%s] %s", letter->shop_name, letter->title);
    const char *text = cut(ctx, letter_plain(ctx, &named, true));
    *call = (struct call){.url = channel->url, .body = value_object(ctx->arena)};
    switch (channel->kind) {
    case CHANNEL_DINGTALK:
        call->url = dingtalk_url(ctx, channel);
        set_text(ctx, call->body, "msgtype", "text", "content", text);
        break;
    case CHANNEL_FEISHU:
        sign_feishu(ctx, channel, call->body);
        set_text(ctx, call->body, "msg_type", "content", "text", text);
        break;
    case CHANNEL_BARK:
        set_bark(ctx, call->body, letter);
        break;
    case CHANNEL_TELEGRAM:
        set_telegram(ctx, call, channel, text);
        break;
    case CHANNEL_WEBHOOK:
        set_webhook(ctx, call, letter, key, occasion);
        break;
    default:
        set_text(ctx, call->body, "msgtype", "text", "content", text);
    }
}

/* ---- what it answers ---- */

/* Numbers by which vendors say that it was too much at once, or that the signature is wrong. */
static const struct refusal {
    enum channel_kind kind;
    int64_t code;
    const char *problem;
    bool is_passing;
} refusals[] = {
    {CHANNEL_WECOM, 45009, "robot-busy", true},       {CHANNEL_WECOM, 93000, "robot-gone", false},
    {CHANNEL_DINGTALK, 130101, "robot-busy", true},   {CHANNEL_DINGTALK, 410100, "robot-busy", true},
    {CHANNEL_DINGTALK, 310000, "robot-words", false}, {CHANNEL_DINGTALK, 300005, "robot-gone", false},
    {CHANNEL_FEISHU, 11232, "robot-busy", true},      {CHANNEL_FEISHU, 19021, "robot-sign", false},
    {CHANNEL_FEISHU, 19024, "robot-words", false},    {CHANNEL_FEISHU, 19001, "robot-gone", false},
    {CHANNEL_TELEGRAM, 429, "robot-busy", true},      {CHANNEL_TELEGRAM, 401, "robot-gone", false},
    {CHANNEL_TELEGRAM, 404, "robot-gone", false},
};

static const char *short_text(struct ctx *ctx, const char *text)
{
    if (!text)
        return "";
    char *copy = arena_copy(ctx->arena, text, utf8_prefix(text, strlen(text), DETAIL_LIMIT));
    for (char *c = copy; *c; c++)
        if (*c > 0 && *c < ' ')
            *c = ' ';
    return copy;
}

static void refuse(struct ctx *ctx, enum channel_kind kind, int64_t code, const char *text,
                   struct delivery_result *result)
{
    result->problem = "robot-refused";
    result->is_passing = (kind == CHANNEL_TELEGRAM || kind == CHANNEL_BARK) && code >= 500;
    result->detail = short_text(ctx, arena_format(ctx->arena, "%" PRId64 " %s", code, text ? text : ""));
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].kind == kind && refusals[i].code == code) {
            result->problem = refusals[i].problem;
            result->is_passing = refusals[i].is_passing;
        }
}

/* Vendors answer 200 also when they refuse: what counts is a number in the body. */
static void read_verdict(struct ctx *ctx, enum channel_kind kind, const char *body,
                         struct delivery_result *result)
{
    struct value *answer;
    int64_t code;
    if (json_read(ctx, body, strlen(body), &answer)) {
        *result = (struct delivery_result){"robot-bad-answer", "", false};
        return;
    }
    switch (kind) {
    case CHANNEL_FEISHU:
        code = value_find_int(answer, "code", value_find_int(answer, "StatusCode", -1));
        if (code != 0)
            refuse(ctx, kind, code, value_find_text(answer, "msg"), result);
        break;
    case CHANNEL_BARK:
        code = value_find_int(answer, "code", -1);
        if (code != 200)
            refuse(ctx, kind, code, value_find_text(answer, "message"), result);
        break;
    case CHANNEL_TELEGRAM:
        code = value_find_int(answer, "error_code", 0);
        if (code != 0)
            refuse(ctx, kind, code, value_find_text(answer, "description"), result);
        break;
    default:
        code = value_find_int(answer, "errcode", -1);
        if (code != 0)
            refuse(ctx, kind, code, value_find_text(answer, "errmsg"), result);
    }
}

/* Bark and Telegram say why in the body of a 4xx. */
static bool has_verdict(enum channel_kind kind, const struct outbound_answer *answer)
{
    if (kind == CHANNEL_WEBHOOK)
        return false;
    bool explains = kind == CHANNEL_BARK || kind == CHANNEL_TELEGRAM || kind == CHANNEL_FEISHU;
    return answer->status == 200 ||
           (explains && answer->status >= 400 && answer->status < 500 && answer->body[0] == '{');
}

static void judge(struct ctx *ctx, enum channel_kind kind, const struct outbound_answer *answer,
                  struct delivery_result *result)
{
    *result = (struct delivery_result){.detail = ""};
    if (answer->problem != OUTBOUND_FINE) {
        result->problem = outbound_problem_names[answer->problem];
        result->is_passing = outbound_is_passing(answer->problem);
        return;
    }
    if (has_verdict(kind, answer)) {
        read_verdict(ctx, kind, answer->body, result);
        return;
    }
    if (answer->status >= 200 && answer->status < 300)
        return;
    result->problem = "http-status";
    result->detail = arena_format(ctx->arena, "%d", answer->status);
    result->is_passing = answer->status == 408 || answer->status == 429 || answer->status >= 500;
}

err robot_send(struct ctx *ctx, const struct channel *channel, const struct letter *letter, const char *key,
               const char *occasion, struct delivery_result *result)
{
    struct call call;
    struct outbound_answer answer;
    const char *body;
    prepare(ctx, channel, letter, key, occasion, &call);
    TRY(json_text(ctx, call.body, BODY_LIMIT, &body));
    if (channel->kind == CHANNEL_WEBHOOK)
        sign_webhook(ctx, &call, channel->secret, body);
    struct outbound_request request = {.url = call.url,
                                       .body = body,
                                       .body_length = strlen(body),
                                       .headers = call.headers,
                                       .header_count = call.header_count,
                                       .byte_limit = REPLY_LIMIT,
                                       .timeout = NOTIFY_TIMEOUT_MS,
                                       .is_https_only = true};
    TRY(ctx->services->outbound->send(ctx, &request, &answer));
    judge(ctx, channel->kind, &answer, result);
    return NULL;
}
