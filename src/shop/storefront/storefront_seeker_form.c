/* storefront_seeker_form.c - reads and writes the cookie of what somebody searched. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_seeker_form.h"

#include "base/random.h"
#include "base/text.h"
#include "shop/customer/customer.h"
#include "shop/storefront/storefront_search.h"
#include <inttypes.h>

#define COOKIE_SECONDS (INT64_C(90) * 24 * 3600)
#define COOKIE_LIMIT 4000
#define TOKEN_LENGTH 64
#define WORD_CHARACTERS 24 /* of a word that is remembered */
#define NEW_SEEKERS_A_MINUTE 60

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Of two hexadecimal digits. */
static char byte_of(const char *digits)
{
    unsigned char byte = (unsigned char)(hex_digit(digits[0]) * 16 + hex_digit(digits[1]));
    return *(const char *)&byte;
}

/* One percent-encoded word; NULL when it is no text. */
static const char *decode(struct arena *arena, const char *from, size_t length)
{
    char *word = arena_alloc(arena, length + 1);
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        bool is_coded =
            from[i] == '%' && i + 2 < length && hex_digit(from[i + 1]) >= 0 && hex_digit(from[i + 2]) >= 0;
        if (is_coded)
            word[count++] = byte_of(from + i + 1);
        else
            word[count++] = from[i];
        i += is_coded ? 2 : 0;
    }
    bool is_text = count > 0 && utf8_is_valid(word, count) && !text_has_control(word, count) &&
                   strlen(word) == count && !strpbrk(word, "\t\r\n");
    return is_text ? word : NULL;
}

static bool is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= '0' && text[i] <= '9') || ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'z') ||
              text[i] == '-' || text[i] == '_'))
            return false;
    return length >= 16 && length <= TOKEN_LENGTH;
}

void seeker_read(struct req *req, struct seeker *seeker)
{
    const char *at = req_cookie(req, SEEKER_COOKIE);
    *seeker = (struct seeker){0};
    size_t length = at ? strcspn(at, "!") : 0;
    if (!at || strlen(at) > COOKIE_LIMIT || !is_token(at, length))
        return;
    seeker->token = arena_copy(req->ctx.arena, at, length);
    for (at += length; *at == '!' && seeker->count < SEEKER_WORDS; at += length) {
        at++;
        length = strcspn(at, "!");
        const char *word = decode(req->ctx.arena, at, length);
        if (word)
            seeker->words[seeker->count++] = word;
    }
}

static void send(struct req *req, const struct seeker *seeker)
{
    struct text_buf cookie;
    text_open(&cookie, req->ctx.arena, COOKIE_LIMIT);
    text_add(&cookie, seeker->token);
    for (size_t i = 0; i < seeker->count; i++) {
        text_add_char(&cookie, '!');
        text_add_url(&cookie, seeker->words[i], strlen(seeker->words[i]));
    }
    reply_cookie(req, SEEKER_COOKIE, text_of(&cookie), COOKIE_SECONDS);
}

static void take_out(struct seeker *seeker, const char *word)
{
    size_t kept = 0;
    for (size_t i = 0; i < seeker->count; i++)
        if (!text_is(seeker->words[i], word))
            seeker->words[kept++] = seeker->words[i];
    seeker->count = kept;
}

void seeker_remember(struct req *req, struct seeker *seeker, const char *word)
{
    const char *short_word =
        arena_copy(req->ctx.arena, word, utf8_prefix(word, strlen(word), WORD_CHARACTERS));
    if (!seeker->token)
        seeker->token = random_token(req->ctx.arena);
    take_out(seeker, short_word);
    if (seeker->count == SEEKER_WORDS)
        seeker->count--;
    memmove(seeker->words + 1, seeker->words, seeker->count * sizeof *seeker->words);
    seeker->words[0] = short_word;
    seeker->count++;
    send(req, seeker);
}

void seeker_forget(struct req *req, struct seeker *seeker, const char *word)
{
    if (!word[0] || !seeker->token) {
        reply_cookie(req, SEEKER_COOKIE, "", -1);
        *seeker = (struct seeker){0};
        return;
    }
    take_out(seeker, word);
    send(req, seeker);
}

const char *seeker_key(struct req *req, const struct seeker *seeker, bool is_new)
{
    const char *network = req_network(req);
    if (customer_here(&req->ctx))
        return arena_format(req->ctx.arena, "account %" PRId64, req->ctx.actor_id);
    if (is_new &&
        !req_rate_take(req, arena_format(req->ctx.arena, "seeker %s", network), NEW_SEEKERS_A_MINUTE))
        return network;
    return seeker->token;
}

void seeker_view(struct ctx *ctx, struct value *list, const struct seeker *seeker, const char *typed)
{
    for (size_t i = 0; i < seeker->count; i++) {
        if (!text_starts(seeker->words[i], typed))
            continue;
        struct value *entry = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_text(ctx->arena, entry, "text", seeker->words[i]);
        value_set_text(ctx->arena, entry, "url", search_address(ctx, seeker->words[i]));
    }
}
