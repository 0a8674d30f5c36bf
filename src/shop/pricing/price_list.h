/* price_list.h - lists of other prices: for whom goods cost less than on the shelf. 会员价 is such a list.
 *
 * It is the first step of a price, before everything in quote.h: what a list says takes the place of the list
 * price of a line. So cards, product pages, carts, reviews and orders show one price, and offers take off
 * from it. Of several lists that are for a buyer the lowest price counts; none makes anything dearer. The
 * proof of an order names the list, its version, what it said, and the price on the shelf.
 *
 * A list has the words of an offer (promotion.h): a life, a time, goods, and one step: a price, an amount or
 * a part that comes off each piece. Every change is a new version, and the old ones are kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/pricing/promotion.h"

#define PRICE_LIST_LIMIT 100       /* of one shop */
#define PRICE_LIST_ACTIVE_LIMIT 20 /* that count at the same time */
#define PRICE_LIST_GROUP_LIMIT 20

/* PRICE_FOR_NEW: who has no paid order yet, which only the checkout knows, once it knows who orders. */
enum price_audience { PRICE_FOR_ALL = 1, PRICE_FOR_GROUPS = 2, PRICE_FOR_NEW = 3 };
extern const char *const price_audience_names[]; /* [PRICE_FOR_ALL] = "all" …; ends with NULL */

struct price_list {
    struct promotion base; /* its rule is a DISCOUNT_SALE of one step; it has no code and no bounds */
    enum price_audience audience;
    const int64_t *group_ids; /* of customer_groups */
    size_t group_count;
    bool is_shown; /* others read on the product's page what members pay */
};

/* ---- staff ---- */

/* Writes a new list (id 0, a draft) or the next version of one, when `version` is what was read:
 * ERR_CONFLICT. ERR_INVALID with every field that is wrong: as promotion_save, and groups without any. */
CHECKED err price_list_save(struct ctx *ctx, struct price_list *list);
/* As promotion_change_status; ERR_LIMIT when PRICE_LIST_ACTIVE_LIMIT count already. */
CHECKED err price_list_change_status(struct ctx *ctx, int64_t price_list_id, enum promotion_status status);
CHECKED err price_list_load(struct ctx *ctx, int64_t price_list_id, struct price_list **list);
/* Newest first, all of them. */
CHECKED err price_list_list(struct ctx *ctx, struct price_list **lists, size_t *count);
/* "9 折", from the rule. */
const char *price_list_text(struct ctx *ctx, const struct price_list *list);

/* ---- pricing ---- */

/* What one piece costs by a step; the price itself when the step would not make it cheaper, or give it away.
 */
int64_t price_by_step(int64_t price, const struct discount_step *step);

/* The lists that count now for some products and for who asks, and those that others may read of. */
struct price_board {
    struct price_list *lists;
    size_t count;
    const bool *is_mine; /* parallel to lists */
    const struct shelf_place *places;
    size_t place_count;
    const int64_t *card_ids; /* products that sell gift cards: no list takes them */
    size_t card_count;
};
/* Shops without lists are asked nothing. Who asks is ctx->actor_id of ACTOR_BUYER; `is_new`: who is known to
 * have no paid order. */
CHECKED err price_board_load(struct ctx *ctx, bool is_new, const int64_t *product_ids, size_t count,
                             struct price_board *board);
/* The lowest price of a product's piece for who asks, and by which list; NULL = as on the shelf. */
int64_t price_on_board(const struct price_board *board, int64_t product_id, int64_t price,
                       const struct price_list **by);
/* Puts copies with the prices of the lists in the place of variants (NULL ones stay), and says in `sources`,
 * which are zeroed, where each came from. */
void price_board_apply(struct ctx *ctx, const struct price_board *board, const struct variant **variants,
                       size_t count, struct list_source *sources);
/* The same with a board of its own. */
CHECKED err price_lists_apply(struct ctx *ctx, bool is_new, const struct variant **variants, size_t count,
                              struct list_source *sources);
/* Whether a list made any of the prices: then the order keeps a proof. */
bool price_lists_are_used(const struct quote_line *lines, size_t count);
/* Whether one for new buyers did: the buyer gets it once. */
bool price_lists_are_for_new(const struct quote_line *lines, size_t count);
/* docs/views.md: `price_list` {name, text, full} of a price that a list made, nil without; and `member_price`
 * {name, text, price}: what members pay, when who reads is none. */
void price_list_view(struct ctx *ctx, struct value *view, const struct price_board *board, int64_t product_id,
                     int64_t shelf_price);
