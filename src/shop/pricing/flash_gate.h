/* flash_gate.h - what this node knows of flash stock, so that an attempt that cannot win costs nothing.
 *
 * A small table in memory says of a variant whether its flash sale runs and has pieces left. An answer is
 * good for FLASH_GATE_MS and then asked anew, so a piece that comes back can be bought within a second on
 * every node, without a word between them. It only refuses: whoever passes still meets the guarded counter
 * of the database, which is the truth. Without a gate (the command line) everybody passes. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/ctx.h"

#define FLASH_GATE_MS 500

struct flash_gate;

/* Lives in the arena; may be used by many threads. */
struct flash_gate *flash_gate_open(struct arena *arena);
/* ERR_FLASH_SOLD_OUT when one of these variants is in a sale that runs and has nothing left. */
CHECKED err flash_gate_pass(struct ctx *ctx, const int64_t *variant_ids, size_t count);
/* An attempt met the end of the counter: the next ones need not. */
void flash_gate_shut(struct ctx *ctx, const int64_t *variant_ids, size_t count);
/* Writes down how many were refused here since the last time. */
CHECKED err flash_gate_flush(struct ctx *ctx);
