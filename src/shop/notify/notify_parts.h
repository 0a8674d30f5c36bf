/* notify_parts.h - what the files of notify share. Private. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "job/job.h"
#include "shop/catalog/catalog.h"
#include "shop/customer/customer.h"
#include "shop/notify/notify.h"
#include "shop/wording.h"

#define LETTER_ROWS_LIMIT 64
#define LETTER_BYTES ((size_t)256 << 10)
#define FACTS_LIMIT 1024
/* An alarm about messages that do not arrive; its subject is "channel · cause". */
#define REFUSED_ALARM "message-refused"
#define REFUSED_BUYERS "buyers" /* in place of a channel */
#define CODES_IN_MAIL_LIMIT 40  /* more are left to the page */

/* ---- words ---- */

/* What is said, before it is put into a form. Texts may come from anywhere: they are escaped where it
 * matters. */
struct letter {
    const char *locale;
    const char *shop_name;
    const char *title; /* subject of a mail, headline of a robot */
    const char *intro;
    struct letter_row {
        const char *label; /* "" = the value stands alone */
        const char *value;
    } rows[LETTER_ROWS_LIMIT];
    size_t row_count;
    const char *link; /* "" = none */
    const char *link_label;
    const char *footer;
};
/* Writes what a message says now; `order` is NULL when it is about none. */
CHECKED err letter_write(struct ctx *ctx, const struct message *message, const struct order *order,
                         struct letter *letter);
/* A sample for those who set a channel up. */
void letter_sample(struct ctx *ctx, const char *channel_name, struct letter *letter);
/* Title, rows and link as plain lines. */
const char *letter_plain(struct ctx *ctx, const struct letter *letter, bool has_title);

/* ---- mail ---- */

/* Whether a bare address may stand in an envelope and a header (a careful subset of RFC 5321). */
bool mail_address_is_valid(const char *address);
struct envelope {
    const char *from_name;
    const char *from_address;
    const char *const *to;
    size_t to_count;
    const char *reply_to;   /* "" = none */
    const char *message_id; /* without angle brackets */
    int64_t at;
};
/* A whole message by RFC 5322: MIME with a plain and an HTML part, both UTF-8 in base64. */
const char *mime_write(struct ctx *ctx, const struct envelope *envelope, const struct letter *letter,
                       size_t *length);

/* Sends a letter to addresses, outside any transaction. */
CHECKED err mail_letter(struct ctx *ctx, const struct letter *letter, int64_t message_id,
                        const char *const *to, size_t to_count, struct delivery_result *result);
/* The code by which a buyer logs in (CUSTOMER_CODE_JOB); behind the last try it is too old anyway. */
#define CODE_ATTEMPTS 5
#define CODE_PAUSE_MS (10 * SECOND_MS)
CHECKED err notify_run_code(struct ctx *ctx, const struct job *job, void *owner);
void letter_of_code(struct ctx *ctx, const char *locale, const char *code, struct letter *letter);

/* ---- what is back ---- */

/* What a message about something sold out is about. */
struct wait_notice {
    struct customer_wait wait;
    const struct variant *variant;
};
/* NULL when the request was stopped meanwhile, or the variant is offered no more: nobody is told then. */
CHECKED err wait_notice_load(struct ctx *ctx, const struct message *message, struct wait_notice **notice);
CHECKED err letter_of_wait(struct ctx *ctx, const struct wait_notice *notice, struct letter *letter);
CHECKED err notify_hear_restock(struct ctx *ctx, const struct outbox_event *event, void *owner);
CHECKED err notify_run_waits(struct ctx *ctx, const struct job *job, void *owner);

/* ---- robots ---- */

/* Sends a letter by a robot; `key` names the message to a webhook, `occasion` what it is about. */
CHECKED err robot_send(struct ctx *ctx, const struct channel *channel, const struct letter *letter,
                       const char *key, const char *occasion, struct delivery_result *result);

/* ---- channels and ledger ---- */

/* In a transaction: what the shop's channels and its own settings add up to stands in the shop. `clear` and
 * `set` are bits that are no channel's. */
CHECKED err occasions_settle(struct ctx *ctx, uint64_t clear, uint64_t set);
/* In a transaction: a channel remembers how it went. */
CHECKED err channel_note(struct ctx *ctx, int64_t channel_id, const struct delivery_result *result);
/* In a transaction: writes a message and schedules it; one that has this dedupe key is left as it is. */
CHECKED err message_queue(struct ctx *ctx, const struct message *message, const char *dedupe);
/* Splits "a@b.example, c@d.example"; false when one is none, or there are none, or too many. */
bool mail_addresses_split(struct ctx *ctx, const char *text, const char *to[MAIL_RECIPIENT_LIMIT],
                          size_t *count);
