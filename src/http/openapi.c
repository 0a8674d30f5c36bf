/* openapi.c - the route tables told to people (yundian routes) and to programs (OpenAPI 3.1). */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "http/router.h"
#include <ctype.h>
#include <string.h>

struct writer {
    struct arena *arena;
    struct value *operation_ids; /* how often each was given */
};

static const char *guard_name(enum guard guard)
{
    return guard == OWNER ? "owner" : guard == STAFF ? "staff" : "anyone";
}

void http_print_routes(const struct route *const *tables, struct text_buf *out)
{
    for (size_t t = 0; tables[t]; t++)
        for (const struct route *route = tables[t]; route->path; route++) {
            static const char *const faces[] = {"", "html", "json", "both"};
            text_add_format(out, "%-6s %-48s %-4s %-6s %-20s %s\n", method_name(route->method), route->path,
                            faces[route_faces(route)], guard_name(route->guard),
                            route->scope ? route->scope : "-", route->summary ? route->summary : "");
        }
}

/* "/orders/:number/pay" as "/api/v1/orders/{number}/pay" */
static const char *path_template(struct arena *arena, const char *path)
{
    struct text_buf out;
    text_open(&out, arena, HTTP_URL_LIMIT);
    text_add(&out, "/api/v1");
    while (*path) {
        size_t length = 1 + strcspn(path + 1, "/");
        if (path[1] == ':' || path[1] == '*')
            text_add_format(&out, "/{%.*s}", (int)length - 2, path + 2);
        else
            text_add_bytes(&out, path, length);
        path += length;
    }
    return text_of(&out);
}

/* True when the path has this parameter. */
static bool is_in_path(const struct route *route, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = route->path; (at = strpbrk(at, ":*")) != NULL; at++)
        if (at[-1] == '/' && strncmp(at + 1, name, length) == 0 &&
            (at[1 + length] == '/' || at[1 + length] == '\0'))
            return true;
    return false;
}

/* "post_orders_number_pay", with a number behind it when two paths would give the same. */
static const char *operation_id(struct writer *writer, const struct route *route)
{
    struct text_buf out;
    text_open(&out, writer->arena, HTTP_URL_LIMIT);
    for (const char *at = method_name(route->method); *at; at++)
        text_add_char(&out, (char)tolower((unsigned char)*at));
    bool is_break = true;
    for (const char *at = route->path; *at; at++) {
        if (!isalnum((unsigned char)*at)) {
            is_break = true;
            continue;
        }
        if (is_break)
            text_add_char(&out, '_');
        is_break = false;
        text_add_char(&out, *at);
    }
    const char *id = text_of(&out);
    int64_t times = value_find_int(writer->operation_ids, id, 0) + 1;
    value_set_int(writer->arena, writer->operation_ids, id, times);
    return times == 1 ? id : arena_format(writer->arena, "%s_%lld", id, (long long)times);
}

static void set_reference(struct writer *writer, struct value *schema, const char *name)
{
    value_set_text(writer->arena, schema, "$ref",
                   arena_format(writer->arena, "#/components/schemas/%s", name));
}

static void write_text_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    value_set_text(writer->arena, schema, "type", "string");
    value_set_int(writer->arena, schema, "maxLength", field->maximum > 0 ? field->maximum : 255);
    if (field->minimum > 0)
        value_set_int(writer->arena, schema, "minLength", field->minimum);
}

static void write_int_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    value_set_text(writer->arena, schema, "type", "integer");
    value_set_text(writer->arena, schema, "format", "int64");
    if (field->minimum != 0 || field->maximum != 0) {
        value_set_int(writer->arena, schema, "minimum", field->minimum);
        value_set_int(writer->arena, schema, "maximum", field->maximum);
    }
    if (!field->is_required)
        value_set_int(writer->arena, schema, "default", field->otherwise);
}

static void write_choice_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    value_set_text(writer->arena, schema, "type", "string");
    struct value *names = value_set_list(writer->arena, schema, "enum");
    for (size_t i = 0; field->choices[i]; i++)
        value_add(writer->arena, names, value_text(field->choices[i]));
}

static void write_object(struct writer *writer, struct value *schema, const struct route *route,
                         const struct field *fields);

static void write_rows_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    value_set_text(writer->arena, schema, "type", "array");
    value_set_int(writer->arena, schema, "maxItems", field->maximum > 0 ? field->maximum : 100);
    if (field->minimum > 0)
        value_set_int(writer->arena, schema, "minItems", field->minimum);
    write_object(writer, value_set_object(writer->arena, schema, "items"), NULL, field->rows);
}

static void write_file_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    struct value *file = schema;
    if (field->is_many) {
        value_set_text(writer->arena, schema, "type", "array");
        value_set_int(writer->arena, schema, "maxItems", HTTP_FILE_COUNT_LIMIT);
        file = value_set_object(writer->arena, schema, "items");
    }
    value_set_text(writer->arena, file, "type", "string");
    value_set_text(writer->arena, file, "format", "binary");
}

static void write_schema(struct writer *writer, struct value *schema, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_LONG:
        write_text_schema(writer, schema, field);
        break;
    case FIELD_INT:
        write_int_schema(writer, schema, field);
        break;
    case FIELD_ID:
        value_set_text(writer->arena, schema, "type", "string");
        value_set_text(writer->arena, schema, "pattern", "^[0-9]{1,19}$");
        break;
    case FIELD_MONEY:
        set_reference(writer, schema, "Money");
        break;
    case FIELD_FLAG:
        value_set_text(writer->arena, schema, "type", "boolean");
        break;
    case FIELD_CHOICE:
        write_choice_schema(writer, schema, field);
        break;
    case FIELD_FILE:
        write_file_schema(writer, schema, field);
        break;
    case FIELD_ROWS:
        write_rows_schema(writer, schema, field);
        break;
    }
    if (field->help)
        value_set_text(writer->arena, schema, "description", field->help);
}

/* The member of an object schema, made when it is not there yet. */
static struct value *member(struct writer *writer, struct value *schema, const char *name)
{
    value_set_text(writer->arena, schema, "type", "object");
    struct value *properties = (struct value *)(uintptr_t)value_find(schema, "properties");
    if (properties == NULL)
        properties = value_set_object(writer->arena, schema, "properties");
    struct value *found = (struct value *)(uintptr_t)value_find(properties, name);
    return found ? found : value_set_object(writer->arena, properties, name);
}

static void require(struct writer *writer, struct value *schema, const char *name)
{
    struct value *required = (struct value *)(uintptr_t)value_find(schema, "required");
    if (required == NULL)
        required = value_set_list(writer->arena, schema, "required");
    for (size_t i = 0; i < value_count(required); i++)
        if (slice_is((struct slice){value_at(required, i)->text, value_at(required, i)->count}, name))
            return;
    value_add(writer->arena, required, value_text(name));
}

/* Dotted names become objects in objects; what stands in the path is left out. */
static void write_object(struct writer *writer, struct value *schema, const struct route *route,
                         const struct field *fields)
{
    value_set_text(writer->arena, schema, "type", "object");
    for (const struct field *field = fields; field && field->name; field++) {
        if (route && is_in_path(route, field->name))
            continue;
        struct value *place = schema;
        const char *name = field->name;
        for (const char *dot; (dot = strchr(name, '.')) != NULL; name = dot + 1) {
            const char *part = arena_copy(writer->arena, name, (size_t)(dot - name));
            if (field->is_required)
                require(writer, place, part);
            place = member(writer, place, part);
        }
        if (field->is_required)
            require(writer, place, name);
        write_schema(writer, member(writer, place, name), field);
    }
}

static void write_parameter(struct writer *writer, struct value *list, const char *name, const char *where,
                            const struct field *field)
{
    struct value *parameter = value_add(writer->arena, list, *value_object(writer->arena));
    bool is_path = strcmp(where, "path") == 0;
    value_set_text(writer->arena, parameter, "name", name);
    value_set_text(writer->arena, parameter, "in", where);
    value_set_bool(writer->arena, parameter, "required", is_path || (field && field->is_required));
    if (field && field->help)
        value_set_text(writer->arena, parameter, "description", field->help);
    struct value *schema = value_set_object(writer->arena, parameter, "schema");
    if (field && field->kind != FIELD_ROWS && field->kind != FIELD_MONEY && field->kind != FIELD_FILE)
        write_schema(writer, schema, field);
    else
        value_set_text(writer->arena, schema, "type", "string");
}

static const struct field *field_named(const struct route *route, const char *name)
{
    for (const struct field *field = route->fields; field && field->name; field++)
        if (strcmp(field->name, name) == 0)
            return field;
    return NULL;
}

static void write_parameters(struct writer *writer, struct value *operation, const struct route *route)
{
    struct value *list = value_set_list(writer->arena, operation, "parameters");
    for (const char *at = route->path; (at = strpbrk(at, ":*")) != NULL; at++) {
        const char *name = arena_copy(writer->arena, at + 1, strcspn(at + 1, "/"));
        if (at[-1] == '/')
            write_parameter(writer, list, name, "path", field_named(route, name));
    }
    if (route->method != GET)
        return;
    for (const struct field *field = route->fields; field && field->name; field++)
        if (!is_in_path(route, field->name))
            write_parameter(writer, list, field->name, "query", field);
}

static void write_body(struct writer *writer, struct value *operation, const struct route *route)
{
    bool has_body = false;
    bool is_required = false;
    for (const struct field *field = route->fields; field && field->name; field++)
        if (!is_in_path(route, field->name)) {
            has_body = true;
            is_required |= field->is_required;
        }
    if (route->method == GET || !has_body)
        return;
    struct value *body = value_set_object(writer->arena, operation, "requestBody");
    value_set_bool(writer->arena, body, "required", is_required);
    struct value *content = value_set_object(writer->arena, body, "content");
    const char *type = route_takes_files(route) ? "multipart/form-data" : "application/json";
    struct value *media = value_set_object(writer->arena, content, type);
    write_object(writer, value_set_object(writer->arena, media, "schema"), route, route->fields);
}

static void write_responses(struct writer *writer, struct value *operation, const struct route *route)
{
    struct value *responses = value_set_object(writer->arena, operation, "responses");
    struct value *fine = value_set_object(writer->arena, responses, "200");
    value_set_text(writer->arena, fine, "description", "Done");
    struct value *content = value_set_object(writer->arena, fine, "content");
    struct value *media = value_set_object(writer->arena, content, "application/json");
    struct value *schema = value_set_object(writer->arena, media, "schema");
    value_set_text(writer->arena, schema, "type", "object");
    if (route->answer) {
        struct value *properties = value_set_object(writer->arena, schema, "properties");
        value_set_object(writer->arena, properties, route->answer);
    }
    struct value *other = value_set_object(writer->arena, responses, "default");
    value_set_text(writer->arena, other, "description", "What went wrong (RFC 9457)");
    content = value_set_object(writer->arena, other, "content");
    media = value_set_object(writer->arena, content, "application/problem+json");
    set_reference(writer, value_set_object(writer->arena, media, "schema"), "Problem");
}

static void write_operation(struct writer *writer, struct value *paths, const struct route *route)
{
    struct arena *arena = writer->arena;
    const char *path = path_template(arena, route->path);
    struct value *item = (struct value *)(uintptr_t)value_find(paths, path);
    if (item == NULL)
        item = value_set_object(arena, paths, path);
    char *method = arena_copy_text(arena, method_name(route->method));
    for (char *at = method; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    struct value *operation = value_set_object(arena, item, method);
    value_set_text(arena, operation, "operationId", operation_id(writer, route));
    if (route->summary)
        value_set_text(arena, operation, "summary", route->summary);
    size_t first = strcspn(route->path + 1, "/");
    struct value *tags = value_set_list(arena, operation, "tags");
    value_add(arena, tags, value_text(first ? arena_copy(arena, route->path + 1, first) : "home"));
    struct value *security = value_set_list(arena, operation, "security");
    if (route->guard != ANYONE) {
        struct value *choice = value_add(arena, security, *value_object(arena));
        struct value *scopes = value_set_list(arena, choice, "bearer");
        if (route->scope)
            value_add(arena, scopes, value_text(route->scope));
    }
    write_parameters(writer, operation, route);
    write_body(writer, operation, route);
    write_responses(writer, operation, route);
}

/* Schemas that do not come from the tables. */
static const char components[] =
    "{\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}},\"schemas\":{"
    "\"Money\":{\"type\":\"object\",\"required\":[\"amount\",\"currency\"],\"properties\":{"
    "\"amount\":{\"type\":\"integer\",\"format\":\"int64\",\"description\":\"Minor units\"},"
    "\"currency\":{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}}},"
    "\"Problem\":{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\"],\"properties\":{"
    "\"type\":{\"type\":\"string\",\"format\":\"uri-reference\"},\"title\":{\"type\":\"string\"},"
    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},"
    "\"instance\":{\"type\":\"string\",\"description\":\"Id of the request, as in the log\"},"
    "\"errors\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{"
    "\"field\":{\"type\":\"string\"},\"code\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}}}}}";

err http_openapi(struct ctx *ctx, const struct route *const *tables, struct text_buf *out)
{
    struct arena *arena = ctx->arena;
    struct writer writer = {arena, value_object(arena)};
    struct value *document = value_object(arena);
    struct value *schemas;
    value_set_text(arena, document, "openapi", "3.1.0");
    struct value *info = value_set_object(arena, document, "info");
    value_set_text(arena, info, "title", "Yundian");
    value_set_text(arena, info, "version", YUNDIAN_VERSION);
    value_set_text(arena, info, "description",
                   "Everything that a page of a shop shows or does, for programs.");
    struct value *license = value_set_object(arena, info, "license");
    value_set_text(arena, license, "name", "Apache-2.0");
    value_set_text(arena, license, "identifier", "Apache-2.0");
    struct value *servers = value_set_list(arena, document, "servers");
    value_set_text(arena, value_add(arena, servers, *value_object(arena)), "url", "/");
    struct value *paths = value_set_object(arena, document, "paths");
    for (size_t t = 0; tables[t]; t++)
        for (const struct route *route = tables[t]; route->path; route++)
            if (route_faces(route) & FACE_JSON)
                write_operation(&writer, paths, route);
    TRY(json_read(ctx, components, sizeof components - 1, &schemas));
    value_set(arena, document, "components", *schemas);
    json_write(out, document);
    if (out->is_full)
        return fail_with(ctx, ERR_LIMIT, "the description is too long");
    return NULL;
}
