/* stream.c - event streams (text/event-stream): thousands of open sockets, one thread, a few hundred bytes
 * each.
 *
 * A stream leaves libmicrohttpd: its socket is duplicated and belongs to this file from then on, so it costs
 * no connection memory there and never slows down its lists. An event is one shared message, queued at every
 * stream of its channel; a stream whose queue is full is closed, and its client comes back and fetches the
 * present state. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "http/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE_LENGTH 32
#define SLOT_COUNT 1024
#define BATCH 128
#define HEARTBEAT_SECONDS 20

static const char stream_head[] = "HTTP/1.1 200 OK\r\n"
                                  "Content-Type: text/event-stream\r\n"
                                  "Cache-Control: no-store\r\n"
                                  "X-Accel-Buffering: no\r\n"
                                  "X-Content-Type-Options: nosniff\r\n"
                                  "Connection: close\r\n\r\n"
                                  "retry: 3000\n\n";

struct message {
    int references;
    size_t length;
    char bytes[];
};

struct stream {
    int fd;
    bool is_doomed;
    bool is_dirty;
    int second;    /* of its heartbeat */
    size_t offset; /* already sent of the first message */
    int first, count;
    struct message *queue[QUEUE_LENGTH];
    struct stream *previous, *next; /* in its slot */
    struct stream *next_dirty;
    char channel[];
};

struct streams {
    pthread_t thread;
    pthread_mutex_t lock;
    int epoll;
    int wake;
    bool is_stopping;
    int64_t count;
    uint64_t seed;
    struct message *heartbeat;
    struct stream *dirty;
    struct stream *slots[SLOT_COUNT];
};

static struct message *message_make(const char *bytes, size_t length)
{
    struct message *message = malloc(sizeof *message + length);
    if (message == NULL)
        bug("out of memory");
    message->references = 1;
    message->length = length;
    memcpy(message->bytes, bytes, length);
    return message;
}

static void message_drop(struct message *message)
{
    if (--message->references == 0)
        free(message);
}

/* The functions below need the lock. */

static struct stream **slot_of(struct streams *streams, const char *channel)
{
    return &streams->slots[hash_bytes(channel, strlen(channel), streams->seed) % SLOT_COUNT];
}

static void make_dirty(struct streams *streams, struct stream *stream)
{
    if (stream->is_dirty)
        return;
    stream->is_dirty = true;
    stream->next_dirty = streams->dirty;
    streams->dirty = stream;
}

static void drop_first(struct stream *stream)
{
    message_drop(stream->queue[stream->first]);
    stream->first = (stream->first + 1) % QUEUE_LENGTH;
    stream->count--;
    stream->offset = 0;
}

static void flush(struct stream *stream)
{
    while (stream->count > 0 && !stream->is_doomed) {
        const struct message *message = stream->queue[stream->first];
        ssize_t sent = send(stream->fd, message->bytes + stream->offset, message->length - stream->offset,
                            MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return; /* epoll tells when there is room */
        if (sent < 0)
            stream->is_doomed = true;
        else if ((stream->offset += (size_t)sent) == message->length)
            drop_first(stream);
    }
}

static void enqueue(struct streams *streams, struct stream *stream, struct message *message)
{
    if (stream->count == QUEUE_LENGTH)
        flush(stream); /* perhaps the thread was only late */
    if (stream->count == QUEUE_LENGTH) {
        stream->is_doomed = true;
    } else {
        stream->queue[(stream->first + stream->count++) % QUEUE_LENGTH] = message;
        message->references++;
    }
    make_dirty(streams, stream);
}

static void release(struct streams *streams, struct stream *stream)
{
    while (stream->count > 0)
        drop_first(stream);
    close(stream->fd);
    free(stream);
    streams->count--;
}

static void bury(struct streams *streams, struct stream *stream)
{
    if (stream->next)
        stream->next->previous = stream->previous;
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        *slot_of(streams, stream->channel) = stream->next;
    release(streams, stream);
}

/* Sends what is queued and closes what is over. Streams are only freed here. */
static void settle(struct streams *streams)
{
    while (streams->dirty) {
        struct stream *stream = streams->dirty;
        streams->dirty = stream->next_dirty;
        stream->is_dirty = false;
        flush(stream);
        if (stream->is_doomed)
            bury(streams, stream);
    }
}

/* Clients have nothing to say on a stream. */
static void on_event(struct streams *streams, struct stream *stream, uint32_t events)
{
    char rubbish[512];
    if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
        stream->is_doomed = true;
    else if (events & EPOLLIN)
        for (ssize_t got; (got = recv(stream->fd, rubbish, sizeof rubbish, MSG_DONTWAIT)) != 0;) {
            if (got < 0 && errno != EINTR)
                break;
        }
    make_dirty(streams, stream);
}

static void beat(struct streams *streams, int second)
{
    for (size_t i = 0; i < SLOT_COUNT; i++)
        for (struct stream *stream = streams->slots[i]; stream; stream = stream->next)
            if (stream->second == second)
                enqueue(streams, stream, streams->heartbeat);
}

static void close_all(struct streams *streams)
{
    streams->dirty = NULL;
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        for (struct stream *stream = streams->slots[i], *next; stream; stream = next) {
            next = stream->next;
            flush(stream);
            release(streams, stream);
        }
        streams->slots[i] = NULL;
    }
}

/* The functions below take the lock. */

static void *run(void *arg)
{
    struct streams *streams = arg;
    struct epoll_event events[BATCH];
    int64_t last_beat = clock_steady() / 1000000;
    for (;;) {
        int count = epoll_wait(streams->epoll, events, BATCH, 1000);
        int64_t now = clock_steady() / 1000000;
        pthread_mutex_lock(&streams->lock);
        for (int i = 0; i < count; i++) {
            uint64_t number;
            if (events[i].data.ptr)
                on_event(streams, events[i].data.ptr, events[i].events);
            else if (read(streams->wake, &number, sizeof number) < 0)
                continue;
        }
        for (; last_beat < now; last_beat++)
            beat(streams, (int)(last_beat % HEARTBEAT_SECONDS));
        settle(streams);
        bool is_stopping = streams->is_stopping;
        if (is_stopping)
            close_all(streams);
        pthread_mutex_unlock(&streams->lock);
        if (is_stopping)
            return NULL;
    }
}

static void wake(struct streams *streams)
{
    ssize_t written = write(streams->wake, &(uint64_t){1}, sizeof(uint64_t));
    (void)written; /* full means that it is awake anyhow */
}

err streams_start(struct ctx *ctx, struct http_server *server)
{
    struct streams *streams = calloc(1, sizeof *streams);
    if (streams == NULL)
        bug("out of memory");
    pthread_mutex_init(&streams->lock, NULL);
    streams->seed = server->seed;
    streams->heartbeat = message_make(":\n\n", 3);
    streams->epoll = epoll_create1(EPOLL_CLOEXEC);
    streams->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (streams->epoll < 0 || streams->wake < 0 ||
        epoll_ctl(streams->epoll, EPOLL_CTL_ADD, streams->wake, &event) != 0 ||
        pthread_create(&streams->thread, NULL, run, streams) != 0) {
        free(streams->heartbeat);
        free(streams);
        return fail_with(ctx, ERR_INTERNAL, "cannot start the thread of event streams: errno %d", errno);
    }
    server->streams = streams;
    return NULL;
}

void streams_stop(struct http_server *server)
{
    struct streams *streams = server->streams;
    if (streams == NULL)
        return;
    pthread_mutex_lock(&streams->lock);
    bool was_stopping = streams->is_stopping;
    streams->is_stopping = true;
    pthread_mutex_unlock(&streams->lock);
    if (was_stopping)
        return;
    wake(streams);
    pthread_join(streams->thread, NULL);
}

void streams_free(struct http_server *server)
{
    struct streams *streams = server->streams;
    if (streams == NULL)
        return;
    server->streams = NULL;
    close(streams->epoll);
    close(streams->wake);
    pthread_mutex_destroy(&streams->lock);
    message_drop(streams->heartbeat);
    free(streams);
}

bool stream_adopt(struct http_server *server, int fd, const char *channel)
{
    struct streams *streams = server->streams;
    size_t length = strlen(channel);
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    struct stream *stream = calloc(1, sizeof *stream + length + 1);
    if (stream == NULL)
        bug("out of memory");
    memcpy(stream->channel, channel, length + 1);
    stream->fd = own;
    if (own >= 0)
        setsockopt(own, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct message *head = message_make(stream_head, sizeof stream_head - 1);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = stream};
    pthread_mutex_lock(&streams->lock);
    bool fits = own >= 0 && !streams->is_stopping && streams->count < HTTP_STREAM_LIMIT;
    if (fits) {
        struct stream **slot = slot_of(streams, channel);
        stream->second = (int)(streams->count++ % HEARTBEAT_SECONDS);
        stream->next = *slot;
        if (*slot)
            (*slot)->previous = stream;
        *slot = stream;
        enqueue(streams, stream, head);
        if (epoll_ctl(streams->epoll, EPOLL_CTL_ADD, own, &event) != 0)
            stream->is_doomed = true;
    }
    message_drop(head);
    pthread_mutex_unlock(&streams->lock);
    if (fits) {
        wake(streams);
        return true;
    }
    if (own >= 0)
        close(own);
    free(stream);
    return false;
}

int64_t stream_count(const struct http_server *server)
{
    struct streams *streams = server->streams;
    if (streams == NULL)
        return 0;
    pthread_mutex_lock(&streams->lock);
    int64_t count = streams->count;
    pthread_mutex_unlock(&streams->lock);
    return count;
}

/* "event: order", then each line of the data as "data: …". */
static struct message *event_message(const char *event, const char *data)
{
    struct arena *arena = arena_open((size_t)16 << 20);
    struct text_buf out;
    text_open(&out, arena, (size_t)4 << 20);
    if (event && *event)
        text_add_format(&out, "event: %.*s\n", (int)strcspn(event, "\r\n"), event);
    for (const char *line = data;;) {
        size_t length = strcspn(line, "\r\n");
        text_add(&out, "data: ");
        text_add_bytes(&out, line, length);
        text_add_char(&out, '\n');
        if (line[length] == '\0')
            break;
        line += length + (line[length] == '\r' && line[length + 1] == '\n' ? 2 : 1);
    }
    text_add_char(&out, '\n');
    struct message *message = message_make(text_of(&out), out.len);
    arena_close(arena);
    return message;
}

void stream_publish(struct http_server *server, const char *channel, const char *event, const char *data)
{
    struct streams *streams = server->streams;
    if (streams == NULL)
        return;
    struct message *message = event_message(event, data);
    bool is_wanted = false;
    pthread_mutex_lock(&streams->lock);
    for (struct stream *stream = *slot_of(streams, channel); stream; stream = stream->next)
        if (strcmp(stream->channel, channel) == 0) {
            enqueue(streams, stream, message);
            is_wanted = true;
        }
    message_drop(message);
    pthread_mutex_unlock(&streams->lock);
    if (is_wanted)
        wake(streams);
}
