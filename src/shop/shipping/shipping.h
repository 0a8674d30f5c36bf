/* shipping.h - parcels: what left the shop, with whom, under which tracking number. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "db/db.h"
#include "shop/order/order.h"

struct carrier {
    const char *id;
    const char *name;
};
/* Carriers that people choose from; ends with a NULL id. */
extern const struct carrier carriers[];

struct shipment {
    const char *carrier;
    const char *tracking_number;
    int64_t shipped_at;
};

/* Ships everything physical that has not left yet: takes it out of stock, writes the parcel, moves the order.
 * ERR_INVALID_TRANSITION when there is nothing to ship, ERR_INVALID for an unknown carrier. */
CHECKED err order_ship(struct ctx *ctx, const struct order *order, const char *carrier,
                       const char *tracking_number);
CHECKED err shipment_list(struct ctx *ctx, int64_t order_id, struct shipment **shipments, size_t *count);
void shipment_views(struct ctx *ctx, struct value *list, const struct shipment *shipments, size_t count);
