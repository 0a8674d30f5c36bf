/* shop_fixture.c - a shop to test with: real tables, the sandbox as its gateway, pictures that are only kept.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop_fixture.h"
#include "adapter/sandbox.h"
#include "base/crypto.h"
#include "base/log.h"
#include "shop/digital/digital.h"
#include "shop/inventory/inventory.h"
#include "shop/media/media.h"
#include "shop/order/order.h"
#include "shop/payment/payment.h"
#include "shop/services.h"
#include "shop/tenant/tenant.h"
#include "unit.h"

static err probe(struct ctx *ctx, const char *path, struct picture_facts *facts)
{
    (void)ctx;
    (void)path;
    *facts = (struct picture_facts){"svg", 1200, 1200};
    return NULL;
}

static const struct picture_maker pictures = {.probe = probe};
static const struct gateway *const gateways[] = {&sandbox_gateway, NULL};
static const struct services services = {.gateways = gateways, .pictures = &pictures};

void shop_must(err failure)
{
    if (failure)
        fail_msg("%s: %s (%s:%d)", error_kind(failure->code)->slug,
                 failure->problems ? failure->problems->message : failure->detail, failure->file,
                 failure->line);
}

void shop_fixture_open_empty(struct shop_fixture *fixture)
{
    const char *migrations = getenv("YUNDIAN_TEST_MIGRATIONS");
    assert_non_null(migrations); /* meson sets it */
    log_set_level(LOG_WARNING);
    fixture_open(&fixture->base);
    fixture->base.config.unpaid_seconds = 1800;
    fixture->base.config.sandbox = true;
    fixture->ctx = fixture->base.ctx;
    fixture->ctx.config = &fixture->base.config;
    fixture->ctx.keys = keyring_for_tests(fixture->ctx.arena);
    fixture->ctx.services = &services;
    fixture->ctx.actor = ACTOR_SYSTEM;
    shop_must(db_migrate(&fixture->ctx, migrations, NULL));
}

void shop_fixture_open(struct shop_fixture *fixture)
{
    int64_t shop_id;
    struct shop_draft draft = {.handle = "test", .name = "试店", .utc_offset = 480};
    shop_fixture_open_empty(fixture);
    shop_must(shop_create(&fixture->ctx, &draft, &shop_id));
    shop_must(shop_load(&fixture->ctx, shop_id, &fixture->ctx.shop));
}

void shop_fixture_close(struct shop_fixture *fixture)
{
    fixture_close(&fixture->base);
}

static void report(void *arg, const char *problem)
{
    fail_msg("%s: %s", (const char *)arg, problem);
}

void shop_must_be_in_order(struct shop_fixture *fixture)
{
    int64_t *ids;
    size_t count;
    shop_must(shop_list_ids(&fixture->ctx, 0, 100, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        struct ctx ctx = fixture->ctx;
        shop_must(shop_load(&ctx, ids[i], &ctx.shop));
        void *handle = (void *)(uintptr_t)ctx.shop->handle;
        shop_must(stock_check(&ctx, report, handle));
        shop_must(code_check(&ctx, report, handle));
        shop_must(order_check(&ctx, report, handle));
        shop_must(payment_check(&ctx, report, handle));
    }
}
