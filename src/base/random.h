/* random.h - randomness from the operating system, for tokens and secrets. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdint.h>

void random_bytes(void *bytes, size_t length);
/* Uniform in 0 .. bound-1; bound > 0. */
uint32_t random_below(uint32_t bound);
/* A 128-bit token as 26 characters of [0-9a-z] (Crockford base 32). */
char *random_token(struct arena *arena);
/* `length` decimal digits. */
char *random_digits(struct arena *arena, size_t length);
