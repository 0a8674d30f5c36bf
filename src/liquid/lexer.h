/* lexer.h - cuts the inside of {{ }} and {% %} into tokens, one at a time. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/text.h"

enum token_kind {
    TOKEN_END,
    TOKEN_ID,
    TOKEN_NUMBER,
    TOKEN_STRING, /* the text without its quotes */
    TOKEN_COMPARISON,
    TOKEN_DOTDOT,
    TOKEN_SIGN, /* one of | . : , [ ] ( ) = */
    TOKEN_BAD,
};

struct token {
    enum token_kind kind;
    struct slice text;
};

struct lexer {
    const char *at;
    const char *end;
    struct token token; /* the one being looked at */
};

/* Begins at the first token of the markup. */
void lexer_open(struct lexer *lexer, struct slice markup);
void lexer_next(struct lexer *lexer);
bool lexer_is_sign(const struct lexer *lexer, char sign);
bool lexer_is_word(const struct lexer *lexer, const char *word);
/* Moves on when the token is this sign or word. */
bool lexer_take_sign(struct lexer *lexer, char sign);
bool lexer_take_word(struct lexer *lexer, const char *word);
/* The token after the current one. */
struct token lexer_peek(const struct lexer *lexer);

bool is_space(char c);
bool is_digit(char c);
bool is_word(char c); /* letter, digit or _ */
struct slice slice_trim(struct slice slice);
