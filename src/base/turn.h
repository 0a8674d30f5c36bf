/* turn.h - how long a thread wants a processor at a time (decision 0100). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Nanoseconds. An answer from memory takes tens of microseconds. */
#define TURN_SHORT 200000
#define TURN_USUAL 0

/* Asks for turns of that length for the calling thread and those that it starts from now on. Linux
 * before 6.12 and sandboxes that forbid the call (sched_setattr(2)) go on as usual. */
void turn_ask(uint64_t nanoseconds);
