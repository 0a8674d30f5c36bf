/* body.c - the body of a request as it arrives: bounded in memory, or an upload on its way to disk.
 *
 * A body that is refused is still read up to a limit, because a client that is writing does not listen, and a
 * connection closed under it would tell it nothing. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FIRST_CAPACITY 4096
/* An upload of many files may be this many times the limit of one. */
#define MANY_FILES_FACTOR 4
/* A file may take longer than request_timeout as long as so many bytes arrive a second. */
#define UPLOAD_PACE 32768
/* Texts, paths and part heads of an upload. */
#define UPLOAD_ARENA_LIMIT ((size_t)64 << 20)

static void refuse(struct exchange *exchange, enum error_code code, const char *reason)
{
    if (exchange->refusal == ERR_NONE) {
        exchange->refusal = code;
        exchange->reason = reason;
    }
    exchange->is_swallowing = true;
}

/* What a route takes. */
struct file_room {
    size_t count;
    int64_t bytes; /* of the largest */
};

static struct file_room files_taken(const struct config *config, const struct route *route)
{
    struct file_room room = {0};
    for (const struct field *field = route->fields; field && field->name; field++)
        if (field->kind == FIELD_FILE) {
            int64_t bytes = field_file_limit(config, field);
            room.count += field->is_many ? HTTP_FILE_COUNT_LIMIT : 1;
            room.bytes = bytes > room.bytes ? bytes : room.bytes;
        }
    room.count = room.count < HTTP_FILE_COUNT_LIMIT ? room.count : HTTP_FILE_COUNT_LIMIT;
    return room;
}

/* The files that the route of this request takes; 0 also when there is no such route. */
static struct file_room files_expected(struct exchange *exchange, struct ctx *ctx)
{
    struct http_server *server = exchange->server;
    struct target target;
    struct match match;
    const struct file_room none = {0};
    if (target_parse(ctx, exchange->url, server->hooks->locales, &target))
        return none;
    if (!router_find(server->router, exchange->method, 0, target.path, &match) || match.route == NULL)
        return none;
    /* Nobody who is not let in anyhow makes us write files. */
    if (match.route->guard != ANYONE && !exchange->head.cookie && !exchange->head.authorization)
        return none;
    return files_taken(server->config, match.route);
}

static void begin_upload(struct exchange *exchange)
{
    const struct config *config = exchange->server->config;
    struct body *body = &exchange->body;
    body->upload_ctx = (struct ctx){.arena = arena_open(UPLOAD_ARENA_LIMIT)};
    struct file_room room = files_expected(exchange, &body->upload_ctx);
    struct multipart_limits limits = {
        .directory = exchange->server->upload_directory,
        .file_bytes = room.bytes,
        .total_bytes = room.bytes * (room.count > 1 ? MANY_FILES_FACTOR : 1),
        .text_bytes = (size_t)config->body_limit,
        .file_count = room.count,
    };
    body->multipart = multipart_open(&body->upload_ctx, exchange->head.content_type, &limits);
    if (body->multipart == NULL)
        return refuse(exchange, ERR_BAD_REQUEST, "the upload names no boundary");
    body->takes_files = room.count > 0;
    body->limit = config->body_limit + (room.count ? limits.total_bytes : 0);
}

bool body_begin(struct exchange *exchange)
{
    const struct head *head = &exchange->head;
    bool waits = head->expect && strcasecmp(head->expect, "100-continue") == 0;
    if (exchange->refusal)
        return false;
    if (head->content_length <= 0 && !head->is_chunked)
        return true;
    exchange->body.limit = exchange->server->config->body_limit;
    if (exchange->method != GET && media_type_is(head->content_type, "multipart/form-data"))
        begin_upload(exchange);
    if (head->content_length > exchange->body.limit)
        refuse(exchange, ERR_PAYLOAD_TOO_LARGE, "the body is longer than is taken here");
    return !exchange->refusal || (!waits && head->content_length <= SWALLOW_LIMIT);
}

/* Makes room for `more` bytes within the memory of all bodies. */
static bool reserve(struct exchange *exchange, size_t more)
{
    struct body *body = &exchange->body;
    if (body->length + more < body->capacity)
        return true;
    size_t capacity = body->capacity ? body->capacity : FIRST_CAPACITY;
    while (capacity <= body->length + more)
        capacity *= 2;
    int64_t added = (int64_t)(capacity - body->capacity);
    if (atomic_fetch_add(&exchange->server->body_memory, added) + added > BODY_MEMORY_LIMIT) {
        atomic_fetch_sub(&exchange->server->body_memory, added);
        return false;
    }
    char *bytes = realloc(body->bytes, capacity);
    if (bytes == NULL)
        bug("out of memory");
    body->bytes = bytes;
    body->capacity = capacity;
    return true;
}

/* The time to wait begins later by as much as these bytes may take, and never later than now. */
static void grant_time(struct exchange *exchange, size_t length)
{
    int64_t now = clock_steady(), since = atomic_load_explicit(&exchange->since, memory_order_relaxed);
    since += (int64_t)length * 1000000 / UPLOAD_PACE;
    atomic_store_explicit(&exchange->since, since < now ? since : now, memory_order_relaxed);
}

void body_feed(struct exchange *exchange, const char *bytes, size_t length)
{
    struct body *body = &exchange->body;
    if (!exchange->is_swallowing && (int64_t)(body->length + length) > body->limit)
        refuse(exchange, ERR_PAYLOAD_TOO_LARGE, "the body is longer than is taken here");
    if (exchange->is_swallowing) {
        body->swallowed += (int64_t)length;
    } else if (body->multipart) {
        body->length += length;
        if (body->takes_files)
            grant_time(exchange, length);
        multipart_feed(body->multipart, bytes, length);
    } else if (reserve(exchange, length)) {
        memcpy(body->bytes + body->length, bytes, length);
        body->length += length;
        body->bytes[body->length] = '\0';
    } else {
        refuse(exchange, ERR_UNAVAILABLE, "too many bodies are arriving at once");
    }
}

void body_free(struct exchange *exchange)
{
    struct body *body = &exchange->body;
    if (body->multipart)
        multipart_close(body->multipart);
    if (body->upload_ctx.arena)
        arena_close(body->upload_ctx.arena);
    if (body->capacity)
        atomic_fetch_sub(&exchange->server->body_memory, (int64_t)body->capacity);
    free(body->bytes);
    *body = (struct body){0};
}
