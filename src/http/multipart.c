/* multipart.c - multipart/form-data read as it arrives.
 *
 * The body is a row of parts between delimiter lines ("\r\n--boundary"). The reader keeps a window of bytes
 * that may still turn out to be a delimiter and hands everything before it to the part: text parts gather in
 * the arena, files go straight to disk. Headers of a part are bounded, so are names, files and texts; the
 * first thing that is wrong ends the reading and is told at the end. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "http/parse.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define BOUNDARY_LIMIT 70 /* RFC 2046 */
#define PART_HEAD_LIMIT 2048
#define FILE_NAME_LIMIT 120
#define FILE_PREFIX "upload-"
#define WINDOW_BYTES 8192

enum state { STATE_PREAMBLE, STATE_HEAD, STATE_TEXT, STATE_FILE, STATE_IGNORED, STATE_END };

struct multipart {
    struct ctx *ctx;
    struct multipart_limits limits;
    char delimiter[BOUNDARY_LIMIT + 5]; /* "\r\n--boundary" */
    size_t delimiter_length;
    enum state state;
    err failure;
    char window[WINDOW_BYTES]; /* what is not yet decided */
    size_t length;
    bool is_first; /* the first delimiter needs no line break before it */

    const char *name; /* of the part being read */
    struct text_buf text;
    size_t text_bytes; /* of all text parts together */
    int fd;
    int64_t file_bytes_total;
    struct pairs pairs;
    struct multipart_file *files;
    size_t file_count;
};

static void give_up(struct multipart *m, err failure)
{
    if (m->failure == NULL)
        m->failure = failure;
    m->state = STATE_END;
}

/* Copies the value that begins at `at`, quoted or not. Backslash escapes only quotes: file names of old
 * browsers hold bare backslashes. */
static const char *parameter_value(struct arena *arena, const char *at)
{
    bool is_quoted = *at == '"';
    char *out = arena_alloc(arena, strlen(at) + 1);
    size_t written = 0;
    const char *ends = is_quoted ? "\"" : "; ";
    for (at += is_quoted; *at && !strchr(ends, *at); at++) {
        if (is_quoted && at[0] == '\\' && at[1] == '"')
            at++;
        out[written++] = *at;
    }
    return out;
}

/* The next semicolon outside quotes, or NULL. */
static const char *parameter_end(const char *at)
{
    bool is_quoted = false;
    for (; *at; at++) {
        if (*at == '"' && at[-1] != '\\')
            is_quoted = !is_quoted;
        if (*at == ';' && !is_quoted)
            return at;
    }
    return NULL;
}

/* Finds `key="value"` or `key=value` behind the first semicolon of a header; false when it is not there. */
static bool parameter(struct arena *arena, const char *header, const char *key, const char **value)
{
    size_t length = strlen(key);
    for (const char *at = strchr(header, ';'); at; at = parameter_end(at)) {
        at += 1 + strspn(at + 1, " \t");
        if (strncasecmp(at, key, length) == 0 && at[length] == '=') {
            *value = parameter_value(arena, at + length + 1);
            return true;
        }
    }
    return false;
}

/* The last segment of what the client calls the file, without anything that could mean something to a shell,
 * a file system or a header. */
static const char *safe_name(struct arena *arena, const char *name)
{
    const char *slash = strrchr(name, '/');
    if (slash)
        name = slash + 1;
    const char *backslash = strrchr(name, '\\');
    if (backslash)
        name = backslash + 1;
    if (!utf8_is_valid(name, strlen(name)))
        return "upload";
    name = arena_copy(arena, name, utf8_prefix(name, strlen(name), FILE_NAME_LIMIT));
    char *out = arena_copy_text(arena, name);
    char *to = out;
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at >= ' ' && *at != 0x7f && strchr("\"<>|:*?;", *at) == NULL)
            *to++ = *at;
    *to = '\0';
    if (out[0] == '.' || text_is_blank(out) || text_has_control(out, strlen(out)))
        return "upload";
    return out;
}

static void begin_file(struct multipart *m, const char *file_name, const char *content_type)
{
    struct arena *arena = m->ctx->arena;
    m->state = STATE_IGNORED;
    if (*file_name == '\0') /* a file input that was left empty */
        return;
    if (m->limits.file_count == 0)
        return give_up(m, fail_with(m->ctx, ERR_UNSUPPORTED_MEDIA, "files are not taken here"));
    if (m->file_count >= m->limits.file_count)
        return give_up(m,
                       fail_with(m->ctx, ERR_PAYLOAD_TOO_LARGE, "more than %zu files", m->limits.file_count));
    const char *path = arena_format(arena, "%s/" FILE_PREFIX "%s", m->limits.directory, random_token(arena));
    m->fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (m->fd < 0)
        return give_up(m, fail_with(m->ctx, ERR_INTERNAL, "cannot create %s: errno %d", path, errno));
    struct multipart_file *file = &m->files[m->file_count++];
    file->field = m->name;
    file->upload = (struct upload){path, safe_name(arena, file_name), content_type, 0};
    m->state = STATE_FILE;
}

/* Reads the head of a part, NUL-terminated lines without the closing blank one. */
static void begin_part(struct multipart *m, char *head)
{
    struct arena *arena = m->ctx->arena;
    const char *disposition = NULL;
    const char *content_type = "application/octet-stream";
    const char *file_name;
    char *rest;
    for (char *line = strtok_r(head, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (strncasecmp(line, "content-disposition:", 20) == 0)
            disposition = line + 20;
        else if (strncasecmp(line, "content-type:", 13) == 0)
            content_type = text_trim(arena, line + 13);
    }
    if (disposition == NULL || !parameter(arena, disposition, "name", &m->name))
        return give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "a part of the upload has no name"));
    if (!utf8_is_valid(m->name, strlen(m->name)) || !utf8_is_valid(content_type, strlen(content_type)))
        return give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "a part of the upload is not valid UTF-8"));
    if (parameter(arena, disposition, "filename", &file_name))
        return begin_file(m, file_name, content_type);
    if (m->pairs.count >= HTTP_FIELD_COUNT_LIMIT)
        return give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "more than %d fields", HTTP_FIELD_COUNT_LIMIT));
    text_open(&m->text, arena, m->limits.text_bytes + 1);
    m->state = STATE_TEXT;
}

static void add_to_file(struct multipart *m, const char *bytes, size_t length)
{
    struct upload *upload = &m->files[m->file_count - 1].upload;
    upload->size += (int64_t)length;
    m->file_bytes_total += (int64_t)length;
    if (upload->size > m->limits.file_bytes || m->file_bytes_total > m->limits.total_bytes)
        return give_up(m, fail_with(m->ctx, ERR_PAYLOAD_TOO_LARGE, "the file is too large"));
    while (length > 0) {
        ssize_t written = write(m->fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return give_up(m, fail_with(m->ctx, ERR_INTERNAL, "cannot write an upload: errno %d", errno));
        bytes += written;
        length -= (size_t)written;
    }
}

static void add_to_part(struct multipart *m, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    if (m->state == STATE_FILE) {
        add_to_file(m, bytes, length);
    } else if (m->state == STATE_TEXT) {
        m->text_bytes += length;
        if (m->text_bytes > m->limits.text_bytes)
            return give_up(m, fail_with(m->ctx, ERR_PAYLOAD_TOO_LARGE, "the form is too large"));
        text_add_bytes(&m->text, bytes, length);
    }
}

static void end_part(struct multipart *m)
{
    if (m->state == STATE_FILE && m->fd >= 0) {
        close(m->fd);
        m->fd = -1;
    }
    if (m->state == STATE_TEXT) {
        const char *text = text_of(&m->text);
        if (memchr(text, '\0', m->text.len) || !utf8_is_valid(text, m->text.len))
            return give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "a form field is not valid UTF-8"));
        pairs_add(m->ctx->arena, &m->pairs, m->name, text);
    }
}

static void drop(struct multipart *m, size_t count)
{
    m->length -= count;
    memmove(m->window, m->window + count, m->length);
}

/* After a delimiter: "--" ends the body, a line break begins a part. False when more bytes are needed. */
static bool after_delimiter(struct multipart *m, size_t at)
{
    const char *next = m->window + at;
    size_t left = m->length - at;
    if (left < 2)
        return false;
    if (next[0] == '-' && next[1] == '-') {
        m->state = STATE_END;
        m->length = 0;
    } else if (next[0] == '\r' && next[1] == '\n') {
        m->state = STATE_HEAD;
        drop(m, at + 2);
    } else {
        give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "the upload is malformed"));
    }
    return true;
}

/* Reads on while the window decides something. */
static bool step_body(struct multipart *m)
{
    const char *delimiter = m->delimiter + (m->is_first ? 2 : 0);
    size_t length = m->delimiter_length - (m->is_first ? 2 : 0);
    const char *found = memmem(m->window, m->length, delimiter, length);
    if (found && m->is_first && found != m->window) {
        give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "the upload is malformed"));
        return true;
    }
    if (found) {
        size_t before = (size_t)(found - m->window);
        if (m->length < before + length + 2)
            return false;
        add_to_part(m, m->window, before);
        if (m->state != STATE_END)
            end_part(m);
        m->is_first = false;
        return m->state == STATE_END || after_delimiter(m, before + length);
    }
    if (m->length >= length && !m->is_first) { /* the last bytes may be the beginning of a delimiter */
        size_t sure = m->length - length + 1;
        add_to_part(m, m->window, sure);
        drop(m, sure);
    } else if (m->is_first && m->length >= length) {
        give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "the upload is malformed"));
    }
    return false;
}

static bool step_head(struct multipart *m)
{
    const char *end = memmem(m->window, m->length, "\r\n\r\n", 4);
    if (end == NULL) {
        if (m->length > PART_HEAD_LIMIT)
            give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "the head of a part of the upload is too long"));
        return false;
    }
    size_t length = (size_t)(end - m->window);
    char *head = arena_copy(m->ctx->arena, m->window, length);
    if (length > PART_HEAD_LIMIT || strlen(head) != length) {
        give_up(m, fail_with(m->ctx, ERR_BAD_REQUEST, "the head of a part of the upload is malformed"));
        return true;
    }
    drop(m, length + 4);
    begin_part(m, head);
    return true;
}

struct multipart *multipart_open(struct ctx *ctx, const char *content_type,
                                 const struct multipart_limits *limits)
{
    const char *boundary;
    if (!parameter(ctx->arena, content_type, "boundary", &boundary))
        return NULL;
    size_t length = strlen(boundary);
    if (length == 0 || length > BOUNDARY_LIMIT)
        return NULL;
    struct multipart *m = arena_alloc(ctx->arena, sizeof *m);
    m->ctx = ctx;
    m->limits = *limits;
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary, length);
    m->delimiter_length = length + 4;
    m->is_first = true;
    m->fd = -1;
    m->files = arena_alloc_many(ctx->arena, limits->file_count + 1, sizeof *m->files);
    return m;
}

void multipart_feed(struct multipart *m, const char *bytes, size_t length)
{
    while (length > 0 && m->state != STATE_END) {
        size_t room = WINDOW_BYTES - m->length;
        size_t taken = length < room ? length : room;
        memcpy(m->window + m->length, bytes, taken);
        m->length += taken;
        bytes += taken;
        length -= taken;
        while (m->state != STATE_END && (m->state == STATE_HEAD ? step_head(m) : step_body(m)))
            ;
    }
}

err multipart_finish(struct multipart *m, struct pairs *pairs, struct multipart_file **files,
                     size_t *file_count)
{
    if (m->fd >= 0) {
        close(m->fd);
        m->fd = -1;
    }
    if (m->failure)
        return m->failure;
    if (m->state != STATE_END)
        return fail_with(m->ctx, ERR_BAD_REQUEST, "the upload is not complete");
    *pairs = m->pairs;
    *files = m->files;
    *file_count = m->file_count;
    return NULL;
}

void multipart_close(struct multipart *m)
{
    if (m->fd >= 0)
        close(m->fd);
    for (size_t i = 0; i < m->file_count; i++)
        unlink(m->files[i].upload.path);
}

void multipart_sweep(const char *directory)
{
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (text_starts(entry->d_name, FILE_PREFIX))
            unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}
