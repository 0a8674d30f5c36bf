/* checkout_member.c - what the checkout knows of an account: the form, and a key for limits. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/checkout/checkout_member.h"

#include "base/crypto.h"
#include "shop/customer/customer.h"
#include <inttypes.h>

static const struct customer_address *choose(const struct customer_address *addresses, size_t count,
                                             int64_t address_id)
{
    for (size_t i = 0; i < count; i++)
        if (addresses[i].id == address_id)
            return &addresses[i];
    return count > 0 ? &addresses[0] : NULL;
}

static void set_typed(struct arena *arena, struct value *view, const struct customer *customer,
                      const struct customer_address *address)
{
    struct value *typed = value_set_object(arena, view, "typed");
    bool has_phone = customer->phone[0] || !address;
    value_set_text(arena, typed, "contact.email", customer->email);
    value_set_text(arena, typed, "contact.phone", has_phone ? customer->phone : address->phone);
    if (!address)
        return;
    value_set_text(arena, typed, "address.name", address->name);
    value_set_text(arena, typed, "address.phone", address->phone);
    value_set_text(arena, typed, "address.region", address->region);
    value_set_text(arena, typed, "address.line", address->line);
}

err checkout_member_view(struct ctx *ctx, int64_t address_id, struct value *view)
{
    struct arena *arena = ctx->arena;
    struct customer *customer;
    struct customer_address *addresses;
    size_t count;
    if (!customer_here(ctx))
        return NULL;
    TRY(customer_load(ctx, ctx->actor_id, &customer));
    TRY(customer_address_list(ctx, ctx->actor_id, &addresses, &count));
    const struct customer_address *chosen = choose(addresses, count, address_id);
    set_typed(arena, view, customer, chosen);
    struct value *list = value_set_list(arena, view, "saved_addresses");
    for (size_t i = 0; i < count; i++) {
        struct value *row = value_add(arena, list, *value_object(arena));
        value_set_id(arena, row, "id", addresses[i].id);
        value_set_text(arena, row, "name", addresses[i].name);
        value_set_text(arena, row, "region", addresses[i].region);
        value_set_text(arena, row, "line", addresses[i].line);
        value_set_bool(arena, row, "is_chosen", &addresses[i] == chosen);
    }
    return NULL;
}

const unsigned char *checkout_account_key(struct ctx *ctx)
{
    if (!customer_here(ctx))
        return NULL;
    unsigned char *key = arena_alloc(ctx->arena, CRYPTO_INDEX_BYTES);
    crypto_blind_index(ctx, "group.account", arena_format(ctx->arena, "%" PRId64, customer_here(ctx)), key);
    return key;
}
