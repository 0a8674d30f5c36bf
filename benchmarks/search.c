/* search.c - what the search costs: filling, memory, questions by kind, readers beside each other and beside
 * a writer. Prints a line each; the machine's other work is in the figures.
 *
 * usage: search [PRODUCTS [SHOPS [KIND]]]   (1000000 10000; then 100000 in one; a kind alone is for a
 * profiler) */
/* SPDX-License-Identifier: Apache-2.0 */
#include "../tests/unit/search/goods.h"
#include "search/index.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#define TITLE_BYTES 300
#define QUESTIONS 3000
#define FACET_BRAND 1
#define FACET_COLOUR 2
#define FACET_STOCK 3
#define SECONDS 3
#define UPDATES 500 /* a second */

static int64_t now_us(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

/* Shops have sizes as in life: a few large ones, many small ones, by the inverse of their rank. */
static int64_t shop_of(size_t product, size_t products, size_t shops)
{
    double share = (double)(good_mix(product) % 1000003) / 1000003;
    (void)products;
    /* The inverse of the integral of 1 / (rank + 20). */
    return shops == 1 ? 1 : 1 + (int64_t)(20 * (pow((double)shops / 20 + 1, share) - 1));
}

static void put(struct search_index *index, int64_t shop, size_t number, int version)
{
    char title[TITLE_BYTES];
    uint64_t mixed = good_mix(number + (size_t)version * 7919);
    good_title(number, title, sizeof title);
    struct search_mark marks[] = {{FACET_BRAND, PICK(good_brands, mixed)},
                                  {FACET_COLOUR, PICK(good_colours, mixed >> 9)},
                                  {FACET_STOCK, "1"}};
    const char *texts[] = {marks[0].value, goods[number % GOOD_COUNT].noun};
    search_put(index, shop,
               &(struct search_document){.id = (int64_t)number + 1,
                                         .title = title,
                                         .texts = texts,
                                         .text_count = 2,
                                         .price = (int64_t)(mixed >> 20) % 100000,
                                         .sales = (int64_t)(mixed >> 40) % 5000,
                                         .created_at = (int64_t)number,
                                         .marks = marks,
                                         .mark_count = mixed % 5 ? 3 : 2});
}

/* ---- questions ---- */

static const char *question(const char *kind, uint64_t mixed, char out[TITLE_BYTES])
{
    const struct good *good = &goods[mixed % GOOD_COUNT];
    const char *manner = PICK(good_manners, mixed >> 8), *brand = PICK(good_brands, mixed >> 16);
    if (strcmp(kind, "one character") == 0)
        snprintf(out, TITLE_BYTES, "%.3s", good->noun);
    else if (strcmp(kind, "two characters") == 0)
        snprintf(out, TITLE_BYTES, "%.6s", good->noun);
    else if (strcmp(kind, "a word") == 0)
        snprintf(out, TITLE_BYTES, "%s", good->noun);
    else if (strcmp(kind, "two words") == 0)
        snprintf(out, TITLE_BYTES, "%s %s", manner, good->noun);
    else if (strcmp(kind, "word order") == 0)
        snprintf(out, TITLE_BYTES, "%s%s", good->noun, manner);
    else if (strcmp(kind, "brand") == 0)
        snprintf(out, TITLE_BYTES, "%s", brand);
    else if (strcmp(kind, "model") == 0)
        snprintf(out, TITLE_BYTES, "XR-%u", (unsigned)(mixed >> 20 & 0xFFF));
    else if (strcmp(kind, "pinyin") == 0)
        snprintf(out, TITLE_BYTES, "%s", good->pinyin);
    else if (strcmp(kind, "initials") == 0)
        snprintf(out, TITLE_BYTES, "%s", good->initials);
    else /* a wrong character */
        snprintf(out, TITLE_BYTES, "%.*s卌%s", 3, good->noun, good->noun + 6);
    return out;
}

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static const struct search_column columns[] = {{FACET_BRAND, 0}, {FACET_COLOUR, 1}, {FACET_STOCK, 2}};

static int64_t some_shop(uint64_t mixed, size_t products, size_t shops)
{
    return shop_of((size_t)(mixed % products), products, shops);
}

static void time_kind(struct search_index *index, const char *kind, size_t products, size_t shops)
{
    static int64_t times[QUESTIONS];
    struct arena *arena = arena_open(ARENA_LIMIT);
    int64_t hits = 0;
    for (size_t i = 0; i < QUESTIONS; i++) {
        char text[TITLE_BYTES];
        struct search_answer answer;
        uint64_t mixed = good_mix(i + 77);
        struct search_query query = {.space_id = some_shop(mixed, products, shops),
                                     .text = question(kind, mixed, text),
                                     .limit = 24,
                                     .columns = columns,
                                     .column_count = 3};
        arena_reset(arena);
        int64_t begun = now_us(CLOCK_THREAD_CPUTIME_ID);
        search_ask(index, arena, &query, &answer);
        times[i] = now_us(CLOCK_THREAD_CPUTIME_ID) - begun;
        hits += answer.total;
    }
    arena_close(arena);
    qsort(times, QUESTIONS, sizeof *times, compare);
    printf("  %-18s p50 %6.3f ms  p99 %6.3f ms  (%lld hits on average)\n", kind,
           (double)times[QUESTIONS / 2] / 1000, (double)times[QUESTIONS * 99 / 100] / 1000,
           (long long)(hits / QUESTIONS));
}

static void time_suggestions(struct search_index *index, size_t products, size_t shops)
{
    static int64_t times[QUESTIONS];
    struct arena *arena = arena_open(ARENA_LIMIT);
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct search_suggestion list[SEARCH_SUGGESTION_LIMIT];
        uint64_t mixed = good_mix(i + 5);
        const struct good *good = &goods[mixed % GOOD_COUNT];
        char text[TITLE_BYTES];
        snprintf(text, sizeof text, "%.*s", (int)(mixed % 2 ? 3 + mixed / 2 % 2 * 3 : 2 + mixed / 2 % 4),
                 mixed % 2 ? good->noun : good->pinyin);
        arena_reset(arena);
        int64_t begun = now_us(CLOCK_THREAD_CPUTIME_ID);
        search_suggest(index, arena, some_shop(mixed, products, shops), text, list, SEARCH_SUGGESTION_LIMIT);
        times[i] = now_us(CLOCK_THREAD_CPUTIME_ID) - begun;
    }
    arena_close(arena);
    qsort(times, QUESTIONS, sizeof *times, compare);
    printf("  %-18s p50 %6.3f ms  p99 %6.3f ms\n", "suggestions", (double)times[QUESTIONS / 2] / 1000,
           (double)times[QUESTIONS * 99 / 100] / 1000);
}

/* ---- beside each other ---- */

struct crowd {
    struct search_index *index;
    size_t products, shops;
    atomic_bool is_over;
    atomic_llong asked;
};

static void *read_on(void *arg)
{
    struct crowd *crowd = arg;
    struct arena *arena = arena_open(ARENA_LIMIT);
    for (uint64_t i = 0; !atomic_load(&crowd->is_over); i++) {
        char text[TITLE_BYTES];
        struct search_answer answer;
        uint64_t mixed = good_mix(i);
        struct search_query query = {.space_id = some_shop(mixed, crowd->products, crowd->shops),
                                     .text = question("a word", mixed, text),
                                     .limit = 24,
                                     .columns = columns,
                                     .column_count = 3};
        arena_reset(arena);
        search_ask(crowd->index, arena, &query, &answer);
        atomic_fetch_add(&crowd->asked, 1);
    }
    arena_close(arena);
    return NULL;
}

static double rate(struct search_index *index, size_t products, size_t shops, size_t readers,
                   bool with_writer)
{
    struct crowd crowd = {.index = index, .products = products, .shops = shops};
    pthread_t threads[8];
    for (size_t i = 0; i < readers; i++)
        if (pthread_create(&threads[i], NULL, read_on, &crowd) != 0)
            return 0;
    int64_t begun = now_us(CLOCK_MONOTONIC), end = begun + SECONDS * 1000000;
    for (int version = 1; now_us(CLOCK_MONOTONIC) < end; version++) {
        struct timespec pause = {0, 1000000000 / UPDATES};
        if (with_writer) {
            size_t number = (size_t)(good_mix((uint64_t)version) % products);
            put(index, shop_of(number, products, shops), number, version);
            search_commit(index, shop_of(number, products, shops));
        }
        nanosleep(&pause, NULL);
    }
    atomic_store(&crowd.is_over, true);
    for (size_t i = 0; i < readers; i++)
        pthread_join(threads[i], NULL);
    return (double)atomic_load(&crowd.asked) * 1e6 / (double)(now_us(CLOCK_MONOTONIC) - begun);
}

static void measure(size_t products, size_t shops, const char *kind)
{
    static const char *const kinds[] = {"one character", "two characters", "a word", "two words",
                                        "word order",    "brand",          "model",  "wrong character",
                                        "pinyin",        "initials"};
    struct search_index *index = search_open();
    int64_t begun = now_us(CLOCK_MONOTONIC), used = now_us(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < products; i++)
        put(index, shop_of(i, products, shops), i, 0);
    for (size_t shop = 1; shop <= shops; shop++)
        search_commit(index, (int64_t)shop);
    struct search_figures figures = search_figures(index);
    printf("%zu products in %zu shops\n  filled in %.2f s (%.2f s of a processor), %zu MB, %zu segments\n",
           figures.documents, shops, (double)(now_us(CLOCK_MONOTONIC) - begun) / 1e6,
           (double)(now_us(CLOCK_PROCESS_CPUTIME_ID) - used) / 1e6, figures.bytes >> 20, figures.segments);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!kind || strcmp(kind, kinds[i]) == 0)
            time_kind(index, kinds[i], products, shops);
    if (kind) {
        search_close(index);
        return;
    }
    time_suggestions(index, products, shops);
    double one = rate(index, products, shops, 1, false), two = rate(index, products, shops, 2, false),
           beside = rate(index, products, shops, 1, true);
    printf("  one reader %.0f/s, two %.0f/s (%.2f times); one beside %d updates/s %.0f/s (%.0f %%)\n", one,
           two, two / one, UPDATES, beside, 100 * beside / one);
    search_close(index);
}

int main(int count, char **words)
{
    size_t products = count > 1 ? strtoul(words[1], NULL, 10) : 1000000,
           shops = count > 2 ? strtoul(words[2], NULL, 10) : 10000;
    measure(products, shops, count > 3 ? words[3] : NULL);
    if (count == 1)
        measure(100000, 1, NULL);
    return 0;
}
