/* catalog_prices.c - new prices for some variants of a product. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog_parts.h"
#include "shop/catalog/catalog_shelf.h"

static const struct variant_price *price_of(const struct variant_price *prices, size_t count,
                                            int64_t variant_id)
{
    for (size_t i = 0; i < count; i++)
        if (prices[i].variant_id == variant_id)
            return &prices[i];
    return NULL;
}

/* The price range of what can be bought; of everything when nothing can. */
static void price_range(const struct variant *variants, size_t count, int64_t *low, int64_t *high)
{
    bool is_any_active = false;
    for (size_t i = 0; i < count; i++)
        is_any_active = is_any_active || variants[i].is_active;
    *low = INT64_MAX;
    *high = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_any_active && !variants[i].is_active)
            continue;
        *low = variants[i].price < *low ? variants[i].price : *low;
        *high = variants[i].price > *high ? variants[i].price : *high;
    }
}

static err write_product(struct ctx *ctx, const struct product *product, const struct variant_price *prices,
                         size_t count)
{
    struct variant *variants;
    size_t variant_count;
    int64_t low, high;
    TRY(variant_list(ctx, product->id, &variants, &variant_count));
    for (size_t i = 0; i < variant_count; i++) {
        const struct variant_price *price = price_of(prices, count, variants[i].id);
        variants[i].price = price ? price->price : variants[i].price;
    }
    price_range(variants, variant_count, &low, &high);
    return db_expect(ctx, 1, ERR_CONFLICT, "the product was changed meanwhile",
                     "UPDATE products SET price_min = $4, price_max = $5, version = version + 1,"
                     " updated_at = $6 WHERE shop_id = $1 AND id = $2 AND version = $3",
                     db_int(ctx->shop->id), db_int(product->id), db_int(product->version), db_int(low),
                     db_int(high), db_int(ctx->now));
}

static err write_variant(struct ctx *ctx, const struct product *product, const struct variant_price *price)
{
    TRY(db_expect(ctx, 1, ERR_NOT_FOUND, "the variant does not belong to this product",
                  "UPDATE variants SET price = $4, compare_price = $5, compare_kind = $6, compare_note = $7"
                  " WHERE shop_id = $1 AND id = $2 AND product_id = $3",
                  db_int(ctx->shop->id), db_int(price->variant_id), db_int(product->id), db_int(price->price),
                  db_int(price->compare_price), db_int(price->compare_kind), db_text(price->compare_note)));
    return price_change_write(ctx, product->id,
                              &(struct price_change){.variant_id = price->variant_id,
                                                     .version = product->version + 1,
                                                     .price = price->price,
                                                     .compare_price = price->compare_price,
                                                     .compare_kind = price->compare_kind});
}

err variant_prices_change(struct ctx *ctx, int64_t product_id, const struct variant_price *prices,
                          size_t count, const char *cause)
{
    const struct product *product;
    struct value *sheet;
    TRY(product_load(ctx, product_id, &product));
    TRY(product_version_open(ctx, product, &sheet));
    TRY(write_product(ctx, product, prices, count));
    for (size_t i = 0; i < count; i++)
        TRY(write_variant(ctx, product, &prices[i]));
    TRY(shelf_settle(ctx, &product_id, 1));
    TRY(product_version_close(ctx, product_id, sheet, cause));
    return product_emit_changed(ctx, product_id);
}
