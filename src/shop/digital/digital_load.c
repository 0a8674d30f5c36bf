/* digital_load.c - batches: loading codes, taking a batch out of the deck, putting it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/crypto.h"
#include "base/text.h"
#include "shop/digital/digital_deck.h"
#include <inttypes.h>

struct prepared_code {
    struct sealed sealed;
    unsigned char blind[CRYPTO_INDEX_BYTES];
    size_t line;
};

struct load {
    struct code_loading *loading;
    const struct prepared_code *codes;
    size_t count;
    char *report;
};

static err next_batch(struct ctx *ctx, int64_t variant_id, int64_t *batch_no)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT COALESCE(MAX(batch_no), 0) + 1 FROM code_batches WHERE shop_id = $1"
                 " AND variant_id = $2",
                 db_int(ctx->shop->id), db_int(variant_id)));
    *batch_no = db_next(rows) ? db_get_int(rows, 0) : 1;
    return NULL;
}

static err write_codes(struct ctx *ctx, struct load *load, int64_t loaded)
{
    struct code_loading *loading = load->loading;
    loading->added = 0;
    for (size_t i = 0; i < load->count; i++) {
        int64_t changed;
        TRY(db_change(
            ctx, &changed,
            "INSERT INTO codes (shop_id, variant_id, seq, sealed, blind, loaded_at, batch_no)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop_id, variant_id, blind) DO NOTHING",
            db_int(ctx->shop->id), db_int(loading->variant_id), db_int(loaded + loading->added + 1),
            db_bytes(load->codes[i].sealed.ptr, load->codes[i].sealed.len),
            db_bytes(load->codes[i].blind, CRYPTO_INDEX_BYTES), db_int(ctx->now), db_int(loading->batch_no)));
        load->report[load->codes[i].line] = changed ? 'a' : 'd';
        loading->added += changed;
    }
    loading->duplicates = (int64_t)load->count - loading->added;
    return NULL;
}

static err write_batch(struct ctx *ctx, const struct load *load)
{
    const struct code_loading *loading = load->loading;
    return db_execute(
        ctx,
        "INSERT INTO code_batches (shop_id, variant_id, batch_no, loaded_at, loaded_by, note, added,"
        " duplicates, too_long, report, expires_at, is_warned) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
        " $10, $11, $12)",
        db_int(ctx->shop->id), db_int(loading->variant_id), db_int(loading->batch_no), db_int(ctx->now),
        db_text(loading->by), db_text(loading->note), db_int(loading->added), db_int(loading->duplicates),
        db_int(loading->too_long), db_text(load->report), db_id(loading->expires_at),
        db_int(loading->expires_at && loading->expires_at - CODE_EXPIRY_NOTICE_MS <= ctx->now));
}

static err load_in_transaction(struct ctx *ctx, void *arg)
{
    struct load *load = arg;
    struct code_loading *loading = load->loading;
    struct code_deck deck;
    TRY(code_deck_create(ctx, loading->variant_id, loading->product_id));
    TRY(code_deck_lock(ctx, loading->variant_id, &deck));
    if (deck.mode != DECK_CODES)
        return fail_field(ctx, "codes", "not-codes", "this deck delivers something else than codes");
    TRY(next_batch(ctx, loading->variant_id, &loading->batch_no));
    TRY(write_codes(ctx, load, deck.loaded));
    TRY(write_batch(ctx, load));
    if (loading->added == 0)
        return NULL;
    TRY(db_execute(ctx, "UPDATE code_decks SET loaded = loaded + $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(loading->variant_id), db_int(loading->added)));
    TRY(code_deck_follow(ctx, loading->variant_id, loading->product_id, "codes"));
    return code_deck_tell_loaded(ctx, loading->variant_id, loading->added);
}

/* Sealing is done before the transaction: it takes longer than writing. */
static err prepare(struct ctx *ctx, struct code_loading *loading, struct load *load)
{
    struct prepared_code *prepared = arena_alloc_many(ctx->arena, CODE_LOAD_LIMIT, sizeof *prepared);
    const char *purpose = code_purpose(DECK_CODES);
    *load = (struct load){loading, prepared, 0, arena_alloc(ctx->arena, loading->count + 1)};
    memset(load->report, 'e', loading->count);
    for (size_t i = 0; i < loading->count; i++) {
        const char *code = text_trim(ctx->arena, loading->lines[i]);
        if (!code[0])
            continue;
        if (strlen(code) > CODE_LENGTH_LIMIT) {
            load->report[i] = 'l';
            loading->too_long++;
            continue;
        }
        if (load->count == CODE_LOAD_LIMIT)
            return fail_field(ctx, "codes", "too-many", "at most 10000 codes at once");
        prepared[load->count].sealed = crypto_seal(ctx, purpose, code, strlen(code));
        crypto_blind_index(ctx, purpose, code, prepared[load->count].blind);
        prepared[load->count++].line = i;
    }
    return NULL;
}

err code_batch_add(struct ctx *ctx, struct code_loading *loading)
{
    struct load load;
    if (loading->count > CODE_LINE_LIMIT)
        return fail_field(ctx, "codes", "too-many", "at most 20000 lines at once");
    loading->too_long = 0;
    TRY(prepare(ctx, loading, &load));
    return db_transact(ctx, load_in_transaction, &load);
}

err code_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *const *codes, size_t count,
              int64_t *added, int64_t *duplicates)
{
    struct code_loading loading = {.variant_id = variant_id,
                                   .product_id = product_id,
                                   .lines = codes,
                                   .count = count,
                                   .note = "",
                                   .by = ""};
    for (size_t i = 0; i < count; i++)
        if (strlen(text_trim(ctx->arena, codes[i])) > CODE_LENGTH_LIMIT)
            return fail_field(ctx, "codes", "too-long", "a code has at most 2000 bytes");
    TRY(code_batch_add(ctx, &loading));
    *added = loading.added;
    *duplicates = loading.duplicates;
    return NULL;
}

struct batch_act {
    int64_t variant_id;
    int64_t product_id;
    int64_t batch_no;
};

static err withdraw_in_transaction(struct ctx *ctx, void *arg)
{
    const struct batch_act *act = arg;
    struct code_deck deck;
    int64_t moved;
    TRY(code_deck_lock(ctx, act->variant_id, &deck));
    TRY(db_expect(ctx, 1, ERR_INVALID_TRANSITION, "the batch is withdrawn or expired already",
                  "UPDATE code_batches SET withdrawn_at = $4 WHERE shop_id = $1 AND variant_id = $2"
                  " AND batch_no = $3 AND withdrawn_at IS NULL AND expired_at IS NULL",
                  db_int(ctx->shop->id), db_int(act->variant_id), db_int(act->batch_no), db_int(ctx->now)));
    TRY(code_put_aside(ctx, &deck, &act->batch_no, 1, &moved));
    TRY(code_batch_settle(ctx, act->variant_id, act->batch_no));
    return code_deck_follow(ctx, act->variant_id, act->product_id, "withdrawn");
}

err code_batch_withdraw(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t batch_no)
{
    return db_transact(ctx, withdraw_in_transaction, &(struct batch_act){variant_id, product_id, batch_no});
}

static err restore_in_transaction(struct ctx *ctx, void *arg)
{
    const struct batch_act *act = arg;
    struct code_deck deck;
    int64_t moved;
    TRY(code_deck_lock(ctx, act->variant_id, &deck));
    if (deck.mode != DECK_CODES)
        return fail_with(ctx, ERR_INVALID_TRANSITION, "the deck does not deal codes");
    TRY(db_expect(ctx, 1, ERR_INVALID_TRANSITION, "the batch is not withdrawn, or expired meanwhile",
                  "UPDATE code_batches SET withdrawn_at = NULL WHERE shop_id = $1 AND variant_id = $2"
                  " AND batch_no = $3 AND withdrawn_at IS NOT NULL AND (expires_at IS NULL"
                  " OR expires_at > $4)",
                  db_int(ctx->shop->id), db_int(act->variant_id), db_int(act->batch_no), db_int(ctx->now)));
    TRY(code_put_back(ctx, &deck, act->batch_no, &moved));
    TRY(code_deck_follow(ctx, act->variant_id, act->product_id, "codes"));
    return code_deck_tell_loaded(ctx, act->variant_id, moved);
}

err code_batch_restore(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t batch_no)
{
    return db_transact(ctx, restore_in_transaction, &(struct batch_act){variant_id, product_id, batch_no});
}
