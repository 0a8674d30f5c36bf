/* notify_mime.c - a letter as a message by RFC 5322 and MIME (RFC 2045 to 2047).
 *
 * Whatever people typed stands in the head only in base64 words, so that no line break of theirs can begin a
 * header of its own. Lines end with CRLF and have 78 characters at most. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/notify/notify_parts.h"

#include "base/crypto.h"
#include "base/text.h"
#include <ctype.h>

#define BASE64_LINE 76
/* A line with words has 76 characters at most (RFC 2047, 2): "Subject: =?UTF-8?B?" and "?=" leave 52 of them,
 * which are 39 bytes. */
#define WORD_BYTES 39
#define BOUNDARY "=_yundian_"

bool mail_address_is_valid(const char *address)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const char *at = strchr(address, '@');
    if (!at || at == address || strlen(address) > MAIL_ADDRESS_LIMIT || address[0] == '.' || at[-1] == '.')
        return false;
    for (const char *c = address; c < at; c++)
        if (!strchr(letters, *c) && !strchr("!#$%&'*+-/=?^_`{|}~.", *c))
            return false;
    const char *domain = at + 1;
    for (const char *c = domain; *c; c++)
        if (!strchr(letters, *c) && *c != '-' && *c != '.')
            return false;
    return strchr(domain, '.') && domain[0] != '.' && domain[0] != '-' && !text_ends(domain, ".") &&
           !strstr(domain, "..");
}

/* ---- the head ---- */

static bool is_plain_ascii(const char *text)
{
    for (const char *c = text; *c; c++)
        if (*c < ' ' || *c > '~' || strchr("=?\"\\<>()[]:;@,", *c))
            return false;
    return strlen(text) <= WORD_BYTES;
}

/* A character is never cut in two (RFC 2047, 5). */
static size_t word_length(const char *text)
{
    size_t length = strlen(text);
    if (length <= WORD_BYTES)
        return length;
    for (length = WORD_BYTES; length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80;)
        length--;
    return length;
}

static void add_words(struct ctx *ctx, struct text_buf *out, const char *text)
{
    if (is_plain_ascii(text)) {
        text_add(out, text);
        return;
    }
    for (const char *separator = ""; *text; separator = "\r\n ") {
        size_t length = word_length(text);
        text_add_format(out, "%s=?UTF-8?B?%s?=", separator,
                        crypto_base64(ctx->arena, (const unsigned char *)text, length));
        text += length;
    }
}

static void add_sender(struct ctx *ctx, struct text_buf *out, const struct envelope *envelope)
{
    text_add(out, "From: ");
    if (envelope->from_name[0]) {
        add_words(ctx, out, envelope->from_name);
        text_add(out, "\r\n ");
    }
    text_add_format(out, "<%s>\r\n", envelope->from_address);
}

/* The first characters on one line: line breaks in a subject are blanks. */
static const char *one_line(struct ctx *ctx, const char *text)
{
    char *copy = arena_copy_text(ctx->arena, text);
    for (char *c = copy; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    return copy;
}

static void add_head(struct ctx *ctx, struct text_buf *out, const struct envelope *envelope,
                     const struct letter *letter, const char *boundary)
{
    add_sender(ctx, out, envelope);
    for (size_t i = 0; i < envelope->to_count; i++)
        text_add_format(out, "%s<%s>%s", i ? " " : "To: ", envelope->to[i],
                        i + 1 < envelope->to_count ? ",\r\n" : "\r\n");
    if (envelope->reply_to[0])
        text_add_format(out, "Reply-To: <%s>\r\n", envelope->reply_to);
    text_add(out, "Subject: ");
    add_words(ctx, out, one_line(ctx, letter->title));
    /* The C locale: names of days and months as RFC 5322, 3.3 wants them. */
    text_add_format(out, "\r\nDate: %s +0000\r\n",
                    clock_format(ctx->arena, envelope->at, zone_fixed(0), "%a, %d %b %Y %H:%M:%S"));
    text_add_format(out, "Message-ID: <%s>\r\n", envelope->message_id);
    /* RFC 3834: no holiday answers to a program. */
    text_add(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
    text_add_format(out, "Content-Language: %s\r\n", letter->locale);
    text_add_format(out, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary);
}

/* ---- the body ---- */

static void add_part(struct ctx *ctx, struct text_buf *out, const char *boundary, const char *type,
                     const char *text)
{
    text_add_format(out, "--%s\r\nContent-Type: %s; charset=utf-8\r\n", boundary, type);
    text_add(out, "Content-Transfer-Encoding: base64\r\n\r\n");
    const char *encoded = crypto_base64(ctx->arena, (const unsigned char *)text, strlen(text));
    for (size_t left = strlen(encoded); left > 0;) {
        size_t length = left < BASE64_LINE ? left : BASE64_LINE;
        text_add_bytes(out, encoded, length);
        text_add(out, "\r\n");
        encoded += length;
        left -= length;
    }
}

static void add_escaped(struct text_buf *out, const char *before, const char *text, const char *after)
{
    text_add(out, before);
    for (;;) {
        size_t length = strcspn(text, "\n");
        text_add_html(out, text, length);
        if (!text[length])
            break;
        text_add(out, "<br>");
        text += length + 1;
    }
    text_add(out, after);
}

/* Styles stand at the elements: mail programs drop style sheets. */
static const char *html_of(struct ctx *ctx, const struct letter *letter)
{
    struct text_buf out;
    text_open(&out, ctx->arena, LETTER_BYTES);
    text_add_format(&out,
                    "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><meta"
                    " name=\"viewport\" content=\"width=device-width\">",
                    letter->locale);
    add_escaped(&out, "<title>", letter->title,
                "</title></head><body style=\"margin:0;background:#f5f5f2;color:#222;"
                "font:16px/1.6 -apple-system,'PingFang SC','Microsoft YaHei',sans-serif\">"
                "<div style=\"max-width:36em;margin:0 auto;padding:24px 16px\">");
    add_escaped(&out, "<p style=\"margin:0 0 12px;color:#666\">", letter->shop_name, "</p>");
    text_add(&out,
             "<div style=\"background:#fff;border:1px solid #e4e4de;border-radius:12px;padding:24px\">");
    add_escaped(&out, "<h1 style=\"margin:0 0 12px;font-size:20px\">", letter->title, "</h1>");
    add_escaped(&out, "<p style=\"margin:0 0 16px\">", letter->intro, "</p>");
    if (letter->row_count > 0)
        text_add(&out, "<table role=\"presentation\" style=\"width:100%;border-collapse:collapse\">");
    for (size_t i = 0; i < letter->row_count; i++) {
        add_escaped(&out, "<tr><td style=\"padding:8px 12px 8px 0;border-top:1px solid #eee;color:#666\">",
                    letter->rows[i].label, "</td>");
        add_escaped(&out,
                    "<td style=\"padding:8px 0;border-top:1px solid #eee;text-align:right;"
                    "word-break:break-word\">",
                    letter->rows[i].value, "</td></tr>");
    }
    text_add(&out, letter->row_count > 0 ? "</table>" : "");
    if (letter->link[0]) {
        add_escaped(&out, "<p style=\"margin:20px 0 0\"><a href=\"", letter->link,
                    "\" style=\"display:inline-block;background:#1f6f4a;color:#fff;padding:10px 20px;"
                    "border-radius:8px;text-decoration:none\">");
        add_escaped(&out, "", letter->link_label, "</a></p>");
    }
    add_escaped(&out, "</div><p style=\"margin:16px 0 0;color:#666;font-size:13px\">", letter->footer,
                "</p></div></body></html>\n");
    return text_of(&out);
}

const char *letter_plain(struct ctx *ctx, const struct letter *letter, bool has_title)
{
    struct text_buf out;
    text_open(&out, ctx->arena, LETTER_BYTES);
    if (has_title)
        text_add_format(&out, "%s\n", letter->title);
    if (letter->intro[0])
        text_add_format(&out, "%s\n", letter->intro);
    if (letter->row_count > 0 && letter->intro[0])
        text_add(&out, "\n");
    for (size_t i = 0; i < letter->row_count; i++)
        text_add_format(&out, "%s%s%s\n", letter->rows[i].label, letter->rows[i].label[0] ? ": " : "",
                        letter->rows[i].value);
    if (letter->link[0])
        text_add_format(&out, "\n%s\n%s\n", letter->link_label, letter->link);
    if (letter->footer[0])
        text_add_format(&out, "\n-- \n%s\n", letter->footer);
    return text_of(&out);
}

/* Bare line feeds become CRLF (RFC 2046, 4.1.1); the parts are in base64, so it is the text that matters. */
static const char *with_crlf(struct ctx *ctx, const char *text)
{
    struct text_buf out;
    text_open(&out, ctx->arena, LETTER_BYTES);
    for (; *text; text++)
        if (*text == '\n')
            text_add(&out, "\r\n");
        else if (*text != '\r')
            text_add_char(&out, *text);
    return text_of(&out);
}

const char *mime_write(struct ctx *ctx, const struct envelope *envelope, const struct letter *letter,
                       size_t *length)
{
    struct text_buf out;
    /* "=_" cannot stand in base64. */
    const char *boundary = BOUNDARY "part";
    text_open(&out, ctx->arena, 4 * LETTER_BYTES);
    add_head(ctx, &out, envelope, letter, boundary);
    add_part(ctx, &out, boundary, "text/plain", with_crlf(ctx, letter_plain(ctx, letter, false)));
    add_part(ctx, &out, boundary, "text/html", with_crlf(ctx, html_of(ctx, letter)));
    text_add_format(&out, "--%s--\r\n", boundary);
    *length = out.len;
    return text_of(&out);
}
