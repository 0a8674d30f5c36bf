/* What people meant is found among real Chinese products, if a file of some is there: YUNDIAN_TEST_PRODUCTS
 * (CSV: source,name,category,brand,price,spec,sales). Words are ends of names; of each kind of mistake nearly
 * all must have a product with the word among the first five. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "mistakes.h"
#include "search/index.h"
#include "unit.h"

#define PRODUCTS 400
#define LINE_BYTES 4000
#define NOUN_BYTES 64

struct real {
    char title[300], category[100], brand[100];
    char noun[NOUN_BYTES], pinyin[NOUN_BYTES * 2], initials[NOUN_BYTES];
};
static struct real products[PRODUCTS];
static size_t product_count;

/* The fields of a line without quotes inside; good enough for names. */
static void read_line(char *line, struct real *real)
{
    char *fields[8] = {0};
    size_t count = 0;
    for (char *at = line; count < 8; at++) {
        fields[count++] = at;
        at += strcspn(at, ",\r\n");
        bool ends = *at != ',';
        *at = 0;
        if (ends)
            break;
    }
    snprintf(real->title, sizeof real->title, "%s", fields[1] ? fields[1] : "");
    snprintf(real->category, sizeof real->category, "%s", fields[2] ? fields[2] : "");
    snprintf(real->brand, sizeof real->brand, "%s", fields[3] ? fields[3] : "");
}

/* The last four characters of the first run of Chinese with at least four. */
static bool find_noun(struct real *real)
{
    size_t run = 0;
    const char *at = real->title, *end = at + strlen(at), *before = at;
    while (at <= end) {
        const char *here = at;
        uint32_t point = at < end ? letter_next(&at, end) : 0;
        bool is_han = point >= 0x4E00 && point <= 0x9FFF;
        run = is_han ? run + 1 : run;
        if (is_han)
            before = at;
        if (!is_han && run >= 4) {
            snprintf(real->noun, sizeof real->noun, "%.12s", before - 12);
            return true;
        }
        if (!is_han)
            run = 0;
        if (here == end)
            break;
    }
    return false;
}

static struct search_index *open_real(struct arena *arena, const char *path)
{
    char line[LINE_BYTES];
    struct search_index *index = search_open();
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && product_count < PRODUCTS) {
        struct real *real = &products[product_count];
        read_line(line, real);
        if (!real->title[0] || strcmp(real->title, "name") == 0)
            continue;
        if (find_noun(real)) {
            snprintf(real->pinyin, sizeof real->pinyin, "%s", search_pinyin(arena, real->noun, false));
            snprintf(real->initials, sizeof real->initials, "%s", search_pinyin(arena, real->noun, true));
        }
        const char *texts[] = {real->category, real->brand};
        search_put(
            index, 1,
            &(struct search_document){
                .id = (int64_t)++product_count, .title = real->title, .texts = texts, .text_count = 2});
    }
    fclose(file);
    search_commit(index, 1);
    return index;
}

static bool has_noun(struct search_index *index, struct arena *arena, const char *query, const char *noun)
{
    struct search_answer answer;
    arena_reset(arena);
    search_ask(index, arena, &(struct search_query){.space_id = 1, .text = query, .limit = 5}, &answer);
    for (size_t i = 0; i < answer.hit_count; i++)
        if (strstr(products[answer.hits[i].id - 1].title, noun))
            return true;
    return false;
}

static void check_kind(struct search_index *index, const char *name, mistake make, int least)
{
    struct arena *arena = arena_open(ARENA_LIMIT);
    int good_ones = 0, all = 0;
    for (size_t i = 0; i < product_count; i++) {
        char query[QUERY_BYTES];
        const struct real *real = &products[i];
        struct good good = {.noun = real->noun, .pinyin = real->pinyin, .initials = real->initials};
        if (!real->noun[0] || !make(&good, good_mix(i * 977 + 3), query))
            continue;
        bool is_good = has_noun(index, arena, query, real->noun);
        all++;
        good_ones += is_good;
        if (!is_good && getenv("YUNDIAN_TEST_SHOW"))
            printf("  %s: %s for %s\n", name, query, real->noun);
    }
    printf("%-20s %d of %d (%d %%)\n", name, good_ones, all, all ? good_ones * 100 / all : 0);
    assert_true(good_ones * 100 >= all * least);
    arena_close(arena);
}

static void real_products_are_found(void **state)
{
    static const struct {
        const char *name;
        mistake make;
        int least;
    } kinds[] = {{"normal", no_mistake, 95},
                 {"homophone", homophone, 90},
                 {"mixed-up sound", mixed_sound, 90},
                 {"wrong character", wrong_character, 90},
                 {"missing character", missing_character, 90},
                 {"swapped characters", swapped_characters, 90},
                 {"pinyin", pinyin, 90},
                 {"pinyin with a typo", pinyin_typo, 90},
                 {"initials", initials, 90},
                 {"half pinyin", half_pinyin, 90}};
    const char *path = getenv("YUNDIAN_TEST_PRODUCTS");
    FILE *file = path ? fopen(path, "r") : NULL;
    (void)state;
    if (!file)
        skip();
    fclose(file);
    struct arena *arena = arena_open(ARENA_LIMIT);
    struct search_index *index = open_real(arena, path);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        check_kind(index, kinds[i].name, kinds[i].make, getenv("YUNDIAN_TEST_SHOW") ? 0 : kinds[i].least);
    search_close(index);
    arena_close(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(real_products_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
