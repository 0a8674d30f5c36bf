/* postgres_pool.c - connections to PostgreSQL: made, kept alive, lent. Two in place of sixteen, on two cores,
 * were worth half as many orders again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "db/postgres.h"
#include <poll.h>

/* Prepared statements that a connection keeps. */
#define KEPT_STATEMENTS 2048
/* Tries to connect before giving up, the first pause in ms (it doubles), and for how many ms after that
 * others try only once. */
#define CONNECT_TRIES 6
#define CONNECT_PAUSE 50
#define CONNECT_DOWN SECOND_MS
/* Connections for each processor when the configuration does not say how many in all. */
#define PER_PROCESSOR 1
/* Microseconds after an answer for which a connection is taken to be alive. */
#define FRESH_TIME 20000
struct pg_pool {
    struct lender lender;
    char *url;
    atomic_llong down_at; /* steady µs of the last vain attempt to connect */
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
    for (int i = 0; i < PG_MERGE_WIDTHS; i++)
        free(statement->merged[i]);
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

err pool_borrow(struct ctx *ctx, struct pg_pool *pool, struct pg_connection **result)
{
    sem_t *permit = lender_wait(&pool->lender);
    if (permit == NULL)
        return fail_with(ctx, ERR_UNAVAILABLE, "all connections to the database are busy");
    struct pg_connection *connection = (struct pg_connection *)(void *)lender_take(&pool->lender);
    if (connection == NULL)
        connection = pool_make();
    connection->lent.permit = permit;
    err failure = pool_connect(ctx, pool, connection);
    if (failure)
        pool_give_back(pool, connection);
    else
        *result = connection;
    return failure;
}

void pool_give_back(struct pg_pool *pool, struct pg_connection *connection)
{
    lender_give_back(&pool->lender, &connection->lent);
}

struct pg_pool *pool_open(const struct config *config)
{
    struct pg_pool *pool = db_allocate(sizeof *pool);
    pool->url = strdup(config->database_url);
    lender_open(&pool->lender, config->database_connections, PER_PROCESSOR);
    return pool;
}

void pool_close(struct pg_pool *pool)
{
    struct lent *lent;
    while ((lent = lender_take(&pool->lender)))
        pool_unmake((struct pg_connection *)(void *)lent);
    lender_close(&pool->lender);
    free(pool->url);
    free(pool);
}
