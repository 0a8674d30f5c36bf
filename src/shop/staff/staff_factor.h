/* staff_factor.h - codes that are checked and codes that are made. Private to staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/crypto.h"
#include "shop/staff/staff_session.h"

#define FACTOR_PURPOSE "staff.factor"
#define RECOVERY_PURPOSE "staff.recovery"
#define SECRET_HEX_LIMIT 64

/* The row of a person; `secret` is opened, length 0 when there is none. */
struct factor_row {
    unsigned char secret[SECRET_HEX_LIMIT];
    size_t length;
    unsigned char draft[SECRET_HEX_LIMIT];
    size_t draft_length;
    int64_t enrolled_at;
    int64_t last_step;
    int64_t codes_left;
};
CHECKED err factor_row_load(struct ctx *ctx, int64_t staff_id, struct factor_row *row);

/* Counts a try, then spends the code and does the work in one transaction: a code that was used meanwhile
 * undoes the work. ERR_INVALID (code), ERR_TOO_MANY_REQUESTS. */
CHECKED err factor_spend(struct ctx *ctx, int64_t staff_id, const char *code, db_body work, void *arg);
/* Counts a try of a code: ERR_TOO_MANY_REQUESTS when there were too many. */
CHECKED err factor_count_try(struct ctx *ctx, int64_t staff_id);
/* Six digits out of what was typed, spaces left out; false for anything else. */
bool factor_read_code(const char *typed, uint32_t *code);
/* In a transaction: what happened to a person's second step, into the audit list. */
CHECKED err factor_note(struct ctx *ctx, const char *kind, int64_t staff_id);
