/* histogram.c - buckets that grow by 1/128: below 128 µs one a µs, then 128 a doubling. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "histogram.h"

static unsigned bucket_of(uint64_t microseconds)
{
    if (microseconds < HISTOGRAM_SUB)
        return (unsigned)microseconds;
    unsigned doubling = 63U - (unsigned)__builtin_clzll(microseconds) - 7U; /* 128 = 2^7 */
    unsigned bucket = (doubling + 1) * HISTOGRAM_SUB + (unsigned)((microseconds >> doubling) - HISTOGRAM_SUB);
    return bucket < HISTOGRAM_SIZE ? bucket : HISTOGRAM_SIZE - 1;
}

static uint64_t top_of(unsigned bucket)
{
    if (bucket < HISTOGRAM_SUB)
        return bucket;
    unsigned doubling = bucket / HISTOGRAM_SUB - 1;
    return (((uint64_t)bucket % HISTOGRAM_SUB + HISTOGRAM_SUB + 1) << doubling) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t microseconds)
{
    histogram->counts[bucket_of(microseconds)]++;
    histogram->total++;
    histogram->sum += microseconds;
    if (microseconds > histogram->max)
        histogram->max = microseconds;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)histogram->total + 0.5);
    uint64_t seen = 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_SIZE; bucket++) {
        seen += histogram->counts[bucket];
        if (seen > 0 && seen >= wanted)
            return top_of(bucket) < histogram->max ? top_of(bucket) : histogram->max;
    }
    return histogram->max;
}

void histogram_print(const struct histogram *histogram, FILE *out)
{
    double mean = histogram->total ? (double)histogram->sum / (double)histogram->total : 0;
    fprintf(
        out,
        "{\"count\":%llu,\"mean_ms\":%.3f,\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}",
        (unsigned long long)histogram->total, mean / 1000, (double)histogram_quantile(histogram, 0.5) / 1000,
        (double)histogram_quantile(histogram, 0.9) / 1000, (double)histogram_quantile(histogram, 0.99) / 1000,
        (double)histogram->max / 1000);
}
