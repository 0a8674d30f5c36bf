/* parse.h - the pure parsers of this folder: targets, forms, cookies, uploads. No socket, no server. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/http.h"

/* ---- names with values, in the order in which they came -------------------------------------- */

struct pair {
    const char *name;
    const char *value;
};

struct pairs {
    struct pair *items;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* hash index, made by pairs_index when there are many */
    size_t slot_count;
};

/* Neither text is copied. */
void pairs_add(struct arena *arena, struct pairs *pairs, const char *name, const char *value);
/* Makes pairs_find quick. Nothing may be added afterwards. */
void pairs_index(struct arena *arena, struct pairs *pairs);
/* The last value of that name (a checkbox after its hidden twin), or NULL. */
const char *pairs_find(const struct pairs *pairs, const char *name);

/* ---- targets --------------------------------------------------------------------------------- */

/* A request target taken apart. */
struct target {
    const char *path;   /* decoded, without locale prefix and without /api/v1 */
    const char *prefix; /* "/en", or "" for the default locale */
    const char *locale; /* of the prefix, or the default; NULL when there are no locales */
    struct slice query; /* as it came, without the question mark */
    bool is_api;        /* begins with /api/ */
};

/* Takes a target apart: percent sequences are decoded once; NUL, control characters, wrong UTF-8, `\`, `//`,
 * encoded slashes and the segments `.` and `..` are refused with ERR_BAD_REQUEST. */
CHECKED err target_parse(struct ctx *ctx, const char *raw, const char *const *locales, struct target *target);
/* Decodes the path of a target into `out` (length + 1 bytes) under the same rules; the reason it was refused
 * for, or NULL. */
const char *path_decode(const char *raw, size_t length, char *out);

/* Decodes %XX, and + to a blank when `plus`; the length written, or -1 for a broken sequence. */
ptrdiff_t percent_decode(const char *raw, size_t length, bool plus, char *out);

/* ---- forms ----------------------------------------------------------------------------------- */

/* Reads application/x-www-form-urlencoded text or a query, at most HTTP_FIELD_COUNT_LIMIT fields. */
CHECKED err form_parse(struct ctx *ctx, struct slice text, struct pairs *pairs);

/* ---- headers --------------------------------------------------------------------------------- */

/* The value of a cookie in a Cookie header, in the arena; NULL when there is none or it is no clean text. */
const char *cookie_find(struct arena *arena, const char *header, const char *name);
bool cookie_is_present(const char *header, const char *name);
/* A Set-Cookie value. A name or value that would need quoting is a bug. */
char *cookie_format(struct arena *arena, const char *name, const char *value, int64_t max_age,
                    bool is_secure);
/* True when the Accept header prefers JSON to HTML. */
bool accept_prefers_json(const char *accept);
/* The q value (0..1000) that a list header gives to a token; `otherwise` when it does not name it. */
int header_quality(const char *header, const char *token, int otherwise);
/* The locale of the list that an Accept-Language header likes best; the first when it likes none. */
const char *accept_locale(const char *accept_language, const char *const *locales);
/* Host[:port] of letters, digits, `.-_:[]`, at most 255 bytes. */
bool host_is_valid(const char *host);
/* True when a media type header names this type, whatever its parameters. */
bool media_type_is(const char *header, const char *type);

/* ---- uploads --------------------------------------------------------------------------------- */

/* A multipart/form-data body read as it arrives: text parts become pairs, files go to disk. */
struct multipart;

struct multipart_limits {
    const char *directory; /* for the files */
    int64_t file_bytes;    /* of one file */
    int64_t total_bytes;   /* of all files */
    size_t text_bytes;     /* of all text parts */
    size_t file_count;     /* files that are taken; 0 refuses files */
};

struct multipart_file {
    const char *field;
    struct upload upload;
};

/* Begins with the Content-Type header. Everything lives in ctx's arena; NULL when the header has no boundary.
 * After a failure the rest of the body is ignored. */
struct multipart *multipart_open(struct ctx *ctx, const char *content_type,
                                 const struct multipart_limits *limits);
void multipart_feed(struct multipart *multipart, const char *bytes, size_t length);
/* Says that the body is over: the parts, or why they could not be read. */
CHECKED err multipart_finish(struct multipart *multipart, struct pairs *pairs, struct multipart_file **files,
                             size_t *file_count);
/* Removes the files that are still there. */
void multipart_close(struct multipart *multipart);
/* Removes files that an earlier life of the program left behind. */
void multipart_sweep(const char *directory);
