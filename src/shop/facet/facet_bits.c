/* facet_bits.c - bits and numbers of a block as bytes, the same on every machine. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/facet/facet_bits.h"

bool bits_read(const unsigned char *stored, size_t length, uint64_t words[BLOCK_WORDS])
{
    if (length == BLOCK_BYTES) {
        for (size_t i = 0; i < BLOCK_WORDS; i++)
            words[i] |= (uint64_t)number_at(stored, i);
        return true;
    }
    if (length % 2 || length > BLOCK_BYTES)
        return false;
    for (size_t i = 0; i < length; i += 2) {
        unsigned bit = stored[i] | (unsigned)stored[i + 1] << 8;
        if (bit >= FACET_BLOCK_SPOTS)
            return false;
        words[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    return true;
}

const unsigned char *bits_write(struct ctx *ctx, const uint64_t words[BLOCK_WORDS], size_t *length)
{
    size_t count = (size_t)bits_count(words, BLOCK_WORDS);
    bool is_dense = count * 2 >= BLOCK_BYTES;
    unsigned char *bytes = arena_alloc(ctx->arena, is_dense ? BLOCK_BYTES : count * 2 + 1);
    *length = is_dense ? BLOCK_BYTES : count * 2;
    size_t at = 0;
    for (size_t i = 0; i < BLOCK_WORDS; i++) {
        if (is_dense)
            number_put(bytes, i, (int64_t)words[i]);
        for (uint64_t word = is_dense ? 0 : words[i]; word; word &= word - 1) {
            size_t bit = i * 64 + (size_t)__builtin_ctzll(word);
            bytes[at++] = (unsigned char)(bit & 255);
            bytes[at++] = (unsigned char)(bit >> 8);
        }
    }
    return bytes;
}

int64_t bits_count(const uint64_t *words, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += __builtin_popcountll(words[i]);
    return sum;
}

int64_t number_at(const unsigned char *numbers, size_t index)
{
    uint64_t number = 0;
    for (size_t i = 8; i > 0; i--)
        number = number << 8 | numbers[index * 8 + i - 1];
    return (int64_t)number;
}

void number_put(unsigned char *numbers, size_t index, int64_t number)
{
    uint64_t rest = (uint64_t)number;
    for (size_t i = 0; i < 8; i++, rest >>= 8)
        numbers[index * 8 + i] = (unsigned char)(rest & 255);
}
