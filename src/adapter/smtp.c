/* smtp.c - libcurl behind the port of mail.h.
 *
 * The guard stands where the socket is opened, as in outbound.c: what was checked is what is used. The last
 * line that the server said is kept, because it says better than we could why it refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/smtp.h"

#include "adapter/outbound.h"
#include "adapter/public_address.h"
#include "base/config.h"
#include "base/text.h"
#include "db/db.h"
#include <curl/curl.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 10000L

struct posting {
    struct ctx *ctx;
    const struct mail_server *server;
    const struct mail *mail;
    CURL *curl;
    struct curl_slist *recipients;
    size_t read; /* bytes of the message that were handed over */
    char reply[MAIL_REPLY_LIMIT];
    char trouble[CURL_ERROR_SIZE]; /* what libcurl says of a connection that did not come about */
    bool is_forbidden;
    bool is_at_recipient; /* the last thing that we said named who shall get it */
    bool has_quit;        /* what comes now is a good-bye */
};

/* 25 and 2525 are relays, 465 and 587 submission (RFC 8314, RFC 6409). */
static bool is_mail_port(uint16_t port)
{
    return port == 25 || port == 465 || port == 587 || port == 2525;
}

static bool may_connect(const struct posting *posting, const struct sockaddr *address)
{
    const struct config *config = posting->ctx->config;
    const char *allowed = config && config->outbound_allow ? config->outbound_allow : "";
    return posting->server->url || address_is_listed(address, allowed) ||
           (is_mail_port(address_port(address)) && address_is_public(address));
}

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct posting *posting = arg;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(posting, &address->addr)) {
        posting->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t give_bytes(char *out, size_t size, size_t count, void *arg)
{
    struct posting *posting = arg;
    size_t left = posting->mail->length - posting->read;
    size_t length = size * count < left ? size * count : left;
    memcpy(out, posting->mail->text + posting->read, length);
    posting->read += length;
    return length;
}

static void keep_reply(struct posting *posting, const char *line, size_t length)
{
    size_t kept = length < MAIL_REPLY_LIMIT - 1 ? length : MAIL_REPLY_LIMIT - 1;
    memcpy(posting->reply, line, kept);
    for (size_t i = 0; i < kept; i++)
        if (line[i] < ' ' || line[i] > '~')
            posting->reply[i] = ' ';
    posting->reply[kept] = 0;
}

static bool begins(const char *bytes, size_t length, const char *word)
{
    return length >= strlen(word) && memcmp(bytes, word, strlen(word)) == 0;
}

/* Also what we say passes here: it is not kept, since it may be a password. */
static int overhear(CURL *curl, curl_infotype kind, char *bytes, size_t length, void *arg)
{
    struct posting *posting = arg;
    (void)curl;
    if (posting->has_quit)
        return 0;
    if (kind == CURLINFO_HEADER_IN)
        keep_reply(posting, bytes, length);
    if (kind == CURLINFO_HEADER_OUT) {
        posting->has_quit = begins(bytes, length, "QUIT");
        posting->is_at_recipient =
            begins(bytes, length, "RCPT ") || (posting->has_quit && posting->is_at_recipient);
    }
    return 0;
}

static enum mail_problem problem_of_status(const struct posting *posting, long status)
{
    if (status == 534 || status == 535 || status == 538)
        return MAIL_LOGIN;
    if (status >= 500)
        return posting->is_at_recipient ? MAIL_BAD_RECIPIENT : MAIL_REFUSED;
    return status >= 400 ? MAIL_LATER : MAIL_NO_CONNECT;
}

static enum mail_problem problem_of(const struct posting *posting, CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK:
        return MAIL_FINE;
    case CURLE_OPERATION_TIMEDOUT:
        return MAIL_TIMEOUT;
    case CURLE_COULDNT_RESOLVE_HOST:
        return MAIL_NO_HOST;
    case CURLE_LOGIN_DENIED:
        return status >= 400 && status < 500 ? MAIL_LATER : MAIL_LOGIN;
    case CURLE_USE_SSL_FAILED:
        return MAIL_NO_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
        return MAIL_BAD_TLS;
    default:
        return posting->is_forbidden ? MAIL_FORBIDDEN : problem_of_status(posting, status);
    }
}

static void add_recipient(struct posting *posting, const char *address)
{
    struct curl_slist *longer = curl_slist_append(posting->recipients, address);
    if (!longer)
        bug("libcurl has no memory");
    posting->recipients = longer;
}

static void set_server(const struct posting *posting)
{
    const struct mail_server *server = posting->server;
    CURL *curl = posting->curl;
    if (server->url) {
        curl_easy_setopt(curl, CURLOPT_URL, server->url);
        const struct config *config = posting->ctx->config;
        bool may_be_plain = config && config->smtp_plain;
        curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(may_be_plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
        return;
    }
    const char *scheme = server->tls == MAIL_TLS ? "smtps" : "smtp";
    const char *domain = strchr(posting->mail->from, '@') + 1; /* by which we greet (RFC 5321, 4.1.1.1) */
    curl_easy_setopt(
        curl, CURLOPT_URL,
        arena_format(posting->ctx->arena, "%s://%s:%d/%s", scheme, server->host, (int)server->port, domain));
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(server->tls == MAIL_PLAIN ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server->login[0])
        return;
    curl_easy_setopt(curl, CURLOPT_USERNAME, server->login);
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
}

static void prepare(struct posting *posting, int64_t timeout)
{
    CURL *curl = posting->curl;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, posting);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* only so that overhear is called */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, posting);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
    curl_easy_setopt(curl, CURLOPT_READDATA, posting);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_format(posting->ctx->arena, "<%s>", posting->mail->from));
    for (size_t i = 0; i < posting->mail->to_count; i++)
        add_recipient(posting, arena_format(posting->ctx->arena, "<%s>", posting->mail->to[i]));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, posting->recipients);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, posting->trouble);
    const struct config *config = posting->ctx->config;
    if (config && config->smtp_ca && config->smtp_ca[0])
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->smtp_ca); /* the system's folder counts besides */
    set_server(posting);
}

static err send_mail(struct ctx *ctx, const struct mail_server *server, const struct mail *mail,
                     int64_t timeout, struct mail_result *result)
{
    struct posting posting = {.ctx = ctx, .server = server, .mail = mail};
    long status = 0;
    if (ctx->db && db_in_transaction(ctx))
        bug("nothing outside is asked inside a transaction");
    outbound_start();
    posting.curl = curl_easy_init();
    if (!posting.curl)
        bug("libcurl gives no handle");
    prepare(&posting, timeout);
    CURLcode code = curl_easy_perform(posting.curl);
    curl_easy_getinfo(posting.curl, CURLINFO_RESPONSE_CODE, &status);
    *result = (struct mail_result){.problem = problem_of(&posting, code, status), .status = (int)status};
    /* About a certificate a server says nothing. */
    if (result->problem == MAIL_BAD_TLS && posting.trouble[0])
        keep_reply(&posting, posting.trouble, strlen(posting.trouble));
    result->reply = text_trim(ctx->arena, posting.reply);
    curl_easy_cleanup(posting.curl);
    curl_slist_free_all(posting.recipients);
    return NULL;
}

const struct mailer curl_mailer = {.send = send_mail};
