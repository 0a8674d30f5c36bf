/* script.c - the statements of a migration file, told apart by the quotes and comments of SQL. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "db/script.h"
#include <ctype.h>

/* The place behind a quoted text or name; a doubled quote is two quoted parts side by side. */
static const char *skip_quoted(const char *at, const char *end)
{
    char quote = *at++;
    while (at < end && *at != quote)
        at++;
    return at < end ? at + 1 : end;
}

static const char *skip_comment(const char *at, const char *end)
{
    bool is_line = at[1] == '-';
    for (at += 2; at < end; at++) {
        if (is_line ? *at == '\n' : at[0] == '*' && at + 1 < end && at[1] == '/')
            return is_line ? at + 1 : at + 2;
    }
    return end;
}

static bool is_comment(const char *at, const char *end)
{
    return at + 1 < end && ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'));
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The next token from `at` on: a word, a quoted part or one character; empty at the end. */
static struct slice token_at(const char *at, const char *end)
{
    while (at < end && (isspace((unsigned char)*at) || is_comment(at, end)))
        at = is_comment(at, end) ? skip_comment(at, end) : at + 1;
    const char *start = at;
    if (at == end)
        return (struct slice){at, 0};
    if (*at == '\'' || *at == '"')
        at = skip_quoted(at, end);
    else if (is_word(*at))
        while (at < end && is_word(*at))
            at++;
    else
        at++;
    return (struct slice){start, (size_t)(at - start)};
}

bool script_next(const char **script, struct slice *statement)
{
    const char *end = *script + strlen(*script);
    struct slice token = token_at(*script, end);
    while (slice_is(token, ";"))
        token = token_at(token.ptr + 1, end);
    const char *start = token.ptr;
    const char *last = token.ptr;
    while (token.len > 0 && !slice_is(token, ";")) {
        last = token.ptr + token.len;
        token = token_at(last, end);
    }
    *statement = (struct slice){start, (size_t)(last - start)};
    *script = token.len > 0 ? token.ptr + 1 : end;
    return statement->len > 0;
}

static bool is_keyword(struct slice token, const char *word)
{
    return token.len == strlen(word) && strncasecmp(token.ptr, word, token.len) == 0;
}

bool script_has_table_key(struct slice statement)
{
    const char *end = statement.ptr + statement.len;
    struct slice token = token_at(statement.ptr, end);
    struct slice second = token_at(token.ptr + token.len, end);
    if (!is_keyword(token, "CREATE") || !is_keyword(second, "TABLE"))
        return false;
    int depth = 0;
    bool starts_item = false; /* the token is the first of a column or constraint */
    for (; token.len > 0; token = token_at(token.ptr + token.len, end)) {
        if (starts_item && is_keyword(token, "CONSTRAINT")) {
            struct slice name = token_at(token.ptr + token.len, end);
            token = token_at(name.ptr + name.len, end);
        }
        if (starts_item && is_keyword(token, "PRIMARY"))
            return true;
        depth += slice_is(token, "(") - slice_is(token, ")");
        starts_item = depth == 1 && (slice_is(token, "(") || slice_is(token, ","));
    }
    return false;
}
