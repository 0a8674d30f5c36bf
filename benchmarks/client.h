/* client.h - the load generator's HTTP client: one connection, one request at a time, no allocation per
 * request.
 *
 * An answer ends by its Content-Length, its last chunk, or the end of the connection. Plain sockets, IPv4. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#define CLIENT_KEEP 65536 /* bytes of an answer's body that are kept; the rest is counted only */
#define CLIENT_HEAD 16384 /* headers of an answer */

struct target {
    struct sockaddr_in address;
    char host[256]; /* for the Host header */
    char path[2048];
};

/* Splits "http://127.0.0.1:8080/path"; names of the loopback are 127.0.0.1. False when it is not such an
 * address. */
bool target_parse(const char *url, struct target *target);

enum answer_part {
    PART_HEAD,
    PART_BODY,
    PART_CHUNK_SIZE,
    PART_CHUNK,
    PART_CHUNK_END,
    PART_TRAILER,
    PART_DONE
};

struct answer {
    enum answer_part part;
    int status;
    bool closes;      /* the server closes the connection after it */
    bool until_end;   /* the body ends with the connection */
    size_t left;      /* bytes of the body or chunk still to come */
    size_t body_size; /* all bytes of the body, also those not kept */
    size_t kept;
    size_t head_size;
    size_t line_size; /* bytes in `line` */
    char line[64];    /* chunk size or trailer line being read */
    char head[CLIENT_HEAD];
    char body[CLIENT_KEEP + 1]; /* ends with NUL */
};

void answer_reset(struct answer *answer);
/* Takes bytes as they come. False when they are no HTTP answer. answer->part is PART_DONE at its end. */
bool answer_take(struct answer *answer, const char *bytes, size_t size);
/* The connection ended: true when that ended the answer properly. */
bool answer_end(struct answer *answer);

/* ---- JSON, just enough to follow an order ---- */

/* The value of a member of an object (`object` points at its '{'); NULL when there is none. */
const char *json_member(const char *object, const char *name);
/* The first element of an array (at its '['), the element after one; NULL at the end. */
const char *json_first(const char *array);
const char *json_next(const char *element);
/* The text of a string value without escapes; numbers as they stand. False when it does not fit. */
bool json_text(const char *value, char *out, size_t size);
