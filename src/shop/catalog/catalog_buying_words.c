/* catalog_buying_words.c - bulk prices and questions as people write them in one cell: for files, and for the
 * history of a product.
 *
 * Tiers stand one behind the other, "10: 9.50; 50: 9.00". A question is a line of up to three parts: what is
 * asked, with a star when it must be answered; its kind, with how many characters or which choices; a hint.
 * A backslash takes the meaning from the sign behind it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/money.h"
#include "base/text.h"
#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

#define WORDS_LIMIT 32768
#define TIER_WORD_LIMIT 64
#define PARTS 3

/* ---- bulk prices ---- */

const char *price_tiers_words(struct ctx *ctx, const char *kept)
{
    struct price_tier tiers[PRICE_TIER_LIMIT];
    size_t count = price_tiers_read(kept, tiers);
    struct text_buf text;
    if (count == 0)
        return "";
    text_open(&text, ctx->arena, WORDS_LIMIT);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%" PRId64 ": %s", i > 0 ? "; " : "", tiers[i].from,
                        money_decimal(ctx->arena, money_of(tiers[i].price, ctx->shop->currency)));
    return text_of(&text);
}

/* The bytes of a gap that `text` begins with, 0 = none. */
static size_t gap_at(const char *text, const char *const *gaps)
{
    for (size_t i = 0; gaps[i]; i++)
        if (text_starts(text, gaps[i]))
            return strlen(gaps[i]);
    return 0;
}

static bool understand_tier(struct ctx *ctx, const char *word, struct tier_draft *tier)
{
    static const char *const colons[] = {":", "：", NULL};
    money price;
    size_t length = 0;
    while (word[length] && !gap_at(word + length, colons))
        length++;
    size_t gap = gap_at(word + length, colons);
    *tier = (struct tier_draft){.sku = ""};
    return gap > 0 && text_to_int(text_trim(ctx->arena, arena_copy(ctx->arena, word, length)), &tier->from) &&
           money_parse(text_trim(ctx->arena, word + length + gap), ctx->shop->currency, &price) &&
           ((tier->price = price.minor), true);
}

bool price_tiers_understand(struct ctx *ctx, const char *words, struct tier_draft *tiers, size_t *count)
{
    static const char *const gaps[] = {";", "；", "\n", "|", NULL};
    size_t most = *count;
    *count = 0;
    while (*words) {
        size_t length = 0;
        while (words[length] && !gap_at(words + length, gaps))
            length++;
        const char *word = text_trim(ctx->arena, arena_copy(ctx->arena, words, length));
        words += length + gap_at(words + length, gaps);
        if (!word[0])
            continue;
        if (*count == most || length > TIER_WORD_LIMIT || !understand_tier(ctx, word, &tiers[*count]))
            return false;
        (*count)++;
    }
    return true;
}

/* ---- questions to words ---- */

static const char *const chinese_kinds[] = {
    [QUESTION_TEXT] = "文字",  [QUESTION_NUMBER] = "数字", [QUESTION_PHONE] = "手机号",
    [QUESTION_EMAIL] = "邮箱", [QUESTION_CHOICE] = "选项", [QUESTION_KINDS] = NULL};

static void add_escaped(struct text_buf *text, const char *word, const char *signs)
{
    for (const char *c = word; *c; c++) {
        if (*c == '\\' || strchr(signs, *c))
            text_add_char(text, '\\');
        if (*c == '\n' || *c == '\r')
            text_add_char(text, ' ');
        else
            text_add_char(text, *c);
    }
}

static bool is_measured(enum question_kind kind)
{
    return kind == QUESTION_TEXT || kind == QUESTION_NUMBER;
}

static void add_kind(struct text_buf *text, const struct question *question, bool is_english)
{
    text_add(text, is_english ? question_kind_names[question->kind] : chinese_kinds[question->kind]);
    if (is_measured(question->kind) && (question->shortest > 0 || question->longest > 0)) {
        text_add(text, " ");
        if (question->shortest > 0)
            text_add_format(text, "%" PRId64, question->shortest);
        text_add(text, "-");
        if (question->longest > 0)
            text_add_format(text, "%" PRId64, question->longest);
    }
    for (size_t i = 0; question->kind == QUESTION_CHOICE && i < question->choice_count; i++) {
        text_add(text, i > 0 ? ", " : " ");
        add_escaped(text, question->choices[i], "|,");
    }
}

static void add_question(struct text_buf *text, const struct question *question, bool is_english)
{
    bool is_plain = question->kind == QUESTION_TEXT && question->shortest == 0 && question->longest == 0;
    add_escaped(text, question->label, "|*");
    text_add(text, question->is_required ? "*" : "");
    if (is_plain && !question->hint[0])
        return;
    text_add(text, " | ");
    add_kind(text, question, is_english);
    if (!question->hint[0])
        return;
    text_add(text, " | ");
    add_escaped(text, question->hint, "|");
}

err questions_words(struct ctx *ctx, const char *json, bool is_english, const char **words)
{
    struct question *questions;
    struct text_buf text;
    size_t count;
    *words = "";
    if (!json || !json[0])
        return NULL;
    TRY(question_list_read(ctx, json, &questions, &count));
    text_open(&text, ctx->arena, WORDS_LIMIT);
    for (size_t i = 0; i < count; i++) {
        text_add(&text, i > 0 ? "\n" : "");
        add_question(&text, &questions[i], is_english);
    }
    *words = text_of(&text);
    return NULL;
}

/* ---- and back ---- */

/* Up to the next `sign` that no backslash stands before; *text goes behind it. Backslashes stay. */
static const char *take_part(struct ctx *ctx, const char **text, char sign)
{
    size_t length = 0;
    const char *from = *text;
    while (from[length] && from[length] != sign)
        length += from[length] == '\\' && from[length + 1] ? 2 : 1;
    *text = from + length + (from[length] != 0);
    return text_trim(ctx->arena, arena_copy(ctx->arena, from, length));
}

static const char *unescaped(struct ctx *ctx, const char *text)
{
    char *plain = arena_copy_text(ctx->arena, text), *to = plain;
    for (const char *c = text; *c; c++) {
        if (*c == '\\' && c[1])
            c++;
        *to++ = *c;
    }
    *to = 0;
    return text_trim(ctx->arena, plain);
}

/* "4-20", "4-", "-20" or "6". */
static bool understand_lengths(const char *text, struct question *question)
{
    char *end;
    bool is_range = strchr(text, '-') != NULL;
    if (!text[0])
        return true;
    question->shortest = strtoll(text[0] == '-' ? "0" : text, &end, 10);
    if (text[0] == '-')
        end = (char *)text;
    if (!is_range) {
        question->longest = question->shortest;
        return *end == 0 && question->shortest > 0;
    }
    if (*end != '-')
        return false;
    question->longest = strtoll(end + 1, &end, 10);
    return *end == 0;
}

static void understand_choices(struct ctx *ctx, const char *text, struct question *question)
{
    const char **choices = arena_alloc_many(ctx->arena, QUESTION_CHOICE_LIMIT + 1, sizeof *choices);
    while (*text && question->choice_count <= QUESTION_CHOICE_LIMIT) {
        const char *choice = unescaped(ctx, take_part(ctx, &text, ','));
        if (choice[0])
            choices[question->choice_count++] = choice;
    }
    question->choices = choices;
}

static bool find_kind(const char *word, enum question_kind *kind)
{
    for (int i = 0; i < QUESTION_KINDS; i++)
        if (text_is(word, chinese_kinds[i]) || strcasecmp(word, question_kind_names[i]) == 0) {
            *kind = (enum question_kind)i;
            return true;
        }
    return false;
}

static bool understand_kind(struct ctx *ctx, const char *text, struct question *question)
{
    size_t length = strcspn(text, " ");
    if (!text[0])
        return true;
    if (!find_kind(arena_copy(ctx->arena, text, length), &question->kind))
        return false;
    const char *rest = text_trim(ctx->arena, text + length);
    if (question->kind == QUESTION_CHOICE)
        understand_choices(ctx, rest, question);
    else if (is_measured(question->kind))
        return understand_lengths(rest, question);
    return question->kind == QUESTION_CHOICE || !rest[0];
}

/* A star at the end, unless a backslash takes its meaning; two of those are one in the text. */
static bool has_star(const char *text, size_t length)
{
    size_t slashes = 0;
    if (length == 0 || text[length - 1] != '*')
        return false;
    while (slashes + 1 < length && text[length - 2 - slashes] == '\\')
        slashes++;
    return slashes % 2 == 0;
}

static bool understand_question(struct ctx *ctx, const char *line, struct question *question)
{
    const char *parts[PARTS] = {"", "", ""};
    for (size_t i = 0; i < PARTS && *line; i++)
        parts[i] = take_part(ctx, &line, '|');
    size_t length = strlen(parts[0]);
    *question = (struct question){.kind = QUESTION_TEXT};
    question->is_required = has_star(parts[0], length);
    question->label = unescaped(ctx, arena_copy(ctx->arena, parts[0], length - question->is_required));
    question->hint = unescaped(ctx, parts[2]);
    return !*line && question->label[0] && understand_kind(ctx, parts[1], question);
}

/* A question that asks the same is the same. */
static int64_t id_of(const struct question *known, size_t count, const char *label)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(known[i].label, label))
            return known[i].id;
    return 0;
}

err questions_understand(struct ctx *ctx, const char *words, const char *json, struct question **questions,
                         size_t *count, size_t *wrong_line)
{
    struct question *known;
    size_t known_count;
    TRY(question_list_read(ctx, json, &known, &known_count));
    *questions = arena_alloc_many(ctx->arena, QUESTION_LIMIT + 1, sizeof **questions);
    *count = *wrong_line = 0;
    for (size_t line_no = 1; *words; line_no++) {
        size_t length = strcspn(words, "\n");
        const char *line = text_trim(ctx->arena, arena_copy(ctx->arena, words, length));
        words += length + (words[length] != 0);
        if (!line[0] || *count > QUESTION_LIMIT)
            continue;
        struct question *question = &(*questions)[(*count)++];
        if (!understand_question(ctx, line, question)) {
            *wrong_line = line_no;
            return NULL;
        }
        question->id = id_of(known, known_count, question->label);
    }
    return NULL;
}
