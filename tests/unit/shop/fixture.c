/* fixture.c - a shop in an empty database. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/crypto.h"
#include "base/log.h"
#include "job/job.h"
#include "shop/cart/cart.h"
#include "shop/catalog/catalog_jobs.h"
#include "shop/digital/digital_jobs.h"
#include "shop/facet/facet_jobs.h"
#include "shop/media/media.h"
#include "shop/media/media_jobs.h"
#include "shop/payment/payment_jobs.h"
#include "shop/pricing/price_plan_jobs.h"
#include "shop/pricing/promotion_cache.h"
#include "shop/pricing/promotion_jobs.h"
#include "shop/review/review.h"
#include "shop/rule/rule_jobs.h"
#include "shop/services.h"
#include "shop/staff/staff.h"
#include "unit.h"
#include <pthread.h>

struct fixture fixture;
struct ctx *const work = &fixture.ctx;
struct bank bank;
struct painter painter;

static int made_shops;
static int made_products;

/* ---- saying what is expected */

static const char *story(err failure)
{
    return arena_format(work->arena, "%s: %s (%s:%d)", error_kind(failure->code)->slug, failure->detail,
                        failure->file, failure->line);
}

void check_ok(err failure, const char *file, int line)
{
    if (!failure)
        return;
    print_error("%s\n", story(failure));
    _fail(file, line);
}

void check_fails(err failure, enum error_code code, const char *file, int line)
{
    if (failure && failure->code == code)
        return;
    print_error("%s expected, but %s\n", error_kind(code)->slug, failure ? story(failure) : "it succeeded");
    _fail(file, line);
}

void check_field(err failure, const char *field, const char *file, int line)
{
    check_fails(failure, ERR_INVALID, file, line);
    const struct field_problem *problem = failure->problems;
    while (problem && !text_is(problem->field, field))
        problem = problem->next;
    if (problem)
        return;
    print_error("a problem with %s expected, but %s\n", field, story(failure));
    _fail(file, line);
}

static struct db_rows *query(const char *sql, int64_t id, size_t count)
{
    const struct db_value values[] = {db_int(work->shop->id), db_int(id)};
    struct db_rows *rows;
    assert_ok(db_query_values(work, &rows, sql, values, count));
    return rows;
}

int64_t ask(const char *sql)
{
    struct db_rows *rows = query(sql, 0, 1);
    assert_true(db_next(rows));
    return db_get_int(rows, 0);
}

int64_t ask_of(const char *sql, int64_t id)
{
    struct db_rows *rows = query(sql, id, 2);
    assert_true(db_next(rows));
    return db_get_int(rows, 0);
}

const char *ask_text(const char *sql)
{
    struct db_rows *rows = query(sql, 0, 1);
    assert_true(db_next(rows));
    return db_get_text(rows, 0);
}

struct tampering {
    const char *sql;
    int64_t id;
    size_t count;
    int64_t changed;
};

static err tamper_in_transaction(struct ctx *ctx, void *arg)
{
    struct tampering *tampering = arg;
    const struct db_value values[] = {db_int(ctx->shop->id), db_int(tampering->id)};
    return db_change_values(ctx, &tampering->changed, tampering->sql, values, tampering->count);
}

static void tamper_with(struct tampering tampering)
{
    assert_ok(db_transact(work, tamper_in_transaction, &tampering));
    assert_true(tampering.changed > 0);
}

void tamper(const char *sql)
{
    tamper_with((struct tampering){sql, 0, 1, 0});
}

void tamper_of(const char *sql, int64_t id)
{
    tamper_with((struct tampering){sql, id, 2, 0});
}

static void count_problem(void *arg, const char *problem)
{
    int *count = arg;
    assert_true(problem[0]);
    (*count)++;
}

int problems_of(shop_check check)
{
    int count = 0;
    assert_ok(check(work, count_problem, &count));
    return count;
}

bool has_alarm(const char *kind)
{
    struct alarm *alarms;
    size_t count;
    assert_ok(alarm_list_open(work, 100, &alarms, &count, NULL));
    for (size_t i = 0; i < count; i++)
        if (text_is(alarms[i].kind, kind))
            return true;
    return false;
}

bool column_contains(const char *sql, const char *text)
{
    struct db_rows *rows = query(sql, 0, 1);
    assert_true(db_row_count(rows) > 0);
    while (db_next(rows)) {
        size_t length;
        const unsigned char *bytes = db_get_bytes(rows, 0, &length);
        if (bytes && memmem(bytes, length, text, strlen(text)))
            return true;
    }
    return false;
}

/* ---- doing things at once */

struct crew {
    void (*run)(struct ctx *ctx, int index, void *arg);
    void *arg;
    pthread_barrier_t start;
};

struct hand {
    struct crew *crew;
    pthread_t thread;
    struct ctx ctx;
    int index;
};

static void *work_along(void *arg)
{
    struct hand *hand = arg;
    pthread_barrier_wait(&hand->crew->start);
    hand->crew->run(&hand->ctx, hand->index, hand->crew->arg);
    return NULL;
}

void in_threads(void (*run)(struct ctx *ctx, int index, void *arg), void *arg)
{
    struct crew crew = {.run = run, .arg = arg};
    struct hand hands[THREADS];
    pthread_barrier_init(&crew.start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        hands[i] = (struct hand){.crew = &crew, .ctx = fixture_fork(&fixture), .index = i};
        pthread_create(&hands[i].thread, NULL, work_along, &hands[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(hands[i].thread, NULL);
        fixture_join(&hands[i].ctx);
    }
    pthread_barrier_destroy(&crew.start);
}

int count_outcomes(const struct outcomes *outcomes, enum error_code code)
{
    int count = 0;
    for (int i = 0; i < THREADS; i++)
        count += outcomes->codes[i] == code;
    return count;
}

enum error_code code_of(err failure)
{
    return failure ? failure->code : ERR_NONE;
}

static err load_shop(struct ctx *ctx, int64_t shop_id)
{
    return shop_load(ctx, shop_id, &ctx->shop);
}

void run_jobs(void)
{
    static const struct listener *const listeners[] = {
        payment_listeners, digital_listeners,      inventory_listeners,
        order_listeners,   rule_listeners,         facet_listeners,
        review_listeners,  order_points_listeners, NULL};
    static const struct job_kind *const kinds[] = {
        media_job_kinds,         catalog_job_kinds,        promotion_job_kinds,      price_plan_job_kinds,
        inventory_job_kinds,     inventory_take_job_kinds, flash_job_kinds,          presale_job_kinds,
        order_presale_job_kinds, group_buy_job_kinds,      checkout_group_job_kinds, payment_job_kinds,
        payment_owed_job_kinds,  order_job_kinds,          checkout_job_kinds,       digital_job_kinds,
        rule_job_kinds,          facet_job_kinds,          order_points_job_kinds,   NULL};
    static const struct job_recurring *const recurring[] = {NULL};
    const struct job_runner_options options = {.db = fixture.db,
                                               .model = work,
                                               .listeners = listeners,
                                               .kinds = kinds,
                                               .recurring = recurring,
                                               .load_shop = load_shop,
                                               .threads = 1};
    assert_ok(job_runner_drain(work, &options));
}

/* ---- a shop with something in it */

const struct shop *make_shop(void)
{
    const struct shop *shop;
    int64_t shop_id;
    struct shop_draft draft = {.handle = arena_format(work->arena, "shop-%d", ++made_shops),
                               .name = "试店",
                               .currency = "CNY",
                               .locale = "zh-CN",
                               .utc_offset = 480};
    assert_ok(shop_create(work, &draft, &shop_id));
    assert_ok(shop_load(work, shop_id, &shop));
    return shop;
}

int64_t make_category(const char *handle)
{
    struct category category = {.handle = handle, .name = "分类"};
    assert_ok(category_create(work, &category));
    return category.id;
}

int64_t shelf(void)
{
    const struct category *category;
    assert_ok(category_find_by_handle(work, "shelf", &category));
    return category ? category->id : make_category("shelf");
}

struct stocking {
    const struct product_draft *draft;
    const struct ware *wares;
};

static err stock_up(struct ctx *ctx, void *arg)
{
    const struct stocking *stocking = arg;
    const struct product_draft *draft = stocking->draft;
    for (size_t i = 0; i < draft->variant_count; i++)
        TRY(stock_create(ctx, draft->variants[i].id, draft->id,
                         draft->kind == PRODUCT_DIGITAL ? 0 : stocking->wares[i].on_hand));
    return NULL;
}

static void load_codes(int64_t product_id, int64_t variant_id, int64_t count)
{
    const char **codes = arena_alloc_many(work->arena, (size_t)count, sizeof *codes);
    int64_t added, duplicates;
    for (int64_t i = 0; i < count; i++)
        codes[i] = arena_format(work->arena, "CODE-%" PRId64 "-%03" PRId64, variant_id, i + 1);
    assert_ok(code_load(work, variant_id, product_id, codes, (size_t)count, &added, &duplicates));
    assert_int_equal(added, count);
}

struct goods make_goods(enum product_kind kind, const struct ware *wares, size_t count)
{
    struct variant_draft variants[GOODS_LIMIT] = {0};
    const char *values[GOODS_LIMIT];
    int number = ++made_products;
    assert_true(count <= GOODS_LIMIT);
    for (size_t i = 0; i < count; i++) {
        values[i] = arena_format(work->arena, "第 %zu 款", i + 1);
        variants[i] = (struct variant_draft){.sku = arena_format(work->arena, "SKU-%d-%zu", number, i + 1),
                                             .options = &values[i],
                                             .price = wares[i].price,
                                             .is_active = true};
    }
    struct option_draft option = {"款式", values, count};
    struct product_draft draft = {.handle = arena_format(work->arena, "product-%d", number),
                                  .title = arena_format(work->arena, "商品 %d", number),
                                  .kind = kind,
                                  .status = PRODUCT_ACTIVE,
                                  .category_id = shelf(),
                                  .options = &option,
                                  .option_count = 1,
                                  .variants = variants,
                                  .variant_count = count};
    assert_ok(product_save(work, &draft));
    assert_ok(db_transact(work, stock_up, &(struct stocking){&draft, wares}));
    struct goods goods = {.product_id = draft.id};
    for (size_t i = 0; i < count; i++) {
        goods.variant_ids[i] = variants[i].id;
        if (kind == PRODUCT_DIGITAL && wares[i].on_hand > 0)
            load_codes(draft.id, variants[i].id, wares[i].on_hand);
    }
    return goods;
}

int64_t make_variant(enum product_kind kind, int64_t price, int64_t on_hand)
{
    struct ware ware = {price, on_hand};
    return make_goods(kind, &ware, 1).variant_ids[0];
}

int64_t product_of(int64_t variant_id)
{
    return ask_of("SELECT product_id FROM variants WHERE shop_id = $1 AND id = $2", variant_id);
}

struct stock stock_of(int64_t variant_id)
{
    struct stock stock;
    assert_ok(stock_load_many(work, &variant_id, 1, &stock));
    return stock;
}

err add_line(struct ctx *ctx, const char **token, int64_t variant_id, int64_t quantity)
{
    const struct cart *cart;
    TRY(cart_add_line(ctx, *token, &(struct cart_wish){.variant_id = variant_id, .quantity = quantity},
                      &cart));
    *token = cart->token;
    return NULL;
}

err change_line(struct ctx *ctx, const char *token, int64_t variant_id, int64_t quantity)
{
    const struct cart *cart;
    return cart_change_line(ctx, token, variant_id, "", quantity, &cart);
}

const char *make_cart(int64_t variant_id, int64_t quantity)
{
    const char *token = NULL;
    assert_ok(add_line(work, &token, variant_id, quantity));
    return token;
}

struct checkout checkout_of(const char *cart_token)
{
    return (struct checkout){.cart_token = cart_token,
                             .idempotency_key = "",
                             .contact = {"13800138000", ""},
                             .address = {"王小云", "13800138000", "浙江省 杭州市 西湖区", "文三路 1 号"},
                             .note = ""};
}

struct order *place_order(int64_t variant_id, int64_t quantity)
{
    struct checkout checkout = checkout_of(make_cart(variant_id, quantity));
    struct order *order;
    assert_ok(checkout_place(work, &checkout, &order));
    return load_order(order->id);
}

struct order *load_order(int64_t order_id)
{
    struct order *order;
    assert_ok(order_load(work, order_id, &order));
    return order;
}

/* ---- the payment company: it answers one call at a time */

static pthread_mutex_t bank_door = PTHREAD_MUTEX_INITIALIZER;

static struct trade *find_trade(const char *attempt_number)
{
    for (int i = 0; i < bank.trade_count; i++)
        if (text_is(bank.trades[i].attempt_number, attempt_number))
            return &bank.trades[i];
    return NULL;
}

static err create_trade(struct ctx *ctx, const struct payment_request *request, const char **url)
{
    if (bank.is_down || bank.trade_count == TRADE_LIMIT)
        return fail_with(ctx, ERR_GATEWAY, "the bank does not answer");
    struct trade *trade = &bank.trades[bank.trade_count++];
    *trade = (struct trade){.amount = request->amount};
    snprintf(trade->attempt_number, sizeof trade->attempt_number, "%s", request->attempt_number);
    snprintf(trade->currency, sizeof trade->currency, "%s", request->currency);
    *url = arena_format(ctx->arena, "https://bank.example/%s", request->attempt_number);
    return NULL;
}

static err bank_create(struct ctx *ctx, const struct payment_request *request, const char **url)
{
    pthread_mutex_lock(&bank_door);
    err failure = create_trade(ctx, request, url);
    pthread_mutex_unlock(&bank_door);
    return failure;
}

static struct payment_fact fact_of(struct ctx *ctx, const struct trade *trade)
{
    return (struct payment_fact){.gateway = BANK,
                                 .provider_number = arena_format(ctx->arena, "T%s", trade->attempt_number),
                                 .kind = FACT_PAYMENT,
                                 .attempt_number = arena_copy_text(ctx->arena, trade->attempt_number),
                                 .currency = arena_copy_text(ctx->arena, trade->currency),
                                 .amount = trade->amount,
                                 .at = ctx->now,
                                 .raw = "query"};
}

static err ask_trade(struct ctx *ctx, const char *attempt_number, struct payment_fact *fact, bool *is_paid)
{
    bank.questions++;
    if (bank.is_down)
        return fail_with(ctx, ERR_GATEWAY, "the bank does not answer");
    const struct trade *trade = find_trade(attempt_number);
    *is_paid = trade && trade->is_paid;
    if (*is_paid)
        *fact = fact_of(ctx, trade);
    return NULL;
}

static err bank_query(struct ctx *ctx, const char *attempt_number, struct payment_fact *fact, bool *is_paid)
{
    pthread_mutex_lock(&bank_door);
    err failure = ask_trade(ctx, attempt_number, fact, is_paid);
    pthread_mutex_unlock(&bank_door);
    return failure;
}

static void keep_refund(const char *number, int64_t amount)
{
    for (int i = 0; i < bank.refund_count; i++)
        if (text_is(bank.refunds[i].number, number))
            return;
    assert_true(bank.refund_count < TRADE_LIMIT);
    struct bank_refund *refund = &bank.refunds[bank.refund_count++];
    snprintf(refund->number, sizeof refund->number, "%s", number);
    refund->amount = amount;
}

/* A refused refund was done nevertheless: the worst that a time-out can hide. */
static err send_back(struct ctx *ctx, const char *attempt_number, const char *refund_number, int64_t amount,
                     struct payment_fact *fact)
{
    bank.refund_calls++;
    if (bank.is_down)
        return fail_with(ctx, ERR_GATEWAY, "the bank does not answer");
    keep_refund(refund_number, amount);
    if (bank.refunds_to_refuse > 0) {
        bank.refunds_to_refuse--;
        return fail_with(ctx, ERR_GATEWAY, "the bank's answer was lost");
    }
    *fact = (struct payment_fact){.gateway = BANK,
                                  .provider_number = arena_format(ctx->arena, "B%s", refund_number),
                                  .kind = FACT_REFUND,
                                  .attempt_number = attempt_number,
                                  .refund_number = refund_number,
                                  .currency = "CNY",
                                  .amount = amount,
                                  .at = ctx->now,
                                  .raw = "refund"};
    return NULL;
}

static err bank_send_back(struct ctx *ctx, const char *attempt_number, const char *refund_number,
                          int64_t amount, struct payment_fact *fact)
{
    pthread_mutex_lock(&bank_door);
    err failure = send_back(ctx, attempt_number, refund_number, amount, fact);
    pthread_mutex_unlock(&bank_door);
    return failure;
}

static err toy_send_back(struct ctx *ctx, const char *attempt_number, const char *refund_number,
                         int64_t amount, struct payment_fact *fact)
{
    TRY(bank_send_back(ctx, attempt_number, refund_number, amount, fact));
    fact->gateway = "toy";
    return NULL;
}

/* The body is an attempt's number, and the signature says what it is. */
static err bank_read(struct ctx *ctx, const struct notification *notification, struct payment_fact *fact)
{
    if (!text_is(notification->signature, "genuine"))
        return fail_with(ctx, ERR_FORBIDDEN, "the signature is not the bank's");
    const struct trade *trade =
        find_trade(arena_copy(ctx->arena, notification->body.ptr, notification->body.len));
    if (!trade)
        return fail_with(ctx, ERR_BAD_REQUEST, "no such trade");
    *fact = fact_of(ctx, trade);
    return NULL;
}

void bank_pay(const char *attempt_number)
{
    struct trade *trade = find_trade(attempt_number);
    assert_non_null(trade);
    trade->is_paid = true;
}

struct payment_fact bank_fact(const struct payment_attempt *attempt)
{
    const struct trade *trade = find_trade(attempt->number);
    assert_non_null(trade);
    return fact_of(work, trade);
}

const struct payment_attempt *start_payment(const struct order *order)
{
    const struct payment_attempt *attempt;
    assert_ok(payment_start(work, order, BANK, "https://shop.example", &attempt));
    return attempt;
}

const struct payment_attempt *pay_order(const struct order *order)
{
    const struct payment_attempt *attempt = start_payment(order);
    struct payment_fact fact = bank_fact(attempt);
    bank_pay(attempt->number);
    assert_ok(payment_apply_fact(work, &fact));
    return attempt;
}

/* ---- the picture maker: a picture is a text "FORMAT WIDTH HEIGHT …" */

static err paint_probe(struct ctx *ctx, const char *path, struct picture_facts *facts)
{
    char format[8] = "";
    long width = 0, height = 0;
    painter.probes++;
    FILE *file = fopen(path, "r");
    int read = file ? fscanf(file, "%7s %ld %ld", format, &width, &height) : 0;
    if (file)
        fclose(file);
    if (read != 3)
        return fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "this is no picture");
    *facts = (struct picture_facts){arena_copy_text(ctx->arena, format), width, height};
    return NULL;
}

/* The look is the fourth word, in hex; "broken" is a picture that breaks off. */
static err paint_look(struct ctx *ctx, const char *path, uint64_t *look)
{
    char word[20] = "";
    FILE *file = fopen(path, "r");
    int read = file ? fscanf(file, "%*s %*d %*d %19s", word) : 0;
    if (file)
        fclose(file);
    *look = read == 1 ? strtoull(word, NULL, 16) : 0;
    return text_is(word, "broken") ? fail_with(ctx, ERR_UNSUPPORTED_MEDIA, "it breaks off") : NULL;
}

static err paint_identify(struct ctx *ctx, const char *path, const char **type)
{
    char first[40] = "";
    FILE *file = fopen(path, "r");
    int read = file ? fscanf(file, "%39s", first) : 0;
    if (file)
        fclose(file);
    *type = read == 1 && strchr(first, '/') ? arena_copy_text(ctx->arena, first) : "text/plain";
    return NULL;
}

static bool paint_can_make(const char *format)
{
    return !(painter.has_no_avif && text_is(format, "avif"));
}

static err paint_derive(struct ctx *ctx, const char *source, const struct picture_target *targets,
                        size_t count)
{
    (void)source;
    painter.busy++;
    if (painter.busy > painter.busiest)
        painter.busiest = (int)painter.busy;
    for (size_t i = 0; i < count; i++) {
        painter.derivations++;
        FILE *file = fopen(targets[i].path, "w");
        if (!file)
            return fail_with(ctx, ERR_INTERNAL, "cannot write %s", targets[i].path);
        fprintf(file, "%s %" PRId64, targets[i].format, targets[i].width);
        fclose(file);
    }
    painter.busy--;
    return painter.fails ? fail_with(ctx, ERR_INTERNAL, "half of it is painted") : NULL;
}

/* ---- opening and closing */

static const struct gateway bank_gateway = {.id = BANK,
                                            .name = "银行",
                                            .create = bank_create,
                                            .query = bank_query,
                                            .refund = bank_send_back,
                                            .read = bank_read};
static const struct gateway toy_gateway = {.id = "toy",
                                           .name = "玩具",
                                           .is_sandbox = true,
                                           .create = bank_create,
                                           .query = bank_query,
                                           .refund = toy_send_back};
static const struct gateway *const gateways[] = {&bank_gateway, &toy_gateway, NULL};
static const struct picture_maker pictures = {.identify = paint_identify,
                                              .probe = paint_probe,
                                              .look = paint_look,
                                              .derive = paint_derive,
                                              .can_make = paint_can_make};
static struct services services = {.gateways = gateways, .pictures = &pictures};

int open_platform(void **state)
{
    (void)state;
    const char *migrations = getenv("YUNDIAN_TEST_MIGRATIONS");
    log_set_level(LOG_ERROR);
    fixture_open_memory(&fixture);
    assert_ok(db_migrate(work, migrations ? migrations : "migrations", NULL));
    work->keys = keyring_for_tests(work->arena);
    services.promotions = promotion_cache_open(work->arena);
    work->services = &services;
    return 0;
}

int close_platform(void **state)
{
    (void)state;
    promotion_cache_close(services.promotions);
    fixture_close(&fixture);
    return 0;
}

int open_shop(void **state)
{
    (void)state;
    fixture_run(&fixture, "DELETE FROM jobs");
    fixture_run(&fixture, "DELETE FROM outbox");
    fixture.config.unpaid_seconds = 1800;
    fixture.config.sandbox = true;
    work->now = NOON;
    work->locale = "zh-CN";
    work->actor = ACTOR_BUYER;
    work->actor_id = 0;
    work->shop = make_shop();
    bank = (struct bank){0};
    painter = (struct painter){0};
    return 0;
}
