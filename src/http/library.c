/* library.c - keeps libmicrohttpd 0.9.75 within its memory, so that 10,000 connections need little of it.
 *
 * The library reads a request into a pool of CONNECTION_MEMORY bytes and puts a record beside it for each
 * query argument and each cookie, though we read both ourselves. A request with many of them used up the pool
 * and got no answer. Here it is shown a request without arguments and with one short cookie.
 *
 * A line between two chunks that fills the pool makes the library answer 500, as if the fault were ours. It
 * calls nobody before, but it writes a line to its log, and there we answer in its place. See
 * docs/decisions/0007. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/internal.h"
#include <microhttpd.h>
#include <string.h>

/* One tells a connection whose pool is full from others, and costs those a record of their pools. */
#define PROBE_LIMIT 16

static const char stand_in[] = "-";

bool library_made(const char *value)
{
    return value == stand_in;
}

void library_spare(struct MHD_Connection *wire, const char *uri)
{
    /* The library takes the arguments out of this very text after the callback. */
    char *question = strchr((char *)(uintptr_t)uri, '?');
    if (question)
        question[1] = '\0';
    /* Of several Cookie fields it takes apart the first. When there is no room for this one, the address is
     * longer than we take and the request is refused. */
    enum MHD_Result added = MHD_set_connection_value_n(wire, MHD_HEADER_KIND, MHD_HTTP_HEADER_COOKIE,
                                                       strlen(MHD_HTTP_HEADER_COOKIE), stand_in, 1);
    (void)added;
}

/* A body in chunks is arriving on this thread, and the pool of its connection is full. */
static bool is_stuck(struct exchange *exchange)
{
    if (atomic_load_explicit(&exchange->stage, memory_order_acquire) != STAGE_ARRIVING ||
        !pthread_equal(exchange->thread, pthread_self()))
        return false;
    if (!exchange->head_is_read || !exchange->head.is_chunked || exchange->probes >= PROBE_LIMIT)
        return false;
    exchange->probes++;
    return MHD_set_connection_value_n(exchange->wire, MHD_FOOTER_KIND, "", 0, stand_in, 1) == MHD_NO;
}

void library_log(void *cls, const char *format, va_list values)
{
    static const char expected[] = "Error processing request (HTTP response code is %u";
    struct http_server *server = cls;
    if (strncmp(format, expected, sizeof expected - 1) != 0 ||
        va_arg(values, unsigned) != MHD_HTTP_INTERNAL_SERVER_ERROR)
        return;
    struct exchange *exchange = warden_find(server, is_stuck);
    if (exchange == NULL)
        return;
    exchange->outcome.status = MHD_HTTP_CONTENT_TOO_LARGE;
    warden_dismiss(exchange, MHD_HTTP_CONTENT_TOO_LARGE);
}

static void panic(void *cls, const char *file, unsigned line, const char *reason)
{
    (void)cls;
    bug("libmicrohttpd: %s (%s:%u)", reason ? reason : "no reason", file, line);
}

void library_open(void)
{
    MHD_set_panic_func(panic, NULL);
}
