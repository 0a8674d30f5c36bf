/* http.h - requests in, replies out: libmicrohttpd behind this folder, route tables in front of it.
 *
 * A route is a row: method, path, guard, declared fields, handler. The same row answers a browser with HTML
 * at its path and a program with JSON under /api/v1 + path (or for `Accept: application/json`, or when the
 * body is JSON). Handlers run on worker threads and may block; the threads of libmicrohttpd only parse and
 * answer from memory (page cache, static files). This folder knows no shop: the owner gives hooks. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "base/ctx.h"
#include "base/text.h"
#include "base/value.h"
#include "db/db.h"

struct http_server;
struct req;

enum http_method { GET = 1, POST, PUT, PATCH, DELETE };

/* Limits with a name; those that are settings stand in base/config.h. */
#define HTTP_URL_LIMIT 2048
#define HTTP_HEADER_LIMIT 8192       /* all headers together */
#define HTTP_FIELD_COUNT_LIMIT 32768 /* fields in one form or query: 2,048 variants of 12 fields */
#define HTTP_FILE_COUNT_LIMIT 50     /* files in one upload */
#define HTTP_REPLY_LIMIT ((size_t)8 << 20)
#define HTTP_STREAM_LIMIT 20000 /* event streams held open at once */

/* ---- declared fields ------------------------------------------------------------------------- */

enum field_kind {
    FIELD_TEXT,   /* const char *: trimmed, valid UTF-8, no control characters; min/max in code points */
    FIELD_LONG,   /* the same, but line breaks and tabs may stand in it */
    FIELD_INT,    /* int64_t within min..max */
    FIELD_ID,     /* int64_t > 0; decimal text in forms and JSON */
    FIELD_MONEY,  /* int64_t minor units of the shop's currency, within min..max; people type "12.50"; JSON
                     carries {"amount", "currency"} with the shop's currency */
    FIELD_FLAG,   /* bool: JSON true/false; forms "1", "true", "on"; absent = false */
    FIELD_CHOICE, /* int: the index in `choices` */
    FIELD_FILE,   /* struct upload *: the file is on disk until the request ends; max in bytes */
    FIELD_ROWS,   /* struct field_rows: JSON array of objects; forms name.0.member, name.1.member … */
};

struct field {
    const char *name; /* path parameter, query, form or JSON member; "address.phone" is a member of a member,
                         and a form field of just that name */
    enum field_kind kind;
    size_t offset; /* of the member in the handler's form struct */
    bool is_required;
    bool tells_absence; /* FIELD_TEXT: NULL when nothing was sent, "" when it was sent empty */
    bool is_many;       /* FIELD_FILE: struct upload_list with up to HTTP_FILE_COUNT_LIMIT files */
    size_t limit; /* FIELD_FILE: the setting that bounds it, as offsetof(struct config, video_limit); 0 means
                     upload_limit */
    int64_t minimum;
    int64_t maximum;   /* texts: 0 means 255; ints: both 0 means any; rows: the most rows (0 = 100) */
    int64_t otherwise; /* FIELD_INT and FIELD_CHOICE: value when absent */
    const char *help;  /* one English sentence, for OpenAPI */
    const char *const *choices; /* FIELD_CHOICE: ends with NULL */
    const struct field *rows;   /* FIELD_ROWS: fields of one row, ends with a NULL name */
    size_t row_size;
};

struct field_rows {
    void *items; /* array of row structs */
    size_t count;
};

struct upload {
    const char *path;         /* where the bytes are */
    const char *file_name;    /* as the client named it, made safe */
    const char *content_type; /* as the client says: not to be trusted */
    int64_t size;
};
struct upload_list {
    struct upload *items;
    size_t count;
};

/* ---- routes ---------------------------------------------------------------------------------- */

enum guard { ANYONE = 1, STAFF, OWNER };
enum face { FACE_HTML = 1, FACE_JSON = 2, FACE_BOTH = 3 };

struct route {
    enum http_method method;
    const char *path; /* "/orders/:number/pay"; a last segment "*rest" takes the rest of the path */
    err (*handler)(struct req *req);
    enum guard guard;
    const char *scope;          /* "orders.write": what a staff role or API key must hold; NULL for ANYONE */
    const struct field *fields; /* ends with a NULL name; NULL when there are none */
    size_t form_size;           /* sizeof the form struct */
    enum face faces;            /* 0 means both */
    const char *summary;        /* one English sentence, for OpenAPI */
    const char *answer;         /* name of the top-level member of the JSON answer ("order"), for OpenAPI */
    err (*again)(
        struct req *req); /* HTML only: shows the form again when a visitor who was let in is refused (4xx).
                             It answers as on GET, but reply_view gives the status of req->failure, which
                             with req_typed and req->form (as far as it was right) tells what was refused */
    bool no_origin_check; /* gateways' notifications: no browser, no cookie */
    bool is_reading;      /* changes nothing and waits for nobody outside: the questions of the handler and of
                             its page share one db_read */
};

struct req {
    struct ctx ctx;
    const struct route *route;
    enum face face;     /* which of the two is asked for */
    const void *form;   /* the form struct of the route, read and checked; texts that were absent are "" */
    const char *path;   /* without query, without locale prefix and /api/v1, decoded */
    const char *prefix; /* the locale prefix that was cut off: "/en", or "" */
    const char *url;    /* path and query as they came, for links back */
    const char *origin; /* "https://shop.example", as the buyer sees it */
    const char *host;
    const char *address;       /* of the client, behind trusted proxies */
    err failure;               /* while a refused form is shown again, why; else NULL */
    void *visitor;             /* set by the owner's guard: the staff session */
    void *held;                /* set by the owner: what it gets back in hooks.done */
    struct exchange *exchange; /* private to src/http */
};

/* hooks.owner of the server that answers. */
void *req_owner(const struct req *req);
/* The most bytes of a field's file, by its setting. */
int64_t field_file_limit(const struct config *config, const struct field *field);
/* What came with the request. NULL when absent. */
const char *req_header(const struct req *req, const char *name);
const char *req_cookie(const struct req *req, const char *name);
/* The client's address only as far as its network, as the access log writes it: for what is kept. */
const char *req_network(const struct req *req);
/* The body as it came (JSON, form or other; not multipart): for signatures over raw bytes. */
struct slice req_body(const struct req *req);
/* GET also stands for HEAD. */
enum http_method req_method(const struct req *req);
/* A form text as it was typed, also when it was refused: to show a form again. "" when absent. */
const char *req_typed(const struct req *req, const char *field);
/* All typed fields as an object of texts, for templates. */
const struct value *req_typed_all(const struct req *req);

/* A location on this site without the prefix of the reader's language: for comparing it with paths, and for
 * keeping it for a reply, which puts the prefix of its own reader before it. */
const char *req_local(const struct req *req, const char *location);

/* The reader's words for a key of the locale files, for what no template makes; NULL when there are none. */
const char *req_text(const struct req *req, const char *key);

/* ---- replies: a handler ends with exactly one of them ---------------------------------------- */

/* HTML through the owner's render hook with this template, or the same tree as JSON. */
CHECKED err reply_view(struct req *req, const char *template, const struct value *view);
CHECKED err reply_view_status(struct req *req, int status, const char *template, const struct value *view);
/* After a change: HTML is redirected (303) to `location` (printf); JSON gets `status` and the view. A
 * location that begins with a slash stays on the site and in the reader's language: the locale prefix is put
 * before it. */
CHECKED err reply_done(struct req *req, int status, const struct value *view, const char *location, ...)
    __attribute__((format(printf, 4, 5)));
CHECKED err reply_redirect(struct req *req, int status, const char *location);
CHECKED err reply_bytes(struct req *req, int status, const char *content_type, const char *bytes,
                        size_t length);
/* A file on disk, whole or the one range that was asked for; immutable ones may be cached for a year. */
CHECKED err reply_file(struct req *req, const char *path, const char *content_type, bool is_immutable);
/* A download that is made in pieces: `next` adds the next piece (up to 48 MiB) to `out` and clears *more at
 * the end. All pieces are made before the first is sent, into a file without a name: so a failure is still an
 * error reply, and a slow client keeps no worker. What `next` allocates from req->ctx.arena lives until it
 * returns. */
CHECKED err reply_download(struct req *req, const char *content_type, const char *file_name,
                           err (*next)(struct req *req, void *arg, struct text_buf *out, bool *more),
                           void *arg);
/* An event stream (text/event-stream): stays open and carries what stream_publish sends to the channel. */
CHECKED err reply_stream(struct req *req, const char *channel);

/* Cookies are HttpOnly, SameSite=Lax, Path=/ and Secure when the origin is https. max_age 0 = session,
 * -1 = remove. */
void reply_cookie(struct req *req, const char *name, const char *value, int64_t max_age);
void reply_header(struct req *req, const char *name, const char *value);
/* This page may ask for the camera; no other may. */
void reply_camera(struct req *req);
/* Pages of this site may show this reply in a frame; else nobody may. */
void reply_allow_frame(struct req *req);
/* Marks the reply as the same for every stranger: it goes into the page cache with these tags. A reply that
 * sets a cookie or is not 200 is never cached. */
void reply_cacheable(struct req *req, int64_t seconds);
/* Whatever reply_cacheable says: this reply is not kept. */
void reply_uncacheable(struct req *req);
void reply_tag(struct req *req, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- the owner ------------------------------------------------------------------------------- */

struct http_hooks {
    void *owner;
    /* Fills ctx.shop for a host name ("shop.example:8080"); ERR_SHOP_NOT_FOUND when there is none. */
    err (*find_shop)(struct req *req);
    /* Checks guard and scope and fills req->visitor, ctx.actor, ctx.actor_id. It may answer instead: to send
     * the reader to another host. */
    err (*admit)(struct req *req);
    /* Called after the handler of a request that may have written, before its reply goes out, also when it
     * failed: who asks next must not see what this process remembers from before. NULL for none. */
    void (*wrote)(struct req *req);
    /* Called when a request with something in req->held is over and its answer made. NULL for none. */
    void (*done)(struct req *req);
    /* Renders a template for the HTML face. */
    err (*render)(struct req *req, const char *template, const struct value *view, struct text_buf *out);
    /* The text of a key of the locale files ("imports.title") in the language of the reader; NULL when there
     * is none. */
    const char *(*text)(const struct req *req, const char *key);
    /* Answers a failure for the HTML face: an error page, or the form again (req_typed). 5xx details are not
     * for the client. It may call one reply_ function instead of writing to `out`: to send to the login. When
     * it fails itself, a plain built-in page is sent. */
    err (*render_failure)(struct req *req, err failure, struct text_buf *out);
    /* More lines for /metrics. */
    void (*metrics)(void *owner, struct text_buf *out);
    /* False with a reason while the program cannot serve: for /readyz. */
    bool (*is_ready)(void *owner, struct ctx *ctx);
    /* Locale prefixes that are cut from paths ("en"): the first entry is the default without prefix. */
    const char *const *locales;
    /* A request with one of these cookies neither gets a cached page nor makes one: the staff session, a
     * wish that changes pages. Ends with NULL; NULL for none. */
    const char *const *no_cache_cookies;
};

struct http_options {
    const struct config *config;
    struct db *db;
    const struct ctx *model;           /* ids, keys, config for every request's ctx */
    const struct route *const *tables; /* each ends with a NULL path; the list ends with NULL */
    const struct http_hooks *hooks;
    const struct http_static *statics; /* may be NULL */
};

/* Listens and serves until http_drain. `address` gets "127.0.0.1:8080" as really bound. */
CHECKED err http_start(struct ctx *ctx, const struct http_options *options, struct http_server **server,
                       const char **address);
/* Stops listening, closes event streams, lets running requests finish for drain_seconds. False when a handler
 * was still running then: the server cannot be closed, and the process should just end. */
bool http_drain(struct http_server *server);
/* Frees a server that was drained. Whoever drops pages or publishes to streams must have stopped before. */
void http_close(struct http_server *server);

/* Takes one from a bucket that refills evenly to `per_minute`; false when it is empty: answer
 * ERR_TOO_MANY_REQUESTS. For what must be limited besides writing requests per address: "login 4711". 0 per
 * minute means no limit. */
bool http_rate_take(struct http_server *server, const char *bucket, int64_t per_minute);

/* The same for a handler. */
bool req_rate_take(const struct req *req, const char *bucket, int64_t per_minute);

/* ---- page cache and streams, used by the owner's listeners ----------------------------------- */

/* Drops every cached page with this tag. Pages being rendered meanwhile are not kept either. */
void http_cache_drop(struct http_server *server, const char *tag);
void http_cache_clear(struct http_server *server);
/* Sends one event to every stream of a channel; a stream that does not drain is closed. */
void stream_publish(struct http_server *server, const char *channel, const char *event, const char *data);

/* ---- static files ---------------------------------------------------------------------------- */

struct http_static;
/* Loads the files below `directory` into memory (16 MiB at most), fingerprinted by content and compressed
 * (gzip, brotli) where that pays. Served at prefix + name.HASH.ext for a year, immutable. Several directories
 * may be added to one set. */
struct http_static *http_static_open(struct arena *arena);
CHECKED err http_static_add(struct ctx *ctx, struct http_static *statics, const char *directory,
                            const char *prefix);
/* The fingerprinted address of prefix + name; NULL when there is no such file. */
const char *http_static_url(const struct http_static *statics, const char *path);

/* ---- descriptions made from the tables ------------------------------------------------------- */

void http_print_routes(const struct route *const *tables, struct text_buf *out);
/* OpenAPI 3.1 as JSON. */
CHECKED err http_openapi(struct ctx *ctx, const struct route *const *tables, struct text_buf *out);
