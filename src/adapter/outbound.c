/* outbound.c - libcurl behind the port of outbound.h.
 *
 * The guard stands where the socket is opened: libcurl asks us with the address that it is about to connect
 * to, after its own look-up, for each redirect and for each address that a name has. So what was checked is
 * what is used. Proxies and .netrc of the environment are not looked at. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/outbound.h"

#include "adapter/public_address.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/text.h"
#include "db/db.h"
#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 10000L
#define HTTP_PORT 80
#define HTTPS_PORT 443

/* One request with its redirects. */
struct sending {
    struct ctx *ctx;
    const struct outbound_request *request;
    struct outbound_answer *answer;
    CURL *curl;
    struct curl_slist *headers;
    struct curl_slist *via; /* the setting outbound_via */
    FILE *file;             /* the body goes here, else into `text` */
    struct text_buf text;   /* ceiling: byte_limit */
    int64_t bytes;
    int64_t ends_at; /* clock_steady */
    bool is_too_big;
    bool is_forbidden; /* an address was refused */
    bool is_broken;    /* the file cannot be written */
};

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        bug("libcurl does not start");
}

void outbound_start(void)
{
    pthread_once(&started, start);
}

static const char *allowed_of(const struct ctx *ctx)
{
    return ctx->config && ctx->config->outbound_allow ? ctx->config->outbound_allow : "";
}

static bool may_connect(const struct ctx *ctx, const struct sockaddr *address)
{
    uint16_t port = address_port(address);
    if (address_is_listed(address, allowed_of(ctx)))
        return true;
    return (port == HTTP_PORT || port == HTTPS_PORT) && address_is_public(address);
}

/* ---- what an address says by itself ---- */

/* The address that a URL names in numbers; false for a name. */
static bool read_literal(const char *host, const char *port, struct sockaddr_storage *address)
{
    struct sockaddr_in *four = (void *)address;
    struct sockaddr_in6 *six = (void *)address;
    char inner[INET6_ADDRSTRLEN];
    int64_t number;
    memset(address, 0, sizeof *address);
    if (!text_to_int(port, &number))
        return false;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)number);
        return true;
    }
    size_t length = strlen(host);
    if (length < 2 || length - 2 >= sizeof inner || host[0] != '[')
        return false;
    memcpy(inner, host + 1, length - 2);
    inner[length - 2] = '\0';
    six->sin6_family = AF_INET6;
    six->sin6_port = htons((uint16_t)number);
    return inet_pton(AF_INET6, inner, &six->sin6_addr) == 1;
}

static char *part_of(struct ctx *ctx, CURLU *url, CURLUPart part, unsigned flags)
{
    char *text, *kept = NULL;
    if (curl_url_get(url, part, &text, flags) == CURLUE_OK) {
        kept = arena_copy_text(ctx->arena, text);
        curl_free(text);
    }
    return kept;
}

static enum outbound_problem look_at_parts(struct ctx *ctx, CURLU *url, bool is_https_only)
{
    struct sockaddr_storage address;
    const char *scheme = part_of(ctx, url, CURLUPART_SCHEME, 0);
    const char *host = part_of(ctx, url, CURLUPART_HOST, 0);
    const char *port = part_of(ctx, url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (!text_is(scheme, "http") && !text_is(scheme, "https"))
        return OUTBOUND_BAD_URL;
    if (text_is_blank(host) || !port || part_of(ctx, url, CURLUPART_USER, 0) ||
        part_of(ctx, url, CURLUPART_PASSWORD, 0))
        return OUTBOUND_BAD_URL;
    bool is_literal = read_literal(host, port, &address);
    bool is_listed = is_literal && address_is_listed((const void *)&address, allowed_of(ctx));
    if (is_listed)
        return OUTBOUND_FINE;
    if (is_https_only && text_is(scheme, "http"))
        return OUTBOUND_NOT_HTTPS;
    return is_literal && !may_connect(ctx, (const void *)&address) ? OUTBOUND_FORBIDDEN : OUTBOUND_FINE;
}

static enum outbound_problem look_at(struct ctx *ctx, const char *text, bool is_https_only)
{
    pthread_once(&started, start);
    if (!text || strlen(text) > OUTBOUND_URL_LIMIT)
        return OUTBOUND_BAD_URL;
    CURLU *url = curl_url();
    if (!url)
        bug("libcurl gives no URL");
    enum outbound_problem problem = OUTBOUND_BAD_URL;
    if (curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK)
        problem = look_at_parts(ctx, url, is_https_only);
    curl_url_cleanup(url);
    return problem;
}

/* ---- what libcurl asks ---- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(sending->ctx, &address->addr)) {
        sending->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *bytes, size_t size, size_t count, void *arg)
{
    struct sending *sending = arg;
    size_t length = size * count;
    if (sending->bytes + (int64_t)length > sending->request->byte_limit) {
        sending->is_too_big = true;
        return CURL_WRITEFUNC_ERROR;
    }
    sending->bytes += (int64_t)length;
    if (!sending->file) {
        text_add_bytes(&sending->text, bytes, length);
        return length;
    }
    if (fwrite(bytes, 1, length, sending->file) == length)
        return length;
    sending->is_broken = true;
    return CURL_WRITEFUNC_ERROR;
}

static enum outbound_problem problem_of(const struct sending *sending, CURLcode code)
{
    if (sending->is_too_big || code == CURLE_FILESIZE_EXCEEDED)
        return OUTBOUND_TOO_BIG;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return OUTBOUND_TIMEOUT;
    if (sending->is_forbidden)
        return OUTBOUND_FORBIDDEN;
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return OUTBOUND_NO_HOST;
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
        code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM)
        return OUTBOUND_BAD_TLS;
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return OUTBOUND_BAD_URL;
    return OUTBOUND_NO_CONNECT;
}

/* ---- sending ---- */

static void add_header(struct sending *sending, const char *name, const char *value)
{
    struct curl_slist *longer =
        curl_slist_append(sending->headers, arena_format(sending->ctx->arena, "%s: %s", name, value));
    if (!longer)
        bug("libcurl has no memory");
    sending->headers = longer;
}

/* What is called instead is looked at by the guard as anything else. */
static void add_via(struct sending *sending)
{
    const struct config *config = sending->ctx->config;
    const char *at = config && config->outbound_via ? config->outbound_via : "";
    while (*at) {
        size_t length = strcspn(at, ",");
        struct curl_slist *longer =
            curl_slist_append(sending->via, arena_copy(sending->ctx->arena, at, length));
        if (!longer)
            bug("libcurl has no memory");
        sending->via = longer;
        at += length + (at[length] == ',');
    }
    curl_easy_setopt(sending->curl, CURLOPT_CONNECT_TO, sending->via);
}

static void prepare(struct sending *sending)
{
    CURL *curl = sending->curl;
    const struct outbound_request *request = sending->request;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)request->byte_limit);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Yundian/" YUNDIAN_VERSION);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, sending);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
        add_header(sending, "Content-Type", "application/json");
        add_header(sending, "Expect", "");
    }
    for (size_t i = 0; i < request->header_count && i < OUTBOUND_HEADER_LIMIT; i++)
        add_header(sending, request->headers[i].name, request->headers[i].value);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, sending->headers);
    add_via(sending);
}

/* One leg; `next` is where it is redirected to, or NULL. */
static enum outbound_problem go(struct sending *sending, const char *url, const char **next)
{
    CURL *curl = sending->curl;
    long status = 0;
    char *redirect = NULL, *type = NULL;
    int64_t left = (sending->ends_at - clock_steady()) / 1000;
    *next = NULL;
    if (left <= 0)
        return OUTBOUND_TIMEOUT;
    sending->bytes = 0;
    sending->is_forbidden = false;
    if (sending->file && (fflush(sending->file) != 0 || ftruncate(fileno(sending->file), 0) != 0))
        sending->is_broken = true;
    if (sending->file)
        rewind(sending->file);
    text_open(&sending->text, sending->ctx->arena, (size_t)sending->request->byte_limit);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)left);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return problem_of(sending, code);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    sending->answer->status = (int)status;
    sending->answer->content_type = type ? arena_copy_text(sending->ctx->arena, type) : "";
    if (redirect && !sending->request->body)
        *next = arena_copy_text(sending->ctx->arena, redirect);
    return OUTBOUND_FINE;
}

static enum outbound_problem go_all_the_way(struct sending *sending)
{
    const char *url = sending->request->url;
    for (int redirects = 0; redirects <= OUTBOUND_REDIRECT_LIMIT; redirects++) {
        const char *next;
        enum outbound_problem problem = look_at(sending->ctx, url, sending->request->is_https_only);
        if (problem == OUTBOUND_FINE)
            problem = go(sending, url, &next);
        if (problem != OUTBOUND_FINE || !next)
            return problem;
        url = next;
    }
    return OUTBOUND_REDIRECTS;
}

static err send_request(struct ctx *ctx, const struct outbound_request *request,
                        struct outbound_answer *answer)
{
    struct sending sending = {.ctx = ctx,
                              .request = request,
                              .answer = answer,
                              .ends_at = clock_steady() + request->timeout * 1000};
    if (ctx->db && db_in_transaction(ctx))
        bug("nothing outside is asked inside a transaction");
    pthread_once(&started, start);
    *answer = (struct outbound_answer){.content_type = "", .body = ""};
    if (request->path && !(sending.file = fopen(request->path, "we")))
        return fail_with(ctx, ERR_INTERNAL, "cannot write %s (errno %d)", request->path, errno);
    sending.curl = curl_easy_init();
    if (!sending.curl)
        bug("libcurl gives no handle");
    prepare(&sending);
    answer->problem = go_all_the_way(&sending);
    curl_easy_cleanup(sending.curl);
    curl_slist_free_all(sending.headers);
    curl_slist_free_all(sending.via);
    if (sending.file && fclose(sending.file) != 0)
        sending.is_broken = true;
    answer->bytes = sending.bytes;
    answer->body = text_of(&sending.text);
    if (answer->problem != OUTBOUND_FINE)
        answer->status = 0;
    return sending.is_broken ? fail_with(ctx, ERR_INTERNAL, "cannot write %s", request->path) : NULL;
}

const struct outbound curl_outbound = {.send = send_request, .look_at = look_at};
