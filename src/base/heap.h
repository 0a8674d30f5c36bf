/* heap.h - how the C library keeps what was freed (mallopt(3)). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Pieces from HEAP_LARGE bytes on come from the system one by one and return to it at once; up to HEAP_KEPT
 * bytes stay at the end of the heap. Left to itself the C library raises both to the largest piece that was
 * ever freed: what the start takes for a moment would stay for years. To call before threads start. */
#define HEAP_LARGE (256 << 10)
#define HEAP_KEPT (512 << 10)
void heap_keep_little(void);
