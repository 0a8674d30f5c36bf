/* price_plan_test.c - prices that begin at a time and end at one. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/pricing/pricing.h"
#include "unit.h"

static struct price_plan_line lines[GOODS_LIMIT];

/* Of the only line of a plan: what the variant costs from `from` on, until `until` (0 = it stays). */
static struct price_plan draft(int64_t variant_id, int64_t price, int64_t from, int64_t until)
{
    lines[0] = (struct price_plan_line){.variant_id = variant_id, .price = price};
    return (struct price_plan){.product_id = product_of(variant_id),
                               .starts_at = from,
                               .ends_at = until,
                               .compare = PLAN_COMPARE_KEEP,
                               .compare_note = "",
                               .lines = lines,
                               .line_count = 1};
}

static int64_t plan(int64_t variant_id, int64_t price, int64_t from, int64_t until)
{
    struct price_plan made = draft(variant_id, price, from, until);
    assert_ok(price_plan_create(work, &made));
    return made.id;
}

static int64_t price_of(int64_t variant_id)
{
    return ask_of("SELECT price FROM variants WHERE shop_id = $1 AND id = $2", variant_id);
}

static int64_t status_of(int64_t plan_id)
{
    struct price_plan *loaded;
    assert_ok(price_plan_load(work, plan_id, &loaded));
    return loaded->status;
}

static err change_in_transaction(struct ctx *ctx, void *arg)
{
    const struct variant_price *price = arg;
    return variant_prices_change(ctx, product_of(price->variant_id), price, 1, "saved");
}

static void change_by_hand(int64_t variant_id, int64_t price)
{
    struct variant_price one = {variant_id, price, 0, COMPARE_OWN, ""};
    assert_ok(db_transact(work, change_in_transaction, &one));
}

static void wait_until(int64_t at)
{
    work->now = at;
    run_jobs();
}

static void a_price_begins_at_its_time_and_stays(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t versions = ask("SELECT COUNT(*) FROM product_versions WHERE shop_id = $1");
    int64_t made = plan(id, 1500, then + HOUR_MS, 0);
    wait_until(then + HOUR_MS - 1);
    assert_int_equal(price_of(id), 1000);
    wait_until(then + HOUR_MS);
    assert_int_equal(price_of(id), 1500);
    assert_int_equal(status_of(made), PLAN_OVER);
    assert_int_equal(ask_of("SELECT price_min FROM products WHERE shop_id = $1 AND id = $2", product_of(id)),
                     1500);
    assert_int_equal(
        ask_of("SELECT COUNT(*) FROM price_changes WHERE shop_id = $1 AND variant_id = $2 AND price = 1500",
               id),
        1);
    assert_string_equal(
        ask_text(
            "SELECT cause FROM product_versions WHERE shop_id = $1 ORDER BY version DESC, at DESC LIMIT 1"),
        "planned");
    int64_t after = ask("SELECT COUNT(*) FROM product_versions WHERE shop_id = $1");
    assert_true(after > versions);
    wait_until(then + 2 * HOUR_MS);
    assert_int_equal(ask("SELECT COUNT(*) FROM product_versions WHERE shop_id = $1"), after);
    assert_int_equal(problems_of(price_plan_check), 0);
    work->now = then;
}

static void the_former_price_comes_back_at_the_end(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t made = plan(id, 800, then + HOUR_MS, then + 2 * HOUR_MS);
    wait_until(then + HOUR_MS);
    assert_int_equal(price_of(id), 800);
    assert_int_equal(status_of(made), PLAN_RUNNING);
    assert_int_equal(problems_of(price_plan_check), 0);
    wait_until(then + 2 * HOUR_MS);
    assert_int_equal(price_of(id), 1000);
    assert_int_equal(status_of(made), PLAN_OVER);
    assert_int_equal(ask("SELECT COUNT(*) FROM jobs WHERE shop_id = $1 AND kind = 'price.turn'"), 0);
    work->now = then;
}

static void what_is_changed_by_hand_meanwhile_stays(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t made = plan(id, 800, then + HOUR_MS, then + 2 * HOUR_MS);
    change_by_hand(id, 1200);
    wait_until(then + HOUR_MS);
    assert_int_equal(price_of(id), 800);
    change_by_hand(id, 700);
    wait_until(then + 2 * HOUR_MS);
    assert_int_equal(price_of(id), 700);
    struct price_plan *loaded;
    assert_ok(price_plan_load(work, made, &loaded));
    assert_true(loaded->lines[0].is_kept);
    assert_int_equal(loaded->lines[0].was_price, 1200);
    work->now = then;
}

static void late_jobs_run_at_once_and_what_is_wholly_over_is_missed(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t over = plan(id, 800, then + HOUR_MS, then + 2 * HOUR_MS);
    int64_t stays = plan(id, 900, then + 3 * HOUR_MS, 0);
    int64_t runs = plan(id, 600, then + 4 * HOUR_MS, then + 9 * HOUR_MS);
    wait_until(then + 5 * HOUR_MS);
    assert_int_equal(status_of(over), PLAN_MISSED);
    assert_int_equal(status_of(stays), PLAN_OVER);
    assert_int_equal(status_of(runs), PLAN_RUNNING);
    assert_int_equal(price_of(id), 600);
    wait_until(then + 9 * HOUR_MS);
    assert_int_equal(price_of(id), 900);
    work->now = then;
}

static void one_ends_as_the_next_begins(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    (void)plan(id, 700, then + 2 * HOUR_MS, then + 3 * HOUR_MS);
    (void)plan(id, 800, then + HOUR_MS, then + 2 * HOUR_MS);
    wait_until(then + HOUR_MS);
    wait_until(then + 2 * HOUR_MS);
    assert_int_equal(price_of(id), 700);
    wait_until(then + 3 * HOUR_MS);
    assert_int_equal(price_of(id), 1000);
    work->now = then;
}

static void nonsense_is_refused_with_its_field(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t other = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    struct price_plan bad = draft(id, 800, then, 0);
    assert_field(price_plan_create(work, &bad), "starts_at");
    bad = draft(id, 800, 0, 0);
    assert_field(price_plan_create(work, &bad), "starts_at");
    bad = draft(id, 800, then + HOUR_MS, then + HOUR_MS);
    assert_field(price_plan_create(work, &bad), "ends_at");
    bad = draft(id, 800, then + 800 * DAY_MS, 0);
    assert_field(price_plan_create(work, &bad), "starts_at");
    bad = draft(id, 0, then + HOUR_MS, 0);
    assert_field(price_plan_create(work, &bad), "prices.0.price");
    bad = draft(id, 800, then + HOUR_MS, 0);
    lines[0].variant_id = other;
    assert_field(price_plan_create(work, &bad), "prices.0.variant");
    bad = draft(id, 800, then + HOUR_MS, 0);
    bad.line_count = 0;
    assert_field(price_plan_create(work, &bad), "prices");
    bad = draft(id, 800, then + HOUR_MS, 0);
    bad.compare = PLAN_COMPARE_EXPLAINED;
    assert_field(price_plan_create(work, &bad), "compare");
    lines[0].compare_price = 900;
    assert_field(price_plan_create(work, &bad), "compare_note");
    bad.compare = PLAN_COMPARE_OWN;
    assert_field(price_plan_create(work, &bad), "prices.0.compare_price");
    lines[0].compare_price = 800;
    assert_field(price_plan_create(work, &bad), "prices.0.compare_price");
    assert_int_equal(ask("SELECT COUNT(*) FROM price_plans WHERE shop_id = $1"), 0);
}

static void plans_of_a_variant_never_meet(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    (void)plan(id, 800, then + 2 * HOUR_MS, then + 4 * HOUR_MS);
    static const int64_t meeting[][2] = {{1, 3}, {3, 0}, {2, 0}, {3, 5}, {1, 9}};
    for (size_t i = 0; i < sizeof meeting / sizeof *meeting; i++) {
        struct price_plan bad = draft(id, 700, then + meeting[i][0] * HOUR_MS,
                                      meeting[i][1] ? then + meeting[i][1] * HOUR_MS : 0);
        assert_field(price_plan_create(work, &bad), "starts_at");
    }
    (void)plan(id, 700, then + HOUR_MS, then + 2 * HOUR_MS);
    (void)plan(id, 700, then + 4 * HOUR_MS, 0);
    assert_int_equal(problems_of(price_plan_check), 0);
    tamper("UPDATE price_plans SET starts_at = starts_at - 1 WHERE shop_id = $1 AND ends_at = 0");
    assert_int_equal(problems_of(price_plan_check), 1);
}

static void cancelling_and_changing_can_be_undone(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t first = plan(id, 800, then + HOUR_MS, 0);
    assert_ok(price_plan_cancel(work, first));
    assert_fails(price_plan_cancel(work, first), ERR_CONFLICT);
    assert_ok(price_plan_undo(work, first));
    assert_fails(price_plan_undo(work, first), ERR_CONFLICT);
    struct price_plan next = draft(id, 700, then + HOUR_MS, 0);
    next.replaces_id = first;
    assert_ok(price_plan_create(work, &next));
    assert_int_equal(status_of(first), PLAN_REPLACED);
    struct price_plan late = draft(id, 600, then + HOUR_MS, 0);
    late.replaces_id = first;
    assert_field(price_plan_create(work, &late), "starts_at");
    assert_ok(price_plan_undo(work, next.id));
    assert_int_equal(status_of(first), PLAN_TO_COME);
    assert_int_equal(status_of(next.id), PLAN_CANCELLED);
    assert_field(price_plan_undo(work, next.id), "starts_at");
    wait_until(then + HOUR_MS);
    assert_int_equal(price_of(id), 800);
    assert_fails(price_plan_cancel(work, first), ERR_CONFLICT);
    assert_field(price_plan_undo(work, next.id), "starts_at");
    work->now = then;
}

static void a_running_plan_ends_by_hand(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    int64_t made = plan(id, 800, then + HOUR_MS, then + 9 * HOUR_MS);
    assert_fails(price_plan_end(work, made), ERR_CONFLICT);
    wait_until(then + HOUR_MS);
    work->now += MINUTE_MS;
    assert_ok(price_plan_end(work, made));
    assert_int_equal(price_of(id), 1000);
    assert_int_equal(status_of(made), PLAN_OVER);
    assert_fails(price_plan_end(work, made), ERR_CONFLICT);
    work->now = then;
}

static void a_struck_price_comes_and_goes_with_the_plan(void **state)
{
    (void)state;
    int64_t then = work->now, id = make_variant(PRODUCT_PHYSICAL, 1000, 5);
    struct price_plan made = draft(id, 800, then + HOUR_MS, then + 2 * HOUR_MS);
    made.compare = PLAN_COMPARE_EXPLAINED;
    made.compare_note = "厂商建议零售价";
    lines[0].compare_price = 1200;
    assert_ok(price_plan_create(work, &made));
    static const char *const asked = "SELECT compare_price FROM variants WHERE shop_id = $1 AND id = $2";
    wait_until(then + HOUR_MS);
    assert_int_equal(ask_of(asked, id), 1200);
    assert_int_equal(ask_of("SELECT compare_kind FROM variants WHERE shop_id = $1 AND id = $2", id),
                     COMPARE_EXPLAINED);
    wait_until(then + 2 * HOUR_MS);
    assert_int_equal(ask_of(asked, id), 0);
    /* One that is not above the new price is gone meanwhile. */
    tamper_of("UPDATE variants SET compare_price = 1100, compare_kind = 2, compare_note = 'x' WHERE shop_id "
              "= $1 AND id = $2",
              id);
    (void)plan(id, 1500, then + 3 * HOUR_MS, then + 4 * HOUR_MS);
    wait_until(then + 3 * HOUR_MS);
    assert_int_equal(ask_of(asked, id), 0);
    wait_until(then + 4 * HOUR_MS);
    assert_int_equal(ask_of(asked, id), 1100);
    work->now = then;
}

struct rush {
    int64_t variant_id;
    int64_t product_id;
    int64_t from;
    struct outcomes outcomes;
};

static void plan_at_once(struct ctx *ctx, int index, void *arg)
{
    struct rush *rush = arg;
    struct price_plan_line line = {.variant_id = rush->variant_id, .price = 500 + index};
    struct price_plan one = {.product_id = rush->product_id,
                             .starts_at = rush->from,
                             .ends_at = rush->from + HOUR_MS,
                             .compare = PLAN_COMPARE_KEEP,
                             .compare_note = "",
                             .lines = &line,
                             .line_count = 1};
    rush->outcomes.codes[index] = code_of(price_plan_create(ctx, &one));
}

static void of_many_at_once_one_is_planned(void **state)
{
    (void)state;
    struct rush rush = {.variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 5), .from = work->now + HOUR_MS};
    rush.product_id = product_of(rush.variant_id);
    in_threads(plan_at_once, &rush);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_NONE), 1);
    assert_int_equal(count_outcomes(&rush.outcomes, ERR_INVALID), THREADS - 1);
    assert_int_equal(problems_of(price_plan_check), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_price_begins_at_its_time_and_stays),
        SENTENCE(the_former_price_comes_back_at_the_end),
        SENTENCE(what_is_changed_by_hand_meanwhile_stays),
        SENTENCE(late_jobs_run_at_once_and_what_is_wholly_over_is_missed),
        SENTENCE(one_ends_as_the_next_begins),
        SENTENCE(nonsense_is_refused_with_its_field),
        SENTENCE(plans_of_a_variant_never_meet),
        SENTENCE(cancelling_and_changing_can_be_undone),
        SENTENCE(a_running_plan_ends_by_hand),
        SENTENCE(a_struck_price_comes_and_goes_with_the_plan),
        SENTENCE(of_many_at_once_one_is_planned),
    };
    return RUN_SENTENCES(tests);
}
