/* digital.h - goods that deliver themselves: key codes, sealed at rest, dealt once each.
 *
 * Every digital variant has a deck. Its codes are numbered from 1 in the order in which they will be dealt;
 * the deck remembers how many were. Dealing q codes moves that counter by q under a guard, so two orders can
 * never get the same code, and one order line can never be dealt twice (its delivery row is its key). Codes
 * that must not be dealt (their batch was withdrawn or expired) are put aside: they leave the numbers of the
 * deck (docs/decisions/0010). Stock on hand of the variant equals loaded - dealt + owed; owed is what was
 * promised although the deck did not hold it.
 *
 * A deck deals in one of four ways: codes, one each; one shared text, to everybody, up to a quantity set by
 * hand; what a person types for each order; or a new gift card for each piece (gift/gift.h). In the last
 * three, loaded - dealt is the quantity that is left.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/clock.h"
#include "base/ctx.h"
#include "db/db.h"

struct variant;

#define CODE_LENGTH_LIMIT 2000
#define CODE_LOAD_LIMIT 10000 /* codes in one load */
#define CODE_LINE_LIMIT 20000 /* lines in one load, blank ones too */
#define CODE_NOTE_LIMIT 200
#define DECK_QUANTITY_LIMIT 1000000
#define DECK_COUNT_LIMIT 10000
#define DECK_ROWS_LIMIT 500 /* decks, batches or codes in one answer */
/* An alarm comes this long before codes expire. */
#define CODE_EXPIRY_NOTICE_MS (7 * DAY_MS)

enum deck_mode { DECK_CODES = 1, DECK_SHARED = 2, DECK_BY_HAND = 3, DECK_GIFT_CARDS = 4 };

struct code_deck {
    int64_t variant_id;
    int64_t product_id;
    enum deck_mode mode;
    int64_t loaded;
    int64_t dealt;
    int64_t owed;
    int64_t text_no;       /* of the shared text; 0 = none yet */
    int64_t rounds;        /* times that codes were put aside */
    int64_t expired;       /* codes that expired unsold */
    int64_t expires_at;    /* nothing is dealt from here on until the expired ones are put aside; 0 = never */
    int64_t low_at;        /* an alarm when no more than this are left; 0 = none */
    const char *low_alarm; /* subject of the alarm that stands, or NULL */
    bool has_hook;         /* what is delivered by hand comes from the merchant's program */
};

struct delivered_code {
    int64_t line_no;
    int64_t variant_id;
    int64_t quantity; /* 1 for a code or a card; what the line bought for a text */
    int64_t delivered_at;
    enum deck_mode mode;
    const char *code;   /* opened */
    int64_t card_value; /* of a gift card */
    bool is_taken_back; /* a gift card that went back with its price */
};

/* What one load brings, line by line, and what became of it. */
struct code_loading {
    int64_t variant_id;
    int64_t product_id;
    const char *const *lines; /* trimmed here; blank ones are skipped */
    size_t count;
    const char *note;
    const char *by;     /* name of the person, "" for a program */
    int64_t expires_at; /* 0 = never */
    /* Filled: */
    int64_t batch_no;
    int64_t added;
    int64_t duplicates; /* stood in the deck already, or twice among the lines */
    int64_t too_long;
};

struct code_batch {
    int64_t batch_no;
    int64_t loaded_at;
    const char *loaded_by;
    const char *note;
    int64_t added;
    int64_t duplicates;
    int64_t too_long;
    const char *report; /* a letter for each line: a(dded), d(uplicate), l(ong), e(mpty); "" in lists */
    int64_t expires_at;
    int64_t withdrawn_at;
    int64_t expired_at;
    int64_t left;  /* still in the deck; not filled by code_batch_load */
    int64_t aside; /* put aside */
};

/* One code of a deck as staff see it in a list. */
enum code_state { CODE_LEFT, CODE_DEALT, CODE_ASIDE };
struct listed_code {
    int64_t seq;
    int64_t batch_no;
    enum code_state state;
    const char *masked;
};

struct code_view {
    int64_t at;
    enum actor_kind actor;
    const char *who; /* name of the staff member, else "" */
    const char *network;
    int64_t seq;
};

/* ---- decks ---- */

/* In a transaction: a new variant's deck. Harmless when it has one. */
CHECKED err code_deck_create(struct ctx *ctx, int64_t variant_id, int64_t product_id);
/* Zeros when the variant has no deck. */
CHECKED err code_deck_load(struct ctx *ctx, int64_t variant_id, struct code_deck *deck);
/* The same of many; `decks[i]` belongs to `variant_ids[i]`. */
CHECKED err code_deck_load_many(struct ctx *ctx, const int64_t *variant_ids, size_t count,
                                struct code_deck *decks);
enum deck_filter { DECKS_ALL, DECKS_LOW, DECKS_SHORT, DECKS_EXPIRED };
/* The newest variants first, those before `before` (0 = from the newest). */
CHECKED err code_deck_list(struct ctx *ctx, enum deck_filter filter, int64_t before, int limit,
                           struct code_deck **decks, size_t *count);
/* The decks of up to 32 products, at most DECK_ROWS_LIMIT. */
CHECKED err code_deck_list_of(struct ctx *ctx, const int64_t *product_ids, size_t product_count,
                              struct code_deck **decks, size_t *count);
/* DECK_COUNT_LIMIT means that many or more: a page does not count for longer. */
CHECKED err code_deck_count(struct ctx *ctx, enum deck_filter filter, int64_t *count);
/* Below or at `low_at` left, staff get an alarm, once; it is settled when more are there. 0 = never. */
CHECKED err code_deck_set_low(struct ctx *ctx, int64_t variant_id, int64_t low_at);
/* ERR_INVALID about "mode" while orders hold something of the deck, or codes are left in it. */
CHECKED err code_deck_change_mode(struct ctx *ctx, int64_t variant_id, int64_t product_id,
                                  enum deck_mode mode);
/* How many of a shared text or of hand-made deliveries can still be sold, besides what is promised, and the
 * shared text (NULL or "" = as it was). ERR_INVALID about "text" when there is none, about "quantity" when
 * the deck deals codes. */
CHECKED err code_deck_set_quantity(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t quantity,
                                   const char *text);
/* What the gift cards of a deck hold, for how many years they are good (0 = for ever), and how many can still
 * be sold. ERR_INVALID about "mode" when the deck makes none, about "value" and "years" beyond the law
 * (gift.h), about "value" when orders wait for another one. */
CHECKED err code_deck_set_card(struct ctx *ctx, const struct variant *variant, int64_t value, int64_t years,
                               int64_t quantity);
/* The shared text as it is delivered now; "" when there is none. */
CHECKED err code_deck_text(struct ctx *ctx, const struct code_deck *deck, const char **text);
/* In a transaction: brings the stock of a variant to what its deck holds, but never below what is promised;
 * the rest is owed. */
CHECKED err code_fit_stock(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *reason);
/* Whether any deck of the shop owes codes. */
CHECKED err code_is_owed(struct ctx *ctx, bool *is_owed);

/* ---- loading ---- */

/* Loads codes as a batch of their own, brings the stock to what the deck holds then, and emits digital.loaded
 * (of the variant). A line that is too long or known is skipped and told. ERR_INVALID about "codes" when
 * there are too many or the deck does not deal codes. A transaction of its own. */
CHECKED err code_batch_add(struct ctx *ctx, struct code_loading *loading);
/* The same for programs: nothing is loaded when one code is too long. */
CHECKED err code_load(struct ctx *ctx, int64_t variant_id, int64_t product_id, const char *const *codes,
                      size_t count, int64_t *added, int64_t *duplicates);
/* The newest first, those before `before` (0 = from the newest). */
CHECKED err code_batch_list(struct ctx *ctx, const struct code_deck *deck, int64_t before, int limit,
                            struct code_batch **batches, size_t *count);
CHECKED err code_batch_load(struct ctx *ctx, int64_t variant_id, int64_t batch_no, struct code_batch *batch);
/* Takes what is left of a batch out of the deck, and puts it back at the end. What was dealt stays dealt.
 * ERR_INVALID_TRANSITION when it is out, or in, already, or expired. */
CHECKED err code_batch_withdraw(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t batch_no);
CHECKED err code_batch_restore(struct ctx *ctx, int64_t variant_id, int64_t product_id, int64_t batch_no);
/* Codes of a deck by number, masked: those after `after`, of one batch or of all (0). */
CHECKED err code_list(struct ctx *ctx, const struct code_deck *deck, int64_t batch_no, int64_t after,
                      int limit, struct listed_code **codes, size_t *count);
/* "AB••••YZ": enough to recognise a code, too little to use it. */
const char *code_mask(struct ctx *ctx, const char *code);

/* ---- dealing ---- */

/* In a transaction: deals `quantity` codes to an order line, or for a line that sold gift cards lets them be
 * made (gift_card_sell). ERR_OUT_OF_STOCK when the deck has too few, when a person has to type them first, or
 * when it deals something else than the line sold; ERR_DUPLICATE when the line has its codes already. */
CHECKED err code_deal(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id,
                      int64_t quantity, bool is_card);
/* In a transaction, before code_deal: what a person typed for a line. ERR_INVALID_TRANSITION when its deck is
 * not dealt by hand; ERR_DUPLICATE when it was typed already. */
CHECKED err code_type(struct ctx *ctx, int64_t order_id, int64_t line_no, int64_t variant_id,
                      const char *text, const char *by);
/* Lines of an order whose text is there already. */
CHECKED err code_typed_lines(struct ctx *ctx, int64_t order_id, int64_t line_nos[], size_t limit,
                             size_t *count);
/* What an order got, by line. */
CHECKED err code_list_delivered(struct ctx *ctx, int64_t order_id, struct delivered_code **codes,
                                size_t *count);

/* ---- hooks: the merchant's program delivers what would be delivered by hand (docs/hooks.md) ---- */

#define HOOK_TIMEOUT_MS INT64_C(15000)
#define HOOK_ANSWER_LIMIT INT64_C(65536) /* bytes */
#define HOOK_LOG_LIMIT 100               /* calls that are remembered for each hook */

struct code_hook {
    int64_t variant_id;
    const char *url; /* NULL when there is none */
    const char *secret;
};
struct hook_call {
    const char *order_no; /* "" = a test */
    int64_t line_no;
    const char *sku;
    const char *title;
    int64_t quantity;
    const char *answers; /* JSON for answers_read, NULL = none */
};
struct hook_result {
    const char *outcome; /* "delivered", "pending", "http-status", "hook-…", "outbound-…" */
    int status;          /* HTTP; 0 when there was no answer */
    const char *text;    /* what the buyer gets; NULL when nothing came */
};
struct hook_log {
    int64_t variant_id;
    const char *order_no;
    int64_t line_no;
    const char *outcome;
    int64_t status;
    int64_t took; /* ms */
    int64_t at;
};

/* Sets the address, and a new secret when asked or when there was none: *secret is then the only time it is
 * told, else NULL. ERR_INVALID about "url"; ERR_INVALID_TRANSITION when the deck is not delivered by hand. */
CHECKED err code_hook_set(struct ctx *ctx, int64_t variant_id, const char *url, bool is_new_secret,
                          const char **secret);
CHECKED err code_hook_remove(struct ctx *ctx, int64_t variant_id);
CHECKED err code_hook_load(struct ctx *ctx, int64_t variant_id, struct code_hook *hook);
/* Calls it and notes how it went; outside any transaction. What goes wrong outside is no failure. */
CHECKED err code_hook_call(struct ctx *ctx, const struct code_hook *hook, const struct hook_call *call,
                           struct hook_result *result);
/* The newest first. */
CHECKED err code_hook_log(struct ctx *ctx, int64_t variant_id, int limit, struct hook_log **calls,
                          size_t *count);

/* ---- who looked ---- */

/* Views are kept so long: network logs must be for six months (网络安全法, article 21). */
#define CODE_VIEW_KEEP_MS (200 * DAY_MS)
/* Forgets older ones. */
CHECKED err code_view_sweep(struct ctx *ctx);

/* Notes that whole codes of an order (or one code of a variant, `seq`) were shown; once an hour for the same
 * eyes, so that a page that is opened again costs one read. */
CHECKED err code_note_view(struct ctx *ctx, int64_t subject_id, int64_t seq, const char *who,
                           const char *network);
/* The newest first. */
CHECKED err code_view_list(struct ctx *ctx, int64_t subject_id, int limit, struct code_view **views,
                           size_t *count);
/* One whole code; noted first. ERR_NOT_FOUND. */
CHECKED err code_reveal(struct ctx *ctx, int64_t variant_id, int64_t seq, const char *who,
                        const char *network, const char **code);

/* ---- checking ---- */

/* Compares decks, codes, batches and deliveries; calls `report` for each difference. */
CHECKED err code_check(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
/* Compares decks with stock, and finds code variants whose deck is lost; calls `report` for each difference.
 */
CHECKED err code_check_stock(struct ctx *ctx, void (*report)(void *arg, const char *problem), void *arg);
