/* pricing.c - how long the pure function of prices takes: a cart of 20 lines and 50 offers that are on.
 *
 * Of the 50, as in a shop that has many at a time, 38 are for other goods: they fall away before the function
 * is asked (promotion_price.c), and are given to it here all the same. The other 12 take part: sales of some
 * goods, by pieces, every second piece, two ladders and a coupon, which may stand beside each other as the
 * back office has it by default. One line of JSON: the median and the 99th percentile in µs. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/pricing/quote.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LINES 20
#define OFFERS 50
#define OTHERS 38
#define ROUNDS 5000

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Those of a kind share out the lines. */
static void make_offer(struct discount_rule *rule, bool *takes, size_t place)
{
    static const enum discount_kind kinds[] = {
        DISCOUNT_SALE, DISCOUNT_SALE, DISCOUNT_SALE, DISCOUNT_SALE, DISCOUNT_PIECES, DISCOUNT_PIECES,
        DISCOUNT_NTH,  DISCOUNT_NTH,  DISCOUNT_NTH,  DISCOUNT_SUM,  DISCOUNT_SUM,    DISCOUNT_COUPON};
    static const struct discount_step steps[] = {[DISCOUNT_SALE] = {.percent = 1500},
                                                 [DISCOUNT_PIECES] = {.from = 3, .percent = 1000},
                                                 [DISCOUNT_NTH] = {.from = 2, .percent = 5000},
                                                 [DISCOUNT_SUM] = {.from = 20000, .off = 2000},
                                                 [DISCOUNT_COUPON] = {.from = 9900, .off = 1000}};
    bool is_other = place < OTHERS;
    enum discount_kind kind = is_other ? DISCOUNT_SALE : kinds[place - OTHERS];
    *rule = (struct discount_rule){.id = (int64_t)place + 1,
                                   .version = 1,
                                   .kind = kind,
                                   .beside = 0x1e & ~(1u << discount_class_of(kind)),
                                   .steps = {steps[kind]},
                                   .step_count = 1,
                                   .takes = takes};
    for (size_t line = 0; !is_other && line < LINES; line++)
        takes[line] = discount_is_by_sum(kind) || line % 5 == place % 5;
}

int main(void)
{
    static bool takes[OFFERS][LINES];
    static struct discount_rule rules[OFFERS];
    static int64_t times[ROUNDS];
    struct quote_line lines[LINES];
    struct quote quote = {0};
    for (size_t i = 0; i < OFFERS; i++)
        make_offer(&rules[i], takes[i], i);
    for (size_t i = 0; i < LINES; i++)
        lines[i] = (struct quote_line){.variant_id = (int64_t)i + 1,
                                       .list_price = 1000 + 137 * (int64_t)i,
                                       .quantity = 1 + (int64_t)i % 3};
    for (size_t round = 0; round < ROUNDS; round++) {
        struct arena *arena = arena_open(ARENA_LIMIT);
        int64_t begun = now();
        if (!quote_make(arena, lines, LINES, rules, OFFERS, &quote))
            return 1;
        times[round] = now() - begun;
        arena_close(arena);
    }
    qsort(times, ROUNDS, sizeof *times, by_size);
    printf("{\"us\":%.2f,\"p99_us\":%.2f,\"effects\":%zu,\"discount\":%" PRId64 "}\n",
           (double)times[ROUNDS / 2] / 1000, (double)times[ROUNDS * 99 / 100] / 1000, quote.effect_count,
           quote.discount);
    return 0;
}
