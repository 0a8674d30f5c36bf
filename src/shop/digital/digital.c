/* digital.c - decks of key codes: reading, dealing, and what was delivered. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/digital/digital.h"

#include "base/crypto.h"
#include "shop/digital/digital_deck.h"
#include "shop/gift/gift.h"
#include "shop/inventory/inventory.h"

const char *code_purpose(enum deck_mode mode)
{
    static const char *const purposes[] = {"", "digital.code", "digital.shared", "digital.hand", ""};
    return purposes[mode];
}

void code_deck_read(const struct db_rows *rows, struct code_deck *deck)
{
    *deck = (struct code_deck){.variant_id = db_get_int(rows, 0),
                               .product_id = db_get_int(rows, 1),
                               .mode = (enum deck_mode)db_get_int(rows, 2),
                               .loaded = db_get_int(rows, 3),
                               .dealt = db_get_int(rows, 4),
                               .owed = db_get_int(rows, 5),
                               .text_no = db_get_int(rows, 6),
                               .rounds = db_get_int(rows, 7),
                               .expired = db_get_int(rows, 8),
                               .expires_at = db_get_int(rows, 9),
                               .low_at = db_get_int(rows, 10),
                               .low_alarm = db_get_text(rows, 11),
                               .has_hook = db_get_int(rows, 12) != 0};
}

err code_deck_create(struct ctx *ctx, int64_t variant_id, int64_t product_id)
{
    return db_execute(ctx,
                      "INSERT INTO code_decks (shop_id, variant_id, product_id, loaded, dealt)"
                      " VALUES ($1, $2, $3, 0, 0) ON CONFLICT (shop_id, variant_id) DO NOTHING",
                      db_int(ctx->shop->id), db_int(variant_id), db_int(product_id));
}

err code_deck_lock(struct ctx *ctx, int64_t variant_id, struct code_deck *deck)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "UPDATE code_decks SET loaded = loaded WHERE shop_id = $1 AND variant_id = $2"
                 " RETURNING variant_id, product_id, mode, loaded, dealt, owed, text_no, rounds, expired,"
                 " expires_at, low_at, low_alarm, has_hook",
                 db_int(ctx->shop->id), db_int(variant_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "the variant has no deck");
    code_deck_read(rows, deck);
    return NULL;
}

err code_deck_load(struct ctx *ctx, int64_t variant_id, struct code_deck *deck)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, DECK_COLUMNS "WHERE shop_id = $1 AND variant_id = $2", db_int(ctx->shop->id),
                 db_int(variant_id)));
    *deck = (struct code_deck){.variant_id = variant_id, .mode = DECK_CODES};
    if (db_next(rows))
        code_deck_read(rows, deck);
    return NULL;
}

static err load_chunk(struct ctx *ctx, const int64_t *ids, size_t left, struct code_deck *decks)
{
    struct db_value values[DB_IDS_VALUES];
    struct db_rows *rows;
    size_t count = db_bind_ids(ctx, ids, left, values);
    TRY(db_query_values(ctx, &rows, DECK_COLUMNS "WHERE shop_id = $1 AND variant_id IN " DB_IDS, values,
                        DB_IDS_VALUES));
    while (db_next(rows))
        for (size_t i = 0; i < count; i++)
            if (ids[i] == db_get_int(rows, 0))
                code_deck_read(rows, &decks[i]);
    return NULL;
}

err code_deck_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count, struct code_deck *decks)
{
    for (size_t i = 0; i < count; i++)
        decks[i] = (struct code_deck){.variant_id = variant_ids[i], .mode = DECK_CODES};
    for (size_t start = 0; start < count; start += DB_IDS_LIMIT)
        TRY(load_chunk(ctx, variant_ids + start, count - start, decks + start));
    return NULL;
}

/* The deck is read after the stock is locked: whoever deals or loads changes both in one transaction, so what
 * is read here cannot be older than the stock. */
err code_fit_stock(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason)
{
    struct stock stock;
    struct code_deck deck;
    TRY(code_deck_create(ctx, variant_id, product_id));
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

err code_type(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id, const char *text,
              const char *by)
{
    struct sealed sealed = crypto_seal(ctx, code_purpose(DECK_BY_HAND), text, strlen(text));
    return db_expect(ctx, 1, ERR_INVALID_TRANSITION, "the variant is not delivered by hand",
                     "INSERT INTO hand_texts (shop_id, order_id, line_no, sealed, typed_by, typed_at)"
                     " SELECT shop_id, $3, $4, $5, $6, $7 FROM code_decks"
                     " WHERE shop_id = $1 AND variant_id = $2 AND mode = 3",
                     db_int(ctx->shop->id), db_int(variant_id), db_int(order_id), db_int(line_no),
                     db_bytes(sealed.ptr, sealed.len), db_text(by), db_int(ctx->now));
}

/* What expired is put aside by a job; until it ran, nothing is dealt. */
err code_deal(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id, int64_t quantity,
              bool is_card)
{
    TRY(db_expect(ctx, 1, ERR_OUT_OF_STOCK, "the deck has too few codes",
                  "UPDATE code_decks SET dealt = dealt + $3 WHERE shop_id = $1 AND variant_id = $2"
                  " AND dealt + $3 <= loaded AND CASE WHEN mode = 4 THEN 1 ELSE 0 END = $7 AND (expires_at "
                  "IS NULL OR expires_at > $4)"
                  " AND (mode <> 3 OR EXISTS (SELECT 1 FROM hand_texts h WHERE h.shop_id = $1"
                  " AND h.order_id = $5 AND h.line_no = $6))",
                  db_int(ctx->shop->id), db_int(variant_id), db_int(quantity), db_int(ctx->now),
                  db_int(order_id), db_int(line_no), db_int(is_card)));
    return db_expect(
        ctx, 1, ERR_DUPLICATE, "the line has its codes already",
        "INSERT INTO deliveries (shop_id, order_id, line_no, variant_id, first_seq, quantity,"
        " delivered_at, mode, text_no) SELECT shop_id, $3, $4, variant_id, dealt - $5 + 1, $5, $6, mode,"
        " text_no FROM code_decks WHERE shop_id = $1 AND variant_id = $2",
        db_int(ctx->shop->id), db_int(variant_id), db_int(order_id), db_int(line_no), db_int(quantity),
        db_int(ctx->now));
}

/* Each line that sold cards stands in `lines` once; its cards take what else there is to say from it. */
static err add_cards(struct ctx *ctx, int64_t order_id, const struct delivered_code *lines, size_t line_count,
                     struct delivered_code **codes, size_t *count)
{
    struct gift_card_sold *cards;
    size_t card_count;
    TRY(gift_card_list_sold(ctx, order_id, &cards, &card_count));
    *codes =
        arena_grow(ctx->arena, *codes, *count * sizeof **codes, (*count + card_count + 1) * sizeof **codes);
    for (size_t i = 0; i < card_count; i++)
        for (size_t k = 0; k < line_count; k++)
            if (lines[k].line_no == cards[i].line_no) {
                struct delivered_code *code = &(*codes)[(*count)++];
                *code = lines[k];
                code->quantity = 1;
                code->code = cards[i].code;
                code->card_value = cards[i].value;
                code->is_taken_back = cards[i].is_taken_back;
            }
    return NULL;
}

err code_list_delivered(struct ctx *ctx, int64_t order_id, struct delivered_code **codes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT d.line_no, d.variant_id, d.delivered_at, d.mode, d.quantity,"
        " COALESCE(c.sealed, t.sealed, h.sealed) FROM deliveries d"
        " LEFT JOIN codes c ON d.mode = 1 AND c.shop_id = d.shop_id AND c.variant_id = d.variant_id"
        " AND c.seq >= d.first_seq AND c.seq < d.first_seq + d.quantity"
        " LEFT JOIN code_texts t ON d.mode = 2 AND t.shop_id = d.shop_id AND t.variant_id = d.variant_id"
        " AND t.text_no = d.text_no"
        " LEFT JOIN hand_texts h ON d.mode = 3 AND h.shop_id = d.shop_id AND h.order_id = d.order_id"
        " AND h.line_no = d.line_no"
        " WHERE d.shop_id = $1 AND d.order_id = $2 ORDER BY d.line_no, c.seq",
        db_int(ctx->shop->id), db_int(order_id)));
    *codes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **codes);
    struct delivered_code *card_lines =
        arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof *card_lines);
    size_t card_line_count = 0;
    *count = 0;
    while (db_next(rows)) {
        struct delivered_code *code = &(*codes)[*count];
        code->line_no = db_get_int(rows, 0);
        code->variant_id = db_get_int(rows, 1);
        code->delivered_at = db_get_int(rows, 2);
        code->mode = (enum deck_mode)db_get_int(rows, 3);
        code->quantity = code->mode == DECK_CODES ? 1 : db_get_int(rows, 4);
        struct sealed sealed;
        sealed.ptr = db_get_bytes(rows, 5, &sealed.len);
        if (code->mode == DECK_GIFT_CARDS)
            card_lines[card_line_count++] = *code;
        if (!sealed.ptr)
            continue;
        TRY(crypto_open(ctx, code_purpose(code->mode), sealed, &code->code));
        (*count)++;
    }
    return card_line_count > 0 ? add_cards(ctx, order_id, card_lines, card_line_count, codes, count) : NULL;
}
