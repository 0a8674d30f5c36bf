/* scanner.c - cuts a template into text, {{ outputs }} and {% tags %}; in a `liquid` tag into lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/scanner.h"
#include "liquid/lexer.h"

static const char *find_pair(const char *at, const char *end, char first, char second)
{
    while (end - at >= 2) {
        at = memchr(at, first, (size_t)(end - at - 1));
        if (!at)
            return NULL;
        if (at[1] == second)
            return at;
        at++;
    }
    return NULL;
}

static const char *find_opening(const char *at, const char *end)
{
    while (end - at >= 2) {
        at = memchr(at, '{', (size_t)(end - at - 1));
        if (!at)
            return end;
        if (at[1] == '{' || at[1] == '%')
            return at;
        at++;
    }
    return end;
}

/* Splits "name markup". */
static void split_tag(struct piece *piece, struct slice inside)
{
    const char *at = inside.ptr;
    const char *end = at + inside.len;
    while (at < end && is_space(*at))
        at++;
    const char *name = at;
    if (at < end && *at == '#')
        at++;
    else
        while (at < end && is_word(*at))
            at++;
    piece->name = (struct slice){name, (size_t)(at - name)};
    piece->markup = (struct slice){at, (size_t)(end - at)};
    if (piece->name.len == 0)
        piece->kind = PIECE_EMPTY;
}

/* What stands between the delimiters, without the dashes of white space control. */
static struct slice inside_of(struct piece *piece, const char *from, const char *to)
{
    piece->trims_before = from < to && *from == '-';
    from += piece->trims_before;
    piece->trims_after = to > from && to[-1] == '-';
    to -= piece->trims_after;
    return (struct slice){from, (size_t)(to - from)};
}

static void next_line(struct scanner *scanner, struct piece *piece)
{
    struct slice line = {0};
    do {
        if (scanner->at >= scanner->end) {
            piece->kind = PIECE_END;
            piece->at = scanner->end;
            return;
        }
        const char *newline = memchr(scanner->at, '\n', (size_t)(scanner->end - scanner->at));
        const char *to = newline ? newline : scanner->end;
        line = slice_trim((struct slice){scanner->at, (size_t)(to - scanner->at)});
        scanner->at = newline ? newline + 1 : scanner->end;
    } while (line.len == 0);
    piece->kind = PIECE_TAG;
    piece->at = line.ptr;
    split_tag(piece, line);
}

void scanner_next(struct scanner *scanner, struct piece *piece)
{
    *piece = (struct piece){.kind = PIECE_END, .at = scanner->at};
    if (scanner->by_line) {
        next_line(scanner, piece);
        return;
    }
    const char *at = scanner->at;
    if (at == scanner->end)
        return;
    const char *opening = find_opening(at, scanner->end);
    if (opening > at) {
        piece->kind = PIECE_TEXT;
        piece->markup = (struct slice){at, (size_t)(opening - at)};
        scanner->at = opening;
        return;
    }
    bool is_tag = at[1] == '%';
    const char *closing = find_pair(at + 2, scanner->end, is_tag ? '%' : '}', '}');
    if (!closing) {
        piece->kind = PIECE_OPEN;
        scanner->at = scanner->end;
        return;
    }
    scanner->at = closing + 2;
    piece->kind = is_tag ? PIECE_TAG : PIECE_OUTPUT;
    piece->markup = inside_of(piece, at + 2, closing);
    if (is_tag)
        split_tag(piece, piece->markup);
}

bool scanner_skip_to(struct scanner *scanner, const char *word, const char *nested, struct slice *before,
                     struct piece *piece)
{
    const char *from = scanner->at;
    for (const char *at = from; (at = find_pair(at, scanner->end, '{', '%')); at++) {
        struct piece found = {.kind = PIECE_TAG, .at = at};
        split_tag(&found,
                  (struct slice){at + 2 + (at + 2 < scanner->end && at[2] == '-'),
                                 (size_t)(scanner->end - at - 2 - (at + 2 < scanner->end && at[2] == '-'))});
        bool is_end = slice_is(found.name, word);
        if (!is_end && !(nested && slice_is(found.name, nested)))
            continue;
        const char *closing = find_pair(found.markup.ptr, scanner->end, '%', '}');
        if (!closing)
            return false;
        *before = (struct slice){from, (size_t)(at - from)};
        found.trims_after = closing[-1] == '-';
        *piece = found;
        scanner->at = closing + 2;
        return true;
    }
    return false;
}
