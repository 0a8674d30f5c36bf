/* media_look.c - pictures that look the same.
 *
 * A look is a 64-bit difference hash: of a 9 × 8 grey miniature, whether each pixel is brighter than its
 * right neighbour. Two hashes that differ in at most 3 bits agree in at least one of four bands of 16, so the
 * candidates are the rows of four index lookups, each cut off, and never the whole table. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/media/media_look.h"

#include "base/text.h"

/* Candidates of one band. */
#define BAND_ROWS_SQL "64"

struct look_bands look_split(uint64_t look)
{
    struct look_bands bands;
    for (int i = 0; i < LOOK_BANDS; i++)
        bands.values[i] = look ? db_int((int64_t)(look >> (48 - 16 * i) & 0xffff)) : db_null();
    return bands;
}

int look_distance(uint64_t a, uint64_t b)
{
    return __builtin_popcountll(a ^ b);
}

#define BAND(n, at)                                                                                          \
    "SELECT id, look FROM (SELECT id, look FROM pictures WHERE shop_id = $1 AND look_" n " = $" at           \
    " AND look IS NOT NULL LIMIT " BAND_ROWS_SQL ") AS band_" n

err look_find_alike(struct ctx *ctx, uint64_t look, const char *picture_id, const char **alike_id)
{
    struct db_rows *rows;
    struct look_bands bands = look_split(look);
    int best = PICTURE_ALIKE_BITS + 1;
    *alike_id = NULL;
    if (!look)
        return NULL;
    TRY(db_query(ctx, &rows,
                 BAND("1", "2") " UNION " BAND("2", "3") " UNION " BAND("3", "4") " UNION " BAND("4", "5"),
                 db_int(ctx->shop->id), bands.values[0], bands.values[1], bands.values[2], bands.values[3]));
    while (db_next(rows)) {
        int distance = look_distance(look, (uint64_t)db_get_int(rows, 1));
        if (distance >= best || strcmp(db_get_text(rows, 0), picture_id) == 0)
            continue;
        best = distance;
        *alike_id = db_get_text(rows, 0);
    }
    return NULL;
}

const char *media_name_key(struct ctx *ctx, const char *file_name)
{
    return text_lower(ctx->arena, file_name);
}
