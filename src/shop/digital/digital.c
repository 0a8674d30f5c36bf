/* digital.c - decks of key codes. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/crypto.h"
#include "base/text.h"
#include "job/job.h"
#include "shop/inventory/inventory.h"
#include <inttypes.h>

static const char purpose[] = "digital.code";

struct prepared_code {
    struct sealed sealed;
    unsigned char blind[CRYPTO_INDEX_BYTES];
};

struct load {
    int64_t variant_id;
    int64_t product_id;
    const struct prepared_code *codes;
    size_t count;
    int64_t added;
};

static err ensure_deck(struct ctx *ctx, int64_t variant_id)
{
    return db_execute(ctx,
                      "INSERT INTO code_decks (shop_id, variant_id, loaded, dealt) VALUES ($1, $2, 0, 0)"
                      " ON CONFLICT (shop_id, variant_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(variant_id));
}

/* Takes the deck's row first, so that loads of one variant queue. */
static err lock_deck(struct ctx *ctx, int64_t variant_id, int64_t *loaded)
{
    struct db_rows *rows;
    TRY(ensure_deck(ctx, variant_id));
    TRY(db_query(
        ctx, &rows,
        "UPDATE code_decks SET loaded = loaded WHERE shop_id = $1 AND variant_id = $2 RETURNING loaded",
        db_int(ctx->shop->id), db_int(variant_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "the variant has no deck");
    *loaded = db_get_int(rows, 0);
    return NULL;
}

err code_deck_load(struct ctx *ctx, int64_t variant_id, struct code_deck *deck)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT loaded, dealt, owed FROM code_decks WHERE shop_id = $1 AND variant_id = $2",
                 db_int(ctx->shop->id), db_int(variant_id)));
    *deck = (struct code_deck){.variant_id = variant_id};
    if (db_next(rows)) {
        deck->loaded = db_get_int(rows, 0);
        deck->dealt = db_get_int(rows, 1);
        deck->owed = db_get_int(rows, 2);
    }
    return NULL;
}

/* The deck is read after the stock is locked: whoever deals or loads changes both in one transaction, so what
 * is read here cannot be older than the stock. */
err code_fit_stock(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason)
{
    struct stock stock;
    struct code_deck deck;
    TRY(ensure_deck(ctx, variant_id));
    TRY(stock_lock(ctx, variant_id, &stock));
    TRY(code_deck_load(ctx, variant_id, &deck));
    int64_t left = deck.loaded - deck.dealt;
    int64_t owed = stock.reserved > left ? stock.reserved - left : 0;
    if (owed != deck.owed)
        TRY(db_expect(ctx, 1, ERR_CONFLICT, "the deck changed meanwhile",
                      "UPDATE code_decks SET owed = $3 WHERE shop_id = $1 AND variant_id = $2 AND owed = $4",
                      db_int(ctx->shop->id), db_int(variant_id), db_int(owed), db_int(deck.owed)));
    return stock_correct(ctx, &stock, product_id, left + owed, reason);
}

err code_is_owed(struct ctx *ctx, bool *is_owed)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT 1 FROM code_decks WHERE shop_id = $1 AND owed > 0 LIMIT 1",
                 db_int(ctx->shop->id)));
    *is_owed = db_next(rows);
    return NULL;
}

static err load_in_transaction(struct ctx *ctx, void *arg)
{
    struct load *load = arg;
    int64_t loaded;
    TRY(lock_deck(ctx, load->variant_id, &loaded));
    load->added = 0;
    for (size_t i = 0; i < load->count; i++) {
        int64_t changed;
        TRY(db_change(ctx, &changed,
                      "INSERT INTO codes (shop_id, variant_id, seq, sealed, blind, loaded_at)"
                      " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (shop_id, variant_id, blind) DO NOTHING",
                      db_int(ctx->shop->id), db_int(load->variant_id), db_int(loaded + load->added + 1),
                      db_bytes(load->codes[i].sealed.ptr, load->codes[i].sealed.len),
                      db_bytes(load->codes[i].blind, CRYPTO_INDEX_BYTES), db_int(ctx->now)));
        load->added += changed;
    }
    if (load->added == 0)
        return NULL;
    TRY(db_execute(ctx, "UPDATE code_decks SET loaded = loaded + $3 WHERE shop_id = $1 AND variant_id = $2",
                   db_int(ctx->shop->id), db_int(load->variant_id), db_int(load->added)));
    TRY(code_fit_stock(ctx, load->variant_id, load->product_id, "codes"));
    struct value *news = value_object(ctx->arena);
    value_set_int(ctx->arena, news, "added", load->added);
    return outbox_emit(ctx, "digital.loaded", load->variant_id, news);
}

err code_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *const *codes, size_t count,
              int64_t *added, int64_t *duplicates)
{
    if (count > CODE_LOAD_LIMIT)
        return fail_field(ctx, "codes", "too-many", "at most 10000 codes at once");
    struct prepared_code *prepared = arena_alloc_many(ctx->arena, count + 1, sizeof *prepared);
    struct load load = {.variant_id = variant_id, .product_id = product_id, .codes = prepared};
    for (size_t i = 0; i < count; i++) {
        const char *code = text_trim(ctx->arena, codes[i]);
        if (!code[0])
            continue;
        if (strlen(code) > CODE_LENGTH_LIMIT)
            return fail_field(ctx, "codes", "too-long", "a code has at most 2000 bytes");
        prepared[load.count].sealed = crypto_seal(ctx, purpose, code, strlen(code));
        crypto_blind_index(ctx, purpose, code, prepared[load.count].blind);
        load.count++;
    }
    TRY(db_transact(ctx, load_in_transaction, &load));
    *added = load.added;
    *duplicates = (int64_t)load.count - load.added;
    return NULL;
}

err code_deal(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id, int64_t quantity)
{
    TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the deck has too few codes",
                  "UPDATE code_decks SET dealt = dealt + $3 WHERE shop_id = $1 AND variant_id = $2"
                  " AND dealt + $3 <= loaded",
                  db_int(ctx->shop->id), db_int(variant_id), db_int(quantity)));
    return db_expect(
        ctx, 1, ERR_DUPLICATE, "the line has its codes already",
        "INSERT INTO deliveries (shop_id, order_id, line_no, variant_id, first_seq, quantity,"
        " delivered_at) SELECT shop_id, $3, $4, variant_id, dealt - $5 + 1, $5, $6 FROM code_decks"
        " WHERE shop_id = $1 AND variant_id = $2",
        db_int(ctx->shop->id), db_int(variant_id), db_int(order_id), db_int(line_no), db_int(quantity),
        db_int(ctx->now));
}

err code_list_delivered(struct ctx *ctx, int64_t order_id, struct delivered_code **codes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT d.line_no, d.variant_id, d.delivered_at, c.sealed FROM deliveries d JOIN codes c"
                 " ON c.shop_id = d.shop_id AND c.variant_id = d.variant_id AND c.seq >= d.first_seq"
                 " AND c.seq < d.first_seq + d.quantity WHERE d.shop_id = $1 AND d.order_id = $2"
                 " ORDER BY d.line_no, c.seq",
                 db_int(ctx->shop->id), db_int(order_id)));
    *codes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **codes);
    *count = 0;
    while (db_next(rows)) {
        struct delivered_code *code = &(*codes)[(*count)++];
        code->line_no = db_get_int(rows, 0);
        code->variant_id = db_get_int(rows, 1);
        code->delivered_at = db_get_int(rows, 2);
        struct sealed sealed;
        sealed.ptr = db_get_bytes(rows, 3, &sealed.len);
        TRY(crypto_open(ctx, purpose, sealed, &code->code));
    }
    return NULL;
}
