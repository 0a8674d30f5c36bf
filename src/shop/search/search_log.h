/* search_log.h - of search.h: what people search: counted by day and word, and shown to the merchant.
 *
 * A search stays a read: it leaves a note in memory, and a thread writes notes down every second, a row for a
 * word and day. A note names nobody: of who typed a word a keyed hash is kept, for SEARCH_BUYER_DAYS, so that
 * words are shown to others only when SEARCH_CROWD people typed them. What looks like a phone number or an
 * address of mail is not noted at all. What waits when the program is killed is lost: it is a figure. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define SEARCH_WORD_LENGTH 60 /* characters of a word that is noted; longer ones are cut */
#define SEARCH_WORD_BYTES 200
#define SEARCH_DAY_WORDS 2000  /* different words of a shop and day */
#define SEARCH_LOG_DAYS 180    /* that figures are kept */
#define SEARCH_BUYER_DAYS 90   /* that it is kept who typed a word, and what was opened */
#define SEARCH_BUYERS_MOST 100 /* of a word */
#define SEARCH_CLICKS_MOST 50  /* products of a word */
#define SEARCH_CROWD 20        /* different people, before others see a word */
#define SEARCH_REPORT_LIMIT 100

struct search_note {
    const char *text; /* as it was typed */
    bool is_click;    /* a product was opened; else it was searched for */
    bool is_nothing;  /* no product had it */
    int64_t hits;
    int64_t product_id;
    const char *buyer; /* whatever tells people apart, NULL = not known */
};
/* Leaves a note for the shop of ctx; never waits for the database. */
void search_note(struct ctx *ctx, const struct search_note *note);
/* Writes down what waits of the shop of ctx. */
CHECKED err search_flush(struct ctx *ctx);
/* A text as it is counted: one writing of each character, cut. "" for what is not noted. */
const char *search_word_of(struct ctx *ctx, const char *text);

/* ---- for the merchant ---- */

struct search_counts {
    int64_t searches, missed, clicks;
};
struct search_line {
    const char *word;
    struct search_counts counts;
    int64_t hits; /* the most of a day */
};
enum search_report { SEARCH_POPULAR, SEARCH_NOTHING, SEARCH_UNCLICKED };
/* Of the last days, today with them; at most SEARCH_REPORT_LIMIT, the most searched first. What the merchant
 * has worked on is left out of SEARCH_NOTHING and SEARCH_UNCLICKED. */
CHECKED err search_report(struct ctx *ctx, enum search_report report, int days, struct search_line **lines,
                          size_t *count);
CHECKED err search_total(struct ctx *ctx, int days, struct search_counts *counts);
CHECKED err search_word_counts(struct ctx *ctx, const char *word, int days, struct search_counts *counts);
/* Products that were opened most; at most `limit`. */
CHECKED err search_opened(struct ctx *ctx, const char *word, size_t limit, int64_t *product_ids,
                          size_t *count);
/* Words that many people typed and that find something, most searched first. */
CHECKED err search_crowd_words(struct ctx *ctx, size_t limit, const char ***words, size_t *count);

/* Forgets some of what is too old. */
CHECKED err search_sweep(struct ctx *ctx);
/* The totals are those of the words, and words are said once. */
CHECKED err search_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
