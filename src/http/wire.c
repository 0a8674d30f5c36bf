/* wire.c - the callbacks of libmicrohttpd: connections, requests as they arrive, answers as they leave.
 *
 * Everything here runs on a thread of libmicrohttpd and must not wait. What is in memory (static files,
 * cached pages, /healthz) is answered at once; for the rest the connection is suspended, a worker makes the
 * outcome, and after wire_resume the callback comes a last time to send it.
 *
 * MHD_USE_TURBO matters beyond speed: with it libmicrohttpd closes sockets without shutting them down, so
 * that an event stream can live on in a duplicate of the descriptor (stream.c) after the connection was given
 * up here. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/turn.h"
#include "http/internal.h"
#include "http/prepared.h"
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define THREAD_STACK ((size_t)256 << 10)

static struct exchange *exchange_of(struct MHD_Connection *wire)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static struct in6_addr peer_of(struct MHD_Connection *wire)
{
    struct in6_addr peer = IN6ADDR_LOOPBACK_INIT;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info && info->client_addr->sa_family == AF_INET6) {
        peer = ((const struct sockaddr_in6 *)(const void *)info->client_addr)->sin6_addr;
    } else if (info && info->client_addr->sa_family == AF_INET) {
        memset(peer.s6_addr, 0, 10);
        memset(peer.s6_addr + 10, 0xff, 2);
        memcpy(peer.s6_addr + 12, &((const struct sockaddr_in *)(const void *)info->client_addr)->sin_addr,
               4);
    }
    return peer;
}

static void enter_stage(struct exchange *exchange, enum stage stage, int64_t now)
{
    atomic_store_explicit(&exchange->since, now, memory_order_relaxed);
    atomic_store_explicit(&exchange->stage, stage, memory_order_release);
}

static void on_connection(void *cls, struct MHD_Connection *wire, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = cls;
    struct exchange *exchange = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD);
        if ((exchange = calloc(1, sizeof *exchange)) == NULL)
            bug("out of memory");
        exchange->server = server;
        exchange->wire = wire;
        exchange->thread = pthread_self();
        exchange->fd = info ? info->connect_fd : -1;
        exchange->peer = peer_of(wire);
        enter_stage(exchange, STAGE_WAITING, clock_steady());
        atomic_fetch_add_explicit(&server->connections, 1, memory_order_relaxed);
        warden_add(exchange);
        *context = exchange;
    } else if (exchange) {
        warden_remove(exchange);
        atomic_fetch_sub_explicit(&server->connections, 1, memory_order_relaxed);
        free(exchange->url);
        free(exchange);
        *context = NULL;
    }
}

/* A short name for logs and error pages: unlike for each request, not secret. */
static void make_request_id(struct exchange *exchange)
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    struct http_server *server = exchange->server;
    uint64_t number = atomic_fetch_add_explicit(&server->request_counter, 1, memory_order_relaxed);
    uint64_t bits = hash_mix(number ^ server->seed, UINT64_C(0x9e3779b97f4a7c15));
    for (size_t i = 0; i < REQUEST_ID_BYTES - 1; i++, bits >>= 5)
        exchange->request_id[i] = alphabet[bits & 31];
}

static void copy_url(struct exchange *exchange, const char *uri)
{
    size_t length = strlen(uri);
    exchange->url_is_too_long = length > HTTP_URL_LIMIT;
    if (length > HTTP_URL_LIMIT)
        length = HTTP_URL_LIMIT;
    if (length >= exchange->url_capacity) {
        exchange->url_capacity = length < 128 ? 128 : length + 1;
        free(exchange->url);
        if ((exchange->url = malloc(exchange->url_capacity)) == NULL)
            bug("out of memory");
    }
    memcpy(exchange->url, uri, length);
    exchange->url[length] = '\0';
    exchange->url_length = length;
}

/* The first line of a request is here. */
static void *on_target(void *cls, const char *uri, struct MHD_Connection *wire)
{
    struct http_server *server = cls;
    struct exchange *exchange = exchange_of(wire);
    if (exchange == NULL)
        return NULL;
    exchange->started = clock_steady();
    exchange->is_cramped = exchange->head_is_read = exchange->is_head = exchange->is_options = false;
    exchange->is_swallowing = exchange->is_resumed = exchange->was_cached = false;
    exchange->method = 0;
    exchange->face = FACE_HTML;
    exchange->refusal = ERR_NONE;
    exchange->refusal_status = 0;
    exchange->reason = NULL;
    exchange->shop_id = 0;
    exchange->head = (struct head){.content_length = -1};
    exchange->outcome = (struct outcome){0};
    exchange->probes = 0;
    copy_url(exchange, uri);
    library_spare(wire, uri);
    make_request_id(exchange);
    atomic_fetch_add_explicit(&server->active, 1, memory_order_relaxed);
    enter_stage(exchange, STAGE_ARRIVING, exchange->started);
    return exchange;
}

static void on_completed(void *cls, struct MHD_Connection *wire, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct http_server *server = cls;
    struct exchange *exchange = *context;
    (void)wire;
    (void)code;
    if (exchange == NULL)
        return;
    int64_t now = clock_steady();
    if (exchange->outcome.response)
        MHD_destroy_response(exchange->outcome.response);
    exchange->outcome.response = NULL;
    if (exchange->outcome.prepared)
        prepared_drop(exchange->outcome.prepared);
    exchange->outcome.prepared = NULL;
    free((void *)(uintptr_t)exchange->outcome.channel);
    exchange->outcome.channel = NULL;
    if (atomic_load(&exchange->stage) == STAGE_DOOMED && exchange->outcome.status == 0)
        exchange->outcome.status = 408;
    metrics_count(server->metrics, exchange, now - exchange->started);
    access_log_write(exchange, now - exchange->started);
    body_free(exchange);
    atomic_fetch_sub_explicit(&server->active, 1, memory_order_release);
    enter_stage(exchange, STAGE_WAITING, now);
    *context = NULL;
}

static void read_method(struct exchange *exchange, const char *method)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    exchange->is_head = strcmp(method, "HEAD") == 0;
    exchange->is_options = strcmp(method, "OPTIONS") == 0;
    exchange->method = exchange->is_head ? GET : 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(method, names[i]) == 0)
            exchange->method = (enum http_method)(i + 1);
}

static enum MHD_Result send_refusal(struct exchange *exchange, enum error_code code, const char *reason)
{
    int status = exchange->refusal_status ? exchange->refusal_status : error_kind(code)->status;
    if (exchange->is_cramped) {
        exchange->outcome.status = status;
        warden_dismiss(exchange, status);
        return MHD_NO;
    }
    struct MHD_Response *response =
        answer_refusal(exchange, code, reason, code == ERR_UNAVAILABLE ? 1 : 0, &exchange->outcome.bytes);
    exchange->outcome.status = status;
    enum MHD_Result result = MHD_queue_response(exchange->wire, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

static struct prepared *find_static(struct exchange *exchange)
{
    if (exchange->server->options.statics == NULL)
        return NULL;
    return statics_find(exchange->server->options.statics, exchange->url, strcspn(exchange->url, "?"));
}

static struct prepared *find_page(struct exchange *exchange)
{
    struct http_server *server = exchange->server;
    char key[PAGE_KEY_BYTES];
    if (server->cache == NULL)
        return NULL;
    size_t length = page_key(exchange, key);
    return length ? page_cache_find(server->cache, key, length, clock_steady()) : NULL;
}

/* Answers what needs no worker; false when this does. */
static bool answer_from_memory(struct exchange *exchange, enum MHD_Result *result)
{
    struct http_server *server = exchange->server;
    if (exchange->method != GET)
        return false;
    if (strcmp(exchange->url, "/healthz") == 0) {
        exchange->outcome.status = MHD_HTTP_OK;
        exchange->outcome.bytes = 3;
        *result = MHD_queue_response(exchange->wire, MHD_HTTP_OK, server->healthy);
        return true;
    }
    struct prepared *prepared = find_static(exchange);
    if (prepared == NULL && (prepared = find_page(exchange)) == NULL)
        return false;
    struct task *task = prepared_compression(prepared, exchange->head.accept_encoding);
    if (task && !worker_submit(server, task))
        prepared_compression_failed(task);
    exchange->was_cached = true;
    *result = prepared_send(prepared, exchange) ? MHD_YES : MHD_NO;
    prepared_drop(prepared);
    return true;
}

/* The whole request is here. */
static enum MHD_Result dispatch(struct exchange *exchange)
{
    enum MHD_Result result;
    int stage = STAGE_ARRIVING;
    if (!atomic_compare_exchange_strong(&exchange->stage, &stage, STAGE_WORKING))
        return MHD_NO;
    if (exchange->refusal)
        return send_refusal(exchange, exchange->refusal, exchange->reason);
    if (answer_from_memory(exchange, &result))
        return result;
    exchange->task.run = request_run;
    MHD_suspend_connection(exchange->wire);
    if (!worker_submit(exchange->server, &exchange->task)) {
        exchange->outcome.response = answer_refusal(
            exchange, ERR_UNAVAILABLE, "too many requests are waiting", 1, &exchange->outcome.bytes);
        exchange->outcome.status = MHD_HTTP_SERVICE_UNAVAILABLE;
        wire_resume(exchange);
    }
    return MHD_YES;
}

static enum MHD_Result send_outcome(struct exchange *exchange)
{
    struct outcome *outcome = &exchange->outcome;
    if (outcome->channel) {
        if (stream_adopt(exchange->server, exchange->fd, outcome->channel))
            return MHD_NO; /* ours no longer: closes this descriptor, not the stream's */
        return send_refusal(exchange, ERR_UNAVAILABLE, "too many event streams are open");
    }
    if (outcome->prepared)
        return prepared_send(outcome->prepared, exchange) ? MHD_YES : MHD_NO;
    enum MHD_Result result = MHD_queue_response(exchange->wire, (unsigned)outcome->status, outcome->response);
    MHD_destroy_response(outcome->response);
    outcome->response = NULL;
    return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *wire, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_size, void **context)
{
    struct exchange *exchange = *context;
    (void)cls;
    (void)wire;
    (void)url;
    (void)version;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->is_resumed)
        return send_outcome(exchange);
    if (!exchange->head_is_read) {
        exchange->head_is_read = true;
        read_method(exchange, method);
        head_read(exchange);
        if (body_begin(exchange))
            return MHD_YES;
        return send_refusal(exchange, exchange->refusal, exchange->reason);
    }
    if (*data_size == 0)
        return dispatch(exchange);
    body_feed(exchange, data, *data_size);
    *data_size = 0;
    return exchange->body.swallowed > SWALLOW_LIMIT ? MHD_NO : MHD_YES;
}

/* Targets are decoded by target.c, once and strictly. */
static size_t leave_escaped(void *cls, struct MHD_Connection *wire, char *text)
{
    (void)cls;
    (void)wire;
    return strlen(text);
}

err wire_start(struct ctx *ctx, struct http_server *server)
{
    const struct config *config = server->config;
    int64_t threads = config->http_threads ? config->http_threads : sysconf(_SC_NPROCESSORS_ONLN);
    struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
                                    {MHD_OPTION_END, 0, NULL}};
    if (threads < 2)
        pool[0] = pool[1];
    server->healthy = MHD_create_response_from_buffer(3, (void *)(uintptr_t) "ok\n", MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(server->healthy, "Content-Type", "text/plain; charset=utf-8");
    MHD_add_response_header(server->healthy, "Cache-Control", "no-store");
    library_open();
    turn_ask(TURN_SHORT);
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO | MHD_USE_ERROR_LOG |
            MHD_USE_NO_LISTEN_SOCKET,
        0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, library_log, server, MHD_OPTION_ARRAY,
        pool, MHD_OPTION_CONNECTION_LIMIT, (unsigned)config->connection_limit, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)config->idle_timeout, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
        MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        server, MHD_OPTION_END);
    turn_ask(TURN_USUAL);
    if (server->daemon == NULL)
        return fail_with(ctx, ERR_INTERNAL, "libmicrohttpd does not start: errno %d", errno);
    return NULL;
}

void wire_stop(struct http_server *server)
{
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    if (server->healthy)
        MHD_destroy_response(server->healthy);
    server->daemon = NULL;
    server->healthy = NULL;
}

void wire_resume(struct exchange *exchange)
{
    exchange->is_resumed = true;
    MHD_resume_connection(exchange->wire);
}
