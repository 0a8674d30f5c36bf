/* pricing.h - what may be said of a price: deals, struck prices, prices per measure. What a cart costs is
 * made in quote.h, by the rules of promotion.h.
 *
 * A struck price (划线价) must be lawful: 明码标价和禁止价格欺诈规定 第十六条. It may not be higher than the
 * lowest price of a deal in the 7 days before, or, when there was none, than the price of the last deal; or
 * it must say what else it is. A deal is what was paid for one piece in a paid order whose money did not all
 * go back. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/money.h"
#include "shop/catalog/catalog.h"
#include "shop/pricing/coupon.h"
#include "shop/pricing/flash.h"
#include "shop/pricing/flash_gate.h"
#include "shop/pricing/group_buy.h"
#include "shop/pricing/offer_words.h"
#include "shop/pricing/points.h"
#include "shop/pricing/presale.h"
#include "shop/pricing/price_list.h"
#include "shop/pricing/price_plan.h"
#include "shop/pricing/promotion.h"
#include "shop/pricing/promotion_freight.h"
#include "shop/pricing/promotion_staff.h"
#include "shop/pricing/quote_points.h"
#include "shop/pricing/quote_round.h"

/* ---- deals ---- */

/* 第十六条: seven days, counted back to the millisecond. */
#define DEAL_WINDOW_MS (7 * DAY_MS)
#define DEAL_DAY_LIMIT 400

/* What one order paid for one variant. */
struct deal {
    int64_t variant_id;
    int64_t product_id;
    int64_t at;
    int64_t order_id;
    int64_t price; /* minor units for one piece, the lowest of the order */
    int64_t quantity;
    int64_t revenue;
};

/* In a transaction, once for each deal; order tells of its deals. The sales of the product follow. */
CHECKED err deal_add(struct ctx *ctx, const struct deal *deal);
/* Undoes it, when it is there. */
CHECKED err deal_remove(struct ctx *ctx, const struct deal *deal);

/* The highest struck price that deals bear out at ctx->now. Time alone never lowers it: a window that moves
 * on loses deals and, when the last leaves, keeps the price of that one. So only a deal or a refund can make
 * a struck price unlawful. */
enum ceiling_basis { CEILING_NO_DEAL, CEILING_WEEK, CEILING_LAST };
struct price_ceiling {
    enum ceiling_basis basis;
    int64_t price; /* 0 without a deal */
    int64_t at;    /* of the deal that it comes from */
};
/* For up to CATALOG_MANY_LIMIT variants. */
CHECKED err deal_ceilings(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                          struct price_ceiling *ceilings);

/* What may be shown of a variant's struck price. */
enum struck_state {
    STRUCK_NONE, /* there is none */
    STRUCK_SHOWN,
    STRUCK_UNLAWFUL, /* above the ceiling: hidden */
    STRUCK_IDLE,     /* not above the price: it would say nothing */
};
struct struck_price {
    enum struck_state state;
    struct price_ceiling ceiling; /* only of COMPARE_OWN */
};
CHECKED err struck_prices(struct ctx *ctx, const struct variant *const *variants, size_t count,
                          struct struck_price *struck);
extern const char *const struck_state_names[];  /* "none", "shown", "unlawful", "idle" */
extern const char *const ceiling_basis_names[]; /* "no-deal", "week", "last" */

/* ERR_INVALID with the code REF_PRICE_UNLAWFUL and `max` at the first variant that compares with a price of
 * its own that deals do not bear out. A struck price that stays what it was is not asked again: it is hidden
 * as it is. */
CHECKED err struck_prices_check(struct ctx *ctx, const struct product_draft *draft);

/* docs/views.md: tiers of a variant, those that are below its price. */
void price_tiers_view(struct ctx *ctx, struct value *view, const struct variant *variant);
/* Into a view as `name`: {price, per}, or nil. */
void unit_price_view(struct ctx *ctx, struct value *view, const char *name, const struct variant *variant);
/* Into a view: unit_price as above, and struck_price (money) and struck_note when it may be shown, else nil.
 * `variant` NULL = nothing is said. */
void price_terms_view(struct ctx *ctx, struct value *view, const struct variant *variant,
                      const struct struck_price *struck);

/* The lowest and the last deal of a day of the shop, for charts. */
struct deal_day {
    int64_t at; /* the day's first millisecond */
    int64_t lowest;
    int64_t count;
};
/* Oldest first, since then; at most DEAL_DAY_LIMIT days. */
CHECKED err deal_day_list(struct ctx *ctx, int64_t variant_id, int64_t since, struct deal_day **days,
                          size_t *count);

/* ---- sales of a product ---- */

/* Deals of the last 30 days that a record adds up. */
#define SALES_DEAL_LIMIT 10000

/* What was paid for a product and did not go back as a whole; `month` = the last 30 days. */
struct sales_record {
    int64_t sold; /* pieces */
    int64_t revenue;
    int64_t month_sold;
    int64_t month_revenue;
    int64_t refunds; /* deals that were undone */
    int64_t last_at; /* when it was last paid for; 0 = never */
    bool is_part;    /* the month has more than SALES_DEAL_LIMIT deals: it counts only as many */
};
CHECKED err sales_record_load(struct ctx *ctx, int64_t product_id, const int64_t *variant_ids, size_t count,
                              struct sales_record *record);
/* Pieces sold of each product, 0 without any. */
CHECKED err product_sold_many(struct ctx *ctx, const int64_t *product_ids, size_t count, int64_t *sold);
/* The sales of products are what their deals add up to. */
CHECKED err sales_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
