/* import_test.c - products from a file: what is taken, known again, changed and refused. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "shop/catalog/catalog.h"
#include "shop/inventory/inventory.h"
#include "shop/transfer/transfer.h"
#include "shop_fixture.h"
#include "unit.h"
#include <inttypes.h>

static struct shop_fixture fixture;
static struct ctx *const ctx = &fixture.ctx;

static int open_shop(void **state)
{
    (void)state;
    shop_fixture_open(&fixture);
    return 0;
}

static int close_shop(void **state)
{
    (void)state;
    shop_must_be_in_order(&fixture);
    shop_fixture_close(&fixture);
    return 0;
}

static err try_import(const char *text, struct import_report *report)
{
    const char *directory = fixture_write(&fixture.base, "import", "file.csv", text);
    return transfer_import_file(ctx, arena_format(ctx->arena, "%s/file.csv", directory), IMPORT_BY_SKU, false,
                                report);
}

static struct import_report import(const char *text)
{
    struct import_report report;
    shop_must(try_import(text, &report));
    assert_int_equal(report.rows, report.taken + report.updated + report.unchanged + report.refused);
    return report;
}

/* "taken updated unchanged refused". */
static void assert_counts(struct import_report report, const char *expected)
{
    const char *counts = arena_format(ctx->arena, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
                                      report.taken, report.updated, report.unchanged, report.refused);
    struct text_buf text;
    text_open(&text, ctx->arena, 1 << 20);
    import_report_write(&text, &report);
    if (!text_is(counts, expected))
        fail_msg("%s instead of %s\n%s", counts, expected, text_of(&text));
}

static void assert_problem(struct import_report report, size_t index, int64_t line, const char *column,
                           const char *code)
{
    assert_true(index < report.problem_count);
    const struct import_problem *problem = &report.problems[index];
    assert_int_equal(problem->line, line);
    assert_string_equal(problem->column, column);
    assert_string_equal(problem->code, code);
    assert_true(problem->message[0] != 0);
}

static const struct product *product_of(const char *sku)
{
    const struct product *product;
    shop_must(product_find_by_sku(ctx, sku, &product));
    assert_non_null(product);
    return product;
}

static struct stock stock_of(const char *sku)
{
    struct variant *variants;
    size_t count;
    struct stock stock;
    shop_must(variant_list(ctx, product_of(sku)->id, &variants, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(variants[i].sku, sku))
            shop_must(stock_load_many(ctx, &variants[i].id, 1, &stock));
    return stock;
}

static void a_row_becomes_a_product_on_the_shelf(void **state)
{
    (void)state;
    struct import_report report = import("source,name,category,brand,price,spec,sku,sales\r\n"
                                         "mall,豆青杯,家居,山止,\"1,059.50\",一句话,CUP-1,7\r\n");
    assert_counts(report, "1 0 0 0");
    assert_int_equal(report.categories, 1);
    assert_int_equal(report.ignored_count, 2);
    assert_string_equal(report.ignored[0], "source");
    assert_string_equal(report.ignored[1], "sales");
    const struct product *product = product_of("CUP-1");
    assert_string_equal(product->title, "豆青杯");
    assert_string_equal(product->brand, "山止");
    assert_string_equal(product->subtitle, "一句话");
    assert_int_equal(product->price_min, 105950);
    assert_int_equal(product->status, PRODUCT_ACTIVE);
    assert_int_equal(product->kind, PRODUCT_PHYSICAL);
    assert_int_equal(stock_of("CUP-1").on_hand, IMPORT_DEFAULT_STOCK);
    const struct category *category;
    shop_must(category_load(ctx, product->category_id, &category));
    assert_string_equal(category->name, "家居");
    assert_int_equal(category->active_count, 1);
}

static void columns_have_chinese_names_too(void **state)
{
    (void)state;
    assert_counts(
        import("\xEF\xBB\xBF价格,货号,商品名称,分类,品牌,卖点,库存,类型\n￥12,S-1,笔,文具,,顺,7,实物\n"),
        "1 0 0 0");
    assert_int_equal(product_of("S-1")->price_min, 1200);
    assert_int_equal(stock_of("S-1").on_hand, 7);
}

static void a_file_as_a_chinese_excel_writes_it_is_read_too(void **state)
{
    (void)state;
    /* 商品名称,分类,价格,货号 / 笔,文具,12,S-1 in GBK. */
    assert_counts(
        import("\xC9\xCC\xC6\xB7\xC3\xFB\xB3\xC6,\xB7\xD6\xC0\xE0,\xBC\xDB\xB8\xF1,\xBB\xF5\xBA\xC5\r\n"
               "\xB1\xCA,\xCE\xC4\xBE\xDF,12,S-1\r\n"),
        "1 0 0 0");
    assert_string_equal(product_of("S-1")->title, "笔");
    assert_counts(import("名称;分类;价格;货号\n笔;文具;12;S-1\n"), "0 0 1 0");
}

static void the_same_file_again_changes_nothing(void **state)
{
    (void)state;
    static const char text[] = "name,category,brand,price,description,stock\n甲,一,A,1,\"行一\n行二\",5\n乙,"
                               "二,,2,,\nIpad 10,一,,3,<p>x</p>,\n";
    assert_counts(import(text), "3 0 0 0");
    assert_counts(import(text), "0 0 3 0");
    assert_counts(import("name,brand,category,price\nIpad 10,,一,3\n甲,A,一,1\n"), "0 0 2 0");
    int64_t count;
    shop_must(product_count(ctx, 0, PRODUCT_ACTIVE, &count));
    assert_int_equal(count, 3);
}

static void a_changed_cell_changes_the_product(void **state)
{
    (void)state;
    import("name,category,price,spec,sku\n甲,一,1,旧,A\n");
    assert_counts(import("name,category,price,spec,sku\n甲,一,2.50,,A\n"), "0 1 0 0");
    assert_int_equal(product_of("A")->price_min, 250);
    assert_string_equal(product_of("A")->subtitle, "旧");
    assert_counts(import("name,category,price,spec,sku,stock\n丙,二,2.50,新,A,9\n"), "0 1 0 0");
    assert_string_equal(product_of("A")->title, "丙");
    assert_string_equal(product_of("A")->subtitle, "新");
    assert_int_equal(stock_of("A").on_hand, 9);
    assert_counts(import("name,category,price,sku,stock\n丙,二,2.50,A,9\n"), "0 0 1 0");
}

static void a_sku_of_many_changes_only_its_price(void **state)
{
    (void)state;
    import("name,category,price,sku\n旁,一,1,Z\n");
    static const char *const values[] = {"红", "蓝"};
    struct option_draft option = {"颜色", values, 2};
    const struct product *other = product_of("Z");
    struct variant_draft variants[] = {{.sku = "R", .options = values, .price = 100, .is_active = true},
                                       {.sku = "B", .options = values + 1, .price = 100, .is_active = true}};
    struct product_draft draft = {.handle = "two",
                                  .title = "两色",
                                  .kind = PRODUCT_PHYSICAL,
                                  .status = PRODUCT_DRAFT,
                                  .category_id = other->category_id,
                                  .options = &option,
                                  .option_count = 1,
                                  .variants = variants,
                                  .variant_count = 2};
    shop_must(product_save(ctx, &draft));
    assert_counts(import("name,category,price,sku\n两色,一,3,B\n"), "0 1 0 0");
    const struct product *product = product_of("B");
    assert_int_equal(product->price_min, 100);
    assert_int_equal(product->price_max, 300);
    assert_int_equal(product->status, PRODUCT_DRAFT);
    assert_int_equal(value_count(product->options), 1);
    assert_counts(import("name,category,price,sku\n两色,一,3,B\n两色,一,1,R\n"), "0 0 2 0");
}

static void a_bad_row_does_not_stop_the_others(void **state)
{
    (void)state;
    struct import_report report = import("name,category,price,stock,kind,handle,sku\n"
                                         ",一,x,1.5,robot,Ä,\n"
                                         "甲,,1,,,,K2\n"
                                         "乙,一,1,,,,K3\n"
                                         "丙,一\n"
                                         "丁,一,1,3,digital,,K5\n"
                                         "戊,一,1,,digital,,K6\n"
                                         "\"x\"y,,,,,,\n"
                                         ",,,,,,\n"
                                         "己,一,1,,,same,K9\n"
                                         "庚,一,1,,,same,K10\n");
    assert_counts(report, "3 0 0 6");
    assert_int_equal(report.problem_count, 10);
    assert_problem(report, 0, 2, "handle", "bad-handle");
    assert_problem(report, 1, 2, "kind", "unknown-kind");
    assert_problem(report, 2, 2, "name", "required");
    assert_problem(report, 3, 2, "price", "bad-price");
    assert_problem(report, 4, 2, "stock", "bad-number");
    assert_problem(report, 5, 3, "category", "required");
    assert_problem(report, 6, 5, "", "wrong-columns");
    assert_problem(report, 7, 6, "stock", "codes-needed");
    assert_problem(report, 8, 8, "", "text-after-quote");
    assert_problem(report, 9, 11, "handle", "duplicate");
    assert_int_equal(stock_of("K6").on_hand, 0);
}

static void the_same_product_twice_is_told_with_its_first_line(void **state)
{
    (void)state;
    struct import_report report = import("name,category,price,brand\n甲,一,1,A\n甲,一,2,A\n甲,一,3,B\n");
    assert_counts(report, "2 0 0 1");
    assert_problem(report, 0, 3, "name", "duplicate");
    assert_non_null(strstr(report.problems[0].message, "line 2"));
}

static void promised_pieces_cannot_be_counted_away(void **state)
{
    (void)state;
    import("name,category,price,sku,stock\n甲,一,1,A,5\n");
    fixture_run(&fixture.base, "UPDATE stock SET reserved = 4");
    struct import_report report = import("name,category,price,sku,stock\n甲,一,2,A,3\n");
    assert_counts(report, "0 0 0 1");
    assert_problem(report, 0, 2, "stock", "promised");
    assert_int_equal(product_of("A")->price_min, 100);
    fixture_run(&fixture.base, "UPDATE stock SET reserved = 0");
}

static void a_row_that_the_shop_refuses_is_refused_alone(void **state)
{
    (void)state;
    import("name,category,price,sku\n甲,一,1,A\n");
    /* A row without stock: what only the database can notice. */
    fixture_run(&fixture.base, "DELETE FROM stock_movements");
    fixture_run(&fixture.base, "DELETE FROM stock");
    struct import_report report =
        import("name,category,price,sku,stock\n乙,一,1,B,1\n甲,一,1,A,3\n丙,一,1,C,1\n");
    assert_counts(report, "2 0 0 1");
    assert_problem(report, 0, 3, "", "conflict");
}

static void a_file_that_makes_no_sense_is_told_at_once(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "empty"},
        {"name,category\n", "\"price\""},
        {"name,category,price,title\n", "mean the same"},
        {"name,category,\"price", "never closes"},
        {"\xC3\xFB\xFF\xB3\xC6,category,price\n", "neither UTF-8 nor GB18030"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_report report;
        err failure = try_import(cases[i].text, &report);
        assert_non_null(failure);
        assert_int_equal(failure->code, ERR_INVALID);
        const char *said = failure->problems ? failure->problems->message : failure->detail;
        if (!strstr(said, cases[i].message))
            fail_msg("%s", said);
    }
    struct import_report report;
    assert_int_equal(transfer_import_file(ctx, "/nowhere/file.csv", IMPORT_BY_SKU, false, &report)->code,
                     ERR_NOT_FOUND);
}

static void many_rows_go_in_batches(void **state)
{
    (void)state;
    struct text_buf text;
    text_open(&text, ctx->arena, 1 << 20);
    text_add(&text, "name,category,price\n");
    for (int i = 0; i < 300; i++) /* more than one batch */
        text_add_format(&text, "Item %d,C%d,%d\n", i, i % 3, i);
    assert_counts(import(text_of(&text)), "300 0 0 0");
    assert_counts(import(text_of(&text)), "0 0 300 0");
    const struct category *category;
    shop_must(category_find_by_handle(ctx, "c1", &category));
}

static void problems_are_kept_up_to_a_limit(void **state)
{
    (void)state;
    struct text_buf text;
    text_open(&text, ctx->arena, 1 << 20);
    text_add(&text, "name,category,price\n");
    for (int i = 0; i < IMPORT_PROBLEM_LIMIT + 5; i++)
        text_add(&text, "甲,一,-1\n");
    struct import_report report = import(text_of(&text));
    assert_int_equal(report.refused, IMPORT_PROBLEM_LIMIT + 5);
    assert_int_equal(report.problem_count, IMPORT_PROBLEM_LIMIT);
    assert_int_equal(report.problems_left_out, 5);
}

/* The price, the struck price and the words beside it. */
static struct variant_terms terms_of(const char *sku)
{
    struct variant *variants;
    size_t count;
    shop_must(variant_list(ctx, product_of(sku)->id, &variants, &count));
    assert_int_equal(count, 1);
    return variants[0].terms;
}

static void a_struck_price_needs_a_deal_or_words(void **state)
{
    (void)state;
    struct import_report report = import("名称,分类,售价,货号,划线价,划线价来源,每件含量,含量单位\n"
                                         "茶,茶叶,80,T-1,99,,,\n"
                                         "盏,茶具,80,T-2,99,厂商建议零售价,250,克\n");
    assert_counts(report, "1 0 0 1");
    assert_problem(report, 0, 2, "划线价", "REF_PRICE_NO_DEAL");
    struct variant_terms terms = terms_of("T-2");
    assert_int_equal(terms.compare_price, 9900);
    assert_int_equal(terms.compare_kind, COMPARE_EXPLAINED);
    assert_string_equal(terms.compare_note, "厂商建议零售价");
    assert_int_equal(terms.content_amount, 250);
    assert_int_equal(terms.content_unit, CONTENT_G);
    report = import("名称,分类,售价,货号,划线价,每件含量\n盏,茶具,80,T-2,<clear>,<clear>\n");
    assert_counts(report, "0 1 0 0");
    assert_int_equal(terms_of("T-2").compare_price, 0);
    assert_int_equal(terms_of("T-2").content_amount, 0);
    assert_string_equal(terms_of("T-2").compare_note, "厂商建议零售价");
}

static void promises_after_the_sale_are_columns(void **state)
{
    (void)state;
    struct product_details details;
    struct import_report report = import("名称,分类,售价,货号,return_rule,return_days,保修（月）\n"
                                         "灯,灯具,80,P-1,支持,15,12\n"
                                         "花,鲜花,80,P-2,Perishable,,\n"
                                         "花,鲜花,80,P-3,鲜活易腐,9,\n"
                                         "花,鲜花,80,P-4,也许,,\n");
    assert_counts(report, "2 0 0 2");
    assert_problem(report, 0, 4, "return_days", "no-returns");
    assert_problem(report, 1, 5, "return_rule", "unknown-return-rule");
    shop_must(product_details_load(ctx, product_of("P-1")->id, &details));
    assert_int_equal(details.after_sale.return_rule, RETURN_SEVEN_DAYS);
    assert_int_equal(details.after_sale.return_days, 15);
    assert_int_equal(details.after_sale.warranty_months, 12);
    shop_must(product_details_load(ctx, product_of("P-2")->id, &details));
    assert_int_equal(details.after_sale.return_rule, RETURN_PERISHABLE);
}

static void a_picture_that_is_missing_keeps_nothing_out(void **state)
{
    (void)state;
    const char *text = "名称,分类,售价,货号,图片\n"
                       "伞,百货,30,U-1,正面.png;https://example.com/1.jpg\n"
                       "笠,百货,30,U-2,0123456789abcdef0123456789abcdef\n";
    struct import_report report = import(text);
    assert_counts(report, "2 0 0 0");
    assert_int_equal(report.problem_count, 1);
    assert_problem(report, 0, 2, "图片", "picture-missing");
    assert_true(report.problems[0].is_warning);
    struct picture_address *addresses;
    size_t count;
    shop_must(picture_address_list(ctx, product_of("U-1")->id, &addresses, &count));
    assert_int_equal(count, 1);
    assert_string_equal(addresses[0].address, "https://example.com/1.jpg");
    assert_counts(import(text), "0 0 2 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_becomes_a_product_on_the_shelf, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(columns_have_chinese_names_too, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_file_as_a_chinese_excel_writes_it_is_read_too, open_shop,
                                        close_shop),
        cmocka_unit_test_setup_teardown(the_same_file_again_changes_nothing, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_changed_cell_changes_the_product, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_sku_of_many_changes_only_its_price, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_bad_row_does_not_stop_the_others, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(the_same_product_twice_is_told_with_its_first_line, open_shop,
                                        close_shop),
        cmocka_unit_test_setup_teardown(promised_pieces_cannot_be_counted_away, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_row_that_the_shop_refuses_is_refused_alone, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_file_that_makes_no_sense_is_told_at_once, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(many_rows_go_in_batches, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(problems_are_kept_up_to_a_limit, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_struck_price_needs_a_deal_or_words, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(promises_after_the_sale_are_columns, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(a_picture_that_is_missing_keeps_nothing_out, open_shop, close_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
