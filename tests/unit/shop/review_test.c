/* review_test.c - who may review, once; figures that add up; what hiding takes and what it leaves. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/review/review.h"
#include "shop/shipping/shipping.h"
#include "unit.h"

static struct order *bought(int64_t variant_id)
{
    struct order *order = place_order(variant_id, 1);
    pay_order(order);
    return load_order(order->id);
}

static struct order *shipped(int64_t variant_id)
{
    struct order *order = bought(variant_id);
    assert_ok(order_ship(work, order, "sf", "SF1234567890123"));
    return load_order(order->id);
}

static err write(struct order *order, int64_t stars, const char *body, const struct review **review)
{
    struct review_draft draft = {.line_no = 1, .stars = stars, .body = body};
    return review_write(work, order, &draft, review);
}

static const struct review *written(int64_t variant_id, int64_t stars, const char *body)
{
    const struct review *review;
    assert_ok(write(shipped(variant_id), stars, body, &review));
    return review;
}

static const struct review *again(int64_t review_id)
{
    const struct review *review;
    assert_ok(review_load(work, review_id, &review));
    return review;
}

static struct review_figures figures_of(int64_t product_id)
{
    struct review_figures figures;
    assert_ok(review_figures_many(work, &product_id, 1, &figures));
    return figures;
}

static void averages_are_whole_tenths_rounded_half_up(void **state)
{
    (void)state;
    struct review_figures figures = {0};
    assert_int_equal(review_average_tenths(&figures), 0);
    figures.stars[4] = 1;
    assert_int_equal(review_average_tenths(&figures), 50);
    figures.stars[3] = 3; /* 17 / 4 = 4.25 */
    assert_int_equal(review_average_tenths(&figures), 43);
    figures = (struct review_figures){.stars = {2, 0, 0, 0, 1}}; /* 7 / 3 = 2.33 */
    assert_int_equal(review_average_tenths(&figures), 23);
    assert_int_equal(review_count(&figures), 3);
}

static void only_what_was_paid_and_went_out_is_reviewed(void **state)
{
    (void)state;
    const struct review *review;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    struct order *unpaid = place_order(variant_id, 1);
    assert_fails(write(unpaid, 5, "好", &review), ERR_INVALID_TRANSITION);
    struct order *paid = bought(variant_id);
    assert_fails(write(paid, 5, "好", &review), ERR_INVALID_TRANSITION);
    struct order *out = shipped(variant_id);
    struct review_draft elsewhere = {.line_no = 2, .stars = 5, .body = ""};
    assert_fails(review_write(work, out, &elsewhere, &review), ERR_NOT_FOUND);
    assert_field(write(out, 0, "", &review), "stars");
    assert_field(write(out, 6, "", &review), "stars");
    char *longer = arena_alloc(work->arena, REVIEW_BODY_LIMIT + 2);
    memset(longer, 'a', REVIEW_BODY_LIMIT + 1);
    assert_field(write(out, 5, longer, &review), "text");
    assert_field(write(out, 5, "a\x01", &review), "text");
    assert_int_equal(ask("SELECT COUNT(*) FROM reviews WHERE shop_id = $1"), 0);
    assert_ok(write(out, 5, "好", &review));
    assert_int_equal(review->product_id, product_of(variant_id));
    assert_int_equal(problems_of(review_check), 0);
}

static void a_line_has_one_review_however_often_it_is_sent(void **state)
{
    (void)state;
    const struct review *first, *second;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    struct order *order = shipped(variant_id);
    assert_ok(write(order, 4, "好", &first));
    assert_ok(write(order, 4, "好", &second));
    assert_int_equal(first->id, second->id);
    assert_fails(write(order, 1, "其实不好", &second), ERR_DUPLICATE);
    assert_int_equal(again(first->id)->stars, 4);
    assert_int_equal(figures_of(first->product_id).stars[3], 1);
    assert_int_equal(problems_of(review_check), 0);
}

struct race {
    const struct order *order;
    struct outcomes outcomes;
};

static void write_at_once(struct ctx *ctx, int index, void *arg)
{
    struct race *race = arg;
    const struct review *review;
    struct review_draft draft = {.line_no = 1, .stars = 1 + index % 5, .body = "同时"};
    race->outcomes.codes[index] = code_of(review_write(ctx, race->order, &draft, &review));
}

static void tabs_that_send_at_once_make_one_review(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    struct race race = {.order = shipped(variant_id)};
    in_threads(write_at_once, &race);
    int fine = count_outcomes(&race.outcomes, ERR_NONE);
    assert_true(fine >= 1 && fine <= 2); /* two of the eight gave the same stars */
    assert_int_equal(fine + count_outcomes(&race.outcomes, ERR_DUPLICATE), THREADS);
    assert_int_equal(ask("SELECT COUNT(*) FROM reviews WHERE shop_id = $1"), 1);
    struct review_figures figures = figures_of(product_of(variant_id));
    assert_int_equal(review_count(&figures), 1);
    assert_int_equal(problems_of(review_check), 0);
}

static void something_is_added_once_and_in_time(void **state)
{
    (void)state;
    const struct review *review;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    struct order *order = shipped(variant_id);
    assert_fails(review_follow(work, order, 1, "更好"), ERR_NOT_FOUND);
    assert_ok(write(order, 5, "", &review));
    assert_int_equal(figures_of(review->product_id).worded, 0);
    assert_field(review_follow(work, order, 1, " "), "text");
    int64_t now = work->now;
    work->now += REVIEW_FOLLOW_MS + 1;
    assert_fails(review_follow(work, order, 1, "太晚"), ERR_GONE);
    work->now = now + REVIEW_FOLLOW_MS;
    assert_ok(review_follow(work, order, 1, "半年后还好"));
    assert_ok(review_follow(work, order, 1, "半年后还好"));
    assert_fails(review_follow(work, order, 1, "再加一句"), ERR_DUPLICATE);
    work->now = now;
    assert_string_equal(again(review->id)->follow_body, "半年后还好");
    assert_int_equal(figures_of(review->product_id).worded, 1);
    assert_int_equal(problems_of(review_check), 0);
}

static void a_reply_is_changed_with_its_past_kept(void **state)
{
    (void)state;
    struct review_reply_text *replies;
    size_t count;
    const struct review *review = written(make_variant(PRODUCT_PHYSICAL, 1000, 10), 2, "慢");
    assert_field(review_reply(work, review->id, 0, ""), "text");
    assert_ok(review_reply(work, review->id, 0, "抱歉"));
    assert_ok(review_reply(work, review->id, 0, "抱歉")); /* sent twice */
    assert_fails(review_reply(work, review->id, 0, "没看见别人已回"), ERR_CONFLICT);
    assert_ok(review_reply(work, review->id, 1, "抱歉，已补偿"));
    assert_string_equal(again(review->id)->reply, "抱歉，已补偿");
    assert_ok(review_reply_list(work, review->id, &replies, &count));
    assert_int_equal(count, 2);
    assert_string_equal(replies[1].body, "抱歉");
    assert_int_equal(problems_of(review_check), 0);
}

static void hiding_takes_the_words_and_leaves_the_stars(void **state)
{
    (void)state;
    const struct review *review = written(make_variant(PRODUCT_PHYSICAL, 1000, 10), 1, "某某的电话是 138…");
    assert_field(review_hide(work, review->id, REVIEW_PRIVACY, "", "审核员"), "note");
    assert_field(review_hide(work, review->id, REVIEW_PRIVACY, "电话", " "), "who");
    assert_field(review_hide(work, review->id, REVIEW_NO_REASON, "差评", "审核员"), "reason");
    assert_ok(review_report(work, review->id, REVIEW_PRIVACY, "有电话", "店主"));
    assert_fails(review_report(work, review->id, REVIEW_PRIVACY, "有电话", "店主"), ERR_DUPLICATE);
    assert_ok(review_hide(work, review->id, REVIEW_PRIVACY, "公开了电话", "审核员"));
    assert_fails(review_hide(work, review->id, REVIEW_PRIVACY, "公开了电话", "审核员"), ERR_CONFLICT);
    struct review_figures figures = figures_of(review->product_id);
    assert_int_equal(figures.stars[0], 1);
    assert_int_equal(figures.worded, 0);
    assert_int_equal(figures.hidden, 1);
    const struct value *view = review_view(work, again(review->id));
    assert_null(value_find_text(view, "text"));
    assert_string_equal(value_find_text(view, "hidden_reason"), "privacy");
    assert_int_equal(again(review->id)->reported_at, 0);
    assert_int_equal(problems_of(review_check), 0);
    assert_ok(review_show(work, review->id, "已打码", "审核员"));
    assert_fails(review_show(work, review->id, "已打码", "审核员"), ERR_CONFLICT);
    assert_int_equal(figures_of(review->product_id).worded, 1);
    struct review_act *acts;
    size_t count;
    assert_ok(review_act_list(work, review->id, &acts, &count));
    assert_int_equal(count, 3);
    assert_int_equal(acts[0].kind, REVIEW_SHOWN);
    assert_int_equal(acts[2].kind, REVIEW_REPORTED);
    assert_int_equal(problems_of(review_check), 0);
}

static void stars_of_a_made_up_sale_do_not_count(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 10);
    const struct review *honest = written(variant_id, 3, "还行");
    const struct review *bought_one = written(variant_id, 5, "好");
    assert_int_equal(honest->product_id, bought_one->product_id);
    assert_ok(review_hide(work, bought_one->id, REVIEW_FABRICATED, "刷单", "审核员"));
    struct review_figures figures = figures_of(honest->product_id);
    assert_int_equal(review_count(&figures), 1);
    assert_int_equal(review_average_tenths(&figures), 30);
    assert_int_equal(problems_of(review_check), 0);
    assert_ok(review_show(work, bought_one->id, "查明为真", "审核员"));
    figures = figures_of(honest->product_id);
    assert_int_equal(review_average_tenths(&figures), 40);
    assert_int_equal(problems_of(review_check), 0);
}

static void lists_go_on_behind_their_cursor(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 20);
    static const char *const bodies[] = {
        "", "短", "", "这一条写得很长，长到超过三十个字，所以它排在短的那些前面，因为更有用。", "短"};
    for (size_t i = 0; i < 5; i++)
        (void)written(variant_id, 1 + (int64_t)i, bodies[i]);
    struct review_query query = {.product_id = product_of(variant_id), .sort = REVIEW_USEFUL, .limit = 2};
    struct review *reviews;
    size_t count;
    int64_t seen = 0, order = 0;
    for (query.cursor = ""; seen < 5; query.cursor = review_cursor(work, &reviews[count - 1])) {
        assert_ok(review_list(work, &query, &reviews, &count));
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++)
            order = order * 10 + reviews[i].stars;
        seen += (int64_t)count;
    }
    assert_int_equal(order, 45231);
    query = (struct review_query){.product_id = query.product_id, .sort = REVIEW_NEWEST, .limit = 10};
    query.is_worded = true;
    assert_ok(review_list(work, &query, &reviews, &count));
    assert_int_equal(count, 3);
    assert_int_equal(reviews[0].stars, 5);
    query.stars = 4;
    assert_ok(review_list(work, &query, &reviews, &count));
    assert_int_equal(count, 1);
    query.cursor = "elsewhere";
    assert_fails(review_list(work, &query, &reviews, &count), ERR_BAD_REQUEST);
    struct review_shop_query all = {.stars = 5, .state = REVIEW_UNANSWERED, .limit = 10};
    assert_ok(review_list_shop(work, &all, &reviews, &count));
    assert_int_equal(count, 1);
}

struct voting {
    int64_t review_id;
    atomic_int fine;
};

/* Everybody three times, half of them on the same device. */
static void vote_at_once(struct ctx *ctx, int index, void *arg)
{
    struct voting *voting = arg;
    const char *voter =
        index % 2 ? "device one-for-all" : arena_format(ctx->arena, "device number %d", index);
    const struct review *review;
    for (int i = 0; i < 3; i++) {
        err failure = review_vote(ctx, voting->review_id, voter, &review);
        assert_ok(failure);
        atomic_fetch_add(&voting->fine, 1);
    }
}

static void votes_count_once_for_each_voter(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 1000, 100);
    const struct review *plain = written(variant_id, 5, "好用"), *silent = written(variant_id, 4, ""), *seen;
    struct voting voting = {.review_id = plain->id};
    in_threads(vote_at_once, &voting);
    int64_t voters = atomic_load(&voting.fine) / 3 / 2 + 1;
    assert_int_equal(again(plain->id)->votes, voters);
    assert_int_equal(problems_of(review_check), 0);
    assert_fails(review_vote(work, silent->id, "device x", &seen), ERR_CONFLICT);
    assert_fails(review_vote(work, 4711, "device x", &seen), ERR_NOT_FOUND);
    assert_ok(review_hide(work, plain->id, REVIEW_PRIVACY, "电话", "审核"));
    assert_int_equal(again(plain->id)->votes, 0);
    assert_fails(review_vote(work, plain->id, "device x", &seen), ERR_CONFLICT);
    assert_ok(review_show(work, plain->id, "申诉成立", "审核"));
    assert_int_equal(again(plain->id)->votes, voters);
    assert_int_equal(problems_of(review_check), 0);
    tamper("UPDATE reviews SET votes = votes + 1 WHERE shop_id = $1 AND votes > 0");
    assert_int_equal(problems_of(review_check), 1);
}

static void the_check_sees_what_was_changed_behind_its_back(void **state)
{
    (void)state;
    const struct review *review = written(make_variant(PRODUCT_PHYSICAL, 1000, 10), 5, "好");
    assert_int_equal(problems_of(review_check), 0);
    tamper("UPDATE product_reviews SET stars_5 = stars_5 + 9 WHERE shop_id = $1");
    assert_int_equal(problems_of(review_check), 1);
    tamper("UPDATE product_reviews SET stars_5 = stars_5 - 9 WHERE shop_id = $1");
    tamper_of("UPDATE reviews SET hidden_reason = 2, weight = 0 WHERE shop_id = $1 AND id = $2", review->id);
    assert_true(problems_of(review_check) >= 2);
    tamper_of("UPDATE reviews SET hidden_reason = 0, weight = 1 WHERE shop_id = $1 AND id = $2", review->id);
    tamper_of("UPDATE reviews SET reply_no = 1 WHERE shop_id = $1 AND id = $2", review->id);
    assert_int_equal(problems_of(review_check), 1);
    tamper_of("UPDATE reviews SET reply_no = 0, body = '' WHERE shop_id = $1 AND id = $2", review->id);
    assert_int_equal(problems_of(review_check), 1);
}

static void names_are_masked(void **state)
{
    (void)state;
    struct order order = {.address = {.name = "欧阳修", .phone = "", .region = "", .line = ""},
                          .contact = {.phone = "13812345678", .email = ""}};
    assert_string_equal(review_author(work, &order), "欧**");
    order.address.name = "";
    assert_string_equal(review_author(work, &order), "1***8");
    order.contact.email = "lin@example.com";
    assert_string_equal(review_author(work, &order), "l***n");
    order.contact.email = "li@example.com";
    assert_string_equal(review_author(work, &order), "***");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(averages_are_whole_tenths_rounded_half_up),
        SENTENCE(only_what_was_paid_and_went_out_is_reviewed),
        SENTENCE(a_line_has_one_review_however_often_it_is_sent),
        SENTENCE(tabs_that_send_at_once_make_one_review),
        SENTENCE(something_is_added_once_and_in_time),
        SENTENCE(a_reply_is_changed_with_its_past_kept),
        SENTENCE(hiding_takes_the_words_and_leaves_the_stars),
        SENTENCE(stars_of_a_made_up_sale_do_not_count),
        SENTENCE(lists_go_on_behind_their_cursor),
        SENTENCE(votes_count_once_for_each_voter),
        SENTENCE(the_check_sees_what_was_changed_behind_its_back),
        SENTENCE(names_are_masked),
    };
    return RUN_SENTENCES(tests);
}
