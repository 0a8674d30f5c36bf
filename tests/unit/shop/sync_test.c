/* sync_test.c - devices without network: in whatever order they tell, the cart is the same. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(carts_are_equal_in_whatever_order_devices_tell),
        SENTENCE(sets_give_and_adds_add),
        SENTENCE(telling_again_changes_nothing),
        SENTENCE(what_pages_did_meanwhile_is_not_lost),
        SENTENCE(what_cannot_be_is_bounded_and_said),
        SENTENCE(a_cart_that_was_ordered_makes_room_for_a_new_one),
    };
    return RUN_SENTENCES(tests);
}
