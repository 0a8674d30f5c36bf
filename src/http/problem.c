/* problem.c - failures as people and programs see them: RFC 9457 problem+json, or the owner's error page.
 *
 * What went wrong inside is for the log, not for the client: a 5xx carries no detail. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "base/log.h"
#include "http/internal.h"
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#define RETRY_AFTER_TEXT "30"

static void write_problems(struct arena *arena, struct value *problem, const struct field_problem *problems)
{
    struct value *list = value_set_list(arena, problem, "errors");
    for (; problems; problems = problems->next) {
        struct value *item = value_add(arena, list, *value_object(arena));
        value_set_text(arena, item, "field", problems->field);
        value_set_text(arena, item, "code", problems->code);
        value_set_text(arena, item, "message", problems->message);
        if (problems->max)
            value_set(arena, item, "max", *problems->max);
    }
}

void problem_write(struct arena *arena, struct text_buf *out, err failure, const char *request_id)
{
    const struct error_kind *kind = error_kind(failure->code);
    struct value *problem = value_object(arena);
    value_set_text(arena, problem, "type", arena_format(arena, "/problems/%s", kind->slug));
    value_set_text(arena, problem, "title", kind->title);
    value_set_int(arena, problem, "status", kind->status);
    if (kind->status < 500 && failure->detail)
        value_set_text(arena, problem, "detail", failure->detail);
    value_set_text(arena, problem, "instance", request_id);
    if (failure->problems)
        write_problems(arena, problem, failure->problems);
    if (failure->more)
        for (size_t i = 0; i < value_count(failure->more); i++)
            value_set(arena, problem, failure->more->object->members[i].name,
                      failure->more->object->members[i].value);
    json_write(out, problem);
}

/* When the owner has no page for it. */
static const char *plain_page(struct arena *arena, enum error_code code, const char *request_id)
{
    const struct error_kind *kind = error_kind(code);
    return arena_format(arena,
                        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%d</title>"
                        "<h1>%s</h1><p>%d · %s</p></html>\n",
                        kind->status, kind->title, kind->status, request_id);
}

/* The form with what was typed and what is wrong with it, by the route itself; false when it cannot. Only for
 * those who were let in. */
static bool show_again(struct work *work, err failure, int status)
{
    struct req *req = &work->req;
    if (!work->is_admitted || (req->form == NULL && req->route->form_size > 0) || req->route->again == NULL ||
        status >= 500)
        return false;
    req->failure = failure;
    err second = req->route->again(req);
    if (second && error_kind(second->code)->status >= 500)
        log_failure(&req->ctx, LOG_ERROR, "form not shown again", second);
    if (second == NULL && work->answer.kind != ANSWER_NONE)
        return true;
    req->failure = NULL;
    answer_clear(work);
    return false;
}

static err answer_html(struct work *work, err failure, int status)
{
    const struct http_hooks *hooks = work->exchange->server->hooks;
    struct req *req = &work->req;
    struct text_buf out;
    text_open(&out, req->ctx.arena, HTTP_REPLY_LIMIT);
    if (show_again(work, failure, status))
        return NULL;
    if (hooks->render_failure == NULL)
        return failure;
    TRY(hooks->render_failure(req, failure, &out));
    if (work->answer.kind != ANSWER_NONE)
        return NULL;
    if (out.is_full || out.len == 0)
        return failure;
    return reply_bytes(req, status, "text/html; charset=utf-8", text_of(&out), out.len);
}

static err answer_json(struct work *work, err failure, int status)
{
    struct req *req = &work->req;
    struct text_buf out;
    text_open(&out, req->ctx.arena, HTTP_REPLY_LIMIT);
    problem_write(req->ctx.arena, &out, failure, req->ctx.request_id);
    return reply_bytes(req, status, "application/problem+json", text_of(&out), out.len);
}

static void log_problem(struct work *work, err failure, int status)
{
    /* A shop that is not open yet is 503 for visitors and search engines, but nothing failed. */
    if (status >= 500 && failure->code != ERR_SHOP_NOT_OPEN)
        log_failure(&work->req.ctx, LOG_ERROR, "request failed", failure);
    else
        log_failure(&work->req.ctx, LOG_DEBUG, "request refused", failure);
}

void problem_answer(struct work *work, err failure)
{
    struct req *req = &work->req;
    int status = error_kind(failure->code)->status;
    log_problem(work, failure, status);
    answer_clear(work);
    work->answer.cache_seconds = 0;
    if ((status == 429 || status == 503) && pairs_find(&work->answer.headers, "Retry-After") == NULL)
        reply_header(req, "Retry-After", RETRY_AFTER_TEXT);
    if (status == 401 && req->face == FACE_JSON)
        reply_header(req, "WWW-Authenticate", "Bearer");
    err second =
        req->face == FACE_JSON ? answer_json(work, failure, status) : answer_html(work, failure, status);
    if (second == NULL)
        return;
    if (second != failure)
        log_failure(&req->ctx, LOG_ERROR, "error page failed", second);
    const char *page = plain_page(req->ctx.arena, failure->code, req->ctx.request_id);
    second = reply_bytes(req, status, "text/html; charset=utf-8", page, strlen(page));
    if (second)
        bug("bytes cannot be answered");
}

struct MHD_Response *answer_refusal(struct exchange *exchange, enum error_code code, const char *detail,
                                    int retry_after, size_t *bytes)
{
    const struct error_kind *kind = error_kind(code);
    int status = exchange->refusal_status ? exchange->refusal_status : kind->status;
    char text[1024], seconds[16];
    bool is_json = exchange->face == FACE_JSON;
    if (is_json)
        snprintf(text, sizeof text,
                 "{\"type\":\"/problems/"
                 "%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"instance\":\"%s\"}",
                 kind->slug, kind->title, status, detail, exchange->request_id);
    else
        snprintf(text, sizeof text,
                 "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>%d</title><h1>%s</h1>"
                 "<p>%s</p><p>%d · %s</p></html>\n",
                 status, kind->title, detail, status, exchange->request_id);
    *bytes = strlen(text);
    struct MHD_Response *response = MHD_create_response_from_buffer(*bytes, text, MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(response, "Content-Type",
                            is_json ? "application/problem+json" : "text/html; charset=utf-8");
    MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Request-Id", exchange->request_id);
    if (code == ERR_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    snprintf(seconds, sizeof seconds, "%d", retry_after);
    if (retry_after)
        MHD_add_response_header(response, "Retry-After", seconds);
    return response;
}
