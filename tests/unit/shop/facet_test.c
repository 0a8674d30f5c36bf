/* facet_test.c - what lists are narrowed by: counts and pages against a count by hand, and that bits follow
 * every change. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/facet/facet.h"
#include "shop/facet/facet_jobs.h"
#include "shop/inventory/inventory.h"
#include "unit.h"

#define GOODS 60
#define ROUNDS 120
#define PAGE 7

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static const char *const seasons[] = {"春", "夏", "秋", "冬"};
static const char *const brands[] = {"素日", "山止", "远岸"};
static const char *const words[] = {"保暖", "防晒"};

/* What a product was saved with. */
struct good {
    int64_t product_id;
    bool is_active;
    unsigned seasons; /* a bit each */
    size_t brand;
    unsigned tags;
    int64_t price;
    int64_t size; /* tenths; 0 = not said */
    bool is_in_stock;
};

struct place {
    int64_t category_id;
    int64_t season_id;
    int64_t size_id;
    int64_t tag_ids[2];
    struct good goods[GOODS];
};

struct fresh_stock {
    int64_t variant_id;
    int64_t product_id;
    bool is_there;
};

static err create_stock(struct ctx *ctx, void *arg)
{
    const struct fresh_stock *fresh = arg;
    return stock_create(ctx, fresh->variant_id, fresh->product_id, fresh->is_there ? 5 : 0);
}

/* "6", "6.1" */
static const char *size_text(int64_t tenths)
{
    return tenths % 10 ? arena_format(work->arena, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10)
                       : arena_format(work->arena, "%" PRId64, tenths / 10);
}

static void save(struct place *place, struct good *good, int number)
{
    const char *tags[2];
    struct attribute_value answers[5];
    size_t tag_count = 0, answer_count = 0;
    for (size_t i = 0; i < 2; i++)
        if (good->tags & 1u << i)
            tags[tag_count++] = words[i];
    for (size_t i = 0; i < 4; i++)
        if (good->seasons & 1u << i)
            answers[answer_count++] = (struct attribute_value){place->season_id, seasons[i]};
    if (good->size)
        answers[answer_count++] = (struct attribute_value){place->size_id, size_text(good->size)};
    struct variant_draft variant = {
        .sku = arena_format(work->arena, "F-%d", number), .price = good->price, .is_active = true};
    struct product_draft draft = {.id = good->product_id,
                                  .handle = arena_format(work->arena, "f%d", number),
                                  .title = "衣服",
                                  .brand = brands[good->brand],
                                  .kind = PRODUCT_PHYSICAL,
                                  .status = good->is_active ? PRODUCT_ACTIVE : PRODUCT_DRAFT,
                                  .category_id = place->category_id,
                                  .variants = &variant,
                                  .variant_count = 1,
                                  .tags = tags,
                                  .tag_count = tag_count,
                                  .attributes = answers,
                                  .attribute_count = answer_count};
    if (good->product_id)
        variant.id =
            ask_of("SELECT id FROM variants WHERE shop_id = $1 AND product_id = $2", good->product_id);
    assert_ok(product_save(work, &draft));
    if (!good->product_id)
        assert_ok(
            db_transact(work, create_stock, &(struct fresh_stock){variant.id, draft.id, good->is_in_stock}));
    good->product_id = draft.id;
}

static void throw_dice(struct good *good)
{
    good->is_active = dice(5) > 0;
    good->seasons = dice(16);
    good->brand = dice(3);
    good->tags = dice(4);
    good->price = 1000 + dice(30) * 500;
    good->size = dice(5) ? 40 + dice(45) : 0;
}

static void open_place(struct place *place)
{
    struct category category = {.handle = "clothes", .name = "衣着", .name_en = ""};
    struct value *choices = value_list(work->arena);
    *place = (struct place){0};
    assert_ok(category_create(work, &category));
    for (size_t i = 0; i < 4; i++)
        value_add(work->arena, choices, value_text(seasons[i]));
    struct attribute season = {.name = "季节",
                               .name_en = "",
                               .kind = ATTRIBUTE_CHOICES,
                               .unit = "",
                               .choices = choices,
                               .is_facet = true,
                               .category_ids = &category.id,
                               .category_count = 1};
    assert_ok(attribute_create(work, &season));
    struct attribute size = {.name = "屏幕",
                             .name_en = "",
                             .kind = ATTRIBUTE_NUMBER,
                             .unit = "英寸",
                             .choices = value_list(work->arena),
                             .is_facet = true,
                             .category_ids = &category.id,
                             .category_count = 1};
    assert_ok(attribute_create(work, &size));
    place->category_id = category.id;
    place->season_id = season.id;
    place->size_id = size.id;
    for (int i = 0; i < GOODS; i++) {
        throw_dice(&place->goods[i]);
        place->goods[i].is_in_stock = dice(3) > 0;
        place->goods[i].tags |= i == 0 ? 3u : 0;
        save(place, &place->goods[i], i);
    }
    for (size_t i = 0; i < 2; i++)
        assert_ok(tag_find(work, words[i], &place->tag_ids[i]));
    assert_ok(facet_settle_now(work));
}

/* ---- the same by hand */

struct choice {
    unsigned seasons;
    unsigned brands;
    unsigned tags;
    bool is_in_stock;
    bool has_band;
    struct facet_band band;
    size_t range_count;
    struct facet_range ranges[2];
};

enum group { BY_TAG, BY_SEASON, BY_BRAND, BY_STOCK, BY_SIZE, BY_PRICE, BY_ALL };

static bool is_in_ranges(const struct good *good, const struct choice *choice)
{
    for (size_t i = 0; i < choice->range_count; i++)
        if (good->size && good->size * 100 >= choice->ranges[i].low &&
            good->size * 100 < choice->ranges[i].high)
            return true;
    return false;
}

static bool fits(const struct good *good, const struct choice *choice, enum group except)
{
    if (!good->is_active)
        return false;
    if (except != BY_TAG && choice->tags && !(choice->tags & good->tags))
        return false;
    if (except != BY_SEASON && choice->seasons && !(choice->seasons & good->seasons))
        return false;
    if (except != BY_BRAND && choice->brands && !(choice->brands & 1u << good->brand))
        return false;
    if (except != BY_STOCK && choice->is_in_stock && !good->is_in_stock)
        return false;
    if (except != BY_SIZE && choice->range_count && !is_in_ranges(good, choice))
        return false;
    return except == BY_PRICE || !choice->has_band ||
           (good->price >= choice->band.low && good->price < choice->band.high);
}

static bool has(const struct place *place, const struct good *good, const struct facet_value *value)
{
    if (value->facet_id == FACET_STOCK)
        return good->is_in_stock;
    if (value->facet_id == place->size_id)
        return good->size && text_is(size_text(good->size), value->value);
    if (value->facet_id == FACET_BRAND)
        return text_is(brands[good->brand], value->value);
    for (size_t i = 0; i < 2; i++)
        if (value->facet_id == place->tag_ids[i])
            return good->tags & 1u << i;
    for (size_t i = 0; i < 4; i++)
        if (text_is(seasons[i], value->value))
            return good->seasons & 1u << i;
    return false;
}

static int64_t count_by_hand(const struct place *place, const struct choice *choice, enum group except,
                             const struct facet_value *value)
{
    int64_t count = 0;
    for (size_t i = 0; i < GOODS; i++)
        count += fits(&place->goods[i], choice, except) && (!value || has(place, &place->goods[i], value));
    return count;
}

static size_t list_choices(const struct place *place, const struct choice *choice, struct facet_choice *list)
{
    size_t count = 0;
    for (size_t i = 0; i < 4; i++)
        if (choice->seasons & 1u << i)
            list[count++] = (struct facet_choice){place->season_id, seasons[i]};
    for (size_t i = 0; i < 3; i++)
        if (choice->brands & 1u << i)
            list[count++] = (struct facet_choice){FACET_BRAND, brands[i]};
    for (size_t i = 0; i < 2; i++)
        if (choice->tags & 1u << i)
            list[count++] = (struct facet_choice){place->tag_ids[i], ""};
    if (choice->is_in_stock)
        list[count++] = (struct facet_choice){FACET_STOCK, "1"};
    return count;
}

static int64_t price_of(const struct place *place, int64_t product_id)
{
    for (size_t i = 0; i < GOODS; i++)
        if (place->goods[i].product_id == product_id)
            return place->goods[i].price;
    return -1;
}

static bool is_in_order(const struct place *place, enum product_sort sort, int64_t before, int64_t id)
{
    int64_t a = price_of(place, before), b = price_of(place, id);
    if (sort == SORT_PRICE_UP)
        return a < b || (a == b && before < id);
    if (sort == SORT_PRICE_DOWN)
        return a > b || (a == b && before > id);
    return before > id;
}

static void check_answer(const struct place *place, const struct choice *choice,
                         const struct facet_answer *answer)
{
    int64_t banded = 0;
    const struct choice nothing = {0};
    assert_true(answer->is_known);
    assert_int_equal(answer->total, count_by_hand(place, choice, BY_ALL, NULL));
    for (size_t i = 0; i < answer->value_count; i++)
        assert_int_equal(
            answer->values[i].count,
            count_by_hand(place, choice, (enum group)answer->values[i].group, &answer->values[i]));
    for (size_t i = 0; i < answer->value_count; i++)
        assert_int_equal(answer->values[i].whole, count_by_hand(place, &nothing, BY_ALL, &answer->values[i]));
    for (size_t i = 0; i < answer->band_count; i++)
        banded += answer->bands[i].count;
    if (answer->band_count > 0)
        assert_int_equal(banded, count_by_hand(place, choice, BY_PRICE, NULL));
}

/* Every page of a choice: each product once, in order, and those that fit. */
static void read_all(const struct place *place, const struct choice *choice, struct facet_query *query)
{
    struct facet_answer answer;
    int64_t before = 0, seen = 0;
    query->cursor = NULL;
    do {
        assert_ok(facet_ask(work, query, &answer));
        for (size_t i = 0; i < answer.product_count; i++) {
            if (before)
                assert_true(is_in_order(place, query->sort, before, answer.product_ids[i]));
            before = answer.product_ids[i];
            seen++;
        }
        query->cursor = answer.next_cursor;
    } while (query->cursor);
    check_answer(place, choice, &answer);
    assert_int_equal(seen, answer.total);
}

static void ask_something(const struct place *place)
{
    static const enum product_sort sorts[] = {SORT_NEWEST, SORT_PRICE_UP, SORT_PRICE_DOWN};
    struct facet_choice choices[16];
    struct choice choice = {.seasons = dice(3) ? 0 : dice(16),
                            .brands = dice(2) ? 0 : dice(8),
                            .tags = dice(3) ? 0 : dice(4),
                            .is_in_stock = dice(3) == 0,
                            .has_band = dice(3) == 0,
                            .band = {1000 + dice(20) * 500, 6000 + dice(20) * 500, 0},
                            .range_count = dice(2) ? 0 : 1 + dice(2),
                            .ranges = {{place->size_id, 4000 + 100 * (int64_t)dice(30), INT64_MAX},
                                       {place->size_id, 4000, 4100 + 100 * (int64_t)dice(10)}}};
    if (dice(2))
        choice.ranges[0].high = choice.ranges[0].low + 100 + 100 * (int64_t)dice(15);
    if (choice.band.high <= choice.band.low)
        choice.band.high = INT64_MAX;
    const struct facet_column columns[] = {{place->tag_ids[0], BY_TAG},   {place->tag_ids[1], BY_TAG},
                                           {place->season_id, BY_SEASON}, {FACET_BRAND, BY_BRAND},
                                           {FACET_STOCK, BY_STOCK},       {place->size_id, BY_SIZE}};
    struct facet_query query = {.shelf_id = dice(2) ? place->category_id : 0,
                                .sort = sorts[dice(3)],
                                .limit = PAGE,
                                .columns = columns,
                                .column_count = 6,
                                .choices = choices,
                                .choice_count = list_choices(place, &choice, choices),
                                .ranges = choice.ranges,
                                .range_count = choice.range_count,
                                .bands = &choice.band,
                                .band_count = choice.has_band};
    read_all(place, &choice, &query);
}

static void counts_and_pages_are_those_of_a_count_by_hand(void **state)
{
    struct place place;
    (void)state;
    seed = 29;
    open_place(&place);
    for (int round = 0; round < ROUNDS; round++) {
        int number = (int)dice(GOODS);
        throw_dice(&place.goods[number]);
        save(&place, &place.goods[number], number);
        assert_ok(facet_settle_now(work));
        ask_something(&place);
    }
    assert_int_equal(problems_of(facet_check), 0);
}

static void many_products_are_stored_as_whole_blocks(void **state)
{
    struct facet_answer answer;
    struct place place;
    (void)state;
    seed = 3;
    open_place(&place);
    for (int i = GOODS; i < 1200; i++) {
        struct good good = {.is_active = true, .seasons = 2, .price = 1000 + i};
        save(&place, &good, i);
    }
    assert_ok(facet_settle_now(work));
    const struct facet_column column = {place.season_id, 0};
    const struct facet_choice choice = {place.season_id, "夏"};
    struct facet_query query = {.shelf_id = place.category_id,
                                .limit = PAGE,
                                .columns = &column,
                                .column_count = 1,
                                .choices = &choice,
                                .choice_count = 1};
    assert_ok(facet_ask(work, &query, &answer));
    const struct facet_value summer = {.facet_id = place.season_id, .value = "夏"};
    assert_int_equal(answer.total,
                     1200 - GOODS + count_by_hand(&place, &(struct choice){0}, BY_ALL, &summer));
    assert_int_equal(problems_of(facet_check), 0);
}

static void bits_follow_stock_tags_and_attributes_by_events(void **state)
{
    struct facet_answer answer;
    struct place place;
    bool is_merged;
    (void)state;
    seed = 7;
    open_place(&place);
    const struct facet_column columns[] = {{FACET_STOCK, 0}, {place.tag_ids[0], 1}};
    struct facet_query query = {.columns = columns, .column_count = 2};
    for (size_t i = 0; i < GOODS; i++) {
        int64_t variant_id = ask_of("SELECT id FROM variants WHERE shop_id = $1 AND product_id = $2",
                                    place.goods[i].product_id);
        int64_t had = place.goods[i].is_in_stock ? 5 : 0;
        assert_ok(stock_count(work, variant_id, place.goods[i].product_id, 0, had, "counted"));
    }
    assert_ok(tag_rename(work, place.tag_ids[1], words[0], &is_merged));
    assert_true(is_merged);
    assert_ok(attribute_remove(work, place.season_id));
    run_jobs();
    assert_ok(facet_ask(work, &query, &answer));
    assert_int_equal(answer.value_count, 1);
    assert_int_equal(answer.values[0].facet_id, place.tag_ids[0]);
    int64_t tagged = 0;
    for (size_t i = 0; i < GOODS; i++)
        tagged += place.goods[i].is_active && place.goods[i].tags;
    assert_int_equal(answer.values[0].count, tagged);
    assert_int_equal(problems_of(facet_check), 0);
}

static void a_facet_offers_a_limited_number_of_values(void **state)
{
    struct facet_answer answer;
    struct place place;
    (void)state;
    seed = 11;
    open_place(&place);
    for (int i = 0; i < FACET_VALUE_LIMIT + 10; i++) {
        struct variant_draft variant = {
            .sku = arena_format(work->arena, "B-%d", i), .price = 100, .is_active = true};
        struct product_draft draft = {.handle = arena_format(work->arena, "b%d", i),
                                      .title = "衣服",
                                      .brand = arena_format(work->arena, "牌子 %d", i),
                                      .kind = PRODUCT_PHYSICAL,
                                      .status = PRODUCT_ACTIVE,
                                      .category_id = place.category_id,
                                      .variants = &variant,
                                      .variant_count = 1};
        assert_ok(product_save(work, &draft));
    }
    assert_ok(facet_settle_now(work));
    const struct facet_column column = {FACET_BRAND, 0};
    assert_ok(facet_ask(work, &(struct facet_query){.columns = &column, .column_count = 1}, &answer));
    assert_int_equal(answer.value_count, FACET_VALUE_LIMIT);
    assert_int_equal(problems_of(facet_check), 0);
}

static void a_cursor_of_somebody_else_is_refused(void **state)
{
    struct facet_answer answer;
    struct place place;
    (void)state;
    seed = 13;
    open_place(&place);
    static const char *const cursors[] = {"x", "1", "1.x", "-1.2", ".", "99999999999999999999.1"};
    for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
        struct facet_query query = {.limit = PAGE, .cursor = cursors[i]};
        assert_fails(facet_ask(work, &query, &answer), ERR_BAD_REQUEST);
    }
}

static void the_check_sees_what_is_wrong(void **state)
{
    struct place place;
    (void)state;
    seed = 17;
    open_place(&place);
    run_jobs(); /* what is not told yet would only be late */
    assert_int_equal(problems_of(facet_check), 0);
    tamper("DELETE FROM facet_blocks WHERE shop_id = $1 AND facet_id = 1");
    assert_int_equal(problems_of(facet_check), 1);
    tamper("UPDATE facet_spots SET price_min = 1 WHERE shop_id = $1 AND spot = 0");
    assert_true(problems_of(facet_check) >= 2);
    tamper("UPDATE products SET brand = '别的' WHERE shop_id = $1");
    assert_true(problems_of(facet_check) > 2);
}

static void numbers_are_read_in_thousandths(void **state)
{
    int64_t number;
    (void)state;
    assert_true(facet_number("6.1", &number) && number == 6100);
    assert_true(facet_number("-0.005", &number) && number == -5);
    assert_true(facet_number("999999999999.999", &number) && number == INT64_C(999999999999999));
    static const char *const none[] = {
        "", "-", ".", "6.", ".5", "6.1.2", "6,1", "6.1234", "a", "1e3", "9999999999999999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(facet_number(none[i], &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(numbers_are_read_in_thousandths),
        SENTENCE(counts_and_pages_are_those_of_a_count_by_hand),
        SENTENCE(many_products_are_stored_as_whole_blocks),
        SENTENCE(bits_follow_stock_tags_and_attributes_by_events),
        SENTENCE(a_facet_offers_a_limited_number_of_values),
        SENTENCE(a_cursor_of_somebody_else_is_refused),
        SENTENCE(the_check_sees_what_is_wrong),
    };
    return RUN_SENTENCES(tests);
}
