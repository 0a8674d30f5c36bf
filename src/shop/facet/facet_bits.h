/* facet_bits.h - how bits and numbers of a block are stored. Private to facet. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/facet/facet.h"

#define BLOCK_BYTES (FACET_BLOCK_SPOTS / 8)
#define BLOCK_WORDS (FACET_BLOCK_SPOTS / 64)
#define NUMBERS_BYTES ((size_t)FACET_BLOCK_SPOTS * 8)

/* Bit n is bit n % 64 of word n / 64. Adds what is stored to the words. False when it is not ours. */
bool bits_read(const unsigned char *stored, size_t length, uint64_t words[BLOCK_WORDS]);
/* Few bits are stored as their numbers, 16 bits each; many as BLOCK_BYTES. *length is 0 when none is set. */
const unsigned char *bits_write(struct ctx *ctx, const uint64_t words[BLOCK_WORDS], size_t *length);
int64_t bits_count(const uint64_t *words, size_t count);
int64_t number_at(const unsigned char *numbers, size_t index);
void number_put(unsigned char *numbers, size_t index, int64_t number);
