/* demo_server.c - a small site on src/http, for tests over real sockets and for measuring.
 *
 *     demo-server DATA [--setting value …]
 *
 * Prints "ready ADDRESS" and serves until SIGTERM, then drains. Standard input is a remote control: "drop
 * TAG", "publish CHANNEL TEXT". */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/config.h"
#include "base/json.h"
#include "http/http.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct line_form {
    const char *sku;
    int64_t quantity;
};

struct echo_form {
    const char *name;
    const char *note;
    int64_t count;
    int64_t product_id;
    int64_t price;
    bool is_gift;
    int colour;
    const char *phone;
    struct field_rows lines;
};

struct upload_form {
    const char *title;
    struct upload_list pictures;
};

struct number_form {
    int64_t number;
};

static const char *const colours[] = {"red", "green", NULL};
static const struct field line_fields[] = {
    {"sku", FIELD_TEXT, offsetof(struct line_form, sku), .is_required = true, .maximum = 20},
    {"quantity", FIELD_INT, offsetof(struct line_form, quantity), .minimum = 1, .maximum = 99,
     .otherwise = 1},
    {0},
};
static const struct field echo_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct echo_form, name), .is_required = true, .maximum = 40, .help = "Who"},
    {"note", FIELD_LONG, offsetof(struct echo_form, note), .maximum = 1000},
    {"count", FIELD_INT, offsetof(struct echo_form, count), .minimum = 0, .maximum = 1000, .otherwise = 7},
    {"product_id", FIELD_ID, offsetof(struct echo_form, product_id)},
    {"price", FIELD_MONEY, offsetof(struct echo_form, price)},
    {"is_gift", FIELD_FLAG, offsetof(struct echo_form, is_gift)},
    {"colour", FIELD_CHOICE, offsetof(struct echo_form, colour), .choices = colours, .otherwise = 1},
    {"address.phone", FIELD_TEXT, offsetof(struct echo_form, phone)},
    {"lines", FIELD_ROWS, offsetof(struct echo_form, lines), .maximum = 5, .rows = line_fields,
     .row_size = sizeof(struct line_form)},
    {0},
};
static const struct field upload_fields[] = {
    {"title", FIELD_TEXT, offsetof(struct upload_form, title)},
    {"pictures", FIELD_FILE, offsetof(struct upload_form, pictures), .is_required = true, .is_many = true},
    {0},
};
static const struct field number_fields[] = {
    {"number", FIELD_INT, offsetof(struct number_form, number), .is_required = true, .minimum = 0,
     .maximum = 1000000},
    {0},
};

static err home(struct req *req)
{
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "greeting", "hello");
    value_set_text(req->ctx.arena, view, "locale", req->ctx.locale);
    value_set_text(req->ctx.arena, view, "origin", req->origin);
    value_set_text(req->ctx.arena, view, "address", req->address);
    return reply_view(req, "home", view);
}

static err small(struct req *req)
{
    return reply_bytes(req, 200, "text/plain; charset=utf-8", "small", 5);
}

/* A page of about 30 KB with a counter that shows whether it was made afresh. */
static err page(struct req *req)
{
    const struct number_form *form = req->form;
    static _Atomic int made;
    struct value *view = value_object(req->ctx.arena);
    struct text_buf text;
    text_open(&text, req->ctx.arena, 1 << 20);
    for (int i = 0; i < 600; i++)
        text_add_format(&text, "Row %d of product %lld costs %d.\n", i, (long long)form->number,
                        i * 7919 % 10007);
    value_set_int(req->ctx.arena, view, "made", ++made);
    value_set_text(req->ctx.arena, view, "text", text_of(&text));
    reply_cacheable(req, 60);
    reply_tag(req, "product:%lld", (long long)form->number);
    reply_tag(req, "all");
    return reply_view(req, "page", view);
}

/* Rendered slowly, to be dropped meanwhile. */
static err slow_page(struct req *req)
{
    reply_cacheable(req, 60);
    reply_tag(req, "slow");
    usleep(500000);
    return reply_bytes(req, 200, "text/plain", "slow", 4);
}

static err echo(struct req *req)
{
    const struct echo_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct value *answer = value_set_object(arena, view, "echo");
    value_set_text(arena, answer, "name", form->name);
    value_set_text(arena, answer, "note", form->note);
    value_set_int(arena, answer, "count", form->count);
    value_set_id(arena, answer, "product_id", form->product_id);
    value_set_int(arena, answer, "price", form->price);
    value_set_bool(arena, answer, "is_gift", form->is_gift);
    value_set_text(arena, answer, "colour", colours[form->colour]);
    value_set_text(arena, answer, "phone", form->phone);
    struct value *lines = value_set_list(arena, answer, "lines");
    const struct line_form *rows = form->lines.items;
    for (size_t i = 0; i < form->lines.count; i++) {
        struct value *line = value_add(arena, lines, *value_object(arena));
        value_set_text(arena, line, "sku", rows[i].sku);
        value_set_int(arena, line, "quantity", rows[i].quantity);
    }
    reply_cookie(req, "seen", "yes", 3600);
    return reply_done(req, 201, view, "/echoed/%s", "it");
}

static err upload(struct req *req)
{
    const struct upload_form *form = req->form;
    struct arena *arena = req->ctx.arena;
    struct value *view = value_object(arena);
    struct value *files = value_set_list(arena, view, "files");
    value_set_text(arena, view, "title", form->title);
    for (size_t i = 0; i < form->pictures.count; i++) {
        struct value *file = value_add(arena, files, *value_object(arena));
        value_set_text(arena, file, "name", form->pictures.items[i].file_name);
        value_set_text(arena, file, "type", form->pictures.items[i].content_type);
        value_set_int(arena, file, "size", form->pictures.items[i].size);
        value_set_bool(arena, file, "is_there", access(form->pictures.items[i].path, R_OK) == 0);
    }
    return reply_view(req, "upload", view);
}

static err raw(struct req *req)
{
    struct slice body = req_body(req);
    return reply_bytes(req, 200, "application/octet-stream", body.ptr, body.len);
}

static err nap(struct req *req)
{
    const struct number_form *form = req->form;
    usleep((useconds_t)form->number * 1000);
    return reply_bytes(req, 200, "text/plain", "awake", 5);
}

static err fail(struct req *req)
{
    return fail_with(&req->ctx, ERR_DATABASE, "secret detail");
}

static err nothing(struct req *req)
{
    (void)req;
    return NULL;
}

static err events(struct req *req)
{
    return reply_stream(req, arena_copy_text(req->ctx.arena, req->path));
}

static err next_piece(struct req *req, void *arg, struct text_buf *out, bool *more)
{
    int *left = arg;
    (void)req;
    for (int i = 0; i < 1000; i++)
        text_add_format(out, "%d,row\n", *left);
    *more = --*left > 0;
    return NULL;
}

static err download(struct req *req)
{
    int *left = arena_alloc(req->ctx.arena, sizeof *left);
    *left = 50;
    return reply_download(req, "text/csv; charset=utf-8", "orders 订单.csv", next_piece, left);
}

static err file(struct req *req)
{
    return reply_file(req, arena_format(req->ctx.arena, "%s/file.bin", req->ctx.config->data), "image/png",
                      true);
}

static err staff(struct req *req)
{
    return reply_bytes(req, 200, "text/plain", "staff", 5);
}

static err ask_number(struct req *req)
{
    struct value *view = value_object(req->ctx.arena);
    value_set_text(req->ctx.arena, view, "typed", req_typed(req, "number"));
    value_set_text(req->ctx.arena, view, "problem", req->failure ? req->failure->detail : "none");
    return reply_view(req, "guess", view);
}

static err guess(struct req *req)
{
    const struct number_form *form = req->form;
    if (form->number != 7)
        return fail_with(&req->ctx, ERR_CONFLICT, "not %lld", (long long)form->number);
    return reply_done(req, 200, value_object(req->ctx.arena), "/guessed");
}

static const struct route demo_routes[] = {
    {GET, "/", home, ANYONE, NULL, .summary = "The front page", .answer = "home"},
    {GET, "/small", small, ANYONE, NULL},
    {GET, "/pages/:number", page, ANYONE, NULL, number_fields, sizeof(struct number_form), .answer = "page"},
    {GET, "/slow-page", slow_page, ANYONE, NULL},
    {POST, "/echo", echo, ANYONE, NULL, echo_fields, sizeof(struct echo_form), .answer = "echo"},
    {GET, "/echo", echo, ANYONE, NULL, echo_fields, sizeof(struct echo_form)},
    {POST, "/upload", upload, ANYONE, NULL, upload_fields, sizeof(struct upload_form)},
    {POST, "/raw", raw, ANYONE, NULL, .no_origin_check = true},
    {GET, "/nap/:number", nap, ANYONE, NULL, number_fields, sizeof(struct number_form)},
    {GET, "/fail", fail, ANYONE, NULL},
    {GET, "/nothing", nothing, ANYONE, NULL},
    {GET, "/events/:name", events, ANYONE, NULL},
    {GET, "/download", download, ANYONE, NULL},
    {GET, "/file", file, ANYONE, NULL},
    {GET, "/html-only", small, ANYONE, NULL, .faces = FACE_HTML},
    {GET, "/json-only", home, ANYONE, NULL, .faces = FACE_JSON},
    {POST, "/staff", staff, STAFF, "orders.write"},
    {DELETE, "/staff", staff, STAFF, "orders.write"},
    {GET, "/guess", ask_number, ANYONE, NULL},
    {POST, "/guess", guess, ANYONE, NULL, number_fields, sizeof(struct number_form), .again = ask_number},
    {GET, "/files/*path", small, ANYONE, NULL},
    {0},
};
static const struct route *const tables[] = {demo_routes, NULL};

static err find_shop(struct req *req)
{
    struct shop *shop = arena_alloc(req->ctx.arena, sizeof *shop);
    if (text_starts(req->host, "unknown."))
        return fail_with(&req->ctx, ERR_SHOP_NOT_FOUND, "no shop %s", req->host);
    *shop = (struct shop){.id = 42, .handle = "demo", .name = "Demo", .currency = "CNY", .locale = "zh-CN"};
    req->ctx.shop = shop;
    return NULL;
}

static err admit(struct req *req)
{
    if (req->route->guard == ANYONE || req_header(req, "Authorization") || req_cookie(req, "session"))
        return NULL;
    return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "log in");
}

static err render(struct req *req, const char *template, const struct value *view, struct text_buf *out)
{
    (void)req;
    text_add_format(out, "<!doctype html><title>%s</title><pre>", template);
    json_write(out, view);
    text_add(out, "</pre>");
    return NULL;
}

static err render_failure(struct req *req, err failure, struct text_buf *out)
{
    if (failure->code == ERR_UNAUTHENTICATED)
        return reply_redirect(req, 303, "/login");
    text_add_format(out, "<!doctype html><title>%s</title><p>typed: ", error_kind(failure->code)->slug);
    const char *typed = req_typed(req, "name");
    text_add_html(out, typed, strlen(typed));
    return NULL;
}

static const char *const locales[] = {"zh-CN", "en", NULL};
static const char *const no_cache_cookies[] = {"session", NULL};
static const struct http_hooks hooks = {.find_shop = find_shop,
                                        .admit = admit,
                                        .render = render,
                                        .render_failure = render_failure,
                                        .locales = locales,
                                        .no_cache_cookies = no_cache_cookies};

static void obey(struct http_server *server, char *line)
{
    char *rest;
    char *verb = strtok_r(line, " \n", &rest);
    char *what = strtok_r(NULL, " \n", &rest);
    char *text = strtok_r(NULL, "\n", &rest);
    if (verb && what && strcmp(verb, "drop") == 0)
        http_cache_drop(server, what);
    else if (verb && what && text && strcmp(verb, "publish") == 0)
        stream_publish(server, what, "note", text);
    printf("done\n");
    fflush(stdout);
}

static void serve_until_term(struct http_server *server)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    int fd = signalfd(-1, &signals, SFD_CLOEXEC);
    struct pollfd watched[] = {{fd, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    char line[1024];
    while (poll(watched, 2, -1) > 0 && !(watched[0].revents & POLLIN))
        if (watched[1].revents && fgets(line, sizeof line, stdin))
            obey(server, line);
        else if (watched[1].revents)
            watched[1].fd = -1;
    close(fd);
}

static err run(struct ctx *ctx, int argc, char **argv, struct http_server **server)
{
    struct config *config = arena_alloc(ctx->arena, sizeof *config);
    const char *address;
    TRY(config_load(ctx, config, &argc, argv));
    ctx->config = config;
    struct http_static *statics = NULL;
    if (argc > 1) {
        statics = http_static_open(ctx->arena);
        TRY(http_static_add(ctx, statics, argv[1], "/assets/"));
    }
    const struct http_options options = {
        .config = config, .model = ctx, .tables = tables, .hooks = &hooks, .statics = statics};
    TRY(http_start(ctx, &options, server, &address));
    printf("ready %s%s%s\n", address, statics ? " " : "",
           statics ? http_static_url(statics, "/assets/app.css") : "");
    fflush(stdout);
    return NULL;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct ctx ctx = {.arena = arena, .ids = id_source_open(0), .actor = ACTOR_SYSTEM};
    struct http_server *server;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    setvbuf(stdin, NULL, _IONBF, 0);
    err failure = run(&ctx, argc, argv, &server);
    if (failure) {
        fprintf(stderr, "%s\n", failure->detail);
        return 1;
    }
    serve_until_term(server);
    if (!http_drain(server))
        _exit(3);
    http_close(server);
    id_source_close(ctx.ids);
    arena_close(arena);
    return 0;
}
