/* What people meant is found, by kind of mistake: of each kind a set of queries is made from what the shop
 * sells, and nearly all of them must have it among the first five. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "goods.h"
#include "mistakes.h"
#include "search/index.h"

#define SMALL 480  /* read through */
#define LARGE 9000 /* with postings */
#define ROUNDS 4
#define TITLE_BYTES 300

static struct search_index *make_shop(size_t count)
{
    struct search_index *index = search_open();
    for (size_t i = 0; i < count; i++) {
        char title[TITLE_BYTES];
        good_title(i, title, sizeof title);
        struct search_document document = {.id = (int64_t)i + 1,
                                           .title = title,
                                           .price = 100 + (int64_t)(good_mix(i) % 90000),
                                           .sales = (int64_t)(good_mix(i) % 500)};
        search_put(index, 1, &document);
    }
    search_commit(index, 1);
    return index;
}

static bool succeeds(struct search_index *index, struct arena *arena, const char *query, const char *noun)
{
    struct search_answer answer;
    arena_reset(arena);
    search_ask(index, arena, &(struct search_query){.space_id = 1, .text = query, .limit = 5}, &answer);
    for (size_t i = 0; i < answer.hit_count; i++) {
        char title[TITLE_BYTES];
        good_title((size_t)answer.hits[i].id - 1, title, sizeof title);
        if (strstr(title, noun))
            return true;
    }
    return false;
}

/* Two words without a space, the second one first. */
static bool word_order(const struct good *good, uint64_t seed, char *query)
{
    for (size_t i = seed % 1000; i < 400000; i++) {
        char title[TITLE_BYTES];
        const char *manner = PICK(good_manners, good_mix(i) >> 16);
        good_title(i, title, sizeof title);
        if (&goods[i % GOOD_COUNT] != good || !strstr(title, manner) || i >= SMALL)
            continue;
        snprintf(query, QUERY_BYTES, "%s%s", good->noun, manner);
        return true;
    }
    return false;
}

static void check_kind(struct search_index *index, const char *name, mistake make, int least)
{
    struct arena *arena = arena_open(ARENA_LIMIT);
    int good_ones = 0, all = 0;
    for (size_t i = 0; i < GOOD_COUNT * ROUNDS; i++) {
        char query[QUERY_BYTES];
        const struct good *good = &goods[i % GOOD_COUNT];
        if (!make(good, good_mix(i * 977 + 3), query))
            continue;
        bool is_good = succeeds(index, arena, query, good->noun);
        all++;
        good_ones += is_good;
        if (!is_good && getenv("YUNDIAN_TEST_SHOW"))
            printf("  %s: %s for %s\n", name, query, good->noun);
    }
    printf("%-20s %d of %d\n", name, good_ones, all);
    assert_true(all >= 20);
    assert_true(good_ones * 100 >= all * least);
    arena_close(arena);
}

static void check_kinds(size_t count)
{
    struct search_index *index = make_shop(count);
    check_kind(index, "normal", no_mistake, 95);
    check_kind(index, "homophone", homophone, 90);
    check_kind(index, "mixed-up sound", mixed_sound, 90);
    check_kind(index, "wrong character", wrong_character, 90);
    check_kind(index, "missing character", missing_character, 90);
    check_kind(index, "swapped characters", swapped_characters, 90);
    check_kind(index, "pinyin", pinyin, 90);
    check_kind(index, "pinyin with a typo", pinyin_typo, 90);
    check_kind(index, "initials", initials, 90);
    check_kind(index, "word order", word_order, 90);
    check_kind(index, "half pinyin", half_pinyin, 90);
    search_close(index);
}

static void a_small_shop_understands_what_people_type(void **state)
{
    (void)state;
    check_kinds(SMALL);
}

static void a_large_shop_understands_what_people_type(void **state)
{
    (void)state;
    check_kinds(LARGE);
}

/* ---- Latin names ---- */

static const char *const latin[] = {"Philips", "Logitech", "Samsung",  "Nikon",    "Canon",
                                    "Lenovo",  "Adidas",   "Columbia", "Keyboard", "Bluetooth"};

static void a_latin_name_with_a_typo_is_found(void **state)
{
    struct search_index *index = search_open();
    struct arena *arena = arena_open(ARENA_LIMIT);
    size_t count = sizeof latin / sizeof *latin, good_ones = 0, all = 0;
    (void)state;
    for (size_t i = 0; i < 400; i++) {
        char title[TITLE_BYTES];
        snprintf(title, sizeof title, "%s %s", latin[i % count], goods[i % GOOD_COUNT].noun);
        search_put(index, 1, &(struct search_document){.id = (int64_t)i + 1, .title = title});
    }
    search_commit(index, 1);
    for (size_t i = 0; i < count; i++)
        for (size_t at = 1; at + 1 < strlen(latin[i]); at++, all++) {
            char query[QUERY_BYTES];
            struct search_answer answer;
            memcpy(query, latin[i], strlen(latin[i]) + 1);
            query[at] = latin[i][at + 1];
            query[at + 1] = latin[i][at];
            arena_reset(arena);
            search_ask(index, arena, &(struct search_query){.space_id = 1, .text = query, .limit = 5},
                       &answer);
            good_ones += answer.hit_count > 0 && (size_t)(answer.hits[0].id - 1) % count == i;
        }
    printf("%-20s %zu of %zu\n", "latin typo", good_ones, all);
    assert_true(good_ones * 100 >= all * 90);
    arena_close(arena);
    search_close(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_shop_understands_what_people_type),
        cmocka_unit_test(a_large_shop_understands_what_people_type),
        cmocka_unit_test(a_latin_name_with_a_typo_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
