/* id.h - 63-bit, time-ordered ids made by the program, and what people see instead of them.
 *
 * Layout: 41 bits of milliseconds since 2024-01-01 UTC, 8 bits of node, 14 bits of counter. One source
 * never gives the same or a smaller id twice, even when the clock steps back. Any thread may call. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctx;
struct id_source;

/* A source for node 0..255. Lives until id_source_close. */
struct id_source *id_source_open(int node);
void id_source_close(struct id_source *source);
/* For history that is made up, by one thread: from now on its ids are of this time. */
void id_source_turn(struct id_source *source, int64_t at);
int64_t id_next(struct id_source *source);
/* id_next of the work's source. */
int64_t id_new(const struct ctx *ctx);
/* The smallest id that could have been made at that time: for ranges over a primary key. */
int64_t id_floor(int64_t at);
/* The time in ms UTC at which an id was made. */
int64_t id_time(int64_t id);
/* Whether it is one of these; they are few and in no order. */
bool id_in(const int64_t *ids, size_t count, int64_t id);
