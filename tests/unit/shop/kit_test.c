/* kit_test.c - the table of kits is sound, every kit comes and goes without a trace, and two at once bring it
 * once. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static int64_t category_named(const char *handle, int64_t parent_id)
{
    struct category category = {.handle = handle, .name = handle, .name_en = "", .parent_id = parent_id};
    assert_ok(category_create(work, &category));
    return category.id;
}

static bool is_choosing(const struct kit_attribute *attribute)
{
    return attribute->kind == ATTRIBUTE_CHOICE || attribute->kind == ATTRIBUTE_CHOICES;
}

static void check_kit(const struct kit *kit)
{
    assert_true(kit_of_key(kit->key) == kit);
    assert_true(strlen(kit->key) <= 20);
    size_t count = 0, narrowing = 0;
    for (const struct kit_attribute *one = kit->attributes; one->name; one++, count++) {
        size_t choices = value_count(kit_choices(work, one));
        assert_true(one->name_en[0]);
        assert_true(utf8_length(one->name, strlen(one->name)) <= 40);
        assert_true(is_choosing(one) ? choices >= 2 : choices == 0);
        assert_true(one->kind == ATTRIBUTE_NUMBER ? one->unit[0] : !one->unit[0]);
        assert_true(one->kind != ATTRIBUTE_DATE || !one->is_facet);
        narrowing += one->is_facet;
        for (size_t i = 0; i < choices; i++)
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(value_at(kit_choices(work, one), i)->text,
                                        value_at(kit_choices(work, one), j)->text);
        for (const struct kit_attribute *other = kit->attributes; other != one; other++)
            assert_string_not_equal(other->name, one->name);
    }
    assert_true(count >= 4 && count <= KIT_ATTRIBUTE_LIMIT);
    assert_true(narrowing >= 3);
    assert_non_null(kit->tags[0]);
}

static void the_table_of_kits_is_sound(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct kit *kit = kits; kit->key; kit++, count++)
        check_kit(kit);
    assert_int_equal(count, 7);
    assert_true(count < KIT_LIMIT);
    assert_null(kit_of_key("ships"));
}

static void a_category_is_offered_what_fits_its_name(void **state)
{
    (void)state;
    assert_true(kit_fits(kit_of_key("clothing"), "女装"));
    assert_true(kit_fits(kit_of_key("shoes"), "Boots"));
    assert_true(kit_fits(kit_of_key("food"), "茶叶"));
    assert_false(kit_fits(kit_of_key("books"), "女装"));
    assert_false(kit_fits(kit_of_key("books"), ""));
}

static void every_kit_comes_and_goes_without_a_trace(void **state)
{
    (void)state;
    int64_t category_id = category_named("all", 0);
    struct kit_result result;
    for (const struct kit *kit = kits; kit->key; kit++) {
        assert_ok(kit_add(work, category_id, kit, &result));
        assert_true(result.brought >= 4);
    }
    for (const struct kit *kit = kits; kit->key; kit++)
        assert_ok(kit_take_back(work, category_id, kit, &result));
    assert_int_equal(ask("SELECT count(*) FROM attributes WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM tags WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM category_attributes WHERE shop_id = $1"), 0);
    assert_int_equal(ask("SELECT count(*) FROM category_kits WHERE shop_id = $1"), 0);
    assert_fails(kit_take_back(work, category_id, &kits[0], &result), ERR_NOT_FOUND);
}

static void a_kit_is_not_asked_where_its_parent_asks_it(void **state)
{
    (void)state;
    int64_t parent_id = category_named("wear", 0), child_id = category_named("shirts", parent_id);
    struct kit_result result;
    assert_ok(kit_add(work, parent_id, kit_of_key("clothing"), &result));
    assert_ok(kit_add(work, child_id, kit_of_key("clothing"), &result));
    assert_int_equal(result.brought, 0);
    assert_int_equal(
        ask_of("SELECT count(*) FROM category_attributes WHERE shop_id = $1 AND category_id = $2", child_id),
        0);
    assert_fails(kit_add(work, 1, kit_of_key("clothing"), &result), ERR_NOT_FOUND);
}

static void add_at_once(struct ctx *ctx, int index, void *arg)
{
    struct kit_result result;
    (void)index;
    assert_ok(kit_add(ctx, *(const int64_t *)arg, kit_of_key("food"), &result));
}

static void several_clicks_at_once_bring_it_once(void **state)
{
    (void)state;
    int64_t category_id = category_named("food", 0);
    in_threads(add_at_once, &category_id);
    assert_int_equal(ask("SELECT count(*) FROM attributes WHERE shop_id = $1"), 7);
    assert_int_equal(ask("SELECT count(*) FROM tags WHERE shop_id = $1"), 2);
}

static void groups_of_tags_have_a_limit(void **state)
{
    (void)state;
    int64_t category_id = category_named("one", 0), tag_id;
    struct kit_result result;
    assert_ok(kit_add(work, category_id, kit_of_key("food"), &result));
    assert_ok(tag_find(work, "适合送礼", &tag_id));
    assert_ok(tag_group_set(work, &tag_id, 1, "场合"));
    assert_string_equal(ask_text("SELECT group_name FROM tags WHERE shop_id = $1 AND name = '适合送礼'"),
                        "场合");
    assert_fails(tag_group_set(work, &(int64_t){1}, 1, "场合"), ERR_NOT_FOUND);
    assert_field(tag_group_set(work, &tag_id, 0, "场合"), "tags");
    tamper(
        "INSERT INTO tags (shop_id, id, name, created_at, group_name) WITH RECURSIVE n (i) AS (SELECT 1 UNION"
        " ALL SELECT i + 1 FROM n WHERE i < 23) SELECT $1, i, 'n' || i, 0, 'g' || i FROM n");
    assert_fails(tag_group_set(work, &tag_id, 1, "多一个"), ERR_LIMIT);
    assert_ok(tag_group_set(work, &tag_id, 1, "g7"));
    assert_ok(tag_group_set(work, &tag_id, 1, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(the_table_of_kits_is_sound),
        SENTENCE(a_category_is_offered_what_fits_its_name),
        SENTENCE(every_kit_comes_and_goes_without_a_trace),
        SENTENCE(a_kit_is_not_asked_where_its_parent_asks_it),
        SENTENCE(several_clicks_at_once_bring_it_once),
        SENTENCE(groups_of_tags_have_a_limit),
    };
    return RUN_SENTENCES(tests);
}
