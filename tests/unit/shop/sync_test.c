/* sync_test.c - devices without network: in whatever order they tell, the cart is the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fixture.h"
#include "shop/cart/cart_account.h"
#include "shop/cart/cart_sync.h"
#include "unit.h"

#define ROUNDS 60
#define DEVICES 3
#define VARIANTS 4
#define OPS 24

/* A small generator of its own (Marsaglia's xorshift), so that a failure can be made again. */
static uint32_t rolled;
static int64_t roll(int64_t bound)
{
    rolled ^= rolled << 13;
    rolled ^= rolled >> 17;
    rolled ^= rolled << 5;
    return rolled % bound;
}

static struct cart_op op_of(int64_t device, int64_t clock, enum cart_op_kind kind, int64_t variant_id,
                            int64_t quantity)
{
    return (struct cart_op){.op_id =
                                arena_format(work->arena, "%lld-%lld", (long long)device, (long long)clock),
                            .device_id = arena_format(work->arena, "device-%lld", (long long)device),
                            .lamport = clock,
                            .kind = kind,
                            .variant_id = variant_id,
                            .quantity = quantity};
}

static struct cart_synced sync_ops(const char **token, const struct cart_op *ops, size_t count)
{
    struct cart_synced synced;
    assert_ok(cart_sync(work, *token, ops, count, &synced));
    *token = synced.cart->token;
    return synced;
}

static int64_t pieces_of(const char *token, int64_t variant_id)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    for (size_t i = 0; i < cart->count; i++)
        if (cart->lines[i].variant->id == variant_id)
            return cart->lines[i].quantity;
    return 0;
}

static void shuffle(struct cart_op *ops, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)roll((int64_t)i);
        struct cart_op kept = ops[i - 1];
        ops[i - 1] = ops[other];
        ops[other] = kept;
    }
}

static void carts_are_equal_in_whatever_order_devices_tell(void **state)
{
    (void)state;
    int64_t variants[VARIANTS];
    for (size_t i = 0; i < VARIANTS; i++)
        variants[i] = make_variant(PRODUCT_PHYSICAL, 100 + (int64_t)i, 5000);
    for (uint32_t round = 1; round <= ROUNDS; round++) {
        struct cart_op ops[OPS];
        const char *first = NULL, *second = NULL;
        int64_t clocks[DEVICES] = {0};
        rolled = round * 2654435761u;
        for (size_t i = 0; i < OPS; i++) {
            int64_t device = roll(DEVICES);
            ops[i] = op_of(device, ++clocks[device], (enum cart_op_kind)roll(3), variants[roll(VARIANTS)],
                           roll(9) + 1);
        }
        sync_ops(&first, ops, OPS);
        shuffle(ops, OPS);
        /* In parts, some of them sent twice. */
        for (size_t start = 0; start < OPS; start += 5)
            sync_ops(&second, ops + start, OPS - start < 7 ? OPS - start : 7);
        for (size_t i = 0; i < VARIANTS; i++)
            assert_int_equal(pieces_of(first, variants[i]), pieces_of(second, variants[i]));
    }
}

static void sets_give_and_adds_add(void **state)
{
    (void)state;
    struct cart_op ops[] = {op_of(1, 5, CART_OP_ADD, 7, 2), op_of(2, 3, CART_OP_SET, 7, 4),
                            op_of(1, 1, CART_OP_ADD, 7, 9)};
    assert_int_equal(cart_ops_quantity(ops, 3), 6);
    struct cart_op removed[] = {op_of(1, 2, CART_OP_REMOVE, 7, 0), op_of(2, 1, CART_OP_ADD, 7, 4)};
    assert_int_equal(cart_ops_quantity(removed, 2), 0);
}

static void telling_again_changes_nothing(void **state)
{
    (void)state;
    const char *token = NULL;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    struct cart_op op = op_of(1, 1, CART_OP_ADD, cup, 3);
    struct cart_synced synced = sync_ops(&token, &op, 1);
    assert_int_equal(synced.lamport, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sync_ops(&token, &op, 1).cart->item_count, 3);
    assert_int_equal(ask("SELECT count(*) FROM cart_ops WHERE shop_id = $1"), 1);
}

static void what_pages_did_meanwhile_is_not_lost(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const char *token = make_cart(cup, 2);
    struct cart_op first = op_of(1, 1, CART_OP_ADD, cup, 3), later = op_of(1, 2, CART_OP_ADD, cup, 1);
    assert_int_equal(sync_ops(&token, &first, 1).cart->item_count, 5);
    assert_ok(change_line(work, token, cup, 9));
    assert_int_equal(sync_ops(&token, &later, 1).cart->item_count, 10);
}

static void what_cannot_be_is_bounded_and_said(void **state)
{
    (void)state;
    const char *token = NULL;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 4), gone = make_variant(PRODUCT_PHYSICAL, 1000, 0);
    struct cart_op ops[] = {op_of(1, 1, CART_OP_SET, cup, 9), op_of(1, 2, CART_OP_ADD, gone, 1),
                            op_of(1, 3, CART_OP_ADD, 12345, 1), op_of(2, 4, CART_OP_ADD, cup, 1)};
    ops[0].seen_price = 900;
    struct cart_synced synced = sync_ops(&token, ops, 4);
    enum cart_adjustment_code codes[] = {ADJUSTED_QUANTITY, ADJUSTED_MERGED, ADJUSTED_UNAVAILABLE,
                                         ADJUSTED_UNAVAILABLE, ADJUSTED_PRICE};
    assert_int_equal(synced.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(synced.adjustments[i].code, codes[i]);
    assert_int_equal(synced.adjustments[0].most, 4);
    assert_int_equal(synced.adjustments[4].old, 900);
    assert_int_equal(synced.adjustments[4].now, 1000);
    assert_int_equal(pieces_of(token, cup), 4);
    /* Sold out goods stay to be seen. */
    assert_int_equal(pieces_of(token, gone), 1);
    tamper_of("UPDATE stock SET on_hand = 20 WHERE shop_id = $1 AND variant_id = $2", cup);
    struct cart_op more = op_of(1, 9, CART_OP_ADD, cup, 1);
    sync_ops(&token, &more, 1);
    assert_int_equal(pieces_of(token, cup), 11);
}

static void a_cart_that_was_ordered_makes_room_for_a_new_one(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const char *token = make_cart(cup, 2), *old = token;
    tamper("UPDATE carts SET order_id = 1 WHERE shop_id = $1");
    struct cart_op op = op_of(1, 1, CART_OP_ADD, cup, 3);
    assert_int_equal(sync_ops(&token, &op, 1).cart->item_count, 3);
    assert_string_not_equal(token, old);
}

/* ---- the cart of an account */

#define BUYER 77

static const char *join_of(int64_t customer_id, const char *guest_token, int64_t last_cart_id)
{
    const char *token;
    assert_ok(cart_join(work, customer_id, guest_token, last_cart_id, &token));
    return token;
}

/* A cart that is the buyer's. */
static const char *own_cart(int64_t variant_id, int64_t quantity)
{
    const char *token = make_cart(variant_id, quantity);
    assert_string_equal(join_of(BUYER, token, 0), token);
    return token;
}

static const struct cart *cart_at(const char *token)
{
    const struct cart *cart;
    assert_ok(cart_load(work, token, &cart));
    return cart;
}

static void two_devices_sum_and_one_device_takes_the_larger(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50), tea = make_variant(PRODUCT_PHYSICAL, 500, 50);
    const char *own = own_cart(cup, 2), *guest = make_cart(cup, 3), *other;
    assert_ok(add_line(work, &guest, tea, 1));
    assert_string_equal(join_of(BUYER, guest, 0), own);
    assert_int_equal(pieces_of(own, cup), 5);
    assert_int_equal(pieces_of(own, tea), 1);
    assert_fails(cart_load(work, guest, &(const struct cart *){NULL}), ERR_NOT_FOUND);
    /* The same browser logged out of it before. */
    other = make_cart(cup, 4);
    assert_string_equal(join_of(BUYER, other, cart_at(own)->id), own);
    assert_int_equal(pieces_of(own, cup), 5);
    /* Its buyer changed it to more meanwhile. */
    other = make_cart(cup, 8);
    join_of(BUYER, other, cart_at(own)->id);
    assert_int_equal(pieces_of(own, cup), 8);
    assert_string_equal(join_of(BUYER, own, 0), own);
    assert_int_equal(pieces_of(own, cup), 8);
}

static void joining_keeps_to_stock_and_limits_and_says_what_was_lost(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 4), few = make_variant(PRODUCT_PHYSICAL, 500, 50);
    int64_t gone = make_variant(PRODUCT_PHYSICAL, 300, 5);
    tamper_of("UPDATE products SET max_quantity = 3 WHERE shop_id = $1 AND id = $2", product_of(few));
    const char *own = own_cart(cup, 3), *guest = make_cart(cup, 3);
    assert_ok(add_line(work, &own, few, 2));
    assert_ok(add_line(work, &guest, few, 3));
    assert_ok(add_line(work, &guest, gone, 2));
    tamper_of("UPDATE stock SET on_hand = 0 WHERE shop_id = $1 AND variant_id = $2", gone);
    tamper_of("UPDATE carts SET coupon = 'NOSUCHCODE' WHERE shop_id = $1 AND id <> $2", cart_at(own)->id);
    join_of(BUYER, guest, 0);
    assert_int_equal(pieces_of(own, cup), 4);
    assert_int_equal(pieces_of(own, few), 3);
    assert_int_equal(pieces_of(own, gone), 2); /* shown as what it is */
    const struct cart *cart = cart_at(own);
    static const char *const said[] = {"merged", "quantity-clamped", "unavailable", "coupon-dropped",
                                       "NOSUCHCODE"};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_non_null(strstr(cart->news, said[i]));
    assert_string_equal(cart->coupon, "");
    /* It blocks nothing: the buyer goes on. */
    assert_ok(change_line(work, own, cup, 1));
    assert_ok(cart_drop_news(work, own, &cart));
    assert_string_equal(cart_at(own)->news, "");
}

static void a_full_cart_takes_what_fits(void **state)
{
    (void)state;
    int64_t tea = make_variant(PRODUCT_PHYSICAL, 500, 50), cup = make_variant(PRODUCT_PHYSICAL, 100, 9);
    const char *own = own_cart(cup, 1), *guest = make_cart(tea, 1);
    for (int i = 1; i < CART_LINE_LIMIT; i++) {
        int64_t next = make_variant(PRODUCT_PHYSICAL, 100, 9);
        assert_ok(add_line(work, &own, next, 1));
    }
    join_of(BUYER, guest, 0);
    assert_int_equal(cart_at(own)->count, CART_LINE_LIMIT);
    assert_int_equal(pieces_of(own, tea), 0);
    assert_non_null(strstr(cart_at(own)->news, "limit-exceeded"));
}

static void an_op_that_is_told_again_after_joining_changes_nothing(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const char *own = own_cart(cup, 2), *guest = NULL;
    struct cart_op ops[] = {op_of(1, 1, CART_OP_ADD, cup, 3), op_of(2, 4, CART_OP_ADD, cup, 1)};
    sync_ops(&guest, ops, 1);
    join_of(BUYER, guest, 0);
    assert_int_equal(pieces_of(own, cup), 5);
    sync_ops(&own, ops, 1);
    assert_int_equal(pieces_of(own, cup), 5);
    sync_ops(&own, ops, 2);
    assert_int_equal(pieces_of(own, cup), 6);
    /* The same device as a guest again: its log tells whose it is. */
    const char *again = NULL;
    struct cart_op later = op_of(1, 9, CART_OP_ADD, cup, 4);
    sync_ops(&again, &later, 1);
    join_of(BUYER, again, 0);
    assert_int_equal(pieces_of(own, cup), 6);
}

static void a_cart_of_another_account_is_not_taken(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const char *own = own_cart(cup, 2);
    assert_string_equal(join_of(BUYER + 1, own, 0), "");
    const char *theirs = make_cart(cup, 1);
    assert_string_equal(join_of(BUYER + 1, theirs, 0), theirs);
    assert_string_equal(join_of(BUYER + 1, own, 0), theirs);
    assert_int_equal(pieces_of(own, cup), 2);
    assert_int_equal(pieces_of(theirs, cup), 1);
    assert_string_equal(join_of(BUYER, "1-nonsense", 0), own);
    assert_string_equal(join_of(BUYER, NULL, 0), own);
}

static void the_next_cart_of_an_account_is_one_on_all_devices(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 50);
    const char *old = own_cart(cup, 2), *found;
    const struct ctx before = *work;
    tamper("UPDATE carts SET order_id = 1 WHERE shop_id = $1");
    work->actor = ACTOR_BUYER;
    work->actor_id = BUYER;
    struct cart_wish wish = {.variant_id = cup, .quantity = 1};
    const struct cart *first, *second;
    assert_ok(cart_add_line_anew(work, old, &wish, &first));
    assert_ok(cart_add_line_anew(work, old, &wish, &second));
    assert_string_equal(first->token, second->token);
    assert_int_equal(second->item_count, 2);
    assert_ok(cart_find_own(work, "", &second));
    assert_string_equal(first->token, second->token);
    work->actor = before.actor;
    work->actor_id = before.actor_id;
    assert_ok(cart_account_token(work, BUYER, &found));
    assert_string_equal(found, first->token);
}

static void join_in_thread(struct ctx *ctx, int index, void *arg)
{
    const char *const *guests = arg, *token;
    assert_null(cart_join(ctx, BUYER, guests[index], 0, &token));
}

static void devices_that_log_in_at_once_lose_nothing(void **state)
{
    (void)state;
    int64_t cup = make_variant(PRODUCT_PHYSICAL, 1000, 500);
    const char *guests[THREADS], *token;
    for (int i = 0; i < THREADS; i++)
        guests[i] = make_cart(cup, 1);
    in_threads(join_in_thread, guests);
    assert_ok(cart_account_token(work, BUYER, &token));
    assert_int_equal(pieces_of(token, cup), THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(carts_are_equal_in_whatever_order_devices_tell),
        SENTENCE(sets_give_and_adds_add),
        SENTENCE(telling_again_changes_nothing),
        SENTENCE(what_pages_did_meanwhile_is_not_lost),
        SENTENCE(what_cannot_be_is_bounded_and_said),
        SENTENCE(a_cart_that_was_ordered_makes_room_for_a_new_one),
        SENTENCE(two_devices_sum_and_one_device_takes_the_larger),
        SENTENCE(joining_keeps_to_stock_and_limits_and_says_what_was_lost),
        SENTENCE(a_full_cart_takes_what_fits),
        SENTENCE(an_op_that_is_told_again_after_joining_changes_nothing),
        SENTENCE(a_cart_of_another_account_is_not_taken),
        SENTENCE(the_next_cart_of_an_account_is_one_on_all_devices),
        SENTENCE(devices_that_log_in_at_once_lose_nothing),
    };
    return RUN_SENTENCES(tests);
}
