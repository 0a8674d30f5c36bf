/* postgres_merge.c - rows that travel in one statement.
 *
 * Starting a statement costs PostgreSQL more than writing a row. Writes that stand one behind the other and
 * insert into the same table therefore become one INSERT of many rows. That changes nothing that a body could
 * see: it asks no question in between, the rows keep their order, and whichever fails takes all of them with
 * it. Statements that look at other rows are left alone. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "db/postgres.h"
#include <ctype.h>

/* Rows that a statement may have, the most first: few sizes, because each is prepared by itself. */
static const size_t widths[PG_MERGE_WIDTHS] = {32, 16, 8, 4, 2};

#define MERGED_TEXT_LIMIT ((size_t)65536)

/* Behind the bracket that closes the one at `text`, or NULL. Texts within may hold brackets. */
static const char *end_of_bracket(const char *text)
{
    int depth = 0;
    bool is_quoted = false;
    for (; *text; text++) {
        is_quoted ^= *text == '\'';
        if (is_quoted)
            continue;
        depth += (*text == '(') - (*text == ')');
        if (depth == 0)
            return text + 1;
    }
    return NULL;
}

struct insert {
    const char *row; /* begins with its bracket */
    const char *rest;
};

static bool ends_in_nothing(const char *rest)
{
    static const char nothing[] = "DO NOTHING";
    size_t length = strlen(rest), wanted = sizeof nothing - 1;
    return length > wanted && text_starts(rest, " ON CONFLICT ") &&
           text_is(rest + length - wanted, nothing) && !strchr(rest, '$');
}

/* Whether it puts one row into a table, whatever else is there. */
static bool read_insert(const char *sql, struct insert *insert)
{
    const char *values = text_starts(sql, "INSERT INTO ") ? strstr(sql, " VALUES (") : NULL;
    if (!values || strstr(sql, "SELECT"))
        return false;
    insert->row = strchr(values, '(');
    insert->rest = end_of_bracket(insert->row);
    return insert->rest && (insert->rest[0] == 0 || ends_in_nothing(insert->rest));
}

/* The row again, with the values that come `shift` later. */
static void add_row(struct text_buf *out, const struct insert *insert, size_t shift)
{
    bool is_quoted = false;
    for (const char *at = insert->row; at < insert->rest;) {
        is_quoted ^= *at == '\'';
        text_add_char(out, *at);
        if (*at++ != '$' || is_quoted || !isdigit((unsigned char)*at))
            continue;
        size_t number = 0;
        for (; isdigit((unsigned char)*at); at++)
            number = number * 10 + (size_t)(*at - '0');
        text_add_format(out, "%zu", number + shift);
    }
}

static const char *merged_text(struct ctx *ctx, struct pg_statement *statement, size_t width_index)
{
    struct insert insert;
    struct text_buf text;
    if (statement->merged[width_index] || !read_insert(statement->text, &insert))
        return statement->merged[width_index];
    text_open(&text, ctx->arena, MERGED_TEXT_LIMIT);
    text_add_bytes(&text, statement->text, (size_t)(insert.row - statement->text));
    for (size_t i = 0; i < widths[width_index]; i++) {
        text_add(&text, i > 0 ? ", " : "");
        add_row(&text, &insert, i * statement->count);
    }
    text_add(&text, insert.rest);
    if (!text.is_full)
        statement->merged[width_index] = strdup(text_of(&text));
    return statement->merged[width_index];
}

static bool may_follow(const struct pg_write *first, const struct pg_write *write)
{
    return write->statement.sql == first->statement.sql && write->statement.count == first->statement.count &&
           write->expected == first->expected;
}

/* How many writes from `first` on are of its kind, as far as that matters. */
static size_t run_length(const struct pg_write *first)
{
    size_t count = 0;
    for (const struct pg_write *write = first; write && count < widths[0] && may_follow(first, write);
         write = write->next)
        count++;
    return count;
}

/* An INSERT that must write its row and says nothing of conflicts does it, or fails. */
static bool is_mergeable(const struct pg_write *first)
{
    struct insert insert;
    if (first->expected != PG_ANY_COUNT && first->expected != 1)
        return false;
    return read_insert(first->statement.sql, &insert) &&
           (first->expected == PG_ANY_COUNT || insert.rest[0] == 0);
}

/* Puts `width` writes into one. */
static struct pg_write merge(struct ctx *ctx, const struct pg_write *first, size_t width, const char *text)
{
    size_t each = first->statement.count;
    struct db_value *values = arena_alloc_many(ctx->arena, width * each, sizeof *values);
    const struct pg_write *write = first;
    for (size_t i = 0; i < width; i++, write = write->next)
        memcpy(values + i * each, write->statement.values, each * sizeof *values);
    struct pg_write merged = *first;
    merged.statement = (struct db_statement){text, values, width * each};
    merged.expected = first->expected == PG_ANY_COUNT ? PG_ANY_COUNT : (int64_t)width;
    return merged;
}

/* Sends the first write, or more of its kind with it; *sent says how many. */
static err send_some(struct ctx *ctx, struct pg_connection *connection, const struct pg_write *first,
                     size_t *sent)
{
    size_t run = run_length(first);
    *sent = 1;
    if (run < widths[PG_MERGE_WIDTHS - 1] || !is_mergeable(first))
        return pipeline_write(ctx, connection, first);
    struct pg_statement *statement = pipeline_statement(ctx, connection, &first->statement);
    for (size_t i = 0; i < PG_MERGE_WIDTHS && statement->text; i++) {
        if (widths[i] > run || widths[i] * first->statement.count > PG_PARAMETERS_LIMIT)
            continue;
        const char *text = merged_text(ctx, statement, i);
        if (!text)
            continue;
        struct pg_write merged = merge(ctx, first, widths[i], text);
        *sent = widths[i];
        return pipeline_write(ctx, connection, &merged);
    }
    return pipeline_write(ctx, connection, first);
}

err merge_writes(struct ctx *ctx, struct pg_connection *connection, const struct pg_write *first)
{
    while (first) {
        size_t sent;
        TRY(send_some(ctx, connection, first, &sent));
        for (; sent > 0; sent--)
            first = first->next;
    }
    return NULL;
}
