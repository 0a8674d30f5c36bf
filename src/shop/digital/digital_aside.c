/* digital_aside.c - moving codes out of the numbers of a deck, and back (docs/decisions/0010).
 *
 * Codes move in runs of consecutive numbers, one statement a run: a plain range of the key, so that the plan
 * does not depend on what the database believes to know of the table. Most batches are a run or two. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital_deck.h"

struct run {
    int64_t first;
    int64_t last;
};

static void take_runs(struct ctx *ctx, struct db_rows *rows, struct run **runs, size_t *count)
{
    *runs = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **runs);
    *count = 0;
    while (db_next(rows))
        (*runs)[(*count)++] = (struct run){db_get_int(rows, 0), db_get_int(rows, 1)};
}

static err move(struct ctx *ctx, const struct code_deck *deck, int64_t from, int64_t to, int64_t length)
{
    return db_expect(ctx, length, ERR_CONFLICT, "the codes of the deck are not where they were",
                     "UPDATE codes SET seq = seq + $5 WHERE shop_id = $1 AND variant_id = $2 AND seq >= $3"
                     " AND seq < $4",
                     db_int(ctx->shop->id), db_int(deck->variant_id), db_int(from), db_int(from + length),
                     db_int(to - from));
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Fills the numbers of `gone` that are within the new deck with the codes behind it, which are all that are
 * not themselves gone. `hole` walks through the former, `next` through the latter, both upwards. */
static err close_gaps(struct ctx *ctx, const struct code_deck *deck, const struct run *gone, size_t count,
                      int64_t loaded)
{
    size_t behind = 0;
    int64_t next = loaded + 1;
    for (size_t i = 0; i < count && gone[i].first <= loaded; i++) {
        int64_t hole = gone[i].first, end = least(gone[i].last, loaded);
        while (hole <= end) {
            while (behind < count && gone[behind].last < next)
                behind++;
            if (behind < count && gone[behind].first <= next) {
                next = gone[behind].last + 1;
                continue;
            }
            int64_t until = behind < count ? gone[behind].first - 1 : deck->loaded;
            int64_t length = least(end - hole, until - next) + 1;
            TRY(move(ctx, deck, next, hole, length));
            hole += length;
            next += length;
        }
    }
    return NULL;
}

static err set_deck(struct ctx *ctx, const struct code_deck *deck)
{
    return db_execute(
        ctx, "UPDATE code_decks SET loaded = $3, rounds = $4 WHERE shop_id = $1 AND variant_id = $2",
        db_int(ctx->shop->id), db_int(deck->variant_id), db_int(deck->loaded), db_int(deck->rounds));
}

/* Each round has numbers of its own above the deck, so that what is put aside never meets what was. */
err code_put_aside(struct ctx *ctx, struct code_deck *deck, const int64_t *batch_nos, size_t count,
                   int64_t *moved)
{
    int64_t offset = (deck->rounds + 1) * CODE_ASIDE_BASE;
    struct db_rows *rows;
    struct run *gone;
    size_t gone_count;
    *moved = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t changed;
        TRY(db_change(ctx, &changed,
                      "UPDATE codes SET seq = seq + $6 WHERE shop_id = $1 AND variant_id = $2"
                      " AND batch_no = $3 AND seq > $4 AND seq <= $5",
                      db_int(ctx->shop->id), db_int(deck->variant_id), db_int(batch_nos[i]),
                      db_int(deck->dealt), db_int(deck->loaded), db_int(offset)));
        *moved += changed;
    }
    if (*moved == 0)
        return NULL;
    TRY(db_query(
        ctx, &rows,
        "SELECT MIN(seq) - $3, MAX(seq) - $3 FROM (SELECT seq, seq - ROW_NUMBER() OVER (ORDER BY seq)"
        " AS run FROM codes WHERE shop_id = $1 AND variant_id = $2 AND seq > $3 AND seq <= $4) c"
        " GROUP BY run ORDER BY 1",
        db_int(ctx->shop->id), db_int(deck->variant_id), db_int(offset), db_int(offset + deck->loaded)));
    take_runs(ctx, rows, &gone, &gone_count);
    TRY(close_gaps(ctx, deck, gone, gone_count, deck->loaded - *moved));
    deck->loaded -= *moved;
    deck->rounds++;
    return set_deck(ctx, deck);
}

err code_put_back(struct ctx *ctx, struct code_deck *deck, int64_t batch_no, int64_t *moved)
{
    struct db_rows *rows;
    struct run *runs;
    size_t count;
    TRY(db_query(ctx, &rows,
                 "SELECT MIN(seq), MAX(seq) FROM (SELECT seq, seq - ROW_NUMBER() OVER (ORDER BY seq) AS run"
                 " FROM codes WHERE shop_id = $1 AND variant_id = $2 AND batch_no = $3 AND seq > $4) c"
                 " GROUP BY run ORDER BY 1",
                 db_int(ctx->shop->id), db_int(deck->variant_id), db_int(batch_no), db_int(CODE_ASIDE_BASE)));
    take_runs(ctx, rows, &runs, &count);
    *moved = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t length = runs[i].last - runs[i].first + 1;
        TRY(move(ctx, deck, runs[i].first, deck->loaded + 1, length));
        deck->loaded += length;
        *moved += length;
    }
    return *moved ? set_deck(ctx, deck) : NULL;
}
