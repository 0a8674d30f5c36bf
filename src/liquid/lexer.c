/* lexer.c - cuts the inside of {{ }} and {% %} into tokens, one at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "liquid/lexer.h"

bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_word(char c)
{
    return is_letter(c) || is_digit(c);
}

struct slice slice_trim(struct slice slice)
{
    while (slice.len > 0 && is_space(slice.ptr[0])) {
        slice.ptr++;
        slice.len--;
    }
    while (slice.len > 0 && is_space(slice.ptr[slice.len - 1]))
        slice.len--;
    return slice;
}

static const char *number_end(const char *at, const char *end)
{
    at += *at == '-';
    while (at < end && is_digit(*at))
        at++;
    if (end - at >= 2 && at[0] == '.' && is_digit(at[1])) {
        at++;
        while (at < end && is_digit(*at))
            at++;
    }
    return at;
}

static const char *word_end(const char *at, const char *end)
{
    while (at < end && (is_word(*at) || *at == '-'))
        at++;
    return at < end && *at == '?' ? at + 1 : at;
}

static void take(struct lexer *lexer, enum token_kind kind, const char *end)
{
    lexer->token = (struct token){kind, {lexer->at, (size_t)(end - lexer->at)}};
    lexer->at = end;
}

static void take_string(struct lexer *lexer)
{
    const char *from = lexer->at + 1;
    const char *to = memchr(from, *lexer->at, (size_t)(lexer->end - from));
    if (!to) {
        take(lexer, TOKEN_BAD, lexer->end);
        return;
    }
    lexer->token = (struct token){TOKEN_STRING, {from, (size_t)(to - from)}};
    lexer->at = to + 1;
}

static void take_sign(struct lexer *lexer)
{
    const char *at = lexer->at;
    char next = '\0';
    if (lexer->end - at >= 2)
        next = at[1];
    if ((*at == '=' && next == '=') || (*at == '!' && next == '=') ||
        (*at == '<' && (next == '=' || next == '>')) || (*at == '>' && next == '='))
        take(lexer, TOKEN_COMPARISON, at + 2);
    else if (*at == '<' || *at == '>')
        take(lexer, TOKEN_COMPARISON, at + 1);
    else if (*at == '.' && next == '.')
        take(lexer, TOKEN_DOTDOT, at + 2);
    else if (*at != '\0' && strchr("|.:,[]()=", *at))
        take(lexer, TOKEN_SIGN, at + 1);
    else
        take(lexer, TOKEN_BAD, at + 1);
}

void lexer_next(struct lexer *lexer)
{
    while (lexer->at < lexer->end && is_space(*lexer->at))
        lexer->at++;
    const char *at = lexer->at;
    if (at == lexer->end)
        take(lexer, TOKEN_END, at);
    else if (is_digit(*at) || (*at == '-' && lexer->end - at >= 2 && is_digit(at[1])))
        take(lexer, TOKEN_NUMBER, number_end(at, lexer->end));
    else if (is_letter(*at))
        take(lexer, TOKEN_ID, word_end(at, lexer->end));
    else if (*at == '"' || *at == '\'')
        take_string(lexer);
    else
        take_sign(lexer);
}

void lexer_open(struct lexer *lexer, struct slice markup)
{
    lexer->at = markup.ptr;
    lexer->end = markup.ptr + markup.len;
    lexer_next(lexer);
}

bool lexer_is_sign(const struct lexer *lexer, char sign)
{
    return lexer->token.kind == TOKEN_SIGN && lexer->token.text.ptr[0] == sign;
}

bool lexer_is_word(const struct lexer *lexer, const char *word)
{
    return lexer->token.kind == TOKEN_ID && slice_is(lexer->token.text, word);
}

bool lexer_take_sign(struct lexer *lexer, char sign)
{
    if (!lexer_is_sign(lexer, sign))
        return false;
    lexer_next(lexer);
    return true;
}

bool lexer_take_word(struct lexer *lexer, const char *word)
{
    if (!lexer_is_word(lexer, word))
        return false;
    lexer_next(lexer);
    return true;
}

struct token lexer_peek(const struct lexer *lexer)
{
    struct lexer ahead = *lexer;
    lexer_next(&ahead);
    return ahead.token;
}
