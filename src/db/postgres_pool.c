/* postgres_pool.c - the connections of a node: made, kept, lent.
 *
 * A session has no connection of its own. It borrows one for a question, or for the reading part of a body,
 * and gives it back before it waits for a commit. Few connections are enough, and few are faster: each has a
 * server process with caches and plans of its own (two in place of sixteen: 1.5 times the orders on two
 * cores). The one that was used last is lent first. When all steady ones are busy for long, with a report
 * perhaps, spare ones are lent, so that nobody else waits for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "db/postgres.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

/* Prepared statements that a connection keeps. */
#define KEPT_STATEMENTS 2048
/* Tries to connect before giving up, the first pause in ms (it doubles), and for how many ms after that
 * others try only once. */
#define CONNECT_TRIES 6
#define CONNECT_PAUSE 50
#define CONNECT_DOWN SECOND_MS
/* Microseconds after an answer for which a connection is taken to be alive. */
#define FRESH_TIME 20000
/* Steady connections for each processor when the configuration does not say how many, and spare ones for each
 * steady one. */
#define PER_PROCESSOR 1
#define SPARE_ONES 3
/* Milliseconds to wait for a steady connection, and then for any. */
#define STEADY_PATIENCE 20
#define LEND_PATIENCE 20000

struct pg_pool {
    char *url;
    atomic_llong down_at; /* steady µs of the last vain attempt to connect */
    sem_t steady;         /* of these may be lent, made or not */
    sem_t spare;
    pthread_mutex_t lock;
    struct pg_connection *idle;
};

static const char settings[] = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;"
                               "SET client_min_messages = error;"
                               "SET client_encoding = 'UTF8';"
                               "SET standard_conforming_strings = on;"
                               "SET idle_in_transaction_session_timeout = '60s';"
                               "SET lock_timeout = '20s';"
                               "SET enable_seqscan = off;"
                               "SET plan_cache_mode = force_generic_plan;"
                               "SET jit = off";

static void statement_release(void *item)
{
    struct pg_statement *statement = item;
    free(statement->text);
    free(statement);
}

void postgres_drop(struct pg_connection *connection)
{
    PQfinish(connection->conn);
    connection->conn = NULL;
    connection->queued = 0;
    connection->is_begun = false;
    statements_clear(&connection->statements, statement_release);
}

static void drop_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result;
}

/* One attempt; NULL with the reason in `why` when it fails. */
static PGconn *connect_once(struct ctx *ctx, const char *url, const char **why)
{
    const char *const names[] = {"fallback_application_name",
                                 "connect_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "tcp_user_timeout",
                                 "dbname",
                                 NULL};
    const char *const values[] = {"yundian", "5", "30", "10", "30000", url, NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);
    PQsetNoticeReceiver(conn, drop_notice, NULL);
    PGresult *result = PQstatus(conn) == CONNECTION_OK ? PQexec(conn, settings) : NULL;
    if (result && PQresultStatus(result) == PGRES_COMMAND_OK && PQenterPipelineMode(conn)) {
        PQclear(result);
        return conn;
    }
    *why = arena_copy_text(ctx->arena, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return NULL;
}

/* Connects, waiting a little for a server that restarts; not when others just waited in vain. */
static err connect_patiently(struct ctx *ctx, struct pg_pool *pool, struct pg_connection *connection)
{
    const char *why = "";
    int64_t pause = CONNECT_PAUSE;
    for (int i = 0; i < CONNECT_TRIES; i++) {
        connection->conn = connect_once(ctx, pool->url, &why);
        if (connection->conn) {
            atomic_store(&pool->down_at, 0);
            return NULL;
        }
        int64_t down_at = atomic_load(&pool->down_at);
        if (down_at != 0 && clock_steady() - down_at < CONNECT_DOWN * 1000)
            break;
        if (i < CONNECT_TRIES - 1)
            postgres_pause(pause);
        pause *= 2;
    }
    atomic_store(&pool->down_at, clock_steady());
    return fail_with(ctx, ERR_UNAVAILABLE, "no connection: %s", why);
}

/* A server that went away while nobody talked to it is noticed here, before anything is sent. */
static bool is_stale(struct pg_connection *connection)
{
    if (clock_steady() - connection->answered_at < FRESH_TIME)
        return false;
    struct pollfd poll_fd = {.fd = PQsocket(connection->conn), .events = POLLIN};
    if (poll(&poll_fd, 1, 0) == 0)
        return false;
    return !PQconsumeInput(connection->conn) || PQstatus(connection->conn) != CONNECTION_OK;
}

err pool_connect(struct ctx *ctx, struct pg_pool *pool, struct pg_connection *connection)
{
    if (connection->conn && !connection->is_begun && connection->queued == 0 && is_stale(connection))
        postgres_drop(connection);
    return connection->conn ? NULL : connect_patiently(ctx, pool, connection);
}

struct pg_connection *pool_make(void)
{
    struct pg_connection *connection = db_allocate(sizeof *connection);
    statements_open(&connection->statements, KEPT_STATEMENTS);
    return connection;
}

void pool_unmake(struct pg_connection *connection)
{
    postgres_drop(connection);
    statements_close(&connection->statements, statement_release);
    free(connection);
}

static bool wait_for(sem_t *permits, int64_t milliseconds)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t nanoseconds = until.tv_nsec + milliseconds * 1000000;
    until.tv_sec += nanoseconds / 1000000000;
    until.tv_nsec = nanoseconds % 1000000000;
    while (sem_clockwait(permits, CLOCK_MONOTONIC, &until) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

static sem_t *take_permit(struct pg_pool *pool)
{
    if (sem_trywait(&pool->steady) == 0 || wait_for(&pool->steady, STEADY_PATIENCE))
        return &pool->steady;
    return wait_for(&pool->spare, LEND_PATIENCE) ? &pool->spare : NULL;
}

static struct pg_connection *take_idle(struct pg_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct pg_connection *connection = pool->idle;
    if (connection)
        pool->idle = connection->next_idle;
    pthread_mutex_unlock(&pool->lock);
    return connection ? connection : pool_make();
}

err pool_borrow(struct ctx *ctx, struct pg_pool *pool, struct pg_connection **result)
{
    sem_t *permit = take_permit(pool);
    if (permit == NULL)
        return fail_with(ctx, ERR_UNAVAILABLE, "all connections to the database are busy");
    struct pg_connection *connection = take_idle(pool);
    connection->permit = permit;
    err failure = pool_connect(ctx, pool, connection);
    if (failure)
        pool_give_back(pool, connection);
    else
        *result = connection;
    return failure;
}

void pool_give_back(struct pg_pool *pool, struct pg_connection *connection)
{
    sem_t *permit = connection->permit;
    pthread_mutex_lock(&pool->lock);
    connection->next_idle = pool->idle;
    pool->idle = connection;
    pthread_mutex_unlock(&pool->lock);
    sem_post(permit);
}

struct pg_pool *pool_open(const struct config *config)
{
    int64_t count = config->database_connections;
    if (count == 0)
        count = PER_PROCESSOR * sysconf(_SC_NPROCESSORS_ONLN);
    struct pg_pool *pool = db_allocate(sizeof *pool);
    pool->url = strdup(config->database_url);
    sem_init(&pool->steady, 0, (unsigned)count);
    sem_init(&pool->spare, 0, (unsigned)count * SPARE_ONES);
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

void pool_close(struct pg_pool *pool)
{
    struct pg_connection *next;
    for (struct pg_connection *connection = pool->idle; connection; connection = next) {
        next = connection->next_idle;
        pool_unmake(connection);
    }
    sem_destroy(&pool->steady);
    sem_destroy(&pool->spare);
    pthread_mutex_destroy(&pool->lock);
    free(pool->url);
    free(pool);
}
