/* inner.c - /readyz for load balancers and /metrics for Prometheus, at every host name. (/healthz needs no
 * worker and is answered in wire.c.) */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "http/internal.h"
#include <string.h>

#define METRICS_LIMIT ((size_t)1 << 20)

static err ready(struct work *work)
{
    struct http_server *server = work->exchange->server;
    struct req *req = &work->req;
    const struct http_hooks *hooks = server->hooks;
    bool is_ready = !atomic_load(&server->is_draining);
    if (is_ready && hooks->is_ready)
        is_ready = hooks->is_ready(hooks->owner, &req->ctx);
    reply_header(req, "Cache-Control", "no-store");
    const char *text = is_ready ? "ready\n" : "not ready\n";
    return reply_bytes(req, is_ready ? 200 : 503, "text/plain; charset=utf-8", text, strlen(text));
}

static err metrics(struct work *work)
{
    struct http_server *server = work->exchange->server;
    struct req *req = &work->req;
    struct text_buf out;
    if (!address_is_loopback(&work->client) && !address_is_trusted(&server->trusted, &work->client))
        return fail_with(&req->ctx, ERR_FORBIDDEN, "only for this machine and trusted proxies");
    text_open(&out, req->ctx.arena, METRICS_LIMIT);
    metrics_write(server, &out);
    reply_header(req, "Cache-Control", "no-store");
    return reply_bytes(req, 200, "text/plain; version=0.0.4; charset=utf-8", text_of(&out), out.len);
}

bool inner_answer(struct work *work)
{
    const char *url = work->exchange->url;
    size_t length = strcspn(url, "?");
    err failure = NULL;
    if (work->exchange->method != GET)
        return false;
    if (slice_is((struct slice){url, length}, "/readyz"))
        failure = ready(work);
    else if (slice_is((struct slice){url, length}, "/metrics"))
        failure = metrics(work);
    else
        return false;
    if (failure) {
        work->req.face = FACE_JSON; /* there is no shop whose page could be shown */
        problem_answer(work, failure);
    }
    return true;
}
