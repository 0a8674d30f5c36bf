/* outbound_test.c - which addresses are connected to: tables, and a real server that answers on this machine.
 */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/outbound.h"
#include "adapter/public_address.h"
#include "base/config.h"
#include "base/text.h"
#include "unit.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_BYTES 4096

static struct arena *arena;
static struct config config;
static struct ctx ctx;

/* ---- names that resolve as the test wants: libcurl finds this one before the one of the C library ---- */

static const char *_Atomic turning;

static int give_address(const char *text, const char *service, struct addrinfo **found)
{
    struct addrinfo *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in));
    struct sockaddr_in *address = (void *)(info + 1);
    address->sin_family = AF_INET;
    inet_pton(AF_INET, text, &address->sin_addr);
    address->sin_port = htons((uint16_t)strtol(service ? service : "0", NULL, 10));
    *info = (struct addrinfo){.ai_family = AF_INET,
                              .ai_socktype = SOCK_STREAM,
                              .ai_addrlen = sizeof *address,
                              .ai_addr = (void *)address};
    *found = info;
    return 0;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    (void)hints;
    if (text_is(node, "turning.example"))
        return give_address(turning, service, found);
    if (text_is(node, "inside.example"))
        return give_address("10.1.2.3", service, found);
    struct in_addr literal;
    return node && inet_aton(node, &literal) ? give_address(inet_ntoa(literal), service, found) : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *info)
{
    free(info);
}

/* ---- a server that says what it is told ---- */

static struct {
    int socket;
    int port;
    const char *answer;
    char asked[ASK_BYTES]; /* of the last request */
    _Atomic int count;
    pthread_t thread;
} site;

static void *serve(void *arg)
{
    (void)arg;
    for (;;) {
        int client = accept(site.socket, NULL, NULL);
        if (client < 0)
            return NULL;
        size_t length = 0;
        ssize_t got;
        while (length < sizeof site.asked - 1 &&
               (got = read(client, site.asked + length, sizeof site.asked - 1 - length)) > 0) {
            length += (size_t)got;
            site.asked[length] = '\0';
            if (strstr(site.asked, "\r\n\r\n") &&
                (!text_starts(site.asked, "POST") || strchr(site.asked, '}')))
                break;
        }
        atomic_fetch_add(&site.count, 1);
        assert_int_equal(write(client, site.answer, strlen(site.answer)), strlen(site.answer));
        close(client);
    }
}

static int open_site(void **state)
{
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    socklen_t length = sizeof address;
    arena = arena_open((size_t)16 << 20);
    site.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(site.socket, (void *)&address, sizeof address), 0);
    assert_int_equal(listen(site.socket, 8), 0);
    assert_int_equal(getsockname(site.socket, (void *)&address, &length), 0);
    site.port = ntohs(address.sin_port);
    config.outbound_allow = arena_format(arena, "192.0.2.1:1, 127.0.0.1:%d", site.port);
    ctx = (struct ctx){.arena = arena, .config = &config};
    return pthread_create(&site.thread, NULL, serve, NULL);
}

static int close_site(void **state)
{
    (void)state;
    shutdown(site.socket, SHUT_RDWR);
    close(site.socket);
    pthread_join(site.thread, NULL);
    arena_close(arena);
    return 0;
}

static struct outbound_answer send_to(const char *url)
{
    struct outbound_answer answer;
    struct outbound_request request = {.url = url, .byte_limit = 100, .timeout = 3000};
    assert_null(curl_outbound.send(&ctx, &request, &answer));
    return answer;
}

static const char *url_of(const char *host, const char *path)
{
    return arena_format(arena, "http://%s:%d%s", host, site.port, path);
}

/* ---- sentences ---- */

static bool is_public(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
        return address_is_public((void *)&four);
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return address_is_public((void *)&six);
}

static void public_addresses_are_known_from_others(void **state)
{
    (void)state;
    static const char *const open[] = {
        "1.1.1.1",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255", "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "2606:4700::1111", "2001:4860::8888", "2400:cb00::1",    "3ffe::1"};
    static const char *const closed[] = {"0.0.0.0",
                                         "0.255.255.255",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.255",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.0.0.1",
                                         "192.0.2.1",
                                         "192.88.99.1",
                                         "192.168.0.1",
                                         "198.18.0.1",
                                         "198.19.255.255",
                                         "198.51.100.7",
                                         "203.0.113.9",
                                         "224.0.0.1",
                                         "239.255.255.255",
                                         "240.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:8.8.8.8",
                                         "::ffff:10.0.0.1",
                                         "::8.8.8.8",
                                         "64:ff9b::808:808",
                                         "64:ff9b:1::1",
                                         "100::1",
                                         "2001::1",
                                         "2001:2::1",
                                         "2001:10::1",
                                         "2001:20::1",
                                         "2001:db8::1",
                                         "2002:808::1",
                                         "3fff::1",
                                         "5f00::1",
                                         "fc00::1",
                                         "fd12::1",
                                         "fe80::1",
                                         "fec0::1",
                                         "ff02::1"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (!is_public(open[i]))
            fail_msg("%s is public", open[i]);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (is_public(closed[i]))
            fail_msg("%s is not public", closed[i]);
}

static void a_list_names_address_and_port(void **state)
{
    (void)state;
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(8443)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(443)};
    inet_pton(AF_INET, "10.0.0.5", &four.sin_addr);
    inet_pton(AF_INET6, "fd00::5", &six.sin6_addr);
    assert_true(address_is_listed((void *)&four, "10.0.0.5:8443"));
    assert_true(address_is_listed((void *)&four, "1.1.1.1:80, 10.0.0.5:8443"));
    assert_true(address_is_listed((void *)&six, "10.0.0.5:8443,[fd00::5]:443"));
    assert_false(address_is_listed((void *)&four, "10.0.0.5:84430"));
    assert_false(address_is_listed((void *)&four, "10.0.0.5:844"));
    assert_false(address_is_listed((void *)&four, "110.0.0.5:8443"));
    assert_false(address_is_listed((void *)&four, ""));
}

static void an_address_says_by_itself_when_it_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool is_https_only;
        enum outbound_problem problem;
    } cases[] = {
        {"https://example.com/a.png", true, OUTBOUND_FINE},
        {"http://example.com/a.png", false, OUTBOUND_FINE},
        {"http://example.com/a.png", true, OUTBOUND_NOT_HTTPS},
        {"ftp://example.com/", false, OUTBOUND_BAD_URL},
        {"file:///etc/passwd", false, OUTBOUND_BAD_URL},
        {"gopher://example.com/", false, OUTBOUND_BAD_URL},
        {"example.com/a.png", false, OUTBOUND_BAD_URL},
        {"http://user@example.com/", false, OUTBOUND_BAD_URL},
        {"http://:word@example.com/", false, OUTBOUND_BAD_URL},
        {"", false, OUTBOUND_BAD_URL},
        {"http://a b/", false, OUTBOUND_BAD_URL},
        {"https://127.0.0.1/", false, OUTBOUND_FORBIDDEN},
        {"https://[::1]/", false, OUTBOUND_FORBIDDEN},
        {"https://[fe80::1]/", false, OUTBOUND_FORBIDDEN},
        {"https://8.8.8.8:22/", false, OUTBOUND_FORBIDDEN},
        {"https://8.8.8.8/", false, OUTBOUND_FINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (curl_outbound.look_at(&ctx, cases[i].url, cases[i].is_https_only) != cases[i].problem)
            fail_msg("%s", cases[i].url);
    assert_int_equal(curl_outbound.look_at(&ctx, url_of("127.0.0.1", "/"), true), OUTBOUND_FINE);
}

static void an_allowed_address_answers(void **state)
{
    (void)state;
    site.answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
    struct outbound_answer answer = send_to(url_of("127.0.0.1", "/a"));
    assert_int_equal(answer.problem, OUTBOUND_FINE);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "hello");
    assert_string_equal(answer.content_type, "text/plain");
    assert_true(text_starts(site.asked, "GET /a HTTP/1.1\r\n"));
}

static void what_is_posted_arrives_and_is_not_redirected(void **state)
{
    (void)state;
    struct outbound_answer answer;
    const struct outbound_header header = {"X-Sign", "abc"};
    struct outbound_request request = {.url = url_of("127.0.0.1", "/hook"),
                                       .body = "{\"a\":1}",
                                       .body_length = 7,
                                       .headers = &header,
                                       .header_count = 1,
                                       .byte_limit = 100,
                                       .timeout = 3000};
    site.answer = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
    int before = site.count;
    assert_null(curl_outbound.send(&ctx, &request, &answer));
    assert_int_equal(answer.status, 302);
    assert_int_equal(site.count, before + 1);
    assert_non_null(strstr(site.asked, "\r\nX-Sign: abc\r\n"));
    assert_non_null(strstr(site.asked, "\r\nContent-Type: application/json\r\n"));
    assert_non_null(strstr(site.asked, "\r\n\r\n{\"a\":1}"));
}

static void the_environment_names_no_proxy(void **state)
{
    (void)state;
    setenv("http_proxy", "http://127.0.0.9:9/", 1);
    site.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_int_equal(send_to(url_of("127.0.0.1", "/")).problem, OUTBOUND_FINE);
    unsetenv("http_proxy");
}

static void a_body_over_its_limit_is_cut(void **state)
{
    (void)state;
    site.answer = arena_format(arena, "HTTP/1.1 200 OK\r\n\r\n%0200d", 1);
    assert_int_equal(send_to(url_of("127.0.0.1", "/")).problem, OUTBOUND_TOO_BIG);
    site.answer = "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx";
    assert_int_equal(send_to(url_of("127.0.0.1", "/")).problem, OUTBOUND_TOO_BIG);
}

static void names_and_numbers_that_lead_inside_are_refused_at_the_socket(void **state)
{
    (void)state;
    int before = site.count;
    site.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_int_equal(send_to("http://inside.example/").problem, OUTBOUND_FORBIDDEN);
    assert_int_equal(send_to(url_of("0x7f000002", "/")).problem, OUTBOUND_FORBIDDEN);
    assert_int_equal(send_to(url_of("127.2", "/")).problem, OUTBOUND_FORBIDDEN);
    assert_int_equal(send_to("http://nobody.example/").problem, OUTBOUND_NO_HOST);
    assert_int_equal(site.count, before);
}

static void a_name_that_turns_inside_is_refused_from_then_on(void **state)
{
    (void)state;
    int before = site.count;
    turning = "127.0.0.1";
    site.answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    assert_int_equal(send_to(url_of("turning.example", "/")).problem, OUTBOUND_FINE);
    turning = "127.0.0.2";
    assert_int_equal(send_to(url_of("turning.example", "/")).problem, OUTBOUND_FORBIDDEN);
    assert_int_equal(site.count, before + 1);
}

static void each_leg_of_a_redirect_is_looked_at(void **state)
{
    (void)state;
    int before = site.count;
    turning = "127.0.0.2";
    site.answer = arena_format(arena, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                               url_of("turning.example", "/again"));
    assert_int_equal(send_to(url_of("127.0.0.1", "/")).problem, OUTBOUND_FORBIDDEN);
    assert_int_equal(site.count, before + 1);
}

static void redirects_are_followed_three_times(void **state)
{
    (void)state;
    int before = site.count;
    site.answer = "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n";
    assert_int_equal(send_to(url_of("127.0.0.1", "/")).problem, OUTBOUND_REDIRECTS);
    assert_int_equal(site.count, before + 1 + OUTBOUND_REDIRECT_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses_are_known_from_others),
        cmocka_unit_test(a_list_names_address_and_port),
        cmocka_unit_test(an_address_says_by_itself_when_it_is_none),
        cmocka_unit_test(an_allowed_address_answers),
        cmocka_unit_test(what_is_posted_arrives_and_is_not_redirected),
        cmocka_unit_test(the_environment_names_no_proxy),
        cmocka_unit_test(a_body_over_its_limit_is_cut),
        cmocka_unit_test(names_and_numbers_that_lead_inside_are_refused_at_the_socket),
        cmocka_unit_test(a_name_that_turns_inside_is_refused_from_then_on),
        cmocka_unit_test(each_leg_of_a_redirect_is_looked_at),
        cmocka_unit_test(redirects_are_followed_three_times),
    };
    return cmocka_run_group_tests(tests, open_site, close_site);
}
