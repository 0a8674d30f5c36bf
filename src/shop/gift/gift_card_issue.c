/* gift_card_issue.c - what staff do to cards: making them, showing their codes once, stopping, extending. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/gift/gift.h"

#include "base/clock.h"
#include "base/money.h"
#include "base/random.h"
#include "base/text.h"
#include "shop/gift/gift_card_write.h"
#include "shop/ledger/ledger.h"
#include "shop/staff/staff.h"
#include "shop/tenant/tenant.h"
#include <inttypes.h>

/* Four letters, a dash. */
#define GROUP 4
#define YEAR_MS (INT64_C(366) * DAY_MS)

static struct fresh_card make_card(struct ctx *ctx)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    char *code = arena_alloc(ctx->arena, GIFT_CARD_CODE_LENGTH + 1);
    struct fresh_card card = {.id = id_new(ctx), .last4 = code + GIFT_CARD_CODE_LENGTH - GROUP};
    for (size_t i = 0; i < GIFT_CARD_CODE_LENGTH; i++)
        code[i] = letters[random_below(sizeof letters - 1)];
    card.sealed = crypto_seal(ctx, GIFT_CARD_PURPOSE, code, GIFT_CARD_CODE_LENGTH);
    gift_card_blind(ctx, code, card.blind);
    return card;
}

struct gift_card_issuing gift_card_prepare(struct ctx *ctx, const struct gift_card_batch *batch,
                                           enum ledger_account debit)
{
    struct fresh_card *cards = arena_alloc_many(ctx->arena, (size_t)batch->count, sizeof *cards);
    for (int64_t i = 0; i < batch->count; i++)
        cards[i] = make_card(ctx);
    return (struct gift_card_issuing){batch, batch->years ? ctx->now + batch->years * YEAR_MS : 0, cards,
                                      debit};
}

static err write_batch(struct ctx *ctx, const struct gift_card_issuing *issuing)
{
    const struct gift_card_batch *batch = issuing->batch;
    return db_execute(
        ctx,
        "INSERT INTO gift_card_batches (shop_id, id, origin, is_registered, value, currency, count,"
        " valid_until, note, request, created_at, is_shown, order_id, line_no) VALUES ($1, $2, $3, $4, $5,"
        " $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        db_int(ctx->shop->id), db_int(batch->id), db_int(batch->origin), db_int(batch->is_registered),
        db_int(batch->value), db_text(ctx->shop->currency), db_int(batch->count),
        db_int(issuing->valid_until), db_text(batch->note), db_text(batch->request), db_int(ctx->now),
        db_int(batch->order_id != 0), db_int(batch->order_id), db_int(batch->line_no));
}

static err write_card(struct ctx *ctx, const struct gift_card_issuing *issuing, const struct fresh_card *card)
{
    const struct gift_card_batch *batch = issuing->batch;
    TRY(db_execute(
        ctx,
        "INSERT INTO gift_cards (shop_id, id, batch_id, blind, sealed, last4, is_registered, currency,"
        " value, balance, status, valid_until, moves, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7,"
        " $8, $9, $10, $11, $12, 1, $13)",
        db_int(ctx->shop->id), db_int(card->id), db_int(batch->id), db_bytes(card->blind, CRYPTO_INDEX_BYTES),
        db_bytes(card->sealed.ptr, card->sealed.len), db_text(card->last4), db_int(batch->is_registered),
        db_text(ctx->shop->currency), db_int(batch->value), db_int(batch->value), db_int(GIFT_CARD_ACTIVE),
        db_int(issuing->valid_until), db_int(ctx->now)));
    return db_execute(ctx,
                      "INSERT INTO gift_card_movements (shop_id, card_id, move_no, kind, amount, balance,"
                      " order_id, entry_id, actor, at) VALUES ($1, $2, 1, $3, $4, $4, 0, $5, $6, $7)",
                      db_int(ctx->shop->id), db_int(card->id), db_int(CARD_ISSUED), db_int(batch->value),
                      db_int(batch->id), db_int(ctx->actor), db_int(ctx->now));
}

err gift_card_write_batch(struct ctx *ctx, const struct gift_card_issuing *issuing)
{
    const struct gift_card_batch *batch = issuing->batch;
    struct ledger_transfer owed = {
        .debit = issuing->debit, .credit = LEDGER_GIFT_CARDS, .amount = batch->value * batch->count};
    TRY(write_batch(ctx, issuing));
    for (int64_t i = 0; i < batch->count; i++)
        TRY(write_card(ctx, issuing, &issuing->cards[i]));
    TRY(ledger_post(ctx, &(struct ledger_entry){.id = batch->id,
                                                .kind = LEDGER_CARDS_ISSUED,
                                                .currency = ctx->shop->currency,
                                                .gateway = GIFT_CARD_GATEWAY,
                                                .reference_id = batch->id,
                                                .order_id = batch->order_id,
                                                .transfers = &owed,
                                                .count = 1}));
    return ctx->shop->has_gift_cards ? NULL : shop_change_gift_cards(ctx, true);
}

static err issue_in_transaction(struct ctx *ctx, void *arg)
{
    const struct gift_card_issuing *issuing = arg;
    const struct gift_card_batch *batch = issuing->batch;
    TRY(gift_card_write_batch(ctx, issuing));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "gift-card.issued",
                               .subject = arena_format(ctx->arena, "gift-cards/batches/%" PRId64, batch->id),
                               .title = batch->note,
                               .after = arena_format(
                                   ctx->arena, "%" PRId64 " × %s", batch->count,
                                   money_display(ctx->arena, money_of(batch->value, ctx->shop->currency)))});
}

/* Articles 18 and 19. The bounds are in yuan: a shop of another currency has them by their numbers. */
err gift_card_check_law(struct ctx *ctx, const struct gift_card_batch *batch)
{
    int64_t most = batch->is_registered ? GIFT_CARD_MOST_REGISTERED : GIFT_CARD_MOST_BEARER;
    if (batch->value <= 0)
        return fail_field(ctx, "value", "too-small", "a card holds more than nothing");
    if (batch->value > most)
        return fail_field(ctx, "value", batch->is_registered ? "law-value-registered" : "law-value-bearer",
                          "article 18 of the rules for single-purpose prepaid cards: at most 5000 yuan with a"
                          " name, 1000 without");
    if (batch->is_registered && batch->years != 0)
        return fail_field(ctx, "years", "law-years-registered", "article 19: a card with a name has no end");
    if (!batch->is_registered && batch->years != 0 && batch->years < GIFT_CARD_YEARS_LEAST)
        return fail_field(ctx, "years", "law-years", "article 19: good for 3 years at least");
    return NULL;
}

static err find_request(struct ctx *ctx, struct gift_card_batch *batch)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows, "SELECT id FROM gift_card_batches WHERE shop_id = $1 AND request = $2",
                 db_int(ctx->shop->id), db_text(batch->request)));
    batch->id = db_next(rows) ? db_get_int(rows, 0) : 0;
    return NULL;
}

err gift_card_issue(struct ctx *ctx, struct gift_card_batch *batch)
{
    if (batch->count < 1 || batch->count > GIFT_CARD_BATCH_LIMIT)
        return fail_field(ctx, "count", "too-many", "1 to 500 cards at once");
    TRY(gift_card_check_law(ctx, batch));
    TRY(find_request(ctx, batch));
    if (batch->id)
        return NULL;
    batch->id = id_new(ctx);
    struct gift_card_issuing issuing =
        gift_card_prepare(ctx, batch, batch->origin == GIFT_CARD_SOLD ? LEDGER_RECEIVABLE : LEDGER_MARKETING);
    err failure = db_transact(ctx, issue_in_transaction, &issuing);
    return failure && failure->code == ERR_DUPLICATE ? find_request(ctx, batch) : failure;
}

static err reveal_in_transaction(struct ctx *ctx, void *arg)
{
    int64_t batch_id = *(const int64_t *)arg;
    TRY(db_expect(ctx, 1, ERR_CONFLICT, "the codes of this batch were shown before",
                  "UPDATE gift_card_batches SET is_shown = 1 WHERE shop_id = $1 AND id = $2 AND is_shown = 0",
                  db_int(ctx->shop->id), db_int(batch_id)));
    return audit_note(ctx, &(struct audit_entry){
                               .kind = "gift-card.codes",
                               .subject = arena_format(ctx->arena, "gift-cards/batches/%" PRId64, batch_id)});
}

err gift_card_open(struct ctx *ctx, struct sealed sealed, const char **shown)
{
    struct text_buf text;
    const char *code;
    TRY(crypto_open(ctx, GIFT_CARD_PURPOSE, sealed, &code));
    text_open(&text, ctx->arena, GIFT_CARD_TYPED_LIMIT);
    for (size_t i = 0; code[i]; i++)
        text_add_format(&text, "%s%c", i > 0 && i % GROUP == 0 ? "-" : "", code[i]);
    *shown = text_of(&text);
    return NULL;
}

err gift_card_reveal(struct ctx *ctx, int64_t batch_id, const char ***codes, size_t *count)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT sealed FROM gift_cards WHERE shop_id = $1 AND batch_id = $2 ORDER BY id LIMIT $3",
                 db_int(ctx->shop->id), db_int(batch_id), db_int(GIFT_CARD_BATCH_LIMIT)));
    *codes = arena_alloc_many(ctx->arena, db_row_count(rows) + 1, sizeof **codes);
    for (*count = 0; db_next(rows); (*count)++) {
        struct sealed sealed;
        sealed.ptr = db_get_bytes(rows, 0, &sealed.len);
        TRY(gift_card_open(ctx, sealed, &(*codes)[*count]));
    }
    if (*count == 0)
        return fail_with(ctx, ERR_NOT_FOUND, "no such batch");
    return db_transact(ctx, reveal_in_transaction, &batch_id);
}

err gift_card_can_reveal(struct ctx *ctx, int64_t batch_id, bool *can)
{
    struct db_rows *rows;
    TRY(db_query(ctx, &rows,
                 "SELECT 1 FROM gift_card_batches WHERE shop_id = $1 AND id = $2 AND is_shown = 0",
                 db_int(ctx->shop->id), db_int(batch_id)));
    *can = db_next(rows);
    return NULL;
}

/* ---- one card ---- */

static err note_act(struct ctx *ctx, const struct gift_card *card, const char *kind, const char *why)
{
    return audit_note(
        ctx, &(struct audit_entry){.kind = kind,
                                   .subject = arena_format(ctx->arena, "gift-cards/%" PRId64, card->id),
                                   .title = arena_format(ctx->arena, "…%s", card->last4),
                                   .after = why});
}

struct blocking {
    struct gift_card card;
    enum gift_card_status from, to;
    const char *reason;
};

static err block_in_transaction(struct ctx *ctx, void *arg)
{
    const struct blocking *blocking = arg;
    TRY(db_expect(ctx, 1, ERR_INVALID_TRANSITION, "the card is not in that state",
                  "UPDATE gift_cards SET status = $4 WHERE shop_id = $1 AND id = $2 AND status = $3",
                  db_int(ctx->shop->id), db_int(blocking->card.id), db_int(blocking->from),
                  db_int(blocking->to)));
    return note_act(ctx, &blocking->card,
                    blocking->to == GIFT_CARD_BLOCKED ? "gift-card.blocked" : "gift-card.unblocked",
                    blocking->reason);
}

err gift_card_block(struct ctx *ctx, int64_t card_id, bool is_blocked, const char *reason)
{
    struct blocking blocking = {.from = is_blocked ? GIFT_CARD_ACTIVE : GIFT_CARD_BLOCKED,
                                .to = is_blocked ? GIFT_CARD_BLOCKED : GIFT_CARD_ACTIVE,
                                .reason = reason};
    if (!reason[0])
        return fail_field(ctx, "reason", "required", "say why");
    TRY(gift_card_load(ctx, card_id, &blocking.card));
    return db_transact(ctx, block_in_transaction, &blocking);
}

struct extending {
    struct gift_card card;
    int64_t valid_until;
};

static err extend_in_transaction(struct ctx *ctx, void *arg)
{
    const struct extending *extending = arg;
    const struct gift_card *card = &extending->card;
    struct gift_card_act act = {CARD_EXTENDED, card->expired, 0, card->expired ? id_new(ctx) : 0};
    TRY(db_expect(
        ctx, 1, ERR_CONFLICT, "the card changed meanwhile",
        "UPDATE gift_cards SET valid_until = $3, balance = balance + expired, expired = 0,"
        " moves = moves + 1, status = CASE WHEN status = 3 THEN 1 ELSE status END WHERE shop_id = $1"
        " AND id = $2 AND expired = $4 AND valid_until > 0",
        db_int(ctx->shop->id), db_int(card->id), db_int(extending->valid_until), db_int(card->expired)));
    TRY(gift_card_note(ctx, card->id, &act));
    TRY(note_act(ctx, card, "gift-card.extended", ""));
    if (card->expired == 0)
        return NULL;
    struct ledger_transfer back = {LEDGER_BREAKAGE, LEDGER_GIFT_CARDS, card->expired};
    return ledger_post(ctx, &(struct ledger_entry){.id = act.entry_id,
                                                   .kind = LEDGER_CARD_EXTENDED,
                                                   .currency = card->currency,
                                                   .gateway = GIFT_CARD_GATEWAY,
                                                   .reference_id = card->id,
                                                   .transfers = &back,
                                                   .count = 1});
}

err gift_card_extend(struct ctx *ctx, int64_t card_id, int64_t years)
{
    struct extending extending = {.valid_until = ctx->now + years * YEAR_MS};
    TRY(gift_card_load(ctx, card_id, &extending.card));
    if (extending.card.valid_until == 0)
        return fail_with(ctx, ERR_INVALID_TRANSITION, "this card has no end");
    if (years < 1 || years > GIFT_CARD_YEARS_MOST || extending.valid_until <= extending.card.valid_until)
        return fail_field(ctx, "years", "too-short", "good for longer than it was");
    return db_transact(ctx, extend_in_transaction, &extending);
}
