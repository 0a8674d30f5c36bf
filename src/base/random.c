/* random.c - getrandom(2), whole and retried. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"
#include "base/error.h"
#include <errno.h>
#include <sys/random.h>

#define TOKEN_BYTES 16
#define TOKEN_LENGTH 26 /* 128 bits, five a character */

void random_bytes(void *bytes, size_t length)
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
    unsigned char pool[64]; /* one question to the system gives enough for most texts */
    size_t left = 0;
    for (size_t i = 0; i < length;) {
        if (left == 0) {
            random_bytes(pool, sizeof pool);
            left = sizeof pool;
        }
        unsigned char byte = pool[--left];
        if (byte < 250) /* 250 is the last multiple of ten: all digits stay equally likely */
            digits[i++] = (char)('0' + byte % 10);
    }
    return digits;
}
