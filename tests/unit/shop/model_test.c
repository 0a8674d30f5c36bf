/* model_test.c - two buyers, a piece or two, and everything that can happen to them in any order.
 *
 * Breadth first over the real functions: a world is a shop of its own in which a path of steps was taken
 * anew; worlds that look alike (the sign of what matters) are walked on from once. After each step the
 * promise is held against it: money that came has its goods, or is on its way back, and never both; stock
 * never goes below nothing; a step that was refused left no trace. Each new world also passes the checks that
 * `yundian check` makes: events give the states again, the ledger balances. YUNDIAN_MODEL_DEPTH walks
 * further. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "shop/payment/payment.h"
#include "shop/payment/payment_jobs.h"
#include "shop/pricing/pricing.h"
#include "shop/shipping/shipping.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>

#define ORDERS 2
#define PRICE 2 /* of a piece: a free refund of 1 is half of it */
#define PATH_LIMIT 16
#define SIGN_LIMIT 512
#define WORLD_LIMIT 60000
#define REFUND_LIMIT 32
#define ACTIONS (STEP_COUNT * ORDERS)

enum step {
    STEP_PLACE,
    STEP_PAY,        /* the bank took the money and says so; again = the same notification twice */
    STEP_PAY_OTHER,  /* the same through another company: paid twice, or late */
    STEP_PAY_UNTOLD, /* the bank took the money, and its notification is lost */
    STEP_PAY_WRONG,  /* another amount */
    STEP_EXPIRE,
    STEP_CANCEL_BUYER,
    STEP_CANCEL_STAFF,
    STEP_REFUND_PIECE,
    STEP_REFUND_LINE,
    STEP_REFUND_BACK, /* a piece that came back */
    STEP_REFUND_FREE,
    STEP_SEND, /* what was promised back goes */
    STEP_SHIP,
    STEP_RECEIVE,
    STEP_COUNT,
};

static const char *const step_names[] = {
    [STEP_PLACE] = "place",
    [STEP_PAY] = "pay",
    [STEP_PAY_OTHER] = "pay elsewhere",
    [STEP_PAY_UNTOLD] = "pay untold",
    [STEP_PAY_WRONG] = "pay another amount",
    [STEP_EXPIRE] = "expire",
    [STEP_CANCEL_BUYER] = "buyer cancels",
    [STEP_CANCEL_STAFF] = "staff cancel",
    [STEP_REFUND_PIECE] = "refund a piece",
    [STEP_REFUND_LINE] = "refund the line",
    [STEP_REFUND_BACK] = "refund a piece that came back",
    [STEP_REFUND_FREE] = "refund freely",
    [STEP_SEND] = "send refunds",
    [STEP_SHIP] = "ship",
    [STEP_RECEIVE] = "receive",
};

struct setting {
    const char *name;
    enum product_kind kind;
    int64_t stock;              /* pieces, or codes */
    int64_t quantities[ORDERS]; /* 0 = no such order */
    int depth;
};

struct path {
    unsigned char steps[PATH_LIMIT]; /* step * ORDERS + order */
    int count;
};

/* The world that stands now. */
static struct world {
    const struct setting *setting;
    int64_t variant_id;
    int64_t order_ids[ORDERS];
    struct payment_fact facts[ORDERS][2]; /* of the bank, and of the other company */
    int steps;
} world;

static struct explored {
    struct path paths[WORLD_LIMIT];
    char *signs[WORLD_LIMIT];
    size_t count;
    int64_t taken, refused, replays;
} * seen;

/* ---- one step ---- */

static err place(int at)
{
    const char *token = NULL;
    const struct payment_attempt *attempt;
    struct order *order;
    static const char *const companies[] = {BANK, "toy"};
    if (world.order_ids[at] || world.setting->quantities[at] == 0)
        return fail_with(work, ERR_INVALID_TRANSITION, "placed once");
    TRY(add_line(work, &token, world.variant_id, world.setting->quantities[at]));
    struct checkout checkout = checkout_of(token);
    TRY(checkout_place(work, &checkout, &order));
    world.order_ids[at] = order->id;
    for (size_t i = 0; i < 2; i++) {
        assert_ok(payment_start(work, order, companies[i], "https://shop.example", &attempt));
        world.facts[at][i] = bank_fact(attempt);
        world.facts[at][i].gateway = companies[i];
    }
    return NULL;
}

static err pay(int at, int company)
{
    struct payment_fact fact = world.facts[at][company];
    bank_pay(fact.attempt_number);
    return payment_apply_fact(work, &fact);
}

static err pay_wrong(int at)
{
    struct payment_fact fact = world.facts[at][0];
    fact.provider_number = arena_format(work->arena, "X%s", fact.attempt_number);
    fact.amount++;
    return payment_apply_fact(work, &fact);
}

static err refund(int at, int64_t quantity, enum goods_back back, int64_t amount)
{
    struct refund_pick pick = {1, quantity, back};
    struct refund_wish wish = {
        .picks = &pick, .count = 1, .amount = amount, .location_id = LOCATION_HOME, .reason = "退"};
    int64_t refund_id;
    return payment_refund_wish(work, load_order(world.order_ids[at]), &wish, &refund_id);
}

static err send_refunds(int at)
{
    struct refund *refunds;
    size_t count, sent = 0;
    TRY(refund_list(work, world.order_ids[at], &refunds, &count));
    for (size_t i = 0; i < count; i++)
        if (refunds[i].status == REFUND_PENDING) {
            TRY(payment_send_refund(work, refunds[i].id));
            sent++;
        }
    return sent > 0 ? NULL : fail_with(work, ERR_INVALID_TRANSITION, "nothing to send");
}

static err take_step(enum step step, int at)
{
    int64_t order_id = world.order_ids[at];
    work->now++;
    if (step == STEP_PLACE)
        return place(at);
    if (!order_id)
        return fail_with(work, ERR_NOT_FOUND, "not placed yet");
    switch (step) {
    case STEP_PAY:
        return pay(at, 0);
    case STEP_PAY_OTHER:
        return pay(at, 1);
    case STEP_PAY_UNTOLD:
        bank_pay(world.facts[at][0].attempt_number);
        return NULL;
    case STEP_PAY_WRONG:
        return pay_wrong(at);
    case STEP_EXPIRE:
        return order_close_unpaid(work, order_id, "expired", "");
    case STEP_CANCEL_BUYER:
        return order_close_unpaid(work, order_id, "cancelled", "");
    case STEP_CANCEL_STAFF:
        return order_cancel(work, load_order(order_id), CANCEL_BUYER_ASKED, "");
    case STEP_REFUND_PIECE:
        return refund(at, 1, BACK_NOT, 0);
    case STEP_REFUND_LINE:
        return refund(at, world.setting->quantities[at], BACK_NOT, 0);
    case STEP_REFUND_BACK:
        return refund(at, 1, BACK_SELLABLE, 0);
    case STEP_REFUND_FREE:
        return refund(at, 0, BACK_NOT, 1);
    case STEP_SEND:
        return send_refunds(at);
    case STEP_SHIP:
        return order_ship(work, load_order(order_id), "sf", "SF1");
    case STEP_RECEIVE:
        return order_receive(work, load_order(order_id));
    case STEP_PLACE:
    case STEP_COUNT:
        break;
    }
    abort();
}

/* ---- what a world looks like ---- */

static int64_t count_of(const char *sql, int64_t order_id)
{
    return ask_of(sql, order_id);
}

static void sign_order(struct text_buf *text, int at)
{
    struct db_rows *rows;
    int64_t order_id = world.order_ids[at];
    text_add_format(text, "|%" PRId64, world.setting->quantities[at]);
    if (!order_id)
        return;
    const struct order *order = load_order(order_id);
    const struct order_line *line = order->lines;
    text_add_format(text, ":%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64,
                    order_state_digits(order->state), order->paid, order->refunded, line->fulfilled,
                    line->refunded, line->withdrawn, line->returned);
    assert_ok(db_query(work, &rows,
                       "SELECT gateway, status, refunded FROM payment_attempts WHERE shop_id = $1"
                       " AND order_id = $2 ORDER BY gateway",
                       db_int(work->shop->id), db_int(order_id)));
    while (db_next(rows))
        text_add_format(text, ";%" PRId64 ".%" PRId64, db_get_int(rows, 1), db_get_int(rows, 2));
    assert_ok(db_query(
        work, &rows,
        "SELECT status, CAST(SUM(amount) AS BIGINT) FROM refunds WHERE shop_id = $1 AND order_id = $2"
        " GROUP BY status ORDER BY status",
        db_int(work->shop->id), db_int(order_id)));
    while (db_next(rows))
        text_add_format(text, ";r%" PRId64 ".%" PRId64, db_get_int(rows, 0), db_get_int(rows, 1));
    text_add_format(text, ";f%" PRId64,
                    count_of("SELECT COUNT(*) FROM payment_facts f JOIN payment_attempts a ON a.shop_id ="
                             " f.shop_id AND a.number = f.attempt_number WHERE f.shop_id = $1"
                             " AND f.kind = 1 AND a.order_id = $2",
                             order_id));
    for (int i = 0; i < bank.trade_count; i++)
        if (text_is(bank.trades[i].attempt_number, world.facts[at][0].attempt_number))
            text_add_format(text, ";b%d", bank.trades[i].is_paid);
}

/* Two buyers who want as much are the same in either order. */
static const char *sign(void)
{
    struct text_buf parts[ORDERS], text;
    struct stock stock = stock_of(world.variant_id);
    for (int at = 0; at < ORDERS; at++) {
        text_open(&parts[at], work->arena, SIGN_LIMIT);
        sign_order(&parts[at], at);
    }
    bool is_swapped = strcmp(text_of(&parts[0]), text_of(&parts[1])) > 0;
    text_open(&text, work->arena, SIGN_LIMIT * 2);
    text_add_format(&text, "%" PRId64 "/%" PRId64 "/%" PRId64 "%s%s", stock.on_hand, stock.reserved,
                    stock.aside, text_of(&parts[is_swapped]), text_of(&parts[!is_swapped]));
    return text_of(&text);
}

/* ---- what must hold ---- */

static void tell_path(const struct path *path)
{
    print_error("%s:", world.setting->name);
    for (int i = 0; i < path->count; i++)
        print_error(" %d %s;", path->steps[i] % ORDERS + 1, step_names[path->steps[i] / ORDERS]);
    print_error("\n%s\n", sign());
}

#define HOLDS(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            tell_path(path);                                                                                 \
            fail_msg("%s", #condition);                                                                      \
        }                                                                                                    \
    } while (0)

static int64_t promised_back(int64_t order_id, const char *status)
{
    const char *sql =
        text_is(status, "paid")
            ? "SELECT CAST(COALESCE(SUM(refunded), 0) AS BIGINT) FROM payment_attempts WHERE shop_id = $1"
              " AND order_id = $2 AND status = 2"
            : "SELECT CAST(COALESCE(SUM(amount - refunded), 0) AS BIGINT) FROM payment_attempts"
              " WHERE shop_id = $1 AND order_id = $2 AND status = 5";
    return ask_of(sql, order_id);
}

static void hold_order(const struct path *path, const struct order *order)
{
    const struct order_line *line = order->lines;
    int64_t back = promised_back(order->id, "paid"), kept = line->quantity - line->refunded;
    HOLDS(promised_back(order->id, "surplus") == 0); /* paid twice goes back as a whole */
    HOLDS(back <= order->paid && order->refunded <= back);
    HOLDS(line->withdrawn + line->fulfilled <= line->quantity);
    HOLDS(order->paid == 0 || order->paid == order->total);
    if (order->paid == 0) {
        HOLDS(back == 0 && line->fulfilled == 0 && line->refunded == 0);
        HOLDS(order->state.order == ORDER_PENDING_PAYMENT || order->state.order == ORDER_CLOSED);
        return;
    }
    HOLDS(order->state.order != ORDER_PENDING_PAYMENT);
    /* No goods, no money kept; and pieces whose money was kept are held, or were sent. */
    if (order->state.order == ORDER_CLOSED)
        HOLDS(back == order->paid && line->fulfilled == 0);
    else if (order_line_left(line) > 0)
        HOLDS(order->state.order == ORDER_OPEN);
    HOLDS(back >= PRICE * line->refunded);
    if (order->state.order != ORDER_CLOSED)
        HOLDS(line->fulfilled + order_line_left(line) >= kept);
    /* The word for the money is what it says. */
    HOLDS((order->state.payment == PAYMENT_REFUNDED) == (order->refunded == order->paid));
}

static void hold_world(const struct path *path)
{
    struct stock stock = stock_of(world.variant_id);
    int64_t held = 0, gone = 0;
    for (int at = 0; at < ORDERS; at++) {
        if (!world.order_ids[at])
            continue;
        const struct order *order = load_order(world.order_ids[at]);
        bool is_live = order->state.order == ORDER_PENDING_PAYMENT || order->state.order == ORDER_OPEN;
        hold_order(path, order);
        held += is_live ? order_line_left(order->lines) : 0;
        gone += order->lines->fulfilled - order->lines->returned;
    }
    HOLDS(stock.on_hand >= 0 && stock.reserved >= 0 && stock_available(&stock) >= 0);
    HOLDS(stock.reserved == held);
    HOLDS(stock.on_hand == world.setting->stock - gone);
}

/* What the program's own checks say. */
static void hold_books(const struct path *path)
{
    HOLDS(problems_of(stock_check) == 0);
    HOLDS(problems_of(order_check) == 0);
    HOLDS(problems_of(order_check_rations) == 0);
    HOLDS(problems_of(promotion_check) == 0);
    HOLDS(problems_of(code_check) == 0);
    HOLDS(problems_of(code_check_stock) == 0);
    HOLDS(problems_of(payment_check) == 0);
    HOLDS(problems_of(payment_check_ledger) == 0);
}

/* ---- walking ---- */

static err play(unsigned char action)
{
    return take_step((enum step)(action / ORDERS), action % ORDERS);
}

static void enter(const struct setting *setting, const struct path *path)
{
    void *nothing = NULL;
    open_shop(&nothing);
    world = (struct world){.setting = setting};
    world.variant_id = make_variant(setting->kind, PRICE, setting->stock);
    for (int i = 0; i < path->count; i++)
        (void)play(path->steps[i]); /* one that was refused has told the truth: closing asks the bank */
    seen->replays++;
}

static bool is_seen(const char *what)
{
    for (size_t i = 0; i < seen->count; i++)
        if (strcmp(seen->signs[i], what) == 0)
            return true;
    return false;
}

static void remember(const struct path *path, const char *what)
{
    assert_true(seen->count < WORLD_LIMIT);
    seen->paths[seen->count] = *path;
    seen->signs[seen->count++] = strdup(what);
}

/* Whether a parcel may leave: the money of what is in it was not all promised back. */
static void hold_step(const struct path *path, enum step step, int at, int64_t back_before)
{
    const struct order *order = load_order(world.order_ids[at]);
    if (step == STEP_SHIP)
        HOLDS(back_before < order->paid && order->lines->fulfilled > 0);
    if (step == STEP_REFUND_FREE || step == STEP_REFUND_PIECE || step == STEP_REFUND_LINE)
        HOLDS(promised_back(order->id, "paid") > back_before);
}

/* True when the step changed the world. */
static bool try_step(struct path *path, unsigned char action, const char *before)
{
    enum step step = (enum step)(action / ORDERS);
    int at = action % ORDERS;
    int64_t back = world.order_ids[at] ? promised_back(world.order_ids[at], "paid") : 0;
    err failure = play(action);
    path->steps[path->count++] = action;
    const char *after = sign();
    if (failure) {
        seen->refused++;
        HOLDS(failure->code != ERR_INTERNAL && failure->code != ERR_UNAVAILABLE);
        /* Closing asks the bank first, and may find that it was paid. */
        bool asks = step == STEP_EXPIRE || step == STEP_CANCEL_BUYER || step == STEP_CANCEL_STAFF;
        HOLDS(strcmp(before, after) == 0 || asks);
        if (strcmp(before, after) == 0) {
            path->count--;
            return false;
        }
    }
    if (strcmp(before, after) == 0) {
        path->count--;
        return false;
    }
    seen->taken++;
    hold_world(path);
    if (!failure)
        hold_step(path, step, at, back);
    if (!is_seen(after)) {
        hold_books(path);
        remember(path, after);
    }
    path->count--;
    return true;
}

static void walk_from(const struct setting *setting, size_t from)
{
    struct path path = seen->paths[from];
    enter(setting, &path);
    for (unsigned char action = 0; action < ACTIONS; action++)
        if (try_step(&path, action, seen->signs[from]))
            enter(setting, &path);
}

static void walk(const struct setting *setting, int more)
{
    struct arena *kept = work->arena;
    const struct path nothing = {.count = 0};
    seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    enter(setting, &nothing);
    remember(&nothing, sign());
    for (size_t i = 0; i < seen->count && seen->paths[i].count < setting->depth + more; i++) {
        work->arena = arena_open(ARENA_LIMIT);
        walk_from(setting, i);
        arena_close(work->arena);
        work->arena = kept;
    }
    print_message("%s: %zu worlds, %" PRId64 " steps taken, %" PRId64 " refused, %" PRId64 " replays\n",
                  setting->name, seen->count, seen->taken, seen->refused, seen->replays);
    assert_true(seen->count > 10);
    for (size_t i = 0; i < seen->count; i++)
        free(seen->signs[i]);
    free(seen);
}

/* How much further than in every test run; on PostgreSQL a step costs round trips. */
static int further(void)
{
    const char *depth = getenv("YUNDIAN_MODEL_DEPTH");
    if (depth)
        return (int)strtol(depth, NULL, 10);
    return fixture_is_postgres() ? -2 : 0;
}

static void one_piece_that_two_buyers_want(void **state)
{
    (void)state;
    static const struct setting setting = {"one piece, two buyers", PRODUCT_PHYSICAL, 1, {1, 1}, 5};
    walk(&setting, further());
}

static void two_pieces_of_one_order(void **state)
{
    (void)state;
    static const struct setting setting = {"two pieces, one buyer", PRODUCT_PHYSICAL, 2, {2, 0}, 6};
    walk(&setting, further());
}

static void two_pieces_that_two_buyers_want(void **state)
{
    (void)state;
    static const struct setting setting = {"two pieces, two buyers", PRODUCT_PHYSICAL, 2, {2, 1}, 4};
    walk(&setting, further());
}

static void one_code_that_two_buyers_want(void **state)
{
    (void)state;
    static const struct setting setting = {"one code, two buyers", PRODUCT_DIGITAL, 1, {1, 1}, 5};
    walk(&setting, further());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(one_piece_that_two_buyers_want),
        SENTENCE(two_pieces_of_one_order),
        SENTENCE(two_pieces_that_two_buyers_want),
        SENTENCE(one_code_that_two_buyers_want),
    };
    return RUN_SENTENCES(tests);
}
