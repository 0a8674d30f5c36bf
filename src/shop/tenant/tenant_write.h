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
