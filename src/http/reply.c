/* reply.c - what handlers say: the reply_ functions only fill struct answer; answer.c sends it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/random.h"
#include "http/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of one download, which is written to disk before it is sent. */
#define DOWNLOAD_LIMIT ((int64_t)4 << 30)
#define PIECE_LIMIT ((size_t)48 << 20)

static struct answer *answer_of(struct req *req)
{
    return &req->exchange->work->answer;
}

/* A later reply replaces an earlier one, but not its cookies and header fields. */
static struct answer *begin(struct req *req, enum answer_kind kind, int status)
{
    struct answer *answer = answer_of(req);
    answer_clear(req->exchange->work);
    answer->kind = kind;
    answer->status = status;
    return answer;
}

err reply_bytes(struct req *req, int status, const char *content_type, const char *bytes, size_t length)
{
    struct answer *answer = begin(req, ANSWER_BYTES, status);
    answer->content_type = content_type;
    answer->bytes = bytes;
    answer->length = length;
    return NULL;
}

err reply_view_status(struct req *req, int status, const char *template, const struct value *view)
{
    const struct http_hooks *hooks = req->exchange->server->hooks;
    struct text_buf out;
    text_open(&out, req->ctx.arena, HTTP_REPLY_LIMIT);
    if (req->face == FACE_JSON)
        json_write(&out, view);
    else
        TRY(hooks->render(req, template, view, &out));
    if (out.is_full)
        return fail_with(&req->ctx, ERR_INTERNAL, "the reply is longer than %zu bytes", HTTP_REPLY_LIMIT);
    const char *type = req->face == FACE_JSON ? "application/json" : "text/html; charset=utf-8";
    return reply_bytes(req, status, type, text_of(&out), out.len);
}

err reply_view(struct req *req, const char *template, const struct value *view)
{
    int status = req->failure ? error_kind(req->failure->code)->status : 200;
    return reply_view_status(req, status, template, view);
}

static bool has_prefix(const struct req *req, const char *location)
{
    size_t length = strlen(req->prefix);
    return strncmp(location, req->prefix, length) == 0 &&
           (location[length] == '/' || location[length] == '?' || location[length] == '\0');
}

const char *req_local(const struct req *req, const char *location)
{
    if (*req->prefix == '\0' || !has_prefix(req, location))
        return location;
    location += strlen(req->prefix);
    return *location == '/' ? location : arena_format(req->ctx.arena, "/%s", location);
}

/* Stays on the site unless the handler names another one in full, and in the reader's language. */
static const char *place(const struct req *req, const char *location)
{
    if (location[0] != '/')
        return location;
    if (location[1] == '/' || location[1] == '\\')
        return "/";
    if (*req->prefix == '\0' || has_prefix(req, location) || text_starts(location, "/api/") ||
        req->face != FACE_HTML)
        return location;
    return arena_format(req->ctx.arena, "%s%s", req->prefix, location);
}

err reply_redirect(struct req *req, int status, const char *location)
{
    if (text_has_control(location, strlen(location)) || strpbrk(location, "\t\r\n"))
        return fail_with(&req->ctx, ERR_INTERNAL, "a location holds a control character");
    TRY(reply_bytes(req, status, NULL, "", 0));
    reply_header(req, "Location", place(req, location));
    return NULL;
}

err reply_done(struct req *req, int status, const struct value *view, const char *location, ...)
{
    va_list list;
    if (req->face == FACE_JSON)
        return reply_view_status(req, status, NULL, view);
    va_start(list, location);
    const char *target = arena_format_list(req->ctx.arena, location, list);
    va_end(list);
    return reply_redirect(req, 303, target);
}

/* "bytes=0-499", "bytes=500-", "bytes=-500"; one range only, anything else is answered in full. */
static bool read_range(const char *range, int64_t size, int64_t *from, int64_t *length)
{
    char first[24] = "", last[24] = "";
    int64_t start, end = size - 1;
    if (range == NULL || strncmp(range, "bytes=", 6) != 0)
        return false;
    const char *dash = strchr(range + 6, '-');
    if (dash == NULL || dash - range - 6 >= (ptrdiff_t)sizeof first || strlen(dash + 1) >= sizeof last)
        return false;
    memcpy(first, range + 6, (size_t)(dash - range - 6));
    memcpy(last, dash + 1, strlen(dash + 1));
    if (*first == '\0') {
        if (!text_to_int(last, &start) || start <= 0)
            return false;
        start = start > size ? 0 : size - start;
    } else if (!text_to_int(first, &start) || start < 0 || (*last && !text_to_int(last, &end))) {
        return false;
    }
    if (end >= size)
        end = size - 1;
    *from = start;
    *length = end - start + 1;
    return true;
}

static err serve_file(struct req *req, int fd, int64_t size, const char *content_type, bool is_immutable)
{
    struct answer *answer = begin(req, ANSWER_FILE, 200);
    int64_t from, length;
    answer->fd = fd;
    answer->file_size = size;
    answer->file_length = size;
    answer->content_type = content_type;
    answer->is_immutable = is_immutable;
    reply_header(req, "Accept-Ranges", "bytes");
    if (!read_range(req->exchange->head.range, size, &from, &length))
        return NULL;
    if (from >= size || length <= 0) {
        TRY(reply_bytes(req, 416, NULL, "", 0));
        reply_header(req, "Content-Range", arena_format(req->ctx.arena, "bytes */%lld", (long long)size));
        return NULL;
    }
    answer->status = 206;
    answer->file_from = from;
    answer->file_length = length;
    reply_header(req, "Content-Range",
                 arena_format(req->ctx.arena, "bytes %lld-%lld/%lld", (long long)from,
                              (long long)(from + length - 1), (long long)size));
    return NULL;
}

/* Has the length of the file, but libmicrohttpd sends no body with 304. */
static err serve_unchanged(struct req *req, int fd, int64_t size, bool is_immutable)
{
    struct answer *answer = begin(req, ANSWER_FILE, 304);
    answer->fd = fd;
    answer->file_size = answer->file_length = size;
    answer->is_immutable = is_immutable;
    return NULL;
}

err reply_file(struct req *req, const char *path, const char *content_type, bool is_immutable)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no file %s", path);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return fail_with(&req->ctx, ERR_NOT_FOUND, "%s is no file", path);
    }
    const char *etag =
        arena_format(req->ctx.arena, "\"%llx-%llx\"",
                     (unsigned long long)hash_mix((uint64_t)info.st_ino, (uint64_t)info.st_mtim.tv_sec),
                     (unsigned long long)info.st_size);
    const char *known = req->exchange->head.if_none_match;
    reply_header(req, "ETag", etag);
    if (known && strstr(known, etag))
        return serve_unchanged(req, fd, info.st_size, is_immutable);
    return serve_file(req, fd, info.st_size, content_type, is_immutable);
}

static err write_piece(struct req *req, int fd, const struct text_buf *piece, int64_t *size)
{
    size_t done = 0;
    if (piece->is_full)
        return fail_with(&req->ctx, ERR_INTERNAL, "a piece of a download is longer than %zu bytes",
                         PIECE_LIMIT);
    while (done < piece->len) {
        ssize_t written = write(fd, piece->ptr + done, piece->len - done);
        if (written < 0 && errno != EINTR)
            return fail_with(&req->ctx, ERR_INTERNAL, "cannot write a download: errno %d", errno);
        done += written > 0 ? (size_t)written : 0;
    }
    *size += (int64_t)piece->len;
    if (*size > DOWNLOAD_LIMIT)
        return fail_with(&req->ctx, ERR_LIMIT, "the download is too large");
    return NULL;
}

/* What `next` allocates lives in an arena of its own, which forgets it after each piece. */
static err write_pieces(struct req *req,
                        err (*next)(struct req *req, void *arg, struct text_buf *out, bool *more), void *arg,
                        int fd, int64_t *size)
{
    struct arena *arena = req->ctx.arena;
    struct arena *piece_arena = req->exchange->work->worker->piece_arena;
    err failure = NULL;
    for (bool more = true; more && failure == NULL;) {
        struct text_buf piece;
        arena_reset(piece_arena);
        text_open(&piece, piece_arena, PIECE_LIMIT);
        req->ctx.arena = piece_arena;
        failure = next(req, arg, &piece, &more);
        req->ctx.arena = arena;
        if (failure == NULL)
            failure = write_piece(req, fd, &piece, size);
    }
    return failure; /* perhaps in the piece arena, which keeps it until the next download */
}

/* A header value that no file name can break out of. */
static const char *disposition(struct arena *arena, const char *file_name)
{
    struct text_buf out;
    text_open(&out, arena, 4096);
    text_add(&out, "attachment; filename*=UTF-8''");
    text_add_url(&out, file_name, strlen(file_name));
    return text_of(&out);
}

err reply_download(struct req *req, const char *content_type, const char *file_name,
                   err (*next)(struct req *req, void *arg, struct text_buf *out, bool *more), void *arg)
{
    int64_t size = 0;
    const char *path = arena_format(req->ctx.arena, "%s/download-%s", req->exchange->server->upload_directory,
                                    random_token(req->ctx.arena));
    int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_with(&req->ctx, ERR_INTERNAL, "cannot create %s: errno %d", path, errno);
    unlink(path); /* gone with the last descriptor */
    err failure = write_pieces(req, next, arg, fd, &size);
    if (failure) {
        close(fd);
        return failure;
    }
    struct answer *answer = begin(req, ANSWER_FILE, 200);
    answer->fd = fd;
    answer->file_size = answer->file_length = size;
    answer->content_type = content_type;
    reply_header(req, "Content-Disposition", disposition(req->ctx.arena, file_name));
    return NULL;
}

err reply_stream(struct req *req, const char *channel)
{
    begin(req, ANSWER_STREAM, 200)->channel = channel;
    return NULL;
}

void reply_cookie(struct req *req, const char *name, const char *value, int64_t max_age)
{
    struct work *work = req->exchange->work;
    pairs_add(req->ctx.arena, &work->answer.headers, "Set-Cookie",
              cookie_format(req->ctx.arena, name, value, max_age, work->is_https));
    work->answer.has_cookie = true;
}

void reply_header(struct req *req, const char *name, const char *value)
{
    if (text_has_control(value, strlen(value)) || strpbrk(value, "\r\n"))
        bug("header %s holds a control character", name);
    pairs_add(req->ctx.arena, &answer_of(req)->headers, name, value);
}

void reply_camera(struct req *req)
{
    reply_header(req, "Permissions-Policy",
                 "camera=(self), microphone=(), geolocation=(), payment=(), usb=()");
}

void reply_allow_frame(struct req *req)
{
    answer_of(req)->allows_frame = true;
}

void reply_cacheable(struct req *req, int64_t seconds)
{
    answer_of(req)->cache_seconds = seconds;
}

void reply_uncacheable(struct req *req)
{
    answer_of(req)->is_uncacheable = true;
}

void reply_tag(struct req *req, const char *format, ...)
{
    struct answer *answer = answer_of(req);
    struct tag *tag = arena_alloc(req->ctx.arena, sizeof *tag);
    va_list list;
    va_start(list, format);
    tag->name = arena_format_list(req->ctx.arena, format, list);
    va_end(list);
    tag->next = answer->tags;
    answer->tags = tag;
}
