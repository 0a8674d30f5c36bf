/* fields_test.c - declared fields: what they take, and that everything wrong is said at once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "fixture.h"
#include "http/fields.h"
#include "unit.h"

struct line {
    const char *sku;
    int64_t quantity;
};

struct form {
    const char *name;
    const char *note;
    int64_t count;
    int64_t product_id;
    int64_t price;
    bool is_gift;
    int colour;
    const char *phone;
    struct field_rows lines;
    struct upload *picture;
    const char *nick; /* NULL = not sent */
};

static const char *const colours[] = {"red", "green", NULL};
static const struct field line_fields[] = {
    {"sku", FIELD_TEXT, offsetof(struct line, sku), .is_required = true},
    {"quantity", FIELD_INT, offsetof(struct line, quantity), .minimum = 1, .maximum = 9, .otherwise = 1},
    {0},
};
static const struct field fields[] = {
    {"name", FIELD_TEXT, offsetof(struct form, name), .is_required = true, .minimum = 2, .maximum = 5},
    {"note", FIELD_LONG, offsetof(struct form, note)},
    {"count", FIELD_INT, offsetof(struct form, count), .minimum = -3, .maximum = 10, .otherwise = 4},
    {"product_id", FIELD_ID, offsetof(struct form, product_id)},
    {"price", FIELD_MONEY, offsetof(struct form, price), .maximum = 100000},
    {"is_gift", FIELD_FLAG, offsetof(struct form, is_gift)},
    {"colour", FIELD_CHOICE, offsetof(struct form, colour), .choices = colours, .otherwise = 1},
    {"address.phone", FIELD_TEXT, offsetof(struct form, phone)},
    {"lines", FIELD_ROWS, offsetof(struct form, lines), .maximum = 3, .rows = line_fields,
     .row_size = sizeof(struct line)},
    {"picture", FIELD_FILE, offsetof(struct form, picture), .maximum = 100},
    {"nick", FIELD_TEXT, offsetof(struct form, nick), .tells_absence = true},
    {0},
};

static struct ctx ctx;
static struct form form;

static int open_ctx(void **state)
{
    (void)state;
    ctx = test_ctx();
    form = (struct form){0};
    return 0;
}

static int close_ctx(void **state)
{
    (void)state;
    arena_close(ctx.arena);
    return 0;
}

static err read_form(const char *text)
{
    struct input input = {0};
    assert_null(form_parse(&ctx, (struct slice){text, strlen(text)}, &input.form));
    return fields_read(&ctx, &input, fields, &form);
}

static err read_json(const char *text)
{
    struct input input = {0};
    struct value *json;
    assert_null(json_read(&ctx, text, strlen(text), &json));
    input.json = json;
    return fields_read(&ctx, &input, fields, &form);
}

static void a_form_fills_the_struct(void **state)
{
    (void)state;
    assert_null(read_form(
        "name=+%E5%BC%A0%E4%B8%89+&note=a%0D%0Ab%09c&count=-2&product_id=9007199254740993&price=12.5"
        "&is_gift=on&colour=red&address.phone=138&lines.7.sku=B&lines.2.sku=A&lines.2.quantity=3"));
    assert_string_equal(form.name, "张三");
    assert_string_equal(form.note, "a\nb\tc");
    assert_int_equal(form.count, -2);
    assert_int_equal(form.product_id, 9007199254740993);
    assert_int_equal(form.price, 1250);
    assert_true(form.is_gift);
    assert_int_equal(form.colour, 0);
    assert_string_equal(form.phone, "138");
    const struct line *lines = form.lines.items;
    assert_int_equal(form.lines.count, 2);
    assert_string_equal(lines[0].sku, "A");
    assert_int_equal(lines[0].quantity, 3);
    assert_string_equal(lines[1].sku, "B");
    assert_int_equal(lines[1].quantity, 1);
    assert_null(form.picture);
}

static void json_fills_the_same_struct(void **state)
{
    (void)state;
    assert_null(read_json(
        "{\"name\":\"张三\",\"count\":3,\"product_id\":\"9007199254740993\",\"is_gift\":true,"
        "\"price\":{\"amount\":1250,\"currency\":\"CNY\"},\"colour\":\"green\",\"stranger\":[{}],"
        "\"address\":{\"phone\":\"138\"},\"note\":null,\"lines\":[{\"sku\":\"A\",\"quantity\":2}]}"));
    assert_string_equal(form.name, "张三");
    assert_int_equal(form.product_id, 9007199254740993);
    assert_int_equal(form.price, 1250);
    assert_int_equal(form.colour, 1);
    assert_string_equal(form.note, "");
    assert_string_equal(form.phone, "138");
    assert_int_equal(form.lines.count, 1);
    assert_int_equal(((const struct line *)form.lines.items)[0].quantity, 2);
}

static void what_is_absent_has_a_default(void **state)
{
    (void)state;
    assert_null(read_form("name=ab"));
    assert_int_equal(form.count, 4);
    assert_int_equal(form.product_id, 0);
    assert_int_equal(form.price, 0);
    assert_false(form.is_gift);
    assert_int_equal(form.colour, 1);
    assert_string_equal(form.note, "");
    assert_int_equal(form.lines.count, 0);
}

static void all_problems_are_told_at_once(void **state)
{
    (void)state;
    err failure =
        read_form("name=abcdef&count=11&product_id=-1&price=x&is_gift=perhaps&colour=blue&lines.0.quantity=0"
                  "&address.phone=a%0Ab");
    assert_int_equal(code_of(failure), ERR_INVALID);
    assert_string_equal(problem_of(failure, "name"), "too-long");
    assert_string_equal(problem_of(failure, "count"), "too-large");
    assert_string_equal(problem_of(failure, "product_id"), "not-an-id");
    assert_string_equal(problem_of(failure, "price"), "not-money");
    assert_string_equal(problem_of(failure, "is_gift"), "not-a-flag");
    assert_string_equal(problem_of(failure, "colour"), "unknown-choice");
    assert_string_equal(problem_of(failure, "lines.0.sku"), "required");
    assert_string_equal(problem_of(failure, "lines.0.quantity"), "too-small");
    assert_string_equal(problem_of(failure, "address.phone"), "bad-characters");
}

static void lengths_are_counted_in_characters(void **state)
{
    (void)state;
    assert_null(read_form("name=%E4%B8%89%E4%B8%89%E4%B8%89%E4%B8%89%E4%B8%89"));
    assert_string_equal(problem_of(read_form("name=%E4%B8%89"), "name"), "too-short");
    assert_string_equal(problem_of(read_form("name=+++"), "name"), "required");
}

static void json_types_are_not_guessed(void **state)
{
    (void)state;
    err failure =
        read_json("{\"name\":5,\"count\":\"3\",\"product_id\":1.5,\"price\":12,\"is_gift\":1,\"colour\":0,"
                  "\"address\":\"no\",\"lines\":{}}");
    assert_string_equal(problem_of(failure, "name"), "not-text");
    assert_string_equal(problem_of(failure, "count"), "not-a-number");
    assert_string_equal(problem_of(failure, "product_id"), "not-a-number");
    assert_string_equal(problem_of(failure, "price"), "not-money");
    assert_string_equal(problem_of(failure, "is_gift"), "not-a-flag");
    assert_string_equal(problem_of(failure, "colour"), "not-text");
    assert_string_equal(problem_of(failure, "lines"), "not-a-list");
    failure = read_json("{\"name\":\"ab\",\"price\":{\"amount\":1,\"currency\":\"USD\"},\"lines\":[1]}");
    assert_string_equal(problem_of(failure, "price"), "wrong-currency");
    assert_string_equal(problem_of(failure, "lines"), "not-an-object");
    failure = read_json("{\"name\":\"ab\",\"price\":{\"amount\":-1,\"currency\":\"CNY\"}}");
    assert_string_equal(problem_of(failure, "price"), "too-small");
    failure = read_json("{\"name\":\"a\\u0007b\",\"count\":99999999999999999}");
    assert_string_equal(problem_of(failure, "name"), "bad-characters");
    assert_string_equal(problem_of(failure, "count"), "too-large");
}

static void rows_are_bounded(void **state)
{
    (void)state;
    err failure = read_form("name=ab&lines.0.sku=a&lines.1.sku=a&lines.2.sku=a&lines.3.sku=a");
    assert_string_equal(problem_of(failure, "lines"), "too-many");
    assert_null(read_form("name=ab&lines.99999.sku=a&lines.x.sku=a&lines.=1&lines.1=2"));
    assert_int_equal(form.lines.count, 0);
}

static void the_path_comes_first_then_the_body(void **state)
{
    (void)state;
    struct input input = {0};
    pairs_add(ctx.arena, &input.path, "name", "path");
    pairs_add(ctx.arena, &input.form, "name", "form");
    pairs_add(ctx.arena, &input.form, "note", "form");
    pairs_add(ctx.arena, &input.query, "note", "query");
    pairs_add(ctx.arena, &input.query, "count", "2");
    assert_null(fields_read(&ctx, &input, fields, &form));
    assert_string_equal(form.name, "path");
    assert_string_equal(form.note, "form");
    assert_int_equal(form.count, 2);
}

static void files_belong_to_their_field(void **state)
{
    (void)state;
    struct multipart_file files[] = {{"other", {"/x", "x", "image/png", 5}},
                                     {"picture", {"/y", "y", "image/png", 50}}};
    struct input input = {.files = files, .file_count = 2};
    pairs_add(ctx.arena, &input.form, "name", "ab");
    assert_null(fields_read(&ctx, &input, fields, &form));
    assert_string_equal(form.picture->path, "/y");
    files[1].upload.size = 101;
    assert_string_equal(problem_of(fields_read(&ctx, &input, fields, &form), "picture"), "too-large");
}

static void refused_texts_can_be_shown_again(void **state)
{
    (void)state;
    struct input input = {0};
    pairs_add(ctx.arena, &input.form, "name", "much too long");
    pairs_add(ctx.arena, &input.query, "page", "2");
    assert_string_equal(fields_typed(ctx.arena, &input, "name"), "much too long");
    assert_string_equal(fields_typed(ctx.arena, &input, "nobody"), "");
    assert_string_equal(value_find_text(fields_typed_all(ctx.arena, &input), "page"), "2");
}

static void a_text_that_was_not_sent_is_told_from_an_empty_one(void **state)
{
    (void)state;
    assert_null(read_form("name=Li+Si"));
    assert_null(form.nick);
    assert_null(read_form("name=Li+Si&nick="));
    assert_string_equal(form.nick, "");
    assert_null(read_json("{\"name\":\"Li Si\"}"));
    assert_null(form.nick);
    assert_null(read_json("{\"name\":\"Li Si\",\"nick\":\"L\"}"));
    assert_string_equal(form.nick, "L");
}

#define field_test(name) cmocka_unit_test_setup_teardown(name, open_ctx, close_ctx)

int main(void)
{
    const struct CMUnitTest tests[] = {
        field_test(a_form_fills_the_struct),
        field_test(json_fills_the_same_struct),
        field_test(what_is_absent_has_a_default),
        field_test(a_text_that_was_not_sent_is_told_from_an_empty_one),
        field_test(all_problems_are_told_at_once),
        field_test(lengths_are_counted_in_characters),
        field_test(json_types_are_not_guessed),
        field_test(rows_are_bounded),
        field_test(the_path_comes_first_then_the_body),
        field_test(files_belong_to_their_field),
        field_test(refused_texts_can_be_shown_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
