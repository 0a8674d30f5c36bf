/* backoffice_settings_domain_routes.c - the names of the shop, and how to prove that one is its own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_routes.h"
#include "shop/backoffice/backoffice_settings_routes.h"

#include "base/config.h"
#include "base/host_name.h"
#include "base/text.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

/* A look asks the domain's server and name servers: nobody should make us ask a stranger's often. */
#define LOOKS_PER_MINUTE 12
/* A look takes no longer; when one is due for longer, something holds up the jobs. */
#define LOOK_MOST_MS (2 * MINUTE_MS)
/* The page shows how a look went as soon as it went. */
#define REFRESH_SECONDS "3"

struct host_form {
    const char *host;
};

static const struct field host_fields[] = {
    {.name = "host",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct host_form, host),
     .is_required = true,
     .maximum = HOST_NAME_LIMIT,
     .help = "Name without https:// and path"},
    {0},
};
static const struct field main_fields[] = {
    {.name = "host",
     .kind = FIELD_TEXT,
     .offset = offsetof(struct host_form, host),
     .maximum = HOST_NAME_LIMIT,
     .help = "One of the shop's domains; blank for none"},
    {0},
};

static err done(struct req *req, const char *notice, const char *before, const char *after)
{
    const struct audit_entry entry = {
        .kind = "settings.changed", .subject = "settings/domains", .before = before, .after = after};
    TRY(audit_note_alone(&req->ctx, &entry));
    return reply_done(req, 200, value_object(req->ctx.arena), "/admin/settings/domains?notice=%s", notice);
}

/* ---- what is shown ---- */

static void add_host(struct req *req, struct value *list, const struct shop_host *host)
{
    struct arena *arena = req->ctx.arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "host", host->host);
    value_set_text(arena, row, "name", host_name_shown(arena, host->host));
    value_set_bool(arena, row, "is_main", host->is_main);
}

static const char *state_of(const struct req *req, const struct shop_claim *claim)
{
    if (claim->expires_at <= req->ctx.now)
        return "expired";
    if (claim->next_look_at && claim->next_look_at <= req->ctx.now &&
        claim->next_look_at > req->ctx.now - LOOK_MOST_MS)
        return "looking";
    return claim->state == CLAIM_FAILED ? "failed" : "waiting";
}

static void add_claim(struct req *req, struct value *list, const struct shop_claim *claim)
{
    struct arena *arena = req->ctx.arena;
    struct value *row = value_add(arena, list, *value_object(arena));
    const char *state = state_of(req, claim);
    value_set_text(arena, row, "host", claim->host);
    value_set_text(arena, row, "name", host_name_shown(arena, claim->host));
    value_set_text(arena, row, "state", state);
    value_set_text(arena, row, "problem", claim->problem[0] ? claim->problem : NULL);
    value_set_text(arena, row, "record_name", arena_format(arena, "_yundian.%s", claim->host));
    value_set_text(arena, row, "record_text", arena_format(arena, "yundian-domain=%s", claim->token));
    value_set_text(arena, row, "file_url",
                   arena_format(arena, "http://%s" SHOP_PROOF_PATH "%s", claim->host, claim->token));
    value_set_time(arena, row, "looked_at", claim->looked_at);
    value_set_time(arena, row, "next_look_at", text_is(state, "failed") ? claim->next_look_at : 0);
    value_set_time(arena, row, "expires_at", claim->expires_at);
    if (text_is(state, "looking"))
        reply_header(req, "Refresh", REFRESH_SECONDS);
}

static void add_kept(struct arena *arena, struct value *list, const struct shop_claim *claim)
{
    struct value *row = value_add(arena, list, *value_object(arena));
    value_set_text(arena, row, "host", claim->host);
    value_set_text(arena, row, "name", host_name_shown(arena, claim->host));
    value_set_time(arena, row, "expires_at", claim->expires_at);
}

/* Where a domain must lead: what who runs the platform says, else the name under which this page was opened
 * when it is a public one. */
static void add_target(struct req *req, struct value *view)
{
    struct arena *arena = req->ctx.arena;
    const struct config *config = req->ctx.config;
    struct value *target = value_set_object(arena, view, "target");
    const char *name = config->platform_host[0] ? config->platform_host : host_name_ascii(arena, req->host);
    struct value *addresses = value_set_list(arena, target, "addresses");
    value_set_text(arena, target, "host", name);
    for (const char *at = config->platform_address; *at;) {
        size_t length = strcspn(at, ",");
        const char *address = text_trim(arena, arena_copy(arena, at, length));
        struct value *row = value_add(arena, addresses, *value_object(arena));
        value_set_text(arena, row, "address", address);
        value_set_text(arena, row, "type", strchr(address, ':') ? "AAAA" : "A");
        at += length + (at[length] == ',');
    }
}

static err show(struct req *req)
{
    struct value *view;
    struct shop_host *hosts;
    struct shop_claim *claims;
    size_t host_count, claim_count;
    struct arena *arena = req->ctx.arena;
    TRY(settings_open(req, &view));
    TRY(shop_list_hosts(&req->ctx, &hosts, &host_count));
    TRY(shop_list_claims(&req->ctx, &claims, &claim_count));
    struct value *list = value_set_list(arena, view, "domains");
    struct value *waiting = value_set_list(arena, view, "claims");
    struct value *kept = value_set_list(arena, view, "kept");
    for (size_t i = 0; i < host_count; i++)
        add_host(req, list, &hosts[i]);
    for (size_t i = 0; i < claim_count; i++) {
        if (claims[i].state == CLAIM_KEPT)
            add_kept(arena, kept, &claims[i]);
        else
            add_claim(req, waiting, &claims[i]);
    }
    add_target(req, view);
    value_set_text(arena, view, "own_host", arena_format(arena, "%s.localhost", req->ctx.shop->handle));
    return reply_view(req, "admin/settings_domains", view);
}

/* ---- what is done ---- */

static err check_rate(struct req *req)
{
    const char *bucket = arena_format(req->ctx.arena, "domains:%" PRId64, req->ctx.shop->id);
    if (req_rate_take(req, bucket, LOOKS_PER_MINUTE))
        return NULL;
    reply_header(req, "Retry-After", "60");
    return fail_with(&req->ctx, ERR_TOO_MANY_REQUESTS, "domains are looked at %d times a minute at most",
                     LOOKS_PER_MINUTE);
}

static err claim(struct req *req)
{
    const struct host_form *form = req->form;
    bool is_ready;
    TRY(shop_claim_host(&req->ctx, form->host, &is_ready));
    return done(req, is_ready ? "domain-back" : "domain-claimed", "", form->host);
}

static err look(struct req *req)
{
    const struct host_form *form = req->form;
    TRY(check_rate(req));
    TRY(shop_look_again(&req->ctx, form->host));
    return reply_done(req, 202, value_object(req->ctx.arena),
                      "/admin/settings/domains?notice=domain-looking");
}

static err drop(struct req *req)
{
    const struct host_form *form = req->form;
    TRY(shop_drop_claim(&req->ctx, form->host));
    return done(req, "removed", form->host, "");
}

static err remove_host(struct req *req)
{
    const struct host_form *form = req->form;
    TRY(shop_remove_host(&req->ctx, form->host));
    return done(req, "domain-removed", form->host, "");
}

static err choose_host(struct req *req)
{
    const struct host_form *form = req->form;
    const char *before = arena_copy_text(req->ctx.arena, req->ctx.shop->profile->main_host);
    TRY(shop_choose_main_host(&req->ctx, form->host));
    return done(req, "saved", before, form->host);
}

#define SHOP_READ .guard = STAFF, .scope = "shop.read"
#define SHOP_WRITE .guard = STAFF, .scope = "shop.write"
#define HOST_FORM .fields = host_fields, .form_size = sizeof(struct host_form), .again = show

const struct route backoffice_settings_domain_routes[] = {
    {.method = GET,
     .path = "/admin/settings/domains",
     .handler = show,
     SHOP_READ,
     .summary = "The shop's domains, and those that wait for their proof",
     .answer = "domains"},
    {.method = POST,
     .path = "/admin/settings/domains",
     .handler = claim,
     SHOP_WRITE,
     HOST_FORM,
     .summary = "Add a domain; it serves once it is proved"},
    {.method = POST,
     .path = "/admin/settings/domains/look",
     .handler = look,
     SHOP_WRITE,
     HOST_FORM,
     .summary = "Look for the proof of a domain again"},
    {.method = POST,
     .path = "/admin/settings/domains/drop",
     .handler = drop,
     SHOP_WRITE,
     HOST_FORM,
     .summary = "Give up a domain that is not proved"},
    {.method = POST,
     .path = "/admin/settings/domains/remove",
     .handler = remove_host,
     SHOP_WRITE,
     HOST_FORM,
     .summary = "Remove a domain; its proof is kept for a week"},
    {.method = POST,
     .path = "/admin/settings/domains/main",
     .handler = choose_host,
     SHOP_WRITE,
     .fields = main_fields,
     .form_size = sizeof(struct host_form),
     .again = show,
     .summary = "Choose the domain to which the others lead"},
    {0},
};
