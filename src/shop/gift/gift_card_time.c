/* gift_card_time.c - cards whose time is over, the check of all balances, and cards as pages see them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/gift/gift.h"

#include "base/clock.h"
#include "base/money.h"
#include "shop/gift/gift_card_write.h"
#include "shop/ledger/ledger.h"
#include <inttypes.h>

#define CARDS_AT_ONCE 100
#define REPORT_LIMIT 1000

/* ---- time ---- */

struct ending {
    int64_t card_id;
    int64_t left;
    const char *currency;
};

struct sweeping {
    const struct ending *endings;
    size_t count;
};

static err end_card(struct ctx *ctx, const struct ending *ending)
{
    struct gift_card_act act = {CARD_EXPIRED, -ending->left, 0, ending->left ? id_new(ctx) : 0};
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the card changed meanwhile",
                  "UPDATE gift_cards SET status = 3, balance = 0, expired = expired + $3, moves = moves + 1"
                  " WHERE shop_id = $1 AND id = $2 AND status <> 3 AND balance = $3 AND valid_until > 0"
                  " AND valid_until <= $4",
                  db_int(ctx->shop->id), db_int(ending->card_id), db_int(ending->left), db_int(ctx->now)));
    TRY(gift_card_note(ctx, ending->card_id, &act));
    if (ending->left == 0)
        return NULL;
    struct ledger_transfer kept = {LEDGER_GIFT_CARDS, LEDGER_BREAKAGE, ending->left};
    return ledger_post(ctx, &(struct ledger_entry){.id = act.entry_id,
                                                   .kind = LEDGER_CARD_EXPIRED,
                                                   .currency = ending->currency,
                                                   .gateway = GIFT_CARD_GATEWAY,
                                                   .reference_id = ending->card_id,
                                                   .transfers = &kept,
                                                   .count = 1});
}

static err sweep_in_transaction(struct ctx *ctx, void *arg)
{
    const struct sweeping *sweeping = arg;
    for (size_t i = 0; i < sweeping->count; i++)
        TRY(end_card(ctx, &sweeping->endings[i]));
    return NULL;
}

err gift_card_sweep(struct ctx *ctx)
{
    struct db_rows *rows;
    struct ending endings[CARDS_AT_ONCE];
    struct sweeping sweeping = {endings, 0};
    if (!ctx->shop->has_gift_cards)
        return NULL;
    TRY(db_query(ctx, &rows,
                 "SELECT id, balance, currency FROM gift_cards WHERE shop_id = $1 AND status <> 3"
                 " AND valid_until > 0 AND valid_until <= $2 ORDER BY valid_until LIMIT $3",
                 db_int(ctx->shop->id), db_int(ctx->now), db_int(CARDS_AT_ONCE)));
    while (db_next(rows))
        endings[sweeping.count++] =
            (struct ending){db_get_int(rows, 0), db_get_int(rows, 1), db_get_text(rows, 2)};
    err failure = sweeping.count > 0 ? db_transact(ctx, sweep_in_transaction, &sweeping) : NULL;
    return failure && failure->code == ERR_CONFLICT ? NULL : failure; /* the next sweep looks again */
}

/* ---- check ---- */

struct look {
    const char *subject;
    const char *what;
    const char *sql; /* yields ids */
};

static const struct look looks[] = {
    {"gift card", "its balance is not what its movements say",
     "SELECT c.id FROM gift_cards c LEFT JOIN (SELECT card_id, CAST(SUM(amount) AS BIGINT) AS amount,"
     " COUNT(*) AS moves FROM gift_card_movements WHERE shop_id = $1 GROUP BY card_id) m ON m.card_id = c.id"
     " WHERE c.shop_id = $1 AND (c.balance <> COALESCE(m.amount, 0) OR c.moves <> COALESCE(m.moves, 0))"
     " ORDER BY c.id LIMIT $2"},
    {"gift card", "a movement does not follow from the one before",
     "SELECT m.card_id FROM gift_card_movements m LEFT JOIN gift_card_movements b ON b.shop_id = m.shop_id"
     " AND b.card_id = m.card_id AND b.move_no = m.move_no - 1 WHERE m.shop_id = $1"
     " AND m.balance <> COALESCE(b.balance, 0) + m.amount ORDER BY m.card_id LIMIT $2"},
    {"gift card", "what orders hold and spent of it is not what its movements say",
     "SELECT c.id FROM gift_cards c LEFT JOIN (SELECT card_id, CAST(SUM(amount) AS BIGINT) AS amount FROM"
     " gift_card_movements WHERE shop_id = $1 AND kind IN (2, 3, 4) GROUP BY card_id) m ON m.card_id = c.id"
     " LEFT JOIN (SELECT card_id, CAST(SUM(CASE WHEN status = 1 THEN amount ELSE spent END) AS BIGINT) AS "
     "amount"
     " FROM gift_card_holds WHERE shop_id = $1 GROUP BY card_id) h ON h.card_id = c.id WHERE c.shop_id = $1"
     " AND COALESCE(m.amount, 0) + COALESCE(h.amount, 0) <> 0 ORDER BY c.id LIMIT $2"},
    {"order id", "gift cards are held for it otherwise than it says",
     "SELECT o.id FROM orders o LEFT JOIN (SELECT order_id, CAST(SUM(amount) AS BIGINT) AS amount FROM"
     " gift_card_holds WHERE shop_id = $1 GROUP BY order_id) h ON h.order_id = o.id WHERE o.shop_id = $1"
     " AND o.card_held > 0 AND o.card_held <> COALESCE(h.amount, 0) ORDER BY o.id LIMIT $2"},
    {"order id", "it does not wait for money any more and still holds gift cards",
     "SELECT h.order_id FROM gift_card_holds h JOIN orders o ON o.shop_id = h.shop_id AND o.id = h.order_id"
     " WHERE h.shop_id = $1 AND h.status = 1 AND o.order_status <> 1 ORDER BY h.order_id LIMIT $2"},
    {"order id", "a gift card paid another sum than its payment says",
     "SELECT h.order_id FROM gift_card_holds h LEFT JOIN payment_attempts a ON a.shop_id = h.shop_id"
     " AND a.id = h.attempt_id AND a.status = 2 WHERE h.shop_id = $1 AND h.spent <> COALESCE(a.amount, 0)"
     " ORDER BY h.order_id LIMIT $2"},
    {"gift card batch", "its cards are not what was issued",
     "SELECT b.id FROM gift_card_batches b LEFT JOIN (SELECT batch_id, COUNT(*) AS count, CAST(SUM(value) AS"
     " BIGINT) AS value FROM gift_cards WHERE shop_id = $1 GROUP BY batch_id) c ON c.batch_id = b.id"
     " WHERE b.shop_id = $1 AND (b.count <> COALESCE(c.count, 0) OR b.value * b.count <> COALESCE(c.value, "
     "0))"
     " ORDER BY b.id LIMIT $2"},
    {"order id", "its gift cards are not what its lines sold and delivered",
     "SELECT b.order_id FROM gift_card_batches b LEFT JOIN order_lines l ON l.shop_id = b.shop_id"
     " AND l.order_id = b.order_id AND l.line_no = b.line_no LEFT JOIN deliveries d ON d.shop_id = b.shop_id"
     " AND d.order_id = b.order_id AND d.line_no = b.line_no AND d.mode = 4 WHERE b.shop_id = $1"
     " AND b.order_id <> 0 AND (COALESCE(l.card_value, 0) <> b.value OR COALESCE(d.quantity, 0) <> b.count)"
     " ORDER BY b.order_id LIMIT $2"},
    {"order id", "gift cards were delivered that were never made",
     "SELECT d.order_id FROM deliveries d LEFT JOIN gift_card_batches b ON b.shop_id = d.shop_id"
     " AND b.order_id = d.order_id AND b.line_no = d.line_no AND b.order_id <> 0 WHERE d.shop_id = $1"
     " AND d.mode = 4 AND b.id IS NULL ORDER BY d.order_id LIMIT $2"},
    {"gift card", "it went back otherwise than the ledger says",
     "SELECT m.card_id FROM gift_card_movements m LEFT JOIN ledger_entries e ON e.shop_id = m.shop_id"
     " AND e.id = m.entry_id AND e.kind = 16 AND e.reference_id = m.card_id WHERE m.shop_id = $1"
     " AND m.kind = 8 AND m.amount + COALESCE(e.amount, 0) <> 0 ORDER BY m.card_id LIMIT $2"},
};
_Static_assert(LEDGER_CARD_TAKEN_BACK == 16 && CARD_TAKEN_BACK == 8,
               "the statements say them by their numbers");

/* What the shop owes: balances, and what unpaid orders hold. Corrections by hand are the bookkeeper's. */
static err check_ledger(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT CAST((SELECT COALESCE(SUM(balance), 0) FROM gift_cards WHERE shop_id = $1) + (SELECT"
        " COALESCE(SUM(amount), 0) FROM gift_card_holds WHERE shop_id = $1 AND status = 1) AS BIGINT),"
        " CAST((SELECT COALESCE(SUM(CASE WHEN credit = $2 THEN amount ELSE -amount END), 0) FROM"
        " ledger_entries WHERE shop_id = $1 AND kind <> $3 AND (credit = $2 OR debit = $2)) AS BIGINT)",
        db_int(ctx->shop->id), db_int(LEDGER_GIFT_CARDS), db_int(LEDGER_CORRECTION)));
    if (db_next(rows) && db_get_int(rows, 0) != db_get_int(rows, 1))
        report(arg, arena_format(ctx->arena,
                                 "gift cards hold %" PRId64 " minor units, and the ledger says %" PRId64,
                                 db_get_int(rows, 0), db_get_int(rows, 1)));
    return NULL;
}

err gift_card_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg)
{
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct db_rows *rows;
        const struct db_value values[] = {db_int(ctx->shop->id), db_int(REPORT_LIMIT)};
        TRY(db_query_values(ctx, &rows, looks[i].sql, values, 2));
        while (db_next(rows))
            report(arg, arena_format(ctx->arena, "%s %" PRId64 ": %s", looks[i].subject, db_get_int(rows, 0),
                                     looks[i].what));
    }
    return check_ledger(ctx, report, arg);
}

/* ---- views ---- */

void gift_card_view(struct ctx *ctx, struct value *view, const struct gift_card *card)
{
    struct arena *arena = ctx->arena;
    const char *why;
    bool is_good = gift_card_is_good(ctx, card, &why);
    value_set_id(arena, view, "id", card->id);
    value_set_id(arena, view, "batch_id", card->batch_id);
    value_set_text(arena, view, "last4", card->last4);
    value_set_bool(arena, view, "is_registered", card->is_registered);
    value_set_money(arena, view, "value", money_of(card->value, card->currency));
    value_set_money(arena, view, "balance", money_of(card->balance, card->currency));
    value_set_money(arena, view, "expired", money_of(card->expired, card->currency));
    value_set_text(arena, view, "status", gift_card_status_names[card->status]);
    value_set_bool(arena, view, "is_good", is_good);
    value_set_text(arena, view, "why", why);
    value_set_time(arena, view, "valid_until", card->valid_until);
    value_set_bool(arena, view, "is_kept", card->customer_id != 0);
    value_set_bool(arena, view, "is_sold_here", card->order_id != 0);
    value_set_time(arena, view, "created_at", card->created_at);
}

void gift_card_views(struct ctx *ctx, struct value *list, const struct gift_card *cards, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gift_card_view(ctx, value_add(ctx->arena, list, *value_object(ctx->arena)), &cards[i]);
}

void gift_card_move_views(struct ctx *ctx, struct value *list, const struct gift_card *card,
                          const struct gift_card_movement *moves, size_t count)
{
    struct arena *arena = ctx->arena;
    for (size_t i = 0; i < count; i++) {
        struct value *view = value_add(arena, list, *value_object(arena));
        value_set_text(arena, view, "kind", gift_card_move_names[moves[i].kind]);
        value_set_money(arena, view, "amount", money_of(moves[i].amount, card->currency));
        value_set_money(arena, view, "balance", money_of(moves[i].balance, card->currency));
        value_set_text(arena, view, "order", moves[i].order_number);
        value_set_time(arena, view, "at", moves[i].at);
    }
}
