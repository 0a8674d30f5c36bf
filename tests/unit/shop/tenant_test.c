/* tenant_test.c - which shop a host name finds. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/crypto.h"
#include "fixture.h"
#include "shop/outbound.h"
#include "shop/services.h"
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
    assert_int_equal(shop->zone.minutes, -90);
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
    assert_int_equal(shop->zone.minutes, -90);
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

static void what_is_forgotten_of_one_shop_is_kept_of_others(void **state)
{
    (void)state;
    struct shop_cache *cache = shop_cache_open(work->arena);
    int64_t one = make_shop()->id, other = make_shop()->id;
    const struct shop *shop;
    assert_ok(shop_cache_find_id(work, cache, one, &shop));
    assert_ok(shop_cache_find_id(work, cache, other, &shop));
    tamper_of("UPDATE shops SET name = '去' WHERE shop_id <> $1 AND shop_id = $2", one);
    tamper_of("UPDATE shops SET name = '去' WHERE shop_id <> $1 AND shop_id = $2", other);
    shop_cache_forget(cache, one);
    assert_ok(shop_cache_find_id(work, cache, one, &shop));
    assert_string_equal(shop->name, "去");
    assert_ok(shop_cache_find_id(work, cache, other, &shop));
    assert_string_not_equal(shop->name, "去");
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

/* A shop of our own that is ctx's, read as it is now. */
static const struct shop *mine(void)
{
    const struct shop *shop;
    assert_ok(shop_load(work, work->shop->id, &shop));
    work->shop = shop;
    return shop;
}

static void the_last_character_of_a_credit_code_checks_the_others(void **state)
{
    (void)state;
    static const char *const good[] = {"91350100M000100Y43", "91110000802100433B", "914403001922038216"};
    static const char *const bad[] = {"",
                                      "91350100M000100Y44",
                                      "91350100M000100Y4",
                                      "91350100M000100Y433",
                                      "91350100M0001O0Y43",
                                      "19350100M000100Y43",
                                      "91350100m000100y43",
                                      "9135010云M000100Y43"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!credit_code_is_valid(good[i]))
            fail_msg("%s is refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (credit_code_is_valid(bad[i]))
            fail_msg("%s is taken", bad[i]);
}

static void numbers_of_records_are_kept_in_their_official_form(void **state)
{
    (void)state;
    assert_string_equal(icp_number_from(work, " 京icp备 12345678号-1 "), "京ICP备12345678号-1");
    assert_string_equal(icp_number_from(work, "沪ICP证123456号"), "沪ICP证123456号");
    assert_null(icp_number_from(work, "ICP备12345678号"));
    assert_null(icp_number_from(work, "京ICP备12345678"));
    assert_null(icp_number_from(work, "京ICP备1234号"));
    assert_null(icp_number_from(work, "京ICP备12345678号-"));
    assert_null(icp_number_from(work, "京ICP备12345678号<b>"));
    assert_string_equal(psb_number_from(work, "京公网安备　11010502030143号"), "京公网安备11010502030143号");
    assert_null(psb_number_from(work, "京公网安备1101050203014号"));
    assert_null(psb_number_from(work, "公网安备11010502030143号"));
}

static void a_shop_is_open_with_a_whole_licence_or_a_declaration(void **state)
{
    (void)state;
    struct shop_registration facts = {"", "", "", "", "", EXEMPT_NONE};
    assert_false(mine()->is_open);
    facts.exemption = EXEMPT_HANDICRAFT;
    assert_ok(shop_change_registration(work, &facts));
    assert_true(mine()->is_open);
    facts = (struct shop_registration){"云间商贸有限公司", "91350100m000100y43", "", "京ICP备12345678号", "",
                                       EXEMPT_NONE};
    assert_ok(shop_change_registration(work, &facts));
    assert_false(mine()->is_open);
    assert_string_equal(work->shop->profile->credit_code, "91350100M000100Y43");
    assert_ok(shop_change_licence_picture(work, "0123456789abcdef0123456789abcdef"));
    assert_true(mine()->is_open);
    assert_ok(shop_change_licence_picture(work, ""));
    assert_false(mine()->is_open);
    facts.licence_url = "javascript:alert(1)";
    assert_field(shop_change_registration(work, &facts), "licence_url");
    facts = (struct shop_registration){"x", "91350100M000100Y44", "", "1", "2", EXEMPT_NONE};
    assert_field(shop_change_registration(work, &facts), "credit_code");
    assert_field(shop_change_registration(work, &facts), "icp_number");
    assert_field(shop_change_registration(work, &facts), "psb_number");
}

static void a_shop_shows_ten_licences_and_fills_gaps(void **state)
{
    (void)state;
    struct shop_licence licence = {0, "食品经营许可证", "JY11105010000001", ""};
    for (int i = 0; i < SHOP_LICENCE_LIMIT; i++)
        assert_ok(shop_add_licence(work, &licence));
    assert_fails(shop_add_licence(work, &licence), ERR_LIMIT);
    assert_int_equal(mine()->profile->licence_count, SHOP_LICENCE_LIMIT);
    assert_ok(shop_remove_licence(work, 4));
    assert_fails(shop_remove_licence(work, 4), ERR_NOT_FOUND);
    licence.number = "JY4";
    assert_ok(shop_add_licence(work, &licence));
    assert_string_equal(mine()->profile->licences[3].number, "JY4");
    licence.number = "";
    assert_field(shop_add_licence(work, &licence), "number");
    licence.kind = " ";
    assert_field(shop_add_licence(work, &licence), "kind");
}

static void identity_is_read_in_the_language_of_the_reader(void **state)
{
    (void)state;
    struct shop_identity identity = {"山间茶铺",       "Hillside Tea",    "好茶慢慢喝", "",
                                     "0571-8888 6666", "tea@example.com", "杭州"};
    assert_ok(shop_change_identity(work, &identity));
    mine();
    work->locale = "en";
    struct value *view = shop_view(work, work->shop);
    assert_string_equal(value_find_text(view, "name"), "Hillside Tea");
    assert_string_equal(value_find_text(view, "slogan"), "好茶慢慢喝");
    work->locale = "zh-CN";
    assert_string_equal(value_find_text(shop_view(work, work->shop), "name"), "山间茶铺");
    identity.email = "tea at example.com";
    identity.phone = "call me";
    identity.name = "　";
    assert_field(shop_change_identity(work, &identity), "email");
    assert_field(shop_change_identity(work, &identity), "phone");
    assert_field(shop_change_identity(work, &identity), "name");
}

/* What a look finds: the right file, the right record, or neither. */
static bool has_file, has_record;

static err send_file(struct ctx *ctx, const struct outbound_request *request, struct outbound_answer *answer)
{
    *answer = (struct outbound_answer){.problem = OUTBOUND_NO_HOST, .body = ""};
    if (!has_file)
        return NULL;
    const char *host = request->url + strlen("http://");
    const char *path = strchr(host, '/');
    *answer = (struct outbound_answer){.status = 200};
    return shop_answer_claim(ctx, arena_copy(ctx->arena, host, (size_t)(path - host)),
                             path + strlen(SHOP_PROOF_PATH), &answer->body);
}

static void find_record(struct ctx *ctx, const char *name, struct name_texts *found)
{
    struct shop_claim *claims;
    size_t count;
    assert_ok(shop_list_claims(ctx, &claims, &count));
    for (size_t i = 0; has_record && i < count; i++)
        if (text_is(name, arena_format(ctx->arena, "_yundian.%s", claims[i].host)))
            found->texts[found->count++] = arena_format(ctx->arena, "yundian-domain=%s", claims[i].token);
}

static const struct outbound file_port = {.send = send_file};
static const struct name_lookup record_port = {.texts = find_record};
static const struct services outside = {.outbound = &file_port, .names = &record_port};

/* The claim after a look; NULL when there is none any more. */
static const struct shop_claim *after_a_look(const char *host, bool file, bool record)
{
    struct shop_claim *claims;
    size_t count;
    work->services = &outside;
    work->keys = keyring_for_tests(work->arena);
    has_file = file;
    has_record = record;
    for (int round = 0; round < 2; round++) {
        assert_ok(shop_list_claims(work, &claims, &count));
        size_t i = 0;
        while (i < count && !text_is(claims[i].host, host))
            i++;
        if (i == count)
            return NULL;
        if (round == 1)
            return &claims[i];
        assert_ok(shop_claim_job_kinds[0].run(work, &(struct job){.subject_id = claims[i].claim_id}, NULL));
    }
    return NULL;
}

static bool serves(const char *host)
{
    const struct shop *shop;
    return shop_load_by_host(work, host, &shop) == NULL && shop->id == work->shop->id;
}

static void a_domain_is_claimed_in_any_script_and_belongs_to_who_proves_it(void **state)
{
    (void)state;
    struct shop_host *hosts;
    size_t count;
    bool is_ready;
    static const char *const bad[] = {"",
                                      "shop",
                                      "https://tea.example",
                                      "tea.example/a",
                                      "tea.example:80",
                                      "10.0.0.1",
                                      "tea..example",
                                      "-tea.example",
                                      "tea.localhost",
                                      "te_a.example",
                                      "tea example",
                                      "[::1]",
                                      "tea.local",
                                      "茶铺。"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_field(shop_claim_host(work, bad[i], &is_ready), "host");
    assert_ok(shop_claim_host(work, "茶铺.Example", &is_ready));
    assert_false(is_ready);
    assert_false(serves("xn--cl1av77a.example"));
    assert_field(shop_claim_host(work, "茶铺.example", &is_ready), "host");
    assert_string_equal(after_a_look("xn--cl1av77a.example", false, false)->problem, "outbound-no-host");
    assert_null(after_a_look("xn--cl1av77a.example", true, false));
    assert_true(serves("XN--CL1AV77A.example:443"));
    assert_ok(shop_list_hosts(work, &hosts, &count));
    assert_int_equal(count, 1);
    assert_ok(shop_choose_main_host(work, hosts[0].host));
    assert_string_equal(mine()->profile->main_host, hosts[0].host);
    const struct shop *first = work->shop;
    work->shop = make_shop();
    assert_field(shop_claim_host(work, "茶铺.example", &is_ready), "host");
    assert_fails(shop_remove_host(work, hosts[0].host), ERR_NOT_FOUND);
    assert_fails(shop_choose_main_host(work, hosts[0].host), ERR_NOT_FOUND);
    work->shop = first;
    assert_ok(shop_remove_host(work, hosts[0].host));
    assert_string_equal(mine()->profile->main_host, "");
    assert_false(serves(hosts[0].host));
    assert_ok(shop_claim_host(work, "茶铺.example", &is_ready));
    assert_true(is_ready);
    assert_true(serves(hosts[0].host));
}

static void a_contested_domain_needs_a_record_and_a_claim_that_is_over_contests_nothing(void **state)
{
    (void)state;
    bool is_ready;
    const struct shop *first = work->shop, *second = make_shop();
    const char *host = arena_format(work->arena, "both-%" PRId64 ".example", first->id);
    assert_ok(shop_claim_host(work, host, &is_ready));
    work->shop = second;
    assert_ok(shop_claim_host(work, host, &is_ready));
    assert_string_equal(after_a_look(host, true, false)->problem, CLAIM_CONTESTED);
    work->shop = first;
    assert_string_equal(after_a_look(host, true, false)->problem, CLAIM_CONTESTED);
    assert_null(after_a_look(host, false, true));
    assert_true(serves(host));
    assert_ok(shop_remove_host(work, host));
    work->shop = second;
    assert_string_equal(after_a_look(host, true, false)->problem, CLAIM_CONTESTED);
    work->now += SHOP_KEPT_MS - 1;
    assert_ok(shop_look_again(work, host));
    assert_string_equal(after_a_look(host, true, false)->problem, CLAIM_CONTESTED);
    work->now += 1;
    assert_null(after_a_look(host, true, false));
    assert_true(serves(host));
    work->now -= SHOP_KEPT_MS;
}

static void a_claim_is_looked_at_ever_less_often_and_ends(void **state)
{
    (void)state;
    bool is_ready;
    int64_t begin = work->now, looks = 0;
    const char *host = arena_format(work->arena, "slow-%" PRId64 ".example", work->shop->id);
    assert_ok(shop_claim_host(work, host, &is_ready));
    const struct shop_claim *claim = after_a_look(host, false, false);
    assert_int_equal(claim->next_look_at, begin + MINUTE_MS);
    for (; claim->next_look_at; looks++) {
        int64_t pause = claim->next_look_at - work->now;
        assert_true(pause >= MINUTE_MS && pause <= HOUR_MS);
        work->now = claim->next_look_at;
        claim = after_a_look(host, false, false);
    }
    assert_true(work->now < begin + SHOP_CLAIM_MS && work->now > begin + SHOP_CLAIM_MS - 2 * HOUR_MS);
    assert_true(looks > 100 && looks < 200);
    work->now = begin + SHOP_CLAIM_MS;
    assert_int_equal(after_a_look(host, true, true)->state, CLAIM_FAILED);
    assert_false(serves(host));
    assert_ok(shop_look_again(work, host));
    assert_null(after_a_look(host, true, false));
    assert_true(serves(host));
    work->now = begin;
}

static void claims_and_domains_share_one_limit(void **state)
{
    (void)state;
    bool is_ready;
    for (int i = 0; i < SHOP_HOST_LIMIT; i++)
        assert_ok(shop_claim_host(
            work, arena_format(work->arena, "n%d.of-%" PRId64 ".example", i, work->shop->id), &is_ready));
    assert_fails(shop_claim_host(work, "one-too-many.example", &is_ready), ERR_LIMIT);
    assert_ok(shop_drop_claim(work, arena_format(work->arena, "n0.of-%" PRId64 ".example", work->shop->id)));
    assert_ok(shop_claim_host(work, arena_format(work->arena, "m.of-%" PRId64 ".example", work->shop->id),
                              &is_ready));
}

/* What 1 unit of a currency of the shop is about, in the units of the other. */
static int64_t about(const char *own, int64_t minor, const char *rate, const char *other,
                     enum shown_rounding rounding)
{
    struct shown_currency shown = {.rounding = rounding};
    money result;
    memcpy(shown.currency, other, sizeof shown.currency);
    assert_true(shown_rate_parse(rate, &shown.rate));
    return shown_amount(&shown, money_of(minor, own), &result) ? result.minor : -1;
}

static void about_what_a_price_is_has_the_decimals_of_its_currency_and_is_rounded_once(void **state)
{
    (void)state;
    assert_int_equal(about("CNY", 10000, "7.2", "USD", SHOWN_EXACT), 1389);
    assert_int_equal(about("CNY", 10000, "7.2", "USD", SHOWN_WHOLE), 1400);
    assert_int_equal(about("CNY", 10000, "0.048", "JPY", SHOWN_EXACT), 2083);
    assert_int_equal(about("CNY", 10000, "23.5", "KWD", SHOWN_EXACT), 4255);
    assert_int_equal(about("CNY", 10000, "23.5", "KWD", SHOWN_WHOLE), 4000);
    assert_int_equal(about("JPY", 1000, "150", "USD", SHOWN_EXACT), 667);
    assert_int_equal(about("KWD", 1234, "0.0021", "JPY", SHOWN_EXACT), 588);
    assert_int_equal(about("USD", 1, "2", "EUR", SHOWN_EXACT), 1);
    assert_int_equal(about("USD", 0, "2", "EUR", SHOWN_EXACT), 0);
    assert_int_equal(about("USD", -100, "2", "EUR", SHOWN_EXACT), -1);
    assert_int_equal(about("CNY", MONEY_MAX, "0.00000001", "USD", SHOWN_EXACT), -1);
    assert_int_equal(about("CNY", MONEY_MAX, "1", "USD", SHOWN_EXACT), MONEY_MAX);
}

static void a_rate_is_a_short_decimal_above_nothing(void **state)
{
    (void)state;
    int64_t rate;
    static const char *const bad[] = {"",   "0",  "0.0",   "-1",          "7,2",
                                      "1.", ".5", "1e3",   "0.123456789", "12345678",
                                      "７", " 7", "7.2.1", "7.2 ",        "NaN"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(shown_rate_parse(bad[i], &rate));
    static const char *const good[] = {"7.2", "0.00000001", "1234567.12345678", "150", "1000000"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(shown_rate_parse(good[i], &rate));
        assert_string_equal(shown_rate_text(work, rate), good[i]);
    }
}

static void other_currencies_are_shown_up_to_a_limit_and_go_with_the_own_one(void **state)
{
    (void)state;
    static const char *const many[] = {"USD", "EUR", "JPY", "KWD", "HKD", "TWD", "GBP", "KRW"};
    assert_field(shop_show_currency(work, "CNY", "1", SHOWN_EXACT), "currency");
    assert_field(shop_show_currency(work, "XXY", "1", SHOWN_EXACT), "currency");
    assert_field(shop_show_currency(work, "USD", "0", SHOWN_EXACT), "rate");
    for (size_t i = 0; i < SHOP_SHOWN_LIMIT; i++)
        assert_ok(shop_show_currency(work, many[i], "7.2", SHOWN_EXACT));
    assert_fails(shop_show_currency(work, "SGD", "5", SHOWN_EXACT), ERR_LIMIT);
    assert_ok(shop_show_currency(work, "USD", "7.1", SHOWN_WHOLE));
    assert_int_equal(mine()->profile->shown_count, SHOP_SHOWN_LIMIT);
    assert_int_equal(shop_find_shown(work->shop, "USD")->rate, 710000000);
    assert_null(shop_find_shown(work->shop, "SGD"));
    assert_null(shop_find_shown(work->shop, NULL));
    assert_ok(shop_hide_currency(work, "EUR"));
    assert_fails(shop_hide_currency(work, "EUR"), ERR_NOT_FOUND);
    assert_int_equal(mine()->profile->shown_count, SHOP_SHOWN_LIMIT - 1);
    assert_ok(shop_change_region(work, "CNY", "en", zone_fixed(480)));
    assert_int_equal(mine()->profile->shown_count, SHOP_SHOWN_LIMIT - 1);
    assert_ok(shop_change_region(work, "JPY", "en", zone_fixed(540)));
    assert_int_equal(mine()->profile->shown_count, 0);
}

static const char *day_in(int64_t days)
{
    return clock_format(work->arena, work->now + days * DAY_MS, work->shop->zone, "%Y-%m-%d");
}

static void the_end_is_announced_thirty_days_ahead_and_never_nearer(void **state)
{
    (void)state;
    assert_field(shop_announce_closing(work, "soon"), "day");
    assert_field(shop_announce_closing(work, "2027-02-30"), "day");
    assert_field(shop_announce_closing(work, day_in(30)), "day");
    assert_field(shop_announce_closing(work, "9999-01-01"), "day");
    assert_int_equal(mine()->closes_at, 0);
    assert_ok(shop_announce_closing(work, shop_first_closing_day(work)));
    int64_t announced = mine()->closes_at;
    assert_true(announced >= work->now + SHOP_NOTICE_MS && announced < work->now + SHOP_NOTICE_MS + DAY_MS);
    work->now += 20 * DAY_MS;
    assert_field(shop_announce_closing(work, day_in(5)), "day");
    assert_int_equal(mine()->closes_at, announced);
    assert_ok(shop_announce_closing(work, day_in(15)));
    assert_true(mine()->closes_at > announced);
    assert_false(shop_has_closed(work));
    work->now = work->shop->closes_at;
    assert_true(shop_has_closed(work));
    run_jobs();
    assert_field(shop_announce_closing(work, day_in(3)), "day");
    assert_ok(shop_withdraw_closing(work));
    assert_int_equal(mine()->closes_at, 0);
    assert_false(shop_has_closed(work));
}

static void an_ended_shop_takes_no_order_but_repeats_the_one_it_took(void **state)
{
    (void)state;
    int64_t variant_id = make_variant(PRODUCT_PHYSICAL, 100, 5);
    struct checkout early = checkout_of(make_cart(variant_id, 1)),
                    late = checkout_of(make_cart(variant_id, 1));
    struct order *order, *again;
    assert_ok(shop_announce_closing(work, shop_first_closing_day(work)));
    mine();
    assert_ok(checkout_place(work, &early, &order));
    work->now = work->shop->closes_at;
    assert_ok(checkout_place(work, &early, &again));
    assert_int_equal(again->id, order->id);
    assert_fails(checkout_place(work, &late, &again), ERR_SHOP_CLOSED);
    assert_int_equal(stock_of(variant_id).reserved, 1);
}

static void zone_and_currency_are_of_the_lists(void **state)
{
    (void)state;
    assert_ok(shop_change_region(work, "JPY", "en", zone_fixed(540)));
    assert_string_equal(mine()->currency, "JPY");
    assert_int_equal(work->shop->zone.minutes, 540);
    assert_field(shop_change_region(work, "JPY", "en", zone_fixed(541)), "zone");
    assert_field(shop_change_region(work, "YEN", "en", zone_fixed(540)), "currency");
}

static void the_cache_keeps_all_that_a_shop_says_of_itself(void **state)
{
    (void)state;
    struct shop_cache *cache = shop_cache_open(work->arena);
    const struct shop *shop;
    struct shop_registration facts = {
        "云间商贸", "91350100M000100Y43", "https://gsxt.example/1", "京ICP备12345678号", "", EXEMPT_NONE};
    struct shop_licence licence = {0, "食品经营许可证", "JY1", ""};
    assert_ok(shop_change_registration(work, &facts));
    assert_ok(shop_add_licence(work, &licence));
    assert_ok(shop_cache_find_id(work, cache, work->shop->id, &shop));
    tamper("UPDATE shops SET legal_name = '' WHERE shop_id = $1");
    assert_ok(shop_cache_find_id(work, cache, work->shop->id, &shop));
    assert_true(shop->is_open);
    assert_string_equal(shop->profile->legal_name, "云间商贸");
    assert_string_equal(shop->profile->icp_number, "京ICP备12345678号");
    assert_int_equal(shop->profile->licence_count, 1);
    assert_string_equal(shop->profile->licences[0].number, "JY1");
    shop_cache_clear(cache);
    assert_ok(shop_cache_find_id(work, cache, work->shop->id, &shop));
    assert_false(shop->is_open);
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
        SENTENCE(what_is_forgotten_of_one_shop_is_kept_of_others),
        SENTENCE(the_cache_bears_many_threads),
        SENTENCE(the_last_character_of_a_credit_code_checks_the_others),
        SENTENCE(numbers_of_records_are_kept_in_their_official_form),
        SENTENCE(a_shop_is_open_with_a_whole_licence_or_a_declaration),
        SENTENCE(a_shop_shows_ten_licences_and_fills_gaps),
        SENTENCE(identity_is_read_in_the_language_of_the_reader),
        SENTENCE(a_domain_is_claimed_in_any_script_and_belongs_to_who_proves_it),
        SENTENCE(a_contested_domain_needs_a_record_and_a_claim_that_is_over_contests_nothing),
        SENTENCE(a_claim_is_looked_at_ever_less_often_and_ends),
        SENTENCE(claims_and_domains_share_one_limit),
        SENTENCE(about_what_a_price_is_has_the_decimals_of_its_currency_and_is_rounded_once),
        SENTENCE(a_rate_is_a_short_decimal_above_nothing),
        SENTENCE(other_currencies_are_shown_up_to_a_limit_and_go_with_the_own_one),
        SENTENCE(the_end_is_announced_thirty_days_ahead_and_never_nearer),
        SENTENCE(an_ended_shop_takes_no_order_but_repeats_the_one_it_took),
        SENTENCE(zone_and_currency_are_of_the_lists),
        SENTENCE(the_cache_keeps_all_that_a_shop_says_of_itself),
    };
    return RUN_SENTENCES(tests);
}
