/* prepared.c - replies that are ready to be sent: one response of libmicrohttpd for each encoding, and one
 * "304 Not Modified" beside each. Sending one costs a look at two header fields. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/prepared.h"
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETAG_BYTES 17
#define PAGE_GZIP_LEVEL 6
#define PAGE_BROTLI_QUALITY 5
#define OVERHEAD_BYTES 4096

enum compression { COMPRESSION_OPEN, COMPRESSION_ASKED, COMPRESSION_DONE };

struct variant {
    struct MHD_Response *full;
    struct MHD_Response *unchanged;
    size_t length;
};

struct prepared {
    _Atomic int references;
    _Atomic int compression;
    _Atomic unsigned available; /* bit set 1 << encoding of the variants that may be sent */
    struct variant variants[ENCODING_COUNT];
    char *bytes; /* those of the plain variant */
    char etag[ETAG_BYTES];
    struct task task;
    size_t header_bytes;
    char headers[]; /* name, NUL, value, NUL … */
};

static char *pack(char *at, const char *name, const char *value)
{
    size_t name_bytes = strlen(name) + 1;
    size_t value_bytes = strlen(value) + 1;
    memcpy(at, name, name_bytes);
    memcpy(at + name_bytes, value, value_bytes);
    return at + name_bytes + value_bytes;
}

/* The fixed header fields of these options, written at `out`, or only counted when it is NULL. */
static size_t pack_headers(const struct prepared_options *options, char *out)
{
    const char *fixed[][2] = {{"Content-Type", options->content_type},
                              {"Cache-Control", options->cache_control},
                              {"Vary", options->vary},
                              {"Content-Language", options->language}};
    size_t bytes = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (fixed[i][1] == NULL)
            continue;
        bytes += strlen(fixed[i][0]) + strlen(fixed[i][1]) + 2;
        if (out)
            out = pack(out, fixed[i][0], fixed[i][1]);
    }
    for (size_t i = 0; options->headers && i < options->headers->count; i++) {
        const struct pair *header = &options->headers->items[i];
        bytes += strlen(header->name) + strlen(header->value) + 2;
        if (out)
            out = pack(out, header->name, header->value);
    }
    return bytes;
}

static void dress(const struct prepared *prepared, struct MHD_Response *response, enum encoding encoding,
                  bool is_unchanged)
{
    static const char *const names[] = {NULL, "gzip", "br"};
    static const char *const suffixes[] = {"", "-gz", "-br"};
    char etag[ETAG_BYTES + 8];
    const char *end = prepared->headers + prepared->header_bytes;
    for (const char *at = prepared->headers; at < end;) {
        const char *name = at;
        const char *value = name + strlen(name) + 1;
        at = value + strlen(value) + 1;
        if (!is_unchanged || strcmp(name, "Content-Type") != 0)
            MHD_add_response_header(response, name, value);
    }
    snprintf(etag, sizeof etag, "\"%s%s\"", prepared->etag, suffixes[encoding]);
    MHD_add_response_header(response, "ETag", etag);
    if (names[encoding] && !is_unchanged)
        MHD_add_response_header(response, "Content-Encoding", names[encoding]);
}

static void add(struct prepared *prepared, enum encoding encoding, char *bytes, size_t length,
                enum MHD_ResponseMemoryMode mode)
{
    struct variant *variant = &prepared->variants[encoding];
    variant->length = length;
    variant->full = MHD_create_response_from_buffer(length, bytes, mode);
    /* Of the same length, because its Content-Length is that of the page; the bytes are never sent. */
    variant->unchanged = MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_PERSISTENT);
    if (variant->full == NULL || variant->unchanged == NULL)
        bug("out of memory");
    dress(prepared, variant->full, encoding, false);
    dress(prepared, variant->unchanged, encoding, true);
    atomic_fetch_or_explicit(&prepared->available, 1U << encoding, memory_order_release);
    if (encoding == ENCODING_BROTLI)
        atomic_store_explicit(&prepared->compression, COMPRESSION_DONE, memory_order_relaxed);
}

void prepared_add(struct prepared *prepared, enum encoding encoding, char *bytes, size_t length)
{
    add(prepared, encoding, bytes, length, MHD_RESPMEM_MUST_FREE);
}

static struct prepared *make(char *bytes, size_t length, enum MHD_ResponseMemoryMode mode,
                             const struct prepared_options *options)
{
    size_t header_bytes = pack_headers(options, NULL);
    struct prepared *prepared = calloc(1, sizeof *prepared + header_bytes);
    if (prepared == NULL)
        bug("out of memory");
    prepared->header_bytes = header_bytes;
    pack_headers(options, prepared->headers);
    prepared->bytes = bytes;
    prepared->references = 1;
    snprintf(prepared->etag, ETAG_BYTES, "%016llx", (unsigned long long)hash_bytes(bytes, length, 0));
    if (!compress_pays(options->content_type, length))
        prepared->compression = COMPRESSION_DONE;
    add(prepared, ENCODING_NONE, bytes, length, mode);
    return prepared;
}

struct prepared *prepared_make(const char *bytes, size_t length, const struct prepared_options *options)
{
    char *copy = malloc(length + 1);
    if (copy == NULL)
        bug("out of memory");
    memcpy(copy, bytes, length);
    return make(copy, length, MHD_RESPMEM_MUST_FREE, options);
}

struct prepared *prepared_again(const struct prepared *first, const struct prepared_options *options)
{
    return make(first->bytes, first->variants[ENCODING_NONE].length, MHD_RESPMEM_PERSISTENT, options);
}

void prepared_keep(struct prepared *prepared)
{
    atomic_fetch_add_explicit(&prepared->references, 1, memory_order_relaxed);
}

void prepared_drop(struct prepared *prepared)
{
    if (atomic_fetch_sub_explicit(&prepared->references, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < ENCODING_COUNT; i++) {
        if (prepared->variants[i].full)
            MHD_destroy_response(prepared->variants[i].full);
        if (prepared->variants[i].unchanged)
            MHD_destroy_response(prepared->variants[i].unchanged);
    }
    free(prepared);
}

const char *prepared_bytes(const struct prepared *prepared, size_t *length)
{
    *length = prepared->variants[ENCODING_NONE].length;
    return prepared->bytes;
}

size_t prepared_size(const struct prepared *prepared)
{
    size_t length = prepared->variants[ENCODING_NONE].length;
    return length + length / 2 + prepared->header_bytes * 6 + OVERHEAD_BYTES;
}

unsigned encodings_accepted(const char *accept_encoding)
{
    unsigned accepted = 1U << ENCODING_NONE;
    if (accept_encoding == NULL)
        return accepted;
    if (header_quality(accept_encoding, "gzip", 0) > 0)
        accepted |= 1U << ENCODING_GZIP;
    if (header_quality(accept_encoding, "br", 0) > 0)
        accepted |= 1U << ENCODING_BROTLI;
    return accepted;
}

/* The client holds the same content, in whatever encoding. */
static bool is_unchanged(const struct prepared *prepared, const char *if_none_match)
{
    if (if_none_match == NULL)
        return false;
    if (strcmp(if_none_match, "*") == 0)
        return true;
    const char *found = strstr(if_none_match, prepared->etag);
    return found && found > if_none_match && found[-1] == '"';
}

bool prepared_send(struct prepared *prepared, struct exchange *exchange)
{
    unsigned usable = encodings_accepted(exchange->head.accept_encoding) &
                      atomic_load_explicit(&prepared->available, memory_order_acquire);
    enum encoding encoding = usable & 1U << ENCODING_BROTLI ? ENCODING_BROTLI
                             : usable & 1U << ENCODING_GZIP ? ENCODING_GZIP
                                                            : ENCODING_NONE;
    const struct variant *variant = &prepared->variants[encoding];
    if (is_unchanged(prepared, exchange->head.if_none_match)) {
        exchange->outcome.status = MHD_HTTP_NOT_MODIFIED;
        return MHD_queue_response(exchange->wire, MHD_HTTP_NOT_MODIFIED, variant->unchanged) == MHD_YES;
    }
    exchange->outcome.status = MHD_HTTP_OK;
    exchange->outcome.bytes = exchange->is_head ? 0 : variant->length;
    return MHD_queue_response(exchange->wire, MHD_HTTP_OK, variant->full) == MHD_YES;
}

static struct prepared *prepared_of(struct task *task)
{
    return (struct prepared *)(void *)((char *)task - offsetof(struct prepared, task));
}

static void compress(struct worker *worker, struct task *task)
{
    struct prepared *prepared = prepared_of(task);
    size_t length;
    size_t compressed;
    const char *bytes = prepared_bytes(prepared, &length);
    struct deflater *deflater = deflater_open(PAGE_GZIP_LEVEL);
    (void)worker;
    bool has_gzip = atomic_load(&prepared->available) & 1U << ENCODING_GZIP;
    char *gzip = has_gzip ? NULL : deflater_run(deflater, bytes, length, &compressed);
    deflater_close(deflater);
    if (gzip)
        prepared_add(prepared, ENCODING_GZIP, gzip, compressed);
    char *brotli = compress_brotli(bytes, length, PAGE_BROTLI_QUALITY, &compressed);
    if (brotli)
        prepared_add(prepared, ENCODING_BROTLI, brotli, compressed);
    atomic_store(&prepared->compression, COMPRESSION_DONE);
    prepared_drop(prepared);
}

struct task *prepared_compression(struct prepared *prepared, const char *accept_encoding)
{
    int open = COMPRESSION_OPEN;
    if (atomic_load_explicit(&prepared->compression, memory_order_relaxed) != COMPRESSION_OPEN ||
        encodings_accepted(accept_encoding) == 1U << ENCODING_NONE ||
        !atomic_compare_exchange_strong(&prepared->compression, &open, COMPRESSION_ASKED))
        return NULL;
    prepared_keep(prepared);
    prepared->task.run = compress;
    return &prepared->task;
}

void prepared_compression_failed(struct task *task)
{
    struct prepared *prepared = prepared_of(task);
    atomic_store(&prepared->compression, COMPRESSION_OPEN);
    prepared_drop(prepared);
}
