/* staff_session.h - what accounts need of sessions. Private to staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "shop/staff/staff.h"

CHECKED err staff_open_session(struct ctx *ctx, int64_t staff_id, const char *device, const char **token);
/* In a transaction: ends all sessions of a person. */
CHECKED err staff_drop_sessions(struct ctx *ctx, int64_t staff_id);
/* A login as it is stored. */
const char *staff_fold_login(struct ctx *ctx, const char *login);
