/* statics.c - files loaded at start, found by name, served from memory.
 *
 * Each file has two addresses: prefix + name.HASH.ext, which may be kept for ever, and prefix + name.ext for
 * those who cannot know the hash (a style sheet's own url(), /favicon.ico), which is asked again each time.
 * The compressed forms of a file are kept in the data directory under cache/static, named by content, so that
 * only the first start pays for them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/crypto.h"
#include "http/prepared.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOTAL_LIMIT ((size_t)16 << 20)
#define DEPTH_LIMIT 8
#define FIRST_SLOTS 256
#define FINGERPRINT_LENGTH 10
#define STATIC_GZIP_LEVEL 6
#define STATIC_BROTLI_QUALITY 6

struct entry {
    const char *path;
    size_t length;
    const char *url; /* the fingerprinted address */
    struct prepared *prepared;
};

struct http_static {
    struct arena *arena;
    struct entry *slots;
    size_t slot_count;
    size_t count;
    size_t bytes;
};

/* One file on its way in. */
struct load {
    struct ctx *ctx;
    struct http_static *statics;
    const char *name; /* prefix + name */
    char *bytes;
    size_t length;
    char hash[2 * CRYPTO_HASH_BYTES + 1];
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".html", "text/html; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
    {".pdf", "application/pdf"},
};

static const char *type_of(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t ending = strlen(types[i].ending);
        if (length > ending && strcasecmp(name + length - ending, types[i].ending) == 0)
            return types[i].type;
    }
    return "application/octet-stream";
}

static struct entry *slot_of(struct entry *slots, size_t slot_count, const char *path, size_t length)
{
    size_t at = hash_bytes(path, length, 0) & (slot_count - 1);
    while (slots[at].path && !(slots[at].length == length && memcmp(slots[at].path, path, length) == 0))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static void grow(struct http_static *statics)
{
    size_t slot_count = statics->slot_count * 2;
    struct entry *slots = arena_alloc_many(statics->arena, slot_count, sizeof *slots);
    for (size_t i = 0; i < statics->slot_count; i++)
        if (statics->slots[i].path)
            *slot_of(slots, slot_count, statics->slots[i].path, statics->slots[i].length) = statics->slots[i];
    statics->slots = slots;
    statics->slot_count = slot_count;
}

/* A later file of the same name takes the place of the earlier. */
static void put(struct http_static *statics, const char *path, const char *url, struct prepared *prepared)
{
    if (statics->count * 2 >= statics->slot_count)
        grow(statics);
    struct entry *entry = slot_of(statics->slots, statics->slot_count, path, strlen(path));
    if (entry->path == NULL)
        statics->count++;
    else if (entry->prepared)
        prepared_drop(entry->prepared);
    *entry = (struct entry){path, strlen(path), url, prepared};
}

/* Reads a whole file; the bytes are malloc'ed. */
static bool read_file(const char *path, size_t limit, char **bytes, size_t *length)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (size_t)info.st_size > limit) {
        close(fd);
        return false;
    }
    *length = 0;
    if ((*bytes = malloc((size_t)info.st_size + 1)) == NULL)
        bug("out of memory");
    for (ssize_t got = 1; got > 0 && *length<(size_t)info.st_size; *length += got> 0 ? (size_t)got : 0)
        got = read(fd, *bytes + *length, (size_t)info.st_size - *length);
    close(fd);
    return true;
}

/* Best effort: without it the next start is slower. A half-written file is never seen under its name. */
static void keep(struct ctx *ctx, const char *path, const char *bytes, size_t length)
{
    const char *draft = arena_format(ctx->arena, "%s.%ld", path, (long)getpid());
    int fd = open(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool is_whole = write(fd, bytes, length) == (ssize_t)length;
    close(fd);
    if (!is_whole || rename(draft, path) != 0)
        unlink(draft);
}

static char *compressed_by(enum encoding encoding, const char *bytes, size_t length, size_t *compressed)
{
    if (encoding == ENCODING_BROTLI)
        return compress_brotli(bytes, length, STATIC_BROTLI_QUALITY, compressed);
    struct deflater *deflater = deflater_open(STATIC_GZIP_LEVEL);
    char *gzip = deflater_run(deflater, bytes, length, compressed);
    deflater_close(deflater);
    return gzip;
}

static void add_compressed(const struct load *load, struct prepared *prepared, enum encoding encoding,
                           const char *cache)
{
    const char *path = arena_format(load->ctx->arena, "%s/%s.%s", cache, load->hash,
                                    encoding == ENCODING_GZIP ? "gz" : "br");
    char *bytes;
    size_t length;
    if (!read_file(path, load->length, &bytes, &length)) {
        bytes = compressed_by(encoding, load->bytes, load->length, &length);
        if (bytes)
            keep(load->ctx, path, bytes, length);
    }
    if (bytes)
        prepared_add(prepared, encoding, bytes, length);
}

/* "app.css" with its fingerprint: "app.0123456789.css" */
static const char *fingerprinted(const struct load *load)
{
    const char *slash = strrchr(load->name, '/');
    const char *dot = strrchr(load->name, '.');
    if (dot == NULL || (slash && dot < slash))
        dot = load->name + strlen(load->name);
    return arena_format(load->statics->arena, "%.*s.%.*s%s", (int)(dot - load->name), load->name,
                        FINGERPRINT_LENGTH, load->hash, dot);
}

static const char *cache_directory(struct ctx *ctx)
{
    const char *data = ctx->config ? ctx->config->data : NULL;
    if (data == NULL)
        return "/nonexistent";
    mkdir(data, 0700);
    mkdir(arena_format(ctx->arena, "%s/cache", data), 0700);
    const char *cache = arena_format(ctx->arena, "%s/cache/static", data);
    mkdir(cache, 0700);
    return cache;
}

static void add_loaded(struct load *load)
{
    struct http_static *statics = load->statics;
    unsigned char hash[CRYPTO_HASH_BYTES];
    struct pairs headers = {0};
    const char *type = type_of(load->name);
    crypto_sha256(load->bytes, load->length, hash);
    memcpy(load->hash, crypto_hex(load->ctx->arena, hash, sizeof hash), sizeof load->hash);
    pairs_add(load->ctx->arena, &headers, "X-Content-Type-Options", "nosniff");
    if (strstr(type, "svg") || strstr(type, "html") || strstr(type, "xml"))
        pairs_add(load->ctx->arena, &headers, "Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'");
    struct prepared_options options = {
        .content_type = type,
        .cache_control = "public, max-age=31536000, immutable",
        .vary = compress_pays(type, load->length) ? "Accept-Encoding" : NULL,
        .headers = &headers,
    };
    struct prepared *lasting = prepared_make(load->bytes, load->length, &options);
    if (options.vary) {
        const char *cache = cache_directory(load->ctx);
        add_compressed(load, lasting, ENCODING_GZIP, cache);
        add_compressed(load, lasting, ENCODING_BROTLI, cache);
    }
    options.cache_control = "public, no-cache";
    const char *url = fingerprinted(load);
    put(statics, url, url, lasting);
    put(statics, load->name, url, prepared_again(lasting, &options)); /* both live as long as the table */
}

static err add_file(struct ctx *ctx, struct http_static *statics, const char *path, const char *name)
{
    struct load load = {.ctx = ctx, .statics = statics, .name = name};
    if (!read_file(path, TOTAL_LIMIT, &load.bytes, &load.length))
        return fail_with(ctx, ERR_LIMIT, "cannot load %s: too large or not readable", path);
    statics->bytes += load.length;
    bool fits = statics->bytes <= TOTAL_LIMIT;
    if (fits)
        add_loaded(&load);
    free(load.bytes);
    return fits ? NULL : fail_with(ctx, ERR_LIMIT, "more than %zu bytes of static files", TOTAL_LIMIT);
}

static err add_directory(struct ctx *ctx, struct http_static *statics, const char *directory,
                         const char *prefix, int depth)
{
    err failure = NULL;
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return fail_with(ctx, ERR_NOT_FOUND, "cannot open the directory %s", directory);
    for (struct dirent *entry; failure == NULL && (entry = readdir(dir)) != NULL;) {
        struct stat info;
        const char *path = arena_format(ctx->arena, "%s/%s", directory, entry->d_name);
        const char *name = arena_format(statics->arena, "%s%s", prefix, entry->d_name);
        if (entry->d_name[0] == '.' || stat(path, &info) != 0)
            continue;
        if (S_ISREG(info.st_mode))
            failure = add_file(ctx, statics, path, name);
        else if (S_ISDIR(info.st_mode) && depth < DEPTH_LIMIT)
            failure = add_directory(ctx, statics, path, arena_format(ctx->arena, "%s/", name), depth + 1);
    }
    closedir(dir);
    return failure;
}

struct http_static *http_static_open(struct arena *arena)
{
    struct http_static *statics = arena_alloc(arena, sizeof *statics);
    statics->arena = arena;
    statics->slot_count = FIRST_SLOTS;
    statics->slots = arena_alloc_many(arena, FIRST_SLOTS, sizeof *statics->slots);
    return statics;
}

err http_static_add(struct ctx *ctx, struct http_static *statics, const char *directory, const char *prefix)
{
    return add_directory(ctx, statics, directory, prefix, 0);
}

const char *http_static_url(const struct http_static *statics, const char *path)
{
    return slot_of(statics->slots, statics->slot_count, path, strlen(path))->url;
}

struct prepared *statics_find(const struct http_static *statics, const char *path, size_t length)
{
    const struct entry *entry = slot_of(statics->slots, statics->slot_count, path, length);
    if (entry->prepared)
        prepared_keep(entry->prepared);
    return entry->prepared;
}

void statics_release(const struct http_static *statics)
{
    for (size_t i = 0; i < statics->slot_count; i++)
        if (statics->slots[i].prepared) {
            prepared_drop(statics->slots[i].prepared);
            statics->slots[i].prepared = NULL;
        }
}
