/* fixture.h - a shop in an empty database, with a payment company and a picture maker that do what they are
 * told.
 *
 * The database is made once for a program and every test has a shop of its own in it, so that no test meets
 * what another left. Statements of tests bind the shop as $1. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/text.h"
#include "db/fixture.h"
#include "shop/checkout/checkout.h"
#include "shop/digital/digital.h"
#include "shop/payment/payment.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>
#include <stdatomic.h>

#define NOON INT64_C(1790000000000)
#define THREADS 8
#define GOODS_LIMIT 8

extern struct fixture fixture;
/* Of the main thread, with the shop of this test. */
extern struct ctx *const work;

int open_platform(void **state);
int close_platform(void **state);
int open_shop(void **state);
#define SENTENCE(test) cmocka_unit_test_setup(test, open_shop)
#define RUN_SENTENCES(tests) cmocka_run_group_tests(tests, open_platform, close_platform)

/* ---- saying what is expected */

#define assert_ok(call) check_ok(call, __FILE__, __LINE__)
#define assert_fails(call, code) check_fails(call, code, __FILE__, __LINE__)
/* ERR_INVALID with this field among its problems. */
#define assert_field(call, field) check_field(call, field, __FILE__, __LINE__)
void check_ok(err failure, const char *file, int line);
void check_fails(err failure, enum error_code code, const char *file, int line);
void check_field(err failure, const char *field, const char *file, int line);

/* The integer or text that a query over this shop ($1) gives; `id` is $2. */
int64_t ask(const char *sql);
int64_t ask_of(const char *sql, int64_t id);
const char *ask_text(const char *sql);
/* Changes rows behind the back of the modules; at least one must be there. */
void tamper(const char *sql);
void tamper_of(const char *sql, int64_t id);
/* How many differences a check reports. */
typedef err (*shop_check)(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
int problems_of(shop_check check);
/* Whether an open alarm of this kind stands before the staff. */
bool has_alarm(const char *kind);
/* Whether these bytes stand anywhere in a column of bytes. */
bool column_contains(const char *sql, const char *text);

/* ---- doing things at once */

/* Runs `run` in THREADS threads that start together, each with a session and an arena of its own. */
void in_threads(void (*run)(struct ctx *ctx, int index, void *arg), void *arg);
/* Outcomes of threads: 0 is fine, else the error code. */
struct outcomes {
    enum error_code codes[THREADS];
    int64_t ids[THREADS];
};
int count_outcomes(const struct outcomes *outcomes, enum error_code code);
enum error_code code_of(err failure);
/* Runs what is due at work->now. */
void run_jobs(void);

/* ---- a shop with something in it */

/* Another shop of the same platform. */
const struct shop *make_shop(void);
int64_t make_category(const char *handle);
/* The category that goods of the present shop are put in. */
int64_t shelf(void);
struct ware {
    int64_t price;
    int64_t on_hand; /* of digital goods: codes loaded */
};
struct goods {
    int64_t product_id;
    int64_t variant_ids[GOODS_LIMIT];
};
/* An active product with a variant for each ware and its stock or codes. */
struct goods make_goods(enum product_kind kind, const struct ware *wares, size_t count);
/* The only variant of a new product. */
int64_t make_variant(enum product_kind kind, int64_t price, int64_t on_hand);
int64_t product_of(int64_t variant_id);
struct stock stock_of(int64_t variant_id);
/* The token of a new cart. */
/* cart_add_line and cart_change_line without the cart; `token` gets that of a new one. */
err add_line(struct ctx *ctx, const char **token, int64_t variant_id, int64_t quantity);
err change_line(struct ctx *ctx, const char *token, int64_t variant_id, int64_t quantity);
const char *make_cart(int64_t variant_id, int64_t quantity);
/* A buyer with phone and address. */
struct checkout checkout_of(const char *cart_token);
struct order *place_order(int64_t variant_id, int64_t quantity);
struct order *load_order(int64_t order_id);

/* ---- the payment company */

#define BANK "bank"
#define TRADE_LIMIT 32

struct trade {
    char attempt_number[40];
    char currency[4];
    int64_t amount;
    bool is_paid;
};
struct bank_refund {
    char number[40];
    int64_t amount;
};
extern struct bank {
    bool is_down;          /* every question is ERR_GATEWAY */
    int refunds_to_refuse; /* the next so many refunds are ERR_GATEWAY */
    int questions;
    int refund_calls;
    struct trade trades[TRADE_LIMIT];
    int trade_count;
    struct bank_refund refunds[TRADE_LIMIT]; /* each number once */
    int refund_count;
} bank;
/* From now on the bank says that the attempt was paid; it tells nobody by itself. */
void bank_pay(const char *attempt_number);
/* What the bank says of an attempt; the provider number is that of the attempt. */
struct payment_fact bank_fact(const struct payment_attempt *attempt);
const struct payment_attempt *start_payment(const struct order *order);
/* Starts a payment and lets it be paid and told. */
const struct payment_attempt *pay_order(const struct order *order);

/* ---- the picture maker */

extern struct painter {
    atomic_int probes;
    atomic_int derivations;
    atomic_int busy;
    atomic_int busiest;
    bool fails;
    bool has_no_avif;
} painter;
