/* staff_totp.h - codes of an authenticator app: TOTP (RFC 6238) with SHA-1, six digits and thirty seconds,
 * which is what all such apps understand. Private to staff. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

#define TOTP_SECRET_BYTES 20 /* as long as the hash: RFC 4226, section 4, R6 */
#define TOTP_DIGITS 6
#define TOTP_STEP_MS INT64_C(30000)
/* Steps before and after the present one whose code counts: clocks differ, and typing takes time. */
#define TOTP_DRIFT 1

/* The code of one step (RFC 4226, section 5.3). */
uint32_t totp_code(const unsigned char *secret, size_t length, int64_t step);
/* The step, newer than `last_step`, whose code this is at `now`; 0 when there is none. */
int64_t totp_find_step(const unsigned char *secret, size_t length, int64_t now, int64_t last_step,
                       uint32_t code);
/* RFC 4648 base 32 without padding, which people can type. */
char *totp_base32(struct arena *arena, const unsigned char *bytes, size_t length);
