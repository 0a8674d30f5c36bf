/* review.h - what buyers say of what they bought, and what a shop may do about it: answer.
 *
 * A review is proved by a line of a paid order of which something was handed out; a line has one. The buyer
 * may add to it once, within REVIEW_FOLLOW_MS. Nobody changes or deletes what a buyer wrote: platforms must
 * not delete reviews (E-Commerce Law of the PRC, article 39), and a shop must not make them up (article 17).
 * The shop may answer and report a review; the platform may hide the words of one on a ground of the law,
 * which stays in a log for ever. Hiding takes the words and leaves the stars; only where the sale itself was
 * made up (REVIEW_FABRICATED) the stars do not count either. Pictures go with the words. Averages are whole
 * tenths. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "base/value.h"
#include "shop/order/order.h"

#define REVIEW_BODY_LIMIT 1000 /* characters */
#define REVIEW_REPLY_LIMIT 500
#define REVIEW_NOTE_LIMIT 500
#define REVIEW_WHO_LIMIT 60
#define REVIEW_REPLIES_SHOWN 50
#define REVIEW_ACTS_SHOWN 50
#define REVIEW_PAGE_LIMIT 100
#define REVIEW_FOLLOW_MS (180 * DAY_MS)
#define REVIEW_STARS 5
#define REVIEW_PICTURES 9
#define REVIEW_PICTURE_BYTES INT64_C(10485760)

/* Grounds of the law on which words may be hidden or reported. */
enum review_reason {
    REVIEW_NO_REASON = 0,
    REVIEW_UNLAWFUL = 1, /* content that the law forbids (网络信息内容生态治理规定, article 6) */
    REVIEW_PRIVACY = 2,  /* private matters or personal data of others (Civil Code, 1032 and 1034) */
    REVIEW_DEFAMATION = 3, /* insults or slanders somebody (Civil Code, 1024) */
    REVIEW_FABRICATED = 4, /* the sale was made up (E-Commerce Law, 17) */
    REVIEW_AUTHORITY = 5,  /* a court or an authority ordered it */
};
/* "unlawful" …: review_reason_names[reason - 1]; ends with NULL. */
extern const char *const review_reason_names[];

enum review_act_kind { REVIEW_REPORTED = 1, REVIEW_HIDDEN = 2, REVIEW_SHOWN = 3, REVIEW_KEPT = 4 };

struct review {
    int64_t id;
    int64_t product_id;
    int64_t order_id;
    int64_t line_no;
    const char *variant_title;
    int64_t stars;
    const char *body;   /* "" = stars alone */
    const char *author; /* masked; "" = nobody is named */
    int64_t created_at;
    const char *pictures; /* ids with blanks between; "" = none */
    const char *follow_body;
    int64_t followed_at; /* 0 = nothing was added */
    int64_t weight;      /* review_weight; 0 while hidden */
    int64_t reply_no;    /* 0 = no reply */
    const char *reply;   /* NULL = none */
    int64_t replied_at;
    int64_t reported_at; /* 0 = no open report */
    enum review_reason hidden_reason;
    int64_t votes; /* who found it useful; 0 while hidden */
};

/* How much there is to read: 0 nothing, 1 some words, 2 a few sentences, and one more when something was
 * added later. Lists show the most useful first by it. */
int64_t review_weight(const char *body, const char *follow_body);

/* ---- buyers ---- */

/* Paid, and something of the line was handed out. */
bool review_may_write(const struct order *order, const struct order_line *line);
/* Something can still be added. */
bool review_may_follow(const struct ctx *ctx, const struct review *review);
/* What stands as the author's name when the buyer wants to be named: "张**". */
const char *review_author(struct ctx *ctx, const struct order *order);

struct review_draft {
    int64_t line_no;
    int64_t stars;
    const char *body;
    bool is_named;
    const char *const *picture_ids; /* of picture_store, up to REVIEW_PICTURES */
    size_t picture_count;
};
/* Everything that review_write would refuse of a first review, without writing: before pictures are taken. */
CHECKED err review_check_draft(struct ctx *ctx, const struct order *order, const struct review_draft *draft);
/* For an order as order_load_for_buyer gave it. ERR_NOT_FOUND (no such line), ERR_INVALID_TRANSITION (not
 * paid, or nothing handed out yet), ERR_DUPLICATE (the line has another review). The same once more is the
 * same review. */
CHECKED err review_write(struct ctx *ctx, const struct order *order, const struct review_draft *draft,
                         const struct review **review);
/* ERR_NOT_FOUND (no review of the line), ERR_DUPLICATE (other words were added before), ERR_GONE (too late).
 */
CHECKED err review_follow(struct ctx *ctx, const struct order *order, int64_t line_no, const char *body);
/* Reviews of an order's lines, by line. */
CHECKED err review_list_order(struct ctx *ctx, int64_t order_id, struct review **reviews, size_t *count);

/* An order whose lines all have a review hears of it ("reviewed"). */
extern const struct listener review_listeners[];

/* ---- readers ---- */

/* There is something to read or to see. */
bool review_can_vote(const struct review *review);
/* Somebody found it useful: `voter` names an account or a device, is kept as a keyed hash and counts once for
 * each review, however often. *review = as it is then. ERR_NOT_FOUND, ERR_CONFLICT (hidden, or nothing to
 * read). */
CHECKED err review_vote(struct ctx *ctx, int64_t review_id, const char *voter, const struct review **review);

/* ---- reading ---- */

struct review_figures {
    int64_t stars[REVIEW_STARS]; /* how many gave 1, 2 … stars */
    int64_t worded;              /* with something to read */
    int64_t hidden;              /* whose words the platform hid */
};
int64_t review_count(const struct review_figures *figures);
/* 48 = 4.8; 0 when there are none. Rounded half up. */
int64_t review_average_tenths(const struct review_figures *figures);
/* In the order of the ids. */
CHECKED err review_figures_many(struct ctx *ctx, const int64_t *product_ids, size_t count,
                                struct review_figures *figures);

/* REVIEW_USEFUL, by votes, then by weight, goes without stars. */
enum review_sort { REVIEW_USEFUL, REVIEW_NEWEST };
struct review_query {
    int64_t product_id;
    int64_t stars; /* 0 = any */
    bool is_worded;
    enum review_sort sort;
    const char *cursor; /* of review_cursor, or NULL / "" */
    int limit;          /* 1..REVIEW_PAGE_LIMIT + 1 */
};
/* A page by key of what was said of a product. A cursor that was not made by us is ERR_BAD_REQUEST. */
CHECKED err review_list(struct ctx *ctx, const struct review_query *query, struct review **reviews,
                        size_t *count);
const char *review_cursor(struct ctx *ctx, const struct review *last);

enum review_state { REVIEW_ANY, REVIEW_UNANSWERED, REVIEW_IS_REPORTED, REVIEW_IS_HIDDEN, REVIEW_STATES };
struct review_shop_query {
    int64_t product_id; /* 0 = of all products */
    int64_t stars;      /* 0 = any */
    enum review_state state;
    int64_t before_id; /* 0 = from the newest */
    int limit;
};
/* Of the whole shop, newest first. */
CHECKED err review_list_shop(struct ctx *ctx, const struct review_shop_query *query, struct review **reviews,
                             size_t *count);
/* How many wait for a reply and for the platform; counting stops at `most`. */
CHECKED err review_count_waiting(struct ctx *ctx, int64_t most, int64_t *unanswered, int64_t *reported);
/* ERR_NOT_FOUND. */
CHECKED err review_load(struct ctx *ctx, int64_t review_id, const struct review **review);

/* ---- the shop ---- */

/* Answers, or changes the answer: `expected` is the reply_no that was seen (0 = none yet), else ERR_CONFLICT,
 * as for a hidden review. All texts are kept. */
CHECKED err review_reply(struct ctx *ctx, int64_t review_id, int64_t expected, const char *body);
struct review_reply_text {
    int64_t reply_no;
    const char *body;
    int64_t staff_id;
    int64_t at;
};
/* Newest first, up to REVIEW_REPLIES_SHOWN. */
CHECKED err review_reply_list(struct ctx *ctx, int64_t review_id, struct review_reply_text **replies,
                              size_t *count);
/* Asks the platform to look at it. ERR_DUPLICATE while a report is open, ERR_CONFLICT when it is hidden. */
CHECKED err review_report(struct ctx *ctx, int64_t review_id, enum review_reason reason, const char *note,
                          const char *who);

/* ---- the platform (the command line; no address leads here) ---- */

/* `who` and `note` stand in the log and may not be blank. ERR_CONFLICT when it is hidden already. */
CHECKED err review_hide(struct ctx *ctx, int64_t review_id, enum review_reason reason, const char *note,
                        const char *who);
/* The words are seen again. ERR_CONFLICT when they are not hidden. */
CHECKED err review_show(struct ctx *ctx, int64_t review_id, const char *note, const char *who);
/* A report that gives no ground to hide. ERR_CONFLICT when there is none. */
CHECKED err review_keep(struct ctx *ctx, int64_t review_id, const char *note, const char *who);

struct review_act {
    enum review_act_kind kind;
    enum review_reason reason;
    const char *note;
    const char *who;
    int64_t at;
};
/* Newest first, up to REVIEW_ACTS_SHOWN. */
CHECKED err review_act_list(struct ctx *ctx, int64_t review_id, struct review_act **acts, size_t *count);

/* Adds up reviews, replies and acts again; calls `report` for each difference. */
CHECKED err review_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);

/* ---- views (docs/views.md) ---- */

/* Into a view: count, average_tenths and average ("4.6"; nil when there are none). */
void review_rating_view(struct ctx *ctx, struct value *view, const struct review_figures *figures);
/* Sets a member, with the rating and each row of stars, and returns it for what else is to stand in it. */
struct value *review_figures_view(struct ctx *ctx, struct value *object, const char *name,
                                  const struct review_figures *figures);
/* Ids of a review's pictures into a list that has room for REVIEW_PICTURES; how many there are. */
size_t review_picture_ids(struct ctx *ctx, const struct review *review, const char **ids);
/* As buyers see it: no hidden words. */
struct value *review_view(struct ctx *ctx, const struct review *review);
/* `reviews` of a product page: figures, the first ones, the address of all. */
CHECKED err review_product_view(struct ctx *ctx, const struct product *product, struct value *view);
