/* inventory_take.h - a stock take: people count what is in one location, and the books follow.
 *
 * Each count keeps what the books said at that moment. What is booked is the difference of the two, so that
 * goods which left or came between counting and booking are counted neither twice nor not at all. What was
 * not counted stays as it is. A line whose difference cannot be booked any more, since more is promised by
 * now than would be left, stays behind as stuck: it is counted again in another take. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory_level.h"

#define TAKE_OPEN_LIMIT 20
#define TAKE_LIST_LIMIT 50
#define TAKE_LINE_LIMIT 20000
#define TAKE_PAGE_LIMIT 100
#define TAKE_COUNT_MOST INT64_C(1000000000)
/* In code points. */
#define TAKE_NAME_LIMIT 40
/* What the difference of one line may be worth, in minor units; more than that is not added up. */
#define TAKE_WORTH_MOST INT64_C(400000000000000)

enum take_status { TAKE_OPEN = 1, TAKE_BOOKING, TAKE_BOOKED, TAKE_CANCELLED };
enum take_line_state { TAKE_LINE_COUNTED, TAKE_LINE_BOOKED, TAKE_LINE_STUCK };
/* "open", "booking", "booked", "cancelled" by enum. */
extern const char *const take_status_names[];
/* "counted", "booked", "stuck" by enum. */
extern const char *const take_line_state_names[];

struct stock_take {
    int64_t id;
    int64_t location_id;
    int64_t category_id; /* with all below it; 0 = of everything */
    const char *name;
    enum take_status status;
    int64_t created_by; /* a person of the staff */
    int64_t changed_at; /* of the status */
    int64_t lines;      /* variants that were counted */
    int64_t differing;  /* of these, other than in the books */
    int64_t booked;
    int64_t stuck;
    int64_t more; /* pieces found that the books did not have */
    int64_t fewer;
    /* What that costs at cost price, in minor units, without lines that are stuck. */
    int64_t worth_more;
    int64_t worth_fewer;
    int64_t worthless; /* differing lines whose cost nobody said, or that are worth too much: left out */
};

struct take_line {
    int64_t variant_id;
    int64_t product_id;
    int64_t counted;
    int64_t book; /* on hand when it was counted */
    int64_t counted_at;
    int64_t counted_by;
    enum take_line_state state;
    int64_t cost; /* of one piece when it was counted; COST_UNKNOWN */
};
/* What the difference of a line costs, fewer pieces being negative; false when that is not known. */
bool take_line_worth(const struct take_line *line, int64_t *worth);

/* Begins one, of a category or of everything (0); only staff. ERR_INVALID at "name", "location" or
 * "category"; ERR_LIMIT with TAKE_OPEN_LIMIT open ones. */
CHECKED err stock_take_create(struct ctx *ctx, const char *name, int64_t location_id, int64_t category_id,
                              int64_t *take_id);
/* The newest, up to TAKE_LIST_LIMIT. */
CHECKED err stock_take_list(struct ctx *ctx, struct stock_take **takes, size_t *count);
/* ERR_NOT_FOUND. */
CHECKED err stock_take_load(struct ctx *ctx, int64_t take_id, struct stock_take **take);

/* Says how many are there; the same again changes nothing, another number takes the place of the former, with
 * what the books say now, and what the variant costs. ERR_INVALID at "counted", or at "variant_id" when it is
 * of another category; ERR_CONFLICT when the take is not open; ERR_LIMIT with TAKE_LINE_LIMIT lines. */
CHECKED err stock_take_count(struct ctx *ctx, int64_t take_id, const struct variant *variant,
                             int64_t counted);
/* The variant was not counted after all. ERR_CONFLICT as above; harmless when there is no such line. */
CHECKED err stock_take_forget(struct ctx *ctx, int64_t take_id, int64_t variant_id);
/* The line of one variant; NULL when it was not counted. */
CHECKED err stock_take_find_line(struct ctx *ctx, int64_t take_id, int64_t variant_id,
                                 struct take_line **line);

enum take_filter { TAKE_ALL, TAKE_DIFFERING, TAKE_STUCK };
/* By variant, behind `after` (0 = from the first); up to `limit`, at most TAKE_PAGE_LIMIT + 1. */
CHECKED err stock_take_lines(struct ctx *ctx, int64_t take_id, enum take_filter filter, int64_t after,
                             int limit, struct take_line **lines, size_t *count);
/* Variants of which the location has some by the books, and that were not counted, up to `limit`
 * (TAKE_PAGE_LIMIT): by variant, of a category by product and variant, behind the variant `after` (0 = from
 * the first). *next: behind what goes on, 0 when nothing does; of a category a page may be short, or empty,
 * and go on. Those that have codes are among them. */
CHECKED err stock_take_uncounted(struct ctx *ctx, const struct stock_take *take, int64_t after, int limit,
                                 struct take_line **lines, size_t *count, int64_t *next);

/* The books follow what was counted: a job goes line by line, each booked once whatever happens between.
 * ERR_CONFLICT when the take is not open. */
CHECKED err stock_take_book(struct ctx *ctx, int64_t take_id);
/* Nothing of it is booked. ERR_CONFLICT when the take is not open. */
CHECKED err stock_take_cancel(struct ctx *ctx, int64_t take_id);

extern const struct job_kind inventory_take_job_kinds[];
