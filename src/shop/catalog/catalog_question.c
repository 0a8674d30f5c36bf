/* catalog_question.c - what a buyer is asked, and whether an answer will do. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "shop/catalog/catalog.h"

#include "base/json.h"
#include "base/text.h"
#include <inttypes.h>

#define ANSWERS_JSON_LIMIT 16384
#define PHONE_DIGITS_LEAST 5
#define PHONE_DIGITS_LIMIT 20

const char *const question_kind_names[] = {
    [QUESTION_TEXT] = "text",   [QUESTION_NUMBER] = "number", [QUESTION_PHONE] = "phone",
    [QUESTION_EMAIL] = "email", [QUESTION_CHOICE] = "choice", [QUESTION_KINDS] = NULL};

static enum question_kind kind_of(const char *name)
{
    for (int kind = 0; kind < QUESTION_KINDS; kind++)
        if (text_is(name, question_kind_names[kind]))
            return (enum question_kind)kind;
    return QUESTION_TEXT;
}

static struct question read_question(struct ctx *ctx, const struct value *item)
{
    const struct value *choices = value_find(item, "choices");
    const char **texts = arena_alloc_many(ctx->arena, value_count(choices) + 1, sizeof *texts);
    for (size_t i = 0; i < value_count(choices); i++)
        texts[i] = value_at(choices, i)->text;
    return (struct question){.id = value_find_int(item, "id", 0),
                             .label = value_text_or_empty(item, "label"),
                             .hint = value_text_or_empty(item, "hint"),
                             .kind = kind_of(value_text_or_empty(item, "kind")),
                             .is_required = value_find_int(item, "is_required", 0) == 1,
                             .shortest = value_find_int(item, "shortest", 0),
                             .longest = value_find_int(item, "longest", 0),
                             .choices = texts,
                             .choice_count = value_count(choices)};
}

err question_list_read(struct ctx *ctx, const char *json, struct question **questions, size_t *count)
{
    struct value *list;
    *count = 0;
    *questions = NULL;
    if (!json || !json[0])
        return NULL;
    TRY(json_read(ctx, json, strlen(json), &list));
    *questions = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof **questions);
    for (size_t i = 0; i < value_count(list); i++)
        (*questions)[(*count)++] = read_question(ctx, value_at(list, i));
    return NULL;
}

/* ---- checking ---- */

static bool is_phone(const char *text)
{
    size_t digits = 0;
    for (const char *c = text; *c; c++)
        digits += *c >= '0' && *c <= '9';
    return digits >= PHONE_DIGITS_LEAST && digits <= PHONE_DIGITS_LIMIT &&
           strspn(text, "0123456789+- ()") == strlen(text);
}

static bool is_email(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && !strchr(at + 1, '@') && strchr(at + 1, '.') && !text_ends(text, ".") &&
           !strpbrk(text, " \t,;<>\"'\\");
}

static bool is_offered(const struct question *question, const char *value)
{
    for (size_t i = 0; i < question->choice_count; i++)
        if (text_is(question->choices[i], value))
            return true;
    return false;
}

/* The code of what is wrong with an answer that was given, with words for programs; NULL = nothing. */
static const char *fault_of(struct ctx *ctx, const struct question *question, const char *value,
                            const char **message)
{
    int64_t length = (int64_t)utf8_length(value, strlen(value));
    int64_t longest = question->longest > 0 ? question->longest : ANSWER_LIMIT;
    bool is_counted = question->kind == QUESTION_TEXT || question->kind == QUESTION_NUMBER;
    if (question->kind == QUESTION_NUMBER && strspn(value, "0123456789") != strlen(value))
        return *message = "digits only", "answer-digits";
    if (question->kind == QUESTION_PHONE && !is_phone(value))
        return *message = "this is no phone number", "bad-phone";
    if (question->kind == QUESTION_EMAIL && !is_email(value))
        return *message = "this is no e-mail address", "bad-email";
    if (question->kind == QUESTION_CHOICE && !is_offered(question, value))
        return *message = "choose one of those that are offered", "answer-choice";
    if (is_counted && length < question->shortest) {
        *message = arena_format(ctx->arena, "at least %" PRId64 " characters", question->shortest);
        return "answer-short";
    }
    if (length > (is_counted ? longest : ANSWER_LIMIT)) {
        *message =
            arena_format(ctx->arena, "at most %" PRId64 " characters", is_counted ? longest : ANSWER_LIMIT);
        return "answer-long";
    }
    return NULL;
}

static size_t find_given(const struct given_answer *given, size_t count, int64_t question_id)
{
    for (size_t i = 0; i < count; i++)
        if (given[i].question_id == question_id)
            return i;
    return count;
}

/* Adds to the problems what is wrong; `value` gets the answer, "" for none. */
static void check_one(struct ctx *ctx, const struct question *question, const struct given_answer *given,
                      size_t given_count, const char **value, const struct field_problem ***end)
{
    size_t place = find_given(given, given_count, question->id);
    const char *code = NULL, *message = NULL;
    *value = place < given_count && given[place].value ? text_trim(ctx->arena, given[place].value) : "";
    if ((*value)[0])
        code = fault_of(ctx, question, *value, &message);
    else if (question->is_required)
        code = "answer-required", message = arena_format(ctx->arena, "%s is needed", question->label);
    if (!code)
        return;
    struct field_problem *problem = arena_alloc(ctx->arena, sizeof *problem);
    *problem = (struct field_problem){
        .field = place < given_count ? arena_format(ctx->arena, "answers.%zu.value", place) : "answers",
        .code = code,
        .message = message};
    **end = problem;
    *end = &problem->next;
}

err answers_check(struct ctx *ctx, const char *json, const struct given_answer *given, size_t given_count,
                  struct given_answer **answers, size_t *count)
{
    struct question *questions;
    size_t question_count;
    const struct field_problem *problems = NULL, **end = &problems;
    TRY(question_list_read(ctx, json, &questions, &question_count));
    *answers = arena_alloc_many(ctx->arena, question_count + 1, sizeof **answers);
    *count = 0;
    for (size_t i = 0; i < question_count; i++) {
        const char *value;
        check_one(ctx, &questions[i], given, given_count, &value, &end);
        if (value[0])
            (*answers)[(*count)++] = (struct given_answer){questions[i].id, questions[i].label, value};
    }
    return problems ? fail_fields(ctx, problems) : NULL;
}

/* ---- keeping ---- */

err answers_text(struct ctx *ctx, const struct given_answer *answers, size_t count, const char **json)
{
    *json = NULL;
    if (count == 0)
        return NULL;
    struct value *list = value_list(ctx->arena);
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_add(ctx->arena, list, *value_object(ctx->arena));
        value_set_int(ctx->arena, item, "id", answers[i].question_id);
        value_set_text(ctx->arena, item, "label", answers[i].label);
        value_set_text(ctx->arena, item, "value", answers[i].value);
    }
    return json_text(ctx, list, ANSWERS_JSON_LIMIT, json);
}

err answers_read(struct ctx *ctx, const char *json, struct given_answer **answers, size_t *count)
{
    struct value *list;
    *count = 0;
    *answers = NULL;
    if (!json || !json[0])
        return NULL;
    TRY(json_read(ctx, json, strlen(json), &list));
    *answers = arena_alloc_many(ctx->arena, value_count(list) + 1, sizeof **answers);
    for (size_t i = 0; i < value_count(list); i++) {
        const struct value *item = value_at(list, i);
        (*answers)[(*count)++] =
            (struct given_answer){value_find_int(item, "id", 0), value_text_or_empty(item, "label"),
                                  value_text_or_empty(item, "value")};
    }
    return NULL;
}

/* ---- views ---- */

err questions_set_view(struct ctx *ctx, struct value *view, const char *json)
{
    struct arena *arena = ctx->arena;
    struct question *questions;
    size_t count;
    struct value *list = value_set_list(arena, view, "questions");
    TRY(question_list_read(ctx, json, &questions, &count));
    for (size_t i = 0; i < count; i++) {
        const struct question *question = &questions[i];
        struct value *item = value_add(arena, list, *value_object(arena));
        value_set_id(arena, item, "id", question->id);
        value_set_text(arena, item, "label", question->label);
        value_set_text(arena, item, "hint", question->hint);
        value_set_text(arena, item, "kind", question_kind_names[question->kind]);
        value_set_bool(arena, item, "is_required", question->is_required);
        value_set_int(arena, item, "shortest", question->shortest);
        value_set_int(arena, item, "longest", question->longest > 0 ? question->longest : ANSWER_LIMIT);
        struct value *choices = value_set_list(arena, item, "choices");
        for (size_t j = 0; j < question->choice_count; j++)
            value_add(arena, choices, value_text(question->choices[j]));
    }
    return NULL;
}

err answers_set_view(struct ctx *ctx, struct value *view, const char *json)
{
    struct arena *arena = ctx->arena;
    struct given_answer *answers;
    size_t count;
    struct value *list = value_set_list(arena, view, "answers");
    TRY(answers_read(ctx, json, &answers, &count));
    for (size_t i = 0; i < count; i++) {
        struct value *item = value_add(arena, list, *value_object(arena));
        value_set_id(arena, item, "question_id", answers[i].question_id);
        value_set_text(arena, item, "label", answers[i].label);
        value_set_text(arena, item, "value", answers[i].value);
    }
    return NULL;
}
