/* fuzz_form.c - any bytes as a form, read into declared fields: a struct within its bounds, or a failure. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/fields.h"
#include <string.h>

struct row {
    const char *sku;
    int64_t quantity;
};

struct form {
    const char *name;
    const char *note;
    int64_t count;
    int64_t id;
    int64_t price;
    bool is_gift;
    int colour;
    struct field_rows lines;
};

static const char *const colours[] = {"red", "green", NULL};
static const struct field rows[] = {
    {.name = "sku", .kind = FIELD_TEXT, .offset = offsetof(struct row, sku), .is_required = true},
    {.name = "quantity",
     .kind = FIELD_INT,
     .offset = offsetof(struct row, quantity),
     .minimum = 1,
     .maximum = 9},
    {0},
};
static const struct field fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .offset = offsetof(struct form, name), .maximum = 5},
    {.name = "note", .kind = FIELD_LONG, .offset = offsetof(struct form, note)},
    {.name = "count",
     .kind = FIELD_INT,
     .offset = offsetof(struct form, count),
     .minimum = -3,
     .maximum = 10},
    {.name = "id", .kind = FIELD_ID, .offset = offsetof(struct form, id)},
    {.name = "price", .kind = FIELD_MONEY, .offset = offsetof(struct form, price), .maximum = 1000},
    {.name = "is_gift", .kind = FIELD_FLAG, .offset = offsetof(struct form, is_gift)},
    {.name = "colour", .kind = FIELD_CHOICE, .offset = offsetof(struct form, colour), .choices = colours},
    {.name = "lines",
     .kind = FIELD_ROWS,
     .offset = offsetof(struct form, lines),
     .maximum = 3,
     .rows = rows,
     .row_size = sizeof(struct row)},
    {0},
};

static void check(const struct form *form)
{
    const struct row *lines = form->lines.items;
    if (utf8_length(form->name, strlen(form->name)) > 5 || form->count < -3 || form->count > 10 ||
        form->id < 0 || form->price < 0 || form->price > 1000 || form->colour < 0 || form->colour > 1 ||
        form->lines.count > 3)
        bug("a field is out of its bounds");
    for (size_t i = 0; i < form->lines.count; i++)
        if (*lines[i].sku == '\0' || lines[i].quantity < 0 || lines[i].quantity > 9)
            bug("a row is out of its bounds");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct shop shop = {.id = 1, .currency = "CNY"};
    struct ctx ctx = {.arena = arena_open(ARENA_LIMIT), .shop = &shop};
    struct form form = {0};
    struct input input = {0};
    if (form_parse(&ctx, (struct slice){(const char *)data, size}, &input.form) == NULL) {
        pairs_index(ctx.arena, &input.form);
        if (fields_read(&ctx, &input, fields, &form) == NULL)
            check(&form);
        fields_typed_all(ctx.arena, &input);
    }
    arena_close(ctx.arena);
    return 0;
}
