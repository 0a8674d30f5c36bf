/* pictures_test.c - the pictures of products: words, focus, where they are shown, one in the place of
 * another. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/catalog/catalog.h"
#include "unit.h"

static err insert_picture(struct ctx *ctx, void *arg)
{
    return db_execute(ctx,
                      "INSERT INTO pictures (shop_id, id, format, width, height, bytes, created_at)"
                      " VALUES ($1, $2, 'jpg', 10, 10, 10, 1) ON CONFLICT (shop_id, id) DO NOTHING",
                      db_int(ctx->shop->id), db_text(arg));
}

static int64_t product_with_pictures(const char *ids)
{
    int64_t product_id = product_of(make_variant(PRODUCT_PHYSICAL, 100, 1));
    for (; *ids; ids++) {
        char *id = arena_copy(work->arena, ids, 1);
        assert_ok(db_transact(work, insert_picture, id));
        assert_ok(product_picture_add(work, product_id, id, NULL));
    }
    return product_id;
}

static const struct product *product_now(int64_t product_id)
{
    const struct product *product;
    assert_ok(product_load(work, product_id, &product));
    return product;
}

static void assert_pictures(int64_t product_id, const char *ids)
{
    struct product_picture *pictures;
    size_t count;
    assert_ok(product_picture_list(work, product_id, &pictures, &count));
    assert_int_equal(count, strlen(ids));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pictures[i].picture_id[0], ids[i]);
}

static struct product_picture picture_at(int64_t product_id, size_t position)
{
    struct product_picture *pictures;
    size_t count;
    assert_ok(product_picture_list(work, product_id, &pictures, &count));
    assert_true(position < count);
    return pictures[position];
}

static void a_picture_has_words_and_a_focus_and_the_first_lends_them_to_the_product(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("ab");
    assert_int_equal(picture_at(product_id, 0).focus_x, 50);
    struct product_picture wanted = {
        .picture_id = "b", .alt = "杯底", .position = 1, .focus_x = 10, .focus_y = 95};
    assert_ok(product_picture_change(work, product_id, &wanted));
    assert_string_equal(picture_at(product_id, 1).alt, "杯底");
    assert_int_equal(product_now(product_id)->picture_focus_y, 50);
    assert_ok(product_picture_move(work, product_id, 1, 0));
    assert_int_equal(product_now(product_id)->picture_focus_x, 10);
    assert_int_equal(product_now(product_id)->picture_focus_y, 95);
    assert_string_equal(product_now(product_id)->picture_alt, "杯底");
    assert_fails(product_picture_change(work, product_id, &wanted), ERR_CONFLICT);
    wanted.position = 2;
    assert_fails(product_picture_change(work, product_id, &wanted), ERR_NOT_FOUND);
    assert_int_equal(product_now(product_id)->version, 1);
}

static void several_pictures_are_added_all_or_none(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("ab");
    struct product_picture many[PRODUCT_PICTURE_LIMIT];
    for (int i = 0; i < PRODUCT_PICTURE_LIMIT; i++)
        many[i] = (struct product_picture){.picture_id = "b", .alt = "", .focus_x = 50, .focus_y = 50};
    assert_fails(product_picture_add_many(work, product_id, many, PRODUCT_PICTURE_LIMIT - 1), ERR_LIMIT);
    assert_pictures(product_id, "ab");
    assert_ok(product_picture_add_many(work, product_id, many, 2));
    assert_pictures(product_id, "abbb");
}

static int64_t uses_of(const char *picture_id)
{
    const struct picture *picture;
    assert_ok(picture_load(work, picture_id, &picture));
    return picture->use_count;
}

static void who_shows_a_picture_is_known_and_named(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("abb");
    struct category shown = {
        .handle = "shown", .name = "橱窗", .name_en = "", .summary = "", .picture_id = "a"};
    assert_ok(category_create(work, &shown));
    assert_int_equal(uses_of("a"), 2);
    assert_int_equal(uses_of("b"), 1);
    struct picture_use *uses;
    struct picture_place places[PICTURE_USE_LIMIT];
    size_t count;
    assert_ok(picture_use_list(work, "a", &uses, &count));
    assert_ok(catalog_name_places(work, uses, count, places, &count));
    assert_int_equal(count, 2);
    assert_int_equal(places[0].owner_id, product_id);
    assert_string_equal(places[0].title, product_now(product_id)->title);
    assert_string_equal(places[1].title, "橱窗");
    assert_ok(product_picture_remove(work, product_id, 2));
    assert_int_equal(uses_of("b"), 1);
    assert_ok(product_picture_remove(work, product_id, 1));
    assert_int_equal(uses_of("b"), 0);
    assert_ok(category_remove(work, shown.id));
    assert_int_equal(uses_of("a"), 1);
    assert_int_equal(problems_of(product_picture_check), 0);
    tamper("UPDATE products SET picture_id = 'b' WHERE shop_id = $1");
    assert_int_equal(problems_of(product_picture_check), 1);
    tamper("DELETE FROM picture_uses WHERE shop_id = $1");
    assert_int_equal(problems_of(product_picture_check), 2);
}

static void another_picture_takes_the_place_of_one_everywhere(void **state)
{
    (void)state;
    int64_t product_id = product_with_pictures("abca");
    struct category shown = {
        .handle = "shown", .name = "橱窗", .name_en = "", .summary = "", .picture_id = "a"};
    assert_ok(category_create(work, &shown));
    assert_ok(catalog_replace_picture(work, "a", "b"));
    assert_pictures(product_id, "bbcb");
    assert_int_equal(uses_of("a"), 0);
    assert_int_equal(uses_of("b"), 2);
    const struct category *category;
    assert_ok(category_load(work, shown.id, &category));
    assert_string_equal(category->picture_id, "b");
    assert_int_equal(problems_of(product_picture_check), 0);
    assert_ok(catalog_replace_picture(work, "b", "b"));
    assert_int_equal(uses_of("b"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_picture_has_words_and_a_focus_and_the_first_lends_them_to_the_product),
        SENTENCE(several_pictures_are_added_all_or_none),
        SENTENCE(who_shows_a_picture_is_known_and_named),
        SENTENCE(another_picture_takes_the_place_of_one_everywhere),
    };
    return RUN_SENTENCES(tests);
}
