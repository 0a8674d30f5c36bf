#include "shop/seed/seed.h"
err seed_demo(struct ctx *ctx, const char *directory, struct seed_result *result)
{
    (void)directory;
    (void)result;
    return fail_with(ctx, ERR_INTERNAL, "stub");
}
err seed_sizes(struct ctx *ctx, int64_t shops, int64_t products, int64_t orders, struct seed_result *result)
{
    (void)shops;
    (void)products;
    (void)orders;
    (void)result;
    return fail_with(ctx, ERR_INTERNAL, "stub");
}
void seed_result_print(const struct seed_result *result, FILE *out)
{
    (void)result;
    (void)out;
}
