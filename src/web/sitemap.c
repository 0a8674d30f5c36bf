/* sitemap.c - the one list of modules: a new module is one more line in each list that concerns it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/sandbox.h"
#include "adapter/vips.h"
#include "shop/backoffice/backoffice_routes.h"
#include "shop/cart/cart_routes.h"
#include "shop/checkout/checkout.h"
#include "shop/checkout/checkout_routes.h"
#include "shop/media/media_jobs.h"
#include "shop/media/media_routes.h"
#include "shop/payment/payment_jobs.h"
#include "shop/staff/staff_routes.h"
#include "shop/storefront/storefront_routes.h"
#include "web/web.h"

const struct route *const site_routes[] = {
    storefront_routes,
    cart_routes,
    checkout_routes,
    order_routes,
    sandbox_routes,
    media_routes,
    staff_routes,
    backoffice_today_routes,
    backoffice_product_routes,
    backoffice_picture_routes,
    backoffice_media_routes,
    backoffice_category_routes,
    backoffice_order_routes,
    backoffice_alarm_routes,
    NULL,
};

const struct job_kind *const site_jobs[] = {media_job_kinds,    payment_job_kinds, payment_owed_job_kinds,
                                            checkout_job_kinds, sandbox_job_kinds, NULL};

static const struct gateway *const gateways[] = {&sandbox_gateway, NULL};

const struct services site_services = {.gateways = gateways, .pictures = &vips_pictures};
