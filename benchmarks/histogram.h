/* histogram.h - how long things took, in constant memory, within 1 % of the truth. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>
#include <stdio.h>

#define HISTOGRAM_SUB 128 /* steps per doubling */
#define HISTOGRAM_SIZE (40 * HISTOGRAM_SUB)

struct histogram {
    uint64_t counts[HISTOGRAM_SIZE];
    uint64_t total;
    uint64_t max; /* µs */
    uint64_t sum; /* µs */
};

void histogram_add(struct histogram *histogram, uint64_t microseconds);
/* The time in µs that a share (0..1) of all did not exceed; 0 when there are none. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);
/* {"count":…,"mean_ms":…,"p50_ms":…,"p90_ms":…,"p99_ms":…,"max_ms":…} */
void histogram_print(const struct histogram *histogram, FILE *out);
