/* heap.c - settings of the C library's heap. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/heap.h"
#include <malloc.h>

void heap_keep_little(void)
{
    mallopt(M_MMAP_THRESHOLD, HEAP_LARGE);
    mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
}
