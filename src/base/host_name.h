/* host_name.h - names of machines as people type them, made into what DNS and browsers use.
 *
 * Names in other scripts become their ASCII form by UTS #46 with IDNA2008 (libidn2): 茶.example is
 * xn--jlq.example. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"

/* The longest name that DNS knows, without the final dot (RFC 1035, 2.3.4). */
#define HOST_NAME_LIMIT 253

/* The lower-case ASCII form of a name with at least two labels; NULL when it is no name of the public DNS: an
 * address, a name with port or path, a label that is empty, too long or begins or ends with a hyphen, an
 * ending of digits, or one of those that never leave a machine or network (localhost, local, internal,
 * invalid, test, onion). */
const char *host_name_ascii(struct arena *arena, const char *name);
/* The name as people read it, in its own script; what it was when it is no name in another script. */
const char *host_name_shown(struct arena *arena, const char *ascii);
