/* search_parts.h - what the files of this module share. Private to search. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "search/news.h"
#include "shop/search/search.h"
#include <pthread.h>

/* Of searches that found something, a click for each so many is enough; fewer of them tell nothing. */
#define SEARCHES_A_CLICK 20
#define UNCLICKED_LEAST 5

struct db_rows;
/* Rows of word, searches, missed, clicks, hits. */
struct search_line *search_lines_read(struct ctx *ctx, struct db_rows *rows, size_t *count);

struct finder_log;
struct lexicons;
struct keeper;

struct finder {
    struct search_index *index;
    struct search_news *news;
    struct finder_log *log;
    struct lexicons *lexicons;
    struct keeper *keeper;
};

/* Reads what changed, and the words of the merchant. */
CHECKED err finder_be_current(struct ctx *ctx, struct finder *finder);

/* ---- search_log.c ---- */

struct finder_log *finder_log_open(struct arena *arena);
/* The shops that have something to be written down; at most `limit`. */
size_t finder_log_shops(struct finder_log *log, int64_t *shop_ids, size_t limit);

/* ---- search_lexicon.c ---- */

struct lexicons *lexicons_open(void);
void lexicons_close(struct lexicons *lexicons);
/* The words of this shop changed; 0 = of every shop may have. */
void lexicons_forget(struct lexicons *lexicons, int64_t shop_id);
/* Makes the words of the shop of ctx count, if they do not. */
CHECKED err lexicons_be_current(struct ctx *ctx, struct finder *finder);
/* Reads the popular words of the shop of ctx anew. */
CHECKED err lexicons_read_popular(struct ctx *ctx, struct finder *finder);
/* The next shop whose popular words are due, 0 = none. */
int64_t lexicons_due(struct lexicons *lexicons, int64_t now);
/* Something was written down of this shop: its popular words are due soon. */
void lexicons_touch(struct lexicons *lexicons, int64_t shop_id);
