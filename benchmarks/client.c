/* client.c - reads HTTP/1.1 answers piece by piece, and looks into small JSON texts. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool target_parse(const char *url, struct target *target)
{
    memset(target, 0, sizeof *target);
    if (strncmp(url, "http://", 7) != 0)
        return false;
    const char *host = url + 7;
    size_t length = strcspn(host, "/?");
    if (length == 0 || length >= sizeof target->host)
        return false;
    memcpy(target->host, host, length);
    const char *path = host + length;
    if (snprintf(target->path, sizeof target->path, "%s%s", *path == '/' ? "" : "/", path) >=
        (int)sizeof target->path)
        return false;

    char name[256];
    snprintf(name, sizeof name, "%s", target->host);
    char *colon = strrchr(name, ':');
    long port = 80;
    if (colon != NULL) {
        port = strtol(colon + 1, NULL, 10);
        *colon = '\0';
    }
    target->address.sin_family = AF_INET;
    target->address.sin_port = htons((uint16_t)port);
    size_t name_length = strlen(name);
    bool is_local = strcmp(name, "localhost") == 0 ||
                    (name_length > 10 && strcmp(name + name_length - 10, ".localhost") == 0);
    return port > 0 && port < 65536 &&
           inet_pton(AF_INET, is_local ? "127.0.0.1" : name, &target->address.sin_addr) == 1;
}

void answer_reset(struct answer *answer)
{
    answer->part = PART_HEAD;
    answer->status = 0;
    answer->closes = false;
    answer->until_end = false;
    answer->left = 0;
    answer->body_size = 0;
    answer->kept = 0;
    answer->head_size = 0;
    answer->line_size = 0;
    answer->body[0] = '\0';
}

/* The value of a header in the head, or NULL; ends at its line's CR. */
static const char *header(const char *head, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line != NULL && line[2] != '\r';
         line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
            return line + 3 + length + strspn(line + 3 + length, " \t");
    return NULL;
}

static bool read_head(struct answer *answer)
{
    if (sscanf(answer->head, "HTTP/1.%*1d %3d", &answer->status) != 1)
        return false;
    if (answer->status >= 100 && answer->status < 200) { /* interim: the real answer follows */
        answer->head_size = 0;
        return true;
    }
    const char *connection = header(answer->head, "Connection");
    answer->closes = (connection != NULL && strncasecmp(connection, "close", 5) == 0) ||
                     strncmp(answer->head, "HTTP/1.0", 8) == 0;
    const char *coding = header(answer->head, "Transfer-Encoding");
    const char *length = header(answer->head, "Content-Length");
    if (coding != NULL && strncasecmp(coding, "chunked", 7) == 0) {
        answer->part = PART_CHUNK_SIZE;
    } else if (length != NULL) {
        answer->left = strtoull(length, NULL, 10);
        answer->part = answer->left > 0 ? PART_BODY : PART_DONE;
    } else if (answer->status == 204 || answer->status == 304) {
        answer->part = PART_DONE;
    } else {
        answer->until_end = true;
        answer->closes = true;
        answer->left = SIZE_MAX;
        answer->part = PART_BODY;
    }
    return true;
}

/* Takes bytes of the head up to and with its blank line: how many, or 0 when it is no head. */
static size_t take_head(struct answer *answer, const char *bytes, size_t size)
{
    for (size_t taken = 0; taken < size;) {
        if (answer->head_size + 1 >= sizeof answer->head)
            return 0;
        answer->head[answer->head_size++] = bytes[taken++];
        if (answer->head_size >= 4 && memcmp(answer->head + answer->head_size - 4, "\r\n\r\n", 4) == 0) {
            answer->head[answer->head_size] = '\0';
            return read_head(answer) ? taken : 0;
        }
    }
    return size;
}

static size_t take_body(struct answer *answer, const char *bytes, size_t size)
{
    size_t taken = size < answer->left ? size : answer->left;
    size_t room = CLIENT_KEEP - answer->kept;
    size_t kept = taken < room ? taken : room;
    memcpy(answer->body + answer->kept, bytes, kept);
    answer->kept += kept;
    answer->body[answer->kept] = '\0';
    answer->body_size += taken;
    answer->left -= taken;
    if (answer->left == 0)
        answer->part = answer->part == PART_CHUNK ? PART_CHUNK_END : PART_DONE;
    return taken;
}

/* Takes one line between chunks. */
static size_t take_line(struct answer *answer, const char *bytes, size_t size)
{
    const char *end = memchr(bytes, '\n', size);
    size_t taken = end != NULL ? (size_t)(end - bytes) + 1 : size;
    for (size_t at = 0; at < taken && answer->line_size + 1 < sizeof answer->line; at++)
        if (bytes[at] != '\r' && bytes[at] != '\n')
            answer->line[answer->line_size++] = bytes[at];
    if (end == NULL)
        return taken;
    answer->line[answer->line_size] = '\0';
    if (answer->part == PART_CHUNK_END) {
        answer->part = PART_CHUNK_SIZE;
    } else if (answer->part == PART_TRAILER) {
        if (answer->line_size == 0)
            answer->part = PART_DONE;
    } else {
        if (!isxdigit((unsigned char)answer->line[0]))
            return 0;
        answer->left = strtoull(answer->line, NULL, 16);
        answer->part = answer->left > 0 ? PART_CHUNK : PART_TRAILER;
    }
    answer->line_size = 0;
    return taken;
}

bool answer_take(struct answer *answer, const char *bytes, size_t size)
{
    while (size > 0 && answer->part != PART_DONE) {
        size_t taken;
        if (answer->part == PART_HEAD)
            taken = take_head(answer, bytes, size);
        else if (answer->part == PART_BODY || answer->part == PART_CHUNK)
            taken = take_body(answer, bytes, size);
        else
            taken = take_line(answer, bytes, size);
        if (taken == 0)
            return false;
        bytes += taken;
        size -= taken;
    }
    return size == 0; /* bytes after the answer: nobody asked for them */
}

bool answer_end(struct answer *answer)
{
    if (!answer->until_end || answer->part != PART_BODY)
        return false;
    answer->part = PART_DONE;
    return true;
}

static const char *skip_blank(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++)
        if (*at == '\\' && at[1] != '\0')
            at++;
    return *at == '"' ? at + 1 : at;
}

static const char *skip_value(const char *at)
{
    int depth = 0;
    do {
        at = skip_blank(at);
        if (*at == '"') {
            at = skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (*at == ',' || *at == ':') {
            at++;
        } else {
            at += strcspn(at, ",:]} \t\r\n");
        }
    } while (depth > 0 && *at != '\0');
    return at;
}

const char *json_member(const char *object, const char *name)
{
    if (object == NULL || *(object = skip_blank(object)) != '{')
        return NULL;
    size_t length = strlen(name);
    const char *at = skip_blank(object + 1);
    while (*at == '"') {
        const char *key = at + 1;
        at = skip_blank(skip_string(at));
        if (*at != ':')
            return NULL;
        at = skip_blank(at + 1);
        if (strncmp(key, name, length) == 0 && key[length] == '"')
            return at;
        at = skip_blank(skip_value(at));
        if (*at == ',')
            at = skip_blank(at + 1);
    }
    return NULL;
}

const char *json_first(const char *array)
{
    if (array == NULL || *(array = skip_blank(array)) != '[')
        return NULL;
    array = skip_blank(array + 1);
    return *array == ']' || *array == '\0' ? NULL : array;
}

const char *json_next(const char *element)
{
    element = skip_blank(skip_value(element));
    return *element == ',' ? skip_blank(element + 1) : NULL;
}

/* Writes a code point of the basic plane as UTF-8. */
static size_t put_utf8(char *out, unsigned code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xc0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    out[0] = (char)(0xe0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 0x3f));
    out[2] = (char)(0x80 | (code & 0x3f));
    return 3;
}

bool json_text(const char *value, char *out, size_t size)
{
    if (value == NULL)
        return false;
    if (*value != '"') {
        size_t length = strcspn(value, ",]} \t\r\n");
        return length > 0 && snprintf(out, size, "%.*s", (int)length, value) < (int)size;
    }
    size_t used = 0;
    for (const char *at = value + 1; *at != '"'; at++) {
        if (*at == '\0' || used + 4 > size)
            return false;
        if (*at != '\\') {
            out[used++] = *at;
            continue;
        }
        at++;
        unsigned code = 0;
        if (*at == 'u' && sscanf(at + 1, "%4x", &code) == 1) {
            used += put_utf8(out + used, code);
            at += 4;
        } else {
            out[used++] = *at == 'n' ? '\n' : *at == 't' ? '\t' : *at;
        }
    }
    out[used] = '\0';
    return true;
}
