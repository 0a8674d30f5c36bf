/* value.c - lists and objects that grow by doubling; a hash index for objects of many members.
 *
 * Small objects are searched member by member, which is quickest. From INDEX_FROM members on an object has
 * an open-addressing index, so that a body of a hundred thousand names costs no quadratic time. The hash is
 * keyed with the random bytes that the kernel gives each process: nobody can prepare names that collide. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/value.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include <sodium.h>
#include <string.h>
#include <sys/auxv.h>

#define INDEX_FROM 16
#define FIRST_CAPACITY 8

_Static_assert(sizeof(struct value) == 16, "a value is small enough to be passed by value");

struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

struct value value_bool(bool boolean)
{
    return (struct value){.kind = VALUE_BOOL, .boolean = boolean};
}

struct value value_int(int64_t integer)
{
    return (struct value){.kind = VALUE_INT, .integer = integer};
}

struct value value_real(double real)
{
    return (struct value){.kind = VALUE_REAL, .real = real};
}

struct value value_text_bytes(const char *bytes, size_t length)
{
    if (length > UINT32_MAX)
        bug("a text of %zu bytes does not fit into a value", length);
    return (struct value){.kind = VALUE_TEXT, .count = (uint32_t)length, .text = bytes};
}

struct value value_text(const char *text)
{
    return text ? value_text_bytes(text, strlen(text)) : value_null();
}

static struct value new_list(struct arena *arena)
{
    return (struct value){.kind = VALUE_LIST, .list = arena_alloc(arena, sizeof(struct value_list))};
}

static struct value new_object(struct arena *arena)
{
    return (struct value){.kind = VALUE_OBJECT, .object = arena_alloc(arena, sizeof(struct value_object))};
}

struct value *value_object(struct arena *arena)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    *value = new_object(arena);
    return value;
}

struct value *value_list(struct arena *arena)
{
    struct value *value = arena_alloc(arena, sizeof *value);
    *value = new_list(arena);
    return value;
}

static uint32_t hash_of(const char *name, size_t length)
{
    unsigned char hash[crypto_shorthash_BYTES];
    const unsigned char *key = (const unsigned char *)getauxval(AT_RANDOM); /* 16 bytes, per process */
    crypto_shorthash(hash, (const unsigned char *)name, length, key);
    uint32_t result;
    memcpy(&result, hash, sizeof result);
    return result;
}

static bool member_is(const struct member *member, const char *name, size_t length)
{
    return member->name_length == length && memcmp(member->name, name, length) == 0;
}

/* The slot that holds the name's place + 1, or the empty one where it belongs. */
static uint32_t *slot_of(const struct value_object *object, const char *name, size_t length)
{
    uint32_t mask = object->slot_count - 1;
    uint32_t at = hash_of(name, length) & mask;
    while (object->slots[at] && !member_is(&object->members[object->slots[at] - 1], name, length))
        at = (at + 1) & mask;
    return &object->slots[at];
}

static struct member *find_member(const struct value_object *object, const char *name, size_t length)
{
    if (object->slots) {
        uint32_t place = *slot_of(object, name, length);
        return place ? &object->members[place - 1] : NULL;
    }
    for (uint32_t i = 0; i < object->count; i++) {
        if (member_is(&object->members[i], name, length))
            return &object->members[i];
    }
    return NULL;
}

static uint32_t larger_capacity(uint32_t capacity)
{
    if (capacity > UINT32_MAX / 8)
        bug("a list or object of %u members", capacity);
    return capacity ? 2 * capacity : FIRST_CAPACITY;
}

/* At least twice as many slots as members, a power of two. */
static uint32_t slots_for(uint32_t capacity)
{
    uint32_t slots = 2 * INDEX_FROM;
    while (slots < 2 * capacity)
        slots *= 2;
    return slots;
}

static void set_capacity(struct arena *arena, struct value_object *object, uint32_t capacity)
{
    object->capacity = capacity;
    /* A copy, never in place: a place that somebody holds must keep naming what it named. */
    struct member *members = arena_alloc_many(arena, capacity, sizeof *members);
    if (object->count)
        memcpy(members, object->members, object->count * sizeof *members);
    object->members = members;
    if (capacity <= INDEX_FROM)
        return;
    object->slot_count = slots_for(capacity);
    object->slots = arena_alloc_many(arena, object->slot_count, sizeof *object->slots);
    for (uint32_t i = 0; i < object->count; i++)
        *slot_of(object, members[i].name, members[i].name_length) = i + 1;
}

struct value *value_object_of(struct arena *arena, size_t count)
{
    struct value *value = value_object(arena);
    if (count > UINT32_MAX / 8)
        bug("an object of %zu members", count);
    if (count > 0)
        set_capacity(arena, value->object, (uint32_t)count);
    return value;
}

struct value *value_set(struct arena *arena, struct value *object, const char *name, struct value value)
{
    if (object->kind != VALUE_OBJECT)
        bug("member %s is set on something that is no object", name);
    struct value_object *to = object->object;
    size_t length = strlen(name);
    struct member *member = find_member(to, name, length);
    if (!member) {
        if (to->count == to->capacity)
            set_capacity(arena, to, larger_capacity(to->capacity));
        member = &to->members[to->count];
        *member = (struct member){.name = name, .name_length = (uint32_t)length};
        if (to->slots)
            *slot_of(to, name, length) = to->count + 1;
        to->count++;
    }
    member->value = value;
    return &member->value;
}

void value_set_text(struct arena *arena, struct value *object, const char *name, const char *text)
{
    value_set(arena, object, name, value_text(text));
}

void value_set_int(struct arena *arena, struct value *object, const char *name, int64_t integer)
{
    value_set(arena, object, name, value_int(integer));
}

void value_set_bool(struct arena *arena, struct value *object, const char *name, bool boolean)
{
    value_set(arena, object, name, value_bool(boolean));
}

void value_set_money(struct arena *arena, struct value *object, const char *name, money amount)
{
    struct value both = new_object(arena);
    both.object->members = arena_alloc_many(arena, 2, sizeof *both.object->members);
    both.object->capacity = 2;
    value_set(arena, &both, "amount", value_int(amount.minor));
    value_set(arena, &both, "currency", value_text(arena_copy_text(arena, amount.currency)));
    value_set(arena, object, name, both);
}

void value_set_id(struct arena *arena, struct value *object, const char *name, int64_t id)
{
    char digits[TEXT_INT_BYTES];
    size_t length = text_write_int(id, digits);
    value_set(arena, object, name,
              id ? value_text_bytes(arena_copy(arena, digits, length), length) : value_null());
}

void value_set_time(struct arena *arena, struct value *object, const char *name, int64_t at)
{
    value_set(arena, object, name, at ? value_text(clock_rfc3339(arena, at)) : value_null());
}

struct value *value_set_list(struct arena *arena, struct value *object, const char *name)
{
    return value_set(arena, object, name, new_list(arena));
}

struct value *value_set_object(struct arena *arena, struct value *object, const char *name)
{
    return value_set(arena, object, name, new_object(arena));
}

struct value *value_add(struct arena *arena, struct value *list, struct value value)
{
    if (list->kind != VALUE_LIST)
        bug("an item is added to something that is no list");
    struct value_list *to = list->list;
    if (to->count == to->capacity) {
        to->capacity = larger_capacity(to->capacity);
        struct value *items = arena_alloc_many(arena, to->capacity, sizeof *items);
        if (to->count)
            memcpy(items, to->items, to->count * sizeof *items);
        to->items = items;
    }
    to->items[to->count] = value;
    return &to->items[to->count++];
}

size_t value_count(const struct value *value)
{
    if (!value)
        return 0;
    return value->kind == VALUE_LIST     ? value->list->count
           : value->kind == VALUE_OBJECT ? value->object->count
                                         : 0;
}

const struct value *value_at(const struct value *list, size_t index)
{
    if (!list || list->kind != VALUE_LIST || index >= list->list->count)
        return NULL;
    return &list->list->items[index];
}

const struct value *value_find_bytes(const struct value *object, const char *name, size_t length)
{
    if (!object || object->kind != VALUE_OBJECT)
        return NULL;
    const struct member *member = find_member(object->object, name, length);
    return member ? &member->value : NULL;
}

const struct value *value_find(const struct value *object, const char *name)
{
    return value_find_bytes(object, name, strlen(name));
}

const char *value_find_text(const struct value *object, const char *name)
{
    const struct value *value = value_find(object, name);
    return value && value->kind == VALUE_TEXT ? value->text : NULL;
}

const char *value_text_or_empty(const struct value *object, const char *name)
{
    const char *text = value_find_text(object, name);
    return text ? text : "";
}

int64_t value_find_int(const struct value *object, const char *name, int64_t otherwise)
{
    const struct value *value = value_find(object, name);
    return value && value->kind == VALUE_INT ? value->integer : otherwise;
}

bool value_find_bool(const struct value *object, const char *name)
{
    const struct value *value = value_find(object, name);
    return value && value->kind == VALUE_BOOL && value->boolean;
}
