/* The index: nothing is missed, what was wrong elsewhere is right here, facets add up, writers and readers do
 * not disturb each other, and no text breaks it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "goods.h"
#include "search/index.h"
#include "search/letters.h"
#include "search/news.h"
#include <pthread.h>
#include <stdatomic.h>

#define TITLE_BYTES 300
#define FACET_BRAND 1
#define FACET_STOCK 2
#define FACET_WEIGHT 3

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_open(ARENA_LIMIT);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static struct search_index *with_titles(const char *const *titles)
{
    struct search_index *index = search_open();
    for (int64_t i = 0; titles[i]; i++)
        search_put(index, 1, &(struct search_document){.id = i + 1, .title = titles[i]});
    search_commit(index, 1);
    return index;
}

static struct search_answer ask(struct search_index *index, const char *text)
{
    struct search_answer answer;
    search_ask(index, arena, &(struct search_query){.space_id = 1, .text = text, .limit = 50}, &answer);
    return answer;
}

/* The ids of an answer as "3 1 2". */
static const char *ids_of(const struct search_answer *answer)
{
    char *text = arena_alloc(arena, answer->hit_count * 21 + 1);
    size_t length = 0;
    for (size_t i = 0; i < answer->hit_count; i++)
        length += (size_t)snprintf(text + length, 22, "%s%lld", i ? " " : "", (long long)answer->hits[i].id);
    return text;
}

static void expect(struct search_index *index, const char *text, enum search_lane lane, const char *ids)
{
    struct search_answer answer = ask(index, text);
    if (strcmp(ids_of(&answer), ids) != 0)
        printf("%s finds %s\n", text, ids_of(&answer));
    assert_string_equal(ids_of(&answer), ids);
    assert_int_equal(answer.lane, lane);
}

/* ---- nothing is missed ---- */

static bool is_found(struct search_index *index, const char *text, int64_t id)
{
    struct search_answer answer;
    for (size_t offset = 0;; offset += SEARCH_PAGE_LIMIT) {
        arena_reset(arena);
        search_ask(
            index, arena,
            &(struct search_query){.space_id = 1, .text = text, .offset = offset, .limit = SEARCH_PAGE_LIMIT},
            &answer);
        for (size_t i = 0; i < answer.hit_count; i++)
            if (answer.hits[i].id == id)
                return answer.lane == LANE_EXACT;
        if (answer.hit_count == 0)
            return false;
    }
}

/* Pairs repeat: each is asked once, and everything that has it must be in the answer. */
static void check_every_pair(size_t count)
{
    struct search_index *index = search_open();
    uint8_t *is_asked = calloc(1 << 24, 1);
    size_t pairs = 0;
    for (size_t i = 0; i < count; i++) {
        char title[TITLE_BYTES];
        good_title(i, title, sizeof title);
        search_put(index, 1, &(struct search_document){.id = (int64_t)i + 1, .title = title});
    }
    search_commit(index, 1);
    for (size_t i = 0; i < count; i++) {
        char title[TITLE_BYTES], pair[16];
        good_title(i, title, sizeof title);
        for (const char *at = title, *end = title + strlen(title); at < end;) {
            const char *from = at, *next;
            uint32_t first = letter_next(&at, end), second = (next = at) < end ? letter_next(&next, end) : 0;
            bool is_pair = first >= 0x4E00 && first < 0xA000 && second >= 0x4E00 && second < 0xA000;
            uint32_t hash = (first * 31 + second) & 0xFFFFFF;
            if (!is_pair || is_asked[hash] > 2)
                continue;
            is_asked[hash]++;
            snprintf(pair, sizeof pair, "%.*s", (int)(next - from), from);
            if (!is_found(index, pair, (int64_t)i + 1))
                printf("%s of %s\n", pair, title);
            assert_true(is_found(index, pair, (int64_t)i + 1));
            pairs++;
        }
    }
    printf("%zu pairs of %zu titles\n", pairs, count);
    free(is_asked);
    search_close(index);
}

/* Counted the slow way: how many titles have each text. */
static void check_counts(size_t count)
{
    struct search_index *index = search_open();
    for (size_t i = 0; i < count; i++) {
        char title[TITLE_BYTES];
        good_title(i, title, sizeof title);
        search_put(index, 1, &(struct search_document){.id = (int64_t)i + 1, .title = title});
    }
    search_commit(index, 1);
    for (size_t i = 0; i < GOOD_COUNT; i++)
        for (const char *from = goods[i].noun, *at = from, *end = from + strlen(from); at < end;) {
            char pair[16];
            const char *next = at;
            int64_t having = 0;
            letter_next(&next, end);
            if (next >= end)
                break;
            const char *behind = next;
            letter_next(&behind, end);
            snprintf(pair, sizeof pair, "%.*s", (int)(behind - at), at);
            for (size_t j = 0; j < count; j++) {
                char title[TITLE_BYTES];
                good_title(j, title, sizeof title);
                having += strstr(title, pair) != NULL;
            }
            arena_reset(arena);
            struct search_answer answer = ask(index, pair);
            assert_int_equal(answer.total, having);
            at = next;
        }
    search_close(index);
}

static void every_two_characters_of_every_title_find_it(void **state)
{
    const char *wanted = getenv("YUNDIAN_TEST_TITLES");
    (void)state;
    check_every_pair(300);
    check_every_pair(wanted ? (size_t)strtoul(wanted, NULL, 10) : 3000);
    check_counts(400);
    check_counts(3000);
}

/* ---- what was wrong elsewhere (issues of Meilisearch, by number) ---- */

static void the_end_of_a_word_finds_it_2499(void **state)
{
    static const char *const titles[] = {"安装简单的书架", "安装说明", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "简单", LANE_EXACT, "1");
    search_close(index);
}

static void a_name_finds_no_other_names_3683(void **state)
{
    static const char *const titles[] = {"钟俊生", "高政", "张云飞", "张伟云", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "张云", LANE_EXACT, "3");
    search_close(index);
}

static void the_same_sound_is_not_the_same_word_4075(void **state)
{
    static const char *const titles[] = {"经典款钱包", "景点门票", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "景点", LANE_EXACT, "2");
    expect(index, "经典", LANE_EXACT, "1");
    search_close(index);
}

static void characters_of_one_sound_are_kept_apart_3655(void **state)
{
    static const char *const titles[] = {"棉布", "不锈钢", "部件", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "布", LANE_EXACT, "1");
    expect(index, "不", LANE_EXACT, "2");
    expect(index, "部", LANE_EXACT, "3");
    search_close(index);
}

static void words_phrases_and_words_left_out_5015(void **state)
{
    static const char *const titles[] = {"招商基金管理有限公司", "招商银行", "招商局公司", "某某公司", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "招商 公司", LANE_EXACT, "3 1");
    expect(index, "招商 -公司", LANE_EXACT, "2");
    expect(index, "\"招商基金\" \"公司\"", LANE_EXACT, "1");
    assert_int_equal(ask(index, "“招商公司”").lane, LANE_RELATED);
    search_close(index);
}

static void the_middle_of_a_word_finds_it_2632(void **state)
{
    static const char *const titles[] = {"测试工具箱", "测试", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "工具", LANE_EXACT, "1");
    search_close(index);
}

static void one_wrong_character_is_forgiven_2222(void **state)
{
    static const char *const titles[] = {"家用豆浆机", "电饭煲", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "豆酱机", LANE_CORRECTED, "1");
    assert_string_equal(ask(index, "豆酱机").shown_for, "豆浆机");
    search_close(index);
}

static void a_word_finds_nothing_that_only_begins_alike_2390(void **state)
{
    static const char *const titles[] = {"本田机油", "本子", "本色毛巾", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "本田", LANE_EXACT, "1");
    search_close(index);
}

static void all_that_has_the_word_is_in_the_answer_4814(void **state)
{
    static const char *const titles[] = {"芹菜", "西芹菜心", "新鲜芹菜500g", "有机芹菜苗", "白菜", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    assert_int_equal(ask(index, "芹菜").total, 4);
    static const char *const ways[] = {"qincai", "qc", "qin菜", "芹cai", "QINCAI", NULL};
    for (size_t i = 0; ways[i]; i++) {
        struct search_answer answer = ask(index, ways[i]);
        assert_int_equal(answer.total, 4);
        assert_int_equal(answer.lane, LANE_CORRECTED);
        assert_string_equal(answer.shown_for, "芹菜");
    }
    search_close(index);
}

/* ---- ways to write the same ---- */

static void the_same_in_another_writing(void **state)
{
    static const char *const titles[] = {"iPhone 15 Pro 手机壳",
                                         "东北大米 5kg",
                                         "金龙鱼大米10斤",
                                         "纯棉T恤 女款",
                                         "ABX-2034 轴承",
                                         "测试工具箱",
                                         NULL};
    static const char *const ways[][2] = {{"iphone15pro", "1"}, {"iPhone 15 Pro", "1"}, {"ＩＰＨＯＮＥ", "1"},
                                          {"ipho", "1"},        {"手機殼", "1"},        {"5kg", "2 3"},
                                          {"5公斤", "2 3"},     {"10斤", "3 2"},        {"5 千克", "2 3"},
                                          {"T恤女", "4"},       {"abx2034", "5"},       {"ABX 2034", "5"},
                                          {"abx-20", "5"},      {"5㎏", "2 3"},         {"大米5kg", "2 3"}};
    struct search_index *index = with_titles(titles);
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct search_answer answer = ask(index, ways[i][0]);
        if (answer.lane != LANE_EXACT || answer.total != (int64_t)(strlen(ways[i][1]) + 1) / 2)
            printf("%s finds %s\n", ways[i][0], ids_of(&answer));
        assert_int_equal(answer.lane, LANE_EXACT);
        assert_int_equal(answer.total, (strlen(ways[i][1]) + 1) / 2);
        assert_true(strchr(ways[i][1], '0' + (char)answer.hits[0].id) != NULL);
    }
    expect(index, "ABX-2043", LANE_CORRECTED, "5");
    expect(index, "gongjuxiang", LANE_CORRECTED, "6");
    search_close(index);
}

static void synonyms_and_stop_words_of_a_space(void **state)
{
    static const char *const titles[] = {"小米充电宝", "移动电源 20000", "雨伞", NULL};
    static const char *const synonyms[] = {"充电宝 移动电源"}, *const stops[] = {"正品", "包邮"};
    struct search_index *index = with_titles(titles);
    (void)state;
    search_set_words(index, 1, synonyms, 1, stops, 2);
    assert_int_equal(ask(index, "充电宝").total, 2);
    assert_int_equal(ask(index, "移动电源").total, 2);
    expect(index, "雨伞 正品 包邮", LANE_EXACT, "3");
    expect(index, "正品", LANE_NOTHING, "");
    search_close(index);
}

static void a_change_of_words_is_tried_by_one_question_alone(void **state)
{
    static const char *const titles[] = {"小米充电宝", "移动电源 20000", "雨伞", NULL};
    struct search_index *index = with_titles(titles);
    struct search_answer answer;
    (void)state;
    search_ask(index, arena,
               &(struct search_query){.space_id = 1,
                                      .text = "充电宝",
                                      .limit = 5,
                                      .is_literal = true,
                                      .try_group = "\"充电宝\" \"移动电源\""},
               &answer);
    assert_int_equal(answer.total, 2);
    assert_int_equal(ask(index, "充电宝").total, 1);
    search_ask(index, arena,
               &(struct search_query){
                   .space_id = 1, .text = "雨伞 正品", .limit = 5, .is_literal = true, .try_stop = "正品"},
               &answer);
    assert_int_equal(answer.total, 1);
    assert_int_equal(answer.lane, LANE_EXACT);
    assert_string_equal(search_plain(arena, "　ＩＰｈｏｎｅ　手機殼 "), "iphone 手机壳");
    search_close(index);
}

static void an_ending_that_says_nothing_is_left_out(void **state)
{
    static const char *const titles[] = {"豆青釉手作茶杯", "松木椅", "儿童椅子", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    expect(index, "杯子", LANE_CORRECTED, "1");
    assert_string_equal(ask(index, "杯子").shown_for, "杯");
    expect(index, "椅子", LANE_EXACT, "3");
    expect(index, "鲸子", LANE_NOTHING, "");
    search_close(index);
}

static void what_finds_nothing_is_relaxed_and_says_so(void **state)
{
    static const char *const titles[] = {"保温杯 黑色", "雨伞", NULL};
    struct search_index *index = with_titles(titles);
    (void)state;
    struct search_answer answer = ask(index, "保温杯 火箭筒");
    assert_int_equal(answer.lane, LANE_RELATED);
    assert_string_equal(ids_of(&answer), "1");
    assert_string_equal(answer.shown_for, "保温杯");
    assert_int_equal(answer.dropped_count, 1);
    assert_string_equal(answer.dropped[0], "火箭筒");
    expect(index, "鲸鱼", LANE_NOTHING, "");
    search_ask(index, arena,
               &(struct search_query){.space_id = 1, .text = "保温怀", .limit = 5, .is_literal = true},
               &answer);
    assert_int_equal(answer.lane, LANE_NOTHING);
    search_close(index);
}

static void lanes_are_never_mixed(void **state)
{
    static const char *const titles[] = {"华为手机", "Huawei 手表", "华为平板", NULL};
    struct search_index *index = search_open();
    struct search_answer answer;
    (void)state;
    for (int64_t i = 0; titles[i]; i++)
        search_put(
            index, 1,
            &(struct search_document){
                .id = i + 1, .title = titles[i], .sales = i == 1 ? 0 : 9000, .price = i == 1 ? 900 : 10});
    search_commit(index, 1);
    for (int sort = SEARCH_RELEVANCE; sort <= SEARCH_RATING; sort++) {
        search_ask(index, arena,
                   &(struct search_query){
                       .space_id = 1, .text = "huawei", .limit = 5, .sort = (enum search_sort)sort},
                   &answer);
        assert_int_equal(answer.total, 3);
        assert_int_equal(answer.hits[0].id, 2);
        assert_int_equal(answer.hits[0].lane, LANE_EXACT);
        assert_int_equal(answer.hits[1].lane, LANE_CORRECTED);
    }
    search_close(index);
}

/* ---- facets, order, pages ---- */

static struct search_index *with_goods(size_t count)
{
    struct search_index *index = search_open();
    for (size_t i = 0; i < count; i++) {
        char title[TITLE_BYTES], weight[16];
        uint64_t mixed = good_mix(i * 3 + 1);
        good_title(i, title, sizeof title);
        snprintf(weight, sizeof weight, "%d.5", (int)(mixed % 9));
        struct search_mark marks[] = {
            {FACET_BRAND, PICK(good_brands, mixed >> 10)}, {FACET_WEIGHT, weight}, {FACET_STOCK, "1"}};
        search_put(index, 1,
                   &(struct search_document){.id = (int64_t)i + 1,
                                             .title = title,
                                             .price = (int64_t)(mixed >> 20) % 10000,
                                             .sales = (int64_t)(mixed >> 30) % 100,
                                             .created_at = (int64_t)(mixed >> 40),
                                             .rating = (int)(mixed >> 50) % 500,
                                             .marks = marks,
                                             .mark_count = mixed % 3 ? 3 : 2});
    }
    search_commit(index, 1);
    return index;
}

static const struct search_column columns[] = {{FACET_BRAND, 0}, {FACET_STOCK, 1}, {FACET_WEIGHT, 2}};

static int64_t sum_of(const struct search_answer *answer, int64_t facet_id)
{
    int64_t sum = 0;
    for (size_t i = 0; i < answer->value_count; i++)
        sum += answer->values[i].facet_id == facet_id ? answer->values[i].count : 0;
    return sum;
}

/* Every count is what the total becomes when its value is chosen besides. */
static void check_facets(size_t count)
{
    struct search_index *index = with_goods(count);
    struct search_choice choices[3] = {{FACET_BRAND, "小米"}, {FACET_STOCK, "1"}};
    struct search_band band = {1000, 6000, 0};
    struct search_query query = {
        .space_id = 1, .text = "男女", .columns = columns, .column_count = 3, .choices = choices};
    for (size_t chosen = 0; chosen < 3; chosen++)
        for (size_t banded = 0; banded < 2; banded++) {
            struct search_answer answer, narrowed;
            query.choice_count = chosen;
            query.bands = &band;
            query.band_count = banded;
            search_ask(index, arena, &query, &answer);
            assert_true(answer.total > 0 || count < 1000);
            if (chosen == 0)
                assert_int_equal(sum_of(&answer, FACET_BRAND), answer.total);
            assert_int_equal(sum_of(&answer, FACET_WEIGHT), answer.total);
            for (size_t i = 0; i < answer.value_count; i++) {
                const struct search_value *value = &answer.values[i];
                struct search_choice more[3] = {choices[0], choices[1], {value->facet_id, value->value}};
                struct search_query other = query;
                other.choices = more;
                /* Of a group that is chosen in, the value instead of the one that is. */
                if (chosen > 0 && value->facet_id == FACET_BRAND)
                    more[0].value = value->value;
                else if (chosen > 1 && value->facet_id == FACET_STOCK)
                    more[1].value = value->value;
                else
                    more[other.choice_count++] = (struct search_choice){value->facet_id, value->value};
                search_ask(index, arena, &other, &narrowed);
                assert_int_equal(narrowed.total, value->count);
            }
            int64_t by_price = 0;
            for (size_t i = 0; i < answer.band_count; i++)
                by_price += answer.bands[i].count;
            if (!banded)
                assert_int_equal(by_price, answer.total);
        }
    search_close(index);
}

static void facets_exclude_their_own_choice_and_add_up(void **state)
{
    (void)state;
    check_facets(400);
    check_facets(3000);
}

static void numbers_are_chosen_by_range(void **state)
{
    struct search_index *index = with_goods(600);
    struct search_range range = {FACET_WEIGHT, 2000, 4000};
    struct search_answer answer;
    int64_t expected = 0;
    (void)state;
    search_ask(index, arena,
               &(struct search_query){
                   .space_id = 1, .columns = columns, .column_count = 3, .ranges = &range, .range_count = 1},
               &answer);
    for (size_t i = 0; i < answer.value_count; i++)
        if (answer.values[i].facet_id == FACET_WEIGHT &&
            (answer.values[i].value[0] == '2' || answer.values[i].value[0] == '3'))
            expected += answer.values[i].count;
    assert_int_equal(answer.total, expected);
    assert_true(answer.total > 50);
    search_close(index);
}

static void pages_show_each_document_once_at_any_depth(void **state)
{
    enum { COUNT = 3000 };
    struct search_index *index = with_goods(COUNT);
    (void)state;
    for (int sort = SEARCH_RELEVANCE; sort <= SEARCH_RATING; sort++)
        for (size_t text = 0; text < 2; text++) {
            bool *is_seen = arena_alloc_many(arena, COUNT + 1, sizeof *is_seen);
            struct search_answer answer;
            int64_t seen = 0;
            for (size_t offset = 0;; offset += 150) {
                search_ask(index, arena,
                           &(struct search_query){.space_id = 1,
                                                  .text = text ? "色" : "",
                                                  .sort = (enum search_sort)sort,
                                                  .offset = offset,
                                                  .limit = 150},
                           &answer);
                for (size_t i = 0; i < answer.hit_count; i++, seen++) {
                    assert_false(is_seen[answer.hits[i].id]);
                    is_seen[answer.hits[i].id] = true;
                }
                if (answer.hit_count == 0)
                    break;
            }
            assert_int_equal(seen, answer.total);
        }
    search_close(index);
}

/* ---- writing ---- */

static void a_change_is_seen_after_its_commit_and_merging_loses_nothing(void **state)
{
    struct search_index *index = search_open();
    static const char *const versions[] = {"旧版", "改版", "新版"};
    (void)state;
    for (int round = 0; round < 3; round++)
        for (int64_t id = 1; id <= 900; id++) {
            char title[TITLE_BYTES];
            snprintf(title, sizeof title, "%s 商品%d", versions[round], (int)id);
            search_put(index, 1, &(struct search_document){.id = id, .title = title});
            if (id % 3 == 0)
                search_commit(index, 1);
        }
    search_settle(index);
    arena_reset(arena);
    assert_int_equal(ask(index, "商品").total, 900);
    assert_int_equal(ask(index, "新版").total, 900);
    assert_int_not_equal(ask(index, "改版").lane, LANE_EXACT);
    for (int64_t id = 1; id <= 900; id += 2)
        search_remove(index, 1, id);
    search_commit(index, 1);
    search_settle(index);
    assert_int_equal(ask(index, "商品").total, 450);
    struct search_figures figures = search_figures(index);
    assert_int_equal(figures.documents, 450);
    assert_true(figures.segments < 20);
    search_begin_again(index, 1);
    search_put(index, 1, &(struct search_document){.id = 5, .title = "商品5"});
    assert_int_equal(ask(index, "商品").total, 450);
    search_commit(index, 1);
    assert_int_equal(ask(index, "商品").total, 1);
    search_close(index);
}

static void spaces_see_nothing_of_each_other(void **state)
{
    struct search_index *index = search_open();
    struct search_answer answer;
    (void)state;
    for (int64_t space = 1; space <= 200; space++) {
        search_put(index, space, &(struct search_document){.id = space, .title = "雨伞"});
        search_commit(index, space);
    }
    for (int64_t space = 1; space <= 200; space++) {
        search_ask(index, arena, &(struct search_query){.space_id = space, .text = "雨伞", .limit = 9},
                   &answer);
        assert_int_equal(answer.total, 1);
        assert_int_equal(answer.hits[0].id, space);
    }
    search_ask(index, arena, &(struct search_query){.space_id = 999, .text = "雨伞", .limit = 9}, &answer);
    assert_int_equal(answer.total, 0);
    search_close(index);
}

struct crowd {
    struct search_index *index;
    atomic_bool is_over;
};

static void *read_on(void *arg)
{
    struct crowd *crowd = arg;
    struct arena *own = arena_open(ARENA_LIMIT);
    struct search_answer answer;
    struct search_suggestion suggestions[4];
    while (!atomic_load(&crowd->is_over)) {
        static const char *const texts[] = {"商品", "shangpin", "尚品", "", "第"};
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            arena_reset(own);
            search_ask(crowd->index, own,
                       &(struct search_query){.space_id = 1, .text = texts[i], .limit = 20}, &answer);
            /* The first hundred are never removed. */
            assert_true(answer.total >= 100 || i == 4);
            search_suggest(crowd->index, own, 1, "商", suggestions, 4);
        }
    }
    arena_close(own);
    return NULL;
}

static void readers_writers_and_the_merger_run_at_once(void **state)
{
    struct crowd crowd = {.index = search_open()};
    pthread_t readers[3];
    (void)state;
    for (int64_t id = 1; id <= 100; id++)
        search_put(crowd.index, 1, &(struct search_document){.id = id, .title = "好商品"});
    search_commit(crowd.index, 1);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &crowd), 0);
    for (int64_t i = 0; i < 3000; i++) {
        char title[TITLE_BYTES];
        snprintf(title, sizeof title, "商品%d", (int)i);
        search_put(crowd.index, 1, &(struct search_document){.id = 101 + i % 700, .title = title});
        if (i % 5 == 0)
            search_remove(crowd.index, 1, 101 + (i * 7) % 700);
        search_put(crowd.index, 1, &(struct search_document){.id = 1 + i % 100, .title = "好商品"});
        search_commit(crowd.index, 1);
    }
    search_settle(crowd.index);
    atomic_store(&crowd.is_over, true);
    for (size_t i = 0; i < 3; i++)
        pthread_join(readers[i], NULL);
    assert_true(search_figures(crowd.index).merges > 0);
    search_close(crowd.index);
}

/* ---- what is still to be read ---- */

static void news_are_told_once_and_a_space_is_filled_by_one(void **state)
{
    struct search_news *news = search_news_open();
    int64_t ids[8];
    size_t count;
    (void)state;
    search_news_document(news, 1, 7);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_ALL);
    search_news_document(news, 1, 8);
    search_news_filled(news, 1, true);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_SOME);
    assert_int_equal(count, 1);
    assert_int_equal(ids[0], 8);
    search_news_space(news, 1);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_NOTHING);
    search_news_read(news, 1);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_ALL);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_NOTHING);
    search_news_filled(news, 1, false);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_ALL);
    search_news_filled(news, 1, true);
    for (int64_t id = 0; id < NEWS_LIMIT + 1; id++)
        search_news_document(news, 1, id);
    assert_int_equal(search_news_take(news, 1, ids, 8, &count), NEED_ALL);
    search_news_close(news);
}

/* ---- what people see ---- */

static void what_was_found_is_marked(void **state)
{
    static const char text[] = "【新款】Apple iPhone 15 Pro 手機殼 防摔";
    struct search_span spans[8];
    (void)state;
    size_t count = search_highlight(arena, "iphone15 手机壳", text, spans, 8);
    assert_int_equal(count, 2);
    assert_int_equal(strncmp(text + spans[0].from, "iPhone 15", spans[0].to - spans[0].from), 0);
    assert_int_equal(spans[0].to - spans[0].from, 9);
    assert_int_equal(strncmp(text + spans[1].from, "手機殼", spans[1].to - spans[1].from), 0);
    assert_int_equal(search_highlight(arena, "机", "手帕", spans, 8), 0);
}

static bool suggests(struct search_index *index, const char *typed, const char *text)
{
    struct search_suggestion list[SEARCH_SUGGESTION_LIMIT];
    size_t count = search_suggest(index, arena, 1, typed, list, SEARCH_SUGGESTION_LIMIT);
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].text, text) == 0)
            return true;
    return false;
}

static void typing_is_completed_from_characters_pinyin_and_initials(void **state)
{
    (void)state;
    for (size_t count = 400; count <= 4000; count += 3600) {
        struct search_index *index = with_goods(count);
        static const char *const ways[] = {"蓝", "蓝牙", "藍牙", "lany", "lanya", "lanyaer", "lye", NULL};
        for (size_t i = 0; ways[i]; i++) {
            if (!suggests(index, ways[i], "蓝牙耳机"))
                printf("%s\n", ways[i]);
            assert_true(suggests(index, ways[i], "蓝牙耳机"));
        }
        assert_true(suggests(index, "appl", "apple"));
        assert_false(suggests(index, "蓝牙", "保温杯"));
        search_close(index);
    }
}

static void a_text_is_read_as_pinyin(void **state)
{
    (void)state;
    assert_string_equal(search_pinyin(arena, "绿色手機 X9", false), "lvseshoujix9");
    assert_string_equal(search_pinyin(arena, "王小明", true), "wxm");
}

/* ---- bad input ---- */

static void texts_of_any_bytes_are_answered(void **state)
{
    struct search_index *index = with_goods(700);
    char *text = malloc(70000);
    (void)state;
    static const char *const odd[] = {
        "😀",  "!!!", "\xff\xfe\x80", "\xe4\xb8", "\x01\x02", "'; DROP TABLE", "%", "\"",
        "“”", "-",   "- -",          "ﷺ",        "ก็็็็็็",        "\xf0\x9f\x87",  "ⅷ", "　　"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        struct search_suggestion list[4];
        struct search_span spans[4];
        struct search_answer answer = ask(index, odd[i]);
        assert_true(answer.total >= 0);
        search_suggest(index, arena, 1, odd[i], list, 4);
        search_highlight(arena, odd[i], odd[i], spans, 4);
    }
    for (size_t i = 0; i < 400; i++) {
        size_t length = good_mix(i) % (i % 50 ? 90 : 69999);
        for (size_t j = 0; j < length; j++)
            text[j] = (char)(1 + good_mix(i * 7919 + j) % 255);
        text[length] = 0;
        arena_reset(arena);
        assert_true(ask(index, text).hit_count <= 50);
    }
    for (size_t i = 0; i < 20000; i++)
        memcpy(text + i * 3, "杯", 3);
    text[60000] = 0;
    assert_true(ask(index, text).is_cut);
    free(text);
    search_close(index);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        CASE(every_two_characters_of_every_title_find_it),
        CASE(the_end_of_a_word_finds_it_2499),
        CASE(a_name_finds_no_other_names_3683),
        CASE(the_same_sound_is_not_the_same_word_4075),
        CASE(characters_of_one_sound_are_kept_apart_3655),
        CASE(words_phrases_and_words_left_out_5015),
        CASE(the_middle_of_a_word_finds_it_2632),
        CASE(one_wrong_character_is_forgiven_2222),
        CASE(a_word_finds_nothing_that_only_begins_alike_2390),
        CASE(all_that_has_the_word_is_in_the_answer_4814),
        CASE(the_same_in_another_writing),
        CASE(synonyms_and_stop_words_of_a_space),
        CASE(a_change_of_words_is_tried_by_one_question_alone),
        CASE(an_ending_that_says_nothing_is_left_out),
        CASE(what_finds_nothing_is_relaxed_and_says_so),
        CASE(lanes_are_never_mixed),
        CASE(facets_exclude_their_own_choice_and_add_up),
        CASE(numbers_are_chosen_by_range),
        CASE(pages_show_each_document_once_at_any_depth),
        CASE(a_change_is_seen_after_its_commit_and_merging_loses_nothing),
        CASE(spaces_see_nothing_of_each_other),
        CASE(readers_writers_and_the_merger_run_at_once),
        CASE(news_are_told_once_and_a_space_is_filled_by_one),
        CASE(what_was_found_is_marked),
        CASE(typing_is_completed_from_characters_pinyin_and_initials),
        CASE(a_text_is_read_as_pinyin),
        CASE(texts_of_any_bytes_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
