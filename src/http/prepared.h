/* prepared.h - a reply that is ready to be sent any number of times, plain and compressed.
 *
 * Used by the page cache and the static files. Bodies belong to their libmicrohttpd response, which lives
 * until its last sending is over; a prepared reply only holds a share of them. Private to src/http. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/internal.h"

enum encoding { ENCODING_NONE, ENCODING_GZIP, ENCODING_BROTLI, ENCODING_COUNT };

struct prepared;

struct prepared_options {
    const char *content_type;
    const char *cache_control;
    const char *vary;            /* NULL when the reply is the same for all */
    const char *language;        /* Content-Language, or NULL */
    const struct pairs *headers; /* more of them */
};

/* Copies the bytes. One reference is the caller's. */
struct prepared *prepared_make(const char *bytes, size_t length, const struct prepared_options *options);
/* The same bytes with other header fields. They stay those of `first`, which must live until this one was
 * sent for the last time. */
struct prepared *prepared_again(const struct prepared *first, const struct prepared_options *options);
/* Adds a compressed variant; `bytes` are malloc'ed and become its own. Before the reply is shared, or later
 * by one thread at a time. */
void prepared_add(struct prepared *prepared, enum encoding encoding, char *bytes, size_t length);
void prepared_keep(struct prepared *prepared);
void prepared_drop(struct prepared *prepared);
const char *prepared_bytes(const struct prepared *prepared, size_t *length);
/* Bytes of all variants, for the books of the cache. */
size_t prepared_size(const struct prepared *prepared);
/* Answers the exchange with the best variant, or with 304. Only on its thread of libmicrohttpd. */
bool prepared_send(struct prepared *prepared, struct exchange *exchange);
/* The variants that the client takes, as a bit set 1 << encoding. */
unsigned encodings_accepted(const char *accept_encoding);
/* True for the one caller who should have the compressed variants made: hands over a task that holds a
 * reference. */
struct task *prepared_compression(struct prepared *prepared, const char *accept_encoding);
/* The task could not be handed over. */
void prepared_compression_failed(struct task *task);

/* compress.c */
struct deflater;
/* gzip with its state kept between calls. */
struct deflater *deflater_open(int level);
void deflater_close(struct deflater *deflater);
/* A malloc'ed gzip of the bytes, or NULL when it is not smaller. */
char *deflater_run(struct deflater *deflater, const char *bytes, size_t length, size_t *compressed);
char *compress_brotli(const char *bytes, size_t length, int quality, size_t *compressed);
/* True for types that compression makes smaller. */
bool compress_pays(const char *content_type, size_t length);

/* page_cache.c */
struct page_cache *page_cache_open(size_t bytes, uint64_t seed);
void page_cache_close(struct page_cache *cache);
/* The key of a request in `out`, and its length; 0 when its page is never cached. */
#define PAGE_KEY_BYTES 1024
size_t page_key(const struct exchange *exchange, char out[PAGE_KEY_BYTES]);
/* A page with one reference for the caller, or NULL. */
struct prepared *page_cache_find(struct page_cache *cache, const char *key, size_t length, int64_t now_us);
/* The generation when a rendering begins. */
uint64_t page_cache_generation(struct page_cache *cache);
/* Keeps a page, unless one of its tags was dropped since `generation`. */
void page_cache_store(struct page_cache *cache, const char *key, size_t length, struct prepared *page,
                      const struct tag *tags, int64_t seconds, int64_t now_us, uint64_t generation);
void page_cache_drop(struct page_cache *cache, const char *tag);
void page_cache_clear(struct page_cache *cache);
struct page_cache_figures {
    int64_t hits, misses, stored, dropped, evicted, pages, bytes;
};
struct page_cache_figures page_cache_figures(struct page_cache *cache);

/* statics.c */
/* Gives up the replies of all files; afterwards none is found. */
void statics_release(const struct http_static *statics);
struct prepared *statics_find(const struct http_static *statics, const char *path, size_t length);
