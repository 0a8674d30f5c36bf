/* internal.h - what the files of this folder share: the server, a request on its way, a reply being made.
 *
 * A request lives in an `exchange`, one for each connection and used again for the next request on it. It
 * belongs to one thread at a time: to a thread of libmicrohttpd while it arrives and is answered, to a worker
 * between worker_submit and wire_resume. Only stage, since and the list links are touched by the warden. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/fields.h"
#include "http/hash.h"
#include "http/http.h"
#include "http/parse.h"
#include "http/router.h"
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdatomic.h>

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_Response;
struct page_cache;
struct prepared;
struct workers;
struct streams;
struct rates;
struct access_log;
struct warden;

#define REQUEST_ID_BYTES 14
#define TRUSTED_LIMIT 32
/* What libmicrohttpd has for a connection: request head, a record for each field, then the head of the reply.
 * Every connection that was used once holds all of it, and 10,000 of them must fit a small machine. */
#define CONNECTION_MEMORY ((size_t)13 << 10)
/* Bodies of all requests on their way, together. */
#define BODY_MEMORY_LIMIT ((int64_t)256 << 20)
/* A refused body up to this length is read and thrown away, so that the client gets to read the answer. */
#define SWALLOW_LIMIT ((int64_t)16 << 20)

/* ---- client addresses ------------------------------------------------------------------------ */

struct network {
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d */
    int bits;
};

struct trusted {
    struct network networks[TRUSTED_LIMIT];
    size_t count;
};

/* "127.0.0.1, 10.0.0.0/8, ::1"; what cannot be read is ERR_INVALID. */
CHECKED err trusted_parse(struct ctx *ctx, const char *list, struct trusted *trusted);
bool address_parse(const char *text, struct in6_addr *address);
bool address_is_trusted(const struct trusted *trusted, const struct in6_addr *address);
bool address_is_loopback(const struct in6_addr *address);
/* The client behind trusted proxies: the last address of X-Forwarded-For that is not one of them. */
struct in6_addr address_of_client(const struct trusted *trusted, struct in6_addr peer,
                                  const char *forwarded_for);
const char *address_text(struct arena *arena, const struct in6_addr *address);
#define ADDRESS_BYTES 48
/* For the log: "203.0.113.0", "2001:db8:1::": enough to see a pattern, not a person. */
void address_write_truncated(const struct in6_addr *address, char out[ADDRESS_BYTES]);
/* For rate limits: one bucket for an IPv4 address, one for the /64 of an IPv6 address. */
void address_write_bucket(const struct in6_addr *address, char out[ADDRESS_BYTES]);

/* ---- requests -------------------------------------------------------------------------------- */

/* The head of a request, pointing into the memory of libmicrohttpd; NULL when absent. */
struct head {
    const char *host, *accept, *accept_encoding, *accept_language, *authorization, *content_type, *cookie;
    const char *expect, *fetch_site, *forwarded_for, *forwarded_proto, *if_none_match, *origin, *range;
    int64_t content_length; /* -1 when absent */
    bool is_chunked;
    bool is_connection_close;
    int count;
};

/* Something for a worker to do. */
struct worker;
struct task {
    void (*run)(struct worker *worker, struct task *task);
    struct task *next;
};

enum stage { STAGE_WAITING, STAGE_ARRIVING, STAGE_WORKING, STAGE_DOOMED };

struct body {
    char *bytes;
    size_t length;
    size_t capacity;
    int64_t limit;
    int64_t swallowed;
    struct multipart *multipart;
    bool takes_files;
    struct ctx upload_ctx; /* arena of the upload */
};

/* What a worker hands back to be sent. */
struct outcome {
    struct MHD_Response *response;
    struct prepared *prepared; /* a page in place of a response */
    int status;
    size_t bytes;
    const char *channel; /* malloc'ed: an event stream in place of a response */
};

struct exchange {
    struct http_server *server;
    struct MHD_Connection *wire;
    struct exchange *previous, *next; /* all connections, for the warden */
    pthread_t thread;                 /* of libmicrohttpd */
    int fd;
    int probes; /* library.c */
    struct in6_addr peer;
    _Atomic int stage;
    _Atomic int64_t since; /* clock_steady when the stage began */

    char *url;
    size_t url_length, url_capacity;
    bool url_is_too_long;
    bool is_cramped; /* the library has no room left for the head of a reply */
    bool head_is_read;
    bool is_head;
    bool is_options;
    bool is_swallowing;
    bool is_resumed;
    bool was_cached;
    enum http_method method;
    enum face face;
    enum error_code refusal; /* known before a worker is asked */
    const char *reason;
    int refusal_status; /* 0: that of the code */
    struct head head;
    struct body body;
    int64_t started;
    char request_id[REQUEST_ID_BYTES];
    int64_t shop_id;
    struct outcome outcome;
    struct task task;
    struct work *work; /* while a worker has it */
};

/* ---- a request in the hands of a worker ------------------------------------------------------ */

enum answer_kind { ANSWER_NONE, ANSWER_BYTES, ANSWER_FILE, ANSWER_STREAM };

struct tag {
    const char *name;
    struct tag *next;
};

struct answer {
    enum answer_kind kind;
    int status;
    const char *content_type; /* NULL without a body */
    const char *bytes;
    size_t length;
    int fd;
    int64_t file_size;
    int64_t file_from, file_length; /* the part that is sent */
    const char *channel;
    struct pairs headers;
    bool has_cookie;
    bool is_immutable;
    bool allows_frame; /* for pages of this site */
    int64_t cache_seconds;
    bool is_uncacheable;
    struct tag *tags;
};

struct work {
    struct req req;
    struct exchange *exchange;
    struct worker *worker;
    struct target target;
    struct match match;
    struct input input;
    struct in6_addr client;
    bool is_https;
    bool is_admitted; /* the guard let the visitor in */
    uint64_t cache_generation;
    struct answer answer;
};

/* ---- the server ------------------------------------------------------------------------------ */

struct http_server {
    struct arena *arena; /* start-up's: routes, settings */
    struct http_options options;
    const struct config *config;
    const struct http_hooks *hooks;
    struct router *router;
    struct trusted trusted;
    const char *public_host; /* of public_url, or NULL */
    const char *upload_directory;
    uint64_t seed;
    _Atomic uint64_t request_counter;
    _Atomic int64_t active; /* requests between their first line and their end */
    _Atomic int64_t connections;
    _Atomic int64_t body_memory;
    _Atomic bool is_draining;
    int listen_fd;
    int stop_fd; /* readable when the acceptor is to stop */
    bool has_acceptor;
    pthread_t acceptor;
    struct MHD_Daemon *daemon;
    struct MHD_Response *healthy;
    struct page_cache *cache;
    struct workers *workers;
    struct streams *streams;
    struct rates *rates;
    struct access_log *log;
    struct metrics *metrics;
    struct warden *warden;
};

/* acceptor.c: from wire_start to the first of these stops; the second one finds nothing to do. */
CHECKED err acceptor_start(struct ctx *ctx, struct http_server *server);
/* Closes the listening socket. */
void acceptor_stop(struct http_server *server);

/* wire.c: the callbacks of libmicrohttpd */
CHECKED err wire_start(struct ctx *ctx, struct http_server *server);
void wire_stop(struct http_server *server);
/* Gives the exchange back to its thread of libmicrohttpd, which sends the outcome. */
void wire_resume(struct exchange *exchange);

/* library.c: what keeps libmicrohttpd within its memory */
/* Hides arguments and cookies from the library; `uri` is its own text, and the rest of it is gone after. */
void library_spare(struct MHD_Connection *wire, const char *uri);
/* The field is none of the client's: library_spare put it there. */
bool library_made(const char *value);
void library_log(void *cls, const char *format, va_list values);
/* What the library calls a fatal error is a bug of ours, with its reason in the log. */
void library_open(void);

/* head.c */
/* Reads and checks the head; sets refusal and reason when it cannot be served. */
void head_read(struct exchange *exchange);
const char *head_value(const struct exchange *exchange, const char *name);
/* A proxy that we trust says that the client came by TLS. */
bool head_is_https(const struct exchange *exchange);

/* body.c */
/* Decides how much body the request may have; false when it must be answered before the body. */
bool body_begin(struct exchange *exchange);
void body_feed(struct exchange *exchange, const char *bytes, size_t length);
void body_free(struct exchange *exchange);

/* worker.c */
CHECKED err workers_start(struct ctx *ctx, struct http_server *server);
/* False when the queue is full. */
bool worker_submit(struct http_server *server, struct task *task);
int64_t worker_queue_length(const struct http_server *server);
int worker_count(const struct http_server *server);
/* True while a task is running or waiting. */
bool workers_are_busy(const struct http_server *server);
/* Refuses new tasks and waits for the others. */
void workers_stop(struct http_server *server);
void workers_free(struct http_server *server);

/* What a worker keeps between its tasks. */
struct deflater;
struct worker {
    struct http_server *server;
    struct arena *arena;       /* reset for each task */
    struct arena *piece_arena; /* of a download's present piece */
    struct db_session *db;
    struct deflater *deflater;
    pthread_t thread;
    sem_t wake; /* counts the calls of an idle worker */
    struct worker *next_idle;
};

/* request.c: the task of an exchange */
void request_run(struct worker *worker, struct task *task);
/* A ctx of the worker for a task. */
struct ctx worker_ctx(struct worker *worker);

/* origin.c: is a writing request from our own pages? */
CHECKED err origin_check(struct work *work);

/* answer.c: from struct answer to an outcome */
void answer_send(struct work *work);
void answer_clear(struct work *work);
/* A small reply outside a worker: problem+json or a plain page, by face. */
struct MHD_Response *answer_refusal(struct exchange *exchange, enum error_code code, const char *detail,
                                    int retry_after, size_t *bytes);

/* problem.c */
void problem_answer(struct work *work, err failure);
void problem_write(struct arena *arena, struct text_buf *out, err failure, const char *request_id);

/* client.c and rate.c */
struct rates *rates_open(uint64_t seed);
void rates_close(struct rates *rates);
/* True when one more fits; else *wait_seconds says when it will. */
bool rate_take(struct rates *rates, const char *bucket, int64_t per_minute, int64_t now_us,
               int64_t *wait_seconds);

/* access_log.c */
struct access_log *access_log_open(bool is_on);
void access_log_close(struct access_log *log);
void access_log_write(const struct exchange *exchange, int64_t micros);
int64_t access_log_dropped(const struct access_log *log);

/* metrics.c */
struct metrics *metrics_open(void);
void metrics_close(struct metrics *metrics);
void metrics_count(struct metrics *metrics, const struct exchange *exchange, int64_t micros);
void metrics_write(struct http_server *server, struct text_buf *out);

/* warden.c: closes connections that take too long to send a request */
CHECKED err warden_start(struct ctx *ctx, struct http_server *server);
void warden_stop(struct http_server *server);
void warden_add(struct exchange *exchange);
void warden_remove(struct exchange *exchange);
/* Answers a request that is still arriving over the head of the library, which finds the socket shut and
 * closes it. Nothing but a status can be said. */
void warden_dismiss(struct exchange *exchange, int status);
/* The first connection that fits, or NULL; only its own thread may use it. */
struct exchange *warden_find(struct http_server *server, bool (*fits)(struct exchange *exchange));

/* stream.c */
CHECKED err streams_start(struct ctx *ctx, struct http_server *server);
/* Closes all streams; new ones are refused. */
void streams_stop(struct http_server *server);
void streams_free(struct http_server *server);
/* Takes over a socket; false when there are too many already. The caller closes its own descriptor. */
bool stream_adopt(struct http_server *server, int fd, const char *channel);
int64_t stream_count(const struct http_server *server);

/* inner.c: /readyz and /metrics; true when the request was one of them */
bool inner_answer(struct work *work);
