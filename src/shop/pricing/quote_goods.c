/* quote_goods.c - bundles, gifts, add-ons and vouchers: rules that name goods of their own. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote_goods.h"

#include <string.h>

bool discount_has_goods(enum discount_kind kind)
{
    return kind == DISCOUNT_BUNDLE || kind == DISCOUNT_GIFT || kind == DISCOUNT_ADDON ||
           kind == DISCOUNT_VOUCHER;
}

bool discount_has_code(enum discount_kind kind)
{
    return kind == DISCOUNT_COUPON || kind == DISCOUNT_VOUCHER || kind == DISCOUNT_SHIPPING;
}

int discount_order_of(enum discount_kind kind)
{
    static const int places[] = {
        [DISCOUNT_SALE] = 1,  [DISCOUNT_BUNDLE] = 2,    [DISCOUNT_PIECES] = 3, [DISCOUNT_NTH] = 4,
        [DISCOUNT_ADDON] = 5, [DISCOUNT_SUM] = 6,       [DISCOUNT_COUPON] = 7, [DISCOUNT_VOUCHER] = 8,
        [DISCOUNT_GIFT] = 9,  [DISCOUNT_SHIPPING] = 10, [DISCOUNT_SWELL] = 11};
    return places[kind];
}

bool rule_is_by_sum(const struct discount_rule *rule)
{
    if (rule->kind == DISCOUNT_GIFT || rule->kind == DISCOUNT_ADDON)
        return !rule->is_by_pieces;
    return rule->kind == DISCOUNT_VOUCHER || discount_is_by_sum(rule->kind);
}

bool rule_gives(const struct discount_rule *rule, int64_t variant_id)
{
    for (size_t i = 0; i < rule->good_count; i++)
        if (rule->goods[i].variant_id == variant_id)
            return true;
    return false;
}

bool rule_adds(const struct discount_rule *rule)
{
    return rule->kind == DISCOUNT_ADDON || rule->kind == DISCOUNT_VOUCHER;
}

bool rule_counts(const struct discount_rule *rule, const struct quote_line *lines, size_t line)
{
    return rule->takes[line] && !(rule_adds(rule) && rule_gives(rule, lines[line].variant_id));
}

bool rule_touches(const struct discount_rule *rule, const struct quote_line *lines, size_t line)
{
    return rule->takes[line] || (rule_adds(rule) && rule_gives(rule, lines[line].variant_id));
}

int64_t gift_pieces(const struct discount_rule *rule, const struct discount_step *step, int64_t reached)
{
    int64_t times = rule->times > 0 ? reached / step->from : 1;
    return step->gives * (rule->times > 0 && times > rule->times ? rule->times : times);
}

/* ---- bundles ---- */

static int64_t pieces_of(const struct quote_line *lines, size_t count, int64_t variant_id)
{
    int64_t pieces = 0;
    for (size_t i = 0; i < count; i++)
        pieces += lines[i].variant_id == variant_id ? lines[i].quantity : 0;
    return pieces;
}

static int64_t bundles_in(const struct discount_rule *rule, const struct quote_line *lines, size_t count)
{
    int64_t most = rule->times > 0 ? rule->times : INT64_MAX;
    for (size_t i = 0; i < rule->good_count; i++) {
        int64_t have = pieces_of(lines, count, rule->goods[i].variant_id) / rule->goods[i].pieces;
        most = have < most ? have : most;
    }
    return rule->good_count > 0 ? most : 0;
}

/* The pieces of one of its goods, from the first lines that hold them. */
static int64_t portion_out(const struct discount_good *good, int64_t wanted, const struct quote_line *lines,
                           size_t count, const int64_t *payable, int64_t *portions)
{
    int64_t sum = 0, left = wanted;
    for (size_t i = 0; i < count && left > 0; i++) {
        if (lines[i].variant_id != good->variant_id)
            continue;
        int64_t hit = lines[i].quantity < left ? lines[i].quantity : left;
        portions[i] = refund_share(payable[i], lines[i].quantity, 0, hit);
        sum += portions[i];
        left -= hit;
    }
    return sum;
}

int64_t bundle_off(const struct discount_rule *rule, const struct quote_line *lines, size_t count,
                   const int64_t *payable, int64_t *portions)
{
    const struct discount_step *step = &rule->steps[0];
    int64_t bundles = bundles_in(rule, lines, count), base = 0, off;
    memset(portions, 0, count * sizeof *portions);
    if (bundles == 0)
        return 0;
    for (size_t i = 0; i < rule->good_count; i++)
        base +=
            portion_out(&rule->goods[i], bundles * rule->goods[i].pieces, lines, count, payable, portions);
    if (step->percent > 0)
        off = (int64_t)(((__int128)base * step->percent + BASIS_POINTS / 2) / BASIS_POINTS);
    else
        off = step->off > 0 ? step->off * bundles : base - step->price * bundles;
    /* As with a sale: what is not worth more than that comes to nothing, it is not given away. */
    return off > 0 && off < base ? off : 0;
}

/* ---- special prices ---- */

void addons_take(const struct discount_rule *rule, const struct quote_line *lines, size_t count,
                 const int64_t *payable, int64_t *by_line)
{
    for (size_t i = 0; i < rule->good_count; i++) {
        const struct discount_good *good = &rule->goods[i];
        int64_t left = good->pieces;
        for (size_t j = 0; j < count && left > 0; j++) {
            if (lines[j].variant_id != good->variant_id)
                continue;
            int64_t hit = lines[j].quantity < left ? lines[j].quantity : left;
            int64_t off = refund_share(payable[j], lines[j].quantity, 0, hit) - good->price * hit;
            by_line[j] = off > 0 ? off : 0;
            left -= hit;
        }
    }
}
