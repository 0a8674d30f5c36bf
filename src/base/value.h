/* value.h - the one neutral tree: what handlers answer, templates show, JSON carries and plugins read.
 *
 * A value is small and copied by value; lists and objects keep their members in an arena. Members of an
 * object keep the order in which they were set. Texts are UTF-8 with a length; the bytes are not copied
 * by the setters, so they must live as long as the arena (or be constants). */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/money.h"
#include <stdbool.h>
#include <stdint.h>

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_REAL, /* only what came from JSON or a template; never money */
    VALUE_TEXT,
    VALUE_LIST,
    VALUE_OBJECT,
};

struct value {
    uint32_t kind;     /* enum value_kind */
    uint32_t count;    /* bytes of a text; members of a list or object */
    uint32_t capacity; /* members that fit before the list or object grows */
    uint32_t spare;
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text;
        struct value *items;    /* VALUE_LIST */
        struct member *members; /* VALUE_OBJECT */
    };
};

struct member {
    const char *name; /* NUL-terminated */
    uint32_t name_length;
    struct value value;
};

struct value value_null(void);
struct value value_bool(bool boolean);
struct value value_int(int64_t integer);
struct value value_real(double real);
struct value value_text(const char *text); /* NULL gives VALUE_NULL */
struct value value_text_bytes(const char *bytes, size_t length);

/* An empty object or list in the arena. */
struct value *value_object(struct arena *arena);
struct value *value_list(struct arena *arena);

/* Sets or replaces a member and returns the place where it now is (valid until the next set). */
struct value *value_set(struct arena *arena, struct value *object, const char *name, struct value value);
void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text);
void value_set_int(struct arena *arena, struct value *object, const char *name, int64_t integer);
void value_set_bool(struct arena *arena, struct value *object, const char *name, bool boolean);
/* {"amount": minor units, "currency": "CNY"} */
void value_set_money(struct arena *arena, struct value *object, const char *name, money amount);
/* Ids are texts in JSON: 63 bits do not survive JavaScript. 0 gives null. */
void value_set_id(struct arena *arena, struct value *object, const char *name, int64_t id);
/* RFC 3339 in UTC with milliseconds; 0 gives null. */
void value_set_time(struct arena *arena, struct value *object, const char *name, int64_t at);
/* Sets a fresh list or object member and returns it for filling; set nothing else on `object` through
 * an older pointer meanwhile: the place stays valid because it is copied by reference on growth. */
struct value *value_set_list(struct arena *arena, struct value *object, const char *name);
struct value *value_set_object(struct arena *arena, struct value *object, const char *name);
/* Appends and returns the place of the new item (valid until the next append). */
struct value *value_add(struct arena *arena, struct value *list, struct value value);

/* The member, or NULL when there is none or `object` is no object. */
const struct value *value_find(const struct value *object, const char *name);
const struct value *value_find_bytes(const struct value *object, const char *name, size_t length);
/* The text of a member, NUL-terminated; NULL when it is missing or no text. */
const char *value_find_text(const struct value *object, const char *name);
/* The integer of a member, or `otherwise`. */
int64_t value_find_int(const struct value *object, const char *name, int64_t otherwise);
