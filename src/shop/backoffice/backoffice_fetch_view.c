/* backoffice_fetch_view.c - addresses of pictures that are not there yet, and why. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/backoffice/backoffice_fetch_view.h"

#include "shop/catalog/catalog.h"
#include <inttypes.h>

err picture_addresses_view(struct ctx *ctx, struct value *view, int64_t product_id)
{
    struct arena *arena = ctx->arena;
    struct picture_address *addresses;
    size_t count;
    const char *place =
        product_id ? arena_format(arena, "/admin/products/%" PRId64 "/pictures", product_id) : "/admin/media";
    TRY(picture_address_list(ctx, product_id, &addresses, &count));
    struct value *list = value_set_list(arena, view, "picture_addresses");
    for (size_t i = 0; i < count; i++) {
        const struct picture_address *address = &addresses[i];
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_text(arena, row, "address", address->address);
        value_set_text(arena, row, "state", address->state == ADDRESS_FAILED ? "failed" : "waiting");
        value_set_int(arena, row, "attempts", address->attempts);
        value_set_time(arena, row, "next_at", address->state == ADDRESS_WAITING ? address->next_at : 0);
        value_set_text(arena, row, "reason", address->reason[0] ? address->reason : NULL);
        value_set_int(arena, row, "status", address->status);
        value_set_text(arena, row, "url", arena_format(arena, "%s/addresses/%s", place, address->key));
    }
    return NULL;
}
