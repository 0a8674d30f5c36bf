/* gift_card.c - finding cards, and every change of a balance: counter, movement and hold go together. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/gift/gift.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "shop/gift/gift_card_write.h"

const char *const gift_card_status_names[] = {"all", "active", "blocked", "expired", NULL};
const char *const gift_card_origin_names[] = {"", "sold", "given", NULL};
const char *const gift_card_move_names[] = {"",         "issued",  "held",     "released",   "held_again",
                                            "refunded", "expired", "extended", "taken_back", NULL};

#define CARD_COLUMNS                                                                                         \
    "SELECT id, batch_id, last4, is_registered, currency, value, balance, expired, status, valid_until,"     \
    " customer_id, created_at, COALESCE((SELECT b.order_id FROM gift_card_batches b WHERE b.shop_id ="       \
    " gift_cards.shop_id AND b.id = gift_cards.batch_id), 0) FROM gift_cards "

static struct gift_card read_card(const struct db_rows *rows)
{
    return (struct gift_card){.id = db_get_int(rows, 0),
                              .batch_id = db_get_int(rows, 1),
                              .last4 = db_get_text(rows, 2),
                              .is_registered = db_get_int(rows, 3) == 1,
                              .currency = db_get_text(rows, 4),
                              .value = db_get_int(rows, 5),
                              .balance = db_get_int(rows, 6),
                              .expired = db_get_int(rows, 7),
                              .status = (enum gift_card_status)db_get_int(rows, 8),
                              .valid_until = db_get_int(rows, 9),
                              .customer_id = db_get_int(rows, 10),
                              .created_at = db_get_int(rows, 11),
                              .order_id = db_get_int(rows, 12)};
}

static void take_all(struct ctx *ctx, struct db_rows *rows, struct gift_card **cards, size_t *count)
{
    *cards = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **cards);
    for (*count = 0; db_next(rows); (*count)++)
        (*cards)[*count] = read_card(rows);
}

err gift_card_load(struct ctx *ctx, int64_t card_id, struct gift_card *card)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, CARD_COLUMNS "WHERE shop_id = $1 AND id = $2", db_int(ctx->shop->id),
                 db_int(card_id)));
    if (!db_next(rows))
        return fail_with(ctx, ERR_NOT_FOUND, "no such gift card");
    *card = read_card(rows);
    return NULL;
}

/* Capital letters and digits alone; letters that look like digits are those digits, as Crockford wants it. */
static const char *plain_code(struct ctx *ctx, const char *typed)
{
    char *plain = arena_alloc(ctx->arena, GIFT_CARD_CODE_LENGTH + 1);
    size_t length = 0;
    for (; *typed; typed++) {
        char letter = *typed;
        if (letter == ' ' || letter == '-')
            continue;
        if (letter >= 'a' && letter <= 'z')
            letter = (char)(letter - 'a' + 'A');
        if (letter == 'O')
            letter = '0';
        if (letter == 'I' || letter == 'L')
            letter = '1';
        if (length == GIFT_CARD_CODE_LENGTH)
            return "";
        plain[length++] = letter;
    }
    return length == GIFT_CARD_CODE_LENGTH ? plain : "";
}

void gift_card_blind(struct ctx *ctx, const char *typed, unsigned char blind[CRYPTO_INDEX_BYTES])
{
    crypto_blind_index(ctx, GIFT_CARD_PURPOSE, plain_code(ctx, typed), blind);
}

err gift_card_find(struct ctx *ctx, const char *typed, struct gift_card *card)
{
    struct db_rows *rows;
    unsigned char blind[CRYPTO_INDEX_BYTES];
    gift_card_blind(ctx, typed, blind);
    TRY(db_query(ctx, &rows, CARD_COLUMNS "WHERE shop_id = $1 AND blind = $2", db_int(ctx->shop->id),
                 db_bytes(blind, CRYPTO_INDEX_BYTES)));
    if (!db_next(rows))
        return fail_field(ctx, "code", "unknown-card", "there is no gift card with this code");
    *card = read_card(rows);
    return NULL;
}

bool gift_card_is_good(const struct ctx *ctx, const struct gift_card *card, const char **code)
{
    *code = card->status == GIFT_CARD_BLOCKED ? "card-blocked"
            : card->status == GIFT_CARD_EXPIRED || (card->valid_until && card->valid_until <= ctx->now)
                ? "card-expired"
            : card->balance == 0 ? "card-empty"
                                 : NULL;
    return !*code;
}

err gift_card_list(struct ctx *ctx, const struct gift_card_query *query, struct gift_card **cards,
                   size_t *count)
{
    struct db_rows *rows;
    const char *last4 = query->last4 ? query->last4 : "";
    const struct db_value values[] = {
        db_int(ctx->shop->id),
        db_int(query->before_id ? query->before_id : INT64_MAX),
        db_int(GIFT_CARD_PAGE + 1),
        last4[0]          ? db_text(last4)
        : query->batch_id ? db_int(query->batch_id)
                          : db_int(query->status),
    };
    const char *sql =
        last4[0] ? CARD_COLUMNS "WHERE shop_id = $1 AND last4 = $4 AND id < $2 ORDER BY id DESC LIMIT $3"
        : query->batch_id ? CARD_COLUMNS
            "WHERE shop_id = $1 AND batch_id = $4 AND id < $2 ORDER BY id DESC LIMIT $3"
        : query->status ? CARD_COLUMNS
            "WHERE shop_id = $1 AND status = $4 AND id < $2 ORDER BY id DESC LIMIT $3"
                        : CARD_COLUMNS "WHERE shop_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    bool is_plain = !last4[0] && !query->batch_id && !query->status;
    TRY(db_query_values(ctx, &rows, sql, values, is_plain ? 3 : 4));
    take_all(ctx, rows, cards, count);
    return NULL;
}

err gift_card_list_of(struct ctx *ctx, int64_t customer_id, struct gift_card **cards, size_t *count)
{
    struct db_rows *rows;
    *count = 0;
    if (customer_id == 0)
        return NULL;
    TRY(db_query(ctx, &rows,
                 CARD_COLUMNS "WHERE shop_id = $1 AND customer_id = $2 AND customer_id <> 0"
                              " ORDER BY id DESC LIMIT $3",
                 db_int(ctx->shop->id), db_int(customer_id), db_int(GIFT_CARDS_OF_CUSTOMER)));
    take_all(ctx, rows, cards, count);
    return NULL;
}

struct keeping {
    int64_t card_id;
    int64_t customer_id;
};

static err keep_in_transaction(struct ctx *ctx, void *arg)
{
    const struct keeping *keeping = arg;
    return db_expect(ctx, 1, ERR_CONFLICT, "somebody else was quicker",
                     "UPDATE gift_cards SET customer_id = $3 WHERE shop_id = $1 AND id = $2"
                     " AND customer_id = 0",
                     db_int(ctx->shop->id), db_int(keeping->card_id), db_int(keeping->customer_id));
}

err gift_card_keep(struct ctx *ctx, const char *typed, int64_t customer_id)
{
    struct gift_card card, *kept;
    size_t count;
    TRY(gift_card_find(ctx, typed, &card));
    if (card.customer_id == customer_id)
        return NULL;
    if (card.customer_id)
        return fail_field(ctx, "code", "card-kept", "another account keeps this card");
    TRY(gift_card_list_of(ctx, customer_id, &kept, &count));
    if (count >= GIFT_CARDS_OF_CUSTOMER)
        return fail_with(ctx, ERR_LIMIT, "an account keeps %d cards at most", GIFT_CARDS_OF_CUSTOMER);
    struct keeping keeping = {card.id, customer_id};
    return db_transact(ctx, keep_in_transaction, &keeping);
}

err gift_card_moves(struct ctx *ctx, int64_t card_id, struct gift_card_movement **moves, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(
        ctx, &rows,
        "SELECT m.move_no, m.kind, m.amount, m.balance, m.order_id, o.number, m.at"
        " FROM gift_card_movements m LEFT JOIN orders o ON o.shop_id = m.shop_id AND o.id = m.order_id"
        " WHERE m.shop_id = $1 AND m.card_id = $2 ORDER BY m.move_no DESC LIMIT $3",
        db_int(ctx->shop->id), db_int(card_id), db_int(GIFT_CARD_MOVES_SHOWN)));
    *moves = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **moves);
    for (*count = 0; db_next(rows); (*count)++)
        (*moves)[*count] =
            (struct gift_card_movement){db_get_int(rows, 0), (enum gift_card_move)db_get_int(rows, 1),
                                        db_get_int(rows, 2), db_get_int(rows, 3),
                                        db_get_int(rows, 4), db_get_text(rows, 5),
                                        db_get_int(rows, 6)};
    return NULL;
}

/* ---- writing; the row of the card was changed just before, and is locked ---- */

err gift_card_note(struct ctx *ctx, int64_t card_id, const struct gift_card_act *act)
{
    return db_expect(
        ctx, 1, ERR_CONFLICT, "the card is gone",
        "INSERT INTO gift_card_movements (shop_id, card_id, move_no, kind, amount, balance, order_id,"
        " entry_id, actor, at) SELECT shop_id, id, moves, CAST($3 AS BIGINT), CAST($4 AS BIGINT),"
        " balance, CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS BIGINT)"
        " FROM gift_cards WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_int(card_id), db_int(act->kind), db_int(act->amount), db_int(act->order_id),
        db_int(act->entry_id), db_int(ctx->actor), db_int(ctx->now));
}

static err take_of_card(struct ctx *ctx, int64_t card_id, int64_t order_id, int64_t amount,
                        enum gift_card_move kind)
{
    TRY(db_expect(
        ctx, 1, kind == CARD_HELD_AGAIN ? ERR_OUT_OF_STOCK : ERR_CONFLICT,
        "the card has not so much any more",
        "UPDATE gift_cards SET balance = balance - $3, moves = moves + 1 WHERE shop_id = $1 AND id = $2"
        " AND status = 1 AND balance >= $3 AND (valid_until = 0 OR valid_until > $4)",
        db_int(ctx->shop->id), db_int(card_id), db_int(amount), db_int(ctx->now)));
    return gift_card_note(ctx, card_id,
                          &(struct gift_card_act){.kind = kind, .amount = -amount, .order_id = order_id});
}

/* Money comes back: a card whose time is over is good again for a while, whatever was left of it then. */
static err put_on_card(struct ctx *ctx, int64_t card_id, const struct gift_card_act *act)
{
    TRY(db_expect(
        ctx, 1, ERR_CONFLICT, "the card is gone",
        "UPDATE gift_cards SET balance = balance + $3, moves = moves + 1, status = CASE WHEN status = 3"
        " THEN 1 ELSE status END, valid_until = CASE WHEN valid_until > 0 AND valid_until < $4 THEN $4"
        " ELSE valid_until END WHERE shop_id = $1 AND id = $2",
        db_int(ctx->shop->id), db_int(card_id), db_int(act->amount),
        db_int(act->kind == CARD_REFUNDED ? ctx->now + GIFT_CARD_GRACE_MS : 0)));
    return gift_card_note(ctx, card_id, act);
}

err gift_card_holds(struct ctx *ctx, int64_t order_id, struct gift_card_hold **holds, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT h.card_id, h.attempt_id, h.amount, h.spent, h.status, c.last4 FROM gift_card_holds h"
                 " JOIN gift_cards c ON c.shop_id = h.shop_id AND c.id = h.card_id"
                 " WHERE h.shop_id = $1 AND h.order_id = $2 ORDER BY h.attempt_id",
                 db_int(ctx->shop->id), db_int(order_id)));
    *holds = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **holds);
    for (*count = 0; db_next(rows); (*count)++)
        (*holds)[*count] = (struct gift_card_hold){db_get_int(rows, 0),
                                                   db_get_int(rows, 1),
                                                   db_get_int(rows, 2),
                                                   db_get_int(rows, 3),
                                                   (enum gift_card_hold_status)db_get_int(rows, 4),
                                                   db_get_text(rows, 5)};
    return NULL;
}

err gift_card_hold(struct ctx *ctx, const struct gift_card *card, int64_t order_id, int64_t attempt_id,
                   int64_t amount)
{
    TRY(take_of_card(ctx, card->id, order_id, amount, CARD_HELD));
    return db_execute(ctx,
                      "INSERT INTO gift_card_holds (shop_id, order_id, card_id, attempt_id, amount, status)"
                      " VALUES ($1, $2, $3, $4, $5, $6)",
                      db_int(ctx->shop->id), db_int(order_id), db_int(card->id), db_int(attempt_id),
                      db_int(amount), db_int(CARD_HOLD_LIVE));
}

static err turn_hold(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold, int64_t spent,
                     enum gift_card_hold_status status)
{
    return db_expect(ctx, 1, ERR_CONFLICT, "what the order holds changed meanwhile",
                     "UPDATE gift_card_holds SET status = $5, spent = $6 WHERE shop_id = $1 AND order_id = $2"
                     " AND card_id = $3 AND status = $4",
                     db_int(ctx->shop->id), db_int(order_id), db_int(hold->card_id), db_int(hold->status),
                     db_int(status), db_int(spent));
}

static err free_rest(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold, int64_t rest)
{
    struct gift_card_act act = {.kind = CARD_RELEASED, .amount = rest, .order_id = order_id};
    return rest > 0 ? put_on_card(ctx, hold->card_id, &act) : NULL;
}

err gift_card_spend(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold, int64_t spent)
{
    TRY(turn_hold(ctx, order_id, hold, spent, spent > 0 ? CARD_HOLD_SPENT : CARD_HOLD_FREE));
    return free_rest(ctx, order_id, hold, hold->amount - spent);
}

err gift_card_release(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold)
{
    return gift_card_spend(ctx, order_id, hold, 0);
}

err gift_card_hold_again(struct ctx *ctx, int64_t order_id, const struct gift_card_hold *hold)
{
    TRY(turn_hold(ctx, order_id, hold, 0, CARD_HOLD_LIVE));
    return take_of_card(ctx, hold->card_id, order_id, hold->amount, CARD_HELD_AGAIN);
}

err gift_card_give_back(struct ctx *ctx, int64_t order_id, int64_t attempt_id, int64_t amount,
                        int64_t entry_id)
{
    struct gift_card_hold *holds;
    size_t count, at = 0;
    TRY(gift_card_holds(ctx, order_id, &holds, &count));
    while (at < count && holds[at].attempt_id != attempt_id)
        at++;
    if (at == count)
        return fail_with(ctx, ERR_INTERNAL, "no card was charged by this attempt");
    struct gift_card_act act = {CARD_REFUNDED, amount, order_id, entry_id};
    return put_on_card(ctx, holds[at].card_id, &act);
}
