/* backoffice_settings_routes.c - the way into the settings: a card for each area, with what is set now. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_settings_routes.h"
#include "shop/backoffice/backoffice_routes.h"

#include "shop/media/media.h"
#include "shop/notify/notify.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"

err settings_open(struct req *req, struct value **view)
{
    struct ctx *ctx = &req->ctx;
    TRY(shop_load(ctx, ctx->shop->id, &ctx->shop));
    *view = value_object(ctx->arena);
    bool is_told = !req->failure && req->route->method == GET;
    value_set_text(ctx->arena, *view, "notice", is_told ? req_typed(req, "notice") : NULL);
    return NULL;
}

err settings_take_picture(struct ctx *ctx, const struct upload *upload, const char *field,
                          const char **picture_id)
{
    const struct picture *picture;
    const struct media_source source = {.path = upload->path, .file_name = upload->file_name};
    err failure = picture_store(ctx, &source, &picture);
    if (failure && failure->code == ERR_INVALID && failure->problems)
        return fail_field(ctx, field, failure->problems->code, failure->problems->message);
    TRY(failure);
    *picture_id = picture->id;
    return NULL;
}

struct picture_change {
    db_body body;
    void *arg;
};

static err change_pictures(struct ctx *ctx, void *arg)
{
    const struct picture_change *change = arg;
    const struct shop *shop;
    const char *ids[SHOP_LICENCE_LIMIT + 2];
    size_t count = 0;
    TRY(change->body(ctx, change->arg));
    TRY(shop_load(ctx, ctx->shop->id, &shop));
    ids[count++] = shop->profile->logo_id;
    ids[count++] = shop->profile->licence_picture_id;
    for (size_t i = 0; i < shop->profile->licence_count; i++)
        ids[count++] = shop->profile->licences[i].picture_id;
    return picture_uses_set(ctx, PICTURE_OF_SHOP, shop->id, ids, count);
}

err settings_change_pictures(struct ctx *ctx, db_body body, void *arg)
{
    return db_transact(ctx, change_pictures, &(struct picture_change){body, arg});
}

static void add_people(struct ctx *ctx, struct value *settings, const struct staff *people, size_t count)
{
    int64_t active = 0;
    for (size_t i = 0; i < count; i++)
        active += people[i].deactivated_at == 0;
    value_set_int(ctx->arena, settings, "people", active);
}

static err show(struct req *req)
{
    struct ctx *ctx = &req->ctx;
    struct value *view;
    struct shop_host *hosts;
    struct staff *people;
    struct channel *channels;
    size_t host_count, people_count, channel_count;
    TRY(settings_open(req, &view));
    TRY(shop_list_hosts(ctx, &hosts, &host_count));
    TRY(staff_list(ctx, &people, &people_count));
    struct value *settings = value_set_object(ctx->arena, view, "settings");
    value_set_int(ctx->arena, settings, "hosts", (int64_t)host_count);
    value_set_text(ctx->arena, settings, "host", host_count ? hosts[0].host : NULL);
    for (size_t i = 0; i < host_count; i++)
        if (hosts[i].is_main)
            value_set_text(ctx->arena, settings, "host", hosts[i].host);
    value_set_text(ctx->arena, settings, "zone", zone_name(ctx->arena, ctx->shop->zone));
    value_set_int(ctx->arena, settings, "utc_offset", zone_offset(ctx->shop->zone, ctx->now) / 60);
    value_set_bool(ctx->arena, settings, "is_open", ctx->shop->is_open);
    add_people(ctx, settings, people, people_count);
    TRY(channel_list(ctx, &channels, &channel_count));
    value_set_int(ctx->arena, settings, "channels", (int64_t)channel_count);
    return reply_view(req, "admin/settings", view);
}

const struct route backoffice_settings_routes[] = {
    {.method = GET,
     .path = "/admin/settings",
     .handler = show,
     .guard = STAFF,
     .scope = "settings.read",
     .summary = "The settings of the shop at a glance",
     .answer = "settings"},
    {0},
};
