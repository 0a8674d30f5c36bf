/* openapi_test.c - the description that is made from the tables. (A public validator reads the whole
 * program's.) */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "fixture.h"
#include "http/fields.h"
#include "unit.h"
#include <stdio.h>

struct form {
    const char *name;
    int64_t number;
    int64_t price;
    const char *phone;
    struct field_rows lines;
};

static err handler(struct req *req)
{
    (void)req;
    return NULL;
}

static const struct field rows[] = {{"sku", FIELD_TEXT, 0, .is_required = true}, {0}};
static const struct field fields[] = {
    {"number", FIELD_ID, offsetof(struct form, number), .help = "The order"},
    {"name", FIELD_TEXT, offsetof(struct form, name), .is_required = true, .maximum = 40},
    {"price", FIELD_MONEY, offsetof(struct form, price)},
    {"address.phone", FIELD_TEXT, offsetof(struct form, phone), .is_required = true},
    {"address.city", FIELD_TEXT, offsetof(struct form, phone), .is_required = true},
    {"lines", FIELD_ROWS, offsetof(struct form, lines), .rows = rows, .row_size = 8},
    {0},
};
static const struct route table[] = {
    {POST, "/orders/:number/pay", handler, STAFF, "orders.write", fields, sizeof(struct form),
     .summary = "Pays an order", .answer = "payment"},
    {GET, "/orders", handler, ANYONE, NULL, fields, sizeof(struct form)},
    {GET, "/orders-", handler, ANYONE, NULL},
    {GET, "/page", handler, ANYONE, NULL, .faces = FACE_HTML},
    {0},
};
static const struct route *const tables[] = {table, NULL};

/* The value at names separated by blanks. */
static const struct value *at(const struct value *value, const char *names)
{
    char copy[256];
    char *rest;
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok_r(copy, " ", &rest); name && value; name = strtok_r(NULL, " ", &rest))
        value = value_find(value, name);
    return value;
}

static struct value *describe(struct ctx *ctx)
{
    struct text_buf out;
    struct value *document;
    text_open(&out, ctx->arena, 1 << 20);
    assert_null(http_openapi(ctx, tables, &out));
    assert_null(json_read(ctx, text_of(&out), out.len, &document));
    return document;
}

static void operations_are_described(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const struct value *document = describe(&ctx);
    assert_string_equal(value_find_text(document, "openapi"), "3.1.0");
    const struct value *pay = at(document, "paths /api/v1/orders/{number}/pay post");
    assert_non_null(pay);
    assert_string_equal(value_find_text(pay, "summary"), "Pays an order");
    assert_string_equal(value_find_text(pay, "operationId"), "post_orders_number_pay");
    assert_int_equal(value_count(value_find(pay, "parameters")), 1);
    const struct value *body = at(pay, "requestBody content application/json schema");
    assert_null(at(body, "properties number")); /* stands in the path */
    assert_int_equal(value_find_int(at(body, "properties name"), "maxLength", 0), 40);
    assert_string_equal(value_find_text(at(body, "properties price"), "$ref"), "#/components/schemas/Money");
    assert_string_equal(value_find_text(at(body, "properties address properties phone"), "type"), "string");
    assert_int_equal(value_count(at(body, "properties address required")), 2);
    assert_int_equal(value_count(at(body, "required")), 2);
    assert_string_equal(value_find_text(at(body, "properties lines items properties sku"), "type"), "string");
    assert_non_null(at(pay, "responses 200 content application/json schema properties payment"));
    assert_non_null(at(document, "components schemas Problem"));
    assert_null(at(document, "paths /api/v1/page"));
    arena_close(ctx.arena);
}

static void what_get_takes_stands_in_the_query(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const struct value *list = at(describe(&ctx), "paths /api/v1/orders get");
    assert_null(value_find(list, "requestBody"));
    assert_int_equal(value_count(value_find(list, "parameters")), 6);
    arena_close(ctx.arena);
}

static void operation_ids_are_unique(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    const struct value *document = describe(&ctx);
    assert_string_equal(value_find_text(at(document, "paths /api/v1/orders get"), "operationId"),
                        "get_orders");
    assert_string_equal(value_find_text(at(document, "paths /api/v1/orders- get"), "operationId"),
                        "get_orders_2");
    arena_close(ctx.arena);
}

static void routes_are_listed(void **state)
{
    (void)state;
    struct ctx ctx = test_ctx();
    struct text_buf out;
    text_open(&out, ctx.arena, 1 << 16);
    http_print_routes(tables, &out);
    assert_non_null(strstr(text_of(&out), "POST   /orders/:number/pay"));
    assert_non_null(strstr(text_of(&out), "orders.write"));
    arena_close(ctx.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_described),
        cmocka_unit_test(what_get_takes_stands_in_the_query),
        cmocka_unit_test(operation_ids_are_unique),
        cmocka_unit_test(routes_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
