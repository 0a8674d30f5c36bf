/* gift_card_sold.c - gift cards as goods: made when an order line is delivered, back when it is refunded. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/gift/gift.h"

#include "base/clock.h"
#include "shop/gift/gift_card_write.h"
#include "shop/staff/staff.h"
#include <inttypes.h>

err gift_card_sell(struct ctx *ctx, const struct gift_card_batch *batch)
{
    struct gift_card_batch sold = *batch;
    sold.id = id_new(ctx);
    sold.origin = GIFT_CARD_SOLD;
    sold.request = arena_format(ctx->arena, "order-%" PRId64 "-%" PRId64, batch->order_id, batch->line_no);
    struct gift_card_issuing issuing = gift_card_prepare(ctx, &sold, LEDGER_SALES);
    return gift_card_write_batch(ctx, &issuing);
}

err gift_card_list_sold(struct ctx *ctx, int64_t order_id, struct gift_card_sold **cards, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT c.id, b.line_no, c.sealed, c.value, c.balance, CASE WHEN EXISTS (SELECT 1 FROM"
                 " gift_card_movements m WHERE m.shop_id = c.shop_id AND m.card_id = c.id AND m.kind = 8)"
                 " THEN 1 ELSE 0 END FROM gift_card_batches b JOIN gift_cards c ON c.shop_id = b.shop_id"
                 " AND c.batch_id = b.id WHERE b.shop_id = $1 AND b.order_id = $2 AND b.order_id <> 0"
                 " ORDER BY b.line_no, c.id",
                 db_int(ctx->shop->id), db_int(order_id)));
    *cards = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **cards);
    for (*count = 0; db_next(rows); (*count)++) {
        struct gift_card_sold *card = &(*cards)[*count];
        struct sealed sealed;
        *card = (struct gift_card_sold){.card_id = db_get_int(rows, 0),
                                        .line_no = db_get_int(rows, 1),
                                        .value = db_get_int(rows, 3),
                                        .balance = db_get_int(rows, 4),
                                        .is_taken_back = db_get_int(rows, 5) == 1};
        sealed.ptr = db_get_bytes(rows, 2, &sealed.len);
        TRY(gift_card_open(ctx, sealed, &card->code));
    }
    return NULL;
}

/* ---- back ---- */

/* Nobody can use it from here on; what it held is owed no longer, and belongs to the sale again. */
static err take_back(struct ctx *ctx, const struct gift_card *card)
{
    struct gift_card_act act = {CARD_TAKEN_BACK, -card->balance, card->order_id, id_new(ctx)};
    struct ledger_transfer back = {LEDGER_GIFT_CARDS, LEDGER_SALES, card->balance};
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the card changed meanwhile",
                  "UPDATE gift_cards SET balance = 0, status = 2, moves = moves + 1 WHERE shop_id = $1"
                  " AND id = $2 AND balance = $3 AND status <> 3",
                  db_int(ctx->shop->id), db_int(card->id), db_int(card->balance)));
    TRY(gift_card_note(ctx, card->id, &act));
    return ledger_post(ctx, &(struct ledger_entry){.id = act.entry_id,
                                                   .kind = LEDGER_CARD_TAKEN_BACK,
                                                   .currency = card->currency,
                                                   .gateway = GIFT_CARD_GATEWAY,
                                                   .reference_id = card->id,
                                                   .order_id = card->order_id,
                                                   .transfers = &back,
                                                   .count = 1});
}

err gift_card_take_unused(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t count,
                          const char *field)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT c.id, c.balance, c.currency FROM gift_card_batches b JOIN gift_cards c"
                 " ON c.shop_id = b.shop_id AND c.batch_id = b.id WHERE b.shop_id = $1 AND b.order_id = $2"
                 " AND b.line_no = $3 AND b.order_id <> 0 AND c.balance = c.value AND c.status <> 3"
                 " ORDER BY c.id DESC LIMIT $4",
                 db_int(ctx->shop->id), db_int(order_id), db_int(line_no), db_int(count)));
    if ((int64_t)db_row_count(rows) < count)
        return fail_field(ctx, field, "card-used", "so many of these gift cards are not unused any more");
    while (db_next(rows))
        TRY(take_back(ctx, &(struct gift_card){.id = db_get_int(rows, 0),
                                               .balance = db_get_int(rows, 1),
                                               .currency = db_get_text(rows, 2),
                                               .order_id = order_id}));
    return NULL;
}

struct taking {
    struct gift_card card;
    const char *reason;
};

static err take_rest_in_transaction(struct ctx *ctx, void *arg)
{
    const struct taking *taking = arg;
    TRY(take_back(ctx, &taking->card));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "gift-card.taken-back",
                               .subject = arena_format(ctx->arena, "gift-cards/%" PRId64, taking->card.id),
                               .title = arena_format(ctx->arena, "…%s", taking->card.last4),
                               .after = taking->reason});
}

err gift_card_take_rest(struct ctx *ctx, int64_t card_id, const char *reason)
{
    struct taking taking = {.reason = reason};
    if (!reason[0])
        return fail_field(ctx, "reason", "required", "say why");
    TRY(gift_card_load(ctx, card_id, &taking.card));
    if (taking.card.order_id == 0 || taking.card.balance == 0)
        return fail_with(ctx, ERR_INVALID_TRANSITION, "nothing is left, or no order sold this card");
    return db_transact(ctx, take_rest_in_transaction, &taking);
}
