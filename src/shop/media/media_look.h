/* media_look.h - pictures that look the same, found by a few index lookups. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/media/media.h"

#define LOOK_BANDS 4

struct look_bands {
    struct db_value values[LOOK_BANDS]; /* 16 bits each, highest first; NULL for a picture without a look */
};

struct look_bands look_split(uint64_t look);
/* Bits in which two differ. */
int look_distance(uint64_t a, uint64_t b);
/* The picture that looks most like this one, within PICTURE_ALIKE_BITS; NULL when there is none. */
CHECKED err look_find_alike(struct ctx *ctx, uint64_t look, const char *picture_id, const char **alike_id);
/* A file name as it is searched for: ASCII letters small. */
const char *media_name_key(struct ctx *ctx, const char *file_name);
