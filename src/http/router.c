/* router.c - the tree of path segments behind the route tables. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/router.h"
#include <string.h>

struct node {
    struct slice name; /* of a literal segment */
    struct node *children;
    struct node *next; /* sibling */
    struct node *parameter;
    struct node *rest;
    const struct route **routes;
    size_t route_count;
};

struct router {
    struct node root;
};

/* What a look-up carries down the tree. */
struct search {
    enum http_method method;
    enum face face;
    struct slice segments[ROUTE_SEGMENT_LIMIT];
    size_t segment_count;
    struct match *match;
};

enum face route_faces(const struct route *route)
{
    return route->faces ? route->faces : FACE_BOTH;
}

const char *method_name(enum http_method method)
{
    static const char *const names[] = {"?", "GET", "POST", "PUT", "PATCH", "DELETE"};
    return names[method];
}

const char *method_list(struct arena *arena, unsigned methods)
{
    struct text_buf list;
    text_open(&list, arena, 64);
    for (enum http_method method = GET; method <= DELETE; method++)
        if (methods & 1U << method) {
            text_add(&list, method_name(method));
            text_add(&list, method == GET ? ", HEAD, " : ", ");
        }
    text_add(&list, "OPTIONS");
    return text_of(&list);
}

bool route_takes_files(const struct route *route)
{
    for (const struct field *field = route->fields; field && field->name; field++)
        if (field->kind == FIELD_FILE)
            return true;
    return false;
}

static struct node *child_literal(struct arena *arena, struct node *node, struct slice name)
{
    for (struct node *child = node->children; child; child = child->next)
        if (child->name.len == name.len && memcmp(child->name.ptr, name.ptr, name.len) == 0)
            return child;
    struct node *child = arena_alloc(arena, sizeof *child);
    child->name = name;
    child->next = node->children;
    node->children = child;
    return child;
}

static struct node *child_of(struct arena *arena, struct node *node, struct slice segment)
{
    if (segment.ptr[0] != ':' && segment.ptr[0] != '*')
        return child_literal(arena, node, segment);
    struct node **place = segment.ptr[0] == ':' ? &node->parameter : &node->rest;
    if (*place == NULL)
        *place = arena_alloc(arena, sizeof **place);
    return *place;
}

static err attach(struct ctx *ctx, struct node *node, const struct route *route)
{
    for (size_t i = 0; i < node->route_count; i++)
        if (node->routes[i]->method == route->method && (route_faces(node->routes[i]) & route_faces(route)))
            return fail_with(ctx, ERR_INVALID, "two routes for %s %s", method_name(route->method),
                             route->path);
    node->routes = arena_grow(ctx->arena, node->routes, node->route_count * sizeof(*node->routes),
                              (node->route_count + 1) * sizeof(*node->routes));
    node->routes[node->route_count++] = route;
    return NULL;
}

static err add_route(struct ctx *ctx, struct router *router, const struct route *route)
{
    struct node *node = &router->root;
    const char *at = route->path;
    size_t parameters = 0;
    size_t segments = 0;
    if (*at != '/' || route->handler == NULL || route->method < GET || route->method > DELETE)
        return fail_with(ctx, ERR_INVALID, "route \"%s\" is malformed", route->path);
    while (at[0] == '/' && at[1] != '\0') {
        struct slice segment = {at + 1, strcspn(at + 1, "/")};
        bool is_rest = *segment.ptr == '*';
        parameters += *segment.ptr == ':' || is_rest;
        if (segment.len == 0 || (segment.len == 1 && strchr(":*", *segment.ptr)) ||
            (is_rest && segment.ptr[segment.len] == '/'))
            return fail_with(ctx, ERR_INVALID, "route \"%s\" is malformed", route->path);
        node = child_of(ctx->arena, node, segment);
        at = segment.ptr + segment.len;
        segments++;
    }
    if (*at == '/' && at != route->path)
        return fail_with(ctx, ERR_INVALID, "route \"%s\" ends with a slash", route->path);
    if (parameters > ROUTE_PARAMETER_LIMIT || segments > ROUTE_SEGMENT_LIMIT)
        return fail_with(ctx, ERR_INVALID, "route \"%s\" is too long", route->path);
    return attach(ctx, node, route);
}

err router_build(struct ctx *ctx, const struct route *const *tables, struct router **router)
{
    struct router *built = arena_alloc(ctx->arena, sizeof *built);
    for (size_t t = 0; tables[t]; t++)
        for (const struct route *route = tables[t]; route->path; route++)
            TRY(add_route(ctx, built, route));
    *router = built;
    return NULL;
}

/* Looks among the rows of a node; true when the search is over. */
static bool choose(const struct search *search, const struct node *node)
{
    struct match *match = search->match;
    for (size_t i = 0; i < node->route_count; i++) {
        const struct route *route = node->routes[i];
        match->methods |= 1U << route->method;
        if (route->method != search->method)
            continue;
        if (search->face == 0 || (route_faces(route) & search->face)) {
            match->route = route;
            return true;
        }
        match->is_other_face = true;
    }
    return false;
}

/* Depth is bounded by ROUTE_SEGMENT_LIMIT; a node is entered once for each way to read the segments before
 * it, which the tables decide, not the visitor. */
static bool descend(const struct search *search, const struct node *node, size_t depth, size_t count)
{
    struct match *match = search->match;
    match->count = count;
    if (depth == search->segment_count) {
        if (choose(search, node))
            return true;
    } else {
        struct slice segment = search->segments[depth];
        for (const struct node *child = node->children; child; child = child->next)
            if (child->name.len == segment.len && memcmp(child->name.ptr, segment.ptr, segment.len) == 0 &&
                descend(search, child, depth + 1, count))
                return true;
        if (node->parameter) {
            match->values[count] = segment;
            if (descend(search, node->parameter, depth + 1, count + 1))
                return true;
        }
        if (node->rest) {
            const struct slice *last = &search->segments[search->segment_count - 1];
            match->values[count] = (struct slice){segment.ptr, (size_t)(last->ptr + last->len - segment.ptr)};
            match->count = count + 1;
            return choose(search, node->rest);
        }
    }
    return false;
}

bool router_find(const struct router *router, enum http_method method, enum face face, const char *path,
                 struct match *match)
{
    struct search search = {.method = method, .face = face, .match = match};
    *match = (struct match){0};
    const char *at = path;
    if (*path != '/')
        return false;
    while (at[0] == '/' && at[1] != '\0') {
        if (search.segment_count == ROUTE_SEGMENT_LIMIT)
            return false;
        struct slice segment = {at + 1, strcspn(at + 1, "/")};
        if (segment.len == 0)
            return false;
        search.segments[search.segment_count++] = segment;
        at = segment.ptr + segment.len;
    }
    if (*at == '/' && at != path)
        return false;
    return descend(&search, &router->root, 0, 0) || match->methods != 0;
}

void router_parameters(struct arena *arena, const struct match *match, struct pairs *pairs)
{
    size_t found = 0;
    for (const char *at = match->route->path; at[0] == '/' && at[1] != '\0' && found < match->count;) {
        struct slice segment = {at + 1, strcspn(at + 1, "/")};
        if (*segment.ptr == ':' || *segment.ptr == '*') {
            const char *name = arena_copy(arena, segment.ptr + 1, segment.len - 1);
            struct slice value = match->values[found++];
            pairs_add(arena, pairs, name, arena_copy(arena, value.ptr, value.len));
        }
        at = segment.ptr + segment.len;
    }
}
