/* head.c - the head of a request: the fields that we read, and everything that makes it unfit to be served.
 *
 * What two readers could read differently is refused: several Host or Content-Length fields, a length beside
 * chunks, a field name that is no token. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"
#include <microhttpd.h>
#include <string.h>
#include <strings.h>

#define HEADER_COUNT_LIMIT 100
/* What libmicrohttpd notes of a field beside its text. */
#define FIELD_RECORD ((size_t)48)
/* Records that no field of the client stands behind. */
#define OWN_FIELDS 3
/* Left for the head of the reply, and for that of a refusal: without room for it the library is mute. */
#define REPLY_HEAD ((size_t)2048)
#define REFUSAL_HEAD ((size_t)640)

struct known {
    const char *name;
    size_t length;
    size_t offset; /* of the pointer in struct head */
    bool is_single;
};

#define KNOWN(name, member, is_single)                                                                       \
    {                                                                                                        \
        name, sizeof(name) - 1, offsetof(struct head, member), is_single                                     \
    }

static const struct known known_fields[] = {
    KNOWN("Host", host, true),
    KNOWN("Range", range, true),
    KNOWN("Accept", accept, false),
    KNOWN("Cookie", cookie, false),
    KNOWN("Expect", expect, true),
    KNOWN("Origin", origin, true),
    KNOWN("Content-Type", content_type, true),
    KNOWN("Authorization", authorization, true),
    KNOWN("If-None-Match", if_none_match, true),
    KNOWN("Sec-Fetch-Site", fetch_site, true),
    KNOWN("Accept-Encoding", accept_encoding, false),
    KNOWN("Accept-Language", accept_language, false),
    KNOWN("X-Forwarded-For", forwarded_for, false),
    KNOWN("X-Forwarded-Proto", forwarded_proto, false),
};

static void refuse(struct exchange *exchange, enum error_code code, const char *reason)
{
    if (exchange->refusal == ERR_NONE) {
        exchange->refusal = code;
        exchange->reason = reason;
    }
}

static bool is_token(const char *name, size_t length)
{
    static const char allowed[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return length > 0 && strspn(name, allowed) == length;
}

static void read_length(struct exchange *exchange, const char *value)
{
    int64_t length;
    if (exchange->head.content_length >= 0)
        refuse(exchange, ERR_BAD_REQUEST, "there are two Content-Length fields");
    else if (!text_to_int(value, &length) || length < 0 || *value < '0')
        refuse(exchange, ERR_BAD_REQUEST, "the Content-Length is no length");
    else
        exchange->head.content_length = length;
}

static void read_known(struct exchange *exchange, const char *name, size_t length, const char *value)
{
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        const struct known *known = &known_fields[i];
        if (known->length != length || strncasecmp(known->name, name, length) != 0)
            continue;
        const char **place = (const char **)(void *)((char *)&exchange->head + known->offset);
        if (*place && known->is_single)
            refuse(exchange, ERR_BAD_REQUEST, "a header field that may come once came twice");
        if (*place == NULL)
            *place = value;
        return;
    }
}

static enum MHD_Result on_field(void *cls, enum MHD_ValueKind kind, const char *name, size_t name_length,
                                const char *value, size_t value_length)
{
    struct exchange *exchange = cls;
    (void)kind;
    (void)value_length;
    if (library_made(value))
        return MHD_YES;
    if (++exchange->head.count > HEADER_COUNT_LIMIT)
        refuse(exchange, ERR_BAD_REQUEST, "there are too many header fields");
    if (!is_token(name, name_length))
        refuse(exchange, ERR_BAD_REQUEST, "the name of a header field is malformed");
    if (value == NULL)
        value = "";
    if (name_length == 14 && strncasecmp(name, "Content-Length", 14) == 0) {
        read_length(exchange, value);
    } else if (name_length == 17 && strncasecmp(name, "Transfer-Encoding", 17) == 0) {
        if (exchange->head.is_chunked || strcasecmp(value, "chunked") != 0)
            refuse(exchange, ERR_BAD_REQUEST, "only the transfer encoding \"chunked\" is taken");
        exchange->head.is_chunked = true;
    } else {
        read_known(exchange, name, name_length, value);
    }
    return MHD_YES;
}

static enum face face_of(const struct exchange *exchange)
{
    const struct head *head = &exchange->head;
    if (strncmp(exchange->url, "/api/", 5) == 0)
        return FACE_JSON;
    if (media_type_is(head->content_type, "application/json") || accept_prefers_json(head->accept))
        return FACE_JSON;
    return FACE_HTML;
}

/* "http://shop.example/path" is as good as "/path" with a Host field. */
static void cut_absolute(struct exchange *exchange)
{
    if (exchange->url[0] == '/' || exchange->is_options)
        return;
    size_t scheme = strncasecmp(exchange->url, "http://", 7) == 0    ? 7
                    : strncasecmp(exchange->url, "https://", 8) == 0 ? 8
                                                                     : 0;
    const char *slash = scheme ? strchr(exchange->url + scheme, '/') : NULL;
    if (slash == NULL)
        return refuse(exchange, ERR_BAD_REQUEST, "the target is malformed");
    exchange->url_length -= (size_t)(slash - exchange->url);
    memmove(exchange->url, slash, exchange->url_length + 1);
}

static bool has_control(const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at; at++)
        if (*at <= ' ' || *at == 0x7f)
            return true;
    return false;
}

static void check_size(struct exchange *exchange, size_t size)
{
    size_t used = size + ((size_t)exchange->head.count + OWN_FIELDS) * FIELD_RECORD;
    exchange->is_cramped = used > CONNECTION_MEMORY - REFUSAL_HEAD;
    if (exchange->refusal)
        return;
    if (size > HTTP_HEADER_LIMIT)
        refuse(exchange, ERR_BAD_REQUEST, "the header fields are longer than 8192 bytes");
    else if (used > CONNECTION_MEMORY - REPLY_HEAD)
        refuse(exchange, ERR_BAD_REQUEST, "the header fields are too many for their length");
    else
        return;
    exchange->refusal_status = 431;
}

void head_read(struct exchange *exchange)
{
    struct head *head = &exchange->head;
    *head = (struct head){.content_length = -1};
    MHD_get_connection_values_n(exchange->wire, MHD_HEADER_KIND, on_field, exchange);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->wire, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    cut_absolute(exchange);
    exchange->face = face_of(exchange);
    if (exchange->url_is_too_long)
        refuse(exchange, ERR_URI_TOO_LONG, "the address is longer than 2048 bytes");
    if (info)
        check_size(exchange, info->header_size);
    if (has_control(exchange->url))
        refuse(exchange, ERR_BAD_REQUEST, "the target holds a control character");
    if (head->host && !host_is_valid(head->host))
        refuse(exchange, ERR_BAD_REQUEST, "the Host is malformed");
    if (head->is_chunked && head->content_length >= 0)
        refuse(exchange, ERR_BAD_REQUEST, "a length and chunks contradict each other");
    if (exchange->method == 0 && !exchange->is_options)
        refuse(exchange, ERR_METHOD_NOT_ALLOWED, "this method is not known here");
}

const char *head_value(const struct exchange *exchange, const char *name)
{
    const char *value = MHD_lookup_connection_value(exchange->wire, MHD_HEADER_KIND, name);
    if (value == NULL || !utf8_is_valid(value, strlen(value)) || text_has_control(value, strlen(value)))
        return NULL;
    return value;
}

bool head_is_https(const struct exchange *exchange)
{
    const char *proto = exchange->head.forwarded_proto;
    return proto && strcasecmp(proto, "https") == 0 &&
           address_is_trusted(&exchange->server->trusted, &exchange->peer);
}
