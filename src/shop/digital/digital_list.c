/* digital_list.c - decks, batches and codes in lists, and who looked at whole codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "shop/digital/digital_deck.h"

#define PRODUCTS_AT_ONCE 32
#define MASKED_WHOLE 8 /* shorter codes show less of themselves */

static void take_decks(struct ctx *ctx, struct db_rows *rows, struct code_deck **decks, size_t *count)
{
    *decks = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **decks);
    *count = 0;
    while (db_next(rows))
        code_deck_read(rows, &(*decks)[(*count)++]);
}

#define PAGE "AND variant_id < $2 ORDER BY variant_id DESC LIMIT $3"

err code_deck_list(struct ctx *ctx, enum deck_filter filter, int64_t before, int limit,
                   struct code_deck **decks, size_t *count)
{
    static const char *const statements[] = {
        DECK_COLUMNS "WHERE shop_id = $1 " PAGE,
        DECK_COLUMNS "WHERE shop_id = $1 AND low_alarm IS NOT NULL " PAGE,
        DECK_COLUMNS "WHERE shop_id = $1 AND owed > 0 " PAGE,
        DECK_COLUMNS "WHERE shop_id = $1 AND expired > 0 " PAGE,
    };
    struct db_rows *rows;
    int64_t rest = limit < 1 ? 1 : limit > DECK_ROWS_LIMIT ? DECK_ROWS_LIMIT : limit;
    TRY(db_query(ctx, &rows, statements[filter], db_int(ctx->shop->id), db_int(before ? before : INT64_MAX),
                 db_int(rest)));
    take_decks(ctx, rows, decks, count);
    return NULL;
}

err code_deck_list_of(struct ctx *ctx, const int64_t *product_ids, size_t product_count,
                      struct code_deck **decks, size_t *count)
{
    struct db_value values[PRODUCTS_AT_ONCE + 2];
    struct db_rows *rows;
    *count = 0;
    if (product_count == 0)
        return NULL;
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < PRODUCTS_AT_ONCE; i++)
        values[i + 1] = db_int(product_ids[i < product_count ? i : product_count - 1]);
    values[PRODUCTS_AT_ONCE + 1] = db_int(DECK_ROWS_LIMIT);
    TRY(db_query_values(ctx, &rows,
                        DECK_COLUMNS "WHERE shop_id = $1 AND product_id IN " DB_IDS
                                     " ORDER BY product_id DESC, variant_id LIMIT $34",
                        values, PRODUCTS_AT_ONCE + 2));
    take_decks(ctx, rows, decks, count);
    return NULL;
}

#define COUNTED(condition)                                                                                   \
    "SELECT COUNT(*) FROM (SELECT variant_id FROM code_decks WHERE shop_id = $1" condition " LIMIT $2) d"

err code_deck_count(struct ctx *ctx, enum deck_filter filter, int64_t *count)
{
    static const char *const statements[] = {
        COUNTED(""),
        COUNTED(" AND low_alarm IS NOT NULL"),
        COUNTED(" AND owed > 0"),
        COUNTED(" AND expired > 0"),
    };
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, statements[filter], db_int(ctx->shop->id), db_int(DECK_COUNT_LIMIT)));
    *count = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

/* ---- batches ---- */

#define BATCH_COLUMNS                                                                                        \
    "SELECT b.batch_no, b.loaded_at, b.loaded_by, b.note, b.added, b.duplicates, b.too_long, b.expires_at,"  \
    " b.withdrawn_at, b.expired_at"

static void read_batch(const struct db_rows *rows, struct code_batch *batch)
{
    *batch = (struct code_batch){.batch_no = db_get_int(rows, 0),
                                 .loaded_at = db_get_int(rows, 1),
                                 .loaded_by = db_get_text(rows, 2),
                                 .note = db_get_text(rows, 3),
                                 .added = db_get_int(rows, 4),
                                 .duplicates = db_get_int(rows, 5),
                                 .too_long = db_get_int(rows, 6),
                                 .expires_at = db_get_int(rows, 7),
                                 .withdrawn_at = db_get_int(rows, 8),
                                 .expired_at = db_get_int(rows, 9),
                                 .report = ""};
}

err code_batch_list(struct ctx *ctx, const struct code_deck *deck, int64_t before, int limit,
                    struct code_batch **batches, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 BATCH_COLUMNS
                 ", (SELECT COUNT(*) FROM codes c WHERE c.shop_id = b.shop_id AND c.variant_id = b.variant_id"
                 " AND c.batch_no = b.batch_no AND c.seq > $4 AND c.seq <= $5),"
                 " (SELECT COUNT(*) FROM codes c WHERE c.shop_id = b.shop_id AND c.variant_id = b.variant_id"
                 " AND c.batch_no = b.batch_no AND c.seq > $6)"
                 " FROM code_batches b WHERE b.shop_id = $1 AND b.variant_id = $2 AND b.batch_no < $3"
                 " ORDER BY b.batch_no DESC LIMIT $7",
                 db_int(ctx->shop->id), db_int(deck->variant_id), db_int(before ? before : INT64_MAX),
                 db_int(deck->dealt), db_int(deck->loaded), db_int(CODE_ASIDE_BASE), db_int(limit)));
    *batches = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **batches);
    *count = 0;
    while (db_next(rows)) {
        struct code_batch *batch = &(*batches)[(*count)++];
        read_batch(rows, batch);
        batch->left = deck->mode == DECK_CODES ? db_get_int(rows, 10) : 0;
        batch->aside = db_get_int(rows, 11);
    }
    return NULL;
}

err code_batch_load(struct ctx *ctx, int64_t variant_id, int64_t batch_no, struct code_batch *batch)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 BATCH_COLUMNS ", b.report FROM code_batches b WHERE b.shop_id = $1 AND b.variant_id = $2"
                               " AND b.batch_no = $3",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(batch_no)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such batch");
    read_batch(rows, batch);
    batch->report = db_get_text(rows, 10);
    return NULL;
}

/* ---- codes ---- */

const char *code_mask(struct ctx *ctx, const char *code)
{
    size_t length = strlen(code);
    size_t points = utf8_length(code, length);
    size_t shown = points >= MASKED_WHOLE ? 2 : points >= MASKED_WHOLE / 2 ? 1 : 0;
    return arena_format(ctx->arena, "%.*s••••%s", (int)utf8_prefix(code, length, shown), code,
                        code + utf8_prefix(code, length, points - shown));
}

static enum code_state state_of(const struct code_deck *deck, int64_t seq)
{
    if (seq > CODE_ASIDE_BASE)
        return CODE_ASIDE;
    return seq <= deck->dealt ? CODE_DEALT : CODE_LEFT;
}

err code_list(struct ctx *ctx, const struct code_deck *deck, int64_t batch_no, int64_t after, int limit,
              struct listed_code **codes, size_t *count)
{
    struct db_rows *rows;
    if (batch_no)
        TRY(db_query(ctx, &rows,
                     "SELECT seq, batch_no, sealed FROM codes WHERE shop_id = $1 AND variant_id = $2"
                     " AND batch_no = $3 AND seq > $4 ORDER BY seq LIMIT $5",
                     db_int(ctx->shop->id), db_int(deck->variant_id), db_int(batch_no), db_int(after),
                     db_int(limit)));
    else
        TRY(db_query(ctx, &rows,
                     "SELECT seq, batch_no, sealed FROM codes WHERE shop_id = $1 AND variant_id = $2"
                     " AND seq > $3 ORDER BY seq LIMIT $4",
                     db_int(ctx->shop->id), db_int(deck->variant_id), db_int(after), db_int(limit)));
    *codes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **codes);
    *count = 0;
    while (db_next(rows)) {
        struct listed_code *code = &(*codes)[(*count)++];
        const char *text;
        struct sealed sealed;
        sealed.ptr = db_get_bytes(rows, 2, &sealed.len);
        TRY(crypto_open(ctx, code_purpose(DECK_CODES), sealed, &text));
        *code = (struct listed_code){.seq = db_get_int(rows, 0),
                                     .batch_no = db_get_int(rows, 1),
                                     .state = state_of(deck, db_get_int(rows, 0)),
                                     .masked = code_mask(ctx, text)};
    }
    return NULL;
}

/* ---- who looked ---- */

struct look {
    int64_t subject_id;
    int64_t seq;
    const char *who;
    const char *network;
};

static err is_noted(struct ctx *ctx, const struct look *look, bool *noted)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM code_views WHERE shop_id = $1 AND subject_id = $2 AND hour = $3 AND seq = $4"
                 " AND actor = $5 AND who = $6 AND network = $7",
                 db_int(ctx->shop->id), db_int(look->subject_id), db_int(ctx->now / HOUR_MS),
                 db_int(look->seq), db_int(ctx->actor), db_text(look->who), db_text(look->network)));
    *noted = db_next(rows);
    return NULL;
}

static err note_in_transaction(struct ctx *ctx, void *arg)
{
    const struct look *look = arg;
    return db_execute(ctx,
                      "INSERT INTO code_views (shop_id, subject_id, hour, seq, actor, who, network, at)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                      " ON CONFLICT (shop_id, subject_id, hour, seq, actor, who, network) DO NOTHING",
                      db_int(ctx->shop->id), db_int(look->subject_id), db_int(ctx->now / HOUR_MS),
                      db_int(look->seq), db_int(ctx->actor), db_text(look->who), db_text(look->network),
                      db_int(ctx->now));
}

err code_note_view(struct ctx *ctx, int64_t subject_id, int64_t seq, const char *who, const char *network)
{
    struct look look = {subject_id, seq, who, network};
    bool noted;
    TRY(is_noted(ctx, &look, &noted));
    return noted ? NULL : db_transact(ctx, note_in_transaction, &look);
}

err code_view_list(struct ctx *ctx, int64_t subject_id, int limit, struct code_view **views, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT at, actor, who, network, seq FROM code_views WHERE shop_id = $1 AND subject_id = $2"
                 " ORDER BY hour DESC, at DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(subject_id), db_int(limit)));
    *views = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **views);
    *count = 0;
    while (db_next(rows))
        (*views)[(*count)++] = (struct code_view){.at = db_get_int(rows, 0),
                                                  .actor = (enum actor_kind)db_get_int(rows, 1),
                                                  .who = db_get_text(rows, 2),
                                                  .network = db_get_text(rows, 3),
                                                  .seq = db_get_int(rows, 4)};
    return NULL;
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    (void)arg;
    return db_execute(ctx, "DELETE FROM code_views WHERE shop_id = $1 AND hour < $2", db_int(ctx->shop->id),
                      db_int((ctx->now - CODE_VIEW_KEEP_MS) / HOUR_MS));
}

err code_view_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM code_views WHERE shop_id = $1 AND hour < $2 LIMIT 1",
                 db_int(ctx->shop->id), db_int((ctx->now - CODE_VIEW_KEEP_MS) / HOUR_MS)));
    return db_row_count(rows) ? db_transact(ctx, sweep_in_transaction, NULL) : NULL;
}

err code_reveal(struct ctx *ctx, int64_t variant_id, int64_t seq, const char *who, const char *network,
                const char **code)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT sealed FROM codes WHERE shop_id = $1 AND variant_id = $2 AND seq = $3",
                 db_int(ctx->shop->id), db_int(variant_id), db_int(seq)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such code");
    struct sealed sealed;
    sealed.ptr = db_get_bytes(rows, 0, &sealed.len);
    TRY(code_note_view(ctx, variant_id, seq, who, network));
    return crypto_open(ctx, code_purpose(DECK_CODES), sealed, code);
}
