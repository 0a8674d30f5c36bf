/* json.c - jansson reads, because reading hostile input is its trade; writing is a loop of our own, because
 * every page and answer passes through it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tree deeper than this was put into itself. */
#define WRITE_DEPTH_LIMIT 1000

static struct value copy_scalar(struct arena *arena, const json_t *from)
{
    switch (json_typeof(from)) {
    case JSON_TRUE:
    case JSON_FALSE:
        return value_bool(json_is_true(from));
    case JSON_INTEGER:
        return value_int(json_integer_value(from));
    case JSON_REAL:
        return value_real(json_real_value(from));
    case JSON_STRING: {
        size_t length = json_string_length(from);
        return value_text_bytes(arena_copy(arena, json_string_value(from), length), length);
    }
    default:
        return value_null();
    }
}

/* Copies jansson's tree into the arena; false when it is nested too deep. `depth` counts the lists and
 * objects around it. */
static bool copy_tree(struct arena *arena, json_t *from, int depth, struct value *to)
{
    if (!json_is_array(from) && !json_is_object(from)) {
        *to = copy_scalar(arena, from);
        return true;
    }
    if (depth == JSON_DEPTH_LIMIT)
        return false;
    if (json_is_array(from)) {
        *to = *value_list(arena);
        for (size_t i = 0; i < json_array_size(from); i++) {
            struct value *place = value_add(arena, to, value_null());
            if (!copy_tree(arena, json_array_get(from, i), depth + 1, place))
                return false;
        }
        return true;
    }
    *to = *value_object_of(arena, json_object_size(from));
    for (void *at = json_object_iter(from); at; at = json_object_iter_next(from, at)) {
        const char *name = arena_copy_text(arena, json_object_iter_key(at));
        struct value *place = value_set(arena, to, name, value_null());
        if (!copy_tree(arena, json_object_iter_value(at), depth + 1, place))
            return false;
    }
    return true;
}

err json_read(struct ctx *ctx, const char *bytes, size_t length, struct value **result)
{
    if (length && memchr(bytes, '\0', length)) /* jansson takes a NUL behind the document for its end */
        return fail_with(ctx, ERR_BAD_JSON, "a NUL byte");
    json_error_t error;
    json_t *tree = json_loadb(bytes, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree)
        return fail_with(ctx, ERR_BAD_JSON, "line %d, column %d: %s", error.line, error.column, error.text);
    struct value *value = arena_alloc(ctx->arena, sizeof *value);
    bool is_copied = copy_tree(ctx->arena, tree, 0, value);
    json_decref(tree);
    if (!is_copied)
        return fail_with(ctx, ERR_BAD_JSON, "nested deeper than %d", JSON_DEPTH_LIMIT);
    *result = value;
    return NULL;
}

static void write_escape(struct text_buf *out, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorthand[128] = {
        ['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'};
    if (shorthand[byte])
        text_add_bytes(out, (const char[]){'\\', shorthand[byte]}, 2);
    else
        text_add_bytes(out, (const char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
}

static bool needs_escape(unsigned char byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == '<' || byte == '>' || byte == '&';
}

static void write_text(struct text_buf *out, const char *bytes, size_t length)
{
    text_add_char(out, '"');
    size_t start = 0;
    for (size_t i = 0; i < length; i++) {
        if (!needs_escape((unsigned char)bytes[i]))
            continue;
        text_add_bytes(out, bytes + start, i - start);
        write_escape(out, (unsigned char)bytes[i]);
        start = i + 1;
    }
    text_add_bytes(out, bytes + start, length - start);
    text_add_char(out, '"');
}

/* The shortest of 15 to 17 digits that reads back equal, and with a point or exponent, so that it reads back
 * as a real. JSON has no infinity and no NaN: null. */
static void write_real(struct text_buf *out, double real)
{
    if (!isfinite(real)) {
        text_add(out, "null");
        return;
    }
    char digits[32];
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, real);
        if (strtod(digits, NULL) == real)
            break;
    }
    text_add(out, digits);
    if (!strpbrk(digits, ".e"))
        text_add(out, ".0");
}

static void write_scalar(struct text_buf *out, const struct value *value)
{
    switch (value->kind) {
    case VALUE_BOOL:
        text_add(out, value->boolean ? "true" : "false");
        break;
    case VALUE_INT:
        text_add_int(out, value->integer);
        break;
    case VALUE_REAL:
        write_real(out, value->real);
        break;
    case VALUE_TEXT:
        write_text(out, value->text, value->count);
        break;
    default:
        text_add(out, "null");
    }
}

static void write_tree(struct text_buf *out, const struct value *value, int depth)
{
    if (depth > WRITE_DEPTH_LIMIT)
        bug("a value that holds itself cannot be written");
    if (value->kind == VALUE_LIST) {
        text_add_char(out, '[');
        for (uint32_t i = 0; i < value->list->count; i++) {
            if (i)
                text_add_char(out, ',');
            write_tree(out, &value->list->items[i], depth + 1);
        }
        text_add_char(out, ']');
    } else if (value->kind == VALUE_OBJECT) {
        text_add_char(out, '{');
        for (uint32_t i = 0; i < value->object->count; i++) {
            const struct member *member = &value->object->members[i];
            if (i)
                text_add_char(out, ',');
            write_text(out, member->name, member->name_length);
            text_add_char(out, ':');
            write_tree(out, &member->value, depth + 1);
        }
        text_add_char(out, '}');
    } else {
        write_scalar(out, value);
    }
}

void json_write(struct text_buf *out, const struct value *value)
{
    write_tree(out, value, 0);
}

err json_text(struct ctx *ctx, const struct value *value, size_t limit, const char **text)
{
    struct text_buf out;
    text_open(&out, ctx->arena, limit);
    json_write(&out, value);
    if (out.is_full)
        return fail_with(ctx, ERR_LIMIT, "JSON of more than %zu bytes", limit);
    *text = text_of(&out);
    return NULL;
}
