/* warden.c - closes connections whose request does not arrive in time, once a second.
 *
 * libmicrohttpd closes connections that are quiet; a client that sends a byte now and then would be kept for
 * ever. A request has request_timeout seconds from its first line to its last byte. While there is no first
 * line yet, a connection that outlives idle_timeout must have sent something, and gets request_timeout more.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

struct warden {
    struct http_server *server;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stop;
    bool is_stopping;
    struct exchange *first;
};

void warden_dismiss(struct exchange *exchange, int status)
{
    char farewell[160];
    int stage = STAGE_ARRIVING;
    if (!atomic_compare_exchange_strong(&exchange->stage, &stage, STAGE_DOOMED))
        return;
    int length = snprintf(farewell, sizeof farewell,
                          "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", status,
                          MHD_get_reason_phrase_for((unsigned)status));
    ssize_t sent = send(exchange->fd, farewell, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
    (void)sent;
    shutdown(exchange->fd, SHUT_RDWR);
}

static void inspect(struct warden *warden, struct exchange *exchange, int64_t now)
{
    const struct config *config = warden->server->config;
    int64_t age = now - atomic_load_explicit(&exchange->since, memory_order_relaxed);
    int stage = atomic_load_explicit(&exchange->stage, memory_order_relaxed);
    if (stage == STAGE_ARRIVING && age > config->request_timeout * 1000000)
        warden_dismiss(exchange, MHD_HTTP_REQUEST_TIMEOUT);
    else if (stage == STAGE_WAITING && age > (config->idle_timeout + config->request_timeout) * 1000000)
        shutdown(exchange->fd, SHUT_RDWR);
}

static void *watch(void *arg)
{
    struct warden *warden = arg;
    pthread_mutex_lock(&warden->lock);
    while (!warden->is_stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&warden->stop, &warden->lock, &until);
        int64_t now = clock_steady();
        for (struct exchange *exchange = warden->first; exchange; exchange = exchange->next)
            inspect(warden, exchange, now);
    }
    pthread_mutex_unlock(&warden->lock);
    return NULL;
}

err warden_start(struct ctx *ctx, struct http_server *server)
{
    struct warden *warden = arena_alloc(server->arena, sizeof *warden);
    pthread_condattr_t attributes;
    warden->server = server;
    pthread_mutex_init(&warden->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&warden->stop, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&warden->thread, NULL, watch, warden) != 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot start a thread");
    server->warden = warden;
    return NULL;
}

void warden_stop(struct http_server *server)
{
    struct warden *warden = server->warden;
    if (warden == NULL)
        return;
    pthread_mutex_lock(&warden->lock);
    warden->is_stopping = true;
    pthread_cond_signal(&warden->stop);
    pthread_mutex_unlock(&warden->lock);
    pthread_join(warden->thread, NULL);
    pthread_cond_destroy(&warden->stop);
    pthread_mutex_destroy(&warden->lock);
    server->warden = NULL;
}

void warden_add(struct exchange *exchange)
{
    struct warden *warden = exchange->server->warden;
    pthread_mutex_lock(&warden->lock);
    exchange->previous = NULL;
    exchange->next = warden->first;
    if (warden->first)
        warden->first->previous = exchange;
    warden->first = exchange;
    pthread_mutex_unlock(&warden->lock);
}

void warden_remove(struct exchange *exchange)
{
    struct warden *warden = exchange->server->warden;
    pthread_mutex_lock(&warden->lock);
    if (exchange->next)
        exchange->next->previous = exchange->previous;
    if (exchange->previous)
        exchange->previous->next = exchange->next;
    else
        warden->first = exchange->next;
    pthread_mutex_unlock(&warden->lock);
}

struct exchange *warden_find(struct http_server *server, bool (*fits)(struct exchange *exchange))
{
    struct warden *warden = server->warden;
    pthread_mutex_lock(&warden->lock);
    struct exchange *exchange = warden->first;
    while (exchange && !fits(exchange))
        exchange = exchange->next;
    pthread_mutex_unlock(&warden->lock);
    return exchange;
}
