/* db_bench.c - how many orders a second src/db takes in, and how many events src/job hands on meanwhile.
 *
 *   db_bench DIRECTORY|URL [THREADS [SECONDS [events]]]
 *
 * A transaction is like a checkout: one question and eleven writes, three of them guarded. Each thread waits
 * for its commit before it begins the next. With "events" a listener hears every order meanwhile, after a
 * backlog of events without other load. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "base/text.h"
#include "job/job.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define VARIANTS 10000
#define LINES 3
#define SAMPLES_LIMIT (1 << 20)
/* Events that wait when the dispatcher starts. */
#define BACKLOG 50000

struct buyer {
    pthread_t thread;
    struct ctx ctx;
    int64_t variants[LINES];
    int64_t *samples; /* µs of each order */
    int count;
};

static atomic_bool is_over;
static atomic_llong heard;
static bool with_events;
static const struct shop bench_shop = {.id = 1, .handle = "bench", .currency = "CNY", .locale = "zh-CN"};

static const char *const tables[] = {
    "CREATE TABLE b_stock (shop_id BIGINT NOT NULL, variant_id BIGINT NOT NULL, price BIGINT NOT NULL,"
    " on_hand BIGINT NOT NULL CHECK (on_hand >= 0), PRIMARY KEY (shop_id, variant_id))",
    "CREATE TABLE b_orders (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, number TEXT NOT NULL, state BIGINT "
    "NOT NULL,"
    " total BIGINT NOT NULL, placed_at BIGINT NOT NULL, PRIMARY KEY (shop_id, id))",
    "CREATE UNIQUE INDEX b_orders_by_number ON b_orders (shop_id, number)",
    "CREATE INDEX b_orders_by_placed_at ON b_orders (shop_id, placed_at, id)",
    "CREATE TABLE b_lines (shop_id BIGINT NOT NULL, order_id BIGINT NOT NULL, line BIGINT NOT NULL,"
    " variant_id BIGINT NOT NULL, quantity BIGINT NOT NULL, price BIGINT NOT NULL,"
    " PRIMARY KEY (shop_id, order_id, line))",
    "CREATE TABLE b_payments (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, order_id BIGINT NOT NULL,"
    " amount BIGINT NOT NULL, state BIGINT NOT NULL, PRIMARY KEY (shop_id, id))",
    "CREATE TABLE b_ledger (shop_id BIGINT NOT NULL, id BIGINT NOT NULL, account TEXT NOT NULL, amount "
    "BIGINT NOT NULL,"
    " at BIGINT NOT NULL, PRIMARY KEY (shop_id, id))",
    NULL,
};

static void must(err failure)
{
    if (failure) {
        fprintf(stderr, "%s: %s (%s:%d)\n", error_kind(failure->code)->slug, failure->detail, failure->file,
                failure->line);
        exit(1);
    }
}

static err write_lines(struct ctx *ctx, const struct buyer *buyer, int64_t order_id)
{
    for (int i = 0; i < LINES; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO b_lines (shop_id, order_id, line, variant_id, quantity, price)"
                       " VALUES ($1, $2, $3, $4, $5, $6)",
                       db_int(1), db_int(order_id), db_int(i), db_int(buyer->variants[i]), db_int(1),
                       db_int(1999)));
    for (int i = 0; i < 2; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO b_ledger (shop_id, id, account, amount, at) VALUES ($1, $2, $3, $4, $5)",
                       db_int(1), db_int(id_new(ctx)), db_text(i ? "sales" : "receivable"),
                       db_int(i ? 5997 : -5997), db_int(ctx->now)));
    return NULL;
}

static err write_event(struct ctx *ctx, int64_t order_id)
{
    if (with_events)
        return outbox_emit(ctx, "order.placed", order_id, NULL);
    return db_execute(ctx,
                      "INSERT INTO b_ledger (shop_id, id, account, amount, at) VALUES ($1, $2, $3, $4, $5)",
                      db_int(1), db_int(id_new(ctx)), db_text("event"), db_int(0), db_int(ctx->now));
}

/* 1 question, 3 guarded updates, then an order, a payment, 3 lines, 2 ledger rows and an event. */
static err check_out(struct ctx *ctx, void *arg)
{
    struct buyer *buyer = arg;
    struct db_rows *rows;
    int64_t order_id = id_new(ctx);
    TRY(db_query(
        ctx, &rows, "SELECT price, on_hand FROM b_stock WHERE shop_id = $1 AND variant_id IN ($2, $3, $4)",
        db_int(1), db_int(buyer->variants[0]), db_int(buyer->variants[1]), db_int(buyer->variants[2])));
    for (int i = 0; i < LINES; i++)
        TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "sold out",
                      "UPDATE b_stock SET on_hand = on_hand - $3"
                      " WHERE shop_id = $1 AND variant_id = $2 AND on_hand >= $3",
                      db_int(1), db_int(buyer->variants[i]), db_int(1)));
    TRY(db_execute(ctx,
                   "INSERT INTO b_orders (shop_id, id, number, state, total, placed_at)"
                   " VALUES ($1, $2, $3, $4, $5, $6)",
                   db_int(1), db_int(order_id), db_text(arena_format(ctx->arena, "Y%" PRId64, order_id)),
                   db_int(1), db_int(5997), db_int(ctx->now)));
    TRY(db_execute(
        ctx, "INSERT INTO b_payments (shop_id, id, order_id, amount, state) VALUES ($1, $2, $3, $4, $5)",
        db_int(1), db_int(id_new(ctx)), db_int(order_id), db_int(5997), db_int(1)));
    TRY(write_lines(ctx, buyer, order_id));
    return write_event(ctx, order_id);
}

static int by_value(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/* In order, so that two buyers never wait for each other in a circle. */
static void choose(struct buyer *buyer)
{
    do {
        for (int i = 0; i < LINES; i++)
            buyer->variants[i] = random_below(VARIANTS);
        qsort(buyer->variants, LINES, sizeof buyer->variants[0], by_value);
    } while (buyer->variants[0] == buyer->variants[1] || buyer->variants[1] == buyer->variants[2]);
}

static void *buy(void *arg)
{
    struct buyer *buyer = arg;
    while (!atomic_load(&is_over) && buyer->count < SAMPLES_LIMIT) {
        int64_t started = clock_steady();
        arena_reset(buyer->ctx.arena);
        buyer->ctx.now = clock_now();
        choose(buyer);
        must(db_transact(&buyer->ctx, check_out, buyer));
        buyer->samples[buyer->count++] = clock_steady() - started;
    }
    return NULL;
}

static err fill(struct ctx *ctx, void *arg)
{
    (void)arg;
    for (int64_t i = 0; i < VARIANTS; i++)
        TRY(db_execute(ctx,
                       "INSERT INTO b_stock (shop_id, variant_id, price, on_hand) VALUES ($1, $2, $3, $4)",
                       db_int(1), db_int(i), db_int(1999), db_int(1000000)));
    return NULL;
}

static err run_script(struct ctx *ctx, void *arg)
{
    const char *const *script = arg;
    for (int i = 0; script[i]; i++)
        TRY(db_execute_values(ctx, script[i], NULL, 0));
    return NULL;
}

static int64_t ask(struct ctx *ctx, const char *sql)
{
    struct db_rows *rows;
    must(db_query_values(ctx, &rows, sql, NULL, 0));
    return db_next(rows) ? db_get_int(rows, 0) : 0;
}

static err hear(struct ctx *ctx, const struct outbox_event *event, void *owner)
{
    (void)ctx;
    (void)event;
    (void)owner;
    atomic_fetch_add(&heard, 1);
    return NULL;
}

static err emit_many(struct ctx *ctx, void *arg)
{
    const int64_t *first = arg;
    for (int64_t i = 0; i < 500; i++)
        TRY(outbox_emit(ctx, "order.placed", *first + i, NULL));
    return NULL;
}

static err load_shop(struct ctx *ctx, int64_t shop_id)
{
    (void)shop_id;
    ctx->shop = &bench_shop;
    return NULL;
}

static struct ctx fork_ctx(const struct ctx *ctx, struct db *db)
{
    struct ctx other = *ctx;
    other.arena = arena_open(ARENA_LIMIT);
    other.db = db_session_open(db);
    return other;
}

static void report(struct buyer *buyers, int threads, double seconds, const char *engine)
{
    size_t count = 0;
    size_t filled = 0;
    for (int i = 0; i < threads; i++)
        count += (size_t)buyers[i].count;
    int64_t *all = calloc(count + 1, sizeof *all);
    for (int i = 0; i < threads; i++)
        for (int j = 0; j < buyers[i].count; j++)
            all[filled++] = buyers[i].samples[j];
    qsort(all, count, sizeof *all, by_value);
    printf("%s, %d threads: %.0f orders/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms", engine, threads,
           (double)count / seconds, (double)all[count / 2] / 1000, (double)all[count * 99 / 100] / 1000,
           (double)all[count ? count - 1 : 0] / 1000);
    free(all);
}

static void run(struct ctx *ctx, struct db *db, int threads, int seconds)
{
    struct buyer *buyers = calloc((size_t)threads, sizeof *buyers);
    int64_t orders = ask(ctx, "SELECT count(*) FROM b_orders");
    for (int i = 0; i < threads; i++) {
        buyers[i].ctx = fork_ctx(ctx, db);
        buyers[i].samples = calloc(SAMPLES_LIMIT, sizeof(int64_t));
    }
    int64_t started = clock_steady();
    for (int i = 0; i < threads; i++)
        pthread_create(&buyers[i].thread, NULL, buy, &buyers[i]);
    usleep((useconds_t)seconds * 1000000);
    long long heard_meanwhile = atomic_load(&heard);
    atomic_store(&is_over, true);
    double took = 0;
    for (int i = 0; i < threads; i++)
        pthread_join(buyers[i].thread, NULL);
    took = (double)(clock_steady() - started) / 1e6;
    report(buyers, threads, took, db_engine_name(db));
    if (with_events)
        printf(", %.0f events/s heard meanwhile", (double)heard_meanwhile / took);
    int64_t acknowledged = 0;
    for (int i = 0; i < threads; i++) {
        acknowledged += buyers[i].count;
        db_session_close(buyers[i].ctx.db);
        arena_close(buyers[i].ctx.arena);
        free(buyers[i].samples);
    }
    free(buyers);
    struct db_figures figures = db_figures(db);
    printf(", %.1f orders a commit, %" PRId64 " retries\n",
           (double)figures.transactions / (double)figures.commits, figures.retries);
    orders = ask(ctx, "SELECT count(*) FROM b_orders") - orders;
    if (orders != acknowledged)
        printf("WRONG: %" PRId64 " orders, %" PRId64 " acknowledged\n", orders, acknowledged);
}

static void run_with_events(struct ctx *ctx, struct db *db, int threads, int seconds)
{
    static const struct listener listeners[] = {{"order.", hear}, {NULL, NULL}};
    static const struct listener *const listener_tables[] = {listeners, NULL};
    struct job_runner *runner;
    struct ctx scratch = fork_ctx(ctx, db);
    const struct job_runner_options options = {
        .db = db, .model = ctx, .listeners = listener_tables, .load_shop = load_shop, .threads = 1};
    for (int64_t i = 0; i < BACKLOG; i += 500) {
        arena_reset(scratch.arena);
        must(db_transact(&scratch, emit_many, &i));
    }
    must(job_runner_start(ctx, &options, &runner));
    int64_t started = clock_steady();
    while (atomic_load(&heard) < BACKLOG)
        usleep(1000);
    printf("%s, backlog: %.0f events/s\n", db_engine_name(db),
           BACKLOG / ((double)(clock_steady() - started) / 1e6));
    atomic_store(&heard, 0);
    run(ctx, db, threads, seconds);
    job_runner_stop(runner);
    db_session_close(scratch.db);
    arena_close(scratch.arena);
}

int main(int argc, char **argv)
{
    static const struct shop *shop = &bench_shop;
    int64_t threads = 64;
    int64_t seconds = 3;
    if (argc < 2 || (argc > 2 && !text_to_int(argv[2], &threads)) ||
        (argc > 3 && !text_to_int(argv[3], &seconds))) {
        fprintf(stderr, "db_bench DIRECTORY|URL [THREADS [SECONDS [events]]]\n");
        return 2;
    }
    bool is_url = text_starts(argv[1], "postgres");
    const struct config config = {.data = is_url ? "" : argv[1], .database_url = is_url ? argv[1] : ""};
    struct ctx ctx = {
        .arena = arena_open(ARENA_LIMIT), .now = clock_now(), .shop = shop, .ids = id_source_open(0)};
    struct db *db;
    with_events = argc > 4;
    must(db_open(&ctx, &config, &db));
    ctx.db = db_session_open(db);
    if (with_events)
        must(db_migrate(&ctx, "migrations", NULL));
    must(db_transact(&ctx, run_script, (void *)(uintptr_t)tables));
    must(db_transact(&ctx, fill, NULL));
    if (with_events)
        run_with_events(&ctx, db, (int)threads, (int)seconds);
    else
        run(&ctx, db, (int)threads, (int)seconds);
    db_session_close(ctx.db);
    db_close(db);
    id_source_close(ctx.ids);
    arena_close(ctx.arena);
    return 0;
}
