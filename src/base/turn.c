/* turn.c - alone, because the headers of the kernel and of the C library both define struct sched_param. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/turn.h"
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/syscall.h>
#include <unistd.h>

void turn_ask(uint64_t nanoseconds)
{
    struct sched_attr wanted = {
        .size = SCHED_ATTR_SIZE_VER0, .sched_policy = SCHED_NORMAL, .sched_runtime = nanoseconds};
    (void)syscall(SYS_sched_setattr, 0, &wanted, 0);
}
