/* promotion_price.c - what a cart costs: the offers that count for it, put to the pure function. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/coupon_parts.h"
#include "shop/pricing/promotion_parts.h"

#include "base/crypto.h"
#include "base/text.h"
#include "shop/pricing/flash.h"
#include "shop/pricing/group_buy.h"
#include "shop/pricing/presale.h"
#include "shop/pricing/promotion_cache.h"
#include "shop/pricing/quote_when.h"
#include <string.h>

const char *const coupon_problem_names[] = {"fine",       "unknown",   "early",        "late",       "paused",
                                            "used-up",    "spent",     "no-goods",     "too-little", "unfit",
                                            "no-freight", "no-region", "other-region", "closed",     NULL};

/* ---- codes ---- */

const char *coupon_code(struct ctx *ctx, const char *text)
{
    char *code = text_trim(ctx->arena, text);
    size_t length = strlen(code);
    if (length < PROMOTION_CODE_LEAST || length > PROMOTION_CODE_MOST)
        return NULL;
    for (char *c = code; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", *c))
            return NULL;
    }
    return code;
}

const char *coupon_wish_text(struct ctx *ctx, const char *text)
{
    if (text[0] != COUPON_WISH_MARK)
        return text[0] ? coupon_code(ctx, text) : "";
    const struct coupon_wish wish = coupon_wish_of(text);
    return wish.is_none || wish.promotion_id ? text : NULL;
}

/* ---- which offers count ---- */

struct board {
    struct ctx *ctx;
    struct quote_line *lines;
    const int64_t *product_ids;
    size_t count;
    const struct promotion_buyer *buyer;
    struct shelf_place *places;
    size_t place_count;
    int64_t *card_ids; /* products that sell gift cards: no offer takes them */
    size_t card_count;
    struct promotion *promotions;
    size_t promotion_count;
    int64_t minute; /* of the week */
    bool is_page;   /* tells of offers outside of their hours too, and for no province */
    const struct promotion *
        *aside; /* of a page those that are closed, of a cart those that ask for a region */
    size_t aside_count;
};

static bool takes_product(const struct board *board, const struct promotion *promotion, int64_t product_id)
{
    if (id_in(board->card_ids, board->card_count, product_id))
        return false;
    if (promotion->is_for_all || id_in(promotion->product_ids, promotion->product_count, product_id))
        return true;
    for (size_t i = 0; i < board->place_count; i++)
        if (board->places[i].product_id == product_id &&
            id_in(promotion->shelf_ids, promotion->shelf_count, board->places[i].shelf_id))
            return true;
    return false;
}

static bool takes_line(const struct board *board, const struct promotion *promotion, size_t line)
{
    bool is_card = id_in(board->card_ids, board->card_count, board->product_ids[line]);
    return promotion->rule.kind == DISCOUNT_BUNDLE && board->lines
               ? !is_card && rule_gives(&promotion->rule, board->lines[line].variant_id)
               : takes_product(board, promotion, board->product_ids[line]);
}

/* Whether a line lets it take part. */
static bool is_met(const struct board *board, const struct promotion *promotion, size_t line)
{
    bool is_card = id_in(board->card_ids, board->card_count, board->product_ids[line]);
    return promotion->rule.kind == DISCOUNT_VOUCHER
               ? board->lines && !is_card && rule_gives(&promotion->rule, board->lines[line].variant_id)
               : takes_line(board, promotion, line);
}

static bool is_met_anywhere(const struct board *board, const struct promotion *promotion)
{
    for (size_t i = 0; i < board->count; i++)
        if (is_met(board, promotion, i))
            return true;
    return false;
}

/* Whether it takes part in anything. */
static bool match(const struct board *board, struct promotion *promotion)
{
    bool *takes = arena_alloc_many(board->ctx->arena, board->count + 1, sizeof *takes);
    for (size_t i = 0; i < board->count; i++)
        takes[i] = takes_line(board, promotion, i);
    promotion->rule.takes = takes;
    return is_met_anywhere(board, promotion);
}

/* ---- loading ---- */

static err load_coupon(struct board *board, const char *code)
{
    struct ctx *ctx = board->ctx;
    struct db_rows *rows;
    if (!code[0])
        return NULL;
    TRY(db_query(ctx, &rows,
                 PROMOTION_COLUMNS "WHERE shop_id = $1 AND code = $2 AND NOT EXISTS (SELECT 1"
                                   " FROM coupon_offers c WHERE c.shop_id = $1"
                                   " AND c.promotion_id = promotions.id)",
                 db_int(ctx->shop->id), db_text(code)));
    return promotions_take(ctx, rows, &board->promotions, &board->promotion_count);
}

static err load_cards(struct board *board)
{
    board->card_ids = arena_alloc_many(board->ctx->arena, board->count + 1, sizeof *board->card_ids);
    return product_cards_among(board->ctx, board->product_ids, board->count, board->card_ids,
                               &board->card_count);
}

/* Once, and only when an offer asks for shelves. */
static err load_places(struct board *board)
{
    for (size_t i = 0; i < board->promotion_count && !board->places; i++)
        if (board->promotions[i].shelf_count > 0)
            return shelf_places_load(board->ctx, board->product_ids, board->count, &board->places,
                                     &board->place_count);
    return NULL;
}

static bool is_worth_a_look(const struct board *board, const struct promotion *promotion)
{
    return promotion->starts_at <= board->ctx->now && promotion->ends_at > board->ctx->now &&
           (board->is_page || rule_is_open(&promotion->rule, board->minute)) &&
           is_met_anywhere(board, promotion);
}

/* The coupon, and those offers of the set that count now for one of the goods. */
static err gather(struct board *board, const struct promotion_set *set, const char *code)
{
    struct ctx *ctx = board->ctx;
    TRY(load_coupon(board, code));
    if (set->has_shelves)
        TRY(shelf_places_load(ctx, board->product_ids, board->count, &board->places, &board->place_count));
    TRY(load_places(board));
    board->promotions =
        arena_grow(ctx->arena, board->promotions, board->promotion_count * sizeof *board->promotions,
                   (set->count + 1) * sizeof *board->promotions);
    for (size_t i = 0; i < set->count; i++)
        if (is_worth_a_look(board, &set->promotions[i]))
            promotion_copy(ctx->arena, set, i, &board->promotions[board->promotion_count++]);
    promotions_sort(board->promotions, board->promotion_count);
    return NULL;
}

static err load_promotions(struct board *board, const char *code)
{
    struct promotion_set set;
    TRY(load_cards(board));
    int64_t now = board->ctx->now;
    board->minute = week_minute(now, zone_offset(board->ctx->shop->zone, now));
    TRY(promotion_set_borrow(board->ctx, &set));
    err failure = gather(board, &set, code);
    promotion_set_return(board->ctx, &set);
    return failure;
}

/* ---- sifting ---- */

static bool knows_persons(const struct board *board)
{
    for (size_t i = 0; i < board->promotion_count; i++)
        if (board->promotions[i].person_most > 0)
            return board->buyer && board->buyer->count > 0;
    return false;
}

static struct db_value key_value(const struct promotion_buyer *buyer, size_t place)
{
    return db_bytes(buyer->keys[place < buyer->count ? place : 0], CRYPTO_INDEX_BYTES);
}

/* Uses of this buyer, of each promotion. */
static err load_person_uses(const struct board *board, int64_t *uses)
{
    struct db_rows *rows;
    if (!knows_persons(board))
        return NULL;
    TRY(db_query(board->ctx, &rows,
                 "SELECT promotion_id, MAX(uses) FROM promotion_buyers WHERE shop_id = $1"
                 " AND buyer IN ($2, $3, $4, $5) AND uses > 0 GROUP BY promotion_id",
                 db_int(board->ctx->shop->id), key_value(board->buyer, 0), key_value(board->buyer, 1),
                 key_value(board->buyer, 2), key_value(board->buyer, 3)));
    while (db_next(rows))
        for (size_t i = 0; i < board->promotion_count; i++)
            if (board->promotions[i].id == db_get_int(rows, 0))
                uses[i] = db_get_int(rows, 1);
    return NULL;
}

/* Whether the goods go where it counts. */
static enum coupon_problem region_problem(const struct board *board, const struct discount_rule *rule)
{
    const struct promotion_buyer *buyer = board->buyer;
    if (board->is_page || !rule_is_regional(rule))
        return COUPON_FINE;
    if (buyer && (buyer->region || buyer->is_nowhere))
        return rule_reaches(rule, buyer->region) ? COUPON_FINE : COUPON_OTHER_REGION;
    return COUPON_NO_REGION;
}

static enum coupon_problem problem_of(const struct board *board, struct promotion *promotion,
                                      int64_t person_uses)
{
    switch (promotion_phase_of(promotion, board->ctx->now)) {
    case PHASE_DRAFT:
        return COUPON_UNKNOWN;
    case PHASE_SCHEDULED:
        return COUPON_EARLY;
    case PHASE_PAUSED:
        return COUPON_PAUSED;
    case PHASE_ENDED:
        return COUPON_LATE;
    case PHASE_USED_UP:
        return COUPON_USED_UP;
    case PHASE_RUNNING:
        break;
    }
    if (promotion->person_most > 0 && person_uses >= promotion->person_most)
        return COUPON_SPENT;
    if (!match(board, promotion))
        return COUPON_NO_GOODS;
    return rule_is_open(&promotion->rule, board->minute) ? region_problem(board, &promotion->rule)
                                                         : COUPON_CLOSED;
}

/* Worth a word though it does not count now; coupons speak for themselves. */
static void put_aside(struct board *board, const struct promotion *promotion, enum coupon_problem problem)
{
    if (problem != (board->is_page ? COUPON_CLOSED : COUPON_NO_REGION) || promotion->code[0] ||
        promotion->claim_id)
        return;
    struct promotion *copy = arena_alloc(board->ctx->arena, sizeof *copy);
    *copy = *promotion;
    board->aside[board->aside_count++] = copy;
}

/* Keeps those that may count, and says why the coupon does not. */
static err sift(struct board *board, struct priced *priced)
{
    int64_t *uses = arena_alloc_many(board->ctx->arena, board->promotion_count + 1, sizeof *uses);
    size_t kept = 0;
    board->aside = arena_alloc_many(board->ctx->arena, board->promotion_count + 1, sizeof *board->aside);
    TRY(load_person_uses(board, uses));
    for (size_t i = 0; i < board->promotion_count; i++) {
        enum coupon_problem problem = problem_of(board, &board->promotions[i], uses[i]);
        if (board->promotions[i].code[0]) {
            struct promotion *coupon = arena_alloc(board->ctx->arena, sizeof *coupon);
            *coupon = board->promotions[i];
            priced->coupon = problem == COUPON_UNKNOWN ? NULL : coupon;
            priced->problem = problem;
        }
        coupons_note(priced, &board->promotions[i], problem);
        put_aside(board, &board->promotions[i], problem);
        priced->asks_region =
            priced->asks_region ||
            (rule_is_regional(&board->promotions[i].rule) &&
             (problem == COUPON_FINE || problem == COUPON_NO_REGION || problem == COUPON_OTHER_REGION));
        if (problem == COUPON_FINE && !board->promotions[i].is_left_out)
            board->promotions[kept++] = board->promotions[i];
    }
    board->promotion_count = kept;
    priced->region = board->buyer ? board->buyer->region : 0;
    return NULL;
}

/* ---- the quote ---- */

static err quote_once(struct board *board, struct priced *priced)
{
    struct discount_rule *rules =
        arena_alloc_many(board->ctx->arena, board->promotion_count + 1, sizeof *rules);
    for (size_t i = 0; i < board->promotion_count; i++)
        rules[i] = board->promotions[i].rule;
    priced->promotions = board->promotions;
    priced->rules = rules;
    priced->count = board->promotion_count;
    if (!quote_make(board->ctx->arena, board->lines, board->count, rules, priced->count, &priced->quote))
        return fail_with(board->ctx, ERR_LIMIT, "the sum is out of range");
    return NULL;
}

/* An offer whose money does not reach for what it would take off. False when all reach. */
static bool drop_spent(struct board *board, struct priced *priced)
{
    for (size_t i = 0; i < priced->quote.effect_count; i++) {
        size_t place = priced->quote.effects[i].rule;
        const struct promotion *promotion = &board->promotions[place];
        if (promotion->money_most == 0 ||
            promotion->money + priced->quote.effects[i].amount <= promotion->money_most)
            continue;
        if (promotion->code[0])
            priced->problem = COUPON_USED_UP;
        board->promotion_count--;
        for (size_t j = place; j < board->promotion_count; j++)
            board->promotions[j] = board->promotions[j + 1];
        return true;
    }
    return false;
}

static int64_t full_of(const struct board *board, const struct promotion *promotion)
{
    int64_t full = 0;
    for (size_t i = 0; i < board->count; i++)
        full += promotion->rule.takes[i] ? board->lines[i].full : 0;
    return full;
}

static bool is_effect(const struct priced *priced, int64_t promotion_id)
{
    for (size_t i = 0; i < priced->quote.effect_count; i++)
        if (priced->rules[priced->quote.effects[i].rule].id == promotion_id)
            return true;
    return false;
}

/* Why a coupon that may count takes nothing off. */
static void judge_coupon(const struct board *board, struct priced *priced)
{
    if (!priced->coupon || priced->coupon->rule.kind == DISCOUNT_SHIPPING || priced->problem != COUPON_FINE ||
        is_effect(priced, priced->coupon->id))
        return;
    int64_t from = priced->coupon->rule.steps[0].from, full = full_of(board, priced->coupon);
    priced->problem = full < from ? COUPON_TOO_LITTLE : COUPON_UNFIT;
    priced->missing = full < from ? from - full : 0;
    for (size_t i = 0; i < priced->quote.hint_count; i++)
        if (priced->rules[priced->quote.hints[i].rule].id == priced->coupon->id) {
            priced->problem = COUPON_TOO_LITTLE;
            priced->missing = priced->quote.hints[i].missing;
        }
}

err price_cart(struct ctx *ctx, struct quote_line *lines, const int64_t *product_ids, size_t count,
               const char *code, const struct promotion_buyer *buyer, struct priced *priced)
{
    struct board board = {
        .ctx = ctx, .lines = lines, .product_ids = product_ids, .count = count, .buyer = buyer};
    board.promotions = arena_alloc(ctx->arena, sizeof *board.promotions);
    const struct coupon_wish wish = coupon_wish_of(code);
    *priced = (struct priced){.code = wish.code, .problem = wish.code[0] ? COUPON_UNKNOWN : COUPON_FINE};
    if (count > 0 && (ctx->shop->has_promotions || wish.code[0])) {
        TRY(load_promotions(&board, wish.code));
        TRY(coupons_join(ctx, &wish, &board.promotions, &board.promotion_count, priced));
        promotions_sort(board.promotions, board.promotion_count);
        TRY(load_places(&board));
        TRY(sift(&board, priced));
        priced->waits = board.aside;
        priced->wait_count = board.aside_count;
    }
    if (count > 0 && ctx->shop->has_flash)
        TRY(flash_join(ctx, lines, count, &board.promotions, &board.promotion_count, priced));
    if (count > 0 && ctx->shop->has_presales)
        TRY(presale_join(ctx, lines, count, &board.promotions, &board.promotion_count, priced));
    do
        TRY(quote_once(&board, priced));
    while (drop_spent(&board, priced));
    judge_coupon(&board, priced);
    coupons_judge(priced, lines, count);
    return NULL;
}

/* Beside a group price stand offers on freight that need no code, and nothing else. */
static void keep_group(struct board *board, const struct group_place *place)
{
    struct promotion *kept = arena_alloc_many(board->ctx->arena, board->promotion_count + 1, sizeof *kept);
    size_t count = 0;
    kept[count++] = group_offer(board->ctx, place, board->lines, board->count);
    for (size_t i = 0; i < board->promotion_count && count < QUOTE_RULE_LIMIT; i++)
        if (board->promotions[i].rule.kind == DISCOUNT_SHIPPING)
            kept[count++] = board->promotions[i];
    board->promotions = kept;
    board->promotion_count = count;
}

err price_group(struct ctx *ctx, struct quote_line *lines, const int64_t *product_ids, size_t count,
                const struct group_place *place, const struct promotion_buyer *buyer, struct priced *priced)
{
    struct board board = {
        .ctx = ctx, .lines = lines, .product_ids = product_ids, .count = count, .buyer = buyer};
    *priced = (struct priced){.code = ""};
    if (ctx->shop->has_promotions) {
        TRY(load_promotions(&board, ""));
        TRY(sift(&board, priced));
        priced->asks_region = false;
    }
    keep_group(&board, place);
    do
        TRY(quote_once(&board, priced));
    while (drop_spent(&board, priced));
    return NULL;
}

/* ---- pages ---- */

static void collect(const struct board *board, size_t product, struct product_offers *offers)
{
    const struct promotion **found =
        arena_alloc_many(board->ctx->arena, board->promotion_count + board->aside_count + 1, sizeof *found);
    for (size_t i = 0; i < board->promotion_count; i++)
        if (board->promotions[i].rule.takes[product])
            found[offers->count++] = &board->promotions[i];
    offers->promotions = found;
    offers->closed = found + offers->count;
    for (size_t i = 0; i < board->aside_count; i++)
        if (board->aside[i]->rule.takes[product])
            found[offers->count + offers->closed_count++] = board->aside[i];
}

err product_offers_load(struct ctx *ctx, const int64_t *product_ids, size_t count,
                        struct product_offers *offers)
{
    struct board board = {.ctx = ctx, .product_ids = product_ids, .count = count, .is_page = true};
    struct priced priced = {.code = ""};
    memset(offers, 0, count * sizeof *offers);
    if (!ctx->shop->has_promotions || count == 0)
        return NULL;
    TRY(load_promotions(&board, ""));
    TRY(sift(&board, &priced));
    for (size_t i = 0; i < count; i++)
        collect(&board, i, &offers[i]);
    return NULL;
}

err promotions_match(struct ctx *ctx, struct promotion *promotions, size_t promotion_count,
                     const int64_t *product_ids, size_t count)
{
    struct board board = {.ctx = ctx,
                          .product_ids = product_ids,
                          .count = count,
                          .promotions = promotions,
                          .promotion_count = promotion_count};
    TRY(load_cards(&board));
    TRY(load_places(&board));
    for (size_t i = 0; i < promotion_count; i++)
        (void)match(&board, &promotions[i]);
    return NULL;
}

int64_t sale_price_of(struct ctx *ctx, const struct product_offers *offers, int64_t price,
                      const struct promotion **sale)
{
    static const bool takes[] = {true};
    int64_t best = price;
    *sale = NULL;
    for (size_t i = 0; i < offers->count; i++) {
        struct discount_rule rule = offers->promotions[i]->rule;
        struct quote_line line = {.list_price = price, .quantity = 1};
        struct quote quote;
        rule.takes = takes;
        if (rule.kind != DISCOUNT_SALE || rule.regions != 0 ||
            !quote_make(ctx->arena, &line, 1, &rule, 1, &quote) || quote.total >= best)
            continue;
        best = quote.total;
        *sale = offers->promotions[i];
    }
    return best;
}
