/* shelves_test.c - the tree of categories, and that every product stands on the shelves it should after any
 * change. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

#define GOODS 12
#define STEPS 300

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static int64_t category_under(const char *handle, int64_t parent_id)
{
    struct category category = {.handle = handle, .name = handle, .name_en = "", .parent_id = parent_id};
    assert_ok(category_create(work, &category));
    return category.id;
}

static int64_t on_shelf(int64_t shelf_id)
{
    int64_t count;
    assert_ok(product_count(work, shelf_id, PRODUCT_ACTIVE, &count));
    return count;
}

static const char *path_of(int64_t category_id)
{
    struct category *categories;
    size_t count;
    assert_ok(category_list_counted(work, &categories, &count));
    return category_path(work, categories, count, category_id);
}

/* The handles of the tree in its order, each with its depth. */
static const char *tree(void)
{
    struct category *categories;
    struct text_buf text;
    size_t count;
    assert_ok(category_list_counted(work, &categories, &count));
    text_open(&text, work->arena, 4096);
    for (size_t i = 0; i < count; i++)
        text_add_format(&text, "%s%s%lld", i > 0 ? " " : "", categories[i].handle,
                        (long long)categories[i].depth);
    return text_of(&text);
}

struct one {
    struct variant_draft variant;
    struct product_draft draft;
    const char *tags[3];
};

static void fill(struct one *one, int number, int64_t category_id)
{
    *one = (struct one){0};
    one->variant = (struct variant_draft){
        .sku = arena_format(work->arena, "S-%d", number), .price = 1000 + number, .is_active = true};
    one->draft = (struct product_draft){.handle = arena_format(work->arena, "p%d", number),
                                        .title = "茶杯",
                                        .kind = PRODUCT_PHYSICAL,
                                        .status = PRODUCT_ACTIVE,
                                        .category_id = category_id,
                                        .variants = &one->variant,
                                        .variant_count = 1};
}

static void a_product_stands_in_its_category_and_all_above_it(void **state)
{
    (void)state;
    int64_t clothes = category_under("clothes", 0), summer = category_under("summer", clothes);
    int64_t shirts = category_under("shirts", summer), other = category_under("other", 0);
    struct one one;
    fill(&one, 1, shirts);
    assert_ok(product_save(work, &one.draft));
    assert_int_equal(on_shelf(clothes), 1);
    assert_int_equal(on_shelf(summer), 1);
    assert_int_equal(on_shelf(shirts), 1);
    assert_int_equal(on_shelf(other), 0);
    assert_int_equal(on_shelf(0), 1);
    struct product_page page;
    struct product_query query = {.status = PRODUCT_ACTIVE, .category_id = clothes, .limit = 10};
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 1);
    query.status = 0;
    assert_ok(product_list(work, &query, &page));
    assert_int_equal(page.count, 1);
    assert_string_equal(path_of(shirts), "clothes › summer › shirts");
    assert_fails(category_remove(work, summer), ERR_CONFLICT);
    assert_int_equal(problems_of(shelf_check), 0);
}

static void a_branch_moves_with_its_products(void **state)
{
    (void)state;
    int64_t clothes = category_under("clothes", 0), sale = category_under("sale", 0);
    int64_t summer = category_under("summer", clothes), shirts = category_under("shirts", summer);
    struct one one;
    fill(&one, 1, shirts);
    assert_ok(product_save(work, &one.draft));
    assert_ok(category_move(work, summer, sale, 0));
    assert_int_equal(on_shelf(clothes), 0);
    assert_int_equal(on_shelf(sale), 1);
    assert_int_equal(on_shelf(summer), 1);
    assert_string_equal(path_of(shirts), "sale › summer › shirts");
    assert_ok(category_move(work, summer, 0, clothes));
    assert_string_equal(tree(), "summer1 shirts2 clothes1 sale1");
    assert_int_equal(on_shelf(sale), 0);
    assert_int_equal(problems_of(shelf_check), 0);
}

static void a_large_branch_is_settled_by_the_job(void **state)
{
    (void)state;
    int64_t top = category_under("top", 0), low = category_under("low", 0);
    for (int i = 0; i < 250; i++) {
        struct one one;
        fill(&one, i, low);
        assert_ok(product_save(work, &one.draft));
    }
    assert_ok(category_move(work, low, top, 0));
    assert_true(on_shelf(top) < 250);
    run_jobs();
    assert_int_equal(on_shelf(top), 250);
    assert_int_equal(problems_of(shelf_check), 0);
}

static void the_tree_has_six_levels_and_no_circles(void **state)
{
    (void)state;
    int64_t ids[CATEGORY_DEPTH_LIMIT] = {0};
    for (int i = 0; i < CATEGORY_DEPTH_LIMIT; i++)
        ids[i] = category_under(arena_format(work->arena, "l%d", i + 1), i > 0 ? ids[i - 1] : 0);
    struct category seventh = {.handle = "l7", .name = "七", .name_en = "", .parent_id = ids[5]};
    assert_field(category_create(work, &seventh), "parent");
    seventh.parent_id = 12345;
    assert_field(category_create(work, &seventh), "parent");
    assert_field(category_move(work, ids[0], ids[3], 0), "parent");
    assert_field(category_move(work, ids[2], ids[2], 0), "parent");
    int64_t alone = category_under("alone", 0);
    assert_field(category_move(work, ids[0], alone, 0), "parent");
    assert_ok(category_move(work, ids[1], alone, 0));
    assert_string_equal(tree(), "l11 alone1 l22 l33 l44 l55 l66");
}

static void siblings_step_up_and_down(void **state)
{
    (void)state;
    int64_t a = category_under("a", 0), b = category_under("b", 0), c = category_under("c", 0);
    assert_string_equal(tree(), "a1 b1 c1");
    assert_ok(category_step(work, a, -1));
    assert_string_equal(tree(), "a1 b1 c1");
    assert_ok(category_step(work, a, 1));
    assert_string_equal(tree(), "b1 a1 c1");
    assert_ok(category_step(work, c, -1));
    assert_string_equal(tree(), "b1 c1 a1");
    assert_ok(category_step(work, b, 1));
    assert_string_equal(tree(), "c1 b1 a1");
    assert_ok(category_step(work, a, 1));
    assert_string_equal(tree(), "c1 b1 a1");
    assert_ok(category_move(work, a, 0, b));
    assert_string_equal(tree(), "c1 a1 b1");
}

static void attributes_of_a_category_are_asked_below_it(void **state)
{
    (void)state;
    int64_t clothes = category_under("clothes", 0), shirts = category_under("shirts", clothes);
    struct attribute season = {.name = "季节",
                               .name_en = "",
                               .kind = ATTRIBUTE_TEXT,
                               .unit = "",
                               .choices = value_list(work->arena),
                               .category_ids = &clothes,
                               .category_count = 1};
    struct attribute *attributes;
    size_t count;
    assert_ok(attribute_create(work, &season));
    assert_ok(attribute_list(work, &attributes, &count));
    assert_int_equal(attributes[0].category_count, 1);
    assert_true(attribute_is_of(&attributes[0], shirts));
    assert_false(attribute_is_of(&attributes[0], category_under("other", 0)));
}

/* ---- anything may happen in any order */

static void change_goods(struct one *goods, const int64_t *categories)
{
    static const char *const tags[] = {"夏", "冬", "新"};
    struct one *one = &goods[dice(GOODS)];
    one->draft.status = (enum product_status)(dice(3) + 1);
    one->draft.category_id = categories[dice(5)];
    one->variant.price = 1000 + (int64_t)dice(50);
    one->draft.tags = one->tags;
    one->draft.tag_count = 0;
    for (size_t i = 0; i < 3; i++)
        if (dice(2))
            one->tags[one->draft.tag_count++] = tags[i];
    assert_ok(product_save(work, &one->draft));
}

static void act_on_goods(const struct one *goods)
{
    static const char *const statuses[] = {"draft", "active", "archived"};
    int64_t ids[GOODS], undone;
    size_t count = 0;
    for (size_t i = 0; i < GOODS; i++)
        if (dice(2))
            ids[count++] = goods[i].draft.id;
    struct product_act act = {.kind = (enum act_kind)(dice(3) + 1)};
    act.value = act.kind == ACT_STATUS ? statuses[dice(3)] : dice(2) ? "夏" : "秋";
    if (count == 0)
        return;
    assert_ok(product_act_do(work, &act, ids, count));
    if (dice(2))
        assert_ok(product_act_undo(work, act.id, &undone));
}

static void change_tags(void)
{
    static const char *const names[] = {"夏", "冬", "新", "春"};
    struct tag *tags;
    size_t count;
    bool is_merged;
    assert_ok(tag_list(work, NULL, NULL, 10, &tags, &count));
    if (count == 0)
        return;
    const struct tag *tag = &tags[dice((uint32_t)count)];
    if (dice(4) == 0)
        assert_ok(tag_remove(work, tag->id));
    else
        assert_ok(tag_rename(work, tag->id, names[dice(4)], &is_merged));
}

static void move_something(const int64_t *categories)
{
    err failure = category_move(work, categories[dice(5)], dice(4) ? categories[dice(5)] : 0, 0);
    assert_true(!failure || failure->code == ERR_INVALID);
}

static void every_product_stands_where_it_should_after_any_change(void **state)
{
    (void)state;
    int64_t categories[5];
    struct one goods[GOODS];
    seed = 7;
    for (int i = 0; i < 5; i++)
        categories[i] = category_under(arena_format(work->arena, "c%d", i), i > 2 ? categories[i - 3] : 0);
    for (int i = 0; i < GOODS; i++) {
        fill(&goods[i], i, categories[i % 5]);
        assert_ok(product_save(work, &goods[i].draft));
    }
    for (int step = 0; step < STEPS; step++) {
        switch (dice(5)) {
        case 0:
            act_on_goods(goods);
            break;
        case 1:
            change_tags();
            break;
        case 2:
            move_something(categories);
            break;
        default:
            change_goods(goods, categories);
        }
        if (step % 20 == 0)
            assert_int_equal(problems_of(shelf_check), 0);
    }
    assert_int_equal(problems_of(shelf_check), 0);
}

static void the_check_sees_what_is_wrong(void **state)
{
    (void)state;
    struct one one;
    fill(&one, 1, shelf());
    assert_ok(product_save(work, &one.draft));
    tamper("UPDATE shelf_products SET price_min = 1 WHERE shop_id = $1 AND shelf_id = 0");
    assert_int_equal(problems_of(shelf_check), 1);
    tamper("DELETE FROM shelf_products WHERE shop_id = $1 AND shelf_id = 0");
    assert_int_equal(problems_of(shelf_check), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_product_stands_in_its_category_and_all_above_it),
        SENTENCE(a_branch_moves_with_its_products),
        SENTENCE(a_large_branch_is_settled_by_the_job),
        SENTENCE(the_tree_has_six_levels_and_no_circles),
        SENTENCE(siblings_step_up_and_down),
        SENTENCE(attributes_of_a_category_are_asked_below_it),
        SENTENCE(every_product_stands_where_it_should_after_any_change),
        SENTENCE(the_check_sees_what_is_wrong),
    };
    return RUN_SENTENCES(tests);
}
