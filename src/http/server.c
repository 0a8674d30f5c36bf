/* server.c - start and stop: what is opened in which order, and how a busy server goes down. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "http/internal.h"
#include "http/prepared.h"
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 4096
#define SERVER_ARENA_LIMIT ((size_t)64 << 20)
#define DRAIN_STEP_US 5000

/* As many connections as the administrator allows. */
static void raise_descriptor_limit(struct ctx *ctx, int64_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || (int64_t)limit.rlim_cur < wanted)
        log_warning(ctx, "few descriptors", "limit=%lld wanted=%lld", (long long)limit.rlim_cur,
                    (long long)wanted);
}

/* "127.0.0.1:8080", "[::1]:8080", ":8080" */
static err split_address(struct ctx *ctx, const char *text, const char **host, const char **port)
{
    const char *colon = strrchr(text, ':');
    int64_t number;
    if (colon == NULL || !text_to_int(colon + 1, &number) || number < 0 || number > 65535)
        return fail_with(ctx, ERR_INVALID, "listen = %s is no address with a port", text);
    bool has_brackets = text[0] == '[' && colon > text && colon[-1] == ']';
    *host = has_brackets ? arena_copy(ctx->arena, text + 1, (size_t)(colon - text) - 2)
                         : arena_copy(ctx->arena, text, (size_t)(colon - text));
    *port = colon + 1;
    return NULL;
}

static int bind_one(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int problem = errno;
    close(fd);
    errno = problem;
    return -1;
}

static err open_socket(struct ctx *ctx, const char *listen, int *fd)
{
    const char *host = NULL;
    const char *port = NULL;
    struct addrinfo *found;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_ADDRCONFIG};
    TRY(split_address(ctx, listen, &host, &port));
    int problem = getaddrinfo(*host ? host : NULL, port, &hints, &found);
    if (problem != 0)
        return fail_with(ctx, ERR_INVALID, "listen = %s: %s", listen, gai_strerror(problem));
    *fd = -1;
    for (const struct addrinfo *info = found; info && *fd < 0; info = info->ai_next)
        *fd = bind_one(info);
    problem = errno;
    freeaddrinfo(found);
    if (*fd < 0)
        return fail_with(ctx, ERR_UNAVAILABLE, "cannot listen on %s: %s", listen, strerrordesc_np(problem));
    return NULL;
}

static const char *bound_address(struct ctx *ctx, int fd)
{
    struct sockaddr_storage bound = {0};
    socklen_t length = sizeof bound;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0 ||
        getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return "?";
    return arena_format(ctx->arena, bound.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static err open_directories(struct ctx *ctx, struct http_server *server)
{
    const char *data = server->config->data;
    server->upload_directory = arena_format(server->arena, "%s/tmp", data);
    if ((mkdir(data, 0700) != 0 && errno != EEXIST) ||
        (mkdir(server->upload_directory, 0700) != 0 && errno != EEXIST))
        return fail_with(ctx, ERR_INTERNAL, "cannot make %s", server->upload_directory);
    multipart_sweep(server->upload_directory);
    return NULL;
}

/* "shop.example:8443" of "https://shop.example:8443/" */
static const char *public_host(struct arena *arena, const char *public_url)
{
    const char *mark = public_url ? strstr(public_url, "://") : NULL;
    return mark ? arena_copy(arena, mark + 3, strcspn(mark + 3, "/")) : NULL;
}

static err open_parts(struct ctx *ctx, struct http_server *server)
{
    const struct config *config = server->config;
    struct ctx own = *ctx;
    own.arena = server->arena;
    raise_descriptor_limit(ctx, config->connection_limit);
    TRY(open_directories(ctx, server));
    TRY(trusted_parse(ctx, config->trusted_proxies, &server->trusted));
    TRY(router_build(&own, server->options.tables, &server->router));
    server->public_host = public_host(server->arena, config->public_url);
    server->rates = rates_open(server->seed);
    server->metrics = metrics_open();
    server->log = access_log_open(config->access_log);
    server->cache = page_cache_open((size_t)config->page_cache_mb << 20, server->seed);
    TRY(open_socket(ctx, config->listen, &server->listen_fd));
    TRY(workers_start(ctx, server));
    TRY(streams_start(ctx, server));
    TRY(warden_start(ctx, server));
    TRY(wire_start(ctx, server));
    return acceptor_start(ctx, server);
}

/* In the order in which nobody misses what is gone. */
static void dismantle(struct http_server *server)
{
    struct arena *arena = server->arena;
    acceptor_stop(server);
    streams_stop(server);
    workers_stop(server);
    wire_stop(server);
    warden_stop(server);
    workers_free(server);
    streams_free(server);
    access_log_close(server->log);
    page_cache_close(server->cache);
    if (server->options.statics)
        statics_release(server->options.statics);
    metrics_close(server->metrics);
    rates_close(server->rates);
    arena_close(arena);
}

err http_start(struct ctx *ctx, const struct http_options *options, struct http_server **started,
               const char **address)
{
    struct arena *arena = arena_open(SERVER_ARENA_LIMIT);
    struct http_server *server = arena_alloc(arena, sizeof *server);
    server->arena = arena;
    server->options = *options;
    server->config = options->config;
    server->hooks = options->hooks;
    server->listen_fd = server->stop_fd = -1;
    random_bytes(&server->seed, sizeof server->seed);
    err failure = open_parts(ctx, server);
    if (failure) {
        dismantle(server);
        return failure;
    }
    *address = bound_address(ctx, server->listen_fd);
    *started = server;
    return NULL;
}

bool http_drain(struct http_server *server)
{
    int64_t until = clock_steady() + server->config->drain_seconds * 1000000;
    atomic_store(&server->is_draining, true);
    acceptor_stop(server);
    streams_stop(server);
    /* A worker is still busy for a moment after its answer has left. */
    while ((atomic_load(&server->active) > 0 || workers_are_busy(server)) && clock_steady() < until)
        usleep(DRAIN_STEP_US);
    if (workers_are_busy(server)) {
        log_warning(NULL, "handlers still running", "requests=%lld", (long long)atomic_load(&server->active));
        return false;
    }
    return true;
}

void http_close(struct http_server *server)
{
    dismantle(server);
}
