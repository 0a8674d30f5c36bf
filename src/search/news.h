/* news.h - what the owner of an index still has to read of its documents.
 *
 * Whoever hears of a change says so here, which costs nothing; whoever is about to search reads first what
 * changed. A space is filled by the first who needs it, others wait for them; filled anew it is searched as
 * it was until it is complete. Any thread. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Changed documents of a space that are remembered one by one; more of them are a reason to read all. */
#define NEWS_LIMIT 4096

struct search_news;
struct search_news *search_news_open(void);
void search_news_close(struct search_news *news);

/* Harmless for a space that nobody has filled. */
void search_news_document(struct search_news *news, int64_t space_id, int64_t document_id);
void search_news_space(struct search_news *news, int64_t space_id);
/* Every space: something may have been missed. */
void search_news_all(struct search_news *news);

enum search_need {
    NEED_NOTHING,
    NEED_SOME, /* the caller reads these documents, then calls search_news_read */
    NEED_ALL,  /* the caller reads them all, then calls search_news_filled */
};
/* Takes up to `limit` changed documents. May wait for somebody who fills the space for the first time. */
enum search_need search_news_take(struct search_news *news, int64_t space_id, int64_t *ids, size_t limit,
                                  size_t *count);
void search_news_read(struct search_news *news, int64_t space_id);
/* `is_done` false: it failed, and the next one tries again. */
void search_news_filled(struct search_news *news, int64_t space_id, bool is_done);
