/* web.c - hooks of the HTTP server: shop by host, guard, pages in their theme, failures people can read. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "web/web.h"

#include "base/heap.h"
#include "shop/customer/customer.h"
#include "shop/design/design.h"
#include "shop/notify/notify.h"
#include "shop/payment/payment.h"
#include "shop/pricing/flash_gate.h"
#include "shop/pricing/promotion_cache.h"
#include "shop/redirect/redirect.h"
#include "shop/search/search.h"
#include "shop/seed/seed.h"
#include "shop/staff/staff.h"
#include "shop/storefront/storefront.h"
#include "shop/storefront/storefront_routes.h"
#include "shop/tenant/tenant.h"
#include "shop/trash/trash.h"
#include "shop/wording.h"
#include "shop/work/work.h"
#include "web/gate.h"
#include "web/theme_own.h"
#include "web/web_events.h"
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

#define ADMIN_PREFIX "admin/"

struct web {
    struct theme *storefront;
    struct theme *admin;
    struct own_themes *own;
    struct http_static *statics;
    struct shop_cache *shops;
    struct http_hooks hooks;
    struct site_events events;
    struct wording wording;
    struct services services; /* those of the site map, and the wording that was loaded */
};

/* ---- where the files are ---- */

/* Beside the program, above it (a build folder in the source tree), or where an installation puts it. */
err share_find(struct ctx *ctx, const char **directory)
{
    static const char *const places[] = {"", "/..", "/../..", "/../../..", "/../share/yundian"};
    if (ctx->config->share[0]) {
        *directory = ctx->config->share;
        return NULL;
    }
    char program[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot find the program's own file");
    program[length] = 0;
    *strrchr(program, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        *directory = arena_format(ctx->arena, "%s%s", program, places[i]);
        if (access(arena_format(ctx->arena, "%s/migrations/0001_jobs.sql", *directory), R_OK) == 0)
            return NULL;
    }
    return fail_with(ctx, ERR_INTERNAL, "cannot find themes and migrations: give --share DIRECTORY");
}

/* ---- shop and guard ---- */

static struct web *web_of(const struct req *req)
{
    return req_owner(req);
}

/* The proof of a domain is asked for while the domain leads to no shop yet. */
static err find_shop(struct req *req)
{
    if (text_starts(req->path, SHOP_PROOF_PATH))
        return NULL;
    return shop_cache_find_host(&req->ctx, web_of(req)->shops, req->host, &req->ctx.shop);
}

/* Pages say their language in their address; a program that asks for none gets the shop's own. */
static void choose_language(struct req *req)
{
    if (req->face == FACE_JSON && req->ctx.shop && !req_header(req, "Accept-Language"))
        req->ctx.locale = req->ctx.shop->locale;
}

/* A shop has one address: its other domains send readers of pages to the main one. */
static err send_to_main_host(struct req *req)
{
    const char *main_host = req->ctx.shop ? shop_better_host(&req->ctx, req->host) : NULL;
    if (!main_host || req->route->method != GET || req->face != FACE_HTML ||
        gate_is_always_open(req->route->path))
        return NULL;
    reply_header(req, "Cache-Control", "max-age=3600");
    return reply_redirect(req, 301,
                          arena_format(req->ctx.arena, "%s://%s%s",
                                       text_starts(req->origin, "https:") ? "https" : "http", main_host,
                                       req->url));
}

/* Who is logged in as a buyer; a cookie that leads nowhere any more is taken away. */
static err admit_customer(struct req *req)
{
    const char *token = req->ctx.shop ? req_cookie(req, CUSTOMER_COOKIE) : NULL;
    if (!token)
        return NULL;
    TRY(customer_find_session(&req->ctx, token, &req->ctx.actor_id));
    if (!req->ctx.actor_id)
        reply_cookie(req, CUSTOMER_COOKIE, "", -1);
    return NULL;
}

/* Who is logged in as staff, for as long as the request; *staff stays NULL when nobody is. */
static err find_staff(struct req *req, struct staff **staff)
{
    const char *token = req_cookie(req, STAFF_COOKIE);
    const struct staff *found = NULL;
    *staff = NULL;
    if (token)
        TRY(staff_find_session(&req->ctx, token, &found));
    if (!found)
        return NULL;
    *staff = arena_alloc(req->ctx.arena, sizeof **staff);
    **staff = *found;
    return NULL;
}

/* Staff see the draft of the design at any address of the shop; strangers who ask for it see the shop. */
static err admit_to_draft(struct req *req)
{
    struct staff *staff;
    if (!req->ctx.shop || req->route->method != GET || req->face != FACE_HTML ||
        !storefront_asked_design(req))
        return NULL;
    TRY(find_staff(req, &staff));
    if (!staff)
        return NULL;
    req->visitor = staff;
    reply_allow_frame(req);
    reply_header(req, "X-Robots-Tag", "noindex");
    return NULL;
}

/* Those of every shop; with a theme of its own, what that theme offers. */
static void choose_services(struct req *req)
{
    if (req->held)
        return;
    req->ctx.services = &web_of(req)->services;
    if (req->ctx.shop && req->ctx.shop->theme_version > 0)
        own_theme_enter(req, web_of(req)->own, false);
}

/* A page in a frame, or what belongs to one. At the top of a window the shop is as it is: its pages come as
 * "document", or as "empty" from the worker that keeps them. Browsers without the header tell nothing. */
static bool is_framed(const struct req *req)
{
    const char *place = req_header(req, "Sec-Fetch-Dest");
    return !place || req_header(req, "X-Framed") || (!text_is(place, "document") && !text_is(place, "empty"));
}

/* Whether staff may have asked for a theme in a frame of the back office. */
static bool may_look_at_theme(const struct req *req, int64_t *version)
{
    const char *asked = req_cookie(req, THEME_COOKIE);
    return asked && req->ctx.shop && req->route->guard == ANYONE && req->face == FACE_HTML &&
           !storefront_asked_design(req) && is_framed(req) && text_to_int(asked, version) && *version > 0;
}

/* Staff look at a version of the shop's theme before buyers do. */
static err admit_to_theme(struct req *req)
{
    int64_t version;
    struct staff *staff;
    struct own_theme theme;
    if (!may_look_at_theme(req, &version))
        return NULL;
    TRY(find_staff(req, &staff));
    if (!staff || !staff_may(staff, "settings.read"))
        return NULL;
    err failure = own_theme_load(&req->ctx, version, &theme);
    if (failure)
        return failure->code == ERR_NOT_FOUND ? NULL : failure;
    struct shop *shop = arena_alloc(req->ctx.arena, sizeof *shop);
    *shop = *req->ctx.shop;
    shop->theme_version = version;
    req->ctx.shop = shop;
    req->visitor = staff;
    req->ctx.services = &web_of(req)->services;
    own_theme_enter(req, web_of(req)->own, true);
    reply_allow_frame(req);
    reply_uncacheable(req);
    return NULL;
}

static err admit(struct req *req)
{
    choose_language(req);
    req->ctx.actor = ACTOR_BUYER;
    TRY(admit_to_theme(req));
    choose_services(req);
    if (req->route->guard == ANYONE) {
        TRY(send_to_main_host(req));
        TRY(admit_customer(req));
        TRY(gate_check(req));
        return admit_to_draft(req);
    }
    struct staff *staff;
    TRY(find_staff(req, &staff));
    if (!staff)
        return fail_with(&req->ctx, ERR_UNAUTHENTICATED, "no staff session");
    if (!staff_may(staff, req->route->scope) || (req->route->guard == OWNER && staff->role != STAFF_OWNER))
        return fail_with(&req->ctx, ERR_FORBIDDEN, "the role lacks %s", req->route->scope);
    req->visitor = staff;
    req->ctx.actor = ACTOR_STAFF;
    req->ctx.actor_id = staff->id;
    return NULL;
}

static void leave(struct req *req)
{
    own_theme_leave(req, web_of(req)->own);
}

/* Events tell every node a moment later; who turned an offer on must find it with the next request. */
static void forget_shop(struct req *req)
{
    if (req->route->guard != ANYONE && req->ctx.shop)
        shop_cache_forget(web_of(req)->shops, req->ctx.shop->id);
}

/* ---- what every template sees ---- */

static void add_request(struct req *req, struct value *globals)
{
    struct arena *arena = req->ctx.arena;
    struct value *request = value_set_object(arena, globals, "request");
    value_set_text(arena, request, "path", req->path);
    value_set_text(arena, request, "url", req->url);
    value_set_text(arena, request, "locale", req->ctx.locale);
    value_set_text(arena, request, "origin", req->origin);
    value_set_bool(arena, request, "is_sandbox", req->ctx.config->sandbox);
    const struct shown_currency *shown = shop_find_shown(req->ctx.shop, req_cookie(req, CURRENCY_COOKIE));
    value_set_text(arena, request, "currency", shown ? shown->currency : NULL);
    value_set_bool(arena, request, "is_elder", req_cookie(req, ELDER_COOKIE) != NULL);
    value_set_bool(arena, request, "has_accounts", req->ctx.shop && mail_is_possible(&req->ctx));
    value_set_bool(arena, request, "is_member", customer_here(&req->ctx) != 0);
}

static void add_staff(struct req *req, struct value *globals)
{
    const struct staff *person = req->visitor;
    if (!person)
        return;
    struct value *staff = value_set_object(req->ctx.arena, globals, "staff");
    value_set_text(req->ctx.arena, staff, "name", person->name);
    value_set_text(req->ctx.arena, staff, "login", person->login);
    value_set_text(req->ctx.arena, staff, "role", staff_role_names[person->role - 1]);
    struct value *may = value_set_object(req->ctx.arena, staff, "may");
    value_set_bool(req->ctx.arena, may, "products", staff_may(person, "products.read"));
    value_set_bool(req->ctx.arena, may, "promotions", staff_may(person, "promotions.read"));
    value_set_bool(req->ctx.arena, may, "customers", staff_may(person, "customers.read"));
    value_set_bool(req->ctx.arena, may, "reviews", staff_may(person, "reviews.read"));
    value_set_bool(req->ctx.arena, may, "settings", staff_may(person, "settings.read"));
    value_set_bool(req->ctx.arena, may, "money", staff_may(person, "money.read"));
    value_set_bool(req->ctx.arena, may, "post", staff_may(person, "money.write"));
    value_set_bool(req->ctx.arena, may, "shop", staff_may(person, "shop.write"));
    value_set_bool(req->ctx.arena, may, "staff", staff_may(person, "staff.manage"));
}

/* So that a page can say what is too large before it is sent. */
static void add_limits(struct req *req, struct value *globals)
{
    const struct config *config = req->ctx.config;
    struct value *limits = value_set_object(req->ctx.arena, globals, "limits");
    value_set_int(req->ctx.arena, limits, "import", config->import_limit);
    value_set_int(req->ctx.arena, limits, "video", config->video_limit);
}

static void add_problems(struct req *req, struct value *globals, const struct field_problem *problem)
{
    struct arena *arena = req->ctx.arena;
    struct value *problems = value_set_object(arena, globals, "problems");
    struct value *list = value_set_list(arena, globals, "problem_list");
    for (; problem; problem = problem->next) {
        struct value *entry = value_add(arena, list, *value_object(arena));
        value_set_text(arena, entry, "field", problem->field);
        value_set_text(arena, entry, "code", problem->code);
        value_set_text(arena, entry, "message", problem->message);
        if (problem->max)
            value_set(arena, entry, "max", *problem->max);
        value_set(arena, problems, problem->field, *entry);
    }
}

static void add_failure(struct req *req, struct value *globals, err failure)
{
    struct arena *arena = req->ctx.arena;
    const struct error_kind *kind = error_kind(failure->code);
    struct value *view = value_set_object(arena, globals, "failure");
    value_set_int(arena, view, "status", kind->status);
    value_set_text(arena, view, "slug", kind->slug);
    value_set_text(arena, view, "title", kind->title);
    value_set_text(arena, view, "detail", kind->status < 500 ? failure->detail : NULL);
    value_set_text(arena, view, "request_id", req->ctx.request_id);
    add_problems(req, globals, failure->problems);
}

static struct value *make_globals(struct req *req, const struct value *view)
{
    struct arena *arena = req->ctx.arena;
    struct value *globals = value_object(arena);
    for (uint32_t i = 0; view && i < view->object->count; i++)
        value_set(arena, globals, view->object->members[i].name, view->object->members[i].value);
    if (req->ctx.shop)
        value_set(arena, globals, "shop", *shop_view(&req->ctx, req->ctx.shop));
    add_request(req, globals);
    value_set_bool(arena, globals, "is_preview", req->ctx.shop && !req->ctx.shop->is_open && req->visitor);
    if (req->failure || req->route == NULL || req->route->method != GET)
        value_set(arena, globals, "typed", *req_typed_all(req));
    return globals;
}

/* Badges beside the navigation of the back office. */
static err add_badges(struct req *req, struct value *globals)
{
    struct alarm *alarms;
    size_t count;
    int64_t total, to_ship, by_hand, works;
    if (!req->visitor)
        return NULL;
    TRY(alarm_list_open(&req->ctx, 1, &alarms, &count, &total));
    TRY(order_count_stage(&req->ctx, STAGE_TO_SHIP, 100, &to_ship));
    TRY(payment_count_by_hand(&req->ctx, &by_hand));
    TRY(work_count_running(&req->ctx, &works));
    struct value *badges = value_set_object(req->ctx.arena, globals, "badges");
    value_set_int(req->ctx.arena, badges, "alarms", total);
    value_set_int(req->ctx.arena, badges, "to_ship", to_ship);
    value_set_int(req->ctx.arena, badges, "by_hand", by_hand);
    value_set_int(req->ctx.arena, badges, "works", works);
    return NULL;
}

/* What this person removed a moment ago can be taken back from every page. */
static err add_last_removed(struct req *req, struct value *globals)
{
    struct trash last;
    if (!req->visitor || !staff_may(req->visitor, "products.write"))
        return NULL;
    TRY(trash_find_last(&req->ctx, &last));
    if (!last.id)
        return NULL;
    struct value *view = value_set_object(req->ctx.arena, globals, "last_removed");
    value_set_id(req->ctx.arena, view, "id", last.id);
    value_set_text(req->ctx.arena, view, "kind", trash_kind_names[last.kind]);
    value_set_text(req->ctx.arena, view, "title", last.title);
    return NULL;
}

/* The demo shop tells everybody how to get in. */
static void add_demo_login(struct req *req, struct value *globals)
{
    if (req->visitor || !req->ctx.shop || !text_is(req->ctx.shop->handle, SEED_DEMO_HANDLE) ||
        !req->ctx.config->sandbox)
        return;
    struct value *login = value_set_object(req->ctx.arena, globals, "demo_login");
    value_set_text(req->ctx.arena, login, "login", SEED_DEMO_LOGIN);
    value_set_text(req->ctx.arena, login, "password", SEED_PASSWORD);
}

static err render_themed(struct req *req, const char *template, struct value *globals, struct text_buf *out)
{
    struct web *web = web_of(req);
    if (text_starts(template, ADMIN_PREFIX)) {
        add_staff(req, globals);
        add_limits(req, globals);
        add_demo_login(req, globals);
        TRY(add_badges(req, globals));
        TRY(add_last_removed(req, globals));
        return theme_render(req, web->admin, template + strlen(ADMIN_PREFIX), globals, NULL, out);
    }
    struct value *nav = NULL;
    if (req->ctx.shop)
        TRY(storefront_nav(&req->ctx, &nav));
    if (nav)
        value_set(req->ctx.arena, globals, "nav", *nav);
    if (req->ctx.shop)
        TRY(storefront_add_design(req, template, globals));
    return req->held ? own_theme_render(req, req->held, template, globals, out)
                     : theme_render(req, web->storefront, template, globals, NULL, out);
}

static err render(struct req *req, const char *template, const struct value *view, struct text_buf *out)
{
    struct value *globals = make_globals(req, view);
    if (req->failure)
        add_failure(req, globals, req->failure);
    return render_themed(req, template, globals, out);
}

/* ---- failures ---- */

static bool is_admin_path(const struct req *req)
{
    return text_is(req->path, "/admin") || text_starts(req->path, "/admin/");
}

static err send_to_login(struct req *req)
{
    struct text_buf location;
    text_open(&location, req->ctx.arena, (size_t)HTTP_URL_LIMIT * 3);
    text_add(&location, "/admin/login?next=");
    const char *next = req->route->method == GET ? req_local(req, req->url) : "/admin";
    text_add_url(&location, next, strlen(next));
    return reply_redirect(req, 303, text_of(&location));
}

/* Nothing answers this address: perhaps the merchant said where it leads. */
static err find_location(struct req *req, err failure, const char **location)
{
    *location = NULL;
    if (failure->code != ERR_NOT_FOUND || req_method(req) != GET || !req->ctx.shop || is_admin_path(req))
        return NULL;
    return redirect_find(&req->ctx, req->path, req->url, location);
}

static err render_failure(struct req *req, err failure, struct text_buf *out)
{
    const char *location;
    TRY(find_location(req, failure, &location));
    if (location)
        return reply_redirect(req, 301, location);
    choose_services(req);
    if (failure->code == ERR_UNAUTHENTICATED && req->route && req->route->guard != ANYONE)
        return send_to_login(req);
    struct value *globals = make_globals(req, NULL);
    add_failure(req, globals, failure);
    bool is_staff_page = is_admin_path(req) && req->ctx.shop;
    const char *page = failure->code == ERR_SHOP_NOT_OPEN ? "opening" : "error";
    return render_themed(req, is_staff_page ? "admin/error" : page, globals, out);
}

static const char *find_text(const struct req *req, const char *key)
{
    const struct web *web = web_of(req);
    return theme_text(is_admin_path(req) ? web->admin : web->storefront, req->ctx.locale, key);
}

static bool is_ready(void *owner, struct ctx *ctx)
{
    (void)owner;
    return db_ping(ctx) == NULL;
}

static void write_metrics(void *owner, struct text_buf *out)
{
    struct web *web = owner;
    site_events_metrics(&web->events, out);
}

/* ---- putting it together ---- */

static err load_statics(struct ctx *ctx, struct web *web, const char *share)
{
    web->statics = http_static_open(ctx->arena);
    TRY(http_static_add(ctx, web->statics, arena_format(ctx->arena, "%s/themes/default/assets", share),
                        "/assets/"));
    return http_static_add(ctx, web->statics, arena_format(ctx->arena, "%s/admin/assets", share),
                           "/admin-assets/");
}

static const char *find_words(const struct wording *wording, const char *locale, const char *key)
{
    return theme_text(wording->texts, locale, key);
}

err web_open(struct ctx *ctx, struct web **result)
{
    static const char *const locales[] = {"zh-CN", "en", NULL};
    static const char *const own_pages[] = {STAFF_COOKIE, CURRENCY_COOKIE, ELDER_COOKIE, CUSTOMER_COOKIE,
                                            NULL};
    const char *share;
    struct web *web = arena_alloc(ctx->arena, sizeof *web);
    heap_keep_little();
    TRY(share_find(ctx, &share));
    TRY(load_statics(ctx, web, share));
    TRY(theme_load(ctx, arena_format(ctx->arena, "%s/themes/default", share), "theme", web->statics,
                   "/assets/", &web->storefront));
    TRY(theme_load(ctx, arena_format(ctx->arena, "%s/admin", share), "admin", web->statics, "/admin-assets/",
                   &web->admin));
    web->wording = (struct wording){.texts = web->admin, .find = find_words};
    web->services = site_services;
    web->services.wording = &web->wording;
    web->services.flash = flash_gate_open(ctx->arena);
    web->services.promotions = promotion_cache_open(ctx->arena);
    web->services.design = theme_schema(web->storefront);
    web->services.designs = design_cache_open(ctx->arena);
    web->own = own_themes_open(ctx->arena, web->storefront);
    web->services.themes = own_themes_maker(web->own);
    web->services.finder = finder_open(ctx->arena);
    web->events.finder = web->services.finder;
    ctx->services = &web->services;
    web->shops = shop_cache_open(ctx->arena);
    web->hooks = (struct http_hooks){.owner = web,
                                     .find_shop = find_shop,
                                     .admit = admit,
                                     .wrote = forget_shop,
                                     .done = leave,
                                     .render = render,
                                     .text = find_text,
                                     .render_failure = render_failure,
                                     .metrics = write_metrics,
                                     .is_ready = is_ready,
                                     .locales = locales,
                                     .no_cache_cookies = own_pages};
    *result = web;
    return NULL;
}

const struct http_hooks *web_hooks(struct web *web)
{
    return &web->hooks;
}

const struct http_static *web_statics(struct web *web)
{
    return web->statics;
}

void web_attach(struct web *web, struct http_server *server)
{
    web->events.server = server;
}

err web_start(struct ctx *ctx, struct web *web, struct db *db)
{
    return finder_start(ctx, web->services.finder, db);
}

void web_stop(struct web *web)
{
    finder_stop(web->services.finder);
}

void web_close(struct web *web)
{
    promotion_cache_close(web->services.promotions);
    design_cache_close(web->services.designs);
    own_themes_close(web->own);
    finder_close(web->services.finder);
}

struct job_runner_options web_jobs(struct web *web, struct db *db, const struct ctx *model)
{
    web->events.shops = web->shops;
    return site_events_jobs(&web->events, db, model);
}
