/* hash.h - a small seeded hash for tables in memory. The seed is secret, so nobody outside can choose names
 * that collide; it is no cryptographic hash. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed)
{
    const unsigned char *at = bytes;
    uint64_t hash = hash_mix(seed ^ UINT64_C(0x9e3779b97f4a7c15), length ^ UINT64_C(0xbf58476d1ce4e5b9));
    for (; length >= 8; length -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = hash_mix(hash ^ word, UINT64_C(0x94d049bb133111eb));
    }
    uint64_t tail = 0;
    for (size_t i = 0; i < length; i++)
        tail |= (uint64_t)at[i] << (8 * i);
    return hash_mix(hash ^ tail, UINT64_C(0xd6e8feb86659fd93) ^ seed);
}
