/* notify_test.c - mails that nobody can break into, and events that cost nothing when nobody listens. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "shop/notify/notify_jobs.h"
#include "shop/notify/notify_parts.h"
#include "unit.h"

#define LINE_LIMIT 78
#define WORD_LIMIT 75

static const char *const addressees[] = {"buyer@example.com"};

static const char *mime_of(const char *shop_name, const char *title, const char *text)
{
    size_t length;
    struct letter letter = {.locale = "zh-CN",
                            .shop_name = shop_name,
                            .title = title,
                            .intro = text,
                            .rows = {{text, text}},
                            .row_count = 1,
                            .link = "https://shop.example/orders/1?token=a&b",
                            .link_label = text,
                            .footer = text};
    struct envelope envelope = {.from_name = shop_name,
                                .from_address = "shop@example.com",
                                .to = addressees,
                                .to_count = 1,
                                .reply_to = "",
                                .message_id = "1.2@example.com",
                                .at = NOON};
    const char *text_of_mail = mime_write(work, &envelope, &letter, &length);
    assert_int_equal(strlen(text_of_mail), length);
    return text_of_mail;
}

/* Only CRLF, no long lines, nothing but ASCII: whatever was typed. */
static void check_lines(const char *mail)
{
    size_t in_line = 0;
    for (const char *c = mail; *c; c++) {
        assert_true((unsigned char)*c < 128);
        if (*c == '\n')
            assert_true(c > mail && c[-1] == '\r');
        if (*c == '\r')
            assert_int_equal(c[1], '\n');
        in_line = *c == '\n' ? 0 : in_line + 1;
        assert_true(in_line <= LINE_LIMIT + 1);
    }
}

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = strchr(digits, c);
    return found && c ? (int)(found - digits) : -1;
}

static const char *unbase64(const char *text, size_t length)
{
    struct text_buf out;
    unsigned bits = 0;
    int held = 0;
    text_open(&out, work->arena, 4096);
    for (size_t i = 0; i < length && digit_of(text[i]) >= 0; i++) {
        bits = bits << 6 | (unsigned)digit_of(text[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            text_add_char(&out, (char)(bits >> held & 0xFF));
        }
    }
    return text_of(&out);
}

/* The decoded text of a header; each of its words is short and whole UTF-8. */
static const char *header_of(const char *mail, const char *name)
{
    struct text_buf out;
    const char *at = strstr(mail, name);
    text_open(&out, work->arena, 4096);
    assert_non_null(at);
    at += strlen(name);
    while (text_starts(at, "=?UTF-8?B?")) {
        const char *end = strstr(at, "?=");
        assert_non_null(end);
        assert_true(end + 2 - at <= WORD_LIMIT);
        const char *word = unbase64(at + 10, (size_t)(end - at - 10));
        assert_true(utf8_is_valid(word, strlen(word)));
        text_add(&out, word);
        at = text_starts(end + 2, "\r\n =?") ? end + 5 : end + 2;
    }
    return text_of(&out);
}

static void nothing_that_people_type_becomes_a_header(void **state)
{
    (void)state;
    const char *evil = "x\r\nBcc: evil@example.com\r\n\r\nbody\nTo: more@example.com";
    const char *mail = mime_of(evil, evil, evil);
    const char *body = strstr(mail, "\r\n\r\n");
    check_lines(mail);
    assert_null(strstr(mail, "Bcc:"));
    assert_null(strstr(mail, "evil@"));
    assert_non_null(strstr(body, "--=_yundian_part"));
    assert_string_equal(header_of(mail, "Subject: "),
                        "x  Bcc: evil@example.com    body To: more@example.com");
}

static void long_titles_are_cut_between_characters_and_come_together_again(void **state)
{
    (void)state;
    const char *title = "a";
    for (int i = 0; i < 60; i++)
        title = arena_format(work->arena, "%s%s", title, i % 3 ? "瓷" : "🍵");
    const char *mail = mime_of("店", title, "正文");
    check_lines(mail);
    assert_string_equal(header_of(mail, "Subject: "), title);
    assert_string_equal(header_of(mail, "From: "), "店");
}

static void plain_names_stay_readable(void **state)
{
    (void)state;
    const char *mail = mime_of("Tea House", "Order 1 is paid", "text");
    assert_non_null(strstr(mail, "Subject: Order 1 is paid\r\n"));
    assert_non_null(strstr(mail, "From: Tea House\r\n <shop@example.com>\r\n"));
    mail = mime_of("Tea, \"House\"", "=?UTF-8?B?eA==?=", "text");
    assert_string_equal(header_of(mail, "From: "), "Tea, \"House\"");
    assert_string_equal(header_of(mail, "Subject: "), "=?UTF-8?B?eA==?=");
}

static void addresses_are_read_carefully(void **state)
{
    (void)state;
    const char *to[MAIL_RECIPIENT_LIMIT];
    size_t count;
    static const char *const good[] = {"a@b.example", "first.last+tag@mail.shop.example", "o'neil@b.example"};
    static const char *const bad[] = {"",
                                      "a",
                                      "@b.example",
                                      "a@",
                                      "a@b",
                                      "a@b.example>",
                                      "a b@c.example",
                                      "a@b.example\r\nRCPT",
                                      "a@b..c",
                                      "a@.b.c",
                                      "a@b.c.",
                                      ".a@b.c",
                                      "a.@b.c",
                                      "a@b@c.d",
                                      "\"a\"@b.c",
                                      "猫@b.c",
                                      "a@猫.c",
                                      "a,b@c.d"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(mail_address_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(mail_address_is_valid(bad[i]));
    assert_true(mail_addresses_split(work, " a@b.c ,d@e.f;; g@h.i", to, &count));
    assert_int_equal(count, 3);
    assert_string_equal(to[2], "g@h.i");
    assert_false(mail_addresses_split(work, "a@b.c, nonsense", to, &count));
    assert_false(mail_addresses_split(work, " , ", to, &count));
    assert_false(mail_addresses_split(work, "a@b.c,a@b.c,a@b.c,a@b.c,a@b.c,a@b.c", to, &count));
}

static err hear(struct ctx *ctx, void *arg)
{
    const struct outbox_event *event = arg;
    return notify_listeners[0].hear(ctx, event, NULL);
}

static struct outbox_event paid_event(bool has_email)
{
    struct value *news = value_object(work->arena);
    value_set_text(work->arena, news, "number", "26010112000000000001");
    if (has_email)
        value_set_bool(work->arena, news, "has_email", true);
    return (struct outbox_event){.id = id_new(work),
                                 .topic = "order.paid",
                                 .aggregate_id = id_new(work),
                                 .payload = news,
                                 .at = work->now};
}

static void who_wants_nothing_costs_no_statement(void **state)
{
    (void)state;
    struct outbox_event events[] = {paid_event(false), paid_event(true)};
    struct db *db = db_session_db(work->db);
    assert_ok(shop_load(work, work->shop->id, &work->shop));
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        struct db_figures before = db_figures(db);
        assert_ok(hear(work, &events[i])); /* outside a transaction a write would be a bug and abort */
        assert_int_equal(db_figures(db).queries, before.queries);
    }
    assert_int_equal(ask("SELECT COUNT(*) FROM messages WHERE shop_id = $1"), 0);
}

static void an_event_is_told_to_each_channel_that_hears_it_once(void **state)
{
    (void)state;
    struct channel wants = {.kind = CHANNEL_MAIL, .name = "a", .url = "", .secret = "", .to = "a@b.example"};
    struct channel other = wants;
    wants.is_on = other.is_on = true;
    wants.occasions = UINT64_C(1) << OCCASION_PAID | UINT64_C(1) << OCCASION_BUYER_PAID;
    other.occasions = UINT64_C(1) << OCCASION_REFUNDED;
    assert_ok(channel_save(work, &wants));
    assert_ok(channel_save(work, &other));
    assert_ok(shop_load(work, work->shop->id, &work->shop));
    assert_true(shop_has_occasion(work->shop, OCCASION_PAID));
    assert_false(shop_has_occasion(work->shop, OCCASION_BUYER_PAID));
    struct outbox_event event = paid_event(true);
    assert_ok(db_transact(work, hear, &event));
    assert_ok(db_transact(work, hear, &event));
    assert_int_equal(ask("SELECT COUNT(*) FROM messages WHERE shop_id = $1"), 1);
    assert_int_equal(ask_of("SELECT COUNT(*) FROM messages WHERE shop_id = $1 AND channel_id = $2", wants.id),
                     1);
    assert_false(column_contains("SELECT target FROM channels WHERE shop_id = $1", "a@b.example"));
    assert_ok(channel_remove(work, wants.id));
    assert_ok(shop_load(work, work->shop->id, &work->shop));
    assert_false(shop_has_occasion(work->shop, OCCASION_PAID));
    assert_true(shop_has_occasion(work->shop, OCCASION_REFUNDED));
}

static err send(struct ctx *ctx, int64_t message_id)
{
    return notify_job_kinds[0].run(ctx, &(struct job){.subject_id = message_id, .attempt = 1}, NULL);
}

static void a_job_without_a_message_ends(void **state)
{
    (void)state;
    assert_ok(send(work, id_new(work)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE(nothing_that_people_type_becomes_a_header),
        SENTENCE(long_titles_are_cut_between_characters_and_come_together_again),
        SENTENCE(plain_names_stay_readable),
        SENTENCE(addresses_are_read_carefully),
        SENTENCE(who_wants_nothing_costs_no_statement),
        SENTENCE(an_event_is_told_to_each_channel_that_hears_it_once),
        SENTENCE(a_job_without_a_message_ends),
    };
    return RUN_SENTENCES(tests);
}
