/* load.c - a load generator that is faster than what it measures: one thread, epoll, keep-alive.
 *
 *     load get URL [--connections 64] [--seconds 8] [--warm 1] [--rate N] [--paths FILE] [--header "Name:
 * value"] load buy BASE [--buyers 64] [--seconds 8] [--warm 1] [--rate N] [--hot] [--kind physical]
 * [--variants 500] [--check] load idle BASE [--connections 10000] [--seconds 0] load streams URL
 * [--connections 1000] [--seconds 0] load attempts BASE --variant ID --attempts 20000 [--buyers 64]
 *
 * attempts sends so many people at one variant, each until the order is placed or refused. buy --unpaid ends
 * where the order is placed. get asks for one address (or the paths of a file, in turn); buy places whole
 * guest orders: cart, checkout, pay, and "paid" at the sandbox cashier; --check looks at every order
 * afterwards, and a sample is always awaited until it is paid. With --rate work starts at fixed times and its
 * time counts from then, also when it had to wait; without it every connection works as fast as it can. idle
 * and streams hold connections until standard input ends, or for some seconds, and count those that were
 * lost. The result is one line of JSON on standard output. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"
#include "histogram.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000) /* µs */
#define ANSWER_TIMEOUT (20 * SECOND)
#define SAMPLE 256
#define COMPLAINTS 5

enum step { STEP_CART, STEP_CHECKOUT, STEP_PAY, STEP_PAID, STEP_CHECK, STEP_COUNT };
static const char *const step_names[STEP_COUNT] = {"cart", "checkout", "pay", "paid", "check"};

struct order {
    char number[40];
    char token[80];
};

struct connection {
    int fd;
    bool is_busy;
    uint64_t work_began; /* µs; with --rate the time it was due */
    uint64_t step_began;
    enum step step;
    char cart[80];
    char url[2048];
    struct order order;
    size_t out_size;
    size_t out_sent;
    char out[6144];
    struct answer answer;
};

struct options {
    const char *mode;
    const char *url;
    const char *header;
    const char *paths;
    const char *kind;
    const char *host;
    size_t connections;
    size_t variants;
    const char *variant; /* the only one to buy */
    size_t attempts;     /* ends after so many, 0 = by time */
    double seconds;
    double warm;
    double rate;
    bool is_hot;
    bool is_checked;
    bool is_unpaid; /* a work is done when the order is placed */
};

struct variant {
    char id[24];
    long available;
};

static struct {
    struct options options;
    struct target target;
    int epoll;
    struct connection *connections;
    size_t *parked; /* connections without work, with --rate */
    size_t parked_count;
    uint64_t next_due;
    uint64_t measure_from;
    uint64_t measure_to;
    char **paths;
    size_t path_count;
    size_t path_next;
    struct variant *variants;
    size_t variant_count;
    struct order sample[SAMPLE];
    uint64_t orders_seen;
    uint64_t random;
    uint64_t finished;
    uint64_t bytes;
    uint64_t refused; /* 409: sold out and the like */
    uint64_t bad_status;
    uint64_t broken;
    unsigned complaints;
    struct histogram work;
    struct histogram steps[STEP_COUNT];
} load;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(2);
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec / 1000;
}

static uint64_t next_random(void)
{
    load.random ^= load.random << 13;
    load.random ^= load.random >> 7;
    load.random ^= load.random << 17;
    return load.random;
}

static void complain(const struct connection *connection, const char *what)
{
    if (load.complaints++ < COMPLAINTS)
        fprintf(stderr, "load: %s (%s, status %d): %.300s\n", what, step_names[connection->step],
                connection->answer.status, connection->answer.body);
}

static int open_socket(bool must_work)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket");
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&load.target.address, sizeof load.target.address) < 0) {
        if (must_work)
            die("connect");
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- requests ---------------------------------------------------------------------------------------- */

static void write_get(char *out, size_t size, size_t *length, const char *path, const char *more)
{
    int wrote = snprintf(out, size, "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n", path, load.options.host,
                         more != NULL ? more : "", more != NULL ? "\r\n" : "");
    if (wrote < 0 || (size_t)wrote >= size)
        die("a request is too long");
    *length = (size_t)wrote;
}

static void write_post(struct connection *connection, const char *path, const char *more, const char *body)
{
    int wrote = snprintf(connection->out, sizeof connection->out,
                         "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
                         "Content-Length: %zu\r\n%s\r\n%s",
                         path, load.options.host, strlen(body), more, body);
    if (wrote < 0 || (size_t)wrote >= sizeof connection->out)
        die("a request is too long");
    connection->out_size = (size_t)wrote;
}

/* The path and query of an address that may be absolute. */
static const char *path_of(const char *url)
{
    const char *host = strstr(url, "://");
    if (host == NULL)
        return url;
    const char *path = strchr(host + 3, '/');
    return path != NULL ? path : "/";
}

static void write_checkout(struct connection *connection)
{
    char body[1024], key[64], path[64];
    unsigned phone = (unsigned)(next_random() % 100000000);
    snprintf(body, sizeof body,
             "{\"cart\":\"%s\",\"contact\":{\"phone\":\"138%08u\"},\"address\":{\"name\":\"张三\",\"phone\":"
             "\"138%08u\","
             "\"region\":\"浙江省 杭州市 西湖区\",\"line\":\"文三路 100 号 2 单元 301 室\"}}",
             connection->cart, phone, phone);
    snprintf(key, sizeof key, "Idempotency-Key: %016" PRIx64 "%016" PRIx64 "\r\n", next_random(),
             next_random());
    snprintf(path, sizeof path, "/api/v1/checkout");
    write_post(connection, path, key, body);
}

static void write_step(struct connection *connection)
{
    char path[512], body[512];
    switch (connection->step) {
    case STEP_CART:
        snprintf(body, sizeof body, "{\"variant_id\":\"%s\",\"quantity\":1}",
                 load.variants[next_random() % load.variant_count].id);
        write_post(connection, "/api/v1/cart/lines", "", body);
        break;
    case STEP_CHECKOUT:
        write_checkout(connection);
        break;
    case STEP_PAY:
        snprintf(path, sizeof path, "/api/v1/orders/%s/pay", connection->order.number);
        snprintf(body, sizeof body, "{\"token\":\"%s\",\"method\":\"sandbox\"}", connection->order.token);
        write_post(connection, path, "", body);
        break;
    case STEP_PAID:
        write_post(connection, path_of(connection->url), "", "{\"outcome\":\"paid\"}");
        break;
    default:
        snprintf(path, sizeof path, "/api/v1/orders/%s?token=%s", connection->order.number,
                 connection->order.token);
        write_get(connection->out, sizeof connection->out, &connection->out_size, path, NULL);
        break;
    }
}

/* ---- the loop ---------------------------------------------------------------------------------------- */

static void watch(struct connection *connection, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)(connection - load.connections)};
    if (epoll_ctl(load.epoll, operation, connection->fd, &event) < 0)
        die("epoll_ctl");
}

static void connection_open(struct connection *connection)
{
    connection->fd = open_socket(true);
    if (fcntl(connection->fd, F_SETFL, O_NONBLOCK) < 0)
        die("fcntl");
    watch(connection, EPOLL_CTL_ADD, EPOLLIN);
}

static void connection_again(struct connection *connection)
{
    close(connection->fd);
    connection_open(connection);
}

static void work_begin(struct connection *connection, uint64_t due);

static void connection_lost(struct connection *connection, const char *what)
{
    load.broken++;
    complain(connection, what);
    connection_again(connection);
    connection->step = STEP_CART;
    work_begin(connection, now());
}

static void connection_send(struct connection *connection)
{
    ssize_t sent = send(connection->fd, connection->out + connection->out_sent,
                        connection->out_size - connection->out_sent, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EPIPE && errno != ECONNRESET)
        die("send");
    if (sent > 0)
        connection->out_sent += (size_t)sent;
    /* A dead connection is noticed when it is read. */
    if (connection->out_sent < connection->out_size && sent < 0 && errno == EAGAIN)
        watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void step_begin(struct connection *connection)
{
    if (load.variants != NULL) {
        write_step(connection);
    } else {
        const char *path = load.paths ? load.paths[load.path_next++ % load.path_count] : load.target.path;
        if (load.paths != NULL || connection->out_size == 0)
            write_get(connection->out, sizeof connection->out, &connection->out_size, path,
                      load.options.header);
    }
    connection->out_sent = 0;
    connection->step_began = now();
    answer_reset(&connection->answer);
    connection_send(connection);
}

static void work_begin(struct connection *connection, uint64_t due)
{
    connection->is_busy = true;
    connection->work_began = due;
    connection->step = STEP_CART;
    step_begin(connection);
}

/* The connection is free: begins the next work, or waits until one is due. */
static void connection_free(struct connection *connection)
{
    connection->is_busy = false;
    if (load.options.rate <= 0)
        work_begin(connection, now());
    else
        load.parked[load.parked_count++] = (size_t)(connection - load.connections);
}

static void work_done(struct connection *connection, uint64_t time)
{
    if (time >= load.measure_from && time < load.measure_to) {
        load.finished++;
        load.bytes += connection->answer.body_size;
        histogram_add(&load.work, time - connection->work_began);
    }
    if (load.variants != NULL)
        load.sample[load.orders_seen++ % SAMPLE] = connection->order;
    connection_free(connection);
}

/* Takes what the next step needs out of an answer. */
static bool step_learn(struct connection *connection)
{
    const char *body = connection->answer.body;
    switch (connection->step) {
    case STEP_CART:
        return json_text(json_member(json_member(body, "cart"), "token"), connection->cart,
                         sizeof connection->cart);
    case STEP_CHECKOUT: {
        const char *order = json_member(body, "order");
        return json_text(json_member(order, "number"), connection->order.number,
                         sizeof connection->order.number) &&
               json_text(json_member(order, "token"), connection->order.token,
                         sizeof connection->order.token);
    }
    case STEP_PAY:
        return json_text(json_member(json_member(body, "payment"), "url"), connection->url,
                         sizeof connection->url);
    default:
        return true;
    }
}

static void answer_done(struct connection *connection)
{
    uint64_t time = now();
    int status = connection->answer.status;
    bool is_good = status >= 200 && status < 300;
    if (time >= load.measure_from && time < load.measure_to && is_good)
        histogram_add(&load.steps[connection->step], time - connection->step_began);
    bool is_learned = is_good && (load.variants == NULL || step_learn(connection));
    if (!is_learned) {
        if (status == 409 && load.variants != NULL) {
            load.refused++;
        } else {
            load.bad_status++;
            complain(connection, is_good ? "an answer without what it must have" : "refused");
        }
    }
    if (connection->answer.closes)
        connection_again(connection);
    enum step last = load.variants == NULL     ? STEP_CART
                     : load.options.is_unpaid  ? STEP_CHECKOUT
                     : load.options.is_checked ? STEP_CHECK
                                               : STEP_PAID;
    if (!is_learned) {
        connection_free(connection);
    } else if (connection->step == last) {
        work_done(connection, time);
    } else {
        connection->step++;
        step_begin(connection);
    }
}

static void connection_read(struct connection *connection)
{
    static char bytes[256 * 1024];
    ssize_t size = recv(connection->fd, bytes, sizeof bytes, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    if (!connection->is_busy) { /* the server ended a quiet connection */
        connection_again(connection);
        return;
    }
    if (size <= 0) {
        if (size == 0 && answer_end(&connection->answer))
            answer_done(connection);
        else
            connection_lost(connection, size == 0 ? "closed without an answer" : strerror(errno));
        return;
    }
    if (!answer_take(&connection->answer, bytes, (size_t)size))
        connection_lost(connection, "that is no HTTP answer");
    else if (connection->answer.part == PART_DONE)
        answer_done(connection);
}

/* Starts what is due; returns how long (µs) until the next is. */
static uint64_t start_due(uint64_t time)
{
    if (load.options.rate <= 0)
        return SECOND / 10;
    uint64_t pause = (uint64_t)((double)SECOND / load.options.rate);
    while (load.next_due <= time && load.parked_count > 0) {
        struct connection *connection = &load.connections[load.parked[--load.parked_count]];
        uint64_t due = load.next_due;
        load.next_due += pause > 0 ? pause : 1;
        work_begin(connection, due);
    }
    if (load.next_due <= time)
        return SECOND / 10; /* late: the next free connection takes it */
    return load.next_due - time;
}

static void find_hung(uint64_t time)
{
    for (size_t index = 0; index < load.options.connections; index++) {
        struct connection *connection = &load.connections[index];
        if (connection->is_busy && time - connection->step_began > ANSWER_TIMEOUT)
            connection_lost(connection, "no answer in time");
    }
}

static bool is_decided(void)
{
    return load.options.attempts > 0 && load.finished + load.refused >= load.options.attempts;
}

static void run(void)
{
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    load.connections = calloc(load.options.connections, sizeof *load.connections);
    load.parked = calloc(load.options.connections, sizeof *load.parked);
    if (load.epoll < 0 || load.connections == NULL || load.parked == NULL)
        die("start");
    for (size_t index = 0; index < load.options.connections; index++)
        connection_open(&load.connections[index]);
    uint64_t begun = now();
    uint64_t checked = begun;
    load.next_due = begun;
    load.measure_from = begun + (uint64_t)(load.options.warm * (double)SECOND);
    load.measure_to = load.measure_from + (uint64_t)(load.options.seconds * (double)SECOND);
    for (size_t index = 0; index < load.options.connections; index++)
        connection_free(&load.connections[index]);
    struct epoll_event events[256];
    for (uint64_t time = begun; time < load.measure_to && !is_decided(); time = now()) {
        uint64_t pause = start_due(time);
        struct timespec wait = {.tv_sec = 0, .tv_nsec = (long)(pause < 900000 ? pause : 900000) * 1000};
        int count = epoll_pwait2(load.epoll, events, 256, &wait, NULL);
        if (count < 0 && errno != EINTR)
            die("epoll_pwait2");
        for (int index = 0; index < count; index++) {
            struct connection *connection = &load.connections[events[index].data.u64];
            if (events[index].events & EPOLLOUT) {
                watch(connection, EPOLL_CTL_MOD, EPOLLIN);
                connection_send(connection);
            }
            if (events[index].events & ~(uint32_t)EPOLLOUT)
                connection_read(connection);
        }
        if (time > checked + SECOND) {
            checked = now();
            find_hung(checked);
        }
    }
    for (size_t index = 0; index < load.options.connections; index++)
        close(load.connections[index].fd);
}

/* ---- before and after: one request at a time -------------------------------------------------------------
 */

/* Asks and waits for the answer; dies when there is none. */
static void ask(struct answer *answer, const char *path)
{
    char request[4096], bytes[65536];
    size_t length;
    int fd = open_socket(true);
    struct timeval limit = {.tv_sec = 20, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    write_get(request, sizeof request, &length, path, "Connection: close");
    if (send(fd, request, length, MSG_NOSIGNAL) != (ssize_t)length)
        die("send");
    answer_reset(answer);
    while (answer->part != PART_DONE) {
        ssize_t size = recv(fd, bytes, sizeof bytes, 0);
        if (size <= 0 && !(size == 0 && answer_end(answer)))
            die(path);
        if (size > 0 && !answer_take(answer, bytes, (size_t)size))
            die("that is no HTTP answer");
    }
    close(fd);
}

static void add_variants(struct answer *answer, const char *handle)
{
    char path[512], kind[32], number[24];
    snprintf(path, sizeof path, "/api/v1/products/%s", handle);
    ask(answer, path);
    const char *product = json_member(answer->body, "product");
    if (answer->status != 200 || product == NULL)
        return;
    if (json_text(json_member(product, "kind"), kind, sizeof kind) && strcmp(load.options.kind, "any") != 0 &&
        strcmp(kind, load.options.kind) != 0)
        return;
    for (const char *variant = json_first(json_member(product, "variants"));
         variant != NULL && load.variant_count < load.options.variants; variant = json_next(variant)) {
        struct variant *kept = &load.variants[load.variant_count];
        if (json_text(json_member(variant, "available"), number, sizeof number) &&
            json_text(json_member(variant, "id"), kept->id, sizeof kept->id)) {
            kept->available = strtol(number, NULL, 10);
            load.variant_count += kept->available > 0;
        }
    }
}

/* Finds what can be bought: variants of the first pages of the catalogue. */
static void find_variants(void)
{
    struct answer *list = malloc(sizeof *list), *product = malloc(sizeof *product);
    load.variants = calloc(load.options.variants, sizeof *load.variants);
    if (list == NULL || product == NULL || load.variants == NULL)
        die("memory");
    char path[1024] = "/api/v1/products", cursor[512], handle[256];
    do {
        ask(list, path);
        for (const char *card = json_first(json_member(list->body, "products")); card != NULL;
             card = json_next(card))
            if (load.variant_count < load.options.variants &&
                json_text(json_member(card, "handle"), handle, sizeof handle))
                add_variants(product, handle);
        const char *next = json_member(list->body, "next_cursor");
        if (next == NULL || *next != '"' || !json_text(next, cursor, sizeof cursor))
            break;
        snprintf(path, sizeof path, "/api/v1/products?cursor=%s", cursor);
    } while (load.variant_count < load.options.variants);
    errno = 0;
    if (load.variant_count == 0)
        die("there is nothing to buy");
    if (load.options.is_hot) { /* the one with the most */
        for (size_t index = 1; index < load.variant_count; index++)
            if (load.variants[index].available > load.variants[0].available)
                load.variants[0] = load.variants[index];
        load.variant_count = 1;
    }
    free(list);
    free(product);
}

/* Awaits that the sampled orders are paid: how many never were, and how long it took after the end. */
static size_t await_paid(uint64_t *took)
{
    struct answer *answer = malloc(sizeof *answer);
    if (answer == NULL)
        die("memory");
    uint64_t begun = now();
    size_t count = load.orders_seen < SAMPLE ? (size_t)load.orders_seen : SAMPLE;
    size_t unpaid = 0;
    for (size_t index = 0; index < count; index++) {
        char path[256], status[32] = "";
        snprintf(path, sizeof path, "/api/v1/orders/%s?token=%s", load.sample[index].number,
                 load.sample[index].token);
        for (;;) {
            ask(answer, path);
            const char *order = json_member(answer->body, "order");
            if (json_text(json_member(order, "payment_status"), status, sizeof status) &&
                strcmp(status, "paid") == 0)
                break;
            if (now() - begun > 60 * SECOND) {
                unpaid++;
                break;
            }
            poll(NULL, 0, 10);
        }
    }
    *took = now() - begun;
    free(answer);
    return unpaid;
}

/* ---- modes ---- */

static void read_paths(const char *file)
{
    FILE *in = fopen(file, "r");
    if (in == NULL)
        die(file);
    char line[2048];
    size_t room = 0;
    while (fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0')
            continue;
        if (load.path_count == room) {
            room = room ? room * 2 : 64;
            load.paths = realloc(load.paths, room * sizeof *load.paths);
            if (load.paths == NULL)
                die("memory");
        }
        load.paths[load.path_count++] = strdup(line);
    }
    fclose(in);
    errno = 0;
    if (load.path_count == 0)
        die("the file of paths is empty");
}

static void print_counts(const char *unit)
{
    printf("{\"mode\":\"%s\",\"connections\":%zu,\"seconds\":%.2f,\"%s\":%" PRIu64 ",\"%s_per_second\":%.1f,",
           load.options.mode, load.options.connections, load.options.seconds, unit, load.finished, unit,
           (double)load.finished / load.options.seconds);
    printf("\"bad_status\":%" PRIu64 ",\"broken\":%" PRIu64 ",\"time\":", load.bad_status, load.broken);
    histogram_print(&load.work, stdout);
}

static int run_get(void)
{
    if (load.options.paths != NULL)
        read_paths(load.options.paths);
    run();
    print_counts("requests");
    printf(",\"body_bytes\":%.0f}\n", load.finished ? (double)load.bytes / (double)load.finished : 0);
    return load.bad_status + load.broken > 0;
}

static int run_attempts(void)
{
    load.variants = calloc(1, sizeof *load.variants);
    if (load.variants == NULL || load.options.variant == NULL)
        die("which variant?");
    snprintf(load.variants[0].id, sizeof load.variants[0].id, "%s", load.options.variant);
    load.variant_count = 1;
    load.options.warm = 0;
    load.options.is_unpaid = true;
    run();
    double took = (double)(now() - load.measure_from) / (double)SECOND;
    printf("{\"won\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"decided_per_second\":%.1f,\"broken\":%" PRIu64
           "}\n",
           load.finished, load.refused, (double)(load.finished + load.refused) / took, load.broken);
    return load.bad_status + load.broken > 0;
}

static int run_buy(void)
{
    find_variants();
    run();
    uint64_t settled;
    size_t unpaid = load.options.is_unpaid ? (settled = 0) : await_paid(&settled);
    print_counts("orders");
    printf(",\"variants\":%zu,\"refused\":%" PRIu64
           ",\"unpaid_of_sample\":%zu,\"settled_ms\":%.1f,\"steps\":{",
           load.variant_count, load.refused, unpaid, (double)settled / 1000);
    for (int step = 0; step < STEP_CHECK + load.options.is_checked; step++) {
        printf("%s\"%s\":", step ? "," : "", step_names[step]);
        histogram_print(&load.steps[step], stdout);
    }
    printf("}}\n");
    return load.bad_status + load.broken + unpaid > 0;
}

/* Holds connections; with `request` each asks once and must get a 200 that does not end. */
static int run_hold(const char *request, size_t length)
{
    struct pollfd *held = calloc(load.options.connections + 1, sizeof *held);
    if (held == NULL)
        die("memory");
    size_t count = load.options.connections;
    size_t lost = 0, refused = 0;
    uint64_t begun = now();
    for (size_t index = 0; index < count; index++) {
        held[index] = (struct pollfd){.fd = open_socket(false), .events = POLLIN};
        if (held[index].fd < 0 ||
            (length > 0 && send(held[index].fd, request, length, MSG_NOSIGNAL) != (ssize_t)length))
            refused++;
    }
    char bytes[4096];
    for (size_t index = 0; length > 0 && index < count; index++) /* the head of each stream */
        if (held[index].fd >= 0 &&
            (recv(held[index].fd, bytes, sizeof bytes, 0) < 12 || memcmp(bytes + 9, "200", 3) != 0))
            refused++;
    printf("{\"mode\":\"%s\",\"held\":%zu,\"refused\":%zu,\"ms\":%" PRIu64 "}\n", load.options.mode,
           count - refused, refused, (now() - begun) / 1000);
    fflush(stdout);
    held[count] = (struct pollfd){.fd = load.options.seconds > 0 ? -1 : STDIN_FILENO, .events = POLLIN};
    uint64_t end =
        load.options.seconds > 0 ? now() + (uint64_t)(load.options.seconds * (double)SECOND) : UINT64_MAX;
    while (now() < end && poll(held, count + 1, 200) >= 0) {
        if (held[count].revents != 0)
            break;
        for (size_t index = 0; index < count; index++)
            if (held[index].fd >= 0 && held[index].revents != 0 &&
                recv(held[index].fd, bytes, sizeof bytes, 0) <= 0) {
                close(held[index].fd);
                held[index].fd = -1;
                lost++;
            }
    }
    printf("{\"mode\":\"%s\",\"held\":%zu,\"lost\":%zu}\n", load.options.mode, count - refused - lost, lost);
    return refused + lost > 0;
}

enum option_kind { OPTION_TEXT, OPTION_NUMBER, OPTION_COUNT, OPTION_FLAG };
static const struct known_option {
    const char *name;
    enum option_kind kind;
    size_t offset; /* in struct options: const char *, double, size_t, bool */
} known_options[] = {
    {"connections", OPTION_COUNT, offsetof(struct options, connections)},
    {"buyers", OPTION_COUNT, offsetof(struct options, connections)},
    {"seconds", OPTION_NUMBER, offsetof(struct options, seconds)},
    {"warm", OPTION_NUMBER, offsetof(struct options, warm)},
    {"rate", OPTION_NUMBER, offsetof(struct options, rate)},
    {"paths", OPTION_TEXT, offsetof(struct options, paths)},
    {"header", OPTION_TEXT, offsetof(struct options, header)},
    {"hot", OPTION_FLAG, offsetof(struct options, is_hot)},
    {"kind", OPTION_TEXT, offsetof(struct options, kind)},
    {"variants", OPTION_COUNT, offsetof(struct options, variants)},
    {"check", OPTION_FLAG, offsetof(struct options, is_checked)},
    {"host", OPTION_TEXT, offsetof(struct options, host)},
    {"variant", OPTION_TEXT, offsetof(struct options, variant)},
    {"attempts", OPTION_COUNT, offsetof(struct options, attempts)},
    {"unpaid", OPTION_FLAG, offsetof(struct options, is_unpaid)},
};
#define KNOWN_OPTIONS (sizeof known_options / sizeof *known_options)

static void take_option(const struct known_option *known, const char *text)
{
    char *place = (char *)&load.options + known->offset;
    if (known->kind == OPTION_TEXT)
        *(const char **)place = text;
    else if (known->kind == OPTION_NUMBER)
        *(double *)place = strtod(text, NULL);
    else if (known->kind == OPTION_COUNT)
        *(size_t *)place = strtoul(text, NULL, 10);
    else
        *(bool *)place = true;
}

static void read_options(int argc, char **argv)
{
    struct option known[KNOWN_OPTIONS + 1] = {0};
    for (size_t i = 0; i < KNOWN_OPTIONS; i++)
        known[i] = (struct option){known_options[i].name,
                                   known_options[i].kind == OPTION_FLAG ? no_argument : required_argument,
                                   NULL, (int)i + 1};
    load.options = (struct options){.seconds = -1, .warm = 1, .kind = "physical", .variants = 500};
    for (int option; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option < 1 || option > (int)KNOWN_OPTIONS)
            exit(2);
        take_option(&known_options[option - 1], optarg);
    }
    errno = 0;
    if (optind + 2 != argc || !target_parse(argv[optind + 1], &load.target))
        die("usage: load {get|buy|attempts|idle|streams} http://HOST:PORT/… [options]");
    load.options.mode = argv[optind];
    load.options.url = argv[optind + 1];
    if (load.options.host == NULL)
        load.options.host = load.target.host;
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    struct options *options = &load.options;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    struct timespec seed;
    clock_gettime(CLOCK_REALTIME, &seed);
    load.random = ((uint64_t)seed.tv_nsec << 32 ^ (uint64_t)seed.tv_sec ^ (uint64_t)getpid() << 16) | 1;

    bool is_hold = strcmp(options->mode, "idle") == 0 || strcmp(options->mode, "streams") == 0;
    if (options->connections == 0)
        options->connections = is_hold ? (options->mode[0] == 'i' ? 10000 : 1000) : 64;
    if (options->seconds < 0)
        options->seconds = is_hold ? 0 : 8;
    if (strcmp(options->mode, "get") == 0)
        return run_get();
    if (strcmp(options->mode, "buy") == 0)
        return run_buy();
    if (strcmp(options->mode, "attempts") == 0)
        return run_attempts();
    if (strcmp(options->mode, "idle") == 0)
        return run_hold("", 0);
    if (strcmp(options->mode, "streams") == 0) {
        char request[4096];
        size_t length;
        write_get(request, sizeof request, &length, load.target.path, "Accept: text/event-stream");
        return run_hold(request, length);
    }
    die("the mode is get, buy, attempts, idle or streams");
}
