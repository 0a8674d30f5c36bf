/* acceptor.c - the thread that takes new connections and hands them to the library.
 *
 * libmicrohttpd could listen itself, but MHD_quiesce_daemon, which ends that, races with its threads: each
 * takes the socket out of an epoll set, and the second one aborts the program. Here it is one thread's own,
 * and the library's threads get the connections in turn. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "http/internal.h"
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* Milliseconds without accepting after descriptors or memory ran out. */
#define SHORTAGE_PAUSE 100
/* Connections taken before the stop is looked at again. */
#define ROUND_LIMIT 256

static bool is_shortage(int problem)
{
    return problem == EMFILE || problem == ENFILE || problem == ENOBUFS || problem == ENOMEM;
}

/* Waits until there may be a connection; false when it is time to stop. */
static bool wait_for_connection(const struct http_server *server)
{
    struct pollfd sources[] = {{.fd = server->stop_fd, .events = POLLIN},
                               {.fd = server->listen_fd, .events = POLLIN}};
    while (poll(sources, 2, -1) < 0 && errno == EINTR)
        continue;
    return sources[0].revents == 0;
}

static void pause_after_shortage(const struct http_server *server, int problem)
{
    struct pollfd stop = {.fd = server->stop_fd, .events = POLLIN};
    log_warning(NULL, "no connection can be taken", "reason=%s", strerrorname_np(problem));
    poll(&stop, 1, SHORTAGE_PAUSE);
}

static void take_connections(const struct http_server *server)
{
    for (int i = 0; i < ROUND_LIMIT; i++) {
        struct sockaddr_storage address;
        socklen_t length = sizeof address;
        struct sockaddr *peer = (struct sockaddr *)&address;
        int fd = accept4(server->listen_fd, peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            MHD_add_connection(server->daemon, fd, peer, length); /* closes it when there are too many */
            continue;
        }
        if (is_shortage(errno))
            pause_after_shortage(server, errno);
        if (errno != EINTR && errno != ECONNABORTED)
            return;
    }
}

static void *accept_all(void *arg)
{
    const struct http_server *server = arg;
    while (wait_for_connection(server))
        take_connections(server);
    return NULL;
}

err acceptor_start(struct ctx *ctx, struct http_server *server)
{
    server->stop_fd = eventfd(0, EFD_CLOEXEC);
    if (server->stop_fd < 0 || pthread_create(&server->acceptor, NULL, accept_all, server) != 0)
        return fail_with(ctx, ERR_INTERNAL, "cannot start a thread");
    server->has_acceptor = true;
    pthread_setname_np(server->acceptor, "acceptor");
    return NULL;
}

void acceptor_stop(struct http_server *server)
{
    if (server->has_acceptor) {
        eventfd_write(server->stop_fd, 1);
        pthread_join(server->acceptor, NULL);
        server->has_acceptor = false;
    }
    if (server->listen_fd >= 0)
        close(server->listen_fd);
    if (server->stop_fd >= 0)
        close(server->stop_fd);
    server->listen_fd = server->stop_fd = -1;
}
