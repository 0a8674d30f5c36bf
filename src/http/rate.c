/* rate.c - how often somebody may do something: token buckets in a table of fixed size.
 *
 * A bucket is one number: the time at which it would be full again (GCRA). Buckets live in sets of eight
 * places; when a set is full, the bucket that is nearest to full is forgotten, so a flood of addresses costs
 * the flooders nothing more but helps nobody who is being held back. Two names in one bucket would need equal
 * 64-bit keyed hashes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include <stdlib.h>
#include <string.h>

#define SET_COUNT 4096
#define SET_PLACES 8
#define LOCK_COUNT 64
#define MINUTE_US INT64_C(60000000)

struct bucket {
    uint64_t key;
    int64_t full_at;
};

struct rates {
    uint64_t seed;
    pthread_mutex_t locks[LOCK_COUNT];
    struct bucket sets[SET_COUNT][SET_PLACES];
};

struct rates *rates_open(uint64_t seed)
{
    struct rates *rates = calloc(1, sizeof *rates);
    if (rates == NULL)
        bug("out of memory");
    rates->seed = seed;
    for (size_t i = 0; i < LOCK_COUNT; i++)
        pthread_mutex_init(&rates->locks[i], NULL);
    return rates;
}

void rates_close(struct rates *rates)
{
    if (rates == NULL)
        return;
    for (size_t i = 0; i < LOCK_COUNT; i++)
        pthread_mutex_destroy(&rates->locks[i]);
    free(rates);
}

static struct bucket *find(struct bucket *set, uint64_t key)
{
    struct bucket *fullest = &set[0];
    for (size_t i = 0; i < SET_PLACES; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_at < fullest->full_at)
            fullest = &set[i];
    }
    *fullest = (struct bucket){key, 0};
    return fullest;
}

bool rate_take(struct rates *rates, const char *name, int64_t per_minute, int64_t now_us,
               int64_t *wait_seconds)
{
    *wait_seconds = 0;
    if (per_minute <= 0)
        return true;
    uint64_t key = hash_bytes(name, strlen(name), rates->seed) | 1;
    size_t set = (size_t)(key >> 20) % SET_COUNT;
    int64_t step = MINUTE_US / per_minute;
    pthread_mutex_lock(&rates->locks[set % LOCK_COUNT]);
    struct bucket *bucket = find(rates->sets[set], key);
    int64_t full_at = bucket->full_at > now_us ? bucket->full_at : now_us;
    bool fits = full_at + step - now_us <= MINUTE_US;
    if (fits)
        bucket->full_at = full_at + step;
    else
        *wait_seconds = (full_at + step - now_us - MINUTE_US + 999999) / 1000000;
    pthread_mutex_unlock(&rates->locks[set % LOCK_COUNT]);
    return fits;
}

bool http_rate_take(struct http_server *server, const char *bucket, int64_t per_minute)
{
    int64_t wait_seconds;
    return rate_take(server->rates, bucket, per_minute, clock_steady(), &wait_seconds);
}

bool req_rate_take(const struct req *req, const char *bucket, int64_t per_minute)
{
    return http_rate_take(req->exchange->server, bucket, per_minute);
}
