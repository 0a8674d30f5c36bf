/* fields.c - declared fields become members of a C struct; everything wrong is said at once.
 *
 * A field has one source: its path parameter, its member of the JSON body, its form field or its query
 * parameter, the first of these that is there. Rows are read by the same code with the row's object (JSON) or
 * the prefix "name.N." (forms) in place of the whole body. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "http/fields.h"
#include <stdlib.h>
#include <string.h>

#define TEXT_LIMIT 255
#define ROW_LIMIT 100

/* One reading: the whole body, or one row of it. */
struct reader {
    struct ctx *ctx;
    const struct input *input;
    const struct value *json;
    const char *prefix; /* "" or "lines.0." */
    const struct field_problem **tail;
};

/* What came for a field: a text, a JSON value, or neither. */
struct found {
    const char *text;
    const struct value *json;
};

static void complain(struct reader *reader, const char *name, const char *code, const char *message)
{
    struct field_problem *problem = arena_alloc(reader->ctx->arena, sizeof *problem);
    problem->field = arena_format(reader->ctx->arena, "%s%s", reader->prefix, name);
    problem->code = code;
    problem->message = message;
    *reader->tail = problem;
    reader->tail = &problem->next;
}

const struct value *json_at(const struct value *object, const char *dotted)
{
    const char *dot;
    while (object && (dot = strchr(dotted, '.')) != NULL) {
        object = value_find_bytes(object, dotted, (size_t)(dot - dotted));
        dotted = dot + 1;
    }
    const struct value *value = object ? value_find(object, dotted) : NULL;
    return value && value->kind != VALUE_NULL ? value : NULL;
}

static struct found look_up(const struct reader *reader, const char *name)
{
    const struct input *input = reader->input;
    struct found found = {NULL, NULL};
    if (*reader->prefix == '\0' && (found.text = pairs_find(&input->path, name)) != NULL)
        return found;
    if ((found.json = json_at(reader->json, name)) != NULL)
        return found;
    const char *full =
        *reader->prefix ? arena_format(reader->ctx->arena, "%s%s", reader->prefix, name) : name;
    if ((found.text = pairs_find(&input->form, full)) == NULL)
        found.text = pairs_find(&input->query, full);
    return found;
}

/* The text of a scalar; NULL with a complaint when it is no text. */
static const char *text_found(struct reader *reader, const struct field *field, struct found found)
{
    if (found.json == NULL)
        return found.text ? found.text : "";
    if (found.json->kind != VALUE_TEXT) {
        complain(reader, field->name, "not-text", "must be a text");
        return NULL;
    }
    return arena_copy(reader->ctx->arena, found.json->text, found.json->count);
}

/* Browsers send line breaks as CR LF. */
static const char *unix_lines(struct arena *arena, const char *text)
{
    if (strchr(text, '\r') == NULL)
        return text;
    char *copy = arena_copy_text(arena, text);
    char *to = copy;
    for (const char *at = copy; *at; at++)
        if (*at != '\r')
            *to++ = *at;
        else if (at[1] != '\n')
            *to++ = '\n';
    *to = '\0';
    return copy;
}

static void read_text(struct reader *reader, const struct field *field, struct found found, const char **out)
{
    bool is_absent = found.json == NULL && found.text == NULL;
    *out = field->tells_absence && is_absent ? NULL : "";
    const char *text = text_found(reader, field, found);
    if (text == NULL || *out == NULL)
        return;
    if (field->kind == FIELD_LONG)
        text = unix_lines(reader->ctx->arena, text);
    text = text_trim(reader->ctx->arena, text);
    size_t bytes = strlen(text);
    size_t length = utf8_length(text, bytes);
    size_t most = field->maximum > 0 ? (size_t)field->maximum : TEXT_LIMIT;
    if (bytes == 0) {
        if (field->is_required)
            complain(reader, field->name, "required", "is required");
    } else if (text_has_control(text, bytes) || (field->kind == FIELD_TEXT && strpbrk(text, "\t\r\n"))) {
        complain(reader, field->name, "bad-characters", "holds characters that are not allowed");
    } else if (length > most) {
        complain(reader, field->name, "too-long",
                 arena_format(reader->ctx->arena, "must have at most %zu characters", most));
    } else if (length < (size_t)field->minimum) {
        complain(
            reader, field->name, "too-short",
            arena_format(reader->ctx->arena, "must have at least %zu characters", (size_t)field->minimum));
    } else {
        *out = text;
    }
}

/* True when something was there and was a whole number. */
static bool number_found(struct reader *reader, const struct field *field, struct found found,
                         int64_t *number)
{
    struct arena *arena = reader->ctx->arena;
    if (found.json && found.json->kind == VALUE_INT) {
        *number = found.json->integer;
        return true;
    }
    bool may_be_text = found.json == NULL || (found.json->kind == VALUE_TEXT && field->kind == FIELD_ID);
    const char *text = NULL;
    if (may_be_text)
        text = found.json ? arena_copy(arena, found.json->text, found.json->count) : found.text;
    if (may_be_text && text_is_blank(text)) {
        if (field->is_required)
            complain(reader, field->name, "required", "is required");
        return false;
    }
    if (may_be_text && text_to_int(text_trim(arena, text), number))
        return true;
    complain(reader, field->name, "not-a-number", "must be a whole number");
    return false;
}

static bool is_within(struct reader *reader, const struct field *field, int64_t number)
{
    if (field->minimum == 0 && field->maximum == 0)
        return true;
    if (number < field->minimum)
        complain(reader, field->name, "too-small",
                 arena_format(reader->ctx->arena, "must be at least %lld", (long long)field->minimum));
    else if (number > field->maximum)
        complain(reader, field->name, "too-large",
                 arena_format(reader->ctx->arena, "must be at most %lld", (long long)field->maximum));
    else
        return true;
    return false;
}

static void read_int(struct reader *reader, const struct field *field, struct found found, int64_t *out)
{
    int64_t number;
    *out = field->otherwise;
    if (number_found(reader, field, found, &number) && is_within(reader, field, number))
        *out = number;
}

static void read_id(struct reader *reader, const struct field *field, struct found found, int64_t *out)
{
    int64_t number;
    *out = 0;
    if (!number_found(reader, field, found, &number))
        return;
    if (number <= 0)
        complain(reader, field->name, "not-an-id", "must be an id");
    else
        *out = number;
}

/* {"amount": 1250, "currency": "CNY"} in the shop's currency. */
static bool money_from_json(struct reader *reader, const struct field *field, const struct value *json,
                            int64_t *minor)
{
    const struct value *amount = value_find(json, "amount");
    const struct value *currency = value_find(json, "currency");
    if (amount == NULL || amount->kind != VALUE_INT || currency == NULL || currency->kind != VALUE_TEXT) {
        complain(reader, field->name, "not-money", "must be {\"amount\", \"currency\"} in minor units");
        return false;
    }
    const char *own = reader->ctx->shop ? reader->ctx->shop->currency : "";
    if (!slice_is((struct slice){currency->text, currency->count}, own)) {
        complain(reader, field->name, "wrong-currency", "must be in the shop's currency");
        return false;
    }
    *minor = amount->integer;
    return true;
}

static void read_money(struct reader *reader, const struct field *field, struct found found, int64_t *out)
{
    int64_t minor;
    *out = field->otherwise;
    if (found.json) {
        if (!money_from_json(reader, field, found.json, &minor))
            return;
    } else if (text_is_blank(found.text)) {
        if (field->is_required)
            complain(reader, field->name, "required", "is required");
        return;
    } else {
        money amount;
        const char *currency = reader->ctx->shop ? reader->ctx->shop->currency : "CNY";
        if (!money_parse(text_trim(reader->ctx->arena, found.text), currency, &amount)) {
            complain(reader, field->name, "not-money", "must be an amount of money");
            return;
        }
        minor = amount.minor;
    }
    if (minor > MONEY_MAX || minor < -MONEY_MAX)
        complain(reader, field->name, "too-large", "is too large");
    else if (minor < 0 && field->minimum >= 0)
        complain(reader, field->name, "too-small", "must not be negative");
    else if (is_within(reader, field, minor))
        *out = minor;
}

static void read_flag(struct reader *reader, const struct field *field, struct found found, bool *out)
{
    *out = false;
    if (found.json) {
        if (found.json->kind == VALUE_BOOL)
            *out = found.json->boolean;
        else
            complain(reader, field->name, "not-a-flag", "must be true or false");
        return;
    }
    if (text_is_blank(found.text) || text_is(found.text, "0") || text_is(found.text, "false") ||
        text_is(found.text, "off"))
        return;
    if (text_is(found.text, "1") || text_is(found.text, "true") || text_is(found.text, "on"))
        *out = true;
    else
        complain(reader, field->name, "not-a-flag", "must be true or false");
}

static void read_choice(struct reader *reader, const struct field *field, struct found found, int *out)
{
    *out = (int)field->otherwise;
    const char *text = text_found(reader, field, found);
    if (text == NULL)
        return;
    if (*text == '\0') {
        if (field->is_required)
            complain(reader, field->name, "required", "is required");
        return;
    }
    for (int i = 0; field->choices[i]; i++)
        if (strcmp(field->choices[i], text) == 0) {
            *out = i;
            return;
        }
    complain(reader, field->name, "unknown-choice", "is none of the choices");
}

int64_t field_file_limit(const struct config *config, const struct field *field)
{
    return field->limit ? *(const int64_t *)(const void *)((const char *)config + field->limit)
                        : config->upload_limit;
}

static void read_files(struct reader *reader, const struct field *field, char *place)
{
    const struct input *input = reader->input;
    struct upload_list list = {NULL, 0};
    int64_t most = field->maximum;
    int64_t set = reader->ctx->config ? field_file_limit(reader->ctx->config, field) : 0;
    most = set > 0 && (most == 0 || set < most) ? set : most;
    list.items = arena_alloc_many(reader->ctx->arena, input->file_count + 1, sizeof(struct upload));
    for (size_t i = 0; i < input->file_count; i++)
        if (strcmp(input->files[i].field, field->name) == 0) {
            list.items[list.count++] = input->files[i].upload;
            if (most > 0 && input->files[i].upload.size > most)
                complain(reader, field->name, "too-large", "is too large a file");
            else if (input->files[i].upload.size < field->minimum)
                complain(reader, field->name, "too-small", "is too small a file");
        }
    if (list.count == 0 && field->is_required)
        complain(reader, field->name, "required", "is required");
    if (list.count > 1 && !field->is_many)
        complain(reader, field->name, "too-many", "takes one file");
    if (field->is_many)
        memcpy(place, &list, sizeof list);
    else
        memcpy(place, &(struct upload *){list.count ? list.items : NULL}, sizeof(struct upload *));
}

static void read_field(struct reader *reader, const struct field *field, char *form);

static void read_row(struct reader *reader, const struct field *field, const struct value *json,
                     const char *prefix, char *row)
{
    struct reader inner = *reader;
    inner.json = json;
    inner.prefix = prefix;
    for (const struct field *member = field->rows; member->name; member++)
        read_field(&inner, member, row);
    reader->tail = inner.tail;
}

static int compare_numbers(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;
    return (left > right) - (left < right);
}

/* The numbers N of all form fields "name.N.…", ascending, each once. */
static size_t row_numbers(struct arena *arena, const struct pairs *form, const char *name, int **numbers)
{
    size_t length = strlen(name);
    size_t count = 0;
    *numbers = arena_alloc_many(arena, form->count + 1, sizeof(int));
    for (size_t i = 0; i < form->count; i++) {
        const char *at = form->items[i].name;
        if (strncmp(at, name, length) != 0 || at[length] != '.')
            continue;
        size_t digits = strspn(at + length + 1, "0123456789");
        if (digits == 0 || digits > 4 || at[length + 1 + digits] != '.')
            continue;
        int number = 0;
        for (size_t d = 0; d < digits; d++)
            number = number * 10 + (at[length + 1 + d] - '0');
        (*numbers)[count++] = number;
    }
    qsort(*numbers, count, sizeof(int), compare_numbers);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || (*numbers)[kept - 1] != (*numbers)[i])
            (*numbers)[kept++] = (*numbers)[i];
    return kept;
}

static void read_rows(struct reader *reader, const struct field *field, struct found found,
                      struct field_rows *out)
{
    struct ctx *ctx = reader->ctx;
    size_t most = field->maximum > 0 ? (size_t)field->maximum : ROW_LIMIT;
    int *numbers = NULL;
    size_t count;
    *out = (struct field_rows){NULL, 0};
    if (found.json && found.json->kind != VALUE_LIST) {
        complain(reader, field->name, "not-a-list", "must be a list");
        return;
    }
    const char *name = arena_format(ctx->arena, "%s%s", reader->prefix, field->name);
    count =
        found.json ? value_count(found.json) : row_numbers(ctx->arena, &reader->input->form, name, &numbers);
    if (count > most) {
        complain(reader, field->name, "too-many",
                 arena_format(ctx->arena, "must have at most %zu rows", most));
        return;
    }
    if (count < (size_t)field->minimum || (count == 0 && field->is_required)) {
        complain(reader, field->name, count ? "too-few" : "required", "needs more rows");
        return;
    }
    char *rows = arena_alloc_many(ctx->arena, count + 1, field->row_size);
    for (size_t i = 0; i < count; i++) {
        const struct value *json = found.json ? value_at(found.json, i) : NULL;
        const char *prefix = arena_format(ctx->arena, "%s.%zu.", name, numbers ? (size_t)numbers[i] : i);
        if (json && json->kind != VALUE_OBJECT)
            complain(reader, field->name, "not-an-object", "must be a list of objects");
        else
            read_row(reader, field, json, prefix, rows + i * field->row_size);
    }
    *out = (struct field_rows){rows, count};
}

static void read_field(struct reader *reader, const struct field *field, char *form)
{
    char *place = form + field->offset;
    struct found found = {NULL, NULL};
    if (field->kind != FIELD_FILE)
        found = look_up(reader, field->name);
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_LONG:
        read_text(reader, field, found, (const char **)(void *)place);
        break;
    case FIELD_INT:
        read_int(reader, field, found, (int64_t *)(void *)place);
        break;
    case FIELD_ID:
        read_id(reader, field, found, (int64_t *)(void *)place);
        break;
    case FIELD_MONEY:
        read_money(reader, field, found, (int64_t *)(void *)place);
        break;
    case FIELD_FLAG:
        read_flag(reader, field, found, (bool *)place);
        break;
    case FIELD_CHOICE:
        read_choice(reader, field, found, (int *)(void *)place);
        break;
    case FIELD_FILE:
        read_files(reader, field, place);
        break;
    case FIELD_ROWS:
        read_rows(reader, field, found, (struct field_rows *)(void *)place);
        break;
    }
}

err fields_read(struct ctx *ctx, const struct input *input, const struct field *fields, void *form)
{
    const struct field_problem *problems = NULL;
    struct reader reader = {ctx, input, input->json, "", &problems};
    for (const struct field *field = fields; field && field->name; field++)
        read_field(&reader, field, form);
    if (problems == NULL)
        return NULL;
    struct failure *failure = arena_alloc(ctx->arena, sizeof *failure);
    *failure = (struct failure){.code = ERR_INVALID,
                                .detail = "some fields are not as they should be",
                                .file = __FILE__,
                                .line = __LINE__,
                                .problems = problems};
    return failure;
}

/* What people may see again of a JSON scalar. */
static const char *scalar_text(struct arena *arena, const struct value *value)
{
    switch ((enum value_kind)value->kind) {
    case VALUE_TEXT:
        return arena_copy(arena, value->text, value->count);
    case VALUE_INT:
        return arena_format(arena, "%lld", (long long)value->integer);
    case VALUE_BOOL:
        return value->boolean ? "1" : "";
    default:
        return "";
    }
}

const char *fields_typed(struct arena *arena, const struct input *input, const char *name)
{
    const struct value *json = json_at(input->json, name);
    if (json)
        return scalar_text(arena, json);
    const char *text = pairs_find(&input->form, name);
    if (text == NULL)
        text = pairs_find(&input->query, name);
    if (text == NULL)
        text = pairs_find(&input->path, name);
    return text ? text : "";
}

struct value *fields_typed_all(struct arena *arena, const struct input *input)
{
    struct value *all = value_object(arena);
    const struct pairs *sources[] = {&input->path, &input->query, &input->form};
    for (size_t s = 0; s < sizeof sources / sizeof *sources; s++)
        for (size_t i = 0; i < sources[s]->count; i++)
            value_set_text(arena, all, sources[s]->items[i].name, sources[s]->items[i].value);
    if (input->json && input->json->kind == VALUE_OBJECT)
        for (uint32_t i = 0; i < input->json->object->count; i++) {
            const struct member *member = &input->json->object->members[i];
            value_set_text(arena, all, member->name, scalar_text(arena, &member->value));
        }
    return all;
}
