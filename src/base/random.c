/* random.c - getrandom(2), whole, retried, and asked for a pool at a time.
 *
 * Each thread keeps a small pool of its own: an order takes six short pieces, and a system call for each
 * would be seen. A piece is wiped from the pool when it is handed out; a forked child begins with an empty
 * pool. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "base/error.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#define TOKEN_BYTES 16
#define TOKEN_LENGTH 26 /* 128 bits, five a character */
#define POOL_BYTES 512

struct pool {
    unsigned char bytes[POOL_BYTES];
    size_t left;
};

static _Thread_local struct pool pool;

static void ask_system(void *bytes, size_t length)
{
    char *at = bytes;
    while (length) {
        ssize_t got = getrandom(at, length, 0);
        if (got < 0 && errno != EINTR)
            bug("the operating system gives no random bytes");
        if (got > 0) {
            at += got;
            length -= (size_t)got;
        }
    }
}

static void empty_pool(void)
{
    pool.left = 0;
}

static void watch_forks(void)
{
    if (pthread_atfork(NULL, NULL, empty_pool) != 0)
        bug("no memory for a fork handler");
}

void random_bytes(void *bytes, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    if (length > POOL_BYTES) {
        ask_system(bytes, length);
        return;
    }
    if (pool.left < length) {
        pthread_once(&once, watch_forks);
        ask_system(pool.bytes, sizeof pool.bytes);
        pool.left = sizeof pool.bytes;
    }
    pool.left -= length;
    memcpy(bytes, pool.bytes + pool.left, length);
    explicit_bzero(pool.bytes + pool.left, length);
}

uint32_t random_below(uint32_t bound)
{
    if (bound == 0)
        bug("there is no number below 0");
    uint32_t uneven =
        (uint32_t)(0 - bound) % bound; /* 2^32 mod bound: as many of the lowest would be too likely */
    uint32_t number;
    do
        random_bytes(&number, sizeof number);
    while (number < uneven);
    return number % bound;
}

char *random_token(struct arena *arena)
{
    static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
    unsigned char bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof bytes);
    char *token = arena_alloc(arena, TOKEN_LENGTH + 1);
    uint32_t bits = 0;
    int have = 0;
    size_t next = 0;
    for (size_t i = 0; i < TOKEN_LENGTH; i++) {
        if (have < 5) {
            bits = bits << 8 | (next < TOKEN_BYTES ? bytes[next++] : 0);
            have += 8;
        }
        have -= 5;
        token[i] = alphabet[bits >> have & 31];
    }
    return token;
}

char *random_digits(struct arena *arena, size_t length)
{
    char *digits = arena_alloc(arena, length + 1);
    for (size_t i = 0; i < length;) {
        unsigned char byte;
        random_bytes(&byte, sizeof byte);
        if (byte < 250) /* 250 is the last multiple of ten: all digits stay equally likely */
            digits[i++] = (char)('0' + byte % 10);
    }
    return digits;
}
