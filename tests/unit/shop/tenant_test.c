/* tenant_test.c - which shop a host name finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "unit.h"

static int number;

/* A shop with the host "sN.example"; its handle is "sN". */
static int64_t make_hosted(void)
{
    int64_t shop_id;
    const char *handle = arena_format(work->arena, "s%d", ++number);
    struct shop_draft draft = {.handle = handle,
                               .name = "云店",
                               .slogan = "好茶",
                               .currency = "JPY",
                               .locale = "en",
                               .utc_offset = -90,
                               .host = arena_format(work->arena, "%s.example", handle)};
    assert_ok(shop_create(work, &draft, &shop_id));
    return shop_id;
}

static int64_t shop_at(const char *format)
{
    const struct shop *shop;
    const char *handle = arena_format(work->arena, "%d", number);
    struct text_buf host;
    text_open(&host, work->arena, 1000);
    for (const char *c = format; *c; c++)
        if (*c == '#')
            text_add(&host, handle);
        else
            text_add_char(&host, *c);
    err failure = shop_load_by_host(work, text_of(&host), &shop);
    if (!failure)
        return shop->id;
    assert_int_equal(failure->code, ERR_SHOP_NOT_FOUND);
    return 0;
}

static int64_t first_shop(void)
{
    int64_t *ids;
    size_t count;
    assert_ok(shop_list_ids(work, 0, 1, &ids, &count));
    assert_int_equal(count, 1);
    return ids[0];
}

static void a_shop_is_read_as_it_was_created(void **state)
{
    (void)state;
    const struct shop *shop;
    int64_t shop_id = make_hosted();
    assert_ok(shop_load(work, shop_id, &shop));
    assert_string_equal(shop->handle, arena_format(work->arena, "s%d", number));
    assert_string_equal(shop->name, "云店");
    assert_string_equal(shop->slogan, "好茶");
    assert_string_equal(shop->currency, "JPY");
    assert_string_equal(shop->locale, "en");
    assert_int_equal(shop->utc_offset, -90);
    assert_ok(shop_load_by_handle(work, shop->handle, &shop));
    assert_int_equal(shop->id, shop_id);
    assert_fails(shop_load(work, 12345, &shop), ERR_SHOP_NOT_FOUND);
    assert_fails(shop_load_by_handle(work, "nobody", &shop), ERR_SHOP_NOT_FOUND);
}

static void what_is_left_out_of_a_shop_has_defaults(void **state)
{
    (void)state;
    const struct shop *shop;
    int64_t shop_id;
    struct shop_draft draft = {.handle = "plain-shop", .name = "素"};
    assert_ok(shop_create(work, &draft, &shop_id));
    assert_ok(shop_load(work, shop_id, &shop));
    assert_string_equal(shop->currency, "CNY");
    assert_string_equal(shop->locale, "zh-CN");
    assert_string_equal(shop->slogan, "");
}

static void a_shop_needs_a_good_handle_a_name_and_a_currency(void **state)
{
    (void)state;
    static const char *const handles[] = {
        "", "-a", "A", "a b", "a.b", "店", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct shop_draft draft = {.name = "店"};
    int64_t shop_id;
    for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
        draft.handle = handles[i];
        assert_field(shop_create(work, &draft, &shop_id), "handle");
    }
    draft = (struct shop_draft){.handle = "fine", .name = "　"};
    assert_field(shop_create(work, &draft, &shop_id), "name");
    draft = (struct shop_draft){.handle = "fine", .name = "店", .currency = "XYZ"};
    assert_field(shop_create(work, &draft, &shop_id), "currency");
}

static void a_handle_or_host_of_another_shop_is_refused_and_nothing_is_written(void **state)
{
    (void)state;
    make_hosted();
    int64_t shop_id;
    const struct shop *shop;
    struct shop_draft draft = {.handle = arena_format(work->arena, "s%d", number), .name = "店"};
    assert_fails(shop_create(work, &draft, &shop_id), ERR_DUPLICATE);
    draft.handle = "late-comer";
    draft.host = arena_format(work->arena, "s%d.example", number);
    assert_fails(shop_create(work, &draft, &shop_id), ERR_DUPLICATE);
    assert_fails(shop_load_by_handle(work, "late-comer", &shop), ERR_SHOP_NOT_FOUND);
}

static void a_host_finds_its_shop_with_any_port_and_case(void **state)
{
    (void)state;
    int64_t shop_id = make_hosted();
    assert_int_equal(shop_at("s#.example"), shop_id);
    assert_int_equal(shop_at("s#.example:8080"), shop_id);
    assert_int_equal(shop_at("S#.Example:443"), shop_id);
    assert_int_equal(shop_at("www.s#.example"), 0);
    assert_int_equal(shop_at("s#.example.evil.example"), 0);
    assert_int_equal(shop_at("xs#.example"), 0);
    assert_int_equal(shop_at("s#"), 0);
    assert_int_equal(shop_at(""), 0);
    assert_int_equal(shop_at("s#.example'--"), 0);
}

static void handle_dot_localhost_always_finds_the_shop(void **state)
{
    (void)state;
    int64_t shop_id = make_hosted();
    assert_int_equal(shop_at("s#.localhost"), shop_id);
    assert_int_equal(shop_at("S#.LOCALHOST:8080"), shop_id);
    assert_int_equal(shop_at("nobody.localhost"), 0);
    assert_int_equal(shop_at(".localhost"), 0);
    assert_int_equal(shop_at("x.s#.localhost"), 0);
}

static void a_loopback_name_or_an_address_finds_the_first_shop(void **state)
{
    (void)state;
    static const char *const here[] = {"localhost",      "LocalHost:8080", "127.0.0.1",  "127.0.0.1:8080",
                                       "192.168.0.7:80", "[::1]",          "[::1]:8080", "[fe80::1]"};
    make_hosted();
    for (size_t i = 0; i < sizeof here / sizeof *here; i++)
        assert_int_equal(shop_at(here[i]), first_shop());
    assert_int_equal(shop_at("127.0.0.1.evil.example"), 0);
    assert_int_equal(shop_at("localhost.evil.example"), 0);
}

static void a_very_long_host_is_no_shop(void **state)
{
    (void)state;
    const struct shop *shop;
    char *host = arena_alloc(work->arena, 5000);
    memset(host, 'a', 4999);
    assert_fails(shop_load_by_host(work, host, &shop), ERR_SHOP_NOT_FOUND);
    assert_fails(shop_load_by_host(work, NULL, &shop), ERR_SHOP_NOT_FOUND);
}

static void all_shops_are_listed_in_steps(void **state)
{
    (void)state;
    int64_t after = 0, *ids;
    size_t count, sum = 0;
    for (int i = 0; i < 5; i++)
        make_hosted();
    do {
        assert_ok(shop_list_ids(work, after, 3, &ids, &count));
        for (size_t i = 0; i < count; i++) {
            assert_true(ids[i] > after);
            after = ids[i];
        }
        sum += count;
    } while (count == 3);
    assert_int_equal(sum, ask("SELECT count(*) FROM shops WHERE shop_id <> $1") + 1);
}

static void the_cache_gives_the_shop_for_two_seconds(void **state)
{
    (void)state;
    struct shop_cache *cache = shop_cache_open(work->arena);
    const struct shop *shop;
    int64_t shop_id = make_hosted();
    const char *host = arena_format(work->arena, "s%d.example:80", number);
    assert_ok(shop_cache_find_host(work, cache, host, &shop));
    assert_int_equal(shop->id, shop_id);
    assert_ok(shop_cache_find_id(work, cache, shop_id, &shop));
    tamper_of("UPDATE shops SET name = '改名' WHERE shop_id <> $1 AND shop_id = $2", shop_id);
    assert_ok(shop_cache_find_host(work, cache, host, &shop));
    assert_string_equal(shop->name, "云店");
    assert_int_equal(shop->utc_offset, -90);
    assert_string_equal(shop->currency, "JPY");
    assert_ok(shop_cache_find_id(work, cache, shop_id, &shop));
    assert_string_equal(shop->name, "云店");
    work->now += SHOP_CACHE_MS;
    assert_ok(shop_cache_find_host(work, cache, host, &shop));
    assert_string_equal(shop->name, "改名");
    assert_ok(shop_cache_find_id(work, cache, shop_id, &shop));
    assert_string_equal(shop->name, "改名");
}

static void the_cache_forgets_when_cleared_and_keeps_no_unknown_host(void **state)
{
    (void)state;
    struct shop_cache *cache = shop_cache_open(work->arena);
    const struct shop *shop;
    assert_fails(shop_cache_find_host(work, cache, "coming.example", &shop), ERR_SHOP_NOT_FOUND);
    struct shop_draft draft = {.handle = "coming", .name = "来", .host = "coming.example"};
    int64_t shop_id;
    assert_ok(shop_create(work, &draft, &shop_id));
    assert_ok(shop_cache_find_host(work, cache, "coming.example", &shop));
    assert_int_equal(shop->id, shop_id);
    tamper_of("UPDATE shops SET name = '去' WHERE shop_id <> $1 AND shop_id = $2", shop_id);
    shop_cache_clear(cache);
    assert_ok(shop_cache_find_host(work, cache, "coming.example", &shop));
    assert_string_equal(shop->name, "去");
}

struct lookups {
    struct shop_cache *cache;
    int64_t ids[THREADS];
    struct outcomes outcomes;
};

/* All look at all shops through one cache of which each key has one slot. */
static void look_up(struct ctx *ctx, int index, void *arg)
{
    struct lookups *lookups = arg;
    for (int i = 0; i < 400; i++) {
        const struct shop *shop;
        int64_t shop_id = lookups->ids[(index + i) % THREADS];
        ctx->now = NOON + i * 100;
        err failure = shop_cache_find_id(ctx, lookups->cache, shop_id, &shop);
        if (failure || shop->id != shop_id || !text_is(shop->name, "云店"))
            lookups->outcomes.codes[index] = failure ? failure->code : ERR_INTERNAL;
    }
}

static void the_cache_bears_many_threads(void **state)
{
    (void)state;
    struct lookups lookups = {.cache = shop_cache_open(work->arena)};
    for (int i = 0; i < THREADS; i++)
        lookups.ids[i] = make_hosted();
    in_threads(look_up, &lookups);
    assert_int_equal(count_outcomes(&lookups.outcomes, ERR_NONE), THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(a_shop_is_read_as_it_was_created),
        SENTENCE(what_is_left_out_of_a_shop_has_defaults),
        SENTENCE(a_shop_needs_a_good_handle_a_name_and_a_currency),
        SENTENCE(a_handle_or_host_of_another_shop_is_refused_and_nothing_is_written),
        SENTENCE(a_host_finds_its_shop_with_any_port_and_case),
        SENTENCE(handle_dot_localhost_always_finds_the_shop),
        SENTENCE(a_loopback_name_or_an_address_finds_the_first_shop),
        SENTENCE(a_very_long_host_is_no_shop),
        SENTENCE(all_shops_are_listed_in_steps),
        SENTENCE(the_cache_gives_the_shop_for_two_seconds),
        SENTENCE(the_cache_forgets_when_cleared_and_keeps_no_unknown_host),
        SENTENCE(the_cache_bears_many_threads),
    };
    return RUN_SENTENCES(tests);
}
