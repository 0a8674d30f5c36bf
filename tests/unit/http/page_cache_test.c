/* page_cache_test.c - what is kept, what is forgotten, and what must never be kept. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "http/prepared.h"
#include "unit.h"
#include <stdio.h>
#include <stdlib.h>

#define SECOND_US INT64_C(1000000)
#define CACHE_BYTES ((size_t)1 << 20)

static struct page_cache *cache;

static int open_cache(void **state)
{
    (void)state;
    cache = page_cache_open(CACHE_BYTES, 4711);
    return 0;
}

static int close_cache(void **state)
{
    (void)state;
    page_cache_close(cache);
    return 0;
}

static struct prepared *make(size_t length)
{
    static char bytes[200000];
    static const struct prepared_options options = {.content_type = "text/html", .cache_control = "public"};
    return prepared_make(bytes, length, &options);
}

static void store(const char *key, const struct tag *tags, uint64_t generation)
{
    struct prepared *page = make(100);
    page_cache_store(cache, key, strlen(key), page, tags, 60, 0, generation);
    prepared_drop(page);
}

static bool is_kept(const char *key, int64_t now_us)
{
    struct prepared *page = page_cache_find(cache, key, strlen(key), now_us);
    if (page)
        prepared_drop(page);
    return page != NULL;
}

static void a_page_is_found_until_it_is_old(void **state)
{
    (void)state;
    store("a", NULL, 0);
    assert_true(is_kept("a", 59 * SECOND_US));
    assert_false(is_kept("b", 0));
    assert_false(is_kept("a", 60 * SECOND_US));
    assert_false(is_kept("a", 0)); /* forgotten, not only hidden */
    assert_int_equal(page_cache_figures(cache).bytes, 0);
}

static void a_dropped_tag_takes_its_pages_along(void **state)
{
    (void)state;
    struct tag second = {"list", NULL};
    struct tag first = {"product:1", &second};
    store("a", &first, 0);
    store("b", &second, 0);
    store("c", NULL, 0);
    page_cache_drop(cache, "product:1");
    assert_false(is_kept("a", 0));
    assert_true(is_kept("b", 0));
    page_cache_drop(cache, "list");
    assert_false(is_kept("b", 0));
    assert_true(is_kept("c", 0));
    page_cache_clear(cache);
    assert_false(is_kept("c", 0));
    assert_int_equal(page_cache_figures(cache).pages, 0);
}

static void a_page_made_during_a_drop_is_not_kept(void **state)
{
    (void)state;
    struct tag tag = {"product:1", NULL};
    uint64_t generation = page_cache_generation(cache);
    page_cache_drop(cache, "product:2");
    store("other drop", &tag, generation);
    assert_true(is_kept("other drop", 0));
    page_cache_drop(cache, "product:1");
    store("own drop", &tag, generation);
    assert_false(is_kept("own drop", 0));
    store("afterwards", &tag, page_cache_generation(cache));
    assert_true(is_kept("afterwards", 0));
    generation = page_cache_generation(cache);
    page_cache_clear(cache);
    store("clear", NULL, generation);
    assert_false(is_kept("clear", 0));
    generation = page_cache_generation(cache);
    for (int i = 0; i < 2000; i++)
        page_cache_drop(cache, "busy");
    store("too long ago", &tag, generation);
    assert_false(is_kept("too long ago", 0));
}

static void the_least_recently_used_goes_first(void **state)
{
    (void)state;
    char key[16];
    for (int i = 0; i < 9; i++) {
        struct prepared *page = make(60000);
        size_t length = (size_t)snprintf(key, sizeof key, "page %d", i);
        page_cache_store(cache, key, length, page, NULL, 60, 0, 0);
        prepared_drop(page);
    }
    assert_true(is_kept("page 0", 0)); /* now the most recently used */
    for (int i = 9; i < 14; i++) {
        struct prepared *page = make(60000);
        size_t length = (size_t)snprintf(key, sizeof key, "page %d", i);
        page_cache_store(cache, key, length, page, NULL, 60, 0, 0);
        prepared_drop(page);
    }
    assert_true(is_kept("page 0", 0));
    assert_false(is_kept("page 1", 0));
    assert_true(is_kept("page 13", 0));
    assert_true(page_cache_figures(cache).bytes <= (int64_t)CACHE_BYTES);
    assert_true(page_cache_figures(cache).evicted > 0);
}

static void a_page_that_fills_the_cache_is_not_kept(void **state)
{
    (void)state;
    struct prepared *page = make(200000);
    page_cache_store(cache, "big", 3, page, NULL, 60, 0, 0);
    prepared_drop(page);
    assert_false(is_kept("big", 0));
}

static void a_newer_page_takes_the_place_of_the_older(void **state)
{
    (void)state;
    store("a", &(struct tag){"x", NULL}, 0);
    store("a", &(struct tag){"y", NULL}, 0);
    assert_int_equal(page_cache_figures(cache).pages, 1);
    page_cache_drop(cache, "x");
    assert_true(is_kept("a", 0));
    page_cache_drop(cache, "y");
    assert_false(is_kept("a", 0));
}

static size_t key_of(const char *url, const char *cookie, const char *authorization, enum face face,
                     char out[PAGE_KEY_BYTES])
{
    static const char *const locales[] = {"zh-CN", "en", NULL};
    static const char *const cookies[] = {"session", "wish", NULL};
    const struct http_hooks hooks = {.no_cache_cookies = cookies, .locales = locales};
    struct http_server server = {.hooks = &hooks};
    const struct exchange exchange = {
        .server = &server,
        .url = (char *)(uintptr_t)url,
        .url_length = strlen(url),
        .method = GET,
        .face = face,
        .head = {.host = "shop.example", .cookie = cookie, .authorization = authorization},
    };
    return page_key(&exchange, out);
}

static void strangers_share_pages_and_staff_does_not(void **state)
{
    (void)state;
    char first[PAGE_KEY_BYTES], second[PAGE_KEY_BYTES];
    size_t length = key_of("/a?b=1", NULL, NULL, FACE_HTML, first);
    assert_true(length > 0);
    assert_int_equal(key_of("/a?b=1", "cart=5", NULL, FACE_HTML, second), length);
    assert_memory_equal(first, second, length);
    size_t json = key_of("/a?b=1", NULL, NULL, FACE_JSON, second);
    assert_false(json == length && memcmp(first, second, length) == 0);
    assert_int_equal(key_of("/a", "cart=5; session=x", NULL, FACE_HTML, second), 0);
    assert_int_equal(key_of("/a", NULL, "Bearer x", FACE_HTML, second), 0);
    assert_int_equal(key_of("/a?1&2&3&4&5", NULL, NULL, FACE_HTML, second), 0);
}

static void compressed_forms_are_chosen_by_the_client(void **state)
{
    (void)state;
    assert_int_equal(encodings_accepted(NULL), 1U << ENCODING_NONE);
    assert_int_equal(encodings_accepted("gzip, deflate, br"),
                     1U << ENCODING_NONE | 1U << ENCODING_GZIP | 1U << ENCODING_BROTLI);
    assert_int_equal(encodings_accepted("br;q=0, gzip;q=0.1"), 1U << ENCODING_NONE | 1U << ENCODING_GZIP);
}

static void compression_shortens_and_says_when_not(void **state)
{
    (void)state;
    static const char text[4096] = "aaaaaaaaaaaaaaaa";
    unsigned char noise[256];
    size_t length;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(hash_mix(i + 1, UINT64_C(0x9e3779b97f4a7c15)) >> 17);
    struct deflater *deflater = deflater_open(1);
    for (int again = 0; again < 3; again++) {
        char *gzip = deflater_run(deflater, text, sizeof text, &length);
        assert_non_null(gzip);
        assert_true(length < 100);
        free(gzip);
    }
    assert_null(deflater_run(deflater, (const char *)noise, sizeof noise, &length));
    deflater_close(deflater);
    char *brotli = compress_brotli(text, sizeof text, 5, &length);
    assert_true(length < 100);
    free(brotli);
    assert_true(compress_pays("text/css; charset=utf-8", 2000));
    assert_false(compress_pays("text/css", 100));
    assert_false(compress_pays("image/png", 2000));
}

#define cache_test(name) cmocka_unit_test_setup_teardown(name, open_cache, close_cache)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cache_test(a_page_is_found_until_it_is_old),
        cache_test(a_dropped_tag_takes_its_pages_along),
        cache_test(a_page_made_during_a_drop_is_not_kept),
        cache_test(the_least_recently_used_goes_first),
        cache_test(a_page_that_fills_the_cache_is_not_kept),
        cache_test(a_newer_page_takes_the_place_of_the_older),
        cache_test(strangers_share_pages_and_staff_does_not),
        cache_test(compressed_forms_are_chosen_by_the_client),
        cache_test(compression_shortens_and_says_when_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
