/* fields.h - declared fields read from path, form, query, JSON and uploads into a handler's form struct.
 * Private to src/http. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "http/parse.h"

/* What a request carried, in order of force: path, then body (form or JSON), then query. */
struct input {
    struct pairs path;
    struct pairs form;
    struct pairs query;
    const struct value *json; /* the body's object, or NULL */
    const struct multipart_file *files;
    size_t file_count;
};

/* Fills `form` (zeroed, form_size bytes). All problems at once are one ERR_INVALID. */
CHECKED err fields_read(struct ctx *ctx, const struct input *input, const struct field *fields, void *form);
/* What was typed for a field, checked or not; "" when nothing. */
const char *fields_typed(struct arena *arena, const struct input *input, const char *name);
/* Every scalar that came, by name. */
struct value *fields_typed_all(struct arena *arena, const struct input *input);
/* The JSON value at a dotted name, or NULL. */
const struct value *json_at(const struct value *object, const char *dotted);
