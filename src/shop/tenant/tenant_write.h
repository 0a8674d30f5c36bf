/* tenant_write.h - shared by the files that change a shop. Private to tenant. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/tenant/tenant.h"

/* In a transaction: tells that the shop changed. */
CHECKED err shop_emit_changed(struct ctx *ctx);
/* Puts a problem before those found already. */
void shop_add_problem(struct ctx *ctx, const struct field_problem **problems, const char *field,
                      const char *code, const char *message);
/* Complains when a text has more code points. */
void shop_check_length(struct ctx *ctx, const struct field_problem **problems, const char *field,
                       const char *text, size_t most);

/* ---- claims ---- */

#define CLAIM_JOB "shop.claim"

/* The text that proves that an address leads here. */
const char *claim_text(struct ctx *ctx, const char *token, const char *host);
/* The claim of that id; NULL when it is gone, kept or over. */
CHECKED err claim_find(struct ctx *ctx, int64_t claim_id, struct shop_claim **claim);
/* In a transaction: the shop has the host. Zero when another shop has it, or when there is no record while
 * another shop wants it too. */
CHECKED err claim_prove(struct ctx *ctx, const struct shop_claim *claim, bool has_record, int64_t *is_proved);
/* Whether another shop has the host. */
CHECKED err claim_is_taken(struct ctx *ctx, const char *host, bool *is_taken);
/* In a transaction: the host leads nowhere, its proof is kept. */
CHECKED err claim_keep(struct ctx *ctx, const char *host);
/* The host without port, lower case; NULL when it is too long. */
const char *shop_plain_host(struct ctx *ctx, const char *host);
