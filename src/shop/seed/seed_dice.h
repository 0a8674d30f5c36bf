/* seed_dice.h - numbers that look random and are the same every time (splitmix64). Private to seed; never for
 * secrets. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t mixed = dice->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

/* 0 … bound-1. */
static inline int64_t dice_below(struct dice *dice, int64_t bound)
{
    return (int64_t)(dice_next(dice) % (uint64_t)bound);
}

/* The same, with small numbers more often: the better of two throws. */
static inline int64_t dice_favour(struct dice *dice, int64_t bound)
{
    int64_t one = dice_below(dice, bound);
    int64_t other = dice_below(dice, bound);
    return one < other ? one : other;
}
