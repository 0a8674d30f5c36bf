/* level_test.c - stock by location and state under random acts, and under many at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

#define STEPS 600
#define VARIANTS 3
#define LOCATIONS 3
#define ORDERS 12

/* A small generator of our own: a failing run is the same again. */
static uint64_t state_of_chance = 47;
static int64_t chance(int64_t below)
{
    state_of_chance = state_of_chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int64_t)((state_of_chance >> 33) % (uint64_t)below);
}

struct wish {
    err (*act)(struct ctx *ctx, int64_t order_id, const struct demand *demands, size_t count);
    int64_t order_id;
    const struct demand *demands;
    size_t count;
};

static err act_in_transaction(struct ctx *ctx, void *arg)
{
    const struct wish *wish = arg;
    return wish->act(ctx, wish->order_id, wish->demands, wish->count);
}

static err wish_for(struct ctx *ctx, const struct wish *wish)
{
    struct wish copy = *wish;
    return db_transact(ctx, act_in_transaction, &copy);
}

/* What makes the shop of this test one with several locations. */
static struct shop *make_locations(int64_t ids[LOCATIONS])
{
    static const char *const names[] = {"总仓", "门店", "代发"};
    struct shop *shop = arena_alloc(work->arena, sizeof *shop);
    ids[0] = LOCATION_HOME;
    for (int i = 1; i < LOCATIONS; i++) {
        struct stock_location location = {.name = names[i], .address = "", .priority = i + 1};
        assert_ok(location_create(work, &location, names[0]));
        ids[i] = location.id;
        *shop = *work->shop;
        shop->has_locations = true;
        work->shop = shop;
    }
    work->now = id_time(ids[LOCATIONS - 1]) + LOCATION_SETTLING_MS;
    return shop;
}

static err do_act(int64_t variant_id, enum stock_act act, int64_t at, int64_t to, int64_t quantity)
{
    struct stock_doing doing = {act, variant_id, product_of(variant_id), at, to, quantity, "test"};
    return stock_do(work, &doing);
}

static void assert_refused_or_fine(err failure)
{
    if (failure)
        assert_true(failure->code == ERR_INVALID || failure->code == ERR_CONFLICT ||
                    failure->code == ERR_OUT_OF_STOCK);
}

struct model {
    int64_t variants[VARIANTS];
    int64_t locations[LOCATIONS];
    int64_t held[ORDERS][VARIANTS]; /* what an order was promised and still waits for */
};

static size_t demands_of(struct model *model, int order, struct demand *demands)
{
    size_t count = 0;
    for (int i = 0; i < VARIANTS; i++)
        if (model->held[order][i] > 0)
            demands[count++] = (struct demand){.variant_id = model->variants[i],
                                               .product_id = product_of(model->variants[i]),
                                               .quantity = model->held[order][i],
                                               .available = 100};
    return demand_gather(demands, count);
}

static void step_of_order(struct model *model, int order)
{
    struct demand demands[VARIANTS];
    struct wish wish = {.order_id = 1000 + order, .demands = demands};
    bool is_new = demands_of(model, order, demands) == 0;
    int64_t wanted[VARIANTS] = {0};
    if (is_new)
        for (int i = 0; i < VARIANTS; i++)
            model->held[order][i] = wanted[i] = chance(4);
    wish.act = is_new ? stock_reserve : chance(2) ? stock_release : stock_sell;
    wish.count = demands_of(model, order, demands);
    if (wish.count == 0)
        return;
    err failure = wish_for(work, &wish);
    if (is_new ? failure != NULL : failure == NULL)
        memset(model->held[order], 0, sizeof model->held[order]);
    if (is_new)
        assert_true(!failure || failure->code == ERR_OUT_OF_STOCK);
    else
        assert_ok(failure);
}

static void step_of_staff(struct model *model)
{
    int64_t variant_id = model->variants[chance(VARIANTS)];
    enum stock_act act = (enum stock_act)chance(ACT_TRANSFER + 1);
    assert_refused_or_fine(do_act(variant_id, act, model->locations[chance(LOCATIONS)],
                                  model->locations[chance(LOCATIONS)], 1 + chance(6)));
    if (chance(10) > 0)
        return;
    struct stock stock = stock_of(variant_id);
    assert_refused_or_fine(
        stock_count(work, variant_id, product_of(variant_id), chance(30), stock.on_hand, ""));
}

/* Σ movements = level is what the check looks at; that nothing is below 0, and what orders hold, here. */
static void assert_model(struct model *model)
{
    assert_int_equal(ask("SELECT count(*) FROM stock WHERE shop_id = $1 AND (on_hand < 0 OR reserved < 0 OR"
                         " damaged < 0 OR qc < 0 OR safety < 0 OR incoming < 0"
                         " OR reserved + damaged + qc + safety > on_hand)"),
                     0);
    for (int i = 0; i < VARIANTS; i++) {
        int64_t held = 0;
        for (int order = 0; order < ORDERS; order++)
            held += model->held[order][i];
        assert_int_equal(stock_of(model->variants[i]).reserved, held);
    }
    assert_int_equal(problems_of(stock_check), 0);
}

static void random_acts_keep_every_level_and_its_movements_equal(void **state)
{
    (void)state;
    struct model model = {0};
    for (int i = 0; i < VARIANTS; i++)
        model.variants[i] = make_variant(PRODUCT_PHYSICAL, 100, 10);
    make_locations(model.locations);
    for (int step = 0; step < STEPS; step++) {
        if (chance(2))
            step_of_order(&model, (int)chance(ORDERS));
        else
            step_of_staff(&model);
        if (step % 20 == 0)
            assert_model(&model);
    }
    assert_model(&model);
    assert_true(ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND location_id <> 1") > 20);
    assert_true(ask("SELECT count(*) FROM stock_movements WHERE shop_id = $1 AND kind = 3") > 5);
}

static int64_t free_at(int64_t variant_id, int64_t location_id)
{
    struct stock_level_row *levels;
    size_t count;
    assert_ok(level_list(work, variant_id, &levels, &count));
    for (size_t i = 0; i < count; i++)
        if (levels[i].location_id == location_id)
            return level_available(&levels[i]);
    return 0;
}

static void an_order_comes_whole_from_one_location_where_that_goes(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 9), lid = make_variant(PRODUCT_PHYSICAL, 100, 9);
    int64_t places[LOCATIONS];
    make_locations(places);
    assert_ok(do_act(cup, ACT_TRANSFER, places[0], places[1], 4));
    assert_ok(do_act(lid, ACT_TRANSFER, places[0], places[1], 7));
    struct demand demands[] = {{cup, product_of(cup), 3, 9, NULL, 0}, {lid, product_of(lid), 3, 9, NULL, 0}};
    /* home has cups, but too few lids: the second has both */
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 1, demands, 2}));
    assert_int_equal(free_at(cup, places[0]), 5);
    assert_int_equal(free_at(cup, places[1]), 1);
    assert_int_equal(free_at(lid, places[1]), 4);
    /* nobody has both: each from the first that has it */
    demands[1].quantity = 4;
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 2, demands, 2}));
    assert_int_equal(free_at(cup, places[0]), 2);
    assert_int_equal(free_at(lid, places[1]), 0);
    /* and at last from two; one more than all is nothing at all */
    struct demand last = {cup, product_of(cup), 4, 9, NULL, 0};
    assert_fails(wish_for(work, &(struct wish){stock_reserve, 3, &last, 1}), ERR_OUT_OF_STOCK);
    last.quantity = 3;
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 3, &last, 1}));
    assert_int_equal(free_at(cup, places[0]) + free_at(cup, places[1]), 0);
    assert_ok(wish_for(work, &(struct wish){stock_sell, 3, &last, 1}));
    assert_int_equal(stock_of(cup).on_hand, 6);
    assert_int_equal(problems_of(stock_check), 0);
}

static void want_three(struct ctx *ctx, int index, void *arg)
{
    struct outcomes *outcomes = arg;
    struct demand demand = {outcomes->ids[0], outcomes->ids[1], 3, 100, NULL, 0};
    outcomes->codes[index] = code_of(wish_for(ctx, &(struct wish){stock_reserve, 100 + index, &demand, 1}));
}

static void eight_who_want_three_of_ten_in_two_locations_get_nine(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 10), places[LOCATIONS];
    make_locations(places);
    assert_ok(do_act(cup, ACT_TRANSFER, places[0], places[2], 5));
    struct outcomes outcomes = {.ids = {cup, product_of(cup)}};
    in_threads(want_three, &outcomes);
    assert_int_equal(count_outcomes(&outcomes, ERR_NONE), 3);
    assert_int_equal(count_outcomes(&outcomes, ERR_OUT_OF_STOCK), THREADS - 3);
    assert_int_equal(stock_of(cup).reserved, 9);
    assert_int_equal(problems_of(stock_check), 0);
}

static void what_was_ordered_ahead_stays_when_no_more_may_be(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 2);
    struct demand demand = {cup, product_of(cup), 5, 2, NULL, 0};
    assert_fails(wish_for(work, &(struct wish){stock_reserve, 1, &demand, 1}), ERR_OUT_OF_STOCK);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 3, "周五"));
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 1, &demand, 1}));
    struct stock stock = stock_of(cup);
    assert_int_equal(stock_available(&stock), -3);
    assert_int_equal(stock_orderable(&stock), 0);
    assert_ok(stock_allow_backorder(work, cup, product_of(cup), 0, ""));
    assert_ok(do_act(cup, ACT_RECEIVE, LOCATION_HOME, 0, 2));
    demand.quantity = 1;
    assert_fails(wish_for(work, &(struct wish){stock_reserve, 2, &demand, 1}), ERR_OUT_OF_STOCK);
    assert_ok(do_act(cup, ACT_RECEIVE, LOCATION_HOME, 0, 2));
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 2, &demand, 1}));
    demand.quantity = 5;
    assert_ok(wish_for(work, &(struct wish){stock_sell, 1, &demand, 1}));
    assert_int_equal(problems_of(stock_check), 0);
}

static void the_check_finds_each_state_and_a_lost_promise(void **state)
{
    (void)state;
    static const char *const changes[] = {
        "UPDATE stock SET damaged = damaged + 1 WHERE shop_id = $1 AND location_id = 1",
        "UPDATE stock SET qc = qc + 1 WHERE shop_id = $1 AND location_id = 1",
        "UPDATE stock SET safety = safety + 1 WHERE shop_id = $1 AND location_id = 1",
        "UPDATE stock SET incoming = incoming + 1 WHERE shop_id = $1 AND location_id = 1",
    };
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 20), places[LOCATIONS];
    make_locations(places);
    assert_ok(do_act(cup, ACT_TRANSFER, places[0], places[1], 10));
    struct demand demand = {cup, product_of(cup), 10, 20, NULL, 0};
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 1, &demand, 1}));
    struct demand more = {cup, product_of(cup), 2, 20, NULL, 0};
    assert_ok(wish_for(work, &(struct wish){stock_reserve, 2, &more, 1}));
    assert_int_equal(problems_of(stock_check), 0);
    tamper("UPDATE stock_promises SET quantity = quantity + 1 WHERE shop_id = $1");
    assert_int_equal(problems_of(stock_check), 1);
    tamper("UPDATE stock_promises SET quantity = quantity - 1 WHERE shop_id = $1");
    tamper("UPDATE stock SET reserved = 2 WHERE shop_id = $1 AND location_id = 1");
    int before = problems_of(stock_check);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        tamper(changes[i]);
    assert_true(problems_of(stock_check) >= before);
    assert_true(problems_of(stock_check) >= 1);
}

static void movements_are_read_in_pages_newest_first(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 1), other = make_variant(PRODUCT_PHYSICAL, 100, 1);
    for (int i = 0; i < 5; i++) {
        assert_ok(do_act(cup, ACT_RECEIVE, LOCATION_HOME, 0, i + 1));
        assert_ok(do_act(other, ACT_RECEIVE, LOCATION_HOME, 0, 1));
    }
    struct movement_query query = {.variant_id = cup, .limit = 4};
    struct stock_movement *movements;
    size_t count;
    int64_t next_id;
    assert_ok(movement_list(work, &query, &movements, &count, &next_id));
    assert_int_equal(count, 4);
    assert_int_equal(movements[0].on_hand, 5);
    assert_int_equal(next_id, movements[3].id);
    query.before_id = next_id;
    assert_ok(movement_list(work, &query, &movements, &count, &next_id));
    assert_int_equal(count, 2);
    assert_int_equal(movements[1].on_hand, 1);
    assert_int_equal(next_id, 0);
    query = (struct movement_query){.variant_id = cup, .kind = MOVEMENT_SALE, .limit = 4};
    assert_ok(movement_list(work, &query, &movements, &count, &next_id));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(random_acts_keep_every_level_and_its_movements_equal),
        SENTENCE(an_order_comes_whole_from_one_location_where_that_goes),
        SENTENCE(eight_who_want_three_of_ten_in_two_locations_get_nine),
        SENTENCE(what_was_ordered_ahead_stays_when_no_more_may_be),
        SENTENCE(the_check_finds_each_state_and_a_lost_promise),
        SENTENCE(movements_are_read_in_pages_newest_first),
    };
    return RUN_SENTENCES(tests);
}
