/* take_test.c - stock takes: the books follow what was counted, whatever is sold between. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/inventory/inventory_take.h"
#include "unit.h"

static int64_t begin_take(void)
{
    int64_t take_id;
    assert_ok(stock_take_create(work, "年终盘点", LOCATION_HOME, 0, &take_id));
    return take_id;
}

static void count(int64_t take_id, int64_t variant_id, int64_t pieces)
{
    const struct variant *variant;
    assert_ok(variant_load(work, variant_id, &variant));
    assert_ok(stock_take_count(work, take_id, variant, pieces));
}

static struct stock_take *load(int64_t take_id)
{
    struct stock_take *take;
    assert_ok(stock_take_load(work, take_id, &take));
    return take;
}

static void book(int64_t take_id)
{
    assert_ok(stock_take_book(work, take_id));
    run_jobs();
    assert_int_equal(load(take_id)->status, TAKE_BOOKED);
    assert_int_equal(problems_of(stock_check), 0);
}

struct sale {
    struct demand demand;
};

static err sell_in_transaction(struct ctx *ctx, void *arg)
{
    const struct sale *sale = arg;
    TRY(stock_reserve(ctx, 77, &sale->demand, 1));
    return stock_sell(ctx, 77, &sale->demand, 1);
}

static err promise_in_transaction(struct ctx *ctx, void *arg)
{
    const struct sale *sale = arg;
    return stock_reserve(ctx, 78, &sale->demand, 1);
}

static struct sale sale_of(int64_t variant_id, int64_t quantity)
{
    return (struct sale){{.variant_id = variant_id,
                          .product_id = product_of(variant_id),
                          .quantity = quantity,
                          .available = 100}};
}

static void the_books_follow_what_was_counted(void **state)
{
    (void)state;
    int64_t less = make_variant(PRODUCT_PHYSICAL, 1000, 10), more = make_variant(PRODUCT_PHYSICAL, 1000, 5),
            same = make_variant(PRODUCT_PHYSICAL, 1000, 7),
            not_counted = make_variant(PRODUCT_PHYSICAL, 1000, 3);
    int64_t take_id = begin_take();
    count(take_id, less, 8);
    count(take_id, more, 9);
    count(take_id, same, 7);
    struct stock_take *take = load(take_id);
    assert_int_equal(take->lines, 3);
    assert_int_equal(take->differing, 2);
    assert_int_equal(take->more, 4);
    assert_int_equal(take->fewer, 2);
    book(take_id);
    assert_int_equal(stock_of(less).on_hand, 8);
    assert_int_equal(stock_of(more).on_hand, 9);
    assert_int_equal(stock_of(same).on_hand, 7);
    assert_int_equal(stock_of(not_counted).on_hand, 3);
    assert_int_equal(load(take_id)->booked, 3);
    assert_int_equal(ask_of("SELECT COUNT(*) FROM stock_movements WHERE shop_id = $1 AND variant_id = $2"
                            " AND kind = 5 AND reason = '年终盘点'",
                            less),
                     1);
}

/* 10 in the books, 9 there; 4 leave before it is booked. */
static void what_leaves_between_counting_and_booking_stays_right(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10), take_id = begin_take();
    struct sale sale = sale_of(variant_id, 4);
    count(take_id, variant_id, 9);
    assert_ok(db_transact(work, sell_in_transaction, &sale));
    book(take_id);
    assert_int_equal(stock_of(variant_id).on_hand, 5);
}

static void a_difference_that_is_promised_by_now_stays_behind(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10),
            other = make_variant(PRODUCT_PHYSICAL, 1000, 4), take_id = begin_take();
    struct sale promise = sale_of(variant_id, 9);
    count(take_id, variant_id, 5);
    count(take_id, other, 1);
    assert_ok(db_transact(work, promise_in_transaction, &promise));
    book(take_id);
    assert_int_equal(stock_of(variant_id).on_hand, 10);
    assert_int_equal(stock_of(other).on_hand, 1);
    struct stock_take *take = load(take_id);
    assert_int_equal(take->stuck, 1);
    assert_int_equal(take->booked, 1);
    struct take_line *lines;
    size_t line_count;
    assert_ok(stock_take_lines(work, take_id, TAKE_STUCK, 0, TAKE_PAGE_LIMIT, &lines, &line_count));
    assert_int_equal(line_count, 1);
    assert_true(lines[0].variant_id == variant_id);
}

static void counting_again_takes_the_place_of_the_former(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10), take_id = begin_take();
    struct sale sale = sale_of(variant_id, 1);
    struct take_line *line;
    count(take_id, variant_id, 3);
    count(take_id, variant_id, 3);
    assert_int_equal(load(take_id)->lines, 1);
    assert_ok(db_transact(work, sell_in_transaction, &sale));
    count(take_id, variant_id, 9);
    assert_ok(stock_take_find_line(work, take_id, variant_id, &line));
    assert_int_equal(line->book, 9);
    assert_int_equal(line->counted, 9);
    assert_ok(stock_take_forget(work, take_id, variant_id));
    assert_ok(stock_take_forget(work, take_id, variant_id));
    assert_ok(stock_take_find_line(work, take_id, variant_id, &line));
    assert_null(line);
}

static void what_was_not_counted_is_listed(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10),
            other = make_variant(PRODUCT_PHYSICAL, 1000, 2), take_id = begin_take();
    struct take_line *lines;
    size_t line_count;
    make_variant(PRODUCT_PHYSICAL, 1000, 0);
    count(take_id, variant_id, 10);
    int64_t next;
    assert_ok(stock_take_uncounted(work, load(take_id), 0, TAKE_PAGE_LIMIT, &lines, &line_count, &next));
    assert_int_equal(next, 0);
    assert_int_equal(line_count, 1);
    assert_true(lines[0].variant_id == other);
    assert_int_equal(lines[0].book, 2);
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10), take_id, ignored;
    assert_field(stock_take_create(work, "", LOCATION_HOME, 0, &ignored), "name");
    assert_field(stock_take_create(work, "盘点", 12345, 0, &ignored), "location");
    assert_field(stock_take_create(work, "盘点", LOCATION_HOME, 4711, &ignored), "category");
    const struct variant *variant;
    assert_ok(variant_load(work, variant_id, &variant));
    take_id = begin_take();
    assert_field(stock_take_count(work, take_id, variant, -1), "counted");
    assert_fails(stock_take_count(work, 4711, variant, 1), ERR_NOT_FOUND);
    assert_ok(stock_take_cancel(work, take_id));
    assert_fails(stock_take_count(work, take_id, variant, 1), ERR_CONFLICT);
    assert_fails(stock_take_book(work, take_id), ERR_CONFLICT);
    assert_fails(stock_take_cancel(work, take_id), ERR_CONFLICT);
    for (int i = 0; i < TAKE_OPEN_LIMIT; i++)
        begin_take();
    assert_fails(stock_take_create(work, "一个太多", LOCATION_HOME, 0, &ignored), ERR_LIMIT);
}

struct costing {
    int64_t variant_id;
    int64_t cost;
};

static err cost_in_transaction(struct ctx *ctx, void *arg)
{
    const struct costing *costing = arg;
    return db_execute(ctx, "UPDATE variants SET cost = $3 WHERE shop_id = $1 AND id = $2",
                      db_int(ctx->shop->id), db_int(costing->variant_id), db_int(costing->cost));
}

static void set_cost(int64_t variant_id, int64_t cost)
{
    assert_ok(db_transact(work, cost_in_transaction, &(struct costing){variant_id, cost}));
}

static void differences_are_worth_their_cost_of_when_they_were_counted(void **state)
{
    (void)state;
    int64_t dear = make_variant(PRODUCT_PHYSICAL, 1000, 10), cheap = make_variant(PRODUCT_PHYSICAL, 1000, 10),
            free_one = make_variant(PRODUCT_PHYSICAL, 1000, 10),
            unknown = make_variant(PRODUCT_PHYSICAL, 1000, 10),
            huge = make_variant(PRODUCT_PHYSICAL, 1000, 10), take_id = begin_take();
    set_cost(dear, 700);
    set_cost(cheap, 30);
    set_cost(free_one, 0);
    set_cost(huge, INT64_C(9000000000000));
    count(take_id, dear, 8);
    count(take_id, cheap, 15);
    count(take_id, free_one, 1);
    count(take_id, unknown, 9);
    count(take_id, huge, TAKE_COUNT_MOST); /* no sum of such lines runs over */
    struct stock_take *take = load(take_id);
    assert_true(take->worth_fewer == 1400);
    assert_true(take->worth_more == 150);
    assert_int_equal(take->worthless, 2);
    set_cost(dear, 1);
    assert_true(load(take_id)->worth_fewer == 1400);
    count(take_id, dear, 8);
    assert_true(load(take_id)->worth_fewer == 2);
    struct take_line *line;
    int64_t worth;
    assert_ok(stock_take_find_line(work, take_id, cheap, &line));
    assert_true(take_line_worth(line, &worth) && worth == 150);
    assert_ok(stock_take_find_line(work, take_id, huge, &line));
    assert_false(take_line_worth(line, &worth));
    assert_ok(stock_take_find_line(work, take_id, unknown, &line));
    assert_false(take_line_worth(line, &worth));
}

/* A page of one: each comes once, whatever product it is of, and nothing of other categories does. */
static void a_category_is_gone_through_page_by_page(void **state)
{
    (void)state;
    int64_t inside[5], take_id, after = 0;
    const struct product *product;
    size_t seen = 0;
    for (size_t i = 0; i < 5; i++)
        inside[i] = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    assert_ok(product_load(work, product_of(inside[0]), &product));
    assert_ok(stock_take_create(work, "一类", LOCATION_HOME, product->category_id, &take_id));
    count(take_id, inside[2], 10);
    do {
        struct take_line *lines;
        size_t line_count;
        assert_ok(stock_take_uncounted(work, load(take_id), after, 1, &lines, &line_count, &after));
        seen += line_count;
        assert_true(line_count == 0 || lines[0].variant_id != inside[2]);
    } while (after);
    assert_int_equal(seen, 4);
}

struct rush {
    int64_t take_id;
    int64_t variant_id;
    int64_t product_id;
    atomic_int sold;
};

/* Half of them sell a piece each, some count on, one books: nothing is lost. */
static void rush_along(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    struct sale sale = {{rush->variant_id, rush->product_id, 1, 100, NULL, 0}};
    err failure = NULL;
    if (index % 2 == 0)
        failure = db_transact(ctx, sell_in_transaction, &sale);
    else if (index == 1)
        failure = stock_take_book(ctx, rush->take_id);
    if (index % 2 == 0 && !failure)
        atomic_fetch_add(&rush->sold, 1);
    assert_ok(failure);
}

static void booking_while_buyers_buy_loses_nothing(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 100);
    struct rush rush = {
        .take_id = begin_take(), .variant_id = variant_id, .product_id = product_of(variant_id)};
    count(rush.take_id, variant_id, 97);
    in_threads(rush_along, &rush);
    run_jobs();
    assert_int_equal(load(rush.take_id)->status, TAKE_BOOKED);
    assert_int_equal(stock_of(variant_id).on_hand, 97 - atomic_load(&rush.sold));
    assert_int_equal(problems_of(stock_check), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_books_follow_what_was_counted),
        SENTENCE(what_leaves_between_counting_and_booking_stays_right),
        SENTENCE(a_difference_that_is_promised_by_now_stays_behind),
        SENTENCE(counting_again_takes_the_place_of_the_former),
        SENTENCE(what_was_not_counted_is_listed),
        SENTENCE(what_is_wrong_is_refused),
        SENTENCE(differences_are_worth_their_cost_of_when_they_were_counted),
        SENTENCE(a_category_is_gone_through_page_by_page),
        SENTENCE(booking_while_buyers_buy_loses_nothing),
    };
    return RUN_SENTENCES(tests);
}
