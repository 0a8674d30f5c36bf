/* catalog_terms.h - what is said beside the price of a variant: what it is compared with, and how much is in
 * one. Part of catalog.h. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/* A price that stands struck out beside what is asked (划线价). */
enum compare_kind {
    COMPARE_OWN = 1,       /* the shop's own former price: deals must bear it out (pricing.h) */
    COMPARE_EXPLAINED = 2, /* something else, told in words: 厂商建议零售价 */
};

enum content_unit {
    CONTENT_NONE, /* not said */
    CONTENT_G,
    CONTENT_KG,
    CONTENT_ML,
    CONTENT_L,
    CONTENT_CM,
    CONTENT_M,
    CONTENT_TABLET, /* 片; from here on things are counted */
    CONTENT_PIECE,  /* 个 */
    CONTENT_PACK,   /* 包 */
    CONTENT_GRAIN,  /* 粒 */
    CONTENT_STICK,  /* 支 */
    CONTENT_SHEET,  /* 张 */
    CONTENT_UNITS,
};

/* For how much the price of a unit is given. */
enum content_base {
    BASE_USUAL, /* kg, L, m, or one of what is counted */
    BASE_KG,
    BASE_500G, /* 斤 */
    BASE_100G,
    BASE_L,
    BASE_100ML,
    BASE_M,
    CONTENT_BASES,
};

#define COMPARE_NOTE_LIMIT 60 /* characters */
#define CONTENT_LIMIT 1000000

/* What is said beside the price of a variant. */
struct variant_terms {
    int64_t compare_price; /* 0 = none */
    enum compare_kind compare_kind;
    const char *compare_note; /* the words of COMPARE_EXPLAINED */
    int64_t content_amount;   /* in content_unit, of one variant; 0 = not said */
    enum content_unit content_unit;
    enum content_base content_base;
};
