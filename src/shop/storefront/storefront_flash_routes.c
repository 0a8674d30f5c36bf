/* storefront_flash_routes.c - flash sales on pages: the section of home, and how much of a sale is left.
 *
 * A page with a sale that runs is kept for two seconds, so the share that it shows without JavaScript is true
 * enough; with it, the page asks for the few numbers here, which one node answers out of memory however many
 * ask. The moment is in the answer: clocks of buyers go wrong. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/storefront/storefront_routes.h"

#include "shop/pricing/pricing.h"
#include "shop/storefront/storefront.h"
#include <inttypes.h>

#define HOME_CARDS 8
#define STATE_SECONDS 1

struct state_form {
    int64_t flash_id;
};

static const struct field state_fields[] = {
    {.name = "id",
     .kind = FIELD_ID,
     .offset = offsetof(struct state_form, flash_id),
     .is_required = true,
     .help = "The flash sale"},
    {0},
};

static bool is_public(const struct flash_sale *sale)
{
    return sale->status == PROMOTION_ACTIVE || sale->status == PROMOTION_ENDED;
}

static const char *phase_of(const struct ctx *ctx, const struct flash_sale *sale)
{
    switch (flash_phase_of(sale, ctx->now)) {
    case PHASE_SCHEDULED:
        return "coming";
    case PHASE_RUNNING:
        return "running";
    case PHASE_USED_UP:
        return "sold-out";
    default:
        return "ended";
    }
}

static err state(struct req *req)
{
    const struct state_form *form = req->form;
    struct ctx *ctx = &req->ctx;
    struct flash_sale *sale;
    TRY(flash_load(ctx, form->flash_id, &sale));
    if (!is_public(sale))
        return fail_with(ctx, ERR_NOT_FOUND, "no such flash sale");
    struct value *view = value_object(ctx->arena);
    struct value *flash = value_set_object(ctx->arena, view, "flash");
    value_set_id(ctx->arena, flash, "id", sale->id);
    value_set_text(ctx->arena, flash, "phase", phase_of(ctx, sale));
    value_set_time(ctx->arena, flash, "now", ctx->now);
    value_set_time(ctx->arena, flash, "starts_at", sale->starts_at);
    value_set_time(ctx->arena, flash, "ends_at", sale->ends_at);
    struct value *entries = value_set_list(ctx->arena, flash, "entries");
    for (size_t i = 0; i < sale->count; i++) {
        const struct flash_entry *entry = &sale->entries[i];
        struct value *row = value_add(ctx->arena, entries, *value_object(ctx->arena));
        value_set_id(ctx->arena, row, "variant_id", entry->variant_id);
        value_set_int(ctx->arena, row, "left", entry->stock - entry->sold);
        value_set_int(ctx->arena, row, "share", entry->sold * 100 / entry->stock);
    }
    reply_cacheable(req, STATE_SECONDS);
    reply_tag(req, "shop:%" PRId64, ctx->shop->id);
    return reply_view(req, "flash", view);
}

/* ---- home ---- */

/* Each product once, in the order of the entries. */
static size_t product_ids_of(const struct flash_sale *sale, int64_t *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < sale->count && count < HOME_CARDS; i++) {
        size_t at = 0;
        while (at < count && ids[at] != sale->entries[i].product_id)
            at++;
        if (at == count)
            ids[count++] = sale->entries[i].product_id;
    }
    return count;
}

static err load_cards(struct ctx *ctx, const struct flash_sale *sale, struct product **shown, size_t *count)
{
    int64_t ids[HOME_CARDS];
    struct product *products;
    size_t have, wanted = product_ids_of(sale, ids);
    TRY(product_list_many(ctx, ids, wanted, &products, &have));
    *count = 0;
    *shown = arena_alloc_many(ctx->arena, have + 1, sizeof **shown);
    for (size_t i = 0; i < have; i++)
        if (products[i].status == PRODUCT_ACTIVE)
            (*shown)[(*count)++] = products[i];
    return NULL;
}

err storefront_flash_view(struct ctx *ctx, int64_t *seconds, struct value *view)
{
    struct flash_sale *sale;
    struct product *products;
    size_t count;
    value_set(ctx->arena, view, "flash", value_null());
    TRY(flash_find_shown(ctx, &sale));
    if (!sale || sale->count == 0)
        return NULL;
    TRY(load_cards(ctx, sale, &products, &count));
    if (count == 0)
        return NULL;
    struct value *flash = value_set_object(ctx->arena, view, "flash");
    struct flash_place place = {
        .flash_id = sale->id, .name = sale->name, .starts_at = sale->starts_at, .ends_at = sale->ends_at};
    *seconds = flash_keep_seconds(&place, 1, ctx->now, *seconds);
    value_set_id(ctx->arena, flash, "id", sale->id);
    value_set_text(ctx->arena, flash, "name", sale->name);
    value_set_text(ctx->arena, flash, "phase", phase_of(ctx, sale));
    value_set_time(ctx->arena, flash, "starts_at", sale->starts_at);
    value_set_time(ctx->arena, flash, "ends_at", sale->ends_at);
    value_set_text(ctx->arena, flash, "day",
                   flash_day(ctx, sale->starts_at > ctx->now ? sale->starts_at : sale->ends_at));
    return product_card_views(ctx, value_set_list(ctx->arena, flash, "cards"), products, count);
}

const struct route storefront_flash_routes[] = {
    {.method = GET,
     .path = "/flash/:id",
     .handler = state,
     .guard = ANYONE,
     .is_reading = true,
     .fields = state_fields,
     .form_size = sizeof(struct state_form),
     .faces = FACE_JSON,
     .summary = "How much of a flash sale is left, and the time of the server",
     .answer = "flash"},
    {0},
};
