/* rows.c - values going in, rows coming out. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/engine.h"

/* Rows of the first block of an answer; each further block holds four times as many, up to the last number.
 */
#define FIRST_BLOCK_ROWS 4
#define LARGEST_BLOCK_ROWS 1024

struct rows_block {
    struct rows_block *next;
    size_t count;
    size_t capacity;
    struct db_cell cells[];
};

struct db_rows {
    int columns;
    size_t count;
    struct rows_block *first;
    struct rows_block *last;
    struct rows_block *block; /* of the present row; NULL before the first */
    size_t place;             /* of the present row in its block */
};

/* A null remembers in `integer` what it is a null of: PostgreSQL wants to know. */
static struct db_value null_of(enum db_kind kind)
{
    return (struct db_value){.kind = DB_NULL, .integer = kind};
}

struct db_value db_null(void)
{
    return null_of(DB_NULL);
}

struct db_value db_int(int64_t integer)
{
    return (struct db_value){.kind = DB_INT, .integer = integer};
}

struct db_value db_text(const char *text)
{
    if (text == NULL)
        return null_of(DB_TEXT);
    return (struct db_value){.kind = DB_TEXT, .ptr = text, .len = strlen(text)};
}

struct db_value db_bytes(const void *bytes, size_t length)
{
    if (bytes == NULL)
        return null_of(DB_BYTES);
    return (struct db_value){.kind = DB_BYTES, .ptr = bytes, .len = length};
}

struct db_value db_id(int64_t id)
{
    return id == 0 ? null_of(DB_INT) : db_int(id);
}

size_t db_bind_ids(const struct ctx *ctx, const int64_t *ids, size_t count,
                   struct db_value values[DB_IDS_VALUES])
{
    size_t bound = count < DB_IDS_LIMIT ? count : DB_IDS_LIMIT;
    values[0] = db_int(ctx->shop->id);
    for (size_t i = 0; i < DB_IDS_LIMIT; i++)
        values[i + 1] = db_int(ids[i < bound ? i : bound - 1]);
    return bound;
}

static struct rows_block *block_new(struct arena *arena, size_t capacity, int columns)
{
    size_t cells = capacity * (size_t)columns;
    struct rows_block *block = arena_alloc(arena, sizeof *block + cells * sizeof(struct db_cell));
    block->capacity = capacity;
    return block;
}

struct db_rows *rows_open(struct arena *arena, int columns)
{
    struct db_rows *rows = arena_alloc(arena, sizeof *rows);
    rows->columns = columns;
    return rows;
}

void rows_begin(struct db_rows *rows, int columns)
{
    rows->columns = columns;
}

struct db_cell *rows_add(struct arena *arena, struct db_rows *rows)
{
    struct rows_block *last = rows->last;
    if (last == NULL) {
        last = rows->first = rows->last = block_new(arena, FIRST_BLOCK_ROWS, rows->columns);
    } else if (last->count == last->capacity) {
        size_t capacity = last->capacity * 4;
        if (capacity > LARGEST_BLOCK_ROWS)
            capacity = LARGEST_BLOCK_ROWS;
        last = last->next = block_new(arena, capacity, rows->columns);
        rows->last = last;
    }
    rows->count++;
    return last->cells + last->count++ * (size_t)rows->columns;
}

struct db_cell rows_int(int64_t integer)
{
    return (struct db_cell){.kind = DB_INT, .integer = integer};
}

struct db_cell rows_copy(struct arena *arena, enum db_kind kind, const void *ptr, size_t length)
{
    return (struct db_cell){
        .kind = kind, .length = (uint32_t)length, .ptr = arena_copy(arena, length ? ptr : "", length)};
}

bool db_next(struct db_rows *rows)
{
    if (rows->block == NULL)
        rows->block = rows->first;
    else if (++rows->place == rows->block->count) {
        if (rows->block->next == NULL) {
            rows->place--;
            return false;
        }
        rows->block = rows->block->next;
        rows->place = 0;
    }
    return rows->block != NULL;
}

size_t db_row_count(const struct db_rows *rows)
{
    return rows->count;
}

static const struct db_cell *cell_at(const struct db_rows *rows, int column)
{
    if (rows->block == NULL)
        bug("a column is read before db_next");
    if (column < 0 || column >= rows->columns)
        bug("column %d of an answer of %d columns", column, rows->columns);
    return rows->block->cells + rows->place * (size_t)rows->columns + column;
}

static const struct db_cell *cell_of_kind(const struct db_rows *rows, int column, enum db_kind kind)
{
    static const char *const names[] = {"null", "an integer", "a text", "bytes"};
    const struct db_cell *cell = cell_at(rows, column);
    if (cell->kind != DB_NULL && cell->kind != kind)
        bug("column %d is %s, read as %s", column, names[cell->kind], names[kind]);
    return cell;
}

bool db_is_null(const struct db_rows *rows, int column)
{
    return cell_at(rows, column)->kind == DB_NULL;
}

int64_t db_get_int(const struct db_rows *rows, int column)
{
    const struct db_cell *cell = cell_of_kind(rows, column, DB_INT);
    return cell->kind == DB_NULL ? 0 : cell->integer;
}

const char *db_get_text(const struct db_rows *rows, int column)
{
    const struct db_cell *cell = cell_of_kind(rows, column, DB_TEXT);
    return cell->kind == DB_NULL ? NULL : cell->ptr;
}

const unsigned char *db_get_bytes(const struct db_rows *rows, int column, size_t *length)
{
    const struct db_cell *cell = cell_of_kind(rows, column, DB_BYTES);
    *length = cell->kind == DB_NULL ? 0 : cell->length;
    return cell->kind == DB_NULL ? NULL : (const unsigned char *)cell->ptr;
}
