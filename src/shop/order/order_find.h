/* order_find.h - orders by whom they are for: the receiver's name or a part of it, its pinyin or initials,
 * the last digits of a phone; by the number of a parcel; by the goods in them.
 *
 * A sale writes nothing for it. The keys (shop/customer/customer_find.h) and the goods of orders that are a
 * while old are written by a job, which a search wakes; the newest orders are opened and read instead. So a
 * shop whose staff never search pays nothing, and an order is found from its first moment. What an order says
 * of its buyer never changes and stays as long as the order (电子商务法 第三十一条): so do its keys. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/order/order.h"

/* Orders without keys that a search opens, newest first. */
#define ORDER_FRESH_LIMIT 500
/* Orders younger than this get no keys yet: nodes whose clocks disagree may still commit older ids. */
#define ORDER_SETTLES_MS (2 * MINUTE_MS)
#define ORDER_KEYS_JOB "order.keys"

/* Newest first, by a word of customer_word_typed. `is_behind`: older orders are still without keys. */
CHECKED err order_list_by_person(struct ctx *ctx, const char *word, int limit, struct order **orders,
                                 size_t *count, bool *is_behind);
/* Newest first, by a whole tracking number in any case. */
CHECKED err order_list_by_tracking(struct ctx *ctx, const char *number, int limit, struct order **orders,
                                   size_t *count);
/* Goods, or accounts, that one question can ask for, and orders that it answers. */
#define ORDER_SOME 8
struct order_hit {
    struct order order;                        /* as in order_list */
    const char *product_title, *variant_title; /* of the first line that has one of the goods */
    int64_t quantity;
};
/* The newest ORDER_SOME orders, in whatever state, that hold one of these products or variants. */
CHECKED err order_list_by_goods(struct ctx *ctx, const int64_t *good_ids, size_t good_count,
                                struct order_hit **hits, size_t *count, bool *is_behind);
/* The newest ORDER_SOME orders of these accounts. */
CHECKED err order_list_of_accounts(struct ctx *ctx, const int64_t *customer_ids, size_t customer_count,
                                   struct order **orders, size_t *count);

/* Orders that one word finds, for lists: at most so many. */
#define ORDER_SEARCH_LIMIT 50
struct order_search {
    const char *q;
    bool sees_accounts;   /* whoever asks may read customers: the orders of accounts that are found count */
    struct order *orders; /* out, as in order_list; each once */
    size_t count;
    bool is_behind; /* older orders are still without keys */
};
/* What a number names first (whole, its end, a phone, an e-mail, a parcel), then those for a person, then
 * those of accounts; each of these newest first. Wakes the job that writes keys. */
CHECKED err order_search(struct ctx *ctx, struct order_search *search);
/* Has the job write what is missing of orders and accounts; nothing when nothing is, or when it waits
 * already.
 */
CHECKED err order_keys_wake(struct ctx *ctx);
CHECKED err order_run_keys(struct ctx *ctx, const struct job *job, void *owner);
