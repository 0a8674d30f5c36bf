/* cart_test.c - what may be put into a cart, who may open it, and what it says of its lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static const struct cart *open_cart(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart;
}

static void lines_are_added_summed_changed_and_removed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1250, 50), code = make_variant(PRODUCT_DIGITAL, 300, 9);
    const char *token = "";
    assert_ok(add_line(work, &token, cup, 2));
    const char *first = token;
    work->now++;
    assert_ok(add_line(work, &token, code, 3));
    assert_ok(add_line(work, &token, cup, 5));
    assert_string_equal(token, first);
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->count, 2);
    assert_int_equal(cart->lines[0].variant->id, cup);
    assert_int_equal(cart->lines[0].quantity, 7);
    assert_int_equal(cart->lines[0].total, 8750);
    assert_int_equal(cart->lines[1].available, 9);
    assert_int_equal(cart->total, 8750 + 900);
    assert_int_equal(cart->item_count, 10);
    assert_true(cart->needs_address);
    assert_false(cart->has_problems);
    assert_ok(change_line(work, token, code, 1));
    assert_ok(change_line(work, token, cup, 0));
    assert_ok(change_line(work, token, cup, 0));
    cart = open_cart(token);
    assert_int_equal(cart->count, 1);
    assert_int_equal(cart->total, 300);
    assert_false(cart->needs_address);
    assert_fails(change_line(work, token, cup, 2), ERR_NOT_FOUND);
    assert_int_equal(open_cart(token)->count, 1);
}

static void every_cart_has_a_token_of_its_own(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *first = make_cart(cup, 1), *second = make_cart(cup, 2);
    assert_string_not_equal(first, second);
    assert_int_equal(open_cart(first)->item_count, 1);
    assert_int_equal(open_cart(second)->item_count, 2);
}

static void what_is_not_offered_cannot_be_added(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *token = NULL;
    assert_fails(add_line(work, &token, 12345, 1), ERR_NOT_FOUND);
    assert_ok(product_change_status(work, product_of(cup), PRODUCT_DRAFT));
    assert_fails(add_line(work, &token, cup, 1), ERR_NOT_FOUND);
    assert_null(token);
    assert_ok(product_change_status(work, product_of(cup), PRODUCT_ACTIVE));
    const struct shop *mine = work->shop;
    work->shop = make_shop();
    assert_fails(add_line(work, &token, cup, 1), ERR_NOT_FOUND);
    assert_int_equal(ask("SELECT count(*) FROM carts WHERE shop_id = $1"), 0);
    work->shop = mine;
}

static void a_line_holds_at_most_999_pieces(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5000);
    const char *token = make_cart(cup, 998);
    assert_ok(add_line(work, &token, cup, 1));
    assert_fails(add_line(work, &token, cup, 1), ERR_LIMIT);
    assert_int_equal(open_cart(token)->item_count, CART_QUANTITY_LIMIT);
    assert_non_null(change_line(work, token, cup, 1000));
    assert_non_null(change_line(work, token, cup, -1));
    assert_int_equal(open_cart(token)->item_count, CART_QUANTITY_LIMIT);
}

struct adding {
    const char *token;
    int64_t variant_id;
    struct outcomes outcomes;
};

static void add_pieces(struct ctx *ctx, int index, void *arg)
{
    struct adding *adding = arg;
    const char *token = adding->token;
    adding->outcomes.codes[index] = code_of(add_line(ctx, &token, adding->variant_id, 150));
}

static void tabs_that_add_at_once_lose_nothing_and_keep_the_limit(void **state)
{
    (void)state;
    struct adding adding = {.variant_id = make_variant(PRODUCT_PHYSICAL, 100, 5000)};
    adding.token = make_cart(adding.variant_id, 99);
    in_threads(add_pieces, &adding);
    assert_int_equal(count_outcomes(&adding.outcomes, ERR_NONE), 6);
    assert_int_equal(count_outcomes(&adding.outcomes, ERR_LIMIT), 2);
    assert_int_equal(open_cart(adding.token)->item_count, 999);
}

static void a_cart_holds_at_most_a_hundred_lines(void **state)
{
    (void)state;
    const char *token = NULL;
    int64_t spare = 0;
    for (int i = 0; i < CART_LINE_LIMIT / GOODS_LIMIT + 1; i++) {
        struct ware wares[GOODS_LIMIT];
        for (size_t j = 0; j < GOODS_LIMIT; j++)
            wares[j] = (struct ware){100, 10};
        struct goods goods = make_goods(PRODUCT_PHYSICAL, wares, GOODS_LIMIT);
        for (int j = 0; j < GOODS_LIMIT; j++) {
            spare = goods.variant_ids[j];
            if (i * GOODS_LIMIT + j < CART_LINE_LIMIT)
                assert_ok(add_line(work, &token, spare, 1));
        }
    }
    assert_fails(add_line(work, &token, spare, 1), ERR_LIMIT);
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->count, CART_LINE_LIMIT);
    assert_int_equal(cart->total, CART_LINE_LIMIT * 100);
    assert_ok(change_line(work, token, cart->lines[7].variant->id, 0));
    assert_ok(add_line(work, &token, spare, 1));
}

static void a_sum_beyond_the_range_of_money_is_refused(void **state)
{
    (void)state;
    int64_t dear = make_variant(PRODUCT_PHYSICAL, INT64_C(9000000000000), 5000),
            cheap = make_variant(PRODUCT_PHYSICAL, INT64_C(9000000000000), 9);
    const char *token = make_cart(dear, 999);
    assert_int_equal(open_cart(token)->total, INT64_C(9000000000000) * 999);
    assert_fails(add_line(work, &token, cheap, 2), ERR_LIMIT);
    assert_int_equal(open_cart(token)->item_count, 999);
}

static void a_token_that_is_not_that_of_the_cart_opens_nothing(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *token = make_cart(cup, 1);
    const char *id = arena_copy(work->arena, token, strcspn(token, "-"));
    char *changed = arena_copy_text(work->arena, token);
    changed[strlen(changed) - 1] = changed[strlen(changed) - 1] == '0' ? '1' : '0';
    const char *const forged[] = {"",
                                  "-",
                                  "x",
                                  "1",
                                  id,
                                  changed,
                                  arena_format(work->arena, "%s-", id),
                                  arena_format(work->arena, "%s-0", id),
                                  arena_format(work->arena, "0%s", strchr(token, '-')),
                                  arena_format(work->arena, "-%s", token),
                                  arena_format(work->arena, "%s0", token),
                                  arena_format(work->arena, "%s' OR 1=1", token),
                                  "9223372036854775808-x",
                                  "00000000000000000000000000000000000000000000000000000000000000001-x"};
    const struct cart *cart;
    for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
        const char *copy = forged[i];
        assert_fails(cart_load(work, forged[i], &cart), ERR_NOT_FOUND);
        assert_fails(change_line(work, forged[i], cup, 5), ERR_NOT_FOUND);
        if (copy[0])
            assert_fails(add_line(work, &copy, cup, 5), ERR_NOT_FOUND);
        assert_ok(cart_find(work, forged[i], &cart));
        assert_int_equal(cart->id, 0);
        assert_int_equal(cart->count, 0);
    }
    assert_fails(cart_load(work, NULL, &cart), ERR_NOT_FOUND);
    assert_ok(cart_find(work, NULL, &cart));
    assert_int_equal(cart->count, 0);
    assert_int_equal(open_cart(token)->item_count, 1);
}

static void a_cart_of_another_shop_is_not_found(void **state)
{
    (void)state;
    const char *token = make_cart(make_variant(PRODUCT_PHYSICAL, 100, 50), 1);
    const struct cart *cart;
    work->shop = make_shop();
    assert_fails(cart_load(work, token, &cart), ERR_NOT_FOUND);
    assert_fails(change_line(work, token, 1, 0), ERR_NOT_FOUND);
    assert_ok(cart_find(work, token, &cart));
    assert_int_equal(cart->id, 0);
}

struct ordering {
    const struct cart *cart;
    int64_t order_id;
};

static err order_in_transaction(struct ctx *ctx, void *arg)
{
    const struct ordering *ordering = arg;
    return cart_check_out(ctx, ordering->cart, ordering->order_id);
}

static err order_cart(const struct cart *cart, int64_t order_id)
{
    return db_transact(work, order_in_transaction, &(struct ordering){cart, order_id});
}

static void an_ordered_cart_is_closed(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *token = make_cart(cup, 1);
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->order_id, 0);
    assert_ok(order_cart(cart, 77));
    assert_fails(order_cart(cart, 78), ERR_CART_CHECKED_OUT);
    assert_fails(add_line(work, &token, cup, 1), ERR_CART_CHECKED_OUT);
    assert_fails(change_line(work, token, cup, 2), ERR_CART_CHECKED_OUT);
    cart = open_cart(token);
    assert_int_equal(cart->order_id, 77);
    assert_int_equal(cart->item_count, 1);
}

static void a_cart_that_changed_since_it_was_read_is_not_ordered(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *token = make_cart(cup, 1);
    const struct cart *cart = open_cart(token);
    assert_ok(change_line(work, token, cup, 2));
    assert_fails(order_cart(cart, 77), ERR_CART_CHECKED_OUT);
    assert_int_equal(open_cart(token)->order_id, 0);
    assert_ok(order_cart(open_cart(token), 77));
}

static void lines_say_what_is_wrong_with_them(void **state)
{
    (void)state;
    struct ware wares[] = {{100, 5}, {100, 5}, {100, 5}, {100, 5}};
    struct goods goods = make_goods(PRODUCT_PHYSICAL, wares, 4);
    int64_t archived = make_variant(PRODUCT_PHYSICAL, 100, 5);
    const char *token = make_cart(goods.variant_ids[0], 5);
    for (int i = 1; i < 4; i++)
        assert_ok(add_line(work, &token, goods.variant_ids[i], 5));
    assert_ok(add_line(work, &token, archived, 5));
    assert_false(open_cart(token)->has_problems);
    assert_ok(stock_count(work, goods.variant_ids[1], goods.product_id, 4, 5, NULL));
    assert_ok(stock_count(work, goods.variant_ids[2], goods.product_id, 0, 5, NULL));
    tamper_of("UPDATE variants SET is_active = 0 WHERE shop_id = $1 AND id = $2", goods.variant_ids[3]);
    assert_ok(product_change_status(work, product_of(archived), PRODUCT_ARCHIVED));
    const struct cart *cart = open_cart(token);
    assert_true(cart->has_problems);
    assert_int_equal(cart->count, 5);
    assert_int_equal(cart->lines[0].problem, LINE_FINE);
    assert_int_equal(cart->lines[1].problem, LINE_TOO_FEW);
    assert_int_equal(cart->lines[1].available, 4);
    assert_int_equal(cart->lines[2].problem, LINE_OUT_OF_STOCK);
    assert_int_equal(cart->lines[3].problem, LINE_OFF_SHELF);
    assert_int_equal(cart->lines[4].problem, LINE_OFF_SHELF);
}

static void what_others_reserved_is_not_available(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 5);
    const char *token = make_cart(cup, 3);
    place_order(cup, 3);
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->lines[0].available, 2);
    assert_int_equal(cart->lines[0].problem, LINE_TOO_FEW);
}

static void sweeping_takes_only_carts_that_nobody_touched(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 100, 50);
    const char *old = make_cart(cup, 1), *touched = make_cart(cup, 2);
    const struct shop *mine = work->shop;
    work->shop = make_shop();
    const char *elsewhere = make_cart(make_variant(PRODUCT_PHYSICAL, 100, 5), 1);
    const struct shop *other = work->shop;
    work->shop = mine;
    const struct cart *cart;
    /* Ids tell the time of the machine's clock, updated_at that of the work. */
    int64_t later = id_time(open_cart(touched)->id) + CART_AGE_MS + DAY_MS;
    later = later > NOON + CART_AGE_MS + DAY_MS ? later : NOON + CART_AGE_MS + DAY_MS;
    work->now = later - HOUR_MS;
    assert_ok(change_line(work, touched, cup, 3));
    work->now = later;
    assert_ok(cart_sweep(work));
    assert_fails(cart_load(work, old, &cart), ERR_NOT_FOUND);
    assert_int_equal(open_cart(touched)->item_count, 3);
    assert_int_equal(ask("SELECT count(*) FROM cart_lines WHERE shop_id = $1"), 1);
    work->shop = other;
    assert_ok(cart_load(work, elsewhere, &cart));
}

/* A product that asks for an account (4 to 12 characters, needed) and a phone number. */
static int64_t make_asking_variant(void)
{
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const struct question questions[] = {
        {.label = "账号", .hint = "", .is_required = true, .shortest = 4, .longest = 12},
        {.label = "手机", .hint = "", .kind = QUESTION_PHONE}};
    const struct tier_draft tiers[] = {{"", 10, 900}};
    assert_ok(product_buying_save(work, &(struct product_buying){.product_id = product_of(variant_id),
                                                                 .min_quantity = 2,
                                                                 .max_quantity = 20,
                                                                 .tiers = tiers,
                                                                 .tier_count = 1,
                                                                 .questions = questions,
                                                                 .question_count = 2}));
    return variant_id;
}

static err add_answered(const char **token, int64_t variant_id, int64_t quantity, const char *account)
{
    const struct given_answer answers[] = {{.question_id = 1, .value = account}};
    const struct cart *cart;
    TRY(cart_add_line(
        work, *token,
        &(struct cart_wish){
            .variant_id = variant_id, .quantity = quantity, .answers = answers, .answer_count = 1},
        &cart));
    *token = cart->token;
    return NULL;
}

static void lines_with_other_answers_stay_apart_and_are_priced_together(void **state)
{
    (void)state;
    int64_t game = make_asking_variant();
    const char *token = NULL;
    assert_field(add_answered(&token, game, 1, "abc"), "answers.0.value");
    assert_field(add_answered(&token, game, 1, "abcdefghijklm"), "answers.0.value");
    assert_field(add_line(work, &token, game, 1), "answers");
    assert_null(token);
    assert_ok(add_answered(&token, game, 4, "fish"));
    assert_ok(add_answered(&token, game, 1, " fish "));
    assert_int_equal(open_cart(token)->lines[0].unit_price, 1000);
    assert_ok(add_answered(&token, game, 5, "lynx"));
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->count, 2);
    assert_int_equal(cart->total, 9000);
    assert_false(cart->has_problems);
    for (size_t i = 0; i < cart->count; i++) {
        assert_int_equal(cart->lines[i].quantity, 5);
        assert_int_equal(cart->lines[i].seen_price, cart->lines[i].unit_price);
    }
    const struct cart *after;
    assert_ok(cart_change_line(work, token, game, cart->lines[0].answers_key, 1, &after));
    assert_int_equal(after->total, 6000);
    assert_ok(cart_change_line(work, token, game, cart->lines[1].answers_key, 0, &after));
    cart = open_cart(token);
    assert_int_equal(cart->count, 1);
    assert_int_equal(cart->lines[0].seen_price, 1000);
    assert_int_equal(cart->lines[0].problem, LINE_BELOW_LEAST);
    assert_int_equal(cart->lines[0].bound, 2);
    assert_false(column_contains("SELECT answers FROM cart_lines WHERE shop_id = $1", "fish"));
    assert_false(column_contains("SELECT answers FROM cart_lines WHERE shop_id = $1", "lynx"));
}

static void questions_that_changed_are_answered_anew(void **state)
{
    (void)state;
    int64_t game = make_asking_variant();
    const char *token = NULL;
    assert_ok(add_answered(&token, game, 2, "fish"));
    assert_int_equal(open_cart(token)->lines[0].problem, LINE_FINE);
    struct product_buying buying;
    assert_ok(product_buying_load(work, product_of(game), &buying));
    assert_int_equal(buying.question_count, 2);
    struct question asked[] = {buying.questions[0], {.label = "区服", .hint = "", .is_required = true}};
    buying.questions = asked;
    assert_ok(product_buying_save(work, &buying));
    assert_int_equal(open_cart(token)->lines[0].problem, LINE_UNANSWERED);
    assert_fails(product_buying_save(work, &buying), ERR_CONFLICT);
    assert_ok(product_buying_load(work, product_of(game), &buying));
    /* The number of a question that is gone is not given away again. */
    assert_int_equal(buying.questions[1].id, 3);
}

static void stock_is_that_of_all_lines_of_a_variant(void **state)
{
    (void)state;
    int64_t game = make_asking_variant();
    tamper_of("UPDATE stock SET on_hand = 5 WHERE shop_id = $1 AND variant_id = $2", game);
    const char *token = NULL;
    assert_ok(add_answered(&token, game, 3, "fish"));
    assert_ok(add_answered(&token, game, 3, "lynx"));
    const struct cart *cart = open_cart(token);
    assert_int_equal(cart->lines[0].problem, LINE_TOO_FEW);
    assert_int_equal(cart->lines[1].problem, LINE_TOO_FEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(lines_are_added_summed_changed_and_removed),
        SENTENCE(every_cart_has_a_token_of_its_own),
        SENTENCE(what_is_not_offered_cannot_be_added),
        SENTENCE(a_line_holds_at_most_999_pieces),
        SENTENCE(tabs_that_add_at_once_lose_nothing_and_keep_the_limit),
        SENTENCE(a_cart_holds_at_most_a_hundred_lines),
        SENTENCE(a_sum_beyond_the_range_of_money_is_refused),
        SENTENCE(a_token_that_is_not_that_of_the_cart_opens_nothing),
        SENTENCE(a_cart_of_another_shop_is_not_found),
        SENTENCE(an_ordered_cart_is_closed),
        SENTENCE(a_cart_that_changed_since_it_was_read_is_not_ordered),
        SENTENCE(lines_say_what_is_wrong_with_them),
        SENTENCE(what_others_reserved_is_not_available),
        SENTENCE(lines_with_other_answers_stay_apart_and_are_priced_together),
        SENTENCE(questions_that_changed_are_answered_anew),
        SENTENCE(stock_is_that_of_all_lines_of_a_variant),
        SENTENCE(sweeping_takes_only_carts_that_nobody_touched),
    };
    return RUN_SENTENCES(tests);
}
