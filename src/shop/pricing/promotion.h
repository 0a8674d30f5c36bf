/* promotion.h - the offers of a shop: what comes off, of which goods, when, how often and for whom.
 *
 * An offer is a rule of quote.h with a life (draft, active, paused, ended), a time, a scope of goods and
 * limits. Offers with a code are coupons: they count for carts that hold the code. Every change of what an
 * offer says is a new version, and the old ones are kept (明码标价和禁止价格欺诈规定 第二十条: what a page
 * says of an offer must be what holds; so the sentence is made from the rule).
 *
 * An offer counts when starts_at <= the moment of ordering < ends_at, and within its hours of the week; one
 * for some provinces when the goods go there (quote_when.h). How often it was used, how much it
 * took off and how often one person used it are guarded counters, changed with the order: never one over. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"
#include "shop/pricing/quote_freight.h"

struct flash_place;
struct presale_place;
struct group_place;

#define PROMOTION_NAME_MOST 60
#define PROMOTION_SCOPE_MOST 200
#define PROMOTION_CODE_LEAST 4
#define PROMOTION_CODE_MOST 32
#define PROMOTION_TIMES_MOST 1000
/* Offers that count at the same time without a code. */
#define PROMOTION_ACTIVE_LIMIT 99
#define PROMOTION_LIST_LIMIT 100

enum promotion_status {
    PROMOTION_DRAFT = 1,
    PROMOTION_ACTIVE = 2,
    PROMOTION_PAUSED = 3,
    PROMOTION_ENDED = 4
};
/* What people read of it at a moment. */
enum promotion_phase {
    PHASE_DRAFT,
    PHASE_SCHEDULED,
    PHASE_RUNNING,
    PHASE_PAUSED,
    PHASE_ENDED,
    PHASE_USED_UP
};

struct promotion {
    int64_t id;
    int64_t version;
    enum promotion_status status;
    const char *name; /* 1..PROMOTION_NAME_MOST characters, for the buyer */
    const char *code; /* "" = for everybody; else capital letters, digits and "-" */
    int64_t starts_at;
    int64_t ends_at;
    struct discount_rule rule; /* id, version and takes are filled by whoever prices */
    bool is_for_all;           /* all goods; else those of: */
    const int64_t *shelf_ids;  /* categories with all below them, tags and collections */
    size_t shelf_count;
    const int64_t *product_ids;
    size_t product_count;
    int64_t uses_most;   /* 0 = no bound, as the two below */
    int64_t person_most; /* uses of one buyer, who is known by phone, e-mail and address */
    int64_t money_most;  /* minor units that it takes off in all */
    int64_t uses;
    int64_t money;
    int64_t created_at;
    int64_t updated_at;
    bool is_presale;     /* made by a presale for the moment (presale.h), not one that staff wrote here */
    int64_t claim_id;    /* only while a cart is priced: by which claim it counts (coupon.h); 0 = none */
    int64_t claim_until; /* when that ends */
    bool is_left_out;    /* the buyer wishes another coupon */
};

extern const char *const promotion_status_names[]; /* [PROMOTION_DRAFT] = "draft" … ends with NULL */
extern const char *const promotion_phase_names[];  /* "draft", "scheduled", "running", "paused", "ended",
                                                      "used-up" */
extern const char *const discount_kind_names[]; /* [DISCOUNT_SALE] = "sale", "pieces", "nth", "sum", "coupon",
                                                   "bundle", "gift", "addon", "voucher" */
enum promotion_phase promotion_phase_of(const struct promotion *promotion, int64_t now);

/* ---- staff ---- */

/* Writes a new offer (id 0, a draft) or the next version of one, when `version` is what was read:
 * ERR_CONFLICT when somebody was faster. ERR_INVALID with every field that is wrong: an offer that ends
 * before it starts, gives more than the price, contradicts itself or can never count is refused. An ended
 * offer is not changed: ERR_CONFLICT. Fills id and version. */
CHECKED err promotion_save(struct ctx *ctx, struct promotion *promotion);
/* Drafts become active, active ones paused and active again, all of them ended, once and for all.
 * ERR_CONFLICT for another step; ERR_LIMIT when PROMOTION_ACTIVE_LIMIT count already; ERR_INVALID when its
 * time is over. */
CHECKED err promotion_change_status(struct ctx *ctx, int64_t promotion_id, enum promotion_status status);
CHECKED err promotion_load(struct ctx *ctx, int64_t promotion_id, struct promotion **promotion);

/* ---- pricing ---- */

/* Who buys, as keyed hashes: nothing of it can be read back; and where it goes. */
#define PROMOTION_BUYER_KEYS 4 /* phone, e-mail, address, account */
struct promotion_buyer {
    const unsigned char *keys[PROMOTION_BUYER_KEYS]; /* each CRYPTO_INDEX_BYTES */
    size_t count;                                    /* 0 = not known yet */
    bool is_new;                                     /* known, and without a paid order: for price lists */
    int64_t region;                                  /* where it goes (freight.h), 0 = not known */
    bool has_address;                                /* one was given, whether its province is known or not */
    bool is_nowhere; /* nothing is carried: offers for some provinces do not count, and say nothing */
};

enum coupon_problem {
    COUPON_FINE,
    COUPON_UNKNOWN, /* no such code */
    COUPON_EARLY,   /* its time comes */
    COUPON_LATE,    /* its time is over */
    COUPON_PAUSED,
    COUPON_USED_UP,    /* by others: its number or its money */
    COUPON_SPENT,      /* by this buyer */
    COUPON_NO_GOODS,   /* nothing of the cart is in its scope */
    COUPON_TOO_LITTLE, /* `missing` more would do */
    COUPON_UNFIT,      /* other offers cost the buyer less, and it does not go with them */
    COUPON_NO_FREIGHT, /* it is for freight, and there is none */
    COUPON_NO_REGION,  /* it asks where the goods go, and that is not known */
    COUPON_OTHER_REGION,
    COUPON_CLOSED, /* not within its hours of the week */
};
extern const char *const coupon_problem_names[]; /* "fine", "unknown", … ends with NULL */

/* Pieces that a gift really gives: what is earned and there is. */
struct gift_given {
    size_t rule;
    int64_t variant_id;
    int64_t pieces;
    int64_t price; /* of one, were it bought: 明码标价规定 第十八条 */
};

/* A coupon that the buyer claimed, beside a cart. */
struct claimed_coupon {
    struct promotion promotion;
    enum coupon_problem problem;
    int64_t missing; /* COUPON_TOO_LITTLE: minor units */
};

/* What a cart costs, and why. */
struct priced {
    struct quote quote;
    const struct promotion *promotions; /* parallel to rules; effects and hints point into them */
    const struct discount_rule *rules;
    size_t count;
    const char *code; /* of the coupon, "" = none */
    enum coupon_problem problem;
    int64_t missing;                /* COUPON_TOO_LITTLE: minor units */
    const struct promotion *coupon; /* NULL when unknown */
    struct freight freight;         /* as the three below: promotion_freight.h */
    const struct freight_template *templates;
    size_t template_count;
    struct freight_line *cargo;
    const struct gift_given *given; /* the cart fills them in: it knows the stock */
    size_t given_count;
    const struct flash_place *flash;     /* flash.h: of each line; NULL without any */
    const struct presale_place *presale; /* presale.h: likewise */
    struct claimed_coupon *claimed;      /* coupon.h: what the buyer holds */
    size_t claimed_count;
    int64_t region;                       /* by which offers for some provinces were chosen; 0 = not known */
    const struct promotion *const *waits; /* offers without a code that ask where the goods go */
    size_t wait_count;
    bool asks_region;      /* an offer on goods depends on where they go */
    bool wishes_none;      /* of them */
    int64_t wishes_coupon; /* the one that the buyer chose; 0 = the best */
};
/* Prices lines, of which product_ids tell the goods, with the offers that count at ctx->now for this buyer
 * and the coupons that who is logged in holds. `code` is what the cart keeps: a code, COUPON_WISH_NONE, or
 * COUPON_WISH_MARK with the promotion of one claimed coupon.
 * Shops without offers are asked nothing. ERR_LIMIT when the sum leaves the range of money. */
CHECKED err price_cart(struct ctx *ctx, struct quote_line *lines, const int64_t *product_ids, size_t count,
                       const char *code, const struct promotion_buyer *buyer, struct priced *priced);
/* The same for lines that are bought in a group: its price, offers on freight, and nothing else. */
CHECKED err price_group(struct ctx *ctx, struct quote_line *lines, const int64_t *product_ids, size_t count,
                        const struct group_place *place, const struct promotion_buyer *buyer,
                        struct priced *priced);
#define COUPON_WISH_MARK '#'
#define COUPON_WISH_NONE "#none"
/* What a cart may keep of what was typed or chosen; NULL when it is neither a code nor a choice. */
const char *coupon_wish_text(struct ctx *ctx, const char *text);
/* What pages say of a product: the offers without a code in whose scope it is. */
struct product_offers {
    const struct promotion *const *promotions; /* in the order in which they take off */
    size_t count;
    const struct promotion *const *closed; /* likewise: not within their hours of the week */
    size_t closed_count;
};
/* Of each product. Shops without offers are asked nothing. */
CHECKED err product_offers_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                struct product_offers *offers);
/* What one piece of a price costs by its best sale for everybody, and which that is; the price itself, and
 * NULL, without one. A sale for some provinces is none: a page does not know who reads it. */
int64_t sale_price_of(struct ctx *ctx, const struct product_offers *offers, int64_t price,
                      const struct promotion **sale);

/* Capital letters, without blanks; NULL when it can be no code. */
const char *coupon_code(struct ctx *ctx, const char *text);

/* In the transaction of an order: counts what the effects of a cart use and keeps the proof.
 * ERR_PROMOTION_OVER when somebody else, or this buyer, used up an offer meanwhile: price anew. Nothing is
 * written for an order without effects and without freight whose prices are those on the shelf. */
CHECKED err promotion_take(struct ctx *ctx, int64_t order_id, const struct priced *priced,
                           const struct quote_line *lines, size_t count, const struct promotion_buyer *buyer);
/* In the transaction in which an order is paid: who paid (a keyed hash, CRYPTO_INDEX_BYTES) is counted as a
 * person of the offers that have a bound for each and counted for the order. *over is the name of one that
 * this payer has used more often than one may, and else stays as it is. */
CHECKED err promotion_count_payer(struct ctx *ctx, int64_t order_id, const unsigned char *payer,
                                  const char **over);
/* In a transaction: the order came to nothing. Twice is once. */
CHECKED err promotion_give_back(struct ctx *ctx, int64_t order_id);
/* In a transaction: the order lives again. ERR_OUT_OF_STOCK when an offer that it had is used up. */
CHECKED err promotion_take_again(struct ctx *ctx, int64_t order_id);

/* ---- what an order was priced by ---- */

/* One offer that counted for an order, as it was said then. */
struct order_offer {
    int64_t promotion_id;
    int64_t version;
    const char *name;
    const char *code;
    int64_t amount;
    bool is_gift; /* the amount is what its pieces cost, were they bought; nothing came off */
};
CHECKED err order_offer_list(struct ctx *ctx, int64_t order_id, struct order_offer **offers, size_t *count);

/* The proof as it is kept: JSON of lines, rules and effects, from which the sum is made again. */
CHECKED err proof_write(struct ctx *ctx, const struct priced *priced, const struct quote_line *lines,
                        size_t count, const char **json);
/* What comes of the lines and rules of a proof, without looking at its effects. ERR_INTERNAL when it is no
 * proof; `is_same` tells whether the effects are those that it names. */
struct replayed_gift {
    int64_t variant_id;
    int64_t pieces;
};
struct replay {
    int64_t full;
    int64_t discount;
    int64_t freight;
    int64_t freight_discount;
    int64_t rounding;              /* of the discount */
    int64_t points;                /* that were used */
    const int64_t *points_by_line; /* NULL when none were */
    int64_t points_off;            /* of the discount */
    const int64_t *by_line;        /* discount of each line that was paid */
    size_t count;
    const struct replayed_gift *gifts; /* given besides, in the order of their lines */
    size_t gift_count;
    int64_t at; /* the moment by which rules with hours of the week were chosen; 0 = there were none */
    bool is_same;
};
CHECKED err proof_replay(struct ctx *ctx, const char *json, struct replay *replay);
/* NULL when the order has none: it costs what its lines say. */
CHECKED err proof_load(struct ctx *ctx, int64_t order_id, const char **json);
/* The next proofs behind an order's id, up to `limit`. */
struct kept_proof {
    int64_t order_id;
    const char *json;
};
CHECKED err proof_list(struct ctx *ctx, int64_t after_id, int limit, struct kept_proof **proofs,
                       size_t *count);
/* Re-adds the uses and the money of every offer. */
CHECKED err promotion_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- words ---- */

/* The sentence of the rule in the language of the reader: "满 ¥200 减 ¥20，满 ¥400 减 ¥50". */
const char *promotion_text(struct ctx *ctx, const struct promotion *promotion);
/* What a hint says: "再买 ¥12.00，可减 ¥20.00". */
const char *hint_text(struct ctx *ctx, const struct promotion *promotion, const struct quote_hint *hint);
/* docs/views.md: an offer for staff. */
struct value *promotion_view(struct ctx *ctx, const struct promotion *promotion);
/* docs/views.md: `sale` of a price: price, name, text, ends_at; nil without one. */
void sale_view(struct ctx *ctx, struct value *view, const struct product_offers *offers, int64_t price);
/* docs/views.md: `offers` of a product beside the sales that its price shows: name, text, kind, ends_at,
 * is_open. */
void product_offers_view(struct ctx *ctx, struct value *view, const struct product_offers *offers);
/* docs/views.md: full, discount, discounts, hints and coupon of a cart, into `view`. */
void priced_view(struct ctx *ctx, struct value *view, const struct priced *priced);
