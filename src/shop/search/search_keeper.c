/* search_keeper.c - the thread behind the search: reads shops ahead, writes down what was asked, keeps
 * popular words fresh. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "shop/search/search_log.h"
#include "shop/search/search_parts.h"
#include "shop/tenant/tenant.h"
#include <malloc.h>
#include <time.h>

#define TURN_MS 1000
#define SHOPS_AT_ONCE 100
/* Shops whose popular words one turn reads. */
#define POPULAR_A_TURN 10

struct keeper {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool is_stopping;
    struct finder *finder;
    struct ctx ctx;
    int64_t loaded_id; /* the last shop that was read ahead */
    size_t shops;
    bool has_loaded;
};

static bool is_stopping(struct keeper *keeper)
{
    pthread_mutex_lock(&keeper->lock);
    bool stops = keeper->is_stopping;
    pthread_mutex_unlock(&keeper->lock);
    return stops;
}

static void rest(struct keeper *keeper)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TURN_MS / SECOND_MS;
    pthread_mutex_lock(&keeper->lock);
    if (!keeper->is_stopping)
        pthread_cond_timedwait(&keeper->woken, &keeper->lock, &until);
    pthread_mutex_unlock(&keeper->lock);
}

static void begin(struct keeper *keeper)
{
    arena_reset(keeper->ctx.arena);
    keeper->ctx.now = clock_now();
    keeper->ctx.shop = NULL;
}

typedef err (*shop_work)(struct ctx *ctx, struct finder *finder);

/* A shop that is gone, or a database that does not answer, is somebody else's trouble. */
static void with_shop(struct keeper *keeper, int64_t shop_id, shop_work work)
{
    begin(keeper);
    err failure = shop_load(&keeper->ctx, shop_id, &keeper->ctx.shop);
    if (!failure)
        failure = work(&keeper->ctx, keeper->finder);
    if (failure && failure->code != ERR_NOT_FOUND && failure->code != ERR_SHOP_NOT_FOUND)
        log_failure(&keeper->ctx, LOG_WARNING, "the search could not do its work", failure);
}

static err flush(struct ctx *ctx, struct finder *finder)
{
    (void)finder;
    return search_flush(ctx);
}

static void write_down(struct keeper *keeper)
{
    int64_t shop_ids[SHOPS_AT_ONCE];
    size_t count = finder_log_shops(keeper->finder->log, shop_ids, SHOPS_AT_ONCE);
    for (size_t i = 0; i < count; i++)
        with_shop(keeper, shop_ids[i], flush);
    for (size_t i = 0; i < POPULAR_A_TURN; i++) {
        int64_t due = lexicons_due(keeper->finder->lexicons, clock_now());
        if (due == 0)
            return;
        with_shop(keeper, due, lexicons_read_popular);
    }
}

static void say_loaded(struct keeper *keeper)
{
    struct search_figures figures = search_figures(keeper->finder->index);
    keeper->has_loaded = true;
    begin(keeper);
    log_info(&keeper->ctx, "shops are read for the search", "shops=%zu products=%zu mb=%zu limit_mb=%zu",
             keeper->shops, figures.documents, figures.bytes >> 20, FINDER_MEMORY_LIMIT >> 20);
    malloc_trim(0); /* the start ends here, and what it needed for a moment is given back */
}

static void load_ahead(struct keeper *keeper)
{
    int64_t *found, shop_ids[SHOPS_AT_ONCE];
    size_t count;
    begin(keeper);
    err failure = shop_list_ids(&keeper->ctx, keeper->loaded_id, SHOPS_AT_ONCE, &found, &count);
    if (failure) {
        log_failure(&keeper->ctx, LOG_WARNING, "shops are not read for the search", failure);
        return;
    }
    memcpy(shop_ids, found, count * sizeof *shop_ids);
    for (size_t i = 0; i < count && !is_stopping(keeper); i++) {
        with_shop(keeper, shop_ids[i], finder_be_current);
        keeper->loaded_id = shop_ids[i];
        keeper->shops++;
    }
    if (count < SHOPS_AT_ONCE || search_figures(keeper->finder->index).bytes > FINDER_MEMORY_LIMIT)
        say_loaded(keeper);
}

static void *keep(void *arg)
{
    struct keeper *keeper = arg;
    while (!is_stopping(keeper)) {
        write_down(keeper);
        if (keeper->has_loaded)
            rest(keeper);
        else
            load_ahead(keeper);
    }
    write_down(keeper);
    return NULL;
}

err finder_start(const struct ctx *model, struct finder *finder, struct db *db)
{
    struct keeper *keeper = arena_alloc(model->arena, sizeof *keeper);
    keeper->finder = finder;
    keeper->ctx = *model;
    keeper->ctx.arena = arena_open(ARENA_LIMIT);
    keeper->ctx.db = db_session_open(db);
    keeper->ctx.actor = ACTOR_SYSTEM;
    keeper->ctx.gives_way = true;
    keeper->ctx.request_id = "search";
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_cond_init(&keeper->woken, NULL);
    if (pthread_create(&keeper->thread, NULL, keep, keeper) != 0)
        return fail_with(model, ERR_INTERNAL, "no thread for the search");
    finder->keeper = keeper;
    return NULL;
}

void finder_stop(struct finder *finder)
{
    struct keeper *keeper = finder->keeper;
    if (!keeper)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->is_stopping = true;
    pthread_cond_signal(&keeper->woken);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    db_session_close(keeper->ctx.db);
    arena_close(keeper->ctx.arena);
    finder->keeper = NULL;
}
