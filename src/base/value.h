/* value.h - the one neutral tree: what handlers answer, templates show, JSON carries and plugins read.
 *
 * A value is 16 bytes and copied by value. A list or object is a container in an arena, and copies of its
 * value name the same container: what is added through one copy is seen through all. Members of an object
 * keep the order in which they were set. Texts are UTF-8 with a length; neither their bytes nor the names
 * of members are copied by the setters, so they must live as long as the arena (or be constants). */
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
    uint32_t kind;  /* enum value_kind */
    uint32_t count; /* bytes of a text, else 0 */
    union {
        bool boolean;
        int64_t integer;
        double real;
        const char *text;            /* NUL-terminated unless it came from value_text_bytes */
        struct value_list *list;     /* VALUE_LIST */
        struct value_object *object; /* VALUE_OBJECT */
    };
};

struct value_list {
    uint32_t count;
    uint32_t capacity;
    struct value *items;
};

struct member {
    const char *name; /* NUL-terminated */
    uint32_t name_length;
    struct value value;
};

struct value_object {
    uint32_t count;
    uint32_t capacity;
    struct member *members;
    uint32_t *slots; /* hash index of an object of many members, else NULL; value.c's own */
    uint32_t slot_count;
};

struct value value_null(void);
struct value value_bool(bool boolean);
struct value value_int(int64_t integer);
struct value value_real(double real);
struct value value_text(const char *text); /* NULL gives VALUE_NULL */
/* The bytes need no NUL behind them, but then value_find_text must not be asked for them. */
struct value value_text_bytes(const char *bytes, size_t length);

/* An empty object or list in the arena. */
struct value *value_object(struct arena *arena);
/* An empty object with room for so many members, for those that are known to stay: nothing is left over. */
struct value *value_object_of(struct arena *arena, size_t count);
struct value *value_list(struct arena *arena);

/* Sets or replaces a member and returns the place where it now is. The place is current until the next set
 * of a new name; after that it still names the same list or object, but a scalar in it is an old copy. */
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
/* Sets a fresh list or object member and returns it for filling. It may be filled at any time, also after
 * siblings were set: it names the container, wherever the members have moved. */
struct value *value_set_list(struct arena *arena, struct value *object, const char *name);
struct value *value_set_object(struct arena *arena, struct value *object, const char *name);
/* Appends and returns the place of the new item; as value_set, a list or object may be filled through it
 * at any time. */
struct value *value_add(struct arena *arena, struct value *list, struct value value);

/* Members of a list or object; 0 for every other kind and NULL. */
size_t value_count(const struct value *value);
/* The item at a place of a list, or NULL when there is none or `list` is no list. */
const struct value *value_at(const struct value *list, size_t index);
/* The member, or NULL when there is none or `object` is no object. */
const struct value *value_find(const struct value *object, const char *name);
const struct value *value_find_bytes(const struct value *object, const char *name, size_t length);
/* The text of a member, NUL-terminated; NULL when it is missing or no text. */
const char *value_find_text(const struct value *object, const char *name);
/* The same, but "" in place of NULL. */
const char *value_text_or_empty(const struct value *object, const char *name);
/* The integer of a member, or `otherwise`. */
int64_t value_find_int(const struct value *object, const char *name, int64_t otherwise);
/* Whether a member is there and true. */
bool value_find_bool(const struct value *object, const char *name);
