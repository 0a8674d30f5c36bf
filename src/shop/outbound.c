/* outbound.c - the names of what goes wrong outside, and how many jobs may wait for it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/outbound.h"

#include <stdatomic.h>

const char *const outbound_problem_names[] = {
    "",
    "outbound-bad-url",
    "outbound-not-https",
    "outbound-forbidden",
    "outbound-no-host",
    "outbound-no-connect",
    "outbound-bad-tls",
    "outbound-timeout",
    "outbound-too-big",
    "outbound-redirects",
};

bool outbound_is_passing(enum outbound_problem problem)
{
    return problem == OUTBOUND_NO_HOST || problem == OUTBOUND_NO_CONNECT || problem == OUTBOUND_TIMEOUT ||
           problem == OUTBOUND_BAD_TLS;
}

static const int lane_width[] = {
    [OUTBOUND_PICTURES] = 1, [OUTBOUND_HOOKS] = 2, [OUTBOUND_PROOFS] = 1, [OUTBOUND_MESSAGES] = 2};
static atomic_int lane_use[sizeof lane_width / sizeof *lane_width];

bool outbound_lane_enter(enum outbound_lane lane)
{
    if (atomic_fetch_add(&lane_use[lane], 1) < lane_width[lane])
        return true;
    atomic_fetch_sub(&lane_use[lane], 1);
    return false;
}

void outbound_lane_leave(enum outbound_lane lane)
{
    atomic_fetch_sub(&lane_use[lane], 1);
}
