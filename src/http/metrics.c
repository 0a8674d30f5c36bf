/* metrics.c - what the server did, counted cheaply and told as Prometheus text. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"
#include "http/prepared.h"
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

/* Counters are spread so that threads seldom meet on one cache line. */
#define SHARD_COUNT 8
#define FACE_COUNT 3
#define CLASS_COUNT 6
#define BUCKET_COUNT 13

static const int64_t bucket_us[BUCKET_COUNT] = {500,    1000,   2500,   5000,    10000,   25000,   50000,
                                                100000, 250000, 500000, 1000000, 5000000, 10000000};

struct shard {
    alignas(64) _Atomic int64_t requests[FACE_COUNT][CLASS_COUNT];
    _Atomic int64_t buckets[BUCKET_COUNT + 1];
    _Atomic int64_t sum_us;
    _Atomic int64_t bytes;
};

struct metrics {
    struct shard shards[SHARD_COUNT];
};

struct metrics *metrics_open(void)
{
    struct metrics *metrics = aligned_alloc(64, sizeof *metrics);
    if (metrics == NULL)
        bug("out of memory");
    memset(metrics, 0, sizeof *metrics);
    return metrics;
}

void metrics_close(struct metrics *metrics)
{
    free(metrics);
}

static void increase(_Atomic int64_t *counter, int64_t by)
{
    atomic_fetch_add_explicit(counter, by, memory_order_relaxed);
}

void metrics_count(struct metrics *metrics, const struct exchange *exchange, int64_t micros)
{
    struct shard *shard = &metrics->shards[exchange->fd % SHARD_COUNT];
    int class = exchange->outcome.status / 100;
    size_t bucket = 0;
    while (bucket < BUCKET_COUNT && micros > bucket_us[bucket])
        bucket++;
    increase(&shard->requests[exchange->face][class < CLASS_COUNT ? class : 0], 1);
    increase(&shard->buckets[bucket], 1);
    increase(&shard->sum_us, micros);
    increase(&shard->bytes, (int64_t)exchange->outcome.bytes);
}

static int64_t sum_requests(const struct metrics *metrics, int face, int class)
{
    int64_t sum = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++)
        sum += atomic_load_explicit(&metrics->shards[i].requests[face][class], memory_order_relaxed);
    return sum;
}

static void write_requests(const struct metrics *metrics, struct text_buf *out)
{
    static const char *const faces[] = {"none", "html", "json"};
    static const char *const classes[] = {"closed", "1xx", "2xx", "3xx", "4xx", "5xx"};
    text_add(out, "# TYPE yundian_http_requests_total counter\n");
    for (int face = FACE_HTML; face < FACE_COUNT; face++)
        for (int class = 0; class < CLASS_COUNT; class ++)
            text_add_format(out, "yundian_http_requests_total{face=\"%s\",class=\"%s\"} %lld\n", faces[face],
                            classes[class], (long long)sum_requests(metrics, face, class));
}

static void write_latency(const struct metrics *metrics, struct text_buf *out)
{
    int64_t running = 0;
    int64_t sum_us = 0;
    text_add(out, "# TYPE yundian_http_request_seconds histogram\n");
    for (size_t bucket = 0; bucket <= BUCKET_COUNT; bucket++) {
        for (size_t i = 0; i < SHARD_COUNT; i++)
            running += atomic_load_explicit(&metrics->shards[i].buckets[bucket], memory_order_relaxed);
        if (bucket < BUCKET_COUNT)
            text_add_format(out, "yundian_http_request_seconds_bucket{le=\"%lld.%04lld\"} %lld\n",
                            (long long)(bucket_us[bucket] / 1000000),
                            (long long)(bucket_us[bucket] % 1000000 / 100), (long long)running);
    }
    for (size_t i = 0; i < SHARD_COUNT; i++)
        sum_us += atomic_load_explicit(&metrics->shards[i].sum_us, memory_order_relaxed);
    text_add_format(out, "yundian_http_request_seconds_bucket{le=\"+Inf\"} %lld\n", (long long)running);
    text_add_format(out, "yundian_http_request_seconds_sum %lld.%06lld\n", (long long)(sum_us / 1000000),
                    (long long)(sum_us % 1000000));
    text_add_format(out, "yundian_http_request_seconds_count %lld\n", (long long)running);
}

static void figure(struct text_buf *out, const char *name, const char *type, int64_t value)
{
    text_add_format(out, "# TYPE yundian_%s %s\nyundian_%s %lld\n", name, type, name, (long long)value);
}

static void write_database(struct http_server *server, struct text_buf *out)
{
    if (server->options.db == NULL)
        return;
    struct db_figures figures = db_figures(server->options.db);
    figure(out, "db_transactions_total", "counter", figures.transactions);
    figure(out, "db_commits_total", "counter", figures.commits);
    figure(out, "db_retries_total", "counter", figures.retries);
    figure(out, "db_queries_total", "counter", figures.queries);
    figure(out, "db_queued", "gauge", figures.queued);
}

void metrics_write(struct http_server *server, struct text_buf *out)
{
    struct page_cache_figures pages = page_cache_figures(server->cache);
    int64_t bytes = 0;
    for (size_t i = 0; i < SHARD_COUNT; i++)
        bytes += atomic_load_explicit(&server->metrics->shards[i].bytes, memory_order_relaxed);
    write_requests(server->metrics, out);
    write_latency(server->metrics, out);
    figure(out, "http_reply_bytes_total", "counter", bytes);
    figure(out, "http_connections", "gauge", atomic_load(&server->connections));
    figure(out, "http_requests_active", "gauge", atomic_load(&server->active));
    figure(out, "http_queue_length", "gauge", worker_queue_length(server));
    figure(out, "http_workers", "gauge", worker_count(server));
    figure(out, "http_streams", "gauge", stream_count(server));
    figure(out, "http_body_bytes", "gauge", atomic_load(&server->body_memory));
    figure(out, "http_log_lines_dropped_total", "counter", access_log_dropped(server->log));
    figure(out, "page_cache_hits_total", "counter", pages.hits);
    figure(out, "page_cache_misses_total", "counter", pages.misses);
    figure(out, "page_cache_stored_total", "counter", pages.stored);
    figure(out, "page_cache_dropped_total", "counter", pages.dropped);
    figure(out, "page_cache_evicted_total", "counter", pages.evicted);
    figure(out, "page_cache_pages", "gauge", pages.pages);
    figure(out, "page_cache_bytes", "gauge", pages.bytes);
    write_database(server, out);
    if (server->hooks->metrics)
        server->hooks->metrics(server->hooks->owner, out);
}
