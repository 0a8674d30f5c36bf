/* checkout_member.h - what an account knows is not typed again. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"
#include "base/value.h"

/* For who is logged in, into a view: `typed` (the fields of the form, filled from the account and from its
 * address of that id, 0 = the default one) and `saved_addresses` (id, name, region, line, is_chosen). Nothing
 * for a guest, who is asked nothing. */
CHECKED err checkout_member_view(struct ctx *ctx, int64_t address_id, struct value *view);
/* The account of who is logged in as limits for a person know it, CRYPTO_INDEX_BYTES; NULL for a guest. */
const unsigned char *checkout_account_key(struct ctx *ctx);
