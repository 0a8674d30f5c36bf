/* access_log.c - one logfmt line per request on standard error, written by a thread of its own.
 *
 * Requests only copy their line into a buffer; the thread writes it at least twice a second. When standard
 * error is slower than the visitors, lines are dropped and counted: a log must not stop a shop. The query is
 * not logged (tokens may stand there), and an address only as far as its network. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)256 << 10)
#define FLUSH_AT (BUFFER_BYTES / 2)
#define LINE_BYTES 640
#define PATH_BYTES 300
#define FLUSH_MS 500

struct access_log {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping;
    bool is_woken;
    char *filling;
    char *writing;
    size_t length;
    _Atomic int64_t dropped;
};

static void write_all(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(STDERR_FILENO, bytes, length);
        if (written <= 0)
            return; /* nowhere left to complain */
        bytes += written;
        length -= (size_t)written;
    }
}

static void *run(void *arg)
{
    struct access_log *log = arg;
    bool is_stopping = false;
    while (!is_stopping) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += FLUSH_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&log->lock);
        while (!log->is_stopping && !log->is_woken)
            if (pthread_cond_timedwait(&log->wake, &log->lock, &until) != 0)
                break;
        is_stopping = log->is_stopping;
        log->is_woken = false;
        size_t length = log->length;
        char *bytes = log->filling;
        log->filling = log->writing;
        log->writing = bytes;
        log->length = 0;
        pthread_mutex_unlock(&log->lock);
        write_all(bytes, length);
    }
    return NULL;
}

struct access_log *access_log_open(bool is_on)
{
    if (!is_on)
        return NULL;
    struct access_log *log = calloc(1, sizeof *log);
    pthread_condattr_t attributes;
    if (log == NULL || (log->filling = malloc(BUFFER_BYTES)) == NULL ||
        (log->writing = malloc(BUFFER_BYTES)) == NULL)
        bug("out of memory");
    pthread_mutex_init(&log->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&log->thread, NULL, run, log) != 0)
        bug("cannot start the thread of the access log");
    return log;
}

void access_log_close(struct access_log *log)
{
    if (log == NULL)
        return;
    pthread_mutex_lock(&log->lock);
    log->is_stopping = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->thread, NULL);
    pthread_cond_destroy(&log->wake);
    pthread_mutex_destroy(&log->lock);
    free(log->filling);
    free(log->writing);
    free(log);
}

int64_t access_log_dropped(const struct access_log *log)
{
    return log ? atomic_load(&log->dropped) : 0;
}

/* The path as it came, which is percent-encoded; what would break a line or a value is written as "?". */
static void copy_path(const char *url, char out[PATH_BYTES])
{
    size_t i = 0;
    for (; url[i] && url[i] != '?' && i < PATH_BYTES - 1; i++) {
        char c = url[i];
        bool is_plain = c > ' ' && c < 0x7f && c != '"' && c != '\\';
        out[i] = '?';
        if (is_plain)
            out[i] = c;
    }
    out[i] = '\0';
}

static const char *method_text(const struct exchange *exchange)
{
    if (exchange->is_head)
        return "HEAD";
    return exchange->is_options ? "OPTIONS" : method_name(exchange->method);
}

void access_log_write(const struct exchange *exchange, int64_t micros)
{
    struct access_log *log = exchange->server->log;
    char line[LINE_BYTES], time[CLOCK_RFC3339_BYTES], path[PATH_BYTES], client[ADDRESS_BYTES];
    if (log == NULL)
        return;
    struct in6_addr address =
        address_of_client(&exchange->server->trusted, exchange->peer, exchange->head.forwarded_for);
    clock_write_rfc3339(clock_now(), time);
    copy_path(exchange->url ? exchange->url : "", path);
    address_write_truncated(&address, client);
    int length =
        snprintf(line, sizeof line,
                 "time=%s level=info event=request method=%s path=\"%s\" status=%d bytes=%zu ms=%lld.%03lld "
                 "request=%s shop=%lld address=%s%s\n",
                 time, method_text(exchange), path, exchange->outcome.status, exchange->outcome.bytes,
                 (long long)(micros / 1000), (long long)(micros % 1000), exchange->request_id,
                 (long long)exchange->shop_id, client, exchange->was_cached ? " cache=hit" : "");
    pthread_mutex_lock(&log->lock);
    if (log->length + (size_t)length > BUFFER_BYTES) {
        atomic_fetch_add(&log->dropped, 1);
    } else {
        memcpy(log->filling + log->length, line, (size_t)length);
        log->length += (size_t)length;
        if (log->length > FLUSH_AT && !log->is_woken) {
            log->is_woken = true;
            pthread_cond_signal(&log->wake);
        }
    }
    pthread_mutex_unlock(&log->lock);
}
