/* names.c - c-ares behind the port of outbound.h. A look-up has a channel of its own: nothing is shared
 * between threads, and a slow server holds up only the job that asked it. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "adapter/names.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/text.h"
#include <ares.h>
#include <poll.h>
#include <pthread.h>

#define TRY_MS 2000
#define TRIES 2
#define WHOLE_MS 8000
#define RECORD_LIMIT ((size_t)4096)
/* Of a channel, which asks one server after another. */
#define SOCKETS 8

struct asking {
    struct ctx *ctx;
    struct name_texts *found;
    bool is_over;
};

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void start(void)
{
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        bug("c-ares does not start");
}

/* A long record comes in parts; the first part of each says so. */
static void take_records(struct asking *asking, const struct ares_txt_ext *part)
{
    struct name_texts *found = asking->found;
    struct text_buf text = {0};
    for (; part; part = part->next) {
        if (part->record_start) {
            if (found->count == NAME_TEXT_LIMIT)
                return;
            text_open(&text, asking->ctx->arena, RECORD_LIMIT);
            found->texts[found->count++] = "";
        }
        if (found->count == 0)
            continue;
        text_add_bytes(&text, (const char *)part->txt, part->length);
        found->texts[found->count - 1] = text_of(&text);
    }
}

static void take_answer(void *arg, int status, int timeouts, unsigned char *bytes, int length)
{
    struct asking *asking = arg;
    struct ares_txt_ext *records = NULL;
    (void)timeouts;
    asking->is_over = true;
    if (status != ARES_SUCCESS || ares_parse_txt_reply_ext(bytes, length, &records) != ARES_SUCCESS)
        return;
    take_records(asking, records);
    ares_free_data(records);
}

static void wait_for(ares_channel channel)
{
    ares_socket_t sockets[SOCKETS];
    struct pollfd polls[SOCKETS];
    struct timeval most = {.tv_sec = 1}, until;
    int mask = ares_getsock(channel, sockets, SOCKETS);
    nfds_t count = 0;
    for (int i = 0; i < SOCKETS; i++) {
        short wanted = (short)((ARES_GETSOCK_READABLE(mask, i) ? POLLIN : 0) |
                               (ARES_GETSOCK_WRITABLE(mask, i) ? POLLOUT : 0));
        if (wanted)
            polls[count++] = (struct pollfd){.fd = sockets[i], .events = wanted};
    }
    const struct timeval *left = ares_timeout(channel, &most, &until);
    poll(polls, count, (int)(left->tv_sec * 1000 + left->tv_usec / 1000 + 1));
    for (nfds_t i = 0; i < count; i++)
        ares_process_fd(channel,
                        polls[i].revents & (POLLIN | POLLERR | POLLHUP) ? polls[i].fd : ARES_SOCKET_BAD,
                        polls[i].revents & POLLOUT ? polls[i].fd : ARES_SOCKET_BAD);
    if (count == 0 || !polls[0].revents)
        ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void find_texts(struct ctx *ctx, const char *name, struct name_texts *found)
{
    struct ares_options options = {.timeout = TRY_MS, .tries = TRIES};
    const char *servers = ctx->config && ctx->config->dns_servers ? ctx->config->dns_servers : "";
    struct asking asking = {.ctx = ctx, .found = found};
    ares_channel channel;
    found->count = 0;
    pthread_once(&started, start);
    if (ares_init_options(&channel, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS)
        return;
    int64_t ends_at = clock_steady() + INT64_C(1000) * WHOLE_MS;
    if (!servers[0] || ares_set_servers_ports_csv(channel, servers) == ARES_SUCCESS) {
        ares_query(channel, name, 1 /* IN */, 16 /* TXT */, take_answer, &asking);
        while (!asking.is_over && clock_steady() < ends_at)
            wait_for(channel);
    }
    ares_destroy(channel);
}

const struct name_lookup ares_names = {.texts = find_texts};
