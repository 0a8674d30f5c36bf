/* router.h - route tables become one tree of path segments; a path finds its row.
 *
 * A literal segment wins over a parameter, a parameter over the rest of the path. Private to src/http. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/parse.h"

/* Parameters of one path, and segments of a path that is looked up. */
#define ROUTE_PARAMETER_LIMIT 8
#define ROUTE_SEGMENT_LIMIT 24

struct router;

struct match {
    const struct route *route; /* NULL when the path is known but not with this method and face */
    struct slice values[ROUTE_PARAMETER_LIMIT];
    size_t count;
    unsigned methods;   /* bit set 1 << method of the methods that the path takes */
    bool is_other_face; /* the method fits, but only with the other face */
};

/* Two rows with the same method, path and face, or a malformed path, are ERR_INVALID. Lives in ctx's arena.
 */
CHECKED err router_build(struct ctx *ctx, const struct route *const *tables, struct router **router);
/* False when no row has this path. The values point into `path`. */
bool router_find(const struct router *router, enum http_method method, enum face face, const char *path,
                 struct match *match);
/* The parameters of a match by their names in the row's path. */
void router_parameters(struct arena *arena, const struct match *match, struct pairs *pairs);

enum face route_faces(const struct route *route);
const char *method_name(enum http_method method);
/* "GET, HEAD, POST, OPTIONS" */
const char *method_list(struct arena *arena, unsigned methods);
bool route_takes_files(const struct route *route);
