/* request.c - one request on a worker: shop, route, origin, guard, fields, handler, answer. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "http/internal.h"
#include "http/prepared.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *lower(struct arena *arena, const char *text)
{
    char *copy = arena_copy_text(arena, text);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* The address as the buyer sees it. A proxy that we trust says whether it speaks TLS. */
static const char *find_origin(struct work *work)
{
    const struct exchange *exchange = work->exchange;
    const struct config *config = exchange->server->config;
    if (config->public_url && *config->public_url) {
        size_t length = strlen(config->public_url);
        while (length > 0 && config->public_url[length - 1] == '/')
            length--;
        return arena_copy(work->req.ctx.arena, config->public_url, length);
    }
    return arena_format(work->req.ctx.arena, "%s://%s", head_is_https(exchange) ? "https" : "http",
                        work->req.host);
}

static void prepare(struct work *work, struct worker *worker, struct exchange *exchange)
{
    struct req *req = &work->req;
    struct arena *arena = worker->arena;
    work->worker = worker;
    work->exchange = exchange;
    work->cache_generation = page_cache_generation(exchange->server->cache);
    work->client =
        address_of_client(&exchange->server->trusted, exchange->peer, exchange->head.forwarded_for);
    work->answer.fd = -1;
    exchange->work = work;
    req->ctx = worker_ctx(worker);
    req->ctx.request_id = arena_copy_text(arena, exchange->request_id);
    req->exchange = exchange;
    req->face = exchange->face;
    req->form = NULL;
    req->url = arena_copy(arena, exchange->url, exchange->url_length);
    req->path = "/";
    req->prefix = "";
    req->host = lower(arena, exchange->head.host ? exchange->head.host : "");
    req->origin = find_origin(work);
    req->address = address_text(arena, &work->client);
    work->is_https = text_starts(req->origin, "https://");
}

/* A page has one address: "/cart/" is told to be "/cart". */
static err without_slash(struct work *work, bool *is_answered)
{
    struct req *req = &work->req;
    struct match match;
    size_t length = strlen(req->path);
    if (length < 2 || req->path[length - 1] != '/' || work->exchange->method != GET)
        return NULL;
    const char *shorter = arena_copy(req->ctx.arena, req->path, length - 1);
    if (!router_find(work->exchange->server->router, GET, 0, shorter, &match) || match.route == NULL)
        return NULL;
    size_t raw = strcspn(req->url, "?");
    *is_answered = true;
    return reply_redirect(req, 308,
                          arena_format(req->ctx.arena, "%.*s%s", (int)raw - 1, req->url, req->url + raw));
}

static err options_answer(struct work *work, unsigned methods)
{
    reply_header(&work->req, "Allow", method_list(work->req.ctx.arena, methods));
    return reply_bytes(&work->req, 204, NULL, "", 0);
}

/* Finds the row; *is_answered when there is nothing left to do. */
static err find_route(struct work *work, bool *is_answered)
{
    struct req *req = &work->req;
    struct exchange *exchange = work->exchange;
    enum http_method method = exchange->is_options ? GET : exchange->method;
    struct match *match = &work->match;
    if (!router_find(exchange->server->router, method, req->face, req->path, match)) {
        TRY(without_slash(work, is_answered));
        return *is_answered ? NULL : fail_with(&req->ctx, ERR_NOT_FOUND, "no route");
    }
    if (exchange->is_options) {
        *is_answered = true;
        return options_answer(work, match->methods);
    }
    if (match->route == NULL && match->is_other_face && !work->target.is_api) {
        if (req->face == FACE_JSON)
            return fail_with(&req->ctx, ERR_NOT_ACCEPTABLE, "this address has no JSON");
        req->face = FACE_JSON; /* there is only this one */
        router_find(exchange->server->router, method, req->face, req->path, match);
    }
    if (match->route == NULL && match->is_other_face)
        return fail_with(&req->ctx, ERR_NOT_FOUND, "no route with this face");
    if (match->route == NULL) {
        reply_header(req, "Allow", method_list(req->ctx.arena, match->methods));
        return fail_with(&req->ctx, ERR_METHOD_NOT_ALLOWED, "not among the methods of this address");
    }
    req->route = match->route;
    router_parameters(req->ctx.arena, match, &work->input.path);
    return NULL;
}

/* Reading is free; the operator's own machine is not held back. */
static err check_rate(struct work *work)
{
    struct http_server *server = work->exchange->server;
    struct ctx *ctx = &work->req.ctx;
    char bucket[ADDRESS_BYTES];
    int64_t wait_seconds;
    if (work->exchange->method == GET || work->exchange->is_options || address_is_loopback(&work->client))
        return NULL;
    address_write_bucket(&work->client, bucket);
    if (rate_take(server->rates, bucket, server->config->rate_limit, clock_steady(), &wait_seconds))
        return NULL;
    reply_header(&work->req, "Retry-After", arena_format(ctx->arena, "%lld", (long long)wait_seconds));
    return fail_with(ctx, ERR_TOO_MANY_REQUESTS, "too many writing requests from this address");
}

static err read_json(struct work *work)
{
    const struct body *body = &work->exchange->body;
    struct value *json;
    TRY(json_read(&work->req.ctx, body->bytes, body->length, &json));
    if (json->kind != VALUE_OBJECT)
        return fail_with(&work->req.ctx, ERR_BAD_JSON, "the body must be a JSON object");
    work->input.json = json;
    return NULL;
}

static err read_body(struct work *work)
{
    struct exchange *exchange = work->exchange;
    const struct body *body = &exchange->body;
    const char *type = exchange->head.content_type;
    struct ctx *ctx = &work->req.ctx;
    if (body->multipart)
        return multipart_finish(body->multipart, &work->input.form,
                                (struct multipart_file **)&work->input.files, &work->input.file_count);
    if (body->length == 0 || exchange->method == GET)
        return NULL;
    if (media_type_is(type, "application/json"))
        return read_json(work);
    if (media_type_is(type, "application/x-www-form-urlencoded"))
        return form_parse(ctx, (struct slice){body->bytes, body->length}, &work->input.form);
    if (work->req.route->fields && work->req.route->fields->name)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "the body must be a form or JSON");
    return NULL; /* raw, for req_body */
}

static err read_fields(struct work *work)
{
    struct req *req = &work->req;
    struct ctx *ctx = &req->ctx;
    struct input *input = &work->input;
    TRY(form_parse(ctx, work->target.query, &input->query));
    TRY(read_body(work));
    pairs_index(ctx->arena, &input->query);
    pairs_index(ctx->arena, &input->form);
    void *form = arena_alloc(ctx->arena, req->route->form_size);
    req->form = form;
    return fields_read(ctx, input, req->route->fields, form);
}

static err run_handler(struct ctx *ctx, void *arg)
{
    struct req *req = arg;
    (void)ctx;
    return req->route->handler(req);
}

static err run_route(struct req *req)
{
    const struct http_hooks *hooks = req->exchange->server->hooks;
    if (req->route->is_reading)
        return db_read(&req->ctx, run_handler, req);
    err failure = req->route->handler(req);
    if (hooks->wrote && req->route->method != GET)
        hooks->wrote(req);
    return failure;
}

static err serve(struct work *work)
{
    struct req *req = &work->req;
    struct exchange *exchange = work->exchange;
    const struct http_hooks *hooks = exchange->server->hooks;
    bool is_answered = false;
    err bad_target = target_parse(&req->ctx, exchange->url, hooks->locales, &work->target);
    req->path = work->target.path ? work->target.path : "/";
    req->prefix = work->target.prefix;
    req->ctx.locale = req->face == FACE_JSON ? accept_locale(exchange->head.accept_language, hooks->locales)
                                             : work->target.locale;
    TRY(check_rate(work));
    if (hooks->find_shop)
        TRY(hooks->find_shop(req));
    exchange->shop_id = req->ctx.shop ? req->ctx.shop->id : 0;
    if (bad_target)
        return bad_target;
    TRY(find_route(work, &is_answered));
    if (is_answered)
        return NULL;
    TRY(origin_check(work));
    if (hooks->admit)
        TRY(hooks->admit(req));
    if (work->answer.kind != ANSWER_NONE)
        return NULL;
    work->is_admitted = true;
    TRY(read_fields(work));
    TRY(run_route(req));
    if (work->answer.kind == ANSWER_NONE)
        return fail_with(&req->ctx, ERR_INTERNAL, "the handler of %s gave no answer", req->route->path);
    return NULL;
}

void request_run(struct worker *worker, struct task *task)
{
    struct exchange *exchange = (struct exchange *)(void *)((char *)task - offsetof(struct exchange, task));
    struct work *work = arena_alloc(worker->arena, sizeof *work);
    prepare(work, worker, exchange);
    if (!inner_answer(work)) {
        err failure = serve(work);
        if (failure)
            problem_answer(work, failure);
    }
    answer_send(work);
    if (work->req.held && exchange->server->hooks->done)
        exchange->server->hooks->done(&work->req);
    exchange->work = NULL;
    wire_resume(exchange);
}

void *req_owner(const struct req *req)
{
    return req->exchange->server->hooks->owner;
}

const char *req_header(const struct req *req, const char *name)
{
    return head_value(req->exchange, name);
}

const char *req_cookie(const struct req *req, const char *name)
{
    return cookie_find(req->ctx.arena, req->exchange->head.cookie, name);
}

const char *req_text(const struct req *req, const char *key)
{
    const struct http_hooks *hooks = req->exchange->server->hooks;
    return hooks->text ? hooks->text(req, key) : NULL;
}

const char *req_network(const struct req *req)
{
    char network[ADDRESS_BYTES];
    address_write_truncated(&req->exchange->work->client, network);
    return arena_copy(req->ctx.arena, network, strlen(network));
}

struct slice req_body(const struct req *req)
{
    const struct body *body = &req->exchange->body;
    if (body->multipart || body->bytes == NULL)
        return (struct slice){"", 0};
    return (struct slice){body->bytes, body->length};
}

enum http_method req_method(const struct req *req)
{
    return req->exchange->method;
}

const char *req_typed(const struct req *req, const char *field)
{
    return fields_typed(req->ctx.arena, &req->exchange->work->input, field);
}

const struct value *req_typed_all(const struct req *req)
{
    return fields_typed_all(req->ctx.arena, &req->exchange->work->input);
}
