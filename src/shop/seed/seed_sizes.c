/* seed_sizes.c - any number of shops, products and orders, spread evenly. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/seed/seed_bulk.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

#define SHOP_LIMIT 100000
#define PRODUCT_LIMIT 100000000
#define ORDER_LIMIT INT64_C(10000000000)
#define SIZES_UTC_OFFSET 480

static err create_shop(struct ctx *ctx, int64_t number, const char *handle)
{
    int64_t shop_id, staff_id;
    struct shop_draft draft = {.handle = handle,
                               .name = arena_format(ctx->arena, "百货 %" PRId64 " 号店", number),
                               .slogan = "用来量快慢的店",
                               .currency = "CNY",
                               .locale = "zh-CN",
                               .utc_offset = SIZES_UTC_OFFSET,
                               .zone = "Asia/Shanghai",
                               .exemption = EXEMPT_SMALL_AMOUNT};
    TRY(shop_create(ctx, &draft, &shop_id));
    TRY(shop_load(ctx, shop_id, &ctx->shop));
    if (number > 1)
        return NULL;
    return staff_create(ctx, SEED_SIZES_LOGIN, "店主", SEED_PASSWORD, STAFF_OWNER, &staff_id);
}

static err open_shop(struct ctx *ctx, int64_t number)
{
    const char *handle = arena_format(ctx->arena, "s%" PRId64, number);
    err failure = shop_load_by_handle(ctx, handle, &ctx->shop);
    return failure && failure->code == ERR_SHOP_NOT_FOUND ? create_shop(ctx, number, handle) : failure;
}

/* The share of one shop: the first gets what does not divide. */
static int64_t share(int64_t whole, int64_t shops, int64_t number)
{
    return whole / shops + (number == 1 ? whole % shops : 0);
}

static err fill_shop(struct ctx *ctx, int64_t number, int64_t products, int64_t orders,
                     struct seed_result *result)
{
    TRY(open_shop(ctx, number));
    TRY(seed_goods(ctx, number, products, result));
    TRY(seed_orders(ctx, number, orders, result));
    result->shops++;
    return NULL;
}

/* A failure outlives the shop in whose arena it was made. */
static err keep_failure(struct ctx *ctx, err failure)
{
    const char *detail = failure->problems ? failure->problems->message : failure->detail;
    return error_make(ctx->arena, failure->code, failure->file, failure->line, "%s", detail);
}

err seed_sizes(struct ctx *ctx, int64_t shops, int64_t products, int64_t orders, struct seed_result *result)
{
    *result = (struct seed_result){.staff_login = SEED_SIZES_LOGIN, .staff_password = SEED_PASSWORD};
    if (shops < 1 || shops > SHOP_LIMIT || products < 0 || products > PRODUCT_LIMIT || orders < 0 ||
        orders > ORDER_LIMIT)
        return fail_with(ctx, ERR_BAD_REQUEST, "shops are 1 to %d, products up to %d, orders up to %" PRId64,
                         SHOP_LIMIT, PRODUCT_LIMIT, ORDER_LIMIT);
    struct ctx work = *ctx;
    err failure = NULL;
    for (int64_t number = 1; number <= shops && !failure; number++) {
        work.arena = arena_open(ARENA_LIMIT);
        failure =
            fill_shop(&work, number, share(products, shops, number), share(orders, shops, number), result);
        if (failure)
            failure = keep_failure(ctx, failure);
        arena_close(work.arena);
    }
    return failure;
}

static void print_demo(const struct seed_result *result, FILE *out)
{
    if (result->was_there) {
        fputs("the demo shop is there already; nothing was changed\n", out);
        return;
    }
    fprintf(out,
            "demo shop: %" PRId64 " categories, %" PRId64 " products with %" PRId64 " variants, %" PRId64
            " pictures, %" PRId64 " codes, %" PRId64 " orders\n",
            result->categories, result->products, result->variants, result->pictures, result->codes,
            result->orders);
    if (result->orders == 0)
        fputs("(no orders: the sandbox is switched off, so nobody could have paid)\n", out);
}

void seed_result_print(const struct seed_result *result, FILE *out)
{
    if (text_is(result->staff_login, SEED_SIZES_LOGIN))
        fprintf(out,
                "%" PRId64 " shops: %" PRId64 " products with %" PRId64 " variants, %" PRId64
                " codes, %" PRId64 " orders\n",
                result->shops, result->products, result->variants, result->codes, result->orders);
    else
        print_demo(result, out);
    if (result->staff_login)
        fprintf(out, "back office: login %s, password %s\n", result->staff_login, result->staff_password);
}
