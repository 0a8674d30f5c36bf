/* quote.h - from lines and rules to what a cart costs: one pure function, which asks nobody and remembers
 * nothing. Cart, checkout, order and check call it, so that all of them give the same sum.
 *
 * The steps, always in this order: list price and bulk price; sale prices of goods; bundles; discounts on
 * goods by their number; special prices of what may be added; discounts on the sum; the coupon; gifts; then
 * freight (quote_freight.h), points of members (quote_points.h) and, last, small coins (quote_round.h). All
 * amounts are whole minor units, all percentages basis points of a line's total, never of one piece. What a
 * rule takes off a sum is spread over its lines by the largest remainder, so the parts add up exactly and no
 * line goes below nothing.
 *
 * A piece of goods takes part in one rule of each class at most, and two rules of different classes meet on
 * it only when both allow it. Of all sets of rules that are lawful in this way the one that costs the buyer
 * least is taken.
 *
 * Gifts are no money: they have no line here, take nothing off and never win against a rule that does. When
 * the set is settled, each gift is granted that may stand beside all of it on the goods that earn it
 * (CLASS_GIFT); of two gifts that meet, the one that stands first. So a buyer never pays more for a gift. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "shop/catalog/catalog.h"

/* 99 that count for everybody, a code, and what a buyer claimed. */
#define QUOTE_RULE_LIMIT 120
#define DISCOUNT_STEPS_MOST 5
#define DISCOUNT_GOODS_MOST 10
#define DISCOUNT_WINDOWS_MOST 3
#define WEEK_DAYS 7
/* 100 %, in basis points. */
#define BASIS_POINTS 10000
/* Sets of rules that are tried at most: 12 rules in every combination. Behind that the best so far is
 * taken. */
#define QUOTE_TRIES 4096

/* discount_order_of says in which order they take off. */
enum discount_kind {
    DISCOUNT_SALE = 1,     /* 限时折扣: each piece cheaper */
    DISCOUNT_PIECES = 2,   /* 满件折: from so many pieces on */
    DISCOUNT_NTH = 3,      /* 第N件: every Nth piece, the cheaper one of them */
    DISCOUNT_SUM = 4,      /* 满减, 满折: from a sum on */
    DISCOUNT_COUPON = 5,   /* as DISCOUNT_SUM, for who has the code */
    DISCOUNT_SHIPPING = 6, /* 包邮, 减运费: off the freight, from a sum on (quote_freight.h) */
    DISCOUNT_BUNDLE = 7,   /* 组合套餐: goods that cost less together, as often as they are all there */
    DISCOUNT_GIFT = 8,     /* 买赠: from so much on, pieces of one of its goods come for nothing */
    DISCOUNT_ADDON = 9,    /* 加价购: from so much on, its goods have a special price */
    DISCOUNT_VOUCHER = 10, /* 兑换券: the same for who has the code, and the price may be nothing */
    DISCOUNT_SWELL = 11,   /* 定金膨胀: so much off each piece, beside everything else (presale.h) */
};
#define DISCOUNT_KIND_LAST DISCOUNT_SWELL
enum discount_class {
    CLASS_SALE = 1,
    CLASS_GOODS = 2, /* bundles too */
    CLASS_SUM = 3,
    CLASS_COUPON = 4, /* vouchers too */
    CLASS_SHIPPING = 5,
    CLASS_GIFT = 6,
    CLASS_ADDON = 7,
    CLASS_SWELL = 8 /* in nobody's way */
};
enum discount_class discount_class_of(enum discount_kind kind);
/* Whether its steps begin at a sum, and not at a number of pieces. */
bool discount_is_by_sum(enum discount_kind kind);
/* Whether it names goods of its own: bundles, gifts, add-ons, vouchers. */
bool discount_has_goods(enum discount_kind kind);
/* Whether it counts by a code: always, but for freight, which may come off without one. */
bool discount_has_code(enum discount_kind kind);
/* Rules stand in rising order of it. */
int discount_order_of(enum discount_kind kind);

/* From so much on (pieces of DISCOUNT_PIECES, minor units of DISCOUNT_SUM and DISCOUNT_COUPON, N of
 * DISCOUNT_NTH, nothing of DISCOUNT_SALE) one of three comes off: an amount, a part, or what is above a price
 * for each piece. */
struct discount_step {
    int64_t from;
    int64_t off;     /* minor units: of each piece of DISCOUNT_SALE, else of the sum */
    int64_t percent; /* basis points that come off */
    int64_t price;   /* DISCOUNT_SALE: what one piece costs; DISCOUNT_BUNDLE: one bundle */
    int64_t gives;   /* DISCOUNT_GIFT: pieces, and nothing comes off */
};

/* Goods that a rule names. */
struct discount_good {
    int64_t variant_id;
    int64_t product_id;
    int64_t pieces;   /* DISCOUNT_BUNDLE: in one bundle; add-ons, vouchers: so many have the price at most */
    int64_t price;    /* add-ons, vouchers: of one */
    const char *name; /* as pages say it; the quote does not look at it */
};

/* Some hours of some days of the week, by the clocks of the shop (quote_when.h). */
struct week_window {
    unsigned days; /* bits: 1 << 0 Monday … 1 << 6 Sunday, on which it begins */
    int64_t from;  /* minutes of the day, 0..1439 */
    int64_t until; /* not counted itself; not behind `from` = on the next day */
};

struct discount_rule {
    int64_t id;
    int64_t version;
    enum discount_kind kind;
    unsigned beside; /* bits 1 << class of those that it may meet on a piece */
    struct discount_step steps[DISCOUNT_STEPS_MOST]; /* rising */
    size_t step_count;
    bool is_by_pieces; /* gifts, add-ons: steps begin at a number of pieces, not at a sum */
    struct discount_good goods[DISCOUNT_GOODS_MOST];
    size_t good_count;
    int64_t times;    /* DISCOUNT_SUM: the step counts again for each of it, so often at most; DISCOUNT_NTH:
                         pieces     at most; 0 = once, without bound */
    int64_t most;     /* takes off so many minor units at most; 0 = no bound */
    uint64_t regions; /* provinces that it is for, by place in freight_regions; 0 = all */
    struct week_window windows[DISCOUNT_WINDOWS_MOST]; /* it counts within one of them; none = at any time */
    size_t window_count;
    const bool *takes; /* whether it takes part, of each line: what a bundle is made of, what earns a gift */
    const int64_t *prices; /* DISCOUNT_SALE: what one piece costs, of each line, in place of the step; NULL;
                              DISCOUNT_SWELL: what comes off one piece */
};
/* Whether the steps of this rule begin at a sum. */
bool rule_is_by_sum(const struct discount_rule *rule);
/* Whether it gives a variant, for nothing or at a price of its own. */
bool rule_gives(const struct discount_rule *rule, int64_t variant_id);

/* Where a list price comes from that is not the one on the shelf (price_list.h). */
struct list_source {
    int64_t price_list_id; /* 0 = from the shelf */
    int64_t version;
    int64_t shelf_price;
    struct discount_step step; /* what made one of the other */
    bool is_for_new;           /* for who has no paid order yet; not in proofs */
};

struct quote_line {
    int64_t variant_id;
    int64_t list_price;             /* minor units for one */
    const struct price_tier *tiers; /* rising quantities; NULL without */
    size_t tier_count;
    struct list_source source;
    int64_t quantity;
    int64_t unit_price; /* out: list price or bulk price */
    int64_t full;       /* out: unit_price * quantity */
    int64_t discount;   /* out: of all rules together */
};

/* What one rule takes off. */
struct quote_effect {
    size_t rule;
    int64_t base;           /* the sum of its lines before it */
    int64_t amount;         /* above nothing */
    const int64_t *by_line; /* adds up to amount */
};

/* A rule of which more would come off, were there more in the cart. */
struct quote_hint {
    size_t rule;
    int64_t missing; /* minor units or pieces until `next` */
    struct discount_step next;
};

/* A gift that is earned, or an add-on whose goods may be had at their special price: its condition is met
 * and nothing that took off forbids it. */
struct quote_grant {
    size_t rule;
    int64_t pieces; /* of a gift; 0 of an add-on */
};

/* What points may pay, and how many of them a buyer wishes to use (quote_points.h). */
struct quote_points_terms {
    int64_t wanted;
    int64_t rate;    /* points that pay `unit`; 0 = they pay nothing */
    int64_t unit;    /* minor units: 100 of CNY */
    int64_t percent; /* of the goods behind all offers, at most */
    int64_t least;   /* points that one order may use */
};
struct quote_points {
    struct quote_points_terms terms;
    int64_t used;           /* 0 = the step takes nothing off */
    int64_t off;            /* minor units, part of the discount */
    const int64_t *by_line; /* points, adds up to `used`; NULL when nothing is used */
};

struct quote {
    int64_t full; /* before any rule */
    int64_t discount;
    int64_t freight;            /* before any offer; added by quote_freight */
    int64_t freight_discount;   /* never more than it */
    struct quote_points points; /* added by quote_points */
    int64_t rounding;           /* small coins, part of the discount; added by quote_round */
    int64_t total;              /* full - discount + freight - freight_discount */
    const struct quote_effect *effects;
    size_t effect_count;
    const struct quote_hint *hints;
    size_t hint_count;
    const struct quote_grant *grants;
    size_t grant_count;
};

/* What one costs when so many are bought: a tier counts when it is below the list price. */
int64_t price_at(int64_t list_price, const struct price_tier *tiers, size_t tier_count, int64_t quantity);
/* `amount` in parts like the weights: the parts add up to it, by the largest remainder, and of equal ones the
 * first. The weights are not negative, and not all of them nothing; no part is above its weight when they add
 * up to at least `amount`. */
void spread(struct arena *arena, int64_t amount, const int64_t *weights, size_t count, int64_t *parts);
/* What goes back for pieces of a line: of `paid` for `quantity` pieces, when `before` went back already and
 * `more` follow. However it is divided, all pieces together get exactly `paid`. */
int64_t refund_share(int64_t paid, int64_t quantity, int64_t before, int64_t more);
/* Prices the lines by the best set of rules. False when a sum leaves the range of money. The rules stand in
 * the order of discount_order_of. */
bool quote_make(struct arena *arena, struct quote_line *lines, size_t count,
                const struct discount_rule *rules, size_t rule_count, struct quote *quote);
